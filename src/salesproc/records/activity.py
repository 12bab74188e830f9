"""What was said to whom, and what is to be done for whom."""

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Interaction", "PlannedActivity"]

C = TypeVar("C", bound=Hashable)


class Interaction(NamedTuple, Generic[C]):
    """One contact with a customer.

    Attributes:
        customer: With whom.
        at: When, aware.
        channel: How; `Channel` has the usual ones.
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
        kind: What: a call, a visit, an offer.
        by: Who does it; None when nobody has been asked.
        done_at: When it was done; None as long as it is not.
    """

    customer: C
    due: datetime
    kind: str
    by: str | None = None
    done_at: datetime | None = None
