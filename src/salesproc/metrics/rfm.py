"""Who are the good customers? Recency, frequency and money, as values, as scores, and as segments with a name."""

import decimal
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._given import whole_number
from salesproc._tables import Shown
from salesproc.metrics._separation import no_more_than_chance, usual_gap
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.money import Money, money_maker

__all__ = [
    "RFM_SEGMENTS",
    "Rfm",
    "RfmCuts",
    "RfmRow",
    "RfmSegment",
    "RfmSegmentRow",
    "finish_rfm",
    "rfm",
]

C = TypeVar("C", bound=Hashable)


class RfmSegment(NamedTuple):
    """A name for a block of scores.

    Attributes:
        name: The name.
        recency: The lowest and the highest score of recency.
        frequency: The lowest and the highest score of frequency.
        action: What to do with them.
    """

    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    action: str = ""


RFM_SEGMENTS: tuple[RfmSegment, ...] = (
    RfmSegment("champions", (5, 5), (4, 5), "thank them, show them what is new first, ask for a referral"),
    RfmSegment("loyal", (3, 4), (4, 5), "offer the next larger thing, ask what they still buy elsewhere"),
    RfmSegment("potential loyal", (4, 5), (2, 3), "give a reason for the next order"),
    RfmSegment("new", (5, 5), (1, 1), "see that the first order went well"),
    RfmSegment("promising", (4, 4), (1, 1), "remind them of what goes with the first order"),
    RfmSegment("need attention", (3, 3), (3, 3), "ask how it is going, before they drift away"),
    RfmSegment("about to sleep", (3, 3), (1, 2), "an occasion to come back, soon"),
    RfmSegment("must not lose", (1, 2), (5, 5), "call in person and find out what happened"),
    RfmSegment("at risk", (1, 2), (3, 4), "win them back, with a reason why now"),
    RfmSegment("hibernating", (1, 2), (1, 2), "a low-cost reminder, and no more"),
)
"""Ten names for the 25 scores of recency and frequency out of five, each score in exactly one of them.

The blocks are those that dashboards have in common; the advice is ours.
"""


@attrs.frozen(kw_only=True)
class RfmCuts:
    """Where one score ends and the next begins: a value scores one more for each cut it lies above.

    For recency it is the other way round: one more for each cut it does not lie above, so that the freshest score highest.
    Each axis has as many scores as cuts, and one more.

    Attributes:
        recency_days: Days since the last purchase, rising.
        frequency: Purchases, rising.
        money: Amounts, rising, in the currency of the orders.

    >>> RfmCuts(recency_days=(30, 90), frequency=(1, 4), money=(100, 50))
    Traceback (most recent call last):
    ValueError: cuts of money must rise, got (100, 50)
    """

    recency_days: tuple[int, ...]
    frequency: tuple[int, ...]
    money: tuple[Decimal | int, ...]

    def __attrs_post_init__(self) -> None:
        for name, cuts in self.axes().items():
            if any(one > other for one, other in pairwise(cuts)):
                raise ValueError(f"cuts of {name} must rise, got {cuts!r}")
        if len({len(cuts) for cuts in self.axes().values()}) > 1:
            raise ValueError(f"every axis needs as many cuts as the others, got {self!r}")

    @property
    def scores(self) -> int:
        """How many scores an axis has."""
        return len(self.frequency) + 1

    def axes(self) -> dict[str, tuple[Any, ...]]:
        """The cuts by axis."""
        return attrs.asdict(self)


class RfmRow(NamedTuple):
    """One customer.

    Attributes:
        customer: Who.
        recency_days: Whole days since their last purchase. In lifetime models recency is the age at the last purchase: something else.
        frequency: How many purchases.
        money: What they spent in all, refunds taken off.
        r: The score of recency, 1 to the number of scores, the best highest.
        f: The score of frequency.
        m: The score of money.
        segment: The name of their segment; None where there are no names for so many scores.
    """

    customer: Any
    recency_days: int
    frequency: int
    money: Money
    r: int
    f: int
    m: int
    segment: str | None


class RfmSegmentRow(NamedTuple):
    """One segment.

    Attributes:
        name: Its name.
        customers: How many customers are in it.
        share: Their part of all customers, 0 to 1; None when there are none.
        money: What they spent in all; None when there is no order at all.
        action: What to do with them.
    """

    name: str
    customers: int
    share: float | None
    money: Money | None
    action: str


@attrs.frozen(repr=False)
class Rfm(Shown, Generic[C]):
    """Every customer with values, scores and segment.

    Attributes:
        rows: One per customer with a purchase; the highest scores first, then the most money, then by name.
        cuts: Where the scores begin and end; None when there are no customers to cut.
        segments: The names that were used.
        purchases: What was read.
        relative: Whether the cuts part these customers evenly; False for limits that were given.
    """

    rows: tuple[RfmRow, ...]
    cuts: RfmCuts | None
    segments: tuple[RfmSegment, ...]
    purchases: Purchases[C]
    relative: bool = True

    @property
    def undefined(self) -> str | None:
        """Why there are no scores; None when there are."""
        return None if self.rows else "no purchases: nobody can be scored"

    @property
    def without_purchase(self) -> int:
        """Customers who only ever got money back: they have no score."""
        return len(self.purchases.lowered.keys() - self.purchases.lines.keys())

    @property
    def coinciding(self) -> tuple[str, ...]:
        """The axes on which cuts coincide, because one value is very frequent.

        Whoever has that value gets the lowest of the scores it spans: on frequency, most of a steady base may look as if it had bought once. Give
        `RfmCuts` there.
        """
        if self.cuts is None:
            return ()
        return tuple(name for name, cuts in self.cuts.axes().items() if len({*cuts}) < len(cuts))

    @property
    def hardly_separating(self) -> tuple[str, ...]:
        """The axes on which parts of one size are names for a difference that is hardly there: of a steady base somebody is "at risk" all the same.

        On recency, when even the lowest score begins within the days that usually pass between two purchases; on frequency, when the numbers of purchases vary
        no more than those of customers who all buy equally often, at random. Empty for limits of your own, which mean what they say.
        """
        if self.cuts is None or not self.relative:
            return ()
        gap, found = usual_gap(self.purchases), list[str]()
        if gap is not None and self.cuts.recency_days[-1] <= gap:
            found.append("recency_days")
        if no_more_than_chance(row.frequency for row in self.rows):
            found.append("frequency")
        return tuple(found)

    def by_segment(self) -> tuple[RfmSegmentRow, ...]:
        """The segments as they are listed, empty ones too."""
        groups: dict[str | None, list[RfmRow]] = {one.name: [] for one in self.segments}
        for row in self.rows:
            groups.setdefault(row.segment, []).append(row)
        actions = {one.name: one.action for one in self.segments}
        return tuple(
            RfmSegmentRow(
                name or "(none)",
                len(rows),
                len(rows) / len(self.rows) if self.rows else None,
                self._sum(rows),
                actions.get(name or "", ""),
            )
            for name, rows in groups.items()
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer."""
        return [
            {
                "customer": _text.label(row.customer),
                "recency_days": row.recency_days,
                "frequency": row.frequency,
                "money": str(row.money.amount),
                "currency": row.money.currency,
                "r": row.r,
                "f": row.f,
                "m": row.m,
                "segment": row.segment,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (
                row.name,
                f"{row.customers:,}",
                _text.ABSENT if row.share is None else f"{row.share:.1%}",
                _text.ABSENT if row.money is None else str(row.money),
            )
            for row in self.by_segment()
        ]
        advice = "look at the cuts before the names, or give limits of your own"
        told = [
            f"{what} {', '.join(axes).replace('_', ' ')}: {advice}"
            for what, axes in (
                ("customers hardly differ in", self.hardly_separating),
                ("cuts coincide on", self.coinciding),
            )
            if axes
        ]
        return "\n".join([_text.table(("segment", "customers", "share", "money"), lines), *told])

    def __repr__(self) -> str:
        return f"<Rfm of {len(self.rows):,} customers to {self.purchases.as_of}>"

    def _sum(self, rows: Iterable[RfmRow]) -> Money | None:
        with decimal.localcontext(EXACT):
            return self.purchases.money(sum((row.money.amount for row in rows), Decimal(0)))


def rfm(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    cuts: int | RfmCuts = 5,
    segments: Sequence[RfmSegment] | None = None,
) -> Rfm[C]:
    """Recency, frequency and money of every customer, scored against the others or against limits of your own.

    Scores against the others part any base into parts of one size: in an old base "loyal" may mean a year of silence, and in a steady one somebody is "at risk" who
    was silent for less than the usual gap. Look at ``cuts`` and ``hardly_separating``, or give limits in days and purchases, which mean the same in every base.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review: recency is counted to it, later orders are not used.
        rules: What counts as a purchase.
        cuts: A number of scores, cut so that each holds as many customers as ties allow: equal values always share a
            score, and where one value is so frequent that cuts coincide, the scores between them stay empty. Or the cuts themselves.
        segments: Names that cover every pair of a score of recency and one of frequency. `RFM_SEGMENTS` when left out, with five scores;
            with another number, no names.

    Returns:
        One row per customer, the cuts that were used, and the segments.

    Raises:
        ValueError: *cuts* is below 2, or the segments miss a pair of scores or name one twice.
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        Cut k of n is the lowest value that at least k of n customers do not lie above (the inverse of the empirical distribution);
        the rule for ties: ``docs/explanation/decisions.md``.

    >>> orders = [
    ...     ("ann", date(2025, 5, 6), Money(100, "EUR")),
    ...     ("ann", date(2025, 6, 3), Money(80, "EUR")),
    ...     ("bob", date(2025, 1, 9), Money(20, "EUR")),
    ...     ("cid", date(2025, 6, 9), Money(90, "EUR")),
    ... ]
    >>> result = rfm(orders, as_of=date(2025, 6, 30), cuts=3)
    >>> [(row.customer, row.recency_days, row.frequency, row.r, row.f, row.m) for row in result.rows]
    [('ann', 27, 2, 2, 3, 3), ('cid', 21, 1, 3, 1, 2), ('bob', 172, 1, 1, 1, 1)]
    >>> result.cuts
    RfmCuts(recency_days=(21, 27), frequency=(1, 1), money=(Decimal('20'), Decimal('90')))
    """
    return finish_rfm(reduce_orders(orders, as_of=as_of, rules=rules), cuts=cuts, segments=segments)


def finish_rfm(
    purchases: Purchases[C], *, cuts: int | RfmCuts = 5, segments: Sequence[RfmSegment] | None = None
) -> Rfm[C]:
    """The second half of `rfm`."""
    require_purchases(purchases)
    relative = not isinstance(cuts, RfmCuts)
    scores = cuts.scores if isinstance(cuts, RfmCuts) else whole_number(cuts, "cuts")
    if scores < 2:
        raise ValueError(f"cuts must make at least 2 scores, got {cuts!r}")
    if segments is None:
        segments = RFM_SEGMENTS if scores == 5 else ()
    names = _names(segments, scores)
    today, back = purchases.as_of, purchases.lowered
    values = [
        (customer, (today - last).days, count, purchases.spent(customer) if customer in back else amount)
        for customer, last, count, amount in purchases.lines.totals()
    ]
    if not values:
        return Rfm((), cuts if isinstance(cuts, RfmCuts) else None, (*segments,), purchases, relative)
    values.sort(key=lambda value: str(value[0]))
    values.sort(key=itemgetter(3), reverse=True)  # a stable sort: by name where the money is equal
    used = cuts if isinstance(cuts, RfmCuts) else _quantiles(values, cuts)
    recency, frequency, money = used.recency_days, used.frequency, used.money
    money_of = money_maker(purchases.currency or "")
    rows = list[RfmRow]()
    for customer, days, count, amount in values:
        r = scores - bisect_left(recency, days)
        f = 1 + bisect_left(frequency, count)
        m = 1 + bisect_left(money, amount)
        rows.append(RfmRow(customer, days, count, money_of(amount), r, f, m, names.get((r, f))))
    rows.sort(key=lambda row: row.r + row.f + row.m, reverse=True)
    return Rfm((*rows,), used, (*segments,), purchases, relative)


def _quantiles(values: Sequence[tuple[Any, int, int, Decimal]], scores: int) -> RfmCuts:
    """The cuts that part the customers evenly, those with the most money given first."""
    places = [-(-step * len(values) // scores) - 1 for step in range(1, scores)]
    recency = sorted(row[1] for row in values)
    frequency = sorted(row[2] for row in values)
    money = [row[3] for row in reversed(values)]
    return RfmCuts(
        recency_days=(*(recency[place] for place in places),),
        frequency=(*(frequency[place] for place in places),),
        money=(*(money[place] for place in places),),
    )


def _names(segments: Sequence[RfmSegment], scores: int) -> Mapping[tuple[int, int], str]:
    """The name of every pair of scores.

    Raises:
        ValueError: A pair has no name, or two.
    """
    names: dict[tuple[int, int], str] = {}
    for segment in segments:
        for r in range(segment.recency[0], segment.recency[1] + 1):
            for f in range(segment.frequency[0], segment.frequency[1] + 1):
                if (r, f) in names:
                    raise ValueError(f"the scores r={r}, f={f} are both {names[r, f]!r} and {segment.name!r}")
                names[r, f] = segment.name
    wanted = {(r, f) for r in range(1, scores + 1) for f in range(1, scores + 1)}
    if segments and names.keys() != wanted:
        missing = sorted(wanted - names.keys()) or sorted(names.keys() - wanted)
        raise ValueError(
            f"segments must name every pair of {scores} scores and no other, look at r, f = {missing[0]}"
        )
    return names
