"""How did the business do? Growth, share of the market, margin, and what spending brought back."""

from salesproc._given import require_money
from salesproc.metrics._numbers import one_currency, positive_money
from salesproc.metrics.ratios import Ratio
from salesproc.money import Money

__all__ = ["gross_margin", "market_share", "return_on_investment", "revenue_growth"]


def revenue_growth(current: Money, previous: Money) -> Ratio:
    """By how much revenue grew, over what it was: 0.1 is ten percent more, below 0 it shrank.

    Args:
        current: The revenue of a period.
        previous: That of the period before, equally long, 0 or more.

    Returns:
        The difference over the previous revenue; undefined when there was none, since no growth leads from nothing.

    Raises:
        ValueError: The previous revenue is negative.
        TypeError: No amounts of money.
        CurrencyMismatch: Two currencies.

    Source:
        Revenue growth as a business result: document 002 of ``docs/explanation/sources.md``.

    >>> print(f"{revenue_growth(Money(108_000, 'EUR'), Money(96_000, 'EUR')):+.1%}")
    +12.5%
    """
    require_money(current, "current")
    positive_money(previous, "previous")
    one_currency({"current": current.currency, "previous": previous.currency})
    return Ratio(current - previous, previous, nothing="there was no revenue before")


def market_share(own: Money, market: Money) -> Ratio:
    """Our part of all that the market buys.

    Args:
        own: Our sales, 0 or more.
        market: The sales of all, ours among them.

    Returns:
        0 to 1; undefined in a market without sales.

    Raises:
        ValueError: A negative amount, or more than the market: then the estimate of the market is wrong.
        TypeError: No amounts of money.
        CurrencyMismatch: Two currencies.

    Source:
        Market share as a business result: document 002 of ``docs/explanation/sources.md``.

    >>> print(market_share(Money(3, "EUR"), Money(40, "EUR")))
    0.075 (3.00 EUR over 40.00 EUR)
    """
    positive_money(own, "own")
    positive_money(market, "market")
    one_currency({"own": own.currency, "market": market.currency})
    if own > market:
        raise ValueError(f"own must be at most the market, got {own!r} of {market!r}; ours belong to it")
    return Ratio(own, market, nothing="the market buys nothing")


def gross_margin(revenue: Money, cost: Money) -> Ratio:
    """The part of revenue that is left after the cost of what was sold; the gross profit itself is ``revenue - cost``.

    Args:
        revenue: What was sold, 0 or more.
        cost: What the goods or services sold cost, 0 or more.

    Returns:
        At most 1, below 0 where they cost more than they brought; undefined without revenue.

    Raises:
        ValueError: A negative amount.
        TypeError: No amounts of money.
        CurrencyMismatch: Two currencies.

    Source:
        Gross profit as a business result: document 002 of ``docs/explanation/sources.md``; the margin is it over revenue.

    >>> print(f"{gross_margin(Money(1000, 'EUR'), Money(640, 'EUR')):.0%}")
    36%
    """
    positive_money(revenue, "revenue")
    positive_money(cost, "cost")
    one_currency({"revenue": revenue.currency, "cost": cost.currency})
    return Ratio(revenue - cost, revenue, nothing="there is no revenue")


def return_on_investment(gain: Money, cost: Money) -> Ratio:
    """What spending brought beyond itself, over what was spent: 0 brings in just its cost, 1 twice of it.

    Say which gain it is: revenue, or the gross profit of it. The two differ by the margin, and a campaign that pays in revenue may lose money.

    Args:
        gain: What it brought, below 0 for a loss; of the same sales that the cost was for.
        cost: What was spent, 0 or more.

    Returns:
        Gain less cost, over cost; undefined when nothing was spent.

    Raises:
        ValueError: The cost is negative.
        TypeError: No amounts of money.
        CurrencyMismatch: Two currencies.

    Source:
        Return of a campaign or a channel: document 002 of ``docs/explanation/sources.md``, which gives no formula; the usual one.

    >>> print(f"{return_on_investment(Money(15_000, 'EUR'), Money(6_000, 'EUR')):.0%}")
    150%
    """
    require_money(gain, "gain")
    positive_money(cost, "cost")
    one_currency({"gain": gain.currency, "cost": cost.currency})
    return Ratio(gain - cost, cost, nothing="nothing was spent")
