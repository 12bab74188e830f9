"""What is known about the time in each stage: counts that add up, and one ``Durations`` per stage."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, TypeAlias

import attrs

from salesproc import _text
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.durations import DurationCounts, Durations, finish_durations

__all__ = ["TimeInStage", "TimeInStageCounts", "VisitRule", "finish_time_in_stage"]

VisitRule: TypeAlias = Literal["each", "first", "latest", "total"]
"""Which stays of an entity in one stage count: each by itself, the first, the latest, or all of them together as one."""


@attrs.frozen(hash=False, repr=False)
class TimeInStageCounts:
    """The sufficient statistics of the time in each stage, in counts that add up over disjoint sets of entities.

    Attributes:
        stages: The stages asked for, in order; None for all that the log names.
        visits: The rule by which stays were counted.
        as_of: The moment of the review.
        at: Stage -> durations of its stays.
        entities: Entities that were in any stage, final ones included.
        other_visits: Stays in stages that were not asked for, final ones not included.
        repeated_rows: Rows that enter the stage one is in already, and begin no stay.
        after_as_of: Rows after the moment of the review, left out.
    """

    stages: tuple[str, ...] | None
    visits: VisitRule
    as_of: date
    at: Mapping[str, DurationCounts] = attrs.field(factory=dict[str, DurationCounts])
    entities: int = 0
    other_visits: int = 0
    repeated_rows: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "TimeInStageCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, TimeInStageCounts):
            return NotImplemented
        mine, theirs = (self.stages, self.visits, self.as_of), (other.stages, other.visits, other.as_of)
        if mine != theirs:
            raise ValueError(
                f"times in stages add up only with the same stages, rule and as_of, got {mine!r} and {theirs!r}"
            )
        nothing = DurationCounts()
        return TimeInStageCounts(
            self.stages,
            self.visits,
            self.as_of,
            {
                name: self.at.get(name, nothing) + other.at.get(name, nothing)
                for name in dict.fromkeys([*self.at, *other.at])
            },
            self.entities + other.entities,
            self.other_visits + other.other_visits,
            self.repeated_rows + other.repeated_rows,
            self.after_as_of + other.after_as_of,
        )

    def __repr__(self) -> str:
        return f"<TimeInStageCounts of {self.entities} entities in {len(self.at)} stages>"


@attrs.frozen(hash=False, repr=False)
class TimeInStage(Mapping[str, Durations]):
    """How long entities stay in each stage: a mapping from stage to ``Durations``.

    Attributes:
        counts: The statistics it was made from, with all that was left out.
    """

    _stages: Mapping[str, Durations]
    counts: TimeInStageCounts

    def __getitem__(self, stage: str) -> Durations:
        return self._stages[stage]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage: its name, the counts, and the durations in days."""
        rows = list[dict[str, Cell]]()
        for stage, durations in self._stages.items():
            name: dict[str, Cell] = {"stage": stage}
            rows += [name | row for row in durations.to_rows()]
        return rows

    def __repr__(self) -> str:
        medians = ", ".join(f"{name} {_text.duration(here.median)}" for name, here in self._stages.items())
        return f"<TimeInStage, {self.counts.visits} stay, medians: {' '.join(medians.split())}>"

    def __str__(self) -> str:
        return f"{_text.table(_HEAD, self._cells())}\n{self._notes()}"

    def _repr_html_(self) -> str:
        return _text.html_table(self._notes(), _HEAD, self._cells())

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                stage,
                f"{here.finished:,}",
                f"{here.open:,}",
                *(_text.duration(here.quantile(q)) for q in (0.25, 0.5, 0.75)),
            )
            for stage, here in self._stages.items()
        ]

    def _notes(self) -> str:
        counts = self.counts
        apart = {
            "stays in other stages": counts.other_visits,
            "repeated rows": counts.repeated_rows,
            "rows after that": counts.after_as_of,
            "stays out of period": sum(here.out_of_period for here in counts.at.values()),
        }
        notes = [f"{count:,} {what}" for what, count in apart.items() if count]
        return ", ".join(
            [f"{counts.entities:,} entities as of {counts.as_of}", f"stays: {counts.visits}", *notes]
        )


def finish_time_in_stage(counts: TimeInStageCounts) -> TimeInStage:
    """The second half of ``time_in_stage``: from counts to curves. Without a list of stages they stand by name."""
    order = sorted(counts.at) if counts.stages is None else counts.stages
    return TimeInStage({name: finish_durations(counts.at[name]) for name in order}, counts)


_HEAD = ("stage", "left", "still there", "p25", "median", "p75")
