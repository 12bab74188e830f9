"""What was said to whom, what is to be done for whom, and who was asked whether they are satisfied."""

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

__all__ = ["CheckIn", "Interaction", "PlannedActivity"]

C = TypeVar("C", bound=Hashable)


class Interaction(NamedTuple, Generic[C]):
    """One contact with a customer.

    Attributes:
        customer: With whom.
        at: When, aware.
        channel: How; `ContactChannel` has the usual ones.
        summary: What was said.
        by: Who of us.
        inbound: Whether they came to us.
    """

    customer: C
    at: datetime
    channel: str
    summary: str = ""
    by: str | None = None
    inbound: bool = False


class PlannedActivity(NamedTuple, Generic[C]):
    """Something to be done for a customer.

    Attributes:
        customer: For whom.
        due: By when, aware.
        kind: What; `ActivityKind` has the usual ones.
        by: Who does it; None when nobody has been asked.
        done_at: When it was done; None as long as it is not.
    """

    customer: C
    due: datetime
    kind: str
    by: str | None = None
    done_at: datetime | None = None


class CheckIn(NamedTuple, Generic[C]):
    """A customer was asked, after the sale, whether they are satisfied.

    The answers of many are a survey: ``customer_satisfaction`` of ``salesproc.metrics`` takes ``[one.answer for one in check_ins]``.

    Attributes:
        customer: Whom.
        at: When, aware.
        answer: What they said, on the scale of your survey; None when they did not answer.
        note: What else they said.
        by: Who of us asked.

    Source:
        Check-ins measure satisfaction and lead over to asking for referrals, OpenStax *Entrepreneurship* 8.6.
    """

    customer: C
    at: datetime
    answer: int | None
    note: str = ""
    by: str | None = None
