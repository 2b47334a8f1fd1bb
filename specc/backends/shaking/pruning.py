"""Parts of classes that nothing in a file asks for."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from specc.backends.shaking.facts import OPTIMIZERS, Facts, is_class_variable
from specc.backends.shaking.units import Edit, Unit, blocks, functions, is_pure, unparse, walk

LAYERS = ("keras.layers", "keras.losses", "keras.optimizers")
SAVING = ("save_own_variables", "load_own_variables")  # of optimizers: the model that is saved has none
OVERRIDES = (  # how names begin that Keras and Python call
    "_", "add_", "adapt", "apply", "assign", "build", "call", "compute_", "count_", "from_", "get_", "load_", "on_", "reset_",
    "save_", "set_", "update_",
)  # fmt: skip
FILLING = ("append", "add", "extend", "update")
REGISTERED = "keras.saving.register_keras_serializable"


def prune(facts: Facts, name: str, saved: set[str], helpers: set[str]) -> Iterator[Edit]:
    """The parts of a class that go. helpers: methods that only other methods of what is copied call."""
    own = facts.units[name]
    for owner, function in functions(own.node):
        # Sizes of layers come from data; other callbacks are made by the file alone.
        if owner is None or not facts.is_framework(name, LAYERS if function.name == "__init__" else ("keras.",)):
            checks = [each for each in function.body if _is_check(each)]
            if not function.name.startswith("__"):
                checks = [each for each in checks if _leaves_nothing(function, each)]
            yield from (own.removed(each) for each in checks if len(function.body) > len(checks))
    if not isinstance(own.node, ast.ClassDef):
        return
    yield from _only_filled(facts, name, own)
    registered = [each for each in own.node.decorator_list if unparse(each).startswith(REGISTERED)]
    if registered and name not in saved:
        for each in registered:
            yield own.whole_lines(each.lineno, each.end_lineno or 0)
    for node in own.node.body:
        if isinstance(node, ast.FunctionDef):
            idle = node.name in helpers and not _asked(facts, name, node.name)
            if idle or _goes(facts, name, node, bool(registered) and name not in saved):
                yield own.removed(node)
            elif node.name in ("__init__", "__post_init__") and not facts.is_framework(name, LAYERS):
                yield from _unread_attributes(facts, name, node)
        elif _is_unread(facts, name, node):
            yield own.removed(node)


def called_by_self(own: Unit) -> set[str]:
    """The methods that a class calls itself, and Keras does not."""
    calls = (each.func for each in own.nodes if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute))
    found = {each.attr for each in calls if unparse(each.value) == "self"}
    return {name for name in found if not name.startswith(OVERRIDES)}


def _goes(facts: Facts, name: str, node: ast.FunctionDef, unsaved: bool) -> bool:
    """Whether a method is not called: by name, by Keras, or by Python."""
    if node.name in ("get_config", "from_config"):
        if not facts.is_framework(name) or not unsaved:
            return False
        # Initial weights are drawn from a second layer of the same configuration.
        has_weights = any(word in facts.units[name].text for word in ("self.add_weight(", "SeedGenerator("))
        return node.name == "from_config" or not has_weights
    if node.name == "__post_init__":
        return not facts.reads_of(name, node.name) and all(isinstance(each, ast.Pass) or _is_check(each) for each in node.body)
    if facts.is_framework(name, OPTIMIZERS) and (node.name in SAVING or facts.is_idle(node.name)):
        return True
    if node.name.startswith("__") or facts.is_framework(name):
        return False
    return not facts.reads_of(name, node.name) and node.name not in facts.words


def _is_check(node: ast.stmt) -> bool:
    """Whether a statement only refuses a wrong argument; those of the file are checked by the compiler."""
    if isinstance(node, ast.For):
        return all(_is_check(each) for each in node.body)
    if not isinstance(node, ast.If) or node.orelse or not is_pure(node.test):
        return False
    kinds = (unparse(each.exc.func) for each in node.body if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call))
    return [*kinds] in (["ValueError"], ["RuntimeError"]) and len(node.body) == 1


def _leaves_nothing(function: ast.FunctionDef, check: ast.stmt) -> bool:
    """Whether nothing is worked out for a check alone, or only what goes with it, and no type checker learns from it."""
    if any(isinstance(node, ast.Is | ast.IsNot) for node in walk(check)):
        return False
    asked = {node.id for node in walk(check) if isinstance(node, ast.Name)}
    for node in walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not is_pure(node.value):
            name = node.targets[0].id
            reads = [each for each in walk(function) if isinstance(each, ast.Name) and each.id == name]
            if name in asked and all(each in walk(check) for each in reads if isinstance(each.ctx, ast.Load)):
                return False
    return True


def _is_unread(facts: Facts, name: str, node: ast.stmt) -> bool:
    """Whether a class variable is not read, or a field neither given nor read."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        target = node.targets[0].id
        return not facts.is_framework(name) and not _asked(facts, name, target)
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or _asked(facts, name, node.target.id):
        return False
    if is_class_variable(node):
        return True
    if node.target.id not in facts.fields(name):
        return False
    for each in facts.derived(name):
        given = facts.given(each)
        if each in facts.never:
            continue
        if given is None or any(node.target.id in arguments for _, arguments in given):
            return False
        after = list(facts.fields(each)).index(node.target.id)
        if any(len(call.node.args) > after for call, _ in given):
            return False
    return True


def _only_filled(facts: Facts, name: str, own: Unit) -> Iterator[Edit]:
    """A list or dict that is an attribute, to which things are added and which nobody reads."""
    adds: dict[str, list[ast.stmt]] = defaultdict(list)
    for block in blocks(own.node):
        for node in block:
            call = node.value if isinstance(node, ast.Expr) else None
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in FILLING:
                continue
            if unparse(call.func.value).startswith("self.") and all(map(is_pure, call.args)) and len(block) > 1:
                adds[unparse(call.func.value).removeprefix("self.")].append(node)
    for attribute, found in adds.items():
        if facts.reads_of(name, attribute) != len(found) or facts.stores_of(name, attribute) != 1 or attribute in facts.words:
            continue
        for made in own.nodes:
            if isinstance(made, ast.Assign | ast.AnnAssign):
                target = made.target if isinstance(made, ast.AnnAssign) else made.targets[0]
                if unparse(target) == f"self.{attribute}":
                    yield from (own.removed(each) for each in [made, *found])


def _asked(facts: Facts, name: str, attribute: str) -> bool:
    return bool(facts.reads_of(name, attribute)) or attribute in facts.words


def _unread_attributes(facts: Facts, name: str, made: ast.FunctionDef) -> Iterator[Edit]:
    """What `__init__` stores and nobody reads."""
    for node in made.body:
        target, value = None, None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign):
            target, value = node.target, node.value
        if not isinstance(target, ast.Attribute) or value is None or not is_pure(value) or unparse(target.value) != "self":
            continue
        if not facts.reads_of(name, target.attr) and facts.stores_of(name, target.attr) == 1 and target.attr not in facts.words:
            yield facts.units[name].removed(node)
