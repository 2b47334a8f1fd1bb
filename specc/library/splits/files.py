"""`files`: by the file that a row is in."""

from __future__ import annotations

from specc.library.word import Arg, Text, Word


class Files(Word):
    """Rows by the name of the file that they were read from.

    Example: `split = files(valid="day_22.gz", test="day_23.gz")`
    """

    target = "specc.runtime.features.split.by_file"
    valid = Arg(Text(), doc="a file's name, or a pattern", named=True)
    test = Arg(Text(), None, "a file's name, or a pattern", named=True)
