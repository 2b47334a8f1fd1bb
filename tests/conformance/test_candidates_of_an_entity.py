"""Rule 27 where rows hold keys that the entity lacks: these are no candidates, neither ranked nor learned nor drawn."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import polars as pl
import pytest

from specc import api
from specc.backends.keras import build_models
from specc.driver import Compilation
from specc.run.fitting import Fitted, fit
from specc.run.runs import Run
from specc.run.session import compile_training, training_batches
from specc.run.training import train
from specc.runtime.layers.samplers import LogUniform, Uniform
from specc.runtime.layers.softmax import FullSoftmax
from specc.text import Source

SPEC = """rec 1
schema plays {
  user  : int -> vocab
  track : int -> vocab
}
schema tracks(key=track) { genre : string -> vocab }
embeddings { dim=3 }
tower query = user -> embed
tower item = [track, genre] -> embed -> sum
loss next = query -> softmax(item)
metrics { next: [recall@1, recall@2] }
train { batch=16, epochs=1 }
"""
# By falling count: 10 is id 1, 11 is 2, 12 is 3, 13 is 4, 14 is 5. The entity has 10, 12 and 14, and 99 that nobody played.
PLAYED = [10, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 13, 13, 14]
PLAYS = pl.DataFrame({"user": [1 + i % 3 for i in range(15)], "track": PLAYED})
TRACKS = pl.DataFrame({"track": [14, 10, 99, 12], "genre": ["a", "b", "a", "b"]})
IDS = [1, 3, 5]


def fitted(softmax: str, tracks: pl.DataFrame = TRACKS) -> tuple[Any, Fitted, Any, dict[str, Any]]:
    compilation = Compilation(source=Source("x.rec", SPEC.replace("softmax(item)", softmax)))
    assert not compilation.diagnostics, compilation.diagnostics
    program = compilation.program
    assert program is not None
    found = fit(compilation, {"plays": PLAYS, "tracks": tracks})
    models = build_models(program, found.sizes, found.counts, found.catalogue, found.candidate_ids)
    compile_training(program, models)
    return program, found, models, next(training_batches(program, found).dataset().as_numpy_iterator())[0]


def vectors(models: Any, inputs: dict[str, Any], ids: list[int]) -> tuple[Any, Any]:
    """Of the rows and of candidates, float64."""
    query = models.model.predict({"user": inputs["user"]}, verbose=0)["next"].astype("float64")
    return query, models.candidates["next"].predict(np.array(ids), verbose=0).astype("float64")


def softmax_layer(models: Any) -> Any:
    return next(layer for layer in models.training.layers if hasattr(layer, "scores"))


def test_rows_of_what_is_no_candidate_do_not_count() -> None:
    _, found, _, _ = fitted("softmax(item)")
    assert found.candidates["next"].ids.tolist() == IDS
    assert found.candidates["next"].values.to_list() == [10, 12, 14]
    expected = [1] * 5 + [-1] * 4 + [3] * 3 + [-1] * 2 + [5]
    assert found.labels["next"].tolist() == expected
    assert found.weights["next"].tolist() == [float(label > 0) for label in expected]
    assert found.counts["next"].tolist() == [0, 5, 0, 3, 0, 1]


def test_a_full_softmax_ranges_over_the_rows_of_the_entity() -> None:
    _, found, models, inputs = fitted("softmax(item)")
    losses = np.asarray(models.training(inputs)["next"]).reshape(-1)
    own = inputs["next_positive"]
    query, candidates = vectors(models, inputs, IDS)
    scores = query @ candidates.T
    place = np.array([IDS.index(i) if i in IDS else 0 for i in own])
    expected = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(15), place]
    np.testing.assert_allclose(losses, np.where(own > 0, expected, 0.0), rtol=1e-5, atol=1e-6)
    assert (found.weights["next"] == 0).sum() == 6


def draws(sampler: Any, times: int = 300) -> Any:
    """How often each id was drawn, of `times` samples."""
    found = np.bincount(np.concatenate([np.asarray(sampler.sample()) for _ in range(times)]), minlength=6)
    assert found.sum() == times * sampler.n
    return found


@pytest.mark.parametrize("word", ["uniform(2)", "log_uniform(2)", "popularity(2)", "log_uniform(2, min_id=2)"])
def test_samplers_draw_candidates_only(word: str) -> None:
    _, _, models, _ = fitted(f"softmax(item, negatives=[{word}], logq=true)")
    layer = softmax_layer(models)
    found = draws(layer.samplers[0])
    assert found[[0, 2, 4]].tolist() == [0, 0, 0]
    expected = np.asarray(layer.samplers[0].inclusion(np.arange(6, dtype="int32"), 1))
    assert expected.sum() == pytest.approx(2, rel=1e-6)
    np.testing.assert_allclose(found / 300, expected, atol=0.12)
    if word == "uniform(2)":
        np.testing.assert_allclose(expected, [0, 2 / 3, 0, 2 / 3, 0, 2 / 3], rtol=1e-6)
    if "min_id" in word:
        assert found.tolist() == [0, 0, 0, 300, 0, 300]


def test_logq_of_a_pool_counts_over_candidates_only() -> None:
    _, _, models, inputs = fitted("softmax(item, negatives=[in_batch, uniform(3)], logq=true)")
    logits = np.asarray(
        softmax_layer(models).logits(
            *softmax_layer(models).scores(models.model({"user": inputs["user"]})["next"], inputs["next_positive"])
        )
    )
    query, candidates = vectors(models, inputs, list(range(6)))
    own = inputs["next_positive"]
    # All three candidates are drawn, once each; 9 rows of a batch count, 5, 3 and 1 of them of an id.
    expected_count = {1: 5.0 + 1, 3: 3.0 + 1, 5: 1.0 + 1}
    for row in np.flatnonzero(own > 0):
        positive = query[row] @ candidates[own[row]] - np.log(expected_count[own[row]])
        assert logits[row, 0] == pytest.approx(positive, rel=1e-4, abs=1e-5)
        pool = np.sort(logits[row, 1:][logits[row, 1:] > -1e8])
        others = [i for i in [*own[own > 0], *IDS] if i != own[row]]
        expected = np.sort([query[row] @ candidates[i] - np.log(expected_count[i]) for i in others])
        np.testing.assert_allclose(pool, expected, rtol=1e-4, atol=1e-5)


def test_a_sampler_cannot_draw_more_than_there_are_rows() -> None:
    with pytest.raises(api.SpecError) as error:
        fitted("softmax(item, negatives=[uniform(4)])")
    (found,) = error.value.diagnostics
    assert (found.code, "to draw: 3" in found.message) == ("REC716", True)


def test_where_all_ids_are_candidates_nothing_is_looked_up() -> None:
    everything = pl.DataFrame({"track": [10, 11, 12, 13, 14], "genre": ["a", "b", "a", "b", "a"]})
    for softmax in ("softmax(item)", "softmax(item, negatives=[uniform(2), log_uniform(2)])"):
        _, _, models, _ = fitted(softmax, everything)
        layer = softmax_layer(models)
        assert [getattr(each, "listed", None) for each in (layer, *getattr(layer, "samplers", []))].count(None) > 0
        assert not [weight.path for weight in models.training.weights if "listed" in weight.path]


def test_a_run_knows_its_candidates(tmp_path: Path) -> None:
    (tmp_path / "x.rec").write_text(SPEC.replace("softmax(item)", "softmax(item, negatives=[uniform(2)])"))
    run = train(Compilation(str(tmp_path / "x.rec")), data={"plays": PLAYS, "tracks": TRACKS}, out=str(tmp_path / "run"))
    # Every row is measured; of 15 the 6 without a candidate of their own are misses, as in rule 29.
    assert run.metrics["all"]["next.recall@2"] <= 9 / 15
    again = Run.load(str(tmp_path / "run")).models
    sampler = softmax_layer(again).samplers[0]
    assert np.asarray(sampler.listed.ids).tolist() == IDS


def test_models_built_from_data_or_a_run_have_the_same_candidates(tmp_path: Path) -> None:
    spec = tmp_path / "x.rec"
    data = {"plays": tmp_path / "plays.parquet", "tracks": tmp_path / "tracks.parquet"}
    spec.write_text(SPEC)
    PLAYS.write_parquet(data["plays"])
    TRACKS.write_parquet(data["tracks"])
    run = api.train(spec, data=data, out=tmp_path / "run", verbose=False)
    for models in (api.build_models(spec, data=data), api.build_models(spec, run=run.folder)):
        assert np.asarray(softmax_layer(models).listed.ids).tolist() == IDS
    sizes = {"user": 4, "track": 6, "genre": 3}
    assert softmax_layer(api.build_models(spec, sizes=sizes)).listed is None


def test_data_tell_candidates_also_where_the_spec_tells_all_sizes(tmp_path: Path) -> None:
    spec = tmp_path / "x.rec"
    spec.write_text(
        SPEC.replace("user  : int -> vocab", "user  : int -> index(5)")
        .replace("track : int -> vocab", "track : int -> index(20)")
        .replace("string -> vocab", 'string -> vocab(["a", "b"])')
    )
    assert softmax_layer(api.build_models(spec)).listed is None
    PLAYS.write_parquet(tmp_path / "plays.parquet")
    TRACKS.filter(pl.col("track") < 20).write_parquet(tmp_path / "tracks.parquet")
    models = api.build_models(spec, data={name: tmp_path / f"{name}.parquet" for name in ("plays", "tracks")})
    assert np.asarray(softmax_layer(models).listed.ids).tolist() == [10, 12, 14]


@pytest.mark.parametrize("kind", [Uniform, LogUniform])
def test_a_saved_sampler_keeps_its_ids(kind: Any) -> None:
    sampler = kind(n=2, low=1, high=9, ids=[2, 3, 7, 8], seed=1)
    again = kind.from_config(sampler.get_config())
    again.set_weights(sampler.get_weights())
    ids = np.arange(9, dtype="int32")
    np.testing.assert_array_equal(again.inclusion(ids, 1), sampler.inclusion(ids, 1))
    assert set(np.asarray(again.sample()).tolist()) <= {2, 3, 7, 8}


def test_a_saved_softmax_keeps_its_ids(tmp_path: Path) -> None:
    query, positive = keras.Input((3,), name="query"), keras.Input((), dtype="int32", name="positive")
    candidates = keras.Sequential([keras.layers.Embedding(9, 3)])
    model = keras.Model([query, positive], FullSoftmax(candidates, 1, 9, ids=[2, 3, 7])(query, positive))
    inputs = [np.random.default_rng(0).normal(size=(4, 3)).astype("float32"), np.array([2, 7, 4, -1], "int32")]
    before = model.predict(inputs, verbose=0)
    assert (before[2:] == 0).all()
    assert (before[:2] > 0).all()
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras").predict(inputs, verbose=0), before)


def test_ids_must_be_candidates() -> None:
    with pytest.raises(ValueError, match="candidates must be in"):
        Uniform(n=1, low=1, high=9, ids=[0, 3])
