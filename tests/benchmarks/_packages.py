"""The same small process on other packages, each as its own documentation would write it.

Every adapter gives two lines of Python per question, so that the package is timed and not a wrapper around it, and
is driven to the end once before anything is timed: ``tour`` leads to ``won`` over all transitions.
"""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from _timing import Statement


class Adapter(NamedTuple):
    """One way to run the process.

    Attributes:
        name: What it is called.
        accepted: Two steps, there and back, with what they record thrown away.
        refused: A step whose requirement is not met.
        illegal: A step the stage does not have.
        create: A new entity.
        make: The same as a function, to weigh what it makes.
        tour: Takes one entity all the way and says where it ended.
        scale: How many entities are worth weighing.
    """

    name: str
    accepted: Statement
    refused: Statement
    illegal: Statement
    create: Statement
    make: Callable[[str], Any]
    tour: Callable[[], str]
    scale: int = 1000


def installed(score: dict[str, int], low: dict[str, int], at: datetime) -> Iterator[Adapter | str]:
    """The adapters of the packages that are here, and a line on each that is not."""
    builders = {"transitions": _transitions, "statemachine": _statemachine, "automat": _automat}
    names = {"statemachine": "python-statemachine", "automat": "Automat"}
    for module, build in builders.items():
        if importlib.util.find_spec(module):
            yield build(score, low, at)
        else:
            yield f"{names.get(module, module)} is not installed"


def _enough(evidence: dict[str, int]) -> bool:
    score = evidence.get("score")
    return score is not None and score >= 60


def _transitions(score: dict[str, int], low: dict[str, int], at: datetime) -> Adapter:
    from transitions import Machine, MachineError

    class Deal:
        state: str

        def __init__(self, entity: str) -> None:
            self.entity = entity
            self.history: list[tuple[Any, ...]] = []

        def enough(self, event: Any) -> bool:
            return _enough(event.kwargs["evidence"])

        def note(self, event: Any) -> None:
            evidence = dict(event.kwargs["evidence"])
            source, target = event.transition.source, event.transition.dest
            self.history.append((self.entity, target, event.kwargs["at"], source, event.event.name, evidence))

    def make(entity: str) -> Any:
        deal = Deal(entity)
        machine.add_model(deal)
        return deal

    machine = Machine(
        model=None,
        states=["talk", "offered", "won"],
        transitions=[
            {"trigger": "offer", "source": "talk", "dest": "offered", "conditions": "enough"},
            {"trigger": "back", "source": "offered", "dest": "talk", "conditions": "enough"},
            {"trigger": "win", "source": "offered", "dest": "won"},
        ],
        initial="talk",
        auto_transitions=False,
        send_event=True,
        after_state_change="note",
    )

    def tour() -> str:
        deal: Any = make("tour")
        if deal.offer(at=at, evidence=low) or deal.state != "talk":
            return "taken without the score"
        deal.offer(at=at, evidence=score)
        deal.back(at=at, evidence=score)
        deal.offer(at=at, evidence=score)
        deal.win(at=at, evidence=score)
        return deal.state if len(deal.history) == 4 else "not recorded"

    names = {"deal": make("D-1"), "make": make, "score": score, "low": low, "at": at, "Error": MachineError}
    names["remove"] = machine.remove_model
    return Adapter(
        "transitions",
        Statement(
            "deal.offer(at=at, evidence=score); deal.back(at=at, evidence=score); deal.history.clear()",
            names,
            2,
        ),
        Statement("deal.offer(at=at, evidence=low)", names),
        Statement("try:\n    deal.win(at=at, evidence=low)\nexcept Error as error:\n    pass", names),
        # A shared machine looks through all its models for every new one: this is the cost of the first.
        Statement("remove(make('D-2'))", names),
        make,
        tour,
    )


def _statemachine(score: dict[str, int], low: dict[str, int], at: datetime) -> Adapter:
    from statemachine import State, StateMachine
    from statemachine.exceptions import TransitionNotAllowed

    class Deal(StateMachine):
        talk = State(initial=True)
        offered = State()
        won = State(final=True)
        offer = talk.to(offered, cond="enough")
        back = offered.to(talk, cond="enough")
        win = offered.to(won)

        def __init__(self, entity: str) -> None:
            self.entity = entity
            self.history: list[tuple[Any, ...]] = []
            super().__init__()

        def enough(self, evidence: dict[str, int]) -> bool:
            return _enough(evidence)

        def after_transition(
            self, event: Any, source: Any, target: Any, at: Any = None, evidence: Any = None
        ) -> None:
            if evidence is not None:  # entering the first state is an event too
                self.history.append((self.entity, target.id, at, source.id, str(event), dict(evidence)))

    def tour() -> str:
        deal: Any = Deal("tour")
        with suppress(TransitionNotAllowed):
            deal.offer(at=at, evidence=low)
            return "taken without the score"
        deal.offer(at=at, evidence=score)
        deal.back(at=at, evidence=score)
        deal.offer(at=at, evidence=score)
        deal.win(at=at, evidence=score)
        reached = [value.id for value in deal.configuration]
        return reached[0] if len(deal.history) == 4 else "not recorded"

    names = {
        "deal": Deal("D-1"),
        "Deal": Deal,
        "score": score,
        "low": low,
        "at": at,
        "Error": TransitionNotAllowed,
    }
    caught = "try:\n    deal.{}(at=at, evidence=low)\nexcept Error as error:\n    pass"
    return Adapter(
        "python-statemachine",
        Statement(
            "deal.offer(at=at, evidence=score); deal.back(at=at, evidence=score); deal.history.clear()",
            names,
            2,
        ),
        Statement(caught.format("offer"), names),
        Statement(caught.format("win"), names),
        Statement("Deal('D-2')", names),
        Deal,
        tour,
        200,
    )


def _automat(score: dict[str, int], low: dict[str, int], at: datetime) -> Adapter:
    from automat import NoTransition, TypeMachineBuilder

    class Inputs(Protocol):
        def offer(self, at: datetime, evidence: dict[str, int]) -> None: ...
        def back(self, at: datetime, evidence: dict[str, int]) -> None: ...
        def win(self, at: datetime, evidence: dict[str, int]) -> None: ...

    class Core:
        def __init__(self, entity: str) -> None:
            self.entity = entity
            self.history: list[tuple[Any, ...]] = []

    builder = TypeMachineBuilder(Inputs, Core)
    talk, offered, won = builder.state("talk"), builder.state("offered"), builder.state("won")

    def move(event: Any, source: Any, target: Any) -> None:
        def record(_: Inputs, core: Core, at: datetime, evidence: dict[str, int]) -> None:
            core.history.append((core.entity, target.name, at, source.name, event.__name__, dict(evidence)))

        source.upon(event).to(target)(record)

    move(Inputs.offer, talk, offered)
    move(Inputs.back, offered, talk)
    move(Inputs.win, offered, won)
    machine = builder.build()

    # Automat has no conditions: whoever calls it asks first.
    def ask(take: Callable[..., None], at: datetime, evidence: dict[str, int]) -> None:
        if not _enough(evidence):
            raise ValueError(f"score is {evidence.get('score')}, at least 60 is required")
        take(at, evidence)

    def make(entity: str) -> Any:
        return machine(Core(entity))

    def tour() -> str:
        core = Core("tour")
        deal: Any = machine(core)
        with suppress(ValueError):
            ask(deal.offer, at, low)
            return "taken without the score"
        ask(deal.offer, at, score)
        ask(deal.back, at, score)
        ask(deal.offer, at, score)
        deal.win(at, score)
        return core.history[-1][1] if len(core.history) == 4 else "not recorded"

    core = Core("D-1")
    names = {
        "deal": machine(core),
        "core": core,
        "make": make,
        "ask": ask,
        "score": score,
        "low": low,
        "at": at,
        "Error": (NoTransition, ValueError),
    }
    return Adapter(
        "Automat",
        Statement("ask(deal.offer, at, score); ask(deal.back, at, score); core.history.clear()", names, 2),
        Statement("try:\n    ask(deal.offer, at, low)\nexcept Error as error:\n    pass", names),
        Statement("try:\n    deal.win(at, low)\nexcept Error as error:\n    pass", names),
        Statement("make('D-2')", names),
        make,
        tour,
    )
