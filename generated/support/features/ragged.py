"""Rows of unlike lengths, in two arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Ragged:
    """Row i holds values[offsets[i]:offsets[i + 1]], oldest first; ids (int32) or numbers (float32).

    length: how many places a padded row has; None for bags, which are padded to the longest that is asked for.
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]
    length: int | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, rows: NDArray[Any] | slice) -> "Ragged":
        """These rows (indices, a mask or a slice), in this order."""
        chosen = np.arange(len(self))[rows]
        start, lengths = self.offsets[chosen], self.offsets[chosen + 1] - self.offsets[chosen]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        places = np.repeat(start - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Ragged(self.values[places], offsets, self.length)

    def padded(self, rows: NDArray[Any] | slice) -> NDArray[Any]:
        """These rows as (rows, length), filled up at the right with -1 for ids and NaN for numbers.

        Without a length they are as wide as the longest of them, but at least one place.
        """
        chosen = np.arange(len(self))[rows]
        start, lengths = self.offsets[chosen], self.offsets[chosen + 1] - self.offsets[chosen]
        width = self.length
        if width is None:
            width = max(1, int(lengths.max(initial=0)))
        place = np.arange(width)
        present = place < lengths[:, None]
        filler = np.nan if self.values.dtype.kind == "f" else -1
        padded = np.full((len(chosen), width), filler, self.values.dtype)
        padded[present] = self.values[(start[:, None] + place)[present]]
        return padded
