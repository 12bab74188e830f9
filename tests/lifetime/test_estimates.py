"""How sure an estimate is: the delta method against theory, the bootstrap against the delta method."""

import math
import pickle
from datetime import timedelta

import attrs
import pytest
from simulated import shop

from salesproc import FitError
from salesproc.lifetime import (
    ContractTenures,
    bootstrap,
    fit_bg_nbd,
    fit_shifted_beta_geometric,
    tenures_from_survivors,
)
from salesproc.lifetime.bootstrapping import BootstrapEstimate

REGULAR = tenures_from_survivors([1000, 631, 468, 382, 326, 289, 262, 241], unit="year")
MODEL = fit_shifted_beta_geometric(REGULAR)


def half(model):
    return model.survival(12)


def test_the_interval_of_a_parameter_is_that_of_the_quantity():
    """A parameter is a function of the model like any other."""
    named, asked = MODEL.estimates()["beta"], MODEL.estimate_of(lambda model: model.beta)
    assert asked == pytest.approx(named, rel=1e-6)
    assert named.low * named.high == pytest.approx(named.value**2)


def test_the_standard_error_of_a_share_that_was_seen_is_that_of_counting():
    """Two parameters and two renewals: the model is saturated, so its first share is the counted one, and so is its error."""
    model = fit_shifted_beta_geometric(tenures_from_survivors([1000, 600, 450], unit="year"))
    found = model.estimate_of(lambda one: one.survival(1), scale="logit")
    assert found.value == pytest.approx(0.6, rel=1e-8)
    assert found.error == pytest.approx(math.sqrt(0.6 * 0.4 / 1000), rel=1e-5)
    both = model.estimate_of(lambda one: one.survival(2), scale="linear")
    assert both.value == pytest.approx(0.45, rel=1e-8)
    assert both.error == pytest.approx(math.sqrt(0.45 * 0.55 / 1000), rel=1e-5)
    assert (both.low + both.high) / 2 == pytest.approx(both.value)


def test_a_share_stays_a_share():
    wide = MODEL.estimate_of(half, confidence=0.999_999, scale="logit")
    assert 0 < wide.low < wide.value < wide.high < 1
    assert MODEL.estimate_of(lambda model: 5.0).error == 0
    assert MODEL.estimate_of(lambda model: -2.0, scale="linear")[2:] == (-2.0, -2.0)


def test_an_interval_without_an_end_is_very_wide_and_no_error():
    nowhere = attrs.evolve(MODEL.fit, covariance=((1e7, 0.0), (0.0, 1e7)))
    lost = attrs.evolve(MODEL, fit=nowhere)
    assert lost.estimates()["beta"].low < 1e-290
    assert lost.estimates()["beta"].high > 1e290
    share = lost.estimate_of(half, scale="logit")
    assert (share.low, share.high) == pytest.approx((0, 1))
    assert "one standard error moves alpha by a factor of 1.01e+304" in lost.undetermined


@pytest.mark.slow
def test_the_bootstrap_and_the_delta_method_agree_where_the_data_are_many():
    drawn = bootstrap(REGULAR, fit_shifted_beta_geometric, half, seed=5, runs=400)
    by_curve = MODEL.estimate_of(half, scale="logit")
    assert drawn.error == pytest.approx(by_curve.error, rel=0.12)
    assert (drawn.low, drawn.high) == pytest.approx((by_curve.low, by_curve.high), rel=0.03)
    history = shop(3, 1500, r=0.6, alpha=6.0, a=0.8, b=2.5)
    year = timedelta(weeks=52)
    again = bootstrap(history, fit_bg_nbd, lambda model: model.expected_purchases(year), seed=5, runs=60)
    direct = fit_bg_nbd(history).estimate_of(lambda model: model.expected_purchases(year))
    assert again.error == pytest.approx(direct.error, rel=0.35)
    assert again.value == direct.value


def test_the_same_seed_gives_the_same_interval():
    one, same, other = (
        bootstrap(REGULAR, fit_shifted_beta_geometric, half, seed=seed, runs=25) for seed in (1, 1, 2)
    )
    assert one == same != other
    assert (len(one.samples), one.failed, one.undefined) == (25, 0, None)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one.to_rows()[0]["samples"] == 25
    assert str(one) == f"{one.value:,.4g} ({one.low:,.4g} to {one.high:,.4g} in 25 samples)"


def test_samples_that_determine_no_model_are_counted():
    """Twelve customers: in some samples nobody stays longer than chance, and no model fits."""
    few = tenures_from_survivors([12, 9, 7, 6], unit="year")
    found = bootstrap(few, fit_shifted_beta_geometric, half, seed=1, runs=60)
    assert found.failed > 0
    assert len(found.samples) + found.failed == 60


def test_the_interval_is_made_of_the_outer_samples():
    found = BootstrapEstimate(
        value=5.0, samples=tuple(map(float, range(1000))), failed=0, confidence=0.9, seed=1
    )
    assert (found.low, found.high) == (50, 949)
    assert found.error == pytest.approx(math.sqrt(1000 * 1001 / 12))


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_samples_without_a_value_are_counted_as_failed(nothing):
    """A mean lifetime does not exist where alpha is 1 or less; a NaN among the samples would sort anyhow."""

    def lifetime(model):
        return model.alpha if model.alpha < found_at else nothing

    found_at = MODEL.alpha * 1.01
    drawn = bootstrap(REGULAR, fit_shifted_beta_geometric, lifetime, seed=3, runs=60)
    assert 0 < drawn.failed < 60
    assert len(drawn.samples) == 60 - drawn.failed
    assert max(drawn.samples) < found_at


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_a_quantity_without_a_value_has_no_estimate(nothing):
    with pytest.raises(ValueError, match="the quantity has no value by this model, so there is nothing"):
        MODEL.estimate_of(lambda model: nothing)
    with pytest.raises(ValueError, match="the quantity has no value by the model of the data"):
        bootstrap(REGULAR, fit_shifted_beta_geometric, lambda model: nothing, seed=1, runs=1)


def test_too_few_samples_have_no_interval():
    found = BootstrapEstimate(value=5.0, samples=(4.0, 5.0), failed=8, confidence=0.95, seed=1)
    assert found.undefined == "only 2 samples could be fitted, 8 could not; at least 20 are needed"
    assert (found.low, found.high, found.error) == (None, None, None)
    assert str(found).startswith("5 (n/a: only 2 samples")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: MODEL.estimates(95), ValueError, "confidence must lie between 0 and 1"),
        (
            lambda: MODEL.estimate_of(half, scale="log odds"),
            ValueError,
            "scale must be one of its kinds, got 'log odds'; ",
        ),
        (
            lambda: MODEL.estimate_of(lambda model: -model.beta),
            ValueError,
            "on the scale 'log' is for what is above 0, got -1",
        ),
        (
            lambda: MODEL.estimate_of(lambda model: 2 * model.beta, scale="logit"),
            ValueError,
            "'logit' is for what is between 0 and 1",
        ),
        (
            lambda: bootstrap(REGULAR, fit_shifted_beta_geometric, half, seed=1, runs=0),
            ValueError,
            "runs must be a whole number, 1 or more",
        ),
        (
            lambda: bootstrap(REGULAR, fit_shifted_beta_geometric, half, seed=1, confidence=2),
            ValueError,
            "confidence must lie",
        ),
        (
            lambda: bootstrap(
                ContractTenures(lost={}, kept={}, unit="year"), fit_shifted_beta_geometric, half, seed=1
            ),
            FitError,
            "nobody has come to a renewal yet",
        ),
    ],
)
def test_wrong_calls_say_what_would_do(call, error, message):
    with pytest.raises(error, match=message):
        call()
