"""The formatter: one canonical text for a tree and its comments. It has no options."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import InternalError, errors_in
from specc.limits import MAX_NESTING
from specc.syntax import tree
from specc.syntax.comments import Comments
from specc.syntax.doc import HARD, Choice, Comment, Nest, render
from specc.syntax.equal import equal
from specc.syntax.expressions import INDENT, WIDTH, Printer
from specc.syntax.parser import Parsed, parse_formatted
from specc.syntax.rows import Row, align
from specc.text import Source


def format_text(parsed: Parsed) -> str:
    """The canonical text of a parsed text without syntax errors.

    Like Black, it checks itself: the result parses to the same tree with the same comments, and formats to itself.
    Raises InternalError when it does not, or when the text has syntax errors, which the caller should have shown.
    """
    name = parsed.source.name
    if errors_in(parsed.diagnostics):
        raise InternalError(f"{name}: a text with syntax errors cannot be formatted")
    text = _layout(parsed)
    # A body that was written on one line and did not fit is from then on one of several lines, and what stands round it may be
    # laid out in another way for that. Each pass can only break more of them, so this ends; most texts need no second turn.
    for _ in range(MAX_NESTING):
        again = parse_formatted(Source(name, text))
        if errors_in(again.diagnostics) or not equal(parsed.file, again.file):
            raise InternalError(f"{name}: formatting changed what the text means")
        if sorted(c.text for c in parsed.comments) != sorted(c.text for c in again.comments):
            raise InternalError(f"{name}: formatting lost a comment")
        before, text = text, _layout(again)
        if text == before:
            return text
    raise InternalError(f"{name}: formatting the formatted text changes it each time")


def _layout(parsed: Parsed) -> str:
    return _Layout(parsed).text


class _Entry:
    """One item with the document of its line or lines."""

    __slots__ = ("item", "row")

    def __init__(self, item: tree.Item, row: Row | None) -> None:
        self.item = item
        self.row = row


class _Layout:
    """Lays out the items of one text."""

    def __init__(self, parsed: Parsed) -> None:
        self._source = parsed.source.text
        self._comments = Comments(parsed)
        self._print = Printer(self._comments, self._body)
        self._bodies: dict[tuple[int, int], object] = {}
        lines = self._items(parsed.file, parsed.file.items, 0)
        self.text = render([lines, HARD] if lines else [], WIDTH)

    # ---- items

    def _items(self, owner: tree.Node, items: list[tree.Item], indent: int) -> list[object]:
        """The items and comments of a file or a body, with a HARD between any two lines."""
        entries = [_Entry(item, self._row(item, indent)) for item in items]
        self._align(entries)
        lines: list[object] = []
        end: int | None = None

        def line(doc: object, start: int, new_end: int) -> None:
            nonlocal end
            if end is not None:
                lines.append(HARD)
                if self._source.count("\n", end, start) > 1:
                    lines.append(HARD)
            lines.append(doc)
            end = new_end

        for entry in entries:
            item = entry.item
            for comment in self._comments.leading.get(id(item), []):
                line(comment.text, comment.start, min(comment.end, item.span.start))
            last = self._comments.trailing.get(id(item), [item.span])[0].end
            line(self._line(entry, indent), item.span.start, last)
        for comment in self._comments.closing.get(id(owner), []):
            if not (isinstance(owner, tree.Item)):
                line(comment.text, comment.start, comment.end)
        return lines

    def _line(self, entry: _Entry, indent: int) -> object:
        item, row = entry.item, entry.row
        comment = self._print.behind(item)
        if row is None:
            return [self._broken(item, indent), *comment]
        body: list[object] = [self._body(item.body, indent, braces=False)] if row.opens and item.body else []
        aligned = [row.text, *body, *self._print.behind(item, 2 + row.comment_pad)]
        return Choice(row.text, lambda: [self._broken(item, indent), *comment], aligned)

    def _broken(self, item: tree.Item, indent: int) -> object:
        """An item that is not one aligned line: whatever can stay on one line does."""
        head = self._print.head(item)
        fits = head is not None and (not item.args or indent + len(head) < WIDTH)
        parts: list[object] = [head if fits else self._long_head(item, indent)]
        if item.value is not None:
            parts += [f" {item.sign} ", self._print.doc(item.value, indent)]
        if item.within is not None:
            parts += [" in ", self._print.doc(item.within, indent)]
        if item.tags:
            parts += ["  " + " ".join(tag.span.text for tag in item.tags)]
        if item.body is not None:
            flat = self._print.flat_body(item.body, " ")
            parts += [" ", self._body_choice(item.body, flat, indent)]
        return parts

    def _body_choice(self, body: tree.Body, flat: str | None, indent: int) -> object:
        return self._body(body, indent) if flat is None else Choice(flat, lambda: self._body(body, indent))

    def _long_head(self, item: tree.Item, indent: int) -> object:
        words = self._print.all_flat(item.head, " ") or ""
        return [words, self._print.bracketed("(", item, item.args or [], ")", indent)]

    def _body(self, body: tree.Body, indent: int, braces: bool = True) -> object:
        """A body over several lines; without its `{` where that is part of a row."""
        opening = self._comments.opening.get(id(body))
        behind: list[object] = [Comment(opening.text)] if opening else []
        key = (id(body), indent)
        if key not in self._bodies:  # a body is asked for with and without its brace: nested ones would cost twice each time
            lines = self._items(body, body.items, indent + INDENT)
            self._bodies[key] = Nest(INDENT, [HARD, *lines]) if lines else []
        return ["{" if braces else "", *behind, self._bodies[key], HARD, "}"]

    # ---- rows

    def _row(self, item: tree.Item, indent: int) -> Row | None:
        """An item as a row; None when something in it, other than its body, needs more than one line."""
        head = self._print.head(item)
        if head is None:
            return None
        kind = item.head[0].span.text if len(item.head) > 1 else ""  # columns, fields and settings align, and items of one kind
        row = Row((bool(item.sign), kind), head, item.sign or "")
        if item.value is not None:
            row.first = self._print.flat(item.value) or ""
            if not row.first:
                return None
            if indent and isinstance(item.value, tree.Pipe):  # columns and gates; a tower's stages are no columns
                row.first = self._print.flat(item.value.stages[0]) or ""
                row.rest = f"-> {self._print.all_flat(item.value.stages[1:], ' -> ')}"
        if item.within is not None:
            within = self._print.flat(item.within)
            if within is None:
                return None
            row.within = f"in {within}"
        row.tags = " ".join(tag.span.text for tag in item.tags)
        if item.body is not None:
            flat = self._print.flat_body(item.body, " ")
            if flat is not None and indent + len(row.text) + 1 + len(flat) > WIDTH:
                flat = None
            row.body = flat or "{"
            row.opens = flat is None
            if not item.sign:
                row.shape = (head.partition(" ")[0], row.opens)
        row.commented = id(item) in self._comments.trailing
        return row if indent + len(row.text) <= WIDTH else None

    def _align(self, entries: list[_Entry]) -> None:
        """Align the rows between blank lines, lines of other shapes, and bodies."""
        group: list[Row] = []
        end: int | None = None
        for entry in entries:
            item = entry.item
            leading = self._comments.leading.get(id(item), [])
            start = min([item.span.start, *(comment.start for comment in leading)])
            apart = end is not None and self._blank_between(end, start, item, leading)
            if apart or entry.row is None:
                align(group)
                group = []
            if entry.row is not None:
                group.append(entry.row)
                if entry.row.opens:
                    align(group)
                    group = []
            end = self._comments.trailing.get(id(item), [item.span])[0].end
        align(group)

    def _blank_between(self, end: int, start: int, item: tree.Item, leading: Sequence[object]) -> bool:
        """Whether a blank line or a comment's line parts an item from the one before."""
        return bool(leading) or self._source.count("\n", end, max(start, end)) > 1
