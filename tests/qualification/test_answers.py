"""The record of what was found out: the last answer counts, the earlier ones stay."""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, NaiveTimeError, Rate, RecordError, StorageError, UnknownName
from salesproc.qualification import (
    BANT,
    NEED_AND_MEANS,
    SPICED,
    Answer,
    AnswerState,
    Gap,
    Qualification,
)
from salesproc.records import SAL, Contact, Lead, LeadId

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
VALUES = st.one_of(
    st.none(), st.integers(), st.text(), st.decimals(allow_nan=False, allow_infinity=False), st.dates()
)


@st.composite
def qualifications(draw):
    """Answers to any criterion of SPICED, one after the other."""
    record = Qualification("D-1", SPICED)
    for hour in range(draw(st.integers(0, 8))):
        record = record.answered(
            draw(st.sampled_from(SPICED.names)),
            draw(st.sampled_from(AnswerState)),
            at=MONDAY + timedelta(hours=hour),
            by=draw(st.sampled_from([None, "sara"])),
            value=draw(VALUES),
        )
    return record


@given(qualifications())
def test_the_last_answer_counts_and_the_earlier_ones_stay(record):
    last = {one.criterion: one.state for one in record.answers}
    assert record.states == {name: last.get(name, "unknown") for name in SPICED.names}
    answered = [name for name in SPICED.names if record.state(name) != "unknown"]
    assert record.completeness == Rate(len(answered), 5)
    assert record.gaps == tuple(Gap(name, state) for name, state in record.states.items() if state != "met")
    assert (
        (record.needed == ())
        == (record.met is True)
        == all(state == "met" for state in record.states.values())
    )


@given(qualifications())
def test_a_record_goes_through_json_pickle_and_copy(record):
    assert Qualification.from_dict(json.loads(json.dumps(record.to_dict()))) == record
    assert pickle.loads(pickle.dumps(record)) == record
    assert copy.deepcopy(record) == record


@given(qualifications())
def test_the_evidence_is_what_is_known(record):
    assert record.evidence() == {
        name: str(state) for name, state in record.states.items() if state != "unknown"
    }
    assert all(
        record.holds(name) is {"met": True, "unknown": None}.get(state, False)
        for name, state in record.states.items()
    )


def test_a_copy_is_returned_and_the_record_stays():
    empty = Qualification("L-1", BANT)
    asked = empty.answered(
        "budget", "met", at=MONDAY, by="omar", value=Money(9000, "EUR"), note="said so on the phone"
    )
    assert empty.answers == ()
    assert asked.latest("budget") == Answer(
        "budget", AnswerState.MET, MONDAY, Money(9000, "EUR"), "said so on the phone", "omar"
    )
    assert asked.latest("need") is None
    again = asked.answered("budget", "unknown", at=MONDAY)
    assert [one.state for one in again.answers] == ["met", "unknown"]
    assert again.completeness == Rate(0, 4)


def test_the_gaps_and_those_the_rule_needs():
    """Three of four are enough: the fourth is a gap, and not needed."""
    record = (
        Qualification("L-1", BANT).answered("budget", "met", at=MONDAY).answered("need", "met", at=MONDAY)
    )
    open_ones = (Gap("authority", AnswerState.UNKNOWN), Gap("timeframe", AnswerState.UNKNOWN))
    assert record.gaps == record.needed == open_ones
    record = record.answered("authority", "met", at=MONDAY)
    assert (record.gaps, record.needed) == (open_ones[1:], ())


def test_an_older_answer_to_another_criterion_is_welcome():
    record = Qualification("L-1", BANT).answered("budget", "met", at=MONDAY)
    assert record.answered("need", "met", at=MONDAY - timedelta(days=3)).state("need") == "met"


def test_the_answers_qualify_a_lead():
    """What the typed record asks for comes from the answers."""
    sal = (
        Lead.capture(LeadId("L-1"), Contact("Lin Wei"), source="webinar", at=MONDAY)
        .qualify(score=70, at=MONDAY)
        .accept(at=MONDAY, by="omar")
    )
    assert isinstance(sal, SAL)
    known = Qualification("L-1", NEED_AND_MEANS).answered("need", "met", at=MONDAY)
    with pytest.raises(ValueError, match="can_afford is missing"):
        sal.qualify(need=known.holds("need"), can_afford=known.holds("can_afford"), at=MONDAY)
    known = known.answered("can_afford", "met", at=MONDAY)
    assert sal.qualify(need=known.holds("need"), can_afford=known.holds("can_afford"), at=MONDAY).id == "L-1"


def test_the_record_shows_itself():
    record = Qualification("L-1", BANT)
    assert repr(record) == (
        "<Qualification of L-1 by BANT: open, needs 3 more of budget (unknown), authority (unknown), need (unknown), "
        "timeframe (unknown)>"
    )
    record = record.answered("budget", "partial", at=MONDAY).answered("need", "partial", at=MONDAY)
    assert (record.met, record.reachable) == (False, True)
    assert repr(record).startswith("<Qualification of L-1 by BANT: not met, needs 3 more of budget (partial)")
    lost = record.answered("budget", "unmet", at=MONDAY).answered("need", "unmet", at=MONDAY)
    assert (lost.met, lost.reachable) == (False, False)
    assert repr(lost).startswith(
        "<Qualification of L-1 by BANT: out of reach, lacks 3 more of budget (unmet)"
    )
    won = lost
    for name in ("budget", "authority", "need"):
        won = won.answered(name, "met", at=MONDAY, value=date(2026, 5, 1), by="sara", note="by mail")
    assert repr(won) == "<Qualification of L-1 by BANT: met>"
    first, last = won.to_rows()[0], won.to_rows()[3]
    assert first == {
        "criterion": "budget",
        "question": "Is there money for it?",
        "state": "met",
        "value": "2026-05-01",
        "note": "by mail",
        "at": "2026-03-02T09:00:00+00:00",
        "by": "sara",
    }
    assert (last["state"], last["value"], last["at"]) == ("unknown", None, None)
    assert lost.to_rows()[0]["value"] is None


def test_stored_values_keep_their_type():
    record = Qualification("L-1", BANT).answered("budget", "met", at=MONDAY, value=Decimal("1.50"))
    stored = record.to_dict()
    assert stored["answers"][0]["value"] == {"$decimal": "1.50"}
    assert Qualification.from_dict(stored).answers[0].value == Decimal("1.50")


def without(record, **changes):
    """The stored form of one answer, with some fields changed."""
    stored = record.to_dict()
    stored["answers"][0].update(changes)
    return stored


ONE = Qualification("L-1", BANT).answered("budget", "met", at=MONDAY)


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: Qualification("", BANT),
            RecordError,
            "a qualification is that of a lead or deal with a name, got ''",
        ),
        (
            lambda: ONE.answered("bugdet", "met", at=MONDAY),
            UnknownName,
            "framework 'BANT' has no criterion 'bugdet'; did you mean 'budget'?",
        ),
        (
            lambda: ONE.answered("need", "yes", at=MONDAY),
            ValueError,
            "there is no state of an answer 'yes'; known: 'unknown', 'unmet', 'partial', 'met'",
        ),
        (
            lambda: ONE.answered("need", "met", at=MONDAY, value=["a"]),
            TypeError,
            (
                "evidence 'value' is ['a'] of type list; it can be text, a number, a date, a datetime, Money, None, or a tuple of "
                "these; floats are finite"
            ),
        ),
        (
            lambda: ONE.answered("budget", "unmet", at=MONDAY - timedelta(hours=1)),
            RecordError,
            "L-1: budget was answered at 2026-03-02 09:00:00+00:00; unmet at 2026-03-02 08:00:00+00:00 is older than that",
        ),
        (
            lambda: ONE.answered("need", "met", at=datetime(2026, 3, 2)),
            NaiveTimeError,
            (
                "at must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 0, 0); add one, for example "
                "tzinfo=datetime.UTC"
            ),
        ),
        (
            lambda: ONE.state("time"),
            UnknownName,
            "framework 'BANT' has no criterion 'time'; did you mean 'timeframe'?",
        ),
        (
            lambda: Qualification("L-1", BANT, [Answer("pain", "met", MONDAY)]),
            RecordError,
            "BANT has no criterion 'pain'; known: 'budget', 'authority', 'need', 'timeframe'",
        ),
        (
            lambda: Qualification.from_dict(without(ONE, why=1)),
            StorageError,
            "$.answers[0]: a stored answer has unknown fields ['why'] and lacks []",
        ),
        (
            lambda: Qualification.from_dict(without(ONE, state="yes")),
            StorageError,
            "$.answers[0]: state: 'yes' is no AnswerState: 'yes' is not a valid AnswerState",
        ),
        (
            lambda: Answer.from_dict({"criterion": "need"}),
            StorageError,
            "a stored answer has unknown fields [] and lacks ['at', 'state']",
        ),
        (
            lambda: Qualification.from_dict(without(ONE, at="2026-03-02T09:00:00")),
            StorageError,
            (
                "no stored Qualification: at must be a datetime with a time zone, got datetime.datetime(2026, 3, 2, 9, 0); add "
                "one, for example tzinfo=datetime.UTC"
            ),
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
