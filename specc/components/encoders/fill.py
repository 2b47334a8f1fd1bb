"""`fill`: a value for null."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.arg_types import Literal
from specc.registry.component import Arg, BoundArguments
from specc.registry.elements import holds, plural
from specc.registry.encoder import Encoder, EncoderContext


class Fill(Encoder):
    """The value, or the given one where it is null. A nullable feature needs it, or `vocab`.

    Example: `age : int? -> fill(0) -> standardize`
    """

    takes = frozenset({"int", "float", "bool", "string", "text"})
    gives = "same"
    handles_null = True
    target = "specc.runtime.features.numeric.Fill"
    value = Arg(Literal(), doc="what null becomes")

    def check(self, a: BoundArguments, ctx: EncoderContext) -> bool:
        """The value is one that the column could hold."""
        if holds(ctx.element, a.value):
            return True
        message = f"`{ctx.column.name}` holds {plural(ctx.element)}, and this value is of another kind"
        notes = [Note(ctx.column.storage.span, "declared so")]
        ctx.error("REC307", a.at("value"), message, "not of the column's kind", notes=notes)
        return False

    def element(self, a: BoundArguments, element: str) -> str:
        """The same; text is read as what it is filled with."""
        if element != "text":
            return element
        return "string" if isinstance(a.value, str) else "float"
