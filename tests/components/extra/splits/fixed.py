"""`fixed`: so many rows at the end."""

from __future__ import annotations

from specc.registry.arg_types import Int
from specc.registry.component import Arg
from specc.registry.data import Split


class Fixed(Split):
    """The last rows of the file are tested on, those before are for validation."""

    target = "extra.functions.fixed"
    valid = Arg(Int(1), doc="rows for validation", named=True)
    test = Arg(Int(1), 1, "rows for the test", named=True)
