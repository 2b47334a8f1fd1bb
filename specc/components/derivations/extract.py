"""`extract`: a part of a text."""

from __future__ import annotations

from specc.registry.encoder import Derivation
from specc.registry.word import Arg, ColumnName, Text


class Extract(Derivation):
    """The first group of a regular expression in a string column; null where it does not match. A numeric encoder behind it
    reads the part as a number.

    Example: `year = extract(title, "\\((\\d{4})\\)") -> standardize  @item`
    """

    column = Arg(ColumnName(), doc="a string column")
    pattern = Arg(Text(), doc="a regular expression with one group")
