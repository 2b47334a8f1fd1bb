"""Every component is one file, and a new one needs nothing else."""

from __future__ import annotations

import pytest

from specc.registry.lookup import including

from .frame import clean, mistakes
from .semantics.looking import spec

COMPONENTS = {
    "losses/hinge.py": """
from specc.registry.loss import Pointwise

class Hinge(Pointwise):
    predicts = ("Logit",)
    labels = ("bool",)
""",
    "losses/either.py": """
from specc.registry.loss import Pointwise
from specc.registry.ranking import Ranking
from specc.registry.arg_types import Target
from specc.registry.component import Arg

class Either(Ranking, Pointwise):
    predicts = ("Logit",)
    labels = ("bool",)
    full = "specc.runtime.layers.softmax.FullSoftmax"
    candidates = Arg(Target(), None)
""",
    "samplers/first.py": """
from specc.registry.sampler import Drawing

class First(Drawing):
    def drawable(self, a, first, size):
        return 10
""",
    "encoders/sign.py": """
from specc.registry.encoder import NUMBERS, Encoder

class Sign(Encoder):
    takes = NUMBERS
    gives = "category"
    distinct_ids = False

    def size(self, a):
        return 3
""",
    "derivations/length.py": """
from specc.registry.columns import Storage
from specc.registry.derivation import Derivation
from specc.registry.arg_types import ColumnName
from specc.registry.component import Arg

class Length(Derivation):
    column = Arg(ColumnName())

    def infer(self, a, ctx):
        if a.column.storage.element != "string":
            ctx.error("REC445", a.at("column"), f"`{self.name}` reads a string column")
            return False
        ctx.column.hold(Storage("int", "scalar", None, a.column.storage.nullable, None, a.span))
        ctx.column.derived = (self.name, {"column": a.column.name})
        return True
""",
    "splits/first_of.py": """
from specc.registry.data import Split
from specc.registry.arg_types import ColumnName
from specc.registry.component import Arg

class FirstOf(Split):
    by = Arg(ColumnName(), named=True)

    def check(self, a, ctx):
        self.divides("by", a, ctx)

    def group(self, config):
        return config["by"]
""",
}


@pytest.fixture
def more(tmp_path, monkeypatch):
    for name, text in COMPONENTS.items():
        file = tmp_path / "more_words" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"from __future__ import annotations\n{text}", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with including("more_words"):
        yield


def codes(*lines: str, **kwargs: object) -> list[str]:
    return [diagnostic.code for diagnostic in mistakes(spec(*lines, loss=False, **kwargs))]


def test_a_loss_of_a_head(more):
    assert codes("loss click = hinge(weight=2)") == []
    assert codes("loss click = hinge(label=stars)") == ["REC510"]
    assert codes("loss click = hinge", head="user_id -> embed -> dense(1)") == ["REC508"]


def test_one_word_may_compare_predictions_and_rank_candidates(more):
    assert codes("loss click = either") == []
    ranked = clean(
        spec("loss watch = user_id -> embed -> either(video_id, negatives=first(10), bias=true)", head="", loss=False)
    )
    assert ranked.tables.keys() == {"user_id", "video_id"}
    assert codes("loss watch = either(video_id)", head="") == ["REC506"]
    assert codes("loss click = either(temperature=2)") == ["REC530"]


def test_a_sampler_says_how_many_it_can_draw(more):
    ids = "shelf : int -> index(50)"
    assert codes("loss watch = user_id -> embed -> either(shelf, negatives=first(10))", head="", columns=ids) == []
    assert codes("loss watch = user_id -> embed -> either(shelf, negatives=first(11))", head="", columns=ids) == ["REC529"]


def test_ids_of_several_values_are_no_candidates(more):
    ids = "side : int -> sign"
    assert codes("loss watch = user_id -> embed -> either(side)", head="", columns=ids) == ["REC527"]


def test_a_derivation(more):
    assert codes(columns="long = length(name) -> standardize", head="[user_id, long] -> embed -> concat -> logit") == []
    assert codes(columns="long = length(age) -> standardize") == ["REC445"]


def test_a_split_that_says_whose_rows_are_whose(more):
    ranked = "loss watch = user_id -> embed -> either(video_id)", "metrics { watch: recall@10(seen=remove) }"
    data = 'data {{ views = csv("views.csv"), split = {} }}'
    assert codes(*ranked, data.format("random"), head="") == ["REC516"]
    assert codes(*ranked, data.format("first_of(by=user_id)"), head="") == []
    assert codes(*ranked, data.format("first_of(by=past)"), head="") == ["REC620"]
