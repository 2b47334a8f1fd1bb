"""The one door to the renderers: a format's name in, its text out. Only the renderer asked for is imported."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics.diagnostic import Diagnostic

FORMATS = ("text", "json", "sarif", "github")


def render(diagnostics: Sequence[Diagnostic], format: str = "text", *, color: bool = False) -> str:
    """`diagnostics` in one of `FORMATS`; only the text has colours, and whether to ask for them is the caller's to know.

    Raises ValueError for another format.
    """
    if format == "text":
        from specc.diagnostics.text import to_text

        return to_text(diagnostics, color=color)
    if format == "json":
        from specc.diagnostics.as_json import to_json

        return to_json(diagnostics)
    if format == "sarif":
        from specc.diagnostics.sarif import to_sarif

        return to_sarif(diagnostics)
    if format == "github":
        from specc.diagnostics.github import to_github

        return to_github(diagnostics)
    raise ValueError(f"no format {format!r}: there are {', '.join(FORMATS)}")
