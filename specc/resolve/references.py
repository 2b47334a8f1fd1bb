"""Which names an expression refers to, before anything is evaluated: for the order of evaluation, and for circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from specc.diagnostics import Note
from specc.resolve.declarations import Declared
from specc.resolve.session import Session
from specc.syntax.tree import Arg, Expr, Field, Item, Name, Node, children

BLOCKS = ("block", "shared")
MAX_CHAIN = 40  # params and blocks that use each other


def names_in(node: Node) -> Iterator[Name]:
    """The names that an expression reads or calls: not those of arguments, fields and what an item declares."""
    stack: list[Node] = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, Name):
            yield at
        elif isinstance(at, Arg):
            stack.append(at.value)
        elif isinstance(at, Field):
            stack.append(at.base)
        elif isinstance(at, Item):
            stack.extend(part for part in (at.value, at.body) if part is not None)
        else:
            stack.extend(reversed(list(children(at))))


def innermost_first(names: Iterable[str], reads: Callable[[str], Iterable[str]]) -> list[str]:
    """Names in an order in which each stands behind those that it reads, as far as there is no circle; else in their own.

    Evaluation recurses, so a long chain that is written from its end would otherwise go too deep.
    """
    order: dict[str, None] = {}
    entered: set[str] = set()
    for root in names:
        stack = [(root, iter(reads(root)))] if root not in entered else []
        entered.add(root)
        while stack:
            name, rest = stack[-1]
            inner = next((n for n in rest if n not in entered), None)
            if inner is None:
                order[name] = None
                stack.pop()
            else:
                entered.add(inner)
                stack.append((inner, iter(reads(inner))))
    return list(order)


def report_circles(session: Session) -> None:
    """Params and blocks that use themselves, straight or through others: nothing could ever end them.

    They are put into `session.circular`, and nothing more is said where they are used.
    """
    kinds = ("param", *BLOCKS)
    uses = {name: _uses(d, session) for name, d in session.values.items() if d.kind in kinds}
    done: set[str] = set()
    depth: dict[str, int] = {}
    looped: set[str] = set()
    for root in uses:
        path: list[str] = []
        around: set[str] = set()
        stack = [(root, iter(uses[root].items()))] if root not in done else []
        while stack:
            name, rest = stack[-1]
            if name not in around:
                path.append(name)
                around.add(name)
            for inner, place in rest:
                if inner in around:
                    looped.update(path[path.index(inner) :])
                    _circle(path[path.index(inner) :], place, session)
                elif inner in uses and inner not in done:
                    stack.append((inner, iter(uses[inner].items())))
                    break
            else:
                done.add(name)
                stack.pop()
                around.remove(path.pop())
                depth[name] = 1 + max((depth.get(inner, 0) for inner in uses[name] if inner not in looped), default=0)
                if depth[name] > MAX_CHAIN:
                    session.circular.add(name)
                if depth[name] == MAX_CHAIN + 1:
                    _too_deep(name, session)


def _too_deep(name: str, session: Session) -> None:
    declared = session.values[name]
    message = f"params and blocks use each other more than {MAX_CHAIN} deep"
    session.error("REC904", declared.span, message, "one more", help="put fewer of them inside each other")


def _uses(declared: Declared, session: Session) -> dict[str, Name]:
    """What a param or block refers to, and where; its own parameters hide what is declared elsewhere."""
    own = {name.text for arg in declared.item.args or [] for name in (arg.name, arg.value) if isinstance(name, Name)}
    value: Expr | None = declared.item.value
    if declared.kind == "param":
        value = session.overrides.get(declared.name, value)
    found: dict[str, Name] = {}
    for name in names_in(value) if value is not None else ():
        if name.text not in own:
            found.setdefault(name.text, name)
    return found


def _circle(names: list[str], place: Name, session: Session) -> None:
    session.circular.update(names)
    first = session.values[names[0]]
    notes = [Note(session.values[name].span, f"through `{name}`") for name in names[1:4]]
    if all(session.values[name].kind == "param" for name in names):
        session.error(
            "REC107",
            place.span,
            f"the value of `{first.name}` is made of itself",
            "closes the circle",
            notes=[Note(first.span, "declared here"), *notes],
            help="give one of them a value of its own",
        )
    else:
        session.error(
            "REC109",
            place.span,
            f"the {'block' if first.kind in BLOCKS else 'param'} `{first.name}` uses itself",
            "closes the circle",
            notes=[Note(first.span, "declared here"), *notes],
            help="a block cannot stop using itself: write its steps out",
        )
