"""What if the largest customer leaves? How dangerous their share is, and how much others must buy to lower it."""

from collections.abc import Hashable, Mapping
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._given import instance
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.metrics import Concentration
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = [
    "DEPENDENCY_ACTIONS",
    "Dependency",
    "DependencyLevel",
    "DependencyPolicy",
    "DependencyRow",
    "dependency",
    "revenue_to_dilute",
]

C = TypeVar("C", bound=Hashable)


class DependencyLevel(StrEnum):
    """How much the business depends on one customer, from not to wholly. Source: `DependencyPolicy`."""

    NONE = "none"
    WATCH = "watch"
    ELEVATED = "elevated"
    HIGH = "high"
    CRITICAL = "critical"
    SINGLE = "single"


DEPENDENCY_ACTIONS: Mapping[DependencyLevel, tuple[str, ...]] = MappingProxyType(
    {
        DependencyLevel.NONE: (),
        DependencyLevel.WATCH: ("look for new customers", "sell more to the other customers"),
        DependencyLevel.ELEVATED: (
            "strengthen the sales team, so that others bring more",
            "sell more to the other customers",
        ),
        DependencyLevel.HIGH: (
            "strengthen the sales team before anything else",
            "find out what losing the customer would do to purchase prices",
            "plan fixed costs without the customer's money",
        ),
        DependencyLevel.CRITICAL: (
            "strengthen the sales team before anything else",
            "a loyalty programme for this customer alone, in the care of the head of the company",
            "plan for losing the customer: costs, suppliers, staff",
        ),
        DependencyLevel.SINGLE: (
            "build a sales team that wins new customers",
            "a loyalty programme for this customer alone, in the care of the head of the company",
            "watch for a sale of their company, a new owner, a new director, a new supplier",
        ),
    }
)
"""What to do at each level. From document 004 of ``docs/explanation/sources.md``, in our words and spread over the levels by us."""


def _share(given: Decimal | float | Fraction) -> Fraction:
    return exact_share(given, "a level of dependency")


@attrs.frozen(kw_only=True)
class DependencyPolicy:
    """Above which share of the sales a customer is how dangerous. Exactly that share is not above it.

    Attributes:
        watch: Above it, the customer is to be watched.
        elevated: Above it, others must be won.
        high: Above it, that comes before anything else.
        critical: Above it, the company may not survive the loss.

    Raises:
        ValueError: A share is none, or they do not rise.

    Source:
        Document 004 of ``docs/explanation/sources.md``: start to spread the sales above 20 to 30 %, worse above 40 %, critical above 50 %. The
        names of the first three levels are ours.
    """

    watch: Fraction = attrs.field(default=Fraction(1, 5), converter=_share)
    elevated: Fraction = attrs.field(default=Fraction(3, 10), converter=_share)
    high: Fraction = attrs.field(default=Fraction(2, 5), converter=_share)
    critical: Fraction = attrs.field(default=Fraction(1, 2), converter=_share)

    def __attrs_post_init__(self) -> None:
        if not self.watch <= self.elevated <= self.high <= self.critical:
            limits = ", ".join(f"{float(limit):g}" for limit in attrs.astuple(self))
            raise ValueError(f"the levels must rise from watch to critical, got {limits}")

    def level(self, share: Share) -> DependencyLevel:
        """How dangerous a share is, from none to critical.

        Args:
            share: A customer's share of the sales, 0 to 1.

        Raises:
            ValueError: It is no share.

        >>> [str(DependencyPolicy().level(share)) for share in (0.20, 0.21, 0.31, 0.41, 0.50, 0.51)]
        ['none', 'watch', 'elevated', 'high', 'high', 'critical']
        """
        exact = exact_share(share, "share")
        limits = (
            (self.critical, DependencyLevel.CRITICAL),
            (self.high, DependencyLevel.HIGH),
            (self.elevated, DependencyLevel.ELEVATED),
            (self.watch, DependencyLevel.WATCH),
        )
        return next((level for limit, level in limits if exact > limit), DependencyLevel.NONE)


class DependencyRow(NamedTuple):
    """A customer on whom the business depends.

    Attributes:
        customer: Who, or which group.
        money: What they bring.
        share: Their share of the sales, exact.
        level: How dangerous that is.
        actions: What to do about it.
    """

    customer: Any
    money: Money
    share: Fraction
    level: DependencyLevel
    actions: tuple[str, ...]


@attrs.frozen(repr=False)
class Dependency(Shown, Generic[C]):
    """On whom the business depends, the largest first.

    Attributes:
        rows: One per customer whose share is above the lowest level; empty when there is none.
        level: That of the largest customer; None when nobody bought.
        undefined: Why there is no level; None when there is one.
    """

    rows: tuple[DependencyRow, ...]
    level: DependencyLevel | None
    undefined: str | None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer on whom the business depends."""
        return [
            {
                "customer": _text.label(row.customer),
                "money": str(row.money.amount),
                "currency": row.money.currency,
                "share": float(row.share),
                "level": str(row.level),
                "actions": "; ".join(row.actions),
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        if self.level is None:
            return f"{_text.ABSENT}: {self.undefined}"
        lines = [(_text.label(row.customer), f"{float(row.share):.1%}", str(row.level)) for row in self.rows]
        return (
            _text.table(("customer", "share", "level"), lines) if lines else "no dependency on one customer"
        )

    def __repr__(self) -> str:
        return f"<Dependency: {_text.ABSENT if self.level is None else self.level}, {len(self.rows):,} customers above the lowest level>"


def dependency(
    company: Concentration[C],
    *,
    policy: DependencyPolicy | None = None,
    actions: Mapping[DependencyLevel, tuple[str, ...]] = DEPENDENCY_ACTIONS,
) -> Dependency[C]:
    """On which customers the business depends so much that their leaving would hurt it.

    Args:
        company: The sales per customer; with groups under common control as one, or the answer is too rosy.
        policy: Above which share; `DependencyPolicy` as it is when left out.
        actions: What to do at each level.

    Returns:
        Every customer above the lowest level, and the level of the largest. Where one customer brings everything, it is ``single``.

    Raises:
        TypeError: *company* is no `Concentration`.

    Source:
        `DependencyPolicy`; a company with one customer: the same document.

    >>> from salesproc.metrics import concentration
    >>> found = dependency(concentration([("ann", Money(60, "EUR")), ("bob", Money(25, "EUR")), ("cid", Money(15, "EUR"))]))
    >>> print(found)
    customer  share     level
    ann       60.0%  critical
    bob       25.0%     watch
    """
    instance(company, Concentration, "company", "make it with concentration(rows)")
    policy = policy or DependencyPolicy()
    alone = len(company.rows) == 1
    levels = [DependencyLevel.SINGLE if alone else policy.level(row.share) for row in company.rows]
    found = [
        DependencyRow(row.customer, row.money, row.share, level, (*actions.get(level, ()),))
        for row, level in zip(company.rows, levels, strict=True)
        if level is not DependencyLevel.NONE
    ]
    return Dependency((*found,), levels[0] if levels else None, company.undefined)


def revenue_to_dilute(total: Money, customer: Money, *, target: Share) -> Money:
    """How much more the other customers must buy for a customer to be no more than a share of the sales.

    The customer goes on buying as before: the share falls because others bring more.

    Args:
        total: All sales, the customer's included.
        customer: The customer's sales.
        target: The share to come down to, above 0 and up to 1.

    Returns:
        The amount, rounded up to the minor unit so that the target is met; 0 when it is met already.

    Raises:
        ValueError: The target is no share or 0; the customer's sales are below 0 or above all sales.
        CurrencyMismatch: The amounts are in two currencies.

    Source:
        Not by the customer buying less: document 004 of ``docs/explanation/sources.md``. The amount is ``customer / target - total``.

    >>> [str(revenue_to_dilute(Money(100, "EUR"), Money(60, "EUR"), target=target)) for target in (0.5, 0.4, 0.3, 0.2, 0.6)]
    ['20.00 EUR', '50.00 EUR', '100.00 EUR', '200.00 EUR', '0.00 EUR']
    """
    share = exact_share(target, "target")
    if not share:
        raise ValueError("target must be above 0: no sales to others make a customer's share nothing")
    if not Money.zero(customer.currency) <= customer <= total:
        raise ValueError(f"a customer's sales lie between 0 and all sales, got {customer} of {total}")
    needed = (customer * share.denominator - total * share.numerator).divided_by(
        share.numerator, rounding=ROUND_CEILING
    )
    return max(needed, Money.zero(total.currency).rounded())
