"""How did a customer come to their rung? The steps on the loyalty ladder, recorded so that they can be replayed."""

from datetime import datetime

from salesproc._given import instance
from salesproc._instants import require_aware
from salesproc.loyalty.assessment import Assessment
from salesproc.stages import LOYALTY_LADDER, Journey, LadderStage

__all__ = ["climb"]

_RUNGS = tuple(stage for stage in LadderStage if stage != LadderStage.DEPARTED)
_UP: dict[LadderStage, str] = dict(
    zip(_RUNGS, ("buy_again", "become_regular", "become_supporter", "become_advocate"), strict=False)
)


def climb(
    journey: Journey[LadderStage], assessment: Assessment, *, at: datetime, by: str | None = None
) -> Journey[LadderStage]:
    """The journey after the steps that lead to the rung of an assessment, each with its evidence, or its reason where it leads down.

    Begin with ``LOYALTY_LADDER.start(customer, at=first_purchase)``. Leaving is no rung and never follows from silence: somebody takes the step
    ``depart``, with a reason. Who has departed stays so until they buy again on a later day.

    Args:
        journey: So far, on ``LOYALTY_LADDER``.
        assessment: What `assess` found.
        at: When the steps are recorded, aware; not before the last one.
        by: Who says so.

    Returns:
        The journey on the rung of the assessment; the same journey when nothing has changed.

    Raises:
        NaiveTimeError: *at* has no zone.
        TypeError: *assessment* is no `Assessment`.
        ValueError: The assessment has no rung, since there was no purchase, or is of a day after *at*; or the journey is of another process.
        TransitionRefused: The time runs backwards, or a purchase that had counted is gone: no step leads down from repeat.

    >>> from datetime import UTC, date
    >>> from salesproc.loyalty import assess
    >>> ann = LOYALTY_LADDER.start("ann", at=datetime(2025, 1, 9, tzinfo=UTC))
    >>> days = [date(2025, month, 9) for month in range(1, 7)]
    >>> june, winter = (assess(days, as_of=date(2025, month, 20)) for month in (6, 12))
    >>> ann = climb(ann, june, at=datetime(2025, 6, 20, tzinfo=UTC))
    >>> ann = climb(ann, winter, at=datetime(2025, 12, 20, tzinfo=UTC))
    >>> for change in ann.history:
    ...     print(change.event, "->", change.stage, change.reason or "")
    None -> customer
    buy_again -> repeat
    become_regular -> regular
    fall_back -> repeat days since the last: 194, at most 93 is needed
    """
    instance(assessment, Assessment, "assessment", "make it with assess(...)")
    if assessment.tier is None:
        raise ValueError(
            f"{journey.entity} has no purchase up to {assessment.as_of}: there is no rung to climb to"
        )
    if require_aware(at, "at").date() < assessment.as_of:
        raise ValueError(
            f"the assessment is of {assessment.as_of}, after at={at}: what was not known then is not recorded as known"
        )
    if journey.stage not in tuple(LadderStage):
        raise ValueError(
            f"{journey!r} is no journey on the loyalty ladder; begin with LOYALTY_LADDER.start(customer, at=...)"
        )
    goal, bought = LadderStage(assessment.tier), assessment.last_purchase
    if journey.stage == LadderStage.DEPARTED:
        if bought is None or bought <= journey.entered_at.date():
            return journey
        journey = LOYALTY_LADDER.step(journey, "return", at=at, by=by).unwrap()
    reason = "; ".join(map(str, assessment.next))
    while journey.stage != goal:
        if _RUNGS.index(journey.stage) < _RUNGS.index(goal):
            up = _UP[journey.stage]
            step = LOYALTY_LADDER.step(journey, up, at=at, by=by, evidence=assessment.facts())
        else:
            step = LOYALTY_LADDER.step(journey, "fall_back", at=at, by=by, reason=reason)
        journey = step.unwrap()
    return journey
