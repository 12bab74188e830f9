"""Which stage is worth working on? What other rates would give, which stage costs most, and how far the sector is ahead."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import attrs

from salesproc import _text
from salesproc._shares import Share, exact_share
from salesproc._tables import rows_table
from salesproc.errors import UnknownName
from salesproc.metrics.breakdown import Cell
from salesproc.metrics.funnel_results import Funnel
from salesproc.money import Money
from salesproc.rates import Rate

__all__ = ["StageGap", "StageGaps", "WhatIf", "WhatIfStage", "benchmark", "bottleneck", "what_if"]

_POINT = Fraction(1, 100)


class WhatIfStage(NamedTuple):
    """One stage, as it is and as it would be.

    Attributes:
        stage: Its name.
        reached: How many reached it.
        rate: The share of those at the stage before, as it is.
        assumed: The share assumed, exact; of the first stage 1. None where it is undefined and none was given.
        expected: How many would reach it, exact; None where that is undefined.
    """

    stage: str
    reached: int
    rate: Rate
    assumed: Fraction | None
    expected: Fraction | None


@attrs.frozen(repr=False)
class WhatIf:
    """A funnel with other rates.

    Attributes:
        stages: The stages in order.
    """

    stages: tuple[WhatIfStage, ...]

    @property
    def wins(self) -> int:
        """How many reached the last stage."""
        return self.stages[-1].reached

    @property
    def expected_wins(self) -> Fraction | None:
        """How many would, exact and not rounded; None when undefined."""
        return self.stages[-1].expected

    @property
    def gain(self) -> Fraction | None:
        """How many more, negative when fewer; None when undefined."""
        return None if self.expected_wins is None else self.expected_wins - self.wins

    @property
    def undefined(self) -> str | None:
        """Why there is no number; None when there is one."""
        for before, stage in pairwise(self.stages):
            if stage.assumed is None:
                return f"nobody reached {before.stage!r}, so the rate to {stage.stage!r} is unknown; give one"
        return None

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage."""
        return [
            {
                "stage": here.stage,
                "reached": here.reached,
                "rate": here.rate.value,
                "assumed": None if here.assumed is None else float(here.assumed),
                "expected": None if here.expected is None else float(here.expected),
            }
            for here in self.stages
        ]

    def __repr__(self) -> str:
        expected = _text.ABSENT if self.expected_wins is None else f"{float(self.expected_wins):,.1f}"
        return f"<WhatIf: {self.wins:,} wins would be {expected}>"

    def _repr_html_(self) -> str:
        return rows_table("With other rates", self.to_rows())


class StageGap(NamedTuple):
    """What one stage would give at another rate, all others staying as they are.

    Attributes:
        stage: Its name.
        rate: The share of those at the stage before that reach it, as it is.
        target: The share it is held against, exact.
        recovered: How many more wins that would give, exact; 0 where the stage is as good already; None where undefined.
        value: What they are worth, rounded half to even to the minor unit; None unless a value per win is given.
    """

    stage: str
    rate: Rate
    target: Fraction
    recovered: Fraction | None
    value: Money | None

    @property
    def gap(self) -> Fraction | None:
        """Target minus own share, -1 to 1: above 0 where the stage falls short; None where the share is undefined."""
        return None if self.rate.exact is None else self.target - self.rate.exact

    @property
    def within_chance(self) -> bool | None:
        """Whether the target lies in the 95 % interval of the own share, so that the gap may be chance; None where undefined."""
        interval = self.rate.interval()
        return None if interval is None else interval.low <= self.target <= interval.high


@attrs.frozen(repr=False)
class StageGaps:
    """Stages with what each would give at another rate.

    Attributes:
        gaps: One per stage but the first.
    """

    gaps: tuple[StageGap, ...]

    def __iter__(self) -> Iterator[StageGap]:
        return iter(self.gaps)

    def __getitem__(self, place: int | str) -> StageGap:
        """The stage at that place, or of that name.

        Raises:
            UnknownName: There is none of that name.
        """
        if not isinstance(place, str):
            return self.gaps[place]
        for gap in self.gaps:
            if gap.stage == place:
                return gap
        raise UnknownName("stage", place, [gap.stage for gap in self.gaps], "the comparison")

    def __len__(self) -> int:
        return len(self.gaps)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per stage."""
        return [
            {
                "stage": here.stage,
                "rate": here.rate.value,
                "target": float(here.target),
                "gap": None if here.gap is None else float(here.gap),
                "within_chance": here.within_chance,
                "recovered": None if here.recovered is None else float(here.recovered),
                "value": None if here.value is None else float(here.value.amount),
                "currency": None if here.value is None else here.value.currency,
            }
            for here in self.gaps
        ]

    def __repr__(self) -> str:
        gaps = ", ".join(
            f"{here.stage} {_text.ABSENT if here.recovered is None else format(float(here.recovered), '+,.1f')}"
            for here in self.gaps
        )
        return f"<StageGaps, wins recovered: {' '.join(gaps.split())}>"

    def _repr_html_(self) -> str:
        return rows_table("Wins recovered", self.to_rows())


def what_if(funnel: Funnel, rates: Mapping[str, Share]) -> WhatIf:
    """How many would win if some stages had other rates and all others theirs.

    The wins are the product of the rates, so the same lift gives more at a stage with a low rate. Who is still open counts as not yet
    there, in the rates as in the wins: ask of a funnel old enough.

    Args:
        funnel: As ``stage_funnel`` gives it, with skips ``counted`` or ``ends``.
        rates: By stage, the share, 0 to 1, of those at the stage before that would reach it; a float means the decimal number it is written as.

    Returns:
        Per stage how many would reach it, exact; undefined where the rate of a stage is unknown.

    Raises:
        UnknownName: The funnel has no such stage.
        ValueError: A rate is none, one is given for the first stage, or the stages of the funnel were counted each on its own.
        TypeError: A rate is no number.

    >>> from datetime import date
    >>> from salesproc.metrics.funnel import stage_funnel
    >>> log = [(n, stage, date(2024, 1, 1)) for stage, count in (("lead", 100), ("offer", 40), ("won", 10)) for n in range(count)]
    >>> funnel = stage_funnel(log, ["lead", "offer", "won"], as_of=date(2024, 2, 1))
    >>> what_if(funnel, {"offer": 0.5}).expected_wins
    Fraction(25, 2)
    """
    _require_nested(funnel)
    return _assumed(funnel, _targets(funnel, rates))


def bottleneck(funnel: Funnel, benchmark: Mapping[str, Share] | None = None) -> StageGaps:
    """Which stage costs most wins: the stages, those first at which most wins would be recovered.

    With a benchmark every stage that falls short of it is lifted to it, alone. Without one every stage is lifted by one percentage point, alone, at
    most to 1, which ranks by leverage: the lower the rate, the more a point gives. What several lifts recover together is not the sum: ask ``what_if``.

    Args:
        funnel: As for ``what_if``.
        benchmark: By stage, the share to hold it against; stages left out are not ranked.

    Returns:
        One row per stage compared, by wins recovered; those where that is undefined last, equal ones in the order of the funnel.

    Raises:
        UnknownName: The funnel has no such stage.
        ValueError: As for ``what_if``.
        TypeError: A rate is no number.

    >>> from datetime import date
    >>> from salesproc.metrics.funnel import stage_funnel
    >>> log = [(n, stage, date(2024, 1, 1)) for stage, count in (("lead", 100), ("offer", 40), ("won", 10)) for n in range(count)]
    >>> funnel = stage_funnel(log, ["lead", "offer", "won"], as_of=date(2024, 2, 1))
    >>> bottleneck(funnel)
    <StageGaps, wins recovered: won +0.4, offer +0.2>
    """
    _require_nested(funnel)
    if benchmark is None:
        steps = funnel.stages[1:]
        targets = {
            here.stage: min(here.from_previous.exact + _POINT, Fraction(1))
            for here in steps
            if here.from_previous.exact is not None
        }
    else:
        targets = _targets(funnel, benchmark)
    return StageGaps(tuple(sorted(_gaps(funnel, targets, None), key=_by_wins)))


def benchmark(funnel: Funnel, rates: Mapping[str, Share], *, value_per_win: Money | None = None) -> StageGaps:
    """How far each stage is from the rates of the sector, and what closing each gap alone would be worth.

    Args:
        funnel: As for ``what_if``.
        rates: By stage, the sector's share, 0 to 1, of those at the stage before that reach it.
        value_per_win: What a win is worth, such as ``average_deal_value``; the gaps have no value when left out.

    Returns:
        One row per stage with a rate, in the order of the funnel: the gap, whether it may be chance, wins recovered and their value. A stage that is
        as good already recovers nothing.

    Raises:
        UnknownName: The funnel has no such stage.
        ValueError: As for ``what_if``.
        TypeError: A rate is no number.

    >>> from datetime import date
    >>> from salesproc.metrics.funnel import stage_funnel
    >>> log = [(n, stage, date(2024, 1, 1)) for stage, count in (("lead", 100), ("offer", 40), ("won", 10)) for n in range(count)]
    >>> funnel = stage_funnel(log, ["lead", "offer", "won"], as_of=date(2024, 2, 1))
    >>> [row.value for row in benchmark(funnel, {"offer": 0.5, "won": 0.2}, value_per_win=Money(900, "EUR"))]
    [Money('2250.00', 'EUR'), Money('0.00', 'EUR')]
    """
    _require_nested(funnel)
    return StageGaps(tuple(_gaps(funnel, _targets(funnel, rates), value_per_win)))


def _gaps(funnel: Funnel, targets: Mapping[str, Fraction], value_per_win: Money | None) -> Iterator[StageGap]:
    for here in funnel.stages[1:]:
        if here.stage not in targets:
            continue
        target, own = targets[here.stage], here.from_previous.exact
        behind = own is None or target > own
        recovered = _assumed(funnel, {here.stage: target}).gain if behind else Fraction(0)
        worth = None if value_per_win is None or recovered is None else _times(value_per_win, recovered)
        yield StageGap(here.stage, here.from_previous, target, recovered, worth)


def _assumed(funnel: Funnel, targets: Mapping[str, Fraction]) -> WhatIf:
    first = funnel.stages[0]
    expected: Fraction | None = Fraction(first.reached)
    stages = [WhatIfStage(first.stage, first.reached, first.from_previous, Fraction(1), expected)]
    for here in funnel.stages[1:]:
        rate = targets.get(here.stage, here.from_previous.exact)
        # Nobody comes where nobody came from, whatever the rate.
        expected = (
            Fraction(0) if expected == 0 else None if expected is None or rate is None else expected * rate
        )
        stages.append(WhatIfStage(here.stage, here.reached, here.from_previous, rate, expected))
    return WhatIf(tuple(stages))


def _targets(funnel: Funnel, rates: Mapping[str, Share]) -> dict[str, Fraction]:
    names = [here.stage for here in funnel]
    for stage in rates:
        if stage not in names:
            raise UnknownName("stage", stage, names, "the funnel")
        if stage == names[0]:
            raise ValueError(
                f"{stage!r} is the first stage, to which no rate leads; give the rates of {names[1:]!r}"
            )
    return {str.__str__(stage): exact_share(rate, f"the rate of {stage!r}") for stage, rate in rates.items()}


def _require_nested(funnel: Funnel) -> None:
    """Stops where the wins are not the product of the rates."""
    for before, here in pairwise(funnel):
        if here.from_previous.hits != here.reached or here.reached > before.reached:
            raise ValueError(
                f"the stages of this funnel were counted each on its own (skips {funnel.skipped!r}), so wins are not the product of its rates; "
                f"use skipped='counted' or skipped='ends'"
            )


def _times(value: Money, factor: Fraction) -> Money:
    return (value * factor.numerator).divided_by(factor.denominator)


def _by_wins(gap: StageGap) -> tuple[bool, Fraction]:
    return gap.recovered is None, -(gap.recovered or Fraction(0))
