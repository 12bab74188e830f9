"""A deal is checked once, and what is wrong with it is said with its name."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics import Deal, DealHistory, Reopening, deal_outcomes, loss_reasons
from salesproc.metrics.deals import deal_label, read_deals
from salesproc.periods import Period
from salesproc.records import Contact, Opportunity, OpportunityId

JAN = date(2025, 1, 6)
FEB = date(2025, 2, 3)
MAR = date(2025, 3, 1)
LOST = Deal(Money(5, "EUR"), JAN, FEB, "lost", id="D-7")


def seen(*deals, as_of=None):
    return list(read_deals(deals, as_of=as_of))


# Laws


@given(st.dates(date(2024, 12, 1), date(2025, 4, 1)))
def test_the_past_is_seen_as_it_was(as_of):
    """A deal lost in February was open in January, and not there in December."""
    [one] = seen(LOST, as_of=as_of)
    assert one.outcome == ("ahead" if as_of < JAN else "open" if as_of < FEB else "lost")
    assert one.closed == (FEB if as_of >= FEB else None)
    assert one.deal is LOST


def test_without_a_review_a_deal_is_taken_as_it_is():
    assert [
        one.outcome for one in seen(LOST, LOST._replace(outcome="won"), Deal(None, MAR, None, "open"))
    ] == [
        "lost",
        "won",
        "open",
    ]


def test_times_are_compared_as_instants():
    """At two o'clock in the night on which clocks go back, later can look earlier."""
    berlin = ZoneInfo("Europe/Berlin")
    opened = datetime(2025, 10, 26, 2, 50, tzinfo=berlin)
    closed = datetime(2025, 10, 26, 2, 10, tzinfo=berlin, fold=1)
    [one] = seen(Deal(None, opened, closed, "won"))
    assert one.closed - one.opened == timedelta(minutes=20)
    elsewhere = datetime(2025, 10, 26, 4, tzinfo=timezone(timedelta(hours=3)))
    assert seen(Deal(None, elsewhere, closed, "won"), as_of=closed)[0].outcome == "won"


def test_records_and_rows_of_a_mapper_are_deals():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    record = Opportunity.open(
        OpportunityId("O-1"), at=noon, contact=Contact("Lin Wei"), amount=Money(9, "USD")
    )
    row = SimpleNamespace(amount=None, opened_at=noon, closed_at=noon, outcome="won")
    assert [one.where for one in seen(record, row)] == ["deal 1 ('O-1')", "deal 2"]


def test_a_label_comes_from_a_function_or_an_attribute():
    [one] = seen(LOST._replace(owner="Ann"))
    assert deal_label(None)(one) is None
    assert deal_label("owner")(one) == "Ann"
    assert deal_label(lambda deal: deal.id)(one) == "D-7"


# Refusals


@pytest.mark.parametrize(
    ("deal", "message"),
    [
        (LOST._replace(closed_at=date(2025, 1, 5)), "deal 2 ('D-7') closed before it was opened: opened_at"),
        (LOST._replace(outcome="Closed Won"), "deal 2 ('D-7') has the outcome 'Closed Won', which is none"),
        (LOST._replace(outcome="Won"), "did you mean 'won'?"),
        (LOST._replace(outcome="open"), "deal 2 ('D-7') is open and has closed_at"),
        (LOST._replace(closed_at=None), "deal 2 ('D-7') is lost and has no closed_at"),
        (LOST._replace(amount=100.0), "deal 2 ('D-7') has the amount 100.0; give Money"),
        (LOST._replace(closed_at=date(9999, 12, 31)), "closed_at of deal 2 ('D-7') has"),
        (LOST._replace(opened_at=date(1900, 1, 1)), "opened_at of deal 2 ('D-7') has"),
        (LOST._replace(opened_at=None), "opened_at of deal 2 ('D-7') must be a date or a datetime, got None"),
        (("D-7", 100), "deal 2 has no amount"),
    ],
)
def test_what_cannot_be_a_deal_is_refused_by_name(deal, message):
    with pytest.raises(LogError) as error:
        seen(LOST, deal)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("deal", "message"),
    [
        (LOST._replace(closed_at=datetime(2025, 2, 3)), "closed_at of deal 2 ('D-7') is a naive datetime"),
        (
            LOST._replace(opened_at=datetime(2025, 1, 6, tzinfo=UTC)),
            "opened_at of deal 2 ('D-7') is an aware",
        ),
    ],
)
def test_two_kinds_of_time_do_not_mix(deal, message):
    with pytest.raises(NaiveTimeError) as error:
        seen(LOST, deal)
    assert message in str(error.value)
    assert "but opened_at of deal 1 ('D-7') is a plain date" in str(error.value)
    with pytest.raises(NaiveTimeError, match="but as_of is a plain date"):
        seen(deal, as_of=MAR)


def test_a_label_that_is_none_is_refused():
    [one] = seen(LOST)
    with pytest.raises(
        LogError, match="by='team' asks for an attribute that deal 1 \\('D-7'\\) does not have"
    ):
        deal_label("team")(one)
    with pytest.raises(LogError, match="deal 1 \\('D-7'\\) has the label \\['x'\\], which cannot be one"):
        deal_label(lambda _: ["x"])(one)


# Copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_deal_survives_pickling_and_copying(protocol):
    assert pickle.loads(pickle.dumps(LOST, protocol)) == LOST
    assert copy.copy(LOST) == copy.deepcopy(LOST) == LOST


def test_a_deal_that_was_lost_then_and_reopened_later_is_lost_then():
    """The reason of February is a reason of February, whatever became of the deal in March."""
    lost, back, won = date(2026, 2, 2), date(2026, 3, 9), date(2026, 3, 30)
    deal = DealHistory(date(2026, 1, 5), won, "won", reopenings=[Reopening(lost, "lost", back)])
    found = {day: deal_outcomes([deal], as_of=day).counts for day in (date(2026, 2, 1), lost, back, won)}
    assert [(counts.won.deals, counts.lost.deals, counts.open.deals) for counts in found.values()] == [
        (0, 0, 1),
        (0, 1, 0),
        (0, 0, 1),
        (1, 0, 0),
    ]
    february = Period.month(2026, 2)
    assert deal_outcomes([deal], as_of=date(2026, 2, 15), period=february).counts.lost.deals == 1
    assert [
        row.cause
        for row in loss_reasons(
            [deal], as_of=date(2026, 2, 15), period=february, reason=lambda _: "price"
        ).rows
    ] == ["price"]
    with pytest.raises(LogError, match="reopenings of deal 1"):
        deal_outcomes([deal._replace(reopenings=[Reopening(date(9999, 1, 1), "lost", back)])], as_of=lost)
