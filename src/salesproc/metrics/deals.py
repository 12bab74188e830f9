"""Deals as the metrics read them: what a deal must say of itself, checked once, with the row named."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, get_args

from salesproc.errors import LogError, NaiveTimeError, did_you_mean
from salesproc.metrics._log import comparable, kind_of
from salesproc.metrics.reopenings import reopenings_of
from salesproc.money import Money

__all__ = ["Deal", "DealLike", "Outcome"]

Outcome: TypeAlias = Literal["open", "won", "lost"]
"""How a deal stands."""

_OUTCOMES: tuple[str, ...] = get_args(Outcome)


class DealLike(Protocol):
    """Anything that says what it is worth, when it began, when it ended and how.

    The opportunities of ``salesproc.records`` do, ``Deal`` does, and so does a row of an object-relational mapper with these columns.
    All times of a list are of one kind: aware datetimes, naive datetimes, or plain dates.
    """

    @property
    def amount(self) -> Money | None:
        """What it is worth; None when nobody has said."""
        ...

    @property
    def opened_at(self) -> date:
        """When it was opened."""
        ...

    @property
    def closed_at(self) -> date | None:
        """When it was won or lost; None while it is open. The day on which it is expected to close is something else."""
        ...

    @property
    def outcome(self) -> str:
        """``"open"``, ``"won"`` or ``"lost"``."""
        ...


class Deal(NamedTuple):
    """A deal as a plain row, for those whose deals come from a table.

    Attributes:
        amount: What it is worth; None when nobody has said.
        opened_at: When it was opened.
        closed_at: When it was won or lost; None while it is open.
        outcome: ``"open"``, ``"won"`` or ``"lost"``.
        id: Which deal; named in errors and in results that list deals.
        stage: The stage of the pipeline it is in.
        owner: The sales rep.
        close_date: The day on which it is expected to close, or was.
        reason: Why it was lost.
        probability: The chance to win it that somebody gave it, 0 to 1.

    >>> Deal(Money(900, "EUR"), date(2025, 1, 6), None, "open", id="D-1").owner is None
    True
    """

    amount: Money | None
    opened_at: date
    closed_at: date | None
    outcome: Outcome
    id: str | None = None
    stage: str | None = None
    owner: str | None = None
    close_date: date | None = None
    reason: str | None = None
    probability: float | None = None


D = TypeVar("D", bound=DealLike)
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SeenDeal(NamedTuple, Generic[D]):
    """A deal that has been checked, as it stood at the moment of the review.

    Attributes:
        deal: The deal as it was given.
        where: What to call it in an error: its place in the list and its id.
        opened: When it was opened, comparable with every other time of the list by ``<`` and ``-``.
        closed: When it was won or lost, comparable; None when it was open at the review, even if it has closed since.
        outcome: How it stood at the review; ``"ahead"`` when it was opened only after that.
        closed_at: The same as *closed*, as it was given.
    """

    deal: D
    where: str
    opened: date
    closed: date | None
    outcome: Literal["open", "won", "lost", "ahead"]
    closed_at: date | None = None


def read_deals(deals: Iterable[D], *, as_of: date | None = None) -> Iterator[SeenDeal[D]]:
    """The deals one by one, checked, and taken back to the moment of the review.

    Args:
        deals: In any order, read once.
        as_of: The moment of the review; what happened after it has not happened yet: a deal that was lost then and reopened later is lost, where it
            says so itself (``reopenings``, or its journey). Its kind (aware, naive, plain date) is
            the kind of all times. When left out, every deal is taken as it is, and the first one sets the kind.

    Raises:
        NaiveTimeError: A time is of another kind than *as_of*, or than that of the first deal.
        LogError: A deal lacks a field, closed before it was opened, contradicts itself about whether it is closed, has
            an outcome that is none, an amount that is no ``Money``, or a placeholder such as 9999-12-31 for a time. The message names it.

    >>> lost = Deal(None, date(2025, 1, 6), date(2025, 2, 3), "lost", id="D-1")
    >>> [seen.outcome for day in (5, 31) for seen in read_deals([lost], as_of=date(2025, 1, day))]
    ['ahead', 'open']
    >>> list(read_deals([lost._replace(closed_at=date(2025, 1, 3))]))
    Traceback (most recent call last):
    salesproc.errors.LogError: deal 1 ('D-1') closed before it was opened: opened_at datetime.date(2025, 1, 6), closed_at datetime.date(2025, 1, 3)
    """
    review = None if as_of is None else comparable(as_of, as_of, "as_of")
    model, name = as_of, "as_of"
    for number, deal in enumerate(deals, 1):
        where = _where(deal, number)
        amount, opened_at, closed_at, outcome = _fields(deal, where)
        _check(amount, closed_at, outcome, where)
        if model is None:
            model, name = opened_at, f"opened_at of {where}"
        opened = _time(opened_at, model, name, f"opened_at of {where}")
        closed = None if closed_at is None else _time(closed_at, model, name, f"closed_at of {where}")
        if closed is not None and closed < opened:
            raise LogError(
                f"{where} closed before it was opened: opened_at {opened_at!r}, closed_at {closed_at!r}"
            )
        if review is not None and opened > review:
            yield SeenDeal(deal, where, opened, None, "ahead")
        elif closed is None or (review is not None and closed > review):
            yield _before_reopening(SeenDeal(deal, where, opened, None, "open"), review)
        else:
            yield SeenDeal(deal, where, opened, closed, "won" if outcome == "won" else "lost", closed_at)


def _before_reopening(seen: SeenDeal[D], review: date | None) -> SeenDeal[D]:
    """The deal as it stood at the review, if that lies between a closing and the reopening after it."""
    if review is None:
        return seen
    for closed_at, outcome, reopened_at in reopenings_of(seen.deal, seen.where):
        closed = comparable(closed_at, review, f"reopenings of {seen.where}")
        if closed <= review < comparable(reopened_at, review, f"reopenings of {seen.where}"):
            return seen._replace(closed=closed, outcome=outcome, closed_at=closed_at)
    return seen


def deal_label(by: Callable[[D], K] | str | None) -> Callable[[SeenDeal[D]], Hashable]:
    """The function that says to which part of a breakdown a deal belongs.

    Args:
        by: A function from deal to label, or the name of an attribute of every deal; None for one whole, labelled None.

    Raises:
        LogError: When it is used: a deal has no such attribute, or its label cannot be a label.
    """
    return lambda seen: label_of(seen.deal, by, seen.where)


def label_of(thing: T, by: Callable[[T], K] | str | None, where: str) -> Hashable:
    """To which part of a breakdown a thing belongs; None, the one whole, where there is no breakdown.

    Raises:
        LogError: It has no such attribute, or its label cannot be a label.
    """
    if by is None:
        return None
    if isinstance(by, str) and not hasattr(thing, by):
        raise LogError(
            f"by={by!r} asks for an attribute that {where} does not have: {thing!r}; "
            f"give things that have it, or a function that says the label"
        )
    found: object = getattr(thing, by) if isinstance(by, str) else by(thing)
    if not isinstance(found, Hashable):
        raise LogError(f"{where} has the label {found!r}, which cannot be one; give a text or a number")
    return found


def _where(deal: object, number: int) -> str:
    name: object = getattr(deal, "id", None)
    return f"deal {number}" if name is None else f"deal {number} ({name!r})"


def _fields(deal: DealLike, where: str) -> tuple[Money | None, date, date | None, str]:
    try:
        return deal.amount, deal.opened_at, deal.closed_at, deal.outcome
    except AttributeError as error:
        if isinstance(deal, Mapping):
            raise LogError(f"{where} is a mapping; make it a deal: Deal(**row): {deal!r}") from error
        raise LogError(
            f"{where} has no {error.name}: {deal!r}; a deal has amount, opened_at, closed_at and outcome, "
            f"as salesproc.metrics.Deal has"
        ) from error


def _check(amount: object, closed_at: object, outcome: object, where: str) -> None:
    """What can be said of the fields one by one; callers without a type checker pass anything."""
    if amount is not None and not isinstance(amount, Money):
        raise LogError(
            f"{where} has the amount {amount!r}; give Money(amount, currency), or None for unknown"
        )
    if outcome not in _OUTCOMES:
        raise LogError(
            f"{where} has the outcome {outcome!r}, which is none; {did_you_mean(str(outcome), _OUTCOMES)}"
        )
    if outcome == "open" and closed_at is not None:
        raise LogError(
            f"{where} is open and has closed_at {closed_at!r}; "
            f"an open deal has none: the day it is expected to close is close_date"
        )
    if outcome != "open" and closed_at is None:
        raise LogError(f"{where} is {outcome} and has no closed_at; leave it out, or find out when it closed")


def _time(at: date, model: date, name: str, where: str) -> date:
    given, wanted = kind_of(at), kind_of(model)
    if given == "no time":
        raise LogError(f"{where} must be a date or a datetime, got {at!r}")
    if given != wanted:
        raise NaiveTimeError(
            f"{where} is {given}: {at!r}, but {name} is {wanted}: {model!r}; all times must be of one kind"
        )
    return comparable(at, at, where)
