"""Every metric of the catalogue obeys every law that applies to it."""

from random import Random

import pytest
from cases import CASES
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from laws import LAWS, number

from salesproc.catalogue import CATALOGUE


def obeys(law):
    """The test of one law: every metric to which it applies."""

    @pytest.mark.parametrize("name", [case.name for case in CASES.values() if law not in case.excused])
    @settings(max_examples=6)
    @given(data=st.data())
    def test(name, data):
        world, chance = data.draw(CASES[name].worlds), Random(data.draw(st.integers(0, 999)))
        LAWS[law](CASES[name], world, chance)

    return test


# A test per law: Hypothesis nests the settings of a parametrised test once per case, and all cases in one are more than the stack holds.
for each in LAWS:
    globals()[f"test_every_metric_obeys_{each}"] = obeys(each)


def test_every_metric_is_run_through_the_laws():
    missing = sorted(CATALOGUE.keys() - CASES.keys())
    assert not missing, f"add a case to tests/laws/cases.py for each of these metrics: {', '.join(missing)}"
    gone = sorted(CASES.keys() - CATALOGUE.keys())
    assert not gone, f"these cases are of no metric in the catalogue: {', '.join(gone)}"


def test_a_law_that_does_not_apply_has_a_reason():
    excused = [(case.name, law, why) for case in CASES.values() for law, why in case.excused.items()]
    assert [one for one in excused if one[1] not in LAWS or len(one[2].split()) < 4] == []


@pytest.mark.parametrize("name", CASES)
def test_the_worlds_of_a_metric_give_it_something_to_say(name):
    """A law that only ever sees nothing proves nothing: each column of the metric has a value that is not zero in some world."""
    case, seen = CASES[name], set()

    def all_said(world):
        rows = case.rows(case.of(world))
        seen.update(column for row in rows for column in case.values if number(row[column]))
        return seen == case.values

    find(
        case.worlds,
        all_said,
        settings=settings(phases=[Phase.generate], max_examples=2000, database=None),
    )
