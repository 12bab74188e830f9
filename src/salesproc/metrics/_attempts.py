"""How far did one person get in a funnel of events? Every way through is weighed, from every entry.

An attempt is a choice of one event per step. Times are whole numbers; events of one time may be taken in either order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, TypeAlias

import attrs

EventOrder: TypeAlias = Literal["ordered", "strict", "any"]
"""Whether other events may lie between the steps, must not, or the steps may come in any order."""


class Attempt(NamedTuple):
    """The best attempt.

    Attributes:
        depth: The place of the furthest step, from 0; in any order, how many steps after the first.
        duration: From entry to the last step, of the attempt that got there first, and of those the one that entered last; None when none did.
    """

    depth: int
    duration: int | None


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
        found = list[tuple[int, int, int]]()
        for start in entries:
            end = barriers[at] if (at := bisect_right(barriers, start)) < len(barriers) else None
            limits = [] if end is None else [end]
            limits += [] if self.window is None else [start + self.window]
            depth, arrival = follow(steps, moments, start, min(limits, default=None))
            found.append((depth, -arrival, start))
        depth, arrival, start = max(found)
        return Attempt(depth, -arrival - start if depth == len(steps) - 1 else None)

    def _in_order(
        self, steps: Sequence[Sequence[int]], moments: Sequence[int], start: int, limit: int | None
    ) -> tuple[int, int]:
        """The place of the furthest step, and when it was reached first."""
        reached: list[set[int]] = [{start}]
        for place in range(1, len(steps)):
            before, source = place - 1, set(reached[place - 1])
            while before in self.optional:
                before -= 1
                source |= reached[before]
            reached.append(
                {at for at in self._next(steps[place], moments, source) if limit is None or at <= limit}
            )
        furthest = max(place for place, times in enumerate(reached) if times)
        return furthest, min(reached[furthest])

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
    ) -> tuple[int, int]:
        """How many steps after the first there were, and when the last of them was reached."""
        firsts = [times[at] for times in steps if (at := bisect_left(times, start)) < len(times)]
        inside = [at for at in firsts if limit is None or at <= limit]
        return len(inside) - 1, max(inside)
