"""An order list read: every row is an order or a reject that says why, and no amount is ever guessed."""

import io
import pickle
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from numbers import Integral
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.adapters import ImportedOrder, Note, OrderImport, Reject, read_orders
from salesproc.errors import LogError, MoneyError, UnknownName
from salesproc.metrics import rfm

COLUMNS = {"customer": "who", "at": "day", "amount": "sum"}
AMOUNTS = st.decimals(-9_999_999, 9_999_999, places=2) | st.integers(-9_999_999, 9_999_999).map(Decimal)
SWAPPED = str.maketrans(",.", ".,")


def one(amount, **options):
    return read_orders([("ann", "2025-01-06", amount)], customer=0, at=1, amount=2, currency="EUR", **options)


def reason(amount, **options):
    [reject] = one(amount, **options).rejects
    return reject.reason


cells = st.sampled_from(["", " ", "7", "1,234", "2025-01-06", "06.01.2025", "(5.00)", "x", "9999-12-31"])


@given(st.lists(st.fixed_dictionaries({"who": cells, "day": cells, "sum": cells}), max_size=6))
def test_every_row_is_an_order_or_a_reject(rows):
    found = read_orders(rows, currency="EUR", **COLUMNS)
    places = [row.row for row in (*found.rows, *found.rejects)]
    assert sorted(places) == list(range(1, len(rows) + 1))
    assert found.read == len(rows)
    assert {note.row for note in found.notes} <= {row.row for row in found}


@given(AMOUNTS, st.sampled_from([",", " ", "\u00a0", "\u202f", "'", "’", ""]), st.booleans())
def test_an_amount_is_read_as_it_was_written_or_not_at_all(amount, group, comma):
    """However thousands are parted and whatever stands before the cents."""
    text = f"{amount:,}"
    text = text.translate(SWAPPED) if comma else text
    text = text.replace("." if comma else ",", ("." if comma else ",") if group == "," else group)
    for decimal in (None, "," if comma else "."):
        found = one(text, decimal=decimal)
        if found.rows:
            assert found.rows[0].amount == Money(amount, "EUR")
        else:
            assert decimal is None
            assert "can be read as" in found.rejects[0].reason


@given(AMOUNTS.filter(lambda amount: amount > 0))
def test_three_ways_to_write_a_refund_are_one(amount):
    texts = (f"-{amount}", f"({amount})", f"{amount}-", f"\u2212{amount}")
    found = [one(text) for text in texts]
    assert {result.rows[0].amount for result in found} == {Money(-amount, "EUR")}
    assert [bool(result.notes) for result in found] == [False, True, True, False]


@given(st.decimals(-999, 999, places=3) | st.integers(-999, 999) | st.floats(-999, 999))
def test_numbers_of_a_program_are_exact(number):
    """A float is the number it prints as."""
    [row] = one(number)
    assert row.amount.amount == Decimal(str(number))


class Single(float):
    """A float that shows its type, as those of numpy do."""

    def __repr__(self):
        return f"float64({float(self)!r})"


@Integral.register
class Whole:
    """A whole number that is no int, registered as one as those of numpy are."""

    def __int__(self):
        return 4


def test_numbers_of_a_dataframe_are_numbers():
    assert one(Single(4.5)).rows[0].amount == Money("4.50", "EUR")
    assert one(Whole()).rows[0].amount == Money(4, "EUR")


def test_the_noise_of_a_float_is_noted():
    """It is kept as it prints, since rounding it would be a guess, and said, since nobody sold for so much."""
    found = one(0.1 + 0.2)
    assert found.rows[0].amount.amount == Decimal("0.30000000000000004")
    assert [note.remark for note in found.notes] == [
        "column 2: 0.30000000000000004 has more digits than a float is good for"
    ]
    assert not one(123456789.123456).notes


def test_an_id_in_the_shape_of_a_float_is_the_whole_number():
    """A column of ids with a blank in it comes out of a dataframe as floats; 7 and 7.0 are one customer."""
    rows = [(who, "2025-01-06", 4) for who in (7, 7.0, "7", 7.5, 1e22)]
    found = read_orders(rows, customer=0, at=1, amount=2, currency="EUR")
    assert [row.customer for row in found.rows] == ["7", "7", "7", "7.5", "10000000000000000000000"]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2025, 1, 6),
        "2025-01-06 00:00",
        "2025-01-06T00:00:00",
        " 2025-01-06 00:00:00.000 ",
    ],
)
def test_midnight_stands_for_its_day_where_a_list_knows_only_days(at):
    [row] = read_orders([("ann", at, 4)], customer=0, at=1, amount=2, currency="EUR").rows
    assert (type(row.at), row.at) == (date, date(2025, 1, 6))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2025, 1, 6, 0, 0, 1),
        datetime(2025, 1, 6, tzinfo=UTC),
        "2025-01-06 00:00:01",
        "2025-01-06 10:00:00",
        "2025-01-06T00:00:00Z",
        "2025-01-06T00:00+02:00",
    ],
)
def test_a_time_of_day_and_an_instant_are_no_day(at):
    [reject] = read_orders([("ann", at, 4)], customer=0, at=1, amount=2, currency="EUR").rejects
    assert "has a time of day; give tz= to read times, or days alone" in reject.reason


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_another_delimiter_is_guessed_in_the_message_only(sign):
    text = f"who{sign}day{sign}sum\nann{sign}2025-01-06{sign}4\n"
    columns = {"customer": "who", "at": "day", "amount": "sum", "currency": "EUR"}
    with pytest.raises(LogError) as caught:
        read_orders(io.StringIO(text), **columns)
    assert str(caught.value).endswith(f"has one column, {text.splitlines()[0]!r}; give delimiter={sign!r}")
    assert len(read_orders(io.StringIO(text), **columns, delimiter=sign).rows) == 1


def test_a_sign_in_the_only_column_is_part_of_its_name():
    columns = {"customer": "a|b", "at": "a|b", "amount": "a|b", "currency": "EUR"}
    assert read_orders(io.StringIO("a|b\nann\n"), **columns).read == 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("12,5", "12.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1'234.50", "1234.50"),
        ("0.123", "0.123"),
        ("0,123", "0.123"),
        ("1234.567", "1234.567"),
        ("1,234.567", "1234.567"),
        (" .50 ", "0.50"),
        ("+3", "3"),
        ("( 1,000.00 )", "-1000.00"),
    ],
)
def test_what_can_be_read_in_one_way_only_is_read(text, amount):
    assert one(text).rows[0].amount == Money(amount, "EUR")


@pytest.mark.parametrize("text", ["1,234", "1.234", "-1,234", "(12.345)"])
def test_what_can_be_read_in_two_ways_is_not_guessed(text):
    assert "can be read as" in reason(text)
    with_cents, whole = (one(text, decimal=mark).rows[0].amount.amount for mark in (".", ","))
    assert {abs(with_cents / whole), abs(whole / with_cents)} == {1000, Decimal("0.001")}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", r"column 2 \(the amount\) is blank"),
        (None, r"column 2 \(the amount\) is blank"),
        (float("nan"), r"column 2 \(the amount\) is blank"),
        (Decimal("sNaN"), r"column 2 \(the amount\) is blank"),
        (Fraction(1, 2), r"Fraction\(1, 2\) is neither text nor a number"),
        ("$5", "'[$]5' is no amount such as 1234.50; its currency belongs into a column of its own"),
        (
            "99.90 EUR",
            "'99.90 EUR' is no amount such as 1234.50; its currency belongs into a column of its own",
        ),
        ("5 EUR", "is no amount"),
        ("1,23,456.00", "is no amount"),
        ("12.50.00,1", "is no amount"),
        ("(5", "is no amount"),
        ("1e3", "is no amount"),
        ("(-5)", r"'\(-5\)' has more than one sign"),
        ("-5-", "has more than one sign"),
        (True, "True is neither text nor a number"),
        (float("inf"), "an amount must be finite"),
        ("9" * 1200, "an amount may have at most 999 digits"),
    ],
)
def test_what_is_no_amount_is_rejected_with_the_reason(amount, words):
    assert re.search(words, reason(amount))


def test_the_mark_that_was_given_holds_for_every_row():
    assert one("12.50", decimal=",").rejects[0].reason == "column 2: '12.50' is no amount such as 1234,50"
    assert one("0,123", decimal=".").rejects[0].reason.endswith("is no amount such as 1234.50")


MESSY = """\
who;day;sum;code
007;06.01.2025;1.234,50;EUR
007;09.01.2025;(34,50);EUR
008;2025-01-09;12,50-;USD
;09.01.2025;5,00;EUR
009;31.02.2025;5,00;EUR
010;10.01.2025;1.234;EUR
011;10.01.2025;zehn;EUR
012;10.01.2025;5,00;
013;10.01.2025;5,00;eur
014;10.01.2025 14:30;;EUR
015;10.01.2025
"""


def test_a_messy_export():
    found = read_orders(
        io.StringIO(MESSY),
        currency_column="code",
        delimiter=";",
        date_format=["%d.%m.%Y", "%d.%m.%Y %H:%M"],
        **COLUMNS,
    )
    assert found.rows == (
        ImportedOrder("007", date(2025, 1, 6), Money("1234.50", "EUR"), 2),
        ImportedOrder("007", date(2025, 1, 9), Money("-34.50", "EUR"), 3),
        ImportedOrder("008", date(2025, 1, 9), Money("-12.50", "USD"), 4),
    )
    assert [(one.row, one.reason) for one in found.rejects] == [
        (5, "column 'who' (the customer) is blank"),
        (6, "column 'day': '31.02.2025' is not written as '%d.%m.%Y' or '%d.%m.%Y %H:%M', nor in ISO"),
        (
            7,
            "column 'sum': '1.234' can be read as 1234 and as 1.234; say which by decimal='.' or decimal=','",
        ),
        (8, "column 'sum': 'zehn' is no amount such as 1234.50"),
        (9, "column 'code' (the currency) is blank"),
        (
            10,
            "a currency must be an active ISO 4217 code in capitals, got 'eur'; did you mean 'EUR' or 'YER' or 'MUR'?",
        ),
        (
            11,
            "column 'day': '10.01.2025 14:30' has a time of day; give tz= to read times, or days alone; column 'sum' (the amount) is blank",
        ),
        (12, "line 12: 2 cells where the header has 4"),
    ]
    assert found.rejects[1].entity == "009"
    assert found.notes == (
        Note(3, "column 'sum': '(34,50)' was read as below zero"),
        Note(4, "column 'sum': '12,50-' was read as below zero"),
    )
    assert repr(found) == "<OrderImport: 3 orders, 8 rejected, 2 doubtful>"
    assert found.summary().startswith(
        "11 rows read: 3 orders of 2 customers, 8 rejected, 2 doubtful\nrejected: row 5"
    )


def test_with_a_zone_every_time_is_an_instant():
    berlin = ZoneInfo("Europe/Berlin")
    rows = [
        ("a", "2025-10-26 02:30", 5),
        ("a", "2025-10-27", 5),
        ("a", datetime(2025, 10, 26, tzinfo=UTC), 5),
        ("a", None, 5),
    ]
    found = read_orders(rows, customer=0, at=1, amount=2, currency="EUR", tz="Europe/Berlin")
    assert [row.at for row in found] == [
        datetime(2025, 10, 26, 2, 30, tzinfo=berlin),
        datetime(2025, 10, 27, tzinfo=berlin),
        datetime(2025, 10, 26, tzinfo=UTC),
    ]
    assert [note.row for note in found.notes] == [1]
    assert found.rejects == (Reject(4, "column 1 (the time) is blank", ("a", "", "5"), "", "a"),)
    assert rfm(found, as_of=datetime(2025, 11, 1, tzinfo=berlin)).rows[0].frequency == 2


def test_parts_add_up_and_can_be_kept():
    rows = [("a", date(2025, 1, 6), 5), ("b", date(2025, 1, 7), "x")]
    parts = [read_orders([row], customer=0, at=1, amount=2, currency="EUR") for row in rows]
    whole = parts[0] + parts[1]
    assert (len(whole), len(whole.rejects), whole.read) == (1, 1, 2)
    assert pickle.loads(pickle.dumps(whole)) == whole
    assert isinstance(whole, OrderImport)
    with pytest.raises(TypeError):
        whole + 1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ValueError, "give currency= where all amounts are in one, or currency_column="),
        ({"currency": "EUR", "currency_column": "c"}, ValueError, "and not both"),
        ({"currency": "euro"}, MoneyError, "a currency must be an active ISO 4217 code"),
        ({"currency": "EUR", "decimal": ";"}, ValueError, "decimal must be '.' or ',', got ';'"),
        ({"currency": "EUR", "date_format": "%d.%m."}, ValueError, "date_format must name a year"),
        ({"currency": "EUR", "tz": "Berlin"}, UnknownName, "Berlin"),
        ({"currency_column": "code"}, UnknownName, "no column 'code'"),
    ],
)
def test_refusals(options, error, message):
    with pytest.raises(error, match=message):
        read_orders([{"who": "a", "day": "2025-01-06", "sum": "5"}], **COLUMNS, **options)


def test_text_is_no_source():
    with pytest.raises(LogError, match="row 1 is neither a mapping nor a sequence"):
        read_orders(["a,b"], customer=0, at=1, amount=2, currency="EUR")


def test_the_purchases_of_cdnow(real_data):
    """69,659 rows of a file without commas: every one is read, and the money is that of the papers."""
    path = real_data / "cdnow" / "CDNOW_master.txt"
    if not path.exists():
        pytest.skip("needs the CDNOW purchases in the folder that SALESPROC_DATA names")
    with path.open(encoding="ascii") as lines:
        rows = [line.split() for line in islice(lines, 1, None)]
    found = read_orders(rows, customer=0, at=1, amount=3, currency="USD", date_format="%Y%m%d", decimal=".")
    assert (found.read, len(found), found.rejects, found.notes) == (69_659, 69_659, (), ())
    assert sum(row.amount.amount for row in found) == sum(Decimal(row[3]) for row in rows)
    assert len({row.customer for row in found}) == 23_570
    assert found.rows[0] == ImportedOrder("00001", date(1997, 1, 1), Money("11.77", "USD"), 1)
