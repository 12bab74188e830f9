"""What a funnel of events says: its counts, which add up, and its steps with their shares."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._tables import rows_table
from salesproc.errors import UnknownName
from salesproc.metrics._adding import added
from salesproc.metrics._attempts import EventOrder
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, finish_durations
from salesproc.rates import Rate

__all__ = ["EventFunnel", "EventFunnelCounts", "EventOrder", "EventStep", "finish_event_funnel"]


@attrs.frozen(hash=False)
class EventFunnelCounts:
    """The sufficient statistics of a funnel of events, in counts that add up over disjoint sets of entities.

    Attributes:
        steps: The steps in order.
        optional: Those that may be left out.
        order: In which order they may come.
        window: How long after entry a step still counts.
        exclusions: Events that end an attempt.
        as_of: The moment of the review.
        reached: Per step, entities that got there; in any order, that did so many steps.
        dropped: Per step, of those that got no further, how many cannot any more.
        open: Per step, of those that got no further, how many still can.
        excluded: Entities that would have got further without an excluded event.
        took: How long it took from entry to the last step, of those who got there.
        step_took: Per step, how long it took from the step before, optional ones passed over, of those who got there; of nobody at the first.
        outside: Entities in the log that did not enter.
        out_of_period: Entities that entered outside the period only.
        other_rows: Events that are neither steps nor excluded; with the strict order they stand in the way and are not counted.
        after_as_of: Rows after the moment of the review, left out.
    """

    steps: tuple[str, ...]
    optional: tuple[str, ...]
    order: EventOrder
    window: timedelta | None
    exclusions: tuple[str, ...]
    as_of: date
    reached: tuple[int, ...]
    dropped: tuple[int, ...]
    open: tuple[int, ...]
    excluded: int = 0
    took: DurationCounts = attrs.field(factory=DurationCounts)
    step_took: tuple[DurationCounts, ...] = ()
    outside: int = 0
    out_of_period: int = 0
    other_rows: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "EventFunnelCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, EventFunnelCounts):
            return NotImplemented
        return added(self, other, ("steps", "optional", "order", "window", "exclusions", "as_of"))


class EventStep(NamedTuple):
    """One step of a funnel of events.

    Attributes:
        step: The event; in any order, how many steps.
        optional: Whether it may be left out.
        reached: Entities that got there; of an optional step, those that did it on a way that got as far as their best.
        dropped: Of those that got no further, how many cannot any more: the window has passed, or something came in between.
        open: Of those that got no further, how many still can: not yet, not no.
        from_previous: Share of those at the step before, optional ones passed over; of all entities at the first.
        from_first: Share of those at the first step.
        completers_median: The median time from the step before, optional ones passed over, of those who got there and of nobody else;
            None at the first step and where nobody got.
    """

    step: str
    optional: bool
    reached: int
    dropped: int
    open: int
    from_previous: Rate
    from_first: Rate
    completers_median: timedelta | None


@attrs.frozen(repr=False, hash=False)
class EventFunnel:
    """A funnel of events: iterate over its steps, or ask for one by name.

    Attributes:
        steps: The steps in order.
        counts: The statistics it was made from, with all that was left out of it.
    """

    steps: tuple[EventStep, ...]
    counts: EventFunnelCounts

    @property
    def entities(self) -> int:
        """Entities that entered."""
        return self.counts.reached[0]

    @property
    def completed(self) -> Rate:
        """Those who got to the last step of those who entered, 0 to 1."""
        return self.steps[-1].from_first

    @property
    def open(self) -> int:
        """How many can still get further."""
        return sum(self.counts.open)

    @property
    def completers_median(self) -> timedelta | None:
        """The median time from entry to the last step of those who got there, and of nobody else; None when nobody did."""
        return finish_durations(self.counts.took).finished_only_median

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[EventStep]:
        return iter(self.steps)

    def __getitem__(self, step: str | int) -> EventStep:
        """The step of that name, or at that place.

        Raises:
            UnknownName: There is none of that name.
        """
        if not isinstance(step, str):
            return self.steps[step]
        for known in self.steps:
            if known.step == step:
                return known
        raise UnknownName("step", step, [known.step for known in self.steps], "the funnel")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per step, shares as numbers next to the counts."""
        return [
            {
                "step": here.step,
                "optional": here.optional,
                "reached": here.reached,
                "dropped": here.dropped,
                "open": here.open,
                "from_previous": here.from_previous.value,
                "from_first": here.from_first.value,
                "completers_median_days": None
                if here.completers_median is None
                else here.completers_median / timedelta(days=1),
            }
            for here in self.steps
        ]

    def __repr__(self) -> str:
        counts = ", ".join(f"{here.step} {here.reached}" for here in self.steps)
        return f"<EventFunnel of {self.entities} as of {self.counts.as_of}, {self.counts.order}: {' '.join(counts.split())}>"

    def __str__(self) -> str:
        lines = [
            (
                here.step,
                f"{here.reached:,}",
                f"{here.dropped:,}",
                f"{here.open:,}",
                f"{here.from_previous:.1%}",
                f"{here.from_first:.1%}",
                _text.duration(here.completers_median),
            )
            for here in self.steps
        ]
        return _text.table(("step", "reached", "dropped", "open", "of prev.", "of first", "took"), lines)

    def _repr_html_(self) -> str:
        return rows_table(f"{self.entities} entities as of {self.counts.as_of}", self.to_rows())


def finish_event_funnel(counts: EventFunnelCounts) -> EventFunnel:
    """The second half of ``event_funnel``: from counts to steps and shares."""
    steps, base = list[EventStep](), counts.reached[0]
    for place, name in enumerate(counts.steps):
        optional, reached = name in counts.optional, counts.reached[place]
        steps.append(
            EventStep(
                f"{place + 1} of {len(counts.steps)}" if counts.order == "any" else name,
                optional,
                reached,
                counts.dropped[place],
                counts.open[place],
                Rate(reached, base),
                Rate(reached, counts.reached[0]),
                finish_durations(counts.step_took[place]).finished_only_median,
            )
        )
        base = base if optional else reached
    return EventFunnel(tuple(steps), counts)
