"""The order of the data side: derive, join, derive, histories over all rows, choose, split."""

from datetime import datetime

import polars as pl
import pytest

from specc.driver import Compilation
from specc.ir.program import Program
from specc.run.rows import Rows, build_rows
from specc.runtime.features.errors import DataError
from specc.runtime.training.seen import with_seen
from specc.text import Source

EVENTS = pl.DataFrame(
    {
        "user": [1, 1, 1, 1, 2, 2, 2],
        "item": [10, 11, 12, 13, 10, 12, 99],
        "stars": [5, 1, 4, 5, 4, 4, 5],
        "at": [datetime(2024, 1, day) for day in (1, 2, 3, 4, 1, 2, 3)],
        "part": ["a", "b", "c", "d", "e", "f", "g"],
    }
)
ITEMS = pl.DataFrame({"item": [10, 11, 12, 13], "title": ["A (1990)", "B (2000)", "C", "D (2010)"]})

SPEC = """rec 1
schema events {
  user : int -> vocab
  item : int -> vocab
  stars : int
  at : time
  part : string -> vocab
  had = history(item, by=user, last=2)
  old = year < "2000"
  label liked = stars >= 4
}
schema items(key=item) {
  title : string
  year = extract(title, "\\\\((\\\\d{4})\\\\)") -> vocab
}
data {
  events = csv("events.csv")
  items  = csv("items.csv")
  rows   = each(events, where=stars >= 4)
  split  = leave_last(by=user, valid=1, test=1)
}
embeddings { dim=2 }
head liked = [user, item, part, had, year] -> embed(combiner=mean) -> concat -> logit
loss liked = bce(where=old | stars > 1)
"""


def program(text: str = SPEC) -> Program:
    compilation = Compilation(source=Source("x.rec", text))
    assert not compilation.diagnostics, compilation.diagnostics
    assert compilation.program is not None
    return compilation.program


def arranged() -> Rows:
    return build_rows(program().data, {"events": EVENTS.sort("item"), "items": ITEMS})


def test_histories_see_rows_that_are_not_chosen_and_earlier_parts() -> None:
    rows = arranged()
    frame = pl.concat(rows.parts.values()).sort("user", "at")
    assert frame.select("user", "item", "had").rows() == [
        (1, 10, []),
        (1, 12, [10, 11]),
        (1, 13, [11, 12]),
        (2, 10, []),
        (2, 12, [10]),
        (2, 99, [10, 12]),
    ]


def test_an_entity_is_derived_then_joined_and_what_it_lacks_is_null() -> None:
    frame = arranged().everything.sort("user", "at")
    assert frame["year"].to_list() == ["1990", "2000", None, "2010", "1990", None, None]
    assert frame["old"].to_list() == [True, False, None, False, True, None, None]


def test_the_split_takes_the_last_chosen_rows_and_leaves_a_column_called_part_alone() -> None:
    parts = arranged().parts
    assert {name: frame["part"].to_list() for name, frame in parts.items()} == {
        "train": ["a", "e"],
        "valid": ["c", "f"],
        "test": ["d", "g"],
    }


def test_without_a_split_all_rows_are_one_part() -> None:
    rows = build_rows(program().data.model_copy(update={"split": None}), {"events": EVENTS, "items": ITEMS})
    assert {name: frame.height for name, frame in rows.parts.items()} == {"all": 6}
    rows = build_rows(program().data.model_copy(update={"split": None, "choice": []}), {"events": EVENTS, "items": ITEMS})
    assert rows.parts["all"].height == 7


def test_a_saved_program_arranges_alike() -> None:
    text = SPEC.replace("last=2", "last=2, where=stars >= 4")
    saved = Program.model_validate_json(program(text).model_dump_json(exclude_defaults=True))
    frame = build_rows(saved.data, {"events": EVENTS, "items": ITEMS}).everything
    assert frame["had"].to_list() == [[], [10], [10], [10, 12], [], [10], [10, 12]]


def test_what_was_seen_is_all_that_came_before() -> None:
    rows = arranged()
    test = with_seen(rows.parts["test"], rows.everything, "item", "user", "at")
    assert dict(zip(test["item"], test["item.seen"].to_list(), strict=True)) == {13: [10, 11, 12], 99: [10, 12]}


def test_a_key_that_comes_twice() -> None:
    with pytest.raises(DataError, match="`10` comes twice") as caught:
        build_rows(program().data, {"events": EVENTS, "items": pl.concat([ITEMS, ITEMS])})
    assert caught.value.kind == "key"


def test_the_last_row_of_each_group() -> None:
    text = SPEC.replace("each(events, where=stars >= 4)", "last(events, by=user)").replace(
        "leave_last(by=user, valid=1, test=1)", "random(valid=0.5, test=0)"
    )
    frames = {"events": EVENTS, "items": ITEMS}
    chosen = pl.concat(build_rows(program(text).data, frames).parts.values())
    assert sorted(chosen["item"]) == [13, 99]
