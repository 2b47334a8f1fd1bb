"""The record of a target, and how a file declares one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from specc.targets.cost import Rule
from specc.targets.types import Files, Type

Kind = Literal[
    "layer", "function", "loss", "metric", "optimizer", "schedule", "initializer", "sampler", "balancer", "model",
    "encoder", "reader", "derivation", "rows", "split",
]  # fmt: skip


@dataclass(frozen=True)
class Precision:
    """How a target computes under `precision=bfloat16`.

    gives: `bfloat16` and `float32` whatever it reads; `read` is bfloat16 if all that it reads is, else float32; `values` is the
    type of the array in its configuration; `none` is not a number. exact: its result has to be float32. reads_exact: if its
    result has to be, so has what it reads. promotes: a function that takes the wider type of what it reads by itself.
    """

    gives: Literal["bfloat16", "float32", "read", "values", "none"] = "read"
    exact: bool = False
    reads_exact: bool = True
    promotes: bool = False


PRODUCT = Precision("bfloat16", reads_exact=False)
FLOAT32 = Precision("float32")


@dataclass(frozen=True)
class Target:
    """What a Program may call.

    path: where Python finds it. arguments: those of its configuration, by name. takes: what is given by position when it is
    called; the last one as often as there is something. called_with: by name. owns_weights: whether a layer has weights of its
    own, which only a loss can teach; is_table: whether they are a table that is updated by rows. cost: what a call costs; None
    where nobody counted.
    """

    path: str
    kind: Kind
    arguments: Mapping[str, Type] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    takes: tuple[Type, ...] = ()
    called_with: Mapping[str, Type] = field(default_factory=dict)
    owns_weights: bool = False
    is_table: bool = False
    precision: Precision = Precision()
    cost: Rule | None = None


@dataclass(frozen=True)
class Reader(Target):
    """What reads the rows of a table: a function of its configuration and, by keyword, of `columns`, and where there is need of
    `separate` (what stands between several values, by column) and `file_column` (to add `.file`, the file of each row).

    raw: a function of its configuration alone, that gives all columns as they are written. suffixes: how the paths end that are
    read by it where nobody says otherwise, each with the arguments that it stands for; the longest suffix counts, and the
    empty one is that of any path.

    head: the path of a function of the same arguments and `rows`: the first rows of the first file as they are written, with
    all columns; without one, all is read to tell what is wrong. chunks: of a function of a file, `columns`,
    `rows` and the other arguments: the rows of the file as they are written, so many at a time; size: of one of files and
    columns: about how many bytes that is together. Without these two no table is read in chunks. cause: of a function of
    a mistake and the other arguments: the mistake behind it, or None.
    """

    raw: bool = False
    suffixes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    head: str = ""
    chunks: str = ""
    size: str = ""
    cause: str = ""

    @property
    def files(self) -> str:
        """The argument that says which files are read; empty where the rows are in none."""
        return next((name for name, type in self.arguments.items() if isinstance(type, Files)), "")


@dataclass(frozen=True)
class Derivation(Target):
    """A function of a frame that gives a column of it.

    by_row: whether a value is made of its own row alone, so that rows may be derived some at a time. slices: where each value
    lists some of another column's, the path of a function of the same arguments that gives these in the order in which they are
    listed, and for each row where its own start among them and how many they are. What is neither is derived with all rows in
    memory.
    """

    by_row: bool = False
    slices: str = ""


@dataclass(frozen=True)
class RowChoice(Target):
    """A function of a frame that gives some of its rows, in their order. by_row: whether a row is chosen for what itself holds,
    so that rows may be chosen some at a time: then it raises a DataError of the kind `rows` where it chooses none.
    """

    by_row: bool = False


@dataclass(frozen=True)
class Split(Target):
    """A function of a frame that gives it with a column `part`. by_file: whether it reads `.file`, the file of each row."""

    by_file: bool = False
