"""Did what was forecast to close in a period close in it, and how often was the day put off?"""

import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, Period, Rate
from salesproc.metrics import (
    DealHistory,
    PushCounts,
    Reopening,
    SlippageCounts,
    finish_push_count,
    finish_slippage,
    push_count,
    reduce_push_count,
    reduce_slippage,
    reduce_waterfall,
    slippage,
)
from salesproc.records import Contact, LossReason, Opportunity, OpportunityId
from salesproc.stages import Process

FIRST = date(2025, 1, 20)
DAYS = st.integers(0, 25).map(lambda days: FIRST + timedelta(days=days))
PERIOD = Period(FIRST + timedelta(days=6), FIRST + timedelta(days=16))
LATER = FIRST + timedelta(days=40)
FATES = ("won", "lost", "pushed", "overdue", "running", "removed")


@st.composite
def histories(draw):
    times = sorted(draw(st.lists(DAYS, min_size=1, max_size=5)))
    opened, *rest = times
    removed = rest.pop() if rest and draw(st.booleans()) else None
    closed = rest.pop() if len(rest) % 2 else None
    ends = st.sampled_from(["won", "lost"])
    said = sorted(draw(st.lists(DAYS, max_size=4)))
    return DealHistory(
        opened,
        closed,
        "open" if closed is None else draw(ends),
        amounts=draw(
            st.lists(st.tuples(DAYS, st.integers(0, 99).map(lambda n: Money(n, "EUR"))), max_size=3)
        ),
        close_dates=[(at, draw(DAYS)) for at in said],
        owner=draw(st.sampled_from(["ann", "bo"])),
        reopenings=[Reopening(rest[i], draw(ends), rest[i + 1]) for i in range(0, len(rest), 2)],
        removed_at=removed,
    )


LISTS = st.lists(histories(), max_size=5)


@given(LISTS, st.sampled_from([PERIOD.start, FIRST + timedelta(days=11), LATER]))
def test_forecast_is_what_the_waterfall_opens_with(deals, as_of):
    """The fates add up to the pipeline that was due in the period when it began: deals, money, unsaid amounts."""
    result = slippage(iter(deals), period=PERIOD, as_of=as_of)
    assert result.forecast == reduce_waterfall(deals, period=PERIOD, due=PERIOD).opening
    assert sum(getattr(result.counts, name).deals for name in FATES) == result.forecast.deals
    assert result.forecast.deals + result.counts.undated.deals + result.counts.not_forecast == len(deals)


@given(LISTS)
def test_a_period_that_is_over_has_nothing_running(deals):
    result = slippage(deals, period=PERIOD, as_of=LATER)
    counts = result.counts
    assert counts.running.deals == 0
    assert slippage(deals, period=PERIOD, as_of=PERIOD.end - timedelta(days=1)) == result
    kept = counts.won.deals + result.still_open.hits + counts.lost.deals + counts.removed.deals
    assert kept == result.forecast.deals
    assert result.not_won.hits == result.forecast.deals - counts.won.deals


@given(LISTS, LISTS)
def test_slippage_of_disjoint_deals_adds_up(north, south):
    one, two = (reduce_slippage(part, period=PERIOD, as_of=LATER) for part in (north, south))
    assert finish_slippage(one + two) == slippage(north + south, period=PERIOD, as_of=LATER)
    assert slippage(north + south, period=PERIOD, as_of=LATER, by="owner").total.counts == one + two
    with pytest.raises(TypeError):
        one + 1


@given(LISTS, st.integers(1, 5))
def test_rates_do_not_depend_on_order_or_size(deals, times):
    once = slippage(deals, period=PERIOD, as_of=LATER)
    again = slippage(deals[::-1] * times, period=PERIOD, as_of=LATER)
    assert again.not_won.exact == once.not_won.exact
    assert again.still_open_by_value == once.still_open_by_value


def euros(amount, at=date(2024, 12, 2)):
    return [(at, Money(amount, "EUR"))]


def test_a_forecast_worked_by_hand():
    """1000 forecast: 400 won, 300 lost, 200 pushed, 100 left lying. 30 % did not close, 60 % was not won."""
    dec, jan, feb = date(2024, 12, 2), date(2025, 1, 20), date(2025, 2, 20)
    due = [(dec, jan)]
    deals = [
        DealHistory(dec, jan, "won", [*euros(400), (jan, Money(350, "EUR"))], due),
        DealHistory(dec, jan, "lost", euros(300), due),
        DealHistory(dec, None, "open", euros(200), [*due, (jan, feb)]),
        DealHistory(dec, None, "open", euros(100), due),
        DealHistory(dec, None, "open", euros(5000)),
        DealHistory(jan, jan, "won", euros(70, jan), [(jan, jan)]),
        DealHistory(dec, None, "open", euros(70), [(dec, feb)]),
    ]
    month = Period.month(2025, 1)
    result = slippage(deals, period=month, as_of=feb)
    assert (result.still_open, result.not_won, result.lost) == (Rate(2, 4), Rate(3, 4), Rate(1, 4))
    assert (result.still_open_by_value, result.not_won_by_value) == (Fraction(3, 10), Fraction(6, 10))
    assert (result.counts.undated.deals, result.counts.not_forecast, result.undefined) == (1, 2, None)
    assert result.counts.won.money == Money(400, "EUR")
    assert result.to_rows()[2] == {
        "fate": "pushed", "deals": 1, "value": "200", "currency": "EUR", "without_amount": 0
    }  # fmt: skip
    assert str(result).splitlines()[5].split() == ["running", "0", "n/a"]
    assert str(result).endswith("still open: 50.0% (2 of 4), not won: 75.0% (3 of 4)")
    early = slippage(deals, period=month, as_of=date(2025, 1, 15))
    assert repr(early) == "<Slippage: 0.0% (0 of 4) still open, 0.0% (0 of 4) not won, 4 running>"
    assert early.still_open_by_value == 0
    assert "<td>running</td><td>4</td><td>1000</td>" in early._repr_html_()


def test_nothing_forecast_is_no_rate():
    result = slippage([], period=PERIOD, as_of=LATER)
    assert (result.still_open.value, result.not_won_by_value) == (None, None)
    assert result.undefined == "no deal was forecast to close in the period"


def test_slippage_is_a_value():
    dec = date(2024, 12, 2)
    result = slippage([DealHistory(dec, None, "open", euros(5), [(dec, PERIOD.start)])], period=PERIOD, as_of=LATER)  # fmt: skip
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy(result) == deepcopy(result) == result
    assert result.counts != SlippageCounts()


T = [datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(days=day) for day in range(60)]


def test_records_remember_what_was_forecast():
    """Opportunities open, won and lost, forecast for February."""
    free = Process.pipeline("free", stages=["new", "offer"], won="won", lost="lost")
    deal = Opportunity.open(
        OpportunityId("O-1"), at=T[0], contact=Contact("Lin Wei"), pipeline=free,
        amount=Money(100, "USD"), close_date=date(2026, 2, 28),
    )  # fmt: skip
    deals = [
        deal,
        deal.win(at=T[50]),
        deal.lose(reason=next(iter(LossReason)), at=T[50]),
        deal.with_close_date(date(2026, 3, 1), at=T[50]),
    ]
    counts = reduce_slippage(deals, period=Period.month(2026, 2, tz="UTC"), as_of=T[58])
    assert [getattr(counts, name).deals for name in FATES] == [1, 1, 1, 1, 0, 0]
    pushes = push_count(deals, counts="later_month", as_of=T[58], by="outcome")
    assert {name: part.pushed for name, part in pushes.items()} == {
        "open": Rate(1, 2), "won": Rate(0, 1), "lost": Rate(0, 1)
    }  # fmt: skip


def test_a_review_before_the_period_and_two_kinds_of_time_are_refused():
    with pytest.raises(ValueError, match="as_of must not lie before the period"):
        slippage([], period=PERIOD, as_of=FIRST)
    with pytest.raises(NaiveTimeError):
        slippage([], period=PERIOD, as_of=T[0])
    mixed = [DealHistory(FIRST, None, "open", [(FIRST, Money(1, code))]) for code in ("EUR", "USD")]
    with pytest.raises(CurrencyMismatch, match="deal 2 is in USD"):
        slippage(mixed, period=PERIOD, as_of=LATER)
    with pytest.raises(LogError, match="asks for an attribute"):
        slippage([DealHistory(FIRST, None, "open")], period=PERIOD, as_of=LATER, by="nothing")


def pushed(deal, rule, as_of, period=None):
    """By hand: walk the days said in order of when, and compare each with the one before."""
    times, previous = 0, None
    for at, day in sorted(deal.close_dates, key=lambda pair: pair[0]):
        if at > as_of:
            break
        if previous is not None and not (
            deal.closed_at is not None and deal.closed_at <= as_of and at >= deal.closed_at
        ):
            moved = {
                "any": day != previous,
                "later": day > previous,
                "later_month": day.replace(day=1) > previous.replace(day=1),
            }[rule]
            times += moved and (period is None or at in period)
        previous = day
    return times


RULES = ("any", "later", "later_month")


@given(LISTS, st.sampled_from(RULES), DAYS, st.sampled_from([None, PERIOD]))
def test_pushes_are_counted_by_the_rule_named(deals, rule, as_of, period):
    result = push_count(iter(deals), counts=rule, as_of=as_of, period=period)
    there = [deal for deal in deals if deal.opened_at <= as_of]
    dated = [deal for deal in there if any(at <= as_of for at, _ in deal.close_dates)]
    times = [pushed(deal, rule, as_of, period) for deal in dated]
    assert result.pushes == sum(times)
    assert result.pushed == Rate(sum(one > 0 for one in times), len(times))
    assert result.most == max(times, default=None)
    assert result.mean == (Fraction(sum(times), len(times)) if times else None)
    assert (result.counts.undated, result.counts.ahead) == (len(there) - len(dated), len(deals) - len(there))


@given(LISTS)
def test_a_stricter_rule_never_counts_more(deals):
    """Into a later month is later, and later is a change."""
    counts = [push_count(deals, counts=rule, as_of=LATER).pushes for rule in RULES]
    assert counts == sorted(counts, reverse=True)


@given(LISTS, LISTS)
def test_pushes_of_disjoint_deals_add_up(north, south):
    one, two = (reduce_push_count(part, counts="later", as_of=LATER) for part in (north, south))
    assert finish_push_count(one + two) == push_count(north + south, counts="later", as_of=LATER)
    with pytest.raises(TypeError):
        one + 1


def test_pushes_per_deal_the_most_pushed_first():
    days = [FIRST + timedelta(days=n) for n in range(4)]
    deals = [
        DealHistory(FIRST, None, "open", close_dates=list(zip(days[:n], days[:n], strict=True)), id=f"D-{n}")
        for n in range(4)
    ]
    result = push_count(deals, counts="later", as_of=LATER, by="id")
    assert [(name, part.pushes) for name, part in result.items()] == [("D-3", 2), ("D-2", 1), ("D-0", 0), ("D-1", 0)]  # fmt: skip
    assert result.total.to_rows() == [{"pushes": n, "deals": 1} for n in range(3)]
    assert repr(result.total) == "<Pushes by 'later': 3 of 3 deals, 66.7% (2 of 3) pushed>"
    assert str(result.total).endswith("\nlater; 1 deals without a day")
    assert "<td>2</td><td>1</td>" in result.total._repr_html_()
    assert pickle.loads(pickle.dumps(result.total)) == result.total
    assert result.total.undefined is None
    assert result["D-0"].undefined == "no deal had a day on which it was expected to close"


def test_the_day_a_system_writes_at_closing_is_no_push():
    """Deals that close late get the day they closed; nobody put them off."""
    said = [(FIRST, FIRST), (LATER, LATER)]
    deal = DealHistory(FIRST, LATER, "won", close_dates=said)
    assert push_count([deal], counts="later", as_of=LATER).pushes == 0


def test_unknown_rules_and_sums_over_two_rules_are_refused():
    with pytest.raises(ValueError, match="there is no rule counts='latter'.*later"):
        push_count([], counts="latter", as_of=LATER)
    with pytest.raises(ValueError, match="add up only with the same"):
        PushCounts(counts="any") + PushCounts(counts="later")
