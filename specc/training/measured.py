"""Metrics of encoded rows, some rows at a time: what is held of all of them is what a metric needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from specc.ir.program import Program
from specc.runtime.metrics.ranks import Catalogue, Ranks, joined_ranks
from specc.runtime.training.heads import pointwise_metric
from specc.runtime.training.popularity import popularity_ranks
from specc.runtime.training.ranking import Ranked, metrics_of_ranks
from specc.training.candidates import CandidateSet
from specc.training.encoding import Encoders
from specc.training.forward import AT_ONCE, Forward, some_rows
from specc.training.measuring import measures


class Measured:
    """Metrics of one part's rows, and the same rows encoded: call it after each epoch.

    frame: the rows, for labels, conditions and groups; inputs: arrays, or Stored.
    """

    def __init__(
        self,
        program: Program,
        forward: Forward,
        encoders: Encoders,
        candidates: dict[str, CandidateSet],
        frame: pl.DataFrame,
        inputs: dict[str, Any],
    ) -> None:
        self.forward = forward
        self.frame = frame
        self.inputs = inputs
        self.measures = measures(program, encoders, frame.schema)
        self.ranked = {
            loss: Ranked(each.ids, each.counts, forward.models.candidates[loss]) for loss, each in candidates.items()
        }  # fmt: skip

    def __call__(self) -> dict[str, float]:
        """The metrics now, as `specc.runtime.training.evaluation.evaluate` gives them: of a head its predictions are kept, of a
        retrieval output the ranks.
        """
        heads = {one.output: list[Any]() for one in self.measures.values() if one.label is not None}
        ranking = {(one.output, one.seen): one for one in self.measures.values() if one.candidates is not None}
        outputs_ranked = sorted({output for output, _ in ranking})
        catalogues = {
            name: Catalogue(self.forward.candidates(name, self.ranked[name].ids), self.ranked[name].ids)
            for name in outputs_ranked
        }
        ranks = {key: list[Ranks]() for key in ranking}
        start = 0
        for outputs in self.forward.predictions(self.inputs):
            rows = slice(start, start + len(next(iter(outputs.values()))))
            start = rows.stop
            for name, kept in heads.items():
                kept.append(outputs[name].reshape(-1))
            for (output, seen), one in ranking.items():
                given = None if seen is None else some_rows(self.inputs[seen], rows)
                left_out = None if given is None else (given.values, given.offsets)
                targets = some_rows(self.inputs[one.candidates or ""], rows)
                ranks[output, seen].append(catalogues[output].ranks(outputs[output], targets, left_out))
        predicted = {name: np.concatenate(kept) for name, kept in heads.items()}
        rankings = metrics_of_ranks(self.frame, self.measures, {key: joined_ranks(found) for key, found in ranks.items()})
        return {
            name: rankings[name] if one.label is None else pointwise_metric(self.frame, one, predicted[one.output])
            for name, one in self.measures.items()
        }

    def popularity(self) -> dict[str, float]:
        """The ranking metrics of the popularity baseline."""
        ranks = {(one.output, one.seen): list[Ranks]() for one in self.measures.values() if one.candidates is not None}
        read = {name for one in self.measures.values() for name in (one.candidates, one.seen) if name is not None}
        for start in range(0, self.frame.height, AT_ONCE):
            rows = slice(start, min(start + AT_ONCE, self.frame.height))
            inputs = {name: some_rows(self.inputs[name], rows) for name in read}
            for key, found in popularity_ranks(inputs, self.measures, self.ranked).items():
                ranks[key].append(found)
        return metrics_of_ranks(self.frame, self.measures, {key: joined_ranks(found) for key, found in ranks.items()})

    def gates(self) -> dict[str, float]:
        """The mean weights of the gates, as `gate_weights` gives them; nothing without `gate_metrics`."""
        if self.forward.models.gates is None:
            return {}
        sums = dict[str, Any]()
        for weights in self.forward.gates(self.inputs):
            for name, values in weights.items():
                sums[name] = sums.get(name, 0.0) + values.sum(axis=0, dtype="float64")
        return {
            f"{name}.weight_{place}": float(total / self.frame.height)
            for name, totals in sums.items()
            for place, total in enumerate(totals)
        }
