"""Ratios that hold on a busy machine: the two sides take turns, and each turn is compared with its neighbour."""

import gc
import time
import timeit
import tracemalloc
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, NamedTuple


class Pair(NamedTuple):
    """What one thing costs beside another: seconds of CPU per call, and the median of the ratios of neighbours."""

    ours: float
    theirs: float
    ratio: float


def pair_of(ours: list[float], theirs: list[float]) -> Pair:
    """The medians of both sides and of their ratios, turn by turn."""
    return Pair(
        median(ours), median(theirs), median(mine / other for mine, other in zip(ours, theirs, strict=True))
    )


class Statement(NamedTuple):
    """A few lines of Python to be timed in place, so that no wrapper's call is timed with them."""

    code: str
    names: Mapping[str, Any]
    calls: int = 1  # how many steps the lines take

    def timer(self) -> timeit.Timer:
        """Counts the CPU time of this thread, with the garbage collector on, as in a program."""
        return timeit.Timer(self.code, "import gc; gc.enable()", time.thread_time, dict(self.names))


def compare(ours: Statement, theirs: Statement, *, rounds: int, turn: float) -> Pair:
    """Two short statements in turns of about *turn* seconds each, after one turn to warm up."""
    sides = [(side, side.timer()) for side in (ours, theirs)]
    numbers = [max(1, int(turn / (timer.timeit(200) / 200))) for _, timer in sides]
    costs: list[list[float]] = [[], []]
    for warm in (False, *[True] * rounds):
        for (side, timer), number, cost in zip(sides, numbers, costs, strict=True):
            seconds = timer.timeit(number) / number / side.calls
            if warm:
                cost.append(seconds)
    return pair_of(*costs)


def compare_long(ours: Callable[[], Any], theirs: Callable[[], Any], *, rounds: int) -> Pair:
    """Two calls that take long themselves, in turns; what is left of one is collected before the next."""
    costs: list[list[float]] = [[], []]
    for _ in range(rounds):
        for side, cost in zip((ours, theirs), costs, strict=True):
            gc.collect()
            before = time.process_time()
            kept = side()
            cost.append(time.process_time() - before)
            del kept
    return pair_of(*costs)


def peak(call: Callable[[], Any]) -> int:
    """The most bytes a call holds at one time above what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = call()
        most = tracemalloc.get_traced_memory()[1] - before
        del kept
    finally:
        tracemalloc.stop()
    return most


def bytes_each(make: Callable[[str], Any], count: int) -> float:
    """The bytes one new thing keeps, its identity and the list that holds it not counted."""
    names = [f"D-{number}" for number in range(count)]
    gc.collect()
    tracemalloc.start()
    try:
        kept: list[Any] = [None] * count
        before = tracemalloc.get_traced_memory()[0]
        for index, name in enumerate(names):
            kept[index] = make(name)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    return (after - before) / count
