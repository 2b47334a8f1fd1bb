"""The data of a Program as source: tables and what is derived of them, the choice of rows and their split, and features."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from specc.backends.python.imports import Imports
from specc.backends.python.layout import (
    INDENT,
    MANY,
    Brackets,
    Code,
    Text,
    call,
    declared,
    flat,
    layout,
    listing,
    packed,
    plain,
    statement,
    table,
)
from specc.backends.python.literals import Names
from specc.backends.python.row_expressions import Expressions
from specc.backends.targets import feature_names
from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.ir.base import Expression
from specc.ir.serving import serving_data
from specc.targets.catalogue import target_of
from specc.targets.target import Reader, Split

STORAGE = re.compile(
    r"(?P<scalar>int|float|string|bool|time)"
    r"|(?P<list>bag|seq|vector)\((?:(?P<item>int|float|string|bool|time)(?P<null>\??))?(?:, *)?(?P<length>\d+)?\)"
)
SEEN = ".seen"  # what follows a candidate's name in that of what was seen


@dataclass
class DataSource:
    """Statements of `data.py`, and what other files say of it: the names of features by column."""

    names: dict[str, str] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    together: str = ""
    features: str = ""
    others: str = ""
    candidates: str = ""


def seen_columns(program: ir.Program) -> dict[str, str]:
    """Candidate columns of which a metric leaves out what was seen, and whose earlier rows say what that is."""
    return {m.candidates: m.seen_by for m in program.metrics if m.candidates is not None and m.seen_by is not None}


def print_data(program: ir.Program, imports: Imports, taken: set[str]) -> DataSource:
    """The data part of a Program."""
    source = DataSource(feature_names(program))
    _Printer(program, imports, Names(taken), source).print()
    return source


class _Printer:
    def __init__(self, program: ir.Program, imports: Imports, names: Names, source: DataSource) -> None:
        self.program = program
        self.data = program.data
        self.imports = imports
        self.names = names
        self.source = source
        self.expressions = Expressions(program.data, imports)
        self.variables: dict[str, str] = {}

    def print(self) -> None:
        for one in self.data.tables:
            self.variables[one.name] = self.names.fresh(one.name.upper())
            self._add_table(one)
        self.source.together = statement(self._dataset(), 0, "DATA")
        self.source.features = self._features()
        self.source.others = self._other_features()
        if self.data.candidates:
            sets = {loss: self._candidates(one) for loss, one in self.data.candidates.items()}
            self.source.candidates = statement(table(sets), 0, "CANDIDATES")

    # Tables

    def _add_table(self, one: ir.SourceTable) -> None:
        listed = table({column.name: self._column(column) for column in one.columns})
        columns: Code = listed
        if len(one.columns) >= MANY:
            name = self.names.fresh(f"{one.name.upper()}_COLUMNS")
            self.source.tables.append(declared(name, listed, 0))
            columns = Text(name)
        self.source.tables.append(statement(self._table(one, columns), 0, self.variables[one.name]))

    def _table(self, one: ir.SourceTable, columns: Code) -> Code:
        given: dict[str, Code] = {"columns": columns, **self._reader(one)}
        separators = {column.name: column.separator for column in one.columns if column.separator is not None}
        if separators:
            given["separate"] = plain(separators)
        if one.by_place:
            given["by_place"] = plain(True)
        derived = {d.column: self._derived(d.value) for d in self.data.derivations if d.table == one.name}
        if derived:
            given["derived"] = table(derived, tall=True)
        if one.key is not None:
            given["key"] = plain(one.key)
        return call(self.imports.support("features.dataset.Table"), plain(one.name), **given)

    def _reader(self, one: ir.SourceTable) -> dict[str, Code]:
        """What reads the rows, and which."""
        record = None if one.reader is None else target_of(one.reader.target)
        if one.reader is None or record is None:
            return {"read": self._reading("features.tables.read_table", one)}
        if not isinstance(record, Reader):
            raise InternalError(f"{record.path} is not a reader")
        config = dict(one.reader.config)
        if record.raw:
            given = self._function(one.reader.target, {key: plain(value) for key, value in config.items()})
            # Files in its place are Parquet: a model without CSV does not bring what reads that.
            return {"read": self._reading("features.parquet_files.read_parquet", one), "given": given}
        path = config.pop(record.files, None)
        read = self._function(
            one.reader.target, {**{key: plain(value) for key, value in config.items()}, **self._file_column(one)}
        )
        return {"read": read} if path is None else {"read": read, "path": plain(path)}

    def _reading(self, path: str, one: ir.SourceTable) -> Code:
        return self._partial(self.imports.support(path), self._file_column(one))

    def _file_column(self, one: ir.SourceTable) -> dict[str, Code]:
        """A split by files has to be told of each row's."""
        split = None if self.data.split is None or one.name != self.data.rows else target_of(self.data.split.target)
        return {"file_column": plain(True)} if isinstance(split, Split) and split.by_file else {}

    def _column(self, column: ir.ColumnSource) -> Code:
        given = {key: plain(value) for key, value in (("raw", column.raw), ("group", column.group)) if value is not None}
        whole = column.storage.removesuffix("?")
        if whole != column.storage:
            given["optional"] = plain(True)
        found = STORAGE.fullmatch(whole)
        if found is None:
            raise InternalError(f"no storage: {column.storage!r}")
        length = [] if found["length"] is None else [plain(int(found["length"]))]
        if found["scalar"]:
            return call(self._kind(found["scalar"]), **given)
        if found["list"] == "vector":
            return call(self._kind("vector"), call(self._kind("float")), *length, **given)
        item = call(self._kind(found["item"]), **({"optional": plain(True)} if found["null"] else {}))
        return call(self._kind({"seq": "sequence"}.get(found["list"], found["list"])), item, *length, **given)

    def _kind(self, name: str) -> str:
        return self.imports.support(f"features.columns.{name.capitalize()}Column")

    def _derived(self, value: Expression | ir.ObjectConfig) -> Code:
        if isinstance(value, Expression):
            return self.expressions.code(value)
        return self._made(value)

    def _made(self, function: ir.ObjectConfig) -> Code:
        """A function of a frame, with its other arguments."""
        given: dict[str, Code] = {
            key: self.expressions.code(value) if isinstance(value, Expression) else plain(value)
            for key, value in function.config.items()
        }
        return self._function(function.target, given)

    def _function(self, target: str, given: dict[str, Code]) -> Code:
        return self._partial(self.imports.spell(target), given)

    def _partial(self, name: str, given: dict[str, Code]) -> Code:
        return call(self.imports.need("functools", "partial"), Text(name), **given) if given else Text(name)

    # All together

    def _dataset(self) -> Code:
        data = self.data
        given: dict[str, Code] = {"rows": Text(self.variables[data.rows])}
        others = [self.variables[one.name] for one in data.tables if one.name != data.rows]
        if others:
            given["entities"] = listing(Text(name) for name in others)
        if data.joins:
            given["joins"] = plain(data.joins)
        if data.choice:
            given["choose"] = listing(self._made(one) for one in data.choice)
        if data.split is not None:
            given["split"] = self._made(data.split)
        if seen := seen_columns(self.program):
            order = {} if data.order is None else {"order": plain(data.order)}
            name = self.imports.support("training.seen.with_seen")
            past = [{"column": plain(column), "by": plain(by), **order} for column, by in seen.items()]
            given["past"] = listing(self._partial(name, one) for one in past)
        serving = serving_data(self.program)
        needed = {column.name for one in serving.tables for column in one.columns} | {d.column for d in serving.derivations}
        names = [column.name for one in data.tables for column in one.columns] + [d.column for d in data.derivations]
        if unneeded := [name for name in dict.fromkeys(names) if name not in needed]:
            given["training_only"] = plain(unneeded)
        return call(self.imports.support("features.dataset.Dataset"), **given)

    def _features(self) -> str:
        """The statement that makes them."""
        made = [self._feature(one) for one in self.data.features]
        for column in seen_columns(self.program):
            own = next(one for one in self.data.features if one.name == column)
            shared = self.source.names[own.same or own.name]
            seen = {"shape": plain("bag"), "same": plain(shared), "counted": plain(False)}
            made.append(call(self.imports.support("features.features.Feature"), plain(column + SEEN), **seen))
        name = self.imports.support("features.features.Features")
        if len(made) >= MANY:
            return packed(f"return {name}([", [flat(one) for one in made], "])", 1)
        items = Brackets(Text(""), "[", [("", one) for one in made], "]", tall=True)
        return INDENT + layout(call(name, items), 1, "return ")

    def _other_features(self) -> str:
        """The features that rows are not encoded to: only candidates are, or a vocabulary is learned from them."""
        names = self.source.names
        rows = {tensor.name for tensor in self.program.inputs} | {names[one.feature] for one in self.data.candidates.values()}
        others = [names[one.name] for one in self.data.features if names[one.name] not in rows]
        return statement(plain(others), 0, "OTHER_FEATURES") if others else ""

    def _feature(self, one: ir.Feature) -> Code:
        names = self.source.names
        given: dict[str, Any] = {}
        if names[one.name] != one.name:
            given["column"] = plain(one.name)
        if one.shape != "scalar":
            given["shape"] = plain(one.shape)
        if one.length is not None:
            given["length"] = plain(one.length)
        if one.same is not None:
            given["same"] = plain(names[one.same])
        if not one.counted:
            given["counted"] = plain(False)
        chain = [self.imports.make(e.target, {key: plain(value) for key, value in e.config.items()}) for e in one.chain]
        positional = [listing(chain)] if chain else []
        return call(self.imports.support("features.features.Feature"), plain(names[one.name]), *positional, **given)

    def _candidates(self, one: ir.Candidates) -> Code:
        given: dict[str, Code] = {}
        if one.first != 1:
            given["first"] = plain(one.first)
        if one.entity is not None:
            given["entity"] = plain(one.entity)
        if one.columns:
            given["columns"] = plain([self.source.names[feature.name] for feature in one.columns])
        name = self.imports.support("training.candidate_sets.Candidates")
        return call(name, plain(self.source.names[one.feature]), **given)
