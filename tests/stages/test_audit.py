"""Somebody else's log, with every kind of dirt."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import NaiveTimeError
from salesproc.stages import SIX_STEP_SALE, FindingKind, Process, Stage, StageKind, Transition, audit

T0 = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(day):
    return T0 + timedelta(days=day)


SALE = Process(
    "sale",
    stages=[Stage("new"), Stage("talk"), Stage("offer"), Stage("won", kind=StageKind.WON), Stage("lost", kind=StageKind.LOST)],
    transitions=[
        Transition("talk", "new", "talk"),
        Transition("offer", "talk", "offer"),
        Transition("win", "offer", "won"),
        Transition("lose", Process.any_open, "lost"),
        Transition("reopen", "lost", "new", reopens=True),
    ],
)  # fmt: skip

DIRTY = [
    ("A", "new", at(0)),  # 1: a clean journey, A
    ("A", "talk", at(1)),
    ("A", "offer", at(2)),
    ("A", "won", at(3)),
    ("B", "new", at(0)),  # 5: B skips a stage
    ("B", "offer", at(1)),
    ("C", "talk", at(0)),  # 7: C has no creation
    ("D", "new", at(0)),  # 8: D has a stage nobody knows
    ("D", "tlak", at(1)),
    ("D", "talk", at(2)),
    ("E", "new", at(5)),  # 11: E runs backwards
    ("E", "talk", at(1)),
    ("F", "new", at(0)),  # 13: F says a thing twice
    ("F", "new", at(0)),
    ("F", "talk", at(1)),
    ("G", "new", at(0)),  # 16: G goes on after the end
    ("G", "lost", at(1)),
    ("G", "talk", at(2)),
    ("H", "new", at(0)),  # 19: H moves back, which the process does not allow
    ("H", "talk", at(1)),
    ("H", "new", at(2)),
    (None, "new", at(0)),  # 22: rows that cannot be read
    ("I", "", at(0)),
    ("I", "new", "2026-03-02"),
    ("short",),
    7,
    ("J", "new", at(3)),  # 27: says the same stage at an earlier time
    ("J", "new", at(2)),
    ("K", "wno", at(0)),  # 29: nothing is left of K
]

EXPECTED = {
    ("B", 6): FindingKind.SKIPPED_STAGE,
    ("C", 7): FindingKind.NO_CREATION,
    ("D", 9): FindingKind.UNKNOWN_STAGE,
    ("E", 12): FindingKind.TIME_BACKWARDS,
    ("F", 14): FindingKind.DUPLICATE,
    ("G", 18): FindingKind.AFTER_END,
    ("H", 21): FindingKind.ILLEGAL_MOVE,
    ("None", 22): FindingKind.UNREADABLE,
    ("I", 23): FindingKind.UNREADABLE,
    ("I", 24): FindingKind.UNREADABLE,
    ("short", 25): FindingKind.UNREADABLE,
    ("", 26): FindingKind.UNREADABLE,
    ("J", 28): FindingKind.TIME_BACKWARDS,
    ("K", 29): FindingKind.UNKNOWN_STAGE,
}


def test_every_kind_of_dirt_is_found_with_its_row():
    report = audit(DIRTY, SALE)
    assert {(one.entity, one.row): one.kind for one in report.findings} == EXPECTED
    assert len(report.findings) == len(EXPECTED)
    assert report.rows == len(DIRTY)
    assert report.entities == 10


def test_counts_list_every_kind_and_add_up():
    report = audit(DIRTY, SALE)
    assert list(report.counts) == list(FindingKind)
    assert sum(report.counts.values()) == len(report.findings)
    assert (report.conforming.hits, report.conforming.trials) == (
        2,
        10,
    )  # A, and F, which only repeats itself


def test_findings_say_what_exactly():
    report = audit(DIRTY, SALE)
    details = {one.row: one.detail for one in report.findings}
    assert details[6] == "from 'new' to 'offer' without 'talk'"
    assert details[7] == "its first row is in 'talk', a journey begins in 'new'"
    assert details[9] == "'tlak'; did you mean 'talk'?"
    assert details[14] == "it is in 'new' already, since row 13"
    assert details[18] == "from 'lost', which is final, to 'talk'"
    assert details[25] == "a row begins with entity, stage and time, got ('short',)"
    assert str(report.of("B")[0]) == "row 6, B: skipped stage: from 'new' to 'offer' without 'talk'"
    assert report.to_rows()[0]["row"] == 22


def test_nothing_is_lost_between_clean_rows_and_findings():
    """Every row is kept, or named by a finding of a kind that leaves it out."""
    report = audit(DIRTY, SALE)
    kept = {row for rows in report.clean.values() for _, _, row in rows}
    assert kept | {one.row for one in report.findings} == set(range(1, len(DIRTY) + 1))


def test_the_cleaned_journeys_keep_what_happened():
    journeys = audit(DIRTY, SALE).journeys
    assert SALE.replay(journeys["A"].history) == journeys["A"]
    assert [change.stage for change in journeys["D"].history] == ["new", "talk"]
    assert [change.stage for change in journeys["E"].history] == ["new"]
    assert [change.event for change in journeys["B"].history] == [None, None]
    assert "K" not in journeys
    assert "I" not in journeys


def test_the_summary_is_for_people():
    assert audit(DIRTY, SALE).summary().splitlines() == [
        "29 rows, 10 entities, 2 of them conforming",
        "  unreadable row             5",
        "  unknown stage              2",
        "  duplicate                  1",
        "  no creation                1",
        "  time runs backwards        2",
        "  skipped stage              1",
        "  illegal move               1",
        "  move after the end         1",
    ]
    assert repr(audit([], SALE)).startswith("<AuditReport 0 rows, 0 findings, ")


def test_an_empty_log_has_no_share_of_conforming_journeys():
    report = audit([], SALE)
    assert report.conforming.value is None
    assert report.journeys == {}


def test_rows_in_any_order_are_sorted_when_asked_for():
    shuffled = DIRTY[:4]
    random.Random(3).shuffle(shuffled)
    assert audit(shuffled, SALE, order="time").findings == ()
    assert audit(shuffled, SALE).findings != ()


def test_reopening_is_no_move_after_the_end():
    log = [("A", "new", at(0)), ("A", "lost", at(1)), ("A", "new", at(2))]
    assert audit(log, SALE).findings == ()


def test_dates_and_naive_times_can_be_audited_but_make_no_journeys():
    for times in ([date(2026, 3, 2), date(2026, 3, 3)], [datetime(2026, 3, 2), datetime(2026, 3, 3)]):
        log = [("A", "new", times[0]), ("A", "talk", times[1])]
        report = audit(log, SALE, order="time")
        assert report.findings == ()
        with pytest.raises(NaiveTimeError, match="row 1 has .*read the log with a time zone"):
            _ = report.journeys
    back = [("A", "new", date(2026, 3, 3)), ("A", "talk", date(2026, 3, 2))]
    assert audit(back, SALE).findings[0].kind is FindingKind.TIME_BACKWARDS


def test_two_kinds_of_time_in_one_log_are_refused_with_the_row():
    log = [("A", "new", at(0)), ("A", "talk", datetime(2026, 3, 3))]
    with pytest.raises(NaiveTimeError, match="row 2 has a naive time, the rows before it an aware time"):
        audit(log, SALE)
    with pytest.raises(NaiveTimeError, match="row 2 has a date"):
        audit([("A", "new", at(0)), ("A", "talk", date(2026, 3, 3))], SALE)


def test_the_hour_that_happens_twice_does_not_run_backwards():
    berlin = ZoneInfo("Europe/Berlin")
    log = [
        ("A", "new", datetime(2026, 10, 25, 2, 50, tzinfo=berlin, fold=0)),
        ("A", "talk", datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)),
    ]
    assert audit(log, SALE).findings == ()
    assert audit(log, SALE, order="time").findings == ()


def test_a_move_that_no_way_leads_to_is_illegal_not_skipped():
    log = [("A", "prospect", at(0)), ("A", "contact", at(1)), ("A", "prospect", at(2))]
    assert audit(log, SIX_STEP_SALE).findings[0].kind is FindingKind.ILLEGAL_MOVE


STAGES = st.sampled_from(["new", "talk", "offer", "won", "lost", "tlak"])
ROWS = st.lists(st.tuples(st.sampled_from("AB"), STAGES, st.integers(0, 5).map(at)), max_size=12)


@given(ROWS)
def test_a_clean_journey_never_runs_backwards_and_never_repeats_a_stage(log):
    report = audit(log, SALE)
    for journey in report.journeys.values():
        times = [change.at for change in journey.history]
        stages = [change.stage for change in journey.history]
        assert times == sorted(times)
        assert all(a != b for a, b in pairwise(stages))


@given(ROWS)
def test_a_second_audit_of_the_clean_rows_finds_no_dirt_that_was_left_out(log):
    first = audit(log, SALE)
    again = audit([(entity, *row[:2]) for entity, rows in first.clean.items() for row in rows], SALE)
    kept = {FindingKind.NO_CREATION, FindingKind.SKIPPED_STAGE, FindingKind.ILLEGAL_MOVE}
    assert {one.kind for one in again.findings} <= kept
    assert [again.counts[kind] for kind in kept] == [first.counts[kind] for kind in kept]


@given(ROWS, st.randoms(use_true_random=False))
def test_entities_are_judged_apart(log, rng):
    """How the rows of several entities are woven together does not matter."""
    apart = sorted(log, key=lambda row: row[0])
    assert audit(log, SALE).counts == audit(apart, SALE).counts


class Row(NamedTuple):
    entity: str
    stage: str
    at: datetime
    dated: bool


def test_a_row_that_says_only_the_day_is_not_before_another_of_that_day():
    midnight = T0.replace(hour=0)
    log = [Row("A", "new", T0, False), Row("A", "talk", midnight, True)]
    report = audit(log, SALE)
    assert report.findings == ()
    assert [change.at for change in report.journeys["A"].history] == [T0, T0]
    assert audit([Row("A", "new", T0, False), Row("A", "talk", midnight, False)], SALE).findings != ()
    before = [Row("A", "new", T0, False), Row("A", "talk", midnight - timedelta(days=1), True)]
    assert audit(before, SALE).findings != ()


def test_the_clean_log_is_what_the_metrics_take():
    report = audit(DIRTY, SALE)
    assert len(report.clean_log) == sum(map(len, report.clean.values()))
    assert ("A", "won", at(3)) in report.clean_log
    assert audit(report.clean_log, SALE).counts[FindingKind.DUPLICATE] == 0


def test_a_log_that_stands_newest_first_is_told_so():
    log = [("A", "talk", at(3)), ("A", "new", at(2)), ("A", "new", at(1))]
    assert audit(log, SALE).summary().splitlines()[-1].endswith("say order='time'")


class Stamp(datetime):
    """As dataframes have it: a datetime of their own."""


class Name(str):  # noqa: SLOT000 - any subclass will do
    """As an application may have it: text of its own."""


def test_times_and_names_of_a_subclass_are_no_other_kind():
    stamp = Stamp(2026, 3, 3, tzinfo=UTC)
    assert audit([(Name("A"), "new", T0), ("A", "talk", stamp), ("A", "offer", at(4))], SALE).findings == ()


def test_a_placeholder_is_no_time():
    """What the metrics refuse is found here first, so that the cleaned log can be measured."""
    log = [("a", "new", date(2026, 1, 1)), ("a", "won", date(9999, 12, 31)), ("b", "new", date(1900, 1, 1))]
    process = Process.pipeline("sale", stages=["new"], won="won", lost="lost")
    report = audit(log, process)
    assert [(finding.row, finding.kind) for finding in report.findings] == [
        (2, FindingKind.UNREADABLE),
        (3, FindingKind.UNREADABLE),
    ]
    assert "the time is 9999-12-31, which is a placeholder and no real date" in str(report.findings[0])
    assert report.clean_log == [("a", "new", date(2026, 1, 1))]


def test_an_order_there_is_none_of_is_refused():
    with pytest.raises(ValueError, match="there is no order 'tme'; did you mean 'time'"):
        audit([], Process.pipeline("sale", stages=["new"], won="won", lost="lost"), order="tme")
