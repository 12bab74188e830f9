"""The methods of the records and the table of the lifecycle say the same."""

import inspect
from typing import get_type_hints

import pytest

from salesproc.records import (
    MQL,
    SAL,
    SQL,
    Customer,
    Disqualified,
    Lead,
    LostOpportunity,
    Opportunity,
    WonOpportunity,
)
from salesproc.stages import LIFECYCLE, LifecycleStage

CLASSES = {
    LifecycleStage.LEAD: Lead,
    LifecycleStage.MQL: MQL,
    LifecycleStage.SAL: SAL,
    LifecycleStage.SQL: SQL,
    LifecycleStage.OPPORTUNITY: Opportunity,
    LifecycleStage.CUSTOMER: Customer,
    LifecycleStage.DISQUALIFIED: Disqualified,
}
ELSEWHERE = {
    # a visitor is nobody yet: the step makes the lead, so it is a classmethod of Lead
    (LifecycleStage.VISITOR, "capture"): (Lead, "capture", Lead),
    # a deal is won first, and the won deal makes the customer
    (LifecycleStage.OPPORTUNITY, "win"): (WonOpportunity, "new_customer", Customer),
    # a deal is no person: the person goes back or is disqualified in the SQL, which stays beside the deal
    (LifecycleStage.OPPORTUNITY, "recycle"): (SQL, "recycle", Lead),
    (LifecycleStage.OPPORTUNITY, "disqualify"): (SQL, "disqualify", Disqualified),
}
TABLE = [
    (source, transition.event, transition.target)
    for transition in LIFECYCLE.transitions
    for source in transition.sources(LIFECYCLE.stages)
]


def expected(source, event, target):
    return ELSEWHERE.get((source, event)) or (CLASSES[source], event, CLASSES[target])


@pytest.mark.parametrize(("source", "event", "target"), TABLE)
def test_every_step_of_the_table_has_one_method_that_returns_the_class_of_its_target(source, event, target):
    """What the process allows, the editor offers."""
    owner, name, result = expected(source, event, target)
    assert get_type_hints(getattr(owner, name))["return"] is result


@pytest.mark.parametrize("cls", [Lead, MQL, SAL, SQL, Disqualified])
def test_no_method_returns_a_stage_that_the_table_does_not_lead_to(cls):
    """What the editor offers, the process allows."""
    owned = {(owner, name) for owner, name, _ in (expected(*row) for row in TABLE)}
    for name, method in inspect.getmembers(cls, callable):
        if not name.startswith("_") and inspect.isroutine(method):
            result = get_type_hints(method).get("return")
            assert result not in CLASSES.values() or (cls, name) in owned, (cls, name)


def test_the_table_has_the_steps_it_is_known_to_have():
    """Guards the two tests above: an empty table would pass them."""
    assert len(TABLE) == 16
    assert set(ELSEWHERE) <= {(source, event) for source, event, _ in TABLE}


def test_only_an_open_deal_moves():
    """A won deal makes a customer, a lost one is reopened, and nothing else happens to them."""
    verbs = {"advance", "win", "lose", "raise_objection", "resolve_objection", "with_amount"}
    assert verbs <= set(dir(Opportunity))
    assert not verbs & (set(dir(WonOpportunity)) | set(dir(LostOpportunity)))
