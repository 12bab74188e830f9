"""What comes of the leads that are handed over: accepted, given back and why, or left lying?"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar, overload

import attrs

from salesproc._given import require_period
from salesproc.errors import LogError, did_you_mean
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Breakdown, break_down
from salesproc.metrics.deals import label_of
from salesproc.metrics.hand_over_results import (
    HandOverCounts,
    HandOverLike,
    HandOverOutcomes,
    finish_hand_over_outcomes,
)
from salesproc.periods import Period

__all__ = [
    "hand_over_outcomes",
    "reduce_hand_over_outcomes",
]

_OUTCOMES = ("submitted", "accepted", "rejected", "recycled")


H = TypeVar("H", bound=HandOverLike)
K = TypeVar("K", bound=Hashable)


@overload
def hand_over_outcomes(
    hand_overs: Iterable[HandOverLike], *, as_of: date, period: Period | None = ..., by: None = ...
) -> HandOverOutcomes: ...
@overload
def hand_over_outcomes(
    hand_overs: Iterable[H], *, as_of: date, period: Period | None = ..., by: Callable[[H], K]
) -> Breakdown[K, HandOverOutcomes]: ...
@overload
def hand_over_outcomes(
    hand_overs: Iterable[HandOverLike], *, as_of: date, period: Period | None = ..., by: str
) -> Breakdown[Hashable, HandOverOutcomes]: ...
def hand_over_outcomes(
    hand_overs: Iterable[H],
    *,
    as_of: date,
    period: Period | None = None,
    by: Callable[[H], Any] | str | None = None,
) -> HandOverOutcomes | Breakdown[Any, HandOverOutcomes]:
    """How many of the leads passed on are accepted, and why the others are given back.

    Args:
        hand_overs: Anything like `HandOverLike`: `HandedOver` rows, or the records; in any order, read once.
        as_of: The moment of the review. What was decided later is undecided; what was handed over later is left out and counted.
        period: Only what was handed over in it, whenever it was decided.
        by: A function from hand-over to label, or the name of an attribute such as ``"sender"`` or ``"receiver"``.

    Returns:
        The acceptance with its counts, and each reason; those nobody has decided on are apart and not refused.

    Raises:
        LogError: A hand-over that contradicts itself or cannot be read; the message names it.
        NaiveTimeError: Times of two kinds.
        TypeError: The period is none.

    Source:
        Sales checks and accepts what marketing passes on, document 002 of ``docs/explanation/sources.md``; the families of reasons are Forrester's
        (`RejectReason` of ``salesproc.records``).

    >>> from salesproc.metrics.hand_over_results import HandedOver
    >>> day = [date(2026, 3, n) for n in range(1, 32)]
    >>> passed = [
    ...     HandedOver("L-1", day[1], "accepted", day[2]),
    ...     HandedOver("L-2", day[1], "rejected", day[3], "clerical"),
    ...     HandedOver("L-3", day[2], "accepted", day[2]),
    ...     HandedOver("L-4", day[9]),
    ... ]
    >>> print(hand_over_outcomes(passed, as_of=day[20]))
    66.7% (2 of 3) accepted; 1 rejected (clerical); 1 undecided
    """
    parts = _reduce(hand_overs, as_of, period, by)
    if by is None:
        return finish_hand_over_outcomes(sum(parts.values(), HandOverCounts()))
    return break_down(parts, HandOverCounts(), finish_hand_over_outcomes, _size)


def reduce_hand_over_outcomes(
    hand_overs: Iterable[HandOverLike], *, as_of: date, period: Period | None = None
) -> HandOverCounts:
    """The first half of `hand_over_outcomes`: counts that add up over disjoint sets of hand-overs."""
    return sum(_reduce(hand_overs, as_of, period, None).values(), HandOverCounts())


class SeenHandOver(NamedTuple):
    """A hand-over as it was known at the review.

    Attributes:
        case: The thing itself.
        where: Which one it is, for messages.
        submitted: When it was handed over, comparable.
        decided: When it was decided, comparable; None while it was not.
        outcome: What had come of it.
        reason: Why it was given back.
    """

    case: Any
    where: str
    submitted: date
    decided: date | None
    outcome: str
    reason: str | None


def read_hand_overs(hand_overs: Iterable[HandOverLike], as_of: date) -> Iterable[SeenHandOver]:
    """Every hand-over as it was known at the review; those of later are among them, undecided.

    Raises:
        LogError: One that contradicts itself or cannot be read; the message names it.
        NaiveTimeError: Times of two kinds.
    """
    review = comparable(as_of, as_of, "as_of")
    known = set[tuple[object, ...]]()
    for number, one in enumerate(hand_overs, 1):
        where = f"hand-over {number}"
        try:
            submitted_at, decided_at, outcome, reason = (
                one.submitted_at,
                one.decided_at,
                one.outcome,
                one.reason,
            )
            where = f"{where} (of {one.lead_id!r})"
        except AttributeError as error:
            raise LogError(
                f"{where} has no {error.name}: {one!r}; make it a hand-over: HandedOver(lead_id, submitted_at, ...)"
            ) from error
        if outcome not in _OUTCOMES:
            hint = did_you_mean(str(outcome), _OUTCOMES)
            raise LogError(f"{where} has the outcome {outcome!r}, which is none; {hint}")
        if (decided_at is None) != (outcome == "submitted"):
            raise LogError(
                f"{where} is {outcome} and has decided_at {decided_at!r}; the two contradict each other"
            )
        submitted = comparable(submitted_at, as_of, where)
        same = (one.lead_id, submitted)
        if same in known:
            raise LogError(
                f"{where} is there a second time: {one!r}; a lead handed over again has another time"
            )
        known.add(same)
        decided = None if decided_at is None else comparable(decided_at, as_of, where)
        if decided is not None and decided < submitted:
            raise LogError(
                f"{where} was decided at {decided_at}, before it was handed over at {submitted_at}"
            )
        if decided is None or decided > review:
            yield SeenHandOver(one, where, submitted, None, "submitted", None)
        else:
            yield SeenHandOver(one, where, submitted, decided, str(outcome), str(reason) if reason else None)


@attrs.define
class _Part:
    """The hand-overs of one label while they are counted."""

    accepted: int = 0
    rejected: Counter[str | None] = attrs.field(factory=Counter[str | None])
    recycled: Counter[str | None] = attrs.field(factory=Counter[str | None])
    undecided: int = 0
    out_of_period: int = 0
    after_as_of: int = 0

    def add(self, seen: SeenHandOver) -> None:
        if seen.outcome == "accepted":
            self.accepted += 1
        elif seen.outcome == "submitted":
            self.undecided += 1
        else:
            (self.rejected if seen.outcome == "rejected" else self.recycled)[seen.reason] += 1

    def counts(self) -> HandOverCounts:
        return HandOverCounts(
            self.accepted,
            dict(self.rejected),
            dict(self.recycled),
            self.undecided,
            self.out_of_period,
            self.after_as_of,
        )


def _reduce(
    hand_overs: Iterable[H], as_of: date, period: Period | None, by: Callable[[H], Any] | str | None
) -> dict[Hashable, HandOverCounts]:
    require_period(period)
    review = comparable(as_of, as_of, "as_of")
    parts = defaultdict[Hashable, _Part](_Part)
    for seen in read_hand_overs(hand_overs, as_of):
        part = parts[label_of(seen.case, by, seen.where)]
        if seen.submitted > review:
            part.after_as_of += 1
        elif period is not None and seen.submitted not in period:
            part.out_of_period += 1
        else:
            part.add(seen)
    return {label: part.counts() for label, part in parts.items()}


def _size(counts: HandOverCounts) -> int:
    return HandOverOutcomes(counts).handed_over
