"""`shared` around every operator that owns weights: they have one shape, so that a second use of another width is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from specc import registry
from specc.registry import arg_types
from specc.registry.arg_types import ArgType
from specc.resolve.weights import has_weights

from ..frame import clean, mistakes
from .looking import codes, spec

SAMPLES: dict[type[ArgType], str] = {
    arg_types.AnyValue: "x",
    arg_types.Block: "dense(4)",
    arg_types.Bool: "true",
    arg_types.Experts: "dense(4)",
    arg_types.Float: "0.5",
    arg_types.Int: "4",
    arg_types.Names: "[one, two]",
}


def sample(arg_type: ArgType) -> str | None:
    if isinstance(arg_type, arg_types.Choice):
        return arg_type.options[-1]
    return sample(arg_type.item) if isinstance(arg_type, arg_types.ListOf) else SAMPLES.get(type(arg_type))


def forms(name: str) -> Iterator[str]:
    """Ways to call an operator on `x`: with what it needs, and with one more argument."""
    args = {arg.name: (arg, sample(arg.type)) for arg in registry.find("ops", name).args.values()}
    needed = [f"{key}={text}" for key, (arg, text) in args.items() if arg.required]
    more = [[f"{key}={text}"] for key, (arg, text) in args.items() if not arg.required and text is not None]
    for source in ("x", "[x, x]"):
        for one in ([], *more):
            yield f"{source} -> {name}({', '.join(needed + one)})"


def owning(name: str) -> str | None:
    """A call of an operator that makes weights, if any does."""
    for form in forms(name):
        text = spec(f"block b(x) = {form}", head="text -> b -> logit", tables=False)
        if not mistakes(text):
            session = clean(text)
            if any(has_weights(node, session) for node in session.nodes.values() if node.op == name):
                return form
    return None


OWNING = {name: form for name in registry.names("ops") if (form := owning(name)) is not None}


def test_the_operators_that_own_weights_are_found():
    assert set(OWNING) >= {"dense", "mlp", "logit", "mixture", "layer_norm", "batch_norm"}
    assert not set(OWNING) & {"dropout", "identity", "sum", "scale", "embed"}


@pytest.mark.parametrize("name", OWNING)
def test_two_widths_do_not_fit_the_weights(name):
    block = f"shared b(x) = {OWNING[name]}"
    both = "[{} -> b -> logit, {} -> b -> logit] -> sum"
    wide = "[text, text] -> concat"
    assert codes(spec(block, head=both.format("text", "text"), tables=False)) == []
    assert codes(spec(block, head=both.format("text", wide), tables=False)) == ["REC210"]


def test_a_single_expert_needs_no_gate_and_takes_any_width():
    block = "shared b(x) = [x] -> mixture(by=x)"
    assert codes(spec(block, head="[text -> b -> logit, [text, text] -> concat -> b -> logit] -> sum", tables=False)) == []
