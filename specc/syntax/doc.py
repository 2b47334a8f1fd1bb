"""A document printer: what a text consists of and where its lines may break, laid out to a width.

The usual algebra of pretty printers (Wadler, "A prettier printer", 2003), with one twist that keeps it small: the formatter
knows the text of anything on one line, so a place where a line may break is a `Choice` between that text and a broken form,
and no mode has to be handed down.
"""

from __future__ import annotations

from collections.abc import Callable


class Hard:
    """The end of a line, always."""

    __slots__ = ()


class Nest:
    """`doc` with its lines indented further."""

    __slots__ = ("by", "doc")

    def __init__(self, by: int, doc: object) -> None:
        self.by = by
        self.doc = doc


class Choice:
    """`fitting` when `text` fits on the rest of the line with all that must stand behind it; else what `broken` makes.

    Most choices fit, so the broken form is made only when it is asked for, once.
    """

    __slots__ = ("_broken", "_made", "fitting", "text")

    def __init__(self, text: str, broken: Callable[[], object], fitting: object | None = None) -> None:
        self.text = text
        self.fitting = text if fitting is None else fitting
        self._broken = broken
        self._made: object | None = None

    @property
    def broken(self) -> object:
        """The form over several lines."""
        if self._made is None:
            self._made = self._broken()
        return self._made


class Comment:
    """A comment at the end of the line on which it falls, whatever is printed before that end. It takes no width."""

    __slots__ = ("gap", "text")

    def __init__(self, text: str, gap: int = 2) -> None:
        self.text = text
        self.gap = gap


HARD = Hard()


def render(doc: object, width: int) -> str:
    """The text of a document, in lines of at most `width` characters where it has a choice, in linear time."""
    out: list[str] = []
    pending: list[Comment] = []
    column = 0
    # What is left to print, the next last; each with its indentation.
    stack: list[tuple[int, object]] = [(0, doc)]
    while stack:
        indent, top = stack.pop()
        if isinstance(top, str):
            if top:
                if not column:
                    out.append(" " * indent)
                    column = indent
                out.append(top)
                column += len(top)
        elif isinstance(top, list):
            stack.extend((indent, part) for part in reversed(top))
        elif isinstance(top, Nest):
            stack.append((indent + top.by, top.doc))
        elif isinstance(top, Choice):
            room = width - (column or indent) - len(top.text)
            fits = room >= 0 and room >= _owed(stack, room)
            stack.append((indent, top.fitting if fits else top.broken))
        elif isinstance(top, Comment):
            pending.append(top)
        else:
            for comment in pending:
                out.append(" " * comment.gap + comment.text if column else comment.text)
                column = 1
            pending.clear()
            out.append("\n")
            column = 0
    out.extend(" " * comment.gap + comment.text for comment in pending)
    return "".join(out)


def _owed(stack: list[tuple[int, object]], room: int) -> int:
    """How many characters must follow on the same line; counted no further than just over `room`."""
    owed = 0
    rest: list[object] = []
    below = len(stack)
    while owed <= room:
        if not rest:
            if not below:
                return owed
            below -= 1
            rest.append(stack[below][1])
        top = rest.pop()
        if isinstance(top, str):
            owed += len(top)
        elif isinstance(top, list):
            rest.extend(reversed(top))
        elif isinstance(top, Nest):
            rest.append(top.doc)
        elif isinstance(top, Choice):
            rest.append(top.broken)  # it will have its own choice; what must stand on this line is the start of its broken form
        elif isinstance(top, Hard):
            return owed
    return owed
