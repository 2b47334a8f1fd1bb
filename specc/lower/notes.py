"""The comments of a spec that belong to no section."""

from __future__ import annotations

from collections.abc import Iterator

from specc.ir import program as out
from specc.ir.spec import Spec
from specc.lower.builder import Builder


def notes(spec: Spec, build: Builder) -> Iterator[out.Note]:
    """A note for each comment above a block, a set of embeddings or the data, where the program holds something of it."""
    blocks = {name for step in build.steps for name in step.blocks}
    first: dict[str, str] = {}  # the first layer of each set
    for layer in build.layers:
        if layer in build.table_layers:
            first.setdefault(build.tables[build.table_layers[layer]].set, layer)
    for one in spec.declarations:
        if not one.comment:
            continue
        if one.kind == "block" and one.name in blocks:
            yield out.Note(kind="block", name=one.name, comment=one.comment)
        elif one.kind == "embeddings" and one.name in first:
            yield out.Note(kind="embeddings", name=first[one.name], comment=one.comment)
        elif one.kind == "data":
            yield out.Note(kind="data", name="", comment=one.comment)
