"""The way back: through which calls the gradient of the losses goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specc.analysis.calls import Costed


@dataclass(frozen=True)
class Backward:
    """learning: tensors that depend on trained weights. reached: calls whose result gets a gradient that something needs."""

    learning: frozenset[str]
    reached: frozenset[str]

    def inputs(self, call: Costed) -> list[str]:
        """The inputs of a reached call that get a gradient; one that is read twice stands there twice."""
        return [name for name in call.inputs if name in self.learning] if call.cost.passes_gradient else []

    def flops(self, call: Costed) -> int:
        """Of the gradient of a call: a product for each operand that needs one, a list being one, and the rest once more."""
        if call.name not in self.reached:
            return 0
        operands = min(len(self.inputs(call)) + bool(call.cost.trained), 2)
        return call.cost.products * operands + call.cost.elementwise


def backward(calls: Sequence[Costed]) -> Backward:
    """The way back through the calls of a training step, in their order; losses are the calls that nothing reads."""
    learning: set[str] = set()
    for call in calls:
        below = call.cost.passes_gradient and any(name in learning for name in call.inputs)
        if below or call.cost.trained:
            learning.add(call.name)
    read = {name for call in calls for name in call.inputs}
    wanted = {call.name for call in calls if call.name not in read}
    reached: set[str] = set()
    for call in reversed(calls):
        if call.name in wanted and call.name in learning:
            reached.add(call.name)
            if call.cost.passes_gradient:
                wanted |= {name for name in call.inputs if name in learning}
    return Backward(frozenset(learning), frozenset(reached))
