"""What type checkers must infer for concentration, key accounts and the customer file: run by mypy and pyright."""

from datetime import UTC, date, datetime
from typing import assert_type

from salesproc.adapters import ContactImport, ImportedOrder, OrderImport, read_contacts, read_orders
from salesproc.customers import DuplicateGroup, FollowUps, Match, duplicates, follow_ups, match
from salesproc.loyalty import KeyAccounts, key_accounts
from salesproc.metrics import (
    Breakdown,
    Concentration,
    Durations,
    IncidentNotice,
    Rfm,
    concentration,
    rfm,
    time_until_told,
)
from salesproc.money import Money
from salesproc.records import (
    Contact,
    Customer,
    FormerCustomer,
    Interaction,
    Lead,
    PlannedActivity,
    merge_contacts,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def shares(paid: list[tuple[str, Money, int]], groups: dict[str, str]) -> None:
    """Who the customer is keeps its type, and so does a label."""
    regions = concentration(paid, by=len)
    assert_type(concentration(paid), Concentration[str])
    assert_type(concentration(paid, parent=groups.get), Concentration[str])
    assert_type(regions, Breakdown[int, Concentration[str]])
    assert_type(key_accounts(concentration(paid), within={"region": regions}), KeyAccounts[str])


def file(customers: list[Customer], leads: list[Lead], who: Contact) -> None:
    """A match gives back the records it was given."""
    assert_type(match(who, customers), Match[Customer])
    assert_type(match(who, leads).record, Lead | None)
    assert_type(duplicates(leads), tuple[DuplicateGroup[Lead], ...])
    assert_type(read_contacts("list.csv", name="Name", known=customers), ContactImport[Customer])
    assert_type(merge_contacts(who, who).contact, Contact)


def duties(plans: list[PlannedActivity[int]], said: list[Interaction[int]]) -> None:
    """Customers are known by whatever the caller knows them by."""
    assert_type(follow_ups([1, 2], plans, as_of=AT, interactions=said), FollowUps[int])


def orders(path: str) -> None:
    """What was read is an order list."""
    found = read_orders(path, customer="id", at="day", amount="sum", currency="EUR", decimal=",")
    assert_type(found, OrderImport)
    assert_type(next(iter(found)), ImportedOrder)
    assert_type(rfm(found, as_of=date(2026, 3, 31)), Rfm[str])


def merged(customer: Customer, former: FormerCustomer) -> None:
    """The survivor stays what it was."""
    assert_type(customer.merge(former).survivor, Customer)
    assert_type(former.merge(former).survivor, FormerCustomer)


def told(notices: list[IncidentNotice]) -> None:
    """One result, or one per label."""
    assert_type(time_until_told(notices, as_of=date(2026, 3, 31)), Durations)
    assert_type(time_until_told(notices, as_of=date(2026, 3, 31), by=len), Breakdown[int, Durations])
