"""The rows of each part of a split."""

import polars as pl

ROW = ".row"  # the place of a row among all that were read, called as no column can be
PARTS = ("train", "valid", "test")


def split_rows(rows: pl.DataFrame, divided: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each part that has some; divided: the place `.row` of each row, and its `part`, which no column of the rows
    has to be kept from being called.
    """
    parts = dict[str, pl.DataFrame]()
    for part in PARTS:
        chosen = divided.filter(pl.col("part") == part).select(ROW)
        if not chosen.is_empty():
            parts[part] = rows.join(chosen, on=ROW, how="semi", maintain_order="left")
    return parts
