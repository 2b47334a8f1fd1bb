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
from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.prose import as_prose
from specc.text import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """One run with a rule for each code that occurs, its page from the catalogue as help, and a result for each diagnostic.

    File names become relative URIs, percent-encoded; columns are in UTF-16 code units, as `columnKind` says (3.14.17).
    """
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver: dict[str, Any] = {"name": "specc", "rules": [_rule(code) for code in codes]}
    with suppress(PackageNotFoundError):  # a checkout that is not installed has no version
        driver["version"] = version("specc")
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "defaultConfiguration": {"level": "error"}}
    if found := page(code):
        rule["shortDescription"] = {"text": found.title}
        rule["fullDescription"] = {"text": found.why}
        rule["help"] = {"text": found.as_text(), "markdown": found.markdown}
    return rule


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": "error",
        "message": _message(as_prose(diagnostic, notes=False)),
    }
    if diagnostic.span:
        result["locations"] = [{"physicalLocation": _location(diagnostic.span)}]
    if diagnostic.notes:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(note.span), "message": _message(note.text)}
            for number, note in enumerate(diagnostic.notes, 1)
        ]
    return result


def _message(text: str) -> dict[str, str]:
    """A message without placeholders (3.11.5: literal braces are doubled) and without links (3.11.6: a `](` would make one)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")}


def _location(span: Span) -> dict[str, Any]:
    start, end = _place(span, span.start), _place(span, span.end)
    region = {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}
    return {"artifactLocation": {"uri": _uri(span.source.name)}, "region": region}


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
