"""Is this a goal one can work towards? The five letters of SMART, each with what was seen."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

import attrs

from salesproc._tables import Shown
from salesproc.goals._quantities import Quantity, exact, one_kind, shown
from salesproc.goals.goal import Goal
from salesproc.metrics._numbers import Number, positive_number
from salesproc.metrics.breakdown import Cell

__all__ = ["SmartCheck", "SmartState", "SmartVerdict", "smart_check"]

SmartState: TypeAlias = Literal["ok", "not ok", "unknown"]
"""What is found of one letter; unknown is not ok."""

_LARGEST_GROWTH = 10  # tenfold is no plan, and 10 is how somebody writes ten percent


@attrs.frozen(hash=False)
class SmartVerdict:
    """What is found of one letter.

    Attributes:
        letter: The word: specific, measurable, achievable, realistic or time-based.
        state: Whether the goal is that.
        reason: Why, in a sentence.
        seen: The numbers it rests on, by name, amounts and shares exact.
    """

    letter: str
    state: SmartState
    reason: str
    seen: Mapping[str, Quantity | Fraction] = attrs.field(factory=dict[str, Quantity | Fraction])

    def __str__(self) -> str:
        return f"{self.letter:<11}  {self.state:<7}  {self.reason}"


@attrs.frozen(hash=False, kw_only=True, repr=False)
class SmartCheck(Shown):
    """The five verdicts on a goal.

    Attributes:
        goal: The goal that was checked.
        specific: Whether it says what is measured, and of whom.
        measurable: Whether it has a number.
        achievable: Whether the number was reached before or is within the capacity.
        realistic: Whether the growth it asks for is within the limit.
        time_based: Whether it has a deadline.
    """

    goal: Goal
    specific: SmartVerdict
    measurable: SmartVerdict
    achievable: SmartVerdict
    realistic: SmartVerdict
    time_based: SmartVerdict

    @property
    def verdicts(self) -> tuple[SmartVerdict, ...]:
        """All five, in the order of the word."""
        return (self.specific, self.measurable, self.achievable, self.realistic, self.time_based)

    @property
    def gaps(self) -> tuple[SmartVerdict, ...]:
        """Those that are not ok or unknown; none when the goal is SMART."""
        return tuple(one for one in self.verdicts if one.state != "ok")

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per letter: the word, the state, the reason."""
        return [{"letter": one.letter, "state": one.state, "reason": one.reason} for one in self.verdicts]

    def __str__(self) -> str:
        return "\n".join(map(str, self.verdicts))

    def __repr__(self) -> str:
        open_letters = ", ".join(f"{one.letter} {one.state}" for one in self.gaps) or "all five ok"
        return f"<SmartCheck of {self.goal.name!r}: {open_letters}>"


def smart_check(
    goal: Goal,
    *,
    history: Iterable[Quantity] = (),
    capacity: Quantity | None = None,
    growth_limit: Number | None = None,
) -> SmartCheck:
    """Whether a goal is specific, measurable, achievable, realistic and time-based, and why not.

    Achievable asks whether we could: the target is within the capacity, or, where none is given, was reached before. Realistic asks whether we would:
    the growth over the baseline is within a limit that you name. What nobody said is unknown, which is neither yes nor no.

    Args:
        goal: The goal, a draft too.
        history: What was reached in earlier times, each as long as that of the goal, oldest first; of the kind of the target.
        capacity: The most the team can reach in the time, such as `sales_capacity` or the revenue of `plan_forward`.
        growth_limit: The largest growth over the baseline that you take for realistic, as a share: ``Decimal("0.2")`` is 20 percent. The baseline is
            that of the goal, or the latest of the history where it has none.

    Returns:
        One verdict per letter, with its reason and the numbers seen.

    Raises:
        TypeError: Money beside a number, or what is no number.
        CurrencyMismatch: Two currencies.
        ValueError: A growth limit below 0, or of 10 and more, which is meant as a percentage.

    Source:
        The five words: document 002 of ``docs/explanation/sources.md``. That achievable is judged by capacity and history and realistic by growth is ours.

    >>> from datetime import date
    >>> from decimal import Decimal
    >>> goal = Goal("north", metric="sales", scope="team north", target=48, deadline=date(2026, 12, 31))
    >>> print(smart_check(goal, history=[30, 36, 40], capacity=45, growth_limit=Decimal("0.2")))
    specific     ok       sales of team north
    measurable   ok       the target is 48
    achievable   not ok   the target of 48 is above the capacity of 45; reached in 0 of 3 earlier periods, the best was 40
    realistic    ok       it needs growth of 20.0% over 40, at most 20.0% is realistic
    time-based   ok       by 2026-12-31; no start is given
    """
    earlier = tuple(history)
    named = {f"history[{place}]": one for place, one in enumerate(earlier)}
    one_kind({"target": goal.target, "baseline": goal.baseline, "capacity": capacity, **named})
    return SmartCheck(
        goal=goal,
        specific=_specific(goal),
        measurable=_measurable(goal),
        achievable=_achievable(goal, earlier, capacity),
        realistic=_realistic(goal, earlier, _limit(growth_limit)),
        time_based=_time_based(goal),
    )


def _specific(goal: Goal) -> SmartVerdict:
    missing = [
        what
        for what, given in (("what is measured", goal.metric), ("whose it is", goal.scope))
        if given is None
    ]
    if missing:
        return SmartVerdict("specific", "not ok", f"it does not say {' and '.join(missing)}")
    return SmartVerdict("specific", "ok", f"{goal.metric} of {goal.scope}")


def _measurable(goal: Goal) -> SmartVerdict:
    if goal.target is None:
        return SmartVerdict("measurable", "not ok", "there is no target")
    return SmartVerdict("measurable", "ok", f"the target is {shown(goal.target)}", {"target": goal.target})


def _achievable(goal: Goal, history: tuple[Quantity, ...], capacity: Quantity | None) -> SmartVerdict:
    if goal.target is None:
        return SmartVerdict("achievable", "unknown", "there is no target")
    seen: dict[str, Quantity | Fraction] = {"target": goal.target}
    before, reached = "no history is given", 0
    if history:
        best = max(history, key=exact)
        reached = sum(exact(one) >= exact(goal.target) for one in history)
        before = f"reached in {reached} of {len(history)} earlier periods, the best was {shown(best)}"
        seen |= {"best": best, "reached": reached, "periods": len(history)}
    if capacity is None:
        state: SmartState = "ok" if reached else "unknown"
        return SmartVerdict("achievable", state, f"{before}; no capacity is given", seen)
    within = exact(goal.target) <= exact(capacity)
    place = "within" if within else "above"
    reason = f"the target of {shown(goal.target)} is {place} the capacity of {shown(capacity)}; {before}"
    return SmartVerdict("achievable", "ok" if within else "not ok", reason, {**seen, "capacity": capacity})


def _realistic(goal: Goal, history: tuple[Quantity, ...], limit: Fraction | None) -> SmartVerdict:
    if goal.target is None:
        return SmartVerdict("realistic", "unknown", "there is no target")
    baseline = history[-1] if goal.baseline is None and history else goal.baseline
    if baseline is None:
        return SmartVerdict("realistic", "unknown", "no baseline and no history is given")
    if exact(baseline) <= 0:
        reason = f"growth over {shown(baseline)} is undefined"
        return SmartVerdict("realistic", "unknown", reason, {"baseline": baseline})
    growth = exact(goal.target) / exact(baseline) - 1
    seen: dict[str, Quantity | Fraction] = {"baseline": baseline, "growth": growth}
    needs = f"it needs growth of {float(growth):.1%} over {shown(baseline)}"
    if limit is not None:
        state: SmartState = "ok" if growth <= limit else "not ok"
        reason = f"{needs}, at most {float(limit):.1%} is realistic"
        return SmartVerdict("realistic", state, reason, {**seen, "growth_limit": limit})
    grown = [exact(after) / exact(before) - 1 for before, after in pairwise(history) if exact(before) > 0]
    if not grown:
        return SmartVerdict("realistic", "unknown", f"{needs}; no limit is given", seen)
    reason = f"{needs}, the most there was is {float(max(grown)):.1%}; no limit is given"
    return SmartVerdict("realistic", "unknown", reason, {**seen, "largest_growth": max(grown)})


def _time_based(goal: Goal) -> SmartVerdict:
    if goal.deadline is None:
        return SmartVerdict("time-based", "not ok", "there is no deadline")
    if goal.start is None:
        return SmartVerdict("time-based", "ok", f"by {goal.deadline}; no start is given")
    days = (goal.deadline - goal.start).days + 1
    return SmartVerdict(
        "time-based", "ok", f"by {goal.deadline}, {days:,} days from {goal.start} on", {"days": days}
    )


def _limit(given: Number | None) -> Fraction | None:
    if given is None:
        return None
    limit = positive_number(given, "growth_limit")
    if limit >= _LARGEST_GROWTH:
        raise ValueError(f"growth_limit must be a share such as 0.2 for 20 percent, got {given!r}")
    return limit
