"""Which input of a plan matters most? Each of them changed alone, by one percent and by one unit."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.goals._quantities import in_hours
from salesproc.goals.plan import Plan
from salesproc.metrics._numbers import rounded_money
from salesproc.metrics.breakdown import Cell

__all__ = ["Sensitivity", "SensitivityRow", "Work", "sensitivity"]

_BY_PERCENT = "+1 %"
_MINUTE = timedelta(minutes=1)


class Work(NamedTuple):
    """What a plan asks for without any rounding, or how much more another one asks for.

    Attributes:
        entering: How many must come in at the first stage.
        opportunities: How many opportunities.
        hours: Hours of contacts.
        people: Reps.
        budget: What winning the customers costs, in units of the currency; None without a cost.
    """

    entering: Fraction
    opportunities: Fraction
    hours: Fraction
    people: Fraction
    budget: Fraction | None


class SensitivityRow(NamedTuple):
    """One input, changed alone.

    Attributes:
        input: Its name, as `plan_back` has it; the name of the stage for the rate of a step.
        change: By how much it is raised.
        effect: How much more is needed then, without rounding; negative where it is less.
        plan: The plan with that change, rounded like every plan.
    """

    input: str
    change: str
    effect: Work
    plan: Plan


@attrs.frozen(repr=False)
class Sensitivity(Shown):
    """What each input of a plan does.

    Attributes:
        plan: The plan as it is.
        rows: Two per input, one percent and one unit more, in the order of `plan_back`.
    """

    plan: Plan
    rows: tuple[SensitivityRow, ...]

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per change."""
        return [
            {
                "input": row.input,
                "change": row.change,
                "entering": float(row.effect.entering),
                "opportunities": float(row.effect.opportunities),
                "hours": float(row.effect.hours),
                "people": float(row.effect.people),
                "budget": None if row.effect.budget is None else float(row.effect.budget),
                "people_needed": row.plan.people,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        currency = self.plan.revenue.currency
        lines = [
            (
                row.input,
                row.change,
                _signed(row.effect.entering),
                _signed(row.effect.opportunities),
                _signed(row.effect.hours),
                _signed(row.effect.people, digits=3),
                _text.ABSENT if row.effect.budget is None else _signed(row.effect.budget),
            )
            for row in self.rows
        ]
        head = ("input", "change", "entering", "opportunities", "hours", "people", f"budget in {currency}")
        return _text.table(head, lines)

    def __repr__(self) -> str:
        return f"<Sensitivity of a plan for {self.plan.revenue}: {len(self.rows)} changes>"


def sensitivity(plan: Plan) -> Sensitivity:
    """What one percent more, and one unit more, of each input does to the plan, one input at a time.

    The effects are those without rounding: rounded up to whole sales, most small changes would seem to do nothing and a few of them very much. Inputs that are
    raised together do more or less than the sum of their rows.

    Args:
        plan: As `plan_back` gives it.

    Returns:
        Two rows per input. One unit is one sale's worth of revenue, one unit of the currency, one percentage point of a rate, a minute, a contact, a
        day. A rate is raised to at most 1.

    Source:
        The plan is that of document 002 of ``docs/explanation/sources.md``; changing one thing at a time is ours.

    >>> from salesproc import Money
    >>> from salesproc.goals.plan_back import plan_back
    >>> plan = plan_back(Money(100_000, "EUR"), ticket=Money(2_500, "EUR"), opportunities_per_sale=10,
    ...                  contact_time=timedelta(minutes=30), contacts_per_day=8, working_days=21)
    >>> print(sensitivity(plan))
    input             change  entering  opportunities  hours  people  budget in EUR
    revenue             +1 %      +4.0           +4.0   +2.0  +0.024            n/a
    revenue          +1 sale     +10.0          +10.0   +5.0  +0.060            n/a
    ticket              +1 %      -4.0           -4.0   -2.0  -0.024            n/a
    ticket            +1 EUR      -0.2           -0.2   -0.1  -0.001            n/a
    win_rate            +1 %      -4.0           -4.0   -2.0  -0.024            n/a
    win_rate        +1 point     -36.4          -36.4  -18.2  -0.216            n/a
    contact_time        +1 %       0.0            0.0   +2.0   0.000            n/a
    contact_time   +1 minute       0.0            0.0   +6.7   0.000            n/a
    contacts_per_day    +1 %       0.0            0.0    0.0  -0.024            n/a
    contacts_per_day      +1       0.0            0.0    0.0  -0.265            n/a
    working_days        +1 %       0.0            0.0    0.0  -0.024            n/a
    working_days      +1 day       0.0            0.0    0.0  -0.108            n/a
    """
    before = _work(plan)
    return Sensitivity(
        plan,
        tuple(
            SensitivityRow(name, change, _difference(_work(changed), before), changed)
            for name, change, changed in _changed(plan)
        ),
    )


def _changed(plan: Plan) -> Iterator[tuple[str, str, Plan]]:
    """The name of each input, the change, and the plan with it."""
    currency = plan.revenue.currency
    one_sale = rounded_money(plan.ticket, currency)
    yield "revenue", _BY_PERCENT, attrs.evolve(plan, revenue=plan.revenue * Decimal("1.01"))
    yield "revenue", "+1 sale", attrs.evolve(plan, revenue=plan.revenue + one_sale)
    for change, ticket in _raised(plan.ticket, f"+1 {currency}"):
        yield "ticket", change, attrs.evolve(plan, ticket=ticket)
    for change, rate in _raised_rate(plan.win_rate):
        yield "win_rate", change, attrs.evolve(plan, win_rate=rate)
    for place, (stage, given, takes) in enumerate(plan.steps):
        for change, rate in _raised_rate(given):
            steps = (*plan.steps[:place], (stage, rate, takes), *plan.steps[place + 1 :])
            yield stage, change, attrs.evolve(plan, steps=steps)
    yield "contact_time", _BY_PERCENT, attrs.evolve(plan, contact_time=plan.contact_time * 101 / 100)
    yield "contact_time", "+1 minute", attrs.evolve(plan, contact_time=plan.contact_time + _MINUTE)
    for change, contacts in _raised(plan.contacts_per_day, "+1"):
        yield "contacts_per_day", change, attrs.evolve(plan, contacts_per_day=contacts)
    for change, days in _raised(plan.working_days, "+1 day"):
        yield "working_days", change, attrs.evolve(plan, working_days=days)
    if plan.acquisition_cost is not None:
        for change, cost in _raised(plan.acquisition_cost, f"+1 {currency}"):
            yield "acquisition_cost", change, attrs.evolve(plan, acquisition_cost=cost)


def _raised(value: Fraction, unit: str) -> tuple[tuple[str, Fraction], ...]:
    return (_BY_PERCENT, value * Fraction(101, 100)), (unit, value + 1)


def _raised_rate(rate: Fraction) -> tuple[tuple[str, Fraction], ...]:
    return (
        (_BY_PERCENT, min(rate * Fraction(101, 100), Fraction(1))),
        ("+1 point", min(rate + Fraction(1, 100), Fraction(1))),
    )


def _work(plan: Plan) -> Work:
    """What the plan asks for when nothing is rounded."""
    sales = Fraction(plan.revenue.amount) / plan.ticket
    opportunities = sales / plan.win_rate
    return Work(
        entering=opportunities / prod((rate for _, rate, _ in plan.steps), start=Fraction(1)),
        opportunities=opportunities,
        hours=opportunities * in_hours(plan.contact_time),
        people=opportunities / plan.per_person,
        budget=None if plan.acquisition_cost is None else sales * plan.acquisition_cost,
    )


def _difference(after: Work, before: Work) -> Work:
    return Work(
        after.entering - before.entering,
        after.opportunities - before.opportunities,
        after.hours - before.hours,
        after.people - before.people,
        None if after.budget is None or before.budget is None else after.budget - before.budget,
    )


def _signed(value: Fraction, *, digits: int = 1) -> str:
    text = f"{float(value):+,.{digits}f}"
    return text if text.strip("+-0.,") else text[1:]  # nothing has no sign
