"""Deals that remember: what they were thought to be worth, when they were expected to close, and since when."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from salesproc._instants import MICROSECOND
from salesproc.errors import LogError
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._log import comparable
from salesproc.metrics.deals import DealLike, Outcome
from salesproc.metrics.reopenings import Reopening, reopenings_of
from salesproc.money import Money
from salesproc.periods import Period

__all__ = ["DealHistory", "RememberingDeal"]


class RememberingDeal(DealLike, Protocol):
    """A deal that keeps what was said of it, as the opportunities of ``salesproc.records`` do, and `DealHistory`.

    Earlier closings are found in the journey of an opportunity, and in ``reopenings`` of any other deal that has it;
    ``removed_at``, where there is one, says when it was deleted or merged into another.
    """

    @property
    def amounts(self) -> Sequence[tuple[date, Money]]:
        """What it was thought to be worth, each with when that was said; the last one at one time holds."""
        ...

    @property
    def close_dates(self) -> Sequence[tuple[date, date]]:
        """The days on which it was expected to close, each with when that was said."""
        ...


class DealHistory(NamedTuple):
    """A deal with its history as a plain row, for those whose deals come from a table.

    All times are of one kind: aware datetimes, naive datetimes, or plain dates.

    Attributes:
        opened_at: When it was opened, for the first time.
        closed_at: When it was won or lost, for good; None while it is open.
        outcome: ``"open"``, ``"won"`` or ``"lost"``.
        amounts: Pairs of when and what it was then thought to be worth.
        close_dates: Pairs of when and the day on which it was then expected to close.
        id: Which deal; named in errors.
        owner: The sales rep.
        reopenings: When it was closed and opened again, oldest first.
        removed_at: When it was deleted, or merged into another deal; None if it is still there.

    >>> day = date(2025, 1, 6)
    >>> DealHistory(day, None, "open", amounts=[(day, Money(900, "EUR")), (date(2025, 2, 3), Money(800, "EUR"))]).amount
    Money('800', 'EUR')
    """

    opened_at: date
    closed_at: date | None
    outcome: Outcome
    amounts: Sequence[tuple[date, Money]] = ()
    close_dates: Sequence[tuple[date, date]] = ()
    id: str | None = None
    owner: str | None = None
    reopenings: Sequence[Reopening] = ()
    removed_at: date | None = None

    @property
    def amount(self) -> Money | None:
        """What it is worth, as last said; None while nobody has."""
        return self.amounts[-1][1] if self.amounts else None

    @property
    def close_date(self) -> date | None:
        """When it is expected to close, as last said; None while nobody has."""
        return self.close_dates[-1][1] if self.close_dates else None


Status: TypeAlias = Literal["ahead", "open", "won", "lost", "removed"]


class Standing(NamedTuple):
    """How a deal stood at one moment.

    Attributes:
        status: ``"ahead"`` before it was opened.
        amount: What it was then thought to be worth.
        close_date: The day on which it was then expected to close.
    """

    status: Status = "ahead"
    amount: Money | None = None
    close_date: date | None = None


class Event(NamedTuple):
    """One thing that was said of a deal, or happened to it.

    Attributes:
        at: When, comparable with every other time.
        field: The field of `Standing` that it changes.
        value: What it is from then on.
        day: The day of it, on the clock it was written with.
    """

    at: date
    field: Literal["amount", "close_date", "status"]
    value: Any
    day: date


_ORDER = {"amount": 0, "close_date": 1, "status": 2}


def events_of(deal: RememberingDeal, where: str, model: date, currency: str | None) -> list[Event]:
    """Everything that happened to a deal, in order; at one moment first the amount, then the day, then open, won or lost.

    Args:
        deal: A deal that `read_deals` has passed.
        where: What to call it in an error.
        model: A time of the kind that all must have.
        currency: The currency of the deals before it.

    Raises:
        NaiveTimeError: A time is of another kind.
        CurrencyMismatch: An amount is in another currency than those before it.
        LogError: A history is none, or contradicts itself.
    """
    found = [_event(at, model, where, "status", status) for at, status in _ways(deal, where, model)]
    for at, amount in _pairs(deal, "amounts", Money, where):
        Amounts.of(amount, where, currency)
        currency = amount.currency
        found.append(_event(at, model, f"amounts of {where}", "amount", amount))
    for at, day in _pairs(deal, "close_dates", date, where):
        found.append(_event(at, model, f"close_dates of {where}", "close_date", day_of(day)))
    return sorted(found, key=lambda event: (event.at, _ORDER[event.field]))


def standings(events: Sequence[Event]) -> Iterator[tuple[Event, Standing, Standing]]:
    """Every event with how the deal stood just before it and just after it."""
    standing = Standing()
    for event in events:
        before, standing = standing, standing._replace(**{event.field: event.value})
        yield event, before, standing


def standing_when(events: Sequence[Event], known: Callable[[date], bool]) -> Standing:
    """How the deal stood, by what was known then."""
    standing = Standing()
    for event, _, after in standings(events):
        standing = after if known(event.at) else standing
    return standing


def currency_of(events: Sequence[Event], currency: str | None) -> str | None:
    """The currency of the deals so far, once this one has been read."""
    return next((event.value.currency for event in events if event.field == "amount"), currency)


def days_of(period: Period) -> tuple[date, date]:
    """The first and the last day of a period, on its own clock."""
    start, end = period.start, period.end
    if isinstance(start, datetime) and isinstance(end, datetime):
        return start.date(), (end - MICROSECOND).date()
    return start, end - timedelta(days=1)


def day_of(moment: date) -> date:
    """The day of a moment, on its own clock."""
    return moment.date() if isinstance(moment, datetime) else moment


def due_in(day: date | None, days: tuple[date, date]) -> bool:
    """Whether a day lies between the first and the last one."""
    return day is not None and days[0] <= day <= days[1]


def _event(
    at: date, model: date, where: str, field: Literal["amount", "close_date", "status"], value: object
) -> Event:
    return Event(comparable(at, model, where), field, value, day_of(at))


def _ways(deal: RememberingDeal, where: str, model: date) -> list[tuple[date, Status]]:
    """When it was opened, won, lost and removed."""
    ways: list[tuple[date, Status]] = [(deal.opened_at, "open")]
    for closed_at, outcome, reopened_at in reopenings_of(deal, where):
        ways.append((closed_at, outcome))
        ways.append((reopened_at, "open"))
    if deal.closed_at is not None:
        ways.append((deal.closed_at, "won" if deal.outcome == "won" else "lost"))
    removed_at: date | None = getattr(deal, "removed_at", None)
    if removed_at is not None:
        ways.append((removed_at, "removed"))
    for (one, before), (other, after) in pairwise(ways):
        if comparable(other, model, where) < comparable(one, model, where):
            raise LogError(
                f"{where} was {before} at {one!r} and then {after} at {other!r}, which is earlier; "
                f"reopenings lie between opened_at and closed_at, in order, and removed_at comes last"
            )
    return ways


def _pairs(deal: Any, name: str, kind: type, where: str) -> list[tuple[date, Any]]:
    """The pairs of when and what, checked; callers without a type checker pass anything."""
    given: Any = getattr(deal, name, None)
    try:
        pairs: list[tuple[Any, Any]] = [(at, value) for at, value in given]
    except (TypeError, ValueError) as error:
        raise LogError(
            f"{where} has {name}={given!r}; give pairs of when and what, as salesproc.metrics.DealHistory has"
        ) from error
    for at, value in pairs:
        if not isinstance(value, kind):
            raise LogError(f"{where} has {value!r} in {name}, said at {at!r}; it must be a {kind.__name__}")
    return pairs
