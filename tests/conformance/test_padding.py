"""Padding of number sequences never reaches a weight: it is NaN in a batch, and NaN times a gradient of 0 is NaN."""

import warnings

import keras
import numpy as np

from specc.backends.keras import build_models
from specc.driver import Compilation
from specc.text import Source

SPEC = """rec 1
model Ago
schema s {
  clicks : seq(3) {
    ago : float -> standardize
  }
  label click : bool
}
head click = clicks.ago -> embed -> dense(4, activation=relu) -> mean -> logit
loss click = bce
"""


def test_a_step_over_padded_numbers_keeps_weights_finite_and_padding_unseen() -> None:
    compilation = Compilation(source=Source("ago.rec", SPEC))
    assert compilation.diagnostics == []
    assert compilation.program is not None
    models = build_models(compilation.program, {})
    padded = np.array([[1.0, np.nan, np.nan], [0.5, 2.0, np.nan], [np.nan] * 3], "float32")
    kernel, bias, last, last_bias = (weight.copy() for weight in models.model.get_weights())
    real = ~np.isnan(padded)
    hidden = np.maximum(np.nan_to_num(padded)[..., None] @ kernel + bias, 0) * real[..., None]
    pooled = hidden.sum(1) / np.maximum(real.sum(1), 1)[:, None]
    wanted = 1 / (1 + np.exp(-(pooled @ last + last_bias)))
    (name,) = models.model.input
    assert np.allclose(models.model({name: padded})["click"], wanted, atol=1e-6)
    models.training.compile("sgd", {"click": keras.losses.BinaryCrossentropy(from_logits=True)}, run_eagerly=True)
    models.training.train_on_batch({name: padded}, {"click": np.array([[1.0], [0.0], [1.0]])})
    assert all(np.isfinite(weight).all() for weight in models.model.get_weights())
    assert not np.array_equal(models.model.get_weights()[0], kernel)


def test_normalized_sequences_are_built_without_a_warning() -> None:
    text = SPEC.replace("dense(4, activation=relu) -> mean", "mlp(4, norm=batch) -> batch_norm -> layer_norm -> max")
    compilation = Compilation(source=Source("ago.rec", text))
    assert compilation.program is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras warns of masks that it passes on where nobody takes them
        models = build_models(compilation.program, {})
        (name,) = models.model.input
        models.model({name: np.array([[1.0, np.nan, np.nan], [np.nan] * 3], "float32")})
