"""The floor: forward, backward and a plain step of the dense part alone, on one constant batch of vectors.

The gradient by the vectors is computed too, since every lookup needs it. Without and with XLA; the faster one counts.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.training.clock import Clock
from benchmarks.training.dense_parts import logits, loss_of
from benchmarks.training.works import Array, Work

LEARNING_RATE = 1e-3


def train(work: Work, contender: str, arrays: dict[str, Array], clock: Clock) -> dict[str, str]:
    """Steps until the clock has enough. Returns versions."""
    keras.utils.set_random_seed(1)
    if work.history:
        shapes = [(work.batch, work.dim), (work.batch, work.dim), (work.negatives, work.dim)]
    else:
        shapes = [(work.batch, work.dim)] * work.tables
    vectors = [keras.Input(batch_shape=shape) for shape in shapes]
    numbers = [keras.Input(batch_shape=(work.batch, work.numbers))] if work.numbers else []
    model = keras.Model([*vectors, *numbers], logits(work, vectors, *numbers))
    loss_function = loss_of(work)
    rng = np.random.default_rng(1)
    given = [tf.constant(rng.uniform(-0.05, 0.05, shape), tf.float32) for shape in shapes]
    given += [tf.constant(arrays["numbers"][: work.batch])] if work.numbers else []
    labels = tf.constant(arrays["labels"][: work.batch] if "labels" in arrays else 0 * arrays["positive"][: work.batch])
    looked_up = given[: len(shapes)]

    def step() -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(looked_up)
            loss = loss_function(labels, model(given, training=True)) * work.tasks
        weights = [weight.value for weight in model.trainable_variables]
        gradients = tape.gradient(loss, [*weights, *looked_up])
        for weight, gradient in zip(weights, gradients, strict=False):
            weight.assign_sub(LEARNING_RATE * gradient)
        # Sums, so that nobody leaves the vectors' gradients out as unused.
        return loss, tf.add_n([tf.reduce_sum(gradient) for gradient in gradients[len(weights) :]])

    clocks = []
    for compiled in (False, True):
        own = Clock(clock.seconds / 2)
        function = tf.function(step, jit_compile=compiled)
        steps, enough = 0, False
        while not enough:
            loss, _ = function()
            steps += 1
            enough = own.tick(steps, float(loss))
        clocks.append((own.median(), compiled, own))
    _, compiled, fastest = min(clocks, key=lambda one: one[0])
    clock.ticks, clock.losses, clock.warm_until = fastest.ticks, fastest.losses, fastest.warm_until
    return {"tensorflow": tf.__version__, "xla": "yes" if compiled else "no"}
