"""From a revenue back to what the team must do, and from the team to the revenue."""

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, MoneyError, Rate
from salesproc.goals import PlanStep, plan_back, plan_forward
from salesproc.metrics import MeanMoney, acquisition_cost
from salesproc.stages import Process
from salesproc.testing import simulate

RATES = st.fractions(Fraction(1, 50), 1, max_denominator=50)
HALF_HOUR = timedelta(minutes=30)


def euros(amount):
    return Money(amount, "EUR")


def plan_of(revenue=100_000, **options):
    """The worked example: 40 sales of 2,500, one in ten, half an hour each, eight a day for 21 days."""
    if "win_rate" not in options:
        options.setdefault("opportunities_per_sale", 10)
    usual = {"ticket": euros(2_500), "contact_time": HALF_HOUR, "contacts_per_day": 8, "working_days": 21}
    return plan_back(euros(revenue), **{**usual, **options})


def reach_of(people, **options):
    if "win_rate" not in options:
        options.setdefault("opportunities_per_sale", 10)
    return plan_forward(
        people, **{"ticket": euros(2_500), "contacts_per_day": 8, "working_days": 21, **options}
    )


@st.composite
def plans(draw):
    return plan_of(
        draw(st.decimals("0.01", 10**6, places=2)),
        ticket=euros(draw(st.decimals("0.01", 10**5, places=2))),
        win_rate=draw(RATES),
        contacts_per_day=draw(st.fractions(Fraction(1, 4), 40, max_denominator=4)),
        working_days=draw(st.integers(1, 250)),
        steps=[(f"stage {n}", rate) for n, rate in enumerate(draw(st.lists(RATES, max_size=3)))],
    )


@given(plans())
def test_a_plan_executed_at_exactly_its_rates_reaches_the_target(plan):
    """Whole people only go on, and still the money comes in; with one fewer at any stage it could not at that stage's rate."""
    rates = [*(rate for _, rate, _ in plan.steps), plan.win_rate]
    there = plan.levels[0].needed
    for level, rate, below in zip(plan.levels, rates, plan.levels[1:], strict=False):
        assert there >= level.needed
        there = floor(there * rate)
        assert there >= below.needed
        assert floor((level.needed - 1) * rate) < below.needed
    assert there * plan.ticket >= Fraction(plan.revenue.amount)
    assert (plan.sales - 1) * plan.ticket < Fraction(plan.revenue.amount)


@given(plans())
def test_every_level_is_shown_before_and_after_rounding(plan):
    for level in plan.levels:
        assert level.exact <= level.needed < level.exact + 1
    assert plan.levels[-1].exact == Fraction(plan.revenue.amount) / plan.ticket
    assert plan.levels[-2].exact == plan.sales / plan.win_rate


@given(plans())
def test_the_people_can_do_it_and_one_fewer_could_not(plan):
    assert plan.feasible_with(plan.people).feasible
    assert plan.feasible_with(plan.people_exact).feasible
    fewer = plan.feasible_with(plan.people - 1)
    assert not fewer.feasible
    assert fewer.short_by == plan.opportunities - fewer.possible > 0


@given(plans(), st.integers(0, 50))
def test_forward_is_the_inverse_of_back(plan, people):
    inputs = {
        "ticket": euros(Decimal(plan.ticket.numerator) / plan.ticket.denominator),
        "win_rate": plan.win_rate,
        "contacts_per_day": plan.contacts_per_day,
        "working_days": plan.working_days,
    }
    assert plan_forward(plan.people, **inputs).revenue >= plan.revenue
    reach = plan_forward(people, **inputs)
    assume(reach.revenue)
    back = plan_back(reach.revenue, contact_time=timedelta(), **inputs)
    assert (back.sales, back.people <= people) == (reach.sales, True)


def test_the_worked_example():
    plan = plan_of()
    assert [(level.stage, level.exact, level.needed) for level in plan.levels] == [
        ("opportunities", 400, 400),
        ("sales", 40, 40),
    ]
    assert (plan.contact_hours, plan.per_person, plan.people) == (200, 168, 3)
    assert plan.people_exact == Fraction(400, 168)
    assert plan.acquisition_budget is None
    two = plan.feasible_with(2)
    assert (two.feasible, two.possible, two.needed, two.short_by) == (False, 336, 400, 64)
    assert str(two) == ("a team of 2 can talk to 336 opportunities, 400 are needed: not feasible, 64 short")
    assert str(plan.feasible_with(3)) == (
        "a team of 3 can talk to 504 opportunities, 400 are needed: feasible"
    )


def test_a_third_who_is_ramping_is_enough():
    plan = plan_of()
    assert not plan.feasible_with(Decimal("2.3")).feasible
    assert plan.feasible_with(Decimal("2.4")).feasible


def test_the_same_plan_from_a_rate():
    by_number = plan_of()
    assert plan_of(win_rate=Rate(3, 30)) == plan_of(win_rate=0.1) == by_number
    assert plan_of(opportunities_per_sale=2.5).win_rate == Fraction(2, 5)


def test_levels_are_dated_back_by_the_time_each_takes():
    plan = plan_of(
        cycle=timedelta(days=45),
        due=date(2026, 6, 30),
        steps=[PlanStep("leads", 0.25, timedelta(days=20)), ("fits", Rate(1, 2), timedelta(hours=36))],
    )
    assert [(level.stage, level.needed, level.by) for level in plan.levels] == [
        ("leads", 3200, date(2026, 4, 24)),
        ("fits", 800, date(2026, 5, 14)),
        ("opportunities", 400, date(2026, 5, 16)),
        ("sales", 40, date(2026, 6, 30)),
    ]
    assert plan.levels[0].lead_time == timedelta(days=66, hours=12)


def test_an_unknown_time_leaves_all_above_it_undated():
    steps = [("leads", 0.5, timedelta(days=1)), ("fits", 0.5), ("talks", 0.5, timedelta(days=2))]
    dated = plan_of(cycle=timedelta(days=10), due=date(2026, 6, 30), steps=steps)
    assert [level.by for level in dated.levels] == [
        None,
        None,
        date(2026, 6, 18),
        date(2026, 6, 20),
        date(2026, 6, 30),
    ]
    undated = plan_of(cycle=timedelta(days=10))
    assert [(level.lead_time, level.by) for level in undated.levels] == [
        (timedelta(days=10), None),
        (timedelta(), None),
    ]
    assert [level.by for level in plan_of(due=date(2026, 6, 30)).levels] == [None, date(2026, 6, 30)]


def test_means_are_taken_before_they_are_rounded():
    """Three sales of 100 euros are 33 1/3 each; 100 euros are three such sales and not four."""
    mean = MeanMoney(euros(100), 3)
    assert plan_of(100, ticket=mean).sales == 3
    assert plan_of(100, ticket=mean).expected_revenue == euros("100.00")
    assert plan_of(100, ticket=mean.value).sales == 4
    cost = acquisition_cost(euros(100), 3)
    assert plan_of(2_500 * 2, acquisition_cost=cost).acquisition_budget == euros("66.67")
    assert plan_forward(1, ticket=mean, win_rate=1, contacts_per_day=2, working_days=1).revenue == euros(
        "66.66"
    )


def test_a_budget_and_how_much_of_it_is_there():
    plan = plan_of(acquisition_cost=euros(750))
    assert plan.acquisition_budget == euros(30_000)
    assert plan.budget_coverage(euros(15_000)).exact == Fraction(1, 2)
    assert plan.budget_coverage(Money(10_000, "USD"), rates={"USD": Decimal("0.9")}).exact == Fraction(3, 10)
    assert plan.budget_coverage(euros(30_000), rates={}).exact == 1
    without = plan_of().budget_coverage(euros(1))
    assert (without.exact, without.undefined) == (None, "the plan has no acquisition cost")


def test_dollars_and_riyals_do_not_mix_without_a_rate():
    """A goal of a million dollars and a budget of two million riyals."""
    target, budget = Money(1_000_000, "USD"), Money(2_000_000, "SAR")
    inputs = {
        "ticket": Money(10_000, "USD"),
        "win_rate": 0.5,
        "contact_time": HALF_HOUR,
        "contacts_per_day": 1,
        "working_days": 200,
    }
    plan = plan_back(target, acquisition_cost=Money(8_000, "USD"), **inputs)
    with pytest.raises(
        CurrencyMismatch, match="the plan is in USD and the budget in SAR; give rates={'SAR': ...}"
    ):
        plan.budget_coverage(budget)
    rates = {"SAR": 1 / Decimal("3.75")}
    assert plan.budget_coverage(budget, rates=rates).part.rounded() == Money("533333.33", "USD")
    with pytest.raises(CurrencyMismatch, match="revenue is in USD, acquisition_cost is in SAR"):
        plan_back(target, acquisition_cost=Money(30_000, "SAR"), **inputs)
    converted = plan_back(
        target, acquisition_cost=Money(37_500, "SAR"), rates={"SAR": Decimal("0.25")}, **inputs
    )
    assert converted.acquisition_budget == Money(937_500, "USD")
    with pytest.raises(MoneyError, match="no rate from SAR to USD"):
        plan_back(target, acquisition_cost=Money(37_500, "SAR"), rates={}, **inputs)
    in_riyals = plan_back(
        target, **{**inputs, "ticket": Money(40_000, "SAR")}, rates={"SAR": Decimal("0.25")}
    )
    assert in_riyals.sales == 100


def test_executed_by_chance_the_plan_reaches_its_target_on_average():
    """Two hundred quarters: the share of leads that end in a sale is the one the plan counts on."""
    plan = plan_of(steps=[("leads", 0.5)])
    random = Random(20260331)
    quarters, sales = 200, 0
    for _ in range(quarters):
        opportunities = sum(random.random() < 0.5 for _ in range(plan.levels[0].needed))
        sales += sum(random.random() < float(plan.win_rate) for _ in range(opportunities))
    seen = Rate(sales, quarters * plan.levels[0].needed).interval(0.99)
    promised = Fraction(plan.sales, plan.levels[0].needed)
    assert seen.low <= promised <= seen.high


def test_the_simulator_reaches_the_target_within_the_time_of_the_plan():
    """The plan's opportunities, at its win rate, talked to by its people, won by its due day."""
    plan = plan_of(due=date(2026, 6, 30), cycle=timedelta(days=45))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    quarters = 50
    log = simulate(
        Process.pipeline("sales", stages=["talk"], won="won", lost="lost"),
        entities=plan.opportunities * quarters,
        seed=11,
        start=start,
        until=start + timedelta(days=36_500),
        rates={"talk": {"win": plan.win_rate, "lose": 1 - plan.win_rate}},
        durations={"talk": {"win": plan.cycle, "lose": timedelta(days=10)}},
    )
    won = [journey for journey in log.journeys() if journey.stage == "won"]
    seen = Rate(len(won), plan.opportunities * quarters).interval(0.99)
    assert seen.low <= Fraction(plan.sales, plan.opportunities) <= seen.high
    assert plan.ticket * len(won) / quarters == pytest.approx(100_000, rel=0.05)
    # With the median as the cycle, half of the sales are there on the day they were planned for.
    in_time = sum(journey.entered_at - journey.history[0].at <= plan.cycle for journey in won)
    half = Rate(in_time, len(won)).interval(0.99)
    assert half.low <= 0.5 <= half.high


def test_each_day_of_the_schedule_has_room():
    """Dealt out to three people, eight a day, all 400 are talked to within the 21 days; two run out of days."""
    plan = plan_of()

    def days_needed(people):
        left, days = plan.opportunities, 0
        while left > 0:
            left -= people * 8
            days += 1
        return days

    assert days_needed(plan.people) <= 21 < days_needed(plan.people - 1)


@given(st.integers(0, 20), RATES, st.integers(1, 20), st.integers(1, 60))
def test_forward_by_brute_force(people, rate, per_day, days):
    reach = reach_of(people, win_rate=rate, contacts_per_day=per_day, working_days=days)
    assert reach.opportunities == people * per_day * days
    assert reach.sales <= reach.opportunities * rate < reach.sales + 1
    assert reach.revenue == euros(2_500) * reach.sales


def test_what_two_can_reach():
    reach = reach_of(2)
    assert (reach.opportunities, reach.sales, reach.revenue) == (336, 33, euros(82_500))
    assert str(reach) == "a team of 2: 336 opportunities, 33 sales, 82,500.00 EUR"
    assert reach.to_rows() == [
        {"people": 2.0, "opportunities": 336, "sales": 33, "revenue": "82500.00", "currency": "EUR"}
    ]
    assert reach_of(0).revenue == euros(0)


def test_the_results_show_themselves():
    plan = plan_of(
        due=date(2026, 6, 30), steps=[("<b>", Rate(3, 7))], acquisition_cost=euros(100), contacts_per_day=7.5
    )
    assert str(plan).splitlines() == [
        "stage             exact  needed          by",
        "<b>            933.3333     934         n/a",
        "opportunities       400     400         n/a",
        "sales                40      40  2026-06-30",
        "contact hours: 200",
        "people: 2.5397, so 3; each can talk to 157.5",
        "acquisition budget: 4,000.00 EUR",
    ]
    assert repr(plan) == "<Plan for 100,000.00 EUR: 934 <b>, 400 opportunities, 40 sales, 3 people>"
    assert plan.to_rows()[0] == {
        "stage": "<b>",
        "exact": 2800 / 3,
        "needed": 934,
        "lead_days": None,
        "by": None,
    }
    assert plan.to_rows()[2]["lead_days"] == 0
    assert plan.to_rows()[2]["by"] == "2026-06-30"
    assert "<b>" not in plan._repr_html_()
    assert pickle.loads(pickle.dumps(plan)) == plan
    check = plan.feasible_with(2)
    assert check.to_rows() == [
        {"people": 2.0, "possible": 315, "needed": 400, "feasible": False, "short_by": 85}
    ]
    assert repr(check).startswith("<TeamCheck: a team of 2 can talk to 315")
    assert pickle.loads(pickle.dumps(check)) == check
    assert str(plan_of()).splitlines()[-1] == "people: 2.381, so 3; each can talk to 168"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"revenue": 0}, ValueError, r"revenue must be above 0, got Money\('0', 'EUR'\)"),
        ({"revenue": -1}, ValueError, "revenue must be 0 or more"),
        ({"ticket": euros(0)}, ValueError, "ticket must be above 0, got 0"),
        ({"ticket": 2_500}, TypeError, "ticket must be Money"),
        ({"ticket": MeanMoney(None, 0)}, ValueError, "ticket is undefined"),
        ({"opportunities_per_sale": 0}, ValueError, "opportunities_per_sale must be 1 or more, got 0"),
        (
            {"opportunities_per_sale": 0.1},
            ValueError,
            "opportunities_per_sale must be 1 or more, got 0.1; a share goes to win_rate",
        ),
        (
            {"opportunities_per_sale": None},
            ValueError,
            "give either opportunities_per_sale or win_rate, got None and None",
        ),
        ({"win_rate": 0.1, "opportunities_per_sale": 10}, ValueError, "got 10 and 0.1"),
        ({"win_rate": 10}, ValueError, "win_rate must be a share from 0 to 1, got 10"),
        ({"win_rate": Rate(0, 9)}, ValueError, "win_rate must be above 0, got 0"),
        ({"contact_time": 30}, TypeError, "contact_time must be a timedelta, for example .*, got 30"),
        ({"contact_time": -HALF_HOUR}, ValueError, "contact_time must be 0 or more"),
        ({"contacts_per_day": 0}, ValueError, "contacts_per_day must be above 0"),
        ({"contacts_per_day": 49}, ValueError, "49 contacts a day of 0:30:00 each are more than 24 hours"),
        ({"working_days": 0}, ValueError, "working_days must be above 0"),
        ({"cycle": 45}, TypeError, "cycle must be a timedelta, for example .*, got 45"),
        ({"due": datetime(2026, 1, 1, tzinfo=UTC)}, TypeError, "due must be a plain date"),
        ({"due": "2026"}, TypeError, "due must be a plain date, got '2026'"),
        ({"acquisition_cost": euros(-1)}, ValueError, "acquisition_cost must be 0 or more"),
        ({"steps": [("leads", 0)]}, ValueError, "the rate of 'leads' must be above 0"),
        ({"steps": [("leads", 25)]}, ValueError, "the rate of 'leads' must be a share from 0 to 1, got 25"),
        ({"steps": [("leads", 0.5), ("leads", 0.5)]}, ValueError, "stage 'leads' comes twice"),
        ({"steps": [("sales", 0.5)]}, ValueError, "stage 'sales' comes twice"),
        (
            {"steps": [("leads", 0.5, 20)]},
            TypeError,
            "the time of 'leads' must be a timedelta, for example .*, got 20",
        ),
        ({"steps": {"leads": 0.5}}, LogError, "step 1 is no row of stage, rate: 'leads'"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        plan_of(**options)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: reach_of(-1), "people must be 0 or more, got -1"),
        (lambda: reach_of(1, contacts_per_day=0), "contacts_per_day must be above 0"),
        (lambda: reach_of(1, working_days=0), "working_days must be above 0"),
        (lambda: reach_of(1, ticket=MeanMoney(None, 0)), "ticket is undefined"),
        (lambda: plan_of().feasible_with(-2), "people must be 0 or more, got -2"),
        (lambda: plan_of().budget_coverage(euros(-2)), "budget must be 0 or more"),
    ],
)
def test_refusals_of_a_team_and_a_budget(work, message):
    with pytest.raises(ValueError, match=message):
        work()
