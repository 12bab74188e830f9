"""Definitions: their checks, their plain form, and definitions made from them."""

import json
import pickle
from copy import copy, deepcopy
from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from salesproc.errors import DefinitionError, StorageError, UnknownName
from salesproc.money import Money
from salesproc.stages import (
    LIFECYCLE,
    SIX_STEP_SALE,
    AnyOpen,
    LifecycleStage,
    Process,
    Requirement,
    SixStep,
    Stage,
    StageKind,
    Transition,
    all_of,
    any_of,
    at_least,
    at_most,
    confirmed,
    not_,
    one_of,
    provided,
    requirement,
)

END = Stage("end", kind=StageKind.DONE)


def problems(**parts):
    with pytest.raises(DefinitionError) as caught:
        Process("faulty", **parts)
    return caught.value.problems


def test_five_faults_are_five_sentences_in_one_error():
    found = problems(
        version=0,
        stages=[Stage("a", probability=Decimal(30)), Stage("island"), Stage("trap"), END],
        transitions=[
            Transition("go", "a", "trpa"),
            Transition("fall", "a", "trap"),
            Transition("leave", "end", "a"),
        ],
    )
    assert "its version is 0; it must be a whole number from 1" in found
    assert "stage 'a' has probability 30; a probability is from 0 to 1, not percent" in found
    assert "transition 'go' leads to unknown stage 'trpa'; did you mean 'trap'?" in found
    assert "transition 'leave' leaves final stage 'end'; mark it reopens=True if that is meant" in found
    assert "stage 'island' cannot be reached from 'a'" in found
    assert "stage 'trap' is open and nothing leads out of it" in found
    assert "no way leads from stage 'a' to a final stage" in found


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"stages": [], "transitions": []}, "it has no stages"),
        (
            {"stages": [Stage(""), END], "transitions": [Transition("go", "", "end")]},
            "a stage has an empty name",
        ),
        (
            {"stages": [Stage("a"), Stage("a"), END], "transitions": [Transition("go", "a", "end")]},
            "listed 2 times",
        ),
        (
            {"stages": [Stage("a"), END], "transitions": [Transition("", "a", "end")]},
            "a transition has an empty event",
        ),
        (
            {
                "stages": [Stage("a"), END],
                "transitions": [Transition("go", "a", "end"), Transition("go", "a", "end")],
            },
            "transition 'go' from 'a' is defined twice",
        ),
        (
            {
                "stages": [Stage("a"), END],
                "transitions": [Transition("go", "a", "end"), Transition("stay", "a", "a")],
            },
            "leads from 'a' to itself",
        ),
        (
            {"stages": [Stage("a"), END], "transitions": [Transition("go", ("a", "b"), "end")]},
            "starts from unknown stage 'b'",
        ),
        (
            {"stages": [Stage("a"), END], "transitions": [Transition("go", "a", "end", reopens=True)]},
            "marked reopens=True, but 'a' is not final",
        ),
        (
            {"stages": [Stage("a"), END], "transitions": [Transition("go", "a", "end")], "initial": ["b"]},
            "initial stage 'b' is unknown",
        ),
        (
            {"stages": [Stage("a"), END], "transitions": [Transition("go", "a", "end")], "initial": []},
            "it has no initial stage",
        ),
        (
            {"stages": [Stage("a"), Stage("b")], "transitions": [Transition("go", "a", "b")]},
            "it has no final stage",
        ),
        (
            {"stages": [Stage("a", probability=0.5), END], "transitions": [Transition("go", "a", "end")]},
            "give a Decimal from text",
        ),
        (
            {"stages": [Stage("a", limit=timedelta(0)), END], "transitions": [Transition("go", "a", "end")]},
            "a limit is longer than nothing",
        ),
        (
            {
                "stages": [Stage("a"), Stage("end", kind=StageKind.DONE, limit=timedelta(1))],
                "transitions": [Transition("go", "a", "end")],
            },
            "no clock runs in a stage that is done",
        ),
    ],
)
def test_each_fault_has_its_sentence(parts, message):
    assert any(message in problem for problem in problems(**parts))


def test_the_error_counts_the_faults_and_lists_them():
    with pytest.raises(DefinitionError) as caught:
        Process("empty", stages=[], transitions=[])
    assert str(caught.value) == "process 'empty' has 1 fault\n  - it has no stages"
    assert isinstance(caught.value, ValueError)


def test_a_definition_can_be_read_but_not_written(deals):
    assert deals.stage("demo").probability == Decimal("0.3")
    assert deals.stage("lost").final
    with pytest.raises(UnknownName, match="process 'deals' has no stage 'dmo'; did you mean 'demo'"):
        deals.stage("dmo")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        deals.name = "other"
    assert deals.path == ("discovery", "demo", "proposal", "won")
    assert deals.lost_stages == ("lost",)
    assert repr(deals) == "<Process deals version 1: discovery, demo, proposal, won, lost>"


RICH = Process(
    "rich",
    version=3,
    stages=[
        Stage("a", limit=timedelta(hours=36), probability=Decimal("0.25")),
        Stage("wait", kind=StageKind.ON_HOLD),
        END,
    ],
    transitions=[
        Transition("hold", "a", "wait"),
        Transition("resume", "wait", "a"),
        Transition(
            "finish",
            Process.any_open,
            "end",
            requires=[
                provided("x"),
                confirmed("y"),
                at_least("sum", Money("5.50", "EUR")),
                at_most("n", Decimal("1.5")),
                one_of("by", "sara", None),
                all_of(provided("p"), any_of(confirmed("q"), not_(requirement("own rule", bool)))),
            ],
        ),
        Transition("again", "end", "a", reopens=True),
    ],
    initial=["a", "wait"],
)


def test_a_definition_goes_through_json_and_back():
    data = json.loads(json.dumps(RICH.to_dict()))
    again = Process.from_dict(data, requirements=RICH.requirements)
    assert again == RICH
    assert again.structure_hash == RICH.structure_hash
    assert again.version == 3


def test_stored_stages_become_members_of_the_callers_enumeration(deals, stage):
    again = Process.from_dict(json.loads(json.dumps(deals.to_dict())), stages=stage)
    assert again == deals
    assert again.path[0] is stage.DISCOVERY


@pytest.mark.parametrize("preset", [LIFECYCLE, SIX_STEP_SALE])
def test_presets_go_through_json_too(preset):
    data = json.loads(json.dumps(preset.to_dict()))
    assert Process.from_dict(data, requirements=preset.requirements) == preset


def test_a_named_requirement_must_be_given_again():
    with pytest.raises(StorageError, match="requirement 'own rule' was not given"):
        Process.from_dict(RICH.to_dict())
    assert [one.name for one in RICH.requirements] == ["own rule"]


class Foreign(Requirement):
    def check(self, evidence, attempt):
        return ()


def test_a_requirement_of_a_foreign_class_has_no_plain_form():
    process = RICH.with_requirements("hold", Foreign())
    assert [one.name for one in process.requirements] == ["own rule"]
    with pytest.raises(StorageError, match="make it with requirement"):
        process.to_dict()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 9}, "reads schema 1"),
        ({"stages": [{"name": "a"}]}, "no stored process definition: KeyError"),
        ({"stages": 7}, "no stored process definition: TypeError"),
        (
            {
                "transitions": [
                    {"event": "e", "source": ["a"], "target": "b", "requires": [{}], "reopens": False}
                ]
            },
            "{}",
        ),
    ],
)
def test_data_that_is_no_definition_is_refused(deals, change, message):
    with pytest.raises(StorageError, match=message):
        Process.from_dict({**deals.to_dict(), **change})


def test_data_of_a_broken_definition_names_its_faults(deals):
    data = deals.to_dict()
    data["transitions"][0]["target"] = "nowhere"
    with pytest.raises(DefinitionError, match="unknown stage 'nowhere'"):
        Process.from_dict(data)


def test_the_hash_changes_with_the_structure_only(deals):
    assert deals.structure_hash == deals.renamed("other name", version=7).structure_hash
    assert deals.structure_hash != deals.with_requirements("propose", provided("offer")).structure_hash
    assert len(deals.structure_hash) == 64


def test_definitions_compare_by_value_pickle_and_copy(deals):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(SIX_STEP_SALE, protocol))
        assert again == SIX_STEP_SALE
        assert hash(again) == hash(SIX_STEP_SALE)
    assert copy(deals) is deals
    assert deepcopy(deals) is deals
    assert deals != deals.renamed("deals", version=2)
    assert deals != "deals"
    assert pickle.loads(pickle.dumps(Process.any_open)) is Process.any_open
    assert repr(Process.any_open) == "Process.any_open"
    assert isinstance(Process.any_open, AnyOpen)


def test_a_stage_left_out_is_bridged_and_both_conditions_stay(monday):
    """A company without SAL: accepting an MQL makes an SQL, and asks for what both steps asked for."""
    short = LIFECYCLE.without(LifecycleStage.SAL, bridge="accept").renamed("short lifecycle")
    assert "sal" not in [stage.name for stage in short.stages]
    lead = short.start("L-1", at=monday, stage=LifecycleStage.LEAD)
    mql = short.step(lead, "qualify", at=monday, evidence={"score": 70}).unwrap()
    assert [str(reason) for reason in short.why_not(mql, "accept")] == [
        "by is missing",
        "need is missing",
        "can_afford is missing",
    ]
    sql = short.step(
        mql, "accept", at=monday, by="omar", evidence={"need": True, "can_afford": True}
    ).unwrap()
    assert sql.stage is LifecycleStage.SQL


def test_leaving_out_a_stage_needs_a_bridge_that_leads_on():
    with pytest.raises(UnknownName, match="no event into 'sal' 'acept'; did you mean 'accept'"):
        LIFECYCLE.without(LifecycleStage.SAL, bridge="acept")
    with pytest.raises(UnknownName, match="no stage"):
        LIFECYCLE.without("sla", bridge="accept")
    with pytest.raises(ValueError, match="cannot bridge 'customer'.*found: none"):
        LIFECYCLE.without(LifecycleStage.CUSTOMER, bridge="win")
    with pytest.raises(ValueError, match="found: close, objections"):
        SIX_STEP_SALE.without(SixStep.PRESENT, bridge="present")


def test_a_stage_without_its_own_exits_keeps_those_of_others(deals, stage, monday):
    short = deals.without(stage.DEMO, bridge="demo")
    journey = short.start("D-1", at=monday)
    assert [option.event for option in short.allowed(journey)] == ["demo", "lose"]
    assert short.stage("discovery").name is stage.DISCOVERY


def test_more_transitions_take_the_place_of_those_they_repeat(deals, stage, monday):
    more = deals.with_transitions(
        Transition("hurry", stage.DISCOVERY, stage.PROPOSAL),
        Transition("lose", (stage.DISCOVERY, stage.DEMO), stage.LOST),
    )
    journey = more.start("D-1", at=monday)
    assert more.step(journey, "lose", at=monday)
    assert more.step(journey, "hurry", at=monday)
    assert not more.step(more.step(journey, "hurry", at=monday).unwrap(), "lose", at=monday)
    whole = deals.with_transitions(Transition("lose", Process.any_open, stage.LOST))
    assert whole.step(journey, "lose", at=monday)
    most = LIFECYCLE.with_transitions(Transition("recycle", (LifecycleStage.SAL,), LifecycleStage.MQL))
    assert {one.named_sources for one in most.transitions if one.event == "recycle"} == {
        ("sql", "opportunity"),
        ("disqualified",),
        ("sal",),
    }


def test_requirements_can_be_added_to_every_transition_of_an_event(deals, monday):
    strict = deals.with_requirements("propose", provided("champion"))
    demo = strict.start("D-1", at=monday)
    demo = strict.step(demo, "demo", at=monday, evidence={"score": 60, "budget": 1}).unwrap()
    assert [str(reason) for reason in strict.why_not(demo, "propose")] == ["champion is missing"]
    with pytest.raises(UnknownName, match="no event 'proposed'; did you mean 'propose'"):
        deals.with_requirements("proposed", provided("x"))


def test_other_ways_into_a_stage_left_out_go_with_it():
    process = Process(
        "two ways in",
        stages=[Stage("a"), Stage("b"), END],
        transitions=[
            Transition("walk", "a", "b"),
            Transition("run", "a", "b"),
            Transition("stop", "b", "end"),
        ],
    )
    assert [one.event for one in process.without("b", bridge="run").transitions] == ["run"]


def test_what_is_no_part_of_a_definition_is_named_with_what_to_write():
    found = problems(
        stages=["new", Stage("a", kind="won"), Stage("b", limit=3), END],
        transitions=["go", Transition("go", "a", "end", requires=["amount"])],
    )
    assert found == (
        "a stage is 'new'; give Stage('new')",
        "stage 'a' has kind 'won'; give one of open, on_hold, won, lost, done as StageKind",
        "stage 'b' has limit 3; give a timedelta",
        "a transition is 'go'; give Transition(event, source, target)",
        "transition 'go' requires 'amount'; give a requirement such as provided('amount')",
    )


@pytest.mark.parametrize(
    ("place", "field", "message"),
    [
        (
            "stages",
            "limit",
            "a stored stage has no field 'limit'; known: 'name', 'kind', 'probability', 'limit_microseconds'",
        ),
        ("transitions", "requries", "a stored transition has no field 'requries'; did you mean 'requires'"),
    ],
)
def test_a_field_that_nothing_would_read_is_refused(place, field, message):
    """A limit under another name would be no limit, and nothing would ever be overdue."""
    stored = Process.pipeline("sale", stages=["new"], won="won", lost="lost").to_dict()
    stored[place][0][field] = "3 days"
    with pytest.raises(StorageError, match=message):
        Process.from_dict(stored)
