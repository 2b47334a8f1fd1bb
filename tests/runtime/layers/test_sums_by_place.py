"""Sums by place against NumPy's `add.at`, eager and traced: TensorFlow multiplies by other kernels where it traces."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from specc.runtime.layers.sums import pooled_sums, sums_by_place

DIM = 3
MODES: dict[str, Callable[..., Any]] = {"eager": lambda function: function, "traced": tf.function}
# places, and of how many
PLACES: dict[str, tuple[list[int], int]] = {
    "none": ([], 0),
    "none, of two": ([], 2),
    "one": ([0], 1),
    "each once": ([2, 0, 1], 3),
    "one again and again": ([1, 1, 1, 1], 3),
    "some again": ([4, 0, 4, 2, 0, 4], 6),
}
# for each row the places that it reads, and of how many
LISTS: dict[str, tuple[list[list[int]], int]] = {
    "no row": ([], 0),
    "empty rows": ([[], [], []], 0),
    "empty rows beside others": ([[], [1, 0], [], [0], []], 2),
    "a place again in a row": ([[2, 0, 2], [1, 1], [0]], 3),
    "one row": ([[0, 1, 2]], 3),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", PLACES)
def test_sums_by_place(mode: str, case: str) -> None:
    places, count = PLACES[case]
    vectors = np.random.default_rng(0).normal(size=(len(places), DIM)).astype("float32")
    expected = np.zeros((count, DIM), "float32")
    np.add.at(expected, places, vectors)
    found = MODES[mode](sums_by_place)(tf.constant(vectors), tf.constant(places, tf.int32), tf.constant(count))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", LISTS)
def test_pooled_sums_and_their_gradient(mode: str, case: str) -> None:
    lists, count = LISTS[case]
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, DIM)).astype("float32")
    upstream = rng.normal(size=(len(lists), DIM)).astype("float32")
    rows = [row for row, places in enumerate(lists) for _ in places]
    places = [place for places in lists for place in places]
    expected, gradient = np.zeros_like(upstream), np.zeros_like(vectors)
    np.add.at(expected, rows, vectors[places])
    np.add.at(gradient, places, upstream[rows])

    def both(vectors: Any, places: Any, rows: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            found = pooled_sums(vectors, places, rows, len(lists))
        return found, tape.gradient(found, vectors, upstream)

    found = MODES[mode](both)(tf.constant(vectors), tf.constant(places, tf.int32), tf.constant(rows, tf.int64))
    np.testing.assert_allclose(found[0], expected, rtol=1e-6)
    np.testing.assert_allclose(found[1], gradient, rtol=1e-6)
