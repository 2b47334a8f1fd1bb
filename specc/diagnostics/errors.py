"""How diagnostics leave a function that cannot return them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from specc.diagnostics.diagnostic import Diagnostic, errors_in


class SpecError(Exception):
    """A spec, its data or a run have mistakes: `diagnostics` are all of them; the message is their text."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from specc.diagnostics.renderers import render

        super().__init__("\n" + render(diagnostics))
        self.diagnostics = diagnostics


class SpecWarning(UserWarning):
    """What is not an error is shown as this Python warning by the functions that go on: `diagnostics`, and their text."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        from specc.diagnostics.renderers import render

        super().__init__("\n" + render(diagnostics))
        self.diagnostics = list(diagnostics)


def raise_errors(diagnostics: Sequence[Diagnostic], *, stacklevel: int = 4) -> None:
    """Raises SpecError with all diagnostics if one of them is an error; otherwise a SpecWarning shows them, if there are any.

    stacklevel: that of `warnings.warn`; by default of who calls a function whose helper asks here.
    """
    if errors_in(diagnostics):
        raise SpecError(list(diagnostics))
    if diagnostics:
        warnings.warn(SpecWarning(diagnostics), stacklevel=stacklevel)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory left; TensorFlow has one of its own, and is not imported for it."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
