"""The family of losses that tell a row's own candidate from others."""

from __future__ import annotations

from specc.diagnostics import Note
from specc.registry.columns import Column
from specc.registry.loss import Loss, LossContext, Objective, Retrieval
from specc.registry.values import Poison, Vector
from specc.registry.word import Arg, Bool, Bound, ComponentOf, Float, ListOf, Target


class Ranking(Loss):
    """A loss over candidates. Where they need not be given, a loss without them is what its other family says."""

    candidates = Arg(Target(), doc="a column, or a tower over the columns of the candidates")
    negatives = Arg(
        ListOf(ComponentOf("samplers", "a sampler"), least=1, most=16), None, "what the pool is made of", named=True
    )
    logq = Arg(Bool(), False, "correct for how often a candidate is in the pool", named=True)
    temperature = Arg(Float(0, open_low=True), 1.0, "below 1 is sharper", named=True)

    def infer(self, a: Bound, ctx: LossContext) -> Objective | None:
        """A query of the candidates' width, and a pool that can be drawn."""
        if a.candidates is None:
            return super().infer(a, ctx)
        if ctx.piped is None:
            help = f"write `loss {ctx.name} = query -> {self.name}(...)`"
            ctx.error("REC506", ctx.span, f"`{self.name}` needs a query", "nothing is piped into it", help=help)
            return None
        ctx.own_name()
        query, target = ctx.query(), ctx.value(a.candidates)
        if isinstance(query, Poison) or isinstance(target, Poison):
            return None
        vector = ctx.tensor(query)
        if isinstance(vector, Poison):
            return None
        found = ctx.candidates(target, a.at("candidates"))
        if found is None:
            return None
        if not isinstance(vector, Vector):
            ctx.error("REC520", ctx.piped, f"the query of `{self.name}` is a vector", f"this is {vector}")
            return None
        if not _fits(vector, found.vector, ctx) or not self._pool(a, found.column, ctx):
            return None
        if a.label is not None:
            ctx.error("REC522", a.at("label"), f"the label of `{self.name}` is the row's candidate", "not another one")
            return None
        objective = Objective(vector.node, "Vector")
        objective.retrieval = Retrieval(found, vector.node, a)
        return objective

    def _pool(self, a: Bound, column: Column, ctx: LossContext) -> bool:
        """Whether the samplers can make a pool of the column's ids."""
        if a.negatives is None:
            if a.logq:
                message, label = "`logq` corrects sampled negatives", f"there are none: this {self.name} is full"
                ctx.error("REC528", a.at("logq"), message, label, help="add `negatives=...`")
            return not a.logq
        vocabulary = column.vocabulary
        assert vocabulary is not None
        names = [sampler.name for sampler, _ in a.negatives]
        for sampler, _ in a.negatives:
            if sampler.once and names.count(sampler.name) > 1:
                ctx.error("REC303", a.at("negatives"), f"`{sampler.name}` is given twice", sampler.once)
                return False
        for sampler, args in a.negatives if vocabulary.size is not None else ():
            room = sampler.drawable(args, vocabulary.first, vocabulary.size)
            if room is not None and args.n > room:
                message = f"`{sampler.name}` cannot draw {args.n} distinct candidates"
                notes = [Note(vocabulary.span, "encoded here")]
                ctx.error("REC529", args.at("n"), message, f"`{column.name}` has {max(room, 0)}", notes=notes)
                return False
        return True


def _fits(query: Vector, candidate: Vector, ctx: LossContext) -> bool:
    if query.dim == candidate.dim:
        return True
    notes = [
        Note(query.dim.span, f"the query has width {query.dim} because of {query.dim.why}"),
        Note(candidate.dim.span, f"the candidates have width {candidate.dim} because of {candidate.dim.why}"),
    ]
    help = f"end the query with a layer of width {candidate.dim}, or give the candidates width {query.dim}"
    message, label = "the query and its candidates need one width", f"got {query.dim} and {candidate.dim}"
    ctx.error("REC521", ctx.span, message, label, notes=notes, help=help)
    return False
