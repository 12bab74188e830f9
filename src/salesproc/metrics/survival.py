"""Who is still there after so many days? The product-limit curve with its band."""

from datetime import timedelta
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc.metrics._bands import BandKind
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import Durations

__all__ = ["SurvivalCurve", "SurvivalPoint", "survival_curve"]


class SurvivalPoint(NamedTuple):
    """The curve at one age.

    Attributes:
        time: The age.
        at_risk: How many were followed at least that long and had not ended before.
        finished: How many converted at that age.
        lost: How many ended elsewhere at that age.
        open: How many were last seen at that age, still open.
        share: The estimated share that has *not* converted by then, 0 to 1.
        low: Lower end of the band; None while nobody has converted, and when everybody has.
        high: Upper end.
    """

    time: timedelta
    at_risk: int
    finished: int
    lost: int
    open: int
    share: float
    low: float | None
    high: float | None


@attrs.frozen(repr=False, hash=False)
class SurvivalCurve:
    """The share that has not converted, by age.

    Attributes:
        points: Every age at which something happened, in ascending order.
        durations: What it was made from.
        confidence: How often each interval should cover the truth.
        kind: The kind of band.
    """

    points: tuple[SurvivalPoint, ...]
    durations: Durations
    confidence: float
    kind: BandKind

    @property
    def undefined(self) -> str | None:
        """Why there is no curve; None when there is one."""
        return None if self.points else "nobody was observed"

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per age, in days, with counts, share and band."""
        return [
            {
                "age_days": point.time / timedelta(days=1),
                "at_risk": point.at_risk,
                "finished": point.finished,
                "lost": point.lost,
                "open": point.open,
                "share": point.share,
                "low": point.low,
                "high": point.high,
            }
            for point in self.points
        ]

    def __repr__(self) -> str:
        return f"<SurvivalCurve: {self._caption()}>"

    def _repr_html_(self) -> str:
        rows = [[_cell(value) for value in row.values()] for row in self.to_rows()]
        head = ("age in days", "at risk", "finished", "lost", "open", "share", "low", "high")
        return _text.html_table(self._caption(), head, rows)

    def _caption(self) -> str:
        there = self.durations
        counts = f"{there.finished} finished, {there.lost} lost, {there.open} open"
        return f"{counts}, {self.kind} band at {self.confidence:.3g}"


def survival_curve(
    durations: Durations, *, confidence: float = 0.95, kind: BandKind = "log-log"
) -> SurvivalCurve:
    """The share that is still there, age by age, with its band.

    It is the curve of ``durations`` turned over: one minus the share that has converted. Those who ended elsewhere never convert,
    so with any of them the curve levels off above 0.

    Args:
        durations: The result of ``time_in_stage``, ``time_to_convert``, ``sales_cycle_length``.
        confidence: How often the interval at one age should cover the truth, between 0 and 1.
        kind: As for ``Durations.band``.

    Returns:
        The curve; without anybody observed it has no points and says why.

    Raises:
        ValueError: *confidence* does not lie between 0 and 1, or there is no such *kind*.

    Source:
        As for ``Durations.band``.

    >>> from salesproc.metrics.durations import DurationCounts
    >>> day = 86_400_000_000
    >>> curve = survival_curve(Durations(DurationCounts(finished={day: 2, 3 * day: 1}, open={2 * day: 1})))
    >>> [(point.time.days, point.at_risk, point.share) for point in curve.points]
    [(1, 4, 0.5), (2, 2, 0.5), (3, 1, 0.0)]
    """
    points = tuple(
        SurvivalPoint(*here[:5], 1 - here.share, _rest(band.high), _rest(band.low))
        for here, band in zip(durations.curve(), durations.band(confidence, kind=kind), strict=True)
    )
    return SurvivalCurve(points, durations, confidence, kind)


def _rest(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _cell(value: Cell) -> str:
    if value is None:
        return _text.ABSENT
    return f"{value:.3f}" if isinstance(value, float) else str(value)
