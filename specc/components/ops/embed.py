"""`embed`: columns become vectors."""

from __future__ import annotations

from specc.registry.arg_types import Choice, EmbeddingSet
from specc.registry.building import Build, Lowered, Node
from specc.registry.common import COMBINERS
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Feature, ListValue, Tensor, Value


class Embed(Op):
    """Each column as vectors: a category looks up its row of a table, a number becomes a vector of width 1, a ready vector
    itself.

    A bag is pooled (by the mean unless said otherwise), a sequence kept, unless `combiner` is given. An empty bag or
    sequence pools to zeros. A table belongs to a vocabulary and a set of `embeddings`, and is shared by all who look up in
    it.

    Example: `tower deep = @deep -> embed(combiner=mean) -> concat`
    """

    set = Arg(EmbeddingSet(), None, "the set of tables; the unnamed one by default")
    combiner = Arg(Choice(*COMBINERS), None, "how bags and sequences are pooled", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Vectors, and sequences where no combiner is given: a list for a list."""
        items = x.items if isinstance(x, ListValue) else [x]
        out: list[Value] = []
        for item in items:
            if isinstance(item, Feature):
                out.append(ctx.embed(item, a.set, a.combiner))
            elif isinstance(item, Tensor):
                return ctx.error(
                    "REC220", ctx.span, f"`embed` reads columns, and `{item.name}` is {item}", "embedded already, or computed"
                )
            else:
                return (
                    item
                    if isinstance(item, ErrorValue)
                    else ctx.error("REC220", ctx.span, "`embed` reads columns", f"got {item}")
                )
        if any(isinstance(item, ErrorValue) for item in out):
            return ErrorValue("", ctx.span)
        return out[0] if len(out) == 1 and not isinstance(x, ListValue) else ListValue(x.name, x.span, out)

    def lower(self, node: Node, build: Build) -> Lowered:
        """A lookup, which pools by itself what it can, or a pooling behind it."""
        x = node.x
        table = node.config.get("table")
        combiner = node.config.get("combiner")
        if table is not None and combiner in ("mean", "sum", "sqrtn"):
            return Lowered(build.lookup(table, x.name, combiner=combiner))
        if table is not None:
            values = build.lookup(table, x.name)
        elif x.mask is not None:
            values = build.op("keras.ops.expand_dims", x.name, suffix="numbers", axis=-1)
        else:
            values = build.number(x.name)
        if combiner is None:
            if table is None and x.mask is not None:  # padding of numbers is NaN, and NaN times a gradient of 0 is NaN
                values = build.layer("specc.runtime.layers.sequences.FillPadding", values, x.mask)
            return Lowered(values, x.mask, (table, x.name) if table is not None and x.mask is not None else None)
        target = {"mean": "MaskedMean", "sum": "MaskedSum", "max": "MaskedMax", "sqrtn": "MaskedSqrtN"}[combiner]
        return Lowered(build.layer(f"specc.runtime.layers.sequences.{target}", values, x.mask))
