"""Response, promise and persistence: those who were never answered stay in."""

import pickle
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, WorkingCalendar
from salesproc.metrics import (
    DurationCounts,
    LeadArrival,
    SlaAttainment,
    finish_cadence,
    finish_durations,
    follow_up_cadence,
    lead_response_times,
    reduce_cadence,
    reduce_lead_response_times,
    sla_attainment,
)

MARCH = [date(2025, 3, day) for day in range(1, 32)]
END = MARCH[30]
DAYS = st.sampled_from(MARCH)
LEADS = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(DAYS, st.none() | DAYS), max_size=5).map(
    lambda found: [LeadArrival(name, *times) for name, times in found.items()]
)
TOUCHES = st.lists(st.tuples(st.sampled_from("ABCDE"), DAYS, st.sampled_from(["call", "auto"])), max_size=12)
CLOCKS = st.sampled_from(["created", "assigned"])


@given(LEADS, TOUCHES, CLOCKS, DAYS)
def test_every_lead_is_answered_or_waits_or_is_counted_apart(leads, touches, clock, as_of):
    """Worked out lead by lead, which is another way than the library's."""
    result = lead_response_times(iter(leads), iter(touches), as_of=as_of, clock=clock)
    answered, waiting = defaultdict(int), defaultdict(int)
    unassigned = 0
    for lead in leads:
        start = lead.created_at if clock == "created" else lead.assigned_at
        if start is None:
            unassigned += 1
        elif start <= as_of:
            days = [at - start for who, at, _ in touches if who == lead.entity and start <= at <= as_of]
            (answered if days else waiting)[min(days, default=as_of - start)] += 1
    microsecond = timedelta(microseconds=1)
    assert result.counts.finished == {age // microsecond: n for age, n in answered.items()}
    assert result.counts.open == {age // microsecond: n for age, n in waiting.items()}
    assert result.counts.outside == unassigned


@given(LEADS, TOUCHES, CLOCKS)
def test_response_times_of_parts_add_up(leads, touches, clock):
    whole = reduce_lead_response_times(leads, touches, as_of=END, clock=clock)
    parts = [
        reduce_lead_response_times(
            [lead for lead in leads if lead.entity in who],
            [t for t in touches if t[0] in who],
            as_of=END,
            clock=clock,
        )
        for who in ("AB", "CDE")
    ]
    assert parts[0] + parts[1] == whole
    by_team = lead_response_times(leads, touches, as_of=END, clock=clock, by=lambda lead: lead in "AB")
    assert by_team.total.counts.finished == whole.finished
    assert sum(part.finished for part in by_team.values()) == sum(whole.finished.values())


def test_an_automatic_mail_is_no_answer():
    leads = [LeadArrival("A", MARCH[0])]
    touches = [("A", MARCH[0], "auto"), ("A", MARCH[3], "call")]
    result = lead_response_times(
        leads, touches, as_of=END, clock="created", human=lambda touch: touch[2] == "call"
    )
    assert result.median == timedelta(days=3)


def test_an_answer_before_the_clock_starts_does_not_count():
    result = lead_response_times([("A", MARCH[0], MARCH[5])], [("A", MARCH[2])], as_of=END, clock="assigned")
    assert (result.finished, result.open) == (0, 1)


def test_working_time_leaves_the_night_out():
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="Europe/Berlin")
    came = datetime(2025, 3, 7, 15, 30, tzinfo=UTC)  # Friday, half past four in Berlin
    called = datetime(2025, 3, 10, 9, 0, tzinfo=UTC)  # Monday, ten in Berlin
    end = datetime(2025, 3, 31, tzinfo=UTC)
    result = lead_response_times(
        [("A", came, None)], [("A", called)], as_of=end, clock="created", calendar=office
    )
    assert result.median == timedelta(hours=1, minutes=30)
    with pytest.raises(NaiveTimeError, match="working time needs aware times"):
        lead_response_times([], [], as_of=END, clock="created", calendar=office)


@pytest.mark.parametrize(
    ("leads", "touches", "options", "error", "message"),
    [
        ([("A", MARCH[0], None)] * 2, [], {}, LogError, "lead 2: 'A' comes a second time"),
        ([("A",)], [], {}, LogError, "lead 1 begins with"),
        ([], [("A",)], {}, LogError, "touch 1 begins with"),
        ([], [("A", datetime(2025, 3, 1))], {}, NaiveTimeError, "touch 1"),
        ([("A", datetime(2025, 3, 1), None)], [], {}, NaiveTimeError, "lead 1"),
        ([], [], {"clock": "routed"}, ValueError, "'created' or 'assigned', got 'routed'"),
    ],
)
def test_what_cannot_be_read_is_named(leads, touches, options, error, message):
    with pytest.raises(error, match=message):
        lead_response_times(leads, touches, **{"as_of": END, "clock": "created"} | options)


HOUR = 3_600_000_000


def test_a_promise_is_kept_missed_or_still_running():
    """A lead that has waited longer than promised has been missed already."""
    waits = finish_durations(DurationCounts(finished={HOUR: 3, 2 * HOUR: 1}, open={HOUR: 2, 5 * HOUR: 4}))
    kept = sla_attainment(waits, timedelta(hours=1))
    assert (kept.met, kept.missed, kept.running) == (3, 5, 2)
    assert str(kept) == "37.5% (3 of 8) within 1.0 h; 2 still running"
    assert kept.to_rows() == [{"met": 3, "missed": 5, "running": 2, "share": 0.375, "target_hours": 1.0}]
    assert pickle.loads(pickle.dumps(kept)) == kept


COUNTS = st.dictionaries(st.integers(0, 9), st.integers(1, 5), max_size=4)


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.integers(1, 9))
def test_attainment_adds_up_and_loses_nobody(finished, waiting, more, still, target):
    one, other = DurationCounts(finished=finished, open=waiting), DurationCounts(finished=more, open=still)
    limit = timedelta(microseconds=target)
    parts = [sla_attainment(finish_durations(counts), limit) for counts in (one, other)]
    whole = sla_attainment(finish_durations(one + other), limit)
    assert parts[0] + parts[1] == whole
    people = sum(sum(group.values()) for group in (finished, waiting, more, still))
    assert whole.met + whole.missed + whole.running == people


def test_promises_of_different_times_do_not_add_up():
    one = SlaAttainment(1, 0, 0, timedelta(hours=1))
    with pytest.raises(ValueError, match="do not add up"):
        one + SlaAttainment(1, 0, 0, timedelta(hours=2))
    with pytest.raises(TypeError):
        one + 1
    with pytest.raises(ValueError, match="target must be above 0, got"):
        sla_attainment(finish_durations(DurationCounts()), timedelta(0))


@given(TOUCHES, DAYS)
def test_tries_and_gaps_are_those_of_a_plain_count(touches, as_of):
    result = follow_up_cadence(iter(touches), as_of=as_of, leads="AB")
    times = {"A": [], "B": []}
    for who, at, _ in touches:
        if at <= as_of:
            times.setdefault(who, []).append(at)
    assert result.leads == len(times)
    assert result.attempts == sum(map(len, times.values()))
    gaps = [b - a for tries in times.values() for a, b in pairwise(sorted(tries))]
    assert result.gaps.finished == len(gaps)
    assert sum(age * n for age, n in result.counts.gaps.items()) == sum(gaps, timedelta(0)) // timedelta(
        microseconds=1
    )
    assert result.persistence(2).hits == sum(len(tries) >= 2 for tries in times.values())


@given(TOUCHES)
def test_tries_of_parts_add_up(touches):
    parts = [reduce_cadence([t for t in touches if t[0] in who], as_of=MARCH[15]) for who in ("AB", "CDE")]
    assert parts[0] + parts[1] == reduce_cadence(touches, as_of=MARCH[15])
    with pytest.raises(TypeError):
        parts[0] + 1


def test_a_cadence_is_a_value_with_a_table():
    result = follow_up_cadence([("A", MARCH[0]), ("A", MARCH[2])], as_of=END, leads=["B"])
    assert result.per_lead == Fraction(1)
    assert follow_up_cadence([], as_of=END).per_lead is None
    assert result.to_rows() == [
        {"attempts": 0, "leads": 1, "share_at_least": 1.0},
        {"attempts": 2, "leads": 1, "share_at_least": 0.5},
    ]
    assert "<table>" in result._repr_html_()
    assert repr(result) == "<Cadence: 2 tries for 2 leads>"
    assert pickle.loads(pickle.dumps(result)) == result
    assert finish_cadence(result.counts) == result


def test_a_lead_of_the_future_is_counted_and_left_out():
    result = lead_response_times([("A", END, None)], [("A", END)], as_of=MARCH[0], clock="created")
    assert (result.finished, result.open, result.counts.after_as_of) == (0, 0, 2)
