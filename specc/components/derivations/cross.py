"""`cross`: the combination of columns."""

from __future__ import annotations

from specc.registry.encoder import Derivation
from specc.registry.word import Arg, ColumnName, ListOf


class Cross(Derivation):
    """The combination of two columns or more as one value; with a bag among them, one value for each of its elements.
    It reads the values of the file, not what encoders make of them; null in one of them is null.

    Example: `seen_x_app = cross(installed, impression) -> hash(1_000_000)  @wide`
    """

    columns = Arg(ListOf(ColumnName(), least=2), doc="the columns", variadic=True)
