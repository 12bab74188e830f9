"""What a plan consists of: the levels from the first contact to the money, the hours, the people, the budget."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._shares import Share
from salesproc._tables import Shown
from salesproc.errors import CurrencyMismatch
from salesproc.goals._quantities import in_hours, shown
from salesproc.metrics._numbers import Number, positive_money, positive_number, rounded_money
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.ratios import Ratio
from salesproc.metrics.required import required_at
from salesproc.money import Money

__all__ = ["Plan", "PlanLevel", "PlanStep", "TeamCheck"]

_DAY = timedelta(days=1)


class PlanStep(NamedTuple):
    """A stage before the opportunity. Any tuple that begins like it serves as well.

    Attributes:
        stage: What is counted there, such as ``"leads"``.
        rate: The share of them that goes on to the next stage, above 0 up to 1, or a rate.
        takes: How long those take to get there; None where nobody knows.
    """

    stage: str
    rate: Share
    takes: timedelta | None = None


class PlanLevel(NamedTuple):
    """How many are needed of one stage.

    Attributes:
        stage: Which.
        exact: How many the level below asks for, before rounding.
        needed: The same rounded up: half a customer does not buy.
        lead_time: How long before the sale they must be there; None where a time on the way is unknown.
        by: The last day for that; None without a due day or a lead time.
    """

    stage: str
    exact: Fraction
    needed: int
    lead_time: timedelta | None
    by: date | None


@attrs.frozen(repr=False)
class TeamCheck(Shown):
    """Whether so many people can do the work of a plan.

    Attributes:
        people: How many, in full-time people; need not be whole.
        possible: How many opportunities they can talk to in the time, whole ones.
        needed: How many the plan needs.
    """

    people: Fraction
    possible: int
    needed: int

    @property
    def feasible(self) -> bool:
        """Whether they can talk to as many as are needed."""
        return self.possible >= self.needed

    @property
    def short_by(self) -> int:
        """How many opportunities nobody has time for; 0 when feasible."""
        return max(self.needed - self.possible, 0)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row."""
        return [
            {
                "people": float(self.people),
                "possible": self.possible,
                "needed": self.needed,
                "feasible": self.feasible,
                "short_by": self.short_by,
            }
        ]

    def __str__(self) -> str:
        verdict = "feasible" if self.feasible else f"not feasible, {self.short_by:,} short"
        return f"a team of {shown(self.people)} can talk to {self.possible:,} opportunities, {self.needed:,} are needed: {verdict}"


@attrs.frozen(kw_only=True, repr=False)
class Plan(Shown):
    """What it takes to reach a revenue, made by `plan_back`.

    Attributes:
        revenue: What is to be reached.
        ticket: What a sale brings on average, in units of the currency of the revenue.
        win_rate: The share of opportunities that are won; one over the opportunities per sale.
        steps: The stages before the opportunity, the first one first, each with its exact rate.
        contact_time: How long talking to one opportunity takes, all contacts together.
        contacts_per_day: How many opportunities one rep can talk to in a day.
        working_days: How many days one rep has for these contacts.
        acquisition_cost: What a new customer costs, in units of the currency of the revenue; None where nobody asked.
        cycle: How long it takes from opportunity to sale.
        due: The day the revenue must be there.
    """

    revenue: Money
    ticket: Fraction
    win_rate: Fraction
    steps: tuple[tuple[str, Fraction, timedelta | None], ...]
    contact_time: timedelta
    contacts_per_day: Fraction
    working_days: Fraction
    acquisition_cost: Fraction | None
    cycle: timedelta | None
    due: date | None

    @property
    def levels(self) -> tuple[PlanLevel, ...]:
        """How many are needed at each stage, the first one first, the sales last."""
        sales = Fraction(self.revenue.amount) / self.ticket
        rates = [*(rate for _, rate, _ in self.steps), self.win_rate]
        needed = required_at(ceil(sales), rates)
        before = [Fraction(below) / rate for below, rate in zip(needed[1:], rates, strict=True)]
        stages = [*(stage for stage, _, _ in self.steps), "opportunities", "sales"]
        times = [*(takes for _, _, takes in self.steps), self.cycle, timedelta()]
        return tuple(
            PlanLevel(stage, unrounded, count, ahead, self._before_due(ahead))
            for stage, unrounded, count, ahead in zip(
                stages, [*before, sales], needed, _lead_times(times), strict=True
            )
        )

    @property
    def sales(self) -> int:
        """How many sales it takes."""
        return self.levels[-1].needed

    @property
    def opportunities(self) -> int:
        """How many opportunities it takes."""
        return self.levels[-2].needed

    @property
    def contact_hours(self) -> Fraction:
        """How many hours all contacts take together."""
        return self.opportunities * in_hours(self.contact_time)

    @property
    def per_person(self) -> Fraction:
        """How many opportunities one rep can talk to in those days."""
        return self.contacts_per_day * self.working_days

    @property
    def people_exact(self) -> Fraction:
        """How many reps it takes, before rounding."""
        return self.opportunities / self.per_person

    @property
    def people(self) -> int:
        """How many reps it takes, rounded up."""
        return ceil(self.people_exact)

    @property
    def acquisition_budget(self) -> Money | None:
        """What winning the customers costs, every sale to a new one, rounded up to the minor unit; None without a cost."""
        if self.acquisition_cost is None:
            return None
        whole = self.acquisition_cost * self.sales
        return Money(whole.numerator, self.revenue.currency).divided_by(
            whole.denominator, rounding=ROUND_CEILING
        )

    @property
    def expected_revenue(self) -> Money:
        """What the rounded number of sales brings: the revenue or a little more."""
        return rounded_money(self.ticket * self.sales, self.revenue.currency)

    def feasible_with(self, people: Number) -> TeamCheck:
        """Whether so many people can do it.

        Args:
            people: How many in full service, 0 or more; who is still ramping counts as the part they are, ``Decimal("0.4")`` for example.

        Raises:
            ValueError: A negative number.
            TypeError: It is no number.
        """
        team = positive_number(people, "people")
        return TeamCheck(team, floor(team * self.per_person), self.opportunities)

    def budget_coverage(self, budget: Money, *, rates: Mapping[str, Decimal] | None = None) -> Ratio:
        """How much of the acquisition budget an amount covers; from 1 on it is enough.

        Args:
            budget: What there is to spend.
            rates: By code, what one unit of that currency is worth in the currency of the plan.

        Returns:
            The amount over what is needed; undefined where the plan has no acquisition cost.

        Raises:
            ValueError: A negative amount.
            CurrencyMismatch: The amount is in another currency and there are no rates.
            MoneyError: The rate is missing.
        """
        currency, given = self.revenue.currency, positive_money(budget, "budget").currency
        if rates is None and given != currency:
            raise CurrencyMismatch(
                f"the plan is in {currency} and the budget in {given}; give rates={{{given!r}: ...}}"
            )
        return Ratio(
            budget.to(currency, rates or {}), self.acquisition_budget, "the plan has no acquisition cost"
        )

    def _before_due(self, lead_time: timedelta | None) -> date | None:
        if self.due is None or lead_time is None:
            return None
        return self.due - -(-lead_time // _DAY) * _DAY  # a begun day is a day

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage."""
        return [
            {
                "stage": level.stage,
                "exact": float(level.exact),
                "needed": level.needed,
                "lead_days": None if level.lead_time is None else level.lead_time / _DAY,
                "by": None if level.by is None else str(level.by),
            }
            for level in self.levels
        ]

    def __str__(self) -> str:
        lines = [
            (
                level.stage,
                shown(level.exact),
                f"{level.needed:,}",
                _text.ABSENT if level.by is None else str(level.by),
            )
            for level in self.levels
        ]
        return "\n".join([_text.table(("stage", "exact", "needed", "by"), lines), *self._totals()])

    def _totals(self) -> Iterator[str]:
        yield f"contact hours: {shown(self.contact_hours)}"
        yield f"people: {shown(self.people_exact)}, so {self.people:,}; each can talk to {shown(self.per_person)}"
        if self.acquisition_budget is not None:
            yield f"acquisition budget: {self.acquisition_budget}"

    def __repr__(self) -> str:
        needed = ", ".join(f"{level.needed:,} {level.stage}" for level in self.levels)
        return f"<Plan for {self.revenue}: {needed}, {self.people:,} people>"


def _lead_times(times: list[timedelta | None]) -> list[timedelta | None]:
    """Per stage the time it and all after it take; unknown from the first unknown one upwards."""

    def longer(below: timedelta | None, here: timedelta | None) -> timedelta | None:
        return None if below is None or here is None else below + here

    return [*accumulate(reversed(times), longer)][::-1]
