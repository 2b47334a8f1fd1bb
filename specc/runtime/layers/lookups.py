"""Pooled lookups of a training step: kept, so that the optimizer need neither read these rows again nor find them."""
# mypy: disable-error-code="misc"

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import tensorflow as tf

from .sums import pooled_sums, product_with_ones


class RowGradient(tf.IndexedSlices):
    """The gradient of a table of some shape: the sums (n, dim) of gradients, the rows (n,) that they are of, each of them once,
    and what these hold (n, dim), if that is known.
    """

    def __init__(self, sums: Any, rows: Any, shape: Any, held: Any = None) -> None:
        super().__init__(sums, rows, shape)
        self.held = held


@dataclass(eq=False)
class PooledLookup:
    """Rows (n,) of a table, each of them once, what they hold (n, dim), and sums (count, dim) of that: for each i (m,), row
    `places[i]` of them adds to sum `targets[i]`.
    """

    table: Any
    rows: Any
    held: Any
    places: Any
    targets: Any
    sums: Any


class PooledLookups:
    """`with PooledLookups(tape) as lookups:` keeps what this thread pools there. Gradients are to be asked of the sums: what
    they are made of is not on the tape.
    """

    thread = threading.local()  # `lookups`: those of the step that it is making

    def __init__(self, tape: Any) -> None:
        self.tape = tape
        self.made: list[PooledLookup] = []

    def __enter__(self) -> Self:
        self.thread.lookups = self
        return self

    def __exit__(self, *error: object) -> None:
        self.thread.lookups = None


def pooled_rows(table: Any, rows: Any, places: Any, targets: Any, count: Any) -> Any:
    """Sums (count, dim) of rows of a table: `out[targets[i]] += table[rows[places[i]]]`.

    rows (n,): each once; places and targets (m,), of which the second must not fall.
    """
    lookups = getattr(PooledLookups.thread, "lookups", None)
    if lookups is None or not table.trainable:
        return pooled_sums(tf.gather(table.value, rows), places, targets, count)
    with lookups.tape.stop_recording():
        held = tf.gather(table.value, rows)
        sums = pooled_sums(held, places, targets, count)
    lookups.tape.watch(sums)
    lookups.made.append(PooledLookup(table, rows, held, places, targets, sums))
    return sums


def row_gradient(lookups: Sequence[PooledLookup], gradients: Sequence[Any], others: Any) -> Any:
    """The gradient of a table by those of its pooled lookups' sums, None of which do not matter, and by all else that reads it.

    All are added up by one product with a matrix of ones. The first lookup's rows are the first of all that are met, so what
    they hold needs no second reading.
    """
    pairs = [(one, gradient) for one, gradient in zip(lookups, gradients, strict=True) if gradient is not None]
    if not pairs:
        return others
    if others is not None and not isinstance(others, tf.IndexedSlices):
        pooled = row_gradient(lookups, gradients, None)
        return tf.tensor_scatter_nd_add(others, pooled.indices[:, None], pooled.values)
    first = pairs[0][0]
    rows, held, met = first.rows, first.held, [tf.range(tf.size(first.rows))]
    asked = [one.rows for one, _ in pairs] + ([] if others is None else [others.indices])
    if len(asked) > 1:
        rows, place = tf.unique(tf.concat(asked, 0))
        met = tf.split(place, tf.stack([tf.size(each) for each in asked]))
        held = tf.concat([held, tf.gather(first.table.value, rows[tf.size(first.rows) :])], 0)
    vectors, sources, targets, count = [], [], [], 0
    for (one, gradient), its in zip(pairs, met, strict=False):
        vectors.append(tf.convert_to_tensor(gradient))
        sources.append(tf.cast(one.targets, tf.int32) + count)
        targets.append(one.places if one is first else tf.gather(its, one.places))
        count += tf.shape(vectors[-1])[0]
    if others is not None:
        vectors.append(others.values)
        sources.append(tf.range(tf.size(others.indices)) + count)
        targets.append(met[-1])
        count += tf.size(others.indices)
    row, column, upstream = (tf.concat(each, 0) for each in (sources, targets, vectors))
    sums = product_with_ones(row, column, (count, tf.size(rows)), upstream, transpose=True)
    return RowGradient(sums, rows, tf.constant(list(first.table.shape)), held)
