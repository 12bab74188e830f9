"""Random processes, and legal ways through them that get deep, whoever does the choosing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from salesproc.money import Money
from salesproc.stages import (
    Accepted,
    Evidence,
    EvidenceValue,
    Journey,
    Process,
    Requirement,
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
)
from salesproc.testing._names import REASONS, SELLERS
from salesproc.testing._ways import Pick, Way, distances, proof, take, ways

__all__ = ["random_process", "walk"]

S = TypeVar("S", bound=str)

_MOST_MOVES = 24
_DETOURS, _TAILS = (0, 0, 2, 4), (0, 0, 1, 3)
_WAITS: Final = tuple(timedelta(seconds=n) for n in (86_400, 0, 1, 1800, 3600, 7 * 86_400, 90 * 86_400))
_REMARKS: Final[Sequence[Mapping[str, EvidenceValue]]] = (
    {},
    {"remark": "إلى اللقاء 再见 до встречи"},
    {"discount": Decimal("0.125"), "trial": False, "seats": 10**12, "fit": 0.1},
    {"tags": ("a", ("b", 1)), "owner": None, "worth": Money("-0.005", "BHD")},
    {"due": date(2028, 2, 29), "met_at": datetime(2026, 3, 29, 1, 30, tzinfo=UTC)},
)

_NAMES: Final = ("new", "تأهيل", "talk", "需求", "offer", "предложение", "legal", "Prüfung", "trial", "close")
_REQUIREMENTS: Final[Sequence[Requirement]] = (
    provided("budget"),
    confirmed("need"),
    at_least("score", 60),
    at_most("open_objections", 0),
    one_of("segment", "smb", "enterprise"),
    all_of(provided("amount"), confirmed("signed")),
    any_of(provided("offer"), at_least("calls", 3)),
    not_(one_of("country", "nowhere")),
    not_(at_least("months_late", 6)),
    provided("by"),
    provided("reason"),
)


def walk(
    process: Process[S], pick: Pick, *, entity: str, begun: datetime, ends_in: S | None = None
) -> Journey[S]:
    """A legal journey: a few detours, then straight to some stage, the deeper the likelier, and perhaps on from there.

    Args:
        process: The process to go through.
        pick: Makes every choice.
        entity: Whose journey it is.
        begun: When it begins, aware; all other times are in the same zone.
        ends_in: The stage to head for and to end in. It is missed where a requirement asks for what happened before.
    """
    table = ways(process)
    goal = pick(_goals(process, table)) if ends_in is None else process.stage(ends_in).name
    away = distances(table, goal)
    starts = tuple(stage for stage in process.initial if stage in away)
    start = pick(starts)
    journey = process.start(entity, at=begun, stage=start, by=pick((None, *SELLERS)))
    for _ in range(pick(_DETOURS)):
        journey = _onward(process, journey, pick, [way for way in table[journey.stage] if way.target in away])
    for _ in range(_MOST_MOVES):
        if journey.stage == goal:
            break
        nearest = [way for way in table[journey.stage] if way.target in away]
        nearest.sort(key=lambda way: away[way.target])
        journey = _onward(process, journey, pick, nearest, first=True)
    for _ in range(pick(_TAILS) if ends_in is None else 0):
        journey = _onward(process, journey, pick, table[journey.stage])
    return journey


def random_process(pick: Pick) -> Process[str]:
    """A sound process of two to nine stages, with requirements, ways back, a stage on hold, and ways to reopen."""
    count, offset = pick(range(1, 6)), pick(range(5))
    names = _NAMES[offset : offset + count]
    limits = (None, timedelta(days=14), timedelta(hours=36))
    chances = (None, Decimal("0.3"), Decimal(1))
    stages = [Stage(name, probability=pick(chances), limit=pick(limits)) for name in names]
    stages.append(Stage("won", kind=StageKind.WON))
    targets = (*names[1:], "won")
    moves = [
        Transition("next", source, target, requires=_some(pick))
        for source, target in zip(names, targets, strict=True)
    ]
    for i in range(pick(range(4))):
        source, target = pick(names), pick((*names, "won"))
        if source != target:
            moves.append(Transition(f"jump {i + 1}", source, target, requires=_some(pick)))
    if pick((True, False)):
        stages.append(Stage("lost", kind=StageKind.LOST))
        moves.append(Transition("lose", Process.any_open, "lost", requires=_some(pick)))
        moves += [Transition("reopen", end, pick(names), reopens=True) for end in pick(_REOPENED)]
    if pick((False, True)):
        stages.append(Stage("paused", kind=StageKind.ON_HOLD))
        held = pick(names)
        moves += [Transition("hold", held, "paused"), Transition("resume", "paused", held)]
    if pick((False, True)):
        stages.append(Stage("merged", kind=StageKind.DONE))
        moves.append(Transition("merge", pick(names), "merged"))
    initial = pick((names[:1], names))
    return Process(
        "made up", version=pick((1, 2)), stages=stages, transitions=moves, initial=dict.fromkeys(initial)
    )


_REOPENED: Final[Sequence[tuple[str, ...]]] = ((), ("lost",), ("lost", "won"))


def _some(pick: Pick) -> tuple[Requirement, ...]:
    """None, one or two requirements that do not contradict each other."""
    return tuple(pick(_REQUIREMENTS) for _ in range(pick((0, 1, 2))))


def _goals(process: Process[S], table: Mapping[S, Sequence[Way[S]]]) -> tuple[S, ...]:
    """Every stage, the more often the deeper: the square of one more than its steps from the nearest beginning."""
    depth: dict[S, int] = {}
    for stage in table:
        away = distances(table, stage)
        depth[stage] = min(away[start] for start in process.initial if start in away)
    return tuple(stage for stage, steps in depth.items() for _ in range((steps + 1) ** 2))


def _onward(
    process: Process[S], journey: Journey[S], pick: Pick, options: Sequence[Way[S]], *, first: bool = False
) -> Journey[S]:
    """The journey after one of the steps: the first that is accepted, beginning with any, or with the first."""
    left = list(options)
    while left:
        way = left.pop(0 if first else pick(range(len(left))))
        at = (journey.entered_at.astimezone(UTC) + pick(_WAITS)).astimezone(journey.entered_at.tzinfo)
        usual: Evidence = {"by": pick((None, *SELLERS)), "reason": pick((None, *REASONS)), **pick(_REMARKS)}
        outcome = take(process, journey, way, at=at, facts={**usual, **proof(way.requires, pick)})
        if isinstance(outcome, Accepted):
            return outcome.journey
    return journey
