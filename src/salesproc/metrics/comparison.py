"""Has it changed? Two rates or two sets of durations, and whether the difference is more than chance."""

from datetime import timedelta
from typing import Literal, TypeAlias, get_args

import attrs

from salesproc import _text
from salesproc.metrics._statistics import fisher_exact, log_rank, newcombe, pooled_z, smallest_expected
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import Durations
from salesproc.rates import Interval, Rate, two_sided

__all__ = ["DurationChange", "RateChange", "RateTest", "duration_change", "rate_change"]

RateTest: TypeAlias = Literal["fisher", "pooled_z"]
"""How two rates are tested: exactly, or by the normal approximation with one common share."""

_FEW = 5
"""Below this expected count in one of the four cells the normal approximation is not used (W. G. Cochran, Biometrics 10, 1954)."""


@attrs.frozen(repr=False)
class RateChange:
    """Two rates side by side.

    Attributes:
        before: The earlier one, or that of the first group.
        after: The later one, or that of the second.
        confidence: How often the interval should cover the truth.
        interval: Where the true difference plausibly lies, -1 to 1; None when it is undefined.
        p_value: How likely a difference at least as large is when both true shares are the same; None when it is undefined.
        method: The test the p-value comes from; None when it is undefined.
    """

    before: Rate
    after: Rate
    confidence: float
    interval: Interval | None
    p_value: float | None
    method: RateTest | None

    @property
    def difference(self) -> float | None:
        """After minus before, -1 to 1, so 0.05 is five percentage points; None when one of the rates is undefined."""
        here, there = self.before.exact, self.after.exact
        return None if here is None or there is None else float(there - here)

    @property
    def undefined(self) -> str | None:
        """Why there is no difference; None when there is one."""
        reasons = [
            f"{name}: {rate.undefined}"
            for name, rate in (("before", self.before), ("after", self.after))
            if rate.undefined
        ]
        return "; ".join(reasons) or None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: both rates with their counts, the difference, its interval and the test."""
        low, high = self.interval or (None, None)
        return [
            {
                "before": self.before.value,
                "before_hits": self.before.hits,
                "before_trials": self.before.trials,
                "after": self.after.value,
                "after_hits": self.after.hits,
                "after_trials": self.after.trials,
                "difference": self.difference,
                "low": low,
                "high": high,
                "p_value": self.p_value,
                "method": self.method,
            }
        ]

    def __repr__(self) -> str:
        return f"<RateChange: {self}>"

    def __str__(self) -> str:
        if self.difference is None or self.interval is None or self.p_value is None:
            return f"{self.before} to {self.after}, difference {_text.ABSENT}"
        points = ", ".join(f"{100 * end:+.1f}" for end in self.interval)
        return (
            f"{self.before} to {self.after}, {100 * self.difference:+.1f} points ({points}), "
            f"p {self.p_value:.3g} ({self.method})"
        )

    def _repr_html_(self) -> str:
        [row] = self.to_rows()
        return _text.html_table("Change of a rate", list(row), [list(map(_cell, row.values()))])


def rate_change(
    before: Rate, after: Rate, *, confidence: float = 0.95, method: RateTest | None = None
) -> RateChange:
    """By how much a rate has changed, and whether that is more than chance.

    Args:
        before: The earlier rate, or that of the first group.
        after: The later one, or that of the second. Nobody is in both.
        confidence: How often the interval of the difference should cover the truth, between 0 and 1.
        method: The test: ``"fisher"``, exact, or ``"pooled_z"``, the normal approximation, which many cases need. Left out, it is
            Fisher's when one of the four counts to expect (hits and misses of both, if both shares were the same) is below 5.

    Returns:
        Difference, interval and p-value; all None, with the reason, when one of the rates has no trials. Interval and test are
        computed in different ways, so at the edge one may just exclude 0 while the other just does not.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1, or there is no such *method*.

    Source:
        Interval: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10. Choice of the test: W. G. Cochran, Biometrics 10 (1954).

    >>> rate_change(Rate(48, 80), Rate(56, 70))
    <RateChange: 60.0% (48 of 80) to 80.0% (56 of 70), +20.0 points (+5.2, +33.4), p 0.00805 (pooled_z)>
    """
    two_sided(confidence)
    if method is not None and method not in get_args(RateTest):
        raise ValueError(f"method must be one of {', '.join(map(repr, get_args(RateTest)))}, got {method!r}")
    interval = newcombe(before, after, confidence)
    if interval is None:
        return RateChange(before, after, confidence, None, None, None)
    few = smallest_expected(before, after) < _FEW
    used: RateTest = method or ("fisher" if few else "pooled_z")
    p_value = fisher_exact(before, after) if used == "fisher" else pooled_z(before, after)[1]
    return RateChange(before, after, confidence, interval, p_value, used)


@attrs.frozen(repr=False, hash=False)
class DurationChange:
    """Two sets of durations side by side.

    Attributes:
        before: The earlier one, or that of the first group.
        after: The later one, or that of the second.
        observed: How many converted after.
        expected: How many of these should have, if both were equally quick; more observed than expected is quicker.
        statistic: The chi-square of the log-rank test, one degree of freedom; None when it is undefined.
        p_value: How likely one at least as large is when both are equally quick; None when it is undefined.
    """

    before: Durations
    after: Durations
    observed: int
    expected: float
    statistic: float | None
    p_value: float | None

    @property
    def median_difference(self) -> timedelta | None:
        """The median after minus the median before; None when one of them is undefined."""
        here, there = self.before.median, self.after.median
        return None if here is None or there is None else there - here

    @property
    def undefined(self) -> str | None:
        """Why there is no test; None when there is one."""
        if self.statistic is not None:
            return None
        return "at no age did somebody convert while others of both groups were in view"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: both medians in days, their difference, and the test."""
        medians = {
            "before_median_days": self.before.median,
            "after_median_days": self.after.median,
            "difference_days": self.median_difference,
        }
        days: dict[str, Cell] = {
            name: None if time is None else time / timedelta(days=1) for name, time in medians.items()
        }
        return [
            {
                **days,
                "observed": self.observed,
                "expected": self.expected,
                "statistic": self.statistic,
                "p_value": self.p_value,
            }
        ]

    def __repr__(self) -> str:
        here, there = _text.duration(self.before.median), _text.duration(self.after.median)
        p_value = _text.ABSENT if self.p_value is None else f"{self.p_value:.3g}"
        return f"<DurationChange: median {here} to {there}, p {p_value} (log-rank)>"

    def _repr_html_(self) -> str:
        [row] = self.to_rows()
        return _text.html_table("Change of a duration", list(row), [list(map(_cell, row.values()))])


def duration_change(before: Durations, after: Durations) -> DurationChange:
    """Whether something takes longer or shorter than before, those still open included.

    At every age at which somebody converts, those of both groups who are in view at that age are compared. Who ended elsewhere leaves the
    view there, so with lost ones it compares the pace of those still in the running, not the share that converts in the end.

    Args:
        before: The earlier durations, or those of the first group.
        after: The later ones, or those of the second. Nobody is in both.

    Returns:
        The medians, and the log-rank test; None, with the reason, when nothing can be compared.

    Source:
        N. Mantel, Cancer Chemotherapy Reports 50 (1966); R. Peto and J. Peto, Journal of the Royal Statistical Society A 135 (1972).

    >>> from salesproc.metrics.durations import DurationCounts
    >>> def took(*days):
    ...     return Durations(DurationCounts(finished={day * 86_400_000_000: 1 for day in days}))
    >>> duration_change(took(10, 20, 30, 40), took(1, 2, 3, 4))
    <DurationChange: median 20.0 d to 2.0 d, p 0.00673 (log-rank)>
    """
    here, there = ((one.counts.finished, one.counts.lost, one.counts.open) for one in (before, after))
    test = log_rank(here, there)
    return DurationChange(before, after, after.finished, test.expected, test.statistic, test.p_value)


def _cell(value: Cell) -> str:
    if value is None:
        return _text.ABSENT
    return f"{value:.3g}" if isinstance(value, float) else str(value)
