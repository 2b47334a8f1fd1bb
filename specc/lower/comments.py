"""The comments of a spec, where the program holds something of what they are about."""

from __future__ import annotations

from collections.abc import Iterator

from specc.ir import program as out
from specc.ir.spec import Spec
from specc.lower.builder import Builder


def sections(spec: Spec, program: out.Program) -> list[out.Section]:
    """The declarations that the steps of a program come from, in their order."""
    declared = {d.name: d for d in spec.declarations if d.kind in ("tower", "experts", "head")}
    names = list(dict.fromkeys(call.section for call in program.calls))
    return [
        out.Section(name=name, kind=declared[name].kind, comment=declared[name].comment)
        if name in declared
        else out.Section(name=name, kind="")
        for name in names
    ]


def notes(spec: Spec, build: Builder, program: out.Program) -> Iterator[out.DeclarationComment]:
    """A note for each comment above a block, a set of embeddings or the data, where the program holds something of it."""
    blocks = {name for call in program.calls for name in call.blocks}
    first: dict[str | None, str] = {}  # the first layer of each set
    for layer in program.layers:
        if layer.name in build.table_layers:
            first.setdefault(build.tables[build.table_layers[layer.name]].set, layer.name)
    for one in spec.declarations:
        if not one.comment:
            continue
        if one.kind == "block" and one.name in blocks:
            yield out.DeclarationComment(kind="block", name=one.name, comment=one.comment)
        elif one.kind == "embeddings" and one.name in first:
            yield out.DeclarationComment(kind="embeddings", name=first[one.name], comment=one.comment)
        elif one.kind == "data":
            yield out.DeclarationComment(kind="data", name="", comment=one.comment)
