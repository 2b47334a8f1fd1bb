"""Rows to what a model reads: arrays in memory, or, of many rows, columns on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from specc.run.column_files import ColumnFile, Store
from specc.run.encoding import Encoders
from specc.run.row_cache import CachedRows, with_places
from specc.run.row_locator import locating_row
from specc.run.scratch import Scratch
from specc.runtime.features.errors import DataError
from specc.runtime.features.features import Feature
from specc.runtime.training.counting import label_values, row_weights
from specc.runtime.training.objectives import Objective, targets

IN_MEMORY = 2**28  # bytes of encoded rows; more are kept on disk
CHUNK = 2**17  # rows that are encoded at a time

Encoded = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def encode_part(
    name: str, rows: pl.DataFrame | CachedRows, encoders: Encoders, objectives: Mapping[str, Objective], scratch: Scratch | None
) -> Encoded:
    """The inputs of rows, and the labels and weights of objectives, as arrays; as in column files where they are larger than
    `IN_MEMORY`, or come from disk, and there is a place for them. Raises DataError.
    """
    if isinstance(rows, pl.DataFrame) and (scratch is None or encoded_bytes(rows, encoders) <= IN_MEMORY):
        return encode_frame(rows, encoders, objectives)
    assert scratch is not None  # without one, all rows are in memory
    sizes = {feature: encoders.features.sizes.get(encoders.features.vocabulary(feature)) for feature in encoders.names.values()}
    known = {feature: size for feature, size in sizes.items() if size is not None}
    folder = scratch.subfolder(name)
    stores = [Store(_made(folder, part), known if part == "inputs" else {}) for part in ("inputs", "labels", "weights")]
    try:
        for chunk in rows.iter_slices(CHUNK) if isinstance(rows, pl.DataFrame) else rows.chunks():
            for store, arrays in zip(stores, encode_frame(chunk, encoders, objectives), strict=True):
                store.append(arrays)
    except DataError:
        _raise_first_error(rows, encoders, objectives)
        raise
    inputs, labels, weights = (store.close() for store in stores)
    return inputs, labels, weights


def raise_unencodable(rows: pl.DataFrame | CachedRows, encoders: Encoders, columns: Iterable[str]) -> None:
    """Raises what encoding all rows at once would: it tells how many are wrong, of all and not of a chunk."""
    for column in columns:
        if column in rows.columns:
            encoders.encode(with_places(rows, [column]), [column])


def _raise_first_error(rows: pl.DataFrame | CachedRows, encoders: Encoders, objectives: Mapping[str, Objective]) -> None:
    raise_unencodable(rows, encoders, encoders.row_columns)
    for one in objectives.values():
        trees = [tree for tree in (one.label, one.where, one.row_weight) if tree is not None]
        read = {column for tree in trees for column in tree.meta.root_names()}
        chosen = with_places(rows, [column for column in rows.columns if column in read] or rows.columns[:1])
        with locating_row(chosen, lambda some, one=one: check_targets(some, [one])):  # type: ignore[misc]
            check_targets(chosen, [one])


def encode_frame(rows: pl.DataFrame, encoders: Encoders, objectives: Mapping[str, Objective]) -> Encoded:
    """The inputs of rows, and the labels and weights of objectives, as arrays."""
    inputs = encoders.encode_rows(rows)
    with locating_row(rows, lambda some: check_targets(some, objectives.values())):
        return inputs, *targets(rows, objectives, inputs)


def check_targets(rows: pl.DataFrame, objectives: Iterable[Objective]) -> None:
    """Raises DataError for labels and weights of rows that cannot be learned."""
    for one in objectives:
        row_weights(rows, one.label, one.where, one.row_weight)
        if one.label is not None:
            label_values(rows, one.label)


def encoded_bytes(rows: pl.DataFrame, encoders: Encoders) -> int:
    """What the encoders would make of rows: 4 bytes a value, 8 more a list."""
    features = [encoders.features.features[encoders.names[column]] for column in encoders.row_columns]
    return sum(_bytes(feature, rows[feature.column or feature.name]) for feature in features if _read(feature, rows))


def _read(feature: Feature, rows: pl.DataFrame) -> bool:
    return (feature.column or feature.name) in rows.columns


def _bytes(feature: Feature, values: pl.Series) -> int:
    if feature.shape == "scalar":
        return 4 * len(values)
    if feature.shape == "vector" or not isinstance(values.dtype, pl.List):
        return 4 * len(values) * (feature.length or 1)
    lengths = values.list.len()
    return 8 * len(values) + 4 * int((lengths if feature.length is None else lengths.clip(0, feature.length)).sum())


def _made(folder: str, part: str) -> str:
    path = os.path.join(folder, part)
    os.makedirs(path)
    return path


def in_memory(array: Any) -> Any:
    """An array, stored or not, in memory."""
    return array.array() if isinstance(array, ColumnFile) else array
