"""On which rung does a customer stand, by what evidence, and what would move them up?"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import attrs

from salesproc import _text
from salesproc._instants import require_aware
from salesproc._shares import Share
from salesproc._tables import Shown
from salesproc.loyalty._evidence import plain_days, purchase_days, referral_days, wallet_days
from salesproc.loyalty.policy import LoyaltyPolicy
from salesproc.metrics._log import comparable
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.silence import usual_gap
from salesproc.records import Customer, FormerCustomer
from salesproc.stages import EvidenceValue, LoyaltyTier

__all__ = ["Assessment", "LoyaltyCheck", "WalletShare", "assess"]

TIERS = tuple(LoyaltyTier)

Quantity: TypeAlias = Fraction | int | None
"""A number seen or wanted; None where it is not known."""


class WalletShare(NamedTuple):
    """What was found out, one day, about where a customer buys. Any pair of them serves as well.

    Attributes:
        on: The day, a plain date.
        share: The part of what they spend on our kind of thing that they spend with us, 0 to 1; 1 is only with us.
    """

    on: date
    share: Share


class LoyaltyCheck(NamedTuple):
    """One piece of evidence for a rung; ``str()`` says it in a sentence.

    Attributes:
        tier: For which rung.
        about: What was looked at.
        seen: What was found; None where it is not known.
        rule: On which side of the limit it has to be.
        wanted: The limit; None where there is none yet, because the customer has no usual gap.
    """

    tier: LoyaltyTier
    about: str
    seen: Quantity
    rule: Literal["at least", "at most"]
    wanted: Quantity

    @property
    def state(self) -> Literal["met", "unmet", "unknown"]:
        """Whether it is enough; what is not known is not enough, and says so."""
        if self.seen is None or self.wanted is None:
            return "unknown"
        enough = self.seen >= self.wanted if self.rule == "at least" else self.seen <= self.wanted
        return "met" if enough else "unmet"

    def __str__(self) -> str:
        seen = "not known" if self.seen is None else _number(self.seen)
        if self.wanted is None:
            return f"{self.about}: {seen}, and no usual gap yet to hold it against"
        return f"{self.about}: {seen}, {self.rule} {_number(self.wanted)} is needed"


@attrs.frozen(repr=False)
class Assessment(Shown):
    """A customer's rung on a day, with the evidence for every rung.

    Attributes:
        as_of: The day.
        last_purchase: The day of the last purchase; None before the first.
        checks: The evidence, from the lowest rung to the highest.
    """

    as_of: date
    last_purchase: date | None
    checks: tuple[LoyaltyCheck, ...]

    @property
    def tier(self) -> LoyaltyTier | None:
        """The highest rung for which it and all below it are met; None before the first purchase."""
        reached = None
        for tier in TIERS:
            if not self.met(tier):
                break
            reached = tier
        return reached

    @property
    def next(self) -> tuple[LoyaltyCheck, ...]:
        """What the next rung still needs; empty on the highest."""
        reached = self.tier
        above = 0 if reached is None else TIERS.index(reached) + 1
        return tuple(
            check for check in self.checks if check.tier in TIERS[above : above + 1] and check.state != "met"
        )

    @property
    def undefined(self) -> str | None:
        """Why there is no rung; None when there is one."""
        return None if self.tier else "no purchase yet"

    def met(self, tier: LoyaltyTier) -> bool:
        """Whether the evidence for that rung alone is there, whatever of those below."""
        return all(check.state == "met" for check in self.checks if check.tier is tier)

    def facts(self) -> dict[str, EvidenceValue]:
        """The same as evidence for the steps of ``LOYALTY_LADDER``; what is not known is left out."""
        by_tier = {check.tier: check for check in self.checks}
        facts: dict[str, EvidenceValue] = {"systematic": self.met(LoyaltyTier.REGULAR)}
        if by_tier[LoyaltyTier.SUPPORTER].state != "unknown":
            facts["exclusive"] = self.met(LoyaltyTier.SUPPORTER)
        for name, tier in (("purchases", LoyaltyTier.REPEAT), ("referrals", LoyaltyTier.ADVOCATE)):
            facts[name] = int(by_tier[tier].seen or 0)
        return facts

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per piece of evidence."""
        return [
            {
                "tier": str(check.tier),
                "about": check.about,
                "seen": _plain(check.seen),
                "rule": check.rule,
                "wanted": _plain(check.wanted),
                "state": check.state,
            }
            for check in self.checks
        ]

    def __str__(self) -> str:
        lines = [
            (
                f"{check.tier}: {check.about}",
                _text.ABSENT if check.seen is None else _number(check.seen),
                _text.ABSENT if check.wanted is None else f"{check.rule} {_number(check.wanted)}",
                check.state,
            )
            for check in self.checks
        ]
        return f"{_text.label(self.tier)} on {self.as_of}\n" + _text.table(
            ("evidence", "seen", "wanted", "state"), lines
        )

    def __repr__(self) -> str:
        return f"<Assessment: {_text.label(self.tier)} on {self.as_of}>"


def assess(
    purchases: Customer | Iterable[date],
    *,
    as_of: date,
    wallet: Iterable[WalletShare | tuple[date, Share]] = (),
    referrals: Iterable[date] = (),
    policy: LoyaltyPolicy | None = None,
) -> Assessment:
    """The rung of one customer: by behaviour up to regular, then by exclusivity, then by an observed referral.

    Three kinds of evidence that do not replace each other: somebody who recommends us and bought once is a customer, and somebody of whom nobody knows
    where else they buy is at most regular. The rung is never above the evidence, and evidence ages: a supporter who falls silent is a repeat customer
    again. Leaving is no rung; see `climb`.

    Another referral, or word that they buy only from us, never lowers a rung. Another purchase can, above repeat, when it breaks the rhythm.

    Args:
        purchases: The record of a customer, or the days of purchases (plain dates, in any order; a day that is named twice is one purchase). From a
            record, refunds are taken off the day they are of, and days begin where *as_of* is.
        as_of: The review; what is later is not used. Aware for a record.
        wallet: What was found out about the share of wallet, with the day: the latest that has not aged out counts, the lowest of one day.
        referrals: The days of referrals, besides those in the record.
        policy: The limits; `LoyaltyPolicy` as it is when left out.

    Returns:
        The rung, the evidence for every rung, and what the next one needs.

    Raises:
        LogError: A day that is no plain date, or a placeholder.
        ValueError: A share of wallet that is none.
        NaiveTimeError: A record, and a review without a time zone.
        TypeError: A former customer.

    Source:
        Five kinds of customers: document 004 of ``docs/explanation/sources.md``. Limits: `LoyaltyPolicy`.

    >>> months = [date(2025, month, 9) for month in range(1, 7)]
    >>> known = assess(months, as_of=date(2025, 6, 30), wallet=[(date(2025, 3, 1), 1)])
    >>> known
    <Assessment: supporter on 2025-06-30>
    >>> print(*known.next)
    referrals in 365 days: 0, at least 1 is needed
    >>> assess(months, as_of=date(2025, 12, 31)).tier
    <LoyaltyTier.REPEAT: 'repeat'>
    """
    given: object = purchases  # callers without a type checker pass anything
    if isinstance(given, FormerCustomer):
        raise TypeError(f"{given!r} has left and is on no rung; win_back() makes them a customer again")
    brought = plain_days(referrals, "referrals")
    if isinstance(purchases, Customer):
        review = require_aware(as_of, "as_of")  # type: ignore[arg-type]  # a plain date is what it refuses
        bought = purchase_days(purchases, review)
        brought += referral_days(purchases, review)
    else:
        bought = plain_days(purchases, "purchases")
    comparable(as_of, as_of, "as_of")  # what is no time, or a placeholder for one, is refused here
    day = as_of.date() if isinstance(as_of, datetime) else as_of
    return assessed(bought, day, wallet_days(wallet), brought, policy or LoyaltyPolicy())


def assessed(
    bought: Iterable[date],
    as_of: date,
    wallet: Sequence[tuple[date, Fraction]],
    brought: Iterable[date],
    policy: LoyaltyPolicy,
) -> Assessment:
    """The assessment, from plain days that have been checked."""
    days = sorted({day for day in bought if day <= as_of})
    recent = [day for day in days if (as_of - day).days < policy.window_days]
    gap = usual_gap(recent)
    limit = None if gap is None else policy.times * gap
    gaps = [(later - day).days for day, later in pairwise(recent)]
    silent = (as_of - days[-1]).days if days else None
    known = [(day, -share) for day, share in wallet if 0 <= (as_of - day).days < policy.wallet_days]
    share = -max(known)[1] if known else None
    referrals = sum(0 <= (as_of - day).days < policy.referral_days for day in brought)
    tier = LoyaltyTier
    checks = (
        LoyaltyCheck(tier.CUSTOMER, "purchases", len(days), "at least", 1),
        LoyaltyCheck(tier.REPEAT, "purchases", len(days), "at least", 2),
        LoyaltyCheck(
            tier.REGULAR,
            f"purchases in {policy.window_days} days",
            len(recent),
            "at least",
            policy.min_purchases,
        ),
        _pauses(gaps, limit, policy),
        LoyaltyCheck(tier.REGULAR, "days since the last", silent, "at most", limit),
        LoyaltyCheck(tier.SUPPORTER, "share of wallet", share, "at least", policy.share),
        LoyaltyCheck(
            tier.ADVOCATE,
            f"referrals in {policy.referral_days} days",
            referrals,
            "at least",
            policy.min_referrals,
        ),
    )
    return Assessment(as_of, days[-1] if days else None, checks)


def _pauses(gaps: Sequence[int], limit: Fraction | None, policy: LoyaltyPolicy) -> LoyaltyCheck:
    """Whether few enough of the gaps are pauses."""
    if limit is None:
        return LoyaltyCheck(LoyaltyTier.REGULAR, "pauses", None, "at most", None)
    found, allowed = sum(gap > limit for gap in gaps), math.floor(policy.pauses * len(gaps))
    about = f"pauses over {_number(limit)} days"
    return LoyaltyCheck(LoyaltyTier.REGULAR, about, found, "at most", allowed)


def _number(quantity: Fraction | int) -> str:
    return f"{float(quantity):.6g}"


def _plain(quantity: Quantity) -> float | int | None:
    return float(quantity) if isinstance(quantity, Fraction) else quantity
