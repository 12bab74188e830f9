"""Which BG/NBD model do these customers point to?"""

import math
from collections import Counter
from collections.abc import Hashable
from itertools import accumulate
from operator import add
from typing import TypeAlias, TypeVar

from salesproc._instants import MICROSECOND
from salesproc.errors import FitError
from salesproc.lifetime._fit import Likelihood, ModelFit, Vector, at_edges, maximise
from salesproc.lifetime._time import length_of
from salesproc.lifetime.bg_nbd import BgNbd
from salesproc.lifetime.purchase_history import PurchaseHistory, require_history

__all__ = ["fit_bg_nbd"]

C = TypeVar("C", bound=Hashable)
_Pattern: TypeAlias = tuple[int, float, float, int]
"""Repeats, age at the last one, age, and how many customers, with the mean age as the unit of time."""

_NAMES = ("r", "alpha", "a", "b")
_SHAPES: tuple[tuple[float, float, float], ...] = (
    (0.5, 1.0, 2.0),
    (0.3, 0.3, 1.0),
    (0.2, 2.0, 6.0),
    (2.0, 2.0, 2.0),
)
"""Starts: r, a and b; alpha follows from the pace of all purchases."""
_TOO_LARGE = 500.0  # an exponent whose power would be no float; long before it the other term is nothing


def fit_bg_nbd(history: PurchaseHistory[C]) -> BgNbd:
    """The BG/NBD model under which these histories are most likely.

    Equal histories are counted once, so the cost follows the number of different ones. The same customers give the same model, whatever the order
    of the orders, and in every unit of time.

    Args:
        history: Of customers who were all seen from their first purchase on. A list that begins in the middle of somebody's history makes old customers new.

    Returns:
        The model with its fit; *alpha* in the unit of the history. Look at ``undetermined`` before using it.

    Raises:
        FitError: The histories do not determine the model: there are no customers, nobody bought again, nobody or everybody seems to leave, or customers
            do not differ. The message says which.

    Source:
        As for `BgNbd`. The published estimates for CDNOW are r 0.243, alpha 4.414 weeks, a 0.793, b 2.426, log-likelihood -9582.4.

    >>> from salesproc.lifetime import history_from_summary
    >>> table = [
    ...     (2, 15, 33), (4, 2, 32), (1, 4, 38), (2, 6, 31), (0, 0, 36), (0, 0, 30),
    ...     (1, 1, 31), (1, 4, 28), (9, 37, 37), (0, 0, 34), (1, 30, 36), (4, 27, 33),
    ... ]
    >>> history = history_from_summary([(name, *row) for name, row in enumerate(table)], unit="week")
    >>> model = fit_bg_nbd(history)
    >>> model.fit.stopped, model.fit.customers
    ('converged', 12)
    >>> print(model.undetermined)
    these data hardly determine the model: one standard error moves a by a factor of 3.81, b by a factor of 5.6
    """
    require_history(history)
    patterns, scale = _patterns(history)
    repeats = sum(x * n for x, _, _, n in patterns)
    counts = Counter[int]()
    for x, _, _, n in patterns:
        counts[x] += n
    above = _above(counts)

    def objective(point: Vector) -> Likelihood:
        return _likelihood(patterns, above, point)

    def missing(point: Vector) -> str:
        return _missing(len(history.rows), point)

    pace = repeats / sum(age * n for _, _, age, n in patterns)
    starts = [(r, r / (2 * pace), a, b) for r, a, b in _SHAPES]
    best, agreed = maximise(objective, starts, missing)
    unit = scale * MICROSECOND / length_of(history.unit)
    r, alpha, a, b = best.point
    fit = ModelFit(
        log_likelihood=best.value - repeats * math.log(unit),
        customers=len(history.rows),
        patterns=len(patterns),
        covariance=best.covariance,
        starts=len(starts),
        agreed=agreed,
        steps=best.steps,
        stopped=best.stopped,
    )
    return BgNbd(r=r, alpha=alpha * unit, a=a, b=b, unit=history.unit, fit=fit)


def _patterns(history: PurchaseHistory[C]) -> tuple[list[_Pattern], float]:
    """The different histories, and the mean age in microseconds.

    Raises:
        FitError: There is nothing to fit.
    """
    if not history.rows:
        raise FitError("there are no customers, so there is nothing to fit")
    found = [
        (x, at_last // MICROSECOND, age // MICROSECOND, n)
        for (x, at_last, age), n in history.patterns().items()
    ]
    if not any(x and age for x, _, age, _ in found):
        raise FitError(
            f"nobody of {len(history.rows):,} customers bought again, so nothing says how often they buy or when they leave; "
            f"observe them longer, or look at orders from an earlier day on"
        )
    scale = sum(age * n for _, _, age, n in found) / len(history.rows)
    return [(x, at_last / scale, age / scale, n) for x, at_last, age, n in sorted(found)], scale


def _above(counts: Counter[int]) -> list[int]:
    """By a number of repeats, how many customers have more."""
    falling = accumulate(counts[x] for x in range(max(counts), 0, -1))
    return [*falling][::-1]


def _likelihood(patterns: list[_Pattern], above: list[int], point: Vector) -> Likelihood:
    """The logarithm of the likelihood with its derivatives, equation 6 of the paper.

    Gamma and beta functions stand there only as quotients whose arguments differ by whole numbers, so they are products, and over all customers sums over
    the number of repeats. What is left per pattern are two powers: never left, and left after the last purchase.
    """
    one, other = _of_repeats(above, point), _of_patterns(patterns, point)
    return Likelihood(
        one.value + other.value,
        _sum(one.gradient, other.gradient),
        tuple(map(_sum, one.curvature, other.curvature)),
    )


def _sum(one: Vector, other: Vector) -> Vector:
    return tuple(map(add, one, other))


def _of_repeats(above: list[int], point: Vector) -> Likelihood:
    """The part that depends on the number of repeats alone."""
    r, _, a, b = point
    value = g_r = g_a = g_b = rr = both = bb = 0.0
    for i, n in enumerate(above):
        of_r, of_b, of_both = 1 / (r + i), 1 / (b + i), 1 / (a + b + i)
        value += n * (math.log(r + i) + math.log(b + i) - math.log(a + b + i))
        g_r += n * of_r
        g_a -= n * of_both
        g_b += n * (of_b - of_both)
        rr -= n * of_r * of_r
        both += n * of_both * of_both
        bb -= n * of_b * of_b
    return Likelihood(
        value,
        (g_r, 0.0, g_a, g_b),
        ((rr, 0.0, 0.0, 0.0), (0.0,) * 4, (0.0, 0.0, both, both), (0.0, 0.0, both, both + bb)),
    )


def _of_patterns(patterns: list[_Pattern], point: Vector) -> Likelihood:
    """The part that depends on when, in a hot loop: two microseconds a pattern, all derivatives included."""
    r, alpha, a, b = point
    value = g_r = g_alpha = g_a = g_b = 0.0
    rr = r_alpha = alpha_2 = aa = ab = bb = ra = rb = alpha_a = alpha_b = 0.0
    of_a, log, log_alpha = 1 / a, math.log, math.log(alpha)
    for x, t_x, age, n in patterns:
        power, end = r + x, alpha + age
        of_end, rise = 1 / end, log(end)
        if not x:
            value -= n * power * rise
            g_r -= n * rise
            g_alpha -= n * power * of_end
            r_alpha -= n * of_end
            alpha_2 += n * power * of_end * of_end
            continue
        of_last, of_b = 1 / (alpha + t_x), 1 / (b + x - 1)
        fall = rise + log(of_last)
        odds = power * fall + log(a * of_b)
        if odds < _TOO_LARGE:
            ratio = math.exp(odds)
            left, more = ratio / (1 + ratio), math.log1p(ratio)
        else:
            left, more = 1.0, odds
        gone, both = n * left, n * left * (1 - left)
        stays, slope = n - gone, power * (of_end - of_last)
        value += n * (more - power * rise)
        g_r += gone * fall - n * rise
        g_alpha += gone * slope - n * power * of_end
        g_a += gone * of_a
        g_b -= gone * of_b
        rr += both * fall * fall
        r_alpha += both * fall * slope - stays * of_end - gone * of_last
        ra += both * fall * of_a
        rb -= both * fall * of_b
        alpha_2 += both * slope * slope + power * (stays * of_end * of_end + gone * of_last * of_last)
        alpha_a += both * slope * of_a
        alpha_b -= both * slope * of_b
        aa += (both - gone) * of_a * of_a
        ab -= both * of_a * of_b
        bb += (both + gone) * of_b * of_b
    customers = sum(n for _, _, _, n in patterns)
    value += customers * r * log_alpha
    gradient = g_r + customers * log_alpha, g_alpha + customers * r / alpha, g_a, g_b
    r_alpha += customers / alpha
    alpha_2 -= customers * r / (alpha * alpha)
    rows = (
        (rr, r_alpha, ra, rb),
        (r_alpha, alpha_2, alpha_a, alpha_b),
        (ra, alpha_a, aa, ab),
        (rb, alpha_b, ab, bb),
    )
    return Likelihood(value, gradient, rows)


def _missing(customers: int, point: Vector) -> str:
    edges = at_edges(_NAMES, point)
    a, b = edges.get("a"), edges.get("b")
    if edges.get("r") == "high":
        why = "customers do not differ in how often they buy more than chance makes them; what is missing are frequent and rare buyers"
    elif edges.get("r") == "low":
        why = "almost nobody bought again; what is missing are repeat purchases"
    elif (a, b) == ("high", "high"):
        why = "customers do not differ in their chance to leave; what is missing are some who stay and some who go"
    elif a == "low" or b == "high":
        why = "nobody seems to leave; what is missing are customers who bought often and then fell silent"
    else:
        why = "everybody seems to leave; what is missing are customers who went on buying to the end of the observation"
    return f"the likelihood of the BG/NBD model has no finite maximum on these {customers:,} customers: {why}"
