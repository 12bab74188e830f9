"""What the catalogue says of one metric."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import attrs

__all__ = ["Direction", "InputKind", "Level", "Metric", "ValueRange"]

Direction: TypeAlias = Literal["higher", "lower", "none"]
"""Which way is better; none where it depends, or where the number only describes."""

Level: TypeAlias = Literal["business result", "sales objective", "sales activity"]
"""How much a manager can move it: results by way of objectives, objectives by way of activities, activities by effort."""

InputKind: TypeAlias = Literal[
    "log",
    "deals",
    "histories",
    "items",
    "touches",
    "hand-overs",
    "activities",
    "calls",
    "months",
    "stays",
    "orders",
    "balances",
    "deliveries",
    "answers",
    "results",
    "numbers",
]
"""What it is computed from: a stage log, deals, deals with their histories, waiting items, touches of leads, hand-overs of leads, activities of
reps, forecast calls, months of service, stays of customers, orders of customers, what customers paid then and now, deliveries with their
promises, answers to surveys and incidents, results of other metrics, plain numbers."""


class ValueRange(NamedTuple):
    """Where a value can lie, both ends included.

    Attributes:
        low: The least; None where there is none.
        high: The most; None where there is none.
    """

    low: int | None
    high: int | None


SHARE = ValueRange(0, 1)
POSITIVE = ValueRange(0, None)
ANY = ValueRange(None, None)

GLOSSARY = "docs/reference/glossary.md"


@attrs.frozen(kw_only=True)
class Metric:
    """One metric as data: what a dashboard, a documentation page or a test needs to know of it.

    Attributes:
        name: The name of the function.
        function: The function.
        question: What it answers, in a salesperson's words.
        unit: Of its value.
        range: Where its value can lie.
        direction: Which way is better.
        formula: How it is made.
        level: Business result, sales objective or sales activity.
        input: What it is computed from.
        source: Where the definition comes from.
    """

    name: str
    function: Callable[..., object] = attrs.field(repr=False)
    question: str
    unit: str
    range: ValueRange
    direction: Direction
    formula: str
    level: Level
    input: InputKind
    source: str


def metric(
    function: Callable[..., object],
    question: str,
    formula: str,
    *,
    unit: str,
    range: ValueRange,  # noqa: A002 - the field's name
    level: Level,
    input: InputKind,  # noqa: A002 - the field's name
    direction: Direction = "none",
    source: str = GLOSSARY,
) -> Metric:
    """An entry, named after its function."""
    return Metric(
        name=function.__name__,
        function=function,
        question=question,
        unit=unit,
        range=range,
        direction=direction,
        formula=formula,
        level=level,
        input=input,
        source=source,
    )
