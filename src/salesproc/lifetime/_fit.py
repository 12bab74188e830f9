"""The search for the parameters under which what was seen is most likely.

Parameters are positive and searched by their logarithms, with first and second derivatives: Newton's method, damped where the
likelihood is not curved downwards. The climb ends where the quadratic that touches the likelihood promises no more than a
billionth of its unit, which does not depend on units of time or money, and the next step is short. All starts are fixed, so a fit can be repeated.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from salesproc.errors import FitError

__all__ = ["ModelFit"]

Vector: TypeAlias = tuple[float, ...]
Matrix: TypeAlias = tuple[Vector, ...]

_STEPS = 200
_PROMISE = 1e-9
_ROUNDING = 1e-12  # of the likelihood, a sum over all customers
_CLOSE = 0.1  # a last step changes no logarithm by more; what promises little and leads far is a ridge
_LONGEST = 2.0  # how far a step may change a logarithm
EDGE = math.log(1e5)  # beyond it a distribution is one point, or nothing: nobody can tell it from the limit
NEAR_EDGE = math.log(1e3)


class Likelihood(NamedTuple):
    """The logarithm of a likelihood with its derivatives by the parameters."""

    value: float
    gradient: Vector
    curvature: Matrix


Objective: TypeAlias = Callable[[Vector], Likelihood]


class Climb(NamedTuple):
    """Where one start led: the parameters, the likelihood there, the covariance of their logarithms, and why it ended."""

    point: Vector
    value: float
    covariance: Matrix
    steps: int
    stopped: str


@attrs.frozen(kw_only=True)
class ModelFit:
    """How a model was found, and how well the data determine it.

    Attributes:
        log_likelihood: Of the data, at the estimates, with times and amounts in the units of the model.
        customers: How many customers it was fitted to.
        patterns: How many different histories they have: what the fit costs.
        covariance: Of the logarithms of the parameters, from the observed information.
        starts: From how many fixed places the search set out.
        agreed: How many of them led to these estimates.
        steps: How many steps the one that is kept took.
        stopped: Why it ended.
    """

    log_likelihood: float
    customers: int
    patterns: int
    covariance: Matrix
    starts: int
    agreed: int
    steps: int
    stopped: str


def maximise(
    objective: Objective, starts: Iterable[Vector], missing: Callable[[Vector], str]
) -> tuple[Climb, int]:
    """The highest climb, and how many led to the same place.

    Args:
        objective: The likelihood.
        starts: Where to set out.
        missing: What to say of a place at the edge, to which the likelihood still rises.

    Raises:
        FitError: The likelihood rises without end, or no climb arrived.
    """
    climbs = [climb(objective, start) for start in starts]
    best = max(climbs, key=lambda one: one.value)
    arrived = [one for one in climbs if one.stopped == "converged"]
    if best.stopped == "edge":
        raise FitError(missing(best.point))
    if not arrived:
        raise FitError(
            f"the search did not arrive within {_STEPS} steps from any of {len(climbs)} starts; "
            f"it ended near {best.point!r}: these data hardly determine the model"
        )
    top = max(arrived, key=lambda one: one.value)
    return top, sum(_same(one.point, top.point) for one in arrived)


def climb(objective: Objective, start: Vector) -> Climb:
    """One climb by damped Newton steps on the logarithms."""
    place, damping = tuple(map(math.log, start)), 0.0
    here = _by_logs(objective, place)
    for taken in range(1, _STEPS + 1):
        step = solved(_damped(here.curvature, 0.0), here.gradient)
        arriving = step is not None and _promised(step, here) < _PROMISE + _ROUNDING * abs(here.value)
        if step is not None and arriving and max(map(abs, step)) < _CLOSE:
            point = tuple(map(math.exp, _moved(place, step)))
            return Climb(point, here.value, inverse(_damped(here.curvature, 0.0)), taken, "converged")
        if step is None or (damping and not arriving):
            step, damping = _damped_step(here, damping)
        new = _moved(place, step)
        there = _by_logs(objective, new)
        # What little is left to gain drowns in the rounding of the likelihood: on such a ridge the steps are followed unseen.
        if there.value > here.value or arriving:
            place, here = new, there
            damping = damping / 4 if damping > 1e-4 else 0.0
        else:
            damping = max(4 * damping, 1e-3)
        if max(map(abs, place)) > EDGE:
            return Climb(tuple(map(math.exp, place)), here.value, (), taken, "edge")
    return Climb(tuple(map(math.exp, place)), here.value, (), _STEPS, "steps")


def _damped_step(here: Likelihood, damping: float) -> tuple[Vector, float]:
    """The step with as much damping as makes it lead upwards, and that damping."""
    while (step := solved(_damped(here.curvature, damping), here.gradient)) is None:
        damping = max(4 * damping, 1e-3)
    return step, damping


def _promised(step: Vector, here: Likelihood) -> float:
    """What the quadratic that touches the likelihood gains by the step."""
    return _dot(step, here.gradient) / 2


def _moved(place: Vector, step: Vector) -> Vector:
    """The place after the step, or after as much of it as is allowed at once."""
    shorter = _LONGEST / max(_LONGEST, *map(abs, step))
    return tuple(one + shorter * more for one, more in zip(place, step, strict=True))


def at_edges(names: Sequence[str], point: Vector) -> Mapping[str, str]:
    """Which parameters have gone to the edge, and to which side."""
    sides = zip(names, map(math.log, point), strict=True)
    return {name: "high" if log > 0 else "low" for name, log in sides if abs(log) > NEAR_EDGE}


def solved(matrix: Matrix, wanted: Vector) -> Vector | None:
    """The solution of a symmetric system by Cholesky's method; None when the matrix is not positive definite."""
    lower = _cholesky(matrix)
    return None if lower is None else _substituted(lower, wanted)


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a positive definite matrix."""
    lower = _cholesky(matrix) or []
    size = range(len(matrix))
    return tuple(_substituted(lower, tuple(float(i == j) for j in size)) for i in size)


def _cholesky(matrix: Matrix) -> list[list[float]] | None:
    lower = list[list[float]]()
    for i, row in enumerate(matrix):
        here = list[float]()
        for j in range(i + 1):
            above = here if i == j else lower[j]
            rest = row[j] - sum(one * other for one, other in zip(here, above, strict=False))
            if i != j:
                here.append(rest / lower[j][j])
            elif rest > 1e-14 * abs(row[i]):
                here.append(math.sqrt(rest))
            else:
                return None
        lower.append(here)
    return lower


def _substituted(lower: Sequence[Sequence[float]], wanted: Vector) -> Vector:
    half = list[float]()
    for row, goal in zip(lower, wanted, strict=True):
        half.append((goal - _dot(row[:-1], half)) / row[-1])
    size = len(half)
    found = [0.0] * size
    for i in reversed(range(size)):
        rest = half[i] - sum(lower[k][i] * found[k] for k in range(i + 1, size))
        found[i] = rest / lower[i][i]
    return tuple(found)


def _by_logs(objective: Objective, place: Sequence[float]) -> Likelihood:
    """The likelihood with its derivatives by the logarithms of the parameters."""
    point = tuple(map(math.exp, place))
    value, gradient, curvature = objective(point)
    slopes = tuple(one * slope for one, slope in zip(point, gradient, strict=True))
    bends = tuple(
        tuple(
            one * other * bend + (slopes[i] if i == j else 0.0)
            for j, (other, bend) in enumerate(zip(point, row, strict=True))
        )
        for i, (one, row) in enumerate(zip(point, curvature, strict=True))
    )
    return Likelihood(value, slopes, bends)


def _damped(curvature: Matrix, damping: float) -> Matrix:
    """The observed information, made steeper along each axis."""
    return tuple(
        tuple(-bend + (damping * (abs(bend) + 1e-8) if i == j else 0.0) for j, bend in enumerate(row))
        for i, row in enumerate(curvature)
    )


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _same(one: Vector, other: Vector) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(one, other, strict=True))
