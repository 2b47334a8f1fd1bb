"""`softmax`: which candidate it was."""

from __future__ import annotations

from specc.registry.ranking import Ranking


class Softmax(Ranking):
    """`-log softmax(s / T)` at the row's candidate, where s are the dot products of the query with the candidates' vectors.

    The candidates are those of a column (its table's rows) or of a tower over an entity's columns. Without `negatives` the
    softmax runs over all of them. With `negatives` it runs over the row's own candidate and a pool: the batch's candidates
    (`in_batch`) and what the samplers draw; where the pool holds the row's own candidate it is masked. `logq=true`
    subtracts log E from every logit, E being the expected count of the candidate in the pool over all samplers together
    (Bengio & Senecal 2008; Yi et al. 2019).

    Example: `loss watch = query -> softmax(movie_id, negatives=[in_batch, log_uniform(100)], logq=true, temperature=0.05)`
    """
