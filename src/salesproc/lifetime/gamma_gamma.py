"""What is a purchase of this customer worth? The gamma-gamma model of spending, for purchases of a shop.

The value of a customer's purchases scatters around a mean of their own (a gamma distribution), and the means differ from customer to customer (another one). How
much somebody spends is taken to say nothing of how often they buy; `value_independence` looks whether that is so.
"""

import math
from collections import Counter
from collections.abc import Hashable
from typing import ClassVar, TypeAlias, TypeVar

import attrs

from salesproc.errors import FitError
from salesproc.lifetime._fit import Likelihood, ModelFit, Vector, at_edges, maximise
from salesproc.lifetime._special import digamma, trigamma
from salesproc.lifetime.estimates import FittedModel, parameter_words, positive
from salesproc.lifetime.purchase_history import CustomerHistory, PurchaseHistory, require_history

__all__ = ["GammaGamma", "fit_gamma_gamma"]

C = TypeVar("C", bound=Hashable)
_Pattern: TypeAlias = tuple[int, float, int]
"""Repeats, their mean value over that of all, and how many customers."""

_NAMES = ("p", "q", "v")
_STARTS: tuple[Vector, ...] = ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5), (1.0, 10.0, 9.0), (15.0, 2.0, 0.1))


@attrs.frozen(kw_only=True, repr=False)
class GammaGamma(FittedModel):
    """The gamma-gamma model: fitted by `fit_gamma_gamma`, or written down from a paper.

    Attributes:
        p: Shape of the distribution of the values of one customer; the higher, the more alike they are.
        q: Shape of the distribution over customers; the lower, the more customers differ.
        v: Its scale, in money.
        currency: Of *v*.
        left_out: Customers without a repeat purchase, or whose repeat purchases came to nothing: they say nothing of what one is worth.
        fit: How the parameters were found; None when they were written down.

    Source:
        P. S. Fader, B. G. S. Hardie and K. L. Lee, "RFM and CLV: using iso-value curves for customer base analysis", Journal of Marketing Research 42 (2005).

    >>> cdnow = GammaGamma(p=6.25, q=3.74, v=15.44, currency="USD")
    >>> round(cdnow.mean_value, 2)
    35.22
    """

    names: ClassVar[tuple[str, ...]] = _NAMES

    p: float = attrs.field(validator=positive)
    q: float = attrs.field(validator=positive)
    v: float = attrs.field(validator=positive)
    currency: str | None = None
    left_out: int = 0

    @property
    def mean_value(self) -> float | None:
        """What a purchase is worth on average over all customers, in units of the currency; None where q is at most 1.

        A few customers spend so much then that there is no mean.
        """
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def expected_value_of(self, customer: CustomerHistory) -> float | None:
        """What a purchase of this customer is worth on average, in units of the currency.

        A mean of what they spent and of what all spend, in which their own purchases weigh the more the more they are. Somebody who bought once is taken for
        average.

        Returns:
            The mean; None where there is none for want of purchases (q and all they bought too small), and for a customer whose amounts are not known.
        """
        if customer.repeats and customer.repeat_spend is None:
            return None
        spent = float(customer.repeat_spend or 0)
        shape = self.p * customer.repeats + self.q - 1
        return self.p * (self.v + spent) / shape if shape > 0 else None

    def __str__(self) -> str:
        money = "" if self.currency is None else f" {self.currency}"
        return parameter_words(self, {"v": money})


def fit_gamma_gamma(history: PurchaseHistory[C]) -> GammaGamma:
    """The gamma-gamma model under which the mean values of the repeat purchases are most likely.

    The first purchase is not in it, as in the papers. Twice the amounts give twice the *v* and the same *p* and *q*.

    Args:
        history: With amounts.

    Returns:
        The model with its fit; *v* in the currency of the history.

    Raises:
        FitError: The values do not determine the model: nobody has a repeat purchase that is worth something, or customers do not differ in what they spend, or
            nobody bought again more than once. The message says which.

    Source:
        As for `GammaGamma`. The published estimates for CDNOW are p 6.25, q 3.74, v 15.44 dollars.

    >>> from salesproc import Money
    >>> from salesproc.lifetime import history_from_summary
    >>> spent = [(4, 20), (9, 35), (1, 12), (3, 80), (1, 28), (6, 18), (2, 51), (5, 33), (1, 44), (2, 9)]
    >>> rows = [(name, x, x, 30, Money(mean, "EUR")) for name, (x, mean) in enumerate(spent)]
    >>> model = fit_gamma_gamma(history_from_summary(rows, unit="week"))
    >>> model.fit.customers, round(model.mean_value)
    (10, 33)
    """
    require_history(history)
    patterns, scale, left_out = _patterns(history)
    by_repeats = _totals(patterns)

    def objective(point: Vector) -> Likelihood:
        return _likelihood(patterns, by_repeats, *point)

    def missing(point: Vector) -> str:
        return _missing(patterns, point)

    best, agreed = maximise(objective, _STARTS, missing)
    customers = sum(n for _, _, n in patterns)
    fit = ModelFit(
        log_likelihood=best.value - customers * math.log(scale),
        customers=customers,
        patterns=len(patterns),
        covariance=best.covariance,
        starts=len(_STARTS),
        agreed=agreed,
        steps=best.steps,
        stopped=best.stopped,
    )
    p, q, v = best.point
    return GammaGamma(p=p, q=q, v=v * scale, currency=history.currency, left_out=left_out, fit=fit)


def _patterns(history: PurchaseHistory[C]) -> tuple[list[_Pattern], float, int]:
    """Repeats and mean values, the mean of the means, and how many customers have none.

    Raises:
        FitError: There is nothing to fit.
    """
    means = Counter((row.repeats, row.mean_value) for row in history.rows)
    known = {(x, mean): n for (x, mean), n in means.items() if mean}
    customers = sum(known.values())
    if not known:
        raise FitError(
            f"nobody of {len(history.rows):,} customers has a repeat purchase of known value above 0, so nothing says what one is worth; "
            f"observe them longer, or give amounts"
        )
    middle = sum(mean * n for (_, mean), n in known.items()) / customers
    patterns = sorted((x, float(mean / middle), n) for (x, mean), n in known.items())
    return patterns, float(middle), len(history.rows) - customers


def _totals(patterns: list[_Pattern]) -> list[tuple[int, int, float]]:
    """By a number of repeats: how many customers, and the sum of the logarithms of their mean values."""
    customers, logs = Counter[int](), dict[int, list[float]]()
    for x, mean, n in patterns:
        customers[x] += n
        logs.setdefault(x, []).append(n * math.log(mean))
    return [(x, customers[x], math.fsum(logs[x])) for x in sorted(customers)]


def _likelihood(
    patterns: list[_Pattern], totals: list[tuple[int, int, float]], p: float, q: float, v: float
) -> Likelihood:
    """The logarithm of the likelihood with its derivatives: gamma functions per number of repeats, one logarithm per customer."""
    value = by_p = by_q = pp = pq = qq = 0.0
    customers, log_gamma_q, psi_q, psi_1_q = 0, math.lgamma(q), digamma(q), trigamma(q)
    for x, n, logs in totals:
        own, both, log_x = p * x, p * x + q, math.log(x)
        psi_both, psi_1_both = digamma(both), trigamma(both)
        customers += n
        value += n * (math.lgamma(both) - math.lgamma(own) - log_gamma_q + own * log_x) + (own - 1) * logs
        by_p += n * x * (psi_both - digamma(own) + log_x) + x * logs
        by_q += n * (psi_both - psi_q)
        pp += n * x * x * (psi_1_both - trigamma(own))
        pq += n * x * psi_1_both
        qq += n * (psi_1_both - psi_1_q)
    value += customers * q * math.log(v)
    by_q += customers * math.log(v)
    by_v, pv, qv, vv = customers * q / v, 0.0, customers / v, -customers * q / (v * v)
    for x, mean, n in patterns:
        spent = x * mean + v
        log_spent, share, power = n * math.log(spent), n / spent, p * x + q
        value -= power * log_spent
        by_p -= x * log_spent
        by_q -= log_spent
        by_v -= power * share
        pv -= x * share
        qv -= share
        vv += power * share / spent
    return Likelihood(value, (by_p, by_q, by_v), ((pp, pq, pv), (pq, qq, qv), (pv, qv, vv)))


def _missing(patterns: list[_Pattern], point: Vector) -> str:
    edges = at_edges(_NAMES, point)
    if len({mean for _, mean, _ in patterns}) == 1:
        why = "everybody spends the same; one mean for all says as much"
    elif edges.get("q") == "high" or edges.get("v") == "high":
        why = "customers do not differ in what they spend more than their single purchases do; one mean for all says as much"
    else:
        why = "means of many purchases scatter as widely as means of few, as if a customer always spent the same; what is missing are customers with many repeat purchases"
    customers = sum(n for _, _, n in patterns)
    return f"the likelihood of the gamma-gamma model has no finite maximum on these {customers:,} customers: {why}"
