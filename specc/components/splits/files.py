"""`files`: by the file that a row is in."""

from __future__ import annotations

from specc.registry.arg_types import Int, Literal, Text
from specc.registry.component import Arg, BoundArguments
from specc.registry.data import DataContext, Split


class Files(Split):
    """Rows by the name of the file that they were read from. A number for `valid` is the share of the test files' rows that
    are for validation instead, drawn by chance.

    Example: `split = files(valid="day_22.gz", test="day_23.gz")`
    """

    by_file = True
    target = "specc.runtime.features.split.by_file"
    valid = Arg(Literal(), doc="a file's name, a pattern, or a share of the test rows", named=True)
    test = Arg(Text(), None, "a file's name, or a pattern", named=True)
    seed = Arg(Int(0, 2**31 - 1), 0, "of the chance", named=True)

    def check(self, a: BoundArguments, ctx: DataContext) -> None:
        """A share is one, and rows are in files."""
        share = a.valid
        if not isinstance(share, str) and (isinstance(share, bool) or not 0 < share < 1 or a.test is None):
            message = "`valid` is a file, or a share of the rows of the test files"
            ctx.error("REC619", a.at("valid"), message, "a share is between 0 and 1, and needs `test=`")
        without = next((reader for reader in ctx.readers if not reader.files), None)
        if without is not None:
            ctx.error("REC616", a.span, f"`{self.name}` splits by file, and `{without.name}` has none")
