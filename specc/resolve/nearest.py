"""Which known names are close to a wrong one: the one that was probably meant, and the order in which a list shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

LONGEST = 40  # letters of a name of which a part may differ: of a longer one, no more
SHOWN = 16  # names of a list, before it is cut
PART = 3  # letters of the shortest part by which two names are akin

Fits = Callable[[str], bool]
"""Whether a known name may stand in the place of the wrong one."""


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance (edits and swaps of neighbours), or `limit + 1` when it is larger.

    Cells that are further than `limit` from the diagonal hold more than that and are left out: the time grows with one length.
    """
    far = limit + 1
    if abs(len(a) - len(b)) > limit:
        return far
    before: dict[int, int] = {}
    row = {j: j for j in range(min(len(b), limit) + 1)}
    for i, x in enumerate(a, 1):
        last, row = row, {0: i} if i <= limit else {}
        for j in range(max(1, i - limit), min(len(b), i + limit) + 1):
            y = b[j - 1]
            best = min(last.get(j, far) + 1, row.get(j - 1, far) + 1, last.get(j - 1, far) + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before.get(j - 2, far) + 1)
            row[j] = best
        if min(row.values()) > limit:
            return far
        before = last
    return min(row[len(b)], far)


def nearest(name: str, known: Iterable[str], fits: Fits | None = None) -> str | None:
    """The known name that was probably meant: a third of its letters may differ, or it is the only one with this part.

    Of names that are equally near, one that fits.
    """
    known = list(known)
    limit = max(1, min(len(name), LONGEST) // 3)
    best: tuple[int, bool, str] | None = None
    for candidate in known:
        d = _apart(name, candidate, limit)
        if d <= limit and (best is None or d <= best[0]):
            found = (d, fits is not None and not fits(candidate), candidate)
            best = found if best is None else min(best, found)
    if best:
        return best[2]
    longer = [candidate for candidate in known if name.lower() in candidate.lower().split("_")]
    return longer[0] if len(longer) == 1 else None


def by_use(name: str, known: Iterable[str], fits: Fits | None = None) -> list[str]:
    """Known names in the order of their use: akin to the wrong one, then those that fit its place, then the others."""
    limit = min(len(name), LONGEST) // 2
    parts = {part for part in name.lower().split("_") if len(part) >= PART}

    def key(candidate: str) -> tuple[bool, bool]:
        akin = not parts.isdisjoint(candidate.lower().split("_")) or _apart(name, candidate, limit) <= limit
        return not akin, fits is not None and not fits(candidate)

    return sorted(known, key=key)


def effort(name: str, known: Iterable[str]) -> int:
    """How much there is to compare, at most: letters, times how many of them may differ, over names of a similar length."""
    limit = min(len(name), LONGEST) // 2
    return sum([1 + len(name) * limit * (abs(len(other) - len(name)) <= limit) for other in known])


def listing(names: Iterable[str], limit: int = SHOWN) -> str:
    """Names for a help line, cut when there are many: they come in the order of their use (see `by_use`)."""
    names = list(names)
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def _apart(a: str, b: str, limit: int) -> int:
    """The distance of two names, whatever the size of their letters."""
    a, b = a.lower(), b.lower()
    if len(set(a).difference(b)) > limit:
        return limit + 1  # each of these letters would have to be changed
    return distance(a, b, limit)
