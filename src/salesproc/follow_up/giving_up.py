"""Was everything planned tried before the lead was given up?"""

from collections.abc import Mapping

import attrs

from salesproc._tables import Shown
from salesproc.follow_up.cadence_plan import CadencePlan
from salesproc.follow_up.reference_claims import ReferenceClaim
from salesproc.metrics import Cadence
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate
from salesproc.stages import Requirement, any_of, at_least, provided

__all__ = ["EarlyGiveUps", "early_give_ups", "planned_tries_made"]


def planned_tries_made(plan: CadencePlan) -> Requirement:
    """For the step that gives up: all planned tries were made, or somebody says why not.

    The evidence is ``tries_made``, such as the ``made`` of `next_try`, or else ``override_reason``. A refusal says how many of how many were made.

    Args:
        plan: The cadence whose number of steps is asked for.

    Source:
        Giving up before the planned follow-ups: document 002 of ``docs/explanation/sources.md``.

    >>> from datetime import UTC, datetime, timedelta
    >>> from salesproc.follow_up import CadenceStep
    >>> from salesproc.stages import Process
    >>> plan = CadencePlan("after the meeting", [CadenceStep("phone", after=timedelta(days=2))] * 5)
    >>> sales = Process.pipeline("sales", stages=["talk"], won="won", lost="lost").with_requirements("lose", planned_tries_made(plan))
    >>> monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> deal = sales.start("D-1", at=monday)
    >>> print(sales.step(deal, "lose", at=monday, reason="no answer", evidence={"tries_made": 1}))
    refused: none of these holds: tries_made is 1, at least 5 is required; override_reason is missing
    """
    return any_of(at_least("tries_made", len(plan.steps)), provided("override_reason"))


@attrs.frozen(hash=False, repr=False)
class EarlyGiveUps(Shown):
    """After how many tries leads were given up.

    Attributes:
        planned: How many tries were planned.
        given_up: Number of tries -> how many leads were given up after that many.
        claim: A published figure to hold it against; None when none was passed.
    """

    planned: int
    given_up: Mapping[int, int]
    claim: ReferenceClaim | None = None

    @property
    def early(self) -> Rate:
        """The share given up before the planned number of tries."""
        return self._share(sum(leads for tries, leads in self.given_up.items() if tries < self.planned))

    @property
    def undefined(self) -> str | None:
        """Why there is no share; None when there is one."""
        return None if self.given_up else "nobody was given up"

    def stopped_after(self, tries: int) -> Rate:
        """The share given up after exactly that many tries."""
        return self._share(self.given_up.get(tries, 0))

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per number of tries: how many leads, their share, and whether that was before the planned number."""
        return [
            {
                "tries": tries,
                "leads": leads,
                "share": self.stopped_after(tries).value,
                "early": tries < self.planned,
            }
            for tries, leads in sorted(self.given_up.items())
        ]

    def _share(self, leads: int) -> Rate:
        return Rate(leads, sum(self.given_up.values()))

    def __str__(self) -> str:
        against = f"; published: {self.claim}" if self.claim else ""
        return f"{self.early} given up before {self.planned} tries{against}"


def early_give_ups(
    plan: CadencePlan, given_up: Cadence, *, claim: ReferenceClaim | None = None
) -> EarlyGiveUps:
    """How many of the leads that were given up had not been tried as often as planned.

    Args:
        plan: The cadence they should have had.
        given_up: `follow_up_cadence` of the leads that were given up, and of no others: one still tried is not given up.
        claim: A published figure to show beside it, such as `PUBLISHED_STOP_AFTER_ONE`. That one counts sellers and this counts leads.

    Returns:
        The share given up early and the leads by number of tries; undefined without leads.

    Source:
        Document 002 of ``docs/explanation/sources.md``: how soon sellers stop following up.

    >>> from datetime import date, timedelta
    >>> from salesproc.follow_up import CadenceStep
    >>> from salesproc.metrics import follow_up_cadence
    >>> plan = CadencePlan("after the meeting", [CadenceStep("phone", after=timedelta(days=2))] * 2)
    >>> days = [("L-1", date(2026, 3, 2)), ("L-2", date(2026, 3, 2)), ("L-2", date(2026, 3, 4))]
    >>> early_give_ups(plan, follow_up_cadence(days, as_of=date(2026, 3, 9)))
    <EarlyGiveUps: 50.0% (1 of 2) given up before 2 tries>
    """
    return EarlyGiveUps(len(plan.steps), dict(given_up.counts.attempts), claim)
