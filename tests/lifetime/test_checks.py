"""What a model says beside what happened."""

import math
import pickle
from datetime import date, timedelta
from random import Random

import pytest
from simulated import purchase_days, shop

from salesproc import Money, PeriodError
from salesproc.lifetime import (
    BgNbd,
    conditional_expectations,
    fit_bg_nbd,
    history_from_summary,
    holdout_history,
    purchase_tracking,
    repeat_calibration,
    value_independence,
)

START, CUT, END = date(2024, 1, 1), date(2024, 9, 29), date(2025, 6, 29)
SHOP = {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.5}
TRUTH = BgNbd(**SHOP, unit="week")


def orders(seed, customers):
    """Customers who came in the first twelve weeks, and what they bought until the end."""
    chance = Random(seed)
    for number in range(customers):
        first = START + timedelta(days=chance.randrange(84))
        weeks = purchase_days(chance, **SHOP, age=(END - first).days / 7)
        for day in {first, *(first + timedelta(days=math.ceil(7 * week)) for week in weeks)}:
            yield f"C{number}", day, Money(10, "EUR")


def split(seed=1, customers=1500):
    return holdout_history(orders(seed, customers), calibration_end=CUT, as_of=END, unit="week")


HOLDOUT = split()
MODEL = fit_bg_nbd(HOLDOUT.calibration)


def test_the_purchases_over_time_add_up_to_those_of_the_customers():
    found = purchase_tracking(MODEL, HOLDOUT)
    assert [point.end for point in found.points[:2]] == [
        START + timedelta(days=6),
        START + timedelta(days=13),
    ]
    last = found.points[-1]
    assert last.end <= END < last.end + timedelta(days=7)
    assert last.purchases_so_far == sum(point.purchases for point in found.points)
    assert last.purchases_so_far == sum(n for day, n in HOLDOUT.repeat_days.items() if day <= last.end)
    assert last.expected_so_far == pytest.approx(math.fsum(point.expected for point in found.points))
    wanted = sum(n * MODEL.expected_purchases(last.end - day) for day, n in HOLDOUT.first_days.items())
    assert last.expected_so_far == pytest.approx(wanted)
    held = [point.in_holdout for point in found.points]
    assert held == sorted(held)
    assert abs(found.holdout_error) < 0.12
    assert found.to_rows()[0]["end"] == "2024-01-07"
    monthly = purchase_tracking(MODEL, HOLDOUT, every="month")
    assert monthly.points[0].end == START + timedelta(days=29)


@pytest.mark.parametrize("every", ["day", "week", "month", "year"])
def test_no_step_lies_on_both_sides_of_the_cut(every):
    """What the model was fitted to says nothing of how well it foresees: the holdout begins after the cut and loses nothing but its last step."""
    found = purchase_tracking(MODEL, HOLDOUT, every=every)
    assert [point.end for point in found.points if not point.in_holdout][-1] == CUT
    held = [point for point in found.points if point.in_holdout]
    last = held[-1].end if held else CUT
    assert sum(point.purchases for point in held) == sum(
        n for day, n in HOLDOUT.repeat_days.items() if CUT < day <= last
    )
    wanted = sum(
        n * (MODEL.expected_purchases(last - day) - MODEL.expected_purchases(CUT - day))
        for day, n in HOLDOUT.first_days.items()
    )
    assert math.fsum(point.expected for point in held) == pytest.approx(wanted)
    ends = [START - timedelta(days=1), *(point.end for point in found.points)]
    assert ends == sorted(set(ends))
    if every == "day":
        assert sum(point.purchases for point in held) == sum(HOLDOUT.bought.values())
    if every == "year":
        assert found.undefined == "the holdout is shorter than one step"
        assert str(found) == "n/a: the holdout is shorter than one step"
        assert found.holdout_error is None
    else:
        assert found.undefined is None


def test_a_right_model_tracks_and_a_wrong_one_is_seen():
    """The same customers held against a model in which nobody ever leaves."""
    stays = BgNbd(r=0.6, alpha=6.0, a=0.01, b=10.0, unit="week")
    assert abs(purchase_tracking(TRUTH, HOLDOUT).holdout_error) < 0.1
    assert purchase_tracking(stays, HOLDOUT).holdout_error > 1
    assert (
        repeat_calibration(stays, HOLDOUT.calibration).misplaced
        > 3 * repeat_calibration(TRUTH, HOLDOUT.calibration).misplaced
    )


def test_who_bought_often_is_expected_to_go_on():
    found = conditional_expectations(MODEL, HOLDOUT)
    assert [row.repeats for row in found.rows] == [*range(8)]
    assert sum(row.customers for row in found.rows) == len(HOLDOUT.calibration.rows)
    expected = [row.expected for row in found.rows]
    assert expected == sorted(expected)
    made = sum(row.customers * row.actual for row in found.rows)
    assert round(made) == sum(HOLDOUT.bought.values())
    hoped = math.fsum(row.customers * row.expected for row in found.rows)
    assert hoped == pytest.approx(made, rel=0.15)
    assert (
        str(found) == f"{hoped:,.1f} purchases expected in the 273 days of the holdout, {round(made):,} made"
    )
    two = conditional_expectations(MODEL, HOLDOUT, most=1)
    assert [row.repeats for row in two.rows] == [0, 1]


def test_as_many_come_back_so_often_as_the_model_says():
    found = repeat_calibration(MODEL, HOLDOUT.calibration)
    assert math.fsum(row.expected for row in found.rows) == pytest.approx(1500)
    assert sum(row.customers for row in found.rows) == 1500
    assert found.misplaced < 0.03
    apart = sum(abs(row.customers - row.expected) for row in found.rows) / 2 / 1500
    assert found.misplaced == pytest.approx(apart)
    assert found.to_rows()[2] == {
        "repeats": 2,
        "customers": found.rows[2].customers,
        "expected": found.rows[2].expected,
    }
    assert str(found) == f"{apart:.1%} of 1,500 customers misplaced by the model"


def test_values_that_rise_with_the_repeats_are_seen():
    def history(slope):
        chance = Random(4)
        rows = []
        for n in range(400):
            x = 1 + int(chance.expovariate(0.4))
            rows.append((n, x, x, 30, Money(20 + int(chance.gammavariate(2, 5)) + slope * x, "EUR")))
        rows += [("once", 0, 0, 30), ("free", 3, 6, 30, Money(0, "EUR"))]
        return history_from_summary(rows, unit="week")

    alone, rising = value_independence(history(0)), value_independence(history(6))
    assert alone.interval.low < 0 < alone.interval.high
    assert rising.interval.low > 0.5
    assert (alone.customers, alone.undefined) == (400, None)
    assert [row.repeats for row in rising.rows] == [*range(1, 8)]
    assert sum(row.customers for row in rising.rows) == 400
    assert rising.to_rows()[0]["currency"] == "EUR"
    assert str(rising).startswith(f"correlation {rising.correlation:.2f} (")


def test_the_correlation_is_that_of_the_textbook():
    """Four pairs by hand: x 1 2 3 4, y 2 1 4 3: the correlation is 0.6."""
    rows = [
        (n, x, x, 30, Money(y, "EUR"))
        for n, (x, y) in enumerate(zip((1, 2, 3, 4), (2, 1, 4, 3), strict=True))
    ]
    found = value_independence(history_from_summary(rows, unit="week"))
    assert found.correlation == pytest.approx(0.6)
    spread = 1.959963984540054
    assert found.interval == pytest.approx(
        (math.tanh(math.atanh(0.6) - spread), math.tanh(math.atanh(0.6) + spread))
    )
    straight = [(n, x, x, 30, Money(10 * x, "EUR")) for n, x in enumerate((1, 2, 3, 4, 5))]
    perfect = value_independence(history_from_summary(straight, unit="week"))
    assert perfect.correlation == pytest.approx(1)
    assert str(perfect).startswith("correlation 1.00")


@pytest.mark.parametrize(
    "means",
    [[], [(1, 5), (2, 6), (3, 7)], [(1, 5), (2, 5), (3, 5), (4, 5)], [(2, 5), (2, 6), (2, 7), (2, 8)]],
)
def test_no_correlation_says_why(means):
    rows = [(n, x, x, 30, Money(mean, "EUR")) for n, (x, mean) in enumerate(means)]
    found = value_independence(history_from_summary(rows, unit="week"))
    assert (found.correlation, found.interval) == (None, None)
    assert (
        found.undefined
        == f"no correlation of {len(means)} customers: at least four are needed, who differ in both"
    )
    assert str(found) == f"n/a: {found.undefined}"


def test_nobody_has_nothing_to_check():
    empty = holdout_history([], calibration_end=CUT, as_of=END, unit="week")
    tracking, table = purchase_tracking(TRUTH, empty), repeat_calibration(TRUTH, empty.calibration)
    assert (tracking.points, tracking.holdout_error) == ((), None)
    assert str(tracking) == "n/a: no customers of the calibration"
    assert conditional_expectations(TRUTH, empty).undefined == "no customers of the calibration"
    assert str(table) == "n/a: no customers"
    assert table.misplaced is None
    once = holdout_history([("ann", CUT, Money(1, "EUR"))], calibration_end=CUT, as_of=END, unit="week")
    assert purchase_tracking(TRUTH, once).holdout_error is None
    assert ", " not in str(purchase_tracking(TRUTH, once))


def test_checks_can_be_kept_and_shown():
    results = (
        purchase_tracking(MODEL, HOLDOUT),
        conditional_expectations(MODEL, HOLDOUT),
        repeat_calibration(MODEL, HOLDOUT.calibration),
        value_independence(HOLDOUT.calibration),
    )
    for one in results:
        assert pickle.loads(pickle.dumps(one)) == one
        assert "<table>" in one._repr_html_()
        assert "\n" not in repr(one)


def test_wrong_calls_say_what_would_do():
    with pytest.raises(PeriodError, match="there is no unit of time 'quarter'"):
        purchase_tracking(MODEL, HOLDOUT, every="quarter")
    for check in (
        lambda: conditional_expectations(MODEL, HOLDOUT, most=0),
        lambda: repeat_calibration(MODEL, shop(1, 5, **SHOP), most=0),
        lambda: value_independence(shop(1, 5, **SHOP), most=0),
    ):
        with pytest.raises(ValueError, match="most must be a whole number, 1 or more, got 0"):
            check()
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        value_independence(shop(1, 5, **SHOP), confidence=95)
