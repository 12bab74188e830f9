"""What type checkers must infer for concentration, key accounts and the customer file: run by mypy and pyright."""

from datetime import UTC, datetime
from typing import assert_type

from salesproc.adapters import ContactImport, read_contacts
from salesproc.customers import DuplicateGroup, FollowUps, Match, duplicates, follow_ups, match
from salesproc.loyalty import KeyAccounts, key_accounts
from salesproc.metrics import Breakdown, Concentration, concentration
from salesproc.money import Money
from salesproc.records import Contact, Customer, Interaction, Lead, PlannedActivity, merge_contacts

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
