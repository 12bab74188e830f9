"""Who gave up a contract? Churn of customers under contract, by the end of the service or by the day of notice."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar

from salesproc._given import require_period
from salesproc.errors import LogError, did_you_mean
from salesproc.metrics._log import comparable
from salesproc.metrics.customer_survival import StayRow, read_stay
from salesproc.metrics.retention import Retention, finish_customer_retention, reduce_customer_retention
from salesproc.periods import Period

__all__ = ["LostAt", "contract_churn", "reduce_contract_churn"]

C = TypeVar("C", bound=Hashable)

LostAt: TypeAlias = Literal["service end", "cancellation"]
"""When a customer counts as lost."""

_RULES: tuple[LostAt, ...] = ("service end", "cancellation")


def contract_churn(
    contracts: Iterable[StayRow[C]], *, period: Period, lost_at: LostAt = "service end"
) -> Retention:
    """Customers under contract at the start of a period who are not at its end, and who is new.

    The two rules give the same customers in different months: by cancellation the loss shows when they decide, by service end when the money stops. Say
    which one a figure is by.

    Args:
        contracts: ``(customer, start, end)`` or ``(customer, start, end, cancelled_at)``, in any order, read once; several of one customer are one customer.
            *end* is the first day without service, None while nothing ends it; *cancelled_at* the day of notice, or None.
        period: Half-open, of the kind of time the rows have. Who starts in it is new, who ends in it is lost in it, so that periods side by side add up:
            start + new - lost is the start of the next one. In a period that is not over, more may still be lost.
        lost_at: At the end of the service, or at the notice; a contract that runs out without notice is lost at its end either way.

    Returns:
        The counts with ``churn`` and ``rate``; undefined when nobody was there at the start. A customer who let one contract end and has another at the end
        of the period was kept. Who came and went within the period is in no count.

    Raises:
        LogError: A row that cannot be read, ends before it starts, was cancelled after it had ended, or ends on a placeholder such as 9999-12-31.
        NaiveTimeError: A time is of another kind than the period.
        ValueError: No such rule.

    Source:
        ``docs/explanation/decisions.md``: tools date churn by service end or by notice, and users ask which.

    >>> contracts = [
    ...     ("ann", date(2024, 1, 1), None, None),
    ...     ("bob", date(2024, 1, 1), date(2025, 4, 1), date(2025, 1, 20)),
    ...     ("cid", date(2024, 6, 1), date(2025, 1, 15), None),
    ...     ("dan", date(2025, 1, 9), None, None),
    ... ]
    >>> january = Period.month(2025, 1)
    >>> print(contract_churn(contracts, period=january))
    kept 66.7% (2 of 3), 1 lost, 1 new
    >>> print(contract_churn(contracts, period=january, lost_at="cancellation"))
    kept 33.3% (1 of 3), 2 lost, 1 new
    """
    return finish_customer_retention(reduce_contract_churn(contracts, period=period, lost_at=lost_at))


def reduce_contract_churn(
    contracts: Iterable[StayRow[C]], *, period: Period, lost_at: LostAt = "service end"
) -> Retention:
    """The first half of `contract_churn`: counts that add up over disjoint sets of customers."""
    require_period(period, optional=False)
    if lost_at not in _RULES:
        raise ValueError(
            f"lost_at must be one of its rules, got {lost_at!r}; {did_you_mean(lost_at, _RULES)}"
        )
    start, end = (comparable(moment, period.start, "period") for moment in (period.start, period.end))
    stays = defaultdict[C, list[tuple[date, date | None]]](list)
    for number, row in enumerate(contracts, 1):
        where = f"row {number}"
        customer, since, until = read_stay(row, period.start, where)
        notice = _notice(row, until, period.start, where)
        until = notice if lost_at == "cancellation" else until
        stays[customer].append((since, until))
    return reduce_customer_retention(_there(stays.items(), start), _there(stays.items(), end))


def _there(stays: Iterable[tuple[C, list[tuple[date, date | None]]]], moment: date) -> list[C]:
    """Who came before a moment and had not left before it."""
    return [
        customer
        for customer, own in stays
        if any(since < moment and (until is None or until >= moment) for since, until in own)
    ]


def _notice(row: Any, until: date | None, kind: date, where: str) -> date | None:
    """The day of notice; the end of the service where none was given."""
    given = row[3] if len(row) > 3 else None
    if given is None:
        return until
    notice = comparable(given, kind, where)
    if until is not None and notice > until:
        raise LogError(f"{where} was cancelled after it had ended: {row!r}")
    return notice
