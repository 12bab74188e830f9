"""Why are deals lost, and what do customers object to? The frequent ones first, the unsaid ones counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

import attrs

from salesproc import _text
from salesproc._given import require_period
from salesproc.errors import LogError
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.deals import DealLike, read_deals
from salesproc.money import Money
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = [
    "ObjectionLike",
    "Pareto",
    "ParetoCounts",
    "ParetoRow",
    "WithObjections",
    "finish_pareto",
    "loss_reasons",
    "objections",
    "reduce_loss_reasons",
    "reduce_objections",
]

D = TypeVar("D", bound=DealLike)


class ObjectionLike(Protocol):
    """Something a customer objects to; the objections of ``salesproc.records`` are."""

    @property
    def kind(self) -> str:
        """What kind of objection."""
        ...


class WithObjections(Protocol):
    """Anything that carries objections; the opportunities of ``salesproc.records`` do."""

    @property
    def objections(self) -> Iterable[ObjectionLike]:
        """What was objected to."""
        ...


class ParetoRow(NamedTuple):
    """One cause.

    Attributes:
        cause: The reason or the kind; None for those that say none.
        cases: How often.
        value: The sum of the amounts behind it; None where there are none.
        share: Its part of all, those that say none included.
        cumulative: The part of all that this and the more frequent causes make up.
    """

    cause: str | None
    cases: int
    value: Money | None
    share: Rate
    cumulative: Rate


@attrs.frozen(hash=False)
class ParetoCounts:
    """What adds up: how often each cause is named, with the amounts behind it.

    Attributes:
        causes: Cause, or None where none is named, to its deals and amounts.
    """

    causes: Mapping[str | None, Amounts] = attrs.field(factory=dict[str | None, Amounts])

    def __add__(self, other: object) -> "ParetoCounts":
        if not isinstance(other, ParetoCounts):
            return NotImplemented
        keys = dict.fromkeys([*self.causes, *other.causes])
        none = Amounts()
        return ParetoCounts({key: self.causes.get(key, none) + other.causes.get(key, none) for key in keys})


@attrs.frozen(repr=False)
class Pareto:
    """Causes by how often they occur, the most frequent first; those that name none come last.

    Attributes:
        rows: One per cause.
    """

    rows: tuple[ParetoRow, ...]

    @property
    def named(self) -> Rate:
        """The share that names a cause at all: below it, every share is only of those that said why."""
        total = sum(row.cases for row in self.rows)
        return Rate(sum(row.cases for row in self.rows if row.cause is not None), total)

    def __iter__(self) -> Iterator[ParetoRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per cause: count, value as exact text, share and cumulative share."""
        return [
            {
                "cause": _text.label(row.cause),
                "cases": row.cases,
                "value": None if row.value is None else str(row.value.amount),
                "share": row.share.value,
                "cumulative": row.cumulative.value,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (_text.label(row.cause), f"{row.cases:,}", f"{row.share:.1%}", f"{row.cumulative:.1%}")
            for row in self.rows
        ]
        return _text.table(("cause", "cases", "share", "together"), lines)

    def __repr__(self) -> str:
        return f"<Pareto of {len(self.rows)} causes, {self.named} named>"

    def _repr_html_(self) -> str:
        rows = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table("causes", ("cause", "cases", "value", "share", "together"), rows)


def loss_reasons(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    reason: str | Callable[[D], str | None] = "reason",
) -> Pareto:
    """Why deals were lost, the most frequent reason first, with the value lost for it.

    Args:
        deals: Anything with amount, opened_at, closed_at and outcome; won and open ones are passed over.
        as_of: The moment of the review; what was lost later is not lost yet.
        period: Only deals lost in it.
        reason: The attribute that says why, or a function from deal to reason. None and blank are counted as unsaid.

    Returns:
        Rows with counts, shares and cumulative shares; unsaid reasons in a row of their own, under None.

    Raises:
        LogError: A deal that contradicts itself, or has no such attribute.
        CurrencyMismatch: Amounts in several currencies.

    Source:
        Pareto rows: count, share, cumulative share, missing; ``docs/reference/glossary.md``.

    >>> from salesproc.metrics import Deal
    >>> day = date(2025, 1, 6)
    >>> lost = [Deal(None, day, day, "lost", reason=why) for why in ("price", "price", "timing", None)]
    >>> print(loss_reasons(lost, as_of=day))
    cause   cases  share  together
    price       2  50.0%     50.0%
    timing      1  25.0%     75.0%
    (none)      1  25.0%    100.0%
    """
    return finish_pareto(reduce_loss_reasons(deals, as_of=as_of, period=period, reason=reason))


def reduce_loss_reasons(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    reason: str | Callable[[D], str | None] = "reason",
) -> ParetoCounts:
    """The first half of `loss_reasons`: counts that add up over disjoint sets of deals."""
    require_period(period)
    causes: dict[str | None, Amounts] = {}
    currency: str | None = None
    for seen in read_deals(deals, as_of=as_of):
        closed = seen.closed_at
        if seen.outcome != "lost" or closed is None or (period is not None and closed not in period):
            continue
        why: Any = _asked(seen.deal, reason, seen.where)
        amount = Amounts.of(seen.deal.amount, seen.where, currency)
        currency = currency or (None if amount.money is None else amount.money.currency)
        cause = None if why is None or why == "" else str(why)
        causes[cause] = causes.get(cause, Amounts()) + amount
    return ParetoCounts(causes)


def objections(deals: Iterable[WithObjections]) -> Pareto:
    """What customers object to, the most frequent kind first; each objection counts, not each deal.

    Args:
        deals: Anything with ``objections``, each of which has a ``kind``.

    Returns:
        Rows with counts and shares, without amounts.

    Source:
        Objection kinds of the six-step sale and later lists: ``docs/reference/glossary.md``.
    """
    return finish_pareto(reduce_objections(deals))


def reduce_objections(deals: Iterable[WithObjections]) -> ParetoCounts:
    """The first half of `objections`: counts that add up over disjoint sets of deals."""
    kinds = Counter(str(one.kind) for deal in deals for one in deal.objections)
    return ParetoCounts({kind: Amounts(count, None, count, None) for kind, count in kinds.items()})


def finish_pareto(counts: ParetoCounts) -> Pareto:
    """Rows from counts: the most frequent first, equal ones by name, unsaid ones last."""
    total = sum(group.deals for group in counts.causes.values())
    order = sorted(counts.causes, key=lambda cause: (cause is None, -counts.causes[cause].deals, cause or ""))
    rows: list[ParetoRow] = []
    so_far = 0
    for cause in order:
        group = counts.causes[cause]
        so_far += group.deals
        rows.append(ParetoRow(cause, group.deals, group.money, Rate(group.deals, total), Rate(so_far, total)))
    return Pareto(tuple(rows))


def _asked(deal: D, reason: str | Callable[[D], str | None], where: str) -> object:
    if callable(reason):
        return reason(deal)
    try:
        return getattr(deal, reason)
    except AttributeError as error:
        raise LogError(f"{where} has no attribute {reason!r} to say why it was lost: {deal!r}") from error
