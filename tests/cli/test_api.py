"""The Python API: what the commands do, as functions."""

import importlib
import pkgutil

import polars as pl
import pytest

import specc

SPEC = """rec 1
model Clicks
schema views {
  user_id : int -> vocab  @user
  label click : bool
}
embeddings { dim=4 }
param width = 8
head click = @user -> embed -> concat -> mlp(width) -> logit
loss click = bce
"""


@pytest.fixture
def spec(tmp_path):
    """A good spec."""
    path = tmp_path / "clicks.rec"
    path.write_text(SPEC)
    return path


def test_no_module_hides_a_function_of_the_api():
    modules = {module.name for module in pkgutil.iter_modules(specc.__path__)}
    assert modules.isdisjoint(specc.__all__)  # importing `specc.x` would put the module where the function was
    importlib.import_module("specc.run")
    assert all(callable(getattr(specc, name)) for name in specc.__all__)
    assert set(specc.__all__) <= set(dir(specc))


def test_check_gives_diagnostics_and_what_makes_raises_them(spec, tmp_path):
    assert specc.check(spec) == []
    bad = tmp_path / "bad.rec"
    bad.write_text(SPEC.replace("-> logit", "-> logti"))
    assert [d.code for d in specc.check(bad)] == ["REC120"]
    with pytest.raises(specc.SpecError, match="logti") as caught:
        specc.codegen(bad)
    assert [d.code for d in caught.value.diagnostics] == ["REC120"]


def test_build_needs_the_sizes_that_data_decide(spec):
    with pytest.raises(specc.SpecError, match="--size NAME=N"):
        specc.build(spec)
    model = specc.build(spec, sizes={"user_id": 10}, sets={"width": 3})
    assert model.name == "Clicks"
    assert {name: tuple(output.shape) for name, output in model.output.items()} == {"click": (None, 1)}
    assert model.count_params() == 10 * 4 + (4 * 3 + 3) + (3 + 1)


def test_format_expand_and_explain_give_text(spec):
    assert specc.format(SPEC) == SPEC
    assert specc.expand(spec) == SPEC
    assert "REC120" in specc.explain("REC120")
    with pytest.raises(specc.SpecError):
        specc.format("rec 1\ntower x = [")


@pytest.mark.parametrize("size", [0, "x", 2.5, True, 2**31])
def test_a_size_that_is_none_is_a_mistake(spec, size):
    for call in (specc.build, specc.codegen):
        with pytest.raises(specc.SpecError, match=r"REC806.*whole number"):
            call(spec, sizes={"user_id": size})


def test_text_of_windows_formats(spec):
    text = spec.read_text()
    assert specc.format(text.replace("\n", "\r\n")) == specc.format(text)


def test_frames_are_data_everywhere(spec):
    frame = pl.DataFrame({"user_id": [1, 2, 2], "click": [True, False, True]})
    assert [found.code for found in specc.check(spec, data={"views": frame})] == []
    assert [found.code for found in specc.check(spec, data={"views": frame.drop("click")})] == ["REC703"]
