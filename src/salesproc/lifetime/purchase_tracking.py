"""Do the purchases expected over time follow those made? The data of a tracking plot, through weeks the model has not seen."""

import math
from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from itertools import count, takewhile
from typing import NamedTuple, TypeVar

import attrs

from salesproc._tables import Cell, Shown
from salesproc.lifetime._time import TimeUnit, length_of
from salesproc.lifetime.bg_nbd import BgNbd
from salesproc.lifetime.holdout import HoldoutHistory, require_holdout

__all__ = ["PurchaseTracking", "TrackingPoint", "purchase_tracking"]

C = TypeVar("C", bound=Hashable)

_DAY = timedelta(days=1)


class TrackingPoint(NamedTuple):
    """One step of time.

    Attributes:
        end: Its last day.
        purchases: Repeat purchases made in it.
        expected: Repeat purchases expected in it.
        purchases_so_far: Made up to its end.
        expected_so_far: Expected up to its end.
        in_holdout: Whether it lies after the cut: the model has not seen it.
    """

    end: date
    purchases: int
    expected: float
    purchases_so_far: int
    expected_so_far: float
    in_holdout: bool


@attrs.frozen(kw_only=True, repr=False)
class PurchaseTracking(Shown):
    """Repeat purchases over time, made and expected: the data of a tracking plot.

    Attributes:
        points: One per step, in order.
        model: By which it is.
    """

    points: tuple[TrackingPoint, ...]
    model: BgNbd

    @property
    def undefined(self) -> str | None:
        """Why nothing is said of the holdout; None when something is."""
        if not self.points:
            return "no customers of the calibration"
        return None if self.points[-1].in_holdout else "the holdout is shorter than one step"

    @property
    def holdout_error(self) -> float | None:
        """How far the purchases expected in the holdout miss those made, over those made: above 0 for too many; None where none was made."""
        made = sum(point.purchases for point in self.points if point.in_holdout)
        expected = math.fsum(point.expected for point in self.points if point.in_holdout)
        return expected / made - 1 if made else None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per step."""
        return [{**point._asdict(), "end": point.end.isoformat()} for point in self.points]

    def __str__(self) -> str:
        if self.undefined:
            return f"n/a: {self.undefined}"
        held = [point for point in self.points if point.in_holdout]
        expected = math.fsum(point.expected for point in held)
        made, error = sum(point.purchases for point in held), self.holdout_error
        missed = "" if error is None else f", {error:+.1%}"
        return f"{expected:,.1f} purchases expected and {made:,} made in the holdout to {self.points[-1].end}{missed}"


def purchase_tracking(
    model: BgNbd, holdout: HoldoutHistory[C], *, every: TimeUnit = "week"
) -> PurchaseTracking:
    """Repeat purchases of the customers of the calibration, step by step, made and expected, through the holdout.

    Made and expected purchases are of all customers known at the cut, each from their first purchase on, so that both rise while customers are still coming in.

    Args:
        model: Fitted to the calibration.
        holdout: Of these customers.
        every: The length of a step, from the first purchase of anybody on, and again from the cut on.

    Returns:
        One point per step. The last one before the cut ends there and may be shorter; one that is not over at the end of the holdout is left out.

    Raises:
        PeriodError: There is no such unit.

    Source:
        The tracking plots of the paper named at `BgNbd`.

    >>> from salesproc import Money
    >>> from salesproc.lifetime import holdout_history
    >>> bought = [("ann", n) for n in (0, 20, 45, 99, 150)] + [("bob", 7), ("cid", 14), ("cid", 60), ("cid", 101)]
    >>> orders = [(who, date(2025, 1, 6) + timedelta(days=n), Money(10, "EUR")) for who, n in bought]
    >>> holdout = holdout_history(orders, calibration_end=date(2025, 3, 31), as_of=date(2025, 6, 30), unit="week")
    >>> model = BgNbd(r=0.6, alpha=6.0, a=0.8, b=2.5, unit="week")
    >>> print(purchase_tracking(model, holdout))
    2.1 purchases expected and 3 made in the holdout to 2025-06-30, -30.5%
    """
    require_holdout(holdout)
    step, points, known = length_of(every), list[TrackingPoint](), dict[int, float]()
    if not holdout.first_days:
        return PurchaseTracking(points=(), model=model)
    made_before, expected_before = 0, 0.0
    for end in _ends(min(holdout.first_days), holdout.cut, holdout.until, step):
        made = sum(purchases for day, purchases in holdout.repeat_days.items() if day <= end)
        expected = math.fsum(
            customers * _expected(model, (end - day).days, known)
            for day, customers in holdout.first_days.items()
            if day < end
        )
        step_of = made - made_before, expected - expected_before
        points.append(TrackingPoint(end, *step_of, made, expected, end > holdout.cut))
        made_before, expected_before = made, expected
    return PurchaseTracking(points=tuple(points), model=model)


def _expected(model: BgNbd, days: int, known: dict[int, float]) -> float:
    if days not in known:
        known[days] = model.expected_purchases(timedelta(days=days))
    return known[days]


def _ends(start: date, cut: date, until: date, step: timedelta) -> Iterator[date]:
    """The last day of every step; one of them is the cut, so that no step lies on both sides of it."""
    before = [*_whole_steps(start, cut, step)]
    yield from before
    if before[-1:] != [cut]:
        yield cut
    yield from _whole_steps(cut + _DAY, until, step)


def _whole_steps(begin: date, last: date, step: timedelta) -> Iterator[date]:
    ends = (begin + _days(step * number) - _DAY for number in count(1))
    return takewhile(lambda end: end <= last, ends)


def _days(time: timedelta) -> timedelta:
    return timedelta(days=round(time / timedelta(days=1)))
