"""Mixture topologies: reads `experts` declarations and runs levels, whether written out or expanded from a library form."""

from __future__ import annotations

from specc import registry
from specc.diagnostics import Note
from specc.registry.arg_types import Int
from specc.registry.common import MAX_COPIES, MAX_LEVELS
from specc.registry.implied import MIXTURE
from specc.registry.op import Op
from specc.registry.topology import Expert, Gate, Level, times
from specc.registry.values import ErrorValue, ListValue, Record, Value
from specc.resolve.argument_values import read
from specc.resolve.bindings import named
from specc.resolve.declarations import Declared
from specc.resolve.expressions import BAD, describe
from specc.resolve.kinds import LEVEL, kind_of, problem, refused
from specc.resolve.op_context import OpContext
from specc.resolve.pipelines import evaluate
from specc.resolve.scope import Closure, Scope, follow
from specc.resolve.stages import run_block
from specc.syntax import tree
from specc.syntax.tree import Binary, Expr, Item, Missing, Name, Pipe
from specc.text import Span


def read_experts(expr: Expr, scope: Scope) -> list[Expert] | None:
    """A block, `n * block`, or a list of those; None after a diagnostic."""
    session = scope.session
    found = follow(expr, scope)
    if found is None or isinstance(found[0], Missing):
        return None
    inner, inner_scope = found
    if isinstance(inner, tree.List):
        out: list[Expert] = []
        for item in inner.items:
            experts = read_experts(item, inner_scope)
            if experts is None:
                return None
            out.extend(experts)
            if len(out) > MAX_COPIES or not session.spend(item.span):
                session.error("REC306", inner.span, f"a group of experts has at most {MAX_COPIES:_}", "this has more")
                return None
        if not out:
            session.error("REC205", inner.span, "a group of experts is empty", "put blocks between the brackets")
            return None
        return out
    if isinstance(inner, Pipe) and isinstance(inner.stages[0], Binary) and inner.stages[0].op == "*":
        # `2 * dense(8) -> dense(4)`: the arrow is looser, and the copies are of the whole block
        first = inner.stages[0]
        copies = read(Int(1, MAX_COPIES), first.left, inner_scope, "number of copies")
        rest = Pipe(first.right.span.to(inner.span), [first.right, *inner.stages[1:]])
        return None if copies is BAD else [Expert(Closure(rest, inner_scope), copies)]
    if isinstance(inner, Binary) and inner.op == "*":
        count = read(Int(1, MAX_COPIES), inner.left, inner_scope, "number of copies")
        experts = read_experts(inner.right, inner_scope) if count is not BAD else None
        return None if experts is None else times(experts, int(count))
    if isinstance(inner, (Name, tree.Call, Pipe)):
        return [Expert(Closure(inner, inner_scope))]
    session.error("REC307", expr.span, "an expert is a block, `n * block`, or a list of blocks", f"this is {describe(inner)}")
    return None


def evaluate_experts(declared: Declared, scope: Scope) -> Value:
    """The record that an `experts` declaration gives."""
    item = declared.item
    assert item.value is not None
    assert item.body is not None
    x = evaluate(item.value, scope)
    read = [_level(entry, scope) for entry in item.body.items]
    levels = [level for level in read if level is not None]
    if len(levels) < len(read):
        return ErrorValue("", declared.span)
    if not levels or len(levels) > MAX_LEVELS:
        return scope.session.error(
            "REC130",
            declared.span,
            f"`experts` needs 1 to {MAX_LEVELS} levels",
            f"got {len(levels)}",
            help="write `level { ... }` in its body",
        )
    return run_levels(levels, x, scope, declared.span)


def _level(entry: Item, scope: Scope) -> Level | None:
    session = scope.session
    if entry.broken or not entry.head:
        return None
    is_level = kind_of(entry) == "level"
    wrong = problem(entry, LEVEL["level"]) if is_level else (entry.head[0].span, "expected `level { ... }`", "")
    if wrong:
        what = "level" if is_level else "experts"
        help = "the body of `experts` holds `level { ... }` items"
        session.error("REC102", wrong[0], f"`{what}` is not written like this", wrong[1], help=help)
        return None
    assert entry.body is not None
    groups: dict[str, list[Expert]] = {}
    gates: dict[str, Gate] = {}
    places: dict[tuple[str, str], Span] = {}
    good = True
    for item in entry.body.items:
        if item.broken or not item.head:
            good = False
            continue
        is_gate = kind_of(item) == "gate" and len(item.head) == 2
        name = item.head[-1]
        if is_gate and refused(item, LEVEL["gate"], "gate", session):
            good = False
            continue
        plain = len(item.head) == 1 and item.sign == ":" and item.value is not None and not item.tags and item.body is None
        if not isinstance(name, Name) or not (is_gate or plain):
            help = "write `name : 2 * mlp(64)`, or `gate name = [name, shared]`"
            session.error("REC102", item.head[0].span, "a level holds groups and gates", "this is neither", help=help)
            good = False
            continue
        key = ("gate" if is_gate else "group", name.text)
        if key in places:
            session.error(
                "REC106",
                name.span,
                f"`{name.text}` is declared twice",
                "declared again",
                notes=[Note(places[key], "first declared here")],
            )
            good = False
            continue
        places[key] = name.span
        assert item.value is not None
        if is_gate:
            gates[name.text] = Gate([], pipeline=(name.span, Closure(item.value, scope)))
        else:
            experts = read_experts(item.value, scope)
            good &= experts is not None
            groups[name.text] = experts or []
    if good and (not groups or not gates):
        session.error(
            "REC131",
            entry.head[0].span,
            "a level needs a group of experts and a gate",
            "it has no gate" if groups else "it has no group",
            help="write `gate name = [name, shared]`" if groups else "write `name : 2 * mlp(64)`",
        )
        good = False
    return Level(groups, gates, places) if good else None


def run_levels(levels: list[Level], x: Value, scope: Scope, span: Span) -> Value:
    """Run levels on an input (or a record with an input for each group): a record with a field for each gate of the last
    level.
    """
    session = scope.session
    below: dict[str, Value] = {}
    gates: dict[str, Value] = {}
    read_below: set[str] = set()
    examined: set[int] = set()
    whole = not isinstance(x, ErrorValue)
    for number, level in enumerate(levels, 1):
        part = scope.at(f"level_{number}")
        outputs: dict[str, Value] = {}
        good = True
        for name, experts in level.groups.items():
            source = _input(name, x, below, scope, level.places.get(("group", name), span), whole)
            read_below.add(name)
            outputs[name] = _group(name, experts, source, part, level.places.get(("group", name), span), examined)
            good &= not isinstance(outputs[name], ErrorValue)
        gates = {}
        seen: set[str] = set()
        for name, gate in level.gates.items():
            gates[name] = _gate(name, gate, outputs, seen, x, below, part, span)
            read_below.add(name)
            good &= not isinstance(gates[name], ErrorValue)
            if session.overflowed:
                break
        if session.overflowed:
            return ErrorValue("", span)
        if not good:  # the blocks of the levels above may have mistakes of their own
            whole, below, read_below = False, gates, set()
            continue
        for name in level.groups:
            if name not in seen:
                place, help = level.places.get(("group", name), span), f"write `gate {name} = [{name}]`, or remove the group"
                message = f"no gate of level {number} reads the group `{name}`"
                return session.error("REC132", place, message, "its experts would learn nothing", help=help)
        unread = [name for name in below if name not in read_below]
        if unread:
            place = levels[number - 2].places.get(("gate", unread[0]), span)
            message = f"nothing on level {number} reads the gate `{unread[0]}` of level {number - 1}"
            help = f"add a group or a gate called `{unread[0]}` to level {number}, or remove this one"
            return session.error("REC133", place, message, "read by a group or gate of its name alone", help=help)
        below, read_below = gates, set()
    return Record("experts", span, gates) if whole else ErrorValue("", span)


def _group(name: str, experts: list[Expert], source: Value, part: Scope, span: Span, examined: set[int]) -> Value:
    """The outputs of a group's experts, each with a path of its own; `examined`: blocks read for their own mistakes."""
    session = part.session
    if sum(expert.copies for expert in experts) > MAX_COPIES:
        message = f"a group has at most {MAX_COPIES:_} experts"
        return session.error("REC306", span, message, f"`{name}` has more", help="use smaller counts")
    if isinstance(source, ErrorValue):
        for expert in experts:
            if id(expert.block) not in examined:
                examined.add(id(expert.block))
                run_block(expert.block, source, part.at(name), span)
        return source
    blocks = [expert.block for expert in experts for _ in range(expert.copies)]
    items: list[Value] = []
    for number, block in enumerate(blocks, 1):
        value = run_block(block, source, part.at(name).at(f"expert_{number}"), span)
        items.append(named(value, f"expert {number} of `{name}`", value.span, session))
        if session.overflowed:
            break
    if any(isinstance(item, ErrorValue) for item in items):
        return ErrorValue("", span)
    return ListValue(name, span, items)


def _input(name: str, x: Value, below: dict[str, Value], scope: Scope, span: Span, whole: bool) -> Value:
    """What a group reads; `whole`: the levels below have no mistakes, so that a gate that is not there was never written."""
    if below:
        if name in below:
            return below[name]
        if not whole:
            return ErrorValue("", span)
        close = scope.session.guess(name, below)
        return scope.session.error(
            "REC134",
            span,
            f"the group or gate `{name}` has no gate of its name on the level below",
            "so there is nothing that it reads",
            notes=[Note(below[close].span, f"`{close}` is there")] if close else [],
            help=f"add `gate {name} = [...]` to the level below"
            + (f", or is its gate `{close}` meant to be it?" if close else ""),
        )
    if isinstance(x, Record):
        if name not in x.fields:
            return scope.session.error(
                "REC134",
                span,
                f"the input has no field `{name}`",
                f"it is {x}",
                help=f"name the group like a field, or add `{name}:` to the record",
            )
        return x.fields[name]
    return x


def _gate(
    name: str, gate: Gate, outputs: dict[str, Value], seen: set[str], x: Value, below: dict[str, Value], part: Scope, span: Span
) -> Value:
    inside = part.at(f"gate_{name}")
    inside.first_input = x
    inside.gate_input = below.get(name) if below else (x.fields.get(name) if isinstance(x, Record) else x)
    if gate.pipeline is None:
        items: list[Value] = []
        for group in gate.reads:
            seen.add(group)
            value = outputs[group]
            if isinstance(value, ErrorValue):
                return value
            assert isinstance(value, ListValue)
            items.extend(value.items)
        return _mix(ListValue("experts", span, items), gate, x, inside, span)
    place, closure = gate.pipeline
    inside.locals = {
        **closure.scope.locals,
        **{group: _Group(value, group, seen) if isinstance(value, ListValue) else value for group, value in outputs.items()},
        "input": x,
    }
    value = evaluate(closure.expr, inside)
    if isinstance(value, ErrorValue):
        return value
    if isinstance(value, ListValue):
        return _mix(value, gate, x, inside, place)
    return value


def _mix(experts: ListValue, gate: Gate, x: Value, scope: Scope, span: Span) -> Value:
    """The mixture that a gate is without saying so."""
    mixture = registry.find("ops", MIXTURE)
    assert isinstance(mixture, Op)
    return mixture.infer(experts, gate.arguments(x, span), OpContext(scope, MIXTURE, span))


class _Group(ListValue):
    """The experts of a group under the group's name; reading its items notes that a gate reads the group."""

    __slots__ = ("_items", "_seen")

    def __init__(self, value: Value, group: str, seen: set[str]) -> None:
        assert isinstance(value, ListValue)
        self._items = value.items
        self._seen = seen
        self.name = group
        self.span = value.span

    @property
    def items(self) -> list[Value]:  # type: ignore[override]
        """The outputs of the group's experts."""
        self._seen.add(self.name)
        return self._items
