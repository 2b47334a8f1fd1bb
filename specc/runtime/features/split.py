"""Which rows are trained on, validated on and tested on: a column `part` of `train`, `valid` and `test`."""

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import polars as pl

from .errors import DataError
from .rows import newness
from .times import iso_time


def random_split(frame: pl.DataFrame, valid: float, test: float = 0.0, seed: int = 0) -> pl.DataFrame:
    """A share (0 to 1) of the rows, drawn by the seed, is `valid`, another is `test`;
    the same rows and seed give the same parts.
    """
    if valid < 0 or test < 0 or valid + test >= 1:
        raise ValueError(f"the shares of valid and test leave nothing to train on: {valid} and {test}")
    place = np.arange(frame.height, dtype=np.uint32)  # half the memory, and the same order
    np.random.default_rng(seed).shuffle(place)
    n_valid, n_test = round(valid * frame.height), round(test * frame.height)
    return with_parts(frame, pl.Series(place < n_valid), pl.Series((place >= n_valid) & (place < n_valid + n_test)))


def leave_last(
    frame: pl.DataFrame, by: str | Sequence[str], order: str | None = None, valid: int = 1, test: int = 1
) -> pl.DataFrame:
    """The last `test` rows of each group are `test`, the `valid` before them `valid`;
    a group that would keep none trains with all.
    """
    after = newness(frame, by, order)
    size = frame.select(pl.len().over(by)).to_series()
    large = (size > valid + test) & (after >= 0)
    return with_parts(frame, large & (after >= test) & (after < test + valid), large & (after < test))


def by_time(
    frame: pl.DataFrame, column: str, *, valid: str | float, test: str | float | None = None, train: str | float | None = None
) -> pl.DataFrame:
    """Rows at or after `test` are `test`, others at or after `valid` are `valid`, the rest train; before `train` they are
    dropped.

    The limits are compared as the column's own kind: ISO 8601 dates for a time, numbers, or text. Raises DataError for any
    other limit, or limits out of order, or a row without a time.
    """
    values = frame[column].fill_nan(None) if frame[column].dtype.is_float() else frame[column]
    if values.null_count():
        row = int(values.is_null().arg_max() or 0) + 1
        raise DataError("a row without a time belongs to no part", column=column, row=row, kind="null")
    limits = [limit for limit in (train, valid, test) if limit is not None]
    if not pl.concat([time_limit(values, limit) for limit in limits]).is_sorted():
        message = f"the limits of train, valid and test are out of order: {', '.join(map(str, limits))}"
        raise DataError(message, column=column, kind="split")
    if train is not None:
        frame = frame.filter(values >= time_limit(values, train))
        values = frame[column]
    is_test = values >= time_limit(values, test) if test is not None else no_rows(frame)
    return with_parts(frame, values >= time_limit(values, valid), is_test)


def time_limit(values: pl.Series, limit: str | float) -> pl.Series:
    """A limit as one value of the column's kind."""
    series = pl.Series(values.name, [limit])
    if values.dtype.is_temporal() and isinstance(limit, str):
        series = iso_time(series)
    alike = values.dtype.is_numeric() if series.dtype.is_numeric() else series.dtype == values.dtype
    if series.null_count() or not alike:
        raise DataError(f"cannot be compared with {limit!r}: it is {values.dtype}", column=values.name, kind="split")
    return series


def by_file(frame: pl.DataFrame, *, valid: str | float, test: str | None = None, seed: int = 0) -> pl.DataFrame:
    """Rows of the files that match `valid` and `test` (patterns of a file's name, or of its path where they hold a `/`).

    A number for `valid` is the share (0 to 1) of the test files' rows that, drawn by the seed, are `valid` instead.
    Reads `.file`, which `read_csv(..., file_column=True)` adds. Raises DataError for a pattern that no file matches.
    """
    held_out = from_files(frame, test) if test else no_rows(frame)
    if isinstance(valid, str):
        return with_parts(frame, from_files(frame, valid), held_out)
    rows = np.flatnonzero(held_out.to_numpy())
    chosen = np.zeros(frame.height, bool)
    chosen[np.random.default_rng(seed).permutation(rows)[: round(valid * len(rows))]] = True
    return with_parts(frame, pl.Series(chosen), held_out & ~pl.Series(chosen))


def from_files(frame: pl.DataFrame, pattern: str) -> pl.Series:
    """Whether each row's file matches the pattern."""
    files = frame[".file"].unique().sort().to_list()
    if "/" in pattern:  # the end of a path, from some folder on
        chosen = [file for file in files if fnmatch(f"/{file}", f"*/{pattern.lstrip('/')}")]
    else:
        chosen = [file for file in files if fnmatch(Path(file).name, pattern)]
    if not chosen:
        near = get_close_matches(pattern, files, n=10, cutoff=0) if len(files) > 10 else files
        raise DataError(f"no file matches `{pattern}`", help=f"there are {', '.join(near)}", kind="split")
    return frame[".file"].is_in(chosen)


def no_rows(frame: pl.DataFrame) -> pl.Series:
    """A mask that holds for no row."""
    return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)


def with_parts(frame: pl.DataFrame, valid: pl.Series, test: pl.Series) -> pl.DataFrame:
    """The frame with `part`: test, else valid, else train. Raises DataError where none is left to train or to validate on."""
    kind = pl.Enum(["train", "valid", "test"])
    part = pl.select(
        pl.when(test).then(pl.lit("test", kind)).when(valid).then(pl.lit("valid", kind)).otherwise(pl.lit("train", kind))
    ).to_series()
    for name in ("train", "valid"):
        if not (part == name).any():
            counts = ", ".join(f"{int((part == other).sum()):,} {other}" for other in ("train", "valid", "test"))
            raise DataError(f"the split leaves no row for `{name}`: {counts}", kind="split")
    return frame.with_columns(part.alias("part"))
