"""Reading, derived columns, the choice of rows and their split."""

from __future__ import annotations

from specc.targets.target import Derivation, Reader, RowChoice, Split
from specc.targets.types import Bool, Column, Condition, Files, Integer, ListOf, Number, Scalar, Text

HERE = "specc.runtime.features"
FILES = {"paths": Files()}
TABS = {"separator": "\t"}
SHARES = {"valid": Number(), "test": Number(), "seed": Integer()}
GROUP = {"by": Column(), "order": Column()}
TEXT = {"column": Column(), "pattern": Text()}
HISTORY = {"of": Column(), **GROUP, "last": Integer(1), "where": Condition(), "within": Text(), "lag": Text()}
BOUNDS = {"column": Column(), "valid": Scalar(), "test": Scalar(), "train": Scalar()}
TARGETS = (
    Reader(
        f"{HERE}.csv_files.read_csv",
        "reader",
        {**FILES, "separator": Text(), "header": Bool(), "null": ListOf(Text())},
        frozenset(FILES),
        suffixes={"": {}, ".csv": {}, ".txt": {}, ".gz": {}, ".tsv": TABS, ".tsv.gz": TABS},
        head=f"{HERE}.sample.head_csv",
        chunks=f"{HERE}.chunks.csv_chunks",
        size=f"{HERE}.chunks.csv_bytes",
        cause=f"{HERE}.broken_lines.cause_of",
    ),
    Reader(
        f"{HERE}.parquet_files.read_parquet",
        "reader",
        FILES,
        frozenset(FILES),
        suffixes={".parquet": {}, ".pq": {}},
        head=f"{HERE}.sample.head_parquet",
        chunks=f"{HERE}.chunks.parquet_chunks",
        size=f"{HERE}.chunks.parquet_bytes",
    ),
    Reader(f"{HERE}.datasets.movielens_ratings", "reader", raw=True),
    Reader(f"{HERE}.datasets.movielens_movies", "reader", raw=True),
    Derivation(f"{HERE}.expressions.cross", "derivation", {"columns": ListOf(Column())}, frozenset({"columns"}), by_row=True),
    Derivation(f"{HERE}.expressions.extract", "derivation", TEXT, frozenset(TEXT), by_row=True),
    Derivation(
        f"{HERE}.history.history", "derivation", HISTORY, frozenset({"of", "by"}), slices=f"{HERE}.history.history_slices"
    ),
    RowChoice(f"{HERE}.rows.each", "rows", {"where": Condition()}, frozenset({"where"}), by_row=True),
    RowChoice(f"{HERE}.rows.last", "rows", GROUP, frozenset({"by"})),
    Split(f"{HERE}.split.random_split", "split", SHARES),
    Split(f"{HERE}.split.leave_last", "split", {**GROUP, "valid": Integer(1), "test": Integer()}, frozenset({"by"})),
    Split(f"{HERE}.split.by_time", "split", BOUNDS, frozenset({"column", "valid"})),
    Split(
        f"{HERE}.split.by_file",
        "split",
        {"valid": Scalar(), "test": Text(), "seed": Integer()},
        frozenset({"valid"}),
        by_file=True,
    ),
)
