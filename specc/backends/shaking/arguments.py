"""Arguments that say what is said anyhow, and those that a function does not read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from specc.backends.layout import INDENT, WIDTH
from specc.backends.shaking.facts import NO_CONSTANT, Call, Facts, Parameter, constant
from specc.backends.shaking.folding import layer_options, method_calls
from specc.backends.shaking.units import Edit, Unit, functions, is_pure, walk


def drop_defaults(facts: Facts) -> dict[str, list[Edit]]:
    """Calls without arguments that are what the function takes without them."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for given, known in _all_calls(facts):
        defaults = {one.name: constant(one.default) for one in known}
        for call, arguments in given:
            if call.owner is None:
                continue
            idle = {key for key, value in arguments.items() if _equal(constant(value), defaults.get(key, NO_CONSTANT))}
            if idle := {key for key in idle if _can_go(call.node, key, arguments)}:
                edits[call.owner].append(without_arguments(facts.units[call.owner], call.node, idle, arguments))
    return edits


def _all_calls(facts: Facts) -> Iterator[tuple[list[tuple[Call, dict[str, ast.expr]]], list[Parameter]]]:
    """The calls of everything copied, where all of them are seen, and the arguments that it takes."""
    for name, own in facts.units.items():
        yield facts.given(name) or [], facts.parameters(name) or []
        for owner, function in functions(own.node):
            if owner is not None and not function.name.startswith("__"):
                given, known = method_calls(facts, owner.name, function)
                yield given or [], known or []


def _equal(one: object, other: object) -> bool:
    return one is not NO_CONSTANT and type(one) is type(other) and one == other


def _can_go(call: ast.Call, key: str, arguments: dict[str, ast.expr]) -> bool:
    """Whether an argument has a name, or is the last without one."""
    return any(each.arg == key for each in call.keywords) or (bool(call.args) and call.args[-1] is arguments[key])


def drop_unread(facts: Facts) -> dict[str, list[Edit]]:
    """Functions without the arguments that they do not read, and their calls; of changes that overlap only the first."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for name, own in facts.units.items():
        for owner, function in functions(own.node):
            changes = [
                (name, without_parameters(own, function, gone)) for gone in [_unread(facts, name, owner, function)] if gone
            ]
            for call, arguments in (_calls(facts, name, owner, function)[0] or []) if changes else []:
                gone = _unread(facts, name, owner, function) & set(arguments)
                if gone and call.owner is not None:
                    place = facts.units[call.owner]
                    changes.append((call.owner, without_arguments(place, call.node, gone, arguments)))
            if not any(_overlap(one, other) for where, one in changes for other in edits[where]):
                for where, edit in changes:
                    edits[where].append(edit)
    return {name: found for name, found in edits.items() if found}


def _overlap(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end


def _calls(facts: Facts, name: str, owner: ast.ClassDef | None, function: ast.FunctionDef) -> tuple[Any, Any]:
    """The calls of a function or method with their arguments, and its parameters; None twice where not all are seen."""
    if owner is not None and function.name != "__init__":
        return method_calls(facts, owner.name, function)
    if owner is not None and len(facts.derived(name)) > 1:
        return None, None
    return facts.given(name), facts.parameters(name)


def _unread(facts: Facts, name: str, owner: ast.ClassDef | None, function: ast.FunctionDef) -> set[str]:
    """The arguments that a function does not read, and no call needs."""
    if owner is not None and (options := layer_options(facts, owner.name, function)):
        return {one.name for one in options} - {node.id for node in walk(function) if isinstance(node, ast.Name)}
    given, known = _calls(facts, name, owner, function)
    if given is None or known is None:
        return set()
    read = {node.id for node in walk(function) if isinstance(node, ast.Name)}
    unread = {one.name for one in known if one.name not in read}
    return {key for key in unread if all(_may_lose(call, key, arguments) for call, arguments in given)}


def _may_lose(call: Call, key: str, arguments: dict[str, ast.expr]) -> bool:
    return key not in arguments or (call.owner is not None and is_pure(arguments[key]))


def without_arguments(own: Unit, call: ast.Call, gone: Iterable[str], arguments: dict[str, ast.expr]) -> Edit:
    """A call without some of its arguments."""
    lost = {id(arguments[key]) for key in gone}
    kept = [own.source(each) for each in call.args if id(each) not in lost]
    kept += [f"{each.arg}={own.source(each.value)}" for each in call.keywords if id(each.value) not in lost]
    return Edit(*own.span(call), f"{own.source(call.func)}({', '.join(kept)})")


def without_parameters(own: Unit, function: ast.FunctionDef, gone: set[str]) -> Edit:
    """The head of a function without some of its arguments."""
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults)) + list(args.defaults)
    kept = [_written(own, arg, default) for arg, default in zip(plain, defaults, strict=True) if arg.arg not in gone]
    named = list(zip(args.kwonlyargs, args.kw_defaults, strict=True))
    named = [(arg, default) for arg, default in named if arg.arg not in gone]
    if args.vararg is not None:
        kept.append(f"*{own.source(args.vararg)}")
    elif named:
        kept.append("*")
    kept += [_written(own, arg, default) for arg, default in named]
    if args.kwarg is not None:
        kept.append(f"**{own.source(args.kwarg)}")
    result = f" -> {own.source(function.returns)}" if function.returns is not None else ""
    indent = " " * function.col_offset
    head = f"{indent}def {function.name}({', '.join(kept)}){result}:"
    if len(head) > WIDTH:
        lines = "".join(f"{indent}{INDENT}{each},\n" for each in kept)
        inside = f"{indent}{INDENT}{', '.join(kept)}"
        lines = lines if len(inside) > WIDTH else f"{inside}\n"
        head = f"{indent}def {function.name}(\n{lines}{indent}){result}:"
    return own.whole_lines(function.lineno, head_end(own, function), f"{head}\n")


def head_end(own: Unit, function: ast.FunctionDef) -> int:
    """The last line, from 1, of a function's head."""
    line = own.first_line(function.body[0]) - 1
    while not own.lines[line - 1].rstrip().endswith(":"):
        line -= 1
    return line


def _written(own: Unit, arg: ast.arg, default: ast.expr | None) -> str:
    text = own.source(arg)
    if default is None:
        return text
    return f"{text} = {own.source(default)}" if arg.annotation is not None else f"{text}={own.source(default)}"
