"""The parts of a definition: stages and the transitions between them."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Generic, TypeVar, final

import attrs

from salesproc.stages.requirements import Requirement

__all__ = ["AnyOpen", "Stage", "StageKind", "Transition"]

S_co = TypeVar("S_co", bound=str, covariant=True)


class StageKind(StrEnum):
    """What being in a stage means, whatever it is called.

    ``OPEN`` and ``ON_HOLD`` go on (on hold, no clock runs); ``WON``, ``LOST`` and ``DONE`` (finished, neither won nor lost) are final.
    """

    OPEN = "open"
    ON_HOLD = "on_hold"
    WON = "won"
    LOST = "lost"
    DONE = "done"

    @property
    def final(self) -> bool:
        """Whether a journey ends there."""
        return self in {StageKind.WON, StageKind.LOST, StageKind.DONE}


@final
class AnyOpen:
    """The source of a transition that can be taken from every stage that is not final."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Process.any_open"

    def __reduce__(self) -> str:
        return "ANY_OPEN"


ANY_OPEN: Final = AnyOpen()


def _all(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    if isinstance(requirements, Requirement):
        raise TypeError(
            f"requires= takes several requirements, got the one {requirements!r}; write requires=[{requirements!r}]"
        )
    return tuple(requirements)


@attrs.frozen
class Stage(Generic[S_co]):
    """A stage of a process.

    Attributes:
        name: What it is called in logs: text, or a member of your own ``StrEnum``.
        kind: What being there means.
        probability: The chance to win from there, 0 to 1, where you have one.
        limit: How long it should last at most, in the time `overdue` is asked for: with a working calendar, three working days of
            eight hours are ``timedelta(hours=24)``.
    """

    name: S_co
    kind: StageKind = attrs.field(default=StageKind.OPEN, kw_only=True)
    probability: Decimal | None = attrs.field(default=None, kw_only=True)
    limit: timedelta | None = attrs.field(default=None, kw_only=True)

    @property
    def final(self) -> bool:
        """Whether a journey ends there."""
        return self.kind.final


@attrs.frozen
class Transition(Generic[S_co]):
    """A way from one stage, or from several, to another.

    Attributes:
        event: What happens, as the caller will name it.
        source: The stage it starts from, a tuple of them, or ``Process.any_open``.
        target: The stage it leads to.
        requires: What it asks for; all of it is checked, every time.
        reopens: Leaves a final stage, which no other transition may.
    """

    event: str
    source: S_co | tuple[S_co, ...] | AnyOpen
    target: S_co
    requires: tuple[Requirement, ...] = attrs.field(default=(), kw_only=True, converter=_all)
    reopens: bool = attrs.field(default=False, kw_only=True)

    @property
    def named_sources(self) -> tuple[S_co, ...] | None:
        """The stages it starts from, as a tuple; ``None`` for ``any_open``."""
        if isinstance(self.source, AnyOpen):
            return None
        return self.source if isinstance(self.source, tuple) else (self.source,)

    def sources(self, stages: Iterable[Stage[str]]) -> tuple[str, ...]:
        """The stages it starts from in a process with these stages; never its own target by way of ``any_open``."""
        named = self.named_sources
        if named is None:
            return tuple(stage.name for stage in stages if not stage.final and stage.name != self.target)
        return named
