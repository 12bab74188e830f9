"""Is this the kind of customer we want? The ideal profile, and how a lead fits it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

import attrs

from salesproc._given import whole_number
from salesproc.qualification.bands import Bands
from salesproc.stages import Evidence, Reason, Requirement
from salesproc.stages.reasons import surely_fails

__all__ = ["FIT_GRADES", "Fit", "FitLine", "FitMatch", "IdealProfile", "ProfileCriterion"]

FIT_GRADES = Bands(("A", "B", "C", "D"), cuts=(0.75, 0.5, 0.25))
"""A to D as marketing tools name them; the cuts, in quarters of the weight, are ours."""


class FitMatch(StrEnum):
    """Whether a lead meets a criterion of the profile."""

    MATCHED = "matched"
    NOT_MATCHED = "not matched"
    UNKNOWN = "unknown"


class ProfileCriterion(NamedTuple):
    """Something the customers we want have in common. Any pair of the two does as well.

    Attributes:
        asks: A requirement on the attributes of the lead: ``one_of("job_title", "CTO")``, ``at_least("employees", 50)``,
            ``confirmed("has_website")``, or a rule of your own, which sees the attributes as ``attempt.evidence`` and nothing else.
        weight: Its points: whole, 1 or more.
    """

    asks: Requirement
    weight: int = 1


class FitLine(NamedTuple):
    """How a lead stands on one criterion; ``str()`` says why.

    Attributes:
        about: What is asked.
        match: Whether they meet it.
        weight: The points it is worth.
        reasons: Why they do not, or what is not known; empty when they do.
    """

    about: str
    match: FitMatch
    weight: int
    reasons: tuple[Reason, ...] = ()

    @property
    def points(self) -> int:
        """The points it gives: all or none."""
        return self.weight if self.match is FitMatch.MATCHED else 0

    def __str__(self) -> str:
        why = f" ({'; '.join(map(str, self.reasons))})" if self.reasons else ""
        return f"{self.about}: {self.points} of {self.weight}{why}"


def _rows(given: Iterable[Sequence[Any]]) -> tuple[ProfileCriterion, ...]:
    return tuple(ProfileCriterion(*row) for row in given)


@attrs.frozen
class IdealProfile:
    """What the customers we want look like.

    Attributes:
        name: What the profile is called.
        criteria: What is asked, with the points each is worth.
        grades: From which share of the points on a lead earns which grade. Every cut lies above 0, so that somebody of whom nothing is known has
            the lowest.

    Raises:
        ValueError: No criteria, a weight below 1, a cut that is no share above 0.
        TypeError: A criterion that is no requirement, a weight that is no whole number.

    Source:
        The portrait of the customers one wants, and job position, number of employees and having a website as what to look at: document 002 of
        ``docs/explanation/sources.md``. It gives no points.

    >>> from salesproc.stages import at_least, confirmed, one_of
    >>> wanted = IdealProfile(
    ...     "logistics",
    ...     [(one_of("job_title", "CTO", "COO"), 30), (at_least("employees", 50), 10), (confirmed("has_website"), 10)],
    ... )
    >>> print(wanted.fit({"job_title": "COO", "employees": 12}))
    B: 30 of 50 points, A if all that is unknown matched
    job_title CTO or COO: 30 of 30
    employees of at least 50: 0 of 10 (employees is 12, at least 50 is required)
    a yes to has_website: 0 of 10 (has_website is missing)
    """

    name: str
    criteria: tuple[ProfileCriterion, ...] = attrs.field(converter=_rows)
    grades: Bands = FIT_GRADES

    def __attrs_post_init__(self) -> None:
        if not self.criteria:
            raise ValueError(f"profile {self.name!r} needs at least one criterion")
        for asks, weight in self.criteria:
            if not isinstance(asks, Requirement):
                raise TypeError(
                    f"a criterion of a profile is a requirement, such as at_least('employees', 50), got {asks!r}"
                )
            whole_number(weight, f"the weight of {str(asks)!r}", least=1)
        if not all(0 < cut <= 1 for cut in self.grades.cuts):
            cuts = ", ".join(map(str, self.grades.cuts))
            raise ValueError(f"grades are cut at shares above 0 and at most 1, got {cuts}")

    def fit(self, attributes: Evidence) -> "Fit":
        """How a lead fits.

        Args:
            attributes: What is known of them, by name; what is left out or None is unknown, and no match.
        """
        # What a requirement sees of a step; there is none here, only its evidence.
        attempt = (None, "fit", None, None, None, attributes)
        return Fit(self, tuple(_line(one, attributes, attempt) for one in self.criteria))


@attrs.frozen(repr=False)
class Fit:
    """How a lead fits a profile, criterion by criterion.

    Attributes:
        profile: Against what.
        lines: One per criterion.
    """

    profile: IdealProfile
    lines: tuple[FitLine, ...]

    @property
    def points(self) -> int:
        """The points of what matched."""
        return sum(line.points for line in self.lines)

    @property
    def share(self) -> Fraction:
        """The points of what matched over all points, 0 to 1, exact. What is unknown adds nothing."""
        return Fraction(self.points, self._whole)

    @property
    def best_share(self) -> Fraction:
        """What the share would be if all that is unknown matched."""
        hoped = sum(line.weight for line in self.lines if line.match is FitMatch.UNKNOWN)
        return Fraction(self.points + hoped, self._whole)

    @property
    def grade(self) -> str:
        """The grade by what is known."""
        return self.profile.grades.of(self.share)

    @property
    def best_grade(self) -> str:
        """The grade if all that is unknown matched: whether finding out is worth it."""
        return self.profile.grades.of(self.best_share)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What to find out."""
        return tuple(line.about for line in self.lines if line.match is FitMatch.UNKNOWN)

    @property
    def _whole(self) -> int:
        return sum(line.weight for line in self.lines)

    def to_rows(self) -> list[dict[str, str | int]]:
        """One row per criterion."""
        return [
            {
                "criterion": line.about,
                "match": line.match.value,
                "points": line.points,
                "weight": line.weight,
                "why": "; ".join(map(str, line.reasons)),
            }
            for line in self.lines
        ]

    def __str__(self) -> str:
        return "\n".join((self._summary, *map(str, self.lines)))

    def __repr__(self) -> str:
        return f"<Fit to {self.profile.name!r}: {self._summary}>"

    @property
    def _summary(self) -> str:
        better = self.best_grade
        hope = f", {better} if all that is unknown matched" if better != self.grade else ""
        return f"{self.grade}: {self.points} of {self._whole} points{hope}"


def _line(one: ProfileCriterion, attributes: Evidence, attempt: tuple[Any, ...]) -> FitLine:
    reasons = one.asks.check(attributes, attempt)
    if not reasons:
        return FitLine(str(one.asks), FitMatch.MATCHED, one.weight)
    match = FitMatch.NOT_MATCHED if surely_fails(reasons) else FitMatch.UNKNOWN
    return FitLine(str(one.asks), match, one.weight, reasons)
