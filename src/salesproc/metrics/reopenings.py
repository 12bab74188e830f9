"""When was a deal closed before, and opened again?"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from salesproc.errors import LogError
from salesproc.stages import Journey, Process, StageKind

__all__ = ["Reopening"]

_OUTCOMES: dict[StageKind, Literal["won", "lost"]] = {StageKind.WON: "won", StageKind.LOST: "lost"}


class Reopening(NamedTuple):
    """A deal was closed, and later on again.

    Attributes:
        closed_at: When it was closed.
        outcome: How: ``"won"`` or ``"lost"``.
        reopened_at: When it was opened again.
    """

    closed_at: date
    outcome: Literal["won", "lost"]
    reopened_at: date


def reopenings_of(deal: object, where: str) -> Sequence[Reopening]:
    """The earlier closings: those a row names, or those its journey shows.

    Raises:
        LogError: What the row names is none.
    """
    journey: Journey[str] | None = getattr(deal, "journey", None)
    pipeline: Process[str] | None = getattr(deal, "pipeline", None)
    if journey is not None and pipeline is not None:
        return list(_reopened(journey, pipeline))
    given: Sequence[Reopening] = getattr(deal, "reopenings", ())
    for one in given:
        parts: tuple[object, ...] = tuple(one)
        if len(parts) != 3 or parts[1] not in {"won", "lost"}:
            raise LogError(
                f"{where} has the reopening {one!r}; give Reopening(closed_at, 'won' or 'lost', reopened_at)"
            )
    return given


def _reopened(journey: Journey[str], pipeline: Process[str]) -> Iterator[Reopening]:
    closed_at, closed = journey.created_at, None
    for change in journey.history:
        outcome = _OUTCOMES.get(pipeline.stage(change.stage).kind)
        if closed is not None and outcome != closed:
            yield Reopening(closed_at, closed, change.at)
        if outcome != closed:
            closed_at, closed = change.at, outcome
