"""`csv`: comma-separated text."""

from __future__ import annotations

from collections.abc import Mapping as Separators

from specc.diagnostics import Note
from specc.registry.arg_types import Choice, ListOf, Mapping, Text
from specc.registry.building import Config, Object
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, Reader


class Csv(Reader):
    """Rows of CSV files, also compressed (.gz); with `*` in the path all files that match, in the order of their names. A
    folder part `name=value` is a column, as in Hive.

    An empty field is a missing value, but in a column `string` an empty text, and as a bag or sequence an empty one. `null`
    says how else a missing value is written, for all columns. It is compared with whole fields, without the blanks around them.

    Example: `ratings = csv("ratings.csv", null=["NA", "?"])`
    """

    target = "specc.runtime.features.csv_files.read_csv"
    path = Arg(Text(), doc="a file, or a pattern with `*`; relative to the folder that specc is run in, then to the spec")
    sep = Arg(Text(), ",", "what stands between two fields", named=True)
    header = Arg(Choice("first", "none"), "first", "none: the columns come in the order of the schema", named=True)
    key = Arg(Text(), None, "what the file calls the key of an entity", named=True)
    null = Arg(ListOf(Text(), least=1), None, "how a missing value is written: one string, or several", named=True)
    separate = Arg(Mapping(Text()), None, "what stands between the elements of a bag or sequence", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """What stands between fields and between elements, and what a missing field is."""
        if len(a.sep) != 1 or not a.sep.isascii() or a.sep in '\n\r"':
            ctx.error("REC308", a.at("sep"), "`sep` must be one ASCII character", 'such as "," or "\\t"')
        self._separated(a, ctx)
        self._markers(a, ctx)

    def lower(self, a: Config) -> Object:
        """What differs from a file with a header and commas."""
        return Object(
            self.target,
            paths=a.path,
            separator=a.sep if a.sep != "," else None,
            header=False if self.by_place(a) else None,
            null=a.null or None,
        )

    def by_place(self, a: Config) -> bool:
        """Without a header."""
        return bool(a.header == "none")

    def called(self, a: Config) -> str | None:
        """`key`."""
        key: str | None = a.key
        return key

    def separators(self, a: Config) -> Separators[str, str]:
        """`separate`."""
        return a.separate or {}

    def _separated(self, a: BoundArguments, ctx: DataContext) -> None:
        """`separate=` is for the columns of the schema that hold several values."""
        schema, place = ctx.schema, a.at("separate")
        assert schema is not None
        for name in a.separate or ():
            column = schema.columns.get(name)
            if column is None:
                known = [c.name for c in schema.columns.values() if c.shape != "scalar"]
                message = f"`{schema.name}` has no column `{name}`"
                ctx.unknown("REC118", "column", name, place, known, message=message, label="named in here")
            elif column.shape == "scalar":
                message = f"`separate` parts the values of bags and sequences, and `{name}` has one value in a row"
                ctx.error("REC621", place, message, "named in here", notes=[Note(column.span, "declared here")])

    def _markers(self, a: BoundArguments, ctx: DataContext) -> None:
        """`null=` is text that a field can be."""
        for marker in a.null or ():
            if not marker.strip():
                help = "a column `string` reads it as an empty text, and `string?` as a missing value"
                message, label = "an empty field needs no `null`", "it is missing already"
                ctx.error("REC308", a.at("null"), message, label, help=help)
                return
            if marker != marker.strip():
                message = "blanks around a field are dropped, so `null` has none, either"
                ctx.error("REC308", a.at("null"), message, f'write "{marker.strip()}"')
                return
