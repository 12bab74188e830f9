"""Does winning back work? What came of the customers who had left, how soon somebody reacted, and why they had left."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias, TypeVar

from salesproc._given import leading_fields, require_duration
from salesproc._instants import MICROSECOND
from salesproc.errors import LogError, did_you_mean
from salesproc.loyalty.winback_results import (
    LIMITS,
    NO_REACTION,
    UNKNOWN,
    WinBackCounts,
    WinBackReport,
    finish_win_back_report,
    reaction_names,
)
from salesproc.metrics import DurationCounts
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.exit_reasons import reduce_churn_reasons
from salesproc.records import ChurnReason
from salesproc.stages import WIN_BACK, Journey, WinBack

__all__ = ["WinBackRow", "may_ask_for_referral", "reduce_win_back_report", "win_back_report"]

E = TypeVar("E", bound=Hashable)

WinBackRow: TypeAlias = tuple[E, str, date, *tuple[object, ...]]
"""A row of a log of ``WIN_BACK``: which case, which stage, when, then anything; a reason, if there is one, is the seventh, as in a ``StageChange``."""

_ORDER = {str(stage.name): place for place, stage in enumerate(WIN_BACK.stages)}


def win_back_report(
    log: Iterable[WinBackRow[E]], *, as_of: date, limits: Sequence[timedelta] = LIMITS
) -> WinBackReport:
    """How many of those who had left were won back, by how soon somebody reacted; and why they had left.

    A case is one leaving: who leaves twice is two cases, with an id each. The clock starts with the row that says they departed, which is when somebody
    noticed. That quick cases do better is no proof that quickness did it: easy cases are picked up first.

    Args:
        log: Rows ``(case, stage, at)`` of ``WIN_BACK`` in any order, read once; the changes of journeys are such rows, and their reasons are read.
        as_of: The review, of the log's kind of time; later rows are counted and not used.
        limits: Between quick and slow reactions, rising; a day, a week and a month unless given. The source says "very fast" and no number.

    Returns:
        Outcomes by the latest stage: a case that was tried again is running. Rows of one instant are taken in the order of the process, losing last. The
        reaction is the first stage after departed that is not lost.

    Raises:
        LogError: A row that cannot be read, or a stage that ``WIN_BACK`` does not have.
        NaiveTimeError: Times of two kinds.
        ValueError: Limits that do not rise from above 0.

    Source:
        Ask to meet at once, learn why, offer to put it right: document 004 of ``docs/explanation/sources.md``.

    >>> log = [
    ...     ("ann", "departed", date(2025, 3, 3)),
    ...     ("ann", "meeting requested", date(2025, 3, 4)),
    ...     ("ann", "recovered", date(2025, 3, 20)),
    ...     ("bob", "departed", date(2025, 3, 3)),
    ...     ("bob", "lost for good", date(2025, 6, 1)),
    ...     ("cid", "departed", date(2025, 6, 2)),
    ... ]
    >>> print(win_back_report(log, as_of=date(2025, 6, 30)))
    reaction           recovered  lost  running    rate
    within 1 day               1     0        0  100.0%
    within 7 days              0     0        0     n/a
    within 30 days             0     0        0     n/a
    later                      0     0        0     n/a
    none yet or never          0     1        1    0.0%
    won back 50.0% (1 of 2), 1 running
    """
    return finish_win_back_report(reduce_win_back_report(log, as_of=as_of, limits=limits))


def reduce_win_back_report(
    log: Iterable[WinBackRow[E]], *, as_of: date, limits: Sequence[timedelta] = LIMITS
) -> WinBackCounts:
    """The first half of `win_back_report`: counts that add up over disjoint sets of cases."""
    for limit in limits:
        require_duration(limit, "a limit", zero=False)
    if [*limits] != sorted({*limits}):
        raise ValueError(f"limits must rise, got {limits!r}")
    review = comparable(as_of, as_of, "as_of")
    cases, late = _read(log, as_of, review)
    outcomes, reasons = Counter[tuple[str, str]](), list[tuple[E, str | None]]()
    ages = Counter[tuple[str | None, int]]()
    for case, steps in cases.items():
        outcome = {WinBack.RECOVERED: "recovered", WinBack.LOST: "lost"}.get(steps[-1].stage, "running")
        reasons.append((case, _why(steps)))
        kind, age = _reaction(steps, review)
        ages[kind, age] += 1
        outcomes[_label(kind, age, limits), outcome] += 1
    finished, lost, running = (
        {age: count for (kind, age), count in ages.items() if kind == wanted}
        for wanted in ("finished", "lost", "open")
    )
    reactions = DurationCounts(finished, lost, running)
    return WinBackCounts((*limits,), dict(outcomes), reactions, reduce_churn_reasons(reasons), late)


def may_ask_for_referral(journey: Journey[WinBack]) -> bool:
    """Whether a customer who left may be asked to recommend us: only when they left because they no longer need what they bought.

    Somebody who left for better terms or over the service is parted with well, and asked for nothing.

    Args:
        journey: On ``WIN_BACK``. While the reason is not known, the answer is no.

    Source:
        Document 004 of ``docs/explanation/sources.md``, parting with a customer.
    """
    steps = [_Step(change.at, WinBack(change.stage), change.reason) for change in journey.history]
    return _why(steps) == ChurnReason.NO_LONGER_NEEDED


class _Step(NamedTuple):
    at: date
    stage: WinBack
    reason: str | None


def _read(log: Iterable[WinBackRow[E]], as_of: date, review: date) -> tuple[dict[E, list[_Step]], int]:
    """The steps of every case in order of time, at one time in order of the process; and how many rows come after the review."""
    cases, late = dict[E, list[_Step]](), 0
    for number, row in enumerate(log, 1):
        where = f"row {number}"
        case, stage, given = leading_fields(row, ("case", "stage", "time"), where)
        name = str(stage)
        if name not in _ORDER:
            hint = did_you_mean(name, _ORDER)
            raise LogError(f"{where} is in stage {name!r}, which {WIN_BACK.name!r} does not have; {hint}")
        at = comparable(given, as_of, where)
        if at > review:
            late += 1
            continue
        reason = row[6] if len(row) > 6 else None
        step = _Step(at, WinBack(name), None if reason is None else str(reason))
        cases.setdefault(case, []).append(step)
    for steps in cases.values():
        steps.sort(key=lambda step: (step.at, _ORDER[step.stage]))
    return cases, late


def _why(steps: Sequence[_Step]) -> str | None:
    """Why the customer had left: what was learned last, else what was noted when they left."""
    learned = [step.reason for step in steps if step.stage == WinBack.REASON_KNOWN]
    noted = [step.reason for step in steps if step.stage == WinBack.DEPARTED]
    return next((reason for reason in (*learned[::-1], *noted) if reason), None)


def _reaction(steps: Sequence[_Step], review: date) -> tuple[str | None, int]:
    """Whether somebody reacted, gave up at once, or has done neither, and after how many microseconds; None when it is not known when they left."""
    left = next((step.at for step in steps if step.stage == WinBack.DEPARTED), None)
    if left is None:
        return None, 0
    ended = [step.at for step in steps if step.at >= left and step.stage == WinBack.LOST]
    reacted = [
        step.at for step in steps if step.at >= left and step.stage not in {WinBack.DEPARTED, WinBack.LOST}
    ]
    if reacted:
        return "finished", elapsed_microseconds(left, reacted[0])
    return (
        ("lost", elapsed_microseconds(left, ended[0]))
        if ended
        else ("open", elapsed_microseconds(left, review))
    )


def _label(kind: str | None, age: int, limits: Sequence[timedelta]) -> str:
    if kind is None:
        return UNKNOWN
    if kind != "finished":
        return NO_REACTION
    return reaction_names(limits)[sum(age > limit // MICROSECOND for limit in limits)]
