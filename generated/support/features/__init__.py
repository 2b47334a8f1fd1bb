"""Rows in: reading, joining, splitting, encoding and batching tables of raw values, with polars and NumPy.

Each module stands alone or names what it takes from its neighbours; nothing is imported here, so that a generated package can
carry just the modules that its model uses. `dataset` puts them together for such a package. The order of use:

    csv_files or parquet_files -> history, cross, extract -> rows -> split -> features (fit on training rows, encode) -> batches
"""
