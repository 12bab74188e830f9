"""Who is a key account, and why."""

import pickle
from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import Money
from salesproc.errors import UnknownName
from salesproc.loyalty import KeyAccountPolicy, KeyShare, KeySign, key_accounts
from salesproc.metrics import concentration

SALES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 20), st.sampled_from(["north", "south"])), max_size=40
)


def euros(rows):
    return [(who, Money(amount, "EUR"), *rest) for who, amount, *rest in rows]


@given(SALES)
def test_there_are_never_more_than_ten_by_share_of_the_company(rows):
    """Eleven times 10 % is more than everything; above 10 % there are nine at most."""
    company = concentration(euros(rows))
    assert len(key_accounts(company).accounts) <= 10
    assert len(key_accounts(company, policy=KeyAccountPolicy(inclusive=False)).accounts) <= 9


def test_ten_is_reached():
    company = concentration(euros([(i, 1) for i in range(10)]))
    assert len(key_accounts(company).accounts) == 10
    assert key_accounts(company, policy=KeyAccountPolicy(inclusive=False)).accounts == ()


@given(SALES)
def test_who_is_key_where(rows):
    """At every place exactly those who have a tenth of its sales, added up by hand."""
    totals = defaultdict(lambda: defaultdict(int))
    for who, amount, place in rows:
        totals["company", None][who] += amount
        totals["department", place][who] += amount
    found = key_accounts(
        concentration(euros(rows)), within={"department": concentration(euros(rows), by=lambda row: row[2])}
    )
    for (scope, name), sums in totals.items():
        large = {who for who, amount in sums.items() if amount and 10 * amount >= sum(sums.values())}
        assert {*found.at(scope, name)} == large
    assert all(account.signs == (KeySign.SHARE,) for account in found.accounts)


def test_a_tenth_of_the_sales_of_two_hundred_customers():
    """Exactly 10 % is key; 9.99 % is not."""
    others = [(f"c{i}", 450) for i in range(200)]
    tenth = key_accounts(concentration(euros([("large", 10_000), *others])))
    assert [(one.customer, one.company_share) for one in tenth.accounts] == [("large", Fraction(1, 10))]
    assert key_accounts(concentration(euros([("large", 9_990), *others]))).accounts == ()


def test_key_for_one_department_only():
    """4 % of the company, 20 % of a department of a fifth of its sales."""
    small = [("x", 4, "south"), *((f"s{i}", 1, "south") for i in range(16))]
    rows = euros([*small, *((f"n{i}", 2, "north") for i in range(40))])
    found = key_accounts(
        concentration(rows), within={"department": concentration(rows, by=lambda row: row[2])}
    )
    assert [one.customer for one in found.accounts] == ["x"]
    assert found.accounts[0].company_share == Fraction(4, 100)
    assert found.accounts[0].shares == (KeyShare("department", "south", Fraction(1, 5)),)
    assert found.at("company") == ()


def test_at_a_manager_with_few_customers_everybody_is_key():
    rows = euros([(i, 5, "mo") for i in range(5)] + [(i, 5, None) for i in range(5, 100)])
    found = key_accounts(concentration(rows), within={"manager": concentration(rows, by=lambda row: row[2])})
    assert found.at("manager", "mo") == (0, 1, 2, 3, 4)
    assert found.at("manager") == ()


def test_signs_that_people_see():
    """Fame without a sale, potential besides the share; no sign is no reason."""
    found = key_accounts(
        concentration(euros([("ann", 90), ("bob", 10), ("cid", 1)])),
        signs={"eve": ["fame"], "ann": ["demanding", KeySign.POTENTIAL], "cid": []},
    )
    assert [(one.customer, [*map(str, one.signs)]) for one in found.accounts] == [
        ("ann", ["share", "potential", "demanding"]),
        ("eve", ["fame"]),
    ]
    assert found.accounts[1].company_share == 0
    assert found.customers == ("ann", "eve")


def test_a_group_is_one_key_account():
    company = concentration(
        euros([("a1", 6), ("a2", 6), *((i, 4) for i in range(22))]), parent={"a1": "A", "a2": "A"}.get
    )
    assert key_accounts(company).customers == ("A",)


@given(SALES, st.sets(st.integers(0, 30)))
def test_a_group_is_one_customer_at_every_place_and_for_every_sign(rows, famous):
    """As if every row and every sign had named the group in the first place."""
    parent = {who: -1 - who % 3 for who in range(0, 31, 2)}.get
    groups = [(parent(who) or who, *rest) for who, *rest in rows]
    by_member = key_accounts(
        concentration(euros(rows), parent=parent),
        within={"department": concentration(euros(rows), by=lambda row: row[2])},
        signs={who: ["fame"] for who in famous if any(who == row[0] for row in rows)},
    )
    by_group = key_accounts(
        concentration(euros(groups)),
        within={"department": concentration(euros(groups), by=lambda row: row[2])},
        signs={parent(who) or who: ["fame"] for who in famous if any(who == row[0] for row in rows)},
    )
    assert by_member == by_group


def test_a_member_never_stands_beside_its_group():
    """Six of a hundred each: neither is key, both together are, and the potential of one is that of the group."""
    rows = euros([("a1", 6, "north"), ("a2", 6, "north"), *((i, 4, "south") for i in range(22))])
    found = key_accounts(
        concentration(rows, parent={"a1": "A", "a2": "A"}.get),
        within={"department": concentration(rows, by=lambda row: row[2])},
        signs={"a2": ["potential"], "A": ["fame"]},
    )
    assert found.customers == ("A",)
    assert found.accounts[0].signs == (KeySign.SHARE, KeySign.POTENTIAL, KeySign.FAME)
    assert found.at("department", "north") == ("A",)
    assert found.accounts[0].shares[1].share == 1


def test_who_is_in_no_row_is_in_no_group():
    company = concentration(euros([("a1", 6)]), parent={"a1": "A", "a3": "A"}.get)
    assert company.groups == {"a1": "A"}
    assert key_accounts(company, signs={"a3": ["fame"]}).customers == ("A", "a3")


def test_none_is_said_and_not_shown_as_an_empty_table():
    even = concentration(euros([(i, 1) for i in range(11)]))
    assert (
        str(key_accounts(even))
        == "no key accounts: nobody reaches 10.0% of the sales, and nobody shows a sign"
    )
    nobody = (
        "no key accounts: nobody paid anything: there is nothing to have a share of, and nobody shows a sign"
    )
    assert str(key_accounts(concentration([]))) == nobody


def test_nobody_buys_and_one_is_famous():
    found = key_accounts(concentration([]), signs={"eve": ["fame"]})
    assert found.undefined == "nobody paid anything: there is nothing to have a share of"
    assert found.customers == ("eve",)


def test_the_result_shows_itself():
    rows = euros([("<b>", 9, None), ("bob", 1, "south")])
    found = key_accounts(
        concentration(rows), within={"department": concentration(rows, by=lambda row: row[2])}
    )
    assert repr(found) == "<KeyAccounts: 2, by share from 10.0% on>"
    assert str(found).splitlines() == [
        "key account  of company  signs                      key at",
        "<b>               90.0%  share  company, department (none)",
        "bob               10.0%  share   company, department south",
    ]
    assert found.to_rows()[1] == {
        "customer": "bob",
        "signs": "share",
        "company_share": 0.1,
        "key_at": "company, department south",
    }
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert key_accounts(concentration(rows), signs={"x": ["fame"]}).to_rows()[2]["key_at"] == "-"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (lambda: KeyAccountPolicy(share=10), ValueError, "a percentage is divided by 100 first"),
        (lambda: KeyAccountPolicy(share=0), ValueError, "share must be above 0"),
        (
            lambda: KeyAccountPolicy(per_manager=0),
            ValueError,
            "per_manager must be a whole number, 1 or more, got 0",
        ),
        (
            lambda: key_accounts(concentration([]), signs={"a": ["famous"]}),
            UnknownName,
            "a key account has no sign 'famous'; did you mean 'fame'",
        ),
        (
            lambda: key_accounts(concentration([]), signs={"a": "fame"}),
            TypeError,
            r"the signs of 'a' must be several, got the one text 'fame'; write \['fame'\]",
        ),
        (
            lambda: key_accounts(concentration([]), signs={"a": ["share"]}),
            ValueError,
            "the sign 'share' is computed from the sales; give one of potential, fame, innovator, demanding",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
