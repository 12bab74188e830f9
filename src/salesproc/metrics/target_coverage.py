"""How many of those we want as customers has anybody spoken to?"""

from collections.abc import Hashable, Iterable
from datetime import date
from typing import TypeVar

from salesproc._given import require_period, several
from salesproc.metrics._touches import Touches, read_touches
from salesproc.periods import Period
from salesproc.rates import Rate

__all__ = ["target_coverage"]

E = TypeVar("E", bound=Hashable)


def target_coverage(
    targets: Iterable[E], touches: Touches[E], *, as_of: date, period: Period | None = None
) -> Rate:
    """Share of the target accounts that were contacted.

    Args:
        targets: Everybody on the list; one named twice counts once.
        touches: Rows ``(account, at, ...)``: calls, mails, visits, in any order; those of others than the targets do not count, nor a contact that says it was ``inbound``.
        as_of: The moment of the review; later touches are not made yet.
        period: Only touches in it.

    Returns:
        Contacted over targets; undefined without targets. Rates of disjoint lists add up with ``+``.

    Raises:
        LogError: A row that cannot be read; the message names it.
        NaiveTimeError: Times of two kinds.
        TypeError: The period is none, or one text where several accounts belong.

    Source:
        The share of target customers contacted, as a sales objective: document 002 of ``docs/explanation/sources.md``.

    >>> print(target_coverage(["A", "B", "C"], [("A", date(2026, 3, 2)), ("X", date(2026, 3, 3))], as_of=date(2026, 3, 31)))
    33.3% (1 of 3)
    """
    require_period(period)
    wanted = frozenset(several(targets, "targets"))
    reached = {
        account
        for account, at in read_touches(touches, as_of)
        if at is not None and account in wanted and (period is None or at in period)
    }
    return Rate(len(reached), len(wanted))
