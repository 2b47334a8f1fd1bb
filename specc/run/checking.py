"""Data against a spec, from their first rows: columns and types, in a moment and without TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from specc.diagnostics import Diagnostic
from specc.ir.program import Program, SourceTable
from specc.lower.rows import declared_tables
from specc.run.data_errors import diagnose
from specc.run.lines import explained
from specc.run.reading import Data, columns_of, head_table, is_split_by_file, separators_of, source_of
from specc.run.source_map import SourceMap
from specc.runtime.features.errors import DataError

if TYPE_CHECKING:
    from specc.driver import Compilation


def check_files(compilation: Compilation, data: Mapping[str, object] | None = None) -> list[Diagnostic]:
    """What the data of a spec lack, in the first rows of the first file of each table: files, columns, values of their kind.
    All columns that the schemas declare are looked at, also those that the model does not need.

    data: by schema, a path or pattern (or a polars DataFrame) to read instead of what the spec says. Tables whose data nobody
    names are left out.
    """
    program = compilation.program
    if program is None:
        return []
    if compilation.spec is not None:
        tables = declared_tables(compilation.spec)
        program = program.model_copy(update={"data": program.data.model_copy(update={"tables": tables})})
    places = SourceMap(program, compilation.texts, data or {})
    with compilation.fitting_together():
        return check_tables(program, data or {}, folder_of(compilation), places, required=False)


def folder_of(compilation: Compilation) -> str:
    """The folder that relative paths of a spec start from, when they are not in the working directory."""
    return os.path.dirname(os.path.abspath(compilation.path)) if compilation.path is not None else os.getcwd()


def check_tables(program: Program, data: Data, folder: str, places: SourceMap, *, required: bool = True) -> list[Diagnostic]:
    """As `check_files`; `required`: a table without data is a mistake."""
    found = unknown_tables(program, data)
    for table in program.data.tables:
        try:
            source = source_of(table, data, folder)
        except DataError as mistake:
            found.append(Diagnostic("REC702", None, f"`{table.name}`: {mistake.message}", help=mistake.help or ()))
            continue
        if source is None:
            found += [_without_data(table, places)] if required else []
            continue
        try:
            if source.frame is not None and is_split_by_file(program.data, table):
                message = f"`{table.name}` is given as a DataFrame, which has no files to split by"
                raise DataError(message, help="give a path or a pattern, or split by something else", kind="split")
            head = head_table(table, source)
        except DataError as mistake:
            (error,) = explained([mistake], source)
            found.append(_with_place_looked_at(diagnose(error, places, table.name), error, folder))
            continue
        if head is None:
            continue
        from specc.runtime.features.sample import problems

        file = next(iter(source.files), None)
        errors = problems(head, columns_of(table), separate=separators_of(table), file=file)
        found += [diagnose(error, places, table.name) for error in explained(errors, source)]
    return found


def unknown_tables(program: Program, data: Iterable[str]) -> list[Diagnostic]:
    """Names of data that are no schema's."""
    known = [table.name for table in program.data.tables]
    found = []
    for name in data:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            help = (
                f"did you mean `{near[0]}`?" if near else f"the schemas that are read are {', '.join(f'`{k}`' for k in known)}"
            )
            found.append(Diagnostic("REC715", None, f"data are given for `{name}`, and no such schema is read", help=help))
    return found


def _without_data(table: SourceTable, places: SourceMap) -> Diagnostic:
    help = [f'write `data {{ {table.name} = csv("{table.name}.csv") }}`', f"or give them: `--data {table.name}=PATH`"]
    return Diagnostic("REC714", places.source(table.name), f"nothing says where the rows of `{table.name}` are", help=help)


def _with_place_looked_at(diagnostic: Diagnostic, error: DataError, folder: str) -> Diagnostic:
    """A missing file of a relative path is looked for in two folders: say which."""
    if error.kind != "file" or error.help or error.file is None or os.path.isabs(error.file):
        return diagnostic
    help = f"looked in {os.getcwd()}" + (
        f" and in {folder}" if os.path.realpath(folder) != os.path.realpath(os.getcwd()) else ""
    )
    return Diagnostic(diagnostic.code, diagnostic.span, diagnostic.message, diagnostic.label, notes=diagnostic.notes, help=help)
