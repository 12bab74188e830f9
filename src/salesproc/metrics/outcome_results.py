"""How deals ended, as counts that add up and as every rate that can be asked of them."""

import attrs

from salesproc import _text
from salesproc._tables import Cell
from salesproc.metrics._amounts import Amounts
from salesproc.metrics.ratios import MeanMoney, Ratio
from salesproc.rates import Rate

__all__ = ["OutcomeCounts", "Outcomes", "finish_outcomes"]


@attrs.frozen(kw_only=True)
class OutcomeCounts:
    """What adds up over deals: how they ended, and what they were worth.

    Attributes:
        won: Deals won, with their amounts.
        lost: Deals lost.
        no_decision: Deals lost for one of the reasons that mean that nobody decided.
        open: Deals still open, or closed only after the review.
        out_of_period: Deals closed (or, for a cohort, opened) outside the period.
        ahead: Deals opened only after the review.
    """

    won: Amounts = attrs.field(factory=Amounts)
    lost: Amounts = attrs.field(factory=Amounts)
    no_decision: Amounts = attrs.field(factory=Amounts)
    open: Amounts = attrs.field(factory=Amounts)
    out_of_period: int = 0
    ahead: int = 0

    def __add__(self, other: object) -> "OutcomeCounts":
        if not isinstance(other, OutcomeCounts):
            return NotImplemented
        return OutcomeCounts(
            won=self.won + other.won,
            lost=self.lost + other.lost,
            no_decision=self.no_decision + other.no_decision,
            open=self.open + other.open,
            out_of_period=self.out_of_period + other.out_of_period,
            ahead=self.ahead + other.ahead,
        )


@attrs.frozen(repr=False)
class Outcomes:
    """How deals ended, with every rate that can be asked of it under a name that says its base.

    Attributes:
        counts: The statistics it was made from.
    """

    counts: OutcomeCounts

    @property
    def closed(self) -> Rate:
        """Won over won and lost, by count; deals without a decision are apart."""
        won, lost = self.counts.won.deals, self.counts.lost.deals
        return Rate(won, won + lost)

    @property
    def closed_with_no_decision(self) -> Rate:
        """Won over won, lost and undecided: the finance view, in which no decision is a loss."""
        return Rate(self.counts.won.deals, self.closed.trials + self.counts.no_decision.deals)

    @property
    def of_all(self) -> Rate:
        """Won over all, open ones included: it climbs while the rest is decided."""
        counts = self.counts
        return Rate(counts.won.deals, self.closed_with_no_decision.trials + counts.open.deals)

    @property
    def closed_by_value(self) -> Ratio:
        """Value won over value won and lost, exact; undefined when nothing with an amount has closed, or it is worth nothing."""
        closed = (self.counts.won + self.counts.lost).money
        why = "no closed deal has an amount" if closed is None else "the closed deals are worth nothing"
        return Ratio(self.counts.won.money, closed, why)

    @property
    def average_won(self) -> MeanMoney:
        """The mean amount of the deals won that have one; undefined when none has."""
        won = self.counts.won
        why = "no deal with an amount was won"
        return MeanMoney(won.money, won.deals - won.without_amount, won.without_amount, why)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per outcome: deals, the sum as exact text, the currency, how many lack an amount."""
        return [
            {
                "outcome": name,
                "deals": group.deals,
                "value": None if group.money is None else str(group.money.amount),
                "currency": None if group.money is None else group.money.currency,
                "without_amount": group.without_amount,
            }
            for name, group in self._groups()
        ]

    def _groups(self) -> tuple[tuple[str, Amounts], ...]:
        counts = self.counts
        return (
            ("won", counts.won),
            ("lost", counts.lost),
            ("no decision", counts.no_decision),
            ("open", counts.open),
        )

    def __str__(self) -> str:
        rows = [
            (
                name,
                f"{group.deals:,}",
                _text.ABSENT if group.money is None else str(group.money),
                f"{group.without_amount:,}",
            )
            for name, group in self._groups()
        ]
        return (
            _text.table(("outcome", "deals", "value", "without amount"), rows)
            + f"\nwon of closed: {self.closed}"
        )

    def __repr__(self) -> str:
        return f"<Outcomes: {self.closed} of closed won, {self.counts.open.deals} open>"

    def _repr_html_(self) -> str:
        rows = [["" if cell is None else str(cell) for cell in row.values()] for row in self.to_rows()]
        return _text.html_table(
            repr(self)[1:-1], ("outcome", "deals", "value", "currency", "without amount"), rows
        )


def finish_outcomes(counts: OutcomeCounts) -> Outcomes:
    """From counts to the result."""
    return Outcomes(counts)
