"""Does this lead deserve a call now? Fit and interest together, every point explained, and what to do about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

import attrs

from salesproc._given import exact_number, member, whole_number
from salesproc.errors import UnknownName, did_you_mean
from salesproc.qualification._points import points, total
from salesproc.qualification.interest import EventRow, Interest, InterestModel
from salesproc.qualification.profile import Fit, IdealProfile
from salesproc.stages import Evidence, EvidenceValue

__all__ = ["LeadAction", "Score", "ScoreLine", "ScoringModel"]


class LeadAction(StrEnum):
    """What to do with a lead.

    Route: to sales, now. Nurture: keep in touch, not yet. Research: find out what is not known of them. Drop: nothing.
    """

    ROUTE = "route"
    NURTURE = "nurture"
    RESEARCH = "research"
    DROP = "drop"


Grid: TypeAlias = tuple[tuple[str, tuple[LeadAction, ...]], ...]
"""By grade of fit, the actions in the order of the levels of interest."""


def _grid(
    given: Mapping[str, Iterable[LeadAction | str]] | Iterable[tuple[str, Iterable[LeadAction | str]]],
) -> Grid:
    return tuple((grade, tuple(map(_action, actions))) for grade, actions in dict(given).items())


@attrs.frozen(kw_only=True)
class ScoringModel:
    """A way to score leads: whom we want, what shows interest, and what follows from the two together.

    Several models may exist side by side, for products or regions; a score says which one it is of.

    Attributes:
        name: What it is called.
        version: Counts up when anything in it changes: scores of two versions do not compare.
        profile: Whom we want.
        interest: What shows interest.
        grid: What to do, by grade of fit, for each level of interest, in the order of the levels. The lowest grade is never routed: interest alone
            makes no customer.
        threshold: From how many points in all a lead is routed; below, the grid's route becomes nurture. None leaves it to the grid.

    Raises:
        ValueError: A grid with a grade missing, unknown or routed without fit, or with another number of actions than there are levels.
        TypeError: A threshold that is no number, a version that is no whole number.

    Source:
        Not everybody who contacts you wants to buy, nor everybody who presses "like": document 001 of ``docs/explanation/sources.md``. Profile by
        interest is how marketing tools grade leads; only real opportunities go to sales: document 002.
    """

    name: str
    version: int = 1
    profile: IdealProfile
    interest: InterestModel
    grid: Grid = attrs.field(converter=_grid)
    threshold: int | Decimal | None = None

    def __attrs_post_init__(self) -> None:
        whole_number(self.version, "version", least=1)
        if self.threshold is not None:
            exact_number(self.threshold, "threshold")
        grades, levels = self.profile.grades, self.interest.levels.labels
        for grade, actions in self.grid:
            if grade not in grades.labels:
                raise ValueError(
                    f"the grid has a grade {grade!r} that the profile does not; {did_you_mean(grade, grades.labels)}"
                )
            if len(actions) != len(levels):
                raise ValueError(
                    f"grade {grade!r} needs an action for each of {', '.join(levels)}, got {', '.join(actions) or 'none'}"
                )
            if grade == grades.lowest and LeadAction.ROUTE in actions:
                raise ValueError(
                    f"grade {grade!r} is the lowest and cannot be routed: interest alone is no reason to call; take research"
                )
        given = sorted(grade for grade, _ in self.grid)
        if given != sorted(grades.labels):
            raise ValueError(
                f"the grid needs one row for each of {', '.join(grades.labels)}, got {', '.join(given)}"
            )

    def action(self, grade: str, level: str) -> LeadAction:
        """What the grid says.

        Raises:
            UnknownName: No such grade or level; the message names the nearest.
        """
        rows, levels = dict(self.grid), self.interest.levels.labels
        if grade not in rows:
            raise UnknownName("grade", grade, rows, f"the grid of {self.name!r}")
        if level not in levels:
            raise UnknownName("level of interest", level, levels, f"the grid of {self.name!r}")
        return rows[grade][levels.index(level)]

    def score(self, attributes: Evidence, events: Iterable[EventRow], *, as_of: datetime) -> "Score":
        """The score of a lead.

        Args:
            attributes: What is known of them, by name; what is left out is unknown, and no match.
            events: What they did: rows ``(kind, at, ...)`` in any order, read once.
            as_of: For which instant, aware.

        Raises:
            LogError: An event that is none; the message names it.
            NaiveTimeError: A time without a zone.
        """
        return Score(self, self.profile.fit(attributes), self.interest.measure(events, as_of=as_of))


class ScoreLine(NamedTuple):
    """Some points of a score; ``str()`` says why they are given.

    Attributes:
        part: Whether they are for fit or for interest.
        about: What they are for, and why they are not more.
        points: How many, to the hundredth.
    """

    part: Literal["fit", "interest"]
    about: str
    points: Decimal

    def __str__(self) -> str:
        return f"{self.points:>+8}  {self.part}: {self.about}"


@attrs.frozen(repr=False)
class Score:
    """The score of a lead at an instant. The lines are the score: what they give adds up to the total, to the hundredth.

    Attributes:
        model: By which model, and so in which version.
        fit: How they fit the profile.
        interest: What they did.
    """

    model: ScoringModel
    fit: Fit
    interest: Interest

    @property
    def as_of(self) -> datetime:
        """For which instant."""
        return self.interest.as_of

    @property
    def lines(self) -> tuple[ScoreLine, ...]:
        """Why: every criterion of the profile, also where it gives nothing, then every event and every cap."""
        fit = (ScoreLine("fit", str(line), points(line.points)) for line in self.fit.lines)
        interest = (ScoreLine("interest", line.about, line.points) for line in self.interest.lines)
        return (*fit, *interest)

    @property
    def total(self) -> Decimal:
        """The points of fit and those of interest."""
        return total((points(self.fit.points), self.interest.total))

    @property
    def grade(self) -> str:
        """The grade of fit."""
        return self.fit.grade

    @property
    def level(self) -> str:
        """The level of interest."""
        return self.interest.level

    @property
    def action(self) -> LeadAction:
        """What to do: the grid's word, except that below the threshold nobody is routed."""
        action = self.model.action(self.grade, self.level)
        threshold = self.model.threshold
        if action is LeadAction.ROUTE and threshold is not None and self.total < threshold:
            return LeadAction.NURTURE
        return action

    def evidence(self) -> dict[str, EvidenceValue]:
        """The same as evidence for a step: the score that ``qualify`` asks for, and what it is made of."""
        return {
            "score": self.total,
            "grade": self.grade,
            "level": self.level,
            "action": self.action.value,
            "model": self.model.name,
            "model_version": self.model.version,
        }

    def to_rows(self) -> list[dict[str, str | float]]:
        """One row per line."""
        return [{"part": line.part, "about": line.about, "points": float(line.points)} for line in self.lines]

    def __str__(self) -> str:
        return "\n".join((self._summary, *map(str, self.lines)))

    def __repr__(self) -> str:
        return f"<Score by {self.model.name} v{self.model.version}: {self._summary}>"

    @property
    def _summary(self) -> str:
        unused = f"; {self.interest.unused}" if self.interest.unused else ""
        return f"{self.action}: {self.total} points, fit {self.grade}, interest {self.level}{unused}"


def _action(given: LeadAction | str) -> LeadAction:
    return member(LeadAction, given, "action for a lead")
