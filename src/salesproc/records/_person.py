"""What the stages of a lead share: identity, contact, journey, merging, and the one way in which a step is taken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Self, TypeVar

import attrs

from salesproc._given import instance
from salesproc.errors import RecordError
from salesproc.records._merging import Conflict, merge_contacts
from salesproc.records._record import Stored, carried, restored
from salesproc.records.parties import Contact, LeadId, a_contact
from salesproc.stages import (
    LIFECYCLE,
    Accepted,
    Evidence,
    Journey,
    LifecycleStage,
    Process,
    Reason,
    Refused,
    StageChange,
)

__all__ = ["Applied", "Merged", "Person", "settled"]

P = TypeVar("P", bound="Person")
P_co = TypeVar("P_co", bound="Person", covariant=True)


class Applied(NamedTuple, Generic[P_co]):
    """The step was taken. True in a condition.

    Attributes:
        record: The record after the step, of the class of its stage.
        change: The change that was recorded.
    """

    record: P_co
    change: StageChange[LifecycleStage]

    def unwrap(self) -> P_co:
        """The record after the step."""
        return self.record

    def __bool__(self) -> Literal[True]:
        return True


class Merged(NamedTuple, Generic[P_co]):
    """Two records of one person made one.

    Attributes:
        survivor: The one that stays, its gaps filled and the other's id kept.
        conflicts: What they did not agree on: nothing is overwritten, so decide.
    """

    survivor: P_co
    conflicts: tuple[Conflict, ...]


@attrs.frozen(kw_only=True, repr=False)
class Person(Stored):
    """Someone on the way to becoming a customer.

    Attributes:
        contact: Who, and how to reach them.
        source: Where they came from; `LeadSource` has the usual ones.
        journey: Everything that happened, oldest first.
        merged_ids: The ids of duplicates merged into this record.

    Raises:
        RecordError: The journey is not in the stage of this class, or lacks what the stage guarantees.
        TypeError: *contact* is no `Contact`.
    """

    stage: ClassVar[LifecycleStage]

    contact: Contact = attrs.field(validator=a_contact)
    source: str
    journey: Journey[LifecycleStage]
    merged_ids: tuple[LeadId, ...] = ()

    def __attrs_post_init__(self) -> None:
        name = type(self).__name__
        if self.journey.stage != self.stage:
            raise RecordError(
                f"{name} needs a journey in stage {str(self.stage)!r}, got {self.journey!r}; "
                "lifecycle.restore() finds the class of a stage"
            )
        lacking = self.lacks(self.journey)
        if lacking:
            raise RecordError(f"{name} {self.id}: {'; '.join(map(str, lacking))}")

    @classmethod
    def lacks(cls, journey: Journey[str]) -> tuple[Reason, ...]:
        """What this stage guarantees and the journey does not show; empty when it shows all."""
        del journey
        return ()

    @property
    def id(self) -> LeadId:
        """Which lead; it stays the same through all stages."""
        return LeadId(self.journey.entity)

    @property
    def captured_at(self) -> datetime:
        """When they first left contact data."""
        return next(change.at for change in self.journey.history if change.stage != LifecycleStage.VISITOR)

    @property
    def cycle(self) -> int:
        """How many times they have been a lead: 1, and one more for each time they were sent back."""
        return sum(change.stage == LifecycleStage.LEAD for change in self.journey.history)

    def merge(self, duplicate: "Person") -> Merged[Self]:
        """This record with what a duplicate of it adds.

        Gaps in the contact are filled, interests joined, and the duplicate's id kept in ``merged_ids``. Its history is
        not taken over: two histories in one would corrupt every duration.

        Args:
            duplicate: Another record of the same person, in any stage.

        Returns:
            The survivor, and what the two did not agree on: there the survivor's word stays.

        Raises:
            TypeError: *duplicate* is no lead.
            RecordError: Both have the same id.
        """
        instance(duplicate, Person, "duplicate", "merge takes the record itself, not its id")
        if duplicate.id == self.id:
            raise RecordError(f"{self.id} cannot be merged into itself; give a record with another id")
        together = merge_contacts(self.contact, duplicate.contact)
        merged_ids = dict.fromkeys((*self.merged_ids, duplicate.id, *duplicate.merged_ids))
        survivor = attrs.evolve(
            self,
            contact=together.contact,
            merged_ids=tuple(one for one in merged_ids if one != self.id),
        )
        conflicts = list(together.conflicts)
        if self.source and duplicate.source and self.source != duplicate.source:
            conflicts.append(Conflict("source", self.source, duplicate.source))
        return Merged(survivor, tuple(conflicts))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, process: Process[LifecycleStage] = LIFECYCLE) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Args:
            data: The stored record.
            process: The process it was made under.

        Raises:
            StorageError: The data is no record of this stage.
            LogError: Its history is no journey of the process; the message names the change.
        """
        return restored(cls, data, process)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} since {self.journey.entered_at.isoformat()}>"

    def _to(
        self,
        into: type[P],
        event: str,
        *,
        at: datetime,
        by: str | None,
        reason: str | None = None,
        evidence: Evidence | None = None,
    ) -> P:
        """The next record, after a step of the lifecycle; or the refusal, raised."""
        outcome = LIFECYCLE.step(self.journey, event, at=at, by=by, reason=reason, evidence=evidence)
        return settled(self, into, outcome).unwrap()


def settled(
    person: Person, into: type[P], outcome: Accepted[LifecycleStage] | Refused
) -> Applied[P] | Refused:
    """The outcome of a step with the record it makes, refused where that lacks what its stage guarantees."""
    if isinstance(outcome, Refused):
        return outcome
    change = outcome.change
    lacking = into.lacks(outcome.journey)
    if lacking:
        return Refused(lacking, person.id, person.journey.stage, change.event or "")
    return Applied(carried(person, into, outcome.journey), change)
