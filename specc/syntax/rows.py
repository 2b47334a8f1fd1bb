"""Items of one line next to each other: signs, first `->`, ranges, tags and comments stand in columns, as in gofmt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

# Padding beyond these would tear a line apart: then the lines before and after it are aligned without each other.
MAX_PADDING = 24
MAX_PADDING_BEFORE_TAGS = 44  # tags and comments are read as columns of their own, even far out


class Row:
    """One item on one line, in cells; each cell's padding is found by `align`.

    head      `user_id`, `tower query`, `block res(x, w)`
    sign      `:`, `=` or ""
    first     the value, or what stands before the first `->` when that is aligned
    rest      from the first `->` on
    within    `in 1..8`
    tags      `@user @id`
    body      `{ dim=16 }`, or `{` of a body that goes on over more lines
    """

    __slots__ = (
        "body",
        "comment_pad",
        "commented",
        "first",
        "first_pad",
        "head",
        "head_pad",
        "opens",
        "rest",
        "shape",
        "sign",
        "tags",
        "tags_pad",
        "within",
        "within_pad",
    )

    def __init__(
        self, shape: object, head: str, sign: str = "", first: str = "", rest: str = "", within: str = "", tags: str = ""
    ) -> None:
        self.shape = shape  # what rows must have in common to align their signs
        self.head = head
        self.sign = sign
        self.first = first
        self.rest = rest
        self.within = within
        self.tags = tags
        self.body = ""
        self.opens = False  # more lines follow
        self.commented = False
        self.head_pad = self.first_pad = self.within_pad = self.tags_pad = self.comment_pad = 0

    @property
    def until_within(self) -> str:
        """The line, padded, up to the range."""
        text = self.head
        if self.sign:
            text += f"{' ' * self.head_pad} {self.sign} {self.first}"
        if self.rest:
            text += f"{' ' * self.first_pad} {self.rest}"
        return text

    @property
    def until_tags(self) -> str:
        """The line, padded, up to the tags."""
        return self.until_within + (f"{' ' * self.within_pad} {self.within}" if self.within else "")

    @property
    def text(self) -> str:
        """The line, padded, without its comment."""
        text = self.until_tags
        if self.tags:
            text += f"{' ' * self.tags_pad}  {self.tags}"
        if self.body:
            text += f"{'' if self.sign else ' ' * self.head_pad} {self.body}"
        return text


def align(rows: Sequence[Row]) -> None:
    """Find the padding of rows that stand on lines next to each other."""
    for run in _runs(rows, lambda row: row.shape):
        for part in _even(run, lambda row: len(row.head), MAX_PADDING):
            _pad(part, lambda row: len(row.head), "head_pad")
            for sign in (":", "="):  # what is read and what is derived have little in common but the sign's column
                same = [row for row in part if row.sign == sign]
                for cells in _even((r for r in same if r.rest), lambda row: len(row.first), MAX_PADDING):
                    _pad(cells, lambda row: len(row.first), "first_pad")
                for cells in _even((r for r in same if r.within), lambda row: len(row.until_within), MAX_PADDING):
                    _pad(cells, lambda row: len(row.until_within), "within_pad")
                tagged = (r for r in same if r.tags and not r.opens)
                for cells in _even(tagged, lambda row: len(row.until_tags), MAX_PADDING_BEFORE_TAGS):
                    _pad(cells, lambda row: len(row.until_tags), "tags_pad")
    for run in _runs(rows, lambda row: row.commented):
        if run[0].commented:
            for cells in _even(run, lambda row: len(row.text), MAX_PADDING_BEFORE_TAGS):
                _pad(cells, lambda row: len(row.text), "comment_pad")


def _runs(rows: Sequence[Row], key: Callable[[Row], object]) -> Iterator[list[Row]]:
    """Rows next to each other with the same key."""
    for _, run in groupby(rows, key):
        yield list(run)


def _even(rows: Iterable[Row], width: Callable[[Row], int], most: int) -> Iterator[list[Row]]:
    """Rows cut where aligning one more would take more padding than allowed."""
    part: list[Row] = []
    low = high = 0
    for row in rows:
        cell = width(row)
        if part and max(high, cell) - min(low, cell) > most:
            yield part
            part = []
        low, high = (min(low, cell), max(high, cell)) if part else (cell, cell)
        part.append(row)
    if part:
        yield part


def _pad(rows: Sequence[Row], width: Callable[[Row], int], pad: str) -> None:
    widths = [width(row) for row in rows]
    most = max(widths)
    for row, cell in zip(rows, widths, strict=True):
        setattr(row, pad, most - cell)
