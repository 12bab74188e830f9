"""What must the team do to reach a revenue, and how much can a team reach? The plan back, and the plan forward."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import floor

import attrs

from salesproc._given import require_duration
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.goals._plan_inputs import Step, above_nothing, plan_steps
from salesproc.goals._quantities import in_hours, shown
from salesproc.goals.plan import Plan
from salesproc.metrics._numbers import (
    Amount,
    Number,
    currency_of,
    exact_amount,
    one_currency,
    positive_money,
    positive_number,
)
from salesproc.metrics.breakdown import Cell
from salesproc.money import Money

__all__ = ["TeamReach", "plan_back", "plan_forward"]


@attrs.frozen(repr=False)
class TeamReach(Shown):
    """The most a team can reach at the stated rates.

    Attributes:
        people: How many, in full-time people.
        opportunities: How many opportunities they can talk to in the time, whole ones.
        sales: How many of these are won, whole ones.
        revenue: What they bring, rounded down to the minor unit.
    """

    people: Fraction
    opportunities: int
    sales: int
    revenue: Money

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row, money as exact text."""
        return [
            {
                "people": float(self.people),
                "opportunities": self.opportunities,
                "sales": self.sales,
                "revenue": str(self.revenue.amount),
                "currency": self.revenue.currency,
            }
        ]

    def __str__(self) -> str:
        return f"a team of {shown(self.people)}: {self.opportunities:,} opportunities, {self.sales:,} sales, {self.revenue}"


def plan_back(
    revenue: Money,
    *,
    ticket: Amount,
    contact_time: timedelta,
    contacts_per_day: Number,
    working_days: Number,
    opportunities_per_sale: Number | None = None,
    win_rate: Share | None = None,
    steps: Iterable[Step] = (),
    acquisition_cost: Amount | None = None,
    cycle: timedelta | None = None,
    due: date | None = None,
    rates: Mapping[str, Decimal] | None = None,
) -> Plan:
    """From a revenue back to sales, opportunities, leads, hours, people and budget: the nine questions of goal planning.

    Every level is rounded up before the next is worked out, all exactly. The rates are averages, so a team that does just what the plan says
    falls short of it in about every second period; a rate from few cases is uncertain too. For a margin, take the lower end of the win rate's interval.

    Args:
        revenue: How much is to be reached, above 0.
        ticket: What a sale brings on average: an amount, or a mean such as `average_deal_value`, taken before it is rounded.
        contact_time: How long talking to one opportunity takes, all contacts together.
        contacts_per_day: How many opportunities one rep can talk to in a day.
        working_days: How many days one rep has for these contacts, such as `working_days` gives them, less leave. Where a sale takes a cycle they lie that
            much before the sales.
        opportunities_per_sale: How many opportunities it takes for one sale, 1 or more. This or *win_rate*.
        win_rate: The share of opportunities won, above 0 up to 1, or a rate. This or *opportunities_per_sale*.
        steps: Stages before the opportunity, the first one first: rows ``(stage, rate, takes)`` such as `PlanStep`, the time may be left out.
        acquisition_cost: What a new customer costs, an amount or a mean such as `acquisition_cost` gives it.
        cycle: How long it takes from opportunity to sale. With the median half of the sales come later than planned; a higher percentile is safer.
        due: The day the revenue must be there, a plain date; every level is dated back from it by the times given.
        rates: By code, what one unit of that currency is worth in the currency of the revenue, for a ticket or a cost in another one.

    Returns:
        The plan: every level before and after rounding, with the day it must be there by; hours, people and budget.

    Raises:
        ValueError: Nothing to reach, a number that is 0 or negative, a rate that is none, both or neither of *opportunities_per_sale* and *win_rate*,
            or more than 24 hours of contacts in a day.
        TypeError: What is no amount, number, time or plain date.
        CurrencyMismatch: Ticket or cost are in another currency than the revenue, and there are no rates.
        MoneyError: A rate is missing.

    Source:
        The nine questions of document 002 of ``docs/explanation/sources.md``. The figures of the example are ours.

    >>> plan = plan_back(
    ...     Money(100_000, "EUR"), ticket=Money(2_500, "EUR"), opportunities_per_sale=10, contact_time=timedelta(minutes=30),
    ...     contacts_per_day=8, working_days=21, cycle=timedelta(days=45), due=date(2026, 6, 30),
    ... )
    >>> print(plan)
    stage          exact  needed          by
    opportunities    400     400  2026-05-16
    sales             40      40  2026-06-30
    contact hours: 200
    people: 2.381, so 3; each can talk to 168
    >>> print(plan.feasible_with(2))
    a team of 2 can talk to 336 opportunities, 400 are needed: not feasible, 64 short
    """
    if not positive_money(revenue, "revenue"):
        raise ValueError(f"revenue must be above 0, got {revenue!r}")
    currency = revenue.currency
    cost = None if acquisition_cost is None else _units(acquisition_cost, "acquisition_cost", currency, rates)
    per_contact = require_duration(contact_time, "contact_time")
    per_day = above_nothing(positive_number(contacts_per_day, "contacts_per_day"), "contacts_per_day")
    if per_day * in_hours(per_contact) > 24:
        raise ValueError(
            f"{shown(per_day)} contacts a day of {per_contact} each are more than 24 hours; "
            f"contacts_per_day is for one rep, contact_time for one opportunity"
        )
    if due is not None and (isinstance(due, datetime) or not isinstance(due, date)):
        raise TypeError(f"due must be a plain date, got {due!r}")
    return Plan(
        revenue=revenue,
        ticket=above_nothing(_units(ticket, "ticket", currency, rates), "ticket"),
        win_rate=_win_rate(opportunities_per_sale, win_rate),
        steps=plan_steps(steps),
        contact_time=per_contact,
        contacts_per_day=per_day,
        working_days=above_nothing(positive_number(working_days, "working_days"), "working_days"),
        acquisition_cost=cost,
        cycle=None if cycle is None else require_duration(cycle, "cycle"),
        due=due,
    )


def plan_forward(
    people: Number,
    *,
    ticket: Amount,
    contacts_per_day: Number,
    working_days: Number,
    opportunities_per_sale: Number | None = None,
    win_rate: Share | None = None,
) -> TeamReach:
    """The most revenue a team can reach when every contact a rep has time for is an opportunity: the plan read from the other end.

    Args:
        people: How many in full service, 0 or more; who is still ramping counts as the part they are.
        ticket: As for `plan_back`.
        contacts_per_day: As for `plan_back`.
        working_days: As for `plan_back`.
        opportunities_per_sale: As for `plan_back`.
        win_rate: As for `plan_back`.

    Returns:
        Opportunities and sales rounded down, and what they bring. A plan back from that revenue needs no more people than these.

    Raises:
        ValueError: As for `plan_back`.
        TypeError: As for `plan_back`.

    Source:
        The same questions of document 002 of ``docs/explanation/sources.md``, from the size of the team.

    >>> print(plan_forward(2, ticket=Money(2_500, "EUR"), opportunities_per_sale=10, contacts_per_day=8, working_days=21))
    a team of 2: 336 opportunities, 33 sales, 82,500.00 EUR
    """
    team = positive_number(people, "people")
    worth = above_nothing(exact_amount(ticket, "ticket"), "ticket")
    per_day = above_nothing(positive_number(contacts_per_day, "contacts_per_day"), "contacts_per_day")
    days = above_nothing(positive_number(working_days, "working_days"), "working_days")
    opportunities = floor(team * per_day * days)
    sales = floor(opportunities * _win_rate(opportunities_per_sale, win_rate))
    brought = worth * sales
    whole = Money(brought.numerator, currency_of(ticket) or "")  # a mean of nothing has been refused
    return TeamReach(team, opportunities, sales, whole.divided_by(brought.denominator, rounding=ROUND_FLOOR))


def _win_rate(opportunities_per_sale: Number | None, win_rate: Share | None) -> Fraction:
    if (opportunities_per_sale is None) is (win_rate is None):
        raise ValueError(
            f"give either opportunities_per_sale or win_rate, got {opportunities_per_sale!r} and {win_rate!r}"
        )
    if win_rate is not None:
        return above_nothing(exact_share(win_rate, "win_rate"), "win_rate")
    each = positive_number(opportunities_per_sale or 0, "opportunities_per_sale")
    if each < 1:
        raise ValueError(
            f"opportunities_per_sale must be 1 or more, got {opportunities_per_sale!r}; a share goes to win_rate"
        )
    return 1 / each


def _units(given: Amount, what: str, currency: str, rates: Mapping[str, Decimal] | None) -> Fraction:
    """The amount in units of the currency, exactly."""
    units, code = exact_amount(given, what), currency_of(given)
    if rates is None or code is None:
        one_currency({"revenue": currency, what: code})
        return units
    return units * Fraction(Money(1, code).to(currency, rates).amount)
