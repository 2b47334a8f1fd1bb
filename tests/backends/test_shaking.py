"""What one file cannot reach is taken out of what is copied into it, and nothing else."""

from __future__ import annotations

import ast
import textwrap

import pytest

from specc.backends.shaking import shake
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
        return path if separate is None else split(path, separate)

    def split(path, separate):
        return path, separate
    """
    assert shaken("read('a')", runtime) == "def read(path):\n    return clean(path)\n\n\ndef clean(path):\n    return path"


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
        return value
    """
    assert shaken("first('a')", runtime) == (
        "def first(value: str) -> str:\n    return second(value)\n\n\ndef second(value: str) -> str:\n    return value"
    )


LIMITS = {"mf": 1280, "mmoe": 1310, "census_ple": 1750, "census_written_out": 1735, "youtube_dnn": 2060, "two_tower": 2250}


@pytest.mark.parametrize("name", LIMITS)
def test_generated_files_stay_short(name: str) -> None:
    assert print_source(cases.program(f"gallery_{name}")).count("\n") < LIMITS[name]
