"""The fields of a record: `{name: value, ...}`."""

from __future__ import annotations

from specc.resolve.kinds import other_sign
from specc.resolve.scope import Scope
from specc.syntax.tree import Body, Expr, Name


def record_items(body: Body, scope: Scope) -> list[tuple[str, Expr]]:
    """The fields of `{name: value, ...}`; anything else in the brackets is reported."""
    out: dict[str, Expr] = {}
    for item in body.items:
        plain = len(item.head) == 1 and isinstance(item.head[0], Name) and item.sign == ":" and item.value is not None
        if item.broken:
            continue
        if not plain or item.args or item.within or item.tags or item.body:
            place, label, help = item.span, "this is something else", "write `name: value`"
            if item.sign == "=" and item.value is not None:
                place, label, help = other_sign(item, ":")
            scope.session.error("REC108", place, "a record holds `name: value`", label, help=help)
            continue
        name = item.head[0]
        assert isinstance(name, Name)
        assert item.value is not None
        if name.text in out:
            scope.session.error("REC106", name.span, f"`{name.text}` is declared twice", "declared again")
            continue
        out[name.text] = item.value
    return list(out.items())
