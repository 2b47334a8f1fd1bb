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
    shares = (counts / counts.max(initial=1.0)) ** power * (counts > 0)
    return shares / (shares.sum() or 1.0)


def draw_rates(p: Any) -> Any:
    """-log(1 - p), float64, exact for tiny p and for p that rounds to 1, where 1 - p is the sum of all others."""
    rates = -np.log1p(-np.minimum(p, 0.5))
    most = np.argmax(p)
    if p[most] > 0.5:
        with np.errstate(divide="ignore"):  # of one id alone the rate is infinite
            rates[most] = -np.log(np.delete(p, most).sum() / p.sum())
    return rates


def inclusion_of_draws(p: Any, draws: float) -> Any:
    """1 - (1 - p) ** draws: the probability of being drawn at least once in that many independent draws."""
    return -np.expm1(-draws * draw_rates(p))


def inclusion_probabilities(p: Any, n: int) -> Any:
    """The probability of each id to be among n distinct ids, float64, summing to n.

    It is 1 - (1 - p) ** t, where t is the number of independent draws that give n distinct ids on average; so t > n, and for
    equal p it is n / size. (With t = n, as is often seen, the probabilities sum to less than n: repeats are forgotten.)

    Raises:
        ValueError: n below 1, or more than ids with p > 0.
    """
    p = np.asarray(p, "float64")
    size = int(np.count_nonzero(p))
    if not 1 <= n <= size:
        raise ValueError(f"cannot draw {n} distinct ids from {size} candidates")
    return (p > 0).astype("float64") if n == size else inclusion_of_draws(p, draws_of_distinct(draw_rates(p), n))


def draws_of_distinct(rates: Any, n: int) -> float:
    """The t for which the sum of 1 - exp(-rates t) is n, which is less than the number of rates above 0.

    At t the n most likely ids are missing as often as all others are drawn. Both are sums of what is above 0, so that their
    logarithms are exact however small they are, and they meet at one log t: Newton's method finds it, and halves the range
    where it would leave it or does not come nearer.
    """
    ordered = np.partition(rates, len(rates) - n)
    others, likely = ordered[:-n], ordered[-n:]
    # For t = n / sum(rates) the sum is at most n; where n + 1 ids are drawn with n / (n + 1) each, it is at least n.
    low, high = np.log(n / rates.sum()) - 1, np.log(np.log(n + 1) / others.max()) + 1
    place, last = low, high - low
    for _ in range(500):
        drawn, missed = others * np.exp(place), likely * np.exp(place)
        gone = np.exp(-missed)
        above, below = -np.expm1(-drawn).sum(), gone.sum()
        step = np.inf
        if below > 0:
            gap = np.log(above / below)
            step = gap / ((drawn * np.exp(-drawn)).sum() / above + (missed * gone).sum() / below)
        low, high = (place, high) if step < 0 else (low, place)
        newton = abs(step) <= last / 2 and low <= place - step <= high
        after = place - step if newton else (low + high) / 2
        place, last = after, abs(after - place)
        if last <= 1e-15 * max(1.0, abs(place)):
            break
    return float(np.exp(place))


def running_sum(included: Any, n: int) -> Any:
    """The sums up to each position, float64, which end at n exactly."""
    sums = np.cumsum(included)
    return sums / sums[-1] * n


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
    points = ops.minimum(points, (units + 1) * (1 - 2**-53))  # the number before the next unit, to which a sum may round up
    positions = ops.cast(ops.searchsorted(cumulative, points, side="right"), "int32")
    return ops.minimum(positions, cumulative.shape[0] - 1)  # there are no sums yet where weights come later
