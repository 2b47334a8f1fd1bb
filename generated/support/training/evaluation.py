"""All metrics of a model on some rows, exactly."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ..metrics.ranks import Catalogue, Ranks
from .heads import pointwise_metric
from .measures import Measure
from .prediction import predict, vectors_of
from .ranking import Ranked, catalogue_ranks, metrics_of_ranks


def evaluate(
    model: Any,
    frame: pl.DataFrame,
    inputs: Mapping[str, Any],
    measures: Mapping[str, Measure],
    ranked: Mapping[str, Ranked] | None = None,
) -> dict[str, float]:
    """Predicts once and computes every metric over all rows that count, not as a mean of batches; NaN where none does.

    Args:
        model: from inputs to predictions (rows, 1) by head, and vectors (rows, d) by retrieval loss.
        frame: the rows, for labels, conditions and groups.
        inputs: the same rows encoded, by input name; with the ids of candidates and what was seen, where measures name them.
        measures: by name.
        ranked: for each retrieval output that is measured, what it ranks.
    """
    predictions = predict(model, inputs)
    outputs = {measure.output for measure in measures.values() if measure.candidates is not None}
    catalogues = {
        name: Catalogue(vectors_of(each.network, each.ids), each.ids)
        for name, each in sorted((ranked or {}).items())
        if name in outputs
    }
    return metrics_of(frame, measures, predictions, catalogue_ranks(inputs, measures, catalogues, predictions))


def metrics_of(
    frame: pl.DataFrame,
    measures: Mapping[str, Measure],
    predictions: Mapping[str, Any],
    ranks: Mapping[tuple[str, str | None], Ranks],
) -> dict[str, float]:
    """Every metric, of the heads' predictions (rows,) or (rows, 1) by output, and of ranks."""
    rankings = metrics_of_ranks(frame, measures, ranks)
    return {
        name: rankings[name] if measure.label is None else pointwise_metric(frame, measure, predictions[measure.output])
        for name, measure in measures.items()
    }
