"""What one file cannot reach is taken out of what is copied into it, and nothing else."""

from __future__ import annotations

import ast
import textwrap

import pytest

from specc.backends.shaking import shake
from specc.backends.shaking.units import Unit
from specc.backends.source import print_source

from . import cases


def shaken(own: str, runtime: str, *, saved: tuple[str, ...] = (), imported: tuple[str, ...] = ("keras", "np")) -> str:
    """The definitions of a runtime that are left beside a file's own part."""
    text = textwrap.dedent(runtime).strip()
    texts = {}
    lines = text.split("\n")
    for node in ast.parse(text).body:
        assert isinstance(node, ast.FunctionDef | ast.ClassDef)
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        texts[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    found = "\n\n\n".join(shake(textwrap.dedent(own), texts, set(saved), imported).values())
    compile(found, "shaken", "exec")
    return found


def test_what_nothing_names_goes() -> None:
    runtime = """
    class Encoder:
        def encode(self, value):
            return value

        def state(self):
            return {"kind": self.kind(), **self.state()}

        def kind(self):
            return 1

    def other():
        return Encoder()
    """
    assert shaken("Encoder().encode(1)", runtime) == "class Encoder:\n    def encode(self, value):\n        return value"


def test_an_argument_that_nobody_gives_decides_conditions_and_goes() -> None:
    runtime = """
    def read(path, separate=None, header=True):
        # Lists come as text.
        if separate is not None:
            path = split(path, separate)
        elif not header:
            path = None
        return clean(path, separate=separate) if header else path

    def clean(path, *, separate=None):
        path = path.strip()
        return path if separate is None else split(path, separate)

    def split(path, separate):
        return path, separate
    """
    assert shaken("read('a')", runtime) == "def read(path):\n    return path.strip()"


def test_numbers_keep_their_names() -> None:
    runtime = "def most(values, k=10):\n    return values[:k]"
    assert shaken("most([])", runtime) == runtime


def test_an_argument_of_what_is_handed_on_stays() -> None:
    runtime = "def mean(values, weights=None):\n    return values if weights is None else weights"
    assert shaken("measure = [mean]", runtime) == runtime
    assert shaken("mean(*values)", runtime) == runtime


def test_fields_that_no_call_gives_are_their_defaults() -> None:
    runtime = '''
    @dataclass(frozen=True)
    class Feature:
        """One input.

        name: what it is called.
        shape: `scalar` or `bag`.
        """

        name: str
        shape: str = "scalar"

        def __post_init__(self):
            if self.shape not in ("scalar", "bag"):
                raise ValueError("no such shape")

    def encode(feature: Feature, values):
        if feature.shape == "bag":
            return Ragged(values)
        return values

    def padded(values: "Ragged | list"):
        return values.pad() if isinstance(values, Ragged) else values

    class Ragged:
        def __init__(self, values):
            self.values = values

        def pad(self):
            return Ragged(self.values)
    '''.replace('"Ragged | list"', "Ragged | list")
    text = shaken("padded(encode(Feature('a'), []))", runtime)
    # The file's own call of `encode` gives a feature, so that it stays an argument.
    expected = '''
        @dataclass(frozen=True)
        class Feature:
            """One input.

            name: what it is called.
            """

            name: str


        def encode(feature: Feature, values):
            return values


        def padded(values: list):
            return values
    '''
    assert text == textwrap.dedent(expected).strip()
    assert "Ragged" in shaken("padded(encode(Feature('a', shape='bag'), []))", runtime)


def test_a_field_of_something_unknown_is_not_touched() -> None:
    runtime = """
    @dataclass
    class Measure:
        name: str
        by: str | None = None

    def group(one):
        return one.by
    """
    assert "by: str | None = None" in shaken("group(Measure('a'))", runtime)


LAYERS = """
@keras.saving.register_keras_serializable(package="specc")
class Scale(keras.layers.Layer):
    def __init__(self, by=None, **kwargs):
        super().__init__(**kwargs)
        self.by = by

    def call(self, x):
        return x if self.by is None else x * self.by

    def get_config(self):
        return {"by": self.by}
"""


def test_only_layers_that_are_saved_are_registered_and_keep_their_arguments() -> None:
    assert shaken("Scale()", LAYERS, saved=("Scale",)) == LAYERS.strip()
    text = shaken("Scale()", LAYERS)
    assert "register_keras_serializable" not in text
    assert "get_config" not in text
    assert "return x" in text
    assert " if " not in text


def test_a_layer_with_weights_is_made_a_second_time_from_its_configuration() -> None:
    runtime = LAYERS.replace("self.by = by", "self.by = by\n        self.w = self.add_weight()")
    assert "get_config" in shaken("Scale()", runtime)


def test_calls_and_heads_are_laid_out_anew() -> None:
    runtime = """
    def first(
        value: str,
        other: str | None = None,
    ) -> str:
        return second(
            value,
            other,
        )

    def second(value: str, other: str | None) -> str:
        value += "."
        return value
    """
    assert shaken("first('a')", runtime) == (
        "def first(value: str) -> str:\n    return second(value)\n\n\n"
        'def second(value: str) -> str:\n    value += "."\n    return value'
    )


def test_an_abstract_class_and_the_only_one_built_on_it_are_one() -> None:
    runtime = '''
    @dataclass
    class Encoder:
        """A step.

        name: what it is called.
        """

        name: str
        learned: ClassVar[tuple[str, ...]] = ()

        def encode(self, values):
            raise NotImplementedError

        def title(self):
            return self.name.title()

    @dataclass
    class Vocabulary(Encoder):
        """Places in a list."""

        learned: ClassVar[tuple[str, ...]] = ("values",)

        def encode(self, values):
            return values, self.learned

    def encoded(one: Encoder):
        first = one.encode([])
        return first, one.title()
    '''
    expected = '''
        @dataclass
        class Vocabulary:
            """Places in a list.

            name: what it is called.
            """

            name: str
            learned: ClassVar[tuple[str, ...]] = ("values",)

            def title(self):
                return self.name.title()

            def encode(self, values):
                return values, self.learned


        def encoded(one: Vocabulary):
            first = one.encode([])
            return first, one.title()
    '''
    assert shaken("encoded(Vocabulary('a'))", runtime) == textwrap.dedent(expected).strip()
    assert "class Encoder" in shaken("encoded(Vocabulary('a')), Encoder", runtime)  # which something else may call


def test_a_class_that_is_made_is_not_merged() -> None:
    runtime = """
    class One:
        def name(self):
            return 1

    class Two(One):
        def name(self):
            return 2
    """
    assert "class Two(One)" in shaken("One().name(), Two().name()", runtime)


def test_what_only_hands_on_is_said_by_its_callers() -> None:
    runtime = """
    def flat(feature, frame):
        return scalar(feature, frame)

    def scalar(feature, frame):
        values = frame[feature]
        values += 1
        return values

    def both(frame):
        scale = 2
        return scaled(flat("a", frame)), scaled(3)

    def scaled(value):
        return value * scale
    """.replace("value * scale", "value * value")
    text = shaken("both({})", runtime)
    assert "def flat" not in text
    assert 'scaled(scalar("a", frame))' in text
    assert "def scaled" in text  # longer than its call
    assert "def flat" in shaken("both({}), flat(1, 2)", runtime)


POOLED = """
class Table(keras.layers.Layer):
    def call(self, ids, combiner=None):
        return ids if combiner is None else pooled(ids, combiner)

def pooled(ids, combiner):
    total = ids + combiner
    return total
"""


def test_an_option_of_a_layers_call_that_no_call_gives_goes() -> None:
    assert "combiner" not in shaken("table = Table()\ntable(ids)\nTable()(ids)\nkeras.Input(combiner=1)", POOLED)
    for given in ("table(ids, combiner=1)", "table(ids, 1)", "Table()(ids, 1)", "table(ids, **options)"):
        assert "def pooled" in shaken(f"table = Table()\n{given}", POOLED), given
    inside = POOLED + "\nclass Outer(keras.layers.Layer):\n    def call(self, ids):\n        return self.table(ids, 'sum')\n"
    inside += "\n    def build(self, shape):\n        self.table = Table()\n"
    assert "def pooled" in shaken("Outer()", inside)
    assert "training" in shaken("Table()(ids)", POOLED.replace("combiner", "training"))  # Keras gives it
    assert "weights" in shaken(
        "Table()(ids)",
        POOLED.replace("combiner", "weights").replace(
            "    def call",
            "    def build(self, ids_shape, weights_shape=None):\n        self.shape = ids_shape\n\n    def call",
        ),
    )  # Keras matches both


SUM = """
class Sum(keras.layers.Layer):
    def call(self, one, other):
        return one + other
"""


def test_an_option_of_a_layers_call_goes_where_only_other_layers_are_given_as_much() -> None:
    base = "table = Table()\ntable(ids)\nSum()\n"
    for own in ("Sum()(ids, 1)", "total = Sum()\ntotal(ids, 1)", "layers.Attention()(ids, 1)"):
        assert "combiner" not in shaken(base + own, POOLED + SUM), own
    for own in (
        "total = Sum()\ntotal = Table()\ntotal(ids, 1)",
        "for total in given:\n    total(ids, 1)",
        "def run(total):\n    total = Sum()\n    return total(ids, 1)",
        "total = other = Table()\nother(ids, 1)",
        "total = choose(Table())\ntotal(ids, 1)",
    ):
        assert "def pooled" in shaken(base + own, POOLED + SUM), own


def test_optimizers_lose_what_is_about_options_that_none_is_given() -> None:
    runtime = """
    class Rows(keras.optimizers.Optimizer):
        def build(self, variables):
            self.places = {}
            self.places.update({name: 1 for name in variables})
            self.dense = self.kept()

        def kept(self):
            return 1

        def update_step(self, gradient, variable, rate):
            if self.weight_decay is not None:
                variable = variable * rate
            super().update_step(gradient, variable, rate)

        def _clip_gradients(self, gradients):
            return gradients

        def save_own_variables(self, store):
            store["0"] = self.listed()

        def listed(self):
            return 2

    class Adam(Rows, keras.optimizers.Adam):
        pass
    """
    text = shaken("Adam(0.1)", runtime)
    for gone in ("weight_decay", "_clip_gradients", "save_own_variables", "listed", "places"):
        assert gone not in text
    assert "def kept" in text
    assert "def update_step" in text
    assert "weight_decay" in shaken("Adam(0.1, weight_decay=0.1)", runtime)
    assert "weight_decay" in shaken("Adam(0.1)", runtime.replace("keras.optimizers.Adam)", "keras.optimizers.AdamW)"))
    assert "_clip_gradients" in shaken("Adam(0.1, clipnorm=1)", runtime)
    assert "_clip_gradients" in shaken("Adam(**options)", runtime)


def test_what_all_calls_in_the_copy_give_alike_is_known() -> None:
    runtime = """
    def first(a):
        return last(a, None, 2) + last(a, None, 3)

    def last(a, file, times):
        if file is not None:
            a = file
        return a * times
    """
    text = shaken("first(1)", runtime)
    assert "def last(a, times):\n    return a * times" in text
    assert "last(a, 2) + last(a, 3)" in text
    assert "file" in shaken("first(1), last(1, None, 2)", runtime)  # a call of the file's own


def test_checks_of_arguments_go_and_those_of_data_stay() -> None:
    runtime = """
    def split(rows, share):
        if share > 1:
            raise ValueError("no share")
        if len(rows) < 2:
            raise DataError("too few")
        found = lookup(rows)
        if found < 1:
            raise ValueError("worked out for this alone")
        match = rows.match()
        if match is None:
            raise ValueError("types are learned here")
        return match
    """
    text = shaken("split([], 0.1)", runtime)
    assert "no share" not in text
    assert "too few" in text
    assert "worked out" in text
    assert "types are learned" in text


def test_attributes_are_of_their_class() -> None:
    runtime = """
    @dataclass
    class Feature:
        name: str
        column: str | None = None

    class Problem:
        def __init__(self, column):
            self.column = column

        def text(self):
            return self.column

    def read(feature: Feature):
        name = feature.column or feature.name
        return name, Problem(name).text()
    """
    text = shaken("read(Feature('a'))", runtime)
    assert "    name: str\n\n\nclass Problem" in text
    assert "name = feature.name\n" in text
    assert "self.column = column" in text


LIMITS = {
    "mf": 1210, "mmoe": 1250, "census_ple": 1860, "census_written_out": 1860, "movielens_ple": 1920, "youtube_dnn": 2300, "two_tower": 2520,
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_generated_files_stay_short(name: str) -> None:
    assert print_source(cases.program(f"gallery_{name}")).count("\n") < LIMITS[name]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ({"b"}, "if a:\n        pass\n    elif c:"),
        ({"e", "f"}, "else:\n        pass\n    try:"),
        ({"g"}, "try:\n        pass\n    except"),
        ({"h"}, "except KeyError:\n        pass\n    finally:"),
        ({"i", "j"}, "finally:\n        pass\n    return"),
    ],
)
def test_a_block_that_several_rules_empty_together_gets_pass(gone, left) -> None:
    own = Unit("""def run(a, c):
    if a:
        b()
    elif c:
        d()
    else:
        e()
        f()
    try:
        g()
    except KeyError:
        h()
    finally:
        i()
        j()
    return a
""")
    calls = [node for node in own.nodes if isinstance(node, ast.Expr) and node.value.func.id in gone]
    text = own.apply([own.removed(call) for call in calls])
    compile(text, "run", "exec")
    assert left in text


def test_an_else_that_goes_with_its_line_needs_no_pass() -> None:
    own = Unit("def run(a):\n    if a:\n        b()\n    else:\n        c()\n    return a\n")
    text = own.apply([own.whole_lines(4, 5)])
    assert text == "def run(a):\n    if a:\n        b()\n    return a"
    own = Unit("def run(a):\n    if a:\n        b()\n    elif not a:\n        c()\n    return a\n")
    assert own.apply([own.whole_lines(4, 5)]) == text
