"""Is the difference more than chance: tests and intervals for two shares, and for two sets of durations."""

import math
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

from salesproc.rates import Interval, Rate


def newcombe(before: Rate, after: Rate, confidence: float) -> Interval | None:
    """Where the true difference of two shares, *after* minus *before*, plausibly lies.

    Returns:
        Both ends, -1 to 1; None when one of the shares is undefined.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1.

    Source:
        R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
        Statistics in Medicine 17 (1998), method 10: the Wilson intervals of both, put together.
    """
    here, there = before.interval(confidence), after.interval(confidence)
    if here is None or there is None:
        return None
    a, b = before.hits / before.trials, after.hits / after.trials
    return Interval(
        b - a - math.hypot(b - there.low, here.high - a), b - a + math.hypot(there.high - b, a - here.low)
    )


def fisher_exact(before: Rate, after: Rate) -> float:
    """How likely at least as unlikely a split of the hits is when both shares are the same.

    Both sides count: every split that is at most as likely as the one found. Decided on whole numbers, so that a split that is
    exactly as likely is never missed.

    Source:
        R. A. Fisher, "Statistical Methods for Research Workers", 5th edition (1934); two-sided by J. O. Irwin (1935).
    """
    hits, trials = before.hits + after.hits, before.trials + after.trials
    lowest = max(0, hits - after.trials)
    ways = math.comb(before.trials, lowest) * math.comb(after.trials, hits - lowest)
    all_ways = list[int]()
    for k in range(lowest, min(hits, before.trials) + 1):
        all_ways.append(ways)
        ways = ways * (before.trials - k) * (hits - k) // ((k + 1) * (after.trials - hits + k + 1))
    found = all_ways[before.hits - lowest]
    return sum(count for count in all_ways if count <= found) / math.comb(trials, hits)


def pooled_z(before: Rate, after: Rate) -> tuple[float, float]:
    """The difference of two shares in standard errors, and how likely one at least as large is when both are the same.

    Both must have trials. Where nobody or everybody hit, the difference is 0 and says nothing: z is 0 and the chance 1.
    """
    hits, trials = before.hits + after.hits, before.trials + after.trials
    cross = after.hits * before.trials - before.hits * after.trials
    if not cross:
        return 0.0, 1.0
    variance = hits * (trials - hits) * before.trials * after.trials
    z = math.copysign(math.sqrt(cross * cross * trials / variance), cross)
    return z, math.erfc(abs(z) / math.sqrt(2))


def smallest_expected(before: Rate, after: Rate) -> float:
    """The smallest of the four counts to expect when both shares are the same. Both must have trials."""
    hits, trials = before.hits + after.hits, before.trials + after.trials
    return min(hits, trials - hits) * min(before.trials, after.trials) / trials


class LogRank(NamedTuple):
    """What the test counts.

    Attributes:
        expected: How many of the second group should have converted if both were equally quick.
        variance: Of that number; 0 when there was nothing to compare.
        statistic: The square of observed minus expected over the variance; None when that is 0.
        p_value: How likely one at least as large is when both are equally quick; None as before.
    """

    expected: float
    variance: float
    statistic: float | None
    p_value: float | None


Ages = tuple[Mapping[int, int], Mapping[int, int], Mapping[int, int]]
"""Finished, lost and open: age -> how many."""


def log_rank(before: Ages, after: Ages) -> LogRank:
    """Whether two groups convert equally quickly, those in view compared at every age at which somebody converts.

    Source:
        N. Mantel, Cancer Chemotherapy Reports 50 (1966); R. Peto and J. Peto, JRSS A 135 (1972). The variance is the hypergeometric one.
    """
    here, there = _at_risk(before), _at_risk(after)
    expected, variance = list[float](), list[float]()
    n_here = n_there = 0
    for age in sorted({*here, *there}, reverse=True):
        n_here, n_there = here.get(age, n_here), there.get(age, n_there)
        ended, n = before[0].get(age, 0) + after[0].get(age, 0), n_here + n_there
        if ended:
            # Whole numbers divided once: each term is right to the last bit, and fsum keeps the sum so.
            expected.append(ended * n_there / n)
            variance.append(ended * n_here * n_there * (n - ended) / (n * n * max(n - 1, 1)))
    spread, wanted = math.fsum(variance), math.fsum(expected)
    if not spread:
        return LogRank(wanted, 0.0, None, None)
    statistic = (sum(after[0].values()) - wanted) ** 2 / spread
    return LogRank(wanted, spread, statistic, math.erfc(math.sqrt(statistic / 2)))


def _at_risk(ages: Ages) -> dict[int, int]:
    """Age -> how many were followed at least that long, at the group's own ages."""
    order = sorted({age for part in ages for age in part}, reverse=True)
    return dict(zip(order, accumulate(sum(part.get(age, 0) for part in ages) for age in order), strict=True))
