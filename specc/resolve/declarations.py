"""What the collector makes of an item: a declaration by kind and name, and a set of embeddings with its options."""

from __future__ import annotations

from typing import Any

from specc.syntax.tree import Item
from specc.text import Span


class Declared:
    """A declaration: its kind (`tower`), name, item, and whether it came with an import."""

    __slots__ = ("imported", "item", "kind", "name", "span")

    def __init__(self, kind: str, name: str, span: Span, item: Item, imported: bool) -> None:
        self.kind = kind
        self.name = name
        self.span = span
        self.item = item
        self.imported = imported


class EmbeddingSet:
    """A set of tables: what holds for all of them, and for single ones (`tables`: vocabulary name to options)."""

    __slots__ = ("broken", "declared", "name", "options", "spans", "tables", "widthless")

    def __init__(self, name: str, declared: Declared | None) -> None:
        self.name = name
        self.declared = declared
        self.broken = False  # something in it could not be read, perhaps the width
        self.widthless: dict[str, Span] = {}  # vocabularies looked up without a width, and where first
        self.options: dict[str, Any] = {}
        self.spans: dict[str, Span] = {}
        self.tables: dict[str, tuple[dict[str, Any], dict[str, Span]]] = {}
