"""Whether somebody looks after every key account, and can."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError
from salesproc.loyalty import KeyAccountPolicy, manager_load, managers_needed

ROWS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "mo", "sue", "tim"])), max_size=20)


@given(ROWS, st.frozensets(st.integers(0, 9)))
def test_every_key_account_has_a_manager_or_is_named(rows, key):
    found = manager_load(rows, key=key)
    assigned = {customer for customer, manager in rows if manager}
    assert {*found.without_manager} == key - assigned
    for row in found.rows:
        theirs = {customer for customer, manager in rows if manager == row.manager}
        assert row.key_accounts + row.others == len(theirs)
        assert row.key_accounts == len(theirs & key)
        assert row.overloaded == (row.key_accounts > 3)
        assert (row.manager in found.mixed) == (0 < row.key_accounts < len(theirs))


@given(st.integers(0, 100), st.integers(1, 9))
def test_no_manager_too_many_and_none_too_few(accounts, limit):
    policy = KeyAccountPolicy(per_manager=limit)
    needed = managers_needed(accounts, policy=policy)
    assert (needed - 1) * limit < accounts <= needed * limit or needed == accounts == 0


@pytest.mark.parametrize(("accounts", "managers"), [(0, 0), (1, 1), (3, 1), (4, 2), (7, 3), (10, 4)])
def test_three_for_one_manager(accounts, managers):
    assert managers_needed(accounts) == managers


def test_three_are_enough_and_four_are_too_many():
    rows = [(i, "mo") for i in range(3)] + [(i, "sue") for i in range(3, 7)]
    assert manager_load(rows, key=range(7)).overloaded == ("sue",)
    assert manager_load(rows, key=range(7), policy=KeyAccountPolicy(per_manager=4)).overloaded == ()


def test_two_managers_of_one_customer_and_a_row_twice():
    found = manager_load([("A", "mo"), ["A", "sue"], ("A", "mo", "again"), ("B", None)], key=["A", "B"])
    assert [(row.manager, row.key_accounts) for row in found.rows] == [("mo", 1), ("sue", 1)]
    assert found.without_manager == ("B",)
    assert found.mixed == ()
    assert manager_load([("A", "mo"), ("C", "mo")], key=["A"]).mixed == ("mo",)


def test_the_result_shows_itself():
    found = manager_load([("A", "<b>"), ("C", "<b>")], key=["A", "B"])
    assert repr(found) == "<ManagerLoad: 1 managers, 0 overloaded, 1 key accounts without one>"
    assert str(found).splitlines()[1].split() == ["<b>", "1", "1", "no"]
    assert str(manager_load([(i, "mo") for i in range(4)], key=range(4))).splitlines()[1].split()[-1] == "yes"
    assert found.to_rows() == [
        {"manager": "<b>", "key_accounts": 1, "others": 1, "overloaded": False, "mixed": True}
    ]
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: manager_load([("A",)], key=[]),
            LogError,
            r"assignment 1 is no row of customer, manager: \('A',\)",
        ),
        (
            lambda: manager_load([([], "mo")], key=[]),
            LogError,
            "assignment 1 has a customer that cannot be looked up",
        ),
        (lambda: managers_needed(-1), ValueError, "accounts must be a whole number, 0 or more, got -1"),
        (lambda: managers_needed(1.5), TypeError, "accounts must be a whole number"),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
