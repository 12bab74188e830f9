"""The processes ready to use say what their sources say."""

import pytest

from salesproc.stages import (
    BASIC_FUNNEL,
    COMPLEX_SALE,
    LIFECYCLE,
    LOYALTY_LADDER,
    SIMPLE_SALE,
    SIX_STEP_SALE,
    WIN_BACK,
    LadderStage,
    LifecycleStage,
    LoyaltyTier,
    SixStep,
    WinBack,
    at_most,
)

PRESETS = [LIFECYCLE, BASIC_FUNNEL, SIMPLE_SALE, COMPLEX_SALE, SIX_STEP_SALE, LOYALTY_LADDER, WIN_BACK]


def walk(process, monday, *steps, stage=None):
    journey = process.start("X", at=monday, stage=stage)
    for event, options in steps:
        journey = process.step(journey, event, at=monday, **options).unwrap()
    return journey


@pytest.mark.parametrize("process", PRESETS, ids=lambda process: process.name)
def test_every_open_stage_can_be_lost_or_won_in_the_end(process):
    assert process.path
    assert process.lost_stages


def test_the_lifecycle_goes_by_way_of_mql_sal_and_sql():
    assert LIFECYCLE.path == ("visitor", "lead", "mql", "sal", "sql", "opportunity", "customer")
    assert BASIC_FUNNEL.path == ("visitor", "lead", "opportunity", "customer")


def test_need_and_means_unknown_do_not_make_an_sql(monday):
    sal = walk(
        LIFECYCLE,
        monday,
        ("capture", {"evidence": {"contact": "lin@example.com"}}),
        ("qualify", {"evidence": {"score": 70}}),
        ("accept", {"by": "omar"}),
    )
    assert [str(one) for one in LIFECYCLE.why_not(sal, "qualify")] == [
        "need is missing",
        "can_afford is missing",
    ]
    outcome = LIFECYCLE.step(sal, "qualify", at=monday, evidence={"need": True, "can_afford": False})
    assert str(outcome) == "refused: can_afford is False, True is required"


def test_a_rejected_mql_goes_back_to_marketing_with_a_reason(monday):
    mql = walk(LIFECYCLE, monday, ("qualify", {"evidence": {"score": 1}}), stage=LifecycleStage.LEAD)
    assert not LIFECYCLE.step(mql, "reject", at=monday)
    assert LIFECYCLE.step(mql, "reject", at=monday, reason="no phone").unwrap().stage is LifecycleStage.LEAD


def test_a_disqualified_lead_can_be_used_again(monday):
    lead = walk(LIFECYCLE, monday, ("disqualify", {"reason": "no budget"}), stage=LifecycleStage.LEAD)
    assert LIFECYCLE.step(lead, "recycle", at=monday).unwrap().stage is LifecycleStage.LEAD


def test_the_simple_sale_needs_no_talk_at_all(monday):
    assert walk(SIMPLE_SALE, monday, ("buy", {})).stage is LifecycleStage.CUSTOMER


def test_the_complex_sale_is_not_made_at_the_first_contact(monday):
    closing = walk(
        COMPLEX_SALE,
        monday,
        ("diagnose", {}),
        ("propose", {"evidence": {"problem": "slow"}}),
        ("close", {"evidence": {"open_objections": 0}}),
    )
    outcome = COMPLEX_SALE.step(closing, "win", at=monday, evidence={"contacts": 1, "open_objections": 0})
    assert str(outcome) == "refused: contacts is 1, at least 2 is required"
    assert COMPLEX_SALE.step(closing, "win", at=monday, evidence={"contacts": 2, "open_objections": 0})


@pytest.mark.parametrize("process", [SIX_STEP_SALE, COMPLEX_SALE], ids=lambda process: process.name)
def test_every_preset_of_a_deal_closes_and_wins_with_all_objections_resolved_only(process):
    """What stands against buying stands against closing, in whichever way one sells."""
    closing = [one for one in process.transitions if one.event in {"close", "win"}]
    assert len(closing) == 2
    assert all(at_most("open_objections", 0) in one.requires for one in closing)


def test_objections_come_from_contact_present_and_close_and_lead_back_to_any():
    into = {
        source
        for one in SIX_STEP_SALE.transitions
        if one.target == SixStep.OBJECTIONS
        for source in one.source
    }
    back = {
        one.target
        for one in SIX_STEP_SALE.transitions
        if SixStep.OBJECTIONS in one.sources(SIX_STEP_SALE.stages)
    }
    assert into == {SixStep.CONTACT, SixStep.PRESENT, SixStep.CLOSE}
    assert back == into | {SixStep.LOST}


def test_the_close_needs_the_presentation_and_every_objection_resolved(monday):
    early = walk(SIX_STEP_SALE, monday, ("contact", {}), ("object", {}))
    resolved = {"evidence": {"open_objections": 0}}
    assert str(SIX_STEP_SALE.step(early, "close", at=monday, **resolved)) == (
        "refused: the proposal was presented is not met"
    )
    presented = walk(SIX_STEP_SALE, monday, ("contact", {}), ("present", {}))
    assert str(SIX_STEP_SALE.step(presented, "close", at=monday)) == "refused: open_objections is missing"
    outcome = SIX_STEP_SALE.step(presented, "close", at=monday, evidence={"open_objections": 1})
    assert str(outcome) == "refused: open_objections is 1, at most 0 is allowed"
    closing = SIX_STEP_SALE.step(presented, "close", at=monday, **resolved).unwrap()
    assert SIX_STEP_SALE.step(closing, "win", at=monday, **resolved).unwrap().stage is SixStep.NURTURE


def test_the_ladder_has_five_rungs_and_folds_to_four(monday):
    assert [str(tier) for tier in LoyaltyTier] == list(LOYALTY_LADDER.path)
    assert [tier.coarse for tier in LoyaltyTier] == [
        "customer",
        "customer",
        "regular",
        "supporter",
        "advocate",
    ]
    advocate = walk(
        LOYALTY_LADDER,
        monday,
        ("buy_again", {"evidence": {"purchases": 2}}),
        ("become_regular", {"evidence": {"systematic": True}}),
        ("become_supporter", {"evidence": {"systematic": True, "exclusive": True}}),
        ("become_advocate", {"evidence": {"exclusive": True, "referrals": 1}}),
        ("fall_back", {"reason": "no referral for two years"}),
        ("depart", {"reason": "moved away"}),
        ("return", {}),
    )
    assert advocate.stage is LadderStage.CUSTOMER


def test_a_recommendation_alone_makes_no_advocate(monday):
    """Advocacy rests on exclusive buying: what is not known about competitors is not a yes."""
    supporter = walk(
        LOYALTY_LADDER,
        monday,
        ("buy_again", {"evidence": {"purchases": 2}}),
        ("become_regular", {"evidence": {"systematic": True}}),
        ("become_supporter", {"evidence": {"systematic": True, "exclusive": True}}),
    )
    assert str(LOYALTY_LADDER.step(supporter, "become_advocate", at=monday, evidence={"referrals": 3})) == (
        "refused: exclusive is missing"
    )


def test_winning_back_begins_with_a_meeting_and_needs_the_reason(monday):
    met = walk(WIN_BACK, monday, ("request_meeting", {}), ("meet", {}))
    assert not WIN_BACK.step(met, "learn_reason", at=monday)
    known = WIN_BACK.step(met, "learn_reason", at=monday, reason="better terms elsewhere").unwrap()
    offered = WIN_BACK.step(known, "offer", at=monday, evidence={"offer": "the same terms"}).unwrap()
    assert WIN_BACK.step(offered, "recover", at=monday).unwrap().stage is WinBack.RECOVERED
