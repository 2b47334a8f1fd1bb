"""What losses over candidates ask of their rows and of the candidates' network."""

from typing import Any

from keras import ops


def counting_rows(positives: Any, weights: Any, low: int, high: int) -> Any:
    """Which rows have a loss, bool (batch,): the positive is one of [low, high), and the weight, if there are any, is not 0."""
    valid = ops.logical_and(positives >= low, positives < high)
    if weights is None:
        return valid
    return ops.logical_and(valid, ops.reshape(weights, (-1,)) != 0)


def check_candidates(candidates: Any, query_shape: Any) -> None:
    """Builds `candidates`, and raises `ValueError` unless its vectors are as wide as the query's."""
    if not candidates.built:
        candidates.build((None,))
    width = candidates.compute_output_shape((None,))[-1]
    if width != query_shape[-1]:
        raise ValueError(f"the query has width {query_shape[-1]}, but candidates have {width}")
