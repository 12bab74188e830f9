"""What has become of deals by a given age: won, lost, or still open."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc.metrics._deal_ages import deal_ages, size
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.deals import DealLike
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.periods import Period

__all__ = [
    "OutcomeCurve",
    "OutcomePoint",
    "finish_outcome_curve",
    "outcome_curve",
    "reduce_outcome_curve",
]

D = TypeVar("D", bound=DealLike)
K = TypeVar("K", bound=Hashable)


class OutcomePoint(NamedTuple):
    """The shares at one age; they add up to 1.

    Attributes:
        age: Time since the deal was opened.
        won: The estimated share of all deals that is won by then, 0 to 1.
        lost: The share that is lost by then.
        open: The share that is still open then.
    """

    age: timedelta
    won: float
    lost: float
    open: float


@attrs.frozen(hash=False, repr=False)
class OutcomeCurve:
    """Won, lost and open shares by age.

    Attributes:
        won: How long winning takes, the lost ones counted as ended elsewhere; its bands and percentiles.
        lost: How long losing takes, the won ones counted as ended elsewhere.
    """

    won: Durations
    lost: Durations

    @property
    def counts(self) -> DurationCounts:
        """The statistics it was made from, won deals as the finished ones."""
        return self.won.counts

    @property
    def deals(self) -> int:
        """How many deals there are."""
        return size(self.counts)

    @property
    def undefined(self) -> str | None:
        """Why there is no curve; None when there is one."""
        return None if self.deals else "no deals: nothing was there to be won or lost"

    def at(self, age: timedelta) -> OutcomePoint | None:
        """The shares at an age.

        Returns:
            None when no deal was followed that long and some were still open, or when there are no deals.

        Raises:
            ValueError: *age* is negative.
        """
        won, lost = self.won.share_within(age), self.lost.share_within(age)
        return None if won is None or lost is None else OutcomePoint(age, won, lost, max(0.0, 1 - won - lost))

    def points(self) -> tuple[OutcomePoint, ...]:
        """The shares at every age at which a deal was won, lost, or last seen open, in ascending order."""
        return tuple(
            OutcomePoint(won.time, won.share, lost.share, max(0.0, 1 - won.share - lost.share))
            for won, lost in zip(self.won.curve(), self.lost.curve(), strict=True)
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per age, in days, with the shares."""
        return [
            {
                "age_days": point.age / timedelta(days=1),
                "won": point.won,
                "lost": point.lost,
                "open": point.open,
            }
            for point in self.points()
        ]

    def __repr__(self) -> str:
        return f"<OutcomeCurve: {self._caption()}>"

    def _repr_html_(self) -> str:
        rows = [
            (f"{point.age / timedelta(days=1):.1f}", *(f"{share:.1%}" for share in point[1:]))
            for point in self.points()
        ]
        return _text.html_table(self._caption(), ("age in days", "won", "lost", "open"), rows)

    def _caption(self) -> str:
        return f"{self.won.finished} won, {self.won.lost} lost, {self.won.open} open"


@overload
def outcome_curve(
    deals: Iterable[D], *, as_of: date, period: Period | None = None, by: None = None
) -> OutcomeCurve: ...
@overload
def outcome_curve(
    deals: Iterable[D], *, as_of: date, period: Period | None = None, by: Callable[[D], K]
) -> Breakdown[K, OutcomeCurve]: ...
@overload
def outcome_curve(
    deals: Iterable[D], *, as_of: date, period: Period | None = None, by: str
) -> Breakdown[Hashable, OutcomeCurve]: ...
def outcome_curve(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    by: Callable[[D], K] | str | None = None,
) -> OutcomeCurve | Breakdown[Any, OutcomeCurve]:
    """The shares of deals that are won, lost and open so many days after they were opened.

    A win rate of closed deals is off as long as wins and losses take different times: where losing is quick, the young deals
    that have closed are mostly lost. These shares are of all deals, the open ones included, and so do not have that fault.

    Args:
        deals: Anything with ``amount``, ``opened_at``, ``closed_at`` and ``outcome``, in any order, read once.
        as_of: The moment of the review, of the kind of time the deals have. A deal closed after it counts as open, one opened after it
            is left out and counted.
        period: Only deals opened in it.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        The curve, per label if *by* is given; without deals it has no points and says why.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*; the message names the deal.
        LogError: A deal cannot be read; for example it closed before it was opened.

    Source:
        Cumulative incidence: O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978). One minus the product-limit
        estimate with the lost deals taken for open ones is something else, and always too high.

    >>> from salesproc.metrics.deals import Deal
    >>> first, tenth = date(2025, 1, 1), date(2025, 1, 10)
    >>> deals = [Deal(None, first, tenth, "lost")] * 2 + [Deal(None, first, date(2025, 1, 21), "won")] * 2
    >>> outcome_curve(deals, as_of=date(2025, 2, 1)).at(timedelta(days=14))
    OutcomePoint(age=datetime.timedelta(days=14), won=0.0, lost=0.5, open=0.5)
    """
    parts = deal_ages(deals, as_of=as_of, period=period, by=by)
    if by is None:
        return finish_outcome_curve(sum(parts.values(), DurationCounts()))
    return break_down(parts, DurationCounts(), finish_outcome_curve, size)


def reduce_outcome_curve(
    deals: Iterable[DealLike], *, as_of: date, period: Period | None = None
) -> DurationCounts:
    """The first half of ``outcome_curve``: from deals to counts, which add up over disjoint sets of deals."""
    return sum(deal_ages(deals, as_of=as_of, period=period, by=None).values(), DurationCounts())


def finish_outcome_curve(counts: DurationCounts) -> OutcomeCurve:
    """The second half of ``outcome_curve``: from counts, the won deals as the finished ones, to the shares by age."""
    lost = attrs.evolve(counts, finished=counts.lost, lost=counts.finished)
    return OutcomeCurve(finish_durations(counts), finish_durations(lost))
