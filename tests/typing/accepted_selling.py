"""What type checkers must infer where leads are handed over and answered: run by mypy and pyright."""

from collections.abc import Hashable
from datetime import date
from typing import assert_type

from salesproc.agreement import AgreementReview, LeadAgreement, PromiseLine, review_agreement
from salesproc.metrics import (
    Breakdown,
    Deal,
    Durations,
    HandedOver,
    HandOverOutcomes,
    hand_over_outcomes,
    rolling_response_times,
    win_rate,
)
from salesproc.periods import Period
from salesproc.rates import Rate
from salesproc.records import HandOver

DAY = date(2026, 3, 1)


def hand_overs(rows: list[HandedOver], records: list[HandOver]) -> None:
    """Rows and records both fit; a label gives one result per label."""
    assert_type(hand_over_outcomes(rows, as_of=DAY), HandOverOutcomes)
    assert_type(hand_over_outcomes(records, as_of=DAY, by="sender"), Breakdown[Hashable, HandOverOutcomes])
    assert_type(
        hand_over_outcomes(records, as_of=DAY, by=lambda one: one.receiver), Breakdown[str, HandOverOutcomes]
    )


def waits(asked: list[tuple[int, date]], answers: list[tuple[int, date, str]]) -> None:
    """Rows may be longer than what is read of them."""
    assert_type(rolling_response_times(asked, answers, as_of=DAY), Durations)
    assert_type(rolling_response_times(asked, answers, as_of=DAY, by=str), Breakdown[str, Durations])


def review(promised: LeadAgreement, records: list[HandOver]) -> None:
    """A review takes records as they are."""
    found = review_agreement(promised, records, period=Period.month(2026, 3, tz="UTC"), as_of=DAY)
    assert_type(found, AgreementReview)
    assert_type(found.total.lines, tuple[PromiseLine, ...])


def wins(deals: list[Deal]) -> None:
    """One rate, or one per label."""
    assert_type(win_rate(deals, as_of=DAY), Rate)
    assert_type(win_rate(deals, as_of=DAY, by="owner"), Breakdown[Hashable, Rate])
    assert_type(win_rate(deals, as_of=DAY, by=lambda deal: deal.amount is None), Breakdown[bool, Rate])
