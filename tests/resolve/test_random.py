"""Specs put together at random from the words of the language: each is checked without an exception, and what is clean can be handed on."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specc.diagnostics.text import to_text
from specc.registry.lookup import names

from .frame import checked

NAMES = ["a", "b", "c", "user", "item", "click", "x", "shared", "mean", "vocab"]
TAGS = ["@user", "@item", "@all", "@numeric", "@categorical", "@none"]
OPS = list(names("ops"))
NUMBERS = ["0", "1", "2", "8", "64", "-1", "0.5", "1e-3", "1_000"]
PLAIN = [*NUMBERS, '"a"', '"2024-01-01"', "true", "false", "none", "relu", "mean"]

name = st.sampled_from(NAMES)
number = st.sampled_from(NUMBERS)


def call(word: str, args: list[str]) -> str:
    return f"{word}({', '.join(args)})" if args else word


def _argument(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keywords = [
        "units",
        "activation",
        "by",
        "like",
        "tasks",
        "expert",
        "gate",
        "dropout",
        "combiner",
        "label",
        "where",
        "levels",
        "set",
        "last",
    ]
    named = st.builds("{}={}".format, st.sampled_from(keywords), inner)
    return inner | named


leaf = name | st.sampled_from(TAGS) | st.sampled_from(PLAIN)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    argument = _argument(inner)
    word = st.sampled_from([*OPS, "uniform", "in_batch", "bce", "softmax", "adam", "deep"])
    called = st.builds(call, word, st.lists(argument, max_size=3))
    return st.one_of(
        called,
        st.builds("{} -> {}".format, inner, called),
        st.builds("{} -> {} -> {}".format, inner, called, called),
        st.builds("[{}]".format, st.lists(inner, max_size=3).map(", ".join)),
        st.builds("{{{}: {}, {}: {}}}".format, name, inner, name, inner),
        st.builds("{} {} {}".format, inner, st.sampled_from(["+", "-", "*", "/", "&", "|", "==", ">", ".."]), inner),
        st.builds("({})".format, inner),
        st.builds("{}.{}".format, name, name),
        st.builds("-{}".format, inner),
        st.builds("{}@10".format, name),
    )


expression = st.recursive(leaf, _grown, max_leaves=6)
storage = st.sampled_from(
    ["int", "float", "string", "bool", "time", "int?", "vector(4)", "bag(int)", "bag(string)", "seq(int, 3)"]
)
encoder = st.builds(call, st.sampled_from([*names("encoders"), "mlp"]), st.lists(number | name, max_size=2))
chain = st.lists(encoder, max_size=2).map(lambda encoders: "".join(f" -> {one}" for one in encoders))
column = st.one_of(
    st.builds("{} : {}{}  {}".format, name, storage, chain, st.sampled_from(["", "@user", "@item"])),
    st.builds("{} = {}{}".format, name, expression, chain),
    st.builds(
        "{} = {}({}, {}, by={}, last={})".format,
        name,
        st.sampled_from(["history", "cross", "extract"]),
        name,
        name,
        name,
        number,
    ),
    st.builds("label {} : {}".format, name, storage),
    st.builds("label {} = {}".format, name, expression),
    st.builds("{} : seq({}) @user {{\n {} : {}{}\n }}".format, name, number, name, storage, chain),
    st.builds("{}1..{}3 : float{}".format, name, name, chain),
)
schema = st.builds(
    "schema {}{} {{\n{}\n}}".format,
    name,
    st.just("") | st.builds("(key={})".format, name),
    st.lists(column, min_size=1, max_size=6).map("\n".join),
)
group = st.builds("{} : {}".format, name, expression)
gate = st.builds("gate {} = {}".format, name, expression)
level = st.lists(group | gate, max_size=4).map(lambda items: "level {\n" + "\n".join(items) + "\n}")
declaration = st.one_of(
    schema,
    st.builds("param {} = {} in {}".format, name, expression, st.sampled_from(["1..8", "log(0.1..1.0)", "[1, 2]", "3"])),
    st.builds("param {} = {}".format, name, expression),
    st.builds("tower {} = {}".format, name, expression),
    st.builds("{} {}({}, {}) = {}".format, st.sampled_from(["block", "shared"]), name, name, name, expression),
    st.builds("{} {}({}) = {}".format, st.sampled_from(["block", "shared"]), name, name, expression),
    st.builds("experts {} = {} {{\n{}\n}}".format, name, expression, st.lists(level, max_size=2).map("\n".join)),
    st.builds("{} {} = {}".format, st.sampled_from(["head", "loss"]), name | st.just("*"), expression),
    st.builds("embeddings {} {{ dim={}, {}(dim={}) }}".format, name | st.just(""), number, name, number),
    st.builds("metrics {{ {}: {} }}".format, name | st.just("*"), expression),
    st.builds("train {{ optimizer={}, batch={}, early_stop({}) }}".format, expression, number, expression),
    st.builds("data {{ {} = {}, rows = {}, split = {} }}".format, name, expression, expression, expression),
    st.builds("model {}".format, name),
)
spec = st.lists(declaration, min_size=1, max_size=8).map(lambda items: "rec 1\n" + "\n".join(items) + "\n")

SLOW = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SLOW
@given(spec, st.dictionaries(name, expression, max_size=1))
def test_any_spec_is_checked(text, sets):
    compilation = checked(text, sets)
    to_text(compilation.diagnostics)
    for diagnostic in compilation.diagnostics:
        assert diagnostic.span is not None
        assert diagnostic.message
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text)


GOOD = """rec 1
model Good
schema views {
  user  : int -> vocab  @user @id
  item  : int -> vocab  @item @id
  c     : float -> standardize  @item
  b     : seq(int, 3) -> same(item)
  label click : bool
  label shared : float
}
embeddings { dim=8 }
block deep(x, w=4) = x -> mlp(w) -> dense(like=x)
"""
pipeline = st.lists(
    st.sampled_from(
        [
            "mlp(8)",
            "mlp(8, 4)",
            "dense(8)",
            "deep",
            "deep(3)",
            "embed",
            "concat",
            "mean",
            "sum",
            "stack",
            "logit",
            "sigmoid",
            "add",
            "dot",
        ]
    )
    | st.sampled_from(
        [
            "layer_norm",
            "dropout(0.1)",
            "copies(2, dense(8))",
            "mixture(by=user -> embed)",
            "dense(1)",
            "as_logit",
            "multiply",
            "scale(2)",
        ]
    ),
    max_size=5,
).map(lambda stages: "".join(f" -> {stage}" for stage in stages))
source = st.sampled_from(
    [
        "user",
        "item",
        "c",
        "b",
        "[user, item]",
        "@all",
        "@user",
        "@numeric",
        "[user -> embed, c]",
        "x",
        "a",
        "{x: user, a: item}",
    ]
)
network = st.lists(st.builds("tower {} = {}{}".format, st.sampled_from(["x", "a", "mean"]), source, pipeline), max_size=3)


@SLOW
@given(network, source, pipeline, st.sampled_from(["bce", "mse(label=shared)", "bce(label=shared > 1, where=c > 0)"]))
def test_what_is_clean_becomes_data(towers, start, stages, loss):
    text = GOOD + "\n".join(towers) + f"\nhead click = {start}{stages}\nloss click = {loss}\n"
    compilation = checked(text)
    codes = {diagnostic.code for diagnostic in compilation.diagnostics}
    if codes <= {"REC140"}:  # a tower or block that the head does not need is not what this is about
        for unused in [d.span.text for d in compilation.diagnostics if d.span is not None]:
            text = (
                "\n".join(line for line in text.splitlines() if not line.startswith((f"tower {unused} ", f"block {unused}(")))
                + "\n"
            )
        compilation = checked(text)
    if not compilation.diagnostics:
        assert compilation.spec is not None
        assert compilation.program is not None
        assert compilation.spec.model_dump_json()
