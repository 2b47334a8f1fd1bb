"""What a user had before, which some ranking metrics leave out."""

from collections.abc import Sequence

import polars as pl

from ..features.history import history


def with_seen(
    chosen: pl.DataFrame, everything: pl.DataFrame, column: str, by: str | Sequence[str], order: str | None = None
) -> pl.DataFrame:
    """Chosen rows with the list column `{column}.seen`: the values of `column` in all earlier rows of the same `by`.

    everything: all rows, also those that were not chosen. Both have `.row`, the place of a row among all.
    """
    asked = pl.col(".row").is_in(chosen[".row"].implode())
    seen = history(everything, column, by=by, order=order, rows=asked).gather(chosen[".row"])
    return chosen.with_columns(seen.alias(f"{column}.seen"))
