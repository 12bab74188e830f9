"""What do we know before the call, what is missing, and what is to be asked?"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import attrs

from salesproc._given import member, several
from salesproc._tables import Shown
from salesproc.errors import RecordError
from salesproc.follow_up.call_objectives import CallOutcome
from salesproc.metrics.breakdown import Cell
from salesproc.qualification import AnswerState, Fit, Qualification
from salesproc.records import Contact

__all__ = ["CallPreparation", "ResearchItem", "ResearchNote", "prepare_call"]


class ResearchItem(StrEnum):
    """What to know of a company before the call.

    Source: preparing the sales call, OpenStax *Entrepreneurship* 8.6: who they are, against whom they compete, to whom they sell, from whom they buy.
    """

    DEMOGRAPHICS = "demographics"
    COMPETITORS = "competitors"
    CUSTOMERS = "customers"
    SUPPLIERS = "suppliers"


class ResearchNote(NamedTuple):
    """Something that was found out.

    Attributes:
        item: About what.
        found: What it is.
        source: Where it was found: a site, a directory, somebody who knows them.
    """

    item: ResearchItem
    found: str
    source: str


@attrs.frozen(kw_only=True, repr=False)
class CallPreparation(Shown):
    """What is known before a call.

    Attributes:
        entity: Whom it is about.
        objective: What the call is to achieve.
        contact: Who is called.
        notes: What was found out, in the order given.
        to_ask: What only the call can tell: the open questions of the qualification, then what is unknown of the fit.
    """

    entity: str
    objective: str
    contact: Contact
    notes: tuple[ResearchNote, ...]
    to_ask: tuple[str, ...]

    @property
    def research_missing(self) -> tuple[ResearchItem, ...]:
        """Of what nothing was found out yet."""
        known = {note.item for note in self.notes}
        return tuple(item for item in ResearchItem if item not in known)

    @property
    def contact_missing(self) -> tuple[str, ...]:
        """What is not known of the contact: e-mail, phone, company, interests."""
        return self.contact.missing_fields

    @property
    def prepared(self) -> bool:
        """Whether something is known of every item of research."""
        return not self.research_missing

    def outcome(
        self, *, at: datetime, met: bool | None = None, by: str | None = None, note: str = ""
    ) -> CallOutcome[str]:
        """The call with its objective, as `objectives_met` reads it.

        Args:
            at: When it was made, or is to be made, aware.
            met: Whether the objective was met; None while nobody knows.
            by: Who called.
            note: What was said.
        """
        return CallOutcome(self.entity, self.objective, at, met, by, note)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per note and per gap: about what, what is known and from where; None where nothing is, and what to ask."""
        known = [(note.item.value, note.found, note.source) for note in self.notes]
        gaps = [*(item.value for item in self.research_missing), *self.contact_missing, *self.to_ask]
        rows = [*known, *((gap, None, None) for gap in gaps)]
        return [{"about": about, "known": found, "source": source} for about, found, source in rows]

    def __str__(self) -> str:
        gaps = (
            ("to find out", self.research_missing),
            ("not known of the contact", self.contact_missing),
            ("to ask", self.to_ask),
        )
        lines = [f"{name}: {', '.join(found)}" for name, found in gaps if found]
        return "\n".join((f"{self.contact.name}, {self.objective}", *lines))

    def __repr__(self) -> str:
        missing = ", ".join(self.research_missing) or "nothing"
        return f"<CallPreparation for {self.entity}, {self.objective}: {missing} to find out, {len(self.to_ask)} to ask>"


def prepare_call(
    entity: str,
    contact: Contact,
    *,
    objective: str,
    notes: Iterable[ResearchNote] = (),
    qualification: Qualification | None = None,
    fit: Fit | None = None,
) -> CallPreparation:
    """What is known before a call, what is missing, and what to ask.

    Args:
        entity: Which lead, deal or customer it is about.
        contact: Who is called.
        objective: What the call is to achieve; `CallObjective` has the usual ones.
        notes: What was found out, each with its source.
        qualification: The answers so far; criteria nobody knows the answer to are to be asked.
        fit: The fit to a profile; what is unknown of it is to be asked.

    Raises:
        RecordError: No objective, a qualification of somebody else, or a note that says nothing or does not say where it is from.
        ValueError: A note about something that is no item of research.

    Source:
        Research before the call and a goal for each contact, OpenStax *Entrepreneurship* 8.6, the second step of the sale.

    >>> lin = Contact("Lin Wei", phone="+86 21 5550100", company="Acme")
    >>> found = [ResearchNote(ResearchItem.COMPETITORS, "Birch Labs", "their trade association")]
    >>> print(prepare_call("L-1", lin, objective="discover", notes=found))
    Lin Wei, discover
    to find out: demographics, customers, suppliers
    not known of the contact: email, interests
    """
    if not objective:
        raise RecordError(f"a call to {entity} needs an objective, for example 'discover'")
    if qualification is not None and qualification.entity != entity:
        raise RecordError(f"the qualification is of {qualification.entity!r}, the call to {entity!r}")
    kept = tuple(_note(one) for one in several(notes, "notes"))
    return CallPreparation(
        entity=entity,
        objective=str(objective),
        contact=contact,
        notes=kept,
        to_ask=(*_questions(qualification), *(() if fit is None else fit.unknown)),
    )


def _note(given: ResearchNote) -> ResearchNote:
    item, found, source = given
    note = ResearchNote(member(ResearchItem, item, "item of research"), found, source)
    if not found.strip() or not source.strip():
        raise RecordError(f"a note of research says what was found and where, got {given!r}")
    return note


def _questions(qualification: Qualification | None) -> Iterable[str]:
    if qualification is None:
        return ()
    states = qualification.states
    asked = qualification.framework.criteria
    return (one.question or one.name for one in asked if states[one.name] is AnswerState.UNKNOWN)
