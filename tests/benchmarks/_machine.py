"""What a step costs beside the same step written by hand, and beside other packages."""

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import _baselines as by_hand
from _packages import Adapter, installed
from _timing import Pair, Statement, bytes_each, compare, compare_long

from salesproc.stages import (
    Process,
    Refused,
    Stage,
    StageChange,
    StageKind,
    Transition,
    at_least,
    replay_log,
)

START = datetime(2024, 1, 1, 9, tzinfo=UTC)
AT = START + timedelta(days=9)
SCORE, LOW = {"score": 72}, {"score": 10}
DEALS = Process(
    "deals",
    stages=[Stage("talk"), Stage("offered"), Stage("won", kind=StageKind.WON)],
    transitions=[
        Transition("offer", "talk", "offered", requires=[at_least("score", 60)]),
        Transition("back", "offered", "talk", requires=[at_least("score", 60)]),
        Transition("win", "offered", "won"),
    ],
)
_CAUGHT = "try:\n    {}\nexcept Error as error:\n    pass"


def _ours() -> Adapter:
    deal = DEALS.start("D-1", at=START)
    for day, event in enumerate(("offer", "back", "offer", "back"), start=1):
        deal = DEALS.step(deal, event, at=START + timedelta(days=day), evidence=SCORE).unwrap()
    names = {"step": DEALS.step, "start": DEALS.start, "deal": deal, "at": AT, "score": SCORE, "low": LOW}

    def tour() -> str:
        if not isinstance(DEALS.step(deal, "offer", at=AT, evidence=LOW), Refused):
            return "taken without the score"
        offered = DEALS.step(deal, "offer", at=AT, evidence=SCORE).unwrap()
        return DEALS.step(offered, "win", at=AT).unwrap().stage

    return Adapter(
        "salesproc",
        Statement("step(deal, 'offer', at=at, evidence=score)", names),
        Statement("step(deal, 'offer', at=at, evidence=low)", names),
        Statement("step(deal, 'win', at=at, evidence=low)", names),
        Statement("start('D-2', at=at)", names),
        lambda entity: DEALS.start(entity, at=START),
        tour,
        10_000,
    )


def _value(name: str, start: Any, step: Any) -> Adapter:
    """One of the two baselines that make a new deal at every step."""
    deal = start("D-1", at=START)
    for day, event in enumerate(("offer", "back", "offer", "back"), start=1):
        deal = step(deal, event, at=START + timedelta(days=day), evidence=SCORE)
    names = {"step": step, "start": start, "deal": deal, "at": AT, "score": SCORE, "low": LOW}
    names["Error"] = by_hand.StepError

    def tour() -> str:
        try:
            step(deal, "offer", at=AT, evidence=LOW)
        except by_hand.StepError:
            return str(step(step(deal, "offer", at=AT, evidence=SCORE), "win", at=AT, evidence={}).stage)
        return "taken without the score"

    return Adapter(
        name,
        Statement("step(deal, 'offer', at=at, evidence=score)", names),
        Statement(_CAUGHT.format("step(deal, 'offer', at=at, evidence=low)"), names),
        Statement(_CAUGHT.format("step(deal, 'win', at=at, evidence=low)"), names),
        Statement("start('D-2', at=at)", names),
        lambda entity: start(entity, at=START),
        tour,
        10_000,
    )


def _mutable() -> Adapter:
    deal = by_hand.MutableDeal("D-1", at=START)
    names = {"deal": deal, "Deal": by_hand.MutableDeal, "at": AT, "score": SCORE, "low": LOW}
    names["Error"] = by_hand.StepError

    def tour() -> str:
        one = by_hand.MutableDeal("tour", at=START)
        try:
            one.step("offer", at=AT, evidence=LOW)
        except by_hand.StepError:
            for event in ("offer", "back", "offer", "win"):
                one.step(event, at=AT, evidence=SCORE)
            return one.stage if len(one.history) == 5 else "not recorded"
        return "taken without the score"

    there_and_back = "deal.step('offer', at=at, evidence=score); deal.step('back', at=at, evidence=score)"
    return Adapter(
        "by hand, mutable class",
        Statement(f"{there_and_back}; deal.history.clear()", names, 2),
        Statement(_CAUGHT.format("deal.step('offer', at=at, evidence=low)"), names),
        Statement(_CAUGHT.format("deal.step('win', at=at, evidence=low)"), names),
        Statement("Deal('D-2', at=at)", names),
        lambda entity: by_hand.MutableDeal(entity, at=START),
        tour,
        10_000,
    )


def adapters() -> Iterator[Adapter | str]:
    """Everything the machine is held against, and a line on each package that is missing."""
    yield _value("by hand, frozen attrs", by_hand.frozen_start, by_hand.frozen_step)
    yield _value("by hand, NamedTuple", by_hand.tuple_start, by_hand.tuple_step)
    yield _mutable()
    yield from installed(SCORE, LOW, AT)


QUESTIONS = ("accepted", "refused", "illegal", "create")


def measure(rounds: int, turn: float) -> dict[str, Any]:
    """The costs of all adapters, each beside the library's own in turns."""
    ours = _ours()
    result: dict[str, Any] = {"ends": {ours.name: ours.tour()}, "missing": [], "against": {}}
    for other in adapters():
        if isinstance(other, str):
            result["missing"].append(other)
            continue
        result["ends"][other.name] = other.tour()
        if set(result["ends"].values()) != {"won"}:
            raise RuntimeError(f"an adapter does not run the process: {result['ends']}")
        row: dict[str, Any] = {
            question: compare(getattr(ours, question), getattr(other, question), rounds=rounds, turn=turn)
            for question in QUESTIONS
        }
        row["bytes"] = bytes_each(other.make, other.scale)
        result["against"][other.name] = row
    result["bytes"] = bytes_each(ours.make, ours.scale)
    return result


def growth(many: int, rounds: int, turn: float) -> dict[str, Any]:
    """Whether anything grows with the number of entities alive: the process, the bytes of each, the step."""
    ours = _ours()
    few = max(1, many // 100)
    alone = len(pickle.dumps(DEALS))
    beside_few = bytes_each(ours.make, few)
    beside_many = bytes_each(ours.make, many)
    one = ours.accepted.timer()
    number = max(1, int(turn / (one.timeit(200) / 200)))
    quiet = sorted(one.timeit(number) for _ in range(rounds))[rounds // 2]
    alive = [ours.make(f"D-{index}") for index in range(many)]
    crowded = sorted(one.timeit(number) for _ in range(rounds))[rounds // 2]
    return {
        "alive": len(alive),
        "process_bytes": (alone, len(pickle.dumps(DEALS))),
        "bytes": (beside_few, beside_many),
        "step_ratio": crowded / quiet,
    }


def replay(rows: int, rounds: int) -> dict[str, Any]:
    """A log of changes turned into journeys, beside a loop by hand that checks the same."""
    ways = (("offer", "back", "offer", "win"), ("offer",), ("offer", "back", "offer"))
    log: list[StageChange[str]] = []
    number = 0
    while len(log) < rows:
        deal = DEALS.start(f"D-{number}", at=START)
        for day, event in enumerate(ways[number % 3], start=1):
            deal = DEALS.step(deal, event, at=START + timedelta(days=day), evidence=SCORE).unwrap()
        log += deal.history
        number += 1
    log.sort(key=lambda change: change.at)
    same = [by_hand.TupleChange(*change) for change in log]
    ours, theirs = replay_log(DEALS, log), by_hand.replay(same)
    if ours.failures or {name: (j.stage, len(j.history)) for name, j in ours.journeys.items()} != {
        name: (deal.stage, len(deal.history)) for name, deal in theirs.items()
    }:
        raise RuntimeError("the two replays disagree")
    del ours, theirs
    pair: Pair = compare_long(lambda: replay_log(DEALS, log), lambda: by_hand.replay(same), rounds=rounds)
    return {"rows": len(log), "pair": pair}
