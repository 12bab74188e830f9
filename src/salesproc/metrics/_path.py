"""The stages a question is about, in order, and those that end it."""

from collections.abc import Sequence
from typing import Protocol

import attrs


class StagePath(Protocol):
    """Anything that knows its stages in order and its lost ones, such as a process of the stage machine."""

    @property
    def path(self) -> tuple[str, ...]:
        """The stages from the first to the last, in the order in which they are meant to be entered."""
        ...

    @property
    def lost_stages(self) -> tuple[str, ...]:
        """The stages in which a way ends without success."""
        ...


def stage_names(given: Sequence[str], what: str = "stages") -> tuple[str, ...]:
    """The names as plain texts, so that results carry no enumeration of the caller's."""
    if isinstance(given, str):
        raise TypeError(f"{what} must be a sequence of names, got the text {given!r}; write ({given!r},)")
    return tuple(str.__str__(name) for name in given)


@attrs.frozen
class StagePlan:
    """The stages asked for.

    Attributes:
        path: In order.
        lost: Those that mean lost; they share one slot behind the path.

    Raises:
        TypeError: One name was given where a sequence of names belongs.
        ValueError: There is no stage, or one stands twice.
    """

    path: tuple[str, ...] = attrs.field(converter=stage_names)
    lost: tuple[str, ...] = attrs.field(converter=stage_names, default=())

    def __attrs_post_init__(self) -> None:
        names = self.path + self.lost
        if not self.path:
            raise ValueError("a funnel needs at least one stage, got none")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"a stage can stand in only one place, got {twice!r} twice in {names!r}")

    @property
    def positions(self) -> dict[str, int]:
        """Stage -> slot: its place in the path, and one more than the last for every lost stage."""
        end = len(self.path)
        return {name: index for index, name in enumerate(self.path)} | dict.fromkeys(self.lost, end)

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.path) + 1


def plan_of(stages: Sequence[str] | StagePath, lost: Sequence[str]) -> StagePlan:
    """The plan of a list of names, or of a process, whose own lost stages come first."""
    if isinstance(stages, Sequence):
        return StagePlan(stages, lost)
    own = stages.lost_stages
    return StagePlan(stages.path, (*own, *(name for name in stage_names(lost) if name not in own)))
