"""Money: exact sums, parts that add up, and no quiet rounding."""

import copy
import decimal
import operator
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesproc._currencies import MINOR_DIGITS
from salesproc.errors import CurrencyMismatch, MoneyError
from salesproc.money import Money, total

CODES = sorted(MINOR_DIGITS)
codes = st.sampled_from(CODES)
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
weights = st.one_of(
    st.integers(0, 10**6), st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=3)
)
positive_weights = st.lists(weights, min_size=1, max_size=12).filter(any)
ROUNDINGS = [
    "ROUND_CEILING",
    "ROUND_FLOOR",
    "ROUND_UP",
    "ROUND_DOWN",
    "ROUND_HALF_EVEN",
    "ROUND_HALF_UP",
    "ROUND_HALF_DOWN",
    "ROUND_05UP",
]


def round_fraction(value: Fraction, rounding: str) -> int:
    """Rounding to a whole number, straight from the definitions of the modes, on exact fractions."""
    floor, sign = value.numerator // value.denominator, -1 if value < 0 else 1
    down, rest = sign * (abs(value) // 1), abs(value) % 1
    up = down + sign if rest else down
    half = Fraction(1, 2)
    return {
        "ROUND_CEILING": floor + bool(rest),
        "ROUND_FLOOR": floor,
        "ROUND_UP": up,
        "ROUND_DOWN": down,
        "ROUND_HALF_EVEN": round(value),
        "ROUND_HALF_UP": up if rest >= half else down,
        "ROUND_HALF_DOWN": up if rest > half else down,
        "ROUND_05UP": up if rest and down % 5 == 0 else down,
    }[rounding]


# --- laws -----------------------------------------------------------------------------------------------


@given(amounts, amounts, amounts, codes)
def test_sums_are_exact_whatever_the_order(a, b, c, code):
    """No cent is lost, however large or small the amounts."""
    x, y, z = Money(a, code), Money(b, code), Money(c, code)
    assert (x + y) + z == x + (y + z) == (z + x) + y
    assert Fraction((x + y - z).amount) == Fraction(a) + Fraction(b) - Fraction(c)


@given(amounts, st.one_of(amounts, st.integers()), codes)
def test_products_are_exact_from_both_sides(amount, factor, code):
    """Price times quantity is what it is on paper."""
    product = Money(amount, code) * factor
    assert product == factor * Money(amount, code)
    assert Fraction(product.amount) == Fraction(amount) * Fraction(factor)


@given(amounts, amounts.filter(bool), codes)
def test_a_ratio_of_two_amounts_is_an_exact_fraction(a, b, code):
    """Money divided by money is a pure number."""
    assert Money(a, code) / Money(b, code) == Fraction(a) / Fraction(b)


@given(amounts, amounts, codes)
def test_order_and_equality_follow_the_amounts(a, b, code):
    """More is more."""
    x, y = Money(a, code), Money(b, code)
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)


@given(amounts, codes, positive_weights)
def test_an_allocation_adds_up_and_each_part_is_within_one_unit_of_its_due(amount, code, weights):
    """Shared commissions add up to the commission."""
    whole = Money(amount, code)
    parts = whole.allocate(weights)
    unit = Fraction(10) ** min(Decimal(amount).as_tuple().exponent, -MINOR_DIGITS[code])
    due = [Fraction(amount) * Fraction(weight) / sum(map(Fraction, weights)) for weight in weights]
    assert len(parts) == len(weights)
    assert total(parts) == whole
    for part, share, weight in zip(parts, due, weights, strict=True):
        assert abs(Fraction(part.amount) - share) < unit
        assert Fraction(part.amount) % unit == 0
        assert weight or not part
    # Largest remainder: whoever got the extra unit was owed at least as much of it as whoever did not.
    owed = [
        (abs(share) % unit, abs(Fraction(part.amount)) > abs(share))
        for part, share in zip(parts, due, strict=True)
    ]
    assert min((rest for rest, extra in owed if extra), default=unit) >= max(
        (rest for rest, extra in owed if not extra), default=Fraction(0)
    )


@given(amounts, codes, st.integers(1, 40))
def test_a_split_adds_up_and_its_parts_differ_by_one_unit_at_most(amount, code, n):
    """Instalments are as equal as the coins allow."""
    parts = Money(amount, code).split(n)
    unit = Decimal((0, (1,), min(Decimal(amount).as_tuple().exponent, -MINOR_DIGITS[code])))
    assert total(parts) == Money(amount, code)
    assert (max(parts) - min(parts)).amount <= unit
    assert list(map(abs, parts)) == sorted(map(abs, parts), reverse=True)


@given(
    amounts, st.one_of(st.integers(), amounts).filter(bool), st.integers(-3, 8), st.sampled_from(ROUNDINGS)
)
def test_a_division_is_rounded_once(amount, divisor, places, rounding):
    """The rounded part is the exact part rounded, never a rounding of a rounding."""
    part = Money(amount, "EUR").divided_by(divisor, places=places, rounding=rounding)
    exact = Fraction(amount) / Fraction(divisor)
    assert (
        Fraction(part.amount)
        == round_fraction(exact * Fraction(10) ** places, rounding) / Fraction(10) ** places
    )


@given(amounts, codes, st.none() | st.integers(-6, 8), st.sampled_from(ROUNDINGS))
def test_rounding_keeps_that_many_places(amount, code, places, rounding):
    """An invoice shows whole cents; yen have none."""
    kept = MINOR_DIGITS[code] if places is None else places
    got = Money(amount, code).rounded(places, rounding=rounding)
    assert (
        Fraction(got.amount)
        == round_fraction(Fraction(amount) * Fraction(10) ** kept, rounding) / Fraction(10) ** kept
    )
    assert got.amount.as_tuple().exponent == -kept


@settings(max_examples=40)
@given(st.lists(st.tuples(amounts, st.sampled_from(["USD", "EUR", "JPY"])), max_size=8), st.randoms())
def test_a_total_with_rates_is_the_sum_of_the_conversions(rows, random):
    """Regions that sell in other currencies add up at the rates given, in any order."""
    rates = {"EUR": Decimal("1.0837"), "JPY": Decimal("0.006521")}
    monies = [Money(*row) for row in rows]
    shuffled = random.sample(monies, len(monies))
    expected = sum(Fraction(amount) * Fraction(rates.get(code, 1)) for amount, code in rows)
    assert Fraction(total(iter(shuffled), currency="USD", rates=rates).amount) == expected
    assert total(monies, currency="USD", rates=rates) == total(shuffled, currency="USD", rates=rates)


@given(amounts, amounts.filter(bool), codes)
def test_the_decimal_context_of_the_program_changes_nothing(a, b, code):
    """Somebody else's decimal settings do not change a forecast."""

    def everything():
        x, y = Money(a, code), Money(b, code)
        return (
            *(repr(money) for money in (x + y, x - y, x * 7, -x, abs(x), x.rounded(), x.divided_by(b))),
            *(repr(part) for part in x.allocate([1, 2, Decimal("0.7")])),
            *(str(x), f"{x:,.0f}", f"{x:.3e}", x / y, x < y, x == y, hash(x)),
            repr(total([x, y])),
            repr(Money.from_float(12.345, code)),
        )

    plain = everything()
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_UP, capitals=0) as context:
        context.traps[decimal.FloatOperation] = True
        context.traps[decimal.Inexact] = True
        assert everything() == plain


@given(amounts, codes)
def test_text_loses_no_digit_and_the_repr_gives_the_money_back(amount, code):
    """What is printed is what there is."""
    money = Money(amount, code)
    number, shown = str(money).split(" ")
    assert (Decimal(number.replace(",", "")), shown) == (amount, code)
    assert len(number.partition(".")[2]) >= MINOR_DIGITS[code]
    again = eval(repr(money))  # noqa: S307 - the repr promises to be the way to write it
    assert again == money
    assert str(again.amount) == str(money.amount)


@given(amounts, codes)
def test_money_pickles_and_copies_by_value(amount, code):
    """Stored money comes back as it was."""
    money = Money(amount, code)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(money, protocol)) == money
    assert copy.copy(money) == copy.deepcopy(money) == money


# --- examples -------------------------------------------------------------------------------------------


def test_the_same_value_is_equal_and_hashes_alike_however_it_was_written():
    """One dollar is one dollar."""
    assert Money("1.0", "USD") == Money("1.00", "USD") == Money(1, "USD") == Money(Decimal(1), "USD")
    assert len({Money("1.0", "USD"), Money("1.00", "USD"), Money(1, "USD"), Money(1, "EUR")}) == 2


def test_two_currencies_are_never_equal():
    """A euro is no dollar, not even for nothing."""
    assert Money(1, "USD") != Money(1, "EUR")
    assert Money.zero("USD") != Money.zero("EUR")
    assert Money(1, "USD") != 1


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(12000, "USD"), "12,000.00 USD"),
        (Money("12000.5", "JPY"), "12,000.5 JPY"),
        (Money("1234567.1234", "EUR"), "1,234,567.1234 EUR"),
        (Money("-0.5", "KWD"), "-0.500 KWD"),
        (Money("1E+6", "JPY"), "1,000,000 JPY"),
        (Money("-0.0", "EUR"), "0.00 EUR"),
    ],
)
def test_money_prints_as_an_invoice_does(money, text):
    """Thousands grouped, at least the cents, then the code."""
    assert str(money) == f"{money}" == text


def test_a_number_format_applies_to_the_amount():
    """Reports show whole thousands, halves going to the even side."""
    assert f"{Money('12500.50', 'USD'):,.0f}" == "12,500 USD"
    assert f"{Money('12501.50', 'USD'):,.0f}" == "12,502 USD"
    assert f"{Money(5, 'USD'):>10,.2f}" == "      5.00 USD"


def test_a_negative_zero_is_zero():
    """Nothing owed is nothing, in print and in sums."""
    assert (
        repr(-Money(0, "USD"))
        == repr(Money("-0", "USD"))
        == repr(Money(0, "USD") * -3)
        == "Money('0', 'USD')"
    )
    assert not Money("0.00", "USD")
    assert Money("0.01", "USD")


def test_an_allocation_gives_hamiltons_house_of_1792():
    """The method's first use: 120 seats of the United States House by the apportionment bill vetoed in 1792.

    The populations of the 15 states and the seats of the bill, as Balinski and Young retell them in *Fair
    Representation* (1982). The method is the same for seats and for yen.
    """
    states = [
        236841,
        70835,
        55540,
        278514,
        68705,
        475327,
        141822,
        179570,
        331589,
        353523,
        432879,
        68446,
        206236,
        85533,
        630560,
    ]
    seats = Money(120, "JPY").allocate(states)
    assert [int(part.amount) for part in seats] == [8, 2, 2, 9, 2, 16, 5, 6, 11, 12, 14, 2, 7, 3, 21]


def test_an_amount_finer_than_the_minor_unit_is_cut_at_its_own_last_digit():
    """A price per click of a tenth of a cent can be shared too."""
    assert Money("0.005", "USD").allocate([1, 1]) == (Money("0.003", "USD"), Money("0.002", "USD"))


def test_huge_amounts_are_not_rounded():
    """Fifty digits stay fifty digits."""
    assert (Money(10**50, "VND") + Money(1, "VND")).amount == 10**50 + 1
    assert (Money(10**50 + 1, "VND") * (10**50 - 1)).amount == 10**100 - 1


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (2.675, None, "2.68"),
        (0.125, None, "0.12"),
        (0.1 + 0.2, None, "0.30"),
        (1234.5678, 3, "1234.568"),
        (7, None, "7.00"),
    ],
)
def test_a_float_is_read_as_it_prints_and_rounded_half_to_even(value, places, expected):
    """What the spreadsheet shows is what counts."""
    assert repr(Money.from_float(value, "USD", places=places)) == f"Money({expected!r}, 'USD')"


def test_a_conversion_is_an_exact_product():
    """Two hundred euros at 1.0837 are 216.74 dollars; dollars stay as they are."""
    rates = {"EUR": Decimal("1.0837")}
    assert Money(200, "EUR").to("USD", rates) == Money("216.74", "USD")
    assert Money(200, "USD").to("USD", {}) == Money(200, "USD")
    assert Money("0.01", "EUR").to("USD", rates).amount == Decimal("0.010837")


def test_the_total_of_nothing_has_the_currency_asked_for():
    """An empty pipeline is worth nothing in the currency of the report."""
    assert total([], currency="EUR") == Money.zero("EUR")
    assert total([], currency="EUR", rates={}) == Money.zero("EUR")
    assert total([Money(1, "EUR")], currency="EUR") == Money(1, "EUR")


def test_minor_digits_are_those_of_the_standard():
    """Yen have no cents, dinars have thousandths."""
    assert {
        code: MINOR_DIGITS[code] for code in ("EUR", "USD", "JPY", "KWD", "CLF", "SAR", "XTS", "XAU")
    } == {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4, "SAR": 2, "XTS": 2, "XAU": 2}
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_DIGITS)
    assert not {"DEM", "FRF", "HRK", "ZWL", "VEF"} & MINOR_DIGITS.keys()


# --- refusals -------------------------------------------------------------------------------------------


def test_a_float_is_refused_and_the_message_says_how_to_round_it():
    """0.1 + 0.2 is not 0.3, so nobody's float becomes money unasked."""
    with pytest.raises(MoneyError, match=r"got the float 0\.1.*Money\.from_float"):
        Money(0.1, "USD")


@pytest.mark.parametrize("amount", [True, None, b"1", Fraction(1, 2), 1j])
def test_only_whole_numbers_decimals_and_text_are_amounts(amount):
    """True is not one dollar."""
    with pytest.raises(MoneyError, match="an amount must be"):
        Money(amount, "USD")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", Decimal("sNaN"), Decimal("-inf"), "nan12"])
def test_what_is_not_finite_is_refused(amount):
    """There is no infinite deal."""
    with pytest.raises(MoneyError, match="an amount must be finite, got"):
        Money(amount, "USD")


@pytest.mark.parametrize("amount", ["", "12,000", "$5", "1.2.3"])
def test_unreadable_text_is_refused_with_how_to_write_it(amount):
    """The message shows what was read."""
    with pytest.raises(MoneyError, match=r"cannot be read from .* write it like '1234\.50'"):
        Money(amount, "USD")


@pytest.mark.parametrize("amount", ["1" * 1000, 10**1500, "1E+1000", Decimal("1E-3000")])
def test_more_digits_than_a_ledger_holds_are_refused(amount):
    """Refused, never rounded."""
    with pytest.raises(MoneyError, match="at most 999 digits"):
        Money(amount, "USD")


@pytest.mark.parametrize(
    "work",
    [
        lambda: Money("1E+900", "USD") + Money("1E-900", "USD"),
        lambda: Money("1E+900", "USD") - Money("1E-900", "USD"),
        lambda: Money("1E+900", "USD") * 10**900,
        lambda: Money("1E+900", "USD").allocate([1]) and Money("1E+998", "USD").allocate([1]),
        lambda: total([Money("1E+900", "USD"), Money("1E-900", "USD")]),
        lambda: Money(1, "USD").rounded(2000),
        lambda: Money(1, "USD").rounded(10**30),
        lambda: Money(1, "USD").divided_by(3, places=1500),
    ],
)
def test_a_result_that_would_have_to_be_rounded_is_an_error(work):
    """Better no number than a wrong one."""
    with pytest.raises(MoneyError, match="digits"):
        work()


def test_an_unknown_currency_gets_a_hint():
    """A typing slip shows the code that was meant."""
    with pytest.raises(MoneyError, match=r"got 'usd'; did you mean 'USD'"):
        Money(1, "usd")
    with pytest.raises(MoneyError, match="'EUR'"):
        Money(1, "EURO")
    with pytest.raises(MoneyError, match="got None"):
        Money(1, None)


@pytest.mark.parametrize(
    "work", [operator.add, operator.sub, operator.truediv, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_do_not_meet(work):
    """Euros and dollars do not add up."""
    with pytest.raises(CurrencyMismatch, match="EUR and USD do not mix; convert one first"):
        work(Money(1, "EUR"), Money(1, "USD"))


@pytest.mark.parametrize(
    "work", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
@pytest.mark.parametrize("other", [0, 1.5, Decimal(1), "1", None])
def test_money_and_numbers_do_not_mix(work, other):
    """Plus 5 of what?"""
    with pytest.raises(TypeError):
        work(Money(1, "EUR"), other)
    with pytest.raises(TypeError):
        work(other, Money(1, "EUR"))


@pytest.mark.parametrize("factor", [1.5, True, Fraction(1, 3), None, "2", Decimal("NaN"), Money(1, "EUR")])
def test_only_exact_numbers_multiply_money(factor):
    """A discount of 0.1 is written Decimal('0.1')."""
    with pytest.raises(MoneyError, match="a factor must be"):
        Money(1, "EUR") * factor


@pytest.mark.parametrize("divisor", [3, Decimal(3), 1.5, None])
def test_division_by_a_number_points_to_the_ways_that_say_how_they_round(divisor):
    """A third of 100 is not money until somebody rounds."""
    with pytest.raises(MoneyError, match=r"divided_by\(n\).*split\(n\).*allocate"):
        Money(100, "EUR") / divisor


def test_division_by_nothing_is_refused():
    """No ratio to zero, no part of zero parts."""
    with pytest.raises(MoneyError, match=r"ratio of 1\.00 EUR to 0\.00 EUR is undefined"):
        Money(1, "EUR") / Money.zero("EUR")
    with pytest.raises(MoneyError, match="cannot be divided by 0"):
        Money(1, "EUR").divided_by(0)
    with pytest.raises(MoneyError, match="a divisor must be"):
        Money(1, "EUR").divided_by(2.0)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [Decimal("-0.5"), 2]])
def test_weights_that_share_nothing_are_refused(weights):
    """Somebody has to get it."""
    with pytest.raises(MoneyError, match="weights must be 0 or more with a sum above 0"):
        Money(1, "EUR").allocate(weights)


@pytest.mark.parametrize("weight", [0.5, True, "1", Decimal("inf")])
def test_a_weight_is_exact(weight):
    """Half is Decimal('0.5')."""
    with pytest.raises(MoneyError, match="a weight must be"):
        Money(1, "EUR").allocate([weight])


@pytest.mark.parametrize("n", [0, -1, 2.0, True])
def test_a_split_is_into_a_whole_number_of_parts(n):
    """Nobody pays in half an instalment."""
    with pytest.raises(MoneyError, match="n must be a whole number above 0"):
        Money(1, "EUR").split(n)


def test_odd_rounding_is_refused():
    """The mode and the places have to exist."""
    with pytest.raises(MoneyError, match="did you mean 'ROUND_HALF_UP'"):
        Money(1, "EUR").rounded(rounding="HALF_UP")
    with pytest.raises(MoneyError, match=r"places must be a whole number, got 2\.0"):
        Money(1, "EUR").rounded(2.0)
    with pytest.raises(MoneyError, match="places must be a whole number, got True"):
        Money(1, "EUR").divided_by(3, places=True)


@pytest.mark.parametrize("spec", ["n", ".2n", ".1%", "d", "hello"])
def test_a_format_that_is_no_amount_is_refused(spec):
    """Nothing depends on the locale, and money has no percentage."""
    with pytest.raises(MoneyError, match="money has no format"):
        format(Money(1, "EUR"), spec)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_a_float_that_is_no_amount_is_refused(value):
    """Not a number is not money."""
    with pytest.raises(MoneyError, match="an amount must be"):
        Money.from_float(value, "EUR")


@pytest.mark.parametrize("value", ["1,5", None, 1j])
def test_what_is_no_float_is_not_read_as_one(value):
    """Text has its own way in, with every digit."""
    with pytest.raises(
        MoneyError, match=r"value must be a float, got .*; text goes to Money\(text, currency\)"
    ):
        Money.from_float(value, "EUR")


def test_a_rate_that_is_missing_or_odd_is_named():
    """The message says which rate."""
    with pytest.raises(MoneyError, match="no rate from EUR to USD; rates were given for: CHF, GBP"):
        Money(1, "EUR").to("USD", {"GBP": Decimal("1.3"), "CHF": Decimal("1.1")})
    with pytest.raises(MoneyError, match="no rate from EUR to USD; rates were given for: none"):
        total([Money(1, "EUR")], currency="USD", rates={})
    with pytest.raises(MoneyError, match="the rate from EUR to USD must be above 0, got 0"):
        Money(1, "EUR").to("USD", {"EUR": Decimal(0)})
    with pytest.raises(MoneyError, match="the rate from EUR to USD must be a whole number or a Decimal"):
        Money(1, "EUR").to("USD", {"EUR": 1.1})
    with pytest.raises(MoneyError, match="'USD'"):
        Money(1, "EUR").to("USDD", {"EUR": Decimal(1)})


def test_a_total_does_not_guess():
    """Two currencies need rates, rates need a target, nothing needs a currency."""
    mixed = [Money(1, "EUR"), Money(1, "USD")]
    with pytest.raises(CurrencyMismatch):
        total(mixed)
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "EUR")], currency="USD")
    with pytest.raises(MoneyError, match="rates need currency="):
        total(mixed, rates={"EUR": Decimal("1.1")})
    with pytest.raises(MoneyError, match="total of nothing has no currency"):
        total([])
    with pytest.raises(MoneyError, match="only Money adds up, got 5"):
        total([Money(1, "EUR"), 5])


def test_money_cannot_be_changed():
    """A quote that was given stays as it was given."""
    with pytest.raises(AttributeError):
        Money(1, "EUR").amount = Decimal(2)
