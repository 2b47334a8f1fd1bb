"""`bce`: binary cross-entropy, of a prediction or over candidates."""

from __future__ import annotations

from specc.registry.arg_types import Target
from specc.registry.building import Config, Object
from specc.registry.component import Arg
from specc.registry.loss import Pointwise
from specc.registry.ranking import Ranking
from specc.registry.sampler import Pool


class Bce(Ranking, Pointwise):
    """`-(y log p + (1 - y) log(1 - p))` for a condition y and a logit or a probability p; of a logit it is computed without
    rounding p.

    Over candidates it is `-log sigmoid(s / T)` less the mean of `log(1 - sigmoid(s' / T))` over the negatives, where s is the
    score of the row's positive and s' that of a negative: with one negative a row that of SASRec (Kang & McAuley 2018).
    Scores and negatives are those of `bpr`.

    Example: `loss income = bce(weight=0.5)`
    """

    target = "keras.losses.BinaryCrossentropy"
    pooled = "specc.runtime.layers.pooled_binary_crossentropy.PooledBinaryCrossentropy"
    predicts = ("Logit", "Prob")
    labels = ("bool",)
    candidates = Arg(Target(), None, "a column, or a tower over the columns of the candidates; none: a label is predicted")

    def lower(self, a: Config, of: Pool | str) -> Object:
        """Keras' loss of a prediction has to know a logit."""
        made = super().lower(a, of)
        if of == "Logit":
            made.config = {"from_logits": True, **made.config}
        return made
