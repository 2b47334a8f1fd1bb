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
from specc.backends.literals import Names, literal, string
from specc.backends.ranges import rolled
from specc.backends.targets import Targets, feature_names
from specc.diagnostics import InternalError
from specc.ir import program as ir
from specc.ir.base import Expression

DATASET = "specc.runtime.features.read.read_dataset"
DATASETS = {  # what loads each
    "movielens-small/ratings": "movielens_ratings",
    "movielens-small/movies": "movielens_movies",
}
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
        config = {key: plain(value) for key, value in one.config.items() if value not in ({}, [])}
        if one.target == DATASET:
            if one.path not in DATASETS:
                raise InternalError(f"there is no data set {one.path}, which the checker tells")
            rows = call(self.targets.copy(f"features.datasets.{DATASETS[one.path]}"))
            return call(self.targets.copy("features.convert.convert_frame"), rows, columns)
        path = self.names.fresh(f"{one.name.lower()}_path")
        self.source.paths[path] = self.options.fresh(one.name)
        self.source.defaults[path] = one.path if one.target else None
        reader = self.targets.spell(one.target) if one.target else self.targets.copy("features.tables.read_table")
        return call(reader, Text(path), columns, **config)

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
                (column,) = derivation.columns
                code = self._derived(derivation, frame)
                if column.isidentifier() and not keyword.iskeyword(column) and column != "self":
                    items.append((f"{column}=", code))
                else:
                    whole = f"({flat(code)})" if derivation.expression is not None else flat(code)
                    items.insert(0, ("", Text(f"{whole}.alias({string(column)})")))
            self._add(frame, Brackets(Text(f"{frame}.with_columns"), "(", items, ")"))

    def _derived(self, derivation: ir.Derivation, frame: str) -> Code:
        if derivation.expression is not None:
            return self.expressions.code(derivation.expression)
        config: dict[str, Code] = {
            key: self.expressions.code(value) if isinstance(value, Expression) else plain(value)
            for key, value in derivation.config.items()
        }
        function = self.targets.spell(derivation.target or "")
        if function == "extract":  # reads a single column
            column = derivation.config["column"]
            return call(function, Text(f"{frame}[{literal(column)}]"), **{k: v for k, v in config.items() if k != "column"})
        return call(function, Text(frame), **config)

    # Rows

    def _choose(self) -> None:
        self.seen = seen_columns(self.program)
        if self.seen or self._has_part:
            self._add("rows", call("rows.with_row_index", plain(ROW)))
        if self.seen:
            self._add("everything", Text("rows"))
        self.source.does += ["chooses some"] if self.data.where is not None or self.data.last_by is not None else []
        self.source.does += ["splits them"] if self.data.split is not None else []
        if self.data.where is not None:
            self._add(
                "rows", call(self.targets.copy("features.rows.each"), Text("rows"), self.expressions.code(self.data.where))
            )
        if self.data.last_by is not None:
            order = {} if self.data.order is None else {"order": plain(self.data.order)}
            self._add("rows", call(self.targets.copy("features.rows.last"), Text("rows"), by=plain(self.data.last_by), **order))

    @property
    def _has_part(self) -> bool:
        """Whether a column is called like the one that a split makes."""
        made = {name for d in self.data.derivations for name in d.columns}
        return "part" in made | {column.name for one in self.data.tables for column in one.columns}

    def _split(self) -> None:
        self.targets.need("pl", "polars", None)
        if self.data.split is None:
            self.source.frames = ["rows"]
        else:
            self.source.frames = list(PARTS)
            config = {key: plain(value) for key, value in self.data.split.config.items()}
            divided = call(self.targets.spell(self.data.split.target), Text("rows"), **config)
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
        if made & _reads(derivation):
            yield group
            group, made = [], set()
        group.append(derivation)
        made.update(derivation.columns)
    if group:
        yield group


def _reads(derivation: ir.Derivation) -> set[str]:
    found = derivation.expression.columns() if derivation.expression is not None else set()
    for value in derivation.config.values():
        if isinstance(value, Expression):
            found |= value.columns()
        found |= {item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)}
    return found


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
