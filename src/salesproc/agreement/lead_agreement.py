"""What do marketing and sales promise each other about leads? Volume and quality on one side, speed and persistence on the other."""

from datetime import timedelta
from decimal import Decimal
from typing import get_args

import attrs

from salesproc._given import require_duration, whole_number
from salesproc._shares import decimal_share
from salesproc.errors import PeriodError, did_you_mean
from salesproc.periods import Unit
from salesproc.records._record import Stored

__all__ = ["LeadAgreement"]


def _share(given: Decimal | float | None) -> Decimal | None:
    return None if given is None else decimal_share(given, "accepted")


def _in_time(given: Decimal | float) -> Decimal:
    return decimal_share(given, "in_time")


@attrs.frozen(kw_only=True)
class LeadAgreement(Stored):
    """The service level agreement between marketing and sales. What is left out is not promised.

    When a lead may be handed over at all is a framework or a score: make it a requirement of the step, as the how-to page on qualifying shows.

    Attributes:
        name: What it is called.
        every: For which unit of the calendar the volume is promised, and by which it is reviewed.
        leads: Marketing: at least so many leads handed over in a unit.
        accepted: Marketing: at least that share of the decided ones accepted, above 0 and at most 1.
        decide_within: Sales: a lead handed over is accepted or given back within that time.
        try_within: Sales: an accepted lead is tried the first time within that time.
        answer_within: Sales: a lead that asks is answered within that time, each time it does.
        tries: Sales: a lead that does not answer is tried at least so often before it is given up.
        tries_within: Sales: these tries are made within that time after it was accepted.
        in_time: At least that share of cases in time keeps a promise of time, above 0 and at most 1; all of them unless given.

    Times are working time where a review has a calendar.

    Raises:
        ValueError: Nothing is promised, a number that is none, tries within a time but not how many.
        TypeError: A time that is no duration, a number that is no number.
        PeriodError: No such unit.

    Source:
        Goals for each team, the quantity and quality of leads, and the follow-up of sales: document 002 of ``docs/explanation/sources.md``. It gives no
        numbers, so there is no default.

    >>> LeadAgreement(name="2026", leads=120, accepted=0.9, decide_within=timedelta(hours=24), tries=5).accepted
    Decimal('0.9')
    """

    name: str
    every: Unit = "month"
    leads: int | None = None
    accepted: Decimal | None = attrs.field(default=None, converter=_share)
    decide_within: timedelta | None = None
    try_within: timedelta | None = None
    answer_within: timedelta | None = None
    tries: int | None = None
    tries_within: timedelta | None = None
    in_time: Decimal = attrs.field(default=Decimal(1), converter=_in_time)

    def __attrs_post_init__(self) -> None:
        if self.every not in get_args(Unit):
            raise PeriodError(
                f"there is no unit {self.every!r}; {did_you_mean(str(self.every), get_args(Unit))}"
            )
        for name in ("leads", "tries"):
            if getattr(self, name) is not None:
                whole_number(getattr(self, name), name, least=1)
        for name in ("decide_within", "try_within", "answer_within", "tries_within"):
            if getattr(self, name) is not None:
                require_duration(getattr(self, name), name, zero=False)
        if self.tries is None and self.tries_within is not None:
            raise ValueError(
                f"tries_within={self.tries_within!r} says how soon, but not how many: give tries="
            )
        promised = (
            self.leads, self.accepted, self.decide_within, self.try_within, self.answer_within, self.tries
        )  # fmt: skip
        if promised == (None,) * len(promised):
            raise ValueError(f"agreement {self.name!r} promises nothing; give leads=, accepted= or a time")
