"""The steps on the ladder are recorded, can be replayed, and lead where the assessment says."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.loyalty import assess, climb
from salesproc.stages import LOYALTY_LADDER, WIN_BACK, Journey, LadderStage, TransitionRefused

START = date(2024, 1, 1)
DAYS = st.integers(0, 700).map(lambda n: START + timedelta(days=n))
MONTHLY = [START + timedelta(days=30 * n) for n in range(12)]


def noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def on_the_ladder(day=START):
    return LOYALTY_LADDER.start("ann", at=noon(day))


def steps(journey):
    return [(change.event, str(change.stage)) for change in journey.history]


@given(
    st.lists(DAYS, min_size=1, max_size=20),
    st.lists(st.tuples(DAYS, st.sampled_from([0.5, 1])), max_size=5),
    st.lists(DAYS, max_size=4),
    st.lists(st.integers(0, 700), min_size=1, max_size=6),
)
def test_the_journey_is_where_the_assessment_is_and_can_be_replayed(purchases, wallet, referrals, reviews):
    """At every review, whatever the evidence; and the process accepts the record again, requirements and all."""
    first = min(purchases)
    journey = on_the_ladder(first)
    for days in sorted(reviews):
        review = first + timedelta(days=days)
        found = assess(purchases, as_of=review, wallet=wallet, referrals=referrals)
        journey = climb(journey, found, at=noon(review), by="review")
        assert journey.stage == found.tier
        assert climb(journey, found, at=noon(review)) == journey
    assert LOYALTY_LADDER.replay(journey.history) == journey


def test_up_to_the_top_and_down_again():
    journey = on_the_ladder()
    top = assess(
        MONTHLY, as_of=date(2024, 12, 1), wallet=[(date(2024, 6, 1), 1)], referrals=[date(2024, 7, 1)]
    )
    journey = climb(journey, top, at=noon(date(2024, 12, 1)), by="review")
    assert steps(journey)[1:] == [
        ("buy_again", "repeat"),
        ("become_regular", "regular"),
        ("become_supporter", "supporter"),
        ("become_advocate", "advocate"),
    ]
    assert journey.history[-1].by == "review"
    assert journey.history[-1].evidence["exclusive"] is True
    silent = assess(MONTHLY, as_of=date(2025, 5, 1), wallet=[(date(2024, 6, 1), 1)])
    journey = climb(journey, silent, at=noon(date(2025, 5, 1)))
    assert steps(journey)[5:] == [
        ("fall_back", "supporter"),
        ("fall_back", "regular"),
        ("fall_back", "repeat"),
    ]
    assert {change.reason for change in journey.history[5:]} == {
        "days since the last: 156, at most 90 is needed"
    }


def test_the_stages_of_a_stored_journey_are_text():
    journey = Journey.from_dict(on_the_ladder().to_dict())
    found = assess(MONTHLY, as_of=date(2024, 12, 1))
    assert climb(journey, found, at=noon(date(2024, 12, 1))).stage is LadderStage.REGULAR


def test_who_departed_returns_when_they_buy_again():
    """Being assessed brings nobody back; a purchase on a later day does."""
    left = START + timedelta(days=100)
    journey = LOYALTY_LADDER.step(on_the_ladder(), "depart", at=noon(left), reason="service").unwrap()
    later = START + timedelta(days=200)
    still = assess([START, left], as_of=later)
    assert climb(journey, still, at=noon(later)) is journey
    back = assess([START, left, left + timedelta(days=1)], as_of=later)
    journey = climb(journey, back, at=noon(later))
    assert steps(journey)[1:] == [("depart", "departed"), ("return", "customer"), ("buy_again", "repeat")]


def test_refusals():
    with pytest.raises(
        ValueError, match="ann has no purchase up to 2024-01-01: there is no rung to climb to"
    ):
        climb(on_the_ladder(), assess([], as_of=START), at=noon(START))
    twice = assess(MONTHLY[:2], as_of=date(2024, 3, 1))
    journey = climb(on_the_ladder(), twice, at=noon(date(2024, 3, 1)))
    with pytest.raises(TransitionRefused, match="'fall_back' cannot be taken from 'repeat'"):
        climb(journey, assess(MONTHLY[:1], as_of=date(2024, 3, 2)), at=noon(date(2024, 3, 2)))
    regular = assess(MONTHLY, as_of=date(2024, 12, 1))
    late = climb(on_the_ladder(), twice, at=noon(regular.as_of))
    with pytest.raises(TransitionRefused, match="before the last change"):
        climb(late, regular, at=noon(regular.as_of) - timedelta(hours=1))
    with pytest.raises(ValueError, match="the assessment is of 2024-12-01, after at=2024-01-01"):
        climb(journey, regular, at=noon(START))
    with pytest.raises(ValueError, match="is no journey on the loyalty ladder"):
        climb(WIN_BACK.start("ann", at=noon(START))._replace(stage="met"), regular, at=noon(regular.as_of))
