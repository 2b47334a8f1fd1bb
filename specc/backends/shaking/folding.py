"""Conditions that always, or never, hold: their statements and expressions give way to what is left of them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from specc.backends.layout import INDENT
from specc.backends.literals import literal
from specc.backends.shaking.facts import (
    NO_CONSTANT,
    OPTIMIZERS,
    Call,
    Facts,
    Parameter,
    bind,
    constant,
    parameters,
    quiet_parts,
)
from specc.backends.shaking.types import Types
from specc.backends.shaking.units import Edit, Unit, blocks, functions, is_pure, remembered, unparse, walk

PARTS = (ast.If, ast.Assert, ast.IfExp, ast.For, ast.BoolOp, ast.comprehension, ast.Name, ast.Attribute)


def fold(facts: Facts, name: str) -> Iterator[Edit]:
    """What becomes shorter in a definition where arguments and fields have the values that all calls leave them with."""
    own = facts.units[name]
    for owner, function in functions(own.node):
        yield from _Function(facts, own, owner, function, name).edits()
    for node in own.nodes:
        for part in quiet_parts(node):
            yield from _without_never(facts, own, part)


def _without_never(facts: Facts, own: Unit, annotation: ast.AST) -> Iterator[Edit]:
    """`A | B` without the class that nothing makes."""
    for node in walk(annotation):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(side, ast.Name) and side.id in facts.never:
                    yield Edit(*own.span(node), own.source(other))


@dataclass(frozen=True)
class Scan:
    """What a function says, whatever calls it.

    bound: every name that is set in it, as often as it is; given: those of its arguments, inner functions' included.
    read: names that are read. parts: what may become shorter. constants: names that are set to one.
    """

    bound: Counter[str]
    given: set[str]
    read: set[str]
    parts: list[ast.AST]
    constants: list[tuple[str, Any]]


@remembered
def scan(function: ast.FunctionDef) -> Scan:
    """What a function says."""
    nodes = walk(function)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = Counter(node.id for node in names if not isinstance(node.ctx, ast.Load))
    inner = [node for node in nodes if isinstance(node, ast.Lambda | ast.FunctionDef) and node is not function]
    bound.update(arg.arg for node in inner for arg in node.args.args)
    quiet = {id(each) for node in nodes for part in quiet_parts(node) for each in walk(part)}
    quiet |= {id(each) for node in nodes if isinstance(node, ast.JoinedStr) for each in walk(node)}
    defaults = [*function.args.defaults, *(default for default in function.args.kw_defaults if default is not None)]
    quiet |= {id(each) for default in defaults for each in walk(default)}
    assigned = [node for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1]
    constants = [(node.targets[0].id, constant(node.value)) for node in assigned if isinstance(node.targets[0], ast.Name)]
    return Scan(
        bound=bound,
        given={each.arg for each in nodes if isinstance(each, ast.arg)},
        read={node.id for node in names if isinstance(node.ctx, ast.Load)},
        parts=[node for node in nodes if isinstance(node, PARTS) and id(node) not in quiet],
        constants=[(name, value) for name, value in constants if value is not NO_CONSTANT and not isinstance(value, str)],
    )


class _Function:
    def __init__(self, facts: Facts, own: Unit, owner: ast.ClassDef | None, function: ast.FunctionDef, name: str) -> None:
        self.facts = facts
        self.own = own
        self.owner = owner
        self.function = function
        self.scan = scan(function)
        self.names = {**self._arguments(owner, name), **self._locals()}

    @cached_property
    def types(self) -> Types:
        """The types in the function, which few of them need."""
        return Types(self.facts, self.owner, self.function)

    def _arguments(self, owner: ast.ClassDef | None, name: str) -> dict[str, Any]:
        """Arguments that no call gives, with their defaults."""
        if owner is None or self.function.name == "__init__":
            given, known = self.facts.given(name), self.facts.parameters(name)
        else:
            given, known = method_calls(self.facts, owner.name, self.function)
            if options := layer_options(self.facts, owner.name, self.function):
                return {one.name: constant(one.default) for one in options if not self.scan.bound[one.name]}
        if given is None or known is None:
            return {}
        if owner is not None and self.function.name == "__init__":
            for each in self.facts.derived(name):
                if each != name:
                    return {}
        passed = {key for _, arguments in given for key in arguments}
        defaults = {one.name: constant(one.default) for one in known if one.name not in passed}
        found = {key: value for key, value in defaults.items() if value is not NO_CONSTANT}
        found |= {one.name: value for one in known if (value := _always(given, one)) in (None, True, False)}
        return {key: value for key, value in found.items() if key not in self.scan.bound}

    def _locals(self) -> dict[str, Any]:
        """Variables that are set once, to a constant."""
        found = dict(self.scan.constants)
        return {name: value for name, value in found.items() if name not in self.scan.given and self.scan.bound[name] == 1}

    # Values

    def value(self, node: ast.expr) -> Any:
        """What an expression always gives, else NO_CONSTANT."""
        known = constant(node)
        if known is not NO_CONSTANT:
            return known
        if isinstance(node, ast.Name):
            return self.names.get(node.id, NO_CONSTANT)
        if isinstance(node, ast.Attribute):
            if self._is_idle_option(node):
                return None
            if node.attr not in self.facts.settled:
                return NO_CONSTANT
            owner = self.types.class_of(node.value)
            return NO_CONSTANT if owner is None else field_value(self.facts, owner, node.attr)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.value(node.operand)
            return NO_CONSTANT if inner is NO_CONSTANT else not inner
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.ops[0], node.left, node.comparators[0])
        if isinstance(node, ast.BoolOp):
            return self._joined(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._called(node.func.id, node.args)
        return NO_CONSTANT

    def _is_idle_option(self, node: ast.Attribute) -> bool:
        """Whether this asks a Keras optimizer for an option that none in the file is given."""
        if self.owner is None or unparse(node.value) != "self":
            return False
        return self.facts.is_framework(self.owner.name, OPTIMIZERS) and self.facts.is_idle(node.attr)

    def _joined(self, node: ast.BoolOp) -> Any:
        for each in node.values:
            value = self.value(each)
            if value is NO_CONSTANT and not is_pure(each):
                return NO_CONSTANT
            if value is not NO_CONSTANT and bool(value) is isinstance(node.op, ast.Or):
                return value
        values = [self.value(each) for each in node.values]
        return NO_CONSTANT if NO_CONSTANT in values else values[-1]

    def _compared(self, op: ast.cmpop, left: ast.expr, right: ast.expr) -> Any:
        one, other = self.value(left), self.value(right)
        if isinstance(op, ast.Is | ast.IsNot) and other is None and self._is_there(left):
            return isinstance(op, ast.IsNot)
        if isinstance(op, ast.Eq | ast.NotEq) and other is not NO_CONSTANT and isinstance(left, ast.Attribute):
            owner = self.types.class_of(left.value)
            values = None if owner is None else field_values(self.facts, owner, left.attr)
            if values is not None and other not in values:
                return isinstance(op, ast.NotEq)
        if isinstance(op, ast.In | ast.NotIn) and one is not NO_CONSTANT and isinstance(right, ast.Tuple | ast.List):
            values = [self.value(each) for each in right.elts]
            return NO_CONSTANT if NO_CONSTANT in values else (one in values) is isinstance(op, ast.In)
        if one is NO_CONSTANT or other is NO_CONSTANT:
            return NO_CONSTANT
        if isinstance(op, ast.Is | ast.Eq):
            return one == other
        return one != other if isinstance(op, ast.IsNot | ast.NotEq) else NO_CONSTANT

    def _is_there(self, node: ast.expr) -> bool:
        """Whether an expression is declared as something that is never None."""
        annotation = self.types.of(node) if isinstance(node, ast.Name | ast.Attribute) else None
        if annotation is None or (isinstance(node, ast.Name) and node.id in self.scan.bound):
            return False
        parts = [annotation] if isinstance(annotation, ast.Subscript) else walk(annotation)
        words = {unparse(each) for each in parts if isinstance(each, ast.Constant | ast.Name)}
        return not words & {"None", "Any", "object"}

    def _called(self, name: str, arguments: list[ast.expr]) -> Any:
        if name == "isinstance":
            asked = [node.id for node in walk(arguments[1]) if isinstance(node, ast.Name)]
            if asked and set(asked) <= self.facts.never:
                return False
        if name in ("any", "all") and len(arguments) == 1 and isinstance(arguments[0], ast.GeneratorExp):
            each = self.value(arguments[0].elt)
            if each is not NO_CONSTANT and bool(each) is (name == "all"):
                return name == "all"
        return NO_CONSTANT

    # Edits

    def edits(self) -> Iterator[Edit]:
        """Everything that is known to be shorter."""
        for node in self.scan.parts:
            if isinstance(node, ast.If):
                yield from self._if(node)
            elif isinstance(node, ast.Assert) and self._holds(node.test) is True:
                yield self.own.removed(node)
            elif isinstance(node, ast.IfExp) and (holds := self._holds(node.test)) is not None:
                yield self.own.replaced(node, self.own.source(node.body if holds else node.orelse))
            elif isinstance(node, ast.For) and isinstance(node.body[0], ast.Pass) and is_pure(node.iter):
                yield self.own.removed(node)
            elif isinstance(node, ast.BoolOp):
                yield from self._bool(node)
            elif isinstance(node, ast.comprehension):
                yield from self._filters(node)
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                value = self.value(node)
                if value is not NO_CONSTANT:
                    yield self.own.replaced(node, written(value))
        for block in blocks(self.function):
            yield from self._behind(block)
            yield from self._returned(block)
        yield from self._unread()

    def _holds(self, test: ast.expr) -> bool | None:
        value = self.value(test)
        return None if value is NO_CONSTANT else bool(value)

    def _if(self, node: ast.If) -> Iterator[Edit]:
        holds = self._holds(node.test)
        if holds is None:
            return
        own, first, last = self.own, node.lineno, node.end_lineno or 0
        is_elif = own.source(node).startswith("elif")
        chained = len(node.orelse) == 1 and own.source(node.orelse[0]).startswith("elif")
        otherwise = self._else(node) if node.orelse and not chained else last + 1
        end = node.orelse[0].lineno - 1 if chained else otherwise - 1 if node.orelse else last
        inside = own.lines[(node.test.end_lineno or 0) : end]
        dedented = "".join(f"{line.removeprefix(INDENT)}\n" for line in inside)
        indent = " " * node.col_offset
        if holds and is_elif:
            yield own.whole_lines(first, last, f"{indent}else:\n" + "".join(f"{line}\n" for line in inside))
        elif holds:
            yield own.whole_lines(first, last, dedented)
        elif chained:
            start = own.starts[node.orelse[0].lineno - 1] + node.orelse[0].col_offset
            yield Edit(own.starts[first - 1] + node.col_offset, start + (0 if is_elif else 2))
        elif node.orelse and is_elif:
            yield own.whole_lines(first, otherwise - 1)
        elif node.orelse:
            rest = own.lines[otherwise:last]
            yield own.whole_lines(first, last, "".join(f"{line.removeprefix(INDENT)}\n" for line in rest))
        elif is_elif or self._has_company(node):
            yield own.removed(node) if not is_elif else own.whole_lines(first, last)
        else:
            yield own.whole_lines(first, last, f"{indent}pass\n")

    def _else(self, node: ast.If) -> int:
        """The line, from 1, of its `else:`."""
        line = node.orelse[0].lineno
        while self.own.lines[line - 1].strip() != "else:":
            line -= 1
        return line

    def _has_company(self, node: ast.stmt) -> bool:
        """Whether the block of a statement is more than that."""
        return any(node in block and len(block) > 1 for block in blocks(self.function))

    def _bool(self, node: ast.BoolOp) -> Iterator[Edit]:
        """`a and True` without what does not decide; a last operand may be the value."""
        idle = isinstance(node.op, ast.And)
        values = [self.value(each) for each in node.values]
        kept = [
            each
            for place, (each, value) in enumerate(zip(node.values, values, strict=True))
            if value is NO_CONSTANT or bool(value) is not idle or (place == len(values) - 1 and not isinstance(value, bool))
        ]
        if kept and len(kept) < len(node.values):
            yield self.own.replaced(node, f" {'and' if idle else 'or'} ".join(self.own.source(each) for each in kept))

    def _filters(self, node: ast.comprehension) -> Iterator[Edit]:
        for test in node.ifs:
            if self._holds(test) is True:
                start, end = self.own.span(test)
                start = self.own.raw.rindex(b"if", 0, start)
                while self.own.raw[start - 1 : start] in (b" ", b"\n"):
                    start -= 1
                yield Edit(start, end)

    def _behind(self, block: list[ast.stmt]) -> Iterator[Edit]:
        """Statements that are never reached."""
        for node in block[:-1]:
            if isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break):
                yield self.own.whole_lines((node.end_lineno or 0) + 1, block[-1].end_lineno or 0)
                return

    def _returned(self, block: list[ast.stmt]) -> Iterator[Edit]:
        """What is named only to be returned by the next line."""
        for node, after in pairwise(block):
            if not isinstance(node, ast.Assign) or not isinstance(after, ast.Return) or not isinstance(after.value, ast.Name):
                continue
            name = after.value.id
            if unparse(node.targets[0]) == name and len(node.targets) == 1 and self.scan.bound[name] == 1:
                start, _ = self.own.span(node)
                yield Edit(start, self.own.span(after)[1], f"return {self.own.source(node.value)}")

    def _unread(self) -> Iterator[Edit]:
        """Variables that are set and not read."""
        for node in walk(self.function):
            if not isinstance(node, ast.Assign) or len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name):
                continue
            if node.targets[0].id not in self.scan.read and is_pure(node.value) and self._has_company(node):
                yield self.own.removed(node)


def _always(given: list[tuple[Call, dict[str, ast.expr]]], one: Parameter) -> Any:
    """The one value that all calls in what is copied give an argument; the file's own calls stay as they are."""
    values = [constant(arguments.get(one.name, one.default)) for _, arguments in given]
    if not values or any(call.owner is None and one.name in arguments for call, arguments in given):
        return NO_CONSTANT
    return values[0] if all(value is values[0] for value in values) else NO_CONSTANT


def field_values(facts: Facts, owner: str, attribute: str) -> list[Any] | None:
    """All values of a dataclass' field, where every call gives a literal."""
    if not facts.is_dataclass(owner) or attribute not in facts.fields(owner) or facts.stores_of(owner, attribute):
        return None
    found: list[Any] = []
    for name in facts.derived(owner):
        given, known = facts.given(name), facts.parameters(name)
        if given is None or known is None:
            return None
        default = next(one.default for one in known if one.name == attribute)
        values = [arguments.get(attribute, default) for _, arguments in given]
        if not all(isinstance(value, ast.Constant) for value in values):
            return None
        found += [value.value for value in values if isinstance(value, ast.Constant)]
    return found


def written(value: Any) -> str:
    """A constant as source."""
    return "()" if value == () else literal(value)


def layer_options(facts: Facts, owner: str, function: ast.FunctionDef) -> list[Parameter]:
    """The arguments of a layer's `call` that no call gives, and that have a default which tells ways apart."""
    known = enumerate(parameters(function)[1:])
    found = [(place, one) for place, one in known if constant(one.default) is not NO_CONSTANT]
    return [one for place, one in found if facts.is_layer_option(owner, function, place, one.name)]


def method_calls(facts: Facts, owner: str, function: ast.FunctionDef) -> tuple[Any, Any]:
    """The calls of a method with their arguments, and its parameters; None twice where others may call it, too."""
    name = function.name
    handed_on = facts.reads[name] > len(facts.methods[name])
    if name.startswith("__") or facts.is_framework(owner) or function.decorator_list or facts.named[name] > 1 or handed_on:
        return None, None
    known = parameters(function)[1:]
    given = [(call, bind(call.node, known)) for call in facts.methods[name]]
    return (None, None) if any(arguments is None for _, arguments in given) else (given, known)


def field_value(facts: Facts, owner: str, attribute: str) -> Any:
    """What an attribute of a class always is: a field that no call gives, or what `__init__` sets and nobody else."""
    family = {base for name in [owner, *facts.derived(owner)] for base in [name, *facts.inherited[name]]}
    values: list[Any] = []
    for name in family:
        if facts.is_dataclass(name) and attribute in facts.fields(name) and not facts.stores_of(name, attribute):
            given = facts.given(name)
            if given is None or any(attribute in arguments for _, arguments in given):
                return NO_CONSTANT
            values += [constant(one.default) for one in facts.parameters(name) or [] if one.name == attribute]
        elif (made := facts.method(name, "__init__")) is not None and facts.stores_of(name, attribute) == 1:
            for node in walk(made):
                if isinstance(node, ast.Assign) and unparse(node.targets[0]) == f"self.{attribute}":
                    values.append(constant(node.value))
    return values[0] if values and all(value == values[0] and value is not NO_CONSTANT for value in values) else NO_CONSTANT
