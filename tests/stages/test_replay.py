"""Stored changes and journeys: replay, migration, bulk, plain form, pickles."""

import json
import pickle
from copy import copy, deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from salesproc.errors import LogError, StorageError
from salesproc.money import Money
from salesproc.stages import (
    Journey,
    Process,
    Stage,
    StageChange,
    StageKind,
    Transition,
    TransitionRefused,
    replay_log,
    step_many,
)

GOOD = {"score": 72, "budget": Money("5000", "EUR")}


@pytest.fixture
def journey(deals, monday):
    first = deals.start("D-1", at=monday, by="sara", evidence={"booth": 7})
    demo = deals.step(first, "demo", at=monday + timedelta(days=1), by="omar", evidence=GOOD).unwrap()
    return deals.step(demo, "lose", at=monday + timedelta(days=2), reason="price").unwrap()


def test_replaying_the_history_gives_the_journey(deals, journey):
    assert deals.replay(journey.history) == journey
    assert deals.replay(list(journey.history)) == journey


def test_stages_of_stored_text_get_their_own_type_back(deals, stage, journey):
    stored = Journey.from_dict(json.loads(json.dumps(journey.to_dict())))
    assert type(stored.stage) is str
    again = deals.replay(stored.history)
    assert again == journey
    assert again.stage is stage.LOST
    assert again.history[1].from_stage is stage.DISCOVERY


def forged(journey, index, **changes):
    history = list(journey.history)
    history[index] = history[index]._replace(**changes)
    return history


@pytest.mark.parametrize(
    ("index", "changes", "message"),
    [
        (0, {"stage": "demo"}, "change 1 of 3: a journey cannot begin in 'demo'; it begins in 'discovery'"),
        (0, {"event": "x"}, "change 1 of 3: the first change must be the creation"),
        (0, {"process_version": 2}, "change 1 of 3: made under version 2, this is version 1"),
        (0, {"at": datetime(2026, 3, 2)}, "change 1 of 3: its time 2026-03-02 00:00:00 has no zone"),
        (1, {"entity": "D-2"}, "change 2 of 3: belongs to 'D-2', not to 'D-1'"),
        (1, {"process_version": 2}, "change 2 of 3: made under version 2"),
        (
            1,
            {"from_stage": "proposal"},
            "change 2 of 3: says it left 'proposal', but the journey was in 'discovery'",
        ),
        (1, {"event": "dmeo"}, "change 2 of 3: 'dmeo' cannot be taken from 'discovery'; did you mean 'demo'"),
        (1, {"event": None}, "change 2 of 3: None cannot be taken"),
        (1, {"stage": "proposal"}, "change 2 of 3: 'demo' leads to 'demo', not to 'proposal'"),
        (1, {"at": datetime(2026, 3, 4)}, "change 2 of 3: its time 2026-03-04 00:00:00 has no zone"),
        (2, {"at": datetime(2026, 3, 1, tzinfo=UTC)}, "change 3 of 3: its time .* lies before"),
        (
            1,
            {"evidence": {"score": 1}},
            "change 2 of 3: 'demo' refused: score is 1, at least 60 is required; budget",
        ),
        (2, {"reason": None}, "change 3 of 3: 'lose' refused: reason is missing"),
    ],
)
def test_a_history_that_was_tampered_with_is_refused_with_the_change(deals, journey, index, changes, message):
    with pytest.raises(LogError, match=message):
        deals.replay(forged(journey, index, **changes))


def test_requirements_need_not_be_judged_again(deals, journey):
    history = forged(journey, 1, evidence={})
    assert deals.replay(history, check_requirements=False).stage == "lost"
    with pytest.raises(LogError):
        deals.replay(history)


def test_no_changes_are_no_journey(deals):
    with pytest.raises(LogError, match="not even a creation"):
        deals.replay([])


def test_a_journey_of_an_older_version_is_migrated_in_new_words(deals, stage, journey):
    newer = Process(
        "deals",
        version=2,
        stages=[Stage("qualify"), Stage("present"), Stage("proposal"), Stage("won", kind=StageKind.WON),
                Stage("gone", kind=StageKind.LOST)],
        transitions=[
            Transition("present", "qualify", "present"),
            Transition("propose", "present", "proposal"),
            Transition("win", "proposal", "won"),
            Transition("lose", Process.any_open, "gone"),
        ],
    )  # fmt: skip
    renames = {"discovery": "qualify", "demo": "present", "lost": "gone"}
    moved = newer.migrate(journey, stages=renames, events={"demo": "present"})
    assert [change.stage for change in moved.history] == ["qualify", "present", "gone"]
    assert [change.event for change in moved.history] == [None, "present", "lose"]
    assert moved.version == 2
    assert [change[5:8] for change in moved.history] == [change[5:8] for change in journey.history]
    assert newer.replay(moved.history) == moved
    with pytest.raises(LogError, match=r"D-1 was in 'lost' under version 1; version 2 has no 'lost'"):
        newer.migrate(journey, stages={"discovery": "qualify", "demo": "present"}, events={"demo": "present"})
    with pytest.raises(
        LogError, match="D-1 from version 1 to version 2: change 2 of 3: 'demo' cannot be taken"
    ):
        newer.migrate(journey, stages=renames)
    same = deals.renamed("deals", version=2).migrate(journey)
    assert same.stage is stage.LOST


def test_one_step_for_many_reports_both_sides(deals, monday):
    ready = [deals.start(f"D-{i}", at=monday) for i in range(3)]
    ended = deals.step(ready[0], "lose", at=monday, reason="x").unwrap()
    report = step_many(deals, (one for one in [*ready, ended]), "lose", at=monday, reason="season over")
    assert [one.journey.entity for one in report.accepted] == ["D-0", "D-1", "D-2"]
    assert [one.entity for one in report.refused] == ["D-0"]
    assert report.counts == {"accepted": 3, "no_such_transition: lose": 1}
    assert repr(report) == "<StepReport 3 accepted, 1 refused>"


def test_a_whole_log_is_replayed_and_the_faulty_are_named_with_their_row(deals, journey, monday):
    other = deals.step(deals.start("D-2", at=monday), "lose", at=monday, reason="x").unwrap()
    bad = [deals.start("D-3", at=monday).history[0], StageChange("D-3", "won", monday, "discovery", "win")]
    woven = [
        journey.history[0],
        other.history[0],
        bad[0],
        journey.history[1],
        bad[1],
        *other.history[1:],
        journey.history[2],
    ]
    report = replay_log(deals, iter(woven))
    assert report.journeys == {"D-1": journey, "D-2": other}
    [failure] = report.failures
    assert (failure.entity, failure.row) == ("D-3", 5)
    assert failure.problem.startswith("'win' cannot be taken from 'discovery'")
    assert report.counts == {"replayed": 2, "failed": 1}
    assert repr(report) == "<ReplayReport 2 replayed, 1 failed>"


def test_changes_and_journeys_go_through_json_with_every_kind_of_evidence(deals, monday):
    evidence = {
        "text": "x", "count": 3, "yes": True, "share": 0.25, "exact": Decimal("0.10"), "when": monday,
        "day": date(2026, 3, 2), "sum": Money("5.50", "EUR"), "nothing": None, "many": (1, ("a", Decimal(2))),
    }  # fmt: skip
    journey = deals.start("D-1", at=monday, evidence=evidence)
    again = Journey.from_dict(json.loads(json.dumps(journey.to_dict())))
    assert again == journey
    assert again.history[0].evidence == evidence
    assert type(again.history[0].evidence["exact"]) is Decimal
    change = journey.history[0]
    assert StageChange.from_dict(json.loads(json.dumps(change.to_dict()))) == change


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "lacks"),
        (
            {"entity": "D-1", "stage": "a", "at": "2026-03-02T09:00:00+00:00", "color": "red"},
            "unknown fields",
        ),
        ({"entity": "D-1", "stage": "a", "at": "yesterday"}, "at: 'yesterday' is no datetime"),
        ({"entity": 7, "stage": "a", "at": "2026-03-02T09:00:00+00:00"}, "entity: 7 is no str"),
        (
            {"entity": "D", "stage": "a", "at": "2026-03-02T09:00:00+00:00", "evidence": {"x": {"$y": 1}}},
            "no tagged",
        ),
    ],
)
def test_a_stored_change_that_is_none_is_refused(data, message):
    with pytest.raises(StorageError, match=message):
        StageChange.from_dict(data)


def test_a_stored_journey_has_at_least_its_creation():
    with pytest.raises(StorageError, match="the change that created it"):
        Journey.from_dict({"entity": "D-1", "history": []})


def test_journeys_outcomes_and_errors_survive_pickling_and_copying(deals, journey, monday):
    accepted = deals.step(deals.start("D-1", at=monday), "demo", at=monday, evidence=GOOD)
    refused = deals.step(journey, "demo", at=monday)
    report = step_many(deals, [journey], "lose", at=monday)
    things = [journey, accepted, refused, deals.allowed(journey), report, replay_log(deals, journey.history)]
    for thing in things:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(thing, protocol)) == thing
        assert copy(thing) == thing
        assert deepcopy(thing) == thing
    error = TransitionRefused(refused)
    again = pickle.loads(pickle.dumps(error))
    assert (again.refusal, str(again)) == (refused, str(error))


def test_the_shared_empty_evidence_stays_one_object_through_pickles_and_copies(deals, monday):
    journey = deals.start("D-1", at=monday)
    empty = journey.history[0].evidence
    assert pickle.loads(pickle.dumps(journey)).history[0].evidence is empty
    assert deepcopy(journey).history[0].evidence is empty
    assert copy(empty) is empty
    assert json.dumps(empty) == "{}"


def test_a_pickled_journey_does_not_drag_the_process_along(deals, journey):
    assert b"Process" not in pickle.dumps(journey)
