"""The encoded columns by their tags."""

from __future__ import annotations

from specc.registry.columns import Column
from specc.text import Span

BUILT_IN = ("all", "categorical", "numeric")


class Index:
    """The encoded columns by tag, the built-in ones included, and the order of the schemas."""

    __slots__ = ("chosen", "order", "places")

    def __init__(self, columns: dict[str, Column]) -> None:
        self.order = {name: place for place, name in enumerate(columns)}
        self.places: dict[str, Span] = {}  # of each declared tag, the first
        self.chosen: dict[str, set[str]] = {tag: set() for tag in BUILT_IN}
        for column in columns.values():
            for tag, span in column.tags.items():
                self.places.setdefault(tag, span)
            if column.gives:
                kind = "categorical" if column.gives == "category" else "numeric"
                for tag in ("all", kind, *column.tags):
                    self.chosen.setdefault(tag, set()).add(column.name)
