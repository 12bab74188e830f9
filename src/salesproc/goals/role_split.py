"""Does a task take so much of the team's time that it should be somebody's own role?"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._given import several
from salesproc._shares import Share, exact_share
from salesproc._tables import Shown
from salesproc.errors import UnknownName
from salesproc.goals._quantities import in_hours, shown
from salesproc.metrics._numbers import Number, positive_number
from salesproc.metrics.breakdown import Cell

__all__ = ["RoleSplit", "RoleSplitPolicy", "TaskShare", "role_split"]


def _limit(given: Share) -> Fraction:
    return exact_share(given, "limit")


@attrs.frozen(kw_only=True)
class RoleSplitPolicy:
    """From when on a task should be a role of its own.

    Attributes:
        limit: The share of the team's time that a secondary task may take; it must be more, and exactly as much is not.

    Raises:
        ValueError: It is no share.

    Source:
        More than 20 percent: a rule of Aaron Ross, as told by document 002 of ``docs/explanation/sources.md``.
    """

    limit: Fraction = attrs.field(default=Fraction(1, 5), converter=_limit)


class TaskShare(NamedTuple):
    """One task.

    Attributes:
        task: Its name.
        hours: How many hours the team spent on it.
        share: The part of all hours, exact; None when there are none.
        core: Whether it is what the team is there for.
        own_role: Whether it should be a role of its own: secondary, and above the limit.
    """

    task: str
    hours: Fraction
    share: Fraction | None
    core: bool
    own_role: bool


@attrs.frozen(repr=False)
class RoleSplit(Shown):
    """Where the time of a team goes, the task with most hours first.

    Attributes:
        rows: One per task.
        policy: The limit.
    """

    rows: tuple[TaskShare, ...]
    policy: RoleSplitPolicy

    @property
    def suggested(self) -> tuple[str, ...]:
        """Tasks that should be a role of their own."""
        return tuple(row.task for row in self.rows if row.own_role)

    @property
    def core_share(self) -> Fraction | None:
        """The part of all hours that goes into what the team is there for, exact; None when there are no hours."""
        if self.undefined is not None:
            return None
        return sum((row.share for row in self.rows if row.core and row.share is not None), Fraction(0))

    @property
    def undefined(self) -> str | None:
        """Why there are no shares; None when there are."""
        return None if any(row.hours for row in self.rows) else "no time was spent"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per task."""
        return [
            {
                "task": row.task,
                "hours": float(row.hours),
                "share": None if row.share is None else float(row.share),
                "core": row.core,
                "own_role": row.own_role,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (
                row.task,
                shown(row.hours),
                _text.ABSENT if row.share is None else f"{float(row.share):.1%}",
                "core" if row.core else "its own role" if row.own_role else "",
            )
            for row in self.rows
        ]
        return _text.table(("task", "hours", "share", ""), lines)

    def __repr__(self) -> str:
        roles = ", ".join(self.suggested) or "none"
        return f"<RoleSplit of {len(self.rows)} tasks, above {float(self.policy.limit):.1%}: {roles}>"


def role_split(
    hours: Mapping[str, timedelta | Number],
    *,
    core: Collection[str],
    policy: RoleSplitPolicy | None = None,
) -> RoleSplit:
    """Which secondary tasks take so much of a team's time that each should be a role of its own.

    Args:
        hours: By task, the time all of the team spent on it: hours, or timedeltas.
        core: The tasks the team is there for, such as selling; these are never split off.
        policy: The limit; `RoleSplitPolicy` as it is when left out.

    Returns:
        The share of every task and those above the limit; no shares when no time was spent.

    Raises:
        ValueError: A negative time.
        TypeError: A time that is none, or *core* is one text.
        UnknownName: A core task that has no hours; give it 0 where nobody came to it.

    Source:
        More than 20 percent of the time on a secondary task: a rule of Aaron Ross, as told by document 002 of ``docs/explanation/sources.md``.

    >>> found = role_split({"selling": 25, "qualifying leads": 9, "reports": 6}, core=["selling"])
    >>> found
    <RoleSplit of 3 tasks, above 20.0%: qualifying leads>
    >>> role_split({"selling": 32, "qualifying leads": 8}, core=["selling"]).suggested
    ()
    """
    policy = policy or RoleSplitPolicy()
    for task in several(core, "core"):
        if task not in hours:
            raise UnknownName("task", task, hours, "the time spent")
    spent = {task: _hours(time, f"the time of {task!r}") for task, time in hours.items()}
    whole = sum(spent.values())
    rows = [
        TaskShare(
            task,
            time,
            time / whole if whole else None,
            task in core,
            task not in core and time > policy.limit * whole,
        )
        for task, time in spent.items()
    ]
    rows.sort(key=lambda row: (-row.hours, row.task))
    return RoleSplit(tuple(rows), policy)


def _hours(given: timedelta | Number, what: str) -> Fraction:
    return positive_number(in_hours(given) if isinstance(given, timedelta) else given, what)
