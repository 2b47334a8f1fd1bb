"""Functions that only hand on to another expression: what calls them says that expression itself."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict

from specc.backends.layout import WIDTH
from specc.backends.shaking.facts import Facts, bind, parameters
from specc.backends.shaking.folding import method_calls, scan
from specc.backends.shaking.units import Edit, Unit, functions, is_atom, unparse, walk


def inline(facts: Facts) -> dict[str, list[Edit]]:
    """Edits of the calls of one such function."""
    for name, own in facts.units.items():
        for owner, function in functions(own.node):
            value = _handed_on(own, function)
            if value is not None and not function.name.startswith("__") and (edits := _of(facts, name, owner, function, value)):
                return edits
    return {}


def _handed_on(own: Unit, function: ast.FunctionDef) -> ast.expr | None:
    """What a function returns, where that is all it does, and short; None otherwise."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None or function.decorator_list:
        return None
    value, text = body[0].value, own.source(body[0].value)
    plain = isinstance(value, ast.Call | ast.Subscript | ast.Name | ast.Attribute | ast.Constant)
    parts = [each for each in walk(value) if isinstance(each, ast.expr)]
    simple = all(isinstance(each, ast.Call | ast.Subscript | ast.Name | ast.Attribute | ast.Constant) for each in parts)
    commented = any("#" in line for line in own.lines[function.lineno - 1 : function.end_lineno])
    return value if plain and simple and not commented and len(text) <= 48 else None


def _of(
    facts: Facts, name: str, owner: ast.ClassDef | None, function: ast.FunctionDef, value: ast.expr
) -> dict[str, list[Edit]]:
    if owner is None:
        known, given = facts.parameters(name), facts.given(name)
    else:
        given, known = method_calls(facts, owner.name, function)
    if not given or known is None or len(known) != len(parameters(function)) - (owner is not None):
        return {}
    source = facts.units[name].source(value)
    names = [each for each in walk(value) if isinstance(each, ast.Name)]
    taken = {one.name for one in known} | {"self"}
    free = {each.id for each in names} - taken
    edits: dict[str, list[Edit]] = defaultdict(list)
    for call, arguments in given:
        node = call.node
        if call.owner is None or bind(node, known) is None or set(arguments) != {one.name for one in known}:
            return {}
        place = facts.units[call.owner]
        inside = next((each for _, each in functions(place.node) if node in walk(each)), None)
        if inside is None or inside is function or free & ({*scan(inside).bound} | scan(inside).given):
            return {}
        texts = {key: place.source(argument) for key, argument in arguments.items()}
        uses = Counter(each.id for each in names)
        if owner is not None:
            assert isinstance(node.func, ast.Attribute)
            texts["self"] = place.source(node.func.value)
        rich = [key for key, text in texts.items() if not _is_plain(text)]
        if len(rich) > 1 or any(uses[key] != 1 or not is_atom(texts[key]) for key in rich):
            return {}
        new = _replaced(source, texts)
        line = place.lines[node.lineno - 1]
        if node.lineno != node.end_lineno or len(line) + len(new) - len(place.source(node)) > WIDTH:
            return {}
        edits[call.owner].append(Edit(*place.span(node), new))
    return dict(edits)


def _is_plain(text: str) -> bool:
    """Whether an argument may be said anywhere, and more than once: a name, an attribute of one, a constant."""
    node = ast.parse(text, mode="eval").body
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name | ast.Constant) and is_atom(text)


def _replaced(source: str, texts: dict[str, str]) -> str:
    """An expression with other texts in place of some names."""
    tree = ast.parse(source, mode="eval")
    raw = source.encode()
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id in texts and each.lineno == 1]
    for each in sorted(names, key=lambda one: -one.col_offset):
        raw = raw[: each.col_offset] + texts[each.id].encode() + raw[each.end_col_offset :]
    return raw.decode()


def aliases(facts: Facts, name: str) -> list[Edit]:
    """`x = y`, of two names that are set just once, without x."""
    own = facts.units[name]
    for _, function in functions(own.node):
        found = scan(function)
        for node in walk(function):
            if not isinstance(node, ast.Assign) or len(node.targets) > 1 or not isinstance(node.value, ast.Name):
                continue
            target, source = unparse(node.targets[0]), node.value.id
            if not isinstance(node.targets[0], ast.Name) or found.bound[target] != 1 or target in found.given:
                continue
            if source not in {arg.arg for arg in function.args.args} or found.bound[source]:
                continue
            reads = [each for each in walk(function) if isinstance(each, ast.Name) and each.id == target]
            if node in function.body and len(function.body) > 1:
                return [own.removed(node), *(own.replaced(each, source) for each in reads if isinstance(each.ctx, ast.Load))]
    return []
