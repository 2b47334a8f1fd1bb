"""The baseline that a retrieval model has to beat."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from specc.runtime.training.measures import Measure
from specc.runtime.training.ranking import Ranked, ranking_metrics


def popularity(
    frame: pl.DataFrame, inputs: Mapping[str, Any], measures: Mapping[str, Measure], ranked: Mapping[str, Ranked]
) -> dict[str, float]:
    """The ranking metrics of candidates ranked by their counts in the training rows: the same rows, rules and ties.

    Arguments as of `evaluate`; metrics of heads have no such baseline and are left out.
    """
    vectors = {
        name: (np.ones((frame.height, 1)), each.counts[each.ids].astype("float64")[:, None]) for name, each in ranked.items()
    }
    return ranking_metrics(frame, inputs, measures, ranked, vectors)
