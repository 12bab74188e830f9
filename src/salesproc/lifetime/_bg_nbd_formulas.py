"""The formulas of the BG/NBD model, on plain numbers in one unit of time.

With x repeats, the last of them at t_x, seen until T; pace gamma(r, alpha), chance to leave beta(a, b). Fader, Hardie and Lee (2005), equations 6, 9 and
10. Theirs are written so that terms grow and cancel where a customer has bought often; Euler's transformation of 2F1 takes that away.
"""

import math
from typing import NamedTuple

from salesproc.lifetime._special import hypergeometric, integral

_NEAR = 1e-3  # how near a comes to 1, or a + b + x to 1, where the closed form divides by too small a number
_WORTHLESS = 50.0  # times as long as money takes to decay by a factor of e: a part in 1e21 is left
_FAR = -8.0  # from where on the transformed series would cancel


class Point(NamedTuple):
    """The parameters."""

    r: float
    alpha: float
    a: float
    b: float


def alive(point: Point, x: int, t_x: float, age: float) -> float:
    """The chance not to have left."""
    if not x:
        return 1.0
    r, alpha, a, b = point
    odds = math.log(a / (b + x - 1)) + (r + x) * math.log((alpha + age) / (alpha + t_x))
    return 1 / (1 + math.exp(odds)) if odds < 0 else math.exp(-odds) / (1 + math.exp(-odds))


def expected_purchases(point: Point, x: int, age: float, ahead: float) -> float:
    """How many purchases follow within a time, of somebody who is alive."""
    if not ahead:
        return 0.0
    r, alpha, a, b = point
    z, c = ahead / (alpha + age + ahead), a + b + x - 1
    if abs(a - 1) < _NEAR or c < _NEAR:
        return integrated_purchases(point, x, age, ahead, 0.0)
    first, log_rest = a + b - 1 - r, math.log1p(-z)
    if first < _FAR:
        left = hypergeometric(r + x, b + x, c, z, log_factor=(r + x) * log_rest)
    else:
        left = hypergeometric(first, a - 1, c, z, log_factor=(a - 1) * log_rest)
    return c / (a - 1) * (1 - left)


def integrated_purchases(point: Point, x: int, age: float, ahead: float, force: float) -> float:
    """The same with every purchase at its worth today, where money decays at the rate *force*.

    The integral of the pace at which somebody alive today goes on to buy. It falls on the scale of the time to the next purchase, or in which money loses its
    worth, whichever is shorter, so it is smooth in the logarithm of that time, and 24 points give eight digits and more.
    """
    scale = point.alpha + age
    short = scale / (point.r + x + 1)
    if force:
        short, ahead = min(short, 1 / force), min(ahead, _WORTHLESS / force)

    def worth(u: float) -> float:
        t = short * math.expm1(u)
        return _pace(point, scale, x, t) * math.exp(u - force * t) * short

    return integral(worth, math.log1p(ahead / short))


def _pace(point: Point, scale: float, x: int, t: float) -> float:
    """Purchases per unit of time after a time t, of somebody who is alive now: the mean of pace times the chance to be still there."""
    r, _, a, b = point
    z, first = t / (scale + t), a + b - 1 - r
    log_rest = math.log1p(-z)
    if first < _FAR:
        left = hypergeometric(r + x + 1, b + x, a + b + x, z, log_factor=(r + x + 1) * log_rest)
    else:
        left = hypergeometric(first, a, a + b + x, z, log_factor=a * log_rest)
    return (r + x) / scale * left
