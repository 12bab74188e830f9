"""What is to be reached, and by when?"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self

import attrs

from salesproc import _plain
from salesproc._instants import is_placeholder
from salesproc.errors import PeriodError, StorageError
from salesproc.goals._quantities import Quantity, exact, one_kind, shown
from salesproc.periods import Period

__all__ = ["Goal"]


@attrs.frozen(repr=False)
class Goal:
    """Something to be reached, as it is written down; a draft may leave out all but the name.

    What a goal counts begins at nothing on the first day and adds up: money won, customers, meetings. A level to be kept, such as a win rate, has a
    target too, but no pace.

    Attributes:
        name: What it is called.
        metric: What is measured, such as ``"revenue won"``; None while nobody has said.
        scope: Whose or which part of it, such as a team, a region, a product.
        target: How much is to be reached, above 0: money, or a number.
        baseline: What was reached in the time before, as long as this one; of the same kind, 0 or more.
        start: The first day that counts.
        deadline: The last day that counts, itself included.

    Raises:
        ValueError: No name, a target of nothing, or a day that stands for never.
        TypeError: A text, a quantity or a day that is none, or money beside a number.
        CurrencyMismatch: Target and baseline are in two currencies.
        PeriodError: The deadline lies before the start.

    Source:
        The goal as the path and the time to an objective that can be measured: document 002 of ``docs/explanation/sources.md``.

    >>> from salesproc import Money
    >>> goal = Goal("more in the north", metric="revenue won", scope="team north", target=Money(120_000, "EUR"),
    ...             start=date(2026, 1, 1), deadline=date(2026, 12, 31))
    >>> goal
    <Goal 'more in the north': 120,000.00 EUR revenue won, 2026-01-01 to 2026-12-31>
    >>> Goal.from_dict(goal.to_dict()) == goal
    True
    """

    name: str
    metric: str | None = attrs.field(default=None, kw_only=True)
    scope: str | None = attrs.field(default=None, kw_only=True)
    target: Quantity | None = attrs.field(default=None, kw_only=True)
    baseline: Quantity | None = attrs.field(default=None, kw_only=True)
    start: date | None = attrs.field(default=None, kw_only=True)
    deadline: date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for field in ("name", "metric", "scope"):
            _require_text(getattr(self, field), field, needed=field == "name")
        one_kind({"target": self.target, "baseline": self.baseline})
        if self.target is not None and exact(self.target) <= 0:
            raise ValueError(f"target must be above 0, got {self.target!r}")
        if self.baseline is not None and exact(self.baseline) < 0:
            raise ValueError(f"baseline must be 0 or more, got {self.baseline!r}")
        for field in ("start", "deadline"):
            _require_day(getattr(self, field), field)
        if self.start is not None and self.deadline is not None and self.deadline < self.start:
            raise PeriodError(
                f"the deadline must not lie before the start, got {self.start} to {self.deadline}"
            )

    @property
    def period(self) -> Period | None:
        """The days that count, the deadline included; None where one of the two is not said."""
        if self.start is None or self.deadline is None:
            return None
        return Period(self.start, self.deadline + timedelta(days=1))

    def to_dict(self) -> dict[str, Any]:
        """The goal as plain data for JSON."""
        return {name: _plain.tag(getattr(self, name)) for name in _plain.fields(type(self))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The goal that `to_dict` wrote.

        Raises:
            StorageError: The data is no such goal.
        """
        try:
            return cls(**{name: _plain.untag(value, f"$.{name}") for name, value in data.items()})
        except StorageError:
            raise
        except (AttributeError, TypeError, ValueError) as error:
            raise StorageError(f"no stored Goal: {error}") from error

    def __repr__(self) -> str:
        target = "no target" if self.target is None else shown(self.target)
        days = f"{self.start or 'no start'} to {self.deadline or 'no deadline'}"
        return f"<Goal {self.name!r}: {target} {self.metric or '(no metric)'}, {days}>"


def _require_text(given: object, field: str, *, needed: bool) -> None:
    if given is None and not needed:
        return
    if not isinstance(given, str):
        raise TypeError(f"{field} must be text, got {given!r}")
    if not given.strip():
        raise ValueError(f"{field} must not be empty, got {given!r}")


def _require_day(given: object, field: str) -> None:
    if given is None:
        return
    if isinstance(given, datetime) or not isinstance(given, date):
        raise TypeError(
            f"{field} must be a plain date, got {given!r}; for an instant, at.astimezone(tz).date()"
        )
    if is_placeholder(given):
        raise ValueError(f"{field} {given} is what software writes for never; leave it out")
