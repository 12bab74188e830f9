"""Is the agreement kept? Promise by promise, for the leads handed over in each unit of a time."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Literal, TypeVar

import attrs

from salesproc._given import require_period, several
from salesproc._instants import MICROSECOND
from salesproc.agreement._cases import Cases, Events
from salesproc.agreement.lead_agreement import LeadAgreement
from salesproc.agreement.review_results import AgreementPeriod, AgreementReview, Attempts
from salesproc.calendars import WorkingCalendar
from salesproc.errors import PeriodError
from salesproc.metrics import (
    Durations,
    HandOverLike,
    HandOverOutcomes,
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
A = TypeVar("A", int, SlaAttainment, Attempts)

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

    A lead handed over again is another case; what happens from then on belongs to that one. Answers are judged by when the question was asked, all else by when
    the lead was handed over.

    Args:
        agreement: What was promised.
        hand_overs: Anything like `HandOverLike`: `HandedOver` rows, or the records; in any order, read once.
        period: Whole units of the agreement, such as ``Period.quarter(2026, 1)`` where it promises by the month.
        as_of: The moment of the review. What happens later is not known yet.
        tries: Rows ``(lead, at, ...)``: every call, mail or visit to a lead since it was handed over; one made before it was accepted counts. Contacts that
            say they were ``inbound`` are replies, so one list of `Interaction` serves for both.
        replies: Rows ``(lead, at, ...)``: what came from a lead.
        given_up: Rows ``(lead, at, ...)``: when sales stopped trying.
        pauses: Rows ``(lead, start, end)``: when nobody was to act on that lead, such as a wait it asked for; end None while it lasts.
        calendar: Count working time only; needs aware times.

    Returns:
        Each promise with what was reached and whether it was kept: None while what is to come can turn it. An undecided lead is not refused, and one still in time is
        not late.

    Raises:
        LogError: A row that cannot be read or contradicts itself; the message names it.
        NaiveTimeError: Times of two kinds, or a calendar with times that are not aware.
        PeriodError: The period is not made of whole units.
        TypeError: It is no period, or the agreement or the calendar is none.

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
    >>> print(review_agreement(promised, passed, period=Period.month(2026, 3), as_of=date(2026, 4, 1)).total)
    promise                   by          promised              reached    kept
    leads handed over  marketing                 3                    3    kept
    accepted           marketing               80%  50% of 2, 1 to come  missed
    decided in time        sales  100% within 48 h  50% of 2, 1 to come  missed
    """
    given: object = agreement  # callers without a type checker pass the agreement as a dict
    if not isinstance(given, LeadAgreement):
        raise TypeError(
            f"agreement must be a LeadAgreement, got {given!r}; one that was stored is read by LeadAgreement.from_dict"
        )
    units = _whole_units(period, agreement)
    cases = Cases(hand_overs, as_of)
    contacts = [*several(tries, "tries")]
    book = _Book(
        agreement,
        cases,
        cases.events(contacts, "try"),
        _together(
            cases.events(replies, "reply", inbound=True),
            cases.events((one for one in contacts if getattr(one, "inbound", False)), "try", inbound=True),
        ),
        cases.events(given_up, "lead given up"),
        cases.pauses(pauses),
        calendar,
        as_of,
    )
    periods = tuple(map(book.judged, units))
    review = comparable(as_of, as_of, "as_of")
    return AgreementReview(
        as_of=as_of,
        periods=periods,
        total=attrs.evolve(reduce(_added, periods), period=period),
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

    def judged(self, part: Period) -> AgreementPeriod:
        """What became of the promises for the leads handed over in a part of the time, and for the questions asked in it."""
        promised = self.agreement
        begin, end = (comparable(moment, self.as_of, "period") for moment in (part.start, part.end))
        members = self.cases.within(begin, end)
        return AgreementPeriod(
            agreement=promised,
            period=part,
            running=comparable(self.as_of, self.as_of, "as_of") < end,
            leads=promised.leads,
            hand_overs=hand_over_outcomes((self.cases.all[n].case for n in members), as_of=self.as_of),
            decisions=_in_time(promised.decide_within, lambda: self._decisions(members)),
            first_tries=_in_time(promised.try_within, lambda: self._first_tries(members)),
            answers=_in_time(promised.answer_within, lambda: self._answers(part)),
            attempts=None if promised.tries is None else self._attempts(members, promised.tries),
        )

    def _decisions(self, members: Sequence[int]) -> Durations:
        """From handing over to the decision."""
        seen = self.cases.all
        decided = [(n, at) for n in members if (at := seen[n].decided) is not None]
        return self._waits([(n, seen[n].submitted, None) for n in members], decided, "created")

    def _first_tries(self, members: Sequence[int]) -> Durations:
        """From accepting to the first try; one made before that is no wait."""
        accepted = [(n, self.cases.all[n].submitted, self._accepted_at(n)) for n in members]
        tries = [
            (n, max(at, start))
            for n, _, start in accepted
            if start is not None
            for at in self.tries.get(n, ())
        ]
        return self._waits(accepted, tries, "assigned")

    def _waits(
        self,
        starts: Sequence[tuple[int, date, date | None]],
        ends: Sequence[tuple[int, date]],
        clock: Literal["created", "assigned"],
    ) -> Durations:
        return lead_response_times(
            starts, ends, as_of=self.as_of, clock=clock, calendar=self.calendar, pauses=self.paused
        )

    def _answers(self, part: Period) -> Durations:
        """From each question to its answer."""
        return rolling_response_times(
            self._of_leads(self.replies),
            self._of_leads(self.tries),
            as_of=self.as_of,
            period=part,
            calendar=self.calendar,
            pauses=[(self._lead(case), start, end) for case, start, end in self.paused],
        )

    def _of_leads(self, events: Events) -> list[tuple[Hashable, date]]:
        """The events by lead: a question before a second hand-over is answered after it as well."""
        return [(self._lead(case), at) for case, times in events.items() for at in times]

    def _lead(self, case: int) -> Hashable:
        lead: Hashable = self.cases.all[case].case.lead_id
        return lead

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
        tries = [max(at, accepted) for at in self.tries.get(case, ())]
        replied = [max(at, accepted) for at in self.replies.get(case, ())]
        stopped = [max(at, accepted) for at in self.given_up.get(case, ())]
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


def _in_time(target: timedelta | None, waits: Callable[[], Durations]) -> SlaAttainment | None:
    return None if target is None else sla_attainment(waits(), target)


def _together(one: Events, other: Events) -> Events:
    return {case: sorted([*one.get(case, ()), *other.get(case, ())]) for case in {*one, *other}}


def _added(one: AgreementPeriod, later: AgreementPeriod) -> AgreementPeriod:
    """Two units together, made from the counts of both."""
    return attrs.evolve(
        one,
        running=later.running,
        leads=_sum(one.leads, later.leads),
        hand_overs=HandOverOutcomes(one.hand_overs.counts + later.hand_overs.counts),
        decisions=_sum(one.decisions, later.decisions),
        first_tries=_sum(one.first_tries, later.first_tries),
        answers=_sum(one.answers, later.answers),
        attempts=_sum(one.attempts, later.attempts),
    )


def _sum(one: A | None, other: A | None) -> A | None:
    """The sum of what was promised; what was not is in neither."""
    return None if one is None or other is None else one + other


def _whole_units(period: Period, agreement: LeadAgreement) -> tuple[Period, ...]:
    """The units of the agreement that make up a time.

    Raises:
        PeriodError: It begins or ends within one, so that the promised volume does not hold for it.
    """
    require_period(period, optional=False)
    around = Period(period.start - _DAY, period.end + _DAY).each(agreement.every)
    cuts = {one.start for one in around}
    if period.start not in cuts or period.end not in cuts:
        raise PeriodError(
            f"agreement {agreement.name!r} promises by the {agreement.every}, so the period must be whole ones, got {period!r}"
        )
    return period.each(agreement.every)
