"""How often is the expected close put off? By three rules, since tools count three different things."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, TypeAlias, TypeVar, get_args, overload

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc.errors import did_you_mean
from salesproc.metrics._adding import added
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.deals import deal_label, read_deals
from salesproc.metrics.histories import Event, RememberingDeal, events_of
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["PushCounts", "PushRule", "Pushes", "finish_push_count", "push_count", "reduce_push_count"]

PushRule: TypeAlias = Literal["any", "later", "later_month"]
"""Which change of the expected close is a push: any, one to a later day, or one into a later month."""

H = TypeVar("H", bound=RememberingDeal)
K = TypeVar("K", bound=Hashable)


@attrs.frozen(kw_only=True)
class PushCounts:
    """What adds up over deals.

    Attributes:
        counts: The rule that was used.
        deals: Number of pushes to how many deals were pushed so often, for the deals that had an expected close.
        undated: Deals that never had one: they cannot be pushed.
        ahead: Deals opened only after the review.
    """

    counts: PushRule
    deals: Mapping[int, int] = attrs.field(factory=dict[int, int])
    undated: int = 0
    ahead: int = 0

    def __add__(self, other: object) -> "PushCounts":
        if not isinstance(other, PushCounts):
            return NotImplemented
        return added(self, other, ("counts",))


@attrs.frozen(repr=False)
class Pushes:
    """How often the expected close of deals was put off.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: PushCounts

    @property
    def pushes(self) -> int:
        """All pushes together."""
        return sum(times * deals for times, deals in self.counts.deals.items())

    @property
    def pushed(self) -> Rate:
        """Share of the deals with an expected close that were pushed at least once."""
        deals = sum(self.counts.deals.values())
        return Rate(deals - self.counts.deals.get(0, 0), deals)

    @property
    def mean(self) -> Fraction | None:
        """Pushes per deal with an expected close, exact; None when there is none."""
        deals = self.pushed.trials
        return Fraction(self.pushes, deals) if deals else None

    @property
    def most(self) -> int | None:
        """How often the deal was pushed that was pushed the most; None when none had an expected close."""
        return max(self.counts.deals, default=None)

    @property
    def undefined(self) -> str | None:
        """Why there is no mean; None when there is one."""
        return None if self.pushed.trials else "no deal had a day on which it was expected to close"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of pushes: how many deals were pushed so often."""
        return [{"pushes": times, "deals": self.counts.deals[times]} for times in sorted(self.counts.deals)]

    def __str__(self) -> str:
        rows = [(str(row["pushes"]), f"{row['deals']:,}") for row in self.to_rows()]
        return (
            _text.table(("pushes", "deals"), rows)
            + f"\n{self.counts.counts}; {self.counts.undated} deals without a day"
        )

    def __repr__(self) -> str:
        return f"<Pushes by {self.counts.counts!r}: {self.pushes} of {self.pushed.trials} deals, {self.pushed} pushed>"

    def _repr_html_(self) -> str:
        rows = [[str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table(repr(self)[1:-1], ("pushes", "deals"), rows)


@overload
def push_count(
    deals: Iterable[H], *, counts: PushRule, as_of: date, period: Period | None = ..., by: None = ...
) -> Pushes: ...
@overload
def push_count(
    deals: Iterable[H], *, counts: PushRule, as_of: date, period: Period | None = ..., by: Callable[[H], K]
) -> Breakdown[K, Pushes]: ...
@overload
def push_count(
    deals: Iterable[H], *, counts: PushRule, as_of: date, period: Period | None = ..., by: str
) -> Breakdown[Any, Pushes]: ...
def push_count(
    deals: Iterable[H],
    *,
    counts: PushRule,
    as_of: date,
    period: Period | None = None,
    by: Callable[[H], Any] | str | None = None,
) -> Pushes | Breakdown[Any, Pushes]:
    """How often was the day put off on which deals were expected to close?

    The first day a deal is given is no push, and neither is what is written when or after it closed: that is a system noting the day it
    closed. A day moved to the next one over the end of a month is a push into a later month; one of four weeks within a month is not.

    Args:
        deals: Deals with the history of their close dates, open and closed, in any order, read once.
        counts: ``"any"`` change, also to an earlier day; ``"later"``, only to a later day; ``"later_month"``, only into a later month.
        as_of: The moment of the review; what was changed after it does not count.
        period: Only changes made in it; all when left out.
        by: A function from deal to label, or the name of an attribute; ``by="id"`` gives the pushes of each deal.

    Returns:
        How many deals were pushed how often; deals that never had an expected close apart.

    Raises:
        LogError: A deal whose history contradicts itself; the message names it.
        NaiveTimeError: A time is of another kind than *as_of*.
        ValueError: There is no such rule.

    Source:
        The three rules in use: ``docs/explanation/decisions.md``.

    >>> from salesproc.metrics import DealHistory
    >>> said = [date(2025, 1, day) for day in (6, 7, 8, 9)]
    >>> days = [date(2025, 3, 10), date(2025, 3, 31), date(2025, 3, 20), date(2025, 4, 1)]
    >>> deal = DealHistory(said[0], None, "open", close_dates=list(zip(said, days)))
    >>> [push_count([deal], counts=rule, as_of=said[-1]).pushes for rule in ("any", "later", "later_month")]
    [3, 2, 1]
    """
    parts = _reduce(deals, counts, as_of, period, by)
    empty = PushCounts(counts=counts)
    if by is None:
        return finish_push_count(sum(parts.values(), empty))
    return break_down(parts, empty, finish_push_count, lambda part: Pushes(part).pushes)


def reduce_push_count(
    deals: Iterable[RememberingDeal], *, counts: PushRule, as_of: date, period: Period | None = None
) -> PushCounts:
    """The first half of `push_count`: counts that add up over disjoint sets of deals."""
    return sum(_reduce(deals, counts, as_of, period, None).values(), PushCounts(counts=counts))


def finish_push_count(counts: PushCounts) -> Pushes:
    """From counts to the result."""
    return Pushes(counts)


_IS_PUSH: Mapping[str, Callable[[date, date], bool]] = {
    "any": lambda old, new: new != old,
    "later": lambda old, new: new > old,
    "later_month": lambda old, new: (new.year, new.month) > (old.year, old.month),
}


def _reduce(
    deals: Iterable[H],
    rule: PushRule,
    as_of: date,
    period: Period | None,
    by: Callable[[H], Any] | str | None,
) -> dict[Hashable, PushCounts]:
    require_period(period)
    if rule not in get_args(PushRule):
        raise ValueError(f"there is no rule counts={rule!r}; {did_you_mean(str(rule), get_args(PushRule))}")
    label, review = deal_label(by), comparable(as_of, as_of, "as_of")
    span = None if period is None else [comparable(at, as_of, "period") for at in (period.start, period.end)]
    parts: dict[Hashable, PushCounts] = {}
    for seen in read_deals(deals, as_of=as_of):
        key = label(seen)
        part = PushCounts(counts=rule, ahead=1)
        if seen.outcome != "ahead":
            events = events_of(seen.deal, seen.where, as_of, None)
            # A close that was undone ends nothing.
            closed = seen.closed if seen.closed_at == seen.deal.closed_at else None
            part = _of_deal(events, rule, review, closed, span)
        parts[key] = parts.get(key, PushCounts(counts=rule)) + part
    return parts


def _of_deal(
    events: list[Event], rule: PushRule, review: date, closed: date | None, span: list[date] | None
) -> PushCounts:
    """How often one deal was pushed."""
    said = [(event.at, event.value) for event in events if event.field == "close_date" and event.at <= review]
    if not said:
        return PushCounts(counts=rule, undated=1)
    is_push = _IS_PUSH[rule]
    times = sum(
        is_push(old, new)
        for (_, old), (at, new) in pairwise(said)
        if (closed is None or at < closed) and (span is None or span[0] <= at < span[1])
    )
    return PushCounts(counts=rule, deals={times: 1})
