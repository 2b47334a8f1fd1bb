"""The part of a Program's data side that predictions need: no labels, no rows to choose, no split."""

from __future__ import annotations

from specc.ir.check_data import reads
from specc.ir.program import DataProgram, Program


def serving_program(program: Program) -> Program:
    """A Program that reads what its model reads, and neither learns nor measures."""
    return program.model_copy(update={"data": serving_data(program), "losses": [], "metrics": []})


def serving_data(program: Program) -> DataProgram:
    """Tables, columns and derivations that the model's inputs are made of.

    A file without a header keeps all its columns, which are bound by their place.
    """
    data = program.data
    inputs = {tensor.column for tensor in program.inputs if tensor.column is not None}
    keys = {table.name: table.key for table in data.tables}
    made = {derivation.column: derivation for derivation in data.derivations}
    home = {column.name: table.name for table in data.tables for column in table.columns if column.name != table.key}
    needed, stack = set[str](), list(inputs)
    while stack:
        name = stack.pop()
        if name in needed:
            continue
        needed.add(name)
        derivation = made.get(name)
        if derivation is not None:
            stack.extend(reads(derivation.value))
        key = keys.get(derivation.table if derivation is not None else home.get(name, ""))
        if key is not None:
            stack.append(key)
    joins = [name for name in data.joins if any(home.get(c, made[c].table if c in made else "") == name for c in needed)]
    tables = []
    for table in data.tables:
        if table.name != data.rows and table.name not in joins:
            continue
        columns = [c for c in table.columns if table.by_place or c.name in needed or c.name == table.key]
        tables.append(table.model_copy(update={"columns": columns}))
    return data.model_copy(
        update={
            "tables": tables,
            "joins": joins,
            "derivations": [d for d in data.derivations if d.column in needed],
            "features": [feature for feature in data.features if feature.name in inputs],
            "choice": [],
            "split": None,
        }
    )
