"""Losses over candidates as a spec says them, against NumPy: full and sampled, with biases, as pairs and one by one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from .building import Built, codes, sigmoid

RNG = np.random.default_rng(3)
ITEMS, ROWS, DIM = 12, 6, 4
SPEC = f"""rec 1
schema rows {{
  x    : vector({DIM})
  item : int -> index({ITEMS})
  label like : bool
}}
embeddings {{ dim={DIM} }}
tower query = x -> identity
loss watch = query -> LOSS
"""
X = {"x": RNG.normal(size=(ROWS, DIM)).astype("float32")}
POSITIVES = np.array([3, 0, 7, 3, 11, 5], "int32")
DRAWS = np.array([7, 2, 3], "int32")  # two of them are some row's own


def made(loss: str) -> Built:
    model = Built(SPEC.replace("LOSS", loss))
    model.shake(1)
    return model


def of_rows(model: Built, draws: Any = DRAWS) -> Any:
    """The loss of each row (rows,); samplers always draw the same."""
    layer = model.models.training.get_layer(model.program.networks[-1].outputs["watch"])
    for sampler in getattr(layer, "samplers", []):
        sampler.sample = lambda: draws
    return np.asarray(model.models.training({**X, "watch_positive": POSITIVES})["watch"], "float64")


def scores(model: Built) -> Any:
    """What each row gives each item, (rows, items), by hand."""
    weights = model.weights
    found = X["x"] @ weights["item_embedding/table"].T
    return found + weights["watch_bias_embedding/table"][:, 0] if "watch_bias_embedding/table" in weights else found


def negatives(model: Built, pool: Any) -> list[tuple[float, Any]]:
    """For each row the score of its own item, and those of the pool that are not its own."""
    found = scores(model)
    return [(found[row, own], found[row, pool[pool != own]]) for row, own in enumerate(POSITIVES)]


@pytest.mark.parametrize("bias", ["", ", bias=true"])
def test_full_softmax(bias: str) -> None:
    model = made(f"softmax(item, temperature=0.5{bias})")
    logits = scores(model) / 0.5
    expected = np.log(np.exp(logits).sum(1)) - logits[np.arange(ROWS), POSITIVES]
    np.testing.assert_allclose(of_rows(model), expected, rtol=1e-5)


@pytest.mark.parametrize("bias", ["", ", bias=true"])
def test_sampled_softmax_that_is_corrected(bias: str) -> None:
    model = made(f"softmax(item, negatives=uniform(3), logq=true{bias})")
    corrected = scores(model) - np.log(3 / ITEMS)
    expected = []
    for row, own in enumerate(POSITIVES):
        pool = [corrected[row, own], *corrected[row, DRAWS[own != DRAWS]]]
        expected.append(np.log(np.exp(pool).sum()) - pool[0])
    np.testing.assert_allclose(of_rows(model), expected, rtol=1e-5)


@pytest.mark.parametrize("bias", ["", ", bias=true"])
@pytest.mark.parametrize("in_batch", [False, True])
def test_bpr(bias: str, in_batch: bool) -> None:
    model = made(f"bpr(item, negatives={'[in_batch, uniform(3)]' if in_batch else 'uniform(3)'}, temperature=0.7{bias})")
    pool = np.concatenate([POSITIVES, DRAWS]) if in_batch else DRAWS
    expected = [np.mean(-np.log(sigmoid((own - others) / 0.7))) for own, others in negatives(model, pool)]
    np.testing.assert_allclose(of_rows(model), expected, rtol=1e-5)


@pytest.mark.parametrize("bias", ["", ", bias=true"])
def test_bce_over_candidates(bias: str) -> None:
    model = made(f"bce(item, negatives=uniform(3), temperature=2{bias})")
    expected = [-np.log(sigmoid(own / 2)) - np.mean(np.log(1 - sigmoid(others / 2))) for own, others in negatives(model, DRAWS)]
    np.testing.assert_allclose(of_rows(model), expected, rtol=1e-5)


def test_biases_start_at_zero_and_are_learned_by_the_optimizer_of_tables() -> None:
    text = SPEC.replace("LOSS", "bpr(item, negatives=uniform(3), bias=true)")
    model = Built(text + "train { optimizer={default: adam(1e-3), tables: sgd(0.5)} }\n")
    np.testing.assert_array_equal(model.weights["watch_bias_embedding/table"], np.zeros((ITEMS, 1)))
    (group,) = model.program.training.groups
    assert group.layers == ["item_embedding", "watch_bias_embedding"]


def test_what_is_exported_scores_with_the_bias() -> None:
    model = made("bpr(item, negatives=uniform(3), bias=true)")
    query = np.asarray(model.models.model(X)["watch"])
    vectors = np.asarray(model.models.candidates["watch"](np.arange(ITEMS)))
    assert (query.shape, vectors.shape) == ((ROWS, DIM + 1), (ITEMS, DIM + 1))
    np.testing.assert_allclose(query @ vectors.T, scores(model), rtol=1e-5)


def test_a_set_of_embeddings_may_be_called_like_the_loss() -> None:
    spec = """rec 1
schema rows {
  bias : int -> index(9)
  item : int -> index(12)
}
embeddings { dim=4 }
embeddings watch { dim=4 }
tower query = bias -> embed(watch)
loss watch = query -> softmax(item, bias=true)
"""
    model = Built(spec)
    shapes = {path: value.shape for path, value in model.weights.items()}
    assert sorted(shapes.values()) == [(9, 4), (12, 1), (12, 4)]


def test_bce_is_one_word_for_labels_and_candidates() -> None:
    head = "head like = query -> logit\n"
    both = Built(f"{SPEC.replace('LOSS', 'bce(item, negatives=uniform(3))')}{head}loss like = bce\n").program.losses
    assert [(one.candidates, one.label is None) for one in both] == [("item", True), (None, False)]
    assert codes(SPEC.replace("LOSS", "bce(item)")) == ["REC531"]
    assert codes(SPEC.replace("LOSS", "bpr(item)")) == ["REC531"]
    assert codes(SPEC.replace("loss watch = query -> LOSS", head + "loss like = bce(bias=true)")) == ["REC530"]
    assert codes(SPEC.replace("query -> LOSS", "bce(item, negatives=uniform(3))")) == ["REC506"]
    assert codes(SPEC.replace("LOSS", "bpr(item, negatives=uniform(13))")) == ["REC529"]


def test_a_pair_of_scores_is_what_keras_calls_so() -> None:
    """Binary cross-entropy of logits, with one negative a row: that of SASRec, by Keras' own function."""
    model = made("bce(item, negatives=uniform(1))")
    found = scores(model)
    logits = np.stack([found[np.arange(ROWS), POSITIVES], found[:, 2]], 1)
    expected = keras.losses.binary_crossentropy(np.tile([1.0, 0.0], (ROWS, 1)), logits, from_logits=True)
    np.testing.assert_allclose(of_rows(model, np.array([2], "int32")), 2 * np.asarray(expected), rtol=1e-5)
