"""The family of losses that tell a row's positive from others."""

from __future__ import annotations

from typing import Any, ClassVar

from specc.diagnostics import Note
from specc.registry.arg_types import Bool, ComponentOf, Float, ListOf, Target
from specc.registry.building import Config, Object
from specc.registry.columns import Column
from specc.registry.component import Arg, BoundArguments
from specc.registry.loss import Loss, LossContext, LossInputs, Retrieval
from specc.registry.sampler import Pool
from specc.registry.values import ErrorValue, Vector

ZERO = ("zeros", dict[str, Any]())  # what biases are at first


class Ranking(Loss):
    """A loss over candidates, by their scores: dot products with the query, and a bias each where they have one.

    `full` is the layer that compares a row's positive with all others, `pooled` the one that compares it with a pool of
    negatives; a loss without `full` needs `negatives`. Where candidates need not be given, a loss without them is what its
    other family says.
    """

    full: ClassVar[str] = ""
    pooled: ClassVar[str] = ""
    candidates = Arg(Target(), doc="a column, or a tower over the columns of the candidates")
    negatives = Arg(
        ListOf(ComponentOf("samplers", "a sampler"), least=1, most=16), None, "what the pool is made of", named=True
    )
    temperature = Arg(Float(0, open_low=True), 1.0, "what scores are divided by: below 1 is sharper", named=True)
    bias = Arg(Bool(), False, "whether each candidate has a bias, which its score is raised by", named=True)

    def infer(self, a: BoundArguments, ctx: LossContext) -> LossInputs | None:
        """A query of the candidates' width, and a pool that can be drawn."""
        if a.candidates is None:
            return None if self._without_candidates(a, ctx) else super().infer(a, ctx)
        if ctx.piped is None:
            help = [f"write `loss {ctx.name} = query -> {self.name}(...)`"]
            message, place = f"`{self.name}` needs a query", ctx.span
            if not self.args["candidates"].required:
                message, place = f"`{self.name}` needs a query where candidates are named", a.at("candidates")
                help.append("its other arguments are given by name: `weight=0.5`")
            ctx.error("REC506", place, message, "nothing is piped into it", help=help)
            return None
        ctx.own_name()
        query, target = ctx.query(), ctx.value(a.candidates)
        if isinstance(query, ErrorValue) or isinstance(target, ErrorValue):
            return None
        vector = ctx.tensor(query)
        if isinstance(vector, ErrorValue):
            return None
        found = ctx.candidates(target, a.at("candidates"))
        if found is None:
            return None
        if not isinstance(vector, Vector):
            ctx.error("REC520", ctx.piped, f"the query of `{self.name}` is a vector", f"this is {vector}")
            return None
        if not _fits(vector, found.vector, ctx) or not self.pools(a, found.column, ctx):
            return None
        if a.label is not None:
            ctx.error("REC522", a.at("label"), f"the label of `{self.name}` is the row's candidate", "not another one")
            return None
        objective = LossInputs(vector.node, "Vector")
        objective.retrieval = Retrieval(found, vector.node, a, ZERO if a.bias else None)
        return objective

    def _without_candidates(self, a: BoundArguments, ctx: LossContext) -> bool:
        """Whether something is said of candidates where none are named; it is reported."""
        said = [name for name in self.args if name not in Loss.args and a.given(name)]
        for name in said:
            message = f"`{name}` is for candidates, and `{self.name}` without any compares a prediction with a label"
            ctx.error("REC530", a.at(name), message, help=f"name them first: `query -> {self.name}(movie_id, {name}=...)`")
        return bool(said)

    def pools(self, a: BoundArguments, column: Column, ctx: LossContext) -> bool:
        """Whether the samplers can make a pool of the column's ids."""
        if a.negatives is None:
            if not self.full:
                message, help = f"`{self.name}` compares with some candidates, not with all", "add `negatives=uniform(100)`"
                ctx.error("REC531", ctx.span, message, "no negatives are said", help=help)
            return bool(self.full)
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

    def own(self, a: BoundArguments) -> dict[str, Any]:
        """Without what the candidates and their pool hold."""
        held = ("candidates", "negatives", "bias")
        return {} if a.candidates is None else {k: v for k, v in super().own(a).items() if k not in held}

    def lower(self, a: Config, of: Pool | str) -> Object:
        """A layer that gives the loss of each row, from the query and the row's positive."""
        own = {name: value for name, value in a.values.items() if name not in Ranking.args}
        if not isinstance(of, Pool):
            return super().lower(Config(own), of)
        temperature = None if a.temperature == 1.0 else a.temperature
        given = {"candidates": of.candidates, "low": of.low, "high": of.high, "temperature": temperature}
        if not (of.samplers or of.in_batch):
            return Object(self.full, **given, ids=of.ids, **own)
        return Object(self.pooled, **given, in_batch=of.in_batch or None, samplers=of.samplers or None, **own)


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
