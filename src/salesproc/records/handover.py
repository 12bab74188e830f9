"""A lead passed from pre-sales to a sales rep, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

import attrs

from salesproc.records._record import Stored, restored
from salesproc.records.parties import LeadId
from salesproc.stages import Journey, Process, Stage, StageKind, Transition, provided

__all__ = ["HAND_OVER", "HandOver", "HandOverStage"]


class HandOverStage(StrEnum):
    """What has come of a hand-over."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECYCLED = "recycled"


_H = HandOverStage
_BY, _REASON = provided("by"), provided("reason")

HAND_OVER = Process(
    "hand-over",
    stages=[
        Stage(_H.SUBMITTED),
        Stage(_H.ACCEPTED, kind=StageKind.WON),
        Stage(_H.REJECTED, kind=StageKind.LOST),
        Stage(_H.RECYCLED, kind=StageKind.DONE),
    ],
    transitions=[
        Transition("accept", _H.SUBMITTED, _H.ACCEPTED, requires=[_BY]),
        Transition("reject", _H.SUBMITTED, _H.REJECTED, requires=[_BY, _REASON]),
        Transition("recycle", _H.SUBMITTED, _H.RECYCLED, requires=[_BY, _REASON]),
    ],
)
"""A submission is decided once. Source: document 002, pre-sales; the reasons to reject are those of Forrester's SAL."""


@attrs.frozen(kw_only=True, repr=False)
class HandOver(Stored):
    """A lead that pre-sales passes to a sales rep, who decides on it once.

    Attributes:
        journey: When it was submitted and decided, by whom and why.
        receiver: The sales rep or team it goes to.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> passed = HandOver.submit(LeadId("L-1"), sender="sdr-omar", receiver="sara", at=noon)
    >>> passed.reject(reason="clerical", at=noon, by="sara")
    <HandOver of L-1 from sdr-omar to sara, rejected>
    """

    journey: Journey[HandOverStage]
    receiver: str

    @classmethod
    def submit(cls, lead_id: LeadId, *, sender: str, receiver: str, at: datetime) -> "HandOver":
        """A lead is passed on.

        Args:
            lead_id: Which lead.
            sender: Who passes it on.
            receiver: To whom, a person or a team.
            at: When, aware.
        """
        return cls(journey=HAND_OVER.start(lead_id, at=at, by=sender), receiver=receiver)

    @property
    def lead_id(self) -> LeadId:
        """Which lead."""
        return LeadId(self.journey.entity)

    @property
    def outcome(self) -> HandOverStage:
        """What has come of it: submitted while nobody has decided, then accepted, rejected or recycled."""
        return self.journey.stage

    @property
    def sender(self) -> str | None:
        """Who passed it on."""
        return self.journey.history[0].by

    @property
    def submitted_at(self) -> datetime:
        """When it was passed on."""
        return self.journey.created_at

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided; ``None`` while it is not."""
        return None if self.outcome is HandOverStage.SUBMITTED else self.journey.entered_at

    @property
    def decided_by(self) -> str | None:
        """Who decided; ``None`` while nobody has."""
        return None if self.outcome is HandOverStage.SUBMITTED else self.journey.history[-1].by

    @property
    def reason(self) -> str | None:
        """Why it was rejected or recycled; ``None`` otherwise."""
        return self.journey.history[-1].reason

    def accept(self, *, at: datetime, by: str) -> "HandOver":
        """The rep takes it.

        Raises:
            TransitionRefused: It was decided before, or nobody is named.
        """
        return self._decided("accept", at=at, by=by, reason=None)

    def reject(self, *, reason: str, at: datetime, by: str) -> "HandOver":
        """The rep gives it back to pre-sales; `RejectReason` has the three families of reasons.

        Raises:
            TransitionRefused: It was decided before, or nobody or no reason is named.
        """
        return self._decided("reject", at=at, by=by, reason=reason)

    def recycle(self, *, reason: str, at: datetime, by: str) -> "HandOver":
        """The rep sends it back to marketing, for later; `RecycleReason` has the usual reasons.

        The lead itself is recycled beside it, and keeps the date to call again.

        Raises:
            TransitionRefused: It was decided before, or nobody or no reason is named.
        """
        return self._decided("recycle", at=at, by=by, reason=reason)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Raises:
            StorageError: The data is no such record.
            LogError: Its history is no journey of a hand-over; the message names the change.
        """
        return restored(cls, data, HAND_OVER)

    def __repr__(self) -> str:
        return f"<HandOver of {self.lead_id} from {self.sender} to {self.receiver}, {self.outcome}>"

    def _decided(self, event: str, *, at: datetime, by: str, reason: str | None) -> "HandOver":
        journey = HAND_OVER.step(self.journey, event, at=at, by=by, reason=reason).unwrap()
        return attrs.evolve(self, journey=journey)
