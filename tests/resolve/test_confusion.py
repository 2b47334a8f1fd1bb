"""Every kind of value in every argument of every word of the library: a diagnostic or fine, never an exception.

The words and their arguments come from the registry, so a new word is tested without a new test.
"""

import pytest

from specc.diagnostics.text import to_text
from specc.registry.lookup import find, kinds, names

from .frame import DECLARED, mistakes

KINDS = kinds()

NUMBERS = ["0", "1", "-1", "7", "0.5", "-0.5", "1e300", "-1e300", "1e-300", "9007199254740993", "100000000000000000000"]
PLAIN = ['"a"', '""', '"(a)"', '"2024-01-01"', '"28d"', "true", "false", "none", "first"]
COLUMNS = [
    "user_id",
    "age",
    "country",
    "hour",
    "text",
    "topics",
    "past",
    "clicks",
    "clicks.item",
    "clicks.none",
    "seconds",
    "maybe",
]
COLUMNS += ["ts", "name", "late", "seen", "year", "click", "stars", "views", "videos", "none_such", "wide"]
VALUES = [
    "x",
    "sequence",
    "stacked",
    "record",
    "record.click",
    "listed",
    "probability",
    "item",
    "mix",
    "mix.click",
    "mix.none",
    "x.y",
]
PARAMS = ["width", "text_param", "flag", "widths", "layer", "chosen", "deep", "twin"]
SELECTORS = ["@user", "@all", "@none", "@user & @item", "@user - user_id", "@user | age", "chosen - country"]
LISTS = [
    "[]",
    "[1, 2]",
    "[[1]]",
    '["a", 1]',
    "[x]",
    "[x, mlp(8)]",
    "[click, stars]",
    "[click, click]",
    "[user_id, age]",
    "[in_batch, x]",
]
RECORDS = ["{}", "{a: 1}", "{a: x, b: user_id}", '{topics: "|"}', "{a: 1, a: 2}", "{a = 1}", "{default: adam(1)}"]
CALLS = [
    "mlp(8)",
    "mlp",
    "mlp(8) -> dense(4)",
    "2 * mlp(8)",
    "x * mlp(8)",
    "f(1)",
    "adam(1e-3)",
    "in_batch",
    "uniform(3)",
    "zeros",
    "deep(8)",
]
OTHERS = [
    "x -> dense(8)",
    "seconds > 3",
    "seconds + 1",
    "click & late",
    "x + x",
    "-seconds",
    "-x",
    "-(1)",
    "(1)",
    "(x)",
    "1..3",
    "log(1..2)",
]
OTHERS += ["recall@5", "int?", "name == 3", "seconds / 0", "x -> (mlp(8))", "(x -> mlp)(8)", "(mlp)(8)"]
EXPRESSIONS = NUMBERS + PLAIN + COLUMNS + VALUES + PARAMS + SELECTORS + LISTS + RECORDS + CALLS + OTHERS

SOURCES = [
    "x",
    "listed",
    "sequence",
    "stacked",
    "record",
    "probability",
    "mix",
    "user_id",
    "age",
    "text",
    "topics",
    "past",
    "clicks",
    "@user",
]
STORAGES = [
    "int",
    "float",
    "string",
    "bool",
    "time",
    "int?",
    "vector(4)",
    "bag(int)",
    "bag(string)",
    "seq(int, 3)",
    "seq(float, 3)",
]


def within_schema(lines: list[str]) -> str:
    return DECLARED.replace("  label click : bool\n", "".join(f"  {line}\n" for line in lines) + "  label click : bool\n")


def after(lines: list[str]) -> str:
    return DECLARED + "".join(f"{line}\n" for line in lines)


def spec_with(kind: str, calls: list[str]) -> list[str]:
    """Specs that use calls of words of a kind where such words stand."""
    numbered = list(enumerate(calls))
    if kind == "ops":
        return [after([f"tower probe_{i} = {SOURCES[i % len(SOURCES)]} -> {call}" for i, call in numbered])]
    if kind == "encoders":
        return [within_schema([f"probe_{i} : {STORAGES[i % len(STORAGES)]} -> {call}" for i, call in numbered])]
    if kind == "derivations":
        return [within_schema([f"probe_{i} = {call}" for i, call in numbered])]
    if kind == "losses":
        ends = ["x -> dense(8)", "x -> logit", "x -> logit -> sigmoid", "x -> dense(1)", "record", "sequence"]
        return [after([f"loss probe_{i} = {ends[i % len(ends)]} -> {call}" for i, call in numbered])]
    if kind == "metrics":
        targets = ["click", "stars", "watch"]
        at = ["", "@5"]
        lines = [f"{targets[i % 3]}_{i}: {call.replace('(', at[i % 2] + '(', 1)}" for i, call in numbered]
        copies = [f"loss {targets[i % 3]}_{i} = {['x -> logit', 'x -> dense(1)', 'x -> dense(8)'][i % 3]} -> "
                  f"{['bce(label=click)', 'mse(label=stars)', 'softmax(video_id)'][i % 3]}" for i, _ in numbered]  # fmt: skip
        return [after([*copies, "metrics { " + ", ".join(lines) + " }"])]
    if kind == "samplers":
        return [after([f"loss probe_{i} = x -> dense(8) -> softmax(video_id, negatives={call})" for i, call in numbered])]
    if kind == "initializers":
        used = [f"embeddings s{i} {{ dim=4, init={call} }}\ntower probe_{i} = @user -> embed(s{i})" for i, call in numbered]
        return [after(used)]
    where = {"optimizers": "train {{ optimizer={} }}", "readers": "data {{ views = {} }}", "rows": "data {{ rows = {} }}"}
    where["splits"] = "data {{ split = {} }}"
    where["balancers"] = "head like = x -> logit\nloss like = bce(label=click)\ntrain {{ balance={} }}"
    where["schedules"] = "train {{ optimizer=adam({}) }}"
    return [after([where[kind].format(call)]) for call in calls]


WORDS = [(kind, name) for kind in KINDS for name in names(kind)]


def check(text: str) -> list[str]:
    found = mistakes(text)
    for diagnostic in found:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text), diagnostic
    assert to_text(found) or not found
    return [diagnostic.code for diagnostic in found]


def test_every_kind_of_word_is_placed():
    assert len(WORDS) > 60
    for kind in KINDS:
        assert spec_with(kind, ["word(1)"]), f"say where words of the kind {kind} stand"


@pytest.mark.parametrize(("kind", "name"), WORDS)
def test_any_value_in_any_argument(kind, name):
    word = find(kind, name)
    assert word is not None
    calls = [f"{name}({expression})" for expression in EXPRESSIONS] + [name, f"{name}()"]
    for argument in word.args:
        calls += [f"{name}({argument}={expression})" for expression in EXPRESSIONS]
    if kind in ("optimizers", "readers", "rows", "splits"):
        calls = calls[:: max(1, len(calls) // 60)]  # one a spec
    codes = [
        code
        for start in range(0, len(calls), 120)
        for text in spec_with(kind, calls[start : start + 120])
        for code in check(text)
    ]
    assert codes, "wrong arguments are told"


@pytest.mark.parametrize("source", SOURCES)
def test_any_operator_on_any_value(source):
    ops = [f"{op}(8)" if op in ("dense", "mlp") else f"{op}(2, mlp(8))" if op == "copies" else op for op in names("ops")]
    ops += [f"{op}(tasks=[a, b], expert=mlp(8))" for op in ("ple", "cgc", "mmoe")] + ["deep", "twin", "layer", "mixture(by=x)"]
    lines = [f"tower probe_{i} = {source} -> {op}" for i, op in enumerate(ops)]
    lines += [f"tower pair_{i} = [{source}, {other}] -> {op}" for i, op in enumerate(ops) for other in ("x", "age", "past")]
    lines += [
        f"head two_{i} = {source} -> {op} -> {after_it} -> logit" for i, op in enumerate(ops) for after_it in ("mean", "concat")
    ]
    assert check(after(lines))


@pytest.mark.parametrize("storage", STORAGES)
def test_any_encoder_on_any_storage(storage):
    given = {
        "clip": "(0, 1)",
        "fill": "(0)",
        "hash": "(9)",
        "index": "(9)",
        "quantiles": "(4)",
        "buckets": "(1, 2)",
        "same": "(user_id)",
    }
    encoders = [name + given.get(name, "") for name in names("encoders")]
    lines = [f"a{i} : {storage} -> {one}" for i, one in enumerate(encoders)]
    lines += [f"b{i}_{j} : {storage} -> {one} -> {two}" for i, one in enumerate(encoders) for j, two in enumerate(encoders)]
    assert check(within_schema(lines))


TOGETHER = [
    "param P = {}", "param P = 3 in {}", "param P = {} in 1..3", "param P = {} in [1, 2]", "tower P = {}", "head P = {}", "loss P = {}",
    "tower P = x -> {}", "tower P = x -> deep({})", "tower P = x -> twin -> {}", "tower P = [{}, x] -> concat", "tower P = x -> layer({})",
    "block P(x, y={}) = x -> y", "block P(x, {}) = x", "shared P(x) = {}", "tower P = {} -> mean", "tower P = {}.a -> mean",
    "embeddings P <dim={}>", "embeddings P <user_id(dim={})>", "embeddings P <init={}>", "tower P = x -> dense({}, like={})",
    "loss P = x -> dense(8) -> softmax({})", "loss P = {} -> softmax(video_id)", "experts P = {} <level <a : mlp(8), gate a = [a]>>",
    "experts P = x <level <a : {}, gate a = [a]>>", "experts P = x <level <a : mlp(8), gate a = {}>>", "experts P = x <{}>",
]  # fmt: skip
ALONE = [
    "head * = {}", "loss * = {}", "train <batch={}>", "train <optimizer={}>", "train <optimizer=<default: {}>>", "train <early_stop({})>",
    "train <early_stop(click.auc, patience={})>", "metrics <x: {}>", "metrics <*: {}>", "data <views = {}>", "data <rows = {}>",
    "data <split = {}>", "model {}", "import {}", "rec {}", "{}",
]  # fmt: skip
COLUMN_PLACES = [
    "P : {}", "P : bag({})", "P : seq({}, 3)", "P : seq(int, {})", "P : vector({})", "P : int(from={})", "P : seq({}) <a : int>", "P = {}",
    "P : int -> {}", "label P : {}", "label P = {}", "P : seq(3) <a : {}>", "{}", "{} : int", "P : {}?",
]  # fmt: skip


def filled(place: str, expression: str, number: int) -> str:
    braces = (
        place.replace(" > ", "\0")
        .replace("->", "\1")
        .replace("<", "{ ")
        .replace(">", " }")
        .replace("\1", "->")
        .replace("{}", "\2")
    )
    return braces.replace("P", f"p{number}").replace("\2", expression).replace("\0", " > ")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_any_value_anywhere_else(expression):
    """Where no word's argument stands: declarations, their options, blocks' arguments, ranges, storages, `--set`."""
    check(after([filled(place, expression, number) for number, place in enumerate(TOGETHER)]))
    check(within_schema([filled(place, expression, number) for number, place in enumerate(COLUMN_PLACES)]))
    check(after([filled("schema P(key={}) <q : int>", expression, 0)]))
    for place in ALONE:
        check(after([filled(place, expression, 0)]))
    for param in ("width", "text_param", "flag", "widths", "layer", "chosen", "none"):
        mistakes(
            after(["tower p = x -> mlp(width, bias=flag) -> mlp(widths) -> layer", "tower q = chosen -> embed"]),
            {param: expression},
        )
