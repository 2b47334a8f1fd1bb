"""`files`: by the file that a row is in."""

from __future__ import annotations

from specc.registry.word import Arg, Int, Literal, Text, Word


class Files(Word):
    """Rows by the name of the file that they were read from. A number for `valid` is the share of the test files' rows that
    are for validation instead, drawn by chance.

    Example: `split = files(valid="day_22.gz", test="day_23.gz")`
    """

    target = "specc.runtime.features.split.by_file"
    valid = Arg(Literal(), doc="a file's name, a pattern, or a share of the test rows", named=True)
    test = Arg(Text(), None, "a file's name, or a pattern", named=True)
    seed = Arg(Int(0, 2**31 - 1), 0, "of the chance", named=True)
