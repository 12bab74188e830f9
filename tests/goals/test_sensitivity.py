"""What each input of a plan does, changed alone."""

import pickle
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.goals import plan_back, sensitivity

RATES = st.fractions(Fraction(1, 20), 1, max_denominator=20)


def plan_of(**options):
    usual = {
        "ticket": Money(2_500, "EUR"),
        "win_rate": Fraction(1, 10),
        "contact_time": timedelta(minutes=30),
        "contacts_per_day": 8,
        "working_days": 21,
    }
    return plan_back(Money(100_000, "EUR"), **{**usual, **options})


def effects(plan, change="+1 %"):
    return {row.input: row.effect for row in sensitivity(plan).rows if row.change == change}


def test_one_percent_by_hand():
    found = effects(plan_of(steps=[("leads", 0.5)], acquisition_cost=Money(700, "EUR")))
    more, less = Fraction(1, 100), Fraction(1, 101)
    assert found["revenue"] == (800 * more, 400 * more, 200 * more, Fraction(400, 168) * more, 28_000 * more)
    assert found["ticket"] == (
        -800 * less,
        -400 * less,
        -200 * less,
        -Fraction(400, 168) * less,
        -28_000 * less,
    )
    assert found["win_rate"] == (-800 * less, -400 * less, -200 * less, -Fraction(400, 168) * less, 0)
    assert found["leads"] == (-800 * less, 0, 0, 0, 0)
    assert found["contact_time"] == (0, 0, 2, 0, 0)
    assert found["contacts_per_day"] == (0, 0, 0, -Fraction(400, 168) * less, 0)
    assert found["working_days"] == found["contacts_per_day"]
    assert found["acquisition_cost"] == (0, 0, 0, 0, 280)


def test_one_unit_by_hand():
    plan = plan_of(steps=[("leads", 0.5)], acquisition_cost=Money(700, "EUR"))
    rows = {row.input: row for row in sensitivity(plan).rows if row.change != "+1 %"}
    assert [row.change for row in rows.values()] == [
        "+1 sale",
        "+1 EUR",
        "+1 point",
        "+1 point",
        "+1 minute",
        "+1",
        "+1 day",
        "+1 EUR",
    ]
    assert rows["revenue"].effect.opportunities == 10
    assert rows["ticket"].effect.opportunities == Fraction(1_000_000, 2_501) - 400
    assert rows["win_rate"].effect.opportunities == 40 / Fraction(11, 100) - 400
    assert rows["leads"].effect.entering == 400 / Fraction(51, 100) - 800
    assert rows["contact_time"].effect.hours == Fraction(400, 60)
    assert rows["contacts_per_day"].effect.people == Fraction(400, 189) - Fraction(400, 168)
    assert rows["working_days"].effect.people == Fraction(400, 176) - Fraction(400, 168)
    assert rows["acquisition_cost"].effect.budget == 40
    assert rows["win_rate"].plan.opportunities == 364


@given(RATES, RATES, st.integers(1, 10**4))
def test_every_input_pulls_one_way(win_rate, step, ticket):
    """More revenue asks for more of everything; a better rate, a larger ticket, more contacts a day never do."""
    plan = plan_of(win_rate=win_rate, ticket=Money(ticket, "EUR"), steps=[("leads", step)])
    for row in sensitivity(plan).rows:
        parts = row.effect[:4]
        if row.input in {"revenue", "contact_time"}:
            assert min(parts) >= 0 < max(parts)
        elif row.input in {"win_rate", "leads"}:
            assert max(parts) <= 0
        else:
            assert max(parts) <= 0 > min(parts)


@given(RATES)
def test_only_one_input_is_changed(win_rate):
    plan = plan_of(win_rate=win_rate, acquisition_cost=Money(700, "EUR"), steps=[("leads", 0.5)])
    names = [name for name in plan.__slots__ if name != "__weakref__"]
    for row in sensitivity(plan).rows:
        changed = [name for name in names if getattr(row.plan, name) != getattr(plan, name)]
        field = "steps" if row.input == "leads" else row.input
        assert changed == ([] if field == "win_rate" and win_rate == 1 else [field])


def test_a_rate_is_raised_to_at_most_one():
    plan = plan_of(win_rate=1, steps=[("leads", 0.995)])
    found = {(row.input, row.change): row.plan for row in sensitivity(plan).rows}
    assert found["win_rate", "+1 point"].win_rate == 1
    assert found["win_rate", "+1 %"] == plan
    assert found["leads", "+1 %"].steps[0][1] == found["leads", "+1 point"].steps[0][1] == 1


def test_without_a_cost_there_is_no_budget():
    found = sensitivity(plan_of())
    assert {row.effect.budget for row in found.rows} == {None}
    assert "acquisition_cost" not in {row.input for row in found.rows}


def test_the_result_shows_itself():
    found = sensitivity(plan_of(steps=[("<b>", 0.5)], acquisition_cost=Money(700, "EUR")))
    lines = str(found).splitlines()
    assert lines[0].split() == [
        *("input", "change", "entering", "opportunities", "hours", "people", "budget", "in", "EUR")
    ]
    assert lines[1].split() == ["revenue", "+1", "%", "+8.0", "+4.0", "+2.0", "+0.024", "+280.0"]
    assert lines[-1].split() == ["acquisition_cost", "+1", "EUR", "0.0", "0.0", "0.0", "0.000", "+40.0"]
    assert repr(found) == "<Sensitivity of a plan for 100,000.00 EUR: 16 changes>"
    row = found.to_rows()[0]
    assert (row["input"], row["change"], row["entering"], row["budget"]) == ("revenue", "+1 %", 8.0, 280.0)
    assert row["people_needed"] == 3
    assert sensitivity(plan_of()).to_rows()[0]["budget"] is None
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("cost", [None, Money(700, "EUR")])
def test_the_plan_itself_comes_with_it(cost):
    plan = plan_of(acquisition_cost=cost)
    assert sensitivity(plan).plan == plan
