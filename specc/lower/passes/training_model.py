"""A model with pooled lookups hands the rows of them to the optimizer, as its class does:

Network(role="training", target="keras.Model")  ->  Network(role="training", target="...TrainingModel")
"""

from __future__ import annotations

from specc.ir.program import MODEL, Program
from specc.targets.catalogue import allowed, target_of

BY_ROWS = "specc.runtime.training.model.TrainingModel"


def trained_by_rows(program: Program) -> Program:
    """The Program whose training network is of the class that does so, unless it is of one already."""
    # The gradient of a penalty on what is looked up is not one of the sums.
    tables = {one.name for one in program.layers if target_of(one.target).is_table and not one.config.get("l2")}
    if not any(call.layer in tables and "combiner" in call.kwargs for call in program.calls):
        return program
    networks = [
        one.model_copy(update={"target": allowed(BY_ROWS)}) if one.role == "training" and one.target == MODEL else one
        for one in program.networks
    ]
    return program.model_copy(update={"networks": networks})
