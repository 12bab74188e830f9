"""How old deals were when they were won or lost, and how old the open ones are: one pass for every question about that."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar

from salesproc._given import require_period
from salesproc.metrics._log import comparable, elapsed_microseconds
from salesproc.metrics.deals import DealLike, deal_label, read_deals
from salesproc.metrics.durations import DurationCounts
from salesproc.periods import Period

D = TypeVar("D", bound=DealLike)
K = TypeVar("K", bound=Hashable)


class _Part:
    """The counts of one label while they grow."""

    def __init__(self) -> None:
        self.ages = {outcome: Counter[int]() for outcome in ("won", "lost", "open")}
        self.apart = Counter[str]()

    def counts(self) -> DurationCounts:
        won, lost, still_open = (dict(self.ages[outcome]) for outcome in ("won", "lost", "open"))
        return DurationCounts(
            won,
            lost,
            still_open,
            out_of_period=self.apart["out_of_period"],
            after_as_of=self.apart["ahead"],
        )


def deal_ages(
    deals: Iterable[D], *, as_of: date, period: Period | None, by: Callable[[D], K] | str | None
) -> dict[Hashable, DurationCounts]:
    """Per label, the ages of won deals as finished ones, those of lost deals as lost ones."""
    require_period(period)
    review, label = comparable(as_of, as_of, "as_of"), deal_label(by)
    parts: dict[Hashable, _Part] = {}
    for seen in read_deals(deals, as_of=as_of):
        part = parts.setdefault(label(seen), _Part())
        if seen.outcome == "ahead":
            part.apart["ahead"] += 1
        elif period is not None and seen.opened not in period:
            part.apart["out_of_period"] += 1
        else:
            part.ages[seen.outcome][elapsed_microseconds(seen.opened, seen.closed or review)] += 1
    return {name: part.counts() for name, part in parts.items()}


def size(counts: DurationCounts) -> int:
    """How many deals, or entities, a part has."""
    return sum(sum(ages.values()) for ages in (counts.finished, counts.lost, counts.open))
