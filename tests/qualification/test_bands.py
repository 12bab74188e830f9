"""Names for ranges of a number."""

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.qualification import Bands

CUTS = st.lists(st.fractions(), max_size=4, unique=True).map(lambda cuts: sorted(cuts, reverse=True))


@given(CUTS, st.fractions())
def test_the_name_says_how_many_cuts_are_reached(cuts, number):
    bands = Bands(tuple("abcde"[: len(cuts) + 1]), cuts)
    reached = sum(number >= cut for cut in cuts)
    assert bands.of(number) == bands.labels[len(cuts) - reached]


def test_a_cut_is_reached_when_it_is_equal_to_the_digit():
    bands = Bands(("high", "low"), [0.3])
    assert [bands.of(one) for one in (0.3, Decimal("0.3"), Fraction(3, 10), 0.29)] == [
        "high",
        "high",
        "high",
        "low",
    ]
    assert bands.lowest == "low"
    assert Bands(["all"], []).of(-5) == "all"
    assert pickle.loads(pickle.dumps(bands)) == bands


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: Bands("AB", [1]),
            TypeError,
            "labels must be several, got the one text 'AB'; write ['AB']",
        ),
        (
            lambda: Bands(("A",), [1]),
            ValueError,
            "bands have one cut fewer than labels, got 1 labels and 1 cuts",
        ),
        (lambda: Bands(("A", "A"), [1]), ValueError, "bands have different labels, got ('A', 'A')"),
        (lambda: Bands(("A", "B", "C"), [1, 2]), ValueError, "cuts fall from the highest on, got 1, 2"),
        (lambda: Bands(("A", "B", "C"), [1, 1]), ValueError, "cuts fall from the highest on, got 1, 1"),
        (lambda: Bands(("A", "B"), ["1"]), TypeError, "a cut must be a number, got '1'"),
        (lambda: Bands(("A", "B"), [True]), TypeError, "a cut must be a number, got True"),
        (lambda: Bands(("A", "B"), [float("nan")]), ValueError, "a cut must be finite, got nan"),
        (lambda: Bands(("A", "B"), [1]).of(None), TypeError, "a number in bands must be a number, got None"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error) as caught:
        work()
    assert str(caught.value) == message
