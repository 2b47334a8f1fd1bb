"""Names of local variables: short where that is unambiguous, the declaration's own name for what it gives."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile

from specc.backends.literals import Names, identifier
from specc.backends.values import Use, Value, Values


def local_names(values: Values, nested: set[int], names: Names) -> dict[int, str]:
    """A variable for each value that has a line of its own.

    What a declaration gives is called like the declaration; a value that is only piped into the next line `x`; anything else as
    its step, without the declaration's name and without what tells nothing apart.
    """
    lines = [value for place, value in values.live.items() if place not in nested]
    sections: dict[str, list[Value]] = {}
    for value in lines:
        sections.setdefault(value.step.section, []).append(value)
    chosen: dict[int, str] = {}
    for section, own in sections.items():
        given = [value for value in own if value.outside]
        if len(given) == 1:
            chosen[given[0].place] = names.fresh(section)
    piped = _piped(lines) - set(chosen)
    for section, own in sections.items():
        rest = [value for value in own if value.place not in chosen and value.place not in piped]
        wanted = short_names([_without_section(value, section) for value in rest])
        for value, name in zip(rest, wanted, strict=True):
            chosen[value.place] = names.fresh(name)
    if piped:
        temporary = names.fresh(next((name for name in ("x", "h", "z") if name not in names.taken), "x"))
        chosen.update(dict.fromkeys(piped, temporary))
    return chosen


def _piped(lines: list[Value]) -> set[int]:
    """Values that are read once, as the first argument of the next line of their section."""
    return {
        value.place
        for value, following in pairwise(lines)
        if value.readers == [following.place] and not value.outside and following.args[:1] == [Use(value.place)]
    }


def _without_section(value: Value, section: str) -> str:
    name, start = identifier(value.step.name), f"{identifier(section)}_"
    short = name.removeprefix(start)
    return name if value.outside or short != identifier(short) else short


def short_names(wanted: list[str]) -> list[str]:
    """The names without what they all begin with, and without what follows their last number, as long as each stays its own:
    `level_1_a_expert_1_mlp_dense` is `a_expert_1` where there is one level and one layer an expert.
    """
    words = [name.split("_")[:-1] for name in wanted]
    same = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    start = "".join(f"{column[0]}_" for column in same) if len(wanted) > 1 else ""
    names = [name.removeprefix(start) for name in wanted]
    return [_until_number(name, names) for name in names]


def _until_number(name: str, names: list[str]) -> str:
    match = re.match(r"(.*[a-z]_\d+)_\D+$", name)
    if match is None or any(other != name and f"{other}_".startswith(f"{match[1]}_") for other in names):
        return name
    return match[1]
