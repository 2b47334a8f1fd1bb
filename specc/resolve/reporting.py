"""Reports mistakes: each once, with its other places as notes, and nothing about what cannot be known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from specc.diagnostics import Diagnostic, Note
from specc.limits import MAX_ERRORS
from specc.registry.values import Poison
from specc.resolve.nearest import listing, nearest
from specc.resolve.poisoned import Poisoned
from specc.text import Span

MAX_PLACES = 4  # of one mistake that is met again and again
MAX_GUESSES = 20_000  # names that are compared with unknown ones


class Reporter:
    """The diagnostics of one resolution, and what nothing more is said of."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.poisoned = Poisoned()
        self._reported: set[tuple[str, Span, str]] = set()
        self._first: dict[tuple[object, ...], Diagnostic] = {}  # mistakes that may be met again, and their reports
        self._guesses = 0

    def error(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        once: tuple[object, ...] = (),
    ) -> Poison:
        """Report a mistake, once for a place and code; `once` says what the mistake is, and its other places become notes."""
        assert span is not None
        if once in self._first:
            self._another(self._first[once], span)
            return Poison("", span)
        key = (code, span, message)
        if key in self._reported or self.poisoned.misread(span):
            return Poison("", span)
        if len(self._reported) > MAX_ERRORS:
            return Poison("", span)
        if len(self._reported) == MAX_ERRORS:
            code, message, label, notes, help = "REC908", f"more than {MAX_ERRORS} errors; the others are not shown", "", (), ()
        diagnostic = Diagnostic(code, span, message, label, notes=notes, help=help)
        if once:
            self._first[once] = diagnostic
        self._reported.add(key)
        self.diagnostics.append(diagnostic)
        return Poison("", span)

    def unknown(
        self,
        code: str,
        what: str,
        name: str,
        span: Span,
        known: Iterable[str],
        *,
        places: Callable[[str], Span | None] | None = None,
        label: str = "",
        message: str = "",
        hint: str = "",
    ) -> Poison:
        """Report a name that nobody declared, with the nearest one that somebody did; once, with all its other places as notes.

        `places` says where a known name is declared; without it the name is a word of the library. Nothing is said of a
        name that something unreadable may declare. `message` and `label` take the place of the usual ones, `hint` stands
        behind the help.
        """
        if name in self.poisoned.names or (places is not None and "import" in self.poisoned.kinds):
            return Poison("", span)
        once = (code, what, name)
        if len(self._reported) > MAX_ERRORS or once in self._first:
            return self.error(code, span, "", once=once)
        known = list(dict.fromkeys(known))
        close = self._nearest(name, known)
        notes = []
        if close:
            help = f"did you mean `{close}`?"
            place = places(close) if places is not None else None
            if place is not None:
                notes.append(Note(place, f"`{close}` is declared here"))
        elif known:
            help = f"there is {listing(known)}"
        else:
            help = "none is declared"
        label = label or ("not declared" if places is not None else "")
        lines = [help, hint] if hint and not close else [help]
        return self.error(code, span, message or f"unknown {what} `{name}`", label, notes=notes, help=lines, once=once)

    def _another(self, first: Diagnostic, span: Span) -> None:
        """Add a place to a report: the first in the text is its main one."""
        assert first.span is not None
        if span == first.span or len(first.notes) > MAX_PLACES:
            return
        if span.source is first.span.source and span.start < first.span.start:
            span, first.span = first.span, span
        if not any(note.span == span for note in first.notes):
            first.notes = (*first.notes, Note(span, "and here"))

    def _nearest(self, name: str, known: list[str]) -> str | None:
        """The known name that was probably meant; with very many names and mistakes it is not looked for any more."""
        self._guesses += len(known)
        return nearest(name, known) if self._guesses <= MAX_GUESSES else None
