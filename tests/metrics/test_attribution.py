"""Attribution: every sale is shared out exactly, whatever the rule."""

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, LogError, Money, NaiveTimeError, UnknownName
from salesproc.metrics import Conversion, Touch, attribute, finish_attribution, reduce_attribution

MODELS = ["first", "last", "last_non_direct", "linear", "position", "time_decay"]
JAN = [date(2025, 1, day) for day in range(1, 32)]
EUR = st.integers(0, 100_000).map(lambda cents: Money(Decimal(cents) / 100, "EUR"))
PEOPLE = st.sampled_from("ABC")
TOUCHES = st.lists(
    st.builds(Touch, PEOPLE, st.sampled_from(["ad", "direct", "mail", "search"]), st.sampled_from(JAN)),
    max_size=12,
)
SALES = st.lists(st.builds(Conversion, PEOPLE, st.sampled_from(JAN), EUR), max_size=5)
RULES = st.sampled_from(MODELS)
PATH = [
    Touch("A", "ad", JAN[0]),
    Touch("A", "mail", JAN[7]),
    Touch("A", "search", JAN[14]),
    Touch("A", "direct", JAN[21]),
]
SALE = [Conversion("A", JAN[21], Money("100.00", "EUR"))]


def credits_of(model, touches=PATH, sales=SALE, **options):
    rows = attribute(touches, sales, model=model, **options).channels
    return {row.channel: row.conversions for row in rows}


@given(TOUCHES, SALES, RULES)
def test_the_parts_add_up_to_the_sales_to_the_cent(touches, sales, model):
    """No cent is lost and none is made up, whatever the rule."""
    result = attribute(touches, sales, model=model)
    assert sum(row.conversions for row in result.channels) == len(sales)
    assert sum(row.value.amount for row in result.channels) == sum(sale.value.amount for sale in sales)
    assert all(row.conversions > 0 and row.value.amount >= 0 for row in result.channels)
    assert (result.total is None) is (not sales)
    assert result.undefined == (None if sales else "no sale to share out")


@given(TOUCHES, SALES, RULES)
def test_credits_of_parts_add_up_to_those_of_the_whole(touches, sales, model):
    """Two regions can be counted apart and added."""
    parts = [
        reduce_attribution(
            [t for t in touches if t.entity in who], [s for s in sales if s.entity in who], model=model
        )
        for who in ("A", "BC")
    ]
    assert (
        finish_attribution(parts[0] + parts[1]).to_rows() == attribute(touches, sales, model=model).to_rows()
    )
    whole = reduce_attribution(touches, sales, model=model)
    assert parts[0] + parts[1] == whole


@given(TOUCHES, SALES, RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(touches, sales, model, rng):
    shuffled = list(touches)
    rng.shuffle(shuffled)
    assert attribute(shuffled, iter(sales), model=model) == attribute(iter(touches), sales, model=model)


@given(TOUCHES, SALES, RULES)
def test_every_touch_is_used_or_counted_as_left_out(touches, sales, model):
    counts = attribute(touches, sales, model=model, lookback=timedelta(days=5)).counts
    used = sum(
        any(s.entity == t.entity and timedelta(0) <= s.at - t.at <= timedelta(days=5) for s in sales)
        for t in touches
    )
    assert used + counts.late + counts.old + counts.unconverted == len(touches)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", {"ad": 1}),
        ("last", {"direct": 1}),
        ("last_non_direct", {"search": 1}),
        ("linear", {"ad": Fraction(1, 4), "mail": Fraction(1, 4), "search": Fraction(1, 4), "direct": Fraction(1, 4)}),
        ("position", {"ad": Fraction(2, 5), "mail": Fraction(1, 10), "search": Fraction(1, 10), "direct": Fraction(2, 5)}),
        # Seven days apart, half the weight each: 1, 2, 4, 8 of 15.
        ("time_decay", {"ad": Fraction(1, 15), "mail": Fraction(2, 15), "search": Fraction(4, 15), "direct": Fraction(8, 15)}),
    ],
)  # fmt: skip
def test_each_rule_on_one_path_worked_by_hand(model, expected):
    assert credits_of(model) == expected


def test_two_touches_by_position_are_half_and_half_and_one_gets_all():
    assert credits_of("position", PATH[:2]) == {"ad": Fraction(1, 2), "mail": Fraction(1, 2)}
    assert credits_of("position", PATH[:1]) == {"ad": 1}
    middle = (Decimal(0), Decimal(0))
    assert credits_of("position", PATH[:3], ends=middle) == {"mail": 1}
    assert credits_of("position", PATH[:2], ends=middle) == {"ad": Fraction(1, 2), "mail": Fraction(1, 2)}


def test_direct_gets_the_sale_where_nothing_else_touched():
    assert credits_of("last_non_direct", [PATH[3]]) == {"direct": 1}
    assert credits_of("last_non_direct", direct="search") == {"direct": 1}


def test_cents_go_to_the_largest_remainders():
    result = attribute(PATH[:3], [Conversion("A", JAN[21], Money("0.02", "EUR"))], model="linear")
    assert sorted(row.value.amount for row in result.channels) == [0, Decimal("0.01"), Decimal("0.01")]


def test_a_sale_without_touches_is_shown_and_touches_left_out_are_counted():
    sales = [*SALE, Conversion("B", JAN[3], Money(7, "EUR"))]
    touches = [*PATH, Touch("A", "late", JAN[30]), Touch("C", "mail", JAN[1])]
    result = attribute(touches, sales, model="linear", lookback=timedelta(days=14))
    assert result[None].value == Money(7, "EUR")
    assert (result.counts.late, result.counts.old, result.counts.unconverted) == (1, 1, 1)
    assert result.counts.conversions == 2
    assert (
        str(result).splitlines()[-1]
        == "linear; left out: 1 touches too late, 1 too old, 1 of people without a sale"
    )
    assert "(none)" in str(result)


def test_a_person_with_two_sales_has_each_shared_among_what_came_before():
    sales = [Conversion("A", JAN[0], Money(1, "EUR")), Conversion("A", JAN[7], Money(2, "EUR"))]
    assert credits_of("last", PATH, sales) == {"ad": 1, "mail": 1}


def test_results_are_values_with_a_table():
    result = attribute([Touch("A", "<b>", JAN[0])], SALE, model="first")
    assert repr(result) == "<Attribution by first: 1 sales, 1 channels>"
    assert result.to_rows() == [{"channel": "<b>", "conversions": 1.0, "value": "100.00", "currency": "EUR"}]
    assert "&lt;b&gt;" in result._repr_html_()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
    with pytest.raises(UnknownName, match="did you mean"):
        result["<c>"]


def test_aware_times_are_compared_as_instants():
    noon = datetime(2025, 1, 1, 12, tzinfo=UTC)
    assert credits_of("last", [("A", "ad", noon)], [("A", noon, Money(1, "EUR"))]) == {"ad": 1}


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: attribute(PATH, SALE, model="middle"), ValueError, "no model 'middle'"),
        (
            lambda: attribute(PATH, SALE, model="position", ends=(Decimal(40), Decimal(40))),
            ValueError,
            "two shares",
        ),
        (lambda: attribute(PATH, SALE, model="time_decay", half_life=timedelta(0)), ValueError, "half_life"),
        (lambda: attribute([("A", "ad")], SALE, model="last"), LogError, "touch 1 begins with"),
        (lambda: attribute(PATH, [("A", JAN[3], 5)], model="last"), LogError, "conversion 1 has the value 5"),
        (
            lambda: attribute(PATH, [("A", datetime(2025, 1, 1), Money(1, "EUR"))], model="last"),
            NaiveTimeError,
            "conversion 1",
        ),
        (
            lambda: attribute(PATH, [*SALE, ("A", JAN[30], Money(1, "USD"))], model="last"),
            CurrencyMismatch,
            "EUR",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()


def test_credits_by_two_rules_do_not_add_up():
    one, other = (reduce_attribution(PATH, SALE, model=model) for model in ("first", "last"))
    with pytest.raises(ValueError, match="use one model"):
        one + other
    with pytest.raises(TypeError):
        one + 1
