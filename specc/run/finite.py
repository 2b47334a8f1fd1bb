"""Outputs of a network that are no numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError

HELP = (
    "a number that is far larger than those it was trained on makes such an output: look at that row",
    "`standardize`, `log1p`, `buckets` and `clip` of a column keep its numbers small",
)


class NotFiniteError(FloatingPointError):
    """NaN or infinity. what: whose outputs. first: where the first is: a row, from 0, or what the data call a candidate."""

    def __init__(self, what: str, first: Any, is_row: bool) -> None:
        super().__init__(f"{what} hold NaN or infinity, first of {f'row {first + 1:,}' if is_row else repr(first)}")
        self.what, self.first, self.is_row = what, first, is_row

    def after(self, rows: int) -> NotFiniteError:
        """The same where so many rows stand before those that it counts."""
        return NotFiniteError(self.what, self.first + rows, True) if self.is_row else self


def check_predictions(name: str, values: Any, start: int) -> None:
    """Raises NotFiniteError for predictions (rows, ...) that are not finite; start: the place of their first row."""
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not finite.all():
        raise NotFiniteError(f"the predictions of `{name}`", start + int(finite.argmin()), True)


def check_candidates(name: str, vectors: Any, values: Any) -> None:
    """Raises NotFiniteError for vectors (n, d) of candidates that are not finite; values (n,): what the data call these."""
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise NotFiniteError(f"the vectors of candidates of `{name}`", values[int(finite.argmin())], False)


@contextmanager
def not_finite_as_diagnostic(where: str = "", before: int = 0) -> Iterator[None]:
    """Turns NotFiniteError into a SpecError. where: what is added, as in " (`test`)". before: rows before those it counts."""
    try:
        yield
    except NotFiniteError as error:
        raise SpecError([Diagnostic("REC724", None, f"{error.after(before)}{where}", help=list(HELP))]) from error
