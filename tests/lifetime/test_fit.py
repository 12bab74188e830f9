"""The search: it finds the top, says when there is none, and does not depend on where it sets out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import FitError
from salesproc.lifetime._fit import Likelihood, climb, inverse, maximise, solved


def hill(top, steep=1.0):
    """Rises to one top in the logarithm of each parameter."""

    def objective(point):
        apart = [math.log(one / goal) for one, goal in zip(point, top, strict=True)]
        slopes = tuple(-2 * steep * far / one for far, one in zip(apart, point, strict=True))
        bends = tuple(
            tuple(-2 * steep * (1 - apart[i]) / point[i] ** 2 if i == j else 0.0 for j in range(len(top)))
            for i in range(len(top))
        )
        return Likelihood(-steep * sum(far * far for far in apart), slopes, bends)

    return objective


def slope_of(power):
    """Rises for ever, ever more slowly."""
    return lambda point: Likelihood(
        -(point[0] ** -power),
        (power * point[0] ** (-power - 1),),
        ((-power * (power + 1) * point[0] ** (-power - 2),),),
    )


@given(st.tuples(*[st.floats(0.01, 100)] * 3), st.tuples(*[st.floats(0.01, 100)] * 3))
def test_the_top_is_found_from_everywhere(top, start):
    found = climb(hill(top), start)
    assert found.stopped == "converged"
    assert found.point == pytest.approx(top, rel=1e-9)
    assert found.covariance[0] == pytest.approx((0.5, 0, 0))


def test_a_start_at_the_top_stays_there():
    assert climb(hill((2.0, 3.0)), (2.0, 3.0)).point == pytest.approx((2.0, 3.0), rel=1e-15)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_what_rises_without_end_is_no_top(power):
    found = climb(slope_of(power), (1.0,))
    assert found.stopped == "edge"
    assert found.point[0] > 1e5
    with pytest.raises(FitError, match="rises to 1e"):
        maximise(slope_of(power), [(1.0,), (3.0,)], lambda point: f"rises to 1e{math.log10(point[0]):.0f}")


def test_a_search_that_does_not_arrive_says_so():
    """A function without a top and without a direction, such as no likelihood is."""
    wild = [0]

    def restless(point):
        wild[0] += 1
        return Likelihood(-float(wild[0]), (1.0,), ((-1.0,),))

    with pytest.raises(FitError, match="did not arrive within 200 steps from any of 1 starts; it ended near"):
        maximise(restless, [(1.0,)], str)


def test_the_higher_of_two_tops_is_taken_and_counted():
    def two(point):
        near = climb_to if point[0] < 10 else lower
        return near(point)

    climb_to, lower = (
        hill((1.0,)),
        lambda point: hill((100.0,))(point)._replace(value=-5.0 - 1e-3 * math.log(point[0] / 100) ** 2),
    )
    best, agreed = maximise(two, [(0.5,), (90.0,), (2.0,)], str)
    assert best.point == pytest.approx((1.0,))
    assert agreed == 2


@given(st.lists(st.floats(-3, 3), min_size=9, max_size=9), st.tuples(*[st.floats(-5, 5)] * 3))
def test_a_symmetric_system_is_solved(entries, wanted):
    rows = [entries[0:3], entries[3:6], entries[6:9]]
    matrix = tuple(
        tuple(sum(a * b for a, b in zip(one, other, strict=True)) + (i == j) for j, other in enumerate(rows))
        for i, one in enumerate(rows)
    )
    found = solved(matrix, wanted)
    assert [sum(a * b for a, b in zip(row, found, strict=True)) for row in matrix] == pytest.approx(
        wanted, abs=1e-9
    )
    back = inverse(matrix)
    product = [[sum(a * back[k][j] for k, a in enumerate(row)) for j in range(3)] for row in matrix]
    assert [one for row in product for one in row] == pytest.approx([1, 0, 0, 0, 1, 0, 0, 0, 1], abs=1e-9)


def test_a_saddle_has_no_solution():
    assert solved(((1.0, 2.0), (2.0, 1.0)), (1.0, 1.0)) is None
