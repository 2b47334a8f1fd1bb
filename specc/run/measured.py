"""Metrics of encoded rows, some rows at a time: what is held of all of them is what a metric needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from specc.ir.program import Program
from specc.run.blocks import AT_ONCE, some_rows
from specc.run.candidates import CandidateSet
from specc.run.encoding import Encoders
from specc.run.measuring import measures
from specc.runtime.metrics.ranks import Catalogue, Ranks, joined_ranks
from specc.runtime.training.evaluation import metrics_of
from specc.runtime.training.gates import by_expert
from specc.runtime.training.popularity import popularity_ranks
from specc.runtime.training.ranking import Ranked, catalogue_ranks, metrics_of_ranks

if TYPE_CHECKING:
    from specc.run.forward import Forward


class Measured:
    """Metrics of one part's rows, and the same rows encoded: call it after each epoch.

    frame: the rows, for labels, conditions and groups; inputs: arrays, or in column files.
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
        self.candidates = candidates
        self.measures = measures(program, encoders, frame.schema)
        self.ranked = {
            loss: Ranked(each.ids, each.counts, forward.models.candidates[loss]) for loss, each in candidates.items()
        }  # fmt: skip

    def __call__(self) -> dict[str, float]:
        """The metrics now, as `specc.runtime.training.evaluation.evaluate` gives them: of a head its predictions are kept, of a
        retrieval output the ranks.
        """
        heads = {one.output: list[Any]() for one in self.measures.values() if one.label is not None}
        outputs_ranked = sorted({one.output for one in self.measures.values() if one.candidates is not None})
        catalogues = {
            name: Catalogue(self.forward.candidates(name, self.candidates[name]), self.ranked[name].ids)
            for name in outputs_ranked
        }
        blocks = list[dict[tuple[str, str | None], Ranks]]()
        start = 0
        for outputs in self.forward.predictions(self.inputs):
            rows = slice(start, start + len(next(iter(outputs.values()))))
            start = rows.stop
            for name, kept in heads.items():
                kept.append(outputs[name].reshape(-1))
            blocks.append(catalogue_ranks(self._listed(rows), self.measures, catalogues, outputs))
        predicted = {name: np.concatenate(kept) for name, kept in heads.items()}
        return metrics_of(self.frame, self.measures, predicted, _joined(blocks))

    def popularity(self) -> dict[str, float]:
        """The ranking metrics of the popularity baseline."""
        starts = range(0, self.frame.height, AT_ONCE)
        blocks = [popularity_ranks(self._listed(slice(start, start + AT_ONCE)), self.measures, self.ranked) for start in starts]
        return metrics_of_ranks(self.frame, self.measures, _joined(blocks))

    def gates(self) -> dict[str, float]:
        """The mean weights of the gates; nothing without `gate_metrics`."""
        if self.forward.models.gates is None:
            return {}
        sums = dict[str, Any]()
        for weights in self.forward.gates(self.inputs):
            for name, values in weights.items():
                sums[name] = sums.get(name, 0.0) + values.sum(axis=0, dtype="float64")
        return by_expert({name: totals / self.frame.height for name, totals in sums.items()})

    def _listed(self, rows: slice) -> dict[str, Any]:
        """What ranking metrics read of some encoded rows."""
        read = {name for one in self.measures.values() for name in (one.candidates, one.seen) if name is not None}
        return {name: some_rows(self.inputs[name], rows) for name in read}


def _joined(blocks: list[dict[tuple[str, str | None], Ranks]]) -> dict[tuple[str, str | None], Ranks]:
    return {key: joined_ranks([block[key] for block in blocks]) for key in blocks[0]} if blocks else {}
