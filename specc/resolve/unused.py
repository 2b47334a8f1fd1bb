"""What this file declares and nobody reads: nothing is guessed in silence, and a name that is not used is often a typo
elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator

from specc.diagnostics import errors_in
from specc.registry.optimizer import group_of
from specc.resolve.declarations import Declared
from specc.resolve.graph import GraphNode
from specc.resolve.losses import ResolvedLoss
from specc.resolve.session import Session
from specc.resolve.settings import Training
from specc.resolve.tables import table_name
from specc.resolve.weights import has_weights
from specc.text import Span

# Mistakes in something that is written: an unknown column, operator, set, schema or tag, an argument, a width, a column, data,
# settings. They are not made by leaving out the name of a tower, block or param.
HARMLESS = re.compile("REC(118|12[0-4]|14[0234]|207|30[1789]|4..|505|512|6..)")


def report_unused(session: Session, losses: dict[str, ResolvedLoss]) -> None:
    """Unused towers, mixtures, blocks, params and sets of this file, and heads that no loss teaches."""
    for declared in [d for d in session.values.values() if _reported(d, session)]:
        _unused(declared, session)
    for made in session.sets.values():
        if made.declared is not None and not made.declared.imported and made.name not in session.used_sets:
            if made.name:
                session.error(
                    "REC140",
                    made.declared.span,
                    f"the set `{made.name}` is not used",
                    "no column is looked up in it",
                    help=f"write `-> embed({made.name})`, or remove it",
                )
            elif not session.tables:
                session.error(
                    "REC140",
                    made.declared.span,
                    "these `embeddings` are not used",
                    "no column is looked up",
                    help="write `-> embed`, or remove them",
                )
    for name, place in _unread_tables(session):
        session.error("REC140", place, f"the table of `{name}` is not used", "no column of this vocabulary is looked up")
    for whose, place in _idle_combiners(session):
        message = f"the `combiner` of {whose} is not used"
        help = "a combiner pools bags and sequences: leave it out"
        session.error("REC140", place, message, "no column that is looked up there has several values in a row", help=help)
    if losses and not session.unreliable.names:
        taught = reachable(
            [loss.node for loss in losses.values()] + [r.node for loss in losses.values() if (r := loss.retrieval)], session
        )
        for head in session.heads.values():
            own = reachable([head.node], session, taught)
            if any(has_weights(session.nodes[name], session) for name in own if name in session.nodes):
                session.error(
                    "REC141",
                    head.span,
                    f"no loss teaches the head `{head.name}`",
                    "its weights would stay as they start",
                    help=f"write `loss {head.name} = ...`",
                )


def report_unmentioned(session: Session) -> None:
    """Beside other mistakes: what is unused for sure, as its name stands nowhere else, not even where something is broken.

    Nothing is said where another mistake may be that this very name is missing, or stands there misspelt.
    """
    codes = {diagnostic.code for diagnostic in errors_in(session.diagnostics)}
    dead = [d for d in session.values.values() if _reported(d, session)]
    if not dead or session.has_syntax_errors or "import" in session.unreliable.kinds or not all(map(HARMLESS.fullmatch, codes)):
        return
    words = Counter(word for source in session.sources for word in re.findall(r"\w+", source.text))
    for declared in dead:
        meant = "REC120" in codes and declared.kind in ("block", "shared")
        if words[declared.name] == 1 and not meant:
            _unused(declared, session)


def _unused(declared: Declared, session: Session) -> None:
    what = {"experts": "mixture", "shared": "shared block"}.get(declared.kind, declared.kind)
    message = f"the {what} `{declared.name}` is not used"
    session.error("REC140", declared.span, message, "nothing reads it", help="use it, or remove it")


def report_idle_optimizers(session: Session, losses: dict[str, ResolvedLoss], training: Training) -> None:
    """Keys of a record of optimizers that have no weights: those are in another key's group, or there are none."""
    if not losses:
        return
    read = reachable([loss.node for loss in losses.values()] + [r.node for o in losses.values() if (r := o.retrieval)], session)
    callers: dict[str, list[GraphNode]] = {}
    found: set[str | None] = set()
    for node in (session.nodes[name] for name in read if name in session.nodes):
        if has_weights(node, session):
            callers.setdefault(node.weights, []).append(node)
        elif "table" in node.config:
            set_name = session.tables[node.config["table"]].set
            found.add(set_name if set_name and set_name in training.groups else "tables")
    found.update(group_of(nodes, training.groups) for nodes in callers.values())
    for key, span in training.groups.items():
        if key not in found:
            session.error(
                "REC604",
                span,
                f"no weights are left for the optimizer of `{key}`",
                "nothing in it is learned, or all of it is in another key's group",
                help="tables are learned by the optimizer of their set or of `tables`, a block's weights by the block's",
            )


def _reported(declared: Declared, session: Session) -> bool:
    return (
        not declared.imported
        and declared.kind in ("tower", "experts", "block", "shared", "param")
        and declared.name not in session.used
        and declared.name not in session.unreliable.names
    )


def _unread_tables(session: Session) -> list[tuple[str, Span]]:
    """Tables with options of their own that no column is looked up in, and where an option stands."""
    out: list[tuple[str, Span]] = []
    for made in session.sets.values():
        if made.declared is None or made.declared.imported or made.name not in session.used_sets:
            continue
        for vocabulary, (_, spans) in made.tables.items():
            if spans and table_name(made.name, vocabulary, session) not in session.tables:
                out.append((vocabulary, next(iter(spans.values()))))
    return out


def _idle_combiners(session: Session) -> Iterator[tuple[str, Span]]:
    """The sets and tables that say how to pool, and where, though nothing of several values a row is looked up in them."""
    pooled = {
        node.config["table"]
        for node in session.nodes.values()
        if "table" in node.config and session.columns[node.inputs["x"]].shape != "scalar"
    }
    for made in session.sets.values():
        read = {table.vocabulary.name: table for table in session.tables.values() if table.set == made.name}
        several = {name for name, table in read.items() if table.name in pooled}
        own = {name: spans["combiner"] for name, (_, spans) in made.tables.items() if "combiner" in spans and name in read}
        found = [(f"`{name}`", place) for name, place in own.items() if name not in several]
        if read and "combiner" in made.spans and several <= own.keys():
            found.append((f"the set `{made.name}`" if made.name else "these `embeddings`", made.spans["combiner"]))
        yield from (one for one in found if one[1].source is session.sources[0])  # what is imported may stay unused


def reachable(nodes: Iterable[str], session: Session, known: Container[str] = ()) -> set[str]:
    """The nodes and columns that some nodes read, themselves included; but for those that are known, and what they read."""
    stack, seen = list(nodes), set()
    while stack:
        name = stack.pop()
        if name in seen or name in known:
            continue
        seen.add(name)
        if name in session.nodes:
            for role in session.nodes[name].inputs.values():
                stack.extend(role if isinstance(role, list) else [role])
    return seen
