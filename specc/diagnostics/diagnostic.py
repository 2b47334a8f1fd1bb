"""The diagnostic: a plain value that phases return and renderers print. Nothing here prints or raises."""

from __future__ import annotations

from collections.abc import Iterable

from specc.text import Span


class Note:
    """A secondary place, such as where a width came from, with what it says there."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Diagnostic:
    """One mistake of the user: what is wrong, exactly where, and what to do.

    `code` is stable and has a page (`specc explain CODE`); `message` is the headline, in the words of the spec; `label` stands
    under the primary span; `notes` are the secondary places; `help` says what to do next, one line an entry.
    A diagnostic without a span is about something outside any text (a missing file named on the command line).
    """

    __slots__ = ("code", "help", "label", "message", "notes", "span")

    def __init__(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
    ) -> None:
        self.code = code
        self.span = span
        self.message = message
        self.label = label
        self.notes = tuple(notes)
        self.help = (help,) if isinstance(help, str) else tuple(help)

    def __repr__(self) -> str:
        return f"{self.code} {self.span!r}: {self.message}"

    @property
    def order(self) -> tuple[str, int, str]:
        """Sort key: file, place, code."""
        return (self.span.source.name, self.span.start, self.code) if self.span else ("", -1, self.code)


class InternalError(Exception):
    """A bug of specc, never a mistake of the user. The command line turns it into exit code 70."""
