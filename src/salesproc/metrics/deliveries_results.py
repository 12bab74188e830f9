"""What became of promised dates: the counts that add up, and the report made of them."""

import attrs

from salesproc import _text
from salesproc._tables import Shown
from salesproc.metrics._adding import added
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations
from salesproc.rates import Rate

__all__ = ["DeliveryCounts", "OnTimeDelivery", "finish_on_time_delivery"]


@attrs.frozen(kw_only=True)
class DeliveryCounts:
    """What adds up over orders.

    Attributes:
        on_time: Fulfilled by the first promise.
        excused: Later than the first promise, every broken promise excused.
        cancelled: Cancelled before a promise was broken.
        pending: Open, and no promise is broken.
        late: Of those with a promise broken without excuse, the time since it: fulfilled (finished), open, or cancelled (lost).
        told: The time from knowing of an issue to telling the customer, issue by issue; open where they are not told.
        out_of_period: Orders promised outside the period asked for.
        ahead: Orders placed only after the review.
    """

    on_time: int = 0
    excused: int = 0
    cancelled: int = 0
    pending: int = 0
    late: DurationCounts = attrs.field(factory=DurationCounts)
    told: DurationCounts = attrs.field(factory=DurationCounts)
    out_of_period: int = 0
    ahead: int = 0

    def __add__(self, other: object) -> "DeliveryCounts":
        if not isinstance(other, DeliveryCounts):
            return NotImplemented
        return added(self, other, ())


@attrs.frozen(repr=False)
class OnTimeDelivery(Shown):
    """How promises of delivery are kept.

    Attributes:
        counts: The statistics it was made from.
        lateness: How long after the broken promise the late ones came; those still open count at what they are late by now.
        telling: How long customers waited to be told, those not told yet at what they have waited by now.
    """

    counts: DeliveryCounts
    lateness: Durations
    telling: Durations

    @property
    def late(self) -> int:
        """How many broke a promise without excuse, those still open and those cancelled after it included."""
        return self.lateness.finished + self.lateness.lost + self.lateness.open

    @property
    def rate(self) -> Rate:
        """On time over on time and late. Excused, cancelled and pending ones are in neither."""
        return Rate(self.counts.on_time, self.counts.on_time + self.late)

    @property
    def untold(self) -> int:
        """How many issues the customer does not know of."""
        return self.telling.open

    @property
    def undefined(self) -> str | None:
        """Why there is no rate; None when there is one."""
        return None if self.rate.trials else "no promise has been kept or broken yet"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the counts, the rate with its interval, how late, and how long until the customer was told."""
        low, high = self.rate.interval() or (None, None)
        counts = self.counts
        return [
            {
                "on_time": counts.on_time,
                "late": self.late,
                "late_open": self.lateness.open,
                "excused": counts.excused,
                "cancelled": counts.cancelled,
                "pending": counts.pending,
                "rate": self.rate.value,
                "low": low,
                "high": high,
                "late_median_days": self.lateness.to_rows()[0]["median_days"],
                "told": self.telling.finished,
                "untold": self.untold,
                "told_median_days": self.telling.to_rows()[0]["median_days"],
            }
        ]

    def __str__(self) -> str:
        counts = self.counts
        return (
            f"{self.rate} on time, {self.lateness.open:,} late and open; "
            f"{counts.excused:,} excused, {counts.cancelled:,} cancelled, {counts.pending:,} pending; "
            f"told after {_text.duration(self.telling.median)}, {self.untold:,} untold"
        )


def finish_on_time_delivery(counts: DeliveryCounts) -> OnTimeDelivery:
    """The second half of `on_time_delivery`."""
    return OnTimeDelivery(counts, finish_durations(counts.late), finish_durations(counts.told))
