"""The models of a spec: with initial weights for what data, or somebody, say of their sizes; or as a run trained them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from specc.backends.keras import Models, build_models
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError, raise_errors
from specc.driver import Compilation
from specc.ir.program import Program
from specc.run.fitting import Fitted
from specc.run.runs import Run
from specc.run.samplers import oversampled
from specc.run.source_map import SourceMap


def build_initial(compilation: Compilation, sizes: Mapping[str, int], fitted: Fitted | None) -> Models:
    """The models with initial weights. Raises SpecError, also for fewer candidates than negatives.

    fitted: what the data decide, as far as `sizes` have not been said otherwise.
    """
    program = compilation.program
    assert program is not None
    known = {name: size for name, size in {**program.sizes, **sizes}.items() if size is not None}
    data = program.data
    ids, counts, columns = dict[str, Any](), dict[str, Any](), dict[str, Any]()
    with compilation.fitting_together():
        for loss, one in data.candidates.items():
            owner = data.vocabulary_of(one.feature)
            ids[loss] = range(one.first, known[owner])
            if fitted is not None and fitted.sizes[owner] == known[owner]:
                ids[loss], counts[loss] = fitted.candidates[loss].ids, fitted.candidates[loss].counts
                columns |= {feature.name: fitted.catalogue[feature.name] for feature in one.columns}
        raise_errors(oversampled(program, ids, counts, SourceMap(program, compilation.texts)))
        listed = {loss: each for loss, each in ids.items() if loss in counts}
        models = build_models(program, known, counts, columns, listed)
    models.candidates = Askable(models.candidates, program, columns)
    return models


class Askable(dict[str, Any]):
    """Networks of candidates by loss, without those whose columns nobody gave: to ask for one of these raises SpecError."""

    def __init__(self, networks: Mapping[str, Any], program: Program, columns: Mapping[str, Any]) -> None:
        lacks = {
            loss: [feature.name for feature in one.columns if feature.name not in columns]
            for loss, one in program.data.candidates.items()
        }
        super().__init__({loss: network for loss, network in networks.items() if not lacks[loss]})
        self.lacks = {loss: (names, program.data.candidates[loss].entity) for loss, names in lacks.items() if names}

    def __missing__(self, loss: str) -> Any:
        if loss not in self.lacks:
            raise KeyError(loss)
        names, entity = self.lacks[loss]
        message = f"the candidates of `{loss}` read {', '.join(f'`{name}`' for name in names)} of `{entity}`, which nobody gave"
        help = "give the data (`data=`) or a run (`run=`), and no other number of ids than they have"
        raise SpecError([Diagnostic("REC809", None, message, help=help)])


def build_trained(compilation: Compilation, folder: str, sizes: Mapping[str, int]) -> Models:
    """The models of a run with its weights. Raises SpecError where it is not the spec that was trained, or not its sizes."""
    program = compilation.program
    assert program is not None
    run = Run.load(folder)
    if _network(program) != _network(run.program):
        message = f"{folder} has the weights of another model than {compilation.path}"
        raise SpecError([Diagnostic("REC808", None, message, help=_trained_from(run))])
    wrong = [f"{folder} has {run.sizes[name]:_} ids of `{name}`" for name, size in sizes.items() if run.sizes[name] != size]
    if wrong:
        raise SpecError([Diagnostic("REC806", None, one, help="leave `--size` away") for one in wrong])
    return run.models


def _network(program: Program) -> tuple[Any, ...]:
    return program.inputs, program.layers, program.calls, program.networks


def _trained_from(run: Run) -> str:
    spec = os.path.join(run.folder, run.about["spec"] or "program.json")
    sets = " ".join(f"--set {name}={text!r}" for name, text in run.about["sets"].items())
    return f"it was trained from {spec}" + (f" with `{sets}`" if sets else "")
