"""`same`: the vocabulary of another column."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.arg_types import ColumnName
from specc.registry.columns import Column
from specc.registry.component import Arg, BoundArguments
from specc.registry.elements import plural
from specc.registry.encoder import Encoder, EncoderContext


class Same(Encoder):
    """The ids of another column's vocabulary; the tables are shared with it, and a learned vocabulary is fitted on both.

    Example: `clicked : string -> same(item_id)`
    """

    takes = frozenset({"int", "string", "bool", "text", "float"})
    gives = "category"
    handles_null = True
    column = Arg(ColumnName(), doc="the column whose vocabulary is used")

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """The other column has a vocabulary, of values like these."""
        other: Column = a.column
        if other.vocabulary is None:
            message, notes = f"`{other.name}` has no vocabulary to share", [Note(other.span, "declared here")]
            ctx.error("REC430", a.at("column"), message, "not a category", notes=notes)
            return False
        mine, theirs = ctx.column.storage.element, other.storage.element
        if mine != theirs:
            message = f"`{ctx.column.name}` holds {plural(mine)}, and `{other.name}` {plural(theirs)}"
            notes = [Note(other.storage.span, "declared here")]
            ctx.error("REC431", a.at("column"), message, "a shared vocabulary needs one kind of value", notes=notes)
            return False
        return True

    def shares(self, a: BoundArguments) -> Column | None:
        """The other column."""
        column: Column = a.column
        return column
