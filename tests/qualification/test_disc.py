"""Styles as somebody saw them: dated, the latest counts, and no step can ask for one."""

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import NaiveTimeError, RecordError, StorageError
from salesproc.qualification import DiscObservation, DiscStyle, disc_styles

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def seen(contact, style, day, **more):
    return DiscObservation(contact, style, MONDAY + timedelta(days=day), **more)


OBSERVATIONS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(DiscStyle), st.integers(0, 30)),
    unique_by=lambda row: (row[0], row[2]),
).map(lambda rows: [seen(*row) for row in rows])


@given(OBSERVATIONS, st.integers(0, 30), st.randoms())
def test_the_latest_up_to_the_day_counts_in_any_order(observations, day, random):
    as_of = MONDAY + timedelta(days=day)
    shuffled = random.sample(observations, len(observations))
    known = sorted((one for one in observations if one.at <= as_of), key=lambda one: one.at)
    assert disc_styles(shuffled, as_of=as_of) == {one.contact: one for one in known}


def test_people_are_seen_in_another_light_later():
    early, late = seen("Lin Wei", "influence", 0), seen("Lin Wei", "dominance", 5)
    tomorrow = seen("Lin Wei", "compliance", 10)
    assert disc_styles([late, early, tomorrow], as_of=late.at) == {"Lin Wei": late}
    assert disc_styles([late, early], as_of=early.at) == {"Lin Wei": early}


def test_the_same_said_twice_at_once_is_said_once():
    first = seen("Lin Wei", "dominance", 3, by="sara")
    other = DiscObservation(
        "Lin Wei", "dominance", first.at.astimezone(timezone(timedelta(hours=8))), by="omar"
    )
    assert disc_styles([seen("Lin Wei", "influence", 1), first, other], as_of=first.at) == {"Lin Wei": first}


def test_an_observation_goes_through_json_and_pickle():
    one = seen("Lin Wei", "steadiness", 0, by="sara", note="waited for the others to speak")
    assert DiscObservation.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: seen("Lin Wei", "red", 0),
            ValueError,
            "there is no style of DISC 'red'; known: 'dominance', 'influence', 'steadiness', 'compliance'",
        ),
        (
            lambda: DiscObservation("Lin Wei", "influence", datetime(2026, 3, 2)),
            NaiveTimeError,
            (
                "at must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for example "
                "tzinfo=datetime.UTC"
            ),
        ),
        (
            lambda: disc_styles([], as_of=datetime(2026, 3, 2)),
            NaiveTimeError,
            (
                "as_of must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for example "
                "tzinfo=datetime.UTC"
            ),
        ),
        (
            lambda: disc_styles(
                [seen("Lin Wei", "influence", 0), seen("Lin Wei", "dominance", 0)], as_of=MONDAY
            ),
            RecordError,
            "Lin Wei is influence and dominance at 2026-03-02 09:00:00+00:00; keep one of the two",
        ),
        (
            lambda: DiscObservation.from_dict(
                {"contact": "Lin Wei", "style": "calm", "at": "2026-03-02T09:00:00+00:00"}
            ),
            StorageError,
            "$.style: 'calm' is no DiscStyle: 'calm' is not a valid DiscStyle",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
