"""A framework as what a step asks for: refused with the gaps, in three-valued logic, and found again by its name."""

import json
import pickle
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, StorageError
from salesproc.qualification import (
    BANT,
    MEDDIC,
    NEED_AND_MEANS,
    AnswerState,
    Criterion,
    Framework,
    Qualification,
    Rule,
    qualified,
)
from salesproc.records import Contact, Lead, LeadId, lifecycle
from salesproc.stages import (
    LIFECYCLE,
    LifecycleStage,
    Process,
    ReasonCode,
    RefusalKind,
    Transition,
    any_of,
    confirmed,
    markdown_table,
    not_,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEIGHTED = Framework(
    "deal check",
    [Criterion("pain", weight=4), Criterion("date"), Criterion("money", weight=3)],
    Rule(share=0.7),
)
FRAMEWORKS = [NEED_AND_MEANS, BANT, WEIGHTED, Framework("any", map(Criterion, "ab"), Rule(count=1))]


def sales(*requirements):
    return Process.pipeline("sales", stages=["talk", "offer"], won="won", lost="lost", to_win=requirements)


def win(evidence, *requirements):
    process = sales(*requirements)
    return process.step(process.start("D-1", at=MONDAY), "win", at=MONDAY, evidence=evidence)


def evidence_of(framework):
    return st.dictionaries(st.sampled_from(framework.names), st.sampled_from([*AnswerState, True, False]))


CASES = st.sampled_from(FRAMEWORKS).flatmap(lambda one: st.tuples(st.just(one), evidence_of(one)))


def known(framework, evidence):
    """Every way of settling what is unknown, as plain yes and no."""
    free = [name for name in framework.names if evidence.get(name, "unknown") == "unknown"]
    fixed = {name: saw in {True, "met"} for name, saw in evidence.items() if name not in free}
    for way in product((True, False), repeat=len(free)):
        yield fixed | dict(zip(free, way, strict=True))


def enough(framework, answers):
    states = {name: AnswerState.MET if yes else AnswerState.UNMET for name, yes in answers.items()}
    return framework.judge(states).met


@given(CASES)
def test_it_passes_when_the_rule_is_met_and_its_opposite_only_when_it_surely_is_not(case):
    """Unknown passes neither way."""
    framework, evidence = case
    ways = {enough(framework, way) for way in known(framework, evidence)}
    assert bool(win(evidence, qualified(framework))) == (ways == {True})
    assert bool(win(evidence, not_(qualified(framework)))) == (ways == {False})
    assert bool(win(evidence, any_of(qualified(framework), not_(qualified(framework))))) == (len(ways) == 1)


@given(CASES)
def test_a_refusal_lists_every_gap_with_what_it_saw(case):
    framework, evidence = case
    refused = win(evidence, qualified(framework))
    if refused:
        return
    [first, *_] = refused.reasons
    reasons = first.parts or refused.reasons
    gaps = [name for name in framework.names if evidence.get(name) not in {True, "met"}]
    assert [reason.about for reason in reasons] == gaps
    for reason in reasons:
        saw = evidence.get(reason.about, "unknown")
        if saw == "unknown":
            assert reason == (ReasonCode.MISSING, reason.about, None, None, ())
        else:
            assert reason == (ReasonCode.NOT_ONE_OF, reason.about, saw, "met", ())


def test_where_all_is_needed_every_gap_is_a_reason():
    refused = win({"champion": "partial", "metrics": "met"}, qualified(MEDDIC))
    assert str(refused) == (
        "refused: economic_buyer is missing; decision_criteria is missing; decision_process is missing; "
        "identify_pain is missing; champion is partial, met is required"
    )


def test_where_some_would_do_one_reason_says_how_many():
    refused = win({"need": "met", "budget": "unmet", "authority": "met"}, qualified(BANT))
    assert str(refused) == "refused: BANT: 1 more of budget (unmet), timeframe (unknown) is missing"
    assert refused.kind is RefusalKind.EVIDENCE_MISSING
    assert [str(part) for part in refused.reasons[0].parts] == [
        "budget is unmet, met is required",
        "timeframe is missing",
    ]
    surely = win({"budget": "unmet", "authority": "unmet", "timeframe": "met"}, qualified(BANT))
    assert (
        str(surely) == "refused: BANT: 2 more of budget (unmet), authority (unmet), need (unknown) is not met"
    )
    assert surely.kind is RefusalKind.REQUIREMENT_NOT_MET
    assert str(win({"pain": False}, qualified(WEIGHTED))) == (
        "refused: deal check: 6 more points of pain (unmet), date (unknown), money (unknown) is not met"
    )
    json.dumps(surely.reasons[0].to_dict())


def test_evidence_of_another_kind_is_no_pass_and_no_crash():
    refused = win({"need": Money(5, "EUR"), "can_afford": ("met",)}, qualified(NEED_AND_MEANS))
    assert str(refused) == (
        "refused: need is 5.00 EUR, met is required; can_afford is ('met',), met is required"
    )
    assert len(refused.reasons) == 2


def test_the_evidence_of_a_record_is_what_it_reads():
    record = Qualification("D-1", NEED_AND_MEANS).answered("need", "met", at=MONDAY)
    assert str(win(record.evidence(), qualified(NEED_AND_MEANS))) == "refused: can_afford is missing"
    record = record.answered("can_afford", "met", at=MONDAY)
    assert win(record.evidence(), qualified(NEED_AND_MEANS))


def test_a_plain_yes_serves_both_it_and_confirmed():
    """One name of evidence may be asked for twice on one step."""
    assert win({"need": True, "can_afford": True}, qualified(NEED_AND_MEANS), confirmed("need"))
    assert not win({"need": "met", "can_afford": True}, qualified(NEED_AND_MEANS), confirmed("need"))


def test_a_lifecycle_that_asks_for_bant_before_an_sql():
    mine = LIFECYCLE.with_transitions(
        Transition("qualify", LifecycleStage.SAL, LifecycleStage.SQL, requires=[qualified(BANT)])
    )
    sal = (
        Lead.capture(LeadId("L-1"), Contact("Lin Wei"), source="webinar", at=MONDAY)
        .qualify(score=70, at=MONDAY)
        .accept(at=MONDAY, by="omar")
    )
    record = (
        Qualification("L-1", BANT).answered("need", "met", at=MONDAY).answered("budget", "met", at=MONDAY)
    )
    refused = lifecycle.apply(sal, "qualify", at=MONDAY, evidence=record.evidence(), process=mine)
    assert str(refused) == "refused: BANT: 1 more of authority (unknown), timeframe (unknown) is missing"
    record = record.answered("timeframe", "met", at=MONDAY)
    assert lifecycle.apply(sal, "qualify", at=MONDAY, evidence=record.evidence(), process=mine)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_definition_goes_through_json_and_pickle(framework):
    process = sales(any_of(qualified(framework), confirmed("waived")))
    stored = json.loads(json.dumps(process.to_dict()))
    again = Process.from_dict(stored, requirements=[qualified(framework)])
    assert again == process
    assert again.structure_hash == process.structure_hash
    assert pickle.loads(pickle.dumps(process)) == process
    assert hash(qualified(framework)) == hash(qualified(framework))
    with pytest.raises(
        StorageError, match=f"requirement 'qualified by {framework.name}' was not given to from_dict"
    ):
        Process.from_dict(stored)


def test_it_says_what_it_is():
    assert repr(qualified(BANT)) == "qualified('BANT')"
    assert str(qualified(BANT)) == "qualified by BANT"
    assert qualified(BANT) != qualified(MEDDIC)
    assert "qualified by BANT" in markdown_table(sales(qualified(BANT)))
