"""Recency, frequency, money: values, scores that ties share, segments that cover every score."""

import pickle
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.metrics import RFM_SEGMENTS, RfmCuts, RfmSegment, abc_classes, finish_rfm, reduce_orders, rfm

DAY = date(2025, 1, 6)
REVIEW = date(2025, 3, 1)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(0, 40).map(lambda n: DAY + timedelta(days=n)),
        st.integers(-3, 20).map(lambda n: Money(n, "EUR")),
    ),
    max_size=30,
)
SCORES = st.integers(2, 6)


def euros(n):
    return Money(n, "EUR")


@given(ROWS, SCORES, st.integers(0, 999))
def test_scores_do_not_depend_on_the_order_of_rows(rows, scores, seed):
    """Packages that split ties by row order give other customers the best score after a sort."""
    mixed = Random(seed).sample(rows, len(rows))
    assert rfm(rows, as_of=REVIEW, cuts=scores) == rfm(iter(mixed), as_of=REVIEW, cuts=scores)


@given(ROWS, SCORES)
def test_equal_values_share_a_score_and_better_ones_never_score_less(rows, scores):
    found = rfm(rows, as_of=REVIEW, cuts=scores).rows
    for one in found:
        for other in found:
            if one.recency_days <= other.recency_days:
                assert one.r >= other.r
            if one.frequency >= other.frequency:
                assert one.f >= other.f
            if one.money >= other.money:
                assert one.m >= other.m
        assert {1 <= score <= scores for score in (one.r, one.f, one.m)} == {True}


@given(ROWS, SCORES)
def test_the_cuts_are_the_quantiles_of_numpy(rows, scores):
    numpy = pytest.importorskip("numpy", reason="the cuts are compared with numpy")
    result = rfm(rows, as_of=REVIEW, cuts=scores)
    if not result.rows:
        return
    steps = [step / scores for step in range(1, scores)]
    for axis in ("recency_days", "frequency"):
        values = [getattr(row, axis) for row in result.rows]
        exact = [sorted(values)[-(-k * len(values) // scores) - 1] for k in range(1, scores)]
        assert list(getattr(result.cuts, axis)) == exact
        by_numpy = numpy.quantile(values, steps, method="inverted_cdf")
        # A step such as 3/5 is no float: at such a place numpy may round to the next value.
        off = [k for k, (mine, theirs) in enumerate(zip(exact, by_numpy, strict=True), 1) if mine != theirs]
        assert all(k * len(values) % scores == 0 for k in off)


@given(ROWS)
def test_every_customer_is_in_exactly_one_segment(rows):
    """Some defaults leave 18 of 64 scores without a name."""
    result = rfm(rows, as_of=REVIEW)
    segments = result.by_segment()
    assert [one.name for one in segments] == [one.name for one in RFM_SEGMENTS]
    assert sum(one.customers for one in segments) == len(result.rows)
    total = sum((row.money.amount for row in result.rows), Decimal(0))
    assert sum((one.money.amount for one in segments if one.money), Decimal(0)) == total


def test_own_cuts_score_each_customer_by_itself():
    rows = [("ann", DAY, euros(100)), ("bob", DAY + timedelta(days=40), euros(10)), ("bob", DAY, euros(5))]
    cuts = RfmCuts(recency_days=(20, 60), frequency=(1, 5), money=(10, 50))
    bob, ann = rfm(rows, as_of=REVIEW, cuts=cuts).rows
    assert (bob.customer, bob.recency_days, bob.r, bob.f, bob.m) == ("bob", 14, 3, 2, 2)
    assert (ann.recency_days, ann.r, ann.f, ann.m, ann.segment) == (54, 2, 1, 3, None)
    assert rfm(rows[:1], as_of=REVIEW, cuts=cuts).rows == (ann,)
    assert rfm([], as_of=REVIEW, cuts=cuts).cuts == cuts


def test_identical_customers_all_score_alike():
    rows = [(who, DAY, euros(5)) for who in "abcdef"]
    assert {(row.r, row.f, row.m) for row in rfm(rows, as_of=REVIEW).rows} == {(5, 1, 1)}


def test_who_only_got_money_back_has_no_score():
    result = rfm([("ann", DAY, euros(-5))], as_of=REVIEW)
    assert (result.rows, result.without_purchase) == ((), 1)
    assert result.undefined == "no purchases: nobody can be scored"
    assert result.cuts is None
    assert result.by_segment()[0].share is None
    assert rfm([], as_of=REVIEW).by_segment()[0].money is None
    assert "n/a" in str(rfm([], as_of=REVIEW))


def test_the_result_shows_itself():
    rows = [("ann", DAY, euros(5)), ("<b>", DAY, euros(7))]
    result = rfm(rows, as_of=REVIEW)
    assert repr(result) == "<Rfm of 2 customers to 2025-03-01>"
    assert "<b>" not in result._repr_html_()
    assert result.undefined is None
    assert str(result).startswith("segment          customers")
    assert "potential loyal          0    0.0%   0.00 EUR" in str(result)
    assert result.to_rows()[0] == {
        "customer": "<b>",
        "recency_days": 54,
        "frequency": 1,
        "money": "7",
        "currency": "EUR",
        "r": 5,
        "f": 1,
        "m": 3,
        "segment": "new",
    }
    assert pickle.loads(pickle.dumps(result)) == result


def test_segments_without_a_name_for_every_score_are_refused():
    one = RfmSegment("all", (1, 2), (1, 2))
    purchases = reduce_orders([("ann", DAY, euros(5))], as_of=REVIEW)
    result = finish_rfm(purchases, cuts=2, segments=[one])
    assert result.rows[0].segment == "all"
    assert finish_rfm(purchases, cuts=2).by_segment()[0].name == "(none)"
    with pytest.raises(ValueError, match="both 'all' and 'all'"):
        finish_rfm(purchases, cuts=2, segments=[one, one])
    with pytest.raises(ValueError, match="every pair of 3 scores and no other, look at r, f = .1, 3."):
        finish_rfm(purchases, cuts=3, segments=[one])
    with pytest.raises(ValueError, match="look at r, f = .1, 3."):
        finish_rfm(purchases, cuts=2, segments=[RfmSegment("all", (1, 2), (1, 3))])
    with pytest.raises(ValueError, match="at least 2 scores, got 1"):
        finish_rfm(purchases, cuts=1)
    with pytest.raises(ValueError, match="as many cuts as the others"):
        RfmCuts(recency_days=(1,), frequency=(), money=())


def test_customers_are_ranked_by_every_digit_of_their_money():
    """A cent in a sum of thirty digits still comes first."""
    whole = "1" + "0" * 30
    rows = [("ann", DAY, Money(whole, "EUR")), ("bob", DAY, Money(f"{whole}.01", "EUR"))]
    cuts = RfmCuts(recency_days=(1,), frequency=(1,), money=(10,))
    assert [row.customer for row in rfm(rows, as_of=REVIEW, cuts=cuts).rows] == ["bob", "ann"]
    assert [row.customer for row in abc_classes(rows, as_of=REVIEW).rows] == ["bob", "ann"]


def base(counts, gap=30, silent=0):
    """Customers who bought so many times at even gaps, the last time so many days ago."""
    return [
        (who, REVIEW - timedelta(days=silent + gap * step), euros(5))
        for who, count in enumerate(counts)
        for step in range(count)
    ]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=40), st.integers(0, 90))
def test_an_axis_hardly_separates_exactly_when_the_words_say_so(counts, silent):
    """Recency against the usual gap, frequency against the variance of chance."""
    found = rfm(base(counts, silent=silent), as_of=REVIEW).hardly_separating
    assert ("recency_days" in found) == (silent <= 30 and max(counts) > 1)
    assert ("frequency" in found) == (pvariance(counts) <= fmean(counts) + 1e-9)


def test_in_a_steady_base_the_names_are_doubted():
    """Everybody bought eleven to thirteen times, the last time within the month: a fifth is "at risk" all the same."""
    rows = [row for silent in range(25) for row in base([11, 12, 13], silent=silent)]
    rows = [(f"{who} {place // 36}", day, money) for place, (who, day, money) in enumerate(rows)]
    found = rfm(rows, as_of=REVIEW)
    assert {"at risk", "must not lose"} & {row.segment for row in found.rows}
    assert found.hardly_separating == ("recency_days", "frequency")
    told = "customers hardly differ in recency days, frequency: look at the cuts before the names, or give limits of your own"
    assert told in str(found).splitlines()


def test_limits_of_ones_own_are_not_doubted():
    limits = RfmCuts(recency_days=(31, 62, 92, 183), frequency=(1, 3, 6, 12), money=(1, 2, 3, 4))
    found = rfm(base([12, 12, 12]), as_of=REVIEW, cuts=limits)
    assert (found.hardly_separating, found.relative) == ((), False)
    assert {row.segment for row in found.rows} == {"champions"}
    assert rfm([], as_of=REVIEW).hardly_separating == ()


def test_a_base_of_many_kinds_is_parted_and_not_doubted():
    rows = base([1, 1, 2, 3, 5, 9, 20, 40], gap=5, silent=40)
    assert rfm(rows, as_of=REVIEW).hardly_separating == ()
