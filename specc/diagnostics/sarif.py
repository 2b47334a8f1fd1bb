"""Diagnostics as SARIF 2.1.0 (OASIS, errata 01), which code hosts and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote

from specc.diagnostics.catalogue import page
from specc.diagnostics.diagnostic import Diagnostic, Fix, Severity
from specc.diagnostics.display import plain
from specc.diagnostics.prose import as_prose
from specc.text import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """One run with a rule for each code that occurs, its page from the catalogue as help, and a result for each diagnostic.

    File names become relative URIs, percent-encoded; columns are in UTF-16 code units, as `columnKind` says (3.14.17).
    """
    levels = {diagnostic.code: diagnostic.severity for diagnostic in diagnostics}  # SARIF calls them as we do (3.27.10)
    codes = sorted(levels)
    driver: dict[str, Any] = {"name": "specc", "rules": [_rule(code, levels[code]) for code in codes]}
    with suppress(PackageNotFoundError):  # a checkout that is not installed has no version
        driver["version"] = version("specc")
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, level: Severity) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "defaultConfiguration": {"level": level}}
    if found := page(code):
        rule["shortDescription"] = {"text": found.title}
        rule["fullDescription"] = {"text": found.why}
        rule["help"] = {"text": found.as_text(), "markdown": found.markdown}
    return rule


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity,
        "message": _message(as_prose(diagnostic, notes=False)),
    }
    if diagnostic.span:
        result["locations"] = [{"physicalLocation": _location(diagnostic.span)}]
    if diagnostic.notes:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(note.span), "message": _message(note.text)}
            for number, note in enumerate(diagnostic.notes, 1)
        ]
    if diagnostic.fixes:
        result["fixes"] = [_fix(fix) for fix in diagnostic.fixes]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    """3.55: for each file the regions that go (of length zero for an insertion), and what comes in their place."""
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.span.source.name, []).append(replacement)
    return {
        "description": _message(plain(fix.title)),
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(name)}, "replacements": replacements} for name, replacements in changes.items()
        ],
    }


def _message(text: str) -> dict[str, str]:
    """A message without placeholders (3.11.5: literal braces are doubled) and without links (3.11.6: a `](` would make one)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")}


def _location(span: Span) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(span.source.name)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    start, end = _place(span, span.start), _place(span, span.end)
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _uri(name: str) -> str:
    """A path as a URI reference (RFC 3986); a colon is encoded, too, so that no folder is taken for a scheme."""
    encoded = quote(name.replace("\\", "/"), errors="surrogatepass")
    return "file://" + encoded if encoded.startswith("/") else encoded


def _place(span: Span, offset: int) -> tuple[int, int]:
    """Line and column, from 1, the column in UTF-16 code units."""
    line, column = span.source.position(offset)
    text = span.source.text
    if text.isascii():
        return line, column
    return line, column + sum(char > "\uffff" for char in text[offset - column + 1 : offset])
