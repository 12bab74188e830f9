"""What a review of the agreement found: promise by promise, unit by unit."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import attrs

from salesproc import _text
from salesproc._tables import Cell, Shown
from salesproc.agreement.lead_agreement import LeadAgreement
from salesproc.metrics import HandOverOutcomes, SlaAttainment
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["AgreementPeriod", "AgreementReview", "Attempts", "PromiseLine"]

_NO_CASE = "no case"
_WORDS = {True: "kept", False: "missed", None: "open"}


class Attempts(NamedTuple):
    """Whether leads were tried as often as promised.

    Attributes:
        kept: Answered before that, or tried so often in time.
        missed: Given up with fewer tries, or the time ran out.
        running: Neither yet.
    """

    kept: int
    missed: int
    running: int

    @property
    def rate(self) -> Rate:
        """Kept over kept plus missed; those still running are in neither."""
        return Rate(self.kept, self.kept + self.missed)


class PromiseLine(NamedTuple):
    """One promise in one unit.

    Attributes:
        side: Whose promise it is.
        promise: Which.
        promised: How much was promised, as text.
        reached: How much was reached, as text.
        kept: Whether it was kept; None while that is open, or where nothing happened that could keep or break it.
    """

    side: Literal["marketing", "sales"]
    promise: str
    promised: str
    reached: str
    kept: bool | None


@attrs.frozen(kw_only=True, repr=False)
class AgreementPeriod(Shown):
    """What became of the promises for the leads handed over in one unit. A lead counts where it was handed over, whatever happened when.

    Attributes:
        agreement: What was promised.
        period: The unit, or the whole time.
        running: Whether it had not ended at the review.
        leads: How many leads marketing had promised; None where it promised none.
        hand_overs: What came of the leads handed over.
        decisions: How soon they were decided; None where that was not promised.
        first_tries: How soon accepted ones were tried; None where that was not promised.
        answers: How soon those that asked were answered; None where that was not promised.
        attempts: Whether they were tried often enough; None where that was not promised.
    """

    agreement: LeadAgreement
    period: Period
    running: bool
    leads: int | None
    hand_overs: HandOverOutcomes
    decisions: SlaAttainment | None
    first_tries: SlaAttainment | None
    answers: SlaAttainment | None
    attempts: Attempts | None

    @property
    def volume_kept(self) -> bool | None:
        """Whether enough leads were handed over; None where none were promised, or while there is time."""
        if self.leads is None:
            return None
        if self.hand_overs.handed_over >= self.leads:
            return True
        return None if self.running else False

    @property
    def lines(self) -> tuple[PromiseLine, ...]:
        """Every promise of the agreement, marketing first."""
        given, found = self.agreement, list[PromiseLine]()
        if self.leads is not None:
            reached = f"{self.hand_overs.handed_over:,}"
            found.append(
                PromiseLine("marketing", "leads handed over", f"{self.leads:,}", reached, self.volume_kept)
            )
        if given.accepted is not None:
            rate, open_ = self.hand_overs.acceptance, self.hand_overs.counts.undecided
            kept = _kept(rate, open_, given.accepted)
            found.append(
                PromiseLine("marketing", "accepted", f"{given.accepted:.0%}", _reached(rate, open_), kept)
            )
        for promise, times in (
            ("decided in time", self.decisions),
            ("tried in time", self.first_tries),
            ("answered in time", self.answers),
        ):
            if times is not None:
                promised = f"{given.in_time:.0%} within {_hours(times.target)}"
                kept = _kept(times.rate, times.running, given.in_time)
                found.append(
                    PromiseLine("sales", promise, promised, _reached(times.rate, times.running), kept)
                )
        if self.attempts is not None:
            rate, running = self.attempts.rate, self.attempts.running
            kept = _kept(rate, running, given.in_time)
            found.append(
                PromiseLine(
                    "sales", "tried often enough", self._attempts_promised, _reached(rate, running), kept
                )
            )
        return (*found,)

    @property
    def _attempts_promised(self) -> str:
        within = self.agreement.tries_within
        return f"{self.agreement.in_time:.0%} with {self.agreement.tries} tries" + (
            "" if within is None else f" within {_hours(within)}"
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per promise."""
        return [
            {
                "period": str(self.period.start),
                "side": line.side,
                "promise": line.promise,
                "promised": line.promised,
                "reached": line.reached,
                "kept": line.kept,
            }
            for line in self.lines
        ]

    def __str__(self) -> str:
        rows = [
            (line.promise, line.side, line.promised, line.reached, _WORDS[line.kept]) for line in self.lines
        ]
        return _text.table(("promise", "by", "promised", "reached", "kept"), rows)

    def __repr__(self) -> str:
        kept = ", ".join(f"{line.promise}: {_WORDS[line.kept]}" for line in self.lines)
        return f"<AgreementPeriod from {self.period.start:%Y-%m-%d}: {kept}>"


@attrs.frozen(kw_only=True, repr=False)
class AgreementReview(Shown):
    """The agreement held against what was done.

    Attributes:
        as_of: The moment of the review.
        periods: One per unit, in order.
        total: All of them together, made from the added counts.
        after_as_of: How many were handed over after the review, and left out.
        without_hand_over: Tries, replies and leads given up that belong to no hand-over of the time.
    """

    as_of: date
    periods: tuple[AgreementPeriod, ...]
    total: AgreementPeriod
    after_as_of: int
    without_hand_over: int

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per unit and promise; the total is not among them."""
        return [row for period in self.periods for row in period.to_rows()]

    def __str__(self) -> str:
        head = ("promise", *(f"{one.period.start:%Y-%m-%d}" for one in self.periods), "together")
        columns = [one.lines for one in (*self.periods, self.total)]
        rows = [(lines[0].promise, *map(_cell, lines)) for lines in zip(*columns, strict=True)]
        return _text.table(head, rows)

    def __repr__(self) -> str:
        return (
            f"<AgreementReview of {self.total.agreement.name!r}, {len(self.periods)} periods: {self.total!r}>"
        )


def _kept(rate: Rate, running: int, share: Decimal) -> bool | None:
    """Whether a share is reached, whatever becomes of those still running; None while that depends on them, or without cases."""
    cases = rate.trials + running
    if not cases:
        return None
    least, most = Fraction(rate.hits, cases), Fraction(rate.hits + running, cases)
    if least >= share:
        return True
    return False if most < share else None


def _reached(rate: Rate, running: int) -> str:
    if not rate.trials:
        return f"none of {running:,} yet" if running else _NO_CASE
    return f"{rate:.0%} of {rate.trials:,}" + (f", {running:,} to come" if running else "")


def _cell(line: PromiseLine) -> str:
    return line.reached if line.reached == _NO_CASE else f"{line.reached}, {_WORDS[line.kept]}"


def _hours(value: timedelta) -> str:
    """Always hours: a day of a duration may be one of 24 hours or one of work."""
    return f"{value / timedelta(hours=1):g} h"
