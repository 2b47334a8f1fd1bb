"""Tables from CSV files, with the columns and storages of a schema."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from .columns import Column
from .errors import DataError
from .files import find_files
from .joined_files import join_files
from .lines import check_lines


def read_csv(
    paths: str | Path | Iterable[str | Path],
    columns: Mapping[str, Column],
    *,
    separator: str = ",",
    header: bool = True,
    null: Sequence[str] = (),
    separate: Mapping[str, str] | None = None,
    file_column: bool = False,
) -> pl.DataFrame:
    """The rows of CSV files (also .gz), one file after the other in sorted order, with the columns of a schema.

    paths: a path or a pattern, or several; a folder `dt=2024-01-01` on the way gives a column `dt`.
    columns: name in the schema -> how it is stored.
    header: whether the first line names the columns; without one, they are bound in the order of `columns`, which must be all
        of them.
    null: how else a missing value is written, for any storage; compared with whole fields without the blanks around them.
    separate: for a bag, sequence or vector, by its name in the schema, what separates its values.
    file_column: adds `.file`, the path of each row's file, which a split by files needs.

    Blanks around a value are dropped. An empty field is an empty text for `string`, an empty bag or sequence, and missing for
    all else. Raises DataError for a missing file, one that is not CSV or has no rows, and whatever `convert_frame` finds.
    """
    raws = ((file, csv_text(file, columns, separator=separator, header=header, null=null)) for file in find_files(paths))
    return join_files(raws, columns, separate, file_column)


def csv_text(
    file: str,
    columns: Mapping[str, Column] | None = None,
    *,
    separator: str = ",",
    header: bool = True,
    null: Sequence[str] = (),
    rows: int | None = None,
    every: bool = False,
) -> pl.DataFrame:
    """The columns of a CSV file that a schema reads (all of them without one), as text, and null where the whole field is one
    of `null`; `rows` takes that many from the top, `every` all columns. Where the schema reads none, as of a file whose folders
    say it all, there are its rows, and the names that it has.

    Raises DataError for a file that is not of this format, and for a line that ends before a value that may not be missing.
    """
    options: dict[str, Any] = {"separator": separator, "has_header": header, "infer_schema": False, "glob": False}
    try:
        first = pl.read_csv(file, n_rows=1, **options)
        names = [name.strip().removeprefix("\ufeff") for name in first.columns]
        if columns and not header:
            names = [column.raw or name for name, column in columns.items()]
            if len(names) != first.width:
                text = f"the line reads: {separator.join(str(value) for value in first.row(0))[:200]}"
                raise DataError(
                    f"has {first.width} columns where the schema has {len(names)}", file=file, row=1, help=text, kind="table"
                )
        wanted = {column.raw or name for name, column in columns.items()} if columns else set(names)
        for name in sorted(wanted):
            if names.count(name) > 1 or f"{name}_duplicated_0" in names:  # what polars calls the second of two
                raise DataError(f"has two columns `{name}`", file=file, kind="table")
        distinct = {name: names.index(name) for name in names}
        found = [place for name, place in distinct.items() if every or name in wanted]
        places = found or [len(names) - 1]
        read = fields_to_read(file, places, len(names))
        table = pl.read_csv(file, columns=read, n_rows=rows, **options)
    except pl.exceptions.NoDataError as error:
        raise DataError("the file is empty", file=file, kind="table") from error
    except OSError as error:  # a `.gz` that is cut off, or is none
        advice = None if isinstance(error, PermissionError) else "is the file whole?"
        raise DataError(f"cannot be read: {error}", file=file, help=advice, kind="table") from error
    except pl.exceptions.PolarsError as error:
        message = f"is not a CSV table: {str(error).splitlines()[0]}"
        raise DataError(message, file=file, help="is `sep=` right?", kind="table") from error
    needed = needed_field(names, columns or {})
    if table[:, read.index(needed) if needed in read else -1].null_count():
        check_lines(file, needed, len(names), separator=separator, header=header, rows=rows)
    table = table[:, [read.index(place) for place in places]]
    table.columns = [names[place] for place in places]
    table = table.fill_null("")  # a CSV file cannot tell the two apart
    if not found:
        table = table.select(pl.col(name) if name == names[-1] else pl.lit(None, pl.String).alias(name) for name in distinct)
    if null:
        missing = pl.all().str.strip_chars().is_in(list(null))
        table = table.with_columns(pl.when(~missing).then(pl.all()))
    return table


def needed_field(names: list[str], columns: Mapping[str, Column]) -> int:
    """The place (from 0) of the last field that a line of a CSV file has to have: of those that may not be missing. A line
    without any field is none, unless there is just one, and it may be missing.
    """
    required = {column.raw or name for name, column in columns.items() if not column.optional}
    return max((place for place, name in enumerate(names) if name in required), default=0 if len(names) > 1 else -1)


def fields_to_read(file: str, places: list[int], width: int) -> list[int]:
    """The places of the fields that are to be read for these: of a file with quotes all fields, else the last besides.

    Polars passes over what is not read. So a line with too many fields is shifted unless its last one is read, and rows
    between two stray quotes are lost unless the field is read in which they stand.
    """
    with open(file, "rb") as raw:
        packed = not raw.peek(4)[:4].isascii()  # what is in a compressed file is not known here
        quoted = packed or any(b'"' in block for block in iter(lambda: raw.read(2**20), b""))
    return list(range(width)) if quoted else sorted({*places, width - 1})
