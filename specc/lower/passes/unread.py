"""What no network reads is not called. A lookup that pools leaves the one that does not, and its mask, unread:

genres_mask = PaddingMask(genres)                     genres_mean = Embedding(genres, combiner="mean")
genres_lookup = Embedding(genres)               ->
genres_mean = Embedding(genres, combiner="mean")
"""

from __future__ import annotations

from specc.ir.program import Program, Step


def without_unread(program: Program) -> Program:
    """The Program without the calls whose results nobody reads, and the layers that are not called then."""
    needed = {ref for network in program.networks for ref in network.outputs.values()}
    found: list[Step] = []
    for step in reversed(program.steps):
        if step.name in needed:
            found.append(step)
            needed.update(step.reads)
    return program.calling(found[::-1], program.layers)
