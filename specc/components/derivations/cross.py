"""`cross`: the combination of columns."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.arg_types import ColumnName, ListOf
from specc.registry.columns import Column, Storage
from specc.registry.component import Arg, BoundArguments
from specc.registry.derivation import Derivation, DerivationContext


class Cross(Derivation):
    """The combination of two columns or more as one value; with a bag among them, one value for each of its elements.
    It reads the values of the file, not what encoders make of them; null in one of them is null.

    Example: `seen_x_app = cross(installed, impression) -> hash(1_000_000)  @wide`
    """

    target = "specc.runtime.features.expressions.cross"
    columns = Arg(ListOf(ColumnName(), least=2), doc="the columns", variadic=True)

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        """A text; a bag of them where one of the columns is a bag."""
        parts: list[Column] = a.columns
        for place, part in enumerate(parts):
            if part.shape == "sequence" or part.storage.element in ("vector", "float", "time"):
                ctx.error(
                    "REC440",
                    a.at(f"columns[{place}]"),
                    f"`{self.name}` joins ids, and `{part.name}` holds something else",
                    "int, string or bool is needed",
                    notes=[Note(part.storage.span, "declared so")],
                )
                return False
        bags = sum(part.shape == "bag" for part in parts)
        if bags > 1:
            ctx.error("REC440", a.at("columns"), f"`{self.name}` takes one bag at most", f"got {bags}")
            return False
        nullable = any(part.storage.nullable for part in parts)
        ctx.column.hold(Storage("string", "bag" if bags else "scalar", None, nullable, None, a.span))
        ctx.column.derived = (self.name, {"columns": [part.name for part in parts]})
        return True
