"""What happened to the money of those who paid already? From one balance to the next, customer by customer."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._given import leading_fields, several
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, LogError
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.ratios import Ratio
from salesproc.money import Money, total

__all__ = [
    "Balances",
    "RevenueMovement",
    "finish_revenue_movement",
    "gross_revenue_retention",
    "net_revenue_retention",
    "quick_ratio",
    "reduce_revenue_movement",
    "revenue_movement",
]

C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)

Balances: TypeAlias = Mapping[C, Money] | Iterable[tuple[C, Money, *tuple[object, ...]]]
"""What each customer pays per period: a mapping, or rows ``(customer, amount)``; the rows of one customer are added."""

_IN: Sequence[str] = ("new", "reactivated", "expansion")
_OUT: Sequence[str] = ("contraction", "churned")
_NAMES: Sequence[str] = ("before", *_IN, *_OUT)


@attrs.frozen(kw_only=True, repr=False, hash=False)
class RevenueMovement(Shown):
    """From what was paid before to what is paid now, with every customer in one movement at most.

    Attributes:
        sums: By movement, its money, never below 0; empty when there is no balance at all.
        customers: By movement, how many customers made it; under ``"before"`` those who paid.
    """

    sums: Mapping[str, Money] = attrs.field(factory=dict[str, Money])
    customers: Mapping[str, int] = attrs.field(factory=lambda: dict.fromkeys(_NAMES, 0))

    @property
    def before(self) -> Money | None:
        """What was paid before: the base of both retentions. None, as all the others, when there is no balance at all."""
        return self.sums.get("before")

    @property
    def new(self) -> Money | None:
        """From customers who never paid before."""
        return self.sums.get("new")

    @property
    def reactivated(self) -> Money | None:
        """From customers who did not pay before and had paid earlier."""
        return self.sums.get("reactivated")

    @property
    def expansion(self) -> Money | None:
        """What customers pay more than they did."""
        return self.sums.get("expansion")

    @property
    def contraction(self) -> Money | None:
        """What customers who still pay, pay less than they did."""
        return self.sums.get("contraction")

    @property
    def churned(self) -> Money | None:
        """What those paid who pay nothing any more."""
        return self.sums.get("churned")

    @property
    def after(self) -> Money | None:
        """What is paid now: before, and every movement."""
        return self._sum(("before", *_IN), _OUT)

    @property
    def customers_after(self) -> int:
        """How many customers pay now."""
        there = self.customers
        return there["before"] + there["new"] + there["reactivated"] - there["churned"]

    @property
    def net_retention(self) -> Ratio:
        """Net revenue retention (NRR): what those who paid before pay now, over what they paid. May pass 1."""
        return Ratio(self._sum(("before", "expansion"), _OUT), self.before, "nobody paid before")

    @property
    def gross_retention(self) -> Ratio:
        """Gross revenue retention (GRR): the same, with nobody counted for more than they paid. Never above 1."""
        return Ratio(self._sum(("before",), _OUT), self.before, "nobody paid before")

    @property
    def quick_ratio(self) -> Ratio:
        """All money gained over all money lost; those who came back are a gain, known or not."""
        return Ratio(self._sum(_IN), self._sum(_OUT), "nothing was lost")

    @property
    def undefined(self) -> str | None:
        """Why there is no retention; None when there is."""
        return self.net_retention.undefined

    def __add__(self, other: object) -> "RevenueMovement":
        if not isinstance(other, RevenueMovement):
            return NotImplemented
        return added(self, other, ())

    def to_rows(self) -> list[dict[str, Cell]]:
        """From before to after, a row each: customers, and what is added as exact text, below 0 where it is lost. The rows add up to the last one."""
        values = {name: -money if name in _OUT else money for name, money in self.sums.items()}
        after = self.after
        rows = [(name, self.customers[name], values.get(name)) for name in _NAMES]
        return [
            {
                "movement": name,
                "customers": customers,
                "money": None if money is None else str(money.amount),
                "currency": None if money is None else money.currency,
            }
            for name, customers, money in [*rows, ("after", self.customers_after, after)]
        ]

    def __str__(self) -> str:
        lines = [
            (
                str(row["movement"]),
                f"{row['customers']:,}",
                _text.ABSENT if row["money"] is None else str(Money(str(row["money"]), str(row["currency"]))),
            )
            for row in self.to_rows()
        ]
        table = _text.table(("movement", "customers", "money"), lines)
        return f"{table}\nnet retention {self.net_retention:.1%}, gross {self.gross_retention:.1%}"

    def __repr__(self) -> str:
        if not self.sums:
            return "<RevenueMovement: no balances>"
        return f"<RevenueMovement: {self.before} to {self.after}, net {self.net_retention:.1%}, gross {self.gross_retention:.1%}>"

    def _sum(self, plus: Sequence[str], minus: Sequence[str] = ()) -> Money | None:
        if not self.sums:
            return None
        return total([*(self.sums[name] for name in plus), *(-self.sums[name] for name in minus)])


@overload
def revenue_movement(
    before: Balances[C], after: Balances[C], *, earlier: Iterable[C] = (), by: None = None
) -> RevenueMovement: ...
@overload
def revenue_movement(
    before: Balances[C], after: Balances[C], *, earlier: Iterable[C] = (), by: Callable[[C], K]
) -> Breakdown[K, RevenueMovement]: ...
def revenue_movement(
    before: Balances[C],
    after: Balances[C],
    *,
    earlier: Iterable[C] = (),
    by: Callable[[C], K] | None = None,
) -> RevenueMovement | Breakdown[Any, RevenueMovement]:
    """What became of recurring revenue between two days: kept, expanded, contracted, churned, reactivated, new.

    Each customer is compared with themselves, so there is one net movement per customer and what happened and was undone in between is not seen. The
    movements balance: before, and all of them, is after.

    Args:
        before: What each customer paid per period then: a mapping, or rows ``(customer, amount)`` in any order, read once. The rows of one
            customer are added: two contracts are one customer. Nobody, and an amount of nothing, is the same.
        after: What each pays now, for a period as long.
        earlier: Customers who paid at some time before that. One of them who did not pay *before* and pays now is reactivated; without them
            everybody who did not pay before is new.
        by: A function from customer to label, for one result per label.

    Returns:
        Money and customers of every movement, with net and gross retention and the quick ratio, per label if *by* is given.

    Raises:
        LogError: A row that cannot be read, or an amount below 0; the message names the row.
        CurrencyMismatch: Amounts in two currencies; the message names the row.

    Source:
        Movements as tools for subscriptions name them. Gross retention per customer, and reactivated money in neither retention:
        ``docs/explanation/decisions.md``.

    >>> def euros(amount):
    ...     return Money(amount, "EUR")
    >>> then = {"ann": euros(100), "bob": euros(100), "cid": euros(100)}
    >>> now = {"ann": euros(130), "bob": euros(80), "dan": euros(50), "eve": euros(40)}
    >>> print(revenue_movement(then, now, earlier=["eve"]))
    movement     customers        money
    before               3   300.00 EUR
    new                  1    50.00 EUR
    reactivated          1    40.00 EUR
    expansion            1    30.00 EUR
    contraction          1   -20.00 EUR
    churned              1  -100.00 EUR
    after                4   300.00 EUR
    net retention 70.0%, gross 60.0%
    """
    parts = _reduce(before, after, earlier, by)
    if by is None:
        return finish_revenue_movement(sum(parts.values(), RevenueMovement()))
    return break_down(parts, RevenueMovement(), finish_revenue_movement, _size)


def reduce_revenue_movement(
    before: Balances[C], after: Balances[C], *, earlier: Iterable[C] = ()
) -> RevenueMovement:
    """The first half of `revenue_movement`: sums and counts that add up over disjoint sets of customers."""
    return sum(_reduce(before, after, earlier, None).values(), RevenueMovement())


def finish_revenue_movement(counts: RevenueMovement) -> RevenueMovement:
    """From sums and counts to the result, which they are: they carry their ratios."""
    return counts


def net_revenue_retention(before: Balances[C], after: Balances[C]) -> Ratio:
    """Net revenue retention (NRR, NDR): what those who paid before pay now, over what they paid then.

    New and reactivated customers are in neither number. Above 1 the customers there are grow by themselves. Takes and raises what `revenue_movement`
    does; undefined when nobody paid before.

    >>> then = {"ann": Money(100, "EUR"), "bob": Money(100, "EUR")}
    >>> print(net_revenue_retention(then, {"ann": Money(130, "EUR"), "cid": Money(90, "EUR")}))
    0.650 (130.00 EUR over 200.00 EUR)
    """
    return revenue_movement(before, after).net_retention


def gross_revenue_retention(before: Balances[C], after: Balances[C]) -> Ratio:
    """Gross revenue retention (GRR): what is left of what was paid before, nobody counted for more than they paid then; 0 to 1.

    Takes and raises what `revenue_movement` does; undefined when nobody paid before.

    >>> then = {"ann": Money(100, "EUR"), "bob": Money(100, "EUR")}
    >>> print(gross_revenue_retention(then, {"ann": Money(130, "EUR"), "cid": Money(90, "EUR")}))
    0.500 (100.00 EUR over 200.00 EUR)
    """
    return revenue_movement(before, after).gross_retention


def quick_ratio(before: Balances[C], after: Balances[C]) -> Ratio:
    """How much recurring revenue came in for each unit that was lost: new, reactivated and expansion over churned and contraction.

    Not the quick ratio of a balance sheet. Takes and raises what `revenue_movement` does; undefined when nothing was lost.

    >>> then = {"ann": Money(100, "EUR"), "bob": Money(100, "EUR")}
    >>> print(quick_ratio(then, {"ann": Money(130, "EUR"), "cid": Money(90, "EUR")}))
    1.200 (120.00 EUR over 100.00 EUR)
    """
    return revenue_movement(before, after).quick_ratio


def _size(counts: RevenueMovement) -> int:
    return counts.customers["before"]


def _reduce(
    before: Balances[C], after: Balances[C], earlier: Iterable[C], by: Callable[[C], K] | None
) -> dict[Hashable, RevenueMovement]:
    reader, known = _Reader(), frozenset(several(earlier, "earlier"))
    then, now = reader.read(before, "before"), reader.read(after, "after")
    if reader.currency is None:  # there is no row
        return {}
    nothing = Money.zero(reader.currency)
    parts: dict[Hashable, _Part] = {}
    for customer in {**then, **now}:
        label = None if by is None else by(customer)
        if label not in parts:
            parts[label] = _Part(nothing)
        paid, pays = then.get(customer, nothing), now.get(customer, nothing)
        if paid:
            parts[label].add("before", paid)
        if paid != pays:
            parts[label].add(*_moved(paid, pays, known_earlier=customer in known))
    return {label: RevenueMovement(sums=part.sums, customers=part.customers) for label, part in parts.items()}


def _moved(paid: Money, pays: Money, *, known_earlier: bool) -> tuple[str, Money]:
    """The one movement of a customer whose amount has changed."""
    if not paid:
        return "reactivated" if known_earlier else "new", pays
    if not pays:
        return "churned", paid
    return ("expansion", pays - paid) if pays > paid else ("contraction", paid - pays)


class _Part:
    """The sums of one label while they grow."""

    def __init__(self, nothing: Money) -> None:
        self.sums = dict.fromkeys(_NAMES, nothing)
        self.customers = dict.fromkeys(_NAMES, 0)

    def add(self, name: str, money: Money) -> None:
        self.sums[name] += money
        self.customers[name] += 1


@attrs.define
class _Reader:
    """Reads balances, all of them in the currency of the first."""

    currency: str | None = None

    def read(self, balances: Balances[C], which: str) -> dict[C, Money]:
        """What each customer pays."""
        given: Any = balances
        rows: Iterable[object] = given.items() if isinstance(balances, Mapping) else given
        found: dict[C, Money] = {}
        for number, row in enumerate(rows, 1):
            customer, money = self._row(row, f"row {number} of {which}")
            found[customer] = found[customer] + money if customer in found else money
        return found

    def _row(self, row: object, where: str) -> tuple[Any, Money]:
        customer, money = leading_fields(row, ("customer", "amount"), where)
        if not isinstance(money, Money):
            raise LogError(f"{where} has the amount {money!r}; give Money(amount, currency): {row!r}")
        if money.amount < 0:
            raise LogError(f"{where} is below 0: {row!r}; a credit is no recurring revenue, leave it out")
        self.currency = self.currency or money.currency
        if money.currency != self.currency:
            raise CurrencyMismatch(
                f"{where} is in {money.currency}, those before it in {self.currency}; convert them first, or ask for each currency apart"
            )
        return customer, money
