"""On how many customers does the business rest? Shares of the money, and the Herfindahl-Hirschman index of them."""

import decimal
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, cast, overload

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._given import leading_fields, whole_number
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch, LogError
from salesproc.metrics.breakdown import Breakdown, Cell, break_down
from salesproc.metrics.orders import Purchases
from salesproc.money import Money

__all__ = [
    "Concentration",
    "ConcentrationCounts",
    "ConcentrationRow",
    "PaidRow",
    "concentration",
    "finish_concentration",
    "reduce_concentration",
]

C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)

PaidRow: TypeAlias = tuple[C, Money, *tuple[object, ...]]
"""A row of who paid and how much, then anything."""

Parent: TypeAlias = Callable[[C], C | None]
"""From a customer to the group they belong to, under which they count as one; None for those who stand alone."""


@attrs.frozen(kw_only=True, repr=False, hash=False)
class ConcentrationCounts(Generic[C]):
    """What adds up: how much each customer paid.

    Attributes:
        currency: Of every amount; None when there is none.
        amounts: Per customer, the sum of their rows.
    """

    currency: str | None = None
    amounts: Mapping[C, Decimal] = attrs.field(factory=dict[Any, Any])

    def __add__(self, other: object) -> "ConcentrationCounts[C]":
        if not isinstance(other, ConcentrationCounts):
            return NotImplemented
        theirs = cast("ConcentrationCounts[C]", other)
        if None not in (self.currency, theirs.currency) and self.currency != theirs.currency:
            raise CurrencyMismatch(
                f"amounts in {self.currency} and in {theirs.currency}; convert one part first"
            )
        return ConcentrationCounts(
            currency=self.currency or theirs.currency,
            amounts=_summed([*self.amounts.items(), *theirs.amounts.items()]),
        )

    def __repr__(self) -> str:
        return f"<ConcentrationCounts of {len(self.amounts):,} customers in {self.currency}>"


class ConcentrationRow(NamedTuple):
    """One customer, or one group of them.

    Attributes:
        customer: Who.
        money: What they paid in all.
        share: Their part of what all paid, exact, 0 to 1.
        cumulative: The part of all that they and those before them make up.
    """

    customer: Any
    money: Money
    share: Fraction
    cumulative: Fraction


@attrs.frozen(kw_only=True, repr=False)
class Concentration(Shown, Generic[C]):
    """How the money is spread over customers. Every share is an exact fraction of what those paid who paid something.

    Attributes:
        rows: One per customer who paid something, the largest first, equal ones by name.
        total: What they paid: the base of all shares. None when nobody did.
        not_positive: How many paid nothing, or got back more than they paid: in no share.
        hhi: The Herfindahl-Hirschman index, the sum of the squared shares, from 1/n for n equal customers to 1 for a single one.
            None when nobody paid.
        groups: From customers who count under the name of their group to that name; not compared, since it changes no share.
    """

    rows: tuple[ConcentrationRow, ...]
    total: Money | None
    not_positive: int
    hhi: Fraction | None
    groups: Mapping[C, C] = attrs.field(factory=dict[Any, Any], eq=False)

    @property
    def largest(self) -> Fraction | None:
        """The share of the largest customer; None when nobody paid."""
        return self.rows[0].share if self.rows else None

    @property
    def hhi_points(self) -> Fraction | None:
        """The index on the scale of 0 to 10,000, on which shares are percentages; None when nobody paid."""
        return None if self.hhi is None else self.hhi * 10_000

    @property
    def normalised_hhi(self) -> Fraction | None:
        """The index from 0 for equal customers to 1, whatever their number; None with fewer than two customers."""
        if self.hhi is None or len(self.rows) == 1:
            return None
        even = Fraction(1, len(self.rows))
        return (self.hhi - even) / (1 - even)

    @property
    def effective_number(self) -> Fraction | None:
        """How many equal customers would be as concentrated: 1 over the index; None when nobody paid."""
        return None if self.hhi is None else 1 / self.hhi

    @property
    def undefined(self) -> str | None:
        """Why there are no shares; None when there are."""
        return None if self.rows else "nobody paid anything: there is nothing to have a share of"

    def top(self, n: int) -> Fraction | None:
        """The share of the *n* largest customers together.

        Args:
            n: How many, 1 or more; of fewer customers than that it is the share of all, which is 1.

        Returns:
            0 to 1; None when nobody paid.

        Raises:
            ValueError: *n* is below 1.
            TypeError: *n* is no whole number.
        """
        whole_number(n, "n", least=1)
        return self.rows[min(n, len(self.rows)) - 1].cumulative if self.rows else None

    def customers_for(self, share: Share) -> int | None:
        """The smallest number of customers who together bring at least a share of the money.

        Args:
            share: The share of the money, 0 to 1.

        Returns:
            How many; None when nobody paid.

        Raises:
            ValueError: It is no share.
        """
        wanted = exact_share(share, "share")
        if not self.rows:
            return None
        return bisect_left(self.rows, wanted, key=lambda row: row.cumulative) + 1 if wanted else 0

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the measures as numbers, the total as exact text."""
        measures = {
            "largest": self.largest,
            "hhi": self.hhi,
            "hhi_points": self.hhi_points,
            "normalised_hhi": self.normalised_hhi,
            "effective_number": self.effective_number,
        }
        return [
            {
                "customers": len(self.rows),
                "not_positive": self.not_positive,
                "total": None if self.total is None else str(self.total.amount),
                "currency": None if self.total is None else self.total.currency,
                **{name: None if value is None else float(value) for name, value in measures.items()},
            }
        ]

    def __str__(self) -> str:
        if self.largest is None or self.hhi_points is None or self.effective_number is None:
            return f"{_text.ABSENT}: {self.undefined}"
        return (
            f"largest of {len(self.rows):,} customers {float(self.largest):.1%}, HHI {float(self.hhi_points):,.0f} points, "
            f"as {float(self.effective_number):,.1f} equal ones"
        )


@overload
def concentration(
    rows: Iterable[PaidRow[C]], *, parent: Parent[C] | None = ..., by: None = ...
) -> Concentration[C]: ...
@overload
def concentration(
    rows: Iterable[PaidRow[C]], *, parent: Parent[C] | None = ..., by: Callable[[Any], K]
) -> Breakdown[K, Concentration[C]]: ...
def concentration(
    rows: Iterable[PaidRow[C]], *, parent: Parent[C] | None = None, by: Callable[[Any], Any] | None = None
) -> Concentration[C] | Breakdown[Any, Concentration[C]]:
    """On how few customers the money rests.

    Args:
        rows: ``(customer, amount, ...)`` in any order, read once; several rows of a customer add up. For an order list:
            ``finish_concentration(reduce_orders(...))``.
        parent: From a customer to the group under common control they belong to, which then counts as one customer; None for those who
            stand alone. The ``get`` of a dictionary will do.
        by: From a row to a label, such as the department that sold, for one result per label. A customer may be in several.

    Returns:
        Shares, the index, and what follows from them; undefined when nobody paid. Customers who paid nothing, or got back more than
        they paid, are counted and have no share, as in `abc_classes`.

    Raises:
        LogError: A row that cannot be read; the message names it.
        CurrencyMismatch: Amounts in several currencies.

    Source:
        O. C. Herfindahl (1950) and A. O. Hirschman (1945) for the index. Major customers, with groups as one: US GAAP, ASC 280-10-50-42.

    >>> sales = [("ann", Money(30, "EUR")), ("bob", Money(30, "EUR")), ("cid", Money(20, "EUR")), ("dan", Money(20, "EUR"))]
    >>> found = concentration(sales)
    >>> print(found)
    largest of 4 customers 30.0%, HHI 2,600 points, as 3.8 equal ones
    >>> found.hhi, found.top(2), found.customers_for(0.5)
    (Fraction(13, 50), Fraction(3, 5), 2)
    >>> print(concentration(sales, parent={"bob": "ann"}.get))
    largest of 3 customers 60.0%, HHI 4,400 points, as 2.3 equal ones
    """
    if by is None:
        return finish_concentration(reduce_concentration(rows), parent=parent)
    finish: Callable[[ConcentrationCounts[C]], Concentration[C]] = partial(
        finish_concentration, parent=parent
    )
    return break_down(_reduce(rows, by), ConcentrationCounts(), finish, lambda part: len(part.amounts))


def reduce_concentration(rows: Iterable[PaidRow[C]]) -> ConcentrationCounts[C]:
    """The first half of `concentration`: sums per customer, which add up over any two sets of rows."""
    empty: ConcentrationCounts[C] = ConcentrationCounts()
    return _reduce(rows, lambda _row: None).get(None, empty)


def finish_concentration(
    counts: ConcentrationCounts[C] | Purchases[C], *, parent: Parent[C] | None = None
) -> Concentration[C]:
    """The second half of `concentration`, from its own counts or from the purchases of an order list."""
    amounts = counts.spending() if isinstance(counts, Purchases) else counts.amounts
    groups: dict[C, C] = {}
    if parent is not None:
        groups = {one: group for one in amounts if (group := _group(one, parent)) != one}
        amounts = _summed((groups.get(customer, customer), amount) for customer, amount in amounts.items())
    paid = {customer: amount for customer, amount in amounts.items() if amount > 0}
    ranked = sorted(paid, key=lambda customer: (-paid[customer], str(customer), repr(customer)))
    currency = counts.currency
    if currency is None or not ranked:
        return Concentration(rows=(), total=None, not_positive=len(amounts), hhi=None, groups=groups)
    with decimal.localcontext(EXACT):
        running = [*accumulate(paid[customer] for customer in ranked)]
        squares = sum((amount * amount for amount in paid.values()), Decimal(0))
    whole = Fraction(running[-1])
    rows = (
        ConcentrationRow(
            who, Money(paid[who], currency), Fraction(paid[who]) / whole, Fraction(so_far) / whole
        )
        for who, so_far in zip(ranked, running, strict=True)
    )
    return Concentration(
        rows=(*rows,),
        total=Money(running[-1], currency),
        not_positive=len(amounts) - len(paid),
        hhi=Fraction(squares) / (whole * whole),
        groups=groups,
    )


def _reduce(rows: Iterable[PaidRow[C]], by: Callable[[Any], K]) -> dict[K, ConcentrationCounts[C]]:
    """Per label, the sums of its rows."""
    parts: dict[K, list[tuple[C, Decimal]]] = {}
    currency: str | None = None
    for number, row in enumerate(rows, 1):
        customer, money = _read(row, number)
        currency = currency or money.currency
        if money.currency != currency:
            raise CurrencyMismatch(
                f"row {number} is in {money.currency}, those before it in {currency}; convert them first"
            )
        parts.setdefault(by(row), []).append((customer, money.amount))
    return {
        label: ConcentrationCounts(currency=currency, amounts=_summed(part)) for label, part in parts.items()
    }


def _read(row: PaidRow[C], number: int) -> tuple[C, Money]:
    customer, money = leading_fields(row, ("customer", "amount"), f"row {number}")
    if not isinstance(money, Money):
        raise LogError(f"row {number} has the amount {money!r}; give Money(amount, currency): {row!r}")
    return customer, money


def _group(customer: C, parent: Parent[C]) -> C:
    group = parent(customer)
    return customer if group is None else group


def _summed(rows: Iterable[tuple[C, Decimal]]) -> dict[C, Decimal]:
    """Per customer, the sum of their amounts."""
    sums: dict[C, Decimal] = {}
    with decimal.localcontext(EXACT):
        for customer, amount in rows:
            sums[customer] = sums[customer] + amount if customer in sums else amount
    return sums
