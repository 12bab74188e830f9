"""What a customer and a former one share: who they are, and what they bought, complained of and recommended."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple, Self

import attrs

from salesproc.errors import RecordError
from salesproc.money import Money
from salesproc.records._record import Stored, restored
from salesproc.records.parties import AccountId, Contact, CustomerId, LeadId, OpportunityId
from salesproc.stages import Journey, Process, Stage, StageKind, Transition, provided

__all__ = ["RELATIONSHIP", "Buyer", "Complaint", "CustomerStage", "Purchase", "Referral"]


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

    Raises:
        RecordError: The journey is not in the stage of this class, or neither a person nor a company is named.
    """

    stage: ClassVar[CustomerStage]

    journey: Journey[CustomerStage]
    contact: Contact | None = None
    account_id: AccountId | None = None
    lead_id: LeadId | None = None
    purchases: tuple[Purchase, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    referrals: tuple[Referral, ...] = ()

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
        """When they first bought; ``None`` where no purchase is recorded."""
        return self.purchases[0].at if self.purchases else None

    @property
    def last_purchase_at(self) -> datetime | None:
        """When they last bought; ``None`` where no purchase is recorded."""
        return self.purchases[-1].at if self.purchases else None

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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote; every change of its journey is judged again.

        Raises:
            StorageError: The data is no such record.
            LogError: Its history is no journey of a customer; the message names the change.
        """
        return restored(cls, data, RELATIONSHIP)

    def __repr__(self) -> str:
        bought = len(self.purchases)
        return f"<{type(self).__name__} {self.id}, {bought} {'purchase' if bought == 1 else 'purchases'}>"
