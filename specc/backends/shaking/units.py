"""A definition as text and tree, and edits of its text, which keep comments and layout where nothing is changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import Any, TypeVar

MISSING = object()
HEADS = re.compile(rb"^\s*(else:|finally:|elif)", re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    """Bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: str = ""


class Unit:
    """One top-level definition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode()
        self.node = ast.parse(text).body[0]
        self.nodes = walk(self.node)
        self.lines = text.splitlines()
        self.starts = [0]
        for line in self.raw.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.excepthandler) -> tuple[int, int]:
        """The bytes of a node, its decorators included."""
        line, column = node.lineno, node.col_offset
        if decorators := getattr(node, "decorator_list", []):
            line, column = decorators[0].lineno, decorators[0].col_offset - 1
        return self.starts[line - 1] + column, self.starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def source(self, node: ast.expr | ast.stmt | ast.arg) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.raw[start:end].decode()

    def replaced(self, node: ast.expr, text: str) -> Edit:
        """Another text for an expression; brackets around it go where the text needs none."""
        start, end = self.span(node)
        before, after = self.raw[start - 1 : start], self.raw[end : end + 1]
        if before == b"(" and after == b")" and is_atom(text) and not self.raw[start - 2 : start - 1].strip(b" =,(["):
            start, end = start - 1, end + 1
        return Edit(start, end, text)

    def whole_lines(self, first: int, last: int, text: str = "") -> Edit:
        """Other text for lines, counted from 1, both included."""
        return Edit(self.starts[first - 1], min(self.starts[last], len(self.raw)), text)

    def removed(self, node: ast.stmt) -> Edit:
        """A statement without its lines, and without the comments and blank lines above it."""
        first: int = self.first_line(node)
        while first > 2 and not self.lines[first - 2].strip() and isinstance(node, ast.FunctionDef):
            first -= 1
        return self.whole_lines(first, node.end_lineno or 0)

    def first_line(self, node: ast.stmt) -> int:
        """The line, from 1, where a statement starts with its decorators and the comments above it."""
        decorators = getattr(node, "decorator_list", [])
        first: int = min([node.lineno, *(each.lineno for each in decorators)])
        indent = " " * node.col_offset
        while first > 2 and self.lines[first - 2].startswith(f"{indent}#"):
            first -= 1
        return first

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text after the edits; of two that overlap only the outer one is made, and a body that loses all gets `pass`."""
        outer: list[Edit] = []
        for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
            if not outer or edit.start >= max(outer[-1].end, outer[-1].start):
                outer.append(edit)
        made, end = [], 0
        for edit in self._with_pass(outer):
            made += [self.raw[end : edit.start], edit.text.encode()]
            end = max(edit.end, edit.start)
        return b"".join([*made, self.raw[end:]]).decode().rstrip("\n")

    def _with_pass(self, edits: list[Edit]) -> list[Edit]:
        """Rules that each leave something may together leave nothing."""
        for owner in self.nodes:
            if not isinstance(owner, ast.stmt | ast.excepthandler):
                continue
            begin = self.span(owner)[0]
            if any(edit.start <= begin < edit.end for edit in edits):
                continue  # it goes itself
            for name in ("body", "orelse", "finalbody"):
                self._fill(getattr(owner, name, []), edits)
        return edits

    def _fill(self, block: list[ast.stmt], edits: list[Edit]) -> None:
        last = None
        for start, end in map(self.span, block):
            around = (place for place, e in enumerate(edits) if e.start <= start and end <= e.end and not e.text)
            if (last := next(around, None)) is None:
                return
            if HEADS.search(self.raw[edits[last].start : start + 4]):
                return  # the line above goes, too
        if last is not None:
            edits[last] = replace(edits[last], text=f"{' ' * block[-1].col_offset}pass\n")


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit:
    """The unit of a text, which is parsed once."""
    return Unit(text)


def is_atom(text: str) -> bool:
    """Whether an expression needs no brackets anywhere."""
    return isinstance(ast.parse(text, mode="eval").body, ast.Name | ast.Attribute | ast.Call | ast.Constant | ast.Subscript)


Node = TypeVar("Node", bound=ast.AST)
Found = TypeVar("Found")


def remembered(function: Callable[[Node], Found]) -> Callable[[Node], Found]:
    """Asks once a node, and remembers the answer on it: trees that no edit changed are looked at in every round."""
    key = f"_{function.__name__}"

    @wraps(function)
    def ask(node: Node) -> Found:
        found: Any = node.__dict__.get(key, MISSING)
        if found is MISSING:
            found = function(node)
            setattr(node, key, found)
        return found  # type: ignore[no-any-return]

    return ask


@remembered
def walk(node: ast.AST) -> list[ast.AST]:
    """As `ast.walk`."""
    return list(ast.walk(node))


@remembered
def unparse(node: ast.AST) -> str:
    """As `ast.unparse`."""
    return ast.unparse(node)


@remembered
def functions(node: ast.AST) -> list[tuple[ast.ClassDef | None, ast.FunctionDef]]:
    """The functions of a definition: itself, or its methods with their class."""
    if isinstance(node, ast.FunctionDef):
        return [(None, node)]
    return [(node, each) for each in node.body if isinstance(each, ast.FunctionDef)] if isinstance(node, ast.ClassDef) else []


@remembered
def blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """All lists of statements below a node."""
    found = [getattr(each, name, None) for each in walk(node) for name in ("body", "orelse", "finalbody")]
    return [each for each in found if isinstance(each, list) and each]


def is_pure(node: ast.AST) -> bool:
    """Whether an expression does nothing but give a value."""
    for each in walk(node):
        if isinstance(each, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(each, ast.Call):
            name = each.func.id if isinstance(each.func, ast.Name) else ""
            asks = isinstance(each.func, ast.Attribute) and each.func.attr in ("items", "keys", "values")
            if name not in ("isinstance", "any", "all", "len", "set") and not asks:
                return False
    return True
