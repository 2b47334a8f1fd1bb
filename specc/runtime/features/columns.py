"""How a column of a schema is stored: the part of a schema that a reader needs."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """How one column is stored, in the words of the schema: `Column("int?", raw="I1")`, `Column("seq(string, 50)")`.

    storage: one of `int float string bool time`, `vector(n)`, `bag(T)`, `seq(T, n)`, where T is one of the first five. A `?`
        at the end, of any but a vector, says that a value may be missing. A `seq` keeps its last n values.
    raw: the column's name in the data, where it differs from the schema's.
    group: the event group of a `seq`; all columns of one group have equal lengths in every row.

    Raises ValueError for any other storage.
    """

    storage: str
    raw: str | None = None
    group: str | None = None

    def __post_init__(self) -> None:
        self._parts()

    def _parts(self) -> tuple[str, str, int | None, bool]:
        scalar = r"(?:int|float|string|bool|time)\??"
        forms = {
            "scalar": r"(?P<item>int|float|string|bool|time)(?P<null>\??)",
            "vector": r"vector\((?P<length>[1-9]\d*)\)",
            "bag": rf"bag\((?P<item>{scalar})\)(?P<null>\??)",
            "sequence": rf"seq\((?P<item>{scalar}), *(?P<length>[1-9]\d*)\)(?P<null>\??)",
        }
        for kind, form in forms.items():
            if match := re.fullmatch(form, self.storage):
                parts = match.groupdict()
                length = int(parts["length"]) if "length" in parts else None
                return kind, parts.get("item", "float"), length, parts.get("null") == "?"
        raise ValueError(f"no such storage: {self.storage!r}")

    @property
    def kind(self) -> str:
        """`scalar`, `vector`, `bag` or `sequence`."""
        return self._parts()[0]

    @property
    def item(self) -> str:
        """The storage of one value: `int float string bool time`, with a `?` where a value inside a bag or sequence may be
        null.
        """
        return self._parts()[1]

    @property
    def length(self) -> int | None:
        """n of `vector(n)` and `seq(T, n)`."""
        return self._parts()[2]

    @property
    def nullable(self) -> bool:
        """Whether the whole value may be missing; a missing bag or sequence is read as an empty one."""
        return self._parts()[3]
