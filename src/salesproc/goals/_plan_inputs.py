"""The inputs of a plan, checked and exact."""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import TypeAlias

from salesproc._given import leading_fields, require_duration
from salesproc._shares import Share, exact_share

Step: TypeAlias = tuple[str, Share] | tuple[str, Share, timedelta | None]
"""A row like `PlanStep`."""


def plan_steps(given: Iterable[Step]) -> tuple[tuple[str, Fraction, timedelta | None], ...]:
    """The stages before the opportunity with their exact rates.

    Raises:
        LogError: A row cannot be read; the message names it.
        ValueError: A rate is 0 or no share, a time is negative, or a stage comes twice.
    """
    steps = list[tuple[str, Fraction, timedelta | None]]()
    names = {"opportunities", "sales"}
    for number, row in enumerate(given, 1):
        stage, rate = leading_fields(row, ("stage", "rate"), f"step {number}")
        if stage in names:
            raise ValueError(f"stage {stage!r} comes twice; opportunities and sales are there already")
        names.add(stage)
        what, takes = f"the rate of {stage!r}", row[2] if len(row) > 2 else None
        share = above_nothing(exact_share(rate, what), what)
        steps.append(
            (stage, share, None if takes is None else require_duration(takes, f"the time of {stage!r}"))
        )
    return tuple(steps)


def above_nothing(given: Fraction, what: str) -> Fraction:
    """The number itself.

    Raises:
        ValueError: It is 0 or less, so that no plan would reach anything.
    """
    if given <= 0:
        raise ValueError(f"{what} must be above 0, got {given}")
    return given
