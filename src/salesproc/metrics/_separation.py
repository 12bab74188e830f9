"""Do customers differ enough to be parted, or would parts of one size only look like a difference?"""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from statistics import median_low
from typing import TypeVar

from salesproc.metrics.orders import Purchases

C = TypeVar("C", bound=Hashable)


def usual_gap(purchases: Purchases[C]) -> int | None:
    """The days that usually pass between two purchases: the median over all customers; None where nobody bought twice."""
    gaps = [
        (later - day).days for lines in purchases.lines.values() for (day, _), (later, _) in pairwise(lines)
    ]
    return median_low(gaps) if gaps else None


def no_more_than_chance(counts: Iterable[int]) -> bool:
    """Whether counts vary no more than those of customers who all buy equally often, at random: variance up to the mean, as Poisson's."""
    each = [*counts]
    whole = sum(each)
    return len(each) * sum(count * count for count in each) - whole * whole <= len(each) * whole
