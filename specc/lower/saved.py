"""A Spec that comes from a file: it may have been edited, or come from a stranger, so lowering it may fail anywhere."""

from __future__ import annotations

from specc.diagnostics import Diagnostic
from specc.ir.check import problems
from specc.ir.program import Program
from specc.ir.spec import Spec
from specc.lower.lowering import lower


def lower_saved(spec: Spec, path: str) -> tuple[Program | None, list[Diagnostic]]:
    """The Program of a saved Spec, or a diagnostic for one whose parts do not fit together.

    Components make calls of plain data, and what they make is checked against the catalogue before anything is called.
    """
    try:
        program = lower(spec)
    except Exception as error:
        first = next(iter(str(error).splitlines()), "")
        message = f"{path}: its parts do not fit together: {type(error).__name__} {first}".rstrip()
        return None, [Diagnostic("REC804", None, message, help="`specc ir SPEC` writes one that does")]
    wrong = problems(program)
    return (None if wrong else program), [Diagnostic("REC804", None, f"{path}: {one}") for one in wrong[:20]]
