"""The base of metrics."""

from __future__ import annotations

from typing import Any, ClassVar

from specc.registry.arg_types import Choice, ColumnName, LabelName, Rows
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments, Component


class Metric(Component):
    """A metric, computed on the validation rows. All take `where` and `row_weight`, as losses do.

    `better` says which way is up; `target` is the function, which is called with the metric's own arguments, too; `predicts`
    and `labels` are as in losses.
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

    def own(self, a: BoundArguments) -> dict[str, Any]:
        """The arguments that not all metrics of its family take, as plain data."""
        common = Ranking.args if self.ranking else Pointwise.args
        return {name: value for name, value in a.plain().items() if name not in common}

    def lower(self, a: Config) -> Object:
        """The function, with the metric's own arguments."""
        common = Ranking.args if self.ranking else Pointwise.args
        return Object(self.target, **{name: value for name, value in a.values.items() if name not in common})


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
