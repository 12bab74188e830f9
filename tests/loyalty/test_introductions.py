"""Where the responsible person changed, the customer has met the new one, or is on the list."""

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc import LogError, NaiveTimeError, Period
from salesproc.loyalty import OwnerChange, owner_changes, owner_introductions
from salesproc.records import Interaction

T = [datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day) for day in range(40)]
PEOPLE = ["sara", "omar", None]


def given_to(customer, *owners):
    """Rows: who became responsible on which day."""
    return [(customer, owner, T[day]) for owner, day in owners]


def met(customer, day, by, **options):
    return Interaction(customer, T[day], "phone", by=by, **options)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(PEOPLE), st.integers(0, 30)),
        max_size=8,
        unique_by=lambda row: (row[0], row[2]),
    ),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 35), st.sampled_from(PEOPLE)), max_size=8),
)
def test_every_change_is_introduced_replaced_or_waiting(rows, said):
    """One row per change of `owner_changes`, and exactly those wait whom no contact by the present person has reached."""
    assignments = [(who, owner, T[day]) for who, owner, day in rows]
    contacts = [met(who, day, by) for who, day, by in said]
    found = owner_introductions(assignments, reversed(contacts), as_of=T[33])
    changes = owner_changes(assignments, as_of=T[33])
    assert sorted(map(repr, changes)) == sorted(repr(row.change) for row in found.rows)
    assert [row.change.at for row in found.rows] == sorted(change.at for change in changes)
    for row in found.rows:
        own = [one for one in changes if one.customer == row.change.customer and one.at > row.change.at]
        assert row.replaced_at == min((one.at for one in own), default=None)
        end = row.replaced_at or T[34]
        here = [
            one for one in contacts if one.customer == row.change.customer and row.change.at <= one.at < end
        ]
        assert row.contacted_at == min((one.at for one in here), default=None)
        by_new = [one.at for one in here if one.by == row.change.after is not None]
        assert row.introduced_at == min(by_new, default=None)
    waited = found.waited
    assert waited.finished == sum(row.introduced_at is not None for row in found.rows)
    assert waited.open == len(found.not_introduced) >= len(found.not_contacted)
    assert waited.finished + waited.open + waited.lost == len(changes)


ROWS = [
    *given_to("A-1", ("sara", 0), ("omar", 10)),
    *given_to("A-2", ("sara", 0), ("omar", 12)),
    *given_to("A-3", ("sara", 0), ("omar", 14), ("ida", 16)),
    *given_to("A-4", ("sara", 0), (None, 20)),
    *given_to("A-5", ("sara", 0)),
]
SAID = [
    met("A-1", 13, "omar"),
    met("A-1", 9, "omar"),
    met("A-2", 15, "sara", inbound=True),
    met("A-3", 17, "omar"),
    met("A-4", 22, None),
    met("A-5", 25, "sara"),
]


def test_a_month_of_changes():
    found = owner_introductions(ROWS, SAID, as_of=T[30])
    assert [row.change.customer for row in found.rows] == ["A-1", "A-2", "A-3", "A-3", "A-4"]
    assert found.rows[0] == (OwnerChange("A-1", "sara", "omar", T[10]), T[13], T[13], None)
    assert found.rows[2].replaced_at == T[16]
    assert [row.change.customer for row in found.not_introduced] == ["A-2", "A-3", "A-4"]
    assert found.not_contacted == ()
    assert (found.waited.finished, found.waited.lost, found.waited.open) == (1, 1, 3)
    early = owner_introductions(ROWS, SAID, as_of=T[14])
    assert [row.change.customer for row in early.not_contacted] == ["A-2", "A-3"]


def test_a_period_is_of_the_changes_and_contacts_count_after_it():
    week = Period(T[9], T[12])
    found = owner_introductions(ROWS, SAID, as_of=T[30], period=week)
    assert [(row.change.customer, row.introduced_at) for row in found.rows] == [("A-1", T[13])]
    assert owner_introductions(ROWS[-1:], SAID, as_of=T[30]).undefined == "no responsible person changed"


def test_the_report_shows_itself():
    found = owner_introductions(ROWS, SAID, as_of=T[30])
    assert str(found) == "5 changes: 3 not introduced, 0 not contacted; introduced after n/a"
    assert repr(found) == f"<OwnerIntroductions: {found}>"
    assert found.to_rows()[-1] == {
        "customer": "A-4",
        "before": "sara",
        "after": None,
        "at": T[20].isoformat(),
        "introduced_at": None,
        "contacted_at": T[22].isoformat(),
        "replaced_at": None,
    }
    assert "<table>" in found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.undefined is None


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (
            lambda: owner_introductions([("A-1", "sara")], [], as_of=T[3]),
            LogError,
            "assignment 1 is no row of",
        ),
        (
            lambda: owner_introductions(
                ROWS, [met("A-1", 1, "omar")._replace(at=datetime(2026, 3, 9))], as_of=T[3]
            ),
            NaiveTimeError,
            "contact 1 has a naive datetime",
        ),
        (lambda: owner_introductions(ROWS, [], as_of=date(2026, 3, 9)), NaiveTimeError, "assignment 1"),
        (
            lambda: owner_introductions(ROWS, [], as_of=T[3], period=(T[0], T[3])),
            TypeError,
            "period must be a Period",
        ),
    ],
)
def test_what_cannot_be_is_refused(work, error, message):
    with pytest.raises(error, match=message):
        work()
