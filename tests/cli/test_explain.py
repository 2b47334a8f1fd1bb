"""`specc explain` and `specc.explain`: codes and components."""

import pytest

import specc
from specc import registry
from specc.cli import main
from specc.diagnostics import catalogue
from specc.registry.lookup import kinds


def test_a_code_is_its_page():
    page = catalogue.page("REC207")
    assert page is not None
    assert specc.explain("REC207") == specc.explain(" rec207 ") == specc.explain("207") == page.as_text()


def test_a_component_is_its_reference():
    assert specc.explain("csv").startswith("Reader `csv(")
    text = specc.explain("dense")
    assert text.startswith("Operator `dense(units, *, like, activation, bias=true)`\n\nAn affine map of the last axis")
    assert "\n    `units`: width of the output; a whole number from 1 to 1_000_000\n" in text
    assert "\n    `bias`: whether `b` is there; `true` or `false`; `true` by default\n" in text
    assert text.endswith("\nExample:\n\n    tower narrow = wide -> dense(64, activation=relu)\n")


def test_all_components_of_a_name_are_printed(capsys):
    assert main(["explain", "uniform"]) == 0
    out = capsys.readouterr().out
    assert out == specc.explain("uniform")
    assert out.startswith("Negative sampler `uniform(n)`\n")
    assert "\n\nInitializer `uniform(limit=0.05)`\n" in out


@pytest.mark.parametrize("kind", kinds())
def test_each_component_can_be_explained(kind):
    for name in registry.names(kind):
        text = specc.explain(name)
        assert f"`{name}" in text
        assert all(len(line) <= 100 for line in text.partition("Example:")[0].splitlines()[1:]), text


def test_without_a_name_all_are_listed(capsys):
    assert main(["explain"]) == 0
    out = capsys.readouterr().out
    for code in catalogue.codes():
        page = catalogue.page(code)
        assert page is not None
        assert f"    {code}  {page.title}\n" in out
    assert "\nLosses:\n\n    bce, bpr, mse, softmax\n" in out
    words = set(out.replace(",", " ").split())
    assert all(name in words for kind in kinds() for name in registry.names(kind))


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("dnese", "did you mean `dense`"),
        ("REC2O7", "`REC217`"),
        ("27", "`REC2"),
        ("binary_crossentropy", "it is called `bce` here (loss)"),
        ("BinaryCrossentropy", "it is called `logloss` here (metric)"),
        ("relu", "`dense(64, activation=relu)`"),
        ("frobnicate", "`specc explain` lists all codes and components"),
        ("", "`specc explain` lists all codes and components"),
        ("../frames/tower\x1b", "`specc explain` lists all codes and components"),
    ],
)
def test_an_unknown_name_is_a_diagnostic(name, help, capsys):
    with pytest.raises(specc.SpecError) as caught:
        specc.explain(name)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "REC810"
    assert any(help in line for line in diagnostic.help), diagnostic.help
    assert main(["explain", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[REC810]: there is no code and no component `")
    assert "\x1b" not in err
