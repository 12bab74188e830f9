"""The dynamic way in: stored rows become records of the right class, and events known only at run time are taken.

Both go over the same table as the methods of the records. A company whose lifecycle differs passes its own, such as
``LIFECYCLE.without(LifecycleStage.SAL, bridge="accept")``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from salesproc.errors import StorageError
from salesproc.records._person import Applied, settled
from salesproc.records.lead import MQL, SAL, SQL, Disqualified, Lead, LeadRecord
from salesproc.stages import (
    LIFECYCLE,
    Accepted,
    Evidence,
    Journey,
    LifecycleStage,
    Process,
    Reason,
    ReasonCode,
    Refused,
)

__all__ = ["apply", "restore"]

_CLASSES: dict[str, type[LeadRecord]] = {cls.stage: cls for cls in (Lead, MQL, SAL, SQL, Disqualified)}


def restore(data: Mapping[str, Any], *, process: Process[LifecycleStage] = LIFECYCLE) -> LeadRecord:
    """The record that ``to_dict`` of any lead wrote, in the class of the stage it has come to.

    Args:
        data: The stored record.
        process: The lifecycle it was made under.

    Raises:
        StorageError: The data is no record of a lead.
        LogError: Its history is no journey of the lifecycle; the message names the change.
    """
    stored = data.get("journey")
    if not isinstance(stored, Mapping):
        raise StorageError(f"a stored lead has a journey, got fields {sorted(map(str, data))}")
    stage = Journey.from_dict(cast("Mapping[str, Any]", stored)).stage
    cls = _CLASSES.get(stage)
    if cls is None:
        raise StorageError(
            f"no record of a lead is in stage {stage!r}; they are in {', '.join(map(repr, map(str, _CLASSES)))}, "
            "and a deal or a customer is a record of its own"
        )
    return cls.from_dict(data, process=process)


def apply(
    record: LeadRecord,
    event: str,
    *,
    at: datetime,
    by: str | None = None,
    reason: str | None = None,
    evidence: Evidence | None = None,
    process: Process[LifecycleStage] = LIFECYCLE,
) -> Applied[LeadRecord] | Refused:
    """Take a step by its name; the outcome is a value.

    ``"open_opportunity"`` is refused: it moves no lead, it makes a deal, which ``SQL.open_opportunity`` does.

    Args:
        record: The lead; it stays as it is.
        event: The transition to take.
        at: When, aware.
        by: Who takes it.
        reason: Why.
        evidence: What the requirements ask for.
        process: Your own lifecycle.

    Returns:
        `Applied` with the next record, or `Refused` with every reason.

    Raises:
        NaiveTimeError: *at* has no time zone.

    >>> from datetime import UTC, datetime
    >>> from salesproc.records import Contact, LeadId
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> lead = Lead.capture(LeadId("L-1"), Contact("Lin Wei"), source="webinar", at=noon)
    >>> apply(lead, "qualify", at=noon, evidence={"score": 72}).unwrap()
    <MQL L-1 since 2026-03-02T12:00:00+00:00>
    >>> print(apply(lead, "qualify", at=noon))
    refused: score is missing
    """
    outcome = process.step(record.journey, event, at=at, by=by, reason=reason, evidence=evidence)
    into = _CLASSES.get(outcome.journey.stage) if isinstance(outcome, Accepted) else Lead
    if into is None:
        return _no_lead(record, event, process)
    return settled(record, into, outcome)


def _no_lead(record: LeadRecord, event: str, process: Process[LifecycleStage]) -> Refused:
    """The refusal of a step to a stage in which there is no lead any more."""
    stage = record.journey.stage
    ways = [one for one in process.transitions if stage in one.sources(process.stages)]
    others = tuple(one.event for one in ways if one.target in _CLASSES)
    reason = Reason(ReasonCode.NO_SUCH_TRANSITION, event, stage, others)
    return Refused((reason,), record.id, stage, event)
