"""The process the tests of the machine share: the worked example of the documentation."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from salesproc.stages import Process, Stage, StageKind, Transition, at_least, provided


class Deal(StrEnum):
    DISCOVERY = "discovery"
    DEMO = "demo"
    PROPOSAL = "proposal"
    WON = "won"
    LOST = "lost"


@pytest.fixture(scope="session")
def stage():
    return Deal


@pytest.fixture(scope="session")
def deals():
    return Process(
        "deals",
        stages=[
            Stage(Deal.DISCOVERY, limit=timedelta(days=14)),
            Stage(Deal.DEMO, probability=Decimal("0.3")),
            Stage(Deal.PROPOSAL, probability=Decimal("0.6")),
            Stage(Deal.WON, kind=StageKind.WON),
            Stage(Deal.LOST, kind=StageKind.LOST),
        ],
        transitions=[
            Transition(
                "demo", Deal.DISCOVERY, Deal.DEMO, requires=[at_least("score", 60), provided("budget")]
            ),
            Transition("propose", Deal.DEMO, Deal.PROPOSAL),
            Transition("win", Deal.PROPOSAL, Deal.WON, requires=[provided("amount")]),
            Transition("lose", Process.any_open, Deal.LOST, requires=[provided("reason")]),
            Transition("reopen", Deal.LOST, Deal.DISCOVERY, reopens=True),
        ],
    )


@pytest.fixture(scope="session")
def monday():
    return datetime(2026, 3, 2, 9, tzinfo=UTC)
