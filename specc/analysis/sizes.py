"""The sizes that data decide, as somebody says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specc.diagnostics import Diagnostic
from specc.ir.program import Program
from specc.resolve.nearest import by_use, listing, nearest


def vocabularies(program: Program) -> dict[str, str]:
    """For each column whose ids are rows of a table, the vocabulary: the column that owns it."""
    owners = {feature.name: feature.same or feature.name for feature in program.data.features}
    return {name: owner for name, owner in owners.items() if owner in program.sizes} | {name: name for name in program.sizes}


def open_sizes(program: Program) -> list[str]:
    """The vocabularies whose size data decides."""
    return [name for name, size in program.sizes.items() if size is None]


def bag_columns(program: Program) -> list[str]:
    """The columns of which a row has any number of values."""
    inputs = [one.column for one in program.inputs if one.column is not None and None in one.shape]
    catalogue = [f.name for one in program.data.candidates.values() for f in one.columns if f.shape == "bag"]
    return list(dict.fromkeys([*inputs, *catalogue]))


def said_sizes(program: Program, rows: Mapping[str, int]) -> tuple[dict[str, int], list[Diagnostic]]:
    """Rows by vocabulary, of what was said by column, and what is wrong with it."""
    owners, free = vocabularies(program), open_sizes(program)
    found: dict[str, int] = {}
    said_by: dict[str, str] = {}
    wrong: list[Diagnostic] = []
    for name, count in rows.items():
        owner = owners.get(name)
        if owner is None:
            wrong.append(_unknown(name, f"no column of {program.name} with a table is called `{name}`", free, owners))
        elif owner not in free:
            message = f"the spec gives `{name}` {program.sizes[owner]:_} rows"
            wrong.append(Diagnostic("REC806", None, message, help=_decided(free)))
        elif count < 1:
            wrong.append(Diagnostic("REC806", None, f"`{name}` cannot have {count} rows", help="a table has one row or more"))
        elif found.setdefault(owner, count) != count:
            message = f"`{said_by[owner]}` and `{name}` share the rows of one table, and are given {found[owner]} and {count}"
            wrong.append(Diagnostic("REC806", None, message, help="say one of them"))
        said_by.setdefault(owner or name, name)
    return found, wrong


def said_bags(program: Program, bags: Mapping[str, int]) -> list[Diagnostic]:
    """What is wrong with the numbers of values that are said of columns."""
    known = bag_columns(program)
    wrong: list[Diagnostic] = []
    for name, count in bags.items():
        if name not in known:
            message = f"no column of {program.name} is called `{name}` and has any number of values a row"
            help = f"bags are {listing(by_use(name, known))}" if known else "the spec reads no bags"
            wrong.append(_unknown(name, message, [], known, help))
        elif count < 1:
            wrong.append(
                Diagnostic("REC806", None, f"`{name}` cannot have {count} values", help="a batch is padded to one or more")
            )
    return wrong


def _unknown(name: str, message: str, free: list[str], known: Iterable[str], help: str | None = None) -> Diagnostic:
    near = nearest(name, known)
    return Diagnostic(
        "REC806", None, message, help=[*([f"did you mean `{near}`?"] if near else []), help or _decided(by_use(name, free))]
    )


def _decided(free: list[str]) -> str:
    return f"data decide the rows of {listing(free)}" if free else "the spec gives the rows of all its tables: say none"
