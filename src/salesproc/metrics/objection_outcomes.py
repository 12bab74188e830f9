"""What becomes of deals that meet an objection, by kind and by stage? Open ones apart, and the deals without any beside them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar, overload

import attrs

from salesproc._given import require_period
from salesproc.errors import LogError
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import DealLike, Outcome, SeenDeal, deal_label, read_deals
from salesproc.metrics.objection_results import (
    ObjectionCounts,
    ObjectionOutcomeCounts,
    ObjectionOutcomes,
    finish_objection_outcomes,
)
from salesproc.money import Money
from salesproc.periods import Period

__all__ = [
    "DatedObjection",
    "DealObjection",
    "MeetsObjections",
    "ObjectedDeal",
    "objection_outcomes",
    "reduce_objection_outcomes",
]


class DatedObjection(Protocol):
    """Something a buyer holds against buying, with where and when; the objections of ``salesproc.records`` are."""

    @property
    def kind(self) -> str:
        """What it is about."""
        ...

    @property
    def stage(self) -> str:
        """The stage the deal was in when it was raised."""
        ...

    @property
    def raised_at(self) -> date:
        """When it was raised."""
        ...

    @property
    def resolved_at(self) -> date | None:
        """When it was resolved; None while it stands."""
        ...


class MeetsObjections(DealLike, Protocol):
    """A deal that keeps what was objected to; the opportunities of ``salesproc.records`` do, and `ObjectedDeal`."""

    @property
    def objections(self) -> Sequence[DatedObjection]:
        """What was objected to, in any order."""
        ...


class DealObjection(NamedTuple):
    """An objection as a plain row.

    Attributes:
        kind: What it is about; ``ObjectionKind`` of ``salesproc.records`` has the usual ones.
        stage: The stage the deal was in when it was raised.
        raised_at: When it was raised.
        resolved_at: When it was resolved; None while it stands.
    """

    kind: str
    stage: str
    raised_at: date
    resolved_at: date | None = None


class ObjectedDeal(NamedTuple):
    """A deal with its objections as a plain row, for those whose deals come from a table.

    Attributes:
        amount: What it is worth; None when nobody has said.
        opened_at: When it was opened.
        closed_at: When it was won or lost; None while it is open.
        outcome: ``"open"``, ``"won"`` or ``"lost"``.
        objections: What was objected to.
        id: Which deal; named in errors.
        owner: The sales rep.
    """

    amount: Money | None
    opened_at: date
    closed_at: date | None
    outcome: Outcome
    objections: Sequence[DatedObjection] = ()
    id: str | None = None
    owner: str | None = None


D = TypeVar("D", bound=MeetsObjections)
K = TypeVar("K", bound=Hashable)


@overload
def objection_outcomes(
    deals: Iterable[D], *, as_of: date, period: Period | None = ..., by: None = ...
) -> ObjectionOutcomes: ...
@overload
def objection_outcomes(
    deals: Iterable[D], *, as_of: date, period: Period | None = ..., by: Callable[[D], K]
) -> Breakdown[K, ObjectionOutcomes]: ...
@overload
def objection_outcomes(
    deals: Iterable[D], *, as_of: date, period: Period | None = ..., by: str
) -> Breakdown[Any, ObjectionOutcomes]: ...
def objection_outcomes(
    deals: Iterable[D],
    *,
    as_of: date,
    period: Period | None = None,
    by: Callable[[D], Any] | str | None = None,
) -> ObjectionOutcomes | Breakdown[Any, ObjectionOutcomes]:
    """Per kind of objection, and per kind and stage: how many deals met it, how often it was resolved, and how many of the closed ones were won.

    Args:
        deals: Opportunities of ``salesproc.records``, `ObjectedDeal` rows, or anything like them; in any order, read once.
        as_of: The review. What was raised, resolved or closed later has not happened yet.
        period: Only deals opened in it, whatever became of them; all when left out.
        by: A function from deal to label, or the name of an attribute, for one result per label.

    Returns:
        Counts and rates; open deals, and the objections that stand in them, are in no rate. Undefined when no objection was raised.

    Raises:
        LogError: A deal that contradicts itself, an objection raised while the deal was not open, or resolved before it was raised; the message names it.
        NaiveTimeError: Times of two kinds.

    Source:
        Objections while contacting, presenting and closing, OpenStax *Entrepreneurship* 8.6; knowing the obstacles, document 002 of
        ``docs/explanation/sources.md``. Neither gives a figure.

    >>> jan, feb = date(2025, 1, 6), date(2025, 2, 3)
    >>> deals = [
    ...     ObjectedDeal(None, jan, feb, "won", [DealObjection("cost", "present", jan, feb)]),
    ...     ObjectedDeal(None, jan, feb, "lost", [DealObjection("cost", "close", jan), DealObjection("trust", "close", jan)]),
    ...     ObjectedDeal(None, jan, None, "open", [DealObjection("cost", "close", feb)]),
    ...     ObjectedDeal(None, jan, feb, "won"),
    ... ]
    >>> found = objection_outcomes(deals, as_of=date(2025, 3, 1))
    >>> print(found)
    objection  deals  raised       resolved  open    won of closed
    cost           3       3  50.0% (1 of 2)     1  50.0% (1 of 2)
    trust          1       1   0.0% (0 of 1)     0   0.0% (0 of 1)
    (none)         1       0    n/a (0 of 0)     0  100.0% (1 of 1)
    >>> [(row.kind, row.stage, str(row.counts.win_rate)) for row in found.stages]
    [('cost', 'close', '0.0% (0 of 1)'), ('cost', 'present', '100.0% (1 of 1)'), ('trust', 'close', '0.0% (0 of 1)')]
    """
    parts = _reduce(deals, as_of, period, by)
    if by is None:
        return finish_objection_outcomes(sum(parts.values(), ObjectionOutcomeCounts()))
    return break_down(parts, ObjectionOutcomeCounts(), finish_objection_outcomes, _size)


def reduce_objection_outcomes(
    deals: Iterable[D], *, as_of: date, period: Period | None = None
) -> ObjectionOutcomeCounts:
    """The first half of `objection_outcomes`: counts that add up over disjoint sets of deals."""
    return sum(_reduce(deals, as_of, period, None).values(), ObjectionOutcomeCounts())


def _reduce(
    deals: Iterable[D], as_of: date, period: Period | None, by: Callable[[D], Any] | str | None
) -> dict[Hashable, ObjectionOutcomeCounts]:
    require_period(period)
    label = deal_label(by)
    parts = defaultdict[Hashable, _Tally](_Tally)
    for seen in read_deals(deals, as_of=as_of):
        part = parts[label(seen)]
        if seen.outcome == "ahead":
            part.ahead += 1
        elif period is not None and seen.deal.opened_at not in period:
            part.out_of_period += 1
        else:
            part.take(seen, as_of)
    return {key: part.counts() for key, part in parts.items()}


@attrs.define
class _Tally:
    """What one pass finds out about the deals of one label."""

    kinds: defaultdict[str, Counter[str]] = attrs.field(factory=lambda: defaultdict(Counter))
    stages: defaultdict[tuple[str, str], Counter[str]] = attrs.field(factory=lambda: defaultdict(Counter))
    with_any: Counter[str] = attrs.field(factory=Counter[str])
    without: Counter[str] = attrs.field(factory=Counter[str])
    out_of_period: int = 0
    ahead: int = 0
    after_as_of: int = 0

    def take(self, seen: SeenDeal[Any], as_of: date) -> None:
        """One deal: once for each kind and place it met, and each objection by itself."""
        review = comparable(as_of, as_of, "as_of")
        left = "standing" if seen.outcome == "open" else "unresolved"
        met = set[tuple[str, str]]()
        for number, one in enumerate(seen.deal.objections, 1):
            where = f"objection {number} of {seen.where}"
            raised, resolved = _times(one, as_of, where)
            if raised > review:
                self.after_as_of += 1
                continue
            if raised < seen.opened or (seen.closed is not None and raised > seen.closed):
                raise LogError(
                    f"{where} was raised at {one.raised_at!r}, when the deal was not open: {one!r}"
                )
            place, stand = (str(one.kind), str(one.stage)), left
            if resolved is not None and resolved <= (review if seen.closed is None else seen.closed):
                stand = "resolved"
            met.add(place)
            for group in (self.stages[place], self.kinds[place[0]], self.with_any):
                group[stand] += 1
        for place in met:
            self.stages[place][seen.outcome] += 1
        for kind in {kind for kind, _ in met}:
            self.kinds[kind][seen.outcome] += 1
        (self.with_any if met else self.without)[seen.outcome] += 1

    def counts(self) -> ObjectionOutcomeCounts:
        return ObjectionOutcomeCounts(
            kinds={kind: ObjectionCounts(**group) for kind, group in self.kinds.items()},
            stages={place: ObjectionCounts(**group) for place, group in self.stages.items()},
            with_any=ObjectionCounts(**self.with_any),
            without=ObjectionCounts(**self.without),
            out_of_period=self.out_of_period,
            ahead=self.ahead,
            after_as_of=self.after_as_of,
        )


def _times(one: DatedObjection, as_of: date, where: str) -> tuple[date, date | None]:
    raised = comparable(one.raised_at, as_of, where)
    resolved = None if one.resolved_at is None else comparable(one.resolved_at, as_of, where)
    if resolved is not None and resolved < raised:
        raise LogError(f"{where} was resolved at {resolved}, before it was raised at {raised}: {one!r}")
    return raised, resolved


def _size(counts: ObjectionOutcomeCounts) -> int:
    return counts.with_any.deals + counts.without.deals
