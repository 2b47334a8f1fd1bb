"""The YouTube DNN of Merlin's `YoutubeDNNRetrievalModelV2`: its network, parameters, exports, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from specc.diagnostics.text import to_text
from specc.driver import check_text
from specc.runtime.metrics.top_k import TopK

from .building import Built, built, codes, dense, relu
from .youtube import ITEMS, ROWS, SPEC, WIDTHS, batch, pooled

COLUMNS = ("test_user_id", "item_id_seq", "categories", "user_country", "user_age")


def table(weights: dict[str, Any], column: str) -> Any:
    return weights[f"{'item_id' if column == 'item_id_seq' else column}_embedding/table"]


# 9: input width and parameters


def test_input_width_and_parameters() -> None:
    model = built(SPEC)
    concat = next(node for node in model.spec.nodes if node.id == "inputs.concat")
    assert concat.shape == [8 + 8 + 16 + 8 + 1]
    weights = model.weights
    tables = {path: value.shape for path, value in weights.items() if path.endswith("/table")}
    assert tables == {f"{name}_embedding/table": (ROWS[name], WIDTHS[name]) for name in ROWS}
    assert sum(int(np.prod(shape)) for shape in tables.values()) == 7352
    assert weights["query_mlp_dense/kernel"].shape == (41, 8)
    assert len(weights) == 6  # tied: the output has no table, kernel or bias of its own
    assert sum(value.size for value in weights.values()) == 7688


def test_the_query_is_the_formula() -> None:
    model = Built(SPEC)
    weights, x = model.shake(), batch()
    parts = [
        table(weights, "test_user_id")[x["test_user_id"]],
        pooled(table(weights, "item_id_seq"), x["item_id_seq"]),
        pooled(table(weights, "categories"), x["categories"]),
        table(weights, "user_country")[x["user_country"]],
        x["user_age"],
    ]
    expected = relu(dense(np.concatenate(parts, axis=1), weights, "query_mlp_dense"))
    assert (x["item_id_seq"] < 0).all(axis=1).any()  # a row without history is among them
    np.testing.assert_allclose(model.models.model(x)["watch"], expected, rtol=1e-5, atol=1e-5)


def test_an_id_of_0_is_an_item_and_padding_is_none() -> None:
    model, x = built(SPEC), batch(2)
    x["item_id_seq"] = np.array([[0, 0, 5, -1, -1, -1], [0, 0, 5, 0, 0, 0]], "int32")
    weights = model.weights
    (concat,) = model.read_by({**x, "watch_positive": np.array([1, 2])}, "query_mlp_dense")
    items = table(weights, "item_id")
    np.testing.assert_allclose(concat[0, 8:16], (2 * items[0] + items[5]) / 3, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(concat[1, 8:16], (5 * items[0] + items[5]) / 6, rtol=1e-5, atol=1e-7)


# 10, 11, 17, 21: scores, the items' vectors, the best k


def test_scores_are_query_times_table_without_temperature_or_correction() -> None:
    plain = Built(SPEC)
    hot = Built(SPEC, {"logits_temperature": "0.05", "num_sampled": "20"})
    x = batch()
    vectors = np.asarray(plain.models.candidates["watch"](np.arange(ITEMS, dtype="int32")))
    assert vectors.shape == (101, 8)
    np.testing.assert_array_equal(vectors, plain.weights["item_id_embedding/table"])
    query = np.asarray(plain.models.model(x)["watch"])
    np.testing.assert_array_equal(query, hot.models.model(x)["watch"])
    layer = plain.models.training.get_layer("watch_softmax")
    everything = layer.candidates(np.arange(layer.low, layer.high))
    assert (layer.low, layer.high) == (0, 101)
    assert (query @ np.asarray(everything).T).shape == (50, 101)


def test_the_best_k_are_those_of_the_full_product() -> None:
    model, x = built(SPEC), batch()
    query = np.asarray(model.models.model(x)["watch"])
    items = np.asarray(model.models.candidates["watch"](np.arange(ITEMS, dtype="int32")))
    ids, scores = TopK(items, np.arange(ITEMS), 20)(query)
    product = query @ items.T
    assert ids.shape == scores.shape == (50, 20)
    np.testing.assert_array_equal(ids[:, 0], product.argmax(axis=1))
    np.testing.assert_allclose(scores, -np.sort(-product, axis=1)[:, :20], rtol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(product, ids, axis=1), scores, rtol=1e-5)
    for wrong in ((query[:, :7], items, ITEMS), (query, items[:, :7], ITEMS), (query[0], items, ITEMS), (query, items, 100)):
        with pytest.raises(ValueError, match="do not belong together"):
            TopK(wrong[1], np.arange(wrong[2]), 5)(wrong[0])
    with pytest.raises(ValueError, match="twice"):
        TopK(items, np.zeros(ITEMS, int), 5)(query)


# 19: metrics


def test_metrics_are_those_that_are_asked_for_over_the_full_catalogue() -> None:
    names = [m.name for m in built(SPEC).program.metrics]
    assert names == [f"watch.{metric}@10" for metric in ("recall", "mrr", "ndcg", "map", "precision")]
    assert {m.candidates for m in built(SPEC).program.metrics} == {"item_id"}


# 20: save, load, go on


def test_save_and_load_keep_the_logits_and_their_correction(tmp_path: Path) -> None:
    model = Built(SPEC)
    x, positive = batch(), {"watch_positive": np.arange(1, 51, dtype="int32")}
    training = model.compile(keras.optimizers.RMSprop(0.01))
    inputs = {**x, **positive}
    training.train_on_batch(inputs, {"watch": np.zeros(50)})
    training.save(tmp_path / "training.keras")
    model.models.model.save(tmp_path / "model.keras")
    again, exported = (keras.models.load_model(tmp_path / f"{name}.keras") for name in ("training", "model"))
    assert sorted(i.name for i in exported.inputs) == sorted(COLUMNS)  # one input a list, as it is called in the spec
    np.testing.assert_array_equal(exported(x)["watch"], model.models.model(x)["watch"])
    before, after = (network.get_layer("watch_softmax") for network in (training, again))
    assert after.logq
    assert after.samplers[0].get_config() == before.samplers[0].get_config()
    query, ids = exported(x)["watch"], np.arange(ITEMS)
    np.testing.assert_array_equal(after.inclusion(ids, 50), before.inclusion(ids, 50))
    np.testing.assert_array_equal(
        before.logits(*before.scores(query, ids[:50]))[:, 0], after.logits(*after.scores(query, ids[:50]))[:, 0]
    )
    assert after.candidates.get_layer("item_id_embedding").table is again.get_layer("item_id_embedding").table
    losses = [again.train_on_batch(inputs, {"watch": np.zeros(50)}) for _ in range(12)]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])


def test_a_model_around_a_tower_of_candidates_is_loaded_as_it_was(tmp_path: Path) -> None:
    # Both towers call one block and one table: Keras alone confuses the calls of the two models when it loads them.
    text = """rec 1
model Towers
schema plays {
  track  : int         -> index(20)    @id
  recent : seq(int, 4) -> same(track)
  mood   : int         -> index(20)
}
schema tracks(key=track) {
  artist : int -> index(5)
}
embeddings { dim=3, artist(dim=4) }
shared encoder(x) = x -> concat -> mlp(6)
tower query = [recent -> embed -> mean, mood -> embed, mood -> embed -> dense(1)] -> encoder -> dense(4)
tower item  = [track, artist] -> embed -> encoder -> dense(4)
loss play   = query -> softmax(item, negatives=[in_batch, uniform(5)], logq=true, temperature=0.5)
"""
    model = Built(text)
    model.shake()
    random = np.random.default_rng(0)
    x = {
        "mood": random.integers(0, 20, 6),
        "recent": random.integers(-1, 20, (6, 4)),
        "play_positive": random.integers(0, 20, 6),
    }
    network = model.compile()
    for generation in range(3):  # and a copy of a copy is still the same
        network.save(tmp_path / f"{generation}.keras")
        again = keras.models.load_model(tmp_path / f"{generation}.keras")
        softmaxes = [part.get_layer("play_softmax") for part in (network, again)]
        queries = [keras.Model(part.inputs, part.get_layer("query_dense").output)(x) for part in (network, again)]
        np.testing.assert_array_equal(*queries)
        vectors = [softmax.candidates(np.arange(20)) for softmax in softmaxes]
        np.testing.assert_array_equal(*vectors)
        assert len(again.trainable_variables) == len(network.trainable_variables)
        shared = softmaxes[1].candidates.get_layer("encoder_mlp_dense")
        assert shared is again.get_layer("encoder_mlp_dense")
        network = again
    before = [v.numpy() for v in network.trainable_variables]
    network.train_on_batch(x, {"play": np.zeros(6)})
    moved = [v.path for v, old in zip(network.trainable_variables, before, strict=True) if not np.array_equal(old, v)]
    still = "item_dense/bias"  # adds the same to all scores of a row, which a softmax does not see
    assert set(moved) | {still} == {v.path for v in network.trainable_variables}


# Parameters


def test_every_parameter_is_set_from_outside() -> None:
    sets = {
        "top_block": "mlp(32, 8, last=linear)",
        "post": "l2_normalize",
        "logits_temperature": "0.5",
        "num_sampled": "7",
        "min_sampled_id": "3",
    }
    model = Built(SPEC, sets)
    weights = model.shake()
    layer = model.models.training.get_layer("watch_softmax")
    (sampler,) = layer.samplers
    assert (layer.temperature, sampler.n, sampler.min_id) == (0.5, 7, 3)
    assert weights["query_mlp_dense_1/kernel"].shape == (41, 32)
    query = np.asarray(model.models.model(batch())["watch"])
    np.testing.assert_allclose(np.linalg.norm(query, axis=1), 1.0, rtol=1e-5)  # `post` acts once, on the query
    assert (query < 0).any()  # and with a linear last layer a query is not bound to one corner
    assert codes(SPEC, sets={"num_sampled": "20_000"}) == ["REC144"]


def test_a_block_as_default_is_no_shared_layer() -> None:
    # Merlin's default `top_block` is one object, made when the module is imported: two models share its weights.
    text = SPEC.replace("tower query  =", "tower other  = inputs -> top_block\ntower query  =") + (
        "loss again = other -> softmax(candidate, negatives=in_batch)\n"
    )
    weights = built(text).weights
    assert weights["other_mlp_dense/kernel"].shape == weights["query_mlp_dense/kernel"].shape == (41, 8)
    assert not np.array_equal(weights["other_mlp_dense/kernel"], weights["query_mlp_dense/kernel"])
    assert built(text).models.training.get_layer("query_mlp_dense") is not built(text).models.training.get_layer(
        "other_mlp_dense"
    )


def test_other_outputs_read_the_query() -> None:
    text = SPEC.replace("  user_age ", "  label liked : bool\n  user_age ") + "head liked = query -> logit\nloss liked = bce\n"
    assert set(built(text).models.model.output) == {"liked", "watch"}
    pointwise = text[: text.index("loss watch")].replace("param candidate          = @item & @id\n", "")
    for name in ("logits_temperature", "num_sampled", "min_sampled_id"):
        pointwise = "\n".join(line for line in pointwise.splitlines() if not line.startswith(f"param {name}")) + "\n"
    assert set(Built(pointwise + "head liked = query -> logit\nloss liked = bce\n").models.model.output) == {"liked"}


# 12 and section 6: what is refused, before anything is built


def test_a_query_as_wide_as_no_item_is_refused_with_both_origins() -> None:
    (wrong,) = check_text(SPEC.replace("mlp(8)", "mlp(64)"))
    assert wrong.code == "REC521"
    text = to_text([wrong])
    assert "got 64 and 8" in text
    assert "the query has width 64 because of `mlp(64)`" in text
    assert "the candidates have width 8 because of the `dim` of its table" in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("candidate          = @item & @id", "candidate          = @input", "REC523"),  # Merlin takes the first of several
        ("-> softmax(candidate,", "-> softmax(item_id_seq,", "REC524"),  # a history is not a candidate
        ("logq=true)", "logq=true, l2_normalization=true)", "REC301"),  # Merlin swallows unknown keywords
        ("num_sampled        = 10 ", "num_sampled        = 200 ", "REC529"),  # more than there are
        ("{ dim=8, categories(dim=16) }", "{ item_id(dim=8) }", "REC129"),  # no width is made up
        ("user_age     : float       -> standardize    @input", "user_age     : float @input", "REC405"),
    ],
)
def test_refusals(old: str, new: str, code: str) -> None:
    assert old in SPEC
    assert set(codes(SPEC.replace(old, new))) == {code}
