"""After the first sale: what a customer buys, complains of and recommends, leaving, and coming back."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

import attrs

from salesproc._given import require_money
from salesproc._instants import earlier
from salesproc.errors import RecordError, UnknownName
from salesproc.money import Money
from salesproc.records import opportunity as opportunities
from salesproc.records._buyer import (
    RELATIONSHIP,
    Buyer,
    Complaint,
    CustomerStage,
    MergedCustomer,
    Purchase,
    Referral,
    last_entry_at,
)
from salesproc.records._record import carried, in_order
from salesproc.records.parties import AccountId, Contact, CustomerId, LeadId, OpportunityId
from salesproc.stages import SIX_STEP_SALE, Process

__all__ = ["Customer", "FormerCustomer"]


@attrs.frozen(kw_only=True, repr=False)
class Customer(Buyer):
    """Someone who buys from us.

    Source:
        Document 002 of ``docs/explanation/sources.md``: with the first sale an opportunity becomes a customer.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> customer = Customer.register(CustomerId("C-1"), at=noon, contact=Contact("Lin Wei"))
    >>> customer.buy(Money(900, "USD"), at=noon).buy(Money(50, "USD"), at=noon).totals
    {'USD': Money('950', 'USD')}
    """

    stage: ClassVar[CustomerStage] = CustomerStage.CUSTOMER

    @classmethod
    def register(
        cls,
        customer_id: CustomerId,
        *,
        at: datetime,
        contact: Contact | None = None,
        account_id: AccountId | None = None,
        lead_id: LeadId | None = None,
        by: str | None = None,
    ) -> "Customer":
        """A customer without a deal behind them, such as one from an older file.

        Args:
            customer_id: Which customer; unique in your store.
            at: Since when, aware.
            contact: The person; this or *account_id* must be given.
            account_id: The company.
            lead_id: The lead they once were.
            by: Who says so.
        """
        journey = RELATIONSHIP.start(customer_id, at=at, by=by)
        return cls(journey=journey, contact=contact, account_id=account_id, lead_id=lead_id)

    def buy(self, amount: Money, *, at: datetime, opportunity_id: OpportunityId | None = None) -> "Customer":
        """They bought something.

        Args:
            amount: For how much. An amount below 0 is money given back: it lowers the totals, and by itself is no purchase.
            at: When, aware.
            opportunity_id: The deal it came from, if any.

        Raises:
            TypeError: *amount* is no `Money`.
            TransitionRefused: It lies before the last purchase, or before they were a customer.
        """
        self._in_order("buy", at, last_entry_at(self))
        purchase = Purchase(self.id, at, require_money(amount, "amount"), opportunity_id)
        return attrs.evolve(self, purchases=(*self.purchases, purchase))

    def complain(self, about: str, *, at: datetime) -> "Customer":
        """They complained.

        Raises:
            TransitionRefused: It lies before the last complaint, or before they were a customer.
        """
        self._in_order("complain", at, self.complaints[-1].raised_at if self.complaints else None)
        return attrs.evolve(self, complaints=(*self.complaints, Complaint(self.id, at, about)))

    def resolve_complaint(self, index: int, *, at: datetime, answer: str | None = None) -> "Customer":
        """It was put right.

        Args:
            index: Its place in ``complaints``, from 0.
            at: When, aware.
            answer: What put it right.

        Raises:
            UnknownName: There is no open complaint at that place.
            TransitionRefused: It lies before the complaint.
        """
        standing = {i: one for i, one in enumerate(self.complaints) if one.open}
        if index not in standing:
            raise UnknownName("open complaint", str(index), map(str, standing), f"customer {self.id!r}")
        in_order(self.journey, "resolve_complaint", at, standing[index].raised_at)
        complaints = list(self.complaints)
        complaints[index] = standing[index]._replace(resolved_at=at, answer=answer)
        return attrs.evolve(self, complaints=tuple(complaints))

    def refer(self, lead_id: LeadId, *, at: datetime) -> "Customer":
        """They brought somebody.

        Raises:
            TransitionRefused: It lies before the last referral, or before they were a customer.
        """
        self._in_order("refer", at, self.referrals[-1].at if self.referrals else None)
        return attrs.evolve(self, referrals=(*self.referrals, Referral(self.id, at, lead_id)))

    def open_opportunity(
        self,
        opportunity_id: OpportunityId,
        *,
        kind: str,
        at: datetime,
        amount: Money | None = None,
        close_date: date | None = None,
        pipeline: Process[Any] = SIX_STEP_SALE,
        owner: str | None = None,
        channel: str | None = None,
        by: str | None = None,
    ) -> "opportunities.Opportunity":
        """Another deal with them: an up-sell, a cross-sell, a renewal; once won, record it with `buy`.

        Args:
            opportunity_id: Which deal; unique in your store.
            kind: What it is to them; `OpportunityKind` has the usual ones.
            at: When, aware.
            amount: What it may be worth.
            close_date: When it is expected to close.
            pipeline: The process it goes through.
            owner: The sales rep.
            channel: By which way it came.
            by: Who opened it.

        Raises:
            TransitionRefused: It lies before they were a customer.
        """
        self._in_order("open_opportunity", at, None)
        return opportunities.Opportunity.open(
            opportunity_id,
            at=at,
            amount=amount,
            close_date=close_date,
            pipeline=pipeline,
            kind=kind,
            contact=self.contact,
            account_id=self.account_id,
            customer_id=self.id,
            owner=owner,
            channel=channel,
            by=by,
        )

    def leave(self, *, reason: str, at: datetime, by: str | None = None) -> "FormerCustomer":
        """They left.

        Args:
            reason: Why; `ChurnReason` has the usual ones.
            at: When, aware.
            by: Who says so.

        Raises:
            TransitionRefused: There is no reason, or it lies before something they did as a customer.
        """
        self._in_order("leave", at, last_entry_at(self))
        journey = RELATIONSHIP.step(self.journey, "leave", at=at, by=by, reason=reason).unwrap()
        return carried(self, FormerCustomer, journey)

    def _in_order(self, event: str, at: datetime, last: datetime | None) -> None:
        for before in (self.journey.entered_at, last):
            if before is not None:
                in_order(self.journey, event, at, before)


@attrs.frozen(kw_only=True, repr=False)
class FormerCustomer(Buyer):
    """Someone who bought from us and left. Guarantees a reason and when."""

    stage: ClassVar[CustomerStage] = CustomerStage.FORMER

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if not self.journey.history[-1].reason:
            raise RecordError(f"FormerCustomer {self.id} has no reason; its last change needs one")

    @property
    def reason(self) -> str:
        """Why they left."""
        reason = self.journey.history[-1].reason
        assert reason is not None  # noqa: S101 - seen to when it was made
        return reason

    @property
    def left_at(self) -> datetime:
        """When they left."""
        return self.journey.entered_at

    def merge(self, duplicate: Buyer) -> MergedCustomer[Self]:
        """As `Customer.merge`; somebody who has left did nothing later."""
        found = super().merge(duplicate)
        last = last_entry_at(found.survivor)
        if isinstance(duplicate, Customer) or (last is not None and earlier(self.left_at, last)):
            raise RecordError(
                f"{self.id} left at {self.left_at}, and {duplicate.id} did not; merge {self.id} into {duplicate.id}"
            )
        return found

    def win_back(self, *, at: datetime, by: str | None = None, reason: str | None = None) -> Customer:
        """They are a customer again; that they left stays in the journey.

        Args:
            at: When, aware.
            by: Who won them back.
            reason: What brought them back.

        Raises:
            TransitionRefused: It lies before they left.
        """
        journey = RELATIONSHIP.step(self.journey, "win_back", at=at, by=by, reason=reason).unwrap()
        return carried(self, Customer, journey)
