"""Is the quota reached, how long until a new rep sells in full, and how much can the team sell?"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeAlias, TypeVar

import attrs

from salesproc._instants import MICROSECOND
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, LogError
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, finish_durations
from salesproc.money import Money, total

__all__ = [
    "QuotaAttainment",
    "RampCounts",
    "RampTime",
    "RepMonth",
    "SalesRep",
    "finish_ramp_time",
    "quota_attainment",
    "ramp_curve",
    "ramp_time",
    "reduce_ramp_time",
    "sales_capacity",
]

R = TypeVar("R", bound=Hashable)

Share: TypeAlias = Decimal | Fraction | int
"""A share that is exact: 0 to 1, never percent."""


class RepMonth(NamedTuple):
    """How much of the quota one rep reached in one month of service.

    Attributes:
        rep: Who.
        month: Which month of service; the first is 1.
        attainment: The share of the full quota that was reached; may pass 1.
    """

    rep: str
    month: int
    attainment: Share


class SalesRep(NamedTuple):
    """What a rep is expected to bring.

    Attributes:
        quota: The full quota of the period.
        attainment: The share of the quota that reps like this one reach; may pass 1.
        ramp: The productivity of the rep in the period, 0 to 1; 1 when in full service.
    """

    quota: Money
    attainment: Decimal | int
    ramp: Decimal | int = 1


@attrs.frozen(repr=False)
class QuotaAttainment(Shown):
    """What was won against what was asked for; adds up over reps.

    Attributes:
        won: What was won in the period.
        quota: What was asked for, already reduced where the rep was not there all the time.
    """

    won: Money
    quota: Money

    @property
    def attained(self) -> Fraction | None:
        """Won over quota, exact; may pass 1. None where the quota is zero."""
        return self.won / self.quota if self.quota else None

    @property
    def gap(self) -> Money:
        """What is still missing; negative when the quota was passed."""
        return self.quota - self.won

    def __add__(self, other: object) -> "QuotaAttainment":
        if not isinstance(other, QuotaAttainment):
            return NotImplemented
        return QuotaAttainment(self.won + other.won, self.quota + other.quota)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: won and quota as exact text, the currency, the share attained."""
        share = self.attained
        return [
            {
                "won": str(self.won.amount),
                "quota": str(self.quota.amount),
                "currency": self.won.currency,
                "attained": None if share is None else float(share),
            }
        ]

    def __str__(self) -> str:
        share = self.attained
        return f"{self.won} of {self.quota}" + ("" if share is None else f", {float(share):.1%}")


def quota_attainment(won: Money, quota: Money, *, in_service: Decimal | int = 1) -> QuotaAttainment:
    """How much of the quota was reached.

    Args:
        won: What was won in the period.
        quota: The quota of the whole period.
        in_service: The share of the period the rep was there for, 0 to 1; leave, and a start in mid-period, reduce the quota.

    Raises:
        CurrencyMismatch: Won and quota are in two currencies.
        ValueError: *in_service* is no share.

    Source:
        Won in the period over the quota prorated for leave: ``docs/reference/glossary.md``.

    >>> print(quota_attainment(Money(90_000, "USD"), Money(150_000, "USD"), in_service=Decimal("0.8")))
    90,000.00 USD of 120,000.00 USD, 75.0%
    """
    if won.currency != quota.currency:
        raise CurrencyMismatch(
            f"won is in {won.currency} and the quota in {quota.currency}; convert one of them first"
        )
    return QuotaAttainment(won, quota * _share(in_service, "in_service"))


@attrs.frozen(hash=False)
class RampCounts:
    """What adds up over reps: in which month of service they reached the threshold, or how long they have tried.

    Attributes:
        ramped: Month of service -> how many first reached the threshold in it.
        ramping: Last month of service seen -> how many have not reached it yet.
    """

    ramped: Mapping[int, int] = attrs.field(factory=dict[int, int])
    ramping: Mapping[int, int] = attrs.field(factory=dict[int, int])

    def __add__(self, other: object) -> "RampCounts":
        if not isinstance(other, RampCounts):
            return NotImplemented
        both = DurationCounts(self.ramped, {}, self.ramping) + DurationCounts(other.ramped, {}, other.ramping)
        return RampCounts(both.finished, both.open)


@attrs.frozen(repr=False)
class RampTime(Shown):
    """How many months of service it takes to sell in full.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: RampCounts

    @property
    def ramped(self) -> int:
        """How many have reached the threshold."""
        return sum(self.counts.ramped.values())

    @property
    def ramping(self) -> int:
        """How many have not, yet."""
        return sum(self.counts.ramping.values())

    def quantile(self, q: float | Fraction | Decimal) -> int | None:
        """The month of service by which the share *q* of reps, those still ramping included, has reached the threshold.

        Product-limit estimate in whole months; None when the share is not reached within the months seen.
        """
        counted = finish_durations(DurationCounts(self.counts.ramped, {}, self.counts.ramping))
        found = counted.quantile(q)  # one unit of the statistics is one month here
        return None if found is None else found // MICROSECOND

    @property
    def median(self) -> int | None:
        """The month of service by which half have reached the threshold."""
        return self.quantile(0.5)

    def __str__(self) -> str:
        median = "not reached" if self.median is None else f"month {self.median}"
        return f"median {median}, {self.ramped} ramped, {self.ramping} ramping"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: how many are ramped and ramping, and the median month."""
        return [{"ramped": self.ramped, "ramping": self.ramping, "median_month": self.median}]


def ramp_time(months: Iterable[tuple[R, int, Share, *tuple[object, ...]]], *, threshold: Share) -> RampTime:
    """How many months of service until a rep first reaches a share of the full quota.

    Reps who are not there yet stay in, with the months they have served: without them a slow team looks quick.

    Args:
        months: Rows ``(rep, month, attainment)``, such as `RepMonth`, in any order, one per rep and month.
        threshold: The share of the full quota at which a rep counts as ramped, for example ``Decimal("0.8")``.

    Raises:
        LogError: A row cannot be read, or a rep has two rows for one month; the message names it.
        ValueError: The threshold is not positive.

    Source:
        Ramp by month, not one average: ``docs/reference/glossary.md``.

    >>> months = [("sara", 1, 0), ("sara", 2, 1), ("omar", 1, 0), ("omar", 2, 0), ("li", 1, 1)]
    >>> ramp_time(months, threshold=Decimal("0.8")).median
    2
    """
    return finish_ramp_time(reduce_ramp_time(months, threshold=threshold))


def reduce_ramp_time(
    months: Iterable[tuple[R, int, Share, *tuple[object, ...]]], *, threshold: Share
) -> RampCounts:
    """The first half of `ramp_time`: counts that add up over disjoint sets of reps."""
    if threshold <= 0:
        raise ValueError(f"threshold must be a share above 0, got {threshold!r}")
    ramped: dict[int, int] = defaultdict(int)
    ramping: dict[int, int] = defaultdict(int)
    for served in _by_rep(months).values():
        reached = [month for month, share in served.items() if share >= threshold]
        if reached:
            ramped[min(reached)] += 1
        else:
            ramping[max(served)] += 1
    return RampCounts(dict(ramped), dict(ramping))


def finish_ramp_time(counts: RampCounts) -> RampTime:
    """From counts to the result."""
    return RampTime(counts)


def ramp_curve(months: Iterable[tuple[R, int, Share, *tuple[object, ...]]]) -> dict[int, Fraction]:
    """The mean attainment of reps in each month of service, exact: the ramp a capacity plan is made with.

    A mean over those seen in that month: later months rest on fewer reps.

    Args:
        months: As in `ramp_time`.

    Raises:
        LogError: As in `ramp_time`.

    >>> ramp_curve([("sara", 1, 0), ("omar", 1, 1), ("sara", 2, 1)])
    {1: Fraction(1, 2), 2: Fraction(1, 1)}
    """
    shares: dict[int, list[Fraction]] = defaultdict(list)
    for served in _by_rep(months).values():
        for month, share in served.items():
            shares[month].append(Fraction(share))
    return {month: sum(found, Fraction(0)) / len(found) for month, found in sorted(shares.items())}


def sales_capacity(reps: Iterable[tuple[Money, Decimal | int, Decimal | int]]) -> Money:
    """What the team can be expected to sell: the sum of quota times attainment times ramp.

    Args:
        reps: Rows ``(quota, attainment, ramp)``, such as `SalesRep`, one per rep.

    Raises:
        CurrencyMismatch: Quotas in several currencies.
        MoneyError: There are no reps, so there is no currency.
        ValueError: A ramp or an attainment that is no share, percent for example.

    Source:
        Seven reps with 150,000 at 85 % and three at 40 % make 1,072,500: ``docs/reference/glossary.md``.

    >>> team = [SalesRep(Money(150_000, "USD"), Decimal("0.85"))] * 7 + [SalesRep(Money(150_000, "USD"), Decimal("0.40"))] * 3
    >>> sales_capacity(team)
    Money('1072500.00', 'USD')
    """
    return total(quota * _attainment(reached) * _share(ramp, "ramp") for quota, reached, ramp in reps)


def _by_rep(months: Iterable[tuple[R, int, Share, *tuple[object, ...]]]) -> dict[R, dict[int, Share]]:
    served: dict[R, dict[int, Share]] = {}
    for number, row in enumerate(months, 1):
        try:
            rep, month, share = row[0], row[1], row[2]
        except (TypeError, LookupError) as error:
            raise LogError(
                f"row {number} begins with rep, month of service and attainment, got {row!r}"
            ) from error
        if month < 1:
            raise LogError(f"row {number}: months of service count from 1, got {month!r}")
        if month in served.setdefault(rep, {}):
            raise LogError(f"row {number}: month {month} of {rep!r} comes a second time")
        served[rep][month] = share
    return served


def _share(value: Decimal | int, name: str) -> Decimal | int:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be a share from 0 to 1, not percent, got {value!r}")
    return value


def _attainment(value: Decimal | int) -> Decimal | int:
    if not 0 <= value <= 5:
        raise ValueError(
            f"attainment must be a share of the quota such as Decimal('0.85'), not percent, got {value!r}"
        )
    return value
