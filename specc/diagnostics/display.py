"""Text that is not ours made fit for a terminal: harmless, and with a known width in cells.

A spec, data, a run or the name of a file may come from a stranger, and all are quoted: in diagnostics, tables, notes, diffs.
What a terminal would act on (escape codes, line ends, marks that turn the direction of writing, characters without a shape) is
printed as its code point.
"""

from __future__ import annotations

from collections.abc import Sequence

TAB = 4
"""Cells from one tab stop to the next."""

_LONGEST = 1000  # no sentence of ours is longer; a quoted name or string may be

_SPELLED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ACTIVE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))  # control, format, surrogate, line and paragraph separators


def plain(text: str) -> str:
    """A message, label, name or path as one harmless line, cut after 1,000 characters."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "..."
    if text.isascii() and text.isprintable():
        return text
    return "".join([_SPELLED.get(char) or shown(char) for char in text])


def harmless(text: str) -> str:
    """Lines of text as they are, but for what a terminal would act on besides line ends and tabs."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join([char if char in "\n\t" else _SPELLED.get(char) or shown(char) for char in text])


def shown(char: str) -> str:
    """A character as it is printed: itself, or `<U+001B>` in the place of one that a terminal would act on."""
    if char.isprintable():
        return char
    from unicodedata import category  # only texts outside ASCII pay for the tables

    return f"<U+{ord(char):04X}>" if category(char) in _ACTIVE else char


def width(char: str) -> int:
    """Cells that a character takes: 2 if East Asian wide, 0 if it combines with the one before (UAX #11 and #44)."""
    if char.isascii():
        return TAB if char == "\t" else len(shown(char))
    from unicodedata import category, east_asian_width

    kind = category(char)
    if kind in _ACTIVE:
        return len(shown(char))
    if kind in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":  # Hangul medial vowels and finals join the initial
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def laid_out(text: str) -> tuple[str, Sequence[int]]:
    """A piece of a line as it is printed, and the cell where each of its characters starts (one more entry: where it ends)."""
    if text.isascii() and text.isprintable():
        return text, range(len(text) + 1)
    printed: list[str] = []
    starts = [0]
    for char in text:
        at = starts[-1]
        cells = TAB - at % TAB if char == "\t" else width(char)
        printed.append(" " * cells if char == "\t" else shown(char))
        starts.append(at + cells)
    return "".join(printed), starts


def window(text: str, start: int, end: int, first: int, last: int, room: int) -> tuple[int, int]:
    """The part of the line `text[start:end]` to print in `room` cells, so that `text[first:last]` is seen.

    A quarter of the room goes to what stands before; what is too long is seen from its start. Offsets are offsets of `text`;
    no more than `room` characters are looked at, so that a line of megabytes costs no more than a short one.
    """

    def cost(at: int) -> int:
        return width(text[at]) or 1  # a heap of combining marks must not be free

    if end - start <= room and sum(map(cost, range(start, end))) <= room:
        return start, end
    before = room // 4
    low = high = max(start, min(first, end))
    while high < min(last, end) and room > before:
        room -= cost(high)
        high += 1
    while low > start and before > 0:
        low -= 1
        before -= cost(low)
        room -= cost(low)
    while high < end and room > 0:
        room -= cost(high)
        high += 1
    while low > start and room > 0:
        low -= 1
        room -= cost(low)
    return low, high
