"""Whether two trees say the same: structure and values, not places."""

from __future__ import annotations

from specc.syntax import tree


def equal(left: object, right: object) -> bool:
    """Whether two trees, or lists of trees, are the same but for their spans."""
    pending: list[tuple[object, object]] = [(left, right)]
    while pending:
        a, b = pending.pop()
        if type(a) is not type(b):
            return False
        if isinstance(a, tree.Node):
            for name in slots(type(a)):
                pending.append((getattr(a, name), getattr(b, name)))
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            pending.extend(zip(a, b, strict=True))
        elif a != b:
            return False
    return True


def slots(kind: type) -> list[str]:
    """The attributes of a node class, the span left out."""
    return [name for cls in kind.__mro__ for name in getattr(cls, "__slots__", ()) if name != "span"]
