"""TensorFlow's memory allocator on a CPU, replayed: what it takes from the system for what is asked of it.

With oneDNN, every tensor of 256 kB and more comes from TensorFlow's best-fit allocator with coalescing (`BFCAllocator`,
xla/tsl/framework/bfc_allocator.cc; a simple form of Doug Lea's malloc). It takes regions from the system, each twice the last
one, gives none back, and hands out a free chunk whole unless that is twice too large, or has 128 MiB too many.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass

UNIT = 256  # bytes: the size of every chunk is a multiple
SMALL = 1 << 18  # bytes; smaller ones come from malloc (`MklCPUAllocator`)
FIRST_REGION = 2 << 20
WASTE = 128 << 20  # bytes of a chunk that may lie idle behind what was asked for


@dataclass(eq=False, slots=True)
class Chunk:
    """Some bytes of a region, from `start`; `asked` of them are in use, None of a free one. Knows its neighbours."""

    region: int
    start: int
    size: int
    asked: int | None = None
    before: Chunk | None = None
    behind: Chunk | None = None


class Allocator:
    """in_use: bytes that were asked for and not given back; peak: the most that ever were."""

    def __init__(self) -> None:
        self.in_use = 0
        self.peak = 0
        self._small = 0
        self._most_small = 0
        self._next_region = FIRST_REGION
        self._touched: list[int] = []  # by region: up to where it was ever written
        # Size, less the region's number, and start of the free chunks, rising: of two of one size TensorFlow takes that of the
        # lower address, and a later region lies below (Linux maps memory downwards).
        self._free: list[tuple[int, int, int]] = []
        self._at: dict[tuple[int, int], Chunk] = {}  # the free ones, by region and start

    @property
    def taken(self) -> int:
        """Bytes of the system's memory that were ever written."""
        return sum(self._touched) + self._most_small

    def take(self, size: int) -> Chunk:
        """Memory for a tensor, in the smallest free chunk that holds it, or in a region of its own."""
        self.in_use += size
        self.peak = max(self.peak, self.in_use)
        if size < SMALL:
            self._small += size
            self._most_small = max(self._most_small, self._small)
            return Chunk(-1, 0, size, size)
        rounded = -(-size // UNIT) * UNIT
        place = bisect_left(self._free, (rounded,))
        if place == len(self._free):
            self._extend(rounded)
            place = bisect_left(self._free, (rounded,))
        _, below, start = self._free.pop(place)
        region = -below
        chunk = self._at.pop((region, start))
        if chunk.size >= 2 * rounded or chunk.size - rounded >= WASTE:
            self._split(chunk, rounded)
        chunk.asked = size
        self._touched[region] = max(self._touched[region], start + size)
        return chunk

    def give(self, chunk: Chunk) -> None:
        """Takes a tensor's memory back, and joins it with what is free on both sides."""
        assert chunk.asked is not None
        self.in_use -= chunk.asked
        if chunk.region < 0:
            self._small -= chunk.asked
            return
        chunk.asked = None
        for left, right in ((chunk, chunk.behind), (chunk.before, chunk)):
            if left is None or right is None or left.asked is not None or right.asked is not None:
                continue
            for one in (left, right):
                if one is not chunk:
                    self._remove(one)
            left.size += right.size
            left.behind = right.behind
            if right.behind is not None:
                right.behind.before = left
            chunk = left
        self._insert(chunk)

    def _extend(self, rounded: int) -> None:
        doubled = False
        while rounded > self._next_region:
            self._next_region *= 2
            doubled = True
        self._insert(Chunk(len(self._touched), 0, self._next_region))
        self._touched.append(0)
        if not doubled:
            self._next_region *= 2

    def _split(self, chunk: Chunk, size: int) -> None:
        rest = Chunk(chunk.region, chunk.start + size, chunk.size - size, None, chunk, chunk.behind)
        if chunk.behind is not None:
            chunk.behind.before = rest
        chunk.size, chunk.behind = size, rest
        self._insert(rest)

    def _insert(self, chunk: Chunk) -> None:
        insort(self._free, (chunk.size, -chunk.region, chunk.start))
        self._at[chunk.region, chunk.start] = chunk

    def _remove(self, chunk: Chunk) -> None:
        del self._free[bisect_left(self._free, (chunk.size, -chunk.region, chunk.start))]
        del self._at[chunk.region, chunk.start]
