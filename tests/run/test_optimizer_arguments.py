"""What the checker takes as an optimizer, Keras takes and steps with: at the ends of each range, with rows of gradient 0."""

from __future__ import annotations

import inspect
import math
from typing import Any

import keras
import numpy as np
import pytest

from specc import registry
from specc.driver import Compilation
from specc.registry.arg_types import Bool, Float
from specc.registry.optimizer import Optimizer
from specc.run.session import optimizer_of
from specc.text import Source

SPEC = """rec 1
schema rows { a : int -> index(9)
  label y : bool }
embeddings { dim=4 }
head y = a -> embed -> logit
loss y = bce
"""
NAMES = registry.names("optimizers")


def word(name: str) -> Optimizer:
    entry = registry.find("optimizers", name)
    assert isinstance(entry, Optimizer)
    return entry


def checked(optimizer: str) -> Compilation:
    return Compilation(source=Source("x.rec", f"{SPEC}train {{ optimizer={optimizer} }}\n"))


def made(optimizer: str) -> Any:
    """The Keras optimizer of a spec."""
    compilation = checked(optimizer)
    assert not compilation.diagnostics, compilation.diagnostics
    assert compilation.program is not None
    return optimizer_of(compilation.program)


def ends(name: str) -> list[str]:
    """Calls with one argument at an end of its range, or next to it where the end is open; all others are left out."""
    found = []
    for arg in word(name).args.values():
        if isinstance(arg.type, Bool):
            found.append("nesterov=true, momentum=0.9" if arg.name == "nesterov" else f"{arg.name}=true")
        elif isinstance(arg.type, Float):
            low, high = arg.type.low, arg.type.high
            if low is not None:
                found.append(f"{arg.name}={1e-6 if arg.type.open_low else low:f}")
            if high is not None:
                found.append(f"{arg.name}={1 - 1e-6 if arg.type.open_high else high:f}")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_range_is_one_that_keras_steps_with(name: str) -> None:
    steps = 0
    for given in ends(name):
        if checked(f"{name}({given})").diagnostics:
            assert (name, given) == ("ftrl", "initial_accumulator_value=0.000000")  # by itself; see below
            continue
        optimizer = made(f"{name}({given})")
        variable = keras.Variable([1.0, 1.0, -1.0])
        for _ in range(3):
            optimizer.apply([keras.ops.convert_to_tensor([0.0, 0.5, -2.0])], [variable])
        assert np.isfinite(variable.numpy()).all(), (given, variable.numpy())
        steps += 1
    assert steps >= 4


@pytest.mark.parametrize("name", NAMES)
def test_a_default_is_that_of_its_class(name: str) -> None:
    entry = word(name)
    cls = type(made(name))
    own = next(c for c in cls.__mro__ if c.__name__ == entry.target.rsplit(".", 1)[1])
    theirs = {"l1": "l1_regularization_strength", "l2": "l2_regularization_strength"}
    parameters = inspect.signature(own.__init__).parameters
    for arg in entry.args.values():
        parameter = parameters.get(theirs.get(arg.name, arg.name))
        default = parameter.default if parameter is not None else None  # one of `**kwargs`, which is None
        assert arg.default == default, arg.name


def test_adamw_decays_by_what_the_reference_says() -> None:
    """Step 1 of a gradient 0 is the decay alone: w - rate * decay * w."""
    for call, left in (("adamw(0.5)", 1 - 0.5 * 0.004), ("adamw(0.5, weight_decay=0.1)", 1 - 0.5 * 0.1)):
        variable = keras.Variable([2.0])
        made(call).apply([keras.ops.convert_to_tensor([0.0])], [variable])
        assert variable.numpy()[0] == pytest.approx(2 * left)


@pytest.mark.parametrize("given", ["beta=1", "l2=0.1", "learning_rate_power=0"])
def test_ftrl_from_zero_needs_something_else_to_divide_by(given: str) -> None:
    (found,) = checked("ftrl(0.1, initial_accumulator_value=0)").diagnostics
    assert (found.code, found.span and found.span.text) == ("REC308", "0")
    assert "0 / 0" in found.label
    by_itself = keras.optimizers.Ftrl(0.1, initial_accumulator_value=0.0)
    for optimizer, good in ((by_itself, False), (made(f"ftrl(0.1, initial_accumulator_value=0, {given})"), True)):
        variable = keras.Variable([1.0])
        optimizer.apply([keras.ops.convert_to_tensor([0.0])], [variable])
        assert math.isfinite(variable.numpy()[0]) is good


@pytest.mark.parametrize("rate", ["beta_1=0.99999999", "beta_2=0.99999999"])
def test_a_rate_that_is_1_in_32_bits_is_not_below_1(rate: str) -> None:
    (found,) = checked(f"nadam(0.1, {rate})").diagnostics
    assert (found.code, found.label) == ("REC308", "is 1 as a float of 32 bits")
    assert not checked(f"nadam(0.1, {rate[:-2]})").diagnostics


def test_lion_has_a_momentum() -> None:
    (found,) = checked("lion(0.1, beta_1=0)").diagnostics
    assert (found.code, found.span and found.span.text) == ("REC308", "0")
    with pytest.raises(ValueError, match="beta_1"):
        keras.optimizers.Lion(0.1, beta_1=0.0)


def test_nesterov_needs_a_momentum() -> None:
    (found,) = checked("sgd(0.1, nesterov=true)").diagnostics
    assert (found.code, found.span and found.span.text) == ("REC140", "true")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("record", ["{}", "{{default: adam, tables: {}}}"])
def test_gradients_have_one_bound(name: str, record: str) -> None:
    (found,) = checked(record.format(f"{name}(clipnorm=1, global_clipnorm=2.5)")).diagnostics
    assert (found.code, found.span and found.span.text) == ("REC607", "2.5")
    assert [note.span.text for note in found.notes] == ["1"]
    with pytest.raises(ValueError, match="Only one of"):
        type(made(name))(0.1, clipnorm=1.0, global_clipnorm=2.5)
    for bound in ("clipnorm", "global_clipnorm"):
        assert made(f"{name}({bound}=2.5)").get_config()[bound] == 2.5
