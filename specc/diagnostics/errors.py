"""How mistakes of a user leave a function that cannot return them."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class SpecError(Exception):
    """A spec, its data or a run have mistakes: `diagnostics` are all of them; the message is their text."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from specc.diagnostics.renderers import render

        super().__init__("\n" + render(diagnostics))
        self.diagnostics = diagnostics


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that there is no memory left; TensorFlow has one of its own, and is not imported for it."""
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
