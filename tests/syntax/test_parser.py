"""What each form of the language becomes, and where newlines count."""

import pytest

from specc.syntax import tree
from specc.syntax.equal import equal
from specc.syntax.parser import parse, parse_expression
from specc.text import Source


def shape(node):
    """A node as nested tuples, short enough to compare by eye."""
    if isinstance(node, tree.Name):
        return node.text
    if isinstance(node, tree.Number | tree.String):
        return node.value
    if isinstance(node, tree.Tag):
        return "@" + node.name
    if isinstance(node, tree.Star):
        return "*"
    if isinstance(node, tree.Missing):
        return "?"
    if isinstance(node, tree.Arg):
        return shape(node.value) if node.name is None else (node.name.text, shape(node.value))
    if isinstance(node, tree.Call):
        return ("call", shape(node.callee), *map(shape, node.args))
    if isinstance(node, tree.Field):
        return (".", shape(node.base), node.name.text)
    if isinstance(node, tree.At):
        return ("@", shape(node.base), node.k.value)
    if isinstance(node, tree.Maybe):
        return ("?", shape(node.base))
    if isinstance(node, tree.Unary):
        return (node.op, shape(node.operand))
    if isinstance(node, tree.Binary):
        return (node.op, shape(node.left), shape(node.right))
    if isinstance(node, tree.Range):
        return ("..", shape(node.low), shape(node.high))
    if isinstance(node, tree.Paren):
        return ("()", shape(node.inner))
    if isinstance(node, tree.Pipe):
        return ("->", *map(shape, node.stages))
    if isinstance(node, tree.List):
        return ["list", *map(shape, node.items)]
    if isinstance(node, tree.Body | tree.File):
        return {"items": [shape(item) for item in node.items]}
    made = {"head": tuple(map(shape, node.head))}
    for name in ("args", "sign", "value", "within", "tags", "body", "broken"):
        value = getattr(node, name)
        if value or value == []:
            made[name] = (
                [shape(v) for v in value]
                if isinstance(value, list)
                else shape(value)
                if not isinstance(value, str | bool)
                else value
            )
    if not made.get("tags"):
        made.pop("tags", None)
    return made


def items(text):
    parsed = parse(Source("test.rec", text))
    assert parsed.diagnostics == []
    return [shape(item) for item in parsed.file.items]


def expression(text):
    value, found = parse_expression(Source("test", text))
    assert found == []
    return shape(value)


def refused(text):
    value, found = parse_expression(Source("test", text))
    assert value is None
    return [d.code for d in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rec 1", {"head": ("rec", 1)}),
        ("model CensusPLE", {"head": ("model", "CensusPLE")}),
        ('import "x.rec"', {"head": ("import", "x.rec")}),
        ("dim=16", {"head": ("dim",), "sign": "=", "value": 16}),
        ("*: auc", {"head": ("*",), "sign": ":", "value": "auc"}),
        ("head * = mix", {"head": ("head", "*"), "sign": "=", "value": "mix"}),
        ("I1..I13 : int?", {"head": (("..", "I1", "I13"),), "sign": ":", "value": ("?", "int")}),
        ("clicks.item: 3", {"head": ((".", "clicks", "item"),), "sign": ":", "value": 3}),
        ('"raw name": x', {"head": ("raw name",), "sign": ":", "value": "x"}),
        ("early_stop(auc, patience=2)", {"head": ("early_stop",), "args": ["auc", ("patience", 2)]}),
        ("schema m(key=id) { }", {"head": ("schema", "m"), "args": [("key", "id")], "body": {"items": []}}),
        ("block r(x, w) = x", {"head": ("block", "r"), "args": ["x", "w"], "sign": "=", "value": "x"}),
        ("block r() = x", {"head": ("block", "r"), "args": [], "sign": "=", "value": "x"}),
        ("param lr = 1e-3 in 0.1..10.0", {"head": ("param", "lr"), "sign": "=", "value": 1e-3, "within": ("..", 0.1, 10.0)}),
        ("u : int @a @b", {"head": ("u",), "sign": ":", "value": "int", "tags": ["@a", "@b"]}),
        (
            "experts m = x { level { } }",
            {
                "head": ("experts", "m"),
                "sign": "=",
                "value": "x",
                "body": {"items": [{"head": ("level",), "body": {"items": []}}]},
            },
        ),
        (
            "c : seq(50) @h { a : int }",
            {
                "head": ("c",),
                "sign": ":",
                "value": ("call", "seq", 50),
                "tags": ["@h"],
                "body": {"items": [{"head": ("a",), "sign": ":", "value": "int"}]},
            },
        ),
        ("label : bool", {"head": ("label",), "sign": ":", "value": "bool"}),
    ],
)
def test_items(text, expected):
    assert items(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> f -> g(1)", ("->", "a", "f", ("call", "g", 1))),
        ("@user - id -> f", ("->", ("-", "@user", "id"), "f")),
        ("a | b & c == d + e * f", ("|", "a", ("&", "b", ("==", "c", ("+", "d", ("*", "e", "f")))))),
        ("a - b - c", ("-", ("-", "a", "b"), "c")),
        ("2 * mlp(64)", ("*", 2, ("call", "mlp", 64))),
        ("-1..1", ("..", ("-", 1), 1)),
        ("0..n - 1", ("..", 0, ("-", "n", 1))),
        ("1e-5..1e-1", ("..", 1e-5, 1e-1)),
        ("1..8", ("..", 1, 8)),
        ("recall@10(seen=remove)", ("call", ("@", "recall", 10), ("seen", "remove"))),
        ("next.ndcg@10", ("@", (".", "next", "ndcg"), 10)),
        ('int?(from="x")', ("call", ("?", "int"), ("from", "x"))),
        ('int(from="x")?', ("?", ("call", "int", ("from", "x")))),
        ("(a -> f).x", (".", ("()", ("->", "a", "f")), "x")),
        ("[a, b -> f, ]", ["list", "a", ("->", "b", "f")]),
        ("f(a, k=v, )", ("call", "f", "a", ("k", "v"))),
        (
            "{a: 1, b: {}}",
            {"items": [{"head": ("a",), "sign": ":", "value": 1}, {"head": ("b",), "sign": ":", "value": {"items": []}}]},
        ),
        ("1_000_000", 1_000_000),
        ("label", "label"),
    ],
)
def test_expressions(text, expected):
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"a\\b"', r"a\b"),
        (r'"a\nb\tc"', "a\nb\tc"),
        (r'"\((\d{4})\)"', r"\((\d{4})\)"),
        (r'"\\d"', r"\d"),
        ('"größe → 😀"', "größe → 😀"),
        ('""', ""),
        ('"# no comment"', "# no comment"),
    ],
)
def test_strings(written, value):
    assert expression(written) == value


@pytest.mark.parametrize(("written", "kind"), [("7", int), ("1_0", int), ("7.0", float), ("1e3", float), ("2.5E-3", float)])
def test_numbers_keep_their_kind(written, kind):
    assert type(expression(written)) is kind


@pytest.mark.parametrize(
    "text",
    [
        "tower x = a\n  -> f\n  -> g",
        "tower x = a ->\n  f ->\n  g",
        "tower x =\n  a -> f -> g",
        "tower x = # why\n  # more\n  a -> f\n\n  # and\n  -> g",
        "tower x = a -> f\n-> g",
        "tower x\n= a -> f -> g",
    ],
)
def test_a_newline_beside_an_operator_ends_nothing(text):
    assert items(text) == items("tower x = a -> f -> g")


def test_newlines_in_brackets_end_nothing():
    assert items("x = f(\n a,\n [b\n , c]\n)\ny = 1") == items("x = f(a, [b, c]), y = 1")


def test_newlines_in_braces_inside_brackets_separate():
    assert items("x = f({\n a: 1\n b: 2\n})") == items("x = f({a: 1, b: 2})")


def test_commas_and_newlines_separate_items():
    assert items("train { a=1, b=2\n c=3,\n d=4, }") == items("train {\n a=1\n b=2\n c=3\n d=4\n}")


def test_a_star_before_a_sign_begins_an_item():
    assert len(items("metrics {\n a: auc\n *: auc\n}")[0]["body"]["items"]) == 2
    assert len(items("metrics {\n a: auc\n * = auc\n}")[0]["body"]["items"]) == 2
    assert items("x = a\n* b") == items("x = a * b")


def test_blanks_and_tabs_mean_nothing():
    assert items("x\t=\ta->f( 1,\t2 )") == items("x = a -> f(1, 2)")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "  # one\n\n# two\n"])
def test_an_empty_file(text):
    parsed = parse(Source("test.rec", text))
    assert parsed.file.items == []
    assert parsed.diagnostics == []
    assert [c.text for c in parsed.comments] == [line.strip() for line in text.split("\n") if line.strip()]


def test_spans_cover_what_was_written():
    text = 'schema s(key=id) {\n  a : int(from="x") -> vocab  @user\n}\n'
    (schema,) = parse(Source("test.rec", text)).file.items
    (column,) = schema.body.items
    assert schema.span.text == text.rstrip()
    assert column.span.text == 'a : int(from="x") -> vocab  @user'
    assert column.value.span.text == 'int(from="x") -> vocab'
    assert column.value.stages[0].args[0].span.text == 'from="x"'
    assert column.tags[0].span.text == "@user"
    assert schema.args[0].span.text == "key=id"


def test_trees_differ_by_what_they_say():
    def read(text):
        return parse(Source("test.rec", text)).file

    assert equal(read("a = 1, b = [2]"), read("a=1\nb = [ 2 ]"))
    for other in ("a = 1, b = [3]", "a = 1, b = [2, 2]", "a : 1, b = [2]", "a = 1", "a = 1.0, b = [2]", "a = 1, b = [2] @t"):
        assert not equal(read("a = 1, b = [2]"), read(other))


# ---- what is left of a text with mistakes


def kept(text):
    return [(tuple(map(shape, item.head)), item.broken) for item in parse(Source("test.rec", text)).file.items]


def test_items_round_a_broken_one_survive_and_it_keeps_its_name():
    text = "rec 1\ntower a = x -> f\ntower b = ] + -> (\ntower c = y\nhead d x -> logit\nmodel M\n"
    assert kept(text) == [
        (("rec", 1), False),
        (("tower", "a"), False),
        (("tower", "b"), True),
        (("tower", "c"), False),
        (("head", "d"), True),
        (("model", "M"), False),
    ]


def test_only_the_innermost_item_is_broken():
    parsed = parse(Source("test.rec", "schema s {\n  a : int\n  b : -> vocab\n  c : int\n}\n"))
    (schema,) = parsed.file.items
    assert not schema.broken
    assert [(item.head[0].text, item.broken) for item in schema.body.items] == [("a", False), ("b", True), ("c", False)]


def test_what_could_not_be_read_is_missing():
    parsed = parse(Source("test.rec", "param lr =\ntower x = a -> f(1, ) + + ]\n"))
    assert shape(parsed.file.items[0].value) == "?"
    assert len(parsed.diagnostics) == 2


def test_an_unclosed_body_ends_where_the_next_statement_begins():
    text = "schema s {\n  a : int\n  b : int\n\ntower x = a\n"
    parsed = parse(Source("test.rec", text))
    (said,) = parsed.diagnostics
    assert said.span.source.position(said.span.start) == (1, 10)
    assert [(n.text, n.span.source.position(n.span.start)[0]) for n in said.notes] == [
        ("a `}` is missing here at the latest", 3)
    ]
    assert [len(item.body.items) if item.body else None for item in parsed.file.items] == [2, None]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("", ["REC002"]), ("a b", ["REC003"]), ("[a", ["REC006"]), ("a)", ["REC007"]), ("'x'", ["REC012"]), ("a ->", ["REC002"])],
)
def test_an_expression_with_a_mistake_is_none(text, codes):
    assert refused(text) == codes


def test_an_expression_may_go_over_lines():
    assert expression("a\n  -> f(1,\n 2)\n") == expression("a -> f(1, 2)")
