"""A Spec that comes from a file: it may have been edited, or come from a stranger, so lowering it may fail anywhere."""

from __future__ import annotations

from specc.diagnostics import Diagnostic, errors_in
from specc.diagnostics.errors import SpecError
from specc.ir.program import Program
from specc.ir.saved import fitting_together, misfits
from specc.ir.spec import Spec
from specc.lower.lowering import lower


def lower_saved(spec: Spec, path: str) -> tuple[Program | None, list[Diagnostic]]:
    """The Program of a saved Spec, or a diagnostic for one whose parts do not fit together.

    Components make calls of plain data, and what they make is checked against the catalogue before anything is called.
    """
    try:
        with fitting_together(path):
            program = lower(spec)
    except SpecError as error:
        return None, error.diagnostics
    wrong = misfits(program, path)
    return (None if errors_in(wrong) else program), wrong
