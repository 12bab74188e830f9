"""Is the agreement kept? Promise by promise, for the leads handed over in each unit of a time."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, TypeVar

import attrs

from salesproc._given import require_period
from salesproc._instants import MICROSECOND
from salesproc.agreement._cases import Cases, Events
from salesproc.agreement.lead_agreement import LeadAgreement
from salesproc.agreement.review_results import AgreementPeriod, AgreementReview, Attempts
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.metrics import (
    Durations,
    HandOverLike,
    SlaAttainment,
    hand_over_outcomes,
    lead_response_times,
    rolling_response_times,
    sla_attainment,
)
from salesproc.metrics._log import comparable
from salesproc.metrics._touches import Touches
from salesproc.metrics._waiting import Pauses, WaitingClock, waiting_clock
from salesproc.periods import Period

__all__ = ["review_agreement"]

L = TypeVar("L", bound=Hashable)

_DAY = timedelta(days=1)


def review_agreement(
    agreement: LeadAgreement,
    hand_overs: Iterable[HandOverLike],
    *,
    period: Period,
    as_of: date,
    tries: Touches[L] = (),
    replies: Touches[L] = (),
    given_up: Touches[L] = (),
    pauses: Pauses[L] = (),
    calendar: WorkingCalendar | None = None,
) -> AgreementReview:
    """What became of each promise, for the leads handed over in each unit of a time.

    A lead handed over again is another case; what happens from then on belongs to that one.

    Args:
        agreement: What was promised.
        hand_overs: Anything like `HandOverLike`: `HandedOver` rows, or the records; in any order, read once.
        period: Whole units of the agreement, such as ``Period.quarter(2026, 1)`` where it promises by the month.
        as_of: The moment of the review. What happens later is not known yet.
        tries: Rows ``(lead, at, ...)``: every call, mail or visit to a lead.
        replies: Rows ``(lead, at, ...)``: what came from a lead.
        given_up: Rows ``(lead, at, ...)``: when sales stopped trying.
        pauses: Rows ``(lead, start, end)``: when nobody was to act on that lead, such as a wait it asked for; end None while it lasts.
        calendar: Count working time only; needs aware times.

    Returns:
        Each promise with what was reached and whether it was kept: None while that is open. An undecided lead is not refused, and one still in time is not late.

    Raises:
        LogError: A row that cannot be read or contradicts itself; the message names it.
        NaiveTimeError: Times of two kinds, or a calendar with times that are not aware.
        PeriodError: The period is not made of whole units.
        TypeError: It is no period.

    Source:
        As for `LeadAgreement`.

    >>> from salesproc.metrics import HandedOver
    >>> march = [date(2026, 3, n) for n in range(1, 32)]
    >>> promised = LeadAgreement(name="2026", leads=3, accepted=0.8, decide_within=timedelta(days=2))
    >>> passed = [
    ...     HandedOver("L-1", march[1], "accepted", march[2]),
    ...     HandedOver("L-2", march[4], "rejected", march[8], "clerical"),
    ...     HandedOver("L-3", march[29]),
    ... ]
    >>> print(review_agreement(promised, passed, period=Period.month(2026, 3), as_of=march[30]).total)
    promise                   by           promised            reached    kept
    leads handed over  marketing               3               3    kept
    accepted           marketing             80%  50% of 2, 1 to come  missed
    decided in time        sales  100% within 48 h  50% of 2, 1 to come  missed
    """
    units = _whole_units(period, agreement)
    cases = Cases(hand_overs, as_of)
    paused = [*cases.pauses(pauses)]
    book = _Book(
        agreement,
        cases,
        cases.events(tries),
        cases.events(replies),
        cases.events(given_up),
        paused,
        calendar,
        as_of,
    )
    periods = tuple(book.judged(unit, 1) for unit in units)
    review = comparable(as_of, as_of, "as_of")
    return AgreementReview(
        as_of=as_of,
        periods=periods,
        total=book.judged(period, len(units)),
        after_as_of=sum(case.submitted > review for case in cases.all),
        without_hand_over=cases.strangers,
    )


@attrs.frozen
class _Book:
    """Everything a review knows."""

    agreement: LeadAgreement
    cases: Cases
    tries: Events
    replies: Events
    given_up: Events
    paused: Sequence[tuple[int, date, date | None]]
    calendar: WorkingCalendar | None
    as_of: date

    def judged(self, part: Period, units: int) -> AgreementPeriod:
        """What became of the promises for the leads handed over in a part of the time."""
        promised = self.agreement
        begin, end = (comparable(moment, self.as_of, "period") for moment in (part.start, part.end))
        members = self.cases.within(begin, end)
        return AgreementPeriod(
            agreement=promised,
            period=part,
            running=comparable(self.as_of, self.as_of, "as_of") < end,
            leads=None if promised.leads is None else promised.leads * units,
            hand_overs=hand_over_outcomes((self.cases.all[n].case for n in members), as_of=self.as_of),
            decisions=self._in_time(promised.decide_within, self._decisions, members),
            first_tries=self._in_time(promised.try_within, self._first_tries, members),
            answers=self._in_time(promised.answer_within, self._answers, members),
            attempts=None if promised.tries is None else self._attempts(members, promised.tries),
        )

    def _in_time(
        self, target: timedelta | None, waits: Callable[[Sequence[int]], Durations], members: Sequence[int]
    ) -> SlaAttainment | None:
        return None if target is None else sla_attainment(waits(members), target)

    def _decisions(self, members: Sequence[int]) -> Durations:
        """From handing over to the decision."""
        seen = self.cases.all
        decided = [(n, at) for n in members if (at := seen[n].decided) is not None]
        return self._waits([(n, seen[n].submitted, None) for n in members], decided, "created")

    def _first_tries(self, members: Sequence[int]) -> Durations:
        """From accepting to the first try."""
        accepted = [(n, self.cases.all[n].submitted, self._accepted_at(n)) for n in members]
        return self._waits(accepted, _rows(self.tries, members), "assigned")

    def _waits(
        self,
        starts: Sequence[tuple[int, date, date | None]],
        ends: Sequence[tuple[int, date]],
        clock: Literal["created", "assigned"],
    ) -> Durations:
        return lead_response_times(
            starts, ends, as_of=self.as_of, clock=clock, calendar=self.calendar, pauses=self.paused
        )

    def _answers(self, members: Sequence[int]) -> Durations:
        """From each question to its answer."""
        return rolling_response_times(
            _rows(self.replies, members),
            _rows(self.tries, members),
            as_of=self.as_of,
            calendar=self.calendar,
            pauses=self.paused,
        )

    def _attempts(self, members: Sequence[int], wanted: int) -> Attempts:
        clock = waiting_clock(self.calendar, self.paused, self.as_of)
        found = Counter(
            self._tried(n, accepted, wanted, clock)
            for n in members
            if (accepted := self._accepted_at(n)) is not None
        )
        return Attempts(found[True], found[False], found[None])

    def _tried(self, case: int, accepted: date, wanted: int, clock: WaitingClock) -> bool | None:
        """Whether an accepted lead was answered or tried often enough, in time and before it was given up."""
        tries = [at for at in self.tries.get(case, ()) if at >= accepted]
        replied = [at for at in self.replies.get(case, ()) if at >= accepted]
        stopped = [at for at in self.given_up.get(case, ()) if at >= accepted]
        limit = self.agreement.tries_within

        def in_time(at: date) -> bool:
            return limit is None or clock.microseconds(case, accepted, at) <= limit // MICROSECOND

        ends = [*tries[wanted - 1 : wanted], *replied[:1]]
        if any(in_time(at) and (not stopped or at <= stopped[0]) for at in ends):
            return True
        return False if stopped or not in_time(comparable(self.as_of, self.as_of, "as_of")) else None

    def _accepted_at(self, case: int) -> date | None:
        seen = self.cases.all[case]
        return seen.decided if seen.outcome == "accepted" else None


def _rows(events: Events, members: Iterable[int]) -> list[tuple[int, date]]:
    return [(case, at) for case in members for at in events.get(case, ())]


def _whole_units(period: Period, agreement: LeadAgreement) -> tuple[Period, ...]:
    """The units of the agreement that make up a time.

    Raises:
        PeriodError: It begins or ends within one, so that the promised volume does not hold for it.
    """
    require_period(period)
    around = Period(period.start - _DAY, period.end + _DAY).each(agreement.every)
    cuts = {one.start for one in around}
    if period.start not in cuts or period.end not in cuts:
        raise PeriodError(
            f"agreement {agreement.name!r} promises by the {agreement.every}, so the period must be whole ones, got {period!r}"
        )
    return period.each(agreement.every)
