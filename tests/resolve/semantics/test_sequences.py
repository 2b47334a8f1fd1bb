"""SEQUENCES, rules 17 to 20 of the language, as far as the operators reach."""

import pytest

from ..frame import clean
from .looking import codes, shape, spec

EVENTS = "clicks : seq(9) {\n  item : int -> same(video_id)\n  ago : float -> log1p\n}"


class TestAxes:
    """17. Only sequences of equal axes combine; an axis is one seq column or history."""

    def test_two_columns_have_two_axes_even_of_one_length(self):
        assert codes(spec(head="[past, other] -> embed -> concat -> mean -> logit")) == ["REC208"]
        assert codes(spec(head="[past, other] -> embed -> add -> mean -> logit")) == ["REC208"]

    def test_one_column_twice_is_one_axis(self):
        text = spec("tower t = [past -> embed, past -> embed -> dense(3)] -> concat", head="t -> mean -> logit")
        assert shape(text, "t") == [5, 7]

    def test_fields_of_events_share_their_axis(self):
        assert codes(spec(columns=EVENTS, head="[clicks.item, clicks.ago] -> embed -> concat -> mean -> logit")) == []
        assert codes(spec(columns=EVENTS, head="[clicks.item, past] -> embed -> concat -> mean -> logit")) == ["REC208"]

    def test_two_histories_are_two_axes(self):
        columns = "a = history(video_id, by=user_id, last=3)\nb = history(video_id, by=user_id, last=3)"
        assert codes(spec(columns=columns, head="[a, b] -> embed -> concat -> mean -> logit")) == ["REC208"]

    def test_fields_of_one_history_share_its_axis(self):
        columns = "a = history(video_id, country, by=user_id, last=3)"
        assert codes(spec(columns=columns, head="a -> embed -> concat -> mean -> logit")) == []


class TestMixing:
    """18. A Vector meets a Sequence through operators that are made for it alone; else an error."""

    @pytest.mark.parametrize("op", ["concat", "add", "sum", "mean", "multiply", "subtract"])
    def test_a_vector_and_a_sequence(self, op):
        assert codes(
            spec("tower v = user_id -> embed", "tower s = past -> embed", head=f"[s, v] -> {op} -> mean -> logit")
        ) == ["REC209"]
        assert codes(
            spec("tower v = user_id -> embed", "tower s = past -> embed", head=f"[v, s] -> {op} -> mean -> logit")
        ) == ["REC209"]

    @pytest.mark.parametrize("op", ["dot", "stack -> mean", "dot_interaction"])
    def test_operators_of_vectors(self, op):
        text = spec("tower v = user_id -> embed", "tower s = past -> embed", head=f"[s, v] -> {op} -> logit")
        assert codes(text) == ["REC203"]

    def test_pooled_they_meet(self):
        assert codes(spec(head="[past, user_id] -> embed(combiner=mean) -> concat -> logit")) == []
        assert codes(spec(head="[past -> embed -> max, user_id -> embed] -> add -> logit")) == []

    def test_a_mixture_has_experts_of_one_form(self):
        text = spec("tower v = user_id -> embed", "tower s = past -> embed", head="[s, v] -> mixture(by=v) -> logit")
        assert codes(text) == ["REC209"]


class TestOperators:
    """19, 20. Pointwise operators keep a sequence; reducing ones make a vector of it."""

    @pytest.mark.parametrize(
        "op",
        [
            "dense(4)",
            "mlp(4)",
            "dropout(0.1)",
            "layer_norm",
            "batch_norm",
            "l2_normalize",
            "stop_gradient",
            "scale(2)",
            "identity",
        ],
    )
    def test_pointwise_operators_keep_it(self, op):
        node = clean(spec(f"tower t = past -> embed -> {op}", head="t -> mean -> logit")).nodes["click.mean"]
        assert (
            clean(spec(f"tower t = past -> embed -> {op}", head="t -> mean -> logit")).nodes[node.inputs["x"]].type
            == "sequence"
        )

    @pytest.mark.parametrize("op", ["mean", "sum", "max"])
    def test_reducing_ones_make_a_vector(self, op):
        node = clean(spec(f"tower t = past -> embed -> {op}", head="t -> logit")).nodes[f"t.{op}"]
        assert (node.type, node.shape) == ("vector", [4])

    def test_over_a_list_they_go_over_its_values(self):
        text = spec("tower t = [past -> embed, past -> embed -> dense(4)] -> mean", head="t -> mean -> logit")
        assert shape(text, "t") == [5, 4]

    @pytest.mark.parametrize("end", ["logit", "as_logit"])
    def test_a_prediction_is_no_sequence(self, end):
        assert codes(spec(head=f"past -> embed -> {end}")) == ["REC203"]

    def test_a_stack_is_no_sequence(self):
        assert codes(
            spec("tower s = [user_id, country] -> embed -> stack", head="[s, past -> embed] -> concat -> mean -> logit")
        ) == ["REC209"]
        assert codes(spec("tower s = [user_id, country] -> embed -> stack", head="s -> logit")) == ["REC203"]
