"""`extract`: a part of a text."""

from __future__ import annotations

import re

from specc.diagnostics import Note
from specc.registry.arg_types import ColumnName, Text
from specc.registry.columns import Column, Storage
from specc.registry.component import Arg, BoundArguments
from specc.registry.derivation import Derivation, DerivationContext

BACKTRACKING = re.compile(r"\(\?(?:[=!(>]|<[=!]|P=)|(?<!\\)(?:\\\\)*\\[1-9]")  # what polars' engine lacks


class Extract(Derivation):
    """The first group of a regular expression in a string column; null where it does not match. A numeric encoder behind it
    reads the part as a number.

    Example: `year = extract(title, "\\((\\d{4})\\)") -> standardize  @item`
    """

    target = "specc.runtime.features.expressions.extract"
    column = Arg(ColumnName(), doc="a string column")
    pattern = Arg(Text(), doc="a regular expression with one group")

    def infer(self, a: BoundArguments, ctx: DerivationContext) -> bool:
        """A text, which what stands behind it reads as a string or a number."""
        source: Column = a.column
        if source.storage.element != "string" or source.shape != "scalar":
            message = f"`{self.name}` reads a string column, and `{source.name}` is none"
            ctx.error("REC445", a.at("column"), message, notes=[Note(source.span, "declared here")])
            return False
        if not self._is_pattern(a.pattern, a, ctx):
            return False
        ctx.column.hold(Storage("text", "scalar", None, source.storage.nullable, None, a.span))
        ctx.column.derived = (self.name, {"column": source.name, "pattern": a.pattern})
        return True

    def _is_pattern(self, pattern: str, a: BoundArguments, ctx: DerivationContext) -> bool:
        place = a.at("pattern")
        try:
            groups = re.compile(pattern).groups
        except (re.error, OverflowError, RecursionError) as error:
            why = str(error) if isinstance(error, re.error) else "too large"
            ctx.error("REC446", place, "this is not a regular expression", why)
            return False
        if groups != 1:
            message, help = f"`{self.name}` needs a pattern with one group", 'such as "\\((\\d{4})\\)"'
            ctx.error("REC446", place, message, f"this one has {groups}", help=help)
            return False
        if wrong := BACKTRACKING.search(pattern):
            ctx.error(
                "REC446",
                place,
                f"`{self.name}` does not take `{wrong[0]}` in a pattern",
                "look-around or a back reference",
                help="patterns are matched in linear time, by Rust's regex, which has neither",
            )
            return False
        return True
