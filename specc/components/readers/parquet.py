"""`parquet`: columnar files."""

from __future__ import annotations

from typing import ClassVar

from specc.registry.arg_types import Text
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.data import Reader


class Parquet(Reader):
    """Rows of Parquet files; with `*` in the path all files that match, in the order of their names. Lists are bags or
    sequences. A folder part `name=value` is a column, as in Hive.

    Example: `events = parquet("events/dt=*/part-*.parquet")`
    """

    unsupported: ClassVar[dict[str, str]] = {
        "null": "a Parquet file says itself which values are missing; declare such a column as `T?`",
        "sep": "a Parquet file has no text between its fields",
        "header": "a Parquet file names its columns itself",
    }
    target = "specc.runtime.features.parquet_files.read_parquet"
    path = Arg(Text(), doc="a file, or a pattern with `*`; relative to the folder that specc is run in, then to the spec")
    key = Arg(Text(), None, "what the file calls the key of an entity", named=True)

    def lower(self, a: Config) -> Object:
        """The files say the rest."""
        return Object(self.target, paths=a.path)

    def called(self, a: Config) -> str | None:
        """`key`."""
        key: str | None = a.key
        return key
