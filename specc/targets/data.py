"""Reading, derived columns, and the split of rows."""

from __future__ import annotations

from specc.targets.target import Target
from specc.targets.types import Bool, Column, Condition, Integer, ListOf, MappingOf, Number, Scalar, Text

HERE = "specc.runtime.features"
SEPARATE = {"separate": MappingOf(Text())}
FILES = {**SEPARATE, "file_column": Bool()}
CSV = {**FILES, "separator": Text(), "header": Bool(), "null": ListOf(Text())}
HISTORY = {
    "of": Column(),
    "by": Column(),
    "order": Column(),
    "last": Integer(1),
    "where": Condition(),
    "within": Text(),
    "lag": Text(),
}
TARGETS = (
    Target(f"{HERE}.read.read_csv", "reader", CSV),
    Target(f"{HERE}.read.read_parquet", "reader", FILES),
    Target(f"{HERE}.read.read_dataset", "reader"),
    Target(f"{HERE}.expressions.cross", "derivation", {"columns": ListOf(Column())}, frozenset({"columns"})),
    Target(
        f"{HERE}.expressions.extract", "derivation", {"column": Column(), "pattern": Text()}, frozenset({"column", "pattern"})
    ),
    Target(f"{HERE}.history.history", "derivation", HISTORY, frozenset({"of", "by"})),
    Target(f"{HERE}.split.random_split", "split", {"valid": Number(), "test": Number(), "seed": Integer()}),
    Target(
        f"{HERE}.split.leave_last",
        "split",
        {"by": Column(), "order": Column(), "valid": Integer(1), "test": Integer()},
        frozenset({"by"}),
    ),
    Target(
        f"{HERE}.split.by_time",
        "split",
        {"column": Column(), "valid": Scalar(), "test": Scalar(), "train": Scalar()},
        frozenset({"column", "valid"}),
    ),
    Target(f"{HERE}.split.by_file", "split", {"valid": Scalar(), "test": Text(), "seed": Integer()}, frozenset({"valid"})),
)
