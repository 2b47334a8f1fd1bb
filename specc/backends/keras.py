"""Runs a Program: a loop over its layers and steps that makes Keras models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from specc.analysis.fits import too_large
from specc.backends.targets import find
from specc.diagnostics import InternalError
from specc.diagnostics.errors import SpecError
from specc.ir import program as ir
from specc.runtime.layers.embedding import group_tables
from specc.runtime.layers.seeding import initialize


class UnknownSizeError(Exception):
    """A vocabulary's size is decided by data, and nobody said it: `names` are those."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"sizes of {', '.join(names)}")
        self.names = names


class Models:
    """The Keras models of a Program, which share their layers.

    model: what is exported: columns to predictions (batch, 1) by head, and query vectors (batch, d) by retrieval loss.
    training: the same inputs (and the candidates' ids) to what each loss reads, by loss; None without losses.
    gates: to the gates' weights (batch, experts), by gate; None without reports.
    candidates: for each retrieval loss, from candidate ids (n,) to vectors (n, d).
    """

    def __init__(self, networks: Mapping[str, Any]) -> None:
        self.model: Any = networks["model"]
        self.training: Any = networks.get("training")
        self.gates: Any = networks.get("gates")
        prefix = "candidates_"
        self.candidates = {role.removeprefix(prefix): net for role, net in networks.items() if role.startswith(prefix)}


def build_models(
    program: ir.Program,
    sizes: Mapping[str, int] | None = None,
    counts: Mapping[str, Any] | None = None,
    catalogue: Mapping[str, Any] | None = None,
    candidate_ids: Mapping[str, Any] | None = None,
    *,
    grouped: bool = False,
) -> Models:
    """The models of a Program with initial weights.

    sizes: ids of each vocabulary that data decides. counts: for each retrieval loss how often each id is a row's own,
    (size,); all equal when not given. catalogue: for each entity column that candidates read, its values by candidate id;
    zeros when not given. candidate_ids: by retrieval loss whose candidates are rows of an entity, (n,), rising; all
    when not given. grouped: tables of one width share variables, which trains faster; with the weights that they get without,
    and under the same names. Raises UnknownSizeError, and SpecError for weights that the machine cannot hold.
    """
    known = {name: size for name, size in {**program.sizes, **(sizes or {})}.items() if size is not None}
    missing = [name for name in program.sizes if name not in known]
    if missing:
        raise UnknownSizeError(missing)
    found = too_large(program, known, trained=grouped)
    if found:
        raise SpecError(found)
    runner = _Runner(program, known, counts or {}, catalogue or {}, candidate_ids or {})
    models = Models(runner.run(program.table_groups if grouped else []))
    for network in (models.training or models.model, *models.candidates.values()):
        initialize(network, program.training.seed)
    return models


class _Runner:
    def __init__(
        self,
        program: ir.Program,
        sizes: Mapping[str, int],
        counts: Mapping[str, Any],
        catalogue: Mapping[str, Any],
        candidate_ids: Mapping[str, Any],
    ) -> None:
        self.program = program
        self.sizes = sizes
        self.counts = counts
        self.catalogue = catalogue
        self.candidate_ids = candidate_ids
        self.layers: dict[str, Any] = {}
        self.tensors: dict[str, Any] = {}
        self.networks: dict[str, Any] = {}

    def run(self, table_groups: list[list[str]]) -> dict[str, Any]:
        """Make inputs, make the calls in order, and make each network when its section is done."""
        for tensor in self.program.inputs:
            self.tensors[tensor.name] = keras.Input(tuple(tensor.shape), dtype=tensor.dtype, name=tensor.name)
        configs = {layer.name: layer for layer in self.program.layers}
        for group in table_groups:
            for name in group:
                self.layers[name] = self._make(configs[name])
            group_tables([self.layers[name] for name in group])
        waiting = list(self.program.networks)
        for place, call in enumerate(self.program.calls):
            if call.layer is not None and call.layer not in self.layers:
                self.layers[call.layer] = self._make(configs[call.layer])
            function = self.layers[call.layer] if call.layer is not None else find(call.target or "")
            args = [self._argument(argument) for argument in call.args]
            self.tensors[call.name] = function(*args, **{key: self._argument(v) for key, v in call.kwargs.items()})
            following = self.program.calls[place + 1].section if place + 1 < len(self.program.calls) else None
            for network in [n for n in waiting if n.after == call.section and following != call.section]:
                self._network(network)
                waiting.remove(network)
        for network in waiting:
            self._network(network)
        return self.networks

    def _network(self, network: ir.Network) -> None:
        outputs: Any = {name: self.tensors[ref] for name, ref in network.outputs.items()}
        if list(outputs) == [""]:
            outputs = outputs[""]
        inputs: Any = {name: self.tensors[name] for name in network.inputs}
        if network.role.startswith("candidates_"):
            (inputs,) = inputs.values()
        model = find(network.target)
        self.networks[network.role] = model(inputs, outputs, name=network.name, **self._config(network.config))

    def _make(self, layer: ir.Layer) -> Any:
        return find(layer.target)(**self._config(layer.config), name=layer.name)

    def _config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._value(value) for key, value in config.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, ir.Size):
            return self.sizes[value.size]
        if isinstance(value, ir.ObjectConfig):
            return find(value.target)(**self._config(value.config))
        if isinstance(value, ir.ModelRef):
            return self.networks[value.model]
        if isinstance(value, ir.Counts):
            given = self.counts.get(value.counts)
            data = self.program.data
            size = self.sizes[data.vocabulary_of(data.candidates[value.counts].feature)]
            return np.ones(size, "int64") if given is None else given
        if isinstance(value, ir.CandidateIds):
            return self.candidate_ids.get(value.candidates)
        if isinstance(value, ir.Catalogue):
            return self._catalogue(value)
        return [self._value(item) for item in value] if isinstance(value, list) else value

    def _catalogue(self, value: ir.Catalogue) -> Any:
        if value.catalogue in self.catalogue:
            return self.catalogue[value.catalogue]
        for candidates in self.program.data.candidates.values():
            if any(feature.name == value.catalogue for feature in candidates.columns):
                size = self.sizes[self.program.data.vocabulary_of(candidates.feature)]
                shape = [size, *(1 if n is None else n for n in value.shape)]
                return np.zeros(shape, value.dtype)
        raise InternalError(f"no candidates read {value.catalogue}")

    def _argument(self, argument: Any) -> Any:
        if isinstance(argument, ir.Ref):
            return self.tensors[argument.ref]
        if isinstance(argument, list):
            return [self._argument(item) for item in argument]
        return argument
