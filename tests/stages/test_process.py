"""Taking steps: what is accepted, what is refused, and with which reasons."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from salesproc.errors import NaiveTimeError, UnknownName
from salesproc.money import Money
from salesproc.stages import (
    Accepted,
    Process,
    ReasonCode,
    RefusalKind,
    Refused,
    Stage,
    StageKind,
    Transition,
    TransitionRefused,
    requirement,
)

GOOD = {"score": 72, "budget": Money("5000", "EUR")}


def test_a_step_leads_on_and_leaves_the_old_journey_as_it_was(deals, stage, monday):
    first = deals.start("D-1", at=monday, by="sara")
    outcome = deals.step(first, "demo", at=monday, by="omar", reason="asked for it", evidence=GOOD)
    assert isinstance(outcome, Accepted)
    after = outcome.unwrap()
    assert (first.stage, first.revision) == (stage.DISCOVERY, 1)
    assert (after.stage, after.revision) == (stage.DEMO, 2)
    assert outcome.change == after.history[-1]
    assert outcome.change == ("D-1", "demo", monday, "discovery", "demo", "omar", "asked for it", GOOD, 1)
    assert (after.created_at, after.entered_at, after.version) == (monday, monday, 1)
    assert str(outcome) == "accepted: D-1 went from discovery to demo"
    assert repr(first) == "<Journey D-1 in 'discovery' after 0 moves>"
    assert repr(after) == "<Journey D-1 in 'demo' after 1 move>"


def test_the_first_change_records_the_creation(deals, monday):
    journey = deals.start("D-1", at=monday, by="sara", reason="fair", evidence={"booth": 7})
    assert journey.history == (("D-1", "discovery", monday, None, None, "sara", "fair", {"booth": 7}, 1),)


def test_a_refusal_gives_every_reason_not_only_the_first(deals, monday):
    outcome = deals.step(deals.start("D-1", at=monday), "demo", at=monday, evidence={"score": 55})
    assert isinstance(outcome, Refused)
    assert str(outcome) == "refused: score is 55, at least 60 is required; budget is missing"
    assert outcome.kind is RefusalKind.REQUIREMENT_NOT_MET
    assert [reason.code for reason in outcome.reasons] == [ReasonCode.TOO_LOW, ReasonCode.MISSING]
    assert (outcome.entity, outcome.stage, outcome.event) == ("D-1", "discovery", "demo")


def test_missing_evidence_is_a_kind_of_its_own(deals, monday):
    outcome = deals.step(deals.start("D-1", at=monday), "demo", at=monday)
    assert outcome.kind is RefusalKind.EVIDENCE_MISSING
    assert str(outcome) == "refused: score is missing; budget is missing"


def test_an_outcome_says_in_a_condition_whether_the_step_was_taken(deals, monday):
    journey = deals.start("D-1", at=monday)
    assert deals.step(journey, "demo", at=monday, evidence=GOOD)
    assert not deals.step(journey, "demo", at=monday)


def test_unwrapping_a_refusal_raises_the_same_reasons(deals, monday):
    outcome = deals.step(deals.start("D-1", at=monday), "win", at=monday)
    with pytest.raises(TransitionRefused) as caught:
        outcome.unwrap()
    assert caught.value.refusal is outcome
    assert str(caught.value) == (
        "D-1 in 'discovery', 'win' refused: 'win' cannot be taken from 'discovery'; from there: 'demo', 'lose'"
    )
    assert isinstance(caught.value, ValueError)


def test_an_event_that_leads_nowhere_from_here_is_refused_with_those_that_do(deals, monday):
    outcome = deals.step(deals.start("D-1", at=monday), "propos", at=monday)
    assert outcome.kind is RefusalKind.NO_SUCH_TRANSITION
    assert outcome.reasons[0].wanted == ("demo", "lose")


def test_a_final_stage_leads_nowhere_unless_it_is_reopened(deals, stage, monday):
    won = deals.start("D-1", at=monday)
    for event, evidence in (("demo", GOOD), ("propose", {}), ("win", {"amount": Money("1", "EUR")})):
        won = deals.step(won, event, at=monday, evidence=evidence).unwrap()
    outcome = deals.step(won, "lose", at=monday, reason="late regret")
    assert str(outcome) == "refused: 'lose' cannot be taken from 'won'; from there: nothing, it is final"
    lost = deals.step(deals.start("D-2", at=monday), "lose", at=monday, reason="price").unwrap()
    assert deals.step(lost, "reopen", at=monday).unwrap().stage is stage.DISCOVERY


def test_a_step_can_be_asked_for_by_its_target(deals, stage, monday):
    journey = deals.start("D-1", at=monday)
    assert deals.step(journey, to=stage.DEMO, at=monday, evidence=GOOD) == deals.step(
        journey, "demo", at=monday, evidence=GOOD
    )
    outcome = deals.step(journey, to=stage.WON, at=monday)
    assert outcome.kind is RefusalKind.NO_SUCH_TRANSITION
    assert "'move to won' cannot be taken from 'discovery'" in str(outcome)


def test_an_ambiguous_target_is_refused_with_the_events_that_lead_there(monday):
    two_ways = Process(
        "two ways",
        stages=[Stage("a"), Stage("z", kind=StageKind.DONE)],
        transitions=[Transition("finish", "a", "z"), Transition("abandon", "a", "z")],
    )
    outcome = two_ways.step(two_ways.start("X", at=monday), to="z", at=monday)
    assert outcome.kind is RefusalKind.AMBIGUOUS_TARGET
    assert str(outcome) == "refused: several events lead to 'z' from 'a': name one of 'finish', 'abandon'"


def test_a_step_needs_an_event_or_a_target(deals, monday):
    with pytest.raises(TypeError, match="an event or to="):
        deals.step(deals.start("D-1", at=monday), at=monday)


def test_time_does_not_run_backwards(deals, monday):
    outcome = deals.step(deals.start("D-1", at=monday), "lose", at=monday - timedelta(1), reason="x")
    assert outcome.kind is RefusalKind.TIME_RUNS_BACKWARDS
    assert "before the last change at 2026-03-02 09:00:00+00:00" in str(outcome)


def test_two_steps_at_one_instant_are_in_order(deals, monday):
    assert deals.step(deals.start("D-1", at=monday), "lose", at=monday, reason="x")


def test_the_hour_that_happens_twice_is_told_apart(deals):
    """02:10 after the clocks went back is later than 02:50 before, whatever the wall clock shows."""
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 25, 2, 50, tzinfo=berlin, fold=0)
    after = datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)
    assert deals.step(deals.start("D-1", at=before), "lose", at=after, reason="x")
    refused = deals.step(deals.start("D-1", at=after), "lose", at=before, reason="x")
    assert refused.kind is RefusalKind.TIME_RUNS_BACKWARDS


def test_zones_may_differ_between_steps(deals, monday):
    journey = deals.start("D-1", at=monday)
    riyadh = monday.astimezone(ZoneInfo("Asia/Riyadh"))
    assert deals.step(journey, "lose", at=riyadh, reason="x")
    assert not deals.step(journey, "lose", at=riyadh - timedelta(seconds=1), reason="x")


@pytest.mark.parametrize("naive", [datetime(2026, 3, 2, 9), "2026-03-02"])
def test_a_time_without_a_zone_is_an_error(deals, monday, naive):
    with pytest.raises(NaiveTimeError, match="at must be a datetime with a time zone"):
        deals.start("D-1", at=naive)
    if isinstance(naive, datetime):
        with pytest.raises(NaiveTimeError):
            deals.step(deals.start("D-1", at=monday), "lose", at=naive, reason="x")


def test_a_journey_begins_in_an_initial_stage_only(deals, stage, monday):
    with pytest.raises(UnknownName, match="no initial stage 'demo'; known: 'discovery'"):
        deals.start("D-1", at=monday, stage=stage.DEMO)
    assert deals.start("D-1", at=monday, stage=stage.DISCOVERY).stage is stage.DISCOVERY


def test_a_journey_of_another_version_is_refused_with_both_versions(deals, monday):
    newer = deals.renamed("deals", version=2)
    outcome = newer.step(deals.start("D-1", at=monday), "lose", at=monday, reason="x")
    assert outcome.kind is RefusalKind.OTHER_VERSION
    assert str(outcome) == "refused: D-1 was made under version 1, this is version 2: migrate it first"
    assert newer.step(deals.start("D-1", at=monday), to="lost", at=monday).event == "lost"


def test_a_journey_in_a_stage_the_process_does_not_have_is_an_error(deals, monday):
    stray = deals.start("D-1", at=monday)._replace(stage="dmeo")
    with pytest.raises(UnknownName, match="no stage 'dmeo'; did you mean 'demo'"):
        deals.step(stray, "propose", at=monday)


def test_stages_come_back_as_members_of_the_callers_enumeration(deals, stage, monday):
    journey = deals.start("D-1", at=monday, stage="discovery")
    assert journey.stage is stage.DISCOVERY
    assert deals.step(journey, to="lost", at=monday, reason="x").unwrap().stage is stage.LOST


def test_the_callers_later_change_does_not_reach_the_record(deals, monday):
    evidence = dict(GOOD)
    journey = deals.step(deals.start("D-1", at=monday), "demo", at=monday, evidence=evidence).unwrap()
    evidence["score"] = 1
    assert journey.history[-1].evidence["score"] == 72


def test_evidence_is_kept_to_what_goes_through_json(deals, monday):
    journey = deals.start("D-1", at=monday)
    with pytest.raises(TypeError, match=r"evidence 'tags' is \['hot'\] of type list"):
        deals.step(journey, "demo", at=monday, evidence={**GOOD, "tags": ["hot"]})
    with pytest.raises(TypeError, match="a tuple of these"):
        deals.start("D-2", at=monday, evidence={"tags": ("hot", ["cold"])})
    with pytest.raises(TypeError, match="'by' is an argument of the step"):
        deals.step(journey, "demo", at=monday, evidence={**GOOD, "by": "sara"})
    with pytest.raises(TypeError, match="'reason' is an argument of the step"):
        deals.start("D-2", at=monday, evidence={"reason": "fair"})
    nested = deals.step(journey, "demo", at=monday, evidence={**GOOD, "tags": ("hot", ("new", 1))})
    assert nested.unwrap().history[-1].evidence["tags"] == ("hot", ("new", 1))


def test_changes_without_evidence_share_one_that_cannot_be_written_to(deals, monday):
    journey = deals.start("D-1", at=monday)
    assert journey.history[0].evidence == {}
    with pytest.raises(TypeError, match="cannot be given evidence afterwards"):
        journey.history[0].evidence["x"] = 1
    with pytest.raises(TypeError):
        journey.history[0].evidence.update(x=1)


def test_what_is_allowed_says_what_each_step_still_needs(deals, stage, monday):
    journey = deals.start("D-1", at=monday)
    demo, lose = deals.allowed(journey, evidence={"score": 80}, reason="no answer")
    assert (demo.event, demo.target, demo.open) == ("demo", stage.DEMO, False)
    assert [str(reason) for reason in demo.needs] == ["budget is missing"]
    assert (lose.event, lose.open) == ("lose", True)


def test_why_not_gives_the_reasons_of_the_step(deals, monday):
    journey = deals.start("D-1", at=monday)
    assert deals.why_not(journey, "demo") == deals.step(journey, "demo", at=monday).reasons
    assert deals.why_not(journey, "demo", evidence=GOOD) == ()
    late = monday - timedelta(1)
    assert deals.why_not(journey, "lose", at=late, reason="x")[0].code is ReasonCode.TIME_RUNS_BACKWARDS


def test_a_requirement_that_raises_is_a_bug_and_comes_through(monday):
    def broken(attempt):
        raise ZeroDivisionError(attempt.event)

    process = Process(
        "broken",
        stages=[Stage("a"), Stage("z", kind=StageKind.DONE)],
        transitions=[Transition("finish", "a", "z", requires=[requirement("never", broken)])],
    )
    with pytest.raises(ZeroDivisionError, match="finish"):
        process.step(process.start("X", at=monday), "finish", at=monday)


def test_a_free_pipeline_moves_between_open_stages_and_closes_with_a_reason(monday):
    sales = Process.pipeline("sales", stages=["new", Stage("offer"), "talk"], won="won", lost="lost")
    deal = sales.start("D-1", at=monday, stage="offer")
    deal = sales.step(deal, "talk", at=monday).unwrap()
    deal = sales.step(deal, to="new", at=monday).unwrap()
    assert not sales.step(deal, "lose", at=monday)
    won = sales.step(deal, "win", at=monday).unwrap()
    assert sales.step(won, "reopen", at=monday).unwrap().stage == "new"
    assert sales.step(won, "reopen in talk", at=monday).unwrap().stage == "talk"
    assert sales.path == ("new", "offer", "talk", "won")
    assert sales.lost_stages == ("lost",)


def test_times_far_from_utc_are_compared_as_instants(deals):
    early = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    tokyo_next_day = datetime(2026, 3, 3, 7, 30, tzinfo=ZoneInfo("Asia/Tokyo"))  # 22:30 UTC
    outcome = deals.step(deals.start("D-1", at=early), "lose", at=tokyo_next_day, reason="x")
    assert outcome.kind is RefusalKind.TIME_RUNS_BACKWARDS


def test_what_cannot_be_recorded_is_refused_at_the_step_not_when_it_is_stored(deals, monday):
    """A web form may send anything; nothing gets into the record that cannot be read again."""
    journey = deals.start("D-1", at=monday)
    with pytest.raises(TypeError, match="by must be text, got 7 of type int"):
        deals.step(journey, "lose", at=monday, by=7, reason="x")
    with pytest.raises(TypeError, match="reason must be text"):
        deals.step(journey, "lose", at=monday, reason=["x"])
    with pytest.raises(TypeError, match="entity must be text, got 5"):
        deals.start(5, at=monday)
    with pytest.raises(ValueError, match="an entity with a name"):
        deals.start("", at=monday)
    with pytest.raises(TypeError, match="the name of evidence must be text, got 5"):
        deals.step(journey, "demo", at=monday, evidence={**GOOD, 5: 1})
    with pytest.raises(TypeError, match="floats are finite"):
        deals.step(journey, "demo", at=monday, evidence={**GOOD, "share": float("nan")})
    assert deals.step(journey, "demo", at=monday, evidence={**GOOD, "share": 0.5})


def test_an_event_and_a_target_at_once_are_an_error(deals, stage, monday):
    with pytest.raises(TypeError, match="got both: 'demo' and"):
        deals.step(deals.start("D-1", at=monday), "demo", to=stage.LOST, at=monday)


def test_an_outcome_is_no_journey(deals, monday):
    """The most likely slip: a step taken from the outcome of the step before."""
    outcome = deals.step(deals.start("D-1", at=monday), "lose", at=monday, reason="x")
    with pytest.raises(TypeError, match=r"call \.unwrap\(\) on an outcome"):
        deals.step(outcome, "reopen", at=monday)


def test_a_target_that_is_no_stage_is_told_apart_from_one_out_of_reach(deals, monday):
    with pytest.raises(UnknownName, match="no stage 'wonn'; did you mean 'won'"):
        deals.step(deals.start("D-1", at=monday), to="wonn", at=monday)


def test_reasons_go_through_json(deals, monday):
    import json

    journey = deals.start("D-1", at=monday)
    refused = deals.step(journey, "demo", at=monday, evidence={"score": 55})
    [low, missing] = json.loads(json.dumps([reason.to_dict() for reason in refused.reasons]))
    assert (low["code"], low["saw"], low["wanted"]) == ("too_low", 55, 60)
    assert missing["text"] == "budget is missing"
    late = deals.step(journey, "lose", at=monday - timedelta(1), reason="x")
    assert json.dumps(late.reasons[0].to_dict())
