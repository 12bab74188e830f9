"""Time in a stage counts who is still there; age is only about those."""

import copy
import pickle
import random
import statistics
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.calendars import WorkingCalendar
from salesproc.errors import LogError, NaiveTimeError
from salesproc.metrics import (
    Breakdown,
    TimeInStage,
    finish_stage_age,
    finish_time_in_stage,
    reduce_stage_age,
    reduce_time_in_stage,
    stage_age,
    time_in_stage,
)
from salesproc.periods import Period
from salesproc.stages import Process

DAY = timedelta(days=1)
START = date(2024, 1, 1)
AS_OF = START + 30 * DAY
STAGES = ["talk", "offer", "won", "lost"]
PLAN = {"stages": ["talk", "offer"], "final": ["won", "lost"]}
RULES = st.sampled_from(["each", "first", "latest", "total"])


def row(who, stage, day):
    return (who, stage, START + day * DAY)


rows = st.lists(
    st.builds(row, st.sampled_from("abcd"), st.sampled_from(STAGES), st.integers(0, 40)), max_size=30
)


def stays_of(rows, stage):
    """Entity -> its stays in a stage as (begin, end or None), by walking day by day."""
    order = {name: place for place, name in enumerate(STAGES)}
    found = {}
    for who in sorted({one[0] for one in rows}):
        own = sorted((at, order[name]) for one, name, at in rows if one == who and at <= AS_OF)
        for place, (at, name) in enumerate(own):
            if STAGES[name] != stage or (place and own[place - 1][1] == name):
                continue
            leaving = [then for then, other in own[place:] if other != name]
            found.setdefault(who, []).append((at, leaving[0] if leaving else None))
    return found


# Laws


@given(rows, RULES)
def test_each_stay_is_from_entering_to_leaving(rows, visits):
    times = time_in_stage(rows, as_of=AS_OF, visits=visits, **PLAN)
    assert list(times) == ["talk", "offer"]
    for stage in times:
        finished, still_open = [], []
        for stays in stays_of(rows, stage).values():
            chosen = {"each": [[one] for one in stays], "first": [stays[:1]], "latest": [stays[-1:]]}
            for group in chosen.get(visits, [stays]):
                length = sum(((end or AS_OF) - begin for begin, end in group), timedelta(0))
                (still_open if group[-1][1] is None else finished).append(length)
        here = times[stage]
        assert (here.finished, here.open) == (len(finished), len(still_open))
        assert here.finished_only_mean == (sum(finished, timedelta(0)) / len(finished) if finished else None)
        assert sum(here.counts.open) * timedelta(microseconds=1) == sum(set(still_open), timedelta(0))


@given(rows, RULES, st.sampled_from("abcd"), st.booleans())
def test_any_split_of_the_entities_adds_up(rows, visits, who, listed):
    options = {"as_of": AS_OF, "visits": visits, **PLAN}
    if not listed:
        rows, options = [one for one in rows if one[1] == "talk"], {"as_of": AS_OF, "visits": visits}
    mine, others = [one for one in rows if one[0] == who], [one for one in rows if one[0] != who]
    counts = reduce_time_in_stage(mine, **options) + reduce_time_in_stage(others, **options)
    assert counts == reduce_time_in_stage(rows, **options)
    assert finish_time_in_stage(counts) == time_in_stage(rows, **options)


@given(rows, st.sampled_from("abcd"))
def test_any_split_of_the_entities_adds_up_to_the_same_ages(rows, who):
    mine, others = [one for one in rows if one[0] == who], [one for one in rows if one[0] != who]
    counts = [reduce_stage_age(part, as_of=AS_OF, **PLAN) for part in (mine, others)]
    assert finish_stage_age(counts[0] + counts[1]) == stage_age(rows, as_of=AS_OF, **PLAN)


@given(rows, RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, visits, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    options = {"as_of": AS_OF, "visits": visits, **PLAN}
    assert time_in_stage(iter(shuffled), **options) == time_in_stage(rows, **options)


@given(rows)
def test_the_parts_of_a_breakdown_are_the_results_of_their_entities(rows):
    parts = time_in_stage(rows, as_of=AS_OF, by=str.upper, **PLAN)
    assert isinstance(parts, Breakdown)
    assert parts.total == time_in_stage(rows, as_of=AS_OF, **PLAN)
    ages = stage_age(rows, as_of=AS_OF, by=str.upper, **PLAN)
    assert ages.total == stage_age(rows, as_of=AS_OF, **PLAN)
    for label in parts:
        own = [one for one in rows if one[0].upper() == label]
        assert parts[label] == time_in_stage(own, as_of=AS_OF, **PLAN)
        assert ages[label] == stage_age(own, as_of=AS_OF, **PLAN)


@given(rows)
def test_ages_are_those_of_who_is_there(rows):
    for stage, ages in stage_age(rows, as_of=AS_OF, **PLAN).items():
        there = [AS_OF - stays[-1][0] for stays in stays_of(rows, stage).values() if stays[-1][1] is None]
        assert ages.open == len(there)
        assert ages.oldest == max(there, default=None)
        assert ages.median == (statistics.median(there) if there else None)
        assert ages.mean == (sum(there, timedelta(0)) / len(there) if there else None)
        assert ages.older_than(9 * DAY) == sum(age > 9 * DAY for age in there)
        assert (ages.undefined is None) == bool(there)


# Worked by hand

BACK = [
    row("a", "talk", 0),
    row("a", "offer", 4),
    row("a", "talk", 6),
    row("a", "won", 16),
    row("b", "talk", 20),
]


@pytest.mark.parametrize(
    ("visits", "finished", "still_open"),
    [("each", [4, 10], [10]), ("first", [4], [10]), ("latest", [10], [10]), ("total", [14], [10])],
)
def test_who_was_there_twice(visits, finished, still_open):
    counts = time_in_stage(BACK, as_of=AS_OF, visits=visits, **PLAN)["talk"].counts
    assert sorted(counts.finished) == [days * 86_400_000_000 for days in finished]
    assert sorted(counts.open) == [days * 86_400_000_000 for days in still_open]


def test_a_final_stage_has_no_clock_and_a_process_knows_its_own():
    process = Process.pipeline("sales", stages=["talk", "offer"], won="won", lost="lost")
    assert time_in_stage(BACK, as_of=AS_OF, stages=process) == time_in_stage(BACK, as_of=AS_OF, **PLAN)
    assert list(time_in_stage(BACK, as_of=AS_OF)) == ["offer", "talk", "won"]
    assert list(time_in_stage(BACK, as_of=AS_OF, final=["won"])) == ["offer", "talk"]
    assert stage_age(BACK, as_of=AS_OF, final=["won"])["offer"].undefined == "nobody is in the stage"
    assert list(stage_age(BACK, as_of=AS_OF)) == ["offer", "talk", "won"]


def test_what_is_left_out_is_counted():
    log = [*BACK, row("b", "talk", 25), row("b", "parked", 26), row("b", "won", 40), row("c", "talk", 50)]
    times = time_in_stage(log, as_of=AS_OF, **PLAN)
    counts = times.counts
    assert (counts.entities, counts.other_visits, counts.repeated_rows, counts.after_as_of) == (2, 1, 1, 2)
    assert times["talk"].open == 0
    assert str(times).endswith(
        "2 entities as of 2024-01-31, stays: each, 1 stays in other stages, 1 repeated rows, 2 rows after that"
    )


def test_only_stays_that_began_in_the_period():
    times = time_in_stage(BACK, as_of=AS_OF, period=Period(START + 5 * DAY, START + 10 * DAY), **PLAN)
    assert (times["talk"].finished, times["talk"].open, times["talk"].counts.out_of_period) == (1, 0, 2)
    assert "3 stays out of period" in str(times)
    later = time_in_stage(
        BACK, as_of=AS_OF, visits="total", period=Period(START + 5 * DAY, START + 30 * DAY), **PLAN
    )
    assert (later["talk"].finished, later["talk"].open, later["talk"].counts.out_of_period) == (0, 1, 1)


def test_a_calendar_counts_working_time():
    """From Friday 16:00 to Monday 10:00 two hours are worked."""
    office = WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")
    friday, monday = datetime(2024, 1, 5, 16, tzinfo=UTC), datetime(2024, 1, 8, 10, tzinfo=UTC)
    log = [("a", "talk", friday), ("a", "won", monday), ("b", "talk", monday)]
    times = time_in_stage(log, as_of=monday + DAY, calendar=office)
    assert times["talk"].finished_only_mean == timedelta(hours=2)
    ages = stage_age(log, as_of=monday + DAY, calendar=office)
    assert ages["talk"].median == timedelta(hours=8)


def test_times_are_measured_as_instants():
    """A night on which clocks go back is an hour longer; zones may differ from row to row."""
    berlin, east = ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=8))
    before = datetime(2025, 10, 25, 12, tzinfo=berlin)
    after = datetime(2025, 10, 26, 19, tzinfo=east)
    log = [("a", "talk", before), ("a", "won", after), ("b", "talk", before)]
    times = time_in_stage(log, as_of=datetime(2025, 10, 26, 12, tzinfo=berlin))
    assert times["talk"].finished_only_mean == timedelta(hours=25)
    assert sorted(times["talk"].counts.open) == [25 * 3_600_000_000]


def test_the_stages_of_an_enumeration_come_out_as_text():
    class Stage(StrEnum):
        TALK = "talk"

    times = time_in_stage([("a", Stage.TALK, START)], as_of=AS_OF)
    assert [type(stage) for stage in times] == [str]


class Change(NamedTuple):
    entity: str
    stage: str
    at: date
    owner: str


def test_by_an_attribute_of_the_earliest_row():
    log = [
        Change("a", "talk", START, "Ann"),
        Change("a", "won", START + DAY, "Bob"),
        Change("b", "talk", AS_OF + DAY, "Bob"),
    ]
    parts = time_in_stage(log, as_of=AS_OF, by="owner")
    assert parts["Ann"]["talk"].finished == 1
    assert parts["Bob"].counts.after_as_of == 1


def test_they_show_themselves():
    times, ages = time_in_stage(BACK, as_of=AS_OF, **PLAN), stage_age(BACK, as_of=AS_OF, **PLAN)
    assert isinstance(times, TimeInStage)
    assert repr(times) == "<TimeInStage, each stay, medians: talk 10.0 d, offer 2.0 d>"
    assert str(times).splitlines()[:2] == [
        "stage  left  still there    p25  median    p75",
        "talk      2            1  4.0 d  10.0 d    n/a",
    ]
    assert "<td>10.0 d</td>" in times._repr_html_()
    assert [one["stage"] for one in times.to_rows()] == ["talk", "offer"]
    assert (len(times), len(ages)) == (2, 2)
    assert repr(times.counts) == "<TimeInStageCounts of 2 entities in 2 stages>"
    assert repr(ages) == "<StageAge as of 2024-01-31: talk 1, offer 0>"
    assert str(ages).splitlines() == [
        "stage  open  median    mean  oldest",
        "talk      1  10.0 d  10.0 d  10.0 d",
        "offer     0     n/a     n/a     n/a",
    ]
    assert ages.to_rows()[1] == {
        "stage": "offer",
        "open": 0,
        "median_days": None,
        "mean_days": None,
        "oldest_days": None,
    }
    assert repr(ages["talk"]) == "<Ages of 1: median 10.0 d, oldest 10.0 d>"
    assert "<td>10.0 d</td>" in ages["talk"]._repr_html_()
    assert "<td>talk</td>" in ages._repr_html_()


# Refusals


def test_two_stages_at_one_time_need_an_order():
    """Otherwise nobody can say in which of them the deal is now."""
    log = [row("a", "talk", 0), row("a", "offer", 0)]
    assert time_in_stage(log[::-1], as_of=AS_OF, stages=["talk", "offer"])["offer"].open == 1
    with pytest.raises(
        LogError, match="'a' entered 'talk' and 'offer' at one time, .*give stages= in their order"
    ):
        time_in_stage(log, as_of=AS_OF)
    with pytest.raises(LogError, match="at one time"):
        time_in_stage(log, as_of=AS_OF, stages=["talk"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"visits": "last"},
            ValueError,
            "visits must be one of 'each', 'first', 'latest', 'total', got 'last'",
        ),
        ({"stages": "talk"}, TypeError, "stages must be a sequence of names, got the text 'talk'"),
        ({"final": "won"}, TypeError, "final must be a sequence of names, got the text 'won'"),
        ({"stages": ["talk", "talk"]}, ValueError, "each once, got ('talk', 'talk')"),
        ({"stages": []}, ValueError, "one or more names"),
        (
            {"calendar": WorkingCalendar.weekly(range(5), time(9), time(17), tz="UTC")},
            NaiveTimeError,
            "as_of, where a calendar is given, must be a datetime with a time zone",
        ),
    ],
)
def test_questions_that_make_no_sense_are_refused(options, error, message):
    with pytest.raises(error) as refusal:
        time_in_stage(BACK, as_of=AS_OF, **options)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (("a", "talk"), LogError, "row 2 has 2 fields"),
        (("a", "talk", date(9999, 12, 31)), LogError, "row 2 has datetime.date(9999, 12, 31)"),
        (("a", "talk", datetime(2024, 1, 1)), NaiveTimeError, "row 2 has a naive datetime"),
        (([], "talk", START), LogError, "row 2 names its entity or stage by something"),
        (("a", 7, START + DAY), LogError, "a stage must be named by a text, got 7"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(bad, error, message):
    with pytest.raises(error) as refusal:
        time_in_stage([BACK[0], bad], as_of=AS_OF)
    assert message in str(refusal.value)


def test_a_fault_of_the_caller_is_no_fault_of_a_row():
    def broken():
        yield BACK[0]
        raise KeyError("not about the row")

    with pytest.raises(KeyError):
        time_in_stage(broken(), as_of=AS_OF)


def test_counts_of_different_questions_do_not_add_up():
    first = reduce_time_in_stage(BACK, as_of=AS_OF, visits="first")
    with pytest.raises(ValueError, match="add up only with the same stages, rule and as_of"):
        first + reduce_time_in_stage(BACK, as_of=AS_OF)
    with pytest.raises(TypeError):
        first + 1
    with pytest.raises(
        ValueError, match="ages are those of the latest stays, got counts with visits='first'"
    ):
        finish_stage_age(first)


# Copies


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_they_survive_pickling_and_copying(protocol):
    for one in (time_in_stage(BACK, as_of=AS_OF, **PLAN), stage_age(BACK, as_of=AS_OF, **PLAN)):
        assert pickle.loads(pickle.dumps(one, protocol)) == one
        assert copy.copy(one) == copy.deepcopy(one) == one
        assert copy.deepcopy(one.counts) == one.counts


def test_a_long_shuffled_log_gives_what_a_sorted_one_gives():
    log = [row(who, stage, day) for who in range(300) for day, stage in enumerate(["talk", "offer", "won"])]
    shuffled = random.Random(4).sample(log, len(log))
    assert time_in_stage(shuffled, as_of=AS_OF, **PLAN) == time_in_stage(log, as_of=AS_OF, **PLAN)
