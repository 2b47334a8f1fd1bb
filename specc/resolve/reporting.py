"""Reports mistakes: each once, with its other places as notes, and nothing about what cannot be known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from specc.diagnostics import Diagnostic, Edit, Fix, Note, Severity, errors_in, replacement
from specc.limits import MAX_ERRORS
from specc.registry import foreign
from specc.registry.values import ErrorValue
from specc.resolve.nearest import Fits, by_use, effort, listing, nearest
from specc.resolve.unreliable import Unreliable
from specc.text import Span

MAX_PLACES = 4  # of one mistake that is met again and again
MAX_EFFORT = 700_000  # of comparing unknown names with known ones: under a second


class Reporter:
    """The diagnostics of one resolution, and what nothing more is said of."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.unreliable = Unreliable()
        self._reported: dict[Severity, set[tuple[str, Span, str]]] = {"error": set(), "warning": set(), "note": set()}
        self._first: dict[tuple[object, ...], Diagnostic] = {}  # mistakes that may be met again, and their reports
        self._effort = 0

    @property
    def has_errors(self) -> bool:
        """Whether a mistake was reported; warnings are none."""
        return bool(errors_in(self.diagnostics))

    def error(
        self,
        code: str,
        span: Span | None,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        fixes: Iterable[Fix] = (),
        once: tuple[object, ...] = (),
    ) -> ErrorValue:
        """Report a mistake, once for a place and code; `once` says what the mistake is, and its other places become notes."""
        assert span is not None
        if once in self._first:
            self._another(self._first[once], span)
            return ErrorValue("", span)
        diagnostic = Diagnostic(code, span, message, label, notes=notes, help=help, fixes=fixes)
        if self._add(diagnostic, span) and once:
            self._first[once] = diagnostic
        return ErrorValue("", span)

    def warn(
        self,
        code: str,
        span: Span,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        fixes: Iterable[Fix] = (),
    ) -> None:
        """Report what is not wrong and probably not meant, once for a place and code."""
        self._add(Diagnostic(code, span, message, label, notes=notes, help=help, severity="warning", fixes=fixes), span)

    def _add(self, diagnostic: Diagnostic, span: Span) -> bool:
        """Add a report, unless it is there, its place may be misread, or there are too many; whether it was added."""
        severity = diagnostic.severity
        reported = self._reported[severity]
        key = (diagnostic.code, span, diagnostic.message)
        if key in reported or self.unreliable.misread(span) or len(reported) > MAX_ERRORS:
            return False
        if len(reported) == MAX_ERRORS:
            message = f"more than {MAX_ERRORS} {severity}s; the others are not shown"
            diagnostic = Diagnostic("REC908", span, message, severity=severity)
        reported.add(key)
        self.diagnostics.append(diagnostic)
        return True

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
    ) -> ErrorValue:
        """Report a name that nobody declared, with the nearest one that somebody did; once, with all its other places as notes.

        `kind` is the folder of such components, which other tools may call otherwise; `fits` says which known names may
        stand here. `places` says where a known name is declared; without it the name is one of the library. Nothing is
        said of a name that something unreadable may declare. `message`, `label` and `help` take the place of the usual
        ones; `hint` stands behind the help unless a name was close.
        """
        if name in self.unreliable.names or (places is not None and "import" in self.unreliable.kinds):
            return ErrorValue("", span)
        once = (code, what, name)
        if len(self._reported["error"]) > MAX_ERRORS or once in self._first:
            return self.error(code, span, "", once=once)
        known = list(dict.fromkeys(known))
        help = help or foreign.word(kind, name)
        close = None if help else self.guess(name, known, fits)
        notes, fixes = [], []
        if close:
            if span.text == name:
                fixes.append(replacement(span, close))
            help = f"did you mean `{close}`?"
            place = places(close) if places is not None else None
            if place is not None:
                notes.append(Note(place, f"`{close}` is declared here"))
        elif not help:
            help = f"there is {self.listed(name, known, fits)}" if known else "none is declared"
        label = label or ("not declared" if places is not None else "")
        lines = [help, hint] if hint and not close else [help]
        message = message or f"unknown {what} `{name}`"
        return self.error(code, span, message, label, notes=notes, help=lines, fixes=fixes, once=once)

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
        """Add a place to a report: the first in the text is its main one. A fix is one of all places, and goes when they are
        not all known.
        """
        assert first.span is not None
        if span == first.span or any(note.span == span for note in first.notes):
            return
        if len(first.notes) > MAX_PLACES:
            first.fixes = ()
            return
        alike = span.text == first.span.text
        first.fixes = tuple(Fix(fix.title, [*fix.edits, Edit(span, fix.edits[0].text)]) for fix in first.fixes if alike)
        if span.source is first.span.source and span.start < first.span.start:
            span, first.span = first.span, span
        first.notes = (*first.notes, Note(span, "and here"))
