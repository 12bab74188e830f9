"""What is it worth: exact amounts, each in one currency.

Nothing here rounds unless asked to, and nothing depends on the decimal context of the program around it.
"""

import decimal
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Self

import attrs

from salesproc import _exact
from salesproc._currencies import MINOR_DIGITS
from salesproc._exact import EXACT
from salesproc.errors import CurrencyMismatch, MoneyError, did_you_mean

__all__ = ["Money", "total"]


def _amount(amount: Decimal | int | str) -> Decimal:
    if isinstance(amount, float):
        raise MoneyError(
            f"an amount must be exact, got the float {amount!r}; give text or a Decimal, "
            "or round it on purpose with Money.from_float(value, currency)"
        )
    exact = (
        _exact.finite(amount, "an amount") if isinstance(amount, str) else _exact.number(amount, "an amount")
    )
    return exact or exact.copy_abs()  # no negative zero


def _currency(code: str) -> str:
    if code in MINOR_DIGITS:
        return code
    near = did_you_mean(str(code).upper(), MINOR_DIGITS)
    hint = near if str(code).isalpha() else "for example 'EUR'"  # nothing is near a sign such as €
    raise MoneyError(f"a currency must be an active ISO 4217 code in capitals, got {code!r}; {hint}")


@attrs.frozen(repr=False)
class Money:
    """An exact amount in one currency.

    Two currencies never meet in a sum or an order; they are only ever unequal. For sums use :func:`total`.

    Attributes:
        amount: Given as a Decimal, a whole number or text; kept as a Decimal with every digit. Of any sign and
            finer than the minor unit if need be.
        currency: An active ISO 4217 code.

    Raises:
        MoneyError: A float, a bool, an infinity, unreadable text, more than 999 digits, or an unknown code.

    Source:
        ISO 4217:2015 for the codes and their minor units.

    >>> price = Money("1200.50", "EUR")
    >>> print(price * 3 - Money(1, "EUR"))
    3,600.50 EUR
    >>> price + Money(1, "USD")
    Traceback (most recent call last):
    salesproc.errors.CurrencyMismatch: EUR and USD do not mix; convert one first: money.to('EUR', rates)
    """

    amount: Decimal = attrs.field(converter=_amount)
    currency: str = attrs.field(converter=_currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in that currency."""
        return cls(0, currency)

    @classmethod
    def from_float(cls, value: float, currency: str, *, places: int | None = None) -> Self:
        """Money from a float, rounded half to even, with the float read as it prints.

        Args:
            value: A finite float, such as one from a spreadsheet.
            currency: Its ISO 4217 code.
            places: Digits kept after the point; those of the minor unit when left out.

        Raises:
            MoneyError: The value is not a finite number, or the currency is unknown.

        >>> Money.from_float(0.1 + 0.2, "EUR")
        Money('0.30', 'EUR')
        """
        try:
            exact = value if isinstance(value, int) else repr(float(value))
        except (TypeError, ValueError):
            raise MoneyError(
                f"value must be a float, got {value!r}; text goes to Money(text, currency)"
            ) from None
        return cls(exact, currency).rounded(places)

    def rounded(self, places: int | None = None, *, rounding: str = ROUND_HALF_EVEN) -> Self:
        """The amount with that many digits after the point.

        Args:
            places: Digits after the point, negative for tens, hundreds and so on; those of the currency's minor
                unit when left out.
            rounding: One of the modes of :mod:`decimal`.

        Raises:
            MoneyError: The places are no whole number or the mode is none of those.

        >>> Money("2.675", "USD").rounded(), Money("2.675", "JPY").rounded()
        (Money('2.68', 'USD'), Money('3', 'JPY'))
        """
        return self._round(self.amount, places, rounding)

    def divided_by(
        self, divisor: Decimal | int, *, places: int | None = None, rounding: str = ROUND_HALF_EVEN
    ) -> Self:
        """One part of that many, rounded once; the parts need not add up, as those of :meth:`split` do.

        Args:
            divisor: A whole number or a Decimal, not 0.
            places: As for :meth:`rounded`.
            rounding: As for :meth:`rounded`.

        Raises:
            MoneyError: The divisor is 0 or a float, or places or rounding are none.

        >>> Money(100, "EUR").divided_by(3)
        Money('33.33', 'EUR')
        """
        by = _exact.number(divisor, "a divisor")
        if not by:
            raise MoneyError(f"{self} cannot be divided by 0; give a divisor other than 0")
        return self._round(_exact.attempt(_exact.QUOTIENT.divide, self.amount, by), places, rounding)

    def allocate(self, weights: Sequence[int | Decimal]) -> tuple[Self, ...]:
        """The amount in parts that follow the weights and add up to it exactly.

        Each part first gets the whole minor units it is due; the units left go to the largest remainders, the
        first of equals first. An amount finer than the minor unit is cut at its own last digit.

        Args:
            weights: Whole numbers or Decimals from 0 up, at least one above 0.

        Raises:
            MoneyError: A weight is negative or a float, or all of them are 0.

        Source:
            The largest-remainder (Hamilton) method of apportionment.

        >>> Money("100.00", "EUR").allocate([1, 1, 1])
        (Money('33.34', 'EUR'), Money('33.33', 'EUR'), Money('33.33', 'EUR'))
        """
        shares = [Fraction(_exact.number(weight, "a weight")) for weight in weights]
        if not any(shares) or min(shares) < 0:
            raise MoneyError(f"weights must be 0 or more with a sum above 0, got {weights!r}")
        exponent = min(_exact.exponent(self.amount), -MINOR_DIGITS[self.currency])
        units = int(_exact.attempt(EXACT.scaleb, self.amount, Decimal(-exponent)))
        sign = -1 if units < 0 else 1
        parts = _exact.apportion(abs(units), shares)
        return tuple(self._with(EXACT.scaleb(Decimal(sign * part), Decimal(exponent))) for part in parts)

    def split(self, n: int) -> tuple[Self, ...]:
        """The amount in *n* parts as equal as the minor unit allows, larger ones first; they add up exactly.

        Raises:
            MoneyError: *n* is not a whole number above 0.

        >>> Money("-0.05", "USD").split(2)
        (Money('-0.03', 'USD'), Money('-0.02', 'USD'))
        """
        if not _exact.is_whole(n) or n < 1:
            raise MoneyError(f"n must be a whole number above 0, got {n!r}")
        return self.allocate([1] * n)

    def to(self, currency: str, rates: Mapping[str, Decimal]) -> Self:
        """The same value in another currency: an exact product, not rounded.

        Args:
            currency: The target, an ISO 4217 code. Money already in it is returned as it is.
            rates: By code, what ONE unit of that currency is worth in the target currency.

        Raises:
            MoneyError: The rate is missing, not above 0, or a float.

        >>> Money(200, "EUR").to("USD", {"EUR": Decimal("1.10")})
        Money('220.00', 'USD')
        """
        target = _currency(currency)
        if self.currency == target:
            return self
        if self.currency not in rates:
            known = ", ".join(sorted(rates)) or "none"
            raise MoneyError(f"no rate from {self.currency} to {target}; rates were given for: {known}")
        rate = _exact.number(rates[self.currency], f"the rate from {self.currency} to {target}")
        if rate <= 0:
            raise MoneyError(f"the rate from {self.currency} to {target} must be above 0, got {rate}")
        return attrs.evolve(self * rate, currency=target)

    def __add__(self, other: "Money") -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return self._with(_exact.attempt(EXACT.add, self.amount, self._same(other)))

    def __sub__(self, other: "Money") -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return self._with(_exact.attempt(EXACT.subtract, self.amount, self._same(other)))

    def __mul__(self, factor: Decimal | int) -> Self:
        return self._with(_exact.attempt(EXACT.multiply, self.amount, _exact.number(factor, "a factor")))

    __rmul__ = __mul__

    def __truediv__(self, other: "Money") -> Fraction:
        """The exact ratio of two amounts; a number is refused, since the result would have to be rounded."""
        if not isinstance(other, Money):
            raise MoneyError(
                f"money divided by {other!r} would have to be rounded; use divided_by(n) to round once, "
                "or split(n) and allocate(weights) for parts that add up"
            )
        divisor = self._same(other)
        if not divisor:
            raise MoneyError(
                f"the ratio of {self} to {other} is undefined; test the divisor with bool() first"
            )
        return Fraction(self.amount) / Fraction(divisor)

    def __neg__(self) -> Self:
        return self._with(self.amount.copy_negate())

    def __abs__(self) -> Self:
        return self._with(self.amount.copy_abs())

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        digits = max(MINOR_DIGITS[self.currency], -_exact.exponent(self.amount))
        return format(self, f",.{digits}f")

    def __format__(self, spec: str) -> str:
        """The amount in that number format, rounded half to even, then the code; as ``str`` without a format."""
        if not spec:
            return str(self)
        # "n" would ask the locale, and a percentage of money is none: neither is readable here.
        readable = spec + "?" if spec[-1] in "n%" else spec
        try:
            with decimal.localcontext(_exact.ROUNDING):
                return f"{self.amount:{readable}} {self.currency}"
        except (ValueError, decimal.DecimalException):
            raise MoneyError(f"money has no format {spec!r}; use one such as ',.0f'") from None

    def __repr__(self) -> str:
        return f"Money({EXACT.to_sci_string(self.amount)!r}, {self.currency!r})"

    def _with(self, amount: Decimal) -> Self:
        """An exact amount in the same currency: the result of exact arithmetic, of which nothing is to be checked."""
        money = object.__new__(type(self))
        object.__setattr__(money, "amount", amount or amount.copy_abs())  # no negative zero
        object.__setattr__(money, "currency", self.currency)
        return money

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            hint = f"convert one first: money.to({self.currency!r}, rates)"
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix; {hint}")
        return other.amount

    def _round(self, amount: Decimal, places: int | None, rounding: str) -> Self:
        kept = MINOR_DIGITS[self.currency] if places is None else places
        return self._with(_exact.rounded(amount, kept, rounding))


def total(
    monies: Iterable[Money], *, currency: str | None = None, rates: Mapping[str, Decimal] | None = None
) -> Money:
    """The exact sum.

    Args:
        monies: Any order, read once.
        currency: The currency of the sum; that of the amounts when left out. Needed when there may be no amounts,
            and with rates.
        rates: By code, what ONE unit of that currency is worth in *currency*. Without them two currencies
            are an error.

    Returns:
        Their sum, not rounded; 0 in *currency* when there are none.

    Raises:
        CurrencyMismatch: Two currencies, and no rates.
        MoneyError: Nothing to add and no currency given; rates without a currency; a rate is missing.

    >>> total([Money(100, "USD"), Money("0.50", "USD")])
    Money('100.50', 'USD')
    >>> total([Money(100, "USD"), Money(10, "EUR")], currency="USD", rates={"EUR": Decimal("1.1")})
    Money('111.0', 'USD')
    """
    if rates is not None and currency is None:
        raise MoneyError("rates need currency=, the currency they lead to; for example currency='USD'")
    sums = _sums(monies)
    if currency is None:
        if not sums:
            raise MoneyError("the total of nothing has no currency; give one, for example currency='USD'")
        currency = next(iter(sums))
    result = Money.zero(currency)
    for code, amount in sums.items():
        part = Money(amount, code)
        result += part if rates is None else part.to(currency, rates)
    return result


def _sums(monies: Iterable[Money]) -> dict[str, Decimal]:
    """The plain sum per currency."""
    sums: dict[str, Decimal] = {}
    for money in monies:
        if not isinstance(money, Money):
            raise MoneyError(f"only Money adds up, got {money!r}; write Money(amount, currency)")
        sums[money.currency] = _exact.attempt(EXACT.add, sums.get(money.currency, Decimal(0)), money.amount)
    return sums


def money_maker(currency: str) -> Callable[[Decimal], Money]:
    """What makes money of the results of exact arithmetic, of which nothing is to be checked."""
    return Money.zero(currency)._with  # noqa: SLF001 - of this module
