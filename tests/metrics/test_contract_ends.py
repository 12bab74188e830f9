"""Who gave up a contract, by the end of the service and by notice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, Rate
from salesproc.metrics import contract_churn, reduce_contract_churn

FIRST = date(2025, 1, 1)


@st.composite
def contract_rows(draw):
    start = draw(st.integers(-60, 120))
    end = draw(st.none() | st.integers(start, 150))
    notice = draw(st.none() | st.integers(-60, 150 if end is None else end))
    days = [None if n is None else FIRST + timedelta(days=n) for n in (start, end, notice)]
    return (draw(st.sampled_from("abcd")), *days)


ROWS = st.lists(contract_rows(), max_size=10)
RULES = st.sampled_from(["service end", "cancellation"])
MONTHS = [Period.month(2025, month) for month in (1, 2, 3)]


@given(ROWS, RULES)
def test_the_end_of_a_period_is_the_start_of_the_next(rows, rule):
    """Start, plus the new ones, less the lost ones, is the start of the next month; and the quarter knows of the same ends."""
    one, two, three = (contract_churn(rows, period=month, lost_at=rule) for month in MONTHS)
    assert (one.end, two.end) == (two.start, three.start)
    quarter = contract_churn(rows, period=Period.quarter(2025, 1), lost_at=rule)
    assert (quarter.start, quarter.end) == (one.start, three.end)


@given(ROWS, RULES)
def test_a_customer_is_there_while_any_contract_is(rows, rule):
    """Held against a calendar: who is served, day by day."""
    period = MONTHS[1]

    def there(day):
        """Served the day before, or leaving on the very day."""
        found = set()
        for who, start, end, notice in rows:
            leave = notice if rule == "cancellation" and notice is not None else end
            if start < day and not (leave is not None and leave < day):
                found.add(who)
        return found

    before, after = there(period.start), there(period.end)
    found = contract_churn(rows, period=period, lost_at=rule)
    assert (found.start, found.lost, found.new) == (
        len(before),
        len(before - after),
        len(after - before),
    )
    assert found.churn == Rate(len(before - after), len(before))


@given(ROWS, RULES)
def test_by_notice_nobody_is_lost_later(rows, rule):
    """Notice comes before the end, so by notice fewer are there on any day."""
    period = MONTHS[1]
    notice = contract_churn(rows, period=period, lost_at="cancellation")
    service = contract_churn(rows, period=period)
    assert notice.start <= service.start
    assert notice.end <= service.end


def test_the_same_loss_in_two_months():
    """Notice in January, served until the first of April: January's loss by notice, April's by service end."""
    rows = [("ann", date(2024, 1, 1), date(2025, 4, 1), date(2025, 1, 20))]
    months = [Period.month(2025, month) for month in (1, 2, 3, 4, 5)]
    assert [contract_churn(rows, period=month).lost for month in months] == [0, 0, 0, 1, 0]
    by_notice = [contract_churn(rows, period=month, lost_at="cancellation") for month in months]
    assert [one.lost for one in by_notice] == [1, 0, 0, 0, 0]
    assert by_notice[1].undefined == "nobody was there at the start"


def test_what_is_no_loss():
    month = MONTHS[0]
    renewed = [("ann", date(2024, 1, 1), date(2025, 1, 10)), ("ann", date(2025, 1, 20), None)]
    assert contract_churn(renewed, period=month).rate == Rate(1, 1)
    came_and_went = [("bob", date(2025, 1, 5), date(2025, 1, 25))]
    assert contract_churn(came_and_went, period=month).to_rows()[0]["new"] == 0
    notice_without_end = [("cid", date(2024, 1, 1), None, date(2025, 1, 9))]
    assert contract_churn(notice_without_end, period=month).lost == 0
    assert contract_churn(notice_without_end, period=month, lost_at="cancellation").lost == 1
    ran_out = [("dan", date(2024, 1, 1), date(2025, 1, 15), None)]
    assert contract_churn(ran_out, period=month, lost_at="cancellation").lost == 1
    starts_on_the_first = [("eve", date(2025, 1, 1), None)]
    assert contract_churn(starts_on_the_first, period=month).new == 1


def test_regions_add_up():
    rows = [("ann", date(2024, 1, 1), date(2025, 1, 9)), ("bob", date(2024, 1, 1), None)]
    parts = [reduce_contract_churn([row], period=MONTHS[0]) for row in rows]
    assert parts[0] + parts[1] == contract_churn(rows, period=MONTHS[0])


def test_instants_are_compared_as_instants():
    utc = Period(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC))
    rows = [("ann", datetime(2024, 5, 1, tzinfo=UTC), datetime(2025, 1, 31, 23, 59, tzinfo=UTC))]
    assert contract_churn(rows, period=utc).lost == 1


@pytest.mark.parametrize(
    ("row", "rule", "message"),
    [
        (("ann", FIRST), "service end", "row 1 is no row of"),
        (("ann", FIRST, date(2024, 1, 1)), "service end", "row 1 ends before it starts"),
        (("ann", FIRST, date(9999, 12, 31)), "service end", "row 1 ends on .* a placeholder"),
        (
            ("ann", date(2024, 1, 1), FIRST, date(2025, 2, 1)),
            "cancellation",
            "row 1 was cancelled after it had",
        ),
    ],
)
def test_rows_that_cannot_be_are_refused(row, rule, message):
    with pytest.raises(LogError, match=message):
        contract_churn([row], period=MONTHS[0], lost_at=rule)


def test_refusals():
    with pytest.raises(ValueError, match="lost_at must be one of its rules, got 'notice'"):
        contract_churn([], period=MONTHS[0], lost_at="notice")
    with pytest.raises(NaiveTimeError, match="row 1"):
        contract_churn([("ann", datetime(2025, 1, 1, tzinfo=UTC), None)], period=MONTHS[0])
