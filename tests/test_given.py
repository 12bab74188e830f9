"""What callers give: a wrong call is refused where it is made, and says what would do."""

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest

from salesproc import (
    LogError,
    Money,
    MoneyError,
    NaiveTimeError,
    Period,
    RecordError,
    UnknownName,
    WorkingCalendar,
)
from salesproc._given import (
    exact_number,
    is_missing,
    leading_fields,
    member,
    require_duration,
    several,
    texts,
    whole_number,
)
from salesproc.agreement import LeadAgreement, review_agreement
from salesproc.customers import duplicates, follow_ups
from salesproc.follow_up import prepare_call
from salesproc.goals import roadmap, working_days
from salesproc.lifetime import finish_purchase_history, holdout_history
from salesproc.loyalty import (
    climb,
    dependency,
    finish_referred_orders_share,
    finish_tiers,
    key_accounts,
    loss_impact,
    referral_rate,
)
from salesproc.metrics import (
    ActivityCounts,
    activity_rates,
    contract_churn,
    finish_abc,
    finish_abc_xyz,
    finish_activity_rates,
    finish_at_risk,
    finish_buying,
    finish_customer_cohorts,
    finish_lost_potential,
    finish_rfm,
    finish_xyz,
    forecast_rollup,
    pipeline_coverage,
    pipeline_waterfall,
    reduce_orders,
    rfm,
    sales_velocity,
    slippage,
    this_and_last,
    volume_conversion,
)
from salesproc.qualification import (
    BANT,
    Bands,
    Criterion,
    Framework,
    IdealProfile,
    InterestModel,
    InterestRule,
    Qualification,
    ScoringModel,
    grade_calibration,
    score_calibration,
)
from salesproc.records import (
    Contact,
    Customer,
    CustomerId,
    Lead,
    LeadId,
    Opportunity,
    OpportunityId,
    PlannedActivity,
)
from salesproc.stages import LOYALTY_LADDER, WIN_BACK, Process, confirmed

DAY = timedelta(days=1)
OFFICE = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")
NOON, ADA = datetime(2026, 3, 2, 12, tzinfo=UTC), Contact("Ada")
DEAL = Opportunity.open(OpportunityId("O-1"), at=NOON, contact=ADA)
PAIR = (date(2026, 1, 1), date(2026, 2, 1))
BANDS = Bands(("high", "low"), cuts=[10])
MODEL = ScoringModel(
    name="logistics",
    profile=IdealProfile("shippers", [(confirmed("ships"), 1)], grades=Bands(("A", "B"), cuts=[0.5])),
    interest=InterestModel([InterestRule("demo", 20)], BANDS),
    grid={"A": ("route", "nurture"), "B": ("research", "drop")},
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Unknown:
    """The missing value of pandas, which is neither true nor false when it is compared."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None


NOTHING = [None, math.nan, Decimal("NaN"), Decimal("sNaN"), Unknown()]


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_missing_value_is_one_whatever_the_dataframe_writes(nothing):
    assert is_missing(nothing)
    with pytest.raises(LogError, match="row 1 names no customer: .*; leave it out, or give it a name"):
        leading_fields([nothing, 1], ("customer", "n"), "row 1")


def test_what_is_there_is_not_missing():
    assert not any(map(is_missing, ["", 0, False, (), "nan", NOON]))


def test_a_float_means_the_number_it_is_written_as():
    assert exact_number(0.1, "x") == exact_number(Decimal("0.1"), "x") == Fraction(1, 10)
    assert member(Colour, "red", "colour") is member(Colour, Colour.RED, "colour") is Colour.RED
    assert whole_number(-3, "x", least=None) == -3
    assert require_duration(0 * DAY, "x") == 0 * DAY
    assert texts(["a", "b"], "x") == ("a", "b")
    assert leading_fields(["ann", 1, 2], ("customer", "n"), "row 1") == ("ann", 1)


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: exact_number("1", "x"), TypeError, "x must be a number, got '1'"),
        (lambda: exact_number(True, "x"), TypeError, "x must be a number, got True"),
        (lambda: exact_number(math.nan, "x"), ValueError, "x must be finite, got nan"),
        (lambda: whole_number(1.0, "x"), TypeError, "x must be a whole number, 0 or more, got 1.0"),
        (lambda: whole_number(1.0, "x", least=None), TypeError, "x must be a whole number, got 1.0"),
        (lambda: whole_number(1, "x", least=2), ValueError, "x must be a whole number, 2 or more, got 1"),
        (
            lambda: require_duration(30, "x"),
            TypeError,
            "x must be a timedelta, for example timedelta(days=30), got 30",
        ),
        (
            lambda: require_duration(-DAY, "x"),
            ValueError,
            "x must be 0 or more, got datetime.timedelta(days=-1)",
        ),
        (
            lambda: require_duration(0 * DAY, "x", zero=False),
            ValueError,
            "x must be above 0, got datetime.timedelta(0)",
        ),
        (lambda: several("ann", "x"), TypeError, "x must be several, got the one text 'ann'; write ['ann']"),
        (
            lambda: member(Colour, "rad", "colour"),
            ValueError,
            "there is no colour 'rad'; did you mean 'red'?",
        ),
        (lambda: member(Colour, 7, "colour"), ValueError, "there is no colour 7; known: 'red', 'blue'"),
    ],
)
def test_each_check_says_what_would_do(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message


NO_PERIOD = "period must be a Period, for example Period.quarter(2026, 1), got (datetime.date(2026, 1, 1), "


TARGET = Money(100, "EUR")
UNREAD = [
    lambda: finish_abc([]),
    lambda: finish_abc_xyz([]),
    lambda: finish_at_risk([]),
    lambda: finish_buying([]),
    lambda: finish_customer_cohorts([]),
    lambda: finish_lost_potential([], by=str),
    lambda: finish_purchase_history([], unit="week"),
    lambda: finish_referred_orders_share([], referred=()),
    lambda: finish_rfm([]),
    lambda: finish_tiers([]),
    lambda: finish_xyz([]),
]
"""The second half of a question asked of the rows themselves."""
WITHOUT_PERIOD = [
    lambda: working_days(None, OFFICE),
    lambda: roadmap(TARGET, None),
    lambda: activity_rates([], period=None),
    lambda: slippage([], period=None, as_of=PAIR[0]),
    lambda: contract_churn([], period=None),
    lambda: sales_velocity([], period=None, population="closed"),
    lambda: pipeline_waterfall([], period=None),
    lambda: volume_conversion([], "a", "b", period=None, as_of=PAIR[0]),
    lambda: forecast_rollup([], {}, period=None, as_of=PAIR[0]),
    lambda: finish_activity_rates(ActivityCounts(), None),
    lambda: this_and_last(lambda period, as_of: period, None, as_of=PAIR[0]),
    lambda: pipeline_coverage([], TARGET, period=None, as_of=PAIR[0]),
    lambda: review_agreement(LeadAgreement(name="x", leads=1), [], period=None, as_of=PAIR[0]),
]
"""A review of no period at all: nothing would be in it, or everything."""


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: MODEL.action("C", "high"),
            UnknownName,
            "the grid of 'logistics' has no grade 'C'; known: 'A', 'B'",
        ),
        (
            lambda: MODEL.action("A", "hihg"),
            UnknownName,
            "the grid of 'logistics' has no level of interest 'hihg'; did you mean 'high'?",
        ),
        (lambda: working_days(PAIR, OFFICE), TypeError, NO_PERIOD),
        *(
            (work, TypeError, "purchases must be a Purchases, got a list; make them with reduce_orders(")
            for work in UNREAD
        ),
        (
            lambda: reduce_orders([], as_of=PAIR[0], rules="take back"),
            TypeError,
            "rules must be an OrderRules, got a str; for example OrderRules(refunds='take back')",
        ),
        (
            lambda: finish_tiers(reduce_orders([], as_of=PAIR[0]), policy={"min_purchases": 3}),
            TypeError,
            "policy must be a LoyaltyPolicy, got a dict; for example LoyaltyPolicy(min_purchases=3)",
        ),
        (
            lambda: reduce_orders("orders.csv", as_of=PAIR[0]),
            TypeError,
            "orders must be several, got the one text 'orders.csv'",
        ),
        (
            lambda: reduce_orders([("ann", TARGET, PAIR[0])], as_of=PAIR[0]),
            NaiveTimeError,
            "row 1 has no time: Money('100', 'EUR'); give a date or a datetime, and the fields in their order",
        ),
        (
            lambda: reduce_orders([("ann", "2026-01-01", TARGET)], as_of=PAIR[0]),
            NaiveTimeError,
            "row 1 has the text '2026-01-01' for a time; read it first, for example with date.fromisoformat or datetime.",
        ),
        *(
            (work, TypeError, "company must be a Concentration, got a list; make it with concentration(rows)")
            for work in (lambda: dependency([]), lambda: key_accounts([]))
        ),
        (
            lambda: loss_impact(15000, volume=1, other_volume=1, tiers=[]),
            TypeError,
            "direct must be Money(amount, currency), got 15000",
        ),
        (
            lambda: Customer.register(CustomerId("C-1"), at=NOON, contact=ADA).merge("C-2"),
            TypeError,
            "duplicate must be a Buyer, got a str; merge takes the record itself, not its id",
        ),
        (
            lambda: Lead.capture(LeadId("L-1"), ADA, source="event", at=NOON).merge("L-2"),
            TypeError,
            "duplicate must be a Person, got a str; merge takes the record itself, not its id",
        ),
        (
            lambda: climb(LOYALTY_LADDER.start("ann", at=NOON), "regular", at=NOON),
            TypeError,
            "assessment must be an Assessment, got a str; make it with assess(...)",
        ),
        (
            lambda: duplicates(["C-1"]),
            TypeError,
            "a record has a contact, got 'C-1'; give the records themselves",
        ),
        (
            lambda: holdout_history([], calibration_end="2026-01-01", as_of=PAIR[1], unit="week"),
            NaiveTimeError,
            "calibration_end has the text '2026-01-01' for a time",
        ),
        (
            lambda: Money(5, "€"),
            MoneyError,
            "a currency must be an active ISO 4217 code in capitals, got '€'; for example 'EUR'",
        ),
        *(
            (
                lambda cuts=cuts: finish_abc(reduce_orders([], as_of=PAIR[0]), cuts=cuts),
                ValueError,
                "cuts must be two shares, where A ends and where B ends, got ",
            )
            for cuts in (0.8, (0.2, 0.5, 0.8))
        ),
        (
            lambda: rfm([], as_of=PAIR[0], cuts="5"),
            TypeError,
            "cuts must be a whole number, 0 or more, got '5'",
        ),
        *(
            (
                lambda at=at: WIN_BACK.step(WIN_BACK.start("ann", at=NOON), "request_meeting", at=at),
                NaiveTimeError,
                "at must be a datetime with a time zone, got ",
            )
            for at in (PAIR[0], None, "2026-01-01", NOON.replace(tzinfo=None))
        ),
        (lambda: roadmap(Money(100, "EUR"), PAIR), TypeError, NO_PERIOD),
        *((work, TypeError, f"{NO_PERIOD.partition('got')[0]}got None") for work in WITHOUT_PERIOD),
        (
            lambda: LeadAgreement(name="x", accepted=math.nan),
            ValueError,
            "accepted must be finite, got nan",
        ),
        (lambda: referral_rate([], ["ann"], period=PAIR), TypeError, NO_PERIOD),
        (
            lambda: referral_rate([], "ann"),
            TypeError,
            "customers must be several, got the one text 'ann'; write ['ann']",
        ),
        (
            lambda: InterestRule("demo", 40, half_life=30),
            TypeError,
            "the half-life of 'demo' must be a timedelta, for example timedelta(days=30), got 30",
        ),
        (
            lambda: follow_ups([], [], as_of=datetime(2026, 1, 1, tzinfo=UTC)).neglected(30),
            TypeError,
            "longer_than must be a timedelta, for example timedelta(days=30), got 30",
        ),
        (
            lambda: grade_calibration([], grades="ABC"),
            TypeError,
            "grades must be several, got the one text 'ABC'; write ['ABC']",
        ),
        (
            lambda: score_calibration([{"score": 1, "won": True}], bands=BANDS),
            LogError,
            "row 1 is a mapping: {'score': 1, 'won': True}; make it a tuple of score, won",
        ),
        (
            lambda: MODEL.interest.measure([{"kind": "demo"}], as_of=datetime(2026, 1, 1, tzinfo=UTC)),
            LogError,
            "event 1 is a mapping: {'kind': 'demo'}; make it a tuple of kind, at",
        ),
        (
            lambda: Framework("x", ["need", "money"]),
            TypeError,
            "a criterion must be a Criterion, got 'need'; write Criterion('need')",
        ),
        (
            lambda: Framework("x", "need"),
            TypeError,
            "criteria must be several, got the one text 'need'; write ['need']",
        ),
        (
            lambda: Framework("x", [Criterion("need")], 1),
            TypeError,
            "rule must be a Rule, for example Rule(count=3), got 1",
        ),
        (
            lambda: Process.pipeline("x", stages="ab", won="won", lost="lost"),
            TypeError,
            "stages must be several, got the one text 'ab'; write ['ab']",
        ),
        (
            lambda: prepare_call("L-2", ADA, objective="discover", qualification=Qualification("L-1", BANT)),
            RecordError,
            "the qualification is of 'L-1', the call to 'L-2'",
        ),
        (
            lambda: prepare_call("L-2", ADA, objective="discover", notes="their site"),
            TypeError,
            "notes must be several, got the one text 'their site'",
        ),
        (
            lambda: Opportunity.open(OpportunityId("O-1"), at=NOON, contact=ADA, amount="4000"),
            TypeError,
            "amount must be Money(amount, currency), got '4000'",
        ),
        (
            lambda: DEAL.raise_objection("", at=NOON),
            RecordError,
            "an objection of O-1 is about something, got ''; for example 'cost'",
        ),
        (
            lambda: DEAL.raise_objection("cost", at=NOON, call_again_at=30),
            NaiveTimeError,
            "call_again_at must be a datetime with a time zone, got 30",
        ),
    ],
)
def test_wrong_calls_of_the_library(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value).startswith(message)


def test_what_is_right_is_not_refused():
    month = Period.month(2026, 1)
    assert working_days(month, OFFICE) == 22
    assert [row.period for row in roadmap(Money(100, "EUR"), month).months] == [month]
    assert referral_rate([("ann", PAIR[0])], ["ann"], period=month).value == 1
    duty = PlannedActivity("ann", datetime(2026, 1, 2, tzinfo=UTC), "call")
    found = follow_ups(["ann"], [duty], as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert [row.customer for row in found.neglected(30 * DAY)] == ["ann"]
    assert str(MODEL.action("B", "high")) == "research"
