"""The laws can fail: for each there are wrong metrics, made of a right one, that it catches."""

import pickle
from datetime import date, timedelta
from random import Random

import attrs
import pytest
from cases import AS_OF, PEOPLE, days, on, worlds
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from laws import HOSTILE, LAWS, Case, World

from salesproc.metrics._amounts import Amounts
from salesproc.money import Money
from salesproc.rates import Rate

CAUGHT_BY = {
    "divides by nothing": ZeroDivisionError,
    "cannot be sent": (AttributeError, pickle.PicklingError),
}
"""What a law fails with where that is no assertion of its own."""


@attrs.frozen
class Spent:
    """A right metric's counts and result in one: who bought by the day, for how much, how long before it."""

    early: int = 0
    rows: int = 0
    paid: Amounts = attrs.field(factory=Amounts)
    waited: timedelta = timedelta(0)

    @property
    def rate(self):
        return Rate(self.early, self.rows)

    @property
    def undefined(self):
        return self.rate.undefined

    def __add__(self, other):
        return Spent(
            self.early + other.early,
            self.rows + other.rows,
            self.paid + other.paid,
            self.waited + other.waited,
        )

    def to_rows(self):
        [row] = self.rate.to_rows()
        money = self.paid.money
        days = self.waited / timedelta(days=1) / self.rows if self.rows else None
        return [row | {"money": None if money is None else str(money.amount), "days": days, "note": HOSTILE}]

    def _repr_html_(self):
        return "<p>&lt;b&gt;&amp;</p>"


def spent(rows, *, as_of):
    """The right metric."""
    whole, currency = Spent(), None
    for _, at, money in rows:
        amount = Amounts.of(money, "a row", currency)
        currency = money.currency
        whole += Spent(int(at <= as_of), 1, amount, max(timedelta(0), as_of - at))
    return whole


RIGHT = Case(
    name="win_rate",
    worlds=worlds(
        st.lists(
            st.tuples(
                st.sampled_from(PEOPLE), days.map(on), st.sampled_from([Money(1, "EUR"), Money(9, "EUR")])
            ),
            max_size=6,
        ),
        as_of=AS_OF,
    ),
    call=spent,
    reduce=spent,
    values=("value",),
    counts=("hits", "trials"),
    sums=("money",),
    loose=("low", "high"),
    around="value",
    mixed=World(
        ([("ann", on(1), Money(1, "EUR")), ("bob", on(1), Money(1, "USD"))],),
        {"as_of": AS_OF},
    ),
)


def run(case, law, worlds):
    """The law over some worlds, without shrinking."""

    @settings(
        max_examples=worlds,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    @given(data=st.data())
    def examples(data):
        LAWS[law](case, data.draw(case.worlds), Random(data.draw(st.integers(0, 999))))

    examples()


@pytest.mark.parametrize("law", LAWS)
def test_a_right_metric_obeys_every_law(law):
    run(RIGHT, law, 40)


def changed(**fields):
    """The right metric, and then something wrong with its result."""

    def wrong(rows, *, as_of):
        found = spent(rows, as_of=as_of)
        return attrs.evolve(found, **{name: change(found) for name, change in fields.items()})

    return attrs.evolve(RIGHT, call=wrong)


def shown(change):
    """The right metric, wrongly laid out."""
    return attrs.evolve(RIGHT, rows=lambda found: [row | change(found, row) for row in found.to_rows()])


def of_first_row(rows, *, as_of):
    rows = list(rows)
    return spent([(who, rows[0][1], money) for who, _, money in rows], as_of=as_of)


def read_twice(rows, *, as_of):
    whole = spent(rows, as_of=as_of)
    return attrs.evolve(whole, rows=max(whole.early, sum(1 for _ in rows)))


def sorting_in_place(rows, *, as_of):
    if isinstance(rows, list):
        rows.sort(key=repr)
    return spent(rows, as_of=as_of)


def remembering():
    seen = []

    def wrong(rows, *, as_of):
        seen.append(rows)
        return attrs.evolve(spent(rows, as_of=as_of), waited=timedelta(days=len(seen)))

    return wrong


def zero_for_nothing(rows, *, as_of):
    whole = spent(rows, as_of=as_of)
    return whole if whole.rows else attrs.evolve(whole, rows=1)


def dividing(rows, *, as_of):
    whole = spent(rows, as_of=as_of)
    return attrs.evolve(whole, waited=whole.waited / whole.rows)


def of_distinct_amounts(rows, *, as_of):
    return spent({money: (who, at, money) for who, at, money in rows}.values(), as_of=as_of)


def without_the_last_entity(rows, *, as_of):
    rows = list(rows)
    last = max((row[0] for row in rows), default=None)
    return spent([row for row in rows if row[0] != last], as_of=as_of)


def only_in_winter(rows, *, as_of):
    return spent([row for row in rows if row[1].month <= 2], as_of=as_of)


def since_the_epoch(rows, *, as_of):
    rows = list(rows)
    whole = spent(rows, as_of=as_of)
    return attrs.evolve(whole, waited=sum((at - date(1970, 1, 1) for _, at, _ in rows), timedelta(0)))


def only_large_ones(rows, *, as_of):
    return spent([row for row in rows if row[2] > Money(5, "EUR")], as_of=as_of)


def with_a_fee(found):
    fee = Money(1, "EUR")
    return attrs.evolve(found.paid, money=None if found.paid.money is None else found.paid.money + fee)


def in_one_currency(rows, *, as_of):
    return spent([(who, at, Money(money.amount, "EUR")) for who, at, money in rows], as_of=as_of)


class TwoLines(Spent):
    def __repr__(self):
        return "two\nlines"


class Unescaped(Spent):
    def _repr_html_(self):
        return f"<p>{HOSTILE}</p>"


class OddCells(Spent):
    def to_rows(self):
        return [{"money": self.paid.money, "value": timedelta(0)}]


class Averaging(Spent):
    def __add__(self, other):
        both = super().__add__(other)
        return Averaging(both.early, both.rows, both.paid, (self.waited + other.waited) / 2)


class Unequal(Spent):
    def __eq__(self, other):
        return self is other

    __hash__ = None


def as_class(kind):
    """The right metric with another class of result."""

    def wrong(rows, *, as_of):
        return kind(*attrs.astuple(spent(rows, as_of=as_of), recurse=False))

    return attrs.evolve(RIGHT, call=wrong, reduce=wrong)


def calling(wrong, **fields):
    return attrs.evolve(RIGHT, call=wrong, reduce=wrong, **fields)


CAUGHT = [
    ("order_does_not_matter", "goes by the first row", calling(of_first_row)),
    ("a_generator_gives_what_a_list_gives", "reads its input twice", calling(read_twice)),
    ("input_is_not_changed", "sorts the caller's list", calling(sorting_in_place)),
    ("input_is_not_changed", "remembers what it was asked", calling(remembering())),
    ("nothing_gives_undefined", "is zero for nothing", calling(zero_for_nothing)),
    ("nothing_gives_undefined", "divides by nothing", calling(dividing)),
    ("nothing_gives_undefined", "does not refuse as stated", attrs.evolve(RIGHT, refuses_nothing=ValueError)),
    ("parts_add_up", "counts equal amounts once", calling(of_distinct_amounts)),
    ("parts_add_up", "averages averages", as_class(Averaging)),
    ("parts_add_up", "finishes to something else", changed(early=lambda found: 0)),
    ("parts_add_up", "leaves somebody out of every part", calling(without_the_last_entity)),
    ("repeating_keeps_shares", "counts equal amounts once", calling(of_distinct_amounts)),
    (
        "repeating_keeps_shares",
        "corrects a share for small numbers",
        shown(lambda found, row: {"value": (found.early + 1) / (found.rows + 2)}),
    ),
    (
        "repeating_keeps_shares",
        "is undefined for few",
        shown(lambda found, row: {"value": row["value"] if found.rows > 4 else None}),
    ),
    ("amounts_scale_money", "adds a fee", changed(paid=with_a_fee)),
    ("amounts_scale_money", "counts large amounts only", calling(only_large_ones)),
    ("shifting_dates_keeps_everything", "counts from 1970", calling(since_the_epoch)),
    ("shifting_dates_keeps_everything", "goes by the season", calling(only_in_winter)),
    ("values_lie_in_range", "is in percent", shown(lambda found, row: {"value": 100 * found.early})),
    ("values_lie_in_range", "is negative", shown(lambda found, row: {"value": -1})),
    (
        "values_lie_in_range",
        "lies beside its interval",
        shown(lambda found, row: {"value": 0.5, "low": 0.6, "high": 0.7}),
    ),
    ("mixed_currencies_are_refused", "adds euros and dollars", calling(in_one_currency)),
    ("results_behave", "has two lines", as_class(TwoLines)),
    ("results_behave", "is not escaped", as_class(Unescaped)),
    ("results_behave", "has cells no table can hold", as_class(OddCells)),
    ("results_behave", "is not equal to its copy", as_class(Unequal)),
    ("results_behave", "cannot be sent", changed(early=lambda found: lambda: found)),
]


@pytest.mark.parametrize(
    ("law", "fault", "case"), CAUGHT, ids=[f"{law}: {fault}" for law, fault, _ in CAUGHT]
)
def test_a_wrong_metric_is_caught(law, fault, case):
    with pytest.raises(CAUGHT_BY.get(fault, (AssertionError, pytest.fail.Exception))):
        run(case, law, 200)


def test_every_law_has_caught_something():
    assert {law for law, _, _ in CAUGHT} == set(LAWS)
