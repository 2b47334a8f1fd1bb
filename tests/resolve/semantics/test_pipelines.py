"""PIPELINES, rules 5 to 10 of the language: precedence, arguments, weights, splicing, records."""

import pytest

from specc.syntax.parser import parse_expression
from specc.text import Source

from ..frame import clean
from .looking import codes, inputs, nodes, shape, spec, weights


def shown(text: str) -> str:
    """An expression with brackets round everything."""
    from specc.syntax import tree

    def show(e: tree.Expr) -> str:
        if isinstance(e, tree.Pipe):
            return "(" + " -> ".join(map(show, e.stages)) + ")"
        if isinstance(e, tree.Binary):
            return f"({show(e.left)} {e.op} {show(e.right)})"
        if isinstance(e, tree.Call):
            return f"{show(e.callee)}({', '.join(show(a.value) for a in e.args)})"
        if isinstance(e, tree.Field):
            return f"{show(e.base)}.{e.name.text}"
        return e.span.text

    expr, found = parse_expression(Source("test", text))
    assert expr is not None
    assert not found
    return show(expr)


class TestPrecedence:
    """5. Loose to tight: `,` `->` `|` `&` comparison `+ -` `* /` call and `.`; infix only in selectors, row expressions and `n * block`."""

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("a | b -> f", "((a | b) -> f)"),
            ("a | b & c", "(a | (b & c))"),
            ("a & b == c", "(a & (b == c))"),
            ("a == b + c", "(a == (b + c))"),
            ("a + b * c", "(a + (b * c))"),
            ("a - b - c", "((a - b) - c)"),
            ("2 * f(3) -> g", "((2 * f(3)) -> g)"),
            ("2 * a.b", "(2 * a.b)"),
            ("@a - b -> f -> g", "((@a - b) -> f -> g)"),
        ],
    )
    def test_what_binds_tighter(self, text, meant):
        assert shown(text) == meant

    @pytest.mark.parametrize("infix", ["x + x", "x - x", "2 * x", "x / 2", "[x, x] * 3"])
    def test_no_infix_on_tensors(self, infix):
        assert codes(spec("tower x = user_id -> embed", head=f"{infix} -> logit")) == ["REC211"]

    def test_copies_of_a_pipeline_are_of_all_of_it(self):
        body = "level { a : 2 * mlp(8) -> dense(4), gate a = [a] }"
        text = spec(f"experts m = x {{ {body} }}", "tower x = user_id -> embed", head="m.a -> logit")
        assert nodes(text, "dense") == ["m.level_1.a.expert_1.dense", "m.level_1.a.expert_2.dense"]


class TestArguments:
    """6. `x -> f(a, k=v)` is f(x, a, k=v). An argument may be a pipeline; it is evaluated once."""

    def test_a_pipeline_as_an_argument_is_one_value(self):
        text = spec(
            "block twice(x, y) = [x, y, y] -> concat", "tower x = user_id -> embed", head="x -> twice(x -> dense(3)) -> logit"
        )
        (dense,) = nodes(text, "dense")
        assert inputs(text, "click.twice.concat").count(dense) == 2

    def test_a_block_as_an_argument_is_copied_at_each_use(self):
        text = spec(
            "block twice(x, f) = [x -> f, x -> f] -> concat", "tower x = user_id -> embed", head="x -> twice(dense(3)) -> logit"
        )
        assert len(set(weights(text, "dense"))) == 2

    def test_by_position_and_by_name(self):
        text = spec(
            "block b(x, w, act=tanh) = x -> dense(w, activation=act)", head="user_id -> embed -> b(w=3) -> b(5, relu) -> logit"
        )
        configs = [(n.config["units"], n.config["activation"]) for n in clean(text).nodes.values() if n.op == "dense"]
        assert configs == [(3, "tanh"), (5, "relu")]

    def test_names_in_a_block_are_its_own(self):
        text = spec("tower w = user_id -> embed", "block b(x, w) = x -> dense(w)", head="w -> b(3) -> logit")
        assert shape(text, "w") == [4]
        assert [n.config["units"] for n in clean(text).nodes.values() if n.op == "dense"] == [3]

    def test_names_of_an_argument_are_those_of_the_caller(self):
        text = spec(
            "block inner(x, f) = x -> f",
            "block outer(x, w) = x -> inner(dense(w))",
            head="user_id -> embed -> outer(7) -> logit",
        )
        assert [n.config["units"] for n in clean(text).nodes.values() if n.op == "dense"] == [7]


class TestWeights:
    """7. Each operator call has its own weights; a tower named twice is one value; a `block` is copied, a `shared` is not; tables are shared."""

    def test_each_call_has_its_own(self):
        assert len(set(weights(spec(head="user_id -> embed -> dense(4) -> dense(4) -> logit"), "dense"))) == 2

    def test_a_tower_named_twice_is_one_value(self):
        text = spec("tower x = user_id -> embed -> dense(4)", head="[x, x -> mlp(4)] -> add -> logit")
        assert nodes(text, "dense") == ["x.dense"]
        assert inputs(text, "click.add") == ["x.dense", "click.mlp"]

    def test_a_block_is_copied_and_a_shared_block_is_not(self):
        body = "(x) = x -> dense(4) -> layer_norm"
        head = "[user_id -> embed -> b, country -> embed -> b] -> add -> logit"
        assert len(set(weights(spec("block b" + body, head=head), "dense"))) == 2
        assert weights(spec("shared b" + body, head=head), "dense") == ["b.dense", "b.dense"]
        assert len(nodes(spec("shared b" + body, head=head), "dense")) == 2  # two calls of one layer

    def test_a_shared_block_in_another_one(self):
        text = spec(
            "shared inner(x) = x -> dense(4)",
            "block outer(x) = x -> inner -> dense(4)",
            head="user_id -> embed -> outer -> outer -> logit",
        )
        assert sorted(weights(text, "dense")) == ["click.outer.dense", "click.outer_2.dense", "inner.dense", "inner.dense"]

    def test_two_calls_within_a_shared_block_differ(self):
        text = spec("shared b(x) = x -> dense(4) -> dense(4)", head="user_id -> embed -> b -> b -> logit")
        assert weights(text, "dense") == ["b.dense", "b.dense_2"] * 2

    def test_weights_of_one_shape(self):
        text = spec(
            "shared b(x) = x -> dense(4)", head="[user_id -> embed -> b, user_id -> embed -> dense(3) -> b] -> add -> logit"
        )
        assert codes(text) == ["REC210"]

    def test_tables_are_shared(self):
        text = spec(
            "tower a = video_id -> embed", "tower b = past -> embed(combiner=mean)", head="[a, b, a -> mlp(4)] -> add -> logit"
        )
        assert {n.config["table"] for n in clean(text).nodes.values() if n.op == "embed"} == {"video_id"}

    def test_paths_name_the_weights_by_their_place(self):
        text = spec("block b(x) = x -> mlp(4)", "tower t = user_id -> embed -> b -> b", head="t -> logit")
        assert nodes(text) == ["t.embed.user_id", "t.b.mlp", "t.b_2.mlp", "click.logit"]


class TestLists:
    """8. Features, Vectors and lists are spliced in order; records never. Lists of numbers spread."""

    def test_selectors_are_in_the_order_of_the_schema(self):
        expected = ["a.embed.user_id", "a.embed.country", "a.embed.video_id"]
        for selector in ("@user | video_id", "video_id | @user", "@id | country"):
            text = spec(f"tower a = {selector} -> embed -> concat", head="a -> logit")
            assert inputs(text, "a.concat") == expected

    def test_lists_are_spliced_in_the_order_in_which_they_are_written(self):
        text = spec("tower a = [video_id, [country, [user_id]]] -> embed", head="[a, age] -> concat -> logit")
        assert inputs(text, "click.concat") == ["a.embed.video_id", "a.embed.country", "a.embed.user_id", "click.embed.age"]

    def test_records_are_not_spliced(self):
        assert codes(
            spec("tower r = {a: user_id -> embed, b: age -> embed}", head="[r, user_id -> embed] -> concat -> logit")
        ) == ["REC202"]

    def test_lists_of_numbers_spread(self):
        for call in ("mlp(8, 4)", "mlp([8, 4])", "mlp(widths)", "mlp(8, last)"):
            text = spec("param widths = [8, 4]", "param last = 4", head=f"user_id -> embed -> {call} -> logit")
            unused = [line for line in ("widths", "last") if line not in call]
            for name in unused:
                text = "\n".join(line for line in text.splitlines() if not line.startswith(f"param {name} ")) + "\n"
            assert next(n for n in clean(text).nodes.values() if n.op == "mlp").config["units"] == [8, 4]


class TestWidths:
    """9. concat, stack, sum, add, multiply and dot take any list; all but concat need one width."""

    @pytest.mark.parametrize("op", ["stack -> mean", "sum", "add", "multiply", "dot", "mean", "max", "dot_interaction"])
    def test_one_width(self, op):
        text = spec("tower a = user_id -> embed", "tower b = a -> dense(3)", head=f"[a, b] -> {op} -> dense(1) -> as_logit")
        assert codes(text) == ["REC207"]
        assert codes(text.replace("dense(3)", "dense(4)")) == []

    def test_concat_adds_widths(self):
        text = spec("tower a = user_id -> embed", "tower b = [a, a -> dense(3), age, text] -> concat", head="b -> logit")
        assert shape(text, "b") == [4 + 3 + 1 + 8]


class TestRecords:
    """10. An operator on a record acts on each field with separate weights."""

    def test_each_field_has_its_own(self):
        text = spec(
            "tower r = {a: user_id -> embed, b: country -> embed} -> dense(4) -> layer_norm", head="[r.a, r.b] -> add -> logit"
        )
        assert weights(text, "dense") == ["r.a.dense", "r.b.dense"]
        assert inputs(text, "click.add") == ["r.a.layer_norm", "r.b.layer_norm"]

    def test_a_block_on_a_record(self):
        text = spec(
            "block b(x) = x -> dense(4)",
            "tower r = {a: user_id -> embed, b: country -> embed} -> b",
            head="[r.a, r.b] -> add -> logit",
        )
        assert len(set(weights(text, "dense"))) == 2

    def test_a_field_that_is_not_there(self):
        assert codes(spec("tower r = {a: user_id -> embed}", head="r.b -> logit")) == ["REC119"]
        assert codes(spec("tower r = user_id -> embed", head="r.b -> logit")) == ["REC215"]
