"""Who waits too long is said by name, with the clock it was measured by and the excuse it has."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics import (
    Breakdown,
    Snooze,
    StalledItem,
    Waiting,
    finish_stalled,
    reduce_stalled,
    stalled,
    waiting,
)
from salesproc.rates import Rate
from salesproc.stages import Process, Stage, StageKind

DAY = timedelta(days=1)
START = date(2025, 1, 1)
AS_OF = START + 30 * DAY
LIMITS = {"talk": 14 * DAY, "offer": 7 * DAY}


def on(day):
    return None if day is None else START + day * DAY


def item(who, stage="talk", **days):
    return Waiting(who, stage, **{name: on(day) for name, day in days.items()})


class Table:
    """What a process says of its stages."""

    stages = (
        Stage("talk", limit=14 * DAY),
        Stage("free"),
        Stage("hold", kind=StageKind.ON_HOLD, limit=DAY),
        Stage("won", kind=StageKind.WON),
    )


days = st.none() | st.integers(0, 30)
items = st.lists(
    st.builds(
        item,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["talk", "offer", "other"]),
        entered_at=days,
        created_at=days,
        active_at=days,
        updated_at=days,
        planned_at=days,
    ),
    max_size=15,
)
clocks = st.sampled_from(["stage", "activity", "update", "created"])
snoozes = st.lists(
    st.builds(Snooze, st.sampled_from("abcdefgh"), st.integers(20, 40).map(on), st.just("leave"))
)


# Laws


@given(items, clocks)
def test_the_items_are_those_over_their_limit(items, clock):
    result = stalled(items, LIMITS, as_of=AS_OF, clock=clock)
    expected = []
    for one in items:
        since = {
            "stage": one.entered_at,
            "activity": one.active_at or one.created_at,
            "update": one.updated_at or one.created_at,
            "created": one.created_at,
        }[clock]
        waits_for_something = clock == "activity" and one.planned_at == AS_OF
        if since and one.stage in LIMITS and AS_OF - since > LIMITS[one.stage] and not waits_for_something:
            expected.append((one.entity, AS_OF - since))
    assert sorted((one.entity, one.age) for one in result) == sorted(expected)
    assert [one.overrun for one in result] == sorted((one.overrun for one in result), reverse=True)
    counts = result.counts
    apart = counts.within + counts.planned + counts.no_limit + counts.final + counts.unknown
    assert apart + len(counts.over) == len(items)


@given(items, clocks, snoozes)
def test_an_excuse_moves_an_item_apart_and_loses_none(items, clock, snoozes):
    plain = stalled(items, LIMITS, as_of=AS_OF, clock=clock)
    result = stalled(items, LIMITS, as_of=AS_OF, clock=clock, snoozed=snoozes)
    excused = {one.entity for one in snoozes if one.until > AS_OF}
    assert {one.entity for one in result.snoozed} <= excused
    assert not {one.entity for one in result} & excused
    assert len(result.items) + len(result.snoozed) == len(plain)
    assert result.rate.trials == plain.rate.trials


@given(items, clocks, snoozes, st.integers(0, 15))
def test_any_split_of_the_items_adds_up(items, clock, snoozes, cut):
    options = {"as_of": AS_OF, "clock": clock, "snoozed": snoozes}
    counts = [reduce_stalled(part, LIMITS, **options) for part in (items[:cut], items[cut:])]
    assert counts[0] + counts[1] == reduce_stalled(items[::-1], LIMITS, **options)
    assert finish_stalled(counts[0] + counts[1]) == stalled(items, LIMITS, **options)


@given(items)
def test_the_parts_of_a_breakdown_add_up(items):
    parts = stalled(items, LIMITS, as_of=AS_OF, by="stage")
    assert isinstance(parts, Breakdown)
    assert parts.total == stalled(items, LIMITS, as_of=AS_OF)
    assert set(parts) == {one.stage for one in items}


# Worked by hand


def test_four_clocks_four_answers():
    """Created long ago, in its stage for long, mailed yesterday, changed last week."""
    deal = item("D", entered_at=5, created_at=0, active_at=29, updated_at=10)
    over = {
        clock: [one.overrun.days for one in stalled([deal], LIMITS, as_of=AS_OF, clock=clock)]
        for clock in ("stage", "activity", "update", "created")
    }
    assert over == {"stage": [11], "activity": [], "update": [6], "created": [16]}


def test_something_planned_stops_the_clock_of_activities_but_not_when_it_is_past():
    planned, missed = item("a", active_at=1, planned_at=40), item("b", active_at=1, planned_at=9)
    result = stalled([planned, missed], LIMITS, as_of=AS_OF, clock="activity")
    assert [one.entity for one in result] == ["b"]
    assert result.counts.planned == 1
    assert result.rate == Rate(1, 2)


def test_a_process_brings_its_limits_and_no_clock_runs_on_hold_or_in_the_end():
    rows = [item(stage, stage, entered_at=0) for stage in ("talk", "free", "hold", "won")]
    result = stalled(rows, Table(), as_of=AS_OF)
    assert [one.entity for one in result] == ["talk"]
    assert (result.counts.no_limit, result.counts.final) == (2, 1)


def test_journeys_of_the_stage_machine_can_be_asked():
    process = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    noon = datetime(2025, 1, 1, 12, tzinfo=UTC)
    journey = process.start("D-1", at=noon)
    result = stalled([journey], {"talk": DAY}, as_of=noon + 3 * DAY)
    assert result.items == (StalledItem("D-1", "talk", 3 * DAY, DAY),)
    assert not stalled([journey], process, as_of=noon + 3 * DAY).items
    with pytest.raises(
        LogError, match="item 1 \\('D-1'\\) has no active_at, which the clock 'activity' needs"
    ):
        stalled([journey], {"talk": DAY}, as_of=noon + 3 * DAY, clock="activity")


def test_a_log_says_who_waits():
    log = [
        ("a", "talk", on(0)),
        ("a", "offer", on(9)),
        ("b", "talk", on(3)),
        ("c", "talk", on(1)),
        ("c", "won", on(2)),
    ]
    found = waiting(log, as_of=AS_OF, final=["won"])
    assert found == (
        Waiting("b", "talk", entered_at=on(3), created_at=on(3)),
        Waiting("a", "offer", entered_at=on(9), created_at=on(0)),
    )
    assert [one.entity for one in stalled(found, LIMITS, as_of=AS_OF)] == ["a", "b"]


def test_a_calendar_counts_working_days():
    office = WorkingCalendar.weekly(range(5), time(0), time(0), tz="UTC")
    friday = datetime(2025, 1, 3, tzinfo=UTC)
    rows = [Waiting("a", "talk", entered_at=friday)]
    assert not stalled(rows, {"talk": 2 * DAY}, as_of=friday + 4 * DAY, calendar=office).items
    assert stalled(rows, {"talk": 2 * DAY}, as_of=friday + 4 * DAY).items


def test_it_shows_itself():
    rows = [
        item("a", entered_at=1),
        item("b", entered_at=2),
        item("c", "offer", entered_at=29),
        item("d", "other"),
        item("e"),
        item("<f>", entered_at=0),
    ]
    result = stalled(rows, LIMITS, as_of=AS_OF, snoozed=[Snooze("b", AS_OF + DAY, "on leave")])
    assert repr(result) == "<Stalled by stage: 50.0% (2 of 4), 1 snoozed>"
    assert str(result).splitlines() == [
        "entity  stage     age   limit    over    excuse",
        "<f>      talk  30.0 d  14.0 d  16.0 d",
        "a        talk  29.0 d  14.0 d  15.0 d",
        "b        talk  28.0 d  14.0 d  14.0 d  on leave",
        "50.0% (2 of 4) stalled by stage as of 2025-01-31, 1 without a limit, 1 of unknown age",
    ]
    assert "&lt;f&gt;" in result._repr_html_()
    assert result.to_rows()[2] == {
        "entity": "b",
        "stage": "talk",
        "age_days": 28.0,
        "limit_days": 14.0,
        "overrun_days": 14.0,
        "excuse": "on leave",
    }
    assert len(result) == 2
    assert repr(result.counts) == "<StalledCounts by stage as of 2025-01-31: 3 over, 1 within>"
    assert stalled([], LIMITS, as_of=AS_OF).rate.undefined


# Refusals


@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        ([item("a", entered_at=31)], {}, LogError, "entered_at of item 1 ('a') lies after as_of"),
        ([item("a", entered_at=1), ("b", "talk")], {}, LogError, "item 2 has no entity or no stage"),
        (
            [Waiting("a", "talk", datetime(2025, 1, 1))],
            {},
            NaiveTimeError,
            "entered_at of item 1 ('a') has a naive",
        ),
        ([Waiting("a", "talk", date(1900, 1, 1))], {}, LogError, "which is a placeholder"),
        ([], {"clock": "email"}, ValueError, "clock must be one of 'stage', 'activity', 'update', 'created'"),
        ([], {"snoozed": [Snooze("a", AS_OF, "")]}, LogError, "the snooze of 'a' until"),
        (
            [],
            {"limits": {"talk": 14}},
            TypeError,
            "the limit of 'talk' must be a timedelta, for example timedelta(days=30), got 14",
        ),
        (
            [item("a", entered_at=1)],
            {"by": "owner"},
            LogError,
            "by='owner' asks for an attribute that item 1 ('a')",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(rows, options, error, message):
    with pytest.raises(error) as refusal:
        stalled(rows, **{"limits": LIMITS, "as_of": AS_OF, **options})
    assert message in str(refusal.value)


def test_counts_of_different_questions_do_not_add_up():
    counts = reduce_stalled([], LIMITS, as_of=AS_OF)
    with pytest.raises(ValueError, match="only with the same clock and as_of"):
        counts + reduce_stalled([], LIMITS, as_of=AS_OF, clock="created")
    with pytest.raises(TypeError):
        counts + 1


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling_and_copying(protocol):
    result = stalled([item("a", entered_at=0)], LIMITS, as_of=AS_OF)
    assert pickle.loads(pickle.dumps(result, protocol)) == result
    assert copy.copy(result) == copy.deepcopy(result) == result
