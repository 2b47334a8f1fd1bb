"""Tables that are written."""

import polars as pl


def write_table(frame: pl.DataFrame, path: str) -> None:
    """Writes `.parquet`, or `.csv`, where the values of a list are joined by `|`. Raises ValueError for another name."""
    if path.endswith(".parquet"):
        frame.write_parquet(path)
    elif path.endswith(".csv"):
        lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
        frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join("|") for name in lists).write_csv(path)
    else:
        raise ValueError(f"a table is written as .parquet or .csv, not as {path}")


def beside(frame: pl.DataFrame, names: list[str], made: list[pl.Series]) -> pl.DataFrame:
    """Columns of rows, and behind them what was made of these, which takes the place of a column of the same name."""
    taken = {series.name for series in made}
    return pl.DataFrame([*(frame[name] for name in names if name not in taken), *made])
