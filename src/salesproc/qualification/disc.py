"""How does somebody like to be talked to? Styles of behaviour as somebody saw them one day. Never a gate."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import attrs

from salesproc._given import member
from salesproc._instants import earlier, require_aware
from salesproc.errors import RecordError
from salesproc.records._record import Stored

__all__ = ["DiscObservation", "DiscStyle", "disc_styles"]


class DiscStyle(StrEnum):
    """The four styles. Some call the last one conscientiousness.

    Source: document 002 of ``docs/explanation/sources.md``; the four go back to W. M. Marston, *Emotions of Normal People* (1928).
    """

    DOMINANCE = "dominance"
    INFLUENCE = "influence"
    STEADINESS = "steadiness"
    COMPLIANCE = "compliance"


def _style(given: DiscStyle | str) -> DiscStyle:
    return member(DiscStyle, given, "style of DISC")


def _aware(_: object, field: "attrs.Attribute[datetime]", value: datetime) -> None:
    require_aware(value, field.name)


@attrs.frozen
class DiscObservation(Stored):
    """Somebody's impression of a contact, on a day. It helps to prepare a talk, and decides nothing.

    Attributes:
        contact: Of whom; a name, or the id in your store.
        style: How they seemed.
        at: When, aware.
        by: Who of us says so.
        note: What it was seen in.

    Raises:
        ValueError: No such style.
        NaiveTimeError: A time without a zone.
    """

    contact: str
    style: DiscStyle = attrs.field(converter=_style)
    at: datetime = attrs.field(validator=_aware)
    by: str | None = None
    note: str | None = None


def disc_styles(observations: Iterable[DiscObservation], *, as_of: datetime) -> dict[str, DiscObservation]:
    """The latest impression of every contact.

    Args:
        observations: In any order, read once.
        as_of: What was seen later is not used; aware.

    Returns:
        By contact, in the order they come; nobody is in it of whom nothing was seen.

    Raises:
        NaiveTimeError: *as_of* has no zone.
        RecordError: Two latest ones of one contact, at one instant, that disagree.

    >>> from datetime import UTC
    >>> spring, autumn = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    >>> seen = [DiscObservation("Lin Wei", "influence", autumn), DiscObservation("Lin Wei", "dominance", spring)]
    >>> disc_styles(seen, as_of=autumn)["Lin Wei"].style
    <DiscStyle.INFLUENCE: 'influence'>
    """
    require_aware(as_of, "as_of")
    latest: dict[str, list[DiscObservation]] = {}
    for one in observations:
        if earlier(as_of, one.at):
            continue
        found = latest.setdefault(one.contact, [])
        if found and earlier(found[0].at, one.at):
            found.clear()
        if not found or not earlier(one.at, found[0].at):
            found.append(one)
    return {contact: _agreed(found) for contact, found in latest.items()}


def _agreed(found: list[DiscObservation]) -> DiscObservation:
    """The first of those of one instant, when they say the same."""
    first = found[0]
    for other in found:
        if other.style is not first.style:
            raise RecordError(
                f"{first.contact} is {first.style} and {other.style} at {first.at}; keep one of the two"
            )
    return first
