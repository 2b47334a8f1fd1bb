"""A run is measured and used on large files in chunks, with what reading them as a whole gives."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from specc.cli import main
from specc.diagnostics.errors import SpecError
from specc.run import encoded, evaluate, forward, predict, predicting, streams, train, using, write_predictions
from specc.run.runs import Run

from .test_rows_in_chunks import ROWS, SPEC, events, with_value, written

GATED = (
    SPEC.replace("head good = x -> logit", "tower m = x -> mmoe(tasks=[good], expert=mlp(4), experts=2, gate_metrics=true)\n")
    .replace("head high", "head good = m.good -> logit\nhead high")
    .replace("next: recall@5", "next: [recall@5, mrr@3]")
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("large")
    return train(written(folder, spec=GATED), out=str(folder / "run"), verbose=False)


@pytest.fixture
def in_chunks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every file is a large one; what was predicted at a time is noted."""
    noted = list[Any]()
    call = predicting.Predictor.__call__

    def noting(predictor: Any, frame: pl.DataFrame) -> pl.DataFrame:
        noted.append(frame.height)
        return call(predictor, frame)

    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 37)
    monkeypatch.setattr(encoded, "IN_MEMORY", 0)
    monkeypatch.setattr(predicting.Predictor, "__call__", noting)
    return noted


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is 100 rows, so that there are several."""
    monkeypatch.setattr(forward, "AT_ONCE", 100)
    monkeypatch.setattr(predicting, "AT_ONCE", 100)


def whole(monkeypatch: pytest.MonkeyPatch, function: Any, *args: Any, **given: Any) -> Any:
    """What a function gives where no file is a large one."""
    with monkeypatch.context() as patch:
        patch.setattr(streams, "IN_MEMORY", 2**40)
        patch.setattr(encoded, "IN_MEMORY", 2**40)
        return function(*args, **given)


def test_metrics_are_equal(run: Run, small_steps: None, in_chunks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    near = whole(monkeypatch, evaluate, run)
    cached = list[bool]()
    monkeypatch.setattr(using, "in_frame", lambda *given: cached.append(True) or cached_frame(*given))
    far = evaluate(run)
    assert cached == [True, True]  # valid and test
    assert str(far) == str(near)  # some are NaN
    assert set(far) == {"valid", "test", "popularity", "gates"}
    assert near["gates"]["valid"]
    assert [name for name in os.listdir(Path(run.folder).parent) if name.startswith(".")] == []
    given = {"events": str(Path(run.folder).parent / "events.csv")}
    assert str(evaluate(run, data=given)) == str(whole(monkeypatch, evaluate, run, data=given))


cached_frame = using.in_frame


def test_metrics_are_those_of_training(run: Run) -> None:
    """The same rows and batches, from the run's folder."""
    measured = evaluate(run.folder)
    assert str({part: measured[part] for part in ("valid", "test")}) == str(
        {part: run.metrics[part] for part in ("valid", "test")}
    )


def test_metrics_in_one_go(run: Run, small_steps: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against what the run time, and with it generated source, measures: all rows at once, by Keras."""
    from specc.run.measured import Measured
    from specc.runtime.training.evaluation import evaluate as in_one_go
    from specc.runtime.training.gates import gate_weights

    def expected(measured: Measured) -> dict[str, float]:
        models = measured.forward.models
        found = in_one_go(models.model, measured.frame, measured.inputs, measured.measures, measured.ranked)
        gates = gate_weights(models.gates, measured.inputs)
        assert measured.gates() == pytest.approx(gates, rel=1e-5)
        return found

    near = evaluate(run)
    monkeypatch.setattr(Measured, "__call__", expected)
    far = evaluate(run)
    for part in ("valid", "test"):
        assert far[part] == pytest.approx(near[part], rel=1e-5, nan_ok=True)


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_predictions_are_equal(
    suffix: str, run: Run, small_steps: None, in_chunks: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    near, far = tmp_path / f"near.{suffix}", tmp_path / f"far.{suffix}"
    frame = whole(monkeypatch, predict, run, out=near, top=30)
    in_chunks.clear()
    assert write_predictions(run, far, top=30) == ROWS
    assert in_chunks == [200, 200, 200]  # 100 rows, twice: as many as 30 candidates a row allow
    assert sorted(os.listdir(tmp_path)) == [f"far.{suffix}", f"near.{suffix}"]
    if suffix == "csv":
        assert far.read_bytes() == near.read_bytes()
    else:
        assert pl.read_parquet(far).equals(frame)
        assert pl.read_parquet(far).schema == pl.read_parquet(near).schema == frame.schema
        assert pl.read_parquet(near).equals(frame)
    assert predict(run, top=30).equals(frame)


def test_predictions_of_a_parquet_file(run: Run, in_chunks: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = events().with_columns(
        pl.col("tags").str.split("|").list.filter(pl.element() != ""),
        pl.col("seen").str.split(" ").list.filter(pl.element() != "").cast(pl.List(pl.Int64)),
        pl.col("age").cast(pl.Float64, strict=False),
        at=pl.col("at").str.to_datetime(),
    )
    lists.write_parquet(tmp_path / "rows.parquet")
    data = {"events": str(tmp_path / "rows.parquet")}
    frame = whole(monkeypatch, predict, run, data=data)
    write_predictions(run, tmp_path / "out.parquet", data=data)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(frame)


MISTAKES = {
    "no number": with_value("price", 100, 400, 500, value="cheap"),
    "missing": with_value("item", 333, value=""),
    "out of range, and later a value that cannot be read": with_value("small", 30, 301, 302, value="9").with_columns(
        level=pl.when(pl.int_range(ROWS) == 590).then(pl.lit("?")).otherwise(pl.col("level").cast(pl.String))
    ),
    "out of range": with_value("small", 30, 301, 302, value="9"),
    "no column": events().drop("grade"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_told_alike(
    case: str, run: Run, in_chunks: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if case != "no column":  # the first thousand rows are looked at, and these are fewer
        monkeypatch.setattr(using, "check_tables", lambda *_: [])
    MISTAKES[case].write_csv(tmp_path / "rows.csv")
    data, out = {"events": str(tmp_path / "rows.csv")}, tmp_path / "out.parquet"
    for function in (evaluate, lambda run, data: write_predictions(run, out, data=data)):
        with pytest.raises(SpecError) as near:
            whole(monkeypatch, function, run, data=data)
        with pytest.raises(SpecError) as far:
            function(run, data=data)
        assert str(near.value) == str(far.value)
        assert os.listdir(tmp_path) == ["rows.csv"]  # and nothing of what was predicted before


def test_times_whose_unit_only_all_rows_tell(
    tmp_path: Path, in_chunks: list[Any], small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are read as a whole after all are predicted once."""
    spec = """rec 1
schema events { user : int -> vocab
  at : time
  late = at > "1999-01-01" -> index(2)
  label good : bool
}
data { events = csv("events.csv") }
embeddings { dim=2 }
head good = [user, late] -> embed -> concat -> logit
loss good = bce
train { batch=64, epochs=1 }
"""
    rng = np.random.default_rng(1)
    times = [1000 + row if row < 300 else 10**12 + row for row in range(ROWS)]  # milliseconds, as the later ones show
    frame = pl.DataFrame({"user": rng.integers(0, 9, ROWS), "at": times, "good": rng.random(ROWS) < 0.5})
    run = train(written(tmp_path, frame=frame, spec=spec), out=str(tmp_path / "run"), verbose=False)
    assert write_predictions(run, tmp_path / "out.parquet") == ROWS
    late = pl.read_parquet(tmp_path / "out.parquet")
    assert late.height == ROWS
    assert late["at"].dt.year().unique().sort().to_list() == [1970, 2001]
    assert late.equals(whole(monkeypatch, predict, run))


def test_a_disk_that_fills_up_leaves_what_was_there(
    run: Run, in_chunks: list[Any], small_steps: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "out.csv").write_text("before\n")
    write, times = pl.DataFrame.write_csv, iter(range(9))

    def full(frame: pl.DataFrame, *given: Any, **more: Any) -> Any:
        if next(times) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(frame, *given, **more)

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    assert main(["predict", run.folder, "-o", str(tmp_path / "out.csv"), "--top", "30"]) == 2
    told = capsys.readouterr().err
    assert "REC722" in told
    assert "No space left on device" in told
    assert os.listdir(tmp_path) == ["out.csv"]
    assert (tmp_path / "out.csv").read_text() == "before\n"


def test_the_command(run: Run, in_chunks: list[Any], tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out.parquet"
    assert main(["predict", run.folder, "-o", str(out)]) == 0
    assert f"{ROWS} rows" in capsys.readouterr().err
    assert pl.read_parquet(out).height == ROWS
    assert main(["predict", run.folder, "-o", str(tmp_path / "nowhere" / "out.parquet")]) == 2
    assert f"cannot write {tmp_path / 'nowhere'}" in capsys.readouterr().err
