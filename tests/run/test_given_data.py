"""What a caller gives as data: a path, a pattern or a polars DataFrame; anything else is told."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import specc
from specc.diagnostics.errors import SpecError

SPEC = """rec 1
schema v {
  u : int -> vocab
  label y : bool
}
data { v = csv("*.csv"), split = files(valid="b.csv") }
embeddings { dim=2 }
tower x = u -> embed
head y = x -> logit
loss y = bce
metrics { y: auc }
train { epochs=1 }
"""


def write(folder: Path) -> str:
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text("u,y\n" + "".join(f"{row % 3},{row % 2}\n" for row in range(20)))
    (folder / "m.rec").write_text(SPEC)
    return str(folder / "m.rec")


def of_package(module: str, name: str) -> Any:
    return type(name, (), {"__module__": module})()


GIVEN = {
    "pandas": (of_package("pandas", "DataFrame"), "a pandas DataFrame", "give `pl.from_pandas(frame)`"),
    "inside of pandas": (of_package("pandas.core.frame", "DataFrame"), "a pandas DataFrame", "give `pl.from_pandas(frame)`"),
    "arrow": (of_package("pyarrow.lib", "Table"), "a pyarrow Table", "give `pl.from_arrow(table)`"),
    "lazy": (pl.LazyFrame({"u": [1]}), "a polars LazyFrame", "give `frame.collect()`"),
    "a series": (pl.Series([1]), "a polars Series", "give a polars DataFrame"),
    "a list": ([1, 2], "a list", "give a path, a pattern, or a polars DataFrame"),
    "a number": (3, "an int", "give a path, a pattern, or a polars DataFrame"),
    "nothing": (None, "None", "give a path, a pattern, or a polars DataFrame"),
    "bytes": (b"v.csv", "a bytes", "give a path, a pattern, or a polars DataFrame"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("given")
    return specc.train(write(folder), out=str(folder / "run"), verbose=False)


@pytest.mark.parametrize("case", GIVEN)
def test_what_is_neither_a_path_nor_a_frame(case: str, run: Any, tmp_path: Path) -> None:
    data, what, advice = GIVEN[case]
    path = write(tmp_path)
    for way in (
        lambda: specc.train(path, data={"v": data}, out=str(tmp_path / "run")),
        lambda: specc.evaluate(run.folder, data={"v": data}),
        lambda: specc.predict(run.folder, data={"v": data}, out=str(tmp_path / "p.csv")),
        lambda: specc.build_models(path, data={"v": data}),
    ):
        with pytest.raises(SpecError) as caught:
            way()
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.code == "REC702"
        assert diagnostic.message == f"`v`: data are given as {what}, which is neither a path nor a polars DataFrame"
        assert diagnostic.help == (advice,)
    (diagnostic,) = specc.check(path, data={"v": data})
    assert diagnostic.code == "REC702"


def test_a_split_by_files_of_a_frame(run: Any, tmp_path: Path) -> None:
    path, frame = write(tmp_path), pl.DataFrame({"u": [0, 1] * 10, "y": [True, False, False, True] * 5})
    with pytest.raises(SpecError) as caught:
        specc.train(path, data={"v": frame}, out=str(tmp_path / "run"))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "REC709"
    assert diagnostic.span is not None
    assert diagnostic.span.text == "files"
    assert "`v` is given as a DataFrame, which has no files to split by" in diagnostic.message
    (again,) = specc.check(path, data={"v": frame})
    assert again.message == diagnostic.message
    # A run of such a split measures a frame, and predicts it: nothing is split.
    assert set(specc.evaluate(run.folder, data={"v": frame})["data"]) >= {"y.auc"}
    assert specc.predict(run.folder, data={"v": frame}).height == 20
