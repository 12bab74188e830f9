"""What a customer and a former one share: who they are, and what they bought, complained of and recommended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

import attrs

from salesproc._given import instance
from salesproc.errors import RecordError
from salesproc.money import Money
from salesproc.records._joining import joined
from salesproc.records._merging import Conflict, merge_contacts
from salesproc.records._record import Stored, restored
from salesproc.records.parties import AccountId, Contact, CustomerId, LeadId, OpportunityId, a_contact
from salesproc.stages import Journey, Process, Stage, StageKind, Transition, provided

__all__ = ["RELATIONSHIP", "Buyer", "Complaint", "CustomerStage", "MergedCustomer", "Purchase", "Referral"]

B_co = TypeVar("B_co", bound="Buyer", covariant=True)


class CustomerStage(StrEnum):
    """Whether a customer is with us."""

    CUSTOMER = "customer"
    FORMER = "former"


RELATIONSHIP = Process(
    "relationship",
    stages=[Stage(CustomerStage.CUSTOMER), Stage(CustomerStage.FORMER, kind=StageKind.LOST)],
    transitions=[
        Transition("leave", CustomerStage.CUSTOMER, CustomerStage.FORMER, requires=[provided("reason")]),
        Transition("win_back", CustomerStage.FORMER, CustomerStage.CUSTOMER, reopens=True),
    ],
)
"""A customer, who may leave for a reason and be won back; `WIN_BACK` has the steps towards that."""


class Purchase(NamedTuple):
    """A customer bought something; a row as the order metrics read it.

    Attributes:
        customer: Who.
        at: When, aware.
        amount: For how much.
        opportunity_id: The deal it came from, if any.
    """

    customer: CustomerId
    at: datetime
    amount: Money
    opportunity_id: OpportunityId | None = None


class Complaint(NamedTuple):
    """A customer complained.

    Attributes:
        customer: Who.
        raised_at: When, aware.
        about: Of what.
        resolved_at: When it was put right; ``None`` while it stands.
        answer: What put it right.
    """

    customer: CustomerId
    raised_at: datetime
    about: str
    resolved_at: datetime | None = None
    answer: str | None = None

    @property
    def open(self) -> bool:
        """Whether it still stands."""
        return self.resolved_at is None


class Referral(NamedTuple):
    """A customer brought somebody.

    Attributes:
        customer: Who.
        at: When, aware.
        lead_id: Whom.
    """

    customer: CustomerId
    at: datetime
    lead_id: LeadId


class MergedCustomer(NamedTuple, Generic[B_co]):
    """Two records of one customer made one.

    Attributes:
        survivor: The one that stays, with what the other one bought, complained of and recommended, and the other's id.
        conflicts: What they did not agree on: nothing is overwritten, so decide.
        repeated: What stood in both records and is there once: a purchase of one deal at one time for one amount, a referral of one lead, a complaint of one
            time about one thing.
        look_alikes: Purchases of the other that are kept and may be one of the survivor's: of the same deal, or of the same time and amount.
    """

    survivor: B_co
    conflicts: tuple[Conflict, ...]
    repeated: tuple[Purchase | Complaint | Referral, ...]
    look_alikes: tuple[Purchase, ...]


@attrs.frozen(kw_only=True, repr=False)
class Buyer(Stored):
    """What a customer and a former one share.

    Attributes:
        journey: When they became a customer, left and came back.
        contact: The person, if it is one.
        account_id: The company, if it is one.
        lead_id: The lead they once were.
        purchases: Everything they bought, oldest first.
        complaints: Everything they complained of, oldest first.
        referrals: Everybody they brought, oldest first.
        merged_ids: The ids of duplicates merged into this record.

    Raises:
        RecordError: The journey is not in the stage of this class, or neither a person nor a company is named.
        TypeError: *contact* is no `Contact`.
    """

    stage: ClassVar[CustomerStage]

    journey: Journey[CustomerStage]
    contact: Contact | None = attrs.field(default=None, validator=attrs.validators.optional(a_contact))
    account_id: AccountId | None = None
    lead_id: LeadId | None = None
    purchases: tuple[Purchase, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    referrals: tuple[Referral, ...] = ()
    merged_ids: tuple[CustomerId, ...] = ()

    def __attrs_post_init__(self) -> None:
        name = f"{type(self).__name__} {self.id}"
        if self.journey.stage != self.stage:
            raise RecordError(f"{name} cannot be in stage {str(self.journey.stage)!r}")
        if self.contact is None and self.account_id is None:
            raise RecordError(f"{name} is nobody; give contact= or account_id=")

    @property
    def id(self) -> CustomerId:
        """Which customer."""
        return CustomerId(self.journey.entity)

    @property
    def first_purchase_at(self) -> datetime | None:
        """When they first bought, money given back not counted; ``None`` where no purchase is recorded."""
        return next((one.at for one in self.purchases if one.amount.amount >= 0), None)

    @property
    def last_purchase_at(self) -> datetime | None:
        """When they last bought, money given back not counted; ``None`` where no purchase is recorded."""
        return next((one.at for one in reversed(self.purchases) if one.amount.amount >= 0), None)

    @property
    def totals(self) -> dict[str, Money]:
        """What they have bought for, exactly, by currency; empty where no purchase is recorded."""
        sums: dict[str, Money] = {}
        for purchase in self.purchases:
            code = purchase.amount.currency
            sums[code] = sums[code] + purchase.amount if code in sums else purchase.amount
        return sums

    @property
    def open_complaints(self) -> tuple[Complaint, ...]:
        """The complaints that still stand."""
        return tuple(one for one in self.complaints if one.open)

    def merge(self, duplicate: "Buyer") -> MergedCustomer[Self]:
        """This record with what a duplicate of it adds.

        What the duplicate bought, complained of and recommended is put among what this one did, in order of time and under this id. Gaps of the contact,
        the account and the lead are filled. Its journey is not taken over: two histories in one would corrupt every duration.

        Args:
            duplicate: Another record of the same customer, with us or not.

        Returns:
            The survivor, what the two did not agree on (there the survivor's word stays), and what stood or may have stood in both.

        Raises:
            TypeError: *duplicate* is no customer.
            RecordError: Both have the same id, one was merged into the other before or a third into both, or this one has left and the other is a customer or bought after that.

        >>> from datetime import UTC, datetime
        >>> from salesproc.records import Customer
        >>> def of(key, name, day):
        ...     at = datetime(2026, 3, day, tzinfo=UTC)
        ...     return Customer.register(CustomerId(key), at=at, contact=Contact(name)).buy(Money(900, "USD"), at=at)
        >>> merged = of("C-1", "Lin Wei", 9).merge(of("C-2", "Lin W.", 2))
        >>> [(purchase.customer, purchase.at.day) for purchase in merged.survivor.purchases]
        [('C-1', 2), ('C-1', 9)]
        >>> merged.conflicts
        (Conflict(field='name', kept='Lin Wei', dropped='Lin W.'),)
        """
        instance(duplicate, Buyer, "duplicate", "merge takes the record itself, not its id")
        if duplicate.id == self.id:
            raise RecordError(f"{self.id} cannot be merged into itself; give a record with another id")
        twice = {self.id, *self.merged_ids} & {duplicate.id, *duplicate.merged_ids}
        if twice:
            raise RecordError(
                f"{', '.join(sorted(twice))} is in both {self.id} and {duplicate.id} already; once more would double what it did"
            )
        values: dict[str, Any] = {}
        conflicts, repeated = list[Conflict](), list[Any]()
        if self.contact is not None and duplicate.contact is not None:
            together = merge_contacts(self.contact, duplicate.contact)
            values["contact"] = together.contact
            conflicts += together.conflicts
        for name in ("contact", "account_id", "lead_id"):
            mine, theirs = getattr(self, name), getattr(duplicate, name)
            values.setdefault(name, mine or theirs)
            if name != "contact" and mine and theirs and mine != theirs:
                conflicts.append(Conflict(name, mine, theirs))
        for name in ("purchases", "complaints", "referrals"):
            theirs = [one._replace(customer=self.id) for one in getattr(duplicate, name)]
            found = joined(name, getattr(self, name), theirs)
            values[name] = found.facts
            repeated += found.repeated
            conflicts += found.conflicts
        ids = dict.fromkeys((*self.merged_ids, duplicate.id, *duplicate.merged_ids))
        values["merged_ids"] = tuple(one for one in ids if one != self.id)
        survivor = attrs.evolve(self, **values)
        look_alikes = _look_alikes(self.purchases, survivor.purchases)
        return MergedCustomer(survivor, tuple(conflicts), tuple(repeated), look_alikes)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Raises:
            StorageError: The data is no such record.
            LogError: Its history is no journey of a customer; the message names the change.
        """
        return restored(cls, data, RELATIONSHIP)

    def __repr__(self) -> str:
        back = sum(one.amount.amount < 0 for one in self.purchases)
        bought = len(self.purchases) - back
        refunds = f", {back} given back" if back else ""
        return f"<{type(self).__name__} {self.id}, {bought} {'purchase' if bought == 1 else 'purchases'}{refunds}>"


def last_entry_at(buyer: Buyer) -> datetime | None:
    """When they last bought or were given money back; ``None`` where neither is recorded."""
    return buyer.purchases[-1].at if buyer.purchases else None


def _look_alikes(mine: Sequence[Purchase], all_of_both: Iterable[Purchase]) -> tuple[Purchase, ...]:
    """The purchases that were added and may be one of those that were there."""
    deals = {one.opportunity_id for one in mine if one.opportunity_id is not None}
    facts = {(one.at, one.amount) for one in mine}
    added = list(all_of_both)
    for one in mine:
        added.remove(one)
    return tuple(one for one in added if one.opportunity_id in deals or (one.at, one.amount) in facts)
