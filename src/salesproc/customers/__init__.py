"""The customer file: whom do we know already, who is in it twice, what was said, and what comes next."""

from salesproc._identity import email_key, name_key, phone_key
from salesproc.customers.following_up import FollowUp, FollowUps, follow_ups, timeline
from salesproc.customers.matching import (
    Agreement,
    Candidate,
    DuplicateGroup,
    Enough,
    HasContact,
    Match,
    duplicates,
    match,
)

__all__ = [
    # whom do we know
    "match",
    "Match",
    "Candidate",
    "Agreement",
    "Enough",
    "HasContact",
    "duplicates",
    "DuplicateGroup",
    # spellings made comparable
    "name_key",
    "email_key",
    "phone_key",
    # contacts and what comes next
    "timeline",
    "follow_ups",
    "FollowUps",
    "FollowUp",
]
