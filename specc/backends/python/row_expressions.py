"""Row expressions as polars source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from specc.backends.python.imports import Imports
from specc.backends.python.layout import Chain, Code, Text, flat
from specc.backends.python.literals import literal, string
from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.ir.base import Expression

# How tightly Python binds: `&` before a comparison, unlike the language.
BINDS = {"*": 6, "/": 6, "+": 5, "-": 5, "&": 4, "|": 3} | dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 2)
TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
TIME = 'pl.Datetime("us")'


class Expressions:
    """Prints the expressions of a program; knows what a column holds (`int`, `bool`, `time`, ...) without looking at data."""

    def __init__(self, data: ir.DataProgram, imports: Imports) -> None:
        self.imports = imports
        self.elements: dict[str, str] = {}
        for table in data.tables:
            self.elements.update({column.name: column.storage.rstrip("?") for column in table.columns})
        for made in data.derivations:
            self.elements[made.column] = self.element(made.value) if isinstance(made.value, Expression) else "string"

    def element(self, tree: Expression) -> str:
        """What an expression gives: `bool`, `number`, `string`, or what its column holds."""
        if tree.column is not None:
            return self.elements.get(tree.column, "")
        if tree.op is not None:
            return "number" if tree.op in "+-*/" else "bool"
        return "bool" if isinstance(tree.value, bool) else "string" if isinstance(tree.value, str) else "number"

    def code(self, tree: Expression) -> Code:
        """The source of a polars expression. Raises InternalError for an operator that is none, or a side that is not there."""
        self.imports.need("polars", called="pl")
        if tree.column is not None:
            return Text(f"pl.col({string(tree.column)})")
        if tree.op is None:
            return Text(f"pl.lit({literal(tree.value)})")
        left, right, op = tree.left, tree.right, tree.op
        if left is None or right is None or op not in BINDS:
            raise InternalError(f"no row expression: {op!r}")
        if op in TURNED and _is_plain(left) and not _is_plain(right):
            left, right, op = right, left, TURNED[op]
        return Chain(self._side(left, op, right), [(op, self._side(right, op, left, after=True))])

    def _side(self, tree: Expression, op: str, other: Expression, after: bool = False) -> Code:
        """One side of an operator, in brackets where Python needs them."""
        if op in TURNED and self.element(other) == "time" and self.element(tree) == "string":
            return self._time(tree)
        if _is_plain(tree) and not isinstance(tree.value, bool) and not _is_plain(other):
            return Text(literal(tree.value))
        code = self.code(tree)
        if tree.op is not None and (BINDS[tree.op] < BINDS[op] or (BINDS[tree.op] == BINDS[op] and (after or op in TURNED))):
            assert isinstance(code, Chain)
            code = Chain(code.first, code.rest, brackets=True)
        if op in "+-*/" and self.element(tree) == "bool":  # which polars does not calculate with
            inner = flat(code) if tree.op is None or (isinstance(code, Chain) and code.brackets) else f"({flat(code)})"
            return Text(f"{inner}.cast(pl.Int64)")
        return code

    def _time(self, tree: Expression) -> Code:
        """Text that is compared with a time, read as one."""
        if not isinstance(tree.value, str):
            return Text(
                f"{flat(self.code(tree))}.map_batches({self.imports.support('features.times.to_time')}, return_dtype={TIME})"
            )
        try:
            time = datetime.fromisoformat(tree.value)
        except ValueError as error:
            raise InternalError(f"`{tree.value}` is not a time, which the checker tells") from error
        if time.tzinfo is not None:
            time = time.astimezone(UTC).replace(tzinfo=None)
        self.imports.need("datetime", "datetime")
        parts = [time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond]
        while len(parts) > 3 and parts[-1] == 0:
            parts.pop()
        return Text(f"pl.lit(datetime({', '.join(map(str, parts))}), dtype={TIME})")


def _is_plain(tree: Expression) -> bool:
    return tree.column is None and tree.op is None


def optional(expressions: Expressions, trees: Mapping[str, Expression | None]) -> dict[str, Code]:
    """The arguments among these that are there."""
    return {key: expressions.code(tree) for key, tree in trees.items() if tree is not None}
