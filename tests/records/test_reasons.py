"""The catalogues hold what their sources name, and leave room for your own words."""

from datetime import UTC, datetime
from enum import EnumMeta, StrEnum

import pytest

from salesproc.records import Contact, Lead, LeadId, reasons

CATALOGUES = [getattr(reasons, name) for name in reasons.__all__]
NAMED_IN_SOURCES = {
    "RejectReason": {"procedural", "clerical", "definitional"},
    "ObjectionKind": {
        *("cost", "credit", "benefit", "rejection", "budget", "priority", "timing", "authority"),
        *("trust", "competitor"),
    },
    "OpportunityKind": {"new_business", "upsell", "cross_sell", "renewal"},
    "Channel": {
        *("inbound", "outbound", "value_added_reseller", "business_development", "reseller_affiliate"),
        *("referral", "mixed"),
    },
    "ContactLevel": {"owner", "top", "middle", "staff"},
}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=reasons.__all__)
def test_every_catalogue_is_text_and_names_its_source(catalogue):
    assert isinstance(catalogue, EnumMeta)
    assert issubclass(catalogue, StrEnum)
    assert "Source: " in catalogue.__doc__
    assert all(member.value == member.name.lower() for member in catalogue)


@pytest.mark.parametrize("name", NAMED_IN_SOURCES)
def test_the_catalogues_that_sources_close_are_complete(name):
    assert set(getattr(reasons, name)) == NAMED_IN_SOURCES[name]


def test_every_objection_can_be_why_a_deal_was_lost():
    """An objection nobody resolves is a lost deal."""
    assert set(reasons.ObjectionKind) <= set(reasons.LossReason)


def test_your_own_words_do_as_well():
    class Ours(StrEnum):
        TRADE_FAIR = "trade fair"

    at = datetime(2026, 3, 1, tzinfo=UTC)
    lead = Lead.capture(LeadId("L-1"), Contact("Lin"), source=Ours.TRADE_FAIR, at=at)
    assert lead.disqualify(reason="moved to the moon", at=at).reason == "moved to the moon"
    assert Lead.from_dict(lead.to_dict()) == lead
