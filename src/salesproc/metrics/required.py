"""How many must come in at the top for so many to come out at the end?"""

from collections.abc import Sequence

from salesproc._shares import Share, exact_share

__all__ = ["required_at"]


def required_at(target: int, rates: Sequence[Share]) -> tuple[int, ...]:
    """How many are needed at each stage of a funnel to have so many at its end: the funnel read from below.

    Half a prospect cannot be called, so every level is rounded up before the next one is worked out. All is exact:
    with floats, 9 over 0.5 times 0.3 times 0.06 comes out as 1001.

    Args:
        target: How many are wanted at the end, 0 or more.
        rates: The share that goes on from each stage to the next, 0 to 1, in the order of the stages; a float means the decimal
            number it is written as, and a ``Rate`` its exact share.

    Returns:
        One number per stage, from the first to the last; the last is the target.

    Raises:
        ValueError: The target is negative, a rate is none, or a rate is 0 and no number would do.
        TypeError: The target is no whole number, or a rate no number.

    Source:
        The example of 1000 prospects, 500 qualified, 250 serious and 15 sold.

    >>> required_at(15, [0.5, 0.5, 0.06])
    (1000, 500, 250, 15)
    >>> required_at(1, [0.05]), required_at(2, [0.1]), required_at(1, [0.1])
    ((20, 1), (20, 2), (10, 1))
    """
    if isinstance(target, bool) or not isinstance(target, int):
        raise TypeError(f"target must be a whole number of cases (int), got {target!r}")
    if target < 0:
        raise ValueError(f"target must be 0 or more, got {target!r}")
    needed = [target]
    for step, given in reversed([*enumerate(rates, 1)]):
        rate = exact_share(given, f"rate {step}")
        if not rate and needed[-1]:
            raise ValueError(f"rate {step} is 0, so no number would give {needed[-1]}; give a rate above 0")
        needed.append(-(-needed[-1] // rate) if rate else 0)
    return tuple(reversed(needed))
