"""Diagnostics as text for people.

error[REC207]: `dot_interaction` needs vectors of one width
  --> specs/dlrm.rec:14:36
   |
11 | tower bottom = @numeric -> concat -> mlp(512, 256, 32)
   |                                                    -- `bottom` has width 32 because of this
14 | tower cross  = [bottom, sparse] -> dot_interaction
   |                                    ^^^^^^^^^^^^^^^ got widths 32 (bottom) and 64 (26 embeddings)
   = help: end `bottom` with 64, or set `embeddings { dim=32 }`
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import get_args

from specc.diagnostics.diagnostic import Diagnostic, Severity
from specc.diagnostics.display import plain
from specc.diagnostics.prose import advice
from specc.diagnostics.snippet import Mark, Paint, marks_of, shown_lines
from specc.text import Source, Span

MOST = 100
"""Diagnostics printed in full; the rest are counted. The formats for machines leave none out."""

# SGR parameters of ECMA-48; what is primary has the colour of its severity
_STYLES = {"title": "1", "secondary": "1;34", "gutter": "1;34", "help": "1;36"}
_PRIMARY: dict[Severity, str] = {"error": "1;31", "warning": "1;33", "note": "1;32"}


def to_text(diagnostics: Sequence[Diagnostic], *, color: bool = False) -> str:
    """All of `diagnostics` in the order given, a blank line after each, and a line that counts them; nothing if there are none.

    Whatever a spec or a path holds, the only escape codes in the result are the colours, and none without `color`.
    """
    if not diagnostics:
        return ""
    parts = [_one(one, partial(_painted, one.severity) if color else _unpainted) for one in diagnostics[:MOST]]
    counted = summary(diagnostics)
    return "\n\n".join([*parts, _painted("error", counted, "title") if color else counted]) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning in 2 files`; one file is not counted."""
    count, files = len(diagnostics), len({d.span.source.name for d in diagnostics if d.span})
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [(severities.count(severity), severity) for severity in get_args(Severity)]
    text = ", ".join([f"{n:,} {severity}{'s' * (n != 1)}" for n, severity in counts if n])
    if files > 1:
        text += f" in {files:,} files"
    return text + (f", the first {MOST} are shown" if count > MOST else "")


def _one(diagnostic: Diagnostic, paint: Paint) -> str:
    title = paint(f"{diagnostic.severity}[{diagnostic.code}]", "primary") + paint(f": {plain(diagnostic.message)}", "title")
    places = _by_source(diagnostic)
    gutter = max((len(str(max(marks))) for _, _, marks in places), default=1)
    bar = paint(" " * gutter + " |", "gutter")
    lines = [title]
    for index, (source, span, marks) in enumerate(places):
        if index:
            lines.append(bar)
        line, column = source.position(span.start)
        arrow = paint(" " * gutter + (":::" if index else "-->"), "gutter")
        lines += [f"{arrow} {plain(source.name)}:{line}:{column}", bar]
        for number, rows in shown_lines(source, marks):
            if number is None:
                lines.append(paint("...", "gutter"))
                continue
            lines.append(f"{paint(f'{number:>{gutter}} |', 'gutter')} {rows[0].text(paint)}".rstrip())
            lines += [f"{bar} {row.text(paint)}" for row in rows[1:]]
    lines += [f"{paint(' ' * gutter + ' =', 'gutter')} {paint('help', 'help')}: {plain(line)}" for line in advice(diagnostic)]
    return "\n".join(lines)


def _by_source(diagnostic: Diagnostic) -> list[tuple[Source, Span, dict[int, list[Mark]]]]:
    """Each text that the diagnostic points into, its first span there, and the marks of each line; the primary's text first."""
    if diagnostic.span is None:
        spans: list[tuple[Span, str, bool]] = []
    else:
        spans = [(diagnostic.span, diagnostic.label, True)]
    spans += [(note.span, note.text, False) for note in diagnostic.notes]
    found: dict[int, tuple[Source, Span, dict[int, list[Mark]]]] = {}
    for span, label, primary in spans:
        _, _, lines = found.setdefault(id(span.source), (span.source, span, {}))
        for number, mark in marks_of(span, label, primary):
            lines.setdefault(number, []).append(mark)
    return list(found.values())


def _painted(severity: Severity, text: str, style: str) -> str:
    return f"\x1b[{_PRIMARY[severity] if style == 'primary' else _STYLES[style]}m{text}\x1b[0m"


def _unpainted(text: str, style: str) -> str:
    return text
