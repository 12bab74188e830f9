"""The catalogue of what customers buy, who they are, what they are worth, and who stays."""

from salesproc.metrics._metric import POSITIVE, Metric, metric
from salesproc.metrics.rfm import rfm

SEGMENTS: tuple[Metric, ...] = (
    metric(
        rfm,
        "Who are the good customers?",
        "days since the last purchase, purchases, and money, each scored by quantiles in which ties share a score",
        unit="score",
        range=POSITIVE,
        level="business result",
        input="orders",
    ),
)

ENTRIES: tuple[Metric, ...] = (*SEGMENTS,)
