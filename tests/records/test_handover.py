"""A hand-over is decided once, and keeps its times."""

from datetime import UTC, datetime, timedelta

import pytest

from salesproc.errors import LogError
from salesproc.records import HAND_OVER, HandOver, HandOverStage, LeadId, RecycleReason, RejectReason
from salesproc.stages import TransitionRefused

T0 = datetime(2026, 3, 1, 9, tzinfo=UTC)
T1 = T0 + timedelta(hours=5)
DECISIONS = {
    "accept": lambda one, at=T1, by="sara": one.accept(at=at, by=by),
    "reject": lambda one, at=T1, by="sara": one.reject(reason=RejectReason.CLERICAL, at=at, by=by),
    "recycle": lambda one, at=T1, by="sara": one.recycle(reason=RecycleReason.NOT_NOW, at=at, by=by),
}
OUTCOMES = {
    "accept": ("accepted", None),
    "reject": ("rejected", "clerical"),
    "recycle": ("recycled", "not_now"),
}


def passed():
    return HandOver.submit(LeadId("L-1"), sender="omar", receiver="sara", at=T0)


def test_an_undecided_hand_over_has_no_decision():
    one = passed()
    assert (one.lead_id, one.sender, one.receiver, one.submitted_at) == ("L-1", "omar", "sara", T0)
    assert (one.outcome, one.decided_at, one.decided_by, one.reason) == (
        HandOverStage.SUBMITTED,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_keeps_both_times_who_and_why(verb):
    one = DECISIONS[verb](passed())
    assert (one.outcome, one.reason) == OUTCOMES[verb]
    assert (one.submitted_at, one.decided_at, one.decided_by) == (T0, T1, "sara")
    assert (one.sender, one.receiver) == ("omar", "sara")


@pytest.mark.parametrize("first", DECISIONS)
@pytest.mark.parametrize("second", DECISIONS)
def test_a_hand_over_is_decided_once(first, second):
    """Nobody accepts what somebody else has given back."""
    with pytest.raises(TransitionRefused, match=f"'{second}' cannot be taken from .*: nothing, it is final"):
        DECISIONS[second](DECISIONS[first](passed()))


@pytest.mark.parametrize("verb", DECISIONS)
def test_a_decision_has_a_name_to_it_and_comes_after(verb):
    with pytest.raises(TransitionRefused, match="by is missing"):
        DECISIONS[verb](passed(), by="")
    with pytest.raises(TransitionRefused, match="before the last change"):
        DECISIONS[verb](passed(), at=T0 - timedelta(seconds=1))


def test_giving_a_lead_back_needs_a_reason():
    with pytest.raises(TransitionRefused, match="reason is missing"):
        passed().reject(reason="", at=T1, by="sara")


def test_a_stored_hand_over_is_judged_again():
    stored = passed().accept(at=T1, by="sara").to_dict()
    stored["journey"]["history"][1]["by"] = None
    with pytest.raises(LogError, match="by is missing"):
        HandOver.from_dict(stored)


def test_the_hand_over_is_a_process_like_any_other():
    assert HAND_OVER.replay(passed().journey.history) == passed().journey


def test_a_hand_over_says_what_it_is_in_one_line():
    assert repr(passed()) == "<HandOver of L-1 from omar to sara, submitted>"
