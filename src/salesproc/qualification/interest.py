"""How interested are they, by what they did and how long ago? Points for dated events, with caps and decay."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple, TypeAlias

import attrs

from salesproc._given import leading_fields, whole_number
from salesproc._instants import earlier, elapsed, is_placeholder, require_aware
from salesproc.errors import LogError, did_you_mean
from salesproc.qualification._points import points, total
from salesproc.qualification.bands import Bands
from salesproc.qualification.interest_rules import BuyerStage, InterestRule

__all__ = ["Interest", "InterestEvent", "InterestLine", "InterestModel"]


class InterestEvent(NamedTuple):
    """Something a lead did. Any row that begins with the two does as well.

    Attributes:
        kind: What; the rules say what it is worth.
        at: When, aware.
    """

    kind: str
    at: datetime


EventRow: TypeAlias = InterestEvent | tuple[str, datetime, *tuple[object, ...]]
"""A row ``(kind, at, ...)``."""


def _rules(given: Iterable[InterestRule]) -> tuple[InterestRule, ...]:
    return tuple(given)


def _caps(given: Mapping[str, int] | Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(dict(given).items())


@attrs.frozen
class InterestModel:
    """What events are worth together.

    Attributes:
        rules: One per kind of event.
        levels: From how many points on interest has which name.
        caps: The most a group gives, by group, each 0 or more. Held after decay and after what speaks against them is taken off.
        cap: The most everything together gives; None is no limit.

    Raises:
        ValueError: No rules, two for one kind, a cap on a group no rule is in, a cap below 0, a later stage worth less than an earlier one.
        TypeError: A cap that is no whole number.

    Source:
        Actions are watched, and the further along the buying process the higher the score: document 002 of ``docs/explanation/sources.md``, which
        gives no points. Caps by group, points below 0 and decay are common to marketing tools.
    """

    rules: tuple[InterestRule, ...] = attrs.field(converter=_rules)
    levels: Bands
    caps: tuple[tuple[str, int], ...] = attrs.field(default=(), converter=_caps, kw_only=True)
    cap: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        kinds = [rule.kind for rule in self.rules]
        if not kinds:
            raise ValueError("a model of interest needs at least one rule")
        doubled = [kind for kind, count in Counter(kinds).items() if count > 1]
        if doubled:
            raise ValueError(f"there is more than one rule for {doubled[0]!r}")
        groups = [*dict.fromkeys(rule.group for rule in self.rules if rule.group is not None)]
        for group, cap in self.caps:
            if group not in groups:
                raise ValueError(f"no rule is in group {group!r}; {did_you_mean(group, groups)}")
            whole_number(cap, f"the cap on {group!r}", least=0)
        if self.cap is not None:
            whole_number(self.cap, "cap", least=0)
        _require_rising(self.rules)

    def measure(self, events: Iterable[EventRow], *, as_of: datetime) -> "Interest":
        """The interest that the events show.

        Args:
            events: Rows ``(kind, at, ...)`` in any order, read once.
            as_of: The instant for which points decay, aware; what is later is not used, and counted.

        Returns:
            A line for every event that has a rule and for every cap that took something; kinds without a rule are counted.

        Raises:
            LogError: Something that is no row, or a time that software writes for never; the message names it.
            NaiveTimeError: A time without a zone.

        >>> from datetime import timedelta
        >>> model = InterestModel(
        ...     [InterestRule("read", 4, group="content"), InterestRule("demo", 40, half_life=timedelta(days=30))],
        ...     Bands(("high", "low"), cuts=[30]),
        ...     caps={"content": 6},
        ... )
        >>> day = datetime(2026, 3, 2, tzinfo=UTC)
        >>> done = [("read", day), ("read", day), ("demo", day), ("like", day)]
        >>> print(model.measure(done, as_of=day + timedelta(days=30)))
        low: 26.00 points; without a rule: 1 like
          +4.00  read on 2026-03-02
          +4.00  read on 2026-03-02
          -2.00  content is capped at 6
         +20.00  demo on 2026-03-02, 20.00 of 40 left
        """
        require_aware(as_of, "as_of")
        rules = {rule.kind: rule for rule in self.rules}
        known = defaultdict[str, list[datetime]](list)
        later, strangers = 0, Counter[str]()
        for number, row in enumerate(events, 1):
            kind, at = _read(row, number)
            if earlier(as_of, at):
                later += 1
            elif kind in rules:
                known[kind].append(at)
            else:
                strangers[kind] += 1
        lines = list[InterestLine]()
        caps = dict(self.caps)
        for group in dict.fromkeys(rule.group for rule in self.rules):
            within = [
                _line(rule, at, as_of)
                for rule in self.rules
                if rule.group == group
                for at in sorted(known[rule.kind], key=lambda at: at.astimezone(UTC))
            ]
            lines += [*within, *_capped(within, caps.get(group) if group is not None else None, group)]
        lines += _capped(lines, self.cap, None)
        return Interest(self, as_of, tuple(lines), later, tuple(sorted(strangers.items())))


class InterestLine(NamedTuple):
    """Some points, and why; ``str()`` says both.

    Attributes:
        about: What they are for.
        points: How many, to the hundredth.
        group: The group they count in; None where they are in none, and for the cap on everything.
        at: When the event was; None for a cap.
    """

    about: str
    points: Decimal
    group: str | None = None
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.points:>+8}  {self.about}"


@attrs.frozen(repr=False)
class Interest:
    """The interest of a lead at an instant, with every point explained: the lines add up to the total.

    Attributes:
        model: By which rules.
        as_of: When.
        lines: What gave or took points, by group in the order of the rules.
        later: How many events were later than that, and not used.
        without_rule: The kinds no rule is about, with how often they happened.
    """

    model: InterestModel
    as_of: datetime
    lines: tuple[InterestLine, ...]
    later: int = 0
    without_rule: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> Decimal:
        """All points, to the hundredth; below 0 where more speaks against them than for them."""
        return total(line.points for line in self.lines)

    @property
    def level(self) -> str:
        """The name of so much interest."""
        return self.model.levels.of(self.total)

    def to_rows(self) -> list[dict[str, str | float | None]]:
        """One row per line."""
        return [
            {
                "about": line.about,
                "points": float(line.points),
                "group": line.group,
                "at": None if line.at is None else line.at.isoformat(),
            }
            for line in self.lines
        ]

    def __str__(self) -> str:
        return "\n".join((self._summary, *map(str, self.lines)))

    def __repr__(self) -> str:
        return f"<Interest: {self._summary}>"

    @property
    def unused(self) -> str:
        """What gave no points because no rule is about it, or because it was later; empty when there is nothing of the kind."""
        strangers = ", ".join(f"{count} {kind}" for kind, count in self.without_rule)
        parts = (
            f"without a rule: {strangers}" if strangers else "",
            f"{self.later} later" if self.later else "",
        )
        return "; ".join(filter(None, parts))

    @property
    def _summary(self) -> str:
        return f"{self.level}: {self.total} points" + (f"; {self.unused}" if self.unused else "")


def _read(row: object, number: int) -> tuple[str, datetime]:
    where = f"event {number}"
    kind, at = leading_fields(row, ("kind", "at"), where)
    if not isinstance(kind, str):
        raise LogError(f"{where} must be of a kind that is text, got {row!r}")
    if is_placeholder(require_aware(at, f"the time of {where}")):
        raise LogError(f"{where} is at {at}, which software writes for never: {row!r}")
    return kind, at


def _line(rule: InterestRule, at: datetime, as_of: datetime) -> InterestLine:
    left = rule.left(elapsed(at, as_of))
    faded = f", {left} of {rule.points} left" if left != rule.points else ""
    return InterestLine(f"{rule.kind} on {at.date()}{faded}", left, rule.group, at)


def _capped(lines: Iterable[InterestLine], cap: int | None, group: str | None) -> list[InterestLine]:
    """The line that takes what is above the cap, if anything is."""
    above = Decimal(0) if cap is None else total([*(line.points for line in lines), points(-cap)])
    if above <= 0:
        return []
    return [InterestLine(f"{group or 'everything'} is capped at {cap}", points(-Fraction(above)), group)]


def _require_rising(rules: Iterable[InterestRule]) -> None:
    order = {stage: place for place, stage in enumerate(BuyerStage)}
    staged = [(order[rule.stage], rule) for rule in rules if rule.stage is not None]
    for (place, rule), (other, more) in permutations(staged, 2):
        if place > other and rule.points < more.points:
            raise ValueError(
                f"{rule.kind!r} ({rule.stage}) gives {rule.points}, less than {more.kind!r} ({more.stage}) with {more.points}; "
                "the further along, the higher the score"
            )
