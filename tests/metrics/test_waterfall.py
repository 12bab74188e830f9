"""What became of the pipeline: buckets that balance for any history."""

import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, Period
from salesproc.metrics import (
    DealHistory,
    Reopening,
    WaterfallCounts,
    finish_waterfall,
    pipeline_waterfall,
    reduce_waterfall,
)
from salesproc.records import Contact, LossReason, Opportunity, OpportunityId
from salesproc.stages import Process, Stage, StageKind, Transition

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 25).map(lambda days: FIRST + timedelta(days=days))
EUROS = st.decimals(0, 1000, places=2).map(lambda amount: Money(amount, "EUR"))
PERIOD = Period(FIRST + timedelta(days=8), FIRST + timedelta(days=17))
DUE = Period(FIRST + timedelta(days=10), FIRST + timedelta(days=20))
IN = ("created", "reopened", "pulled_in", "increased")
OUT = ("decreased", "pushed_out", "won", "lost", "removed")


@st.composite
def histories(draw):
    times = sorted(draw(st.lists(DAYS, min_size=1, max_size=6)))
    opened, *rest = times
    removed = rest.pop() if rest and draw(st.booleans()) else None
    closed = rest.pop() if len(rest) % 2 else None
    ends = st.sampled_from(["won", "lost"])
    again = [Reopening(rest[i], draw(ends), rest[i + 1]) for i in range(0, len(rest), 2)]
    return DealHistory(
        opened,
        closed,
        "open" if closed is None else draw(ends),
        amounts=draw(st.lists(st.tuples(DAYS, EUROS), max_size=4)),
        close_dates=draw(st.lists(st.tuples(DAYS, DAYS), max_size=4)),
        owner=draw(st.sampled_from(["ann", "bo", None])),
        reopenings=again,
        removed_at=removed,
    )


LISTS = st.lists(histories(), max_size=5)
DUES = st.sampled_from([None, DUE])


def said(pairs, before):
    """What was last said before a moment; of things said at one time, the last in the list."""
    known = [(at, i, value) for i, (at, value) in enumerate(pairs) if at < before]
    return max(known, key=lambda one: one[:2])[2] if known else None


def is_open(deal, before):
    """Whether it was open just before a moment."""
    ways = [(deal.opened_at, True)]
    for closed, _, reopened in deal.reopenings:
        ways += [(closed, False), (reopened, True)]
    ways += [(at, False) for at in (deal.closed_at, deal.removed_at) if at is not None]
    return ([False] + [up for at, up in ways if at < before])[-1]


def held(deals, before, due):
    """The open deals, and their amounts, at a moment: a photograph, without a film."""
    found = [deal for deal in deals if is_open(deal, before)]
    if due is not None:
        found = [d for d in found if (day := said(d.close_dates, before)) is not None and day in due]
    amounts = [said(deal.amounts, before) for deal in found]
    return (
        len(found),
        sum((one.amount for one in amounts if one is not None), Decimal(0)),
        amounts.count(None),
    )


def plain(group):
    return group.deals, Decimal(0) if group.money is None else group.money.amount, group.without_amount


@given(LISTS, DUES)
def test_the_waterfall_balances_for_any_history(deals, due):
    """Opening and all movements make closing, in money, in deals and in deals without an amount."""
    result = pipeline_waterfall(iter(deals), period=PERIOD, due=due)
    money, count, unsaid = Decimal(0), 0, 0
    for sign, names in ((1, ("opening", *IN)), (-1, OUT)):
        for name in names:
            group = getattr(result.counts, name)
            money += sign * plain(group)[1]
            count += sign * (group.deals if name not in {"increased", "decreased"} else 0)
            unsaid += sign * group.without_amount
    assert (count, money, unsaid - result.counts.first_amounts) == plain(result.counts.closing)
    assert result.balanced


@given(LISTS, DUES)
def test_opening_and_closing_are_what_a_photograph_shows(deals, due):
    counts = reduce_waterfall(deals, period=PERIOD, due=due)
    assert plain(counts.opening) == held(deals, PERIOD.start, due)
    assert plain(counts.closing) == held(deals, PERIOD.end, due)


@given(LISTS)
def test_won_and_lost_leave_at_the_amount_held_when_they_closed(deals):
    counts = reduce_waterfall(deals, period=PERIOD)
    for outcome in ("won", "lost"):
        ends = [(d, at) for d in deals for at, how, _ in d.reopenings if how == outcome]
        ends += [(d, d.closed_at) for d in deals if d.outcome == outcome]
        worth = [said(d.amounts, at + timedelta(days=1)) for d, at in ends if at in PERIOD]
        total = sum((one.amount for one in worth if one is not None), Decimal(0))
        assert plain(getattr(counts, outcome)) == (len(worth), total, worth.count(None))


@given(LISTS)
def test_what_is_won_on_a_due_day_is_won_whatever_day_was_expected(deals):
    """A deal won before it was due, or without a day, is pulled in first."""
    due = Period(PERIOD.start, PERIOD.end)
    all_won = reduce_waterfall(deals, period=PERIOD).won
    assert plain(reduce_waterfall(deals, period=PERIOD, due=due).won) == plain(all_won)


@given(LISTS, DUES)
def test_two_halves_of_a_period_add_up_to_the_period(deals, due):
    """The closing of January is the opening of February, and movements add."""
    middle = PERIOD.start + timedelta(days=4)
    whole = reduce_waterfall(deals, period=PERIOD, due=due)
    one = reduce_waterfall(deals, period=Period(PERIOD.start, middle), due=due)
    two = reduce_waterfall(deals, period=Period(middle, PERIOD.end), due=due)
    assert (one.opening, two.closing, one.closing) == (whole.opening, whole.closing, two.opening)
    for name in (*IN, *OUT):
        assert getattr(one, name) + getattr(two, name) == getattr(whole, name)


@given(LISTS, LISTS, DUES)
def test_waterfalls_of_disjoint_deals_add_up(north, south, due):
    one, two = (reduce_waterfall(part, period=PERIOD, due=due) for part in (north, south))
    assert finish_waterfall(one + two) == pipeline_waterfall(north + south, period=PERIOD, due=due)
    with pytest.raises(TypeError):
        one + 1


@given(LISTS, st.randoms())
def test_the_order_of_deals_does_not_matter(deals, random):
    mixed = random.sample(deals, len(deals))
    assert reduce_waterfall(mixed, period=PERIOD, due=DUE) == reduce_waterfall(deals, period=PERIOD, due=DUE)


@given(LISTS)
def test_ten_times_the_amounts_is_ten_times_every_bucket(deals):
    grown = [d._replace(amounts=[(at, one * 10) for at, one in d.amounts]) for d in deals]
    small, large = (pipeline_waterfall(part, period=PERIOD) for part in (deals, grown))
    assert large.changes == {name: one * 10 for name, one in small.changes.items()}


@given(LISTS)
def test_the_whole_pipeline_has_nothing_pulled_in_or_pushed_out(deals):
    counts = reduce_waterfall(deals, period=PERIOD)
    assert (counts.pulled_in.deals, counts.pushed_out.deals) == (0, 0)


@given(LISTS)
def test_a_breakdown_adds_up_to_the_whole(deals):
    parts = pipeline_waterfall(deals, period=PERIOD, by="owner")
    assert parts.total == pipeline_waterfall(deals, period=PERIOD)
    assert set(parts) == {deal.owner for deal in deals}
    assert all(part.balanced for part in parts.values())


def euros(*pairs):
    return [(date(2025, 1, day) if day > 0 else date(2024, 12, 31 + day), Money(amount, "EUR")) for day, amount in pairs]  # fmt: skip


def test_a_quarter_worked_by_hand():
    """One deal for each bucket: 100 + 200 + 300 stood; 40 + 50 + 60 came; what changed and left is listed."""
    dec, jan, feb = date(2024, 12, 1), date(2025, 1, 15), date(2025, 2, 15)
    due_now, due_later = [(dec, jan)], [(dec, feb)]
    month = Period.month(2025, 1)
    deals = [
        DealHistory(dec, jan, "won", euros((-20, 100), (10, 80)), due_now),
        DealHistory(dec, jan, "lost", euros((-20, 200)), due_now),
        DealHistory(dec, None, "open", euros((-20, 300), (9, 310)), [*due_now, (jan, feb)]),
        DealHistory(jan, None, "open", euros((15, 40)), [(jan, jan)]),
        DealHistory(dec, None, "open", euros((-20, 50)), [*due_later, (jan, jan)]),
        DealHistory(
            dec,
            None,
            "open",
            euros((-20, 60)),
            due_now,
            reopenings=[Reopening(dec, "lost", date(2025, 1, 20))],
        ),
        DealHistory(dec, None, "open", euros((-20, 7)), due_now, removed_at=jan),
    ]
    result = pipeline_waterfall(deals, period=month, due=month)
    assert {name: int(one.amount) for name, one in result.changes.items()} == {
        "created": 40, "reopened": 60, "pulled_in": 50, "increased": 10,
        "decreased": -20, "pushed_out": -310, "won": -80, "lost": -200, "removed": -7,
    }  # fmt: skip
    assert (result.opening, result.closing, result.net) == tuple(Money(n, "EUR") for n in (607, 150, -457))
    assert repr(result) == "<Waterfall from 607.00 EUR to 150.00 EUR>"
    assert result.to_rows()[0] == {
        "bucket": "opening", "deals": 4, "value": "607", "currency": "EUR", "without_amount": 0
    }  # fmt: skip
    assert "<td>pushed out</td><td>1</td><td>-310</td>" in result._repr_html_()


def test_a_first_amount_is_an_increase():
    deal = DealHistory(date(2024, 12, 1), None, "open", euros((10, 90)))
    result = pipeline_waterfall([deal], period=Period.month(2025, 1))
    assert (plain(result.counts.opening), plain(result.counts.increased)) == ((1, 0, 1), (1, 90, 0))
    assert (result.counts.first_amounts, result.opening) == (1, None)
    assert result.balanced


def test_a_first_amount_below_zero_is_a_decrease():
    """A credit note among the deals."""
    deal = DealHistory(date(2024, 12, 1), None, "open", euros((10, -90)))
    result = pipeline_waterfall([deal], period=Period.month(2025, 1))
    assert result.changes["decreased"] == Money(-90, "EUR")
    assert result.balanced


def test_without_amounts_there_are_deals_and_no_money():
    result = pipeline_waterfall([DealHistory(FIRST, None, "open")], period=Period.month(2025, 1))
    assert (result.changes, result.net, result.closing, result.balanced) == ({}, None, None, True)
    assert repr(result) == "<Waterfall without amounts: 0 deals to 1>"
    assert str(result).splitlines()[2].split() == ["created", "1", "n/a", "1"]
    assert repr(pipeline_waterfall([], period=PERIOD)) == "<Waterfall without amounts: 0 deals to 0>"


def test_counts_that_do_not_balance_are_seen():
    """The property is a check, not a promise."""
    one = reduce_waterfall([DealHistory(FIRST, None, "open")], period=Period.month(2025, 1))
    assert not finish_waterfall(WaterfallCounts(created=one.created)).balanced


def test_a_waterfall_is_a_value():
    result = pipeline_waterfall([DealHistory(FIRST, None, "open", euros((5, 1)))], period=PERIOD)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy(result) == deepcopy(result) == result


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
T = [NOON + timedelta(days=day) for day in range(60)]


def opened(name="O-1", **options):
    return Opportunity.open(OpportunityId(name), at=T[0], contact=Contact("Lin Wei"), **options)


def test_records_remember_enough():
    """Opportunities that are open, won, lost, and lost and open again, as the records keep them."""
    dollars = [Money(n, "USD") for n in (100, 150, 40)]
    free = Process.pipeline("free", stages=["new", "offer"], won="won", lost="lost")
    fresh = opened(pipeline=free, amount=dollars[0], close_date=date(2026, 2, 20))
    raised = fresh.with_amount(dollars[1], at=T[30])
    lost = raised.lose(reason=next(iter(LossReason)), at=T[40])
    deals = [
        raised.with_close_date(date(2026, 3, 1), at=T[31]),
        raised.win(at=T[35]),
        lost,
        lost.reopen(at=T[45]).with_amount(dollars[2], at=T[46]),
    ]
    february = Period.month(2026, 2, tz="UTC")
    result = pipeline_waterfall(deals, period=february, due=february)
    assert {name: int(one.amount) for name, one in result.changes.items() if one} == {
        "reopened": 150, "increased": 200, "decreased": -110, "pushed_out": -150, "won": -150, "lost": -300
    }  # fmt: skip
    assert (result.opening, result.closing, result.balanced) == (Money(400, "USD"), dollars[2], True)
    in_days = Period.month(2026, 2)
    assert pipeline_waterfall(deals, period=february, due=in_days) == result


def test_a_journey_straight_from_lost_to_won_was_open_in_between():
    """Some pipelines win a lost deal back without another stage."""
    pipeline = Process(
        "odd",
        stages=[Stage("new"), Stage("lost", kind=StageKind.LOST), Stage("won", kind=StageKind.WON)],
        transitions=[Transition("lose", "new", "lost"), Transition("rescue", "lost", "won", reopens=True)],
    )
    journey = pipeline.start("O-1", at=T[0])
    for event, at in (("lose", T[1]), ("rescue", T[3])):
        journey = pipeline.step(journey, event, at=at).unwrap()
    deal = SimpleNamespace(
        amount=Money(5, "EUR"), opened_at=T[0], closed_at=T[3], outcome="won", journey=journey, pipeline=pipeline,
        amounts=[(T[0], Money(5, "EUR"))], close_dates=[],
    )  # fmt: skip
    counts = reduce_waterfall([deal], period=Period(T[0], T[9]))
    assert [plain(getattr(counts, name))[0] for name in ("created", "lost", "reopened", "won")] == [1] * 4


def test_the_day_of_a_win_is_read_on_its_own_clock():
    """Won at one in the night of the first of February in Tokyo, which is January in London."""
    won = datetime(2026, 2, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    deal = DealHistory(T[0], won, "won", [(T[0], Money(1, "JPY"))], [(T[0], date(2026, 5, 5))])
    for month, expected in ((1, 0), (2, 1)):
        due = Period.month(2026, month)
        counts = reduce_waterfall([deal], period=Period.year(2026, tz="UTC"), due=due)
        assert (counts.won.deals, counts.pulled_in.deals) == (expected, expected)


def test_two_currencies_are_refused_also_within_one_deal():
    mixed = [(FIRST, Money(1, "EUR")), (FIRST, Money(1, "USD"))]
    with pytest.raises(CurrencyMismatch, match=r"deal 1 \('D'\) is in USD"):
        reduce_waterfall([DealHistory(FIRST, None, "open", mixed, id="D")], period=PERIOD)
    with pytest.raises(CurrencyMismatch, match="deal 2 is in USD"):
        reduce_waterfall([DealHistory(FIRST, None, "open", [one]) for one in mixed], period=PERIOD)


@pytest.mark.parametrize(
    ("deal", "message"),
    [
        (DealHistory(FIRST, None, "open", amounts=[(FIRST, 5)]), "deal 1 has the amount 5"),
        (DealHistory(FIRST, None, "open", amounts=[(FIRST, 5), (FIRST, Money(5, "EUR"))]), "5 in amounts"),
        (DealHistory(FIRST, None, "open", close_dates=[(FIRST,)]), "deal 1 has close_dates="),
        (DealHistory(FIRST, None, "open", close_dates=[(FIRST, "soon")]), "'soon' in close_dates"),
        (DealHistory(FIRST, None, "open", reopenings=[(FIRST, "open", FIRST)]), "deal 1 has the reopening"),
        (DealHistory(FIRST, None, "open", reopenings=[(FIRST, FIRST)]), "deal 1 has the reopening"),
        (
            DealHistory(FIRST, None, "open", reopenings=[Reopening(date(2024, 1, 1), "won", FIRST)]),
            "deal 1 was open at .* and then won at .*, which is earlier",
        ),
        (DealHistory(FIRST, FIRST, "won", removed_at=date(2024, 1, 1)), "removed_at comes last"),
    ],
)  # fmt: skip
def test_a_history_that_is_none_is_refused_by_name(deal, message):
    with pytest.raises(LogError, match=message):
        reduce_waterfall([deal], period=PERIOD)


def test_times_of_two_kinds_are_refused():
    naive = datetime(2025, 1, 1)
    for field in ("amounts", "close_dates"):
        value = Money(1, "EUR") if field == "amounts" else FIRST
        with pytest.raises(NaiveTimeError, match=f"{field} of deal 1"):
            reduce_waterfall([DealHistory(FIRST, None, "open", **{field: [(naive, value)]})], period=PERIOD)
    with pytest.raises(NaiveTimeError, match="deal 1"):
        reduce_waterfall([DealHistory(FIRST, None, "open")], period=Period.month(2025, 1, tz="UTC"))


def test_the_same_instants_in_any_zone_are_one_waterfall():
    """Histories of a rep in Berlin and the same ones written in UTC."""
    zones = (UTC, ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=-7)))
    results = [
        pipeline_waterfall(
            [DealHistory(T[0].astimezone(zone), T[9].astimezone(zone), "won", [(T[1].astimezone(zone), Money(5, "EUR"))])],
            period=Period(T[0], T[9] + timedelta(microseconds=1)),
        )
        for zone in zones
    ]  # fmt: skip
    assert results[0] == results[1] == results[2]
    assert results[0].counts.won.deals == 1


def test_a_row_says_what_was_said_last():
    empty = DealHistory(FIRST, None, "open")
    assert (empty.amount, empty.close_date) == (None, None)
    dated = empty._replace(close_dates=[(FIRST, FIRST), (FIRST, date(2025, 3, 3))])
    assert dated.close_date == date(2025, 3, 3)
