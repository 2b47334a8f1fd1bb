"""Reads the arguments of a library word: each expression by the sort that the word asks for."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from specc.diagnostics import Note
from specc.library import registry, word
from specc.library.values import Poison
from specc.library.word import Arg, Bound, Sort, Word
from specc.resolve.nearest import listing, nearest
from specc.resolve.scope import Closure, Scope, follow
from specc.syntax import tree
from specc.syntax.tree import Body, Call, Expr, Missing, Name, Number, String, Unary
from specc.text import Span

MAX_NAMES = 1_000  # tasks of a mixture
MAX_WHOLE = 2**63 - 1  # what data can hold
TINY, HUGE = 1.2e-38, 3.4e38  # the normal floats of 32 bits, which models compute with


class Bad:
    """What reading gives after a diagnostic."""


BAD = Bad()


def bind(entry: Word, args: list[tree.Arg] | None, span: Span, scope: Scope, *, called: str = "") -> Bound | None:
    """The arguments of a call of `entry`, checked; None after diagnostics (all of the call's mistakes, not the first)."""
    session = scope.session
    called = called or entry.name
    values: dict[str, Any] = {}
    spans: dict[str, Span] = {}
    good = True
    positional = [arg for arg in entry.args.values() if not arg.named]
    variadic = next((arg for arg in positional if arg.variadic), None)
    rest: list[Expr] = []
    place = 0
    for given in args or []:
        if isinstance(given.value, Missing):
            good = False
        elif given.name is None:
            if place < len(positional) and positional[place] is not variadic:
                arg = positional[place]
                place += 1
                good &= _take(arg, given.value, scope, values, spans)
            elif variadic is not None:
                rest.append(given.value)
            else:
                most = f"at most {len(positional)} by position" if positional else "none by position"
                session.error(
                    "REC302",
                    given.span,
                    f"too many arguments for `{called}`",
                    f"it takes {most}",
                    help=_signature(entry, called),
                )
                good = False
        else:
            named = entry.args.get(given.name.text)
            if named is None:
                _unknown(entry, called, given.name, scope)
                good = False
            elif named.name in spans:
                notes = [Note(spans[named.name], "first given here")]
                session.error("REC303", given.span, f"`{named.name}` is given twice", "again", notes=notes)
                good = False
            else:
                good &= _take(named, given.value, scope, values, spans)
    if variadic is not None and rest:
        spans[variadic.name] = rest[0].span.to(rest[-1].span)
        read_list = _variadic(variadic, rest, scope)
        spans |= {f"{variadic.name}[{place}]": expr.span for place, expr in enumerate(rest)}
        values[variadic.name] = read_list
        good &= not isinstance(read_list, Bad)
    for arg in entry.args.values():
        if arg.name in values:
            continue
        if arg.required:
            if good:
                session.error(
                    "REC304", span, f"`{called}` needs `{arg.name}`", f"{arg.doc or arg.sort}", help=_signature(entry, called)
                )
            good = False
        values.setdefault(arg.name, arg.default)
    return Bound(span, values, spans) if good else None


def _take(arg: Arg, expr: Expr, scope: Scope, values: dict[str, Any], spans: dict[str, Span]) -> bool:
    spans[arg.name] = expr.span
    value = read(arg.sort, expr, scope, arg.name)
    values[arg.name] = value
    return not isinstance(value, Bad)


def _variadic(arg: Arg, exprs: list[Expr], scope: Scope) -> Any:
    """Lists spread: `mlp(64, 32)`, `mlp([64, 32])` and `mlp(widths)` with a list param are one."""
    sort = arg.sort
    assert isinstance(sort, word.ListOf)
    out: list[Any] = []
    good = True
    for expr in exprs:
        found = follow(expr, scope)
        if found is None:
            return BAD
        inner, inner_scope = found
        items = [(item, inner_scope) for item in inner.items] if isinstance(inner, tree.List) else [(expr, scope)]
        for item, item_scope in items:
            value = read(sort.item, item, item_scope, arg.name)
            good &= not isinstance(value, Bad)
            out.append(value)
    return out if good and _counted(sort, len(out), exprs[0].span.to(exprs[-1].span), scope, arg.name) else BAD


def _counted(sort: word.ListOf, count: int, span: Span, scope: Scope, what: str) -> bool:
    if sort.least <= count <= sort.most:
        return True
    bound = f"at least {sort.least}" if count < sort.least else f"at most {sort.most:_}"
    scope.session.error("REC306", span, f"`{what}` needs {bound}", f"got {count:_}")
    return False


def _unknown(entry: Word, called: str, name: Name, scope: Scope) -> None:
    close = nearest(name.text, entry.args)
    help = f"did you mean `{close}`?" if close else _signature(entry, called)
    scope.session.error("REC301", name.span, f"`{called}` has no argument `{name.text}`", "unknown", help=help)


def _signature(entry: Word, called: str) -> str:
    if not entry.args:
        return f"`{called}` takes no arguments"
    return f"`{called}` takes " + listing(sorted(entry.args, key=lambda name: entry.args[name].named), 20)


def read(sort: Sort, expr: Expr, scope: Scope, what: str) -> Any:
    """The value of an expression where `sort` is asked for, or `BAD` after a diagnostic. `what` is the argument's name."""
    if isinstance(expr, Missing):
        return BAD
    found = follow(expr, scope)
    if found is None:
        return BAD
    return _read(sort, found[0], found[1], expr, what)


@singledispatch
def _read(sort: Sort, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    raise NotImplementedError(type(sort).__name__)


def refuse(sort: Sort, expr: Expr, scope: Scope, written: Expr, what: str) -> Bad:
    """Report that an expression is not of the sort, or is a name that nobody declared."""
    session = scope.session
    if isinstance(expr, Name) and expr.text in session.broken_names:
        return BAD
    if isinstance(expr, Name) and not (
        isinstance(sort, (word.Text, word.Literal))
        or session.is_known(expr.text)
        or expr.text in session.values
        or expr.text in scope.locals
    ):
        if "values" not in session.lost:
            params = [*(n for n, d in session.values.items() if d.kind == "param"), *scope.locals]
            label = f"`{what}` takes {sort}"
            session.unknown("REC110", "name", expr.text, expr.span, params, places=session.place, label=label)
        return BAD
    wrong = "not a whole number" if isinstance(sort, word.Int) and number(expr) is not None else f"this is {describe(expr)}"
    help = (
        f'text stands in quotes: `"{expr.text}"`'
        if isinstance(expr, Name) and isinstance(sort, (word.Text, word.Literal))
        else ()
    )
    session.error("REC307", expr.span, f"`{what}` takes {sort}", wrong, notes=_used(expr, written), help=help)
    return BAD


def _used(expr: Expr, written: Expr) -> list[Note]:
    """Where a value is used, when it is written elsewhere: as that of a param, or in the call of a block."""
    return [Note(written.span, "used here")] if expr.span != written.span else []


def describe(expr: Expr) -> str:
    """What kind of expression something is, for a message."""
    if isinstance(expr, Name):
        return f"the name `{expr.text}`"
    if isinstance(expr, Call):
        return f"a call of `{expr.callee.span.text}`"
    if isinstance(expr, Number):
        return "a number"
    if isinstance(expr, String):
        return "a string"
    names = {
        tree.Tag: "a selector",
        tree.List: "a list",
        Body: "a record",
        tree.Range: "a range",
        tree.Pipe: "a pipeline",
        tree.Binary: "an expression",
        tree.Star: "`*`",
        tree.At: "a metric with a cut-off",
        tree.Maybe: "a nullable storage",
        tree.Field: f"`{expr.span.text}`",
    }
    return names.get(type(expr), "something else")


def number(expr: Expr) -> int | float | None:
    """The value of a number, with its sign; None for anything else."""
    if isinstance(expr, Unary) and isinstance(expr.operand, Number):
        return -expr.operand.value
    return expr.value if isinstance(expr, Number) else None


@_read.register
def _(sort: word.Number, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    value = number(expr)
    if value is None:
        return refuse(sort, expr, scope, written, what)
    if isinstance(sort, word.Int) and isinstance(value, float):
        if not value.is_integer() or "." in expr.span.text or abs(value) > 2**53:
            return refuse(sort, expr, scope, written, what)
        value = int(value)
    if not sort.holds(value):
        scope.session.error("REC308", expr.span, f"`{what}` must be {sort}", "out of range", notes=_used(expr, written))
        return BAD
    if isinstance(sort, word.Float) and value != 0 and not TINY <= abs(value) <= HUGE:
        label = f"too {'large' if abs(value) > 1 else 'small'} for a float of 32 bits"
        scope.session.error("REC308", expr.span, f"`{what}` must be {sort}", label, notes=_used(expr, written))
        return BAD
    return float(value) if isinstance(sort, word.Float) else value


@_read.register
def _(sort: word.Bool, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    return refuse(sort, expr, scope, written, what)


@_read.register
def _(sort: word.Text, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    return expr.value if isinstance(expr, String) else refuse(sort, expr, scope, written, what)


@_read.register
def _(sort: word.Literal, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if isinstance(expr, String):
        return expr.value
    if isinstance(expr, Name) and expr.text in ("true", "false"):
        return expr.text == "true"
    value = number(expr)
    if value is None:
        return refuse(sort, expr, scope, written, what)
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        scope.session.error(
            "REC308", expr.span, f"`{what}` has a value that is too large", "over 64 bits", notes=_used(expr, written)
        )
        return BAD
    return value


@_read.register
def _(sort: word.Choice, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    for name in (written, expr):
        if isinstance(name, Name) and name.text in sort.options:
            return name.text
    in_quotes = not all(option.isidentifier() for option in sort.options)
    if in_quotes and isinstance(expr, String) and expr.value in sort.options:
        return expr.value
    if isinstance(expr, String if in_quotes else Name):
        text = expr.value if isinstance(expr, String) else expr.span.text
        close = nearest(text, sort.options)
        help = f"did you mean `{close}`?" if close else f"there is {listing(sort.options, 20)}"
        notes = _used(expr, written)
        scope.session.error("REC309", expr.span, f"`{what}` has no choice `{text}`", "unknown", notes=notes, help=help)
        return BAD
    return refuse(sort, expr, scope, written, what)


@_read.register
def _(sort: word.ListOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out = [read(sort.item, item, scope, what) for item in items]
    if any(isinstance(value, Bad) for value in out):
        return BAD
    return out if _counted(sort, len(out), written.span, scope, what) else BAD


@_read.register
def _(sort: word.OneOrEach, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return read(sort.item, written, scope, what)
    return _record(sort.item, expr, scope, what)


@_read.register
def _(sort: word.Mapping, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if not isinstance(expr, Body):
        return refuse(sort, expr, scope, written, what)
    return _record(sort.item, expr, scope, what)


def _record(sort: Sort, body: Body, scope: Scope, what: str) -> Any:
    out: dict[str, Any] = {}
    good = True
    for key, expr in record_items(body, scope):
        value = read(sort, expr, scope, what)
        good &= not isinstance(value, Bad)
        out[key] = value
    return out if good and len(out) == len(body.items) else BAD


def record_items(body: Body, scope: Scope) -> list[tuple[str, Expr]]:
    """The fields of `{name: value, ...}`; anything else in the brackets is reported."""
    out: dict[str, Expr] = {}
    for item in body.items:
        plain = len(item.head) == 1 and isinstance(item.head[0], Name) and item.sign == ":" and item.value is not None
        if item.broken:
            continue
        if not plain or item.args or item.within or item.tags or item.body:
            scope.session.error("REC108", item.span, "a record holds `name: value`", "this is something else")
            continue
        name = item.head[0]
        assert isinstance(name, Name)
        assert item.value is not None
        if name.text in out:
            scope.session.error("REC106", name.span, f"`{name.text}` is declared twice", "declared again")
            continue
        out[name.text] = item.value
    return list(out.items())


@_read.register
def _(sort: word.Block, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    if isinstance(expr, (Name, Call, tree.Pipe)):
        return Closure(expr, scope)
    return refuse(sort, expr, scope, written, what)


@_read.register
def _(sort: word.Experts, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    from specc.resolve.experts import read_experts

    experts = read_experts(expr, scope)
    return BAD if experts is None else experts


@_read.register
def _(sort: word.AnyValue, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    from specc.resolve.pipelines import evaluate

    value = evaluate(written, scope)
    return BAD if isinstance(value, Poison) else value


@_read.register
def _(sort: word.Names, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    items = expr.items if isinstance(expr, tree.List) else [expr]
    out: dict[str, Span] = {}
    for item in items:
        if not isinstance(item, Name):
            return refuse(sort, item, scope, item, what)
        if item.text in out:
            notes = [Note(out[item.text], "first named here")]
            scope.session.error("REC106", item.span, f"`{item.text}` is named twice", "named again", notes=notes)
            return BAD
        out[item.text] = item.span
    if not 1 <= len(out) <= MAX_NAMES:
        scope.session.error("REC306", expr.span, f"`{what}` needs 1 to {MAX_NAMES:_} names", f"got {len(out):_}")
        return BAD
    return list(out)


@_read.register
def _(sort: word.EmbeddingSet, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(sort, expr, scope, written, what)
    if expr.text not in session.sets or expr.text == "":
        named = [name for name in session.sets if name]
        if "embeddings" not in session.lost:
            places = {name: s.declared.span for name, s in session.sets.items() if s.declared}
            session.unknown("REC121", "set of embeddings", expr.text, expr.span, named, places=places.get)
        return BAD
    session.used_sets.add(expr.text)
    return expr.text


@_read.register
def _(sort: word.ColumnName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    from specc.resolve.columns import find_column

    column = find_column(expr, scope.session)
    return BAD if column is None else column


@_read.register
def _(sort: word.SchemaName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    session = scope.session
    if not isinstance(expr, Name):
        return refuse(sort, expr, scope, written, what)
    if expr.text not in session.schemas:
        if "schema" not in session.lost:
            places = {name: s.span for name, s in session.schemas.items()}
            session.unknown("REC122", "schema", expr.text, expr.span, session.schemas, places=places.get)
        return BAD
    return expr.text


@_read.register
def _(sort: word.Rows, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    from specc.resolve.rows import read_row

    row = read_row(expr, scope, sort.gives, what)
    return BAD if row is None else row


@_read.register
def _(sort: word.LabelName, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    from specc.resolve.rows import read_row

    row = read_row(expr, scope, "any", what, labels=True)
    if row is not None and not row.columns:
        scope.session.error("REC412", expr.span, "this expression reads no column", "the same in every row")
        return BAD
    return BAD if row is None else row


@_read.register
def _(sort: word.Target, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    return Closure(written, scope)


@_read.register
def _(sort: word.WordOf, expr: Expr, scope: Scope, written: Expr, what: str) -> Any:
    called = call_of(expr)
    if called is None:
        return refuse(sort, expr, scope, written, what)
    name, args = called
    entry = registry.find(sort.kind, name.text)
    if entry is None:
        scope.session.unknown(
            "REC123", sort.noun.removeprefix("a ").removeprefix("an "), name.text, name.span, registry.names(sort.kind)
        )
        return BAD
    bound = bind(entry, args, name.span, scope)
    return BAD if bound is None else (entry, bound)


def call_of(expr: Expr) -> tuple[Name, list[tree.Arg] | None] | None:
    """The name and arguments of `name` or `name(args)`; None for anything else."""
    if isinstance(expr, Name):
        return expr, None
    if isinstance(expr, Call) and isinstance(expr.callee, Name):
        return expr.callee, expr.args
    return None
