"""The base of metrics."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.word import Arg, Choice, ColumnName, LabelName, Rows, Word


class Metric(Word):
    """A metric, computed on the validation rows. All take `where` and `row_weight`, as losses do.

    `better` says which way is up; `target` is the function; `predicts` and `labels` are as in losses.
    """

    predicts: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[tuple[str, ...]] = ()
    better: ClassVar[str] = "max"
    target: ClassVar[str] = ""
    ranking: ClassVar[bool] = False
    where = Arg(
        Rows("bool"), None, "which rows count; by default those of the loss, or with `label` all that have one", named=True
    )
    row_weight = Arg(Rows("number"), None, "the weight of each row", named=True)


class Pointwise(Metric):
    """A metric of a head against a label."""

    label = Arg(LabelName(), None, "the label; the one of the loss by default", named=True)
    by = Arg(ColumnName(), None, "average over the groups of rows with one value of this column, by their rows", named=True)


class Ranking(Metric):
    """A metric of a retrieval loss at a cut-off, over all candidates: exact, and ties count as if they were ordered by
    chance.
    """

    ranking = True
    seen = Arg(Choice("keep", "remove"), "keep", "whether candidates of the same user's earlier rows are ranked", named=True)
