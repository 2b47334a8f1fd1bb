"""The page for people who come from Merlin Models: its specs are checked, its tables are whole, its numbers are built."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from specc import registry
from specc.diagnostics.text import to_text
from specc.driver import check_text
from specc.syntax.parser import parse
from specc.text import Source

from .building import built, multitask

PAGE = (Path(__file__).parents[2] / "docs" / "merlin.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```rec(?: (REC\d{3}))?\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.parametrize(("code", "text"), FENCES, ids=[re.findall(r"model (\w+)", text)[0] for _, text in FENCES])
def test_every_spec_is_good_or_has_the_one_mistake_that_is_named(code: str, text: str) -> None:
    assert [d.code for d in check_text(text)] == ([code] if code else [])


def test_all_fences_were_found() -> None:
    assert len(FENCES) == PAGE.count("```rec")
    assert sum(not code for code, _ in FENCES) == 3


def test_the_printed_diagnostic_is_the_real_one() -> None:
    (printed,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S)
    text = next(text for code, text in FENCES if code == "REC521")
    assert to_text(check_text(text, "widths.rec")).strip() == printed.strip()


def parameters(heading: str) -> list[str]:
    """The names in the first column of the table with a heading."""
    (table,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.M)
    return [name for row in table.splitlines() for name in re.findall(r"^\| `\**(\w+)`", row)]


def test_every_parameter_has_its_row() -> None:
    youtube = "schema candidate_id_tag top_block post inputs outputs logits_temperature num_sampled min_sampled_id kwargs"
    assert parameters("parameter") == youtube.split()
    experts = "gate_block gate_softmax_temperature enable_gate_weights_metrics name"
    counts = "num_task_experts num_shared_experts"
    assert parameters("`PLEBlock`") == ["num_layers", "outputs", "expert_block", *counts.split(), *experts.split()]
    assert parameters("`CGCBlock`") == ["outputs", "expert_block", *counts.split(), "add_shared_gate", *experts.split()]
    assert parameters("`MMOEBlock`") == ["outputs", "expert_block", "num_experts", *experts.split()[:2], "gate_kwargs"]


def test_every_argument_that_is_named_exists() -> None:
    # In the tables of mixtures, `name=` in the last column is an argument of the operator that the heading names.
    for block, word in (("PLEBlock", "ple"), ("CGCBlock", "cgc"), ("MMOEBlock", "mmoe")):
        (table,) = re.findall(rf"^\| `{block}` \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.M)
        cells = [row.split("|")[3] for row in table.splitlines()]
        named = {name for cell in cells for name in re.findall(r"`(\w+)=", cell)}
        entry = registry.find("ops", word)
        assert entry is not None
        assert named == set(entry.args), inspect.getdoc(entry)


@pytest.mark.parametrize(
    ("form", "variables", "numbers"), re.findall(r"^\| `(\w+\(.*\))` \| (\d+) \| ([\d ]+) \|$", PAGE, re.M)
)
def test_sizes_are_built(form: str, variables: str, numbers: str) -> None:
    sizes = built(multitask(form, ("a", "b", "c"), 83)).size_of("mix_")
    assert sizes == (int(variables), int(numbers.replace(" ", "")))


def test_widths_that_merlin_makes_up() -> None:
    def width(rows: int) -> int:
        return -(-int(-(-2 * rows**0.25 // 1)) // 8) * 8

    assert [width(rows) for rows in (101, 10_001, 1_000_000)] == [8, 24, 64]
    assert "101 items give 8, 10 001 give 24, 1 000 000 give 64" in PAGE
    fits = [rows for rows in (614_656, 614_657, 1_048_576, 1_048_577) if width(rows) == 64]
    assert fits == [614_657, 1_048_576]


STATEMENTS = [
    code
    for row in re.findall(r"^\|.*\|$", PAGE, re.M)
    for code in re.findall(r"`([^`]+)`", row)
    if re.match(r"(tower|head|loss|shared|label|schema) [\w*]|(metrics|embeddings|train) \{|rows = ", code)
]


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements_in_tables_can_be_read(text: str) -> None:
    text = text.replace("{ ... }", "{ x : int }").replace("...", "x")
    assert parse(Source("table.rec", text + "\n")).diagnostics == []


def test_pieces_of_the_tables_in_one_spec() -> None:
    # Those that no spec of the page has, in a frame.
    text = """rec 1
model Pieces
schema plays {
  user_id     : int           -> vocab  @user
  item_id     : int           -> vocab  @item @id
  item_id_seq : seq(int, 50)  -> same(item_id)
  weight      : float
  confidence  : float
  impression  : bool
  played_at   : time
  label click : bool
  label like  : bool?
  label play_percentage : float
}
data {
  plays = parquet("plays/*.parquet")
  rows  = last(plays, by=user_id)
}
embeddings { dim=16, init=uniform(0.05), l2=1e-6, item_id(dim=64) }
shared top(t) = t -> mlp(32)
tower query = [user_id -> embed, item_id_seq -> embed -> mean] -> concat -> mlp(64) -> l2_normalize
tower mix   = query -> mmoe(tasks=[click, like], expert=4 * mlp(64))
head *      = mix -> top -> logit
head play_percentage = query -> dense(1)
loss watch  = query -> softmax(item_id, negatives=[in_batch, uniform(100), popularity(100, power=0.75)], temperature=0.05)
loss click  = bce(weight=2.0, row_weight=weight * confidence)
loss like   = bce(where=impression)
loss play_percentage = mse
metrics { click: auc(row_weight=weight), like: [auc, logloss] }
train { seed=1 }
"""
    assert check_text(text) == []
