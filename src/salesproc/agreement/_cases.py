"""Hand-overs as cases: a lead that comes again is another one, and what happens from then on belongs to it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from operator import itemgetter
from typing import Any

from salesproc.metrics import HandOverLike
from salesproc.metrics._log import comparable
from salesproc.metrics._touches import read_touches
from salesproc.metrics._waiting import waiting_clock
from salesproc.metrics.hand_overs import SeenHandOver, read_hand_overs

Events = dict[int, list[date]]
"""Case -> when something happened in it, in order."""


class Cases:
    """The hand-overs, each by its number, and whose they are.

    Attributes:
        all: Every hand-over as it was known at the review; the number of a case is its place here.
        strangers: How many rows of other lists belonged to none of them.
    """

    def __init__(self, hand_overs: Iterable[HandOverLike], as_of: date) -> None:
        self.all: list[SeenHandOver] = [*read_hand_overs(hand_overs, as_of)]
        self.strangers = 0
        self._as_of = as_of
        self._of_lead = defaultdict[Hashable, list[tuple[date, int]]](list)
        for number, case in enumerate(self.all):
            self._of_lead[case.case.lead_id].append((case.submitted, number))
        for cases in self._of_lead.values():
            cases.sort()

    def events(
        self, rows: Iterable[tuple[Any, date, *tuple[object, ...]]], what: str, *, inbound: bool = False
    ) -> Events:
        """What happened in which case, up to the review; what came before any hand-over of the lead belongs to none.

        Args:
            rows: Rows ``(lead, at, ...)``.
            what: What a row is called in messages.
            inbound: Whether those are asked for that came from the leads, where rows say so themselves.
        """
        found = defaultdict[int, list[date]](list)
        for lead, at in read_touches(rows, self._as_of, what=what, inbound=inbound):
            if at is None:
                continue
            cases = self._of_lead.get(lead, [])
            place = bisect_right(cases, at, key=itemgetter(0))
            if place:
                found[cases[place - 1][1]].append(at)
            else:
                self.strangers += 1
        for times in found.values():
            times.sort()
        return found

    def pauses(
        self, rows: Iterable[tuple[Any, date, date | None, *tuple[object, ...]]]
    ) -> list[tuple[int, date, date | None]]:
        """The pauses of a lead, for each of its cases."""
        given = [*rows]
        waiting_clock(None, given, self._as_of)  # what cannot be a pause is refused by the name of the lead
        found = list[tuple[int, date, date | None]]()
        for lead, start, end, *_ in given:
            cases = self._of_lead.get(lead, [])
            self.strangers += not cases
            found += [(case, start, end) for _, case in cases]
        return found

    def within(self, begin: date, end: date) -> list[int]:
        """The cases handed over in that time, up to the review."""
        review = comparable(self._as_of, self._as_of, "as_of")
        return [
            n for n, case in enumerate(self.all) if begin <= case.submitted < end and case.submitted <= review
        ]
