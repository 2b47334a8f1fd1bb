"""Diagnostics as JSON, for programs: `diagnostics.schema.json`, beside this file, describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from specc.diagnostics.diagnostic import Diagnostic, Fix
from specc.text import Span

VERSION = 1
"""Raised when a field changes its meaning or goes; a new field leaves it."""


def to_json(diagnostics: Sequence[Diagnostic]) -> str:
    """One object: `version`, `errors` and `warnings` (their numbers), and `diagnostics`, in the order given.

    A span has its `file`, `start` and `end` (exclusive); lines and columns are counted from 1, offsets from 0, all in Unicode
    code points. Texts are unchanged: it is for the reader of the JSON to make them fit to be shown.
    """
    severities = [diagnostic.severity for diagnostic in diagnostics]
    document = {
        "version": VERSION,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "diagnostics": [_one(diagnostic) for diagnostic in diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _one(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "label": diagnostic.label,
        "span": _span(diagnostic.span) if diagnostic.span else None,
        "notes": [{"span": _span(note.span), "text": note.text} for note in diagnostic.notes],
        "help": list(diagnostic.help),
        "fixes": [_fix(fix) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "edits": [{"span": _span(edit.span), "text": edit.text} for edit in fix.edits]}


def _span(span: Span) -> dict[str, Any]:
    return {"file": span.source.name, "start": _place(span, span.start), "end": _place(span, span.end)}


def _place(span: Span, offset: int) -> dict[str, int]:
    line, column = span.source.position(offset)
    return {"line": line, "column": column, "offset": offset}
