"""What is known about going back: counts that add up, and the shares made from them."""

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from salesproc import _text
from salesproc.errors import UnknownName
from salesproc.metrics.breakdown import Cell
from salesproc.rates import Rate

__all__ = ["Rework", "ReworkCounts", "ReworkStage", "finish_rework"]


@attrs.frozen
class ReworkStage:
    """One stage.

    Attributes:
        stage: Its name.
        entities: Entities that were in it at least once.
        visits: Stays in it.
        moved_back: Stays in it that ended with a move to an earlier stage.
        came_back: Stays in it that began with a move from a later stage.
    """

    stage: str
    entities: int = 0
    visits: int = 0
    moved_back: int = 0
    came_back: int = 0

    @property
    def repeat_visits(self) -> int:
        """Stays in it after the first of each entity."""
        return self.visits - self.entities

    @property
    def back(self) -> Rate:
        """The share of stays in it that ended with a move back, of all its stays, those that last included."""
        return Rate(self.moved_back, self.visits)

    def __add__(self, other: object) -> "ReworkStage":
        if not isinstance(other, ReworkStage):
            return NotImplemented
        return ReworkStage(
            self.stage,
            self.entities + other.entities,
            self.visits + other.visits,
            self.moved_back + other.moved_back,
            self.came_back + other.came_back,
        )


@attrs.frozen
class ReworkCounts:
    """The sufficient statistics of going back, in counts that add up over disjoint sets of entities.

    Attributes:
        as_of: The moment of the review.
        at: What was counted at each stage, in order.
        entities: Entities that were in at least one of the stages.
        moved_back: Of these, how many ever moved back.
        repeated: Of these, how many were in some stage more than once.
        moves: Moves between the stages.
        other_visits: Stays in stages that were not asked for.
        after_as_of: Rows after the moment of the review, left out.
    """

    as_of: date
    at: tuple[ReworkStage, ...]
    entities: int = 0
    moved_back: int = 0
    repeated: int = 0
    moves: int = 0
    other_visits: int = 0
    after_as_of: int = 0

    def __add__(self, other: object) -> "ReworkCounts":
        """The counts of both.

        Raises:
            ValueError: They answer different questions.
        """
        if not isinstance(other, ReworkCounts):
            return NotImplemented
        mine, theirs = ((one.as_of, tuple(stage.stage for stage in one.at)) for one in (self, other))
        if mine != theirs:
            raise ValueError(
                f"rework adds up only with the same as_of and stages, got {mine!r} and {theirs!r}"
            )
        return ReworkCounts(
            self.as_of,
            tuple(here + there for here, there in zip(self.at, other.at, strict=True)),
            self.entities + other.entities,
            self.moved_back + other.moved_back,
            self.repeated + other.repeated,
            self.moves + other.moves,
            self.other_visits + other.other_visits,
            self.after_as_of + other.after_as_of,
        )


@attrs.frozen(repr=False)
class Rework:
    """Moves back and repeat visits: iterate over the stages, or ask for one by name.

    Attributes:
        stages: The stages in order.
        counts: The statistics it was made from.
    """

    stages: tuple[ReworkStage, ...]
    counts: ReworkCounts

    @property
    def entities(self) -> Rate:
        """The share of entities that ever moved back."""
        return Rate(self.counts.moved_back, self.counts.entities)

    @property
    def repeated(self) -> Rate:
        """The share of entities that were in some stage more than once."""
        return Rate(self.counts.repeated, self.counts.entities)

    @property
    def moves(self) -> Rate:
        """The share of moves between the stages that went back."""
        return Rate(sum(stage.moved_back for stage in self.stages), self.counts.moves)

    def __len__(self) -> int:
        return len(self.stages)

    def __iter__(self) -> Iterator[ReworkStage]:
        return iter(self.stages)

    def __getitem__(self, stage: str) -> ReworkStage:
        """The stage of that name.

        Raises:
            UnknownName: No stage has that name.
        """
        for known in self.stages:
            if known.stage == stage:
                return known
        raise UnknownName("stage", stage, [one.stage for one in self.stages], "the rework")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage."""
        return [
            {
                "stage": stage.stage,
                "entities": stage.entities,
                "visits": stage.visits,
                "repeat_visits": stage.repeat_visits,
                "moved_back": stage.moved_back,
                "came_back": stage.came_back,
                "back": stage.back.value,
            }
            for stage in self.stages
        ]

    def __repr__(self) -> str:
        return f"<Rework: {self.entities} moved back, {self.repeated} repeated a stage>"

    def __str__(self) -> str:
        return f"{_text.table(_HEAD, map(_cells, self.stages))}\n{self._notes()}"

    def _repr_html_(self) -> str:
        return _text.html_table(self._notes(), _HEAD, map(_cells, self.stages))

    def _notes(self) -> str:
        return f"moved back: {self.entities}; repeated a stage: {self.repeated}; as of {self.counts.as_of}"


def finish_rework(counts: ReworkCounts) -> Rework:
    """The second half of ``rework``: from counts to stages and shares."""
    return Rework(counts.at, counts)


_HEAD: Sequence[str] = ("stage", "entities", "visits", "repeat", "moved back", "came back", "of visits")


def _cells(stage: ReworkStage) -> tuple[str, ...]:
    counts = (stage.entities, stage.visits, stage.repeat_visits, stage.moved_back, stage.came_back)
    return (stage.stage, *(f"{count:,}" for count in counts), format(stage.back, ".1%"))
