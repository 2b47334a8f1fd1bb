"""A diagnostic in plain sentences, for formats that have one field for all of it."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.display import plain


def as_prose(diagnostic: Diagnostic, *, notes: bool = True) -> str:
    """Message, label, the notes with their places (unless the format has its own field for those) and help, a line each."""
    lines = [plain(diagnostic.message)]
    if diagnostic.label:
        lines.append(plain(diagnostic.label))
    if notes:
        lines += [f"{plain(repr(note.span))}: {plain(note.text)}" for note in diagnostic.notes]
    lines += [f"help: {plain(line)}" for line in advice(diagnostic)]
    return "\n".join(lines)


def advice(diagnostic: Diagnostic) -> tuple[str, ...]:
    """What to do, one line an entry: `help`, which says what the fixes do, too, or else their titles."""
    return diagnostic.help or tuple(fix.title for fix in diagnostic.fixes)
