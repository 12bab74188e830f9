"""What other rates would give: products of exact shares, nothing rounded on the way."""

import copy
import math
import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.errors import UnknownName
from salesproc.metrics.funnel import stage_funnel
from salesproc.metrics.levers import benchmark, bottleneck, what_if
from salesproc.metrics.required import required_at
from salesproc.money import Money
from salesproc.rates import Rate

PATH = ("prospect", "qualified", "serious", "sold")
DAY = date(2024, 1, 1)

shares = st.fractions(0, 1, max_denominator=50)
sizes = st.lists(st.integers(0, 60), min_size=4, max_size=4).map(lambda counts: sorted(counts, reverse=True))
targets = st.dictionaries(st.sampled_from(PATH[1:]), shares)


def funnel_of(*counts, **options):
    log = [(n, stage, DAY) for stage, count in zip(PATH, counts, strict=True) for n in range(count)]
    return stage_funnel(log, PATH, as_of=DAY, **options)


SOURCE = funnel_of(1000, 500, 250, 15)


@given(sizes, targets)
def test_the_wins_are_the_entries_times_all_rates(counts, rates):
    found = what_if(funnel_of(*counts), rates)
    wanted = Fraction(counts[0])
    for stage, before, here in zip(PATH[1:], counts, counts[1:], strict=False):
        if not wanted:
            break
        if stage not in rates and not before:
            wanted = None
            break
        wanted *= rates[stage] if stage in rates else Fraction(here, before)
    assert found.expected_wins == wanted
    assert (found.undefined is None) or wanted in (None, 0)
    assert found.wins == counts[-1]
    assert found.gain == (None if wanted is None else wanted - counts[-1])


@given(sizes)
def test_its_own_rates_change_nothing(counts):
    funnel = funnel_of(*counts)
    own = {stage.stage: stage.from_previous for stage in funnel.stages[1:] if stage.from_previous.trials}
    assert (
        what_if(funnel, own).gain
        == what_if(funnel, {}).gain
        == (0 if counts[0] == 0 or all(counts[:-1]) or 0 in counts else None)
    )


@given(sizes, targets)
def test_a_bottleneck_recovers_what_lifting_it_alone_gives(counts, rates):
    funnel = funnel_of(*counts)
    ranked = bottleneck(funnel, rates)
    assert sorted(gap.stage for gap in ranked) == sorted(rates)
    known = [gap.recovered for gap in ranked if gap.recovered is not None]
    assert known == sorted(known, reverse=True)
    for gap in ranked:
        assert gap.recovered is None or gap.recovered >= 0
        if gap.gap is not None:
            assert gap.recovered == (
                what_if(funnel, {gap.stage: rates[gap.stage]}).gain if gap.gap > 0 else 0
            )
    assert {gap.stage: gap.recovered for gap in benchmark(funnel, rates)} == {
        gap.stage: gap.recovered for gap in ranked
    }


def test_the_lowest_rate_has_the_longest_lever():
    """Of 0.5, 0.5 and 0.06 one point more at the last gives 2.5 sales, at the others 0.3."""
    ranked = bottleneck(SOURCE)
    assert [gap.stage for gap in ranked] == ["sold", "qualified", "serious"]
    assert [gap.recovered for gap in ranked] == [Fraction(5, 2), Fraction(3, 10), Fraction(3, 10)]
    assert bottleneck(funnel_of(10, 10, 10, 10))["sold"].target == 1


def test_the_value_of_a_gap_is_wins_recovered_times_the_value_of_a_win():
    """From 6 % to 8 % of 250 serious ones: five more sales, at 1200 each."""
    rows = benchmark(SOURCE, {"qualified": 0.4, "sold": Decimal("0.08")}, value_per_win=Money(1200, "EUR"))
    assert [gap.stage for gap in rows] == ["qualified", "sold"]
    assert rows["sold"].recovered == 5
    assert rows["sold"].value == Money(6000, "EUR")
    assert rows["qualified"].recovered == 0
    assert rows["qualified"].gap == Fraction(-1, 10)
    assert rows[0].value == Money(0, "EUR")
    assert [gap.within_chance for gap in rows] == [False, True]


def test_half_a_win_is_worth_half_the_money_rounded_once():
    rows = benchmark(funnel_of(3, 3, 3, 1), {"sold": Fraction(4, 9)}, value_per_win=Money("100.00", "EUR"))
    assert rows[0].recovered == Fraction(1, 3)
    assert rows[0].value == Money("33.33", "EUR")


def test_a_rate_nobody_knows_must_be_given():
    funnel = funnel_of(10, 0, 0, 0)
    found = what_if(funnel, {"qualified": 0.5})
    assert found.expected_wins is None
    assert found.undefined == "nobody reached 'qualified', so the rate to 'serious' is unknown; give one"
    assert repr(found) == "<WhatIf: 0 wins would be n/a>"
    assert found.to_rows()[-1]["expected"] is None
    [gap] = bottleneck(funnel, {"qualified": 0.5})
    assert (gap.recovered, gap.within_chance) == (None, False)
    [blind] = benchmark(funnel, {"sold": 0.5}, value_per_win=Money(1, "EUR"))
    assert (blind.gap, blind.within_chance, blind.recovered) == (None, None, 0)
    assert blind.value == Money(0, "EUR")
    assert [gap.stage for gap in bottleneck(funnel)] == ["qualified"]
    assert bottleneck(funnel, {"qualified": 0.5, "sold": 0.1}).gaps[-1].stage == "qualified"


def test_it_refuses_what_it_cannot_answer():
    with pytest.raises(UnknownName, match="no stage 'solt'; did you mean 'sold'"):
        what_if(SOURCE, {"solt": 0.5})
    with pytest.raises(UnknownName, match="no stage 'lost'"):
        bottleneck(SOURCE)["lost"]
    with pytest.raises(ValueError, match="'prospect' is the first stage"):
        benchmark(SOURCE, {"prospect": 0.5})
    with pytest.raises(ValueError, match="got 30; a percentage is divided by 100 first"):
        bottleneck(SOURCE, {"sold": 30})
    with pytest.raises(ValueError, match="there is no negative share"):
        what_if(SOURCE, {"sold": -0.1})
    with pytest.raises(ValueError, match=r"share from 0 to 1 or a Rate, got nan"):
        what_if(SOURCE, {"sold": math.nan})
    with pytest.raises(TypeError, match="must be a share from 0 to 1 or a Rate, got '0.5'"):
        what_if(SOURCE, {"sold": "0.5"})
    with pytest.raises(ValueError, match="has no trials"):
        what_if(SOURCE, {"sold": Rate(0, 0)})
    apart = stage_funnel([(1, "sold", DAY), (2, "prospect", DAY)], PATH, as_of=DAY, skipped="absent")
    with pytest.raises(ValueError, match="counted each on its own"):
        what_if(apart, {})


def test_results_show_themselves():
    found = what_if(SOURCE, {"sold": 0.1})
    assert repr(found) == "<WhatIf: 15 wins would be 25.0>"
    assert [row["expected"] for row in found.to_rows()] == [1000, 500, 250, 25]
    rows = benchmark(SOURCE, {"sold": 0.1}, value_per_win=Money(10, "EUR"))
    assert repr(rows) == "<StageGaps, wins recovered: sold +10.0>"
    assert rows.to_rows()[0]["value"] == 100.0
    assert len(rows) == 1
    assert "<table>" in rows._repr_html_()
    assert "<table>" in found._repr_html_()
    assert bottleneck(SOURCE).to_rows()[0]["currency"] is None
    assert repr(bottleneck(funnel_of(10, 0, 0, 0), {"qualified": 0.5})).endswith("qualified n/a>")


# The funnel read from below


@given(st.integers(0, 500), st.lists(st.fractions(Fraction(1, 50), 1, max_denominator=50), max_size=5))
def test_so_many_are_enough_and_one_fewer_is_not(target, rates):
    needed = required_at(target, rates)
    assert len(needed) == len(rates) + 1
    assert needed[-1] == target
    for rate, here, after in zip(rates, needed, needed[1:], strict=False):
        assert here * rate >= after
        assert here == 0 or (here - 1) * rate < after


def test_the_published_funnel_is_found_from_its_end():
    """Fifteen sales need 250 serious ones, 500 qualified, 1000 prospects."""
    assert required_at(15, [stage.from_previous for stage in SOURCE.stages[1:]]) == (1000, 500, 250, 15)
    assert required_at(15, [0.015])[0] == 1000
    assert required_at(1, [0.015])[0] == 67
    assert required_at(30, [0.015])[0] == 2000


def test_one_in_ten_and_twenty_for_one_or_two():
    assert required_at(1, [Rate(1, 10)]) == (10, 1)
    assert required_at(1, [Fraction(1, 20)]) == (20, 1)
    assert required_at(2, [Decimal("0.1")]) == (20, 2)


def test_what_floats_get_wrong_is_right():
    """Floats ask for one more: 61 in place of 60, 1001 in place of 1000."""
    assert required_at(21, [0.35]) == (60, 21)
    assert math.ceil(21 / 0.35) == 61
    assert required_at(9, [0.5, 0.3, 0.06]) == (1000, 500, 150, 9)
    assert math.ceil(9 / (0.5 * 0.3 * 0.06)) == 1001


def test_nothing_needs_nothing_and_no_rate_gives_nothing():
    assert required_at(0, [0, 0.5]) == (0, 0, 0)
    assert required_at(3, []) == (3,)
    with pytest.raises(ValueError, match="rate 1 is 0, so no number would give 6"):
        required_at(3, [0, 0.5])
    with pytest.raises(ValueError, match="target must be 0 or more, got -1"):
        required_at(-1, [])
    for wrong in (True, 1.5):
        with pytest.raises(TypeError, match="whole number of cases"):
            required_at(wrong, [])
    with pytest.raises(ValueError, match="rate 2 must be a share"):
        required_at(1, [0.5, 50])


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_results_survive_pickling_and_copying(protocol):
    for result in (what_if(SOURCE, {"sold": 0.1}), bottleneck(SOURCE)):
        assert pickle.loads(pickle.dumps(result, protocol)) == result
        assert copy.deepcopy(result) == copy.copy(result) == result
