"""Where a spec says what the data contradict."""

from __future__ import annotations

from collections.abc import Container, Mapping

from specc.ir.base import Place
from specc.ir.program import Program
from specc.text import Source, Span


class SourceMap:
    """The spans of what a Program is made of, in the texts of its spec; None for all whose text is not there.

    texts: by the names that the Program's places have for them; none for a saved IR, which comes without. A place that is not
    in its text, as a stranger's Program may have it, is none. given: tables that are not read from where the spec says.
    """

    def __init__(self, program: Program, texts: Mapping[str, Source], given: Container[str] = ()) -> None:
        self._places = program.places
        self._texts = texts
        self._given = given

    def column(self, name: str | None) -> Span | None:
        """Where a column or label is declared."""
        return self._span(self._places.columns.get(name or ""))

    def source(self, table: str | None) -> Span | None:
        """Where a schema's reader says what it reads, else the schema; None for one that is read from somewhere else."""
        return None if table in self._given else self._span(self._places.sources.get(table or ""))

    def choice(self, kind: str) -> Span | None:
        """Where the data block says `split` or `rows`; None for anything else."""
        return self._span({"split": self._places.split, "rows": self._places.rows}.get(kind))

    def loss(self, name: str) -> Span | None:
        """Where a loss is declared."""
        return self._span(self._places.losses.get(name))

    def metric(self, name: str | None) -> Span | None:
        """Where a metric stands."""
        return self._span(self._places.metrics.get(name or ""))

    def _span(self, place: Place | None) -> Span | None:
        source = self._texts.get(place.file) if place is not None else None
        if place is None or source is None or place.end > len(source.text):
            return None
        return Span(source, place.start, place.end)
