"""Who buys steadily? Classes X, Y and Z by how much the money of a customer varies from period to period."""

import decimal
import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._given import chosen
from salesproc._tables import Shown
from salesproc.metrics._units import first_day, numbering
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.periods import Unit

__all__ = ["Xyz", "XyzClass", "XyzPolicy", "XyzRow", "finish_xyz", "xyz_classes"]

C = TypeVar("C", bound=Hashable)

CLASSES = ("X", "Y", "Z")
_QUOTIENT = decimal.Context(prec=34)  # twice the digits of a float: rounded once more, it is the same float


def _decimals(limits: tuple[Decimal | float, Decimal | float]) -> tuple[Decimal, Decimal]:
    """The limits without rounding; a float by its shortest decimal."""
    low, high = (Decimal(str(limit)) for limit in limits)
    return low, high


@attrs.frozen(kw_only=True)
class XyzPolicy:
    """How steadiness is measured. Every choice changes who is steady, so every choice is here.

    Attributes:
        every: The calendar unit that orders are summed over: the longer it is, the steadier everybody looks.
        limits: The coefficient of variation up to which a customer is X, and up to which Y; 0.5 and 1.0 as in supply chains. Guides on customers give
            0.10 and 0.25, at which hardly anybody of a shop is steady.
        deviation: The standard deviation of all periods (``"population"``) or the one estimated from them (``"sample"``).
        empty: Periods without an order count as nothing (``"zero"``) or are left out (``"drop"``), which makes rare buyers look steady.
        since: Periods count from the customer's first order on (``"first order"``) or from that of the first customer (``"first of all"``).
        at_least: Fewer periods than this say nothing about steadiness.

    Source:
        The analysis is named, without limits, in document 004 of ``docs/explanation/sources.md``; how much each rule changes: ``docs/explanation/decisions.md``.
    """

    every: Unit = "month"
    limits: tuple[Decimal, Decimal] = attrs.field(
        default=(Decimal("0.5"), Decimal("1.0")), converter=_decimals
    )
    deviation: Literal["population", "sample"] = attrs.field(default="population", validator=chosen)
    empty: Literal["zero", "drop"] = attrs.field(default="zero", validator=chosen)
    since: Literal["first order", "first of all"] = attrs.field(default="first order", validator=chosen)
    at_least: int = 2

    def __attrs_post_init__(self) -> None:
        numbering(self.every)
        low, high = self.limits
        if not 0 <= low <= high:
            raise ValueError(f"limits must rise from 0 or more, got {self.limits!r}")
        if high >= 10:
            raise ValueError(
                f"limits are ratios of deviation to mean, and a percentage is divided by 100 first, got {self.limits!r}"
            )
        if self.at_least < 2:
            raise ValueError(
                f"at_least must be 2 or more: one period varies from nothing, got {self.at_least!r}"
            )


class XyzRow(NamedTuple):
    """One customer.

    Attributes:
        customer: Who.
        periods: How many periods count.
        variation: The coefficient of variation, standard deviation over mean; None where it is undefined.
        grade: X, Y or Z; Z where it is undefined.
        undefined: Why there is no variation; None where there is one.
    """

    customer: Any
    periods: int
    variation: float | None
    grade: str
    undefined: str | None


class XyzClass(NamedTuple):
    """One class.

    Attributes:
        grade: X, Y or Z.
        customers: How many are in it.
        undefined: How many of them are in it only because their variation is undefined.
    """

    grade: str
    customers: int
    undefined: int


@attrs.frozen(repr=False)
class Xyz(Shown, Generic[C]):
    """Every customer with their class, the steadiest first.

    Attributes:
        rows: One per customer in the list.
        policy: How steadiness was measured.
        end: The first day after the last period that is over: what came later is in no period.
        purchases: What was read.
    """

    rows: tuple[XyzRow, ...]
    policy: XyzPolicy
    end: date
    purchases: Purchases[C]

    @property
    def undefined(self) -> str | None:
        """Why nobody has a variation; None when somebody has."""
        if any(row.variation is not None for row in self.rows):
            return None
        return "nobody bought over enough periods to vary"

    def grades(self) -> dict[C, str]:
        """Each customer's class."""
        return {row.customer: row.grade for row in self.rows}

    def by_class(self) -> tuple[XyzClass, ...]:
        """X, Y and Z, empty ones too."""
        groups = {grade: [row for row in self.rows if row.grade == grade] for grade in CLASSES}
        return tuple(
            XyzClass(grade, len(rows), sum(row.variation is None for row in rows))
            for grade, rows in groups.items()
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer."""
        return [row._asdict() | {"customer": _text.label(row.customer)} for row in self.rows]

    def __str__(self) -> str:
        lines = [(one.grade, f"{one.customers:,}", f"{one.undefined:,}") for one in self.by_class()]
        return _text.table(("class", "customers", "undefined"), lines)

    def __repr__(self) -> str:
        return f"<Xyz of {len(self.rows):,} customers, by {self.policy.every} before {self.end}>"


def xyz_classes(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    policy: XyzPolicy | None = None,
) -> Xyz[C]:
    """X, Y and Z: whose money comes evenly, whose varies, and whose cannot be foreseen.

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review. The calendar unit it lies in counts only on its last day; later orders are not used.
        rules: What counts as a purchase. The money of a period has its refunds taken off.
        policy: How steadiness is measured.

    Returns:
        One row per customer. Too few periods, or a mean of nothing or less, give no variation and class Z, with the reason.

    Raises:
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        `XyzPolicy`.

    >>> from salesproc import Money
    >>> months = [date(2025, month, 9) for month in (1, 2, 3, 4)]
    >>> spent = {"ann": (100, 100, 100, 100), "bob": (80, 100, 120, 100), "cid": (300, 0, 0, 100)}
    >>> orders = [(who, day, Money(one, "EUR")) for who, all in spent.items() for day, one in zip(months, all)]
    >>> policy = XyzPolicy(limits=(Decimal("0.10"), Decimal("0.25")))
    >>> for row in xyz_classes(orders, as_of=date(2025, 5, 1), policy=policy).rows:
    ...     print(row.customer, row.grade, round(row.variation, 4))
    ann X 0.0
    bob Y 0.1414
    cid Z 1.2247
    """
    return finish_xyz(reduce_orders(orders, as_of=as_of, rules=rules), policy=policy)


def finish_xyz(purchases: Purchases[C], *, policy: XyzPolicy | None = None) -> Xyz[C]:
    """The second half of `xyz_classes`."""
    require_purchases(purchases)
    policy = policy or XyzPolicy()
    number = numbering(policy.every)
    end = number(
        purchases.as_of + timedelta(days=1)
    )  # the unit of the review counts only if this is its last day
    origin = None
    if policy.since == "first of all":
        origin = min((number(lines[0][0]) for lines in purchases.lines.values()), default=end)
    view = _View(policy, number, origin, end)
    with decimal.localcontext(EXACT):
        rows = [_row(purchases, customer, view) for customer in purchases.customers()]
    rows.sort(key=lambda row: str(row.customer))
    rows.sort(key=lambda row: math.inf if row.variation is None else row.variation)
    return Xyz((*rows,), policy, first_day(policy.every, end), purchases)


class _View(NamedTuple):
    """What is looked at: by which policy, in periods numbered how, from which on, and before which."""

    policy: XyzPolicy
    number: Callable[[date], int]
    origin: int | None
    end: int


def _row(purchases: Purchases[C], customer: C, view: _View) -> XyzRow:
    policy, number, origin, end = view
    sums: dict[int, Decimal] = {}
    for day, amount in purchases.lines.unordered(customer):
        unit = number(day)
        sums[unit] = sums[unit] + amount if unit in sums else amount
    start = min(sums, default=end) if origin is None else origin
    for day, amount in purchases.lowered.get(customer, ()):
        unit = number(day)
        sums[unit] = sums.get(unit, Decimal(0)) + amount
    known = [amount for unit, amount in sums.items() if start <= unit < end]
    periods = len(known) if policy.empty == "drop" else max(0, end - start)
    if periods < policy.at_least:
        return XyzRow(
            customer, periods, None, "Z", f"{periods} of the {policy.at_least} periods it takes are over"
        )
    total = sum(known, Decimal(0))
    if total <= 0:
        return XyzRow(customer, periods, None, "Z", "nothing is left of what was bought")
    return XyzRow(customer, periods, *_variation(known, total, periods, policy), None)


def _variation(
    known: Sequence[Decimal], total: Decimal, periods: int, policy: XyzPolicy
) -> tuple[float, str]:
    """The coefficient of variation, and the class, which is decided on its exact square."""
    squares = sum([amount * amount for amount in known], Decimal(0))
    spread, base = periods * squares - total * total, total * total
    if policy.deviation == "sample":
        spread, base = spread * periods, base * (periods - 1)
    grade = "Z"
    for name, limit in zip(CLASSES, policy.limits, strict=False):
        if spread <= limit * limit * base:
            grade = name
            break
    return math.sqrt(_QUOTIENT.divide(spread, base)), grade
