"""Where has a funnel changed? Two of them, step by step."""

from collections.abc import Iterator
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc.errors import UnknownName
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.comparison import RateChange, rate_change
from salesproc.metrics.funnel_results import Funnel

__all__ = ["FunnelChange", "StepChange", "compare_funnels"]


class StepChange(NamedTuple):
    """One stage of two funnels.

    Attributes:
        stage: Its name.
        before: How many reached it in the first funnel.
        after: How many in the second.
        from_previous: The change of the share of those at the previous stage that also reached this one.
        from_first: The change of the share of those at the first stage that also reached this one.
    """

    stage: str
    before: int
    after: int
    from_previous: RateChange
    from_first: RateChange


@attrs.frozen(repr=False)
class FunnelChange:
    """Two funnels side by side: iterate over the stages, or ask for one by name.

    Attributes:
        steps: The stages in order.
        before: The first funnel.
        after: The second one.
    """

    steps: tuple[StepChange, ...]
    before: Funnel
    after: Funnel

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[StepChange]:
        return iter(self.steps)

    def __getitem__(self, stage: str) -> StepChange:
        """The stage of that name.

        Raises:
            UnknownName: No stage has that name.
        """
        for step in self.steps:
            if step.stage == stage:
                return step
        raise UnknownName("stage", stage, self.before.counts.stages, "the comparison")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage: how many reached it, and the change of its share of the stage before."""
        rows = list[dict[str, Cell]]()
        for step in self.steps:
            name: dict[str, Cell] = {
                "stage": step.stage,
                "before_reached": step.before,
                "after_reached": step.after,
            }
            rows += [name | row for row in step.from_previous.to_rows()]
        return rows

    def __repr__(self) -> str:
        steps = ", ".join(f"{step.stage} {_points(step.from_previous)}" for step in self.steps)
        return f"<FunnelChange, points of the stage before: {' '.join(steps.split())}>"

    def __str__(self) -> str:
        return _text.table(_HEAD, map(_step_cells, self.steps))

    def _repr_html_(self) -> str:
        return _text.html_table("Change of a funnel", _HEAD, map(_step_cells, self.steps))


def compare_funnels(before: Funnel, after: Funnel, *, confidence: float = 0.95) -> FunnelChange:
    """Where a funnel has changed: every step of both, with its difference.

    With many steps some differences come out by chance: of twenty steps that have not changed one is expected to have a p-value below 0.05.

    Args:
        before: The earlier funnel, or that of the first group.
        after: The later one, or that of the second, with the same stages and the same rule for skipped ones. Nobody is in both, and both were
            given the same time; ``this_and_last`` sees to it.
        confidence: How often the interval of a difference should cover the truth, between 0 and 1.

    Raises:
        ValueError: The funnels have different stages or rules, or *confidence* does not lie between 0 and 1.

    >>> from salesproc.metrics.funnel import stage_funnel
    >>> from datetime import date
    >>> day = date(2025, 1, 1)
    >>> log = [(who, "lead", day) for who in range(10)] + [(who, "won", day) for who in range(4)]
    >>> more = log + [(who, "won", day) for who in range(4, 9)]
    >>> funnels = [stage_funnel(rows, ["lead", "won"], as_of=day) for rows in (log, more)]
    >>> compare_funnels(*funnels)["won"].from_previous
    <RateChange: 40.0% (4 of 10) to 90.0% (9 of 10), +50.0 points (+8.2, +74.6), p 0.0573 (fisher)>
    """
    mine, theirs = (before.counts.stages, before.skipped), (after.counts.stages, after.skipped)
    if mine != theirs:
        raise ValueError(f"funnels compare only with the same stages and rule, got {mine!r} and {theirs!r}")
    steps = [
        StepChange(
            here.stage,
            here.reached,
            there.reached,
            rate_change(here.from_previous, there.from_previous, confidence=confidence),
            rate_change(here.from_first, there.from_first, confidence=confidence),
        )
        for here, there in zip(before, after, strict=True)
    ]
    return FunnelChange(tuple(steps), before, after)


_HEAD = ("stage", "before", "after", "of prev. before", "after", "points", "low", "high", "p")


def _points(change: RateChange) -> str:
    return _text.ABSENT if change.difference is None else f"{100 * change.difference:+.1f}"


def _step_cells(step: StepChange) -> tuple[str, ...]:
    change = step.from_previous
    low, high = (f"{100 * end:+.1f}" for end in change.interval) if change.interval else (_text.ABSENT,) * 2
    p_value = _text.ABSENT if change.p_value is None else f"{change.p_value:.3g}"
    shares = format(change.before, ".1%"), format(change.after, ".1%")
    return (step.stage, f"{step.before:,}", f"{step.after:,}", *shares, _points(change), low, high, p_value)
