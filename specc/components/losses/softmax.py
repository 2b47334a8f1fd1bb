"""`softmax`: which candidate it was."""

from __future__ import annotations

from specc.registry.loss import Loss
from specc.registry.word import Arg, Bool, ComponentOf, Float, ListOf, Target


class Softmax(Loss):
    """`-log softmax(s / T)` at the row's candidate, where s are the dot products of the query with the candidates' vectors.

    The candidates are those of a column (its table's rows) or of a tower over an entity's columns. Without `negatives` the
    softmax runs over all of them. With `negatives` it runs over the row's own candidate and a pool: the batch's candidates
    (`in_batch`) and what the samplers draw; where the pool holds the row's own candidate it is masked. `logq=true`
    subtracts log E from every logit, E being the expected count of the candidate in the pool over all samplers together
    (Bengio & Senecal 2008; Yi et al. 2019).

    Example: `loss watch = query -> softmax(movie_id, negatives=[in_batch, log_uniform(100)], logq=true, temperature=0.05)`
    """

    retrieval = True
    candidates = Arg(Target(), doc="a column, or a tower over the columns of the candidates")
    negatives = Arg(
        ListOf(ComponentOf("samplers", "a sampler"), least=1, most=16), None, "what the pool is made of", named=True
    )
    logq = Arg(Bool(), False, "correct for how often a candidate is in the pool", named=True)
    temperature = Arg(Float(0, open_low=True), 1.0, "below 1 is sharper", named=True)
