"""Samplers against the candidates that there are, which only data tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from specc.diagnostics import Diagnostic
from specc.diagnostics.errors import SpecError
from specc.ir.program import Made, Program
from specc.run.source_map import SourceMap

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
            config: dict[str, Any] = dict(sampler.config)
            drawable = _from(ids[loss], config.get("min_id") or 0)
            if "counts" in config and loss in counts:
                drawable = int((counts[loss][candidates.first :] > 0).sum())
            if config["n"] > drawable:
                name = _spelling(sampler.target)
                most = f"`{name}(n)` takes an n of at most {drawable}; " if drawable > 0 else ""
                help = f"{most}without `negatives=` all candidates are used"
                message = f"`{name}({config['n']})` draws more candidates than there are to draw: {drawable:,}"
                if drawable == 0:
                    message = f"`{name}({config['n']})` has no candidate to draw: {_why(config)}"
                found.append(Diagnostic("REC716", places.loss(loss), message, help=help))
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


def _why(config: Mapping[str, Any]) -> str:
    if "counts" in config:
        return "none is a training row's own"
    return f"none has an id of {config['min_id']} or more" if config.get("min_id") else "there are none"


def samplers_of(loss: str, program: Program) -> Iterator[Made]:
    """The samplers of a retrieval loss."""
    layers = {layer.name: layer for layer in program.layers}
    (training,) = [network for network in program.networks if network.role == "training"]
    for step in program.steps:
        if step.name == training.outputs[loss] and step.layer is not None:
            samplers: Any = layers[step.layer].config.get("samplers", [])
            yield from samplers


def _spelling(target: str) -> str:
    """A sampler's word in the language: `log_uniform`."""
    name = target.rsplit(".", 1)[1]
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
