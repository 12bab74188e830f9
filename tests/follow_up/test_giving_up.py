"""Nobody is given up before the planned tries unless somebody says why."""

import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.follow_up import (
    PUBLISHED_FOLLOW_UPS_NEEDED,
    PUBLISHED_STOP_AFTER_ONE,
    CadencePlan,
    CadenceStep,
    early_give_ups,
    next_try,
    planned_tries_made,
)
from salesproc.metrics import follow_up_cadence
from salesproc.stages import Process

FIVE = CadencePlan("five", [CadenceStep("phone", after=timedelta(days=2))] * 5)
SALES = Process.pipeline("sales", stages=["talk"], won="won", lost="lost").with_requirements(
    "lose", planned_tries_made(FIVE)
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tried(*numbers):
    """Leads that were tried so often, one per number."""
    day = date(2026, 3, 2)
    rows = [(lead, day) for lead, number in enumerate(numbers) for _ in range(number)]
    return follow_up_cadence(rows, as_of=day, leads=range(len(numbers)))


@given(st.lists(st.integers(0, 9), max_size=30))
def test_early_are_those_with_fewer_tries_than_planned(numbers):
    found = early_give_ups(FIVE, tried(*numbers))
    assert (found.early.hits, found.early.trials) == (sum(n < 5 for n in numbers), len(numbers))
    assert sum(row["leads"] for row in found.to_rows()) == len(numbers)
    assert sum(found.stopped_after(n).hits for n in range(10)) == len(numbers)


def lose(**evidence):
    deal = SALES.start("D-1", at=MONDAY)
    return SALES.step(deal, "lose", at=MONDAY, reason="no answer", evidence=evidence)


def test_four_tries_are_too_few_and_five_are_enough():
    assert str(lose(tries_made=4)) == (
        "refused: none of these holds: tries_made is 4, at least 5 is required; override_reason is missing"
    )
    assert lose(tries_made=5)
    assert "tries_made is missing" in str(lose())


def test_a_reason_to_override_lets_it_pass_and_a_blank_one_does_not():
    assert lose(tries_made=1, override_reason="asked not to be called again")
    assert not lose(tries_made=1, override_reason=" ")


def test_the_cadence_itself_gives_the_evidence():
    stand = next_try(FIVE, started_at=MONDAY, tries=[MONDAY], as_of=MONDAY)
    assert "tries_made is 1, at least 5" in str(lose(tries_made=stand.made))


def test_44_of_100_stop_after_one_as_published():
    found = early_give_ups(FIVE, tried(*[1] * 44, *[5] * 56), claim=PUBLISHED_STOP_AFTER_ONE)
    assert found.stopped_after(1).exact == PUBLISHED_STOP_AFTER_ONE.value == Fraction(11, 25)
    assert found.undefined is None
    assert str(found) == (
        "44.0% (44 of 100) given up before 5 tries; published: "
        "44 % of sellers give up after one follow-up (Marketing Donut, as told by document 002)"
    )
    assert found.to_rows() == [
        {"tries": 1, "leads": 44, "share": 0.44, "early": True},
        {"tries": 5, "leads": 56, "share": 0.56, "early": False},
    ]


def test_a_claim_is_shown_only_where_it_is_passed():
    found = early_give_ups(FIVE, tried(0, 4, 5))
    assert found.claim is None
    assert repr(found) == "<EarlyGiveUps: 66.7% (2 of 3) given up before 5 tries>"
    assert "<td>True</td>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


def test_nobody_given_up_is_undefined():
    found = early_give_ups(FIVE, tried())
    assert (found.early.value, found.undefined, found.to_rows()) == (None, "nobody was given up", [])


@pytest.mark.parametrize(
    ("claim", "value"), [(PUBLISHED_FOLLOW_UPS_NEEDED, 0.8), (PUBLISHED_STOP_AFTER_ONE, 0.44)]
)
def test_a_claim_says_its_own_figure_and_its_source(claim, value):
    assert float(claim.value) == value
    assert f"{value:.0%}".rstrip("%") + " %" in claim.text
    assert str(claim).endswith("(Marketing Donut, as told by document 002)")
