"""Tables that share a variable: faster, and nothing else."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import polars as pl
import pytest
from tensorflow.python.eager import context

from specc.backends.keras import build_models
from specc.driver import Compilation
from specc.run.fitting import fit
from specc.run.session import compile_training, training_batches
from specc.text import Source

SPEC = """rec 1
model Clicks
schema clicks {
  user             : string -> vocab
  item             : string -> vocab
  shop             : string -> vocab
  watched          : seq(string, 4) -> same(item)
  tags             : bag(string) -> vocab
  label click      : bool
}
data { clicks=csv("clicks.csv") }
embeddings { dim=4 }
embeddings wide { dim=1 }
tower deep = [user, item, shop, watched, tags] -> embed(combiner=mean) -> concat -> mlp(8)
tower flat = [user, item] -> embed(wide) -> sum
head click = [deep -> dense(1), flat] -> sum -> as_logit
loss click = bce
train { optimizer=OPTIMIZER, batch=16, epochs=2, seed=3 }
"""


def clicks(rows: int = 120) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    names = [f"n{i}" for i in range(9)]
    return pl.DataFrame(
        {
            "user": rng.choice(names, rows), "item": rng.choice(names, rows), "shop": rng.choice(names, rows),
            "watched": [list(rng.choice(names, rng.integers(0, 5))) for _ in range(rows)],
            "tags": [list(rng.choice(names, rng.integers(0, 3))) for _ in range(rows)],
            "click": rng.random(rows) < 0.4,
        }
    )  # fmt: skip


@cache
def trained(optimizer: str, grouped: bool) -> tuple[Any, Any]:
    """The program and its models after two epochs. Tests share them: whatever one trains on, it leaves a pair that is equal."""
    keras.utils.clear_session()  # or what has no name of its own is numbered on
    compilation = Compilation(source=Source("clicks.rec", SPEC.replace("OPTIMIZER", optimizer)))
    assert not compilation.diagnostics, compilation.diagnostics
    program = compilation.program
    assert program is not None
    found = fit(compilation, {"clicks": clicks()})
    models = build_models(program, found.sizes, found.counts, found.catalogue, grouped=grouped)
    compile_training(program, models)
    batches = training_batches(program, found)
    models.training.fit(batches.dataset(), epochs=2, shuffle=False, callbacks=[batches], verbose=0)
    return program, models


@pytest.mark.parametrize(
    "optimizer",
    [
        "adam(0.01)",
        "rowwise_adagrad(0.1)",
        "{default: adam(0.01), tables: adamax(0.01), wide: ftrl(0.1)}",
        "sgd(0.1, momentum=0.9)",
    ],
)
def test_the_same_weights_with_and_without(optimizer: str) -> None:
    (program, together), (_, apart) = trained(optimizer, True), trained(optimizer, False)
    assert sorted(len(group) for group in program.table_groups) == [2, 4]
    tables = [layer for layer in together.training.layers if layer.name.endswith("_embedding")]
    assert len(tables) == 6
    assert len({id(layer.table) for layer in tables}) == 2
    for layer in together.training.layers:
        for one, other in zip(layer.get_weights(), apart.training.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert all(np.abs(layer.get_weights()[0]).max() > 0.06 for layer in tables)  # moved, from within 0.05


def summary(model: Any) -> list[str]:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return lines


def test_a_group_is_not_seen(tmp_path: Any) -> None:
    (_, together), (_, apart) = trained("adam(0.01)", True), trained("adam(0.01)", False)
    assert summary(together.model) == summary(apart.model)
    assert together.model.count_params() == apart.model.count_params()
    together.model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for layer in apart.model.layers:
        for one, other in zip(layer.get_weights(), again.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_training_goes_on_from_a_checkpoint_whatever_the_grouping(tmp_path: Any) -> None:
    """Weights and moments, by name: saved apart, loaded together, one more epoch on either side."""
    (_, together), (_, apart) = trained("adam(0.01)", True), trained("adam(0.01)", False)
    path = tmp_path / "checkpoint.weights.h5"
    apart.training.save_weights(path)
    for layer in together.training.layers:
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    for variable in together.training.optimizer.variables:
        variable.assign(np.zeros_like(variable.numpy()))
    together.training.load_weights(path)
    compilation = Compilation(source=Source("clicks.rec", SPEC.replace("OPTIMIZER", "adam(0.01)")))
    program = compilation.program
    assert program is not None
    batches = training_batches(program, fit(compilation, {"clicks": clicks()}))
    for models in (together, apart):
        models.training.fit(batches.dataset(), shuffle=False, callbacks=[batches], verbose=0)
    for layer in together.training.layers:
        for one, other in zip(layer.get_weights(), apart.training.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("optimizer", "grouped", "l2"),
    [
        ("adam(0.01)", True, 0),
        ("adam(0.01)", True, 0.1),
        ("adam(0.01)", False, 0),
        ("adam(0.01)", False, 0.1),
        ("rowwise_adagrad(0.1)", True, 0),
        ("adamw(0.01, weight_decay=0.1)", True, 0),
        ("adam(0.01, clipnorm=1)", False, 0),
        ("sgd(0.1, global_clipnorm=1)", True, 0),
    ],
)
def test_no_step_reads_a_table(optimizer: str, grouped: bool, l2: float) -> None:
    text = SPEC.replace("OPTIMIZER", optimizer).replace("{ dim=4 }", f"{{ dim=4, l2={l2} }}")
    compilation = Compilation(source=Source("clicks.rec", text))
    program = compilation.program
    assert program is not None, compilation.diagnostics
    found = fit(compilation, {"clicks": clicks()})
    models = build_models(program, found.sizes, found.counts, found.catalogue, grouped=grouped)
    compile_training(program, models)
    batches = training_batches(program, found)
    nodes = optimized(lambda: models.training.fit(batches.dataset(), shuffle=False, callbacks=[batches], verbose=0))
    by_rows = {node.input[0] for node in nodes if node.op in ("ResourceGather", "ResourceScatterUpdate")}
    as_a_whole = {node.input[0] for node in nodes if node.op == "ReadVariableOp"}
    assert by_rows  # tables and their slots
    assert as_a_whole  # kernels
    assert not by_rows & as_a_whole


def optimized(call: Callable[[], Any]) -> list[Any]:
    """The operations of what a call traces, as TensorFlow runs them: its own optimizer may put in reads."""
    context.enable_run_metadata()
    context.enable_graph_collection()
    try:
        call()
        metadata = context.export_run_metadata()
    finally:
        context.disable_graph_collection()
        context.disable_run_metadata()
    graphs = [one.post_optimization_graph for one in metadata.function_graphs]
    return [node for graph in graphs for node in (*graph.node, *(n for f in graph.library.function for n in f.node_def))]
