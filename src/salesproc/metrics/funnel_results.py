"""What a funnel says: its counts, which add up, and its stages with their shares."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, TypeAlias, overload

import attrs

from salesproc import _text
from salesproc.errors import UnknownName
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = ["Funnel", "FunnelCounts", "FunnelStage", "ReentryRule", "SkipRule", "StageCounts", "finish_funnel"]

SkipRule: TypeAlias = Literal["counted", "absent", "ends"]
"""What a skipped stage does: it is counted as passed, it is absent, or it ends the run."""

ReentryRule: TypeAlias = Literal["first", "latest"]
"""Which way counts of those who began again: all of it, from their first entries, or only since they last entered the first stage."""


@attrs.frozen
class StageCounts:
    """What was counted at one stage; see ``FunnelStage`` for the words.

    Attributes:
        reached: Entities that reached the stage.
        skipped_over: Of these, how many have no entry of their own.
        advanced: Of these, how many went on to a later stage.
        lost: Of these, how many went no further and are lost.
        from_previous: How many of those at the previous stage also reached this one.
        from_first: How many of those at the first stage also reached this one.
    """

    reached: int = 0
    skipped_over: int = 0
    advanced: int = 0
    lost: int = 0
    from_previous: int = 0
    from_first: int = 0

    def __add__(self, other: object) -> "StageCounts":
        if not isinstance(other, StageCounts):
            return NotImplemented
        return StageCounts(
            self.reached + other.reached,
            self.skipped_over + other.skipped_over,
            self.advanced + other.advanced,
            self.lost + other.lost,
            self.from_previous + other.from_previous,
            self.from_first + other.from_first,
        )


@attrs.frozen
class FunnelCounts:
    """The sufficient statistics of a funnel, in counts that add up over disjoint sets of entities.

    Attributes:
        stages: The stages in order.
        skipped: The rule for skipped stages they were counted by.
        as_of: The moment of the review.
        at: What was counted at each stage.
        entities: Entities that reached at least one stage.
        outside: Entities in the log that reached none.
        out_of_period: Entities that reached their first stage outside the period asked for.
        reentries: Rows that enter a stage again, repeated rows included.
        other_rows: Rows in stages that are neither in the funnel nor lost.
        after_as_of: Rows after the moment of the review, left out.
        reentry: The rule for those who began again.
    """

    stages: tuple[str, ...]
    skipped: SkipRule
    as_of: date
    at: tuple[StageCounts, ...]
    entities: int = 0
    outside: int = 0
    out_of_period: int = 0
    reentries: int = 0
    other_rows: int = 0
    after_as_of: int = 0
    reentry: ReentryRule = "first"

    def __add__(self, other: object) -> "FunnelCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, FunnelCounts):
            return NotImplemented
        mine = self.stages, self.skipped, self.reentry, self.as_of
        theirs = other.stages, other.skipped, other.reentry, other.as_of
        if mine != theirs:
            raise ValueError(
                f"funnels add up only with the same stages, rules and as_of, got {mine!r} and {theirs!r}"
            )
        return FunnelCounts(
            self.stages,
            self.skipped,
            self.as_of,
            tuple(here + there for here, there in zip(self.at, other.at, strict=True)),
            self.entities + other.entities,
            self.outside + other.outside,
            self.out_of_period + other.out_of_period,
            self.reentries + other.reentries,
            self.other_rows + other.other_rows,
            self.after_as_of + other.after_as_of,
            self.reentry,
        )


@attrs.frozen
class FunnelStage:
    """One stage of a funnel. ``advanced + lost + still_there == reached``, whatever the rule.

    Attributes:
        stage: Its name.
        reached: Entities that reached it.
        skipped_over: Of these, how many passed it by and are counted because they reached a later one.
        advanced: How many went on to a later stage.
        lost: How many went no further and are lost.
        still_there: How many went no further and are not lost: in an open stage "not yet", in a won one "won".
        from_previous: Share of those at the previous stage that also reached this one; of all entities at the first stage.
        from_first: Share of those at the first stage that also reached this one.
    """

    stage: str
    reached: int
    skipped_over: int
    advanced: int
    lost: int
    still_there: int
    from_previous: Rate
    from_first: Rate


@attrs.frozen(repr=False)
class Funnel:
    """A funnel: iterate over its stages, or ask for one by name.

    Attributes:
        stages: The stages in order.
        counts: The statistics it was made from, with all that was left out of it.
    """

    stages: tuple[FunnelStage, ...]
    counts: FunnelCounts

    @property
    def entities(self) -> int:
        """Entities that reached at least one stage."""
        return self.counts.entities

    @property
    def as_of(self) -> date:
        """The moment of the review."""
        return self.counts.as_of

    @property
    def skipped(self) -> SkipRule:
        """The rule for skipped stages."""
        return self.counts.skipped

    @property
    def outside(self) -> int:
        """Entities in the log that reached no stage of the funnel."""
        return self.counts.outside

    @property
    def out_of_period(self) -> int:
        """Entities that reached their first stage outside the period asked for."""
        return self.counts.out_of_period

    @property
    def reentries(self) -> int:
        """Rows that enter a stage again."""
        return self.counts.reentries

    @property
    def other_rows(self) -> int:
        """Rows in stages that are neither in the funnel nor lost."""
        return self.counts.other_rows

    @property
    def after_as_of(self) -> int:
        """Rows after the moment of the review, left out."""
        return self.counts.after_as_of

    @property
    def never_entered(self) -> tuple[str, ...]:
        """Stages that no row that counts is in: a misspelt name looks like this."""
        return tuple(one.stage for one in self.stages if one.reached == one.skipped_over)

    def __len__(self) -> int:
        return len(self.stages)

    def __iter__(self) -> Iterator[FunnelStage]:
        return iter(self.stages)

    @overload
    def __getitem__(self, stage: str | int) -> FunnelStage: ...
    @overload
    def __getitem__(self, stage: slice) -> tuple[FunnelStage, ...]: ...
    def __getitem__(self, stage: str | int | slice) -> FunnelStage | tuple[FunnelStage, ...]:
        """The stage of that name, or at that place.

        Raises:
            UnknownName: No stage has that name.
        """
        if not isinstance(stage, str):
            return self.stages[stage]
        for known in self.stages:
            if known.stage == stage:
                return known
        raise UnknownName("stage", stage, self.counts.stages, "the funnel")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage, shares as numbers next to the counts they come from."""
        return [
            {
                "stage": stage.stage,
                "reached": stage.reached,
                "skipped_over": stage.skipped_over,
                "advanced": stage.advanced,
                "lost": stage.lost,
                "still_there": stage.still_there,
                "from_previous": stage.from_previous.value,
                "from_previous_hits": stage.from_previous.hits,
                "from_previous_trials": stage.from_previous.trials,
                "from_first": stage.from_first.value,
                "from_first_hits": stage.from_first.hits,
                "from_first_trials": stage.from_first.trials,
            }
            for stage in self.stages
        ]

    def __repr__(self) -> str:
        counts = ", ".join(f"{stage.stage} {stage.reached}" for stage in self.stages)
        return f"<Funnel of {self.entities} as of {self.as_of}: {' '.join(counts.split())}>"

    def __str__(self) -> str:
        return f"{_text.table(_HEAD, map(_cells, self.stages))}\n{self._notes()}"

    def _repr_html_(self) -> str:
        return _text.html_table(self._notes(), _HEAD, map(_cells, self.stages))

    def _notes(self) -> str:
        apart = {
            "outside the funnel": self.outside,
            "out of period": self.out_of_period,
            "re-entries": self.reentries,
            "rows in other stages": self.other_rows,
            "rows after that": self.after_as_of,
        }
        notes = [f"{count:,} {what}" for what, count in apart.items() if count]
        if self.entities and self.never_entered:
            notes.append(
                f"no {'' if self.counts.reentry == 'first' else 'later '}row in {', '.join(map(repr, self.never_entered))}"
            )
        rules = [f"skips {self.skipped}", *(["latest start only"] if self.counts.reentry == "latest" else [])]
        return ", ".join([f"{self.entities:,} entities as of {self.as_of}", *rules, *notes])


def finish_funnel(counts: FunnelCounts) -> Funnel:
    """The second half of ``stage_funnel``: from counts to stages and shares."""
    reached = [stage.reached for stage in counts.at]
    before = [counts.entities, *reached]
    stages = [
        FunnelStage(
            name,
            here.reached,
            here.skipped_over,
            here.advanced,
            here.lost,
            here.reached - here.advanced - here.lost,
            Rate(here.from_previous, base),
            Rate(here.from_first, reached[0]),
        )
        for name, here, base in zip(counts.stages, counts.at, before[:-1], strict=True)
    ]
    return Funnel(tuple(stages), counts)


_HEAD: Sequence[str] = ("stage", "reached", "skipped", "advanced", "lost", "there", "of prev.", "of first")


def _cells(stage: FunnelStage) -> tuple[str, ...]:
    counts = (stage.reached, stage.skipped_over, stage.advanced, stage.lost, stage.still_there)
    shares = (stage.from_previous, stage.from_first)
    return (stage.stage, *(f"{count:,}" for count in counts), *(format(share, ".1%") for share in shares))
