"""Which tasks should be somebody's own role."""

import pickle
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import UnknownName
from salesproc.goals import RoleSplitPolicy, role_split

HOURS = st.dictionaries(st.sampled_from("abcdef"), st.fractions(0, 100), min_size=1)


@given(HOURS, st.fractions(0, 1), st.data())
def test_shares_add_up_and_core_is_never_split_off(hours, limit, data):
    core = data.draw(st.frozensets(st.sampled_from(sorted(hours))))
    found = role_split(hours, core=core, policy=RoleSplitPolicy(limit=limit))
    assert {row.task: row.hours for row in found.rows} == hours
    if found.undefined is None:
        assert sum(row.share for row in found.rows) == 1
        assert {*found.suggested} == {
            row.task for row in found.rows if row.share > limit and row.task not in core
        }
        assert found.core_share == sum(row.share for row in found.rows if row.core)
    assert not core & {*found.suggested}


@pytest.mark.parametrize(("spent", "own_role"), [(8, False), (9, True)])
def test_the_rule_is_more_than_a_fifth(spent, own_role):
    """Of 40 hours 8 are exactly 20 percent and stay, 9 are 22.5 percent and go."""
    found = role_split({"selling": 40 - spent, "qualifying": spent}, core=["selling"])
    assert (found.suggested == ("qualifying",)) is own_role
    assert found.rows[1].share == Fraction(spent, 40)


def test_hours_come_in_any_form():
    found = role_split(
        {"a": timedelta(hours=1, minutes=30), "b": Decimal("1.5"), "c": 1.5, "d": Fraction(3, 2)}, core=[]
    )
    assert {row.hours for row in found.rows} == {Fraction(3, 2)}
    assert found.suggested == ("a", "b", "c", "d")


def test_no_time_has_no_shares():
    found = role_split({"selling": 0, "reports": 0}, core=["selling"])
    assert (found.undefined, found.core_share, found.suggested) == ("no time was spent", None, ())
    assert str(found).splitlines()[1].split() == ["reports", "0", "n/a"]
    assert found.to_rows()[0]["share"] is None


def test_the_result_shows_itself():
    found = role_split({"selling": 25, "<b>": 9, "reports": 6}, core=["selling"])
    assert str(found).splitlines()[1:] == [
        "selling     25  62.5%          core",
        "<b>          9  22.5%  its own role",
        "reports      6  15.0%",
    ]
    assert found.core_share == Fraction(5, 8)
    assert repr(found) == "<RoleSplit of 3 tasks, above 20.0%: <b>>"
    assert repr(role_split({"selling": 1}, core=["selling"])) == "<RoleSplit of 1 tasks, above 20.0%: none>"
    assert found.to_rows()[1] == {
        "task": "<b>",
        "hours": 9.0,
        "share": 0.225,
        "core": False,
        "own_role": True,
    }
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: RoleSplitPolicy(limit=20), ValueError, "limit must be a share from 0 to 1, got 20"),
        (lambda: role_split({"a": -1}, core=[]), ValueError, "the time of 'a' must be 0 or more"),
        (
            lambda: role_split({"a": timedelta(hours=-1)}, core=[]),
            ValueError,
            "the time of 'a' must be 0 or more",
        ),
        (lambda: role_split({"a": "1"}, core=[]), TypeError, "the time of 'a' must be a number, got '1'"),
        (
            lambda: role_split({"a": 1}, core="a"),
            TypeError,
            r"core must be several, got the one text 'a'; write \['a'\]",
        ),
        (
            lambda: role_split({"selling": 1}, core=["seling"]),
            UnknownName,
            "the time spent has no task 'seling'; did you mean 'selling'",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
