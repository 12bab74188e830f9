"""The catalogue of customers who leave: those who give notice, and those who fall silent."""

from salesproc.metrics._metric import POSITIVE, SHARE, Metric, metric
from salesproc.metrics.contract_ends import contract_churn
from salesproc.metrics.silence import at_risk

_DECISIONS = "docs/explanation/decisions.md"

ENTRIES: tuple[Metric, ...] = (
    metric(
        at_risk,
        "Who is slipping away, where nobody gives notice?",
        "days since the last purchase / the customer's own median gap between two purchases",
        unit="ratio",
        range=POSITIVE,
        direction="lower",
        level="business result",
        input="orders",
        source=_DECISIONS,
    ),
    metric(
        contract_churn,
        "Which share of the customers under contract was lost?",
        "customers under contract at the start who are not at the end / customers under contract at the start",
        unit="share",
        range=SHARE,
        direction="lower",
        level="business result",
        input="stays",
        source=_DECISIONS,
    ),
)
