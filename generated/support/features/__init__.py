"""Rows in: reading, joining, splitting, encoding and batching tables of raw values, with polars and NumPy.

Each module stands alone or names what it takes from its neighbours; nothing is imported here, so that a generated file can
carry just the functions and classes that its model uses. The order of use:

    read -> history, cross, extract -> rows -> split -> features (fit on the training rows, encode) -> batches
"""
