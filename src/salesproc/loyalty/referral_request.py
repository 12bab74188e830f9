"""May this customer be asked for a recommendation now? Their orders and what they said give the evidence."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from salesproc._instants import earlier, require_aware
from salesproc._tables import Shown
from salesproc.loyalty.referral_policy import ReferralPolicy
from salesproc.metrics.breakdown import Cell
from salesproc.records import CheckIn, Customer, CustomerId, Delivery, DeliveryStage
from salesproc.stages import Reason

__all__ = ["ReferralRequest", "referral_request"]

_ENDED = frozenset({DeliveryStage.FULFILLED, DeliveryStage.CANCELLED})
_TROUBLED = frozenset({DeliveryStage.DELAYED, DeliveryStage.PROBLEM})


@attrs.frozen(repr=False)
class ReferralRequest(Shown):
    """Whether a customer may be asked for a recommendation, with what speaks for and against it.

    Attributes:
        customer_id: Whom.
        fulfilled: Whether their last order that has ended was fulfilled, and none is delayed, overdue or has a problem; None without an order.
        satisfied: Whether they said so since; None when they have not said.
        open_complaints: How many of their complaints stand.
        reasons: Every reason not to ask; empty when they may be asked.
    """

    customer_id: CustomerId
    fulfilled: bool | None
    satisfied: bool | None
    open_complaints: int
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the evidence, and why not."""
        return [
            {
                "customer": self.customer_id,
                "fulfilled": self.fulfilled,
                "satisfied": self.satisfied,
                "open_complaints": self.open_complaints,
                "why_not": "; ".join(map(str, self.reasons)),
            }
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {'may be asked' if self.allowed else self.to_rows()[0]['why_not']}"


def referral_request(
    customer: Customer,
    deliveries: Iterable[Delivery],
    check_ins: Iterable[CheckIn[CustomerId]],
    *,
    as_of: datetime,
    policy: ReferralPolicy | None = None,
) -> ReferralRequest:
    """Whether a customer may be asked for a recommendation: first the order is fulfilled, then they say that they are satisfied, then one may ask.

    Args:
        customer: Whom, with their complaints.
        deliveries: Orders, those of others are passed over. Orders of records that were merged into the customer are theirs.
        check_ins: What customers said when they were asked, likewise. An answer counts when it was given after the order was
            fulfilled; the last one counts. No answer leaves the one before it standing.
        as_of: The moment of asking, aware; what happened later has not happened yet.
        policy: The threshold of satisfaction and how many complaints may stand.

    Raises:
        LogError: An answer that is not on the scale of the policy.
        NaiveTimeError: A time has no zone.

    Source:
        `ReferralPolicy`. That nobody is asked while an order is delayed, overdue or has a problem, told or not, is ours.

    >>> from datetime import UTC, timedelta
    >>> from salesproc.records import Contact, OrderId
    >>> noon, day = datetime(2026, 3, 2, 12, tzinfo=UTC), timedelta(days=1)
    >>> lin = Customer.register(CustomerId("C-1"), at=noon, contact=Contact("Lin Wei"))
    >>> order = Delivery.place(OrderId("D-1"), customer_id=lin.id, promised_at=noon + 9 * day, at=noon)
    >>> order = order.start(at=noon).fulfil(at=noon + 5 * day)
    >>> print(referral_request(lin, [order], [], as_of=noon + 6 * day))
    C-1 satisfied is missing
    >>> print(referral_request(lin, [order], [CheckIn(lin.id, noon + 6 * day, 5)], as_of=noon + 6 * day))
    C-1 may be asked
    """
    require_aware(as_of, "as_of")
    policy = ReferralPolicy() if policy is None else policy
    ids = {customer.id, *customer.merged_ids}
    fulfilled, since = _fulfilled([one for one in deliveries if one.customer_id in ids], as_of)
    own = [one for one in check_ins if one.customer in ids]
    satisfied = None if since is None else _satisfied(own, since, as_of, policy)
    standing = [one for one in customer.complaints if not earlier(as_of, one.raised_at)]
    complaints = sum(one.resolved_at is None or earlier(as_of, one.resolved_at) for one in standing)
    reasons = policy.why_not(fulfilled=fulfilled, satisfied=satisfied, open_complaints=complaints)
    return ReferralRequest(customer.id, fulfilled, satisfied, complaints, reasons)


def _fulfilled(orders: list[Delivery], as_of: datetime) -> tuple[bool | None, datetime | None]:
    """Whether the order of theirs that ended last was fulfilled, and since when it has been."""
    known = [[change for change in one.journey.history if not earlier(as_of, change.at)] for one in orders]
    latest = [changes[-1] for changes in known if changes]
    if not latest:
        return None, None
    ended = max(
        (change for change in latest if change.stage in _ENDED),
        key=lambda change: change.at.timestamp(),
        default=None,
    )
    if ended is None or ended.stage is not DeliveryStage.FULFILLED:
        return False, None
    return not any(_troubled(one, as_of) for one in orders), ended.at


def _troubled(order: Delivery, as_of: datetime) -> bool:
    """Whether the order was being waited for with a problem then: known to the customer, to us alone, or to the calendar."""
    known = [change for change in order.journey.history if not earlier(as_of, change.at)]
    if not known or known[-1].stage in _ENDED:
        return False
    untold = any(
        not earlier(as_of, one.found_at) and (one.told_at is None or earlier(as_of, one.told_at))
        for one in order.issues
    )
    promised = [promise.promised_at for promise in order.promises if not earlier(as_of, promise.at)]
    return untold or known[-1].stage in _TROUBLED or earlier(promised[-1], as_of)


def _satisfied(
    check_ins: Iterable[CheckIn[CustomerId]],
    since: datetime,
    as_of: datetime,
    policy: ReferralPolicy,
) -> bool | None:
    """What they said last, after the order was fulfilled."""
    timely = [
        one
        for one in check_ins
        if one.answer is not None
        and not earlier(require_aware(one.at, "at"), since)
        and not earlier(as_of, one.at)
    ]
    last = max(timely, key=lambda one: one.at.timestamp(), default=None)
    return None if last is None else policy.satisfied_by(last.answer)
