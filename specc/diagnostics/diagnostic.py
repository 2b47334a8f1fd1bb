"""The diagnostic: a plain value that phases return and renderers print. Nothing here prints or raises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from specc.text import Span

Severity = Literal["error", "warning", "note"]
"""An error stops what was asked for; a warning and a note are shown beside it."""


class Note:
    """A secondary place, such as where a width came from, with what it says there."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Edit:
    """A span and the text that replaces it: an empty span inserts, an empty text deletes."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Fix:
    """Edits, of spans that do not overlap, after which the diagnostic is not reported any more; `title` says what they do."""

    __slots__ = ("edits", "title")

    def __init__(self, title: str, edits: Iterable[Edit]) -> None:
        self.title = title
        self.edits = tuple(edits)


class Diagnostic:
    """One finding: what is wrong, exactly where, and what to do.

    `code` is stable and has a page (`specc explain CODE`); `message` is the headline, in the words of the spec; `label` stands
    under the primary span; `notes` are the secondary places; `help` says what to do next, one line an entry; `fixes` are
    alternatives, each a way to do it without further thought.
    A diagnostic without a span is about something outside any text (a missing file named on the command line).
    """

    __slots__ = ("code", "fixes", "help", "label", "message", "notes", "severity", "span")

    def __init__(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        severity: Severity = "error",
        fixes: Iterable[Fix] = (),
    ) -> None:
        self.code = code
        self.span = span
        self.message = message
        self.label = label
        self.notes = tuple(notes)
        self.help = (help,) if isinstance(help, str) else tuple(help)
        self.severity: Severity = severity
        self.fixes = tuple(fixes)

    def __repr__(self) -> str:
        return f"{self.code} {self.span!r}: {self.message}"

    @property
    def order(self) -> tuple[str, int, str]:
        """Sort key: file, place, code."""
        return (self.span.source.name, self.span.start, self.code) if self.span else ("", -1, self.code)


def errors_in(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that are errors. Whether something failed is asked here and nowhere else."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]


def replacement(span: Span, text: str) -> Fix:
    """The fix that writes a text in the place of another; `text` is not empty."""
    return Fix(f"write `{text}`", [Edit(span, text)])


class InternalError(Exception):
    """A bug of specc, never a mistake of the user. The command line turns it into exit code 70."""
