"""What came of win-back cases, by how soon somebody reacted; held against the journeys themselves."""

import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Rate
from salesproc.loyalty import (
    WinBackCounts,
    finish_win_back_report,
    may_ask_for_referral,
    reduce_win_back_report,
    win_back_report,
)
from salesproc.metrics import time_to_convert
from salesproc.records import ChurnReason
from salesproc.stages import WIN_BACK, WinBack
from salesproc.testing.strategies import journeys

LEFT = datetime(2025, 3, 3, 9, tzinfo=UTC)
REVIEW = datetime(2025, 12, 31, tzinfo=UTC)
DAY = timedelta(days=1)
STAGES = st.sampled_from(list(WinBack))
ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), STAGES, st.integers(0, 80).map(lambda n: date(2025, 1, 1) + n * DAY)),
    max_size=16,
)
AS_OF = date(2025, 3, 1)


@given(ROWS)
def test_every_case_has_one_outcome_and_one_reaction(rows):
    found = win_back_report(rows, as_of=AS_OF)
    known = [row for row in rows if row[2] <= AS_OF]
    cases = {row[0] for row in known}
    assert found.recovered + found.lost + found.running == len(cases)
    assert found.counts.after_as_of == len(rows) - len(known)
    reactions = found.reactions
    left = {who for who, stage, _ in known if stage == WinBack.DEPARTED}
    assert reactions.finished + reactions.lost + reactions.open == len(left)
    rows_of = found.by_reaction()
    assert sum(row.recovered + row.lost + row.running for row in rows_of) == len(cases)
    assert sum((row.rate for row in rows_of), Rate(0, 0)) == found.rate
    unknown = [row for row in rows_of if row.reaction == "not known"]
    assert sum(row.recovered + row.lost + row.running for row in unknown) == len(cases - left)


@given(ROWS, st.frozensets(st.sampled_from("abcd")))
def test_counts_of_different_cases_add_up(rows, mine):
    parts = [
        reduce_win_back_report([row for row in rows if (row[0] in mine) is side], as_of=AS_OF)
        for side in (True, False)
    ]
    whole = reduce_win_back_report(iter(rows), as_of=AS_OF)
    assert parts[0] + parts[1] == whole
    assert finish_win_back_report(whole) == win_back_report(reversed(rows), as_of=AS_OF)


@given(st.lists(journeys(WIN_BACK), max_size=6))
def test_the_changes_of_journeys_are_such_rows(cases):
    """Each journey ends where the report says; the first reaction is a request to meet, as `time_to_convert` times it."""
    log = [
        (number, change.stage, LEFT + place * DAY, *change[3:])
        for number, case in enumerate(cases)
        for place, change in enumerate(case.history)
    ]
    review = LEFT + 99 * DAY
    found = win_back_report(log, as_of=review)
    ends = Counter(case.stage for case in cases)
    assert (found.recovered, found.lost) == (ends[WinBack.RECOVERED], ends[WinBack.LOST])
    asked = time_to_convert(log, WinBack.DEPARTED, WinBack.MEETING_REQUESTED, as_of=review)
    assert found.counts.reactions.finished == asked.counts.finished


def case(who, *steps, left=LEFT, reason=None):
    """The rows of a case: where it went how many days after the customer left."""
    journey = WIN_BACK.start(who, at=left, reason=reason)
    for event, days, why in steps:
        journey = WIN_BACK.step(
            journey, event, at=left + days * DAY, reason=why, evidence={"offer": "better terms"}
        ).unwrap()
    return journey


def won(who, days, reason="service"):
    return case(
        who,
        ("request_meeting", days, None),
        ("meet", days, None),
        ("learn_reason", days, reason),
        ("offer", days, None),
        ("recover", days + 1, None),
    )


def cases():
    return [
        won("quick", 0.5),
        won("in a week", 7),
        case("slow", ("request_meeting", 8, None), ("give_up", 20, "no answer")),
        case("too late", ("request_meeting", 31, None), ("visit", 40, None), ("learn_reason", 40, "neglect")),
        case("never", ("give_up", 60, "not worth it"), reason="better_terms"),
        case("yesterday", left=REVIEW - DAY),
        case("again", ("give_up", 2, "no answer"), ("try_again", 20, None)),
    ]


def log():
    return [change for one in cases() for change in one.history]


def test_the_report_of_seven_cases():
    found = win_back_report(log(), as_of=REVIEW)
    assert str(found) == (
        "reaction           recovered  lost  running    rate\n"
        "within 1 day               1     0        0  100.0%\n"
        "within 7 days              1     0        0  100.0%\n"
        "within 30 days             0     1        1    0.0%\n"
        "later                      0     0        1     n/a\n"
        "none yet or never          0     1        1    0.0%\n"
        "won back 50.0% (2 of 4), 3 running"
    )
    assert (found.reactions.finished, found.reactions.lost, found.reactions.open) == (5, 1, 1)
    assert {row.cause: row.cases for row in found.reasons} == {
        "service": 2,
        "neglect": 1,
        "better_terms": 1,
        None: 3,
    }
    assert repr(found) == "<WinBackReport: 50.0% (2 of 4) won back, 3 running>"
    assert found.undefined is None
    row = found.to_rows()[0]
    assert (row["rate"], row["high"], row["reaction"]) == (1.0, 1.0, "within 1 day")
    assert found.to_rows()[3]["low"] is None
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_review_in_between_knows_only_what_had_happened():
    early = win_back_report(log(), as_of=LEFT + 5 * DAY)
    assert (early.recovered, early.lost, early.running) == (1, 1, 4)
    assert early.counts.after_as_of == 13
    nothing = win_back_report([], as_of=REVIEW)
    assert (nothing.undefined, len(nothing.reasons)) == ("no case has come to an end", 0)


def test_the_limits_are_the_callers():
    found = win_back_report(log(), as_of=REVIEW, limits=[DAY / 2, 10 * DAY])
    assert [row.reaction for row in found.by_reaction()] == [
        "within 0.5 days",
        "within 10 days",
        "later",
        "none yet or never",
    ]
    assert [row.recovered for row in found.by_reaction()] == [1, 1, 0, 0]


def test_a_case_that_was_never_seen_to_leave_has_no_time_of_reaction():
    found = win_back_report([("ann", "recovered", date(2025, 1, 9))], as_of=AS_OF)
    assert found.by_reaction()[-1] == ("not known", 1, 0, 0, Rate(1, 1))
    assert found.reactions.finished == 0


def test_at_one_time_the_end_comes_last():
    day = date(2025, 1, 9)
    rows = [("ann", "lost for good", day), ("ann", "meeting requested", day), ("ann", "departed", day)]
    found = win_back_report(rows, as_of=AS_OF)
    assert (found.lost, found.reactions.finished) == (1, 1)


def test_only_who_no_longer_needs_it_is_asked_to_recommend():
    """Learned in the talk, or noted when they left; what was learned is the later word."""
    assert may_ask_for_referral(won("ann", 1, ChurnReason.NO_LONGER_NEEDED))
    assert may_ask_for_referral(case("ann", reason="no_longer_needed"))
    assert not may_ask_for_referral(won("ann", 1, ChurnReason.BETTER_TERMS))
    assert not may_ask_for_referral(case("ann"))
    changed = case(
        "ann",
        ("request_meeting", 1, None),
        ("meet", 2, None),
        ("learn_reason", 2, "service"),
        reason="no_longer_needed",
    )
    assert not may_ask_for_referral(changed)


def test_refusals():
    with pytest.raises(
        LogError, match="row 1 is in stage 'departd', which 'win-back' does not have; did you mean 'departed'"
    ):
        win_back_report([("ann", "departd", AS_OF)], as_of=AS_OF)
    with pytest.raises(LogError, match="row 1 is no row of case, stage, time"):
        win_back_report([("ann", "departed")], as_of=AS_OF)
    with pytest.raises(NaiveTimeError, match="row 1"):
        win_back_report([("ann", "departed", LEFT)], as_of=AS_OF)
    for limits in ([DAY, DAY], [2 * DAY, DAY]):
        with pytest.raises(ValueError, match="limits must rise, got"):
            win_back_report([], as_of=AS_OF, limits=limits)
    with pytest.raises(ValueError, match="a limit must be above 0, got"):
        win_back_report([], as_of=AS_OF, limits=[timedelta(0)])
    with pytest.raises(
        TypeError, match=r"a limit must be a timedelta, for example timedelta\(days=30\), got 1"
    ):
        win_back_report([], as_of=AS_OF, limits=[1, 7])
    with pytest.raises(ValueError, match="counts add up only with the same limits"):
        WinBackCounts() + WinBackCounts(limits=(DAY,))
    with pytest.raises(TypeError):
        WinBackCounts() + 1
