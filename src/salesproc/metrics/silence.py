"""Who is slipping away? Where nobody gives notice, how long each customer has been silent by their own rhythm."""

import decimal
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._exact import EXACT
from salesproc._given import whole_number
from salesproc._tables import Shown
from salesproc.metrics._numbers import exact_number
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.orders import OrderRow, OrderRules, Purchases, reduce_orders, require_purchases
from salesproc.money import Money
from salesproc.rates import Rate

__all__ = ["AtRisk", "AtRiskRow", "AtRiskState", "SilencePolicy", "at_risk", "finish_at_risk"]

C = TypeVar("C", bound=Hashable)

STATES = ("active", "late", "silent", "unknown")


def _times(given: Fraction | Decimal | float) -> Fraction:
    return exact_number(given, "times")


@attrs.frozen(kw_only=True)
class SilencePolicy:
    """From when on a silence counts, in times of the customer's own usual gap between two purchases.

    Attributes:
        late_times: Silent for more than so many usual gaps is late.
        silent_times: Silent for more than so many is gone, as far as one can tell.
        min_purchases: From so many purchases on, on different days, there is a usual gap.
        stake_days: The money at stake is what was spent in so many days up to the last purchase.

    Source:
        The sources name no number; these are ours. Somebody who buys at random, at a steady pace, waits longer than twice their median gap one time in
        four, and longer than four times one time in sixteen, if the median is known: ``2 ** -times``. It is known from a few gaps only, so mistakes are more
        frequent: of three purchases, one in nine is called gone by mistake.

    >>> SilencePolicy(late_times=3, silent_times=2)
    Traceback (most recent call last):
    ValueError: silent_times must be late_times or more, both 1 or more, got late_times=3, silent_times=2
    """

    late_times: Fraction = attrs.field(default=Fraction(2), converter=_times)
    silent_times: Fraction = attrs.field(default=Fraction(4), converter=_times)
    min_purchases: int = 3
    stake_days: int = 365

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.late_times <= self.silent_times:
            raise ValueError(
                f"silent_times must be late_times or more, both 1 or more, "
                f"got late_times={self.late_times}, silent_times={self.silent_times}"
            )
        if whole_number(self.min_purchases, "min_purchases") < 2:
            raise ValueError(
                f"min_purchases must be 2 or more: one purchase has no gap, got {self.min_purchases!r}"
            )
        whole_number(self.stake_days, "stake_days", least=1)

    def state(self, times: Fraction | None) -> str:
        """What a silence of so many usual gaps is called; ``"unknown"`` where there is no usual gap."""
        if times is None:
            return "unknown"
        if times <= self.late_times:
            return "active"
        return "late" if times <= self.silent_times else "silent"

    def __str__(self) -> str:
        return (
            f"late is more than {float(self.late_times):g} times, silent more than {float(self.silent_times):g} times "
            f"the customer's own median gap, known from {self.min_purchases} purchases on"
        )


class AtRiskRow(NamedTuple):
    """One customer.

    Attributes:
        customer: Who.
        purchases: How many, on different days.
        last: The day of the last one.
        usual_gap: The median of the days between two purchases, exact; None while it is not known.
        silent_days: Days since the last purchase.
        times: The silence in usual gaps, exact; None while there is no usual gap.
        state: ``"active"``, ``"late"``, ``"silent"`` or ``"unknown"``.
        money: What they spent in the days of the policy up to their last purchase, refunds taken off: what a year of theirs is worth.
    """

    customer: Any
    purchases: int
    last: date
    usual_gap: Fraction | None
    silent_days: int
    times: Fraction | None
    state: str
    money: Money


class AtRiskState(NamedTuple):
    """One state.

    Attributes:
        state: Which one.
        customers: How many are in it.
        money: What is at stake with them; None when there is no order at all.
    """

    state: str
    customers: int
    money: Money | None


@attrs.frozen(repr=False)
class AtRisk(Shown, Generic[C]):
    """Every customer by how long they have been silent, those with the most money at stake first.

    Attributes:
        rows: One per customer with a purchase.
        policy: From when on a silence counts.
        purchases: What was read.
    """

    rows: tuple[AtRiskRow, ...]
    policy: SilencePolicy
    purchases: Purchases[C]

    @property
    def silent_rate(self) -> Rate:
        """Silent customers, of those whose rhythm is known: what stands for churn where nobody gives notice.

        It is no churn: some of the silent come back, and those without a rhythm, most of whom bought once and will not, are in neither count.
        """
        known = [row.state for row in self.rows if row.state != "unknown"]
        return Rate(known.count("silent"), len(known))

    @property
    def undefined(self) -> str | None:
        """Why there is no rate; None when there is one."""
        return None if self.silent_rate.trials else "nobody has bought often enough to have a rhythm"

    def of(self, state: str) -> tuple[AtRiskRow, ...]:
        """The customers of one state, most money at stake first.

        Raises:
            ValueError: There is no such state.
        """
        if state not in STATES:
            raise ValueError(f"state must be one of {', '.join(STATES)}, got {state!r}")
        return tuple(row for row in self.rows if row.state == state)

    def by_state(self) -> tuple[AtRiskState, ...]:
        """Active, late, silent and unknown, empty ones too."""
        with decimal.localcontext(EXACT):
            return tuple(
                AtRiskState(
                    state,
                    len(rows),
                    self.purchases.money(sum((row.money.amount for row in rows), Decimal(0))),
                )
                for state, rows in ((state, self.of(state)) for state in STATES)
            )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per customer; gaps and silence in days."""
        return [
            {
                "customer": _text.label(row.customer),
                "purchases": row.purchases,
                "last": str(row.last),
                "usual_gap_days": None if row.usual_gap is None else float(row.usual_gap),
                "silent_days": row.silent_days,
                "times": None if row.times is None else float(row.times),
                "state": row.state,
                "money": str(row.money.amount),
                "currency": row.money.currency,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (one.state, f"{one.customers:,}", _text.ABSENT if one.money is None else str(one.money))
            for one in self.by_state()
        ]
        table = _text.table(("state", "customers", "money at stake"), lines)
        return f"{table}\nsilent, of those with a known rhythm: {self.silent_rate}\n{self.policy}"

    def __repr__(self) -> str:
        return (
            f"<AtRisk of {len(self.rows):,} customers to {self.purchases.as_of}: {self.silent_rate} silent>"
        )


def at_risk(
    orders: Iterable[OrderRow[C]],
    *,
    as_of: date,
    rules: OrderRules | None = None,
    policy: SilencePolicy | None = None,
) -> AtRisk[C]:
    """Who has been silent for too long by their own rhythm, and what is at stake with them.

    A shop is told by nobody that a customer has left. Thirty days without an order are nothing to somebody who buys twice a year, and much to somebody
    who came every week: the measure is the customer's own usual gap. It is a rule and no proof: who is called silent may be back tomorrow, and among the
    customers of one music shop 38 % of them bought again within half a year (62 % of the active ones did).

    Args:
        orders: Rows ``(customer, at, amount)`` in any order, read once.
        as_of: The review; later orders are not used.
        rules: What counts as a purchase. Two purchases of one day have no gap between them.
        policy: From when on a silence counts; `SilencePolicy` as it is when left out.

    Returns:
        One row per customer with a purchase, most money at stake first; the rate of silent ones over those whose rhythm is known, undefined when there is nobody.

    Raises:
        LogError: A row that cannot be read.
        CurrencyMismatch: Orders in several currencies.

    Source:
        Customers who leave for want of attention: document 004 of ``docs/explanation/sources.md``. The rule is ours: `SilencePolicy`. The music shop:
        the CDNOW purchases, ``docs/metrics/who-slips-away.md``.

    >>> weekly = [("ann", date(2025, 1, day), Money(10, "EUR")) for day in (1, 8, 15, 22)]
    >>> monthly = [("bob", date(2025, month, 1), Money(50, "EUR")) for month in (1, 2, 3, 4)]
    >>> for row in at_risk([*weekly, *monthly], as_of=date(2025, 5, 1)).rows:
    ...     print(row.customer, row.usual_gap, row.silent_days, round(float(row.times), 1), row.state, row.money)
    bob 31 30 1.0 active 200.00 EUR
    ann 7 99 14.1 silent 40.00 EUR
    """
    return finish_at_risk(reduce_orders(orders, as_of=as_of, rules=rules), policy=policy)


def finish_at_risk(purchases: Purchases[C], *, policy: SilencePolicy | None = None) -> AtRisk[C]:
    """The second half of `at_risk`."""
    require_purchases(purchases)
    policy = policy or SilencePolicy()
    with decimal.localcontext(EXACT):
        rows = [_row(purchases, customer, policy) for customer in purchases.lines]
    rows.sort(key=lambda row: (-row.money.amount, str(row.customer)))
    return AtRisk((*rows,), policy, purchases)


def usual_gap(days: Iterable[date]) -> Fraction | None:
    """The median of the days between two purchases, exact; None with fewer than two days. A day that is named twice counts once.

    >>> usual_gap([date(2025, 1, 1), date(2025, 1, 8), date(2025, 1, 18)])
    Fraction(17, 2)
    """
    gaps = [Fraction((later - day).days) for day, later in pairwise(sorted({*days}))]
    return median(gaps) if gaps else None


def _row(purchases: Purchases[C], customer: C, policy: SilencePolicy) -> AtRiskRow:
    lines = purchases.lines[customer]
    days, last = {day for day, _ in lines}, lines[-1][0]
    gap = usual_gap(days) if len(days) >= policy.min_purchases else None
    silent_days = (purchases.as_of - last).days
    times = None if gap is None else silent_days / gap
    since = last - timedelta(days=policy.stake_days)
    recent = (amount for day, amount in (*lines, *purchases.lowered.get(customer, ())) if day > since)
    money = Money(sum(recent, Decimal(0)), purchases.currency or "")
    return AtRiskRow(customer, len(days), last, gap, silent_days, times, policy.state(times), money)
