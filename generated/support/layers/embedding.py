"""Tables of vectors, one row an id."""
# mypy: disable-error-code="misc"

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from .lookups import pooled_rows
from .sums import pooled_sums


@keras.saving.register_keras_serializable(package="specc")
class Embedding(keras.layers.Layer):
    """Looks ids up in a table: ids (batch,) to vectors (batch, dim), and ids (batch, n) to (batch, n, dim).

    Padding, any negative id, is not looked up among ids (batch, n), and gives zeros; of ids (batch,) it reads row 0. An id of
    `rows` or more is an `InvalidArgumentError` on the CPU.

    With a `combiner` ids (batch, n) are pooled to (batch, dim): "sum", "mean" or "sqrtn" (the sum over the square root of their
    number) of what is not padding, zeros where all of it is. Then each id of the batch is read once, and the vectors
    (batch, n, dim) are never made.

    `l2` adds to the loss, at each call, `l2 / batch * sum(|vector|^2)` over what was looked up, padding left out: the mean
    over the batch of what a row looked up. So only rows in use are drawn to zero, and no step reads the whole table.

    `group_tables` lets several share a variable; weights are saved table by table all the same.

    Args:
        rows: number of ids.
        dim: width of a vector.
        initializer: as in Keras; "uniform", the default, is uniform in [-0.05, 0.05].
        l2: factor of the penalty, 0 for none.

    Raises:
        ValueError: `rows` or `dim` below 1, or `l2` below 0.
    """

    def __init__(self, rows: int, dim: int, initializer: Any = "uniform", l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if rows < 1 or dim < 1:
            raise ValueError(f"a table needs at least one row and one column, not {rows} x {dim}")
        if l2 < 0:
            raise ValueError(f"l2 must not be negative, but is {l2}")
        self.rows = rows
        self.dim = dim
        self.initializer = keras.initializers.get(initializer)
        self.l2 = l2
        self.table: Any = None
        self.start = 0

    def build(self, ids_shape: Any) -> None:
        """Makes the table, unless a group did. Without autocast: a cast would read all of it."""
        if self.table is None:
            shape = (self.rows, self.dim)
            self.table = self.add_weight(name="table", shape=shape, initializer=self.initializer, autocast=False)
            self.table.tables = {self.name: (0, self.rows)}  # so that optimizers update it by rows

    def call(self, ids: Any, combiner: str | None = None) -> Any:
        """ids (batch,) to (batch, dim), (batch, n) to (batch, n, dim), or pooled to (batch, dim)."""
        if len(ids.shape) == 1:
            found = vectors = self.vectors(ops.maximum(ids, 0))
            if self.l2:
                found = tf.boolean_mask(vectors, ids >= 0)
        elif combiner is None:
            places = tf.where(ids >= 0)
            found = self.vectors(tf.gather_nd(ids, places))
            vectors = tf.scatter_nd(places, found, tf.concat([tf.shape(ids, tf.int64), [self.dim]], 0))
        else:
            places = tf.where(ids >= 0)
            each, place = tf.unique(tf.gather_nd(ids, places))
            batch = tf.shape(ids)[0]
            if self.l2:
                found = self.vectors(each)
                vectors = pooled_sums(found, place, places[:, 0], batch)
            else:
                vectors = pooled_rows(self.table, self.rows_of(each), place, places[:, 0], batch)
            if combiner != "sum":
                number = tf.math.count_nonzero(ids >= 0, axis=1, keepdims=True, dtype=vectors.dtype)
                vectors = tf.math.divide_no_nan(vectors, tf.sqrt(number) if combiner == "sqrtn" else number)
            if self.l2:
                found = tf.gather(found, place)
        if self.l2:
            batch = ops.cast(ops.maximum(ops.shape(ids)[0], 1), found.dtype)
            self.add_loss(self.l2 * ops.sum(ops.square(found)) / batch)
        return ops.cast(vectors, self.compute_dtype)

    def vectors(self, ids: Any) -> Any:
        """ids (n,), none of them negative, to (n, dim)."""
        # `ops.take` would read the variable first, a copy of the table at each step once an optimizer writes single rows.
        return tf.gather(self.table.value, self.rows_of(ids))

    def rows_of(self, ids: Any) -> Any:
        """The rows of the variable that ids (n,) have; of an id beyond this table one that is not there."""
        if self.start or self.rows < self.table.shape[0]:
            ids = tf.where(ids < self.rows, ids + self.start, self.table.shape[0])
        return ids

    def compute_output_shape(self, ids_shape: Any) -> Any:
        """Without a combiner: (...) to (..., dim)."""
        return (*ids_shape, self.dim)

    def compute_output_spec(self, ids: Any, combiner: str | None = None) -> Any:
        """(batch,) to (batch, dim), (batch, n) to (batch, n, dim), or (batch, dim) when pooled."""
        shape = self.compute_output_shape(ids.shape if combiner is None else ids.shape[:1])
        return keras.KerasTensor(shape, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "rows": self.rows, "dim": self.dim, "initializer": initializer, "l2": self.l2}

    # Its own rows of what may be a group's variable

    def values(self) -> Any:
        """The table as a NumPy array, (rows, dim)."""
        return tf.gather(self.table.value, tf.range(self.start, self.start + self.rows)).numpy()

    def put(self, values: Any) -> None:
        """Replaces the table by values (rows, dim)."""
        if tuple(values.shape) != (self.rows, self.dim):
            raise ValueError(f"{self.name} has {self.rows} x {self.dim} numbers, and not {values.shape}")
        rows = tf.range(self.start, self.start + self.rows)
        self.table.value.scatter_update(tf.IndexedSlices(tf.cast(values, self.table.dtype), rows))

    def draw(self, initializer: Any) -> None:
        """Replaces the table by what an initializer makes for (rows, dim)."""
        self.put(initializer((self.rows, self.dim), dtype=self.table.dtype))

    def count_params(self) -> int:
        """Numbers in the table."""
        return self.rows * self.dim

    def get_weights(self) -> list[Any]:
        """The table."""
        return [self.values()]

    def set_weights(self, weights: Any) -> None:
        """Replaces the table."""
        (values,) = weights
        self.put(values)

    def save_own_variables(self, store: Any) -> None:
        """The table, under the layer's name whatever the group."""
        store["0"] = self.values()

    def load_own_variables(self, store: Any) -> None:
        """The table, as `save_own_variables` wrote it."""
        self.put(store["0"])


def group_tables(embeddings: Sequence[Embedding]) -> None:
    """Lets tables of one width share one variable, one below the other, so that a step of the optimizer updates all at once.

    The layers compute what they compute alone, and are shown and saved alone. The vectors are zeros until `initialize` draws
    them, so that nobody draws large tables twice.

    embeddings: layers that are not built, with one `dim`. Raises ValueError for others.
    """
    widths = {each.dim for each in embeddings}
    if len(widths) != 1 or any(each.built for each in embeddings):
        raise ValueError("only tables of one width that are not built yet can share a variable")
    rows = sum(each.rows for each in embeddings)
    first = embeddings[0]
    table = first.add_weight(name="table", shape=(rows, first.dim), initializer="zeros", autocast=False)
    table.tables, start = {}, 0
    for each in embeddings:
        table.tables[each.name] = (start, each.rows)
        each.table, each.start = table, start
        start += each.rows
