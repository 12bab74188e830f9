"""On whom the business depends, and how others can lower it."""

import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import CurrencyMismatch, Money
from salesproc.loyalty import DependencyLevel, DependencyPolicy, dependency, revenue_to_dilute
from salesproc.metrics import concentration

CENTS = st.integers(0, 10**7)
SHARES = st.fractions(0, 1, max_denominator=500)


def euros(amount):
    return Money(amount, "EUR")


def company(**paid):
    return concentration([(who, euros(amount)) for who, amount in paid.items()])


@given(CENTS, CENTS, SHARES.filter(bool))
def test_the_target_is_met_and_a_cent_less_would_not_do(customer, others, target):
    """Rounded up, never down: the share after it is at most the target."""
    total, theirs = euros(Decimal(customer + others) / 100), euros(Decimal(customer) / 100)
    needed = revenue_to_dilute(total, theirs, target=target)
    assert Fraction(theirs.amount) <= target * Fraction((total + needed).amount)
    if needed:
        less = needed - euros("0.01")
        assert Fraction(theirs.amount) > target * Fraction((total + less).amount)


@given(SHARES, SHARES)
def test_a_larger_share_is_never_less_dangerous(one, other):
    order, policy = [*DependencyLevel], DependencyPolicy()
    small, large = sorted((one, other))
    assert order.index(policy.level(small)) <= order.index(policy.level(large))


@pytest.mark.parametrize(
    ("share", "level"),
    [
        ("0.20", "none"),
        ("0.21", "watch"),
        ("0.30", "watch"),
        ("0.31", "elevated"),
        ("0.40", "elevated"),
        ("0.41", "high"),
        ("0.50", "high"),
        ("0.51", "critical"),
        ("1", "critical"),
    ],
)
def test_the_limits_are_strict(share, level):
    assert DependencyPolicy().level(Decimal(share)) == level


@pytest.mark.parametrize(
    ("target", "needed"), [(0.5, 20), (0.4, 50), (0.3, 100), (0.2, 200), (0.6, 0), (0.9, 0)]
)
def test_a_customer_of_sixty_in_a_hundred(target, needed):
    found = revenue_to_dilute(euros(100), euros(60), target=target)
    assert (found, str(found)) == (euros(needed), f"{needed}.00 EUR")


def test_what_is_needed_is_rounded_up_in_any_currency():
    assert revenue_to_dilute(euros(100), euros(50), target=Fraction(3, 7)) == euros("16.67")
    assert revenue_to_dilute(Money(100, "JPY"), Money(50, "JPY"), target=Fraction(3, 7)) == Money(17, "JPY")
    assert revenue_to_dilute(euros(0), euros(0), target=0.5) == euros(0)


def test_all_who_are_too_large_are_named():
    found = dependency(company(ann=60, bob=25, cid=15))
    assert [(row.customer, row.level) for row in found.rows] == [("ann", "critical"), ("bob", "watch")]
    assert found.level is DependencyLevel.CRITICAL
    assert found.rows[0].share == Fraction(3, 5)
    assert "plan for losing the customer: costs, suppliers, staff" in found.rows[0].actions


def test_a_group_depends_together():
    """20 % and 20 % are no alarm, 40 % in one hand are."""
    rows = [(who, euros(20)) for who in "abcde"]
    assert dependency(concentration(rows)).level is DependencyLevel.NONE
    assert dependency(concentration(rows, parent={"a": "A", "b": "A"}.get)).level is DependencyLevel.ELEVATED


def test_one_customer_is_a_level_of_its_own():
    found = dependency(company(ann=1, gone=0))
    assert (found.level, found.rows[0].level) == ("single", "single")
    assert "watch for a sale of their company" in found.rows[0].actions[2]


def test_limits_and_actions_are_the_callers():
    policy = DependencyPolicy(watch=0.5, elevated=0.6, high=0.7, critical=Decimal("0.8"))
    found = dependency(company(ann=60, bob=40), policy=policy, actions={DependencyLevel.WATCH: ("call",)})
    assert [(row.customer, row.actions) for row in found.rows] == [("ann", ("call",))]
    assert dependency(company(ann=90, bob=10), policy=policy, actions={}).rows[0].actions == ()


def test_the_result_shows_itself():
    found = dependency(company(**{"<b>": 60, "bob": 40}))
    assert repr(found) == "<Dependency: critical, 2 customers above the lowest level>"
    assert str(found).splitlines()[1:] == ["<b>       60.0%  critical", "bob       40.0%  elevated"]
    row = found.to_rows()[1]
    assert (row["customer"], row["money"], row["currency"], row["share"], row["level"]) == (
        *("bob", "40", "EUR"),
        *(0.4, "elevated"),
    )
    assert row["actions"].count(";") == 1
    assert "<b>" not in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    calm = dependency(company(**{f"c{i}": 1 for i in range(5)}))
    assert (str(calm), calm.undefined, calm.to_rows()) == ("no dependency on one customer", None, [])
    nothing = dependency(concentration([]))
    assert nothing.level is None
    assert str(nothing) == "n/a: nobody paid anything: there is nothing to have a share of"
    assert repr(nothing) == "<Dependency: n/a, 0 customers above the lowest level>"


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: DependencyPolicy(watch=20),
            ValueError,
            "a level of dependency must be a share from 0 to 1, got 20",
        ),
        (
            lambda: DependencyPolicy(high=0.1),
            ValueError,
            "the levels must rise from watch to critical, got 0.2, 0.3, 0.1, 0.5",
        ),
        (lambda: DependencyPolicy().level(60), ValueError, "a percentage is divided by 100 first"),
        (
            lambda: revenue_to_dilute(euros(100), euros(60), target=0),
            ValueError,
            "target must be above 0: no sales to others make a customer's share nothing",
        ),
        (
            lambda: revenue_to_dilute(euros(100), euros(101), target=0.5),
            ValueError,
            "lie between 0 and all sales, got 101.00 EUR of 100.00 EUR",
        ),
        (
            lambda: revenue_to_dilute(euros(100), euros(-1), target=0.5),
            ValueError,
            "lie between 0 and all sales",
        ),
        (
            lambda: revenue_to_dilute(euros(100), Money(1, "USD"), target=0.5),
            CurrencyMismatch,
            "USD and EUR do not mix",
        ),
    ],
)
def test_refusals(work, error, message):
    with pytest.raises(error, match=message):
        work()
