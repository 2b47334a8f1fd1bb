"""Sampling without replacement in which the probability of each id to be in the sample is known exactly."""

from typing import Any

import keras
import numpy as np
from keras import ops


def log_uniform_probabilities(size: int) -> Any:
    """p(k) = (log(k + 2) - log(k + 1)) / log(size + 1) for k in [0, size): the log-uniform (Zipfian) law, which sums to 1."""
    return np.diff(np.log(np.arange(1, size + 2, dtype="float64"))) / np.log(size + 1.0)


def popularity_probabilities(counts: Any, power: float) -> Any:
    """p proportional to counts ** power (0.75 in word2vec [Mikolov et al. 2013]), 0 where the count is 0."""
    counts = np.asarray(counts, "float64")
    weights = np.where(counts > 0, counts, 0.0) ** power * (counts > 0)
    return weights / weights.sum()


def inclusion_of_draws(p: Any, draws: float) -> Any:
    """1 - (1 - p) ** draws: the probability of being drawn at least once in that many independent draws."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p < 1, -np.expm1(draws * np.log1p(-p)), 1.0)


def inclusion_probabilities(p: Any, n: int) -> Any:
    """The probability of each id to be among n distinct ids, float64, summing to n.

    It is 1 - (1 - p) ** t, where t is the number of independent draws that give n distinct ids on average; so t > n, and for
    equal p it is n / size. (With t = n, as is often seen, the probabilities sum to less than n: repeats are forgotten.)

    Raises:
        ValueError: n below 1, or more than ids with p > 0.
    """
    size = int(np.count_nonzero(p))
    if not 1 <= n <= size:
        raise ValueError(f"cannot draw {n} distinct ids from {size} candidates")
    if n == size:
        return (p > 0).astype("float64")
    # Newton's method: the sum is concave and rising in t, so from the left it never oversteps.
    t = float(n)
    for _ in range(200):
        left = (1.0 - p) ** t
        missing = n - np.sum(1.0 - left)
        if missing <= 1e-12 * n:
            break
        t += missing / -np.sum(left * np.log1p(-p))
    included = inclusion_of_draws(p, t)
    return np.minimum(included * (n / included.sum()), 1.0)


def draw_by_inclusion(cumulative: Any, n: int, seed: Any) -> Any:
    """n distinct positions, int32, with the probabilities whose running sum is `cumulative` (size,), float64, which ends at n.

    Lay the positions side by side on [0, n), each as long as its probability, and pick a point in each unit interval. A
    position that reaches over a border must not be picked on both sides: where the one side picked it, the other leaves it
    out, and else picks it with the probability that makes up for this [Deville 1998, "ordered systematic sampling"].
    So each probability holds exactly, and the cost is n log(size).

    Args:
        cumulative: tensor or variable.
        seed: a `keras.random.SeedGenerator` or an int.
    """
    units = ops.arange(n, dtype="float64")
    across = ops.searchsorted(cumulative, units)
    end = ops.take(cumulative, across)
    begin = ops.where(across > 0, ops.take(cumulative, ops.maximum(across - 1, 0)), 0.0)
    before, after = units - begin, end - units  # how far the position over each border reaches back, and on

    u = keras.random.uniform((n,), dtype="float64", seed=seed)
    share = ops.minimum(ops.divide_no_nan(after, 1 - before), 1.0)
    rest = 1 - after
    if_picked = after + u * rest
    inside = ops.divide_no_nan(u, share) * after
    outside = after + ops.divide_no_nan(u - share, 1 - share) * rest
    if_not = ops.where(u < share, inside, outside)

    # Whether an interval picks the position over its end may depend on the same of the interval before: it copies that or turns
    # it round. So look back to the last interval for which it does not matter, and count the turns since.
    reach = 1 - ops.concatenate([before[1:], ops.zeros((1,), "float64")])
    yes, no = if_picked >= reach, if_not >= reach
    start = ops.zeros((1,), "bool")
    settled = ops.concatenate([ops.logical_not(start), yes == no])
    turned = ops.cumsum(ops.cast(ops.concatenate([start, ops.logical_and(no, ops.logical_not(yes))]), "int32"))
    last = ops.take(ops.nonzero(settled)[0], ops.cumsum(ops.cast(settled, "int32")) - 1)
    odd = (turned - ops.take(turned, last)) % 2 == 1
    picked = ops.logical_xor(ops.take(ops.concatenate([start, yes]), last), odd)

    points = units + ops.where(picked[:-1], if_picked, if_not)
    positions = ops.cast(ops.searchsorted(cumulative, points, side="right"), "int32")
    return ops.minimum(positions, cumulative.shape[0] - 1)  # the sum may end a rounding below n
