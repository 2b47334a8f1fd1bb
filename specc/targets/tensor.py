"""A tensor as far as its cost goes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

FLOAT, HALF = 4, 2  # bytes of a float32, and of a bfloat16


@dataclass(frozen=True)
class Tensor:
    """A shape, the batch included, and the bytes of one element: 4 for numbers and ids, 2 for bfloat16, 1 for truth
    values."""

    shape: tuple[int, ...]
    item: int = FLOAT

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """The memory of all elements."""
        return self.size * self.item

    @property
    def width(self) -> int:
        """The last axis."""
        return self.shape[-1]

    def as_wide_as(self, width: int) -> Tensor:
        """Another last axis."""
        return Tensor((*self.shape[:-1], width), self.item)
