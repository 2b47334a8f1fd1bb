"""What a training step holds beside the weights, by simple rules: nothing of TensorFlow is replayed.

They leave out where the allocator places what it is asked for; `docs/cost.md` says how near that comes to what was measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from specc.analysis.calls import Costed
from specc.analysis.gradient import Backward
from specc.analysis.slots import decays
from specc.analysis.weights import Weights

# Bytes of TensorFlow's graph of a step and of its kernels' own memory: at all, and for each call and each weight, as measured
# with Keras 3.15 on Linux (`benchmarks/memory.py`).
GRAPH, GRAPH_NODE = 27_000_000, 1_100_000
DRAWN = 3  # tensors of its size that an initializer holds: random numbers, these scaled, and shifted


def kept_by_call(calls: Sequence[Costed], back: Backward) -> dict[str, int]:
    """Bytes that wait for the gradient, each once, by the call that made them."""
    sizes = {call.name: call.cost.result.bytes for call in calls}
    found = dict.fromkeys(sizes, 0)
    held: set[str] = set()
    for call in calls:
        if call.name in back.reached:
            found[call.name] += call.cost.kept
            held.update(call.inputs if call.cost.keeps_inputs else ())
            held.update([call.name] if call.cost.keeps_result else ())
    for name in held & sizes.keys():  # the others are inputs of the batch
        found[name] += sizes[name]
    return found


def gradients(calls: Sequence[Costed], back: Backward, weights: Iterable[Weights]) -> int:
    """Bytes of gradients and updates: those of activations at the fullest call, which are that of its result and of all that it
    reads, and what the optimizers hold of each weight.
    """
    sizes = {call.name: call.cost.result.bytes for call in calls}
    reached = [call for call in calls if call.name in back.reached]
    fullest = max((sizes[call.name] + sum(sizes[name] for name in back.inputs(call)) for call in reached), default=0)
    rows, met = Counter[str](), Counter[str]()
    for call in reached:
        if call.cost.rows and call.layer is not None:
            rows[call.layer] += call.cost.rows
            met[call.layer] += call.cost.distinct
    return fullest + sum(
        _of_rows(one, rows[one.layer], met[one.layer]) if one.table else _of_dense(one) for one in weights if one.optimizer
    )


def _of_dense(one: Weights) -> int:
    """The gradient, and as many numbers as are written again; with decay the old weight, too."""
    assert one.optimizer is not None
    return one.bytes * (1 + decays(one.optimizer)) + max(one.bytes, one.slots)


def _of_rows(one: Weights, rows: int, met: int) -> int:
    """The gradients as they come; then of each row that is met the sum of these, the old and the new row, and its slots."""
    assert one.optimizer is not None
    (table,) = one.trained
    if not table.size:
        return 0
    row = table.width * table.item
    met = min(met, table.shape[0])
    return rows * row + met * (3 + decays(one.optimizer)) * row + met * one.slots // table.shape[0]


def drawing(weights: Iterable[Weights]) -> int:
    """Bytes that drawing the largest weight took, less what slots, which are made behind it, take of that: TensorFlow gives
    none back.
    """
    weights = list(weights)
    largest = max((one.bytes for weight in weights for one in weight.trained), default=0)
    return max(DRAWN * largest - sum(one.slots for one in weights), 0)


def graph(calls: Sequence[Costed], weights: Iterable[Weights]) -> int:
    """Bytes of TensorFlow's graph of a step, and of its kernels."""
    return GRAPH + GRAPH_NODE * (len(calls) + sum(len(one.trained) for one in weights))
