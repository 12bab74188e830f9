"""The examples of the source documents, one by one: what they say comes out of the functions users call.

S marks a number of a source, D one worked out from its rule. ``docs/explanation/sources.md`` lists the documents.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from salesproc import CurrencyMismatch, Money, Period, Rate
from salesproc.follow_up import (
    PUBLISHED_CALL_WINDOWS,
    PUBLISHED_FOLLOW_UPS_NEEDED,
    PUBLISHED_STOP_AFTER_ONE,
    CadencePlan,
    CadenceStep,
    early_give_ups,
    window_of,
)
from salesproc.goals import Goal, plan_back, plan_forward, roadmap, role_split
from salesproc.loyalty import (
    KeyAccountPolicy,
    assess,
    dependency,
    key_accounts,
    loss_impact,
    managers_needed,
    referral_projection,
    revenue_to_dilute,
)
from salesproc.metrics import (
    XyzPolicy,
    abc_classes,
    acquisition_cost,
    benchmark,
    concentration,
    follow_up_cadence,
    goodwill,
    growth_headroom,
    lifetime_value,
    required_at,
    retention_from_counts,
    share_of_wallet,
    stage_funnel,
    xyz_classes,
)
from salesproc.qualification import BuyerStage
from salesproc.stages import LoyaltyTier

DAY = timedelta(days=1)
TODAY = date(2026, 3, 31)


def euros(amount):
    return Money(amount, "EUR")


def funnel(**counts):
    log = [(n, stage, TODAY) for stage, count in counts.items() for n in range(count)]
    return stage_funnel(log, [*counts], as_of=TODAY)


def company(**spent):
    return concentration([(who, euros(amount)) for who, amount in spent.items()])


def test_1_a_thousand_prospects_and_fifteen_sales():
    """S: 1000, 500, 250, 15, so 1.5 %. D: one half, one half, 6 %; 3 % of the qualified and 6 % of the serious."""
    found = funnel(prospect=1000, qualified=500, serious=250, sold=15)
    assert [stage.from_previous.exact for stage in found[1:]] == [
        Fraction(1, 2),
        Fraction(1, 2),
        Fraction(6, 100),
    ]
    assert found["sold"].from_first.exact == Fraction(15, 1000)
    reached = [stage.reached for stage in found]
    assert [before - after for before, after in pairwise(reached)] == [500, 250, 235]
    assert Rate(15, 500).exact == Fraction(3, 100)
    assert Rate(15, 250).exact == Fraction(6, 100)


def test_2_one_in_ten_and_twenty_for_one_or_two():
    """S: one of ten; twenty prospects for one or two customers. D: the funnel read from below."""
    assert Rate(1, 10).exact == Fraction(1, 10)
    assert [required_at(*asked)[0] for asked in ((1, [0.05]), (2, [0.1]))] == [20, 20]
    assert [required_at(wanted, [0.015])[0] for wanted in (15, 1, 30)] == [1000, 67, 2000]
    week = Goal(
        "one in ten",
        metric="close rate",
        target=Decimal("0.1"),
        start=date(2026, 3, 2),
        deadline=date(2026, 3, 6),
    )
    assert Fraction(week.target) == Rate(1, 10).exact


def test_3_value_and_retention():
    """D: 1000 a check, twice a month, 20 % of it, 18 months; 100 customers at the start."""
    found = lifetime_value(euros(1000), purchases_per_month=2, margin=0.20, lifetime_months=18)
    assert found.value == euros(7200)
    assert retention_from_counts(100, 110, 20).rate.exact == Fraction(9, 10)
    assert retention_from_counts(100, 110, 20).churn.exact == Fraction(1, 10)
    assert retention_from_counts(100, 95, 15).rate.exact == Fraction(8, 10)
    with pytest.raises(ValueError, match="percentage"):
        lifetime_value(euros(1000), purchases_per_month=2, margin=20, lifetime_months=18)


def test_4_a_tenth_of_the_sales_is_a_key_account():
    """S: of 200 customers one with a tenth; at most ten of them. D: 9.99 % is none."""
    others = [f"c{n}" for n in range(199)]
    exact = concentration([("large", euros(199)), *((who, euros(9)) for who in others)])
    assert key_accounts(exact).customers == ("large",)
    less = concentration([("large", euros(198)), *((who, euros(9)) for who in others)])
    assert key_accounts(less).customers == ()
    ten = company(**{f"c{n}": 1 for n in range(10)})
    assert len(key_accounts(ten).accounts) == 10
    assert key_accounts(ten, policy=KeyAccountPolicy(inclusive=False)).accounts == ()


def test_5_three_key_accounts_for_one_manager():
    """S: three. D: how many managers it takes."""
    assert [managers_needed(n) for n in (0, 1, 3, 4, 7, 10)] == [0, 1, 1, 2, 3, 4]


def test_6_dependency_bands_and_dilution():
    """S: above 20, 30, 40 and 50 %. D: 60 of 100 brought down by others buying more."""
    named = {
        share: dependency(
            concentration([("large", euros(share)), *((n, euros(1)) for n in range(100 - share))])
        ).level
        for share in (20, 21, 31, 41, 50, 51)
    }
    assert [*map(str, named.values())] == ["none", "watch", "elevated", "high", "high", "critical"]
    diluted = [revenue_to_dilute(euros(100), euros(60), target=target) for target in (0.5, 0.4, 0.3, 0.2)]
    assert diluted == [euros(20), euros(50), euros(100), euros(200)]
    assert dependency(company(only=1)).level == "single"


def test_7_twelve_positive_experiences_for_one_unresolved():
    """S: twelve to one. D: three need 36; with thirty there are six to go; a resolved one needs none."""
    assert [
        goodwill(0, 1).missing,
        goodwill(0, 3).missing,
        goodwill(30, 3).missing,
        goodwill(0, 0).missing,
    ] == [
        12,
        36,
        6,
        0,
    ]


def test_8_five_follow_ups_and_44_in_100_who_stop_after_one():
    """S: 80 % of sales need five; 44 % stop after one."""
    plan = CadencePlan("five", [CadenceStep("phone", after=DAY)] * 5)
    assert PUBLISHED_FOLLOW_UPS_NEEDED.value == Fraction(80, 100)
    touches = [(n, TODAY - tries * DAY) for n in range(100) for tries in range(1 if n < 44 else 5)]
    found = early_give_ups(plan, follow_up_cadence(touches, as_of=TODAY))
    assert found.stopped_after(1).exact == PUBLISHED_STOP_AFTER_ONE.value == Fraction(44, 100)
    assert found.early.exact == Fraction(44, 100)


def test_9_more_than_a_fifth_is_a_role_of_its_own():
    """S: more than 20 %. D: 8 of 40 hours are not, 9 are."""
    assert role_split({"selling": 32, "qualifying": 8}, core=["selling"]).suggested == ()
    assert role_split({"selling": 31, "qualifying": 9}, core=["selling"]).suggested == ("qualifying",)


def test_10_the_best_hours_and_days_to_call():
    """S: four to five is best, eight to ten good, eleven to noon worst; Thursday, Wednesday, and Tuesday worst."""
    zone = ZoneInfo("Asia/Riyadh")

    def rank(hour, minute=0):
        at = datetime(2026, 3, 2, hour, minute, tzinfo=zone)
        return str(window_of(at, zone=zone, windows=PUBLISHED_CALL_WINDOWS).hour)

    moments = [(16, 0), (16, 59), (17, 0), (8, 0), (9, 59), (10, 0), (11, 30), (12, 0)]
    assert [rank(*moment) for moment in moments] == [
        "best", "best", "neutral", "good", "good", "neutral", "worst", "neutral",
    ]  # fmt: skip
    slots = [
        window_of(datetime(2026, 3, day, hour, 30, tzinfo=zone), zone=zone, windows=PUBLISHED_CALL_WINDOWS)
        for day in (2, 3, 4, 5, 6)
        for hour in (8, 9, 11, 13, 16)
    ]
    ranked = sorted(slots, key=lambda slot: slot.order)
    assert (f"{ranked[-1].start:%A %H}", f"{ranked[0].start:%A %H}") == ("Thursday 16", "Tuesday 11")


def test_11_innovators_are_a_sign_and_few():
    """S: about 2.5 %. D: five of two hundred; the sign is seen by people and never computed."""
    assert Fraction(25, 1000) * 200 == 5
    found = key_accounts(
        company(**{f"c{n}": 1 for n in range(200)}), signs={f"c{n}": ["innovator"] for n in range(5)}
    )
    assert len(found.accounts) == 5


def test_12_three_others_from_every_customer():
    """S: three. D: a hundred bring 300; one chain is 13 after two rounds, or 16 when all ask again."""
    once = referral_projection(100, per_customer=3).generations[0]
    assert (once.new, once.total) == (300, 400)
    assert referral_projection(1, per_customer=3, generations=2).total == 13
    assert referral_projection(1, per_customer=3, generations=2, again="everybody").total == 16


def test_13_the_nine_questions():
    """D: 100,000 at 2,500 with ten opportunities a sale, half an hour each, eight a day on 21 days."""
    plan = plan_back(
        euros(100_000),
        ticket=euros(2_500),
        opportunities_per_sale=10,
        contact_time=timedelta(minutes=30),
        contacts_per_day=8,
        working_days=21,
    )
    assert (plan.sales, plan.opportunities, plan.contact_hours, plan.per_person) == (40, 400, 200, 168)
    assert (round(plan.people_exact, 2), plan.people) == (Fraction(119, 50), 3)
    assert not plan.feasible_with(2).feasible
    assert plan.feasible_with(2).possible == 336
    reach = plan_forward(
        people=3, ticket=euros(2_500), opportunities_per_sale=10, contacts_per_day=8, working_days=21
    )
    assert reach.revenue >= euros(100_000)


def test_14_what_the_rate_of_the_sector_would_bring():
    """D: 2 % of 10,000 become leads; at 3 % the billing would rise from 5,000 to 7,500."""
    found = funnel(visitor=10_000, lead=200, qualified=50, sale=5)
    (gap,) = benchmark(found, {"lead": 0.03}, value_per_win=euros(1000))
    assert gap.value == euros(2500)
    (none,) = benchmark(found, {"qualified": 0.2}, value_per_win=euros(1000))
    assert none.value == euros(0)


def test_15_a_target_in_dollars_and_a_budget_in_riyals():
    """S: a million dollars in five years with two million riyals. D: 200,000 a year; no sum without a rate."""
    years = roadmap(Money(1_000_000, "USD"), Period(date(2026, 1, 1), date(2031, 1, 1))).years
    assert [row.revenue for row in years] == [Money(200_000, "USD")] * 5
    plan = plan_back(
        Money(1_000_000, "USD"),
        ticket=Money(10_000, "USD"),
        opportunities_per_sale=10,
        contact_time=timedelta(hours=1),
        contacts_per_day=4,
        working_days=220,
        acquisition_cost=Money(5_000, "USD"),
    )
    budget = Money(2_000_000, "SAR")
    with pytest.raises(CurrencyMismatch, match="the plan is in USD and the budget in SAR"):
        plan.budget_coverage(budget)
    covered = plan.budget_coverage(budget, rates={"SAR": Decimal(1) / Decimal("3.75")})
    assert covered.part.rounded() == Money("533333.33", "USD")


def test_16_a_customer_who_could_buy_three_or_four_times_as_much():
    """S: 5 million now, 15 to 20 possible."""
    found = [growth_headroom(Money(5, "RUB"), Money(potential, "RUB")) for potential in (15, 20)]
    assert [one.headroom for one in found] == [Money(10, "RUB"), Money(15, "RUB")]
    assert [one.multiple.exact for one in found] == [3, 4]


def test_17_the_ladder_and_steadiness():
    """S: the five kinds of customers. D: variations of 0, 0.1414 and 1.2247 at 10 and 25 %."""
    months = [date(2025, month, 9) for month in range(7, 13)]
    review = date(2025, 12, 31)

    def rung(days, **evidence):
        return assess(days, as_of=review, **evidence).tier

    ours, elsewhere, brought = [(review, 1)], [(review, Decimal("0.5"))], [review]
    assert rung([]) is None
    assert rung(months[:1]) is LoyaltyTier.CUSTOMER
    assert rung(months[-2:]) is LoyaltyTier.REPEAT
    assert rung(months, wallet=elsewhere) is LoyaltyTier.REGULAR
    assert rung(months, wallet=ours) is LoyaltyTier.SUPPORTER
    assert rung(months, wallet=ours, referrals=brought) is LoyaltyTier.ADVOCATE
    assert rung(months[:1], wallet=ours, referrals=brought) is LoyaltyTier.CUSTOMER
    assert rung(months) is LoyaltyTier.REGULAR, "nobody knows where else they buy"
    spent = {"x": (100, 100, 100, 100), "y": (80, 100, 120, 100), "z": (300, 0, 0, 100)}
    orders = [
        (who, date(2025, month, 9), euros(one))
        for who, all_ in spent.items()
        for month, one in enumerate(all_, 1)
    ]
    rows = xyz_classes(orders, as_of=date(2025, 5, 1), policy=XyzPolicy(limits=(0.10, 0.25))).rows
    assert {row.customer: (row.grade, round(row.variation, 4)) for row in rows} == {
        "x": ("X", 0.0),
        "y": ("Y", 0.1414),
        "z": ("Z", 1.2247),
    }


def test_18_share_of_wallet():
    """D: 30 with us and 70 elsewhere."""
    found = share_of_wallet(euros(30), euros(70))
    assert (found.share.exact, found.headroom) == (Fraction(3, 10), euros(70))


def test_the_others_that_are_in_the_register_of_numbers():
    """S: 300 against 3 million are not one segment; 5000 pieces a month carry the discount of all; the parts of the funnel."""
    classes = {
        row.customer: row.grade
        for row in abc_classes([("a", TODAY, euros(3_000_000)), ("b", TODAY, euros(300))], as_of=TODAY).rows
    }
    assert classes["a"] != classes["b"]
    prices = [(0, euros(10)), (6000, euros(8))]
    assert loss_impact(euros(1), volume=5000, other_volume=2000, tiers=prices).discount_cost == euros(4000)
    assert loss_impact(euros(1), volume=5000, other_volume=6000, tiers=prices).discount_cost == euros(0)
    assert [str(stage.funnel_part) for stage in BuyerStage] == ["top", "middle", "middle", "bottom"]
    assert acquisition_cost(euros(1200), 0).undefined == "nobody was won"
