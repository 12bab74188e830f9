"""Functions of mathematics, held against identities, and against scipy where it is there."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.lifetime._special import digamma, hypergeometric, integral, trigamma

POSITIVE = st.floats(1e-3, 1e4)


@given(POSITIVE)
def test_the_derivatives_of_log_gamma_follow_their_recurrences(x):
    assert digamma(x + 1) == pytest.approx(digamma(x) + 1 / x, rel=1e-12, abs=1e-12)
    assert trigamma(x + 1) == pytest.approx(trigamma(x) - 1 / x**2, rel=1e-9, abs=1e-12)


def test_known_values_of_them():
    assert digamma(1) == pytest.approx(-0.5772156649015329, rel=1e-14)
    assert trigamma(1) == pytest.approx(math.pi**2 / 6, rel=1e-14)
    assert trigamma(0.5) == pytest.approx(math.pi**2 / 2, rel=1e-14)


@given(st.floats(0.1, 5), st.floats(0, 0.95))
def test_elementary_functions_are_special_cases(a, z):
    assert hypergeometric(a, 3.0, 3.0, z) == pytest.approx((1 - z) ** -a, rel=1e-11)
    if z > 1e-3:
        assert hypergeometric(1.0, 1.0, 2.0, z) == pytest.approx(-math.log1p(-z) / z, rel=1e-11)


@given(st.floats(0.1, 900), st.floats(0.5, 0.99))
def test_a_sum_too_large_for_a_float_is_none_with_its_factor(a, z):
    """Nine hundred powers of ten and back."""
    found = hypergeometric(a, 3.0, 3.0, z, log_factor=a * math.log1p(-z))
    assert found == pytest.approx(1, rel=1e-9)


@given(st.floats(-8, 8), st.floats(-1, 8), st.floats(0.5, 30), st.floats(0, 0.97))
def test_the_hypergeometric_function_is_that_of_scipy(a, b, c, z):
    special = pytest.importorskip("scipy.special")
    wanted = special.hyp2f1(a, b, c, z)
    assert hypergeometric(a, b, c, z) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@given(POSITIVE)
def test_the_derivatives_of_log_gamma_are_those_of_scipy(x):
    special = pytest.importorskip("scipy.special")
    assert digamma(x) == pytest.approx(special.digamma(x), rel=1e-12, abs=1e-13)
    assert trigamma(x) == pytest.approx(special.polygamma(1, x), rel=1e-12)


@given(st.floats(0.1, 4), st.floats(-2, 1, allow_subnormal=False))  # their quotients have no digits
def test_smooth_functions_are_integrated_to_the_last_digits(end, rate):
    exact = math.expm1(rate * end) / rate if rate else end
    assert integral(lambda x: math.exp(rate * x), end) == pytest.approx(exact, rel=1e-9)
    assert integral(lambda x: x**30, 1.0) == pytest.approx(1 / 31, rel=1e-13)
