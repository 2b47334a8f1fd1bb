"""What syntax errors and broken items leave unknown: nothing more is said where it may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from specc.diagnostics import Diagnostic, errors_in
from specc.resolve.declarations import Declared
from specc.syntax.tree import File, Item
from specc.text import Source, Span

MAX_LINE = 10_000  # characters of a line with a syntax error that are looked at for names


class Unreliable:
    """Names and kinds of declarations that nobody can be sure of, and the lines that may be misread."""

    __slots__ = ("_lines", "_suspects", "kinds", "names")

    def __init__(self) -> None:
        self.names: set[str] = set()  # names and @tags that something unreadable or wrong declares, or may declare
        self.kinds: set[str] = set()  # kinds of declarations (and `import`) of which some are not known, not even by name
        self._lines: set[tuple[Source, int]] = set()  # lines with a syntax error: the rest of them may be misread
        self._suspects: list[tuple[Source, int]] = []  # those of them that may begin a schema

    def misread(self, span: Span) -> bool:
        """Whether a place stands on a line with a syntax error."""
        return bool(self._lines) and (span.source, span.source.position(span.start)[0]) in self._lines

    def distrust(self, file: File, diagnostics: Iterable[Diagnostic]) -> None:
        """Take note of syntax errors: a line with one may be misread, with its statement, and nobody knows what it declares."""
        spans = [diagnostic.span for diagnostic in errors_in(diagnostics) if diagnostic.span is not None]
        if not spans:
            return
        source = file.span.source
        lines: set[int] = set()
        for span in spans:
            number = source.position(span.start)[0]
            lines.add(number)
            rest = source.line(number)[span.end - source.starts[number - 1] :].lstrip()
            if not rest or rest.startswith("#"):  # what ends its line with an operator goes on
                after = range(number + 1, min(number + 5, len(source.starts)) + 1)
                lines.update(next(([n] for n in after if source.line(n).strip()), []))
        self._mark(file.items, lines)
        for number in lines:
            self._lines.add((source, number))
            self._may_declare(source, number)

    def _mark(self, items: list[Item], lines: set[int]) -> None:
        """Mark the statements without a body that reach into these lines, and take in all of their lines."""
        for item in items:
            if item.body is not None:
                self._mark(item.body.items, lines)
                continue
            position = item.span.source.position
            own = range(position(item.span.start)[0], position(item.span.end)[0] + 1)
            if not lines.isdisjoint(own):
                item.broken = True
                lines.update(own)

    def _may_declare(self, source: Source, number: int) -> None:
        """The names that a line declares, if it declares any: those at its start, and those before `:` and `=`."""
        line = source.line(number)[:MAX_LINE]
        words = re.findall(r"@?[A-Za-z_]\w*", line)
        self.names.update(words[:3], re.findall(r"\b([A-Za-z_]\w*)\s*[:=(]", line), (w for w in words if w[0] == "@"))
        self.kinds.update(word for word in words if word in ("embeddings", "metrics", "import"))
        if "schema" in words:
            self._suspects.append((source, number))
        if line.lstrip().startswith("{"):
            self.kinds.update(("embeddings", "metrics"))
        if "head" in words and "*" in line:
            self.kinds.add("values")

    def settle(self, schemas: Mapping[str, Declared]) -> None:
        """After all is declared: a line with a syntax error that seems to begin a schema, where none begins, has lost it."""
        begun = {(d.span.source, d.span.source.position(d.span.start)[0]) for d in schemas.values()}
        if any(place not in begun for place in self._suspects):
            self.kinds.add("schema")
