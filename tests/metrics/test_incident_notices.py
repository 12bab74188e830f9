"""How long until a customer is told, and those whom nobody told."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError
from salesproc.metrics import (
    IncidentNotice,
    finish_durations,
    reduce_time_until_told,
    time_until_told,
)

START = date(2026, 3, 1)
REVIEW = START + timedelta(days=30)


def on(day):
    return START + timedelta(days=day)


@st.composite
def notices(draw):
    known = draw(st.integers(0, 35))
    told = draw(st.none() | st.integers(known, 40))
    kind = draw(st.sampled_from(["late", "recall"]))
    return IncidentNotice(draw(st.sampled_from("abc")), kind, on(known), None if told is None else on(told))


@given(st.lists(notices(), max_size=12))
def test_every_notice_is_told_waiting_or_after_the_review(rows):
    counts = reduce_time_until_told(rows, as_of=REVIEW)
    seen = [row for row in rows if row.known_at <= REVIEW]
    assert counts.after_as_of == len(rows) - len(seen)
    told = [row for row in seen if row.told_at is not None and row.told_at <= REVIEW]
    microsecond = timedelta(microseconds=1)
    assert Counter(counts.finished) == Counter((row.told_at - row.known_at) // microsecond for row in told)
    waiting = Counter((REVIEW - row.known_at) // microsecond for row in seen if row not in told)
    assert Counter(counts.open) == waiting


@given(st.lists(notices(), max_size=8), st.lists(notices(), max_size=8))
def test_the_kinds_add_up_to_the_whole(north, south):
    whole = time_until_told(north + south, as_of=REVIEW)
    assert (
        finish_durations(
            reduce_time_until_told(north, as_of=REVIEW) + reduce_time_until_told(south, as_of=REVIEW)
        )
        == whole
    )
    by_kind = time_until_told(north + south, as_of=REVIEW, by=lambda row: row.kind)
    assert by_kind.total == whole
    for kind, part in by_kind.items():
        assert part == time_until_told([row for row in north + south if row.kind == kind], as_of=REVIEW)


def test_those_nobody_told_keep_the_time_honest():
    """One was told within a day and nine are waiting: the median is not a day."""
    rows = [("a", "late", on(0), None)] * 9 + [("b", "late", on(0), on(1))]
    found = time_until_told(rows, as_of=REVIEW)
    assert (found.median, found.finished_only_median) == (None, timedelta(days=1))
    assert (found.finished, found.open) == (1, 9)


def test_who_is_told_after_the_review_is_not_told_yet():
    found = time_until_told([IncidentNotice("a", "late", on(2), on(31))], as_of=REVIEW)
    assert (found.finished, found.open) == (0, 1)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    aware = time_until_told(
        [["a", "late", noon, noon + timedelta(hours=1), "more"]], as_of=noon + timedelta(days=1)
    )
    assert aware.median == timedelta(hours=1)


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (("a", "late", on(1)), LogError, "notice 1 is no row of customer, kind, known_at, told_at"),
        (("", "late", on(1), None), LogError, "notice 1 names no customer"),
        (
            ("a", "late", on(3), on(2)),
            LogError,
            "notice 1 was told at 2026-03-03, before we knew at 2026-03-04",
        ),
        (("a", "late", None, None), NaiveTimeError, "notice 1 has no time: None"),
        (("a", "late", on(3), datetime(2026, 3, 5)), NaiveTimeError, "notice 1 has a naive datetime"),
    ],
)
def test_refusals(row, error, message):
    with pytest.raises(error, match=message):
        time_until_told([row], as_of=REVIEW)
