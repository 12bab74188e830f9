"""What each stage of a process means for the way of a deal: a step of it, a win, a loss, a pause, or its end."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol, TypeAlias, TypeVar

import attrs

from salesproc.metrics._path import StagePath, stage_names
from salesproc.metrics._visits import StageTable, Visit, VisitPlan

E = TypeVar("E", bound=Hashable)


class ProcessLike(StagePath, StageTable, Protocol):
    """Anything that knows its stages, the path through them and the lost ones, such as a process of the stage machine."""


Steps: TypeAlias = Sequence[str] | ProcessLike


@attrs.frozen
class Routes:
    """The stages a question is about, by what they mean.

    Attributes:
        steps: The open stages in order.
        won: Those in which a way ends with success.
        lost: Those in which it ends without.
        done: Those in which it ends neither way.
        held: Those in which it pauses; a stay there is part of the stay before.
        order: What tells rows of one moment apart: stage -> place.

    Raises:
        ValueError: There is no open stage, or one stands in two places.
    """

    steps: tuple[str, ...]
    won: frozenset[str]
    lost: frozenset[str]
    done: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    order: dict[str, int] = attrs.field(factory=dict[str, int])

    @property
    def final(self) -> frozenset[str]:
        """Where a way ends."""
        return self.won | self.lost | self.done

    @property
    def plan(self) -> VisitPlan:
        """What the reader of the log needs to know."""
        return VisitPlan(self.steps, self.order, self.final)

    def stays(self, visits: Iterable[Visit]) -> list[Visit]:
        """The stays without the pauses: each as long as the way led nowhere else."""
        found = list[Visit]()
        for stay in visits:
            before = found[-1] if found else None
            if before is not None and (stay.stage in self.held or stay.stage == before.stage):
                found[-1] = before._replace(end=stay.end)
            elif stay.stage not in self.held:
                found.append(stay)
        return found


def routes_of(steps: Steps, won: Sequence[str], lost: Sequence[str]) -> Routes:
    """The routes of a list of open stages, or of a process that knows what its stages mean.

    Args:
        steps: Open stages in order, or a process. In a list, those that are also *won* or *lost* only show their place.
        won: Stages that mean won, next to those of the process.
        lost: Stages that mean lost, next to those of the process.
    """
    winning, losing = stage_names(won, "won"), stage_names(lost, "lost")
    named = {*winning, *losing}
    if isinstance(steps, Sequence):
        path, own_lost = stage_names(steps), tuple[str, ...]()
        table = dict.fromkeys(path, False)
    else:
        table = {str.__str__(stage.name): stage.final for stage in steps.stages}
        path, own_lost = stage_names(steps.path), stage_names(steps.lost_stages)
    apart = [name for name in table if name not in {*path, *own_lost, *named}]
    open_ones = tuple(name for name in path if not table[name] and name not in named)
    winning += tuple(name for name in path if table[name] and name not in named)
    losing += tuple(name for name in own_lost if name not in named)
    names = open_ones + winning + losing
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not open_ones:
        raise ValueError(f"stages must be one or more open ones, each in one place, got {names!r}")
    return Routes(
        open_ones,
        frozenset(winning),
        frozenset(losing),
        done=frozenset(name for name in apart if table[name]),
        held=frozenset(name for name in apart if not table[name]),
        order={name: place for place, name in enumerate(dict.fromkeys([*table, *winning, *losing]))},
    )
