"""Every target that a spec can be lowered to has a rule."""

import ast
import re
from pathlib import Path

import pytest

from specc import components, registry
from specc.diagnostics import InternalError
from specc.ir.base import ComponentConfig
from specc.lower import builder, lowering, scoring
from specc.lower.objects import lowered
from specc.registry import common
from specc.registry import reducing as reducing_module
from specc.registry.optimizer import Optimizer
from specc.registry.reducing import Reducing
from specc.targets import optimizers
from specc.targets.catalogue import target_of, targets
from specc.targets.dense import ACTIVATIONS

from .building import FILES, HERE, program_of

COMPONENTS = Path(components.__file__).parent
CALLED = re.compile(r"keras\.(layers|ops)\.\w+|specc\.runtime\.layers\.(?!samplers)\w+\.\w+")


def counted():
    return {path for path, target in targets().items() if target.cost is not None}


def constants(path):
    """The strings of a module that name a layer or a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CALLED.fullmatch(node.value):
            yield node.value


def test_every_target_that_an_operator_or_the_lowering_names_has_a_rule():
    modules = [
        *sorted((COMPONENTS / "ops").glob("*.py")),
        Path(reducing_module.__file__),
        Path(builder.__file__),
        Path(lowering.__file__),
        Path(scoring.__file__),
    ]
    named = {target for module in modules for target in constants(module)}
    assert {
        "keras.layers.Dense",
        "keras.ops.concatenate",
        "keras.ops.pad",
    } <= named  # the search finds
    reducing = [op for name in registry.names("ops") if isinstance(op := registry.find("ops", name), Reducing)]
    assert {op.name for op in reducing} == {"add", "max", "mean", "sum"}
    for op in reducing:
        named |= {f"keras.ops.{op.function}", f"keras.layers.{op.joined}", f"specc.runtime.layers.sequences.{op.masked}"}
    assert named - counted() == set()


@pytest.mark.parametrize("name", FILES)
def test_every_target_of_every_spec_has_a_rule(name):
    program = program_of(FILES[name])
    targets = {layer.target for layer in program.layers} | {step.target for step in program.calls if step.target}
    assert targets | {objective.target for objective in program.losses} <= counted()


def test_the_specs_of_this_folder_use_every_operator():
    text = "".join(path.read_text() for path in sorted(HERE.glob("*.rec")))
    words = set(re.findall(r"\w+", text))
    assert set(registry.names("ops")) - words == set()


def test_every_loss_activation_and_optimizer_is_known():
    losses = [registry.find("losses", name) for name in registry.names("losses")]
    paths = {getattr(loss, place, "") for loss in losses for place in ("target", "full", "pooled")} - {""}
    assert len(paths) >= len(losses)
    assert paths | {scoring.OF_ROWS} <= counted()
    assert set(common.ACTIVATIONS) <= set(ACTIVATIONS)
    for name in registry.names("optimizers"):
        word = registry.find("optimizers", name)
        assert isinstance(word, Optimizer)
        for tables in (True, False):
            record = target_of(lowered("optimizers", ComponentConfig(name=name, config={"learning_rate": 0.1}), tables).target)
            assert isinstance(record, optimizers.Optimizer)
            assert record.slots is not None
            assert record.formula == word.target.rsplit(".", 1)[1]


def test_a_target_that_is_not_in_the_catalogue_is_a_bug():
    with pytest.raises(InternalError, match=r"keras\.layers\.LSTM"):
        target_of("keras.layers.LSTM")
