"""Items of a list or dict that differ in a running number alone, as the loop that a person would write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from specc.backends.layout import Code, Text, flat

LEAST = 4  # items that are worth a loop
STRING = re.compile(r'"[A-Za-z0-9_]*"|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
NUMBERED = re.compile(r'"([A-Za-z_]+)(\d+)([A-Za-z0-9_]*)"')

Item = tuple[str, Code]


def rolled(items: Sequence[Item], *, keyed: bool) -> list[Item]:
    """The items, runs of at least LEAST whose strings count up replaced by one generator; `keyed` for those of a dict.

    `"I1": Column("int?"), "I2": ...` becomes `**{f"I{i}": Column("int?") for i in range(1, 14)}`.
    """
    out: list[Item] = []
    place = 0
    while place < len(items):
        pattern, first = _pattern(items[place])
        end = place + 1
        while pattern is not None and end < len(items) and _pattern(items[end], first + end - place)[0] == pattern:
            end += 1
        if pattern is None or end - place < LEAST:
            out.append(items[place])
            place += 1
            continue
        loop = f"{pattern} for i in range({first}, {first + end - place})"
        whole = end - place == len(items)
        if keyed:
            out.append(("", Text(loop)) if whole else ("**", Text(f"{{{loop}}}")))
        else:
            out.append(("", Text(loop)) if whole else ("*", Text(f"({loop})")))
        place = end
    return out


def _pattern(item: Item, number: int | None = None) -> tuple[str | None, int]:
    """An item's source with `{i}` for the number that its first numbered string has, or for the given one."""
    text = item[0] + flat(item[1])
    if number is None:
        found = NUMBERED.search(text)
        if found is None or (found[2] != "0" and found[2].startswith("0")):
            return None, 0
        number = int(found[2])
    changed = False

    def replace(match: re.Match[str]) -> str:
        nonlocal changed
        parts = NUMBERED.fullmatch(match[0])
        if parts is None or parts[2] != str(number):
            return match[0]
        changed = True
        return f'f"{parts[1]}{{i}}{parts[3]}"'

    text = STRING.sub(replace, text)
    return (text if changed else None), number
