"""How mistakes of a user leave a function that cannot return them."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic


class SpecError(Exception):
    """A spec, its data or a run have mistakes: `diagnostics` are all of them; the message is their text."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from specc.diagnostics.renderers import render

        super().__init__("\n" + render(diagnostics))
        self.diagnostics = diagnostics
