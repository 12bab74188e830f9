"""The survival curve is the curve of durations turned over."""

import copy
import pickle
from datetime import timedelta

import pytest

from salesproc.metrics import DurationCounts, Durations, survival_curve

DAY = timedelta(days=1)
DAY_US = 86_400_000_000
SOME = Durations(DurationCounts({DAY_US: 2, 3 * DAY_US: 1}, {2 * DAY_US: 1}, {2 * DAY_US: 1}))


@pytest.mark.parametrize("kind", ["linear", "log", "log-log"])
def test_it_is_one_minus_the_share_that_has_converted_and_so_is_its_band(kind):
    curve = survival_curve(SOME, confidence=0.9, kind=kind)
    for point, band, there in zip(curve.points, SOME.band(0.9, kind=kind), SOME.curve(), strict=True):
        assert point[:5] == there[:5]
        assert point.share == 1 - band.share
        assert (point.low, point.high) == (1 - band.high, 1 - band.low)
    assert curve.undefined is None


def test_by_hand():
    """Two of five convert on day 1, one is lost and one last seen on day 2, and the last converts on day 3."""
    points = survival_curve(SOME).points
    assert [(point.time, point.at_risk, round(point.share, 12)) for point in points] == [
        (DAY, 5, 0.6),
        (2 * DAY, 3, 0.6),
        (3 * DAY, 1, 0.2),
    ]


def test_lifelines_finds_the_same_curve():
    lifelines = pytest.importorskip("lifelines")
    days = [1, 1, 2, 3, 3, 5, 8, 8, 9]
    ended = [1, 0, 1, 1, 1, 0, 1, 0, 0]
    fitted = lifelines.KaplanMeierFitter().fit(days, ended)
    pairs = list(zip(days, ended, strict=True))
    finished = {day * DAY_US: pairs.count((day, 1)) for day in days if (day, 1) in pairs}
    still_open = {day * DAY_US: pairs.count((day, 0)) for day in days if (day, 0) in pairs}
    curve = survival_curve(Durations(DurationCounts(finished, {}, still_open)))
    theirs = fitted.survival_function_["KM_estimate"]
    bounds = fitted.confidence_interval_
    for point in curve.points:
        assert point.share == pytest.approx(theirs.loc[point.time / DAY])
        assert [point.low, point.high] == pytest.approx(bounds.loc[point.time / DAY].tolist())


def test_it_shows_itself():
    curve = survival_curve(SOME)
    assert repr(curve) == "<SurvivalCurve: 3 finished, 1 lost, 1 open, log-log band at 0.95>"
    assert curve.to_rows()[0]["at_risk"] == 5
    assert "<td>0.600</td>" in curve._repr_html_()
    one = survival_curve(Durations(DurationCounts({DAY_US: 1})))
    assert "<td>n/a</td>" in one._repr_html_()
    assert survival_curve(Durations(DurationCounts())).undefined == "nobody was observed"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling_and_copying(protocol):
    curve = survival_curve(SOME)
    assert pickle.loads(pickle.dumps(curve, protocol)) == curve
    assert copy.copy(curve) == copy.deepcopy(curve) == curve
