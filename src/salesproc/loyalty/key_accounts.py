"""Who is a key account, and why? By share of the sales, and by four signs that only people can see."""

from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, NamedTuple, TypeVar

import attrs

from salesproc import _text
from salesproc._given import instance, several, whole_number
from salesproc._shares import exact_share
from salesproc._tables import Shown
from salesproc.errors import UnknownName
from salesproc.metrics import Concentration
from salesproc.metrics.breakdown import Cell

__all__ = ["KeyAccount", "KeyAccountPolicy", "KeyAccounts", "KeyShare", "KeySign", "key_accounts"]

C = TypeVar("C", bound=Hashable)

_COMPANY = "company"


class KeySign(StrEnum):
    """Why a customer is a key account.

    The share is computed from the sales. The others are judgements: *potential*, buys little and could buy much more; *fame*, a name
    that opens doors; *innovator*, takes new products first; *demanding*, keeps us to our standards and tells us our faults.

    Source: an interview on key customers, document 004 of ``docs/explanation/sources.md``, which puts innovators at about 2.5 % of customers.
    """

    SHARE = "share"
    POTENTIAL = "potential"
    FAME = "fame"
    INNOVATOR = "innovator"
    DEMANDING = "demanding"


def _share(given: Decimal | float | Fraction) -> Fraction:
    return exact_share(given, "share")


@attrs.frozen(kw_only=True)
class KeyAccountPolicy:
    """From which share on a customer is a key account, and how many of them one manager can look after.

    Attributes:
        share: The share of the sales that makes a customer key.
        inclusive: Whether exactly that share is enough. The source says "more than" and "or more" in two sentences running, and then
            that there can be ten at most, which holds for "or more".
        per_manager: How many key accounts one manager can look after.

    Raises:
        ValueError: The share is none or 0, or no manager could look after anybody.

    Source:
        Document 004 of ``docs/explanation/sources.md``: 10 % of the sales; three for one manager.
    """

    share: Fraction = attrs.field(default=Fraction(1, 10), converter=_share)
    inclusive: bool = True
    per_manager: int = 3

    def __attrs_post_init__(self) -> None:
        if not self.share:
            raise ValueError("share must be above 0: at 0 every customer would be a key account")
        whole_number(self.per_manager, "per_manager", least=1)

    def reached(self, share: Fraction) -> bool:
        """Whether a share makes a customer key."""
        return share >= self.share if self.inclusive else share > self.share


class KeyShare(NamedTuple):
    """Where a customer's share is large.

    Attributes:
        scope: ``"company"``, or the kind of part, such as ``"department"``.
        name: Which part; None for the company.
        share: The customer's share of its sales, exact.
    """

    scope: str
    name: Any
    share: Fraction


class KeyAccount(NamedTuple):
    """A key account and why it is one.

    Attributes:
        customer: Who; the group, where customers under common control count as one.
        signs: Why, in the order of `KeySign`.
        shares: Where its share is large enough, the company first; empty when it is key by other signs only.
        company_share: Its share of all sales, exact; 0 when it buys nothing.
    """

    customer: Any
    signs: tuple[KeySign, ...]
    shares: tuple[KeyShare, ...]
    company_share: Fraction


@attrs.frozen(repr=False)
class KeyAccounts(Shown, Generic[C]):
    """The key accounts, those with the largest share of the company first.

    Attributes:
        accounts: One per key account.
        policy: From which share on.
        undefined: Why no share could be computed; None when they could.
    """

    accounts: tuple[KeyAccount, ...]
    policy: KeyAccountPolicy
    undefined: str | None

    @property
    def customers(self) -> tuple[C, ...]:
        """Who they are."""
        return tuple(account.customer for account in self.accounts)

    def at(self, scope: str, name: Hashable = None) -> tuple[C, ...]:
        """Who is key by share at one place.

        Args:
            scope: ``"company"``, or the kind of part.
            name: Which part; None for the company.
        """
        return tuple(
            account.customer
            for account in self.accounts
            if any((share.scope, share.name) == (scope, name) for share in account.shares)
        )

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row per key account."""
        return [
            {
                "customer": _text.label(account.customer),
                "signs": ", ".join(account.signs),
                "company_share": float(account.company_share),
                "key_at": _places(account.shares),
            }
            for account in self.accounts
        ]

    def __str__(self) -> str:
        lines = [
            (
                _text.label(one.customer),
                f"{float(one.company_share):.1%}",
                f"{', '.join(one.signs)}",
                _places(one.shares),
            )
            for one in self.accounts
        ]
        if not lines:
            why = self.undefined or f"nobody reaches {float(self.policy.share):.1%} of the sales"
            return f"no key accounts: {why}, and nobody shows a sign"
        return _text.table(("key account", "of company", "signs", "key at"), lines)

    def __repr__(self) -> str:
        return f"<KeyAccounts: {len(self.accounts):,}, by share from {float(self.policy.share):.1%} on>"


def key_accounts(
    company: Concentration[C],
    *,
    within: Mapping[str, Mapping[Any, Concentration[C]]] | None = None,
    signs: Mapping[C, Iterable[str]] | None = None,
    policy: KeyAccountPolicy | None = None,
) -> KeyAccounts[C]:
    """Who the key accounts are: by their share of the sales of the company or of a part of it, or by a sign that people see.

    By share of the company alone there can be no more than ten at 10 %. In a part with few customers nearly everybody passes 10 %, which says
    little: look at parts that are large enough.

    Where the company counts groups as one, a group is one key account everywhere: a sign of a member is a sign of the group, and in a part the shares of its
    members add up. Members are those who are in the rows of the company; a sign of somebody who never bought is given under the name of the group.

    Args:
        company: The sales of the whole company, with groups as one where they should be.
        within: By kind of part (``"department"``, ``"manager"``), the sales of each part: what `concentration` gives with ``by=``.
        signs: By customer (or group), the signs seen: words of `KeySign`, other than the share.
        policy: From which share on; `KeyAccountPolicy` as it is when left out.

    Returns:
        One row per key account, with every sign and every place where the share is large. Customers who have a sign and buy nothing are in it.

    Raises:
        UnknownName: A sign that is none.
        TypeError: *company* is no `Concentration`; one text where several signs belong.
        ValueError: The share given as a sign: it is computed.

    Source:
        The five signs, at the level of company, department and manager: document 004 of ``docs/explanation/sources.md``.

    >>> from salesproc import Money
    >>> from salesproc.metrics import concentration
    >>> sales = [("ann", Money(80, "EUR"), "north"), ("bob", Money(4, "EUR"), "south"), ("cid", Money(16, "EUR"), "south")]
    >>> found = key_accounts(
    ...     concentration(sales),
    ...     within={"department": concentration(sales, by=lambda row: row[2])},
    ...     signs={"eve": ["fame"]},
    ... )
    >>> print(found)
    key account  of company  signs                         key at
    ann               80.0%  share       company, department north
    cid               16.0%  share       company, department south
    bob                4.0%  share                department south
    eve                0.0%   fame                               -
    """
    instance(company, Concentration, "company", "make it with concentration(rows)")
    policy = policy or KeyAccountPolicy()
    places: list[tuple[str, Any, Concentration[C]]] = [(_COMPANY, None, company)]
    for scope, parts in (within or {}).items():
        places += [(scope, name, part) for name, part in sorted(parts.items(), key=lambda one: str(one[0]))]
    shares: dict[Any, list[KeyShare]] = {}
    for scope, name, part in places:
        for who, share in _by_group(part, company.groups).items():
            if policy.reached(share):
                shares.setdefault(who, []).append(KeyShare(scope, name, share))
    judged: dict[Any, set[KeySign]] = {}
    for who, seen in (signs or {}).items():
        found_in = judged.setdefault(company.groups.get(who, who), set())
        found_in.update(map(_sign, several(seen, f"the signs of {who!r}")))
    of_company = {row.customer: row.share for row in company.rows}
    found = [
        KeyAccount(
            who,
            tuple(
                sign
                for sign in KeySign
                if sign in judged.get(who, ()) or (sign is KeySign.SHARE and who in shares)
            ),
            (*shares.get(who, ()),),
            of_company.get(who, Fraction(0)),
        )
        for who in {**shares, **judged}
        if who in shares or judged[who]
    ]
    found.sort(key=lambda account: (-account.company_share, str(account.customer), repr(account.customer)))
    return KeyAccounts((*found,), policy, company.undefined)


def _by_group(part: Concentration[C], groups: Mapping[C, C]) -> dict[C, Fraction]:
    """Who has which share of a part, members of a group of the company put together."""
    shares: dict[C, Fraction] = {}
    for row in part.rows:
        who = groups.get(row.customer, row.customer)
        shares[who] = shares.get(who, Fraction(0)) + row.share
    return shares


def _sign(given: str) -> KeySign:
    known = [sign.value for sign in KeySign if sign is not KeySign.SHARE]
    if given == KeySign.SHARE:
        raise ValueError(f"the sign 'share' is computed from the sales; give one of {', '.join(known)}")
    if given not in known:
        raise UnknownName("sign", given, known, "a key account")
    return KeySign(given)


def _places(shares: Iterable[KeyShare]) -> str:
    names = [one.scope if one.scope == _COMPANY else f"{one.scope} {_text.label(one.name)}" for one in shares]
    return ", ".join(names) or "-"
