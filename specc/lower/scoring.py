"""What is learned: losses of predictions, and losses that score candidates, with the networks that give these their vectors."""

from __future__ import annotations

from typing import Any

from specc.ir import program as out
from specc.ir.base import ComponentConfig
from specc.ir.spec import Loss, Retrieval, Spec
from specc.lower.builder import Builder
from specc.lower.objects import component_of, lowered
from specc.lower.rows import entity_of
from specc.registry.sampler import Pool
from specc.targets.catalogue import allowed

OF_ROWS = "specc.runtime.layers.losses.PerRow"  # the loss whose predictions are the losses of rows already


class Scoring:
    """Lowers the losses of a Spec, in their order; `positives` are the inputs that give a row's positives, so far."""

    def __init__(self, spec: Spec, build: Builder) -> None:
        self.spec = spec
        self.build = build
        self.positives: list[str] = []
        self._queries: dict[str, str] = {}

    def candidates(self, loss: Loss) -> out.Network:
        """The network from candidates' ids (n,) to their vectors (n, d), or (n, d + 1) with a bias at the end."""
        r, build = _ranked(loss), self.build
        ids = build.name(f"{loss.name}_candidate")
        build.inputs[ids] = out.Input(name=ids, dtype="int32", shape=[])
        section, prefix = f"candidates of {loss.name}", f"{loss.name}_candidates."
        alive = behind([r.vector], self.spec)
        order = [node.id for node in self.spec.nodes if node.id in alive]
        build.lower(order, lambda node: section, prefix=prefix, lookup={"key": (r.column, ids)})
        vector = build.candidate_results[r.vector].name
        if r.biases is not None:
            bias = build.rows(r.biases, ids, section, f"{prefix}bias")
            vector = build.add(section, f"{prefix}biased", "keras.ops.concatenate", [[vector, bias]], axis=-1)
        role = f"candidates_{loss.name}"
        return out.Network(role=role, name=f"{self.spec.name}Candidates", inputs=[ids], outputs={"": vector}, after=section)

    def query(self, loss: Loss) -> str:
        """The vector whose dot products with those of candidates are their scores: with a 1 at the end where these have a
        bias there.
        """
        vector = self.build.result(loss.node).name
        if _ranked(loss).biases is None:
            return vector
        if loss.name not in self._queries:
            one = {"pad_width": [[0, 0], [0, 1]], "constant_values": 1}
            self._queries[loss.name] = self.build.add("predictions", f"{loss.name}.query", "keras.ops.pad", [vector], **one)
        return self._queries[loss.name]

    def output(self, loss: Loss) -> str:
        """What the training network gives for a loss: a prediction, or for candidates the loss of each row."""
        if loss.retrieval is None:
            return self.build.result(loss.node).name
        name = self.build.name(f"{loss.name}_positive")
        self.build.inputs[name] = out.Input(name=name, dtype="int32", shape=[])
        self.positives.append(name)
        layer = lowered("losses", ComponentConfig(name=loss.component, config=loss.config), self._pool(loss))
        args = [self.query(loss), name]
        return self.build.add(f"loss {loss.name}", f"{loss.name}.{loss.component}", layer.target, args, **layer.config)

    def _pool(self, loss: Loss) -> Pool:
        r = _ranked(loss)
        vocabulary = next(v for v in self.spec.vocabularies if v.name == self.build.columns[r.column].vocabulary)
        ids = out.CandidateIds(candidates=loss.name) if entity_of(r, self.spec) is not None else None
        network, size = out.ModelRef(model=f"candidates_{loss.name}"), out.Size(size=vocabulary.name)
        pool = Pool(network, vocabulary.first, size, ids, out.Counts(counts=loss.name))
        for call in r.negatives or ():
            sampler, config = component_of("samplers", call)
            sampler.lower(config, pool)
        return pool

    def loss(self, loss: Loss) -> out.LossSpec:
        """The loss that the training network's output is compiled with."""
        of_rows = out.ObjectConfig(target=allowed(OF_ROWS))
        call = ComponentConfig(name=loss.component, config=loss.config)
        one = of_rows if loss.retrieval is not None else lowered("losses", call, loss.scale)
        return out.LossSpec(
            name=loss.name,
            target=one.target,
            config=one.config,
            weight=loss.weight,
            label=loss.label,
            where=loss.where,
            row_weight=loss.row_weight,
            candidates=loss.retrieval.column if loss.retrieval else None,
        )


def _ranked(loss: Loss) -> Retrieval:
    assert loss.retrieval is not None
    return loss.retrieval


def behind(roots: list[str], spec: Spec) -> set[str]:
    """The nodes that some nodes are made of, themselves included."""
    nodes = {node.id: node for node in spec.nodes}
    stack: list[Any] = list(roots)
    seen: set[str] = set()
    while stack:
        name = stack.pop()
        if name in seen or name not in nodes:
            continue
        seen.add(name)
        for refs in nodes[name].inputs.values():
            stack.extend(refs if isinstance(refs, list) else [refs])
    return seen
