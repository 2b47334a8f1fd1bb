"""Numbers for groups of rows, and for the order in them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .errors import DataError


def group_codes(frame: pl.DataFrame, by: str | Sequence[str]) -> NDArray[Any]:
    """A number from 0 (int64) for each combination of the columns `by`; -1 where one of them is null."""
    names = [by] if isinstance(by, str) else list(by)
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    code = pl.struct(names).rank("dense").cast(pl.Int64) if len(names) > 1 else pl.col(names[0]).rank("dense").cast(pl.Int64)
    return frame.select(pl.when(known).then(code - 1).otherwise(-1)).to_series().to_numpy()


def order_values(frame: pl.DataFrame, order: str | None) -> NDArray[Any]:
    """Numbers (one a row) that grow with the order: microseconds for times."""
    if order is None:
        return np.arange(frame.height)
    values = frame[order].fill_nan(None) if frame[order].dtype.is_float() else frame[order]
    if values.null_count():
        row = int(values.is_null().arg_max() or 0) + 1
        advice = "give `where=` or fill it in the data"
        raise DataError("a row without a time has no place in the order", column=order, row=row, help=advice, kind="null")
    if values.dtype.is_temporal():
        return values.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    return values.to_numpy() if values.dtype.is_numeric() else values.rank("dense").cast(pl.Int64).to_numpy()
