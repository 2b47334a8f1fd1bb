"""The closest right name for a wrong one."""

from __future__ import annotations

from collections.abc import Iterable


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance (edits and swaps of neighbours), or `limit + 1` when it is larger."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row = row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
        before = last
    return row[-1]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant: a third of its letters may differ, or it is the only one with this part."""
    known = list(known)
    limit = max(1, min(len(name), 40) // 3)
    best: tuple[int, str] | None = None
    letters = set(name.lower())
    for candidate in known:
        if len(letters.difference(candidate.lower())) > limit:
            continue  # each of these letters would have to be changed
        d = distance(name.lower(), candidate.lower(), limit)
        if d <= limit and (best is None or (d, candidate) < best):
            best = (d, candidate)
    if best:
        return best[1]
    longer = [candidate for candidate in known if name.lower() in candidate.lower().split("_")]
    return longer[0] if len(longer) == 1 else None


def listing(names: Iterable[str], limit: int = 16) -> str:
    """Names for a help line, cut when there are many."""
    names = list(names)
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown
