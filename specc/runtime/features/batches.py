"""Batches of encoded rows for `fit` and `predict`."""
# mypy: disable-error-code="misc"

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from .ragged import Ragged


class TensorColumn:
    """An array that TensorFlow takes rows of: (rows,) or (rows, n), or ragged rows, which it pads. Whole numbers are held as
    narrow as they are.
    """

    def __init__(self, array: NDArray[Any] | Ragged) -> None:
        values = array.values if isinstance(array, Ragged) else array
        self.rows = len(array)
        self.length = array.length if isinstance(array, Ragged) else None
        self.dtype = values.dtype
        self.values = variable(narrowed(values))
        self.offsets = variable(array.offsets) if isinstance(array, Ragged) else None

    def __len__(self) -> int:
        return self.rows

    def take(self, rows: Any) -> Any:
        """The values of rows (n,): (n, ...), of ragged rows (n, length)."""
        values = self.values.read_value()
        if self.offsets is None:
            return tf.cast(tf.gather(values, rows), self.dtype)
        lists = tf.RaggedTensor.from_row_splits(values, self.offsets.read_value(), validate=False)
        found = tf.cast(tf.gather(lists, rows), self.dtype)
        width = tf.maximum(found.bounding_shape(axis=1), 1) if self.length is None else self.length
        padded = found.to_tensor(
            np.nan if self.dtype.kind == "f" else -1, shape=tf.stack([tf.constant(-1, tf.int64), tf.cast(width, tf.int64)])
        )
        return tf.ensure_shape(padded, (None, self.length))


def variable(values: Any) -> tf.Variable:
    """An array in the memory of the CPU; a variable, for a data set copies all constants that it reads."""
    with tf.device("CPU:0"):
        return tf.Variable(values, trainable=False)


def narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in 8 or 16 bits, where all of them fit."""
    if values.dtype.kind not in "iu" or not values.size or values.min() < 0:
        return values
    narrow = np.min_scalar_type(values.max())
    return values.astype(narrow) if narrow.itemsize < min(values.dtype.itemsize, 4) else values


class Batches(keras.callbacks.Callback):
    """Encoded rows in batches: (inputs,), (inputs, targets) or (inputs, targets, weights), each a dict of tensors.

        model.fit(batches.dataset(), epochs=10, shuffle=False, callbacks=[batches])

    Ragged rows are padded at the right with -1 (ids) or NaN (numbers): sequences to their length, bags to the longest of the
    batch. The last batch holds what is left. TensorFlow makes the batches while it trains, without Python.

    With `shuffle` the order depends on the seed and on the number of the epoch alone, which it is told as a callback: chunks
    of `batch` neighbouring rows in random order, and the rows of each `window` of that in random order. So a file that is
    mapped into memory is read in chunks, and up to `window` rows are shuffled as a whole.

    Raises ValueError for arrays of unlike lengths, and for weights without targets.
    """

    def __init__(
        self,
        inputs: Mapping[str, NDArray[Any] | Ragged | TensorColumn],
        targets: Mapping[str, NDArray[Any] | Ragged | TensorColumn] | None = None,
        weights: Mapping[str, NDArray[Any] | TensorColumn] | None = None,
        *,
        batch: int,
        shuffle: bool = False,
        seed: int = 0,
        window: int = 2**18,
    ) -> None:
        super().__init__()
        if batch < 1:
            raise ValueError(f"a batch has at least one row: batch={batch}")
        if weights is not None and targets is None:
            raise ValueError("weights need targets")
        parts = [part for part in (inputs, targets, weights) if part is not None]
        rows = {name: len(array) for part in parts for name, array in part.items()}
        if len(set(rows.values())) != 1:
            raise ValueError(f"arrays of unlike lengths: {rows}")
        self.parts = [
            {name: array if isinstance(array, TensorColumn) else TensorColumn(array) for name, array in part.items()}
            for part in parts
        ]
        self.rows = next(iter(rows.values()))
        self.batch = batch
        self.shuffle = shuffle
        self.seed = seed
        self.window = window
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """The number of the epoch whose batches come next."""
        self.epoch.assign(epoch)

    def dataset(self) -> tf.data.Dataset:
        """The batches of an epoch, made again each time."""
        whole = self.rows // self.batch  # chunks; what is left of the rows comes with the last window
        window = max(1, self.window // self.batch)
        windows = max(1, -(-whole // window))

        def places(_: Any) -> tf.data.Dataset:
            epoch, chunks = self.epoch.read_value(), tf.range(whole, dtype=tf.int64)
            if self.shuffle:
                chunks = tf.random.experimental.stateless_shuffle(chunks, [2 * self.seed, epoch])
            return tf.data.Dataset.range(windows).map(
                lambda place: self.order(
                    chunks[place * window : (place + 1) * window], epoch * windows + place, place == windows - 1
                )
            )

        def batches(rows: Any) -> tf.data.Dataset:
            count = (tf.size(rows, tf.int64) + self.batch - 1) // self.batch
            return tf.data.Dataset.range(count).map(lambda i: self.take(rows[i * self.batch : (i + 1) * self.batch]))

        steps = -(-self.rows // self.batch)
        made = tf.data.Dataset.range(1).flat_map(places).flat_map(batches)
        return made.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(2)

    def order(self, chunks: Any, number: Any, last: Any) -> Any:
        """The rows of a window, int64 (n,): those of its chunks, of the last also what is left, in an order by its number."""
        rows = tf.reshape(chunks[:, None] * self.batch + tf.range(self.batch, dtype=tf.int64), [-1])
        left = tf.range(tf.where(last, self.rows // self.batch * self.batch, self.rows), self.rows)
        rows = tf.concat([rows, tf.cast(left, tf.int64)], 0)
        return tf.random.experimental.stateless_shuffle(rows, [2 * self.seed + 1, number]) if self.shuffle else rows

    def take(self, rows: Any) -> tuple[dict[str, Any], ...]:
        """The batch of these rows (n,)."""
        return tuple({name: column.take(rows) for name, column in part.items()} for part in self.parts)
