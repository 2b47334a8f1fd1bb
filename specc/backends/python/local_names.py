"""Names of local variables: short where that is unambiguous, the declaration's own name for what it gives."""

from __future__ import annotations

import re
from itertools import pairwise

from specc import registry
from specc.backends.python.literals import Names, identifier
from specc.backends.python.values import Use, Value, Values

SIDE_BY_SIDE = 3  # in a longer list `x` would be hard to find


def local_names(values: Values, nested: set[int], names: Names) -> dict[int, str]:
    """A variable for each value that has a line of its own.

    What a declaration gives is called like the declaration; a value that is only piped into the next line `x`; anything else as
    its step, without the declaration's name and without what tells nothing apart.
    """
    lines = [value for place, value in values.live.items() if place not in nested]
    sections: dict[str, list[Value]] = {}
    for value in lines:
        sections.setdefault(value.call.section, []).append(value)
    chosen: dict[int, str] = {}
    for section, own in sections.items():
        given = [value for value in own if value.outside]
        if len(given) == 1:
            chosen[given[0].place] = names.fresh(section)
    piped = _piped(values, lines, nested) - set(chosen)
    for section, own in sections.items():
        rest = [value for value in own if value.place not in chosen and value.place not in piped]
        start = f"{identifier(section)}_"
        wanted = short_names([identifier(value.call.name).removeprefix(start) for value in rest])
        for value, name in zip(rest, wanted, strict=True):
            # What others read, and what would hide a builtin, keeps the declaration's name before its own.
            chosen[value.place] = names.fresh(name if identifier(name) == name and not value.outside else start + name)
    if piped:
        temporary = names.fresh(next((name for name in ("x", "h", "z") if name not in names.taken), "x"))
        chosen.update(dict.fromkeys(piped, temporary))
    return chosen


def _piped(values: Values, lines: list[Value], nested: set[int]) -> set[int]:
    """Values that are read once, as the first argument of a call on the next line of their section."""
    found = set()
    for value, following in pairwise(lines):
        if value.outside or value.call.section != following.call.section or len(value.readers) != 1:
            continue
        reader = values.live[value.readers[0]]
        first = reader.args[:1] == [Use(value.place)]
        while reader.place in nested and len(reader.readers) == 1:
            inside, reader = reader, values.live[reader.readers[0]]
            first &= all(len(a) <= SIDE_BY_SIDE for a in reader.args if isinstance(a, list) and Use(inside.place) in a)
        if first and reader is following:
            found.add(value.place)
    return found


def short_names(wanted: list[str]) -> list[str]:
    """The names without what tells nothing apart: what they all begin with, operators that all with the same beginning go on
    with, and operators after a number. `level_1_a_expert_1_mlp_dense` is `a_expert_1` where there is one level.
    """
    lookups = {name for name in wanted if name.endswith("_lookup") and name.removesuffix("_lookup") not in wanted}
    wanted = [name.removesuffix("_lookup") if name in lookups else name for name in wanted]
    parts = [re.findall(r"[^_]+(?:_\d+)*", name) for name in wanted]
    return ["_".join(_telling(own, parts)) or name for own, name in zip(parts, wanted, strict=True)]


def _telling(own: list[str], names: list[list[str]]) -> list[str]:
    kept: list[str] = []
    for place, part in enumerate(own):
        beside = [name for name in names if name[:place] == own[:place]]
        alone = all(name[place : place + 1] == [part] for name in beside)
        operator = re.sub(r"_\d+$", "", part) in registry.names("ops")
        after_number = operator and bool(kept) and kept[-1][-1].isdigit()
        if alone and (after_number or (len(beside) > 1 and (operator or not kept))):
            continue
        kept.append(part)
    return kept
