"""What was a call to achieve, and did it? Calls whose outcome nobody wrote down are no failures."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar, overload

import attrs

from salesproc import _text
from salesproc._instants import earlier, require_aware
from salesproc._tables import Shown
from salesproc.errors import LogError
from salesproc.metrics import Breakdown
from salesproc.metrics.breakdown import Cell, break_down
from salesproc.metrics.deals import label_of
from salesproc.rates import Rate

__all__ = ["CallObjective", "CallOutcome", "ObjectiveRow", "ObjectivesMet", "objectives_met"]


class CallObjective(StrEnum):
    """What a call is to achieve. Any other text serves as well.

    Source: a goal for each contact, OpenStax *Entrepreneurship* 8.6, the second step of the sale.
    """

    SET_APPOINTMENT = "set_appointment"
    DISCOVER = "discover"
    SCHEDULE_NEXT = "schedule_next"
    START_SALE = "start_sale"


E = TypeVar("E", bound=Hashable)
K = TypeVar("K", bound=Hashable)


class CallOutcome(NamedTuple, Generic[E]):
    """A call with its objective, made or planned.

    Attributes:
        entity: With whom.
        objective: What it is to achieve; `CallObjective` has the usual ones.
        at: When it was made, or is to be made, aware.
        met: Whether the objective was met; None while nobody has said.
        by: Who of us calls.
        note: What was said.
    """

    entity: E
    objective: str
    at: datetime
    met: bool | None = None
    by: str | None = None
    note: str = ""


class ObjectiveRow(NamedTuple):
    """The calls with one objective.

    Attributes:
        objective: Which.
        met: Calls that met it.
        unmet: Calls that did not.
        unknown: Calls that were made, and nobody said.
        open: Calls that are planned for later.
    """

    objective: str
    met: int
    unmet: int
    unknown: int
    open: int

    @property
    def rate(self) -> Rate:
        """Met over met and unmet; unknown and open ones are in neither."""
        return Rate(self.met, self.met + self.unmet)


@attrs.frozen(repr=False, hash=False)
class ObjectivesMet(Shown):
    """How often calls meet their objective. Of disjoint sets of calls they add up with ``+``.

    Attributes:
        counts: Objective and how its calls came out (met, unmet, unknown, open) -> how many.
    """

    counts: Mapping[tuple[str, str], int] = attrs.field(factory=dict[tuple[str, str], int])

    @property
    def rows(self) -> tuple[ObjectiveRow, ...]:
        """One per objective: the usual ones in their order, then words of your own."""
        usual = [str(one) for one in CallObjective]
        names = {objective for objective, _ in self.counts}
        order = sorted(names, key=lambda name: (usual.index(name) if name in usual else len(usual), name))
        ways = ("met", "unmet", "unknown", "open")
        return tuple(ObjectiveRow(name, *(self.counts.get((name, way), 0) for way in ways)) for name in order)

    @property
    def rate(self) -> Rate:
        """The share of all calls that met their objective; unknown and open ones are in neither."""
        return sum((row.rate for row in self.rows), Rate(0, 0))

    @property
    def undefined(self) -> str | None:
        """Why there is no share; None when there is one."""
        return None if self.rate.trials else "of no call it is known whether it met its objective"

    def __add__(self, other: object) -> "ObjectivesMet":
        if not isinstance(other, ObjectivesMet):
            return NotImplemented
        return ObjectivesMet(dict(Counter(self.counts) + Counter(other.counts)))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per objective: the counts, and the share with its interval."""
        rows = list[dict[str, Cell]]()
        for row in self.rows:
            low, high = row.rate.interval() or (None, None)
            rows.append({**row._asdict(), "rate": row.rate.value, "low": low, "high": high})
        return rows

    def __str__(self) -> str:
        lines = [(row.objective, str(row.rate), f"{row.unknown:,}", f"{row.open:,}") for row in self.rows]
        return _text.table(("objective", "met", "unknown", "open"), lines)

    def __repr__(self) -> str:
        return f"<ObjectivesMet: {self.rate} met>"


@overload
def objectives_met(calls: Iterable[CallOutcome[E]], *, as_of: datetime, by: None = ...) -> ObjectivesMet: ...
@overload
def objectives_met(
    calls: Iterable[CallOutcome[E]], *, as_of: datetime, by: Callable[[CallOutcome[E]], K]
) -> Breakdown[K, ObjectivesMet]: ...
@overload
def objectives_met(
    calls: Iterable[CallOutcome[E]], *, as_of: datetime, by: str
) -> Breakdown[Any, ObjectivesMet]: ...
def objectives_met(
    calls: Iterable[CallOutcome[E]],
    *,
    as_of: datetime,
    by: Callable[[CallOutcome[E]], Any] | str | None = None,
) -> ObjectivesMet | Breakdown[Any, ObjectivesMet]:
    """Which share of the calls met their objective, by objective.

    Args:
        calls: `CallOutcome` rows in any order, read once.
        as_of: The moment of the review, aware. A call at a later time is open, whatever it says.
        by: A function from call to label, or the name of an attribute such as ``"by"``, for one result per label.

    Returns:
        Shares with their counts; calls whose outcome nobody wrote down, and those still to be made, are apart. Undefined without outcomes.

    Raises:
        LogError: A call without an objective, or whose ``met`` is neither yes, no nor None; the message names it.
        NaiveTimeError: A time has no zone.

    Source:
        `CallObjective`: whether the goal of a contact was reached is to be judged after it.

    >>> from datetime import UTC
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> calls = [CallOutcome("L-1", "discover", monday, True), CallOutcome("L-2", "discover", monday, False)]
    >>> calls += [CallOutcome("L-3", "discover", monday), CallOutcome("L-4", "start_sale", monday.replace(day=9))]
    >>> print(objectives_met(calls, as_of=monday))
    objective              met  unknown  open
    discover    50.0% (1 of 2)        1     0
    start_sale    n/a (0 of 0)        0     1
    """
    require_aware(as_of, "as_of")
    parts = dict[Hashable, Counter[tuple[str, str]]]()
    for number, call in enumerate(calls, 1):
        where = f"call {number}"
        label = label_of(call, by, where)
        parts.setdefault(label, Counter())[_objective(call, where), _came_out(call, as_of, where)] += 1
    found = {label: ObjectivesMet(dict(counts)) for label, counts in parts.items()}
    if by is None:
        return sum(found.values(), ObjectivesMet())
    return break_down(found, ObjectivesMet(), lambda part: part, lambda part: sum(part.counts.values()))


def _objective(call: CallOutcome[E], where: str) -> str:
    if not call.objective:
        raise LogError(f"{where} has no objective: {call!r}; for example {str(CallObjective.DISCOVER)!r}")
    return str(call.objective)


def _came_out(call: CallOutcome[E], as_of: datetime, where: str) -> str:
    met: object = call.met  # forms and databases give texts and numbers
    if met is not None and not isinstance(met, bool):
        raise LogError(f"{where} must have met= True, False or None for unknown, got {met!r}")
    if earlier(as_of, require_aware(call.at, f"at of {where}")):
        return "open"
    if met is None:
        return "unknown"
    return "met" if met else "unmet"
