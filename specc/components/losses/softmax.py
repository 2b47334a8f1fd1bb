"""`softmax`: which candidate it was."""

from __future__ import annotations

from specc.registry.arg_types import Bool
from specc.registry.building import Config, Object
from specc.registry.columns import Column
from specc.registry.component import Arg, BoundArguments
from specc.registry.loss import LossContext
from specc.registry.ranking import Ranking
from specc.registry.sampler import Pool


class Softmax(Ranking):
    """`-log softmax(s / T)` at the row's candidate, where s are the dot products of the query with the candidates' vectors,
    each plus the candidate's bias with `bias=true`.

    The candidates are those of a column (its table's rows) or of a tower over an entity's columns. Without `negatives` the
    softmax runs over all of them. With `negatives` it runs over the row's positive and a pool: the batch's candidates
    (`in_batch`) and what the samplers draw; where the pool holds the row's positive it is masked. `logq=true`
    subtracts log E from every logit, E being the expected count of the candidate in the pool over all samplers together
    (Bengio & Senecal 2008; Yi et al. 2019).

    Example: `loss watch = query -> softmax(movie_id, negatives=[in_batch, log_uniform(100)], logq=true, temperature=0.05)`
    """

    full = "specc.runtime.layers.softmax.FullSoftmax"
    pooled = "specc.runtime.layers.softmax.SampledSoftmax"
    logq = Arg(Bool(), False, "correct for how often a candidate is in the pool", named=True)

    def pools(self, a: BoundArguments, column: Column, ctx: LossContext) -> bool:
        """`logq` corrects what is sampled."""
        if a.negatives is None and a.logq:
            message, label = "`logq` corrects sampled negatives", f"there are none: this {self.name} is full"
            ctx.error("REC528", a.at("logq"), message, label, help="add `negatives=...`")
            return False
        return super().pools(a, column, ctx)

    def lower(self, a: Config, of: Pool | str) -> Object:
        """In a batch, candidates are there as often as they are some row's own."""
        made = super().lower(Config({**a.values, "logq": a.logq or None}), of)
        if a.logq and isinstance(of, Pool) and of.in_batch:
            made.config["counts"] = of.counts
        return made
