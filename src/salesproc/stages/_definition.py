"""The definition half of a process: its parts, its checks, its plain form, and definitions made from it."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

import attrs

from salesproc._given import several
from salesproc.errors import DefinitionError, UnknownName
from salesproc.stages import _derive, _stored, diagram
from salesproc.stages._checks import faults
from salesproc.stages.journey import Evidence
from salesproc.stages.reasons import Reason
from salesproc.stages.requirements import Requirement, provided
from salesproc.stages.stage import ANY_OPEN, AnyOpen, Stage, StageKind, Transition

__all__ = ["Definition", "Move"]

S = TypeVar("S", bound=str)

_PARTS = ("name", "version", "stages", "transitions", "initial")


class Move(NamedTuple):
    """A transition as the table keeps it: where it leads and what it asks for."""

    target: str
    checks: tuple[Callable[[Evidence, tuple[Any, ...]], tuple[Reason, ...]], ...]


@attrs.frozen(init=False, eq=False, repr=False)
class Definition(Generic[S]):
    """What a process is made of; `Process` adds what it does."""

    any_open: ClassVar[AnyOpen] = ANY_OPEN

    name: str
    version: int
    stages: tuple[Stage[S], ...]
    transitions: tuple[Transition[S], ...]
    initial: tuple[S, ...]
    _moves: dict[str, dict[str, Move]]
    _events: dict[str, tuple[str, ...]]
    _by_name: dict[str, Stage[S]]

    def __init__(
        self,
        name: str,
        *,
        stages: Iterable[Stage[S]],
        transitions: Iterable[Transition[S]],
        initial: Iterable[S] | None = None,
        version: int = 1,
    ) -> None:
        stages, transitions = tuple(stages), tuple(transitions)
        if initial is None:  # a first stage that is none at all is found by the checks
            initial = [stage.name for stage in stages[:1] if hasattr(stage, "name")]
        initial = tuple(initial)
        problems = faults(version, stages, transitions, initial)
        if problems:
            raise DefinitionError(name, problems)
        by_name = {str(stage.name): stage for stage in stages}
        moves: dict[str, dict[str, Move]] = {stage: {} for stage in by_name}
        for transition in transitions:
            checks = tuple(required.check for required in transition.requires)
            target = by_name[str(transition.target)].name
            for source in transition.sources(stages):
                moves[str(source)][transition.event] = Move(target, checks)
        events = {stage: tuple(found) for stage, found in moves.items()}
        values: dict[str, object] = {
            "name": name,
            "version": version,
            "stages": stages,
            "transitions": transitions,
        }
        for field, value in {
            **values,
            "initial": initial,
            "_moves": moves,
            "_events": events,
            "_by_name": by_name,
        }.items():
            object.__setattr__(self, field, value)  # frozen for everybody else

    @classmethod
    def pipeline(
        cls,
        name: str,
        *,
        stages: Iterable[S | Stage[S]],
        won: S,
        lost: S,
        to_win: Iterable[Requirement] = (),
        to_lose: Iterable[Requirement] = (provided("reason"),),
        version: int = 1,
    ) -> Self:
        """A pipeline as CRMs have it: open stages move freely, and only closing carries rules.

        A deal may begin in any open stage. The event that leads to an open stage has that stage's name; ``win`` and
        ``lose`` close from any open stage; ``reopen`` leads back to the first one, ``reopen in <stage>`` to another.

        Args:
            name: What the pipeline is called.
            stages: The open stages in order, by name or as `Stage` with a probability and a limit.
            won: The name of the stage of deals won.
            lost: The name of the stage of deals lost.
            to_win: What winning asks for.
            to_lose: What losing asks for; a reason unless you say otherwise.
            version: The version of the definition.

        >>> from datetime import UTC, datetime
        >>> from salesproc.stages import Process
        >>> sales = Process.pipeline("sales", stages=["new", "offer"], won="won", lost="lost")
        >>> deal = sales.start("D-1", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        >>> [option.event for option in sales.allowed(deal)]
        ['offer', 'win', 'lose']
        """
        return cls(
            name,
            version=version,
            **_derive.free_pipeline(
                tuple(several(stages, "stages")), won, lost, tuple(to_win), tuple(to_lose)
            ),
        )

    # Asking about stages and time

    def stage(self, name: str) -> Stage[S]:
        """The stage of that name.

        Raises:
            UnknownName: The process has none.
        """
        found = self._by_name.get(name)
        if found is None:
            raise UnknownName("stage", name, self._by_name, f"process {self.name!r}")
        return found

    @property
    def path(self) -> tuple[S, ...]:
        """The stages of a sale that succeeds, in order: all but those on hold, lost and done."""
        return tuple(stage.name for stage in self.stages if stage.kind in {StageKind.OPEN, StageKind.WON})

    @property
    def lost_stages(self) -> tuple[S, ...]:
        """The stages in which a journey is lost."""
        return tuple(stage.name for stage in self.stages if stage.kind is StageKind.LOST)

    # As plain data

    def to_dict(self) -> dict[str, Any]:
        """The definition as plain data for JSON; requirements of your own by their name."""
        return _stored.to_dict(self)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements of your own that it uses: what `from_dict` must be given to build it again."""
        return _stored.own_requirements(self)

    @property
    def structure_hash(self) -> str:
        """64 hexadecimal digits that change when stages, transitions or requirements do; name and version leave it as it is."""
        return _stored.structure_hash(self)

    # Other definitions from this one

    def without(self, stage: S, *, bridge: str) -> Self:
        """The same process without a stage; *bridge*, which led into it, leads on to where it led, and asks for both.

        Args:
            stage: The stage to leave out.
            bridge: The event into it that is to lead past it.

        Raises:
            UnknownName: No such stage, or no such event into it.
            ValueError: Where the bridge should lead is not clear.
        """
        return self._derived(**_derive.without(self, stage, bridge))

    def with_transitions(self, *transitions: Transition[S]) -> Self:
        """The same process with more transitions; one that has the event and source of an old one takes its place."""
        return self._derived(transitions=_derive.with_transitions(self, transitions))

    def with_requirements(self, event: str, *requirements: Requirement) -> Self:
        """The same process, in which every transition of that event asks for more.

        Raises:
            UnknownName: No transition has that event.
        """
        return self._derived(transitions=_derive.with_requirements(self, event, requirements))

    def renamed(self, name: str, *, version: int = 1) -> Self:
        """The same process under another name or version: give a derived definition its own."""
        return self._derived(name=name, version=version)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Definition):
            return NotImplemented
        return self._definition() == other._definition()

    def __hash__(self) -> int:
        return hash((self.name, self.version, tuple(str(stage.name) for stage in self.stages)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), *self._definition()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __repr__(self) -> str:
        names = ", ".join(str(stage.name) for stage in self.stages)
        return f"<Process {self.name} version {self.version}: {names}>"

    def _repr_markdown_(self) -> str:
        return f"```mermaid\n{diagram.mermaid(self)}```\n\n{diagram.markdown_table(self)}"

    def _definition(self) -> tuple[str, int, tuple[Stage[S], ...], tuple[Transition[S], ...], tuple[S, ...]]:
        return (self.name, self.version, self.stages, self.transitions, self.initial)

    def _derived(self, **changes: Any) -> Self:
        parts: dict[str, Any] = {name: getattr(self, name) for name in _PARTS}
        parts.update(changes)
        return type(self)(**parts)


def _rebuilt(cls: type[Definition[Any]], name: str, version: int, *parts: Any) -> Definition[Any]:
    stages, transitions, initial = parts
    return cls(name, version=version, stages=stages, transitions=transitions, initial=initial)
