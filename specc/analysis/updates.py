"""What the weights take of the allocator: they and their slots are made once, and each step computes and writes them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specc.analysis.allocator import Allocator, Chunk


@dataclass(frozen=True)
class Update:
    """What an optimizer writes at once: a weight with its slots, or the rows of tables that share a variable.

    layers: whose. weights: bytes of the weight, or of each table. slots: bytes of each slot. decays: by itself, before the
    gradient. waits: for the gradients of all weights, whose common norm is clipped. filled: slots that begin with another
    number than 0. early: tensors of the size of the rows that need no gradient, and so are computed long before it comes.
    place: of the weight in its layer.
    """

    layers: frozenset[str]
    weights: tuple[int, ...]
    slots: tuple[int, ...]
    table: bool
    decays: bool = False
    waits: bool = False
    filled: int = 0
    early: int = 0
    place: int = 0

    @property
    def bytes(self) -> int:
        """Of all its weights."""
        return sum(self.weights)


class Variables:
    """The variables of a model in the allocator. Where a weight lies may change whenever it is written."""

    def __init__(self, updates: Sequence[Update], memory: Allocator) -> None:
        self.memory = memory
        # Tables that share a variable are filled with zeros first; the others, and dense weights, are drawn at once.
        self.at = {
            update: memory.take(update.bytes) if update.table and len(update.weights) > 1 else self._drawn(update.bytes)
            for update in updates
        }
        # Then each is drawn again, with a seed of its own (`initialize`): a table is copied over, of another weight the new one
        # takes the place of the old.
        for update in updates:
            for weight in update.weights:
                drawn = self._drawn(weight)
                memory.give(drawn if update.table else self.at[update])
                if not update.table:
                    self.at[update] = drawn
        for update in updates:
            for number, size in enumerate(update.slots):
                ones = memory.take(size)
                if number < update.filled:  # the number times them is another tensor
                    memory.take(size)
                    memory.give(ones)

    def _drawn(self, size: int) -> Chunk:
        """An initializer: random numbers, the same scaled, and shifted, which is what stays."""
        *between, drawn = (self.memory.take(size) for _ in range(3))
        for chunk in between:
            self.memory.give(chunk)
        return drawn

    def decay(self, update: Update) -> list[Chunk]:
        """A weight that decays before its gradient is there: the decayed one is another tensor, for the step still reads the
        old one, which is returned, to be given back when it is read no more.
        """
        part = self.memory.take(update.bytes)
        old, self.at[update] = self.at[update], self.memory.take(update.bytes)
        self.memory.give(part)
        return [old]

    def norm(self, update: Update) -> None:
        """The squares of a gradient, for its norm."""
        self.memory.give(self.memory.take(update.bytes))

    def write(self, update: Update, gradient: Chunk) -> list[Chunk]:
        """A dense weight is computed anew from its gradient, which goes; what is read until the step is further, is returned.

        With slots the square of the gradient is there beside it, then the root of its mean and the step (Adam; the others do
        with less). Without, the gradient is subtracted at once, while the way back still reads the old weight, so that the new
        one is another tensor.
        """
        if not update.slots:
            old, self.at[update] = self.at[update], self.memory.take(update.bytes)
            self.memory.give(gradient)
            return [old]
        self.memory.give(self.memory.take(update.bytes))
        beside = [self.memory.take(update.bytes) for _ in update.slots[:2]]
        for chunk in (gradient, *beside):
            self.memory.give(chunk)
        return []
