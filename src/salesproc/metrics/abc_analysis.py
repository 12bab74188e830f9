"""Which customers bring most of the money? Classes A, B and C by their part of it."""

import decimal
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar, cast, get_args

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.errors import did_you_mean
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.money import Money, money_maker

__all__ = ["Abc", "AbcClass", "AbcRow", "CrossingRule", "abc_classes", "finish_abc"]

C = TypeVar("C", bound=Hashable)

CrossingRule: TypeAlias = Literal["above", "below"]
"""Where those belong who cross a border: to the class above it, or to the one below."""

CLASSES = ("A", "B", "C")


class AbcRow(NamedTuple):
    """One customer.

    Attributes:
        customer: Who.
        money: What they spent in all, refunds taken off.
        running: What all those spent who spent as much or more; None for those who spent nothing or less.
        grade: A, B or C.
    """

    customer: Any
    money: Money
    running: Money | None
    grade: str


class AbcClass(NamedTuple):
    """One class.

    Attributes:
        grade: A, B or C.
        customers: How many are in it.
        money: What they spent; None where nobody is in it.
        share: Their part of all that was spent, exact; None where nothing was.
    """

    grade: str
    customers: int
    money: Money | None
    share: Fraction | None


@attrs.frozen(repr=False)
class Abc(Shown, Generic[C]):
    """Every customer with their class, those who spend most first.

    Attributes:
        rows: One per customer in the list.
        cuts: The part of the money that A ends at, and that B ends at.
        total: What those spent who spent something: the base of all shares. None when nobody did.
        not_positive: How many spent nothing or less: in C, and not in the base.
        purchases: What was read.
    """

    rows: tuple[AbcRow, ...]
    cuts: tuple[Fraction, Fraction]
    total: Money | None
    not_positive: int
    purchases: Purchases[C]

    @property
    def undefined(self) -> str | None:
        """Why there are no shares; None when there are."""
        return "nobody spent anything: there is nothing to part" if self.total is None else None

    def grades(self) -> dict[C, str]:
        """Each customer's class."""
        return {row.customer: row.grade for row in self.rows}

    def by_class(self) -> tuple[AbcClass, ...]:
        """A, B and C, empty ones too."""
        found = list[AbcClass]()
        for grade in CLASSES:
            amounts = [row.money.amount for row in self.rows if row.grade == grade]
            with decimal.localcontext(EXACT):
                money = self.purchases.money(sum(amounts, Decimal(0))) if amounts else None
                positive = sum((amount for amount in amounts if amount > 0), Decimal(0))
            share = None if self.total is None else Fraction(positive) / Fraction(self.total.amount)
            found.append(AbcClass(grade, len(amounts), money, share))
        return tuple(found)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer."""
        return [
            {
                "customer": _text.label(row.customer),
                "money": str(row.money.amount),
                "currency": row.money.currency,
                "share": None if row.running is None else self._share(row.money),
                "cumulative": None if row.running is None else self._share(row.running),
                "grade": row.grade,
            }
            for row in self.rows
        ]

    def _share(self, money: Money) -> float | None:
        return None if self.total is None else float(money / self.total)

    def __str__(self) -> str:
        lines = [
            (
                one.grade,
                f"{one.customers:,}",
                _text.ABSENT if one.money is None else str(one.money),
                _text.ABSENT if one.share is None else f"{float(one.share):.1%}",
            )
            for one in self.by_class()
        ]
        return _text.table(("class", "customers", "money", "share"), lines)

    def __repr__(self) -> str:
        return f"<Abc of {len(self.rows):,} customers to {self.purchases.as_of}>"


def abc_classes(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    cuts: tuple[Share, Share] = (Decimal("0.80"), Decimal("0.95")),
    crossing: CrossingRule = "above",
) -> Abc[C]:
    """A, B and C: those who together bring most of the money, those who bring the next part, and the rest.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; later orders are not used.
        rules: What counts as a purchase.
        cuts: The part of all money at which A ends, and that at which B ends; 80 % and 95 % when left out.
        crossing: Those who cross a cut belong to the class above it, so that A is never empty, or to the one below.

    Returns:
        One row per customer, the largest first. Customers who spent equally much are in one class. Those who spent
        nothing, or got back more than they paid, are in C and in no share.

    Raises:
        ValueError: The cuts are no shares or do not rise; there is no such rule.
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        The analysis is named, without cuts, in document 004 of ``docs/explanation/sources.md``; 80 and 95 % are the field's convention. Both
        rules for the crossing customer are in use: ``docs/explanation/decisions.md``.

    >>> day = date(2025, 1, 6)
    >>> orders = [(who, day, Money(spent, "EUR")) for who, spent in [("ann", 70), ("bob", 20), ("cid", 6), ("dan", 4)]]
    >>> print(abc_classes(orders, as_of=day))
    class  customers      money  share
    A              2  90.00 EUR  90.0%
    B              1   6.00 EUR   6.0%
    C              1   4.00 EUR   4.0%
    """
    return finish_abc(reduce_orders(orders, as_of=as_of, rules=rules), cuts=cuts, crossing=crossing)


def finish_abc(
    purchases: Purchases[C],
    *,
    cuts: tuple[Share, Share] = (Decimal("0.80"), Decimal("0.95")),
    crossing: CrossingRule = "above",
) -> Abc[C]:
    """The second half of `abc_classes`."""
    require_purchases(purchases)
    if crossing not in get_args(CrossingRule):
        raise ValueError(
            f"crossing must be a rule, got {crossing!r}; {did_you_mean(str(crossing), get_args(CrossingRule))}"
        )
    given: object = cuts  # callers without a type checker pass one share, or three
    if not isinstance(given, Sequence) or len(cast("Sequence[object]", given)) != 2:
        raise ValueError(f"cuts must be two shares, where A ends and where B ends, got {cuts!r}")
    first, second = (exact_share(cut, "a cut") for cut in cuts)
    if not 0 < first <= second:
        raise ValueError(f"cuts must rise from above 0, got {cuts!r}")
    if purchases.currency is None:
        return Abc((), (first, second), None, 0, purchases)
    spent = purchases.spending()
    ranked = sorted(spent, key=str)
    ranked.sort(key=spent.__getitem__, reverse=True)
    money_of = money_maker(purchases.currency)
    with decimal.localcontext(EXACT):
        total = sum((amount for amount in spent.values() if amount > 0), Decimal(0))
        ends = tuple((total * cut.numerator, cut.denominator) for cut in (first, second))
        rows, running = list[AbcRow](), Decimal(0)
        for amount, group in groupby(ranked, key=spent.__getitem__):
            equals, money = [*group], money_of(amount)
            if amount <= 0:
                rows += [AbcRow(customer, money, None, "C") for customer in equals]
                continue
            before, running = running, running + amount * len(equals)
            grade, until = _grade(before, running, ends, crossing), money_of(running)
            rows += [AbcRow(customer, money, until, grade) for customer in equals]
    return Abc(
        (*rows,),
        (first, second),
        purchases.money(total) if total else None,
        sum(amount <= 0 for amount in spent.values()),
        purchases,
    )


def _grade(before: Decimal, after: Decimal, ends: Iterable[tuple[Decimal, int]], crossing: str) -> str:
    """The class of those who take the running sum from one amount to another."""
    for grade, (end, times) in zip(CLASSES, ends, strict=False):
        if (before * times < end) if crossing == "above" else (after * times <= end):
            return grade
    return "C"
