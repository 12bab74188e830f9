"""Waits in working time and without pauses: what a minute-by-minute count gives, in every zone and across every clock change."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period, WorkingCalendar
from salesproc.metrics import (
    follow_up_cadence,
    lead_response_times,
    reduce_lead_response_times,
    reduce_rolling_response_times,
    rolling_response_times,
    sla_attainment,
    target_coverage,
)
from salesproc.records import Interaction

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHANGES = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("Asia/Riyadh", date(2025, 6, 1)),
]
FULL_HOURS = st.lists(st.integers(0, 23), unique=True, min_size=2, max_size=6).map(sorted)
MARCH = [date(2025, 3, day) for day in range(1, 32)]
DAYS = st.sampled_from(MARCH)
MESSAGES = st.lists(st.tuples(st.sampled_from("ABC"), DAYS), max_size=10)


@st.composite
def waits(draw):
    """A calendar, one wait near a clock change, and its pauses."""
    zone, change = draw(st.sampled_from(CHANGES))
    edges = draw(FULL_HOURS)
    spans = [(time(a), time(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    days = draw(st.sets(st.integers(0, 6), min_size=3))
    holidays = draw(st.sets(st.integers(-1, 1).map(lambda n: change + n * DAY), max_size=1))
    noon = datetime.combine(change, time(12), UTC)
    moment = st.integers(-1800, 1800).map(lambda n: noon + n * MINUTE)
    start, end = sorted(draw(st.tuples(moment, moment)))
    pauses = [tuple(sorted(pair)) for pair in draw(st.lists(st.tuples(moment, moment), max_size=3))]
    return ZoneInfo(zone), days, spans, holidays, start, end, pauses


def by_minutes(wait):
    """How many minutes of the wait clocks in the zone show working hours and nobody paused."""
    zone, days, spans, holidays, start, end, pauses = wait
    count = 0
    for n in range((end - start) // MINUTE):
        at = start + n * MINUTE
        here = at.astimezone(zone)
        open_now = any(opens <= here.time().replace(fold=0) < closes for opens, closes in spans)
        if (
            open_now
            and here.weekday() in days
            and here.date() not in holidays
            and not any(a <= at < b for a, b in pauses)
        ):
            count += 1
    return count * MINUTE


@settings(max_examples=60)
@given(waits())
def test_a_wait_is_what_a_count_of_minutes_gives(wait):
    """Spans of full hours: there the minute clocks show and the instant agree, whatever the change."""
    zone, days, spans, holidays, start, end, pauses = wait
    calendar = WorkingCalendar(dict.fromkeys(days, spans), zone, holidays)
    rows = [("A", *pause) for pause in pauses]
    expected = by_minutes(wait) // timedelta(microseconds=1)
    options = {"as_of": end, "calendar": calendar, "pauses": rows}
    first = reduce_lead_response_times([("A", start, None)], [("A", end)], clock="created", **options)
    assert first.finished == {expected: 1}
    open_ = reduce_lead_response_times([("A", start, None)], [], clock="created", **options)
    assert open_.open == {expected: 1}
    rolling = reduce_rolling_response_times([("A", start)], [("A", end)], **options)
    assert rolling.finished == {expected: 1}


@given(MESSAGES, MESSAGES, DAYS)
def test_each_wait_begins_with_the_first_question_since_our_last_answer(asked, answers, as_of):
    """Worked out day by day, which is another way than the library's: sorted by day, questions before answers."""
    found = reduce_rolling_response_times(iter(asked), iter(answers), as_of=as_of)
    done, waiting = Counter(), Counter()
    for lead in "ABC":
        since = None
        for day in (day for day in MARCH if day <= as_of):
            if (lead, day) in asked and since is None:
                since = day
            if (lead, day) in answers and since is not None:
                done[(day - since) // timedelta(microseconds=1)] += 1
                since = None
        if since is not None:
            waiting[(as_of - since) // timedelta(microseconds=1)] += 1
    assert (found.finished, found.open) == (done, waiting)
    assert found.after_as_of == sum(day > as_of for _, day in [*asked, *answers])


@given(MESSAGES, MESSAGES, DAYS)
def test_waits_of_parts_add_up(asked, answers, as_of):
    by_lead = rolling_response_times(asked, answers, as_of=as_of, by=lambda lead: lead == "A")
    whole = reduce_rolling_response_times(asked, answers, as_of=as_of)
    assert by_lead.total.counts == whole
    parts = [
        reduce_rolling_response_times(
            [row for row in asked if row[0] in who], [row for row in answers if row[0] in who], as_of=as_of
        )
        for who in ("AB", "C")
    ]
    assert parts[0] + parts[1] == whole


def test_a_promise_can_be_held_against_every_answer():
    asked = [("A", MARCH[0]), ("A", MARCH[9]), ("B", MARCH[0])]
    answers = [("A", MARCH[1]), ("A", MARCH[19])]
    waited = rolling_response_times(asked, answers, as_of=MARCH[30])
    assert str(sla_attainment(waited, 2 * DAY)).startswith("33.3% (1 of 3)")


def test_a_pause_until_further_notice_stops_the_clock():
    found = lead_response_times(
        [("A", MARCH[0], None)], [], as_of=MARCH[30], clock="created", pauses=[("A", MARCH[2], None)]
    )
    assert list(found.counts.open) == [2 * DAY // timedelta(microseconds=1)]
    beyond = [("A", MARCH[2], None)]
    later = lead_response_times([("A", MARCH[0], None)], [], as_of=MARCH[1], clock="created", pauses=beyond)
    assert list(later.counts.open) == [DAY // timedelta(microseconds=1)]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"pauses": [("A", MARCH[3], MARCH[2])]},
            LogError,
            "pause 1 ends at 2025-03-03, before it starts at 2025-03-04",
        ),
        ({"pauses": [("A", MARCH[3])]}, LogError, "pause 1 is no row of entity, start, end"),
        (
            {"pauses": [("A", datetime(2025, 3, 1), None)]},
            NaiveTimeError,
            "pause 1 has a naive datetime",
        ),
        (
            {"calendar": WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")},
            NaiveTimeError,
            "working time needs aware times",
        ),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        rolling_response_times([], [], as_of=MARCH[30], **options)
    with pytest.raises(error, match=message):
        lead_response_times([], [], as_of=MARCH[30], clock="created", **options)


def test_a_hundred_thousand_waits_of_different_lengths_are_counted_one_by_one():
    """Statistics added one by one copy themselves each time: hours instead of a second."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    leads = [(n, start, None) for n in range(100_000)]
    touches = [(n, start + timedelta(microseconds=n)) for n in range(100_000)]
    found = reduce_lead_response_times(leads, touches, as_of=start + DAY, clock="created")
    assert found.finished == dict.fromkeys(range(100000), 1)


def test_one_list_of_contacts_serves_for_questions_and_answers():
    """What came from the lead is no answer of ours, and what we sent is no question."""
    contacts = [
        Interaction("A", MARCH[0], "email", inbound=True),
        Interaction("A", MARCH[1], "email", inbound=True),
        Interaction("A", MARCH[4], "phone"),
    ]
    found = reduce_rolling_response_times(contacts, contacts, as_of=MARCH[30])
    assert found.finished == {4 * DAY // timedelta(microseconds=1): 1}
    first = reduce_lead_response_times([("A", MARCH[0], None)], contacts, as_of=MARCH[30], clock="created")
    assert first == found
    assert follow_up_cadence(contacts, as_of=MARCH[30]).attempts == 1
    assert target_coverage(["A"], contacts[:2], as_of=MARCH[30]).hits == 0


@given(MESSAGES, MESSAGES, DAYS, DAYS)
def test_waits_of_two_periods_are_all_waits(asked, answers, cut, as_of):
    whole = reduce_rolling_response_times(asked, answers, as_of=as_of)
    halves = [
        reduce_rolling_response_times(asked, answers, as_of=as_of, period=Period(start, end))
        for start, end in ((MARCH[0] - DAY, cut), (cut, MARCH[30] + DAY))
    ]
    both = halves[0] + halves[1]
    assert (both.finished, both.open) == (whole.finished, whole.open)
    assert both.out_of_period == sum(whole.finished.values()) + sum(whole.open.values())


@pytest.mark.parametrize("inbound", [0, None, "no"])
def test_a_contact_that_does_not_say_whose_it_was_is_refused(inbound):
    """Read as no, the mails of a customer would be tries of ours, and as yes, ours would ask for an answer."""
    contacts = [SimpleNamespace(inbound=inbound)]
    with pytest.raises(LogError, match="touch 1 must say whether it was inbound by True or False, got"):
        reduce_lead_response_times([], contacts, as_of=MARCH[30], clock="created")
