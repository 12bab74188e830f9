"""What happens to an open deal while it stays in its stage: objections, another amount, another close date."""

from datetime import date, datetime
from typing import ClassVar, Literal, Self

import attrs

from salesproc._given import require_money
from salesproc._instants import require_aware
from salesproc.errors import CurrencyMismatch, RecordError, UnknownName
from salesproc.money import Money
from salesproc.records._deal import AmountChange, CloseDateChange, Deal, Objection
from salesproc.records._record import in_order
from salesproc.stages import StageKind

__all__ = ["OpenDeal"]


@attrs.frozen(kw_only=True, repr=False)
class OpenDeal(Deal):
    """A deal that is still open."""

    stage_kinds: ClassVar[tuple[StageKind, ...]] = (StageKind.OPEN, StageKind.ON_HOLD)

    @property
    def outcome(self) -> Literal["open"]:
        """``"open"``."""
        return "open"

    @property
    def closed_at(self) -> None:
        """``None``: it is open."""
        return

    @property
    def call_again_at(self) -> datetime | None:
        """When to call the buyer again: the earliest date of the objections that stand; ``None`` where none has one."""
        dates = [one.call_again_at for one in self.open_objections if one.call_again_at is not None]
        return min(dates, key=datetime.timestamp, default=None)

    def raise_objection(
        self, kind: str, *, at: datetime, note: str | None = None, call_again_at: datetime | None = None
    ) -> Self:
        """The buyer objects; the deal stays in its stage, and cannot close in a pipeline that asks for no open ones.

        Args:
            kind: What it is about; `ObjectionKind` has the usual ones.
            at: When, aware.
            note: What was said.
            call_again_at: When to talk about it again, aware. "Not now" is an objection of kind timing with such a date: the deal stays open.

        Raises:
            RecordError: No kind.
            TransitionRefused: It lies before the deal was opened, or the date to call again before it.
        """
        if not kind:
            raise RecordError(
                f"an objection of {self.id} is about something, got {kind!r}; for example 'cost'"
            )
        in_order(self.journey, "raise_objection", at, self.opened_at)
        if call_again_at is not None:
            in_order(self.journey, "call_again_at", require_aware(call_again_at, "call_again_at"), at)
        objection = Objection(kind, at, self.stage, note, call_again_at=call_again_at)
        return attrs.evolve(self, objections=(*self.objections, objection))

    def resolve_objection(self, index: int, *, at: datetime, answer: str | None = None) -> Self:
        """The objection is answered to the buyer's satisfaction.

        Args:
            index: Its place in ``objections``, from 0.
            at: When, aware.
            answer: What resolved it.

        Raises:
            UnknownName: There is no open objection at that place.
            TransitionRefused: It lies before the objection was raised.
        """
        standing = {i: one for i, one in enumerate(self.objections) if one.open}
        if index not in standing:
            raise UnknownName("open objection", str(index), map(str, standing), f"opportunity {self.id!r}")
        in_order(self.journey, "resolve_objection", at, standing[index].raised_at)
        objections = list(self.objections)
        objections[index] = standing[index]._replace(resolved_at=at, answer=answer)
        return attrs.evolve(self, objections=tuple(objections))

    def with_amount(self, amount: Money, *, at: datetime) -> Self:
        """The deal with another amount; the earlier ones are kept.

        Raises:
            TypeError: It is no amount of money.
            CurrencyMismatch: It was in another currency.
            TransitionRefused: It lies before the last change of the amount.
        """
        require_money(amount, "amount")
        before = self.amount
        if before is not None and before.currency != amount.currency:
            raise CurrencyMismatch(
                f"{self.id} is worth {before}, got {amount}; convert it first: amount.to({before.currency!r}, rates)"
            )
        in_order(self.journey, "with_amount", at, self.amounts[-1].at if self.amounts else self.opened_at)
        if amount == before:
            return self
        return attrs.evolve(self, amounts=(*self.amounts, AmountChange(at, amount)))

    def with_close_date(self, close_date: date, *, at: datetime) -> Self:
        """The deal with another day on which it is expected to close; the earlier ones are kept.

        Raises:
            TypeError: It is no plain day.
            TransitionRefused: It lies before the last change of the day.
        """
        if isinstance(close_date, datetime) or not isinstance(close_date, date):
            raise TypeError(f"a close date is a day, got {close_date!r}; give a datetime.date")
        last = self.close_dates[-1].at if self.close_dates else self.opened_at
        in_order(self.journey, "with_close_date", at, last)
        if close_date == self.close_date:
            return self
        return attrs.evolve(self, close_dates=(*self.close_dates, CloseDateChange(at, close_date)))
