"""The dynamic way in goes over the same table as the methods."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from salesproc.errors import LogError, NaiveTimeError, StorageError
from salesproc.records import MQL, SAL, SQL, Contact, Disqualified, Lead, LeadId, lifecycle
from salesproc.stages import LIFECYCLE, LifecycleStage, RefusalKind, Refused, Transition, TransitionRefused

T0 = datetime(2026, 3, 1, 9, tzinfo=UTC)
EVENTS = sorted({transition.event for transition in LIFECYCLE.transitions})
TYPED = {
    Lead: ("qualify", "disqualify"),
    MQL: ("accept", "reject", "disqualify"),
    SAL: ("qualify", "recycle", "disqualify"),
    SQL: ("recycle", "disqualify"),
    Disqualified: ("recycle",),
}
SHORT = LIFECYCLE.without(LifecycleStage.SAL, bridge="accept")


def lead():
    return Lead.capture(LeadId("L-1"), Contact("Lin Wei", email="l@example.com"), source="event", at=T0)


def facts(record, event):
    """What the step needs: arguments of the step, and evidence."""
    if event == "qualify":
        return {}, {"score": 72} if type(record) is Lead else {"need": True, "can_afford": True}
    return ({}, {}) if event == "accept" else ({"reason": "why not"}, {})


@st.composite
def walks(draw):
    """Legal events from a new lead on, with the hours between them."""
    record, steps = lead(), []
    for _ in range(draw(st.integers(0, 8))):
        event = draw(st.sampled_from(TYPED[type(record)]))
        hours = draw(st.integers(0, 48))
        steps.append((event, hours))
        options, evidence = facts(record, event)
        at = record.journey.entered_at + timedelta(hours=hours)
        record = getattr(record, event)(at=at, **({"by": "omar"} | options), **evidence)
    return record, steps


@given(walks())
def test_typed_methods_and_apply_end_in_equal_records(walk):
    """It makes no difference whether the step is known when the program is written or only when it runs."""
    typed, steps = walk
    record = lead()
    for event, hours in steps:
        options, evidence = facts(record, event)
        at = record.journey.entered_at + timedelta(hours=hours)
        outcome = lifecycle.apply(record, event, at=at, **({"by": "omar"} | options), evidence=evidence)
        assert outcome
        assert outcome.change == outcome.record.journey.history[-1]
        record = outcome.unwrap()
    assert record == typed
    assert type(record) is type(typed)


@given(walks())
def test_restoring_gives_the_class_of_the_stage(walk):
    """A stored row comes back as what it was."""
    record, _ = walk
    stored = json.loads(json.dumps(record.to_dict()))
    assert lifecycle.restore(stored) == record
    assert type(lifecycle.restore(stored)) is type(record)


@given(walks(), st.one_of(st.text(max_size=20), st.sampled_from(EVENTS)), st.integers(-24, 24))
def test_any_event_gets_an_outcome_and_a_refusal_changes_nothing(walk, event, hours):
    """No word a user types can break the program, or the record."""
    record, _ = walk
    before = record.to_dict()
    outcome = lifecycle.apply(record, event, at=record.journey.entered_at + timedelta(hours=hours))
    assert record.to_dict() == before
    if isinstance(outcome, Refused):
        assert not outcome
        assert outcome.reasons
        with pytest.raises(TransitionRefused):
            outcome.unwrap()
    else:
        assert outcome.record.journey.history[:-1] == record.journey.history
        assert event in TYPED[type(record)]


@given(walks(), st.data())
def test_a_tampered_history_is_not_restored(walk, data):
    """A row somebody edited by hand is found out."""
    record, steps = walk
    assume(steps)
    stored = json.loads(json.dumps(record.to_dict()))
    history = stored["journey"]["history"]
    place = data.draw(st.integers(0, len(history) - 1))
    fault = data.draw(st.sampled_from(["drop", "time", "stage", "version"]))
    if fault == "drop":
        assume(place < len(history) - 1)
        del history[place]
        kept = history
        assume(place == 0 or kept[place]["from_stage"] != kept[place - 1]["stage"])
    elif fault == "time":
        history[place]["at"] = "2020-01-01T00:00:00+00:00" if place else "2030-01-01T00:00:00+00:00"
    elif fault == "stage":
        history[place]["stage"] = "sal" if history[place]["stage"] != "sal" else "sql"
    else:
        history[place]["process_version"] = 2
    with pytest.raises(LogError):
        lifecycle.restore(stored)


def test_a_deal_is_no_step_of_the_lead():
    """It is a record of its own; the refusal says what the lead can do."""
    record = (
        lead().qualify(score=1, at=T0).accept(at=T0, by="omar").qualify(need=True, can_afford=True, at=T0)
    )
    outcome = lifecycle.apply(record, "open_opportunity", at=T0)
    assert outcome.kind is RefusalKind.NO_SUCH_TRANSITION
    assert str(outcome) == (
        "refused: 'open_opportunity' cannot be taken from 'sql'; from there: 'recycle', 'disqualify'"
    )


def test_a_score_that_is_no_number_is_refused_as_by_the_method():
    outcome = lifecycle.apply(lead(), "qualify", at=T0, evidence={"score": "A"})
    assert outcome.kind is RefusalKind.REQUIREMENT_NOT_MET
    assert str(outcome) == "refused: a score that is a number is not met (score is A)"


def test_a_company_without_pre_sales_goes_from_mql_to_sql():
    """Its own lifecycle, the same classes."""
    record = lead().qualify(score=72, at=T0)
    refused = lifecycle.apply(record, "accept", at=T0, process=SHORT)
    assert str(refused) == "refused: by is missing; need is missing; can_afford is missing"
    answers = {"need": True, "can_afford": True}
    outcome = lifecycle.apply(record, "accept", at=T0, by="omar", evidence=answers, process=SHORT)
    assert type(outcome.unwrap()) is SQL
    stored = outcome.record.to_dict()
    assert lifecycle.restore(stored, process=SHORT) == outcome.record
    with pytest.raises(LogError, match="'accept' leads to 'sal', not to 'sql'"):
        lifecycle.restore(stored)


def test_a_lifecycle_that_asks_for_less_does_not_void_a_guarantee():
    """Whoever adds a way into a stage still has to give what the stage promises."""
    loose = LIFECYCLE.with_transitions(Transition("jump", LifecycleStage.LEAD, LifecycleStage.SAL))
    assert str(lifecycle.apply(lead(), "jump", at=T0, process=loose)) == "refused: by is missing"
    assert type(lifecycle.apply(lead(), "jump", at=T0, by="omar", process=loose).unwrap()) is SAL


def test_apply_needs_an_aware_instant():
    with pytest.raises(NaiveTimeError):
        lifecycle.apply(lead(), "qualify", at=datetime(2026, 3, 2), evidence={"score": 1})


def test_only_leads_are_restored():
    visitor = LIFECYCLE.start("L-1", at=T0)
    with pytest.raises(
        StorageError, match=r"no record of a lead is in stage 'visitor'; they are in 'lead', "
    ):
        lifecycle.restore({"journey": visitor.to_dict()})
    with pytest.raises(StorageError, match=r"a stored lead has a journey, got fields \['name'\]"):
        lifecycle.restore({"name": "Lin Wei"})
