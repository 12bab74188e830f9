"""Values written down and read again."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money, StorageError
from salesproc._plain import dump, load, tag, untag


class Color(StrEnum):
    RED = "red"


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=OFFSETS),
    st.timedeltas(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda amount: Money(amount, "EUR")),
)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6))
def test_a_tagged_value_comes_back_with_its_type(value):
    """What was shown at a step is what is read years later, to the last digit."""
    again = untag(json.loads(json.dumps(tag(value))))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (datetime, datetime(2026, 3, 2, 9, tzinfo=UTC)),
        (date, date(2026, 3, 2)),
        (timedelta, timedelta(days=1, microseconds=1)),
        (Decimal, Decimal("1.50")),
        (Money, Money("1.50", "EUR")),
        (Color, Color.RED),
        (tuple[Decimal, ...], (Decimal(1), Decimal(2))),
        (str | None, None),
        (bool, True),
    ],
)
def test_a_value_of_a_known_type_needs_no_tag(kind, value):
    assert load(kind, json.loads(json.dumps(dump(value)))) == value


def test_a_member_of_an_enumeration_is_kept_as_its_value():
    assert tag(Color.RED) == "red"


@pytest.mark.parametrize("value", [[1], {1}, b"x", 1j])
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises(StorageError, match="no plain form"):
        tag(value)
    if not isinstance(value, list):
        with pytest.raises(StorageError, match="no plain form"):
            dump(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_has_no_such_number(value):
    with pytest.raises(StorageError, match="JSON has no such number"):
        tag(value)


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        (datetime, "yesterday", r"\$: 'yesterday' is no datetime"),
        (date, 7, "7 is no date"),
        (Decimal, "1,5", "'1,5' is no Decimal"),
        (Money, {"amount": "1"}, "is no Money"),
        (Color, "green", "is no Color"),
        (int, True, "True is no int: int expected, got bool"),
        (tuple[int, ...], [1, "x"], r"\$\[1\]: 'x' is no int"),
    ],
)
def test_data_of_another_type_is_refused_with_its_place(kind, data, message):
    with pytest.raises(StorageError, match=message):
        load(kind, data)


@pytest.mark.parametrize("data", [{}, {"$color": 1}, {"$date": "2026-03-02", "x": 1}, {"$tuple": 7}])
def test_a_tag_nobody_wrote_is_refused(data):
    with pytest.raises(StorageError, match="no tagged value"):
        untag(data)
