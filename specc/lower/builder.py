"""Builds the network part of a Program: one node after the other appends layers and steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from specc import registry
from specc.diagnostics import InternalError
from specc.ir import program as out
from specc.ir.spec import Column, Spec
from specc.ir.spec import Node as NodeOfSpec
from specc.lower.objects import lowered
from specc.registry.building import Lowered, Node
from specc.registry.op import Op
from specc.registry.optimizer import Caller
from specc.targets.catalogue import allowed, target_of
from specc.targets.tables import EMBEDDING

PREDICTIONS = frozenset({"logit", "prob", "real"})  # types of nodes


class Builder:
    """Lowers nodes to steps. The same builder lowers the candidates of retrieval losses, so that layers are shared by
    weights path.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.columns = {c.name: c for c in spec.columns}
        self.nodes = {n.id: n for n in spec.nodes}
        self.tables = {t.name: t for t in spec.tables}
        self.inputs: dict[str, out.Input] = {}
        self.layers: dict[str, out.Layer] = {}
        self.callers: dict[str, list[Caller]] = {}  # layer name to the nodes that call it, for layers of operators
        self.table_layers: dict[str, str] = {}  # layer name to table name
        self.calls: list[out.Call] = []
        self.gates: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._made: set[str] = set()  # names of results
        self._results: dict[str, Lowered] = {}
        self._masks: dict[str, str] = {}
        self._prefix = ""
        self._section = ""
        self._node: Any = None
        self._blocks: list[str] = []
        self._lookup: dict[str, tuple[str, str]] | None = None  # candidates: column to (kind, call)

    # Names

    def name(self, wanted: str) -> str:
        """An identifier for a path, its own for each path."""
        base = re.sub(r"\W", "_", wanted)
        name, number = base, 1
        while self._names.get(name, wanted) != wanted:
            number += 1
            name = f"{base}_{number}"
        self._names[name] = wanted
        return name

    # Inputs

    def column(self, name: str) -> Lowered:
        """A column as it enters the network: ids, numbers or a vector, with its mask where there are many."""
        if name in self._results:
            return self._results[name]
        column = self.columns[name]
        if self._lookup is not None:
            value = self._from_catalogue(column)
        else:
            value = self.name(name)
            self.inputs.setdefault(name, out.Input(name=value, column=name, dtype=_dtype(column), shape=input_shape(column)))
        mask = None
        if column.storage.shape != "scalar":
            axis = f"{self._prefix}{column.axis or column.name}"
            if axis not in self._masks:
                self._masks[axis] = self._call_layer(
                    f"{axis}.mask", "specc.runtime.layers.sequences.PaddingMask", [value], {}, {}
                )
            mask = self._masks[axis]
        self._results[name] = Lowered(value, mask)
        return self._results[name]

    def _from_catalogue(self, column: Column) -> str:
        assert self._lookup is not None
        key, ids = self._lookup["key"]
        if column.name == key:
            return ids
        config = {"values": out.Catalogue(catalogue=column.name, shape=input_shape(column), dtype=_dtype(column))}
        return self._call_layer(f"{column.name}.catalogue", "specc.runtime.layers.catalogue.CatalogueColumn", [ids], config, {})

    # What operators ask (`specc.registry.building.Build`)

    def layer(
        self,
        target: str,
        *inputs: Any,
        suffix: str = "",
        last: bool = False,
        result: str | None = None,
        call: dict[str, Any] | None = None,
        **config: Any,
    ) -> str:
        """Make a layer and call it."""
        path = f"{self._node.weights}.{suffix}" if suffix else self._node.weights
        tail = suffix if result is None else result
        named = f"{self._node.id}.{tail}" if tail and not last else self._node.id
        self.callers.setdefault(self.name(path), []).append(self._node)
        return self._call_layer(path, target, list(inputs), config, call or {}, result=named)

    def op(self, target: str, *inputs: Any, suffix: str = "", **config: Any) -> str:
        """Call a function without weights."""
        path = f"{self._node.id}.{suffix}" if suffix else self._node.id
        kwargs = {k: v for k, v in config.items() if v is not None}
        return self._append(self._prefix + path, inputs, kwargs, target=allowed(target))

    def lookup(self, table: str, ids: str, combiner: str | None = None) -> str:
        """The rows of an embedding table at ids; pooled where there is a combiner."""
        result = self._rows(table, ids, f"{self._node.id}.lookup")
        if combiner is not None:
            self.calls[-1].kwargs["combiner"] = combiner
        return result

    def _rows(self, table: str, ids: str, result: str) -> str:
        made = self.tables[table]
        init = lowered("initializers", made.init) if made.init is not None else None
        config = {"rows": out.Size(size=made.vocabulary), "dim": made.dim, "initializer": init, "l2": made.l2 or None}
        path = f"{table}.embedding"
        self.table_layers[self.name(path)] = table
        return self._call_layer(path, EMBEDDING, [ids], config, {}, result=result)

    def number(self, name: str) -> str:
        """An input of numbers as (batch, width): inputs are declared so."""
        return name

    def report(self, weights: str) -> None:
        """Report a gate's weights."""
        self.gates[self._node.id.removesuffix(".mixture")] = weights

    def _argument(self, value: Any) -> Any:
        if isinstance(value, str) and value in self._names:
            return out.Ref(ref=value)
        if isinstance(value, list):
            return [out.Ref(ref=v) for v in value]
        return value

    def _call_layer(
        self,
        path: str,
        target: str,
        inputs: list[Any],
        config: dict[str, Any],
        call: dict[str, Any],
        *,
        result: str | None = None,
    ) -> str:
        layer = self.name(path)
        if layer not in self.layers:
            given = {k: v for k, v in config.items() if v is not None}
            self.layers[layer] = out.Layer(name=layer, target=allowed(target), config=given)
        kwargs = {k: out.Ref(ref=v) if isinstance(v, str) else v for k, v in call.items() if v is not None}
        return self._append(self._prefix + (result or path), inputs, kwargs, layer=layer)

    def _append(self, wanted: str, inputs: Iterable[Any], kwargs: dict[str, Any], **called: str) -> str:
        """Append a call of a layer or target; the name of its result, which no other result has."""
        name = self.name(wanted)
        if name in self._made:
            raise InternalError(f"two results are called {name}")
        self._made.add(name)
        args = [self._argument(value) for value in inputs]
        call = out.Call(name=name, section=self._section, blocks=self._blocks, args=args, kwargs=kwargs)
        self.calls.append(call.model_copy(update=called))
        return name

    # Lowering

    def lower(
        self, ids: list[str], section_of: Any, *, prefix: str = "", lookup: dict[str, tuple[str, str]] | None = None
    ) -> None:
        """Lower nodes in the given order, which must be one that defines before it uses."""
        self._prefix, self._lookup = prefix, lookup
        saved = self._results
        if prefix:
            self._results = {}
        for id in ids:
            node = self.nodes[id]
            self._node, self._section, self._blocks = node, section_of(node), node.blocks
            entry = registry.find("ops", node.op)
            if not isinstance(entry, Op):
                raise InternalError(f"no operator {node.op}")
            inputs: dict[str, Any] = {
                role: [self.result(r) for r in refs] if isinstance(refs, list) else self.result(refs)
                for role, refs in node.inputs.items()
            }
            self._results[id] = entry.lower(Node(id, node.config, inputs, node.shape), self)
            self._describe(self._results[id].name, node)
        if prefix:
            self.candidate_results = self._results
            self._results = saved
        self._prefix, self._lookup, self._blocks = "", None, []

    def _describe(self, name: str, node: NodeOfSpec) -> None:
        """Say of the call that gives the result of a node what passes and cost cannot see."""
        place = next((place for place in reversed(range(len(self.calls))) if self.calls[place].name == name), None)
        if place is None:  # the result is an input, or what came in
            return
        made, known = self.calls[place], dict[str, Any]()
        if node.type in PREDICTIONS:
            known["predicts"] = True
        if target_of(self.layers[made.layer].target if made.layer is not None else made.target or "").cost is None:
            known["shape"] = node.shape
        self.calls[place] = made.model_copy(update=known) if known else made

    def result(self, id: str) -> Lowered:
        """What a node or column was lowered to."""
        if id in self._results:
            return self._results[id]
        if id in self.columns:
            return self.column(id)
        raise InternalError(f"{id} is used before it is made")

    # What no node stands for

    def rows(self, table: str, ids: str, section: str, result: str) -> str:
        """The rows of a table at ids."""
        self._section = section
        return self._rows(table, ids, result)

    def add(self, section: str, name: str, target: str, args: list[Any], **config: Any) -> str:
        """A call, such as the sigmoid of an exported logit; of a layer where `target` is a class."""
        self._section = section
        if target_of(target).kind == "layer":
            return self._call_layer(name, target, args, config, {})
        return self._append(name, args, config, target=allowed(target))


def _dtype(column: Column) -> Any:
    return "int32" if column.gives == "category" else "float32"


def input_shape(column: Column) -> list[int | None]:
    """Shape of a column's input, without the batch: ids (), numbers (1,), vectors (n,), bags (any,), sequences (n,)."""
    if column.storage.shape == "bag":
        return [None]
    if column.storage.shape == "sequence" or column.gives == "vector":
        return [column.storage.size]
    return [] if column.gives == "category" else [1]
