"""The lines of a text that a diagnostic shows, and what is drawn beneath each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from specc.diagnostics.display import laid_out, plain, window
from specc.text import Source, Span

ROOM = 140
"""Cells of a line that are shown; a longer line is cut around what is marked."""

_CUT = "..."
_GAP = 3  # so many lines may be left out between two shown ones before dots say it; the line numbers tell the rest
_WHOLE = 5  # a span of more lines shows its first and its last

Paint = Callable[[str, str], str]


class Mark:
    """What is underlined on one line: the offsets `start` to `end`, and what is written there."""

    __slots__ = ("end", "label", "primary", "start")

    def __init__(self, start: int, end: int, label: str, primary: bool) -> None:
        self.start = start
        self.end = end
        self.label = label
        self.primary = primary

    @property
    def style(self) -> str:
        """What it is drawn in."""
        return "primary" if self.primary else "secondary"


class Row:
    """A row of the picture: single cells in styles, and a text that starts in column `at`."""

    __slots__ = ("at", "cells", "style", "words")

    def __init__(self, words: str = "", style: str = "", at: int = 0) -> None:
        self.words = words
        self.style = style
        self.at = at
        self.cells: dict[int, tuple[str, str]] = {}  # character and style by column

    def put(self, start: int, end: int, char: str, style: str) -> None:
        """Fill the columns `start` to `end` (exclusive), over what is there."""
        for column in range(start, end):
            self.cells[column] = (char, style)

    def text(self, paint: Paint) -> str:
        """The row, each run of one style painted once."""
        parts: list[str] = []
        run, style, at = "", "", 0
        for column, (char, own) in sorted(self.cells.items()):
            if own != style or column > at:
                parts += [paint(run, style) if run else "", " " * (column - at)]
                run, style = "", own
            run += char
            at = column + 1
        parts.append(paint(run, style) if run else "")
        if self.words:
            parts += [" " * (self.at - at), paint(self.words, self.style) if self.style else self.words]
        return "".join(parts)


def marks_of(span: Span, label: str, primary: bool) -> list[tuple[int, Mark]]:
    """The span line by line, each with its number; the label goes to the last line.

    Of a span that runs over more than five lines the first and the last are marked.
    """
    source = span.source
    size = len(source.text)
    start = min(span.start, size)
    end = min(max(span.end, start), size)
    first = source.position(start)[0]
    last = source.position(max(start, end - 1))[0]  # a line end belongs to the line that it ends
    if first == last:
        return [(first, Mark(start, min(end, _bounds(source, first)[1]), label, primary))]
    numbers: Sequence[int] = range(first, last + 1) if last - first < _WHOLE else (first, last)
    marks: list[tuple[int, Mark]] = []
    for number in numbers:
        low, high = _bounds(source, number)
        low, high = max(low, start), min(high, end)
        low, high = _trimmed(source.text, low, high)
        if low < high or number in (first, last):
            marks.append((number, Mark(low, high, label if number == last else "", primary)))
    return marks


def shown_lines(source: Source, lines: dict[int, list[Mark]]) -> Iterator[tuple[int | None, list[Row]]]:
    """Number and rows of each line in order, the first row being its text; without a number: lines were left out."""
    before = None
    for number in sorted(lines):
        if before is not None and number - before - 1 > _GAP:
            yield None, []
        before = number
        yield number, _rows(source, number, lines[number])


def _bounds(source: Source, number: int) -> tuple[int, int]:
    """The offsets where a line starts and ends, without its line end."""
    starts = source.starts
    return starts[number - 1], starts[number] - 1 if number < len(starts) else len(source.text)


def _trimmed(text: str, low: int, high: int) -> tuple[int, int]:
    while high > low and text[high - 1].isspace():
        high -= 1
    while low < high and text[low].isspace():
        low += 1
    return low, high


def _rows(source: Source, number: int, marks: list[Mark]) -> list[Row]:
    """The text of a line and what is drawn beneath it."""
    start, end = _bounds(source, number)
    focus = next((mark for mark in marks if mark.primary), marks[0])
    first, last = min(mark.start for mark in marks), max(mark.end for mark in marks)
    if last - first > ROOM // 2:
        first, last = focus.start, focus.end
    low, high = window(source.text, start, end, first, last, ROOM)
    printed, starts = laid_out(source.text[low:high])
    shift = len(_CUT) if low > start else 0

    def column(offset: int) -> int:
        if offset < low:
            return 0
        return shift + starts[min(offset, high) - low] + (len(_CUT) if offset > high else 0)

    text = (_CUT if low > start else "") + printed + (_CUT if high < end else "")
    placed = []
    for mark in marks:
        left = min(column(mark.start), shift + starts[-1])
        placed.append((left, max(column(mark.end), left + 1), mark))
    return [Row(text), *_beneath(placed)]


def _beneath(placed: list[tuple[int, int, Mark]]) -> Iterator[Row]:
    """The underline, with the label of the rightmost mark behind it, and the other labels hung below, from right to left."""
    placed = sorted(placed, key=lambda p: (p[0], p[2].primary))
    edge = max(right for _, right, _ in placed)
    behind = next((p for p in reversed(placed) if p[2].label and p[1] == edge), None)
    if behind is not None and any(p[0] > behind[0] and p[1] == edge for p in placed):
        behind = None  # the underline ends with another mark, and the label would seem to be that one's
    underline = Row(plain(behind[2].label), behind[2].style, edge + 1) if behind else Row()
    for left, right, mark in sorted(placed, key=lambda p: p[2].primary):
        underline.put(left, right, "^" if mark.primary else "-", mark.style)
    yield underline
    hung = [p for p in placed if p[2].label and p is not behind]
    if hung:
        yield _connectors(hung, Row())
    while hung:
        left, _, mark = hung.pop()
        yield _connectors([p for p in hung if p[0] < left], Row(plain(mark.label), mark.style, left))


def _connectors(placed: list[tuple[int, int, Mark]], row: Row) -> Row:
    for left, _, mark in placed:
        row.put(left, left + 1, "|", mark.style)
    return row
