"""Whether the data part of a Program holds together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from specc.ir import program as ir
from specc.ir.base import Expression
from specc.limits import MAX_ROW, MAX_STEPS, MAX_WIDTH
from specc.targets.catalogue import columns_of

STORAGE = re.compile(
    r"(int|float|string|bool|time)\??"
    r"|bag\((int|float|string|bool|time)\??\)\??"
    r"|seq\((int|float|string|bool|time)\??, (?P<steps>\d{1,6})\)\??"
    r"|vector\((?P<width>\d{1,7})\)\??"
)
OPERATORS = {"+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "&", "|"}

Arguments = Callable[..., Iterator[str]]  # `_Check._arguments`: the problems of an object and its configuration


def data_problems(program: ir.Program, arguments: Arguments) -> Iterator[str]:
    """What is wrong with how a Program reads, derives, chooses, splits and encodes rows."""
    data = program.data
    tables = {table.name for table in data.tables}
    made: set[str] = set()
    for table in data.tables:
        place = f"data.tables.{table.name}"
        if table.reader is not None:
            yield from arguments(place, table.reader.target, "reader", table.reader.config)
        for column in table.columns:
            made.add(column.name)
            if not storage_is_good(column.storage):
                yield f"{place}.{column.name}: `{column.storage}` is not a storage type"
    if data.rows and data.rows not in tables:
        yield f"data.rows: there is no table `{data.rows}`"
    yield from (f"data.joins: there is no entity `{name}`" for name in data.joins if name not in _entities(data))
    for derivation in data.derivations:
        yield from _derivation(derivation, tables, made, arguments)
        made.add(derivation.column)
    read = {"data.order": {data.order} if data.order is not None else set()}
    for number, choice in enumerate(data.choice, 1):
        yield from arguments(f"data.choice.{number}", choice.target, "rows", choice.config)
        read[f"data.choice.{number}"] = reads(choice)
    if data.split is not None:
        yield from arguments("data.split", data.split.target, "split", data.split.config)
        read["data.split"] = reads(data.split)
    for name, *trees in [
        *((one.name, one.label, one.where, one.row_weight) for one in program.losses),
        *((one.name, one.label, one.where, one.row_weight) for one in program.metrics),
    ]:
        read[name] = {column for tree in trees if tree is not None for column in tree.columns()}
    for place, names in read.items():
        yield from (f"{place}: there is no column `{name}`" for name in sorted(names - made) if data.tables)
    yield from _features(program, made, arguments)


def _entities(data: ir.DataProgram) -> set[str]:
    return {table.name for table in data.tables if table.key is not None}


def _derivation(derivation: ir.Derivation, tables: set[str], made: set[str], arguments: Arguments) -> Iterator[str]:
    place, value = f"data.derivations.{derivation.column}", derivation.value
    if derivation.table not in tables:
        yield f"{place}: there is no table `{derivation.table}`"
    if isinstance(value, Expression):
        yield from expression_problems(place, value)
    else:
        yield from arguments(place, value.target, "derivation", value.config)
    for name in sorted(reads(value) - made):
        yield f"{place}: there is no column `{name}` before it"


def _features(program: ir.Program, made: set[str], arguments: Arguments) -> Iterator[str]:
    data = program.data
    names = {feature.name for feature in data.features}
    candidates = [feature for one in data.candidates.values() for feature in one.columns]
    for feature in (*data.features, *candidates):
        place = f"data.features.{feature.name}"
        if data.tables and feature.name not in made:
            yield f"{place}: there is no such column"
        if feature.same is not None and feature.same not in names:
            yield f"{place}: there is no feature `{feature.same}`"
        if feature.length is not None and not 0 < feature.length <= MAX_WIDTH:
            yield f"{place}: this is not a length"
        for number, encoder in enumerate(feature.chain, 1):
            yield from arguments(f"{place}.{number}", encoder.target, "encoder", encoder.config)
    yield from (
        f"inputs.{tensor.name}: there is no feature `{tensor.column}`"
        for tensor in program.inputs
        if tensor.column is not None and tensor.column not in names
    )
    for loss, one in data.candidates.items():
        place = f"data.candidates.{loss}"
        if one.feature not in names:
            yield f"{place}: there is no feature `{one.feature}`"
        if one.entity is not None and one.entity not in _entities(data):
            yield f"{place}: there is no entity `{one.entity}`"
        if not 0 <= one.first < 2**31:
            yield f"{place}: this is not an id"


def reads(value: Expression | ir.ObjectConfig) -> set[str]:
    """The columns that an expression, or a function with its arguments, reads."""
    if isinstance(value, Expression):
        return value.columns()
    return {name for tree in conditions(value) for name in tree.columns()} | set(columns_of(value.target, value.config))


def conditions(value: ir.ObjectConfig) -> list[Expression]:
    """The expressions among the arguments of a function."""
    return [one for one in value.config.values() if isinstance(one, Expression)]


def storage_is_good(storage: str) -> bool:
    """Whether a column can be stored so."""
    found = STORAGE.fullmatch(storage)
    if found is None:
        return False
    return 0 < int(found["steps"] or 1) <= MAX_STEPS and 0 < int(found["width"] or 1) <= MAX_WIDTH


def expression_problems(place: str, tree: Expression | None) -> Iterator[str]:
    """Whether an expression is a column, a value, or an operator with two sides, and not too large."""
    waiting: list[Any] = [] if tree is None else [tree]
    for number, one in enumerate(waiting):
        if number > 2 * MAX_ROW + 1:
            yield f"{place}: this expression is too large"
            return
        if one.op is None:
            if one.left is not None or one.right is not None or (one.column is not None and one.value is not None):
                yield f"{place}: an expression is a column, a value, or an operator with two sides"
        elif one.op not in OPERATORS or one.left is None or one.right is None or one.column is not None:
            yield f"{place}: `{one.op}` is not an operator with two sides"
        waiting += [side for side in (one.left, one.right) if side is not None]
