"""Functions of mathematics that the models need and the standard library lacks."""

import math
from collections.abc import Callable
from functools import lru_cache

_SETTLED = 10.0  # from here on six terms of the asymptotic series are exact to the last digits
_NODES = 24
_LARGE = 1e150
_LAST = 1e-17  # a part of a sum that cannot change it


def digamma(x: float) -> float:
    """The derivative of the logarithm of the gamma function, for x above 0.

    Source:
        M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 6.3.5 and 6.3.18.
    """
    below = 0.0
    while x < _SETTLED:
        below -= 1 / x
        x += 1
    y = 1 / (x * x)
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760)))))
    return below + math.log(x) - 0.5 / x - tail


def trigamma(x: float) -> float:
    """The second derivative of the logarithm of the gamma function, for x above 0.

    Source:
        M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 6.4.6 and 6.4.12.
    """
    below = 0.0
    while x < _SETTLED:
        below += 1 / (x * x)
        x += 1
    y = 1 / (x * x)
    tail = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66 - y * 691 / 2730)))))
    return below + 1 / x + y / 2 + tail / x


def hypergeometric(a: float, b: float, c: float, z: float, *, log_factor: float = 0.0) -> float:
    """Gauss's function 2F1(a, b; c; z) by its series, for c above 0 and z from 0 to below 1, times the exponential of *log_factor*.

    Terms beyond the point where all ratios are below 1 in size shrink for good; the sum ends when the rest cannot change it. A sum too large for a
    float is no trouble as long as the product with the factor is not.
    """
    term = total = 1.0
    settled = max(-a, -b)
    n = 0
    while term:
        ratio = (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        term *= ratio
        total += term
        n += 1
        # Once the ratios are below 1 for good, the rest is at most a geometric series with the larger of this one and z.
        last = _LAST * abs(total)
        if abs(term) < last and n > settled and abs(term) < last * (1 - max(abs(ratio), z)):
            break
        if abs(total) > _LARGE:
            term, total, log_factor = term / _LARGE, total / _LARGE, log_factor + math.log(_LARGE)
    return total * math.exp(log_factor)


def integral(f: Callable[[float], float], end: float) -> float:
    """The integral of a smooth function from 0 to *end*, by Gauss's rule of 24 points."""
    half = end / 2
    return half * math.fsum(weight * f(half * (1 + node)) for node, weight in _rule())


@lru_cache(maxsize=1)
def _rule() -> tuple[tuple[float, float], ...]:
    """Points and weights between -1 and 1: the roots of the Legendre polynomial, by Newton's method."""
    found = list[tuple[float, float]]()
    for place in range(1, _NODES + 1):
        x = math.cos(math.pi * (place - 0.25) / (_NODES + 0.5))
        slope = 1.0
        for _ in range(8):
            before, here = 1.0, x
            for degree in range(2, _NODES + 1):
                before, here = here, ((2 * degree - 1) * x * here - (degree - 1) * before) / degree
            slope = _NODES * (x * here - before) / (x * x - 1)
            x -= here / slope
        found.append((x, 2 / ((1 - x * x) * slope * slope)))
    return tuple(found)
