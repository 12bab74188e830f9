"""The catalogue of what customers buy, who they are, what they are worth, and who stays."""

from salesproc.metrics._metric import POSITIVE, SHARE, Metric, metric
from salesproc.metrics.abc_analysis import abc_classes
from salesproc.metrics.abc_xyz_matrix import abc_xyz
from salesproc.metrics.rfm import rfm
from salesproc.metrics.xyz_analysis import xyz_classes

_DECISIONS = "docs/explanation/decisions.md"

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
    metric(
        abc_classes,
        "Which customers bring most of the money?",
        "customers by money, cut where their running share passes 80 % and 95 %",
        unit="share",
        range=SHARE,
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        xyz_classes,
        "Who buys steadily?",
        "standard deviation over mean of the money per period, cut at 0.5 and 1.0",
        unit="ratio",
        range=POSITIVE,
        direction="lower",
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        abc_xyz,
        "Who buys much and steadily, and what is to be done with the others?",
        "the nine pairs of a class by money and a class by steadiness",
        unit="customers",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
)

ENTRIES: tuple[Metric, ...] = (*SEGMENTS,)
