"""What is systematic, what is exclusive, and how old may evidence be? The limits of the loyalty ladder."""

from decimal import Decimal
from fractions import Fraction

import attrs

from salesproc._given import whole_number
from salesproc._shares import exact_share
from salesproc.metrics._numbers import exact_number

__all__ = ["LoyaltyPolicy"]


def _times(given: Fraction | Decimal | float) -> Fraction:
    return exact_number(given, "times")


def _pauses(given: Fraction | Decimal | float) -> Fraction:
    return exact_share(given, "pauses")


def _share(given: Fraction | Decimal | float) -> Fraction:
    return exact_share(given, "share")


@attrs.frozen(kw_only=True)
class LoyaltyPolicy:
    """From when on a customer is regular, a supporter, an advocate.

    Buying is systematic with enough purchases in the window, few of the gaps between them much longer than usual, and no silence much longer than
    usual since. The gaps are the customer's own, from their first purchase in the window to their last: who came three months ago and buys every
    week is regular, and so is who buys every quarter.

    A part of the gaps may be longer, and not only so many of them: of many gaps one is nearly always long, so a limit for the longest would make those
    who buy most often the least regular.

    Attributes:
        min_purchases: Purchases on so many different days, in the window, are enough to be regular.
        window_days: The window: so many days up to the review.
        times: A gap of more than so many times the customer's median gap is a pause, and so is a silence at the review. With three purchases in the
            window it must be below 2 to mean anything: the longer of two gaps is never more than twice their median.
        pauses: The part of the gaps that may be pauses, rounded down: none of four, one of five, two of ten.
        share: Buying is exclusive from this share of wallet on.
        wallet_days: What is known of the share of wallet ages out after so many days.
        min_referrals: So many referrals make an advocate.
        referral_days: A referral ages out after so many days.

    Raises:
        ValueError: A limit that nobody or everybody would meet; the message names it.

    Source:
        The rungs: document 004 of ``docs/explanation/sources.md``, which says "systematically" and "only from you" and gives no number. A share of
        1 is its "only"; every other default is ours.

    >>> LoyaltyPolicy(share=95)
    Traceback (most recent call last):
    ValueError: share must be a share from 0 to 1, got 95; a percentage is divided by 100 first
    """

    min_purchases: int = 4
    window_days: int = 365
    times: Fraction = attrs.field(default=Fraction(3), converter=_times)
    pauses: Fraction = attrs.field(default=Fraction(1, 5), converter=_pauses)
    share: Fraction = attrs.field(default=Fraction(1), converter=_share)
    wallet_days: int = 365
    min_referrals: int = 1
    referral_days: int = 365

    def __attrs_post_init__(self) -> None:
        least = {
            "min_purchases": 3,
            "window_days": 1,
            "wallet_days": 1,
            "min_referrals": 1,
            "referral_days": 1,
        }
        for name, low in least.items():
            whole_number(getattr(self, name), name, least=low)
        if self.times < 1:
            raise ValueError(
                f"times must be 1 or more, got {self.times}: half of the gaps are never below the usual one"
            )
        if self.pauses >= Fraction(1, 2):
            raise ValueError(
                f"pauses must be below one half, got {self.pauses}: from there on every rhythm is regular"
            )
        if not self.share:
            raise ValueError("share must be above 0: at 0 everybody would be a supporter")
