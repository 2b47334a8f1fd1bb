"""Batches of encoded rows for `fit`, `evaluate` and `predict`."""
# mypy: disable-error-code="misc"

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from specc.runtime.features.ragged import Ragged


class Batches(keras.utils.PyDataset):
    """Encoded rows in batches: (inputs,), (inputs, targets) or (inputs, targets, weights), each a dict of NumPy arrays.

    Ragged rows are padded at the right with -1 (ids) or NaN (numbers): sequences to their length, bags to the longest of the
    batch, or one place more. The last batch holds what is left. With `shuffle` the order of epoch e depends on (seed, e) alone;
    `epoch` is the first one. Give `fit` a `shuffle=False`, or Keras shuffles the batches once more, with a seed of its own.

    Raises ValueError for arrays of unlike lengths, and for weights without targets.
    """

    def __init__(
        self,
        inputs: Mapping[str, NDArray[Any] | Ragged],
        targets: Mapping[str, NDArray[Any] | Ragged] | None = None,
        weights: Mapping[str, NDArray[Any]] | None = None,
        *,
        batch: int,
        shuffle: bool = False,
        seed: int = 0,
        epoch: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if batch < 1:
            raise ValueError(f"a batch has at least one row: batch={batch}")
        if weights is not None and targets is None:
            raise ValueError("weights need targets")
        self.parts = [dict(part) for part in (inputs, targets, weights) if part is not None]
        rows = {name: len(array) for part in self.parts for name, array in part.items()}
        if len(set(rows.values())) != 1:
            raise ValueError(f"arrays of unlike lengths: {rows}")
        self.rows = next(iter(rows.values()))
        self.batch = batch
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = epoch - 1  # Keras tells when an epoch begins; it also ends one before the first
        self.order = self.epoch_order(epoch)

    def epoch_order(self, epoch: int) -> NDArray[np.int64]:
        """The rows in the order of an epoch."""
        if not self.shuffle:
            return np.arange(self.rows)
        return np.random.default_rng([self.seed, epoch]).permutation(self.rows)

    def __len__(self) -> int:
        return -(-self.rows // self.batch)

    def __getitem__(self, index: int) -> tuple[dict[str, NDArray[Any]], ...]:
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        # Keras takes the widths of batches 0 and 1 for those of all, unless the two differ: so bags are even and odd in turn.
        return tuple(
            {name: array.padded(rows, index % 2) if isinstance(array, Ragged) else array[rows] for name, array in part.items()}
            for part in self.parts
        )

    def on_epoch_begin(self) -> None:
        """Draws the order of the next epoch."""
        self.epoch += 1
        self.order = self.epoch_order(self.epoch)
