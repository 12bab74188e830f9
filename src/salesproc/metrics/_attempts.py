"""How far did one person get in a funnel of events? Every way through is weighed, from every entry.

An attempt is a choice of one event per step. Times are whole numbers; events of one time may be taken in either order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias

import attrs

EventOrder: TypeAlias = Literal["ordered", "strict", "any"]
"""Whether other events may lie between the steps, must not, or the steps may come in any order."""


class Attempt(NamedTuple):
    """The best attempt.

    Attributes:
        depth: The place of the furthest step, from 0; in any order, how many steps after the first.
        arrivals: The place of each step that was reached -> how long after entry, at the earliest; of the attempts that got equally far, that
            of the one that arrived first and, of these, entered last.
    """

    depth: int
    arrivals: Mapping[int, int]


@attrs.frozen
class Rule:
    """What counts as getting further.

    Attributes:
        order: In which order, and whether anything may lie between.
        window: How long after entry a step still counts, inclusive; None for no limit.
        optional: The places of steps that may be left out.
    """

    order: EventOrder
    window: int | None
    optional: frozenset[int]

    def without(self, place: int) -> "Rule | None":
        """The rule when that step may not be left out; None when it may not anyway."""
        return attrs.evolve(self, optional=self.optional - {place}) if place in self.optional else None

    def best(
        self,
        steps: Sequence[Sequence[int]],
        barriers: Sequence[int],
        moments: Sequence[int],
        entries: Collection[int],
    ) -> Attempt:
        """The attempt that got furthest.

        Args:
            steps: Per step the times of its events, ascending.
            barriers: The times of events that end an attempt, ascending. At the time of a step they do not come between.
            moments: The times of all events, ascending, each once; needed for the strict order only.
            entries: The times at which an attempt may begin, one or more.
        """
        follow = self._in_any_order if self.order == "any" else self._in_order
        found = list[tuple[int, int, int, dict[int, int]]]()
        for start in entries:
            end = barriers[at] if (at := bisect_right(barriers, start)) < len(barriers) else None
            limits = [] if end is None else [end]
            limits += [] if self.window is None else [start + self.window]
            arrivals = follow(steps, moments, start, min(limits, default=None))
            depth, arrival = max(arrivals.items())
            found.append((depth, -arrival, start, arrivals))
        depth, _, start, arrivals = max(found, key=itemgetter(0, 1, 2))
        return Attempt(depth, {place: at - start for place, at in arrivals.items()})

    def _in_order(
        self, steps: Sequence[Sequence[int]], moments: Sequence[int], start: int, limit: int | None
    ) -> dict[int, int]:
        """When each step was reached first."""
        reached: list[set[int]] = [{start}]
        for place in range(1, len(steps)):
            before, source = place - 1, set(reached[place - 1])
            while before in self.optional:
                before -= 1
                source |= reached[before]
            reached.append(
                {at for at in self._next(steps[place], moments, source) if limit is None or at <= limit}
            )
        return {place: min(times) for place, times in enumerate(reached) if times}

    def _next(self, times: Sequence[int], moments: Sequence[int], source: Collection[int]) -> set[int]:
        """When the step can be reached from one of these times: as soon as it comes, or with nothing in between."""
        if not source:
            return set()
        if self.order == "ordered":
            return set(times[(at := bisect_left(times, min(source))) : at + 1])
        near = {
            *source,
            *(moments[at] for at in (bisect_right(moments, one) for one in source) if at < len(moments)),
        }
        return near.intersection(times)

    @staticmethod
    def _in_any_order(
        steps: Sequence[Sequence[int]], _: Sequence[int], start: int, limit: int | None
    ) -> dict[int, int]:
        """When so many steps had been taken."""
        firsts = [times[at] for times in steps if (at := bisect_left(times, start)) < len(times)]
        return dict(enumerate(sorted(at for at in firsts if limit is None or at <= limit)))
