"""`mixture`: a softmax gate over a list."""

from __future__ import annotations

from specc.registry.arg_types import AnyValue, Block, Bool, Float
from specc.registry.building import Build, Lowered, Node
from specc.registry.component import Arg, BoundArguments
from specc.registry.op import Op, OpContext
from specc.registry.values import ErrorValue, Record, Value


class Mixture(Op):
    """`sum_e softmax(h W / T)_e * x_e` over the list's values x_e, without a bias; h is `by`, through the gate block if
    there is one (Jacobs et al. 1991; Ma et al., KDD 2018). A kernel of zeros gives the mean of the experts. Over a single
    value the weight is 1 whatever the gate reads: the result is that value, and no gate is made.

    Inside a level, `by` is what the gate's own name gave in the level before; `by=input` is the first input of the topology.

    Example: `gate income = [income, shared] -> mixture(mlp(16), temperature=0.5)`
    """

    gate = Arg(Block(), None, "`by` goes through this first")
    temperature = Arg(Float(0, open_low=True), 1.0, "above 1 is more even", named=True)
    by = Arg(AnyValue(), None, "what the gate reads", named=True)
    gate_metrics = Arg(Bool(), False, "report the mean weights", named=True)

    def infer(self, x: Value, a: BoundArguments, ctx: OpContext) -> Value:
        """Form and width of the list's values."""
        experts = ctx.tensors(x)
        if experts is None:
            return ErrorValue("", ctx.span)
        dim = ctx.same_width(experts)
        if dim is None or not ctx.same_axis(experts):
            return ErrorValue("", ctx.span)
        by = a.by if a.by is not None else ctx.gate_input
        if by is None and ctx.first_input is not None:
            help = "name the gate like what it reads, or write that: `mixture(by=...)`"
            return ctx.error(
                "REC134", ctx.span, "a gate reads what has its name, and nothing has", "what it reads is open", help=help
            )
        if by is None:
            help = "write `mixture(by=x)`: the gate reads `x`"
            return ctx.error("REC304", ctx.span, "`mixture` needs `by=` here", "outside of a level", help=help)
        if isinstance(by, Record):
            names = ", ".join(f"`{name}`" for name in by.fields)
            help = f"say which, such as `by=input.{next(iter(by.fields))}`"
            return ctx.error(
                "REC202", a.at("by"), f"a gate reads one value, and this is a record of {names}", "which one is open", help=help
            )
        hidden = ctx.tensor(ctx.run(a.gate, by, "gate") if a.gate is not None else by, flat=True)
        if isinstance(hidden, ErrorValue):
            return hidden
        if any(type(e) is not type(experts[0]) for e in experts):
            return ctx.error("REC209", ctx.span, "`mixture` needs values of one form", f"got {experts[0]} and others")
        config = {"experts": len(experts), "temperature": a.temperature, "report": bool(a.gate_metrics)}
        inputs = {"xs": experts, "by": hidden} if len(experts) > 1 else {"xs": experts}
        return ctx.make(experts[0], dim, inputs, config)

    def lower(self, node: Node, build: Build) -> Lowered:
        """A gate's logits, their softmax, and the weighted sum; of a single expert, itself."""
        if node.experts == 1:
            return self._single(node, build)
        logits = build.layer("keras.layers.Dense", node.inputs["by"].name, result="logits", units=node.experts, use_bias=False)
        if node.temperature != 1.0:
            logits = build.op("keras.ops.divide", logits, node.temperature, suffix="tempered")
        weights = build.op("keras.ops.softmax", logits, suffix="weights", axis=-1)
        if node.report:
            build.report(weights)
        mixed = "specc.runtime.layers.mixing.WeightedSum"
        y = build.layer(mixed, [x.name for x in node.xs], weights, suffix="sum", last=True)
        return Lowered(y, node.xs[0].mask)

    def _single(self, node: Node, build: Build) -> Lowered:
        (expert,) = node.xs
        if node.report:
            row = expert.name
            if len(node.shape) == 2:
                row = build.op("keras.ops.max", row, suffix="longest", axis=1)
            one = build.op("keras.ops.max", row, suffix="widest", axis=-1, keepdims=True)
            build.report(build.op("keras.ops.ones_like", one, suffix="weights"))
        return expert
