"""What the arguments hold that are computed from the columns of a row: conditions, numbers, labels."""

from __future__ import annotations

from typing import Any

from specc.text import Span


class Row:
    """A checked row expression: `tree` is plain data, `gives` its element, `columns` what it reads, `size` its operators."""

    __slots__ = ("columns", "gives", "size", "span", "tree")

    def __init__(self, tree: dict[str, Any], gives: str, columns: list[str], span: Span, size: int = 0) -> None:
        self.tree = tree
        self.gives = gives
        self.columns = columns
        self.span = span
        self.size = size
