"""The data part of a Program as source: reading, deriving, joining, choosing and splitting rows, and the features of the model.

The steps and their order are those of `specc.run.rows` and `specc.run.encoding`, and call the same functions.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from specc.backends.expressions import Expressions
from specc.backends.layout import INDENT, WIDTH, Brackets, Code, Text, call, flat, layout, listing, plain, statement
from specc.backends.literals import Names, string
from specc.backends.ranges import rolled
from specc.backends.targets import Targets, feature_names
from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.ir.base import Expression
from specc.ir.check_data import reads
from specc.targets.catalogue import target_of
from specc.targets.target import Reader, Split

STORAGE = re.compile(
    r"(?P<scalar>int|float|string|bool|time)"
    r"|(?P<list>bag|seq|vector)\((?:(?P<item>int|float|string|bool|time)(?P<null>\??))?(?:, *)?(?P<length>\d+)?\)"
)
SEEN = ".seen"  # what follows a candidate's name in that of what was seen
ROW = ".row"  # as no column can be called
PARTS = ("train", "valid", "test")


@dataclass
class DataSource:
    """Statements of `read_data` and of `make_features`, and what they take and give.

    paths: for each parameter of `read_data`, a table: its option on the command line; defaults: what the spec says.
    frames: the fields of what is read; entities: the one that holds an entity.
    names: from columns to features; rows: the features of a row, where not all are; seen: those that only measured rows have.
    """

    paths: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str | None] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    entities: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rows: list[str] | None = None
    seen: list[str] = field(default_factory=list)
    reading: list[str] = field(default_factory=list)
    does: list[str] = field(default_factory=lambda: ["reads the rows"])
    features: list[str] = field(default_factory=list)

    @property
    def steps(self) -> str:
        """What `read_data` does, in words."""
        first, *more = self.does
        return f"{first.capitalize()}{''.join(f', {each}' for each in more[:-1])}{f' and {more[-1]}' if more else ''}."

    @property
    def has_parts(self) -> bool:
        """Whether the rows are split."""
        return self.frames[:3] == list(PARTS)


def seen_columns(program: ir.Program) -> dict[str, str]:
    """Candidate columns of which a metric leaves out what was seen, and whose earlier rows say what that is."""
    return {m.candidates: m.seen_by for m in program.measures if m.candidates is not None and m.seen_by is not None}


def print_data(program: ir.Program, targets: Targets, taken: set[str]) -> DataSource:
    """The data part of a program."""
    source = DataSource(names=feature_names(program))
    _Reading(program, targets, Names(taken | {"rows", "everything", "part", "i", *PARTS}), source).print()
    _features(program, targets, source)
    return source


class _Reading:
    def __init__(self, program: ir.Program, targets: Targets, names: Names, source: DataSource) -> None:
        self.program = program
        self.data = program.data
        self.targets = targets
        self.names = names
        self.source = source
        self.expressions = Expressions(program.data, targets)
        self.frames: dict[str, str] = {}
        self.options = Names({"epochs", "save", "help"})

    def print(self) -> None:
        for one in self.data.tables:
            self.frames[one.name] = "rows" if one.name == self.data.rows else self.names.fresh(one.name)
        for one in self.data.tables:
            self._add(self.frames[one.name], self._read(one))
        for one in self.data.tables:
            if one.name != self.data.rows:
                self._derive(one.name)
        keys = {one.name: one.key for one in self.data.tables}
        for name in self.data.joins:
            joined = call(
                self.targets.copy("features.rows.join_entity"), Text("rows"), Text(self.frames[name]), plain(keys[name])
            )
            self._add("rows", joined)
        self.source.does += ["joins the other tables"] if self.data.joins else []
        self.source.does += ["derives columns"] if self.data.derivations else []
        self._derive(self.data.rows)
        self._choose()
        self._split()

    def _add(self, target: str, code: Code) -> None:
        self.source.reading.append(statement(code, 1, target))

    # Tables

    def _read(self, one: ir.SourceTable) -> Code:
        columns = Brackets(
            Text(""), "{", rolled([(f"{string(c.name)}: ", self._column(c)) for c in one.columns], keyed=True), "}"
        )
        separators = {column.name: column.separator for column in one.columns if column.separator is not None}
        config = {"separate": plain(separators)} if separators else {}
        if one.reader is None:
            return call(self.targets.copy("features.tables.read_table"), self._path(one, None), columns, **config)
        given, record = dict(one.reader.config), target_of(one.reader.target)
        assert isinstance(record, Reader)
        if record.raw:
            rows = call(self.targets.spell(one.reader.target), **{key: plain(value) for key, value in given.items()})
            return call(self.targets.copy("features.convert.convert_frame"), rows, columns, **config)
        path = [self._path(one, str(given.pop(record.files)))] if record.files else []
        config = {key: plain(value) for key, value in given.items()} | config
        split = None if self.data.split is None or one.name != self.data.rows else target_of(self.data.split.target)
        if isinstance(split, Split) and split.by_file:
            config["file_column"] = plain(True)
        return call(self.targets.spell(one.reader.target), *path, columns, **config)

    def _path(self, one: ir.SourceTable, default: str | None) -> Code:
        """The parameter that says where a table is; default: what the spec says."""
        path = self.names.fresh(f"{one.name.lower()}_path")
        self.source.paths[path] = self.options.fresh(one.name)
        self.source.defaults[path] = default
        return Text(path)

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
        return self.targets.copy(f"features.columns.{name.capitalize()}Column")

    # Derived columns

    def _derive(self, name: str) -> None:
        """Derived columns of a table, together as long as none reads another."""
        frame = self.frames[name]
        for group in _independent([d for d in self.data.derivations if d.table == name]):
            items: list[tuple[str, Code]] = []
            for derivation in group:
                column, value = derivation.column, derivation.value
                code = self.expressions.code(value) if isinstance(value, Expression) else self._applied(value, frame)
                if column.isidentifier() and not keyword.iskeyword(column) and column != "self":
                    items.append((f"{column}=", code))
                else:
                    whole = f"({flat(code)})" if isinstance(value, Expression) else flat(code)
                    items.insert(0, ("", Text(f"{whole}.alias({string(column)})")))
            self._add(frame, Brackets(Text(f"{frame}.with_columns"), "(", items, ")"))

    def _applied(self, function: ir.Made, frame: str) -> Code:
        config: dict[str, Code] = {
            key: self.expressions.code(value) if isinstance(value, Expression) else plain(value)
            for key, value in function.config.items()
        }
        return call(self.targets.spell(function.target), Text(frame), **config)

    # Rows

    def _choose(self) -> None:
        self.seen = seen_columns(self.program)
        if self.seen or self._has_part:
            self._add("rows", call("rows.with_row_index", plain(ROW)))
        if self.seen:
            self._add("everything", Text("rows"))
        self.source.does += ["chooses some"] if self.data.choice else []
        self.source.does += ["splits them"] if self.data.split is not None else []
        for choice in self.data.choice:
            self._add("rows", self._applied(choice, "rows"))

    @property
    def _has_part(self) -> bool:
        """Whether a column is called like the one that a split makes."""
        made = {derivation.column for derivation in self.data.derivations}
        return "part" in made | {column.name for one in self.data.tables for column in one.columns}

    def _split(self) -> None:
        self.targets.need("pl", "polars", None)
        if self.data.split is None:
            self.source.frames = ["rows"]
        else:
            self.source.frames = list(PARTS)
            divided = self._applied(self.data.split, "rows")
            if self._has_part:
                self._add("parts", Text(f'{flat(divided)}.select({string(ROW)}, "part")'))
                chosen = f'parts.filter(pl.col("part") == part), on={string(ROW)}, how="semi", maintain_order="left"'
                self._add_parts(f"rows.join({chosen})")
            else:
                self._add("rows", divided)
                self._add_parts('rows.filter(pl.col("part") == part)')
        measured = PARTS[1:] if self.data.split is not None else ["rows"]
        for column, by in self.seen.items():
            order = {} if self.data.order is None else {"order": plain(self.data.order)}
            function = self.targets.copy("training.seen.with_seen")
            for frame in measured:
                self._add(frame, call(function, Text(frame), Text("everything"), plain(column), by=plain(by), **order))
        for one in self.data.candidates.values():
            if one.entity is not None and one.entity not in self.source.entities:
                self.source.entities[one.entity] = self.frames[one.entity]
        frames = [*self.source.frames, *self.source.entities.values()]
        self.source.frames = frames
        self.source.reading.append(f"{INDENT}return Data({', '.join(frames)})")

    def _add_parts(self, chosen: str) -> None:
        one = f"{', '.join(PARTS)} = ({chosen} for part in ({', '.join(string(part) for part in PARTS)}))"
        if len(INDENT + one) > WIDTH:
            one = one.replace(" = (", f" = (\n{INDENT * 2}", 1).replace(" for part in", f"\n{INDENT * 2}for part in")
            one = f"{one[:-1]}\n{INDENT})"
        self.source.reading.append(INDENT + one)


def _independent(derivations: list[ir.Derivation]) -> Iterator[list[ir.Derivation]]:
    group: list[ir.Derivation] = []
    made: set[str] = set()
    for derivation in derivations:
        if made & reads(derivation.value):
            yield group
            group, made = [], set()
        group.append(derivation)
        made.add(derivation.column)
    if group:
        yield group


def _features(program: ir.Program, targets: Targets, source: DataSource) -> None:
    """The body of `make_features`, and which features a row has."""
    made = [("", _feature(one, source.names, targets)) for one in program.data.features]
    for column in seen_columns(program):
        own = next(one for one in program.data.features if one.name == column)
        shared = source.names[own.same or own.name]
        seen = {"shape": plain("bag"), "same": plain(shared), "counted": plain(False)}
        made.append(("", call(targets.copy("features.features.Feature"), plain(column + SEEN), **seen)))
    items = Brackets(Text(""), "[", rolled(made, keyed=False), "]", tall=True)
    features = call(targets.copy("features.features.Features"), items)
    source.features = [INDENT + layout(features, 1, "return ")]
    inputs = [tensor.name for tensor in program.inputs if tensor.column is not None]
    candidates = [source.names[one.feature] for one in program.data.candidates.values()]
    rows = list(dict.fromkeys([*inputs, *candidates]))
    source.seen = [column + SEEN for column in seen_columns(program)]
    source.rows = None if set(rows) == set(source.names.values()) and not source.seen else rows


def _feature(one: ir.Feature, names: dict[str, str], targets: Targets) -> Code:
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
    chain = [targets.make(e.target, {key: plain(value) for key, value in e.config.items()}) for e in one.chain]
    positional = [listing(chain)] if chain else []
    return call(targets.copy("features.features.Feature"), plain(names[one.name]), *positional, **given)
