"""Diagnostics as GitHub's workflow commands, which become annotations on the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
"""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.display import plain
from specc.diagnostics.prose import as_prose

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(diagnostics: Sequence[Diagnostic]) -> str:
    """A line `::error file=...,line=...,col=...,endLine=...,endColumn=...,title=...::message` for each error,
    `::warning` for a warning, `::notice` for a note.

    The end column is exclusive. A span over several lines has no columns: the runner refuses them there.
    """
    return "".join([_one(diagnostic) + "\n" for diagnostic in diagnostics])


def _one(diagnostic: Diagnostic) -> str:
    properties: dict[str, str | int] = {}
    if span := diagnostic.span:
        line, column = span.source.position(span.start)
        end_line, end_column = span.source.position(span.end)
        properties = {"file": plain(span.source.name), "line": line}
        if line == end_line:
            properties |= {"col": column, "endLine": end_line, "endColumn": end_column}
        else:
            properties["endLine"] = end_line
    properties["title"] = diagnostic.code
    listed = ",".join([f"{name}={_property(str(value))}" for name, value in properties.items()])
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(as_prose(diagnostic))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
