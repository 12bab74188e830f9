"""How long a journey has been where it is: computed from the record, no timers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from salesproc._instants import earlier, elapsed, joined_within, require_aware
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.periods import Period
from salesproc.stages.journey import Journey
from salesproc.stages.stage import StageKind

if TYPE_CHECKING:
    from salesproc.stages.process import Process

__all__ = ["age", "overdue"]

S = TypeVar("S", bound=str)


def age(
    process: "Process[S]",
    journey: Journey[S],
    as_of: datetime,
    *,
    calendar: WorkingCalendar | None = None,
    pauses: Iterable[Period] = (),
) -> timedelta | None:
    """How long a journey has been in its stage; ``None`` in a final stage and on hold, where no clock runs.

    Args:
        process: The process it is in.
        journey: Where the entity is.
        as_of: Until when, aware.
        calendar: Count working time only.
        pauses: Periods that do not count, such as a wait the customer asked for; they may overlap.

    Raises:
        PeriodError: *as_of* lies before the stage was entered.

    >>> from salesproc.stages import Process
    >>> sales = Process.pipeline("sales", stages=["talk"], won="won", lost="lost")
    >>> deal = sales.start("D-1", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> age(sales, deal, datetime(2026, 3, 5, 9, tzinfo=UTC))
    datetime.timedelta(days=3)
    """
    stage = process.stage(journey.stage)
    entered = journey.entered_at
    if earlier(require_aware(as_of, "as_of"), entered):
        raise PeriodError(f"{journey.entity} entered {str(stage.name)!r} at {entered}, after as_of {as_of}")
    if stage.final or stage.kind is StageKind.ON_HOLD:
        return None
    span = calendar.working_time if calendar is not None else elapsed
    start, end = entered.astimezone(UTC), as_of.astimezone(UTC)
    paused = joined_within(map(_instants, pauses), start, end)
    return span(start, end) - sum((span(a, b) for a, b in paused), timedelta(0))


def overdue(
    process: "Process[S]",
    journey: Journey[S],
    as_of: datetime,
    *,
    calendar: WorkingCalendar | None = None,
    pauses: Iterable[Period] = (),
) -> timedelta | None:
    """By how much its age is past the limit of its stage; ``None`` when it is not, or there is no limit.

    Takes and raises what `age` does. A limit of one day is 24 hours; of working time where a calendar is given.
    """
    limit = process.stage(journey.stage).limit
    running = age(process, journey, as_of, calendar=calendar, pauses=pauses)
    return running - limit if limit is not None and running is not None and running > limit else None


def _instants(pause: Period) -> tuple[datetime, datetime]:
    start, end = pause.start, pause.end
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise PeriodError(f"a pause runs from one aware datetime to another, got {pause!r}")
    return require_aware(start, "pause.start").astimezone(UTC), require_aware(end, "pause.end").astimezone(
        UTC
    )
