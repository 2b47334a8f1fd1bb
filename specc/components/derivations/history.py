"""`history`: what happened before a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.diagnostics import Note
from specc.registry.arg_types import ColumnName, Duration, Int, ListOf, Rows
from specc.registry.building import Config, Object
from specc.registry.columns import Axis, Column, Storage
from specc.registry.common import MAX_STEPS
from specc.registry.component import Arg, BoundArguments
from specc.registry.derivation import Derivation, DerivationContext


class History(Derivation):
    """The values of a column in the rows of the same `by` that lie strictly earlier, oldest first. With several columns, their
    fields share one time axis. Rows are ordered by the schema's `time` column, else by their place in the file.

    The vocabulary (and the table) is the one of the column. Example:
    `watched = history(movie_id, by=user_id, last=50)  @user`
    """

    target = "specc.runtime.features.history.history"
    columns = Arg(ListOf(ColumnName(), least=1), doc="the columns that are collected", variadic=True)
    by = Arg(ColumnName(), doc="whose history: rows with the same value", named=True)
    last = Arg(Int(1, MAX_STEPS), 50, "how many of the latest events are kept", named=True)
    where = Arg(Rows("bool"), None, "which rows are events", named=True)
    within = Arg(Duration(), None, "how far back", named=True)
    lag = Arg(Duration(), None, "how long before the row an event must lie at least", named=True)

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        """A sequence; of several columns a group of that name, with a field for each."""
        parts: list[Column] = a.columns
        if not self._is_timed(a, ctx) or not self._is_of_rows(parts, a, ctx):
            return False
        time = ctx.time_column()
        config = {
            "columns": [part.name for part in parts],
            "by": a.by.name,
            "last": a.last,
            "where": a.where.tree if a.where else None,
            "within": a.within,
            "lag": a.lag,
            "order": time.name if time else None,
        }
        axis = Axis(ctx.column.name, a.last)
        fields = [ctx.column] if len(parts) == 1 else ctx.fields([part.name for part in parts])
        for part, field in zip(parts, fields, strict=True):
            field.hold(Storage(part.storage.element, "sequence", a.last, False, None, a.span))
            field.axis = axis
            field.derived = (self.name, {**config, "column": part.name})
            ctx.share(part, field)
        return True

    def _is_timed(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        """Whether there is a time to measure lengths of time by."""
        for name in ("within", "lag"):
            if getattr(a, name) is not None and ctx.time_column() is None:
                if ctx.all_columns_known():
                    message = f"`{name}` needs a `time` column in `{ctx.schema.name}`"
                    ctx.error("REC442", a.at(name), message, "there is none")
                return False
        return True

    def _is_of_rows(self, parts: list[Column], a: BoundArguments, ctx: DerivationContext) -> bool:
        """Whether the columns are of the rows themselves, with one value in each."""
        read = [*((part, a.at(f"columns[{place}]")) for place, part in enumerate(parts)), (a.by, a.at("by"))]
        for part, span in read:
            if part.schema != ctx.schema.name:
                message = f"a {self.name} is made of columns of its own schema, and `{part.name}` is in `{part.schema}`"
                ctx.error("REC443", span, message, notes=[Note(part.span, "declared here")])
                return False
        for part, span in read:
            if part.shape != "scalar" or part.storage.element == "vector":
                message = f"a {self.name} collects single values, and `{part.name}` has many in a row"
                ctx.error("REC444", span, message, notes=[Note(part.span, "declared here")])
                return False
        return True

    def lower(self, a: Config) -> Object:
        """One field of the events."""
        times = {"within": a.within, "lag": a.lag}
        return Object(self.target, of=a.column, by=a.by, order=a.order, last=a.last, **times, where=a.where)

    def collects(self, config: Mapping[str, Any]) -> str | None:
        """The column that is collected."""
        return str(config["column"])

    def seen_by(self, config: Mapping[str, Any], column: str) -> str | None:
        """Whose history it is."""
        return str(config["by"]) if config["column"] == column else None
