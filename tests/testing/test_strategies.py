"""The strategies: what they give is valid, gets deep, is hard, and goes through stores."""

import json
import pickle
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from salesproc import Money, Period, WorkingCalendar
from salesproc._currencies import MINOR_DIGITS
from salesproc._instants import earlier
from salesproc.records import (
    Account,
    Contact,
    Customer,
    FormerCustomer,
    HandOver,
    LostOpportunity,
    Opportunity,
    WonOpportunity,
    lifecycle,
)
from salesproc.stages import (
    BASIC_FUNNEL,
    COMPLEX_SALE,
    LIFECYCLE,
    LOYALTY_LADDER,
    SIMPLE_SALE,
    SIX_STEP_SALE,
    WIN_BACK,
    Journey,
    LifecycleStage,
    Process,
    StageChange,
    all_of,
    any_of,
    at_least,
    at_most,
    audit,
    confirmed,
    not_,
    one_of,
    provided,
    replay_log,
    requirement,
)
from salesproc.testing import DirtyLog, strategies
from salesproc.testing._ways import proof

PRESETS = [BASIC_FUNNEL, COMPLEX_SALE, LIFECYCLE, LOYALTY_LADDER, SIMPLE_SALE, SIX_STEP_SALE, WIN_BACK]
LEADS = {
    "leads": LifecycleStage.LEAD,
    "mqls": LifecycleStage.MQL,
    "sals": LifecycleStage.SAL,
    "sqls": LifecycleStage.SQL,
    "disqualified_leads": LifecycleStage.DISQUALIFIED,
}
OTHERS = [
    "contacts",
    "accounts",
    "opportunities",
    "won_opportunities",
    "lost_opportunities",
    "customers",
    "former_customers",
    "hand_overs",
    "deliveries",
]
quick = settings(max_examples=12, deadline=None)


def seen(strategy, count=200):
    """What the strategy gives when asked that often."""
    values = []

    @settings(max_examples=count, database=None, deadline=None, derandomize=True)
    @given(strategy)
    def ask(value):
        values.append(value)

    ask()
    return values


def can_be(strategy, wanted):
    return find(strategy, wanted, settings=settings(max_examples=2000, database=None))


# Records


@pytest.mark.parametrize("name", [*LEADS, *OTHERS])
@quick
@given(data=st.data())
def test_every_record_goes_through_json_and_back(name, data):
    """What was written is what is read, in the same words."""
    record = data.draw(getattr(strategies, name)())
    plain = json.loads(json.dumps(record.to_dict()))
    again = type(record).from_dict(plain)
    assert type(again) is type(record)
    assert json.loads(json.dumps(again.to_dict())) == plain


@pytest.mark.parametrize("name", [*LEADS, *OTHERS])
@quick
@given(data=st.data(), protocol=st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_every_record_pickles(name, data, protocol):
    record = data.draw(getattr(strategies, name)())
    assert pickle.loads(pickle.dumps(record, protocol)) == record


@pytest.mark.parametrize("name", LEADS)
@quick
@given(data=st.data())
def test_every_lead_is_in_the_stage_of_its_class(name, data):
    record = data.draw(getattr(strategies, name)())
    assert record.journey.stage is record.stage is LEADS[name]
    assert LIFECYCLE.replay(record.journey.history) == record.journey
    assert type(lifecycle.restore(record.to_dict())) is type(record)


@quick
@given(strategies.customers() | strategies.former_customers())
def test_customers_buy_in_order_while_they_are_customers(customer):
    times = [purchase.at for purchase in customer.purchases]
    assert not any(earlier(after, before) for before, after in pairwise(times))
    assert not any(earlier(at, customer.journey.created_at) for at in times)
    if isinstance(customer, FormerCustomer):
        assert not any(earlier(customer.left_at, at) for at in times)


@quick
@given(strategies.won_opportunities() | strategies.lost_opportunities())
def test_nothing_is_objected_any_more_to_a_closed_deal(deal):
    assert deal.open_objections == ()


@quick
@given(st.data())
def test_deals_go_through_a_pipeline_of_your_own(data):
    """One that asks for no reason when a deal is lost: the record has one all the same."""
    process = Process.pipeline("own", stages=["a", "b"], won="yes", lost="no", to_lose=())
    deal = data.draw(
        strategies.opportunities(pipeline=process)
        | strategies.won_opportunities(pipeline=process)
        | strategies.lost_opportunities(pipeline=process)
    )
    again = type(deal).from_dict(deal.to_dict(), pipelines=[process])
    assert again.to_dict() == deal.to_dict()


def test_a_deal_lost_without_a_word_gets_a_reason():
    process = Process.pipeline("own", stages=["a"], won="yes", lost="no", to_lose=())
    assert all(deal.reason for deal in seen(strategies.lost_opportunities(pipeline=process), 100))


@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        (strategies.leads(), lambda lead: lead.cycle > 1),
        (strategies.customers(), lambda customer: len(customer.totals) > 1),
        (strategies.customers(), lambda customer: customer.journey.revision > 1),
        (strategies.opportunities(), lambda deal: deal.open_objections),
        (strategies.opportunities(), lambda deal: deal.amount is None),
        (strategies.contacts(), lambda contact: not contact.name.isascii()),
        (strategies.accounts(), lambda account: account.current_contacts),
        (strategies.deliveries(), lambda order: order.untold),
        (strategies.deliveries(), lambda order: order.fulfilled_at and len(order.promises) > 1),
    ],
)
def test_the_hard_cases_come_up(strategy, wanted):
    assert wanted(can_be(strategy, wanted))


# Journeys


@pytest.mark.parametrize("process", PRESETS, ids=lambda process: process.name)
@quick
@given(data=st.data())
def test_journeys_are_legal(process, data):
    journey = data.draw(strategies.journeys(process))
    assert process.replay(journey.history) == journey


@quick
@given(st.data(), strategies.processes())
def test_journeys_are_legal_in_any_process(data, process):
    journey = data.draw(strategies.journeys(process))
    assert process.replay(journey.history) == journey
    assert process.from_dict(json.loads(json.dumps(process.to_dict()))) == process


def test_a_third_of_the_journeys_and_more_get_to_an_opportunity():
    """Where a coin at every step would hardly ever get to."""
    journeys = seen(strategies.journeys(LIFECYCLE))
    deep = [one for one in journeys if {"opportunity", "customer"} & {row.stage for row in one.history}]
    assert len(deep) * 3 >= len(journeys)


@pytest.mark.parametrize("process", PRESETS, ids=lambda process: process.name)
def test_every_stage_is_reached(process):
    journeys = seen(strategies.journeys(process), 100)
    assert {row.stage for one in journeys for row in one.history} == {stage.name for stage in process.stages}


@quick
@given(st.data(), st.sampled_from(LifecycleStage))
def test_a_journey_ends_where_it_should(data, stage):
    journey = data.draw(strategies.journeys(LIFECYCLE, ends_in=stage, entity="me"))
    assert (journey.stage, journey.entity) == (stage, "me")


@quick
@given(strategies.logs(LIFECYCLE, max_entities=3))
def test_logs_hold_whole_journeys(log):
    report = replay_log(LIFECYCLE, log)
    assert report.failures == ()
    assert len(report.journeys) <= 3
    assert audit(log, LIFECYCLE).findings == ()


@quick
@given(strategies.stage_changes(LIFECYCLE))
def test_a_change_goes_through_json_and_back(change):
    plain = json.loads(json.dumps(change.to_dict()))
    assert StageChange.from_dict(plain).to_dict() == plain


def test_processes_have_everything_a_definition_can_have():
    kinds, requires, reopened, ambiguous = Counter(), 0, 0, 0
    for process in seen(strategies.processes()):
        kinds.update(stage.kind for stage in process.stages)
        requires += any(one.requires for one in process.transitions)
        reopened += any(one.reopens for one in process.transitions)
        pairs = Counter(
            (source, one.target) for one in process.transitions for source in one.sources(process.stages)
        )
        ambiguous += max(pairs.values()) > 1
    assert len(kinds) == 5
    assert min(*kinds.values(), requires, reopened, ambiguous) > 10


# What requirements are met by

MEETABLE = [
    provided("budget"),
    provided("by"),
    confirmed("need"),
    at_least("score", 60),
    at_least("since", date(2026, 1, 1)),
    at_most("open_objections", 0),
    at_most("worth", Money(5, "EUR")),
    one_of("segment", "smb", "enterprise"),
    all_of(provided("offer"), at_least("calls", 2)),
    all_of(at_least("score", 60), provided("score")),
    any_of(confirmed("need"), at_least("calls", 2)),
    not_(confirmed("blocked")),
    not_(at_least("months_late", 6)),
    not_(at_most("seats", 10)),
    not_(one_of("country", "nowhere", "elsewhere")),
    not_(not_(confirmed("need"))),
    requirement("has seats", lambda attempt: attempt.evidence["seats"] is not None, needs=("seats",)),
]


@pytest.mark.parametrize("one", MEETABLE, ids=str)
@quick
@given(data=st.data())
def test_what_is_made_up_meets_what_is_asked(one, data):
    process = Process.pipeline("p", stages=["a"], won="w", lost="l", to_win=[one])
    journey = data.draw(strategies.journeys(process, ends_in="w"))
    assert journey.stage == "w"
    assert process.replay(journey.history) == journey


def test_what_nobody_can_make_up_is_left_to_you():
    """A rule of your own, ruled out: nothing is known of it."""
    never = not_(requirement("a rule", lambda attempt: True))
    process = Process.pipeline("p", stages=["a"], won="w", lost="l", to_win=[never])
    assert proof([never], lambda options: options[0]) == {}
    assert {one.stage for one in seen(strategies.journeys(process), 50)} == {"a", "l"}


# Values


@given(strategies.money())
def test_money_is_never_negative_unless_asked_for(amount):
    assert 0 <= amount.amount <= 10**21
    assert amount.currency in MINOR_DIGITS


@given(st.data())
def test_money_keeps_to_its_limits(data):
    amount = data.draw(strategies.money(min_value=Decimal("-2.5"), max_value=-2, currency="KWD"))
    assert Decimal("-2.5") <= amount.amount <= -2
    assert amount.currency == "KWD"


def test_amounts_are_tiny_and_big():
    amounts = [one.amount for one in seen(strategies.money())]
    assert any(0 < one < Decimal("0.01") for one in amounts)
    assert any(one > 10**14 for one in amounts)
    assert len(set(seen(strategies.currencies()))) > 50


@given(st.data())
def test_instants_keep_to_their_limits(data):
    low, high = datetime(2025, 10, 26, 1, 10, tzinfo=UTC), datetime(2025, 10, 26, 1, 20, tzinfo=UTC)
    at = data.draw(strategies.instants(min_value=low, max_value=high))
    assert low <= at.astimezone(UTC) <= high
    before = data.draw(strategies.instants(max_value=datetime(2016, 1, 1, tzinfo=UTC)))
    assert before.astimezone(UTC) <= datetime(2016, 1, 1, tzinfo=UTC)


def test_instants_lie_around_the_change_of_the_clocks():
    """In the hour that clocks show twice, in its first and in its second pass."""
    instants = seen(strategies.instants())
    twice = [at for at in instants if at.replace(fold=1).utcoffset() != at.replace(fold=0).utcoffset()]
    assert {at.fold for at in twice} == {0, 1}
    assert len({str(at.tzinfo) for at in instants}) > 5


@given(strategies.periods(min_value=date(2025, 1, 1), max_value=date(2025, 12, 31)))
def test_periods_keep_to_their_limits(period):
    assert date(2025, 1, 1) <= date(*period.start.timetuple()[:3])
    assert date(*period.end.timetuple()[:3]) <= date(2025, 12, 31)


def test_periods_are_of_all_three_kinds():
    kinds = {
        (type(one.start), getattr(one.start, "tzinfo", None) is None) for one in seen(strategies.periods())
    }
    assert kinds == {(date, True), (datetime, True), (datetime, False)}


@quick
@given(strategies.working_calendars())
def test_calendars_have_working_time(calendar):
    start = datetime(2050, 1, 3, tzinfo=UTC)
    worked = calendar.working_time(start, start + timedelta(days=8))
    assert timedelta(0) < worked <= timedelta(days=8)


def test_calendars_work_up_to_midnight_and_have_holidays():
    calendars = seen(strategies.working_calendars())
    assert any(end == time() for one in calendars for spans in one.hours for _, end in spans)
    assert any(one.holidays for one in calendars)


# Without asking by name


@pytest.mark.parametrize(
    "kind",
    [
        *(Money, Period, WorkingCalendar, Process, Journey, StageChange, DirtyLog, Contact, Account),
        *(lifecycle.Lead, lifecycle.MQL, lifecycle.SAL, lifecycle.SQL, lifecycle.Disqualified),
        *(Opportunity, WonOpportunity, LostOpportunity, Customer, FormerCustomer, HandOver),
    ],
)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_the_type_alone_is_enough(kind, data):
    """``st.from_type`` and annotations on a test find the strategies."""
    assert isinstance(data.draw(st.from_type(kind)), kind)
