"""Writes out what library topologies stand for: `ple`, `cgc`, `mmoe` as `experts` level by level, `shared_bottom` as a
tower.
"""

from __future__ import annotations

from specc import registry
from specc.diagnostics import Diagnostic, InternalError
from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.registry.component import BoundArguments
from specc.registry.topology import Expert, Gate, Level, SharedBlock, Topology
from specc.resolve.arguments import bind
from specc.resolve.expressions import call_of
from specc.resolve.scope import Closure, Scope, follow
from specc.resolve.session import Session
from specc.syntax.format import format_text
from specc.syntax.parser import parse
from specc.syntax.tree import Item, Name, Pipe
from specc.text import Source


def expand(compilation: Compilation) -> str:
    """The formatted text of a spec without mistakes, every topology of its own file written out. The meaning is the same; what
    becomes unused (a param that only the library form read) is left out.
    """
    if compilation.is_ir:
        help = "expand the `.rec` file that it came from"
        raise SpecError([Diagnostic("REC804", None, f"{compilation.path} is saved IR, not text", help=help)])
    source, parsed, resolved = compilation.source, compilation.parsed, compilation.resolved
    if source is None or parsed is None or resolved is None:
        raise InternalError("a spec with mistakes cannot be expanded")
    edits = [(item, text) for item in parsed.file.items if (text := _expanded(item, resolved.session)) is not None]
    text = source.text
    for item, new in reversed(edits):
        text = text[: item.span.start] + new + text[item.span.end :]
    return _without_unused(text, source, compilation)


def _without_unused(text: str, source: Source, compilation: Compilation) -> str:
    while True:
        new = Source(source.name, text, source.path)
        again = Compilation(compilation.path, source=new, sets=compilation.sets, root=compilation.root)
        unused = {d.span.start for d in again.diagnostics if d.code == "REC140" and d.span is not None}
        parsed = parse(new)
        dead = [item for item in parsed.file.items if len(item.head) > 1 and item.head[1].span.start in unused]
        if not dead:
            return format_text(parsed)
        for item in reversed(dead):
            end = text.find("\n", item.span.end) + 1 or len(text)
            text = text[: text.rfind("\n", 0, item.span.start) + 1] + text[end:]


def _expanded(item: Item, session: Session) -> str | None:
    """The text that replaces a tower, or None when it holds no topology."""
    if len(item.head) != 2 or item.head[0].span.text != "tower" or not isinstance(item.value, Pipe):
        return None
    name = item.head[1]
    assert isinstance(name, Name)
    stages = item.value.stages
    for place, stage in enumerate(stages[1:], 1):
        scope = Scope(session, name.text, name.text)
        found = follow(stage, scope)
        called = call_of(found[0]) if found is not None else None
        entry = registry.find("ops", called[0].text) if called is not None else None
        if found is None or called is None or not isinstance(entry, Topology | SharedBlock):
            continue
        bound = bind(entry, called[1], called[0].span, found[1])
        if bound is None:
            raise InternalError("the arguments were good before")
        before = " -> ".join(one.span.text for one in stages[:place])
        after = "".join(f" -> {one.span.text}" for one in stages[place + 1 :])
        if isinstance(entry, SharedBlock):
            names, block = entry.expansion(bound)
            bottom = f"{name.text}_bottom"
            fields = ", ".join(f"{field}: {bottom}{after}" for field in names)
            return f"tower {bottom} = {before} -> {_text(block)}\ntower {name.text} = {{{fields}}}"
        target = f"{name.text}_experts" if after else name.text
        text = f"experts {target} = {before} {{\n{_levels(entry, bound)}}}"
        return f"{text}\ntower {name.text} = {target}{after}" if after else text
    return None


def _levels(entry: Topology, bound: BoundArguments) -> str:
    return "".join(_level(level) for level in entry.expansion(bound))


def _level(level: Level) -> str:
    groups = [f"    {name} : {_experts(experts)}\n" for name, experts in level.groups.items()]
    gates = [f"    gate {name} = {_gate(gate)}\n" for name, gate in level.gates.items()]
    return "  level {\n" + "".join(groups + gates) + "  }\n"


def _experts(experts: list[Expert]) -> str:
    texts = [f"{e.copies} * {_text(e.block)}" if e.copies > 1 else _text(e.block) for e in experts]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _gate(gate: Gate) -> str:
    args = [_text(gate.block)] if gate.block is not None else []
    if gate.temperature != 1.0:
        args.append(f"temperature={gate.temperature!r}")
    if gate.by == "input":
        args.append("by=input")
    if gate.metrics:
        args.append("gate_metrics=true")
    reads = f"[{', '.join(gate.reads)}]"
    return f"{reads} -> mixture({', '.join(args)})" if args else reads


def _text(block: Closure) -> str:
    return " ".join(block.expr.span.text.split())
