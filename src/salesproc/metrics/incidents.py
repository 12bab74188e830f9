"""What goes wrong after the sale, and is it put right? Complaints, returns and cancellations."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import attrs

from salesproc import _text
from salesproc._given import leading_fields, whole_number
from salesproc._tables import Shown
from salesproc.errors import LogError, UnknownName
from salesproc.metrics._adding import added
from salesproc.metrics._amounts import Amounts
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.metrics.pareto import Pareto, ParetoCounts, finish_pareto
from salesproc.metrics.ratios import Ratio

__all__ = [
    "Incident",
    "IncidentCounts",
    "IncidentKind",
    "IncidentKindCounts",
    "IncidentReport",
    "IncidentRow",
    "finish_incident_report",
    "incident_report",
    "reduce_incident_report",
]


class IncidentKind(StrEnum):
    """What can go wrong after the sale. Any other text serves as a kind too.

    Source: what a shop is told to write down of its customers, document 004 of ``docs/explanation/sources.md``.
    """

    COMPLAINT = "complaint"
    RETURN = "return"
    CANCELLATION = "cancellation"


class Incident(NamedTuple):
    """Something went wrong for a customer. Any tuple that begins like it serves as well.

    Attributes:
        customer: For whom.
        kind: What kind of thing; `IncidentKind` has the usual ones.
        at: When it was raised.
        resolved_at: When it was put right; None while it stands.
        reason: Why it happened; None where nobody wrote it down.
    """

    customer: str
    kind: str
    at: date
    resolved_at: date | None = None
    reason: str | None = None


Incidents: TypeAlias = Iterable[tuple[Hashable, str, date, date | None, str | None, *tuple[object, ...]]]
"""Rows that begin like `Incident`."""


@attrs.frozen(hash=False)
class IncidentKindCounts:
    """What adds up over customers for one kind.

    Attributes:
        customers: How many customers it happened to.
        reasons: How often each reason was given.
        times: How long it took to put it right, or has been open.
    """

    customers: int = 0
    reasons: ParetoCounts = attrs.field(factory=ParetoCounts)
    times: DurationCounts = attrs.field(factory=DurationCounts)

    def __add__(self, other: object) -> "IncidentKindCounts":
        if not isinstance(other, IncidentKindCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(hash=False)
class IncidentCounts:
    """What adds up over customers.

    Attributes:
        kinds: Kind -> its counts.
        after_as_of: Incidents after the review, left out.
    """

    kinds: Mapping[str, IncidentKindCounts] = attrs.field(factory=dict[str, IncidentKindCounts])
    after_as_of: int = 0

    def __add__(self, other: object) -> "IncidentCounts":
        if not isinstance(other, IncidentCounts):
            return NotImplemented
        return added(self, other, ())


class IncidentRow(NamedTuple):
    """One kind.

    Attributes:
        kind: Which.
        incidents: How often it happened.
        customers: To how many different customers.
        open: How many stand.
        resolved: How many were put right.
        per_order: Incidents over orders; undefined where the number of orders is unknown.
        resolution: How long it takes to put one right, those that stand included.
        reasons: Why it happened, the most frequent reason first, unsaid ones in a row of their own.
    """

    kind: str
    incidents: int
    customers: int
    open: int
    resolved: int
    per_order: Ratio
    resolution: Durations
    reasons: Pareto


@attrs.frozen(repr=False)
class IncidentReport(Shown):
    """What went wrong, kind by kind, the most frequent first.

    Attributes:
        rows: One per kind that occurred.
        orders: How many orders there were; None where that is unknown.
        after_as_of: Incidents after the review, left out.
    """

    rows: tuple[IncidentRow, ...]
    orders: int | None
    after_as_of: int

    @property
    def open(self) -> int:
        """How many stand, of any kind: the unresolved ones of `goodwill`."""
        return sum(row.open for row in self.rows)

    @property
    def undefined(self) -> str | None:
        """Why there is nothing to report; None when there is."""
        return None if self.rows else "no incident is recorded, which may also mean that nobody records any"

    def __getitem__(self, kind: str) -> IncidentRow:
        """The row of a kind.

        Raises:
            UnknownName: It did not occur.
        """
        for row in self.rows:
            if row.kind == kind:
                return row
        raise UnknownName("kind of incident", kind, [row.kind for row in self.rows], "the report")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per kind: the counts, the rate per order, the median time to put it right, and the share with a reason."""
        return [
            {
                "kind": row.kind,
                "incidents": row.incidents,
                "customers": row.customers,
                "open": row.open,
                "resolved": row.resolved,
                "per_order": row.per_order.value,
                "median_days": row.resolution.to_rows()[0]["median_days"],
                "with_reason": row.reasons.named.value,
            }
            for row in self.rows
        ]

    def __str__(self) -> str:
        lines = [
            (
                row.kind,
                f"{row.incidents:,}",
                f"{row.open:,}",
                f"{row.per_order:.1%}",
                _text.duration(row.resolution.median),
            )
            for row in self.rows
        ]
        return _text.table(("kind", "incidents", "open", "per order", "median time"), lines)

    def __repr__(self) -> str:
        counts = ", ".join(f"{row.incidents:,} {row.kind}" for row in self.rows) or "none"
        return f"<IncidentReport: {counts}; {self.open:,} open>"


def incident_report(incidents: Incidents, *, as_of: date, orders: int | None = None) -> IncidentReport:
    """What went wrong after the sale, how often per order, why, and how long it took to put it right.

    Args:
        incidents: Rows ``(customer, kind, at, resolved_at, reason)``, such as `Incident`, in any order.
        as_of: The review. What was raised later is left out and counted; what was put right later stands.
        orders: How many orders the incidents are of, in the same time; the rates are undefined when left out.

    Returns:
        One row per kind that occurred. Those that stand stay in the time it takes, at their age: without them the worst cases would vanish.

    Raises:
        LogError: A row that cannot be read, has no kind, or was put right before it was raised; the message names it.
        NaiveTimeError: Times of two kinds.
        ValueError: *orders* is below 0.

    Source:
        Cancellations, returns and complaints are to be recorded: document 004 of ``docs/explanation/sources.md``.

    >>> march = [date(2026, 3, day) for day in range(1, 31)]
    >>> rows = [
    ...     Incident("ann", "complaint", march[0], march[3], "late"),
    ...     Incident("bob", "complaint", march[1], march[9], "late"),
    ...     Incident("cid", "complaint", march[2], None, "broken"),
    ...     Incident("cid", "return", march[4], march[4]),
    ... ]
    >>> found = incident_report(rows, as_of=march[29], orders=200)
    >>> print(found)
    kind       incidents  open  per order  median time
    complaint          3     1       1.5%        8.0 d
    return             1     0       0.5%        0.0 h
    >>> [(why.cause, why.cases) for why in found["complaint"].reasons]
    [('late', 2), ('broken', 1)]
    """
    return finish_incident_report(reduce_incident_report(incidents, as_of=as_of), orders=orders)


def reduce_incident_report(incidents: Incidents, *, as_of: date) -> IncidentCounts:
    """The first half of `incident_report`: counts that add up over disjoint sets of customers."""
    review = comparable(as_of, as_of, "as_of")
    kinds: dict[str, _Kind] = {}
    late = 0
    for number, row in enumerate(incidents, 1):
        where = f"incident {number}"
        customer, kind, raised, ended, reason = _read(row, where, as_of)
        if raised > review:
            late += 1
            continue
        seen = kinds.setdefault(kind, _Kind())
        seen.customers.add(customer)
        seen.reasons[reason] += 1
        if ended is not None and ended <= review:
            seen.resolved[elapsed_microseconds(raised, ended)] += 1
        else:
            seen.open[elapsed_microseconds(raised, review)] += 1
    return IncidentCounts({kind: seen.counts() for kind, seen in kinds.items()}, late)


def finish_incident_report(counts: IncidentCounts, *, orders: int | None = None) -> IncidentReport:
    """The second half of `incident_report`."""
    if orders is not None:
        whole_number(orders, "orders")
    rows = [_row(kind, part, orders) for kind, part in counts.kinds.items()]
    rows.sort(key=lambda row: (-row.incidents, row.kind))
    return IncidentReport((*rows,), orders, counts.after_as_of)


@attrs.define
class _Kind:
    """What one pass finds out about a kind."""

    customers: set[Hashable] = attrs.field(factory=set[Hashable])
    reasons: Counter[str | None] = attrs.field(factory=Counter[str | None])
    resolved: Counter[int] = attrs.field(factory=Counter[int])
    open: Counter[int] = attrs.field(factory=Counter[int])

    def counts(self) -> IncidentKindCounts:
        causes = {reason: Amounts(count, None, count, None) for reason, count in self.reasons.items()}
        times = DurationCounts(finished=dict(self.resolved), open=dict(self.open))
        return IncidentKindCounts(len(self.customers), ParetoCounts(causes), times)


def _row(kind: str, counts: IncidentKindCounts, orders: int | None) -> IncidentRow:
    times = finish_durations(counts.times)
    incidents = times.finished + times.open
    nothing = "the number of orders was not given" if orders is None else "there were no orders"
    return IncidentRow(
        kind,
        incidents,
        counts.customers,
        times.open,
        times.finished,
        Ratio(incidents, orders, nothing=nothing),
        times,
        finish_pareto(counts.reasons),
    )


def _read(
    row: tuple[Hashable, str, date, date | None, str | None, *tuple[object, ...]], where: str, as_of: date
) -> tuple[Hashable, str, date, date | None, str | None]:
    """The row with comparable times, and a blank reason as none."""
    names = ("customer", "kind", "at", "resolved_at", "reason")
    customer, kind, at, resolved_at, reason = leading_fields(row, names, where)
    if not kind:
        raise LogError(f"{where} has no kind: {row!r}; for example 'complaint'")
    raised = comparable(at, as_of, where)
    ended = None if resolved_at is None else comparable(resolved_at, as_of, where)
    if ended is not None and ended < raised:
        raise LogError(f"{where} was put right at {resolved_at}, before it was raised at {at}: {row!r}")
    return customer, str(kind), raised, ended, str(reason) if reason else None
