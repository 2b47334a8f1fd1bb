"""A component of the data side is one file, and what it calls one record: nothing else of specc knows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import specc
from specc.cli import main
from specc.driver import Compilation
from specc.run import streams
from specc.run.fitting import Fitted, fit_program
from specc.run.scratch import Scratch
from specc.run.source_map import SourceMap

ROWS = 60
FRAME = pl.DataFrame(
    {
        "user": [f"u{row % 7}" for row in range(ROWS)],
        "level": [row % 5 - 2 for row in range(ROWS)],
        "price": [1.0 + row % 9 for row in range(ROWS)],
        "cost": [2.0 + row % 4 for row in range(ROWS)],
        "title": ["x" * (row % 6) for row in range(ROWS)],
        "size": [row % 6 for row in range(ROWS)],
        "part": [1 if row < 45 else 2 if row < 50 else 3 for row in range(ROWS)],
        "at": [1_700_000_000 + 60 * row for row in range(ROWS)],
        "bought": [row % 2 for row in range(ROWS)],
    }
)
SPEC = """rec 1

schema views {{
  user  : string -> vocab  @one
  level : int -> {encoder}  @one
  price : float
  cost  : float
  title : string
  size  : int
  part  : int
  at    : time
  ratio = {ratio} -> standardize
  long  = {long} -> standardize
  label bought : bool
}}

data {{
  views = {reader}
  rows  = {rows}
  split = {split}
}}

embeddings {{ dim=4 }}

head bought = [@one -> embed, ratio, long] -> concat -> logit
loss bought = bce
metrics {{ bought: auc }}
train {{ optimizer=adam(0.01), batch=8, epochs=1 }}
"""
KNOWN = {
    "encoder": "buckets(0, 1)",
    "ratio": "price / cost",
    "long": "size + 0",
    "reader": 'csv("views.csv")',
    "rows": "each(views, where=price > 3)",
    "split": "by_time(part, valid=2, test=3)",
}
NEW = {
    "encoder": "sign",
    "ratio": "ratio(price, cost)",
    "long": "length(title)",
    "reader": 'jsonl("views.jsonl")',
    "rows": "above(views, price, 3)",
    "split": "fixed(valid={valid}, test={test})",
}


@pytest.fixture(autouse=True)
def here(extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    FRAME.write_csv("views.csv")
    FRAME.write_ndjson("views.jsonl")


def written(name: str = "spec.rec", **words: str) -> str:
    """A spec with some words in the place of those that specc has; `fixed` holds out as many rows as `by_time`."""
    rows = FRAME.filter(pl.col("price") > 3)
    held_out = {"valid": rows.filter(part=2).height, "test": rows.filter(part=3).height}
    words = {key: word.format(**held_out) for key, word in (KNOWN | words).items()}
    Path(name).write_text(SPEC.format(**words))
    return name


def fitted(path: str, data: dict[str, Any] | None = None) -> Fitted:
    program = Compilation(path).program
    assert program is not None
    with Scratch("scratch") as scratch:
        return fit_program(program, data or {}, ".", SourceMap(program, {}), scratch)


def same(one: Fitted, other: Fitted) -> None:
    assert {name: rows.height for name, rows in one.rows.parts.items()} == {
        name: rows.height for name, rows in other.rows.parts.items()
    }
    for name in one.inputs:
        assert np.array_equal(np.asarray(one.inputs[name]), np.asarray(other.inputs[name])), name
    assert one.encoders.features.state() == other.encoders.features.state()


@pytest.mark.parametrize("kind", NEW)
def test_it_takes_effect(kind: str) -> None:
    """Alone, beside what specc has: the same rows, encoded alike."""
    same(fitted(written(**{kind: NEW[kind]})), fitted(written()))


def test_a_choice_is_told_the_order() -> None:
    late = FRAME.sort("at", descending=True)
    found = fitted(written(rows="every(views, 4)", split="random"), {"views": late})
    times = pl.concat([part["at"] for part in found.rows.parts.values()]).dt.epoch("s").sort()
    assert times.to_list() == FRAME["at"].gather_every(4).to_list()


@pytest.mark.parametrize("rows", ["above(views, price, 3)", "every(views, 2)"])
def test_rows_from_disk(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivation and a choice by row, or by all rows, in chunks of a large file."""
    path = written(rows=rows, ratio="price + 0", long=NEW["long"], split="fixed(valid=5, test=5)")
    near = fitted(path)
    monkeypatch.setattr(streams, "IN_MEMORY", 0)
    monkeypatch.setattr(streams, "CHUNK", 7)
    program = Compilation(path).program
    assert program is not None
    with Scratch("scratch") as scratch:
        far = fit_program(program, {}, ".", SourceMap(program, {}), scratch)
        assert not isinstance(far.rows.parts["train"], pl.DataFrame)
        for name, part in near.rows.parts.items():
            assert part.select("long", "user").equals(far.rows.parts[name].select(["long", "user"]))


def test_a_reader_is_found_by_the_suffix_of_what_is_given() -> None:
    same(fitted(written(), {"views": "views.jsonl"}), fitted(written()))
    assert specc.check(written(), data={"views": "views.jsonl"}) == []
    Path("views.jsonl").write_text('{"user": "u1"}\n')
    (told,) = specc.check(written(reader=NEW["reader"]), data={"views": "views.jsonl"})
    assert told.code == "REC703"


def trained_by_package(name: str) -> None:
    """Trains and predicts by a package in `made`, in processes that find neither specc nor `extra`."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for file in Path().glob("views.*"):
        shutil.copy(file, "made")
    code = "import runpy, sys; sys.modules['specc'] = sys.modules['extra'] = None; sys.path.insert(0, '.');"
    for command in (["train", "--out", "own"], ["predict", "--run", "own", "-o", "out.parquet"]):
        run = f"{code} sys.argv[1:] = {command[1:]}; runpy.run_module('{name}.{command[0]}', run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", run], env=environment, cwd="made", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]


def test_through_all_of_specc(capsys: pytest.CaptureFixture[str]) -> None:
    new, known = written("new.rec", **NEW), written("known.rec")
    assert specc.check(new) == []
    Path(new).write_text(specc.format(Path(new).read_text()))
    assert specc.format(Path(new).read_text()) == Path(new).read_text()
    assert specc.check(new) == []
    assert main(["ir", new, "--stage", "program", "--format", "json"]) == 0
    text = capsys.readouterr().out
    Path("saved.json").write_text(text)
    assert json.loads(text)["data"]["split"]["target"] == "extra.functions.fixed"
    assert specc.check("saved.json") == []
    assert str(specc.cost(new)).removeprefix("New") == str(specc.cost(known)).removeprefix("Known")
    assert "fixed(" in specc.expand(new)
    assert main(["build", new, "--size", "user=7", "-o", "new.keras"]) == 0
    runs = [specc.train(path, out=f"{path}.run", verbose=False) for path in (new, known)]
    one, other = (specc.evaluate(run.folder) for run in runs)
    assert one == other
    given = [specc.predict(runs[0].folder), specc.predict(runs[1].folder)]
    assert given[0]["bought"].equals(given[1]["bought"])
    assert given[0].height == ROWS
    again = specc.train("saved.json", out="saved.run", verbose=False)
    assert specc.evaluate(again.folder) == one
    assert main(["codegen", new, "-o", "made"]) == 0
    assert "from support.extra.functions import " in Path("made/new/data.py").read_text()
    trained_by_package("new")
    assert pl.read_parquet("made/out.parquet")["bought"].equals(given[0]["bought"])
