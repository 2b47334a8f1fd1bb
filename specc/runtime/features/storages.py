"""Storages as a schema writes them."""

import re

from .columns import (
    BagColumn,
    BoolColumn,
    Column,
    FloatColumn,
    IntColumn,
    ScalarColumn,
    SequenceColumn,
    StringColumn,
    TimeColumn,
    VectorColumn,
)


def column(storage: str, raw: str | None = None, group: str | None = None) -> Column:
    """How a column is stored, in the words of the schema: `column("int?", raw="I1")`, `column("seq(string, 50)")`.

    storage: one of `int float string bool time`, `vector(n)`, `bag(T)`, `seq(T, n)`, where T is one of the first five. A `?`
        at the end, of any but a vector, says that a value may be missing. A `seq` keeps its last n values.
    raw, group: as of a Column and a SequenceColumn.

    Raises ValueError for any other storage.
    """
    kinds: dict[str, type[ScalarColumn]] = {
        "int": IntColumn,
        "float": FloatColumn,
        "string": StringColumn,
        "bool": BoolColumn,
        "time": TimeColumn,
    }
    scalar = r"(?P<item>int|float|string|bool|time)"
    if match := re.fullmatch(rf"{scalar}(?P<null>\??)", storage):
        return kinds[match["item"]](raw=raw, optional=bool(match["null"]))
    if match := re.fullmatch(r"vector\(([1-9]\d*)\)", storage):
        return VectorColumn(FloatColumn(), int(match[1]), raw=raw)
    if match := re.fullmatch(rf"bag\({scalar}(?P<null>\??)\)(?P<whole>\??)", storage):
        return BagColumn(kinds[match["item"]](optional=bool(match["null"])), raw=raw, optional=bool(match["whole"]))
    if match := re.fullmatch(rf"seq\({scalar}(?P<null>\??), *(?P<length>[1-9]\d*)\)(?P<whole>\??)", storage):
        item = kinds[match["item"]](optional=bool(match["null"]))
        return SequenceColumn(item, int(match["length"]), group, raw=raw, optional=bool(match["whole"]))
    raise ValueError(f"no such storage: {storage!r}")
