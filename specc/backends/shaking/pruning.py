"""Parts of classes that nothing in a file asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from specc.backends.shaking.facts import Facts, is_class_variable
from specc.backends.shaking.units import Edit, is_pure, unparse

LAYERS = ("keras.layers", "keras.losses", "keras.optimizers")
REGISTERED = "keras.saving.register_keras_serializable"


def prune(facts: Facts, name: str, saved: set[str]) -> Iterator[Edit]:
    """The parts of a class that go."""
    own = facts.units[name]
    if not isinstance(own.node, ast.ClassDef):
        return
    registered = [each for each in own.node.decorator_list if unparse(each).startswith(REGISTERED)]
    if registered and name not in saved:
        for each in registered:
            yield own.whole_lines(each.lineno, each.end_lineno or 0)
    for node in own.node.body:
        if isinstance(node, ast.FunctionDef):
            if _goes(facts, name, node, bool(registered) and name not in saved):
                yield own.removed(node)
            elif node.name in ("__init__", "__post_init__") and not facts.is_framework(name, LAYERS):
                yield from _unread_attributes(facts, name, node)
                yield from (own.removed(each) for each in node.body if _is_check(each) and len(node.body) > 1)
        elif _is_unread(facts, name, node):
            yield own.removed(node)


def _goes(facts: Facts, name: str, node: ast.FunctionDef, unsaved: bool) -> bool:
    """Whether a method is not called: by name, by Keras, or by Python."""
    if node.name in ("get_config", "from_config"):
        if not facts.is_framework(name) or not unsaved:
            return False
        # Initial weights are drawn from a second layer of the same configuration.
        has_weights = any(word in facts.units[name].text for word in ("self.add_weight(", "SeedGenerator("))
        return node.name == "from_config" or not has_weights
    if node.name == "__post_init__":
        return not facts.reads[node.name] and all(isinstance(each, ast.Pass) or _is_check(each) for each in node.body)
    if node.name.startswith("__") or facts.is_framework(name):
        return False
    return not facts.reads[node.name] and node.name not in facts.words


def _is_check(node: ast.stmt) -> bool:
    """Whether a statement only refuses a wrong argument; those of the file are checked by the compiler."""
    if isinstance(node, ast.For):
        return all(_is_check(each) for each in node.body)
    raises = isinstance(node, ast.If) and not node.orelse and all(isinstance(each, ast.Raise) for each in node.body)
    return raises and "ValueError" in unparse(node)


def _is_unread(facts: Facts, name: str, node: ast.stmt) -> bool:
    """Whether a class variable is not read, or a field neither given nor read."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        target = node.targets[0].id
        return not facts.is_framework(name) and not _asked(facts, target)
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or _asked(facts, node.target.id):
        return False
    if is_class_variable(node):
        return True
    if not facts.is_dataclass(name):
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


def _asked(facts: Facts, attribute: str) -> bool:
    return bool(facts.reads[attribute]) or attribute in facts.words


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
        if not facts.reads[target.attr] and facts.stores[target.attr] == 1 and target.attr not in facts.words:
            yield facts.units[name].removed(node)
