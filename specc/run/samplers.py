"""Samplers against the candidates that there are, which only data tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from specc import registry
from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.program import Layer, ObjectConfig, Program
from specc.run.source_map import SourceMap
from specc.targets.catalogue import target_of
from specc.targets.samplers import Sampler

if TYPE_CHECKING:
    from specc.driver import Compilation


def oversampled(program: Program, ids: Mapping[str, Any], counts: Mapping[str, Any], places: SourceMap) -> list[Diagnostic]:
    """A diagnostic for each loss without candidates, and each sampler that is to draw more distinct ones than it can.

    ids: of the candidates, a range or an array; counts: how often each id is a training row's own, (size,), without which all
    are; by loss, of those that are known.
    """
    found = []
    for loss, candidates in program.data.candidates.items():
        if loss not in ids:
            continue
        if len(ids[loss]) == 0:
            message = f"the loss `{loss}` has no candidate: ids below {candidates.first} stand for no value of its own"
            found.append(Diagnostic("REC713", places.loss(loss), message, help=f"`{candidates.feature}` needs more ids"))
            continue
        for sampler in samplers_of(loss, program):
            record, n = target_of(sampler.target), sampler.config["n"]
            assert isinstance(record, Sampler)
            assert isinstance(n, int)
            lowest: Any = sampler.config.get(record.lowest or "", 0)
            drawable, why = _from(ids[loss], lowest), f"none has an id of {lowest} or more" if lowest else "there are none"
            if record.observed and loss in counts:
                drawable, why = int((counts[loss][candidates.first :] > 0).sum()), "none is a training row's own"
            if n > drawable:
                name = _component("samplers", "target", sampler.target).name
                help = [f"`{name}(n)` takes an n of at most {drawable}"] if drawable > 0 else []
                help += ["without `negatives=` all candidates are used"] if _may_be_full(loss, program) else []
                message = f"`{name}({n})` draws more candidates than there are to draw: {drawable:,}"
                if drawable == 0:
                    message = f"`{name}({n})` has no candidate to draw: {why}"
                found.append(Diagnostic("REC716", places.loss(loss), message, help="; ".join(help) or ()))
    return found


def oversampled_by_sizes(compilation: Compilation, sizes: Mapping[str, int]) -> list[Diagnostic]:
    """As `oversampled`, of the losses whose candidates have a size: all ids are candidates."""
    program = compilation.program
    assert program is not None
    known = {**program.sizes, **sizes}
    ids = dict[str, Any]()
    for loss, one in program.data.candidates.items():
        size = known.get(program.data.vocabulary_of(one.feature))
        if size is not None:
            ids[loss] = range(one.first, size)
    return oversampled(program, ids, {}, SourceMap(program, compilation.texts))


def oversampled_in_saved(compilation: Compilation) -> list[Diagnostic]:
    """As `oversampled`, of saved IR that holds together otherwise: of a `.rec` file the resolver says so."""
    if not compilation.is_ir or compilation.program is None:
        return []
    try:
        with compilation.fitting_together():
            return oversampled_by_sizes(compilation, {})
    except SpecError as error:
        return error.diagnostics


def _from(ids: Any, low: int) -> int:
    """How many ids are `low` or more."""
    return len(range(max(ids.start, low), ids.stop)) if isinstance(ids, range) else int((ids >= low).sum())


def samplers_of(loss: str, program: Program) -> Iterator[ObjectConfig]:
    """The samplers of a retrieval loss."""
    samplers: Any = _layer(loss, program).config.get("samplers", [])
    yield from samplers


def _layer(loss: str, program: Program) -> Layer:
    """The layer that gives a retrieval loss of each row."""
    (training,) = [network for network in program.networks if network.role == "training"]
    (call,) = [call for call in program.calls if call.name == training.outputs[loss]]
    return next(layer for layer in program.layers if layer.name == call.layer)


def _may_be_full(loss: str, program: Program) -> bool:
    return bool(_component("losses", "pooled", _layer(loss, program).target).full)


def _component(kind: str, place: str, target: str) -> Any:
    """The component that becomes a target: how the language calls it."""
    found = (registry.find(kind, name) for name in registry.names(kind))
    return next(one for one in found if getattr(one, place, None) == target)
