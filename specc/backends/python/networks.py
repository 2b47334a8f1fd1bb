"""The network part of a Program as the body of `build_models`: one block a declaration, named and nested as by hand."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from specc.backends.python.imports import Imports
from specc.backends.python.layout import (
    INDENT,
    MANY,
    WIDTH,
    Brackets,
    Code,
    Text,
    call,
    flat,
    listing,
    packed,
    plain,
    statement,
    table,
)
from specc.backends.python.literals import Names, identifier, literal, words
from specc.backends.python.local_names import local_names
from specc.backends.python.spelling import Spelling
from specc.backends.python.values import Use, Value, Values, uses
from specc.ir import program as ir

NESTED = 112  # a call that is longer than this gets a line of its own
MAKING = 104  # and the making of a layer
FIRST = 84  # as long as a call around the call of a new layer may be
ASKED = ("SIZES", "sizes", "counts", "catalogue", "candidate_ids")
SHORT = 72  # as long as a call inside a network's outputs may be


@dataclass(frozen=True)
class NetworkSource:
    """The lines of the body, the variables that hold the networks by role, and what the caller has to hand in (`sizes`,
    ...).
    """

    lines: list[str]
    networks: dict[str, str]
    asked: list[str]


def print_networks(program: ir.Program, imports: Imports, names: Names, learned: set[str]) -> NetworkSource:
    """The inputs, steps and networks of a program as statements; vocabularies in `learned` have their size in `SIZES`."""
    return _Printer(program, imports, names, learned).print()


def network_variable(role: str, program: ir.Program) -> str:
    """What a network is called: `model`, `training`, `gates`; `candidates`, with the loss where there are several."""
    several = sum(n.role.startswith("candidates_") for n in program.networks) > 1
    return identifier(role) if several or not role.startswith("candidates_") else "candidates"


class _Printer:
    def __init__(self, program: ir.Program, imports: Imports, names: Names, learned: set[str]) -> None:
        self.program = program
        self.imports = imports
        self.names = names
        self.values = Values(program)
        self.columns = names.fresh("columns")
        self.configs = {layer.name: layer for layer in program.layers}
        self.networks = {n.role: names.fresh(network_variable(n.role, program)) for n in program.networks}
        uses_of = Counter(v.call.layer for v in self.values.live.values() if v.call.layer is not None)
        self.grouped = [name for group in program.table_groups for name in group]
        self.shared = {name for name, times in uses_of.items() if times > 1} | set(self.grouped)
        self.layers: dict[str, str] = {}
        self.inputs = {i.name: identifier(i.name) for i in program.inputs if i.column is None}
        self.variables = {place: identifier(value.call.name) for place, value in self.values.live.items()}
        self.spelling = Spelling(program, imports, self.networks, self.layers, learned)
        self.codes: dict[int, Code] = {}  # of values that stand inside another
        self.depths: dict[int, int] = {}
        self.shared |= {name for name in uses_of if len(flat(self._layer(name))) > MAKING}
        self.layers.update({name: identifier(name) for name in self.shared})
        self.notes: dict[tuple[str, str], list[str]] = {(note.kind, note.name): note.comment for note in program.notes}
        self.header: list[str] = []
        self.lines: list[str] = []
        self.made: set[str] = set()

    def print(self) -> NetworkSource:
        """The whole body."""
        for value in self.values.live.values():  # with rough names, to see what stands inside what
            code = self._call(value)
            if self._nests(value, code):
                self.codes[value.place] = code
        nested = set(self.codes)
        self.codes.clear()
        self.variables = local_names(self.values, nested, self.names)
        for name in self.shared:
            self.layers[name] = self.names.fresh(name)
        for name in self.inputs:
            self.inputs[name] = self.names.fresh(name)
        self._columns()
        self._tables()
        self._steps(nested)
        return NetworkSource(self.lines, self.networks, [name for name in ASKED if name in self.spelling.looked_up])

    def _steps(self, nested: set[int]) -> None:
        sections = {section.name: section for section in self.program.sections}
        waiting = list(self.program.networks)
        current = None
        for value in self.values.live.values():
            if value.call.section != current:
                waiting = self._networks(waiting, after=current)
                current = value.call.section
                self.header = _header(sections.get(current) or ir.Section(name=current, kind=""))
            code = self._call(value)
            if value.place in nested:
                self.codes[value.place] = code
                continue
            self._note(value)
            self._define(value)
            self._assign(value, code)
        waiting = self._networks(waiting, after=current)
        self.header = [""]
        for network in waiting:
            self._network(network)

    # Inputs

    def _columns(self) -> None:
        pairs = [(f"{literal(i.name)}: ", self._input(i)) for i in self.program.inputs if i.column is not None]
        self._add(self.columns, Brackets(Text(""), "{", pairs, "}", tall=True))

    def _input(self, tensor: ir.Input) -> Code:
        self.imports.need("keras")
        size = ", ".join("None" if n is None else literal(n) for n in tensor.shape)
        shape = f"({size},)" if len(tensor.shape) == 1 else f"({size})"
        return call("keras.Input", Text(shape), dtype=plain(tensor.dtype), name=plain(tensor.name))

    def _tables(self) -> None:
        """The tables that share variables."""
        if not self.grouped:
            return
        self.header = ["", f"{INDENT}# tables"]
        for name in self.grouped:
            self.made.add(name)
            self.header += comment_lines(self.notes.pop(("embeddings", name), []))
            self._add(self.layers[name], self._layer(name))
        self.lines.append(f"{INDENT}if grouped:  # an optimizer updates all tables of a variable at once")
        for group in self.program.table_groups:
            function = self.imports.support("layers.embedding.group_tables")
            names = [self.layers[name] for name in group]
            code = call(function, listing(Text(name) for name in names))
            self.lines.append(packed(f"{function}([", names, "])", 2) if len(names) >= MANY else statement(code, 2))

    # Steps

    def _call(self, value: Value) -> Code:
        step = value.call
        args = [self._argument(argument) for argument in value.args]
        kwargs = {key: self._argument(argument) for key, argument in value.kwargs.items()}
        if step.target == ir.ITEM:
            return Text(f"{flat(args[0])}[{flat(args[1])}]")
        if step.layer is None:
            return call(self.imports.spell(step.target or ""), *args, **kwargs)
        return call(self.layers[step.layer] if step.layer in self.layers else self._layer(step.layer), *args, **kwargs)

    def _layer(self, name: str) -> Code:
        layer = self.configs[name]
        return self.imports.make(layer.target, {**self.spelling.config(layer.config), "name": plain(layer.name)})

    def _argument(self, argument: Any) -> Code:
        if isinstance(argument, Use):
            if isinstance(argument.value, int):
                return self.codes.get(argument.value) or Text(self.variables[argument.value])
            if argument.value in self.inputs:
                return Text(self.inputs[argument.value])
            return Text(f"{self.columns}[{literal(argument.value)}]")
        if not isinstance(argument, list):
            return plain(argument)
        return listing(self._argument(item) for item in argument)

    def _nests(self, value: Value, code: Code) -> bool:
        """Whether a value stands inside the one expression that reads it."""
        shared = value.call.layer is None or value.call.layer in self.shared
        inside = [self.depths.get(u.value, 0) for u in _values_of(value) if isinstance(u.value, int) and u.value in self.codes]
        self.depths[value.place] = 1 + max(inside, default=0)
        if len(value.readers) + value.networks != 1:
            return False
        if value.networks:
            return shared and len(flat(code)) <= SHORT
        if value.outside or len(flat(code)) > NESTED or self.depths[value.place] > 2:
            return False
        reader = self.values.live[value.readers[0]]
        if any(Use(value.place) in argument for argument in reader.args if isinstance(argument, list)):
            return True
        if reader.args[:1] != [Use(value.place)]:
            return shared and not any(isinstance(use.value, int) for use in _values_of(value))
        self.codes[value.place] = code
        whole = len(flat(self._call(reader)))
        del self.codes[value.place]
        return whole <= NESTED if shared else reader.call.layer is None and whole <= FIRST

    def _note(self, value: Value) -> None:
        """The comments of blocks and sets of embeddings that come up in a line for the first time."""
        for step in [each.call for each in self._inside(value)]:
            for place in [*(("block", name) for name in step.blocks), ("embeddings", step.layer or "")]:
                self.header += comment_lines(self.notes.pop(place, []))

    def _define(self, value: Value) -> None:
        """Makes the shared layers and the inputs that a line needs and no line before it."""
        for each in self._inside(value):
            if each.call.layer in self.shared and each.call.layer not in self.made:
                self.made.add(each.call.layer)
                self._add(self.layers[each.call.layer], self._layer(each.call.layer))
            for use in _values_of(each):
                if use.value in self.inputs and use.value not in self.made:
                    self.made.add(str(use.value))
                    self._add(self.inputs[str(use.value)], self._input(self.values.inputs[str(use.value)]))

    def _inside(self, value: Value) -> Iterator[Value]:
        for use in _values_of(value):
            if use.value in self.codes:
                yield from self._inside(self.values.live[int(use.value)])
        yield value

    def _assign(self, value: Value, code: Code) -> None:
        """`name = code`; a layer that leaves no room for its call is made on a line before."""
        name = self.variables[value.place]
        made = code.before if isinstance(code, Brackets) else None
        if isinstance(code, Brackets) and isinstance(made, Brackets) and len(f"{INDENT}{name} = {flat(made)}(") > WIDTH:
            layer = self.names.fresh(value.call.layer or name)
            self._add(layer, made)
            code = Brackets(Text(layer), code.opening, code.items, code.closing)
        self._add(name, code)

    def _add(self, name: str, code: Code) -> None:
        """A line, after the header of its block where it is the first."""
        self.lines += [*self.header, statement(code, 1, name)]
        self.header = []

    # Networks

    def _networks(self, waiting: list[ir.Network], after: str | None) -> list[ir.Network]:
        due = [network for network in waiting if after is not None and network.after == after]
        for network in due:
            self._network(network)
        return [network for network in waiting if network not in due]

    def _network(self, network: ir.Network) -> None:
        outputs = self.values.outputs[network.role]
        for use in outputs.values():
            if use.value in self.codes:
                self._define(self.values.live[int(use.value)])
        given: Code = table((key, self._argument(use)) for key, use in outputs.items())
        if list(outputs) == [""]:
            given = self._argument(outputs[""])
        made = call(
            self.imports.spell(network.target),
            inputs=self._network_inputs(network),
            outputs=given,
            name=plain(network.name),
            **self.spelling.config(network.config),
        )
        self._add(self.networks[network.role], made)

    def _network_inputs(self, network: ir.Network) -> Code:
        if network.role.startswith("candidates_"):
            return self._argument(Use(network.inputs[0]))
        columns = [i.name for i in self.program.inputs if i.column is not None]
        own = [name for name in network.inputs if name not in columns]
        pairs = [(name, self._argument(Use(name))) for name in own]
        if [name for name in network.inputs if name in columns] != columns:
            return table((name, self._argument(Use(name))) for name in network.inputs)
        return table([(None, Text(self.columns)), *pairs]) if own else Text(self.columns)


def _values_of(value: Value) -> Iterator[Use]:
    return uses([*value.args, *value.kwargs.values()])


def _header(section: ir.Section) -> list[str]:
    title = f"{section.kind} {section.name}".strip()
    return ["", *comment_lines([title, *section.comment])]


def comment_lines(comment: list[str]) -> list[str]:
    """A comment of the spec in a function."""
    lines = [part for line in comment for part in textwrap.wrap(words(line), WIDTH - 8) or [""]]
    return [f"{INDENT}# {line}".rstrip() for line in lines]
