"""How well a score predicted: by every pair of a won and a lost lead, and by band."""

import csv
import math
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, Rate
from salesproc.qualification import Bands, grade_calibration, score_calibration

BANDS = Bands(("hot", "warm", "cold"), cuts=(60, 30))
ROWS = st.lists(st.tuples(st.integers(0, 100), st.sampled_from([True, False, None])), max_size=40)
GRADED = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from([True, False, None])), max_size=40)


@given(ROWS)
def test_the_share_of_pairs_is_counted_over_all_pairs(rows):
    """By brute force: every won lead against every lost one."""
    found = score_calibration(rows, bands=BANDS)
    pairs = [(a, b) for a, won in rows if won for b, lost in rows if lost is False]
    assert (found.right, found.tied) == (sum(a > b for a, b in pairs), sum(a == b for a, b in pairs))
    assert found.pairs == len(pairs)
    if pairs:
        assert found.ranked_right == Fraction(sum(2 * (a > b) + (a == b) for a, b in pairs), 2 * len(pairs))
    else:
        assert found.ranked_right is None


@given(ROWS)
def test_everybody_is_in_one_band_and_open_ones_in_no_rate(rows):
    found = score_calibration(rows, bands=BANDS)
    for band in found.bands:
        within = [won for score, won in rows if BANDS.of(score) == band.label]
        assert band.rate == Rate(within.count(True), within.count(True) + within.count(False))
        assert band.open == within.count(None)
    assert (found.rate.trials + found.open, found.open) == (len(rows), sum(won is None for _, won in rows))


@given(ROWS)
def test_turning_the_outcomes_round_turns_the_share_round(rows):
    found = score_calibration(rows, bands=BANDS)
    turned = score_calibration(
        [(score, None if won is None else not won) for score, won in rows], bands=BANDS
    )
    if found.pairs:
        assert found.ranked_right + turned.ranked_right == 1


@given(GRADED)
def test_grades_are_scores_in_their_order(rows):
    found = grade_calibration(rows, grades=["A", "B", "C", "D"])
    as_points = score_calibration(
        [({"A": 4, "B": 3, "C": 2, "D": 1}[grade], won) for grade, won in rows],
        bands=Bands(tuple("ABCD"), (4, 3, 2)),
    )
    assert found == as_points


@given(ROWS)
def test_rising_means_no_band_below_did_better(rows):
    found = score_calibration(rows, bands=BANDS)
    rates = [band.rate.exact for band in found.bands if band.rate.trials]
    if len(rates) < 2:
        assert found.rising is None
    else:
        assert found.rising == (rates == sorted(rates, reverse=True)) == (found.inversions == ())


@given(ROWS, st.sampled_from([0.5, 0.9, 0.99]))
def test_the_interval_holds_the_share_and_grows_with_confidence(rows, confidence):
    found = score_calibration(rows, bands=BANDS)
    ends = found.interval(confidence)
    if found.ranked_right in {None, 0, 1}:
        assert ends is None
        return
    assert 0 <= ends.low < found.ranked_right < ends.high <= 1
    wider = found.interval(0.999)
    assert wider.low <= ends.low
    assert wider.high >= ends.high


def read(ratings):
    """Rows of the images in each of five ratings."""
    return [
        (rating, abnormal)
        for abnormal, counts in ratings.items()
        for rating, count in enumerate(counts, 1)
        for _ in range(count)
    ]


IMAGES = read({False: (33, 6, 6, 11, 2), True: (3, 2, 2, 11, 33)})


def test_the_example_of_hanley_and_mcneil():
    """58 normal and 51 abnormal images in five ratings: area 0.893, standard error about 0.032."""
    found = score_calibration(IMAGES, bands=Bands(("abnormal", "normal"), [4]))
    assert found.pairs == 58 * 51
    assert round(float(found.ranked_right), 3) == 0.893
    ends = found.interval()
    error = (float(found.ranked_right) - ends.low) / 1.959964
    assert error == pytest.approx(0.032, abs=0.001)
    assert ends.high == pytest.approx(float(found.ranked_right) + 1.959964 * error)


def test_the_standard_error_by_its_formula():
    """Three won, three lost, one of nine pairs wrong: A = 8/9, Q1 = A/(2 - A) = 4/5, Q2 = 2 A^2/(1 + A) = 128/153."""
    rows = [(80, True), (75, True), (70, False), (40, True), (30, False), (20, False)]
    found = score_calibration(rows, bands=BANDS)
    assert found.ranked_right == Fraction(8, 9)
    variance = (8 / 81 + 2 * (4 / 5 - 64 / 81) + 2 * (128 / 153 - 64 / 81)) / 9
    assert found.interval().low == pytest.approx(8 / 9 - 1.959964 * math.sqrt(variance), abs=1e-6)
    assert found.interval().high == 1.0


@pytest.mark.parametrize("rows", [IMAGES, [(5, True), (5, False), (1, False), (9, True), (2, True)]])
def test_it_is_the_statistic_of_mann_and_whitney(rows):
    stats = pytest.importorskip("scipy.stats")
    won, lost = ([score for score, outcome in rows if outcome is side] for side in (True, False))
    found = score_calibration(rows, bands=BANDS)
    u = stats.mannwhitneyu(won, lost, method="asymptotic").statistic
    assert float(found.ranked_right) == pytest.approx(u / (len(won) * len(lost)))


def test_the_size_of_the_account_says_nothing_on_real_deals(request):
    """6711 closed deals of a sample CRM, by the number of employees of the account: no better than a coin."""
    folder = request.getfixturevalue("real_data") / "maven_crm_sales"
    if not folder.is_dir():
        pytest.skip("needs the CRM sample in the folder that SALESPROC_DATA names")
    stats = pytest.importorskip("scipy.stats")
    with (folder / "accounts.csv").open(encoding="utf-8") as file:
        employees = {row["account"]: int(row["employees"]) for row in csv.DictReader(file)}
    with (folder / "sales_pipeline.csv").open(encoding="utf-8") as file:
        deals = [
            (row["account"], {"Won": True, "Lost": False}.get(row["deal_stage"]))
            for row in csv.DictReader(file)
        ]
    rows = [(employees[account], won) for account, won in deals if account]
    found = score_calibration(rows, bands=Bands(("large", "small"), [3000]))
    assert found.rate == Rate(4238, 6711)
    won, lost = ([size for size, outcome in rows if outcome is side] for side in (True, False))
    u = stats.mannwhitneyu(won, lost, method="asymptotic")
    assert float(found.ranked_right) == pytest.approx(u.statistic / found.pairs)
    assert (found.interval().low < 0.5 < found.interval().high) == (u.pvalue > 0.05)
    assert found.interval().low < 0.5 < found.interval().high


def test_scores_of_any_kind_of_number():
    rows = [(Decimal("0.1"), True, "L-1"), (0.1, False, "L-2"), (Fraction(1, 10), None, "L-3")]
    assert score_calibration(rows, bands=BANDS).tied == 1


def test_the_result_shows_itself():
    rows = [("A", True), ("A", False), ("B", True), ("B", True), ("C", False), ("C", None), ("C", False)]
    found = grade_calibration(rows, grades=["A", "B", "C", "<D>"])
    assert found.inversions == (("A", "B"),)
    assert (found.rising, found.open) == (False, 1)
    low, high = found.interval()
    assert str(found) == (
        f"pairs ranked rightly: 72.2% of 9, {low:.1%} to {high:.1%}; out of order: A below B\n"
        "A: 50.0% (1 of 2), 0 open\n"
        "B: 100.0% (2 of 2), 0 open\n"
        "C: 0.0% (0 of 2), 1 open\n"
        "<D>: n/a (0 of 0), 0 open"
    )
    assert repr(found).startswith("<Calibration: pairs ranked rightly: 72.2% of 9")
    row = found.to_rows()[0]
    assert (row["band"], row["hits"], row["trials"], row["value"], row["open"]) == ("A", 1, 2, 0.5, 0)
    page = found._repr_html_()
    assert "<td>&lt;D&gt;</td><td>0</td><td>0</td><td>n/a</td>" in page
    assert "<td>0.5</td>" in page
    assert pickle.loads(pickle.dumps(found)) == found


def test_without_pairs_there_is_no_share():
    found = score_calibration([(50, True), (10, None)], bands=BANDS)
    assert (found.ranked_right, found.interval(), found.rising) == (None, None, None)
    assert found.undefined == "no pairs: both won and lost leads are needed"
    assert (
        repr(found)
        == "<Calibration: pairs ranked rightly: n/a (no pairs: both won and lost leads are needed)>"
    )


def test_without_a_fault_there_is_no_interval():
    """The formula would say that it is certain, from two leads."""
    found = score_calibration([(50, True), (10, False)], bands=BANDS)
    assert (found.ranked_right, found.interval(), found.undefined, found.rising) == (1, None, None, True)
    assert repr(found) == "<Calibration: pairs ranked rightly: 100.0% of 1>"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: score_calibration([(50, True), 7], bands=BANDS),
            LogError,
            "row 2 is no row of score, won: 7",
        ),
        (
            lambda: score_calibration([(50, 1)], bands=BANDS),
            LogError,
            "row 1: won is True, False or None while open, got 1",
        ),
        (
            lambda: score_calibration([("50", True)], bands=BANDS),
            LogError,
            "row 1: a score must be a number, got '50'",
        ),
        (
            lambda: score_calibration([(math.inf, True)], bands=BANDS),
            LogError,
            "row 1: a score must be finite, got inf",
        ),
        (
            lambda: grade_calibration([("E", True)], grades=["A", "B"]),
            LogError,
            "row 1 has grade 'E'; known: 'A', 'B'",
        ),
        (
            lambda: grade_calibration([], grades=["A", "A"]),
            ValueError,
            "grades are different names, the best first, got ['A', 'A']",
        ),
        (
            lambda: grade_calibration([], grades=[]),
            ValueError,
            "grades are different names, the best first, got []",
        ),
        (
            lambda: score_calibration(IMAGES, bands=BANDS).interval(95),
            ValueError,
            "confidence must lie between 0 and 1, for example 0.95, got 95",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
