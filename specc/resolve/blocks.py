"""Declared blocks where they are used: arguments are bound to parameters, and the body is evaluated in a place of its own."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.values import ErrorValue, Value
from specc.resolve.declarations import Declared
from specc.resolve.expressions import describe
from specc.resolve.scope import Closure, Scope, SharedWeights
from specc.resolve.session import Session
from specc.syntax import tree
from specc.syntax.tree import Expr, Missing, Name

MAX_DEPTH = 40  # blocks inside blocks


def run_declared_block(declared: Declared, name: Name, args: list[tree.Arg] | None, value: Value, scope: Scope) -> Value:
    """The value of `value -> name(args)`, with weights of its own unless the block is `shared`."""
    session = scope.session
    if declared.name in session.circular:
        return ErrorValue("", name.span)
    if scope.depth >= MAX_DEPTH:
        help = "use fewer blocks inside each other"
        return session.error("REC904", name.span, f"blocks are nested deeper than {MAX_DEPTH}", "here", help=help)
    params = _parameters(declared, session)
    if params is None:
        return ErrorValue("", name.span)
    locals, good = _bound(declared, name, args, params[1:], scope)
    if len(locals) < len(params) - 1:
        return ErrorValue("", name.span)
    # After a mistake in the call the body is read all the same, for mistakes of its own.
    locals[params[0][0].text] = value if good else ErrorValue("", name.span)
    assert declared.item.value is not None
    part = session.path(f"{scope.path}.{name.text}").removeprefix(f"{scope.path}.")
    inside = scope.at(part)
    inside.shared = SharedWeights(declared.name, used_at=name.span) if declared.kind == "shared" else inside.shared
    inside.locals, inside.depth, inside.blocks = locals, scope.depth + 1, (*scope.blocks, declared.name)
    found = scope.evaluator.evaluate(declared.item.value, inside)
    return found if good else ErrorValue("", name.span)


def _bound(
    declared: Declared, name: Name, args: list[tree.Arg] | None, params: list[tuple[Name, Expr | None]], scope: Scope
) -> tuple[dict[str, Value | Closure], bool]:
    """What the parameters behind the piped value stand for, as far as that is known, and whether the call is good."""
    session = scope.session
    note = Note(declared.span, "declared here")
    locals: dict[str, Value | Closure] = {}
    places: dict[str, tree.Arg] = {}
    names = [param.text for param, _ in params]
    position = 0
    good = True
    for arg in args or []:
        if arg.name is not None:
            target = arg.name.text
        elif position < len(names):
            target = names[position]
            position += 1
        else:
            took = f"{len(names)} besides the piped value" if names else "none besides the piped value"
            session.error("REC302", arg.span, f"too many arguments for `{name.text}`", f"it takes {took}", notes=[note])
            good = False
            continue
        if target not in names:
            assert arg.name is not None
            message = f"`{name.text}` has no argument `{target}`"
            session.unknown("REC301", "argument", target, arg.name.span, names, message=message, label="unknown")
            good = False
        elif target in places:
            notes = [Note(places[target].span, "first given here")]
            session.error("REC303", arg.span, f"`{target}` is given twice", "again", notes=notes)
            good = False
        else:
            places[target] = arg
            if isinstance(arg.value, Missing):
                good = False
            else:
                locals[target] = Closure(arg.value, scope)
    for param, default in params:
        if param.text in locals:
            continue
        if default is not None:
            locals[param.text] = Closure(default, Scope(session, scope.owner, scope.path))
        elif good:
            session.error("REC304", name.span, f"`{name.text}` needs `{param.text}`", "not given", notes=[note])
            good = False
    return locals, good


def _parameters(declared: Declared, session: Session) -> list[tuple[Name, Expr | None]] | None:
    """The parameters of a block with their defaults; the first is the piped value."""
    out: dict[str, tuple[Name, Expr | None]] = {}
    for arg in declared.item.args or []:
        param, default = (arg.name, arg.value) if arg.name is not None else (arg.value, None)
        if not isinstance(param, Name):
            session.error("REC114", arg.span, "a block's parameters are names", f"this is {describe(param)}")
            return None
        if param.text in out:
            notes = [Note(out[param.text][0].span, "first declared here")]
            session.error("REC106", param.span, f"`{param.text}` is declared twice", "declared again", notes=notes)
            return None
        out[param.text] = (param, default)
    if not out:
        help = f"write `block {declared.name}(x) = x -> ...`"
        session.error("REC114", declared.span, "a block needs a first parameter: the piped value", "it has none", help=help)
        return None
    return list(out.values())
