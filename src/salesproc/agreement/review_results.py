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


@attrs.frozen
class Attempts:
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

    def __add__(self, other: object) -> "Attempts":
        if not isinstance(other, Attempts):
            return NotImplemented
        return Attempts(self.kept + other.kept, self.missed + other.missed, self.running + other.running)


class PromiseLine(NamedTuple):
    """One promise in one unit.

    Attributes:
        side: Whose promise it is.
        promise: Which.
        promised: How much was promised, as text.
        reached: How much was reached, as text.
        kept: Whether it was kept; None while what is to come can turn it, or where nothing happened that could keep or break it.
    """

    side: Literal["marketing", "sales"]
    promise: str
    promised: str
    reached: str
    kept: bool | None


@attrs.frozen(kw_only=True, repr=False)
class AgreementPeriod(Shown):
    """What became of the promises in one unit. A lead counts where it was handed over, whatever happened when; a question where it was asked.

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
        undecided = self.hand_overs.counts.undecided
        if self.leads is not None:
            reached = f"{self.hand_overs.handed_over:,}"
            found.append(
                PromiseLine("marketing", "leads handed over", f"{self.leads:,}", reached, self.volume_kept)
            )
        if given.accepted is not None:
            stand = _Stand(self.hand_overs.acceptance, undecided, more=self.running)
            found.append(stand.line("marketing", "accepted", f"{given.accepted:.0%}", given.accepted))
        in_time, more = given.in_time, self.running or undecided > 0
        for promise, times, coming in (
            ("decided in time", self.decisions, self.running),
            ("tried in time", self.first_tries, more),
            ("answered in time", self.answers, self.running),
        ):
            if times is not None:
                stand = _Stand(times.rate, times.running, more=coming)
                found.append(
                    stand.line("sales", promise, f"{in_time:.0%} within {_hours(times.target)}", in_time)
                )
        if self.attempts is not None:
            stand = _Stand(self.attempts.rate, self.attempts.running, more=more)
            found.append(stand.line("sales", "tried often enough", self._attempts_promised, in_time))
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
        rows = [(line.promise, line.side, line.promised, line.reached, _word(line)) for line in self.lines]
        return _text.table(("promise", "by", "promised", "reached", "kept"), rows)

    def __repr__(self) -> str:
        kept = ", ".join(f"{line.promise}: {_word(line) or line.reached}" for line in self.lines)
        return f"<AgreementPeriod from {self.period.start:%Y-%m-%d}: {kept}>"


@attrs.frozen(kw_only=True, repr=False)
class AgreementReview(Shown):
    """The agreement held against what was done.

    Attributes:
        as_of: The moment of the review.
        periods: One per unit, in order.
        total: All of them together, made from the added counts.
        after_as_of: How many were handed over after the review, and left out.
        without_hand_over: Tries, replies, pauses and leads given up that belong to no hand-over: an unknown lead, or a time before it was handed over.
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
        rows = [
            (lines[0].promise, *(", ".join(filter(None, (line.reached, _word(line)))) for line in lines))
            for lines in zip(*columns, strict=True)
        ]
        left_out = (
            f"{self.after_as_of:,} handed over later" if self.after_as_of else "",
            f"{self.without_hand_over:,} rows of no hand-over" if self.without_hand_over else "",
        )
        return "\n".join(filter(None, (_text.table(head, rows), "; ".join(filter(None, left_out)))))

    def __repr__(self) -> str:
        return (
            f"<AgreementReview of {self.total.agreement.name!r}, {len(self.periods)} periods: {self.total!r}>"
        )


class _Stand(NamedTuple):
    """How a promise of a share stands."""

    rate: Rate
    running: int
    more: bool

    def line(
        self, side: Literal["marketing", "sales"], promise: str, promised: str, share: Decimal
    ) -> PromiseLine:
        """The line of that promise."""
        return PromiseLine(side, promise, promised, self._reached, self._kept(share))

    def _kept(self, share: Decimal) -> bool | None:
        """Whether a share is reached, whatever is still to come; None while that depends on it, or without cases."""
        if self.more:  # so many may come that only a promise of all can be broken, and none be kept
            return False if share == 1 and self.rate.hits < self.rate.trials else None
        cases = self.rate.trials + self.running
        if not cases:
            return None
        least, most = Fraction(self.rate.hits, cases), Fraction(self.rate.hits + self.running, cases)
        if least >= share:
            return True
        return False if most < share else None

    @property
    def _reached(self) -> str:
        if not self.rate.trials:
            return f"none of {self.running:,} yet" if self.running else _NO_CASE
        return f"{self.rate:.0%} of {self.rate.trials:,}" + (
            f", {self.running:,} to come" if self.running else ""
        )


def _word(line: PromiseLine) -> str:
    """Kept, missed or open; nothing where nothing happened that could keep or break it."""
    return "" if line.reached == _NO_CASE else _WORDS[line.kept]


def _hours(value: timedelta) -> str:
    """Always hours: a day of a duration may be one of 24 hours or one of work."""
    return f"{value / timedelta(hours=1):g} h"
