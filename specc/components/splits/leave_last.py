"""`leave_last`: the latest rows of each group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.registry.arg_types import ColumnName, Int
from specc.registry.building import Config, Object
from specc.registry.common import MAX_ROWS
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, RowContext, Split


class LeaveLast(Split):
    """The last rows of each group (by the `time` column) are tested on, the ones before are for validation, the rest is
    trained on. A group that is too small stays in training.

    Example: `split = leave_last(by=user_id, valid=1, test=1)`
    """

    target = "specc.runtime.features.split.leave_last"
    by = Arg(ColumnName(), doc="rows with the same value are a group", named=True)
    valid = Arg(Int(1, MAX_ROWS), 1, "validation rows of a group", named=True)
    test = Arg(Int(0, MAX_ROWS), 1, "test rows of a group", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """Each row is in one group."""
        self.divides("by", a, ctx)

    def group(self, config: Mapping[str, Any]) -> str | None:
        """`by`."""
        return str(config["by"])

    def lower(self, a: Config, ctx: RowContext) -> Object:
        """Each group in the order of time."""
        return Object(self.target, by=a.by, order=ctx.order, valid=a.valid, test=a.test)
