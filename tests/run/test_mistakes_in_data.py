"""What is wrong with data is a diagnostic on the spec's words, with the file and the row."""

import gzip
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.diagnostics.renderers import render
from specc.driver import Compilation
from specc.run.checking import check_files
from specc.run.fitting import fit

SPEC = """rec 1
schema events {
  user  : int(from="uid") -> vocab
  item  : int             -> vocab
  kind  : int             -> index(3)
  price : float           -> log1p -> standardize
  tags  : bag(string)     -> vocab
  ts    : time
  w     : float?
  label click : bool
}
schema items(key=item) {
  color : string -> vocab
}
data {
  events = csv("events.csv", separate={tags: "|"})
  items  = csv("items.csv")
  split  = leave_last(by=user, valid=1, test=1)
}
embeddings { dim=2 }
tower x = [user, kind, tags, color] -> embed -> concat
head click = [x, price] -> concat -> logit
tower q = user -> embed -> dense(2)
loss click = bce(row_weight=w)
loss next = q -> softmax(item, negatives=uniform(2))
"""
HEADER = "uid,item,kind,price,tags,ts,w,click"
EVENTS = [
    "1,10,0,1.5,a|b,2024-01-01,1,1",
    "1,11,1,2.5,,2024-01-02,1,0",
    "1,10,2,0.5,b,2024-01-03,1,1",
    "1,12,2,0.5,b,2024-01-04,1,1",
    "2,12,0,1.0,a,2024-01-01,1,0",
    "2,10,0,1.0,a,2024-01-02,1,0",
    "2,11,0,1.0,a,2024-01-03,1,0",
]
ITEMS = "item,color\n10,red\n11,blue\n12,red\n"


def written(folder: Path, events: str, items: str = ITEMS, spec: str = SPEC) -> Compilation:
    (folder / "events.csv").write_text(events)
    (folder / "items.csv").write_text(items)
    (folder / "spec.rec").write_text(spec)
    compilation = Compilation(str(folder / "spec.rec"))
    assert not compilation.diagnostics, compilation.diagnostics
    return compilation


def with_row(line: str, place: int = 2) -> str:
    """The events with one more line, data row `place` from 1."""
    rows = list(EVENTS)
    rows.insert(place - 1, line)
    return "\n".join([HEADER, *rows]) + "\n"


GOOD = "\n".join([HEADER, *EVENTS]) + "\n"


def found(compilation: Compilation, data: dict[str, Any] | None = None) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        fit(compilation, data)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code in str(caught.value)
    return diagnostic


def test_good_data_fit(tmp_path: Path) -> None:
    fitted = fit(written(tmp_path, GOOD))
    assert {name: frame.height for name, frame in fitted.rows.parts.items()} == {"train": 3, "valid": 2, "test": 2}
    assert fitted.sizes == {"user": 3, "item": 4, "kind": 3, "tags": 3, "color": 3}
    assert fitted.candidates["next"].values.to_list() == [10, 11, 12]
    assert fitted.counts["next"].tolist() == [0, 1, 1, 1]


CASES = {
    "no number": (with_row("1,10,0,cheap,a,2024-01-09,1,1"), "REC704", "price", "`cheap` is not a float", "row 2 of"),
    "no truth value": (with_row("1,10,0,1.0,a,2024-01-09,1,maybe", 4), "REC704", "click", "`maybe` is not a bool", "row 4 of"),
    "missing": (with_row("1,,0,1.0,a,2024-01-09,1,1", 3), "REC705", "item", "the value is missing", "row 3 of"),
    "no such column": (GOOD.replace("uid", "user_no"), "REC703", "user", "no column `uid`", "events.csv"),
    "out of range": (with_row("1,10,7,1.0,a,2024-01-01,1,1"), "REC706", "kind", "out of the range of `index(3)`", "kind"),
    "below what log1p takes": (with_row("1,10,0,-2,a,2024-01-01,1,1"), "REC706", "price", "log1p", "price"),
    "two columns of a name": (GOOD.replace("kind", "price"), "REC702", '"events.csv"', "two columns `price`", "events.csv"),
    "no rows": (HEADER + "\n", "REC708", '"events.csv"', "no rows", "events.csv"),
    "an empty file": ("", "REC702", '"events.csv"', "empty", "events.csv"),
    "nothing left to train on": (
        "\n".join([HEADER, EVENTS[0]]) + "\n",
        "REC709",
        "leave_last",
        "leaves no row for `valid`",
        "1 train",
    ),
    "a negative weight": (with_row("1,10,0,1.0,a,2023-01-09,-3,1"), "REC712", "w", "weight is `-3.0`", "w"),
    "a missing weight": (with_row("1,10,0,1.0,a,2023-01-09,,1"), "REC712", "w", "weight is missing", "w"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_in_the_rows(case: str, tmp_path: Path) -> None:
    text, code, place, says, besides = CASES[case]
    diagnostic = found(written(tmp_path, text))
    assert diagnostic.code == code
    assert diagnostic.span is not None
    assert diagnostic.span.text.startswith(place)
    assert says in diagnostic.message
    assert besides in diagnostic.message


def test_a_column_that_is_missing_has_a_near_name(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD.replace("price", "prices")))
    assert "`prices`" in diagnostic.help[0]
    assert [note.span.text for note in diagnostic.notes] == ['"events.csv"']


def test_a_declared_column_is_checked_though_the_model_does_not_need_it(tmp_path: Path) -> None:
    spec = SPEC.replace("  w     : float?", "  w     : float?\n  note  : int")
    (missing,) = check_files(written(tmp_path, GOOD, spec=spec), {})
    assert (missing.code, missing.span and missing.span.text) == ("REC703", "note")
    noted = "\n".join([f"{HEADER},note", *(f"{row},{'none' if place == 2 else place}" for place, row in enumerate(EVENTS))])
    (wrong,) = check_files(written(tmp_path, noted + "\n", spec=spec), {})
    assert wrong.code == "REC704"
    assert "column `note`, row 3" in wrong.message


def test_all_columns_that_are_wrong_are_told_at_once(tmp_path: Path) -> None:
    compilation = written(tmp_path, with_row("x,10,0,cheap,a,never,1,1").replace("kind", "sort"))
    diagnostics = check_files(compilation, {})
    assert sorted(d.code for d in diagnostics) == ["REC703", "REC704", "REC704", "REC704"]
    with pytest.raises(SpecError) as caught:
        fit(compilation)
    assert [d.message for d in caught.value.diagnostics] == [d.message for d in diagnostics]
    assert "3 | " in render(diagnostics)


def test_an_entity_key_that_comes_twice(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD, ITEMS + "10,green\n"))
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC710", "item")
    assert "`10` comes twice" in diagnostic.message


def test_an_entity_with_other_keys_has_no_candidates(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD, "item,color\n77,red\n", SPEC.replace("kind, tags, color", "kind, tags")))
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC713", "item")


def test_a_sampler_that_draws_more_than_there_is(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD, spec=SPEC.replace("uniform(2)", "uniform(4)")))
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC716", "next")
    assert "`uniform(4)` draws more candidates than there are to draw: 3" in diagnostic.message
    fit(written(tmp_path, GOOD, spec=SPEC.replace("uniform(2)", "log_uniform(3)")))
    diagnostic = found(written(tmp_path, GOOD, spec=SPEC.replace("uniform(2)", "log_uniform(2, min_id=3)")))
    assert "`log_uniform(2)` draws more candidates than there are to draw: 1" in diagnostic.message
    diagnostic = found(written(tmp_path, GOOD, spec=SPEC.replace("uniform(2)", "log_uniform(2, min_id=9)")))
    assert diagnostic.message == "`log_uniform(2)` has no candidate to draw: none has an id of 9 or more"
    assert diagnostic.help == ("without `negatives=` all candidates are used",)


def test_a_loss_that_no_row_counts_for(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD, spec=SPEC.replace("uniform(2)", "uniform(2), where=price > 100")))
    assert diagnostic.code == "REC708"
    assert "the loss `next`" in diagnostic.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    compilation = written(tmp_path, GOOD)
    (tmp_path / "items.csv").unlink()
    diagnostic = found(compilation)
    assert (diagnostic.code, diagnostic.span and diagnostic.span.text) == ("REC701", '"items.csv"')
    assert str(tmp_path) in diagnostic.help[0]
    diagnostic = found(compilation, {"items": tmp_path / "other.csv"})
    assert "other.csv" in diagnostic.message


def test_data_for_a_schema_that_there_is_not(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, GOOD), {"event": "events.csv"})
    assert (diagnostic.code, diagnostic.help) == ("REC715", ("did you mean `events`?",))


def test_a_schema_without_data(tmp_path: Path) -> None:
    compilation = written(tmp_path, GOOD, spec=re.sub(r"\ndata \{.*?\n\}\n", "\n", SPEC, flags=re.DOTALL))
    with pytest.raises(SpecError) as caught:
        fit(compilation)
    assert [d.code for d in caught.value.diagnostics] == ["REC714", "REC714"]
    assert "--data events=PATH" in str(caught.value)
    assert check_files(compilation, {}) == []


def test_events_of_unequal_lengths(tmp_path: Path) -> None:
    spec = """rec 1
schema visits {
  clicks : seq(5) @h {
    item : int(from="item")  -> vocab
    ago  : float(from="ago") -> standardize
  }
  label y : bool
}
embeddings { dim=2 }
head y = @h -> embed(combiner=mean) -> concat -> logit
loss y = bce
"""
    (tmp_path / "spec.rec").write_text(spec)
    frame = pl.DataFrame({"item": [[1, 2], [1, 2, 3]], "ago": [[0.5, 1.0], [0.5]], "y": [True, False]})
    frame.write_parquet(tmp_path / "visits.parquet")
    diagnostic = found(Compilation(str(tmp_path / "spec.rec")), {"visits": tmp_path / "visits.parquet"})
    assert diagnostic.code == "REC707"
    assert "row 2 of" in diagnostic.message
    assert "3 values in `clicks.item` and 1 in `clicks.ago`" in diagnostic.message


def test_a_value_that_looks_missing_is_told_how_to_be_said(tmp_path: Path) -> None:
    diagnostic = found(written(tmp_path, with_row("1,10,0,NA,a,2024-01-09,1,1")))
    assert diagnostic.code == "REC704"
    assert 'null="NA"' in diagnostic.help[0]
    assert "`float?`" in diagnostic.help[0]
    assert not found(written(tmp_path, with_row("1,10,0,cheap,a,2024-01-09,1,1"))).help


@pytest.mark.parametrize(
    ("line", "says"),
    [("1,10", "line 3 ends early: it has 2 fields, and the first line 8"), ("", "line 3 is empty")],
)
def test_a_short_line_is_one_mistake(line: str, says: str, tmp_path: Path) -> None:
    compilation = written(tmp_path, with_row(line))
    (diagnostic,) = check_files(compilation)
    assert diagnostic.code == "REC702"
    assert says in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.text == '"events.csv"'


def test_a_short_line_far_below_is_told_too(tmp_path: Path) -> None:
    lines = [EVENTS[0]] * 1500 + ['1,10,0,1.0,"a', 'b",2024-01-09', *EVENTS]
    diagnostic = found(written(tmp_path, "\n".join([HEADER, *lines]) + "\n"))
    assert diagnostic.code == "REC702"
    assert "line 1,503 ends early: it has 6 fields" in diagnostic.message


def test_a_compressed_file_that_is_cut_off(tmp_path: Path) -> None:
    compilation = written(tmp_path, GOOD)
    whole = gzip.compress(GOOD.encode() * 50)
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    diagnostic = found(compilation, {"events": str(tmp_path / "cut.csv.gz")})
    assert diagnostic.code == "REC702"
    assert "cannot be read" in diagnostic.message
    assert "sep" not in diagnostic.help[0]
