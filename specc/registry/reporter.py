"""To whom the rules of components report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from specc.diagnostics import Fix, Note
from specc.registry.values import ErrorValue
from specc.text import Span


class Reporter(Protocol):
    """Reports mistakes, each once."""

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        label: str = "",
        *,
        notes: Iterable[Note] = (),
        help: str | Iterable[str] = (),
        fixes: Iterable[Fix] = (),
    ) -> ErrorValue:
        """Report a mistake."""
        ...

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
        """Report what is not wrong and probably not meant."""
        ...

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
    ) -> ErrorValue:
        """Report a name that nobody declared, with the nearest one that somebody did."""
        ...


class Context:
    """What a rule is asked in: it says its mistakes to the one who asks, and reads what its kind of components may know."""

    def __init__(self, reporter: Reporter) -> None:
        self.error = reporter.error
        self.warn = reporter.warn
        self.unknown = reporter.unknown
