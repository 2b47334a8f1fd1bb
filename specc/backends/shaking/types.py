"""Which class a name or an attribute is of, as far as annotations tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from specc.backends.shaking.facts import Facts
from specc.backends.shaking.units import unparse, walk

MAPPINGS = {"dict", "Mapping"}
SEQUENCES = {"list", "Sequence", "Iterable", "Iterator"}


class Types:
    """Types as annotations, in one function."""

    def __init__(self, facts: Facts, owner: ast.ClassDef | None, function: ast.FunctionDef) -> None:
        self.facts = facts
        self.names: dict[str, ast.expr | None] = {}
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        for arg in arguments:
            self.names[arg.arg] = arg.annotation
        if owner is not None and arguments and arguments[0].arg == "self":
            self.names["self"] = ast.Name(owner.name)
        for _ in range(2):  # what is looped over may be named further down
            for name, annotation in self._bindings(function):
                known = self.names.get(name, annotation)
                same = known is not None and annotation is not None and unparse(known) == unparse(annotation)
                self.names[name] = annotation if same else None

    def _bindings(self, function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr | None]]:
        for node in walk(function):
            if isinstance(node, ast.For | ast.comprehension):
                yield from self._unpacked(node.target, node.iter)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    for each in walk(target):
                        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                            yield each.id, self.of(node.value) if each is target else None
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id, node.annotation

    def _unpacked(self, target: ast.expr, source: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
        called = source.func.attr if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) else ""
        inner = source.func.value if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) else source
        if called == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            yield from self._name(target.elts[0], None)
            yield from self._name(target.elts[1], self._element(inner, MAPPINGS))
        else:
            element = self._element(inner, MAPPINGS if called == "values" else SEQUENCES)
            yield from self._name(target, element if called in ("", "values") else None)

    def _name(self, target: ast.expr, annotation: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
        if isinstance(target, ast.Name):
            yield target.id, annotation
        else:
            yield from ((each.id, None) for each in walk(target) if isinstance(each, ast.Name))

    def _element(self, node: ast.expr, kinds: set[str]) -> ast.expr | None:
        annotation = self.of(node)
        if not isinstance(annotation, ast.Subscript) or unparse(annotation.value) not in kinds:
            return None
        inside = annotation.slice
        return inside.elts[-1] if isinstance(inside, ast.Tuple) else inside

    def of(self, node: ast.expr) -> ast.expr | None:
        """The annotation of an expression; None where it is not known."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.class_of(node.value)
            return None if owner is None else self._attribute(owner, node.attr)
        if isinstance(node, ast.Subscript):
            return self._element(node.value, MAPPINGS | SEQUENCES)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.facts.classes:
            return node.func
        return None

    def class_of(self, node: ast.expr) -> str | None:
        """The copied class that an expression is an instance of, where that is known."""
        annotation = self.of(node)
        return annotation.id if isinstance(annotation, ast.Name) and annotation.id in self.facts.classes else None

    def _attribute(self, owner: str, name: str) -> ast.expr | None:
        if (made := self.facts.method(owner, "__init__")) is not None and self.facts.stores_of(owner, name) == 1:
            for node in walk(made):  # an argument that is kept as it is
                if (
                    isinstance(node, ast.Assign)
                    and unparse(node.targets[0]) == f"self.{name}"
                    and isinstance(node.value, ast.Name)
                ):
                    given = [arg.annotation for arg in [*made.args.args, *made.args.kwonlyargs] if arg.arg == node.value.id]
                    return given[0] if given else None
        for each in [owner, *self.facts.inherited[owner]]:
            for node in walk(self.facts.classes[each]):
                if isinstance(node, ast.AnnAssign):
                    own = isinstance(node.target, ast.Name) and node.target.id == name
                    own |= isinstance(node.target, ast.Attribute) and unparse(node.target) == f"self.{name}"
                    if own:
                        return node.annotation
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return node.returns if "property" in map(unparse, node.decorator_list) else None
        return None
