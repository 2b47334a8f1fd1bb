"""Reports mistakes: each once, with its other places as notes, and nothing about what cannot be known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from specc.diagnostics import Diagnostic, Note
from specc.limits import MAX_ERRORS
from specc.registry import foreign
from specc.registry.values import Poison
from specc.resolve.nearest import Fits, by_use, effort, listing, nearest
from specc.resolve.poisoned import Poisoned
from specc.text import Span

MAX_PLACES = 4  # of one mistake that is met again and again
MAX_EFFORT = 1_000_000  # of comparing unknown names with known ones: about a second


class Reporter:
    """The diagnostics of one resolution, and what nothing more is said of."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.poisoned = Poisoned()
        self._reported: set[tuple[str, Span, str]] = set()
        self._first: dict[tuple[object, ...], Diagnostic] = {}  # mistakes that may be met again, and their reports
        self._effort = 0

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
        kind: str = "",
        fits: Fits | None = None,
        places: Callable[[str], Span | None] | None = None,
        label: str = "",
        message: str = "",
        help: str = "",
        hint: str = "",
    ) -> Poison:
        """Report a name that nobody declared, with the nearest one that somebody did; once, with all its other places as notes.

        `kind` is the library's folder of such words, which other tools may call otherwise; `fits` says which known names may
        stand here. `places` says where a known name is declared; without it the name is a word of the library. Nothing is
        said of a name that something unreadable may declare. `message`, `label` and `help` take the place of the usual
        ones; `hint` stands behind the help unless a name was close.
        """
        if name in self.poisoned.names or (places is not None and "import" in self.poisoned.kinds):
            return Poison("", span)
        once = (code, what, name)
        if len(self._reported) > MAX_ERRORS or once in self._first:
            return self.error(code, span, "", once=once)
        known = list(dict.fromkeys(known))
        help = help or foreign.word(kind, name)
        close = None if help else self.guess(name, known, fits)
        notes = []
        if close:
            help = f"did you mean `{close}`?"
            place = places(close) if places is not None else None
            if place is not None:
                notes.append(Note(place, f"`{close}` is declared here"))
        elif not help:
            help = f"there is {self.listed(name, known, fits)}" if known else "none is declared"
        label = label or ("not declared" if places is not None else "")
        lines = [help, hint] if hint and not close else [help]
        return self.error(code, span, message or f"unknown {what} `{name}`", label, notes=notes, help=lines, once=once)

    def guess(self, name: str, known: Collection[str], fits: Fits | None = None) -> str | None:
        """The known name that was probably meant; with very many names and mistakes it is not looked for any more."""
        return nearest(name, known, fits) if self._affords(name, known) else None

    def listed(self, name: str, known: Collection[str], fits: Fits | None = None) -> str:
        """Known names for a help line: those akin to the wrong one, then those that fit its place, then the others."""
        return listing(by_use(name, known, fits) if self._affords(name, known) else known)

    def _affords(self, name: str, known: Collection[str]) -> bool:
        """Whether a name is still compared with others; it is then counted."""
        if self._effort <= MAX_EFFORT:
            self._effort += effort(name, known)
        return self._effort <= MAX_EFFORT

    def _another(self, first: Diagnostic, span: Span) -> None:
        """Add a place to a report: the first in the text is its main one."""
        assert first.span is not None
        if span == first.span or len(first.notes) > MAX_PLACES:
            return
        if span.source is first.span.source and span.start < first.span.start:
            span, first.span = first.span, span
        if not any(note.span == span for note in first.notes):
            first.notes = (*first.notes, Note(span, "and here"))
