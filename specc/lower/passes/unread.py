"""What no network reads is not called. A lookup that pools leaves the one that does not, and its mask, unread:

genres_mask = PaddingMask(genres)                     genres_mean = Embedding(genres, combiner="mean")
genres_lookup = Embedding(genres)               ->
genres_mean = Embedding(genres, combiner="mean")
"""

from __future__ import annotations

from specc.ir.program import Call, Program


def without_unread(program: Program) -> Program:
    """The Program without the calls whose results nobody reads, and the layers that are not called then."""
    needed = {ref for network in program.networks for ref in network.outputs.values()}
    found: list[Call] = []
    for call in reversed(program.calls):
        if call.name in needed:
            found.append(call)
            needed.update(call.reads)
    return program.calling(found[::-1], program.layers)
