"""The share that has converted by a given age when some are still open and some have ended elsewhere.

The estimate is the cumulative incidence of Aalen and Johansen (1978); without competing ends it is one minus the
product-limit estimate of Kaplan and Meier (1958). It is computed in Efron's way: everybody starts with the weight
1/n, and the weight of those who leave the view while open passes to those still in view.

Weights are integers in units of 2**-128 and rounded down, so the true share lies between the computed one and
a known bound above it. Where that interval contains the asked share, fractions decide.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

SCALE = 1 << 128


class Tally(NamedTuple):
    """What happens at one age, and how many were in view just before it."""

    time: int
    at_risk: int
    finished: int
    lost: int
    open: int


class Steps(NamedTuple):
    """The curve where it rises.

    Attributes:
        times: Ages in microseconds, ascending.
        shares: The share converted by each, in units of 2**-128, rounded down.
        slack: How far a share may be too low, in the same units.
        known_until: The age after which nobody is in view and somebody was open; None when all have ended.
    """

    times: tuple[int, ...]
    shares: tuple[int, ...]
    slack: int
    known_until: int | None


Counts = Mapping[int, int]


def tallies(finished: Counts, lost: Counts, still_open: Counts) -> Iterator[Tally]:
    """Everything that happens, by age. Those open at an age are in view for what ends at that age."""
    at_risk = sum(finished.values()) + sum(lost.values()) + sum(still_open.values())
    for time in sorted({*finished, *lost, *still_open}):
        here = Tally(time, at_risk, finished.get(time, 0), lost.get(time, 0), still_open.get(time, 0))
        yield here
        at_risk -= here.finished + here.lost + here.open


def climb(finished: Counts, lost: Counts, still_open: Counts) -> Steps:
    """The whole curve, in time linear in the number of distinct ages once they are sorted."""
    times, shares = list[int](), list[int]()
    weight = share = whole = censored = 0
    known_until: int | None = None
    anyone_lost = False
    for time, at_risk, ended, lost_here, open_here in tallies(finished, lost, still_open):
        if not whole:
            whole, weight = at_risk, SCALE // at_risk
        remaining = at_risk - ended - lost_here
        anyone_lost = anyone_lost or lost_here > 0
        if ended:
            # All have converted: exactly one, whatever rounding has taken away.
            share = SCALE if not remaining and not anyone_lost else share + ended * weight
            times.append(time)
            shares.append(share)
        if open_here:
            censored += 1
            if remaining == open_here:
                known_until = time
            else:
                weight = weight * remaining // (remaining - open_here)
    return Steps(tuple(times), tuple(shares), (censored + 1) * whole + 1, known_until)


def first_reaching(
    steps: Steps, wanted: Fraction, finished: Counts, lost: Counts, still_open: Counts
) -> int | None:
    """The smallest age by which the share is at least *wanted*, to the last bit; None when it never is."""
    goal = -(-wanted.numerator * SCALE // wanted.denominator)
    for index in range(bisect_left(steps.shares, goal - steps.slack), len(steps.shares)):
        time = steps.times[index]
        if steps.shares[index] >= goal or exact_share(time, finished, lost, still_open) >= wanted:
            return time
    return None


def share_at(steps: Steps, time: int) -> int:
    """The share converted by an age, in units of 2**-128."""
    index = bisect_right(steps.times, time)
    return steps.shares[index - 1] if index else 0


def exact_share(until: int, finished: Counts, lost: Counts, still_open: Counts) -> Fraction:
    """The share converted by an age without any rounding; slow where many different ages are censored."""
    share, weight, ended = Fraction(0), Fraction(0), 0
    for here in takewhile(lambda here: here.time <= until, tallies(finished, lost, still_open)):
        weight = weight or Fraction(1, here.at_risk)
        ended += here.finished
        remaining = here.at_risk - here.finished - here.lost
        if here.open and remaining > here.open:
            share, ended = share + ended * weight, 0  # whole numbers as long as the weight stays
            weight *= Fraction(remaining, remaining - here.open)
    return share + ended * weight
