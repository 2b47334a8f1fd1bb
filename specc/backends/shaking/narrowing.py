"""Arguments and fields that may be None, but never are in this file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from specc.backends.shaking.facts import Call, Facts, Parameter
from specc.backends.shaking.folding import method_calls
from specc.backends.shaking.units import Edit, Unit, functions, unparse


def narrow(facts: Facts, name: str) -> Iterator[Edit]:
    """`x: A | None = None` as `x: A`, where every call gives one and nothing before it has a default."""
    own = facts.units[name]
    if isinstance(own.node, ast.ClassDef) and facts.is_dataclass(name):
        yield from _fields(facts, name, own)
    for owner, function in functions(own.node):
        if owner is not None and function.name == "__init__":
            given, known = facts.given(name), facts.parameters(name)
        elif owner is not None:
            given, known = method_calls(facts, owner.name, function)
        else:
            given, known = facts.given(name), facts.parameters(name)
        if given and known:
            yield from _arguments(facts, own, function, given, known)


def _fields(facts: Facts, name: str, own: Unit) -> Iterator[Edit]:
    families = [facts.given(each) for each in facts.derived(name) if each not in facts.never]
    if any(given is None for given in families):
        return
    given = [one for family in families for one in family or []]
    before = False
    for key, (owner, node) in facts.fields(name).items():
        if owner == name and not before and _is_optional(node.annotation) and _always_there(facts, key, given):
            yield Edit(*own.span(node), f"{key}: {_without_none(own, node.annotation)}")
        else:
            before |= node.value is not None


def _arguments(
    facts: Facts,
    own: Unit,
    function: ast.FunctionDef,
    given: list[tuple[Call, dict[str, ast.expr]]],
    known: list[Parameter],
) -> Iterator[Edit]:
    annotations = {arg.arg: arg for arg in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]}
    before = False
    for one in known:
        arg = annotations.get(one.name)
        if arg is None:
            return
        optional = arg.annotation is not None and _is_optional(arg.annotation) and not (before and one.positional)
        if optional and arg.annotation is not None and _always_there(facts, one.name, given):
            end = own.span(one.default)[1] if one.default is not None else own.span(arg)[1]
            yield Edit(own.span(arg)[0], end, f"{one.name}: {_without_none(own, arg.annotation)}")
        else:
            before |= one.default is not None


def _is_optional(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.BinOp) and unparse(annotation).endswith("| None")


def _without_none(own: Unit, annotation: ast.expr) -> str:
    return own.source(annotation).removesuffix("| None").rstrip()


def _always_there(facts: Facts, key: str, given: list[tuple[Call, dict[str, ast.expr]]]) -> bool:
    return bool(given) and all(key in arguments and _is_there(facts, call, arguments[key]) for call, arguments in given)


def _is_there(facts: Facts, call: Call, node: ast.expr) -> bool:
    """Whether an argument is surely not None: a literal, what the file's own part makes, or a field that never is."""
    if isinstance(node, ast.Constant):
        return node.value is not None
    if isinstance(node, ast.JoinedStr | ast.List | ast.Dict | ast.Tuple | ast.ListComp | ast.DictComp | ast.Lambda):
        return True
    if call.owner is None:
        return isinstance(node, ast.Name | ast.Call | ast.BinOp | ast.Compare)
    if isinstance(node, ast.Attribute):
        fields = [facts.fields(each)[node.attr][1] for each in facts.classes if node.attr in _fields_of(facts, each)]
        return bool(fields) and not any("None" in unparse(each.annotation) for each in fields)
    return False


def _fields_of(facts: Facts, name: str) -> set[str]:
    return set(facts.fields(name)) if facts.is_dataclass(name) else set()
