"""All metrics of a model on some rows, exactly."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from specc.runtime.training.heads import pointwise_metric
from specc.runtime.training.measures import Measure
from specc.runtime.training.prediction import predict
from specc.runtime.training.ranking import Ranked, ranking_metrics


def evaluate(
    model: Any,
    frame: pl.DataFrame,
    inputs: Mapping[str, Any],
    measures: Mapping[str, Measure],
    ranked: Mapping[str, Ranked] | None = None,
    batch: int = 8192,
) -> dict[str, float]:
    """Predicts once and computes every metric over all rows that count, not as a mean of batches; NaN where none does.

    Args:
        model: from inputs to predictions (rows, 1) by head, and vectors (rows, d) by retrieval loss.
        frame: the rows, for labels, conditions and groups.
        inputs: the same rows encoded, by input name; with the ids of candidates and what was seen, where measures name them.
        measures: by name.
        ranked: for each retrieval output that is measured, what it ranks.
        batch: rows that are predicted at a time.
    """
    predictions = predict(model, inputs, batch)
    ranked = ranked or {}
    outputs = {measure.output for measure in measures.values() if measure.candidates is not None}
    vectors = {
        name: (predictions[name], ranked[name].network.predict(ranked[name].ids, batch_size=batch, verbose=0))
        for name in sorted(outputs)
    }
    rankings = ranking_metrics(frame, inputs, measures, ranked, vectors)
    return {
        name: rankings[name] if measure.label is None else pointwise_metric(frame, measure, predictions[measure.output])
        for name, measure in measures.items()
    }
