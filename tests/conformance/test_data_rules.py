"""Rules of the language that rows show: what a vocabulary is fitted on (14), what a query over a history learns (21), values out of
vocabulary in retrieval (29), and what a server is given (31)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from specc.backends.keras import build_models
from specc.driver import Compilation, check_text
from specc.run import predict, train
from specc.run.fitting import Fitted, fit
from specc.run.session import compile_training, training_batches
from specc.text import Source


def fitted(text: str, **data: pl.DataFrame) -> Fitted:
    """What data decide of a spec text."""
    compilation = Compilation(source=Source("x.rec", text))
    assert not compilation.diagnostics, compilation.diagnostics
    return fit(compilation, data)


SHARED = """rec 1
schema events {
  item  : int -> vocab
  shown : int -> same(item)
  user  : int
  at    : int
  past  = history(item, by=user, last=3)
  label good : bool
}
schema items(key=item) { kind : string -> vocab }
data {
  events = csv("events.csv")
  items  = csv("items.csv")
  split  = by_time(at, valid=6)
}
embeddings { dim=2 }
head good = [item -> embed, shown -> embed, past -> embed -> mean, kind -> embed] -> concat -> logit
loss good = bce
metrics { good: auc }
"""
EVENTS = pl.DataFrame(
    {
        "item": [7, 5, 5, 9, 7, 5, 4, 4, 4, 4],
        "shown": [3, 3, 9, 9, 3, 7, 8, 8, 8, 8],
        "user": [1, 1, 2, 2, 1, 2, 1, 2, 1, 2],
        "at": list(range(10)),
        "good": [True, False] * 5,
    }
)
ITEMS = pl.DataFrame({"item": [2, 3, 4, 5, 6, 7, 8, 9], "kind": list("aabbccdd")})


def test_rule_14_a_vocabulary_is_fitted_on_the_union_of_its_columns_over_training_rows() -> None:
    found = fitted(SHARED, events=EVENTS, items=ITEMS)
    train = EVENTS.filter(pl.col("at") < 6)
    counts = Counter([*train["item"], *train["shown"]])  # the history and the entity's key only repeat the column's values
    order = sorted(counts, key=lambda value: (-counts[value], value))
    ids = {value: 1 + place for place, value in enumerate(order)}  # 0 is out of vocabulary; there is no row for padding
    assert found.sizes["item"] == 1 + len(ids) == 5
    assert found.inputs["item"].tolist() == [ids[value] for value in train["item"]]
    assert found.inputs["shown"].tolist() == [ids[value] for value in train["shown"]]
    held_out = found.encoders.encode_rows(found.rows.parts["valid"])
    assert held_out["item"].tolist() == [0] * 4  # 4 is in no training row, though the items have it
    assert held_out["shown"].tolist() == [0] * 4


def test_rule_14_the_rows_of_an_entity_do_not_count() -> None:
    found = fitted(SHARED, events=EVENTS, items=ITEMS)
    assert found.sizes["kind"] == 1 + len({"b", "c", "d"})  # `a` is the kind of 2 and 3, and no training row's item is one
    kinds = dict(ITEMS.iter_rows())
    train = EVENTS.filter(pl.col("at") < 6)
    counts = Counter(kinds[item] for item in train["item"])
    order = sorted(counts, key=lambda value: (-counts[value], value))
    assert found.inputs["kind"].tolist() == [1 + order.index(kinds[item]) for item in train["item"]]


NEXT = """rec 1
schema plays {
  user  : int
  track : int -> vocab
  at    : time
  past  = history(track, by=user, last=4)
}
embeddings { dim=3 }
tower query = past -> embed -> mean
loss next = query -> softmax(track)
train { optimizer=sgd(0.1), batch=64, seed=1, shuffle=false }
"""
PLAYS = pl.DataFrame(
    {
        "user": [1, 1, 1, 1, 1, 1, 2, 2],
        "track": [10, 11, 12, 10, 13, 11, 12, 13],
        "at": pl.Series([f"2024-01-0{day} 00:00:00" for day in (1, 2, 3, 4, 5, 6, 1, 1)]).str.to_datetime(),
    }
)


def test_rule_21_the_target_of_a_query_over_a_history_is_the_rows_own_value() -> None:
    found = fitted(NEXT, plays=PLAYS)
    ids = dict(zip(PLAYS["track"], found.labels["next"].tolist(), strict=True))
    assert [ids[track] for track in PLAYS["track"]] == found.labels["next"].tolist()
    past = found.inputs["past"]
    steps = [past.values[a:b].tolist() for a, b in zip(past.offsets, past.offsets[1:], strict=False)]
    # Strictly earlier rows of the same user, the last four, oldest first; the row's own track is the step behind them.
    expected = [[], [10], [10, 11], [10, 11, 12], [10, 11, 12, 10], [11, 12, 10, 13], [], []]
    assert steps == [[ids[track] for track in tracks] for tracks in expected]


def test_rule_21_a_sequence_is_no_query_yet() -> None:
    """Every step as a query needs operators of a later issue; until then a sequence is an error, and not pooled in silence."""
    (found,) = check_text(NEXT.replace("embed -> mean", "embed -> dense(3)"))
    assert (found.code, found.span and found.span.text) == ("REC203", "softmax")


RARE = NEXT.replace("int -> vocab", "int -> vocab(min_count=2, oov=2)")
RARE_PLAYS = PLAYS.with_columns(track=pl.Series([10, 10, 11, 99, 11, 98, 10, 11]))


@pytest.mark.parametrize(
    "negatives", ["", ", negatives=[in_batch]", ", negatives=[uniform(2)], logq=true", ", negatives=[in_batch, popularity(1)]"]
)
def test_rule_29_an_unknown_target_gives_no_loss(negatives: str) -> None:
    text = RARE.replace("softmax(track", f"softmax(track{negatives}")
    compilation = Compilation(source=Source("x.rec", text))
    program = compilation.program
    assert program is not None
    found = fit(compilation, {"plays": RARE_PLAYS})
    assert found.labels["next"].tolist() == [2, 2, 3, -1, 3, -1, 2, 3]
    assert found.weights["next"].tolist() == [1, 1, 1, 0, 1, 0, 1, 1]
    assert found.candidates["next"].ids.tolist() == [2, 3]  # what is ranked: no id below 2
    assert found.candidates["next"].values.to_list() == [10, 11]
    assert found.candidates["next"].counts.tolist() == [0, 0, 3, 3]

    models = build_models(program, found.sizes, found.counts, found.catalogue)
    compile_training(program, models)
    inputs, labels, _ = next(training_batches(program, found).dataset().as_numpy_iterator())
    table = next(layer for layer in models.training.layers if hasattr(layer, "table"))
    losses = np.asarray(models.training(inputs)["next"]).reshape(-1)
    assert (losses[labels["next"] == -1] == 0).all()
    if not negatives:
        vectors = table.table.numpy().astype("float64")
        past = np.asarray(inputs["past"])
        query = np.stack([vectors[row[row >= 0]].mean(axis=0) if (row >= 0).any() else np.zeros(3) for row in past])
        logits = query @ vectors[2:].T  # the two unknown ids are no candidates
        rows = labels["next"] >= 0
        own = np.maximum(labels["next"] - 2, 0)
        expected = np.log(np.exp(logits).sum(axis=1))[rows] - logits[np.arange(8), own][rows]
        np.testing.assert_allclose(losses[rows], expected, rtol=1e-5, atol=1e-6)


def test_rule_21_each_loss_counts_its_own_positives() -> None:
    text = NEXT.replace(
        "loss next", "loss early = query -> softmax(track, negatives=[in_batch], logq=true, where=track < 12)\nloss next"
    )
    text = text.replace("softmax(track)", "softmax(track, negatives=[in_batch, popularity(1)], logq=true, where=track >= 12)")
    compilation = Compilation(source=Source("x.rec", text))
    assert compilation.program is not None, compilation.diagnostics
    found = fit(compilation, {"plays": PLAYS})
    values = found.candidates["next"].values.to_list()
    early, late = (
        dict(zip(values, found.counts[loss][found.candidates[loss].ids].tolist(), strict=True)) for loss in ("early", "next")
    )
    assert early == {10: 2, 11: 2, 12: 0, 13: 0}
    assert late == {10: 0, 11: 0, 12: 2, 13: 2}
    models = build_models(compilation.program, found.sizes, found.counts, found.catalogue)
    layers = {layer.name: layer for layer in models.training.layers if hasattr(layer, "positives")}
    shares = {name: np.asarray(layer.positives.shares)[-4:] for name, layer in layers.items()}
    place = {value: k for k, value in enumerate(values)}
    for name, counts in (("early_softmax", early), ("next_softmax", late)):
        expected = [counts[value] / 4 for value in sorted(place, key=place.__getitem__)]
        np.testing.assert_allclose(shares[name], expected)


@pytest.mark.parametrize("sampler", ["uniform(2)", "log_uniform(2)", "popularity(2, power=0.5)"])
def test_rule_29_unknown_values_are_never_sampled(sampler: str) -> None:
    text = RARE.replace("softmax(track", f"softmax(track, negatives=[{sampler}]")
    compilation = Compilation(source=Source("x.rec", text))
    program = compilation.program
    assert program is not None
    found = fit(compilation, {"plays": RARE_PLAYS})
    models = build_models(program, found.sizes, found.counts, found.catalogue)
    (loss,) = (layer for layer in models.training.layers if hasattr(layer, "samplers"))
    for _ in range(20):
        assert sorted(np.asarray(loss.samplers[0].sample()).tolist()) == [2, 3]


def test_rule_29_an_unknown_target_counts_as_a_miss(tmp_path: Path) -> None:
    plays = pl.DataFrame({"user": [1, 1, 2, 2, 3, 3], "track": [10, 11, 11, 10, 10, 99], "at": PLAYS["at"][:6]})
    plays.write_parquet(tmp_path / "plays.parquet")
    data = 'data {\n  plays = parquet("plays.parquet")\n  split = leave_last(by=user, valid=1, test=0)\n}\n'
    text = NEXT + data + "metrics { next: [recall@5, mrr@5, recall@5(seen=remove)] }\n"
    (tmp_path / "x.rec").write_text(text)
    run = train(Compilation(str(tmp_path / "x.rec")), out=str(tmp_path / "run"), verbose=False)
    found = run.metrics["valid"]
    assert found["next.recall@5"] == pytest.approx(2 / 3)  # both tracks are among the first five; 99 is not a candidate
    assert found["next.recall@5(seen=remove)"] == pytest.approx(2 / 3)  # each user's target is the one that is left
    assert found["next.mrr@5"] <= 2 / 3


SERVED = """rec 1
schema plays {
  user  : int
  track : int    -> vocab
  price : float
  at    : time
  cheap = price < 2 -> index(2)
  twice = price * 2 -> standardize
  past  = history(track, by=user, last=4)
  label liked : bool
}
schema tracks(key=track) {
  genre  : string -> vocab
  length : float  -> standardize
}
data {
  plays  = parquet("plays.parquet")
  tracks = parquet("tracks.parquet")
}
embeddings { dim=3 }
tower x = [[cheap, genre] -> embed, twice, length, past -> embed -> mean] -> concat
head liked = x -> logit
loss liked = bce
train { batch=8, seed=2 }
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run of SERVED."""
    folder = tmp_path_factory.mktemp("served")
    plays = PLAYS.with_columns(price=pl.Series([1.0, 3, 1, 4, 5, 1, 2, 9]), liked=pl.Series([True, False] * 4))
    plays.write_parquet(folder / "plays.parquet")
    tracks = pl.DataFrame({"track": [10, 11, 12, 13], "genre": ["a", "b", "a", "c"], "length": [1.0, 2.0, 3.0, 5.0]})
    tracks.write_parquet(folder / "tracks.parquet")
    (folder / "x.rec").write_text(SERVED)
    return train(Compilation(str(folder / "x.rec")), out=str(folder / "run"), verbose=False)


def test_rule_31_the_exported_model_takes_histories_as_inputs(served: Any) -> None:
    assert sorted(tensor.name for tensor in served.models.model.inputs) == ["cheap", "genre", "length", "past", "twice"]


def test_rule_31_row_expressions_are_computed_and_entities_looked_up(served: Any, tmp_path: Path) -> None:
    # A server has raw values: no label, no genre, no length, and not the columns that the spec derives.
    asked = pl.DataFrame({"user": [1, 2, 3], "track": [13, 10, 11], "price": [1.5, 2.0, 7.0], "at": [PLAYS["at"][5]] * 3})
    asked.write_parquet(tmp_path / "asked.parquet")
    predictions = predict(served, data={"plays": str(tmp_path / "asked.parquet")})

    prices = np.array([1.0, 3, 1, 4, 5, 1, 2, 9])
    lengths = np.array([{10: 1.0, 11: 2.0, 12: 3.0, 13: 5.0}[track] for track in PLAYS["track"]])
    genres = ["a", "b", "c"]  # by falling count over the plays: 4, 2, 2
    inputs = {
        "cheap": np.array([1, 0, 0], "int32"),
        "twice": (((asked["price"].to_numpy() * 2) - (prices * 2).mean()) / (prices * 2).std()).astype("float32"),
        "genre": np.array([1 + genres.index(genre) for genre in "cab"], "int32"),
        "length": ((np.array([5.0, 1.0, 2.0]) - lengths.mean()) / lengths.std()).astype("float32"),
        "past": np.full((3, 4), -1, "int32"),  # nothing lies before these rows
    }
    shaped = {t.name: inputs[t.name].reshape(3, *t.shape[1:]) for t in served.models.model.inputs}
    expected = np.asarray(served.models.model(shaped)["liked"]).reshape(-1)
    np.testing.assert_allclose(predictions["liked"].to_numpy(), expected, rtol=1e-5)
    assert len(set(expected.tolist())) == 3
