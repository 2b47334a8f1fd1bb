"""What each component of the data side becomes: a target of the catalogue, with arguments of its types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specc
from specc import registry
from specc.ir.check import problems
from specc.ir.program import DataProgram, Program
from specc.targets.catalogue import target_of

HERE = "specc.runtime.features"
SPEC = """rec 1
schema views {{
  user  : string -> vocab
  item  : string -> vocab
  title : string
  ids   : int -> index(9)
  day   : time
  tags  : bag(string) -> vocab
  {column}
  label bought : bool
}}
data {{ views = {reader}, rows = {rows}, split = {split} }}
embeddings {{ dim=2 }}
head bought = [user -> embed, {x}] -> concat -> logit
loss bought = bce
"""
WHERE = {"op": "==", "left": {"column": "bought"}, "right": {"value": True}}
# Each component in an example or more, and what that becomes.
ENCODERS: dict[str, list[tuple[str, dict[str, Any] | list[dict[str, Any]]]]] = {
    "buckets": [("float -> buckets(1, 2)", {"target": f"{HERE}.categories.Buckets", "config": {"bounds": [1, 2]}})],
    "clip": [("float -> clip(0, 1)", {"target": f"{HERE}.numeric.Clip", "config": {"low": 0, "high": 1}})],
    "fill": [("float? -> fill(1.5)", {"target": f"{HERE}.numeric.Fill", "config": {"value": 1.5}})],
    "hash": [("string -> hash(9)", {"target": f"{HERE}.categories.Hash", "config": {"n": 9}})],
    "index": [("int -> index(9)", {"target": f"{HERE}.categories.Index", "config": {"n": 9}})],
    "log1p": [("float -> log1p", {"target": f"{HERE}.numeric.Log1p"})],
    "minmax": [("float -> minmax", {"target": f"{HERE}.numeric.MinMax"})],
    "quantiles": [("float -> quantiles(4)", {"target": f"{HERE}.categories.Quantiles", "config": {"n": 4}})],
    "same": [("string -> same(item)", {"same": "item"})],
    "standardize": [("float -> standardize", {"target": f"{HERE}.numeric.Standardize"})],
    "vocab": [
        ("string -> vocab", {"target": f"{HERE}.vocabulary.Vocabulary"}),
        (
            'string? -> vocab(min_count=2, max_size=9, unknown="?")',
            {"target": f"{HERE}.vocabulary.Vocabulary", "config": {"min_count": 2, "max_size": 9, "unknown": "?"}},
        ),
        ('string -> vocab("a", "b")', {"target": f"{HERE}.vocabulary.Vocabulary", "config": {"known": ["a", "b"]}}),
        ("string -> vocab(oov=2)", {"target": f"{HERE}.spread_vocabulary.SpreadVocabulary", "config": {"oov": 2}}),
    ],
}
EVENTS = {"of": "item", "by": "user", "order": "day"}
DERIVATIONS = {
    "cross": [("cross(user, ids) -> hash(9)", {"target": f"{HERE}.expressions.cross", "config": {"columns": ["user", "ids"]}})],
    "extract": [
        (
            'extract(title, "(a+)") -> vocab',
            {"target": f"{HERE}.expressions.extract", "config": {"column": "title", "pattern": "(a+)"}},
        )
    ],
    "history": [
        ("history(item, by=user)", {"target": f"{HERE}.history.history", "config": {**EVENTS, "last": 50}}),
        (
            'history(item, by=user, last=3, where=bought, within="9d", lag="1d")',
            {
                "target": f"{HERE}.history.history",
                "config": {**EVENTS, "last": 3, "within": "9d", "lag": "1d", "where": {"column": "bought"}},
            },
        ),
    ],
}
READERS = {
    "csv": [
        ('csv("v.csv")', {"target": f"{HERE}.csv_files.read_csv", "config": {"paths": "v.csv"}}),
        (
            'csv("v.csv", sep=";", header=none, null=["NA"], separate={tags: "|"})',
            {
                "target": f"{HERE}.csv_files.read_csv",
                "config": {"paths": "v.csv", "separator": ";", "header": False, "null": ["NA"]},
            },
        ),
    ],
    "dataset": [
        ('dataset("movielens-small/ratings")', {"target": f"{HERE}.datasets.movielens_ratings"}),
        ('dataset("movielens-small/movies")', {"target": f"{HERE}.datasets.movielens_movies"}),
    ],
    "parquet": [('parquet("v/*")', {"target": f"{HERE}.parquet_files.read_parquet", "config": {"paths": "v/*"}})],
}
EACH = {"target": f"{HERE}.rows.each", "config": {"where": WHERE}}
LAST = {"target": f"{HERE}.rows.last", "config": {"by": "user", "order": "day"}}
ROWS: dict[str, list[tuple[str, list[dict[str, Any]]]]] = {
    "each": [("each(views)", []), ("each(views, where=bought == true)", [EACH])],
    "last": [("last(views, by=user)", [LAST]), ("last(views, by=user, where=bought == true)", [EACH, LAST])],
}
SPLITS = {
    "by_time": [
        (
            'by_time(day, valid="2024-05-01")',
            {"target": f"{HERE}.split.by_time", "config": {"column": "day", "valid": "2024-05-01"}},
        )
    ],
    "files": [
        (
            'files(valid=0.5, test="b.csv")',
            {"target": f"{HERE}.split.by_file", "config": {"valid": 0.5, "test": "b.csv", "seed": 0}},
        )
    ],
    "leave_last": [
        (
            "leave_last(by=user, test=2)",
            {"target": f"{HERE}.split.leave_last", "config": {"by": "user", "order": "day", "valid": 1, "test": 2}},
        )
    ],
    "random": [("random", {"target": f"{HERE}.split.random_split", "config": {"valid": 0.1, "test": 0.1, "seed": 0}})],
}
ALL = {"encoders": ENCODERS, "derivations": DERIVATIONS, "readers": READERS, "rows": ROWS, "splits": SPLITS}


def test_every_component_is_here() -> None:
    assert {kind: sorted(examples) for kind, examples in ALL.items()} == {kind: list(registry.names(kind)) for kind in ALL}


def lowered(folder: Path, **words: str) -> Program:
    """The Program of a spec with a feature besides `user`."""
    given = {"column": "", "reader": 'csv("a.csv")', "rows": "each(views)", "split": "random", "feature": "item"} | words
    path, feature = folder / "spec.rec", given.pop("feature")
    for x in (f"{feature} -> embed(combiner=mean)", feature):  # of a category, of a number
        path.write_text(SPEC.format(**given, x=x))
        if not specc.check(path):
            return specc.program(path)
    raise AssertionError([one.message for one in specc.check(path)])


def found(kind: str, data: DataProgram) -> Any:
    """What the component of a kind became."""
    if kind == "encoders":
        feature = next(one for one in data.features if one.name == "x")
        return feature.chain[0] if feature.chain else feature
    if kind == "derivations":
        return data.derivations[0].value
    return {"readers": data.tables[0].reader, "rows": data.choice, "splits": data.split}[kind]


EXAMPLES = [
    (kind, name, text, becomes)
    for kind, examples in ALL.items()
    for name, each in examples.items()
    for text, becomes in each  # type: ignore[attr-defined]
]


@pytest.mark.parametrize(("kind", "name", "text", "becomes"), EXAMPLES)
def test_it_becomes_what_the_catalogue_has(kind: str, name: str, text: str, becomes: Any, tmp_path: Path) -> None:
    words = {"readers": {"reader": text}, "rows": {"rows": text}, "splits": {"split": text}}.get(kind)
    if words is None:
        words = {"column": f"x : {text}" if kind == "encoders" else f"x = {text}", "feature": "x"}
    program = lowered(tmp_path, **words)
    assert problems(program) == []
    made = found(kind, program.data)
    if isinstance(made, list):
        assert [one.model_dump(exclude_unset=True, exclude_defaults=True) for one in made] == becomes
        return
    shown = made.model_dump(exclude_defaults=True)
    assert {key: shown.get(key) for key in becomes} == becomes
    if "target" in becomes:
        assert target_of(made.target).kind == {"rows": "rows"}.get(kind, kind.removesuffix("s"))


def test_readers_say_of_columns_how_they_are_written(tmp_path: Path) -> None:
    reader = 'csv("v.csv", header=none, separate={tags: "|"})'
    (table,) = lowered(tmp_path, reader=reader, column="bag : bag(int) -> index(3)").data.tables
    assert table.by_place
    assert {one.name: one.separator for one in table.columns if one.separator} == {"tags": "|"}
    assert [one.name for one in table.columns] == ["user", "item", "title", "ids", "day", "tags", "bag", "bought"]
    (table,) = lowered(tmp_path).data.tables
    assert [one.name for one in table.columns] == ["user", "item", "bought"]
