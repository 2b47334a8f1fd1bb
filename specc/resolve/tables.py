"""Embedding sets and the lookup of columns in their tables."""

from __future__ import annotations

from typing import Any

from specc.diagnostics import Note
from specc.registry import foreign
from specc.registry.arg_types import Choice, ComponentOf, Float, Int
from specc.registry.common import BAG_COMBINER, COMBINERS, MAX_WIDTH
from specc.registry.component import Arg, Component
from specc.registry.implied import LOOKUP
from specc.registry.values import Dim, ErrorValue, Feature, Value
from specc.resolve.argument_values import read
from specc.resolve.arguments import bind
from specc.resolve.columns import find_column
from specc.resolve.declarations import EmbeddingSet
from specc.resolve.expressions import BAD
from specc.resolve.graph import Table
from specc.resolve.kinds import OPTION, kind_of, refused
from specc.resolve.nearest import listing
from specc.resolve.op_context import OpContext
from specc.resolve.scope import Scope
from specc.resolve.session import Session
from specc.syntax.tree import Item
from specc.text import Span

MAX_PARAMETERS = 10**11  # of one table: 400 GB of float32


class TableOptions(Component):
    """What `embeddings { ... }` says of its tables."""

    dim = Arg(Int(1, MAX_WIDTH), None, "width of the vectors")
    init = Arg(
        ComponentOf("initializers", "an initializer"), None, "how the vectors start; uniform(0.05) by default", named=True
    )
    l2 = Arg(Float(0), 0.0, "weight of the squared norm of the vectors that a batch looks up", named=True)
    combiner = Arg(Choice(*COMBINERS), None, "how bags and sequences are pooled", named=True)


OPTIONS = TableOptions()


def resolve_sets(session: Session) -> None:
    """Read every `embeddings` block; the importing file's keys win."""
    session.sets[""] = EmbeddingSet("", None)
    for name, declarations in session.set_items.items():
        own = [d for d in declarations if not d.imported]
        first = (own or declarations)[0]
        made = EmbeddingSet(name, first)
        session.sets[name] = made
        seen: dict[str, Item] = {}
        for declared in declarations:
            assert declared.item.body is not None
            for item in declared.item.body.items:
                if not _option(item, made, seen, session):
                    made.broken = True


def _option(item: Item, made: EmbeddingSet, seen: dict[str, Item], session: Session) -> bool:
    """Take one item of an `embeddings` block; False when something is wrong with it."""
    if item.broken or not item.head:
        return False
    key = kind_of(item)
    scope = Scope(session, "", "")
    if key in seen and not session.sets_again(item, seen[key]):
        notes = [Note(seen[key].span, "first given here")]
        session.error("REC303", item.span, f"`{key}` is given twice", "again", notes=notes)
        return False
    seen[key] = item
    if item.args is not None and item.value is None:
        column = find_column(item.head[0], session, fits=lambda column: column.vocabulary is not None)
        if column is None:
            return False
        if column.vocabulary is None:
            session.error(
                "REC127",
                item.head[0].span,
                f"`{column.name}` has no table",
                f"it is {Feature(column.name, column.span, column) if column.gives else 'a plain column'}",
            )
            return False
        table = f"the table of `{column.vocabulary.name}`"  # what `same` and histories look up in, too; no key has blanks
        twice = table in seen and not session.sets_again(item, seen[table])
        if twice:
            notes, help = [Note(seen[table].span, "first given here")], "columns that share a vocabulary share its table"
            session.error("REC303", item.span, f"the options of {table} are given twice", "again", notes=notes, help=help)
        seen[table] = item
        bound = bind(OPTIONS, item.args, item.span, scope, called=column.name)
        if bound is not None:
            given = {name: getattr(bound, name) for name in OPTIONS.args if bound.given(name)}
            spans = {"": item.head[0].span} | {name: bound.at(name) for name in given}
            old, places = made.tables.get(column.vocabulary.name, ({}, {})) if twice else ({}, {})
            made.tables[column.vocabulary.name] = (old | given, places | spans)
        return bound is not None and not twice
    arg = OPTIONS.args.get(key)
    if arg is None:
        if key in session.columns:
            width = item.value.span.text if item.value is not None else "64"
            help = f"write `{key}(dim={width})`"
            session.error("REC128", item.span, "the options of one table stand in brackets", "not like this", help=help)
        else:
            message = f"`embeddings` has no option `{key}`"
            known = [*OPTIONS.args, *session.columns]
            fits = {*OPTIONS.args, *(name for name, column in session.columns.items() if column.vocabulary is not None)}
            session.unknown(
                "REC301",
                "option",
                key,
                item.head[0].span,
                known,
                fits=fits.__contains__,
                message=message,
                help=foreign.argument(key, OPTIONS.args),
            )
        return False
    if refused(item, OPTION, key, session):
        return False
    assert item.value is not None
    value = read(arg.type, item.value, scope, key)
    if value is BAD:
        return False
    made.options[key] = value
    made.spans[key] = item.value.span
    return True


def report_widthless(session: Session) -> None:
    """One report for each set with tables that have no width: a `dim` for all of them puts it right."""
    for made in session.sets.values():
        if not made.widthless or made.broken or not session.unreliable.kinds.isdisjoint(("embeddings", "import")):
            continue
        names = list(made.widthless)
        which = f"embeddings {made.name}" if made.name else "embeddings"
        session.error(
            "REC129",
            made.widthless[names[0]],
            f"the table of {listing(names)} has no width"
            if len(names) == 1
            else f"the tables of {listing(names, 4)} have no width",
            "looked up here",
            notes=[Note(made.declared.span, "these `embeddings` say no `dim`")] if made.declared else [],
            help=f"write `{which} {{ dim=16 }}`, or `{which} {{ {names[0]}(dim=16) }}` for one of them"
            if len(names) > 1
            else f"write `{which} {{ dim=16 }}`, or `{which} {{ {names[0]}(dim=16) }}` for this one",
        )


def embed(scope: Scope, span: Span, feature: Feature, set_name: str | None, combiner: str | None) -> Value:
    """A category becomes its table's row, a number a vector of width 1, a ready vector itself. Bags are pooled; sequences
    are kept unless a combiner is given.
    """
    column = feature.column
    config: dict[str, Any] = {}
    if column.gives == "category":
        found = _looked_up(scope.session, span, feature, set_name)
        if found is None:
            return ErrorValue("", span)
        table, dim, own_combiner = found
        config["table"] = table.name
        combiner = combiner or own_combiner
    elif column.gives == "vector":
        assert column.storage.size is not None
        dim = Dim(column.storage.size, column.storage.span, f"`{column.name}` is stored so")
    else:
        dim = Dim(1, column.span, f"`{column.name}` is one number")
    if column.shape == "bag":
        combiner = combiner or BAG_COMBINER
    if column.shape != "scalar" and combiner:
        config["combiner"] = combiner
    inner = OpContext(scope, LOOKUP, span)
    inner.reserve(f"{LOOKUP}.{feature.name}")
    if column.shape == "sequence" and not combiner:
        assert column.axis is not None
        value = inner.sequence(column.axis, dim, {"x": feature}, config)
    else:
        value = inner.vector(dim, {"x": feature}, config)
    value.name, value.span = feature.name, feature.span
    return value


def _looked_up(session: Session, place: Span, feature: Feature, set_name: str | None) -> tuple[Table, Dim, str | None] | None:
    """The table of a category in a set, the width it gives, and the combiner that the set says."""
    made = session.sets[set_name or ""]
    session.used_sets.add(made.name)
    table = _table(session, place, feature, made)
    if table is None:
        return None
    own, spans = made.tables.get(table.vocabulary.name, ({}, {}))
    span = spans.get("dim") or made.spans.get("dim") or place
    dim = Dim(table.dim, span, "the `dim` of its table")
    return table, dim, own.get("combiner") or made.options.get("combiner")


def _table(session: Session, place: Span, feature: Feature, made: EmbeddingSet) -> Table | None:
    vocabulary = feature.column.vocabulary
    assert vocabulary is not None
    name = table_name(made.name, vocabulary.name, session)
    if name in session.tables:
        return session.tables[name]
    own, _ = made.tables.get(vocabulary.name, ({}, {}))
    dim = own.get("dim", made.options.get("dim"))
    if dim is None:
        made.widthless.setdefault(vocabulary.name, place)
        return None
    if vocabulary.size is not None and vocabulary.size * dim > MAX_PARAMETERS:
        session.error(
            "REC907",
            vocabulary.span,
            f"the table of `{vocabulary.name}` would have {vocabulary.size:_} rows of {dim}",
            f"the limit is {MAX_PARAMETERS:_} numbers",
            help="hash into fewer buckets, or use a smaller `dim`",
        )
        return None
    init = own.get("init", made.options.get("init"))
    table = Table(name, vocabulary, made.name, dim, _initializer(init), own.get("l2", made.options.get("l2", 0.0)))
    session.tables[name] = table
    return table


def table_name(set: str, vocabulary: str, session: Session) -> str:
    """What a table of a set is called: by its vocabulary alone in the default set."""
    if not set:
        return vocabulary
    # A set may be called like a group of events, whose fields are vocabularies `group.field` of the default set.
    return f"{set}.set.{vocabulary}" if set in session.groups else f"{set}.{vocabulary}"


def _initializer(init: Any) -> dict[str, Any] | None:
    if init is None:
        return None
    entry, bound = init
    return {"name": entry.name, "config": bound.plain()}
