"""How a CSV file writes missing values: `null=` makes it read like a Parquet file that has nulls in their place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from specc import api
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run.checking import check_files
from specc.run.fitting import fit
from specc.run.reading import read_table, source_of

from . import ways

SPEC = """rec 1
model Missing
schema views {
  age  : int?         -> fill(0) -> standardize
  city : string?      -> vocab
  tags : bag(string)? -> vocab
  past : seq(float, 3)? -> fill(0)
  at   : time?
  label liked : bool?
}
data {
  views = READER
  split = random(valid=0.2, test=0.2)
}
embeddings { dim=2 }
head liked = [age, [city, tags] -> embed, past -> mean] -> concat -> logit
loss liked = bce(where=at >= "2024-01-02")
metrics { liked: logloss }
train { optimizer=adam(1e-2), batch=16, epochs=2 }
"""
CSV = 'csv("views.csv", null=["NA", "\\N"], separate={tags: "|", past: " "})'
MARKERS = ("NA", "\\N", " NA ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows as CSV, with markers where a value is missing, and as Parquet, with nulls there."""
    folder = tmp_path_factory.mktemp("missing")
    rng = np.random.default_rng(4)
    texts: dict[str, list[str | None]] = {
        "age": [str(n) for n in rng.integers(90, size=60)],
        "city": [f"c{n}" for n in rng.integers(5, size=60)],
        "tags": ["|".join(f"t{n}" for n in rng.integers(4, size=size)) for size in rng.integers(1, 4, size=60)],
        "past": [" ".join(map(str, rng.integers(9, size=size))) for size in rng.integers(1, 4, size=60)],
        "at": [f"2024-01-0{n}" for n in rng.integers(1, 5, size=60)],
        "liked": [str(n) for n in rng.integers(2, size=60)],
    }
    for values in texts.values():
        for place in rng.choice(60, size=12, replace=False):
            values[place] = None
    texts["city"][7] = "NAN"  # only whole fields are compared
    raw = [[MARKERS[place % 3] if text is None else text for place, text in enumerate(column)] for column in texts.values()]
    lines = [",".join(texts), *(",".join(row) for row in zip(*raw, strict=True))]
    (folder / "views.csv").write_text("\n".join(lines) + "\n")
    frame = pl.DataFrame(texts).with_columns(
        pl.col("age", "liked").cast(pl.Int64),
        pl.col("tags").str.split("|"),
        pl.col("past").str.split(" ").cast(pl.List(pl.Float64)),
        pl.col("at").str.to_datetime("%Y-%m-%d"),
    )
    frame.write_parquet(folder / "views.parquet")
    (folder / "csv.rec").write_text(SPEC.replace("READER", CSV))
    (folder / "parquet.rec").write_text(SPEC.replace("READER", 'parquet("views.parquet")'))
    return folder


def rows_of(spec: Path, **data: str) -> pl.DataFrame:
    program = Compilation(str(spec)).program
    assert program is not None
    (table,) = program.data.tables
    source = source_of(table, data, str(spec.parent))
    assert source is not None
    return read_table(table, source)


def test_markers_are_read_as_nulls(folder: Path) -> None:
    rows = rows_of(folder / "csv.rec")
    assert rows.equals(rows_of(folder / "parquet.rec"))
    assert rows.select("age", "city", "at", "liked").null_count().row(0) == (12, 12, 12, 12)
    assert check_files(Compilation(str(folder / "csv.rec"))) == []


def test_another_file_is_read_with_the_markers_of_the_spec(folder: Path) -> None:
    (folder / "more.csv").write_text((folder / "views.csv").read_text())
    assert rows_of(folder / "csv.rec", views=str(folder / "more.csv")).equals(rows_of(folder / "parquet.rec"))
    assert rows_of(folder / "csv.rec", views=str(folder / "views.parquet")).equals(rows_of(folder / "parquet.rec"))


def test_training_evaluation_and_prediction(folder: Path) -> None:
    near, far = (fit(Compilation(str(folder / f"{kind}.rec"))) for kind in ("csv", "parquet"))
    assert near.encoders.features.state() == far.encoders.features.state()
    for ones, others in ((near.inputs, far.inputs), (near.labels, far.labels), (near.weights, far.weights)):
        assert list(ones) == list(others)
        for one, other in zip(ones.values(), others.values(), strict=True):
            np.testing.assert_array_equal(getattr(one, "values", one), getattr(other, "values", other))
    run = api.train(folder / "csv.rec", out=folder / "csv", verbose=False)
    measured = [
        api.evaluate(folder / "csv", data={"views": str(folder / f"views.{kind}")}, verbose=False)
        for kind in ("csv", "parquet")
    ]
    assert measured[0] == measured[1]
    assert api.evaluate(folder / "csv", verbose=False)["test"] == run.metrics["test"]
    assert run.metrics["test"]["liked.logloss"] > 0
    predicted = [api.predict(folder / "csv", data={"views": str(folder / f"views.{kind}")}) for kind in ("csv", "parquet")]
    assert predicted[0].equals(predicted[1])
    assert predicted[0]["liked"].len() == 60


def test_a_package_reads_alike(folder: Path) -> None:
    parts = [
        ways.read_by_package(Compilation(str(folder / f"{kind}.rec")), folder / f"views.{kind}") for kind in ("csv", "parquet")
    ]
    for name, one in parts[0].items():
        assert one.equals(parts[1][name])
    assert sum(len(part) for part in parts[0].values()) == 60


def codes(folder: Path, old: str, new: str) -> list[str]:
    (folder / "changed.rec").write_text((folder / "csv.rec").read_text().replace(old, new))
    compilation = Compilation(str(folder / "changed.rec"))
    assert compilation.diagnostics == []
    return [d.code for d in check_files(compilation)]


def test_a_marker_is_a_missing_value_for_every_storage(folder: Path) -> None:
    assert codes(folder, "string?      -> vocab", "string -> vocab") == ["REC705"]
    assert codes(folder, "int?         ->", "int -> clip(0, 100) ->") == ["REC705"]
    assert codes(folder, "bag(string)?", "bag(string)") == ["REC705"]
    without = codes(folder, 'null=["NA", "\\N"], ', "")
    assert without == ["REC704"] * 4  # age, past, at and liked; to the others the markers are text


def test_an_empty_field_is_what_it_was(tmp_path: Path) -> None:
    text = 'rec 1\nmodel M\nschema views {\n  city : STORAGE -> vocab\n  label y : bool\n}\ndata { views = csv("v.csv", null="NA") }\n'
    text += "embeddings { dim=2 }\nhead y = city -> embed -> logit\nloss y = bce\n"
    (tmp_path / "v.csv").write_text("city,y\na,1\n,0\n")
    for storage, expected in (("string", ["a", ""]), ("string?", ["a", None])):
        (tmp_path / "s.rec").write_text(text.replace("STORAGE", storage))
        assert rows_of(tmp_path / "s.rec")["city"].to_list() == expected


def test_a_missing_value_where_one_has_to_be_fails_training(folder: Path) -> None:
    (folder / "strict.rec").write_text((folder / "csv.rec").read_text().replace("string?      -> vocab", "string -> vocab"))
    with pytest.raises(SpecError, match="missing"):
        api.train(folder / "strict.rec", out=folder / "strict", verbose=False)
