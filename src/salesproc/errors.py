"""What can go wrong, as one tree of errors.

Every class is also the built-in error people already catch, carries what was given as attributes,
and survives pickling: all arguments are positional and handed to the built-in as they are.
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "CurrencyMismatch",
    "DefinitionError",
    "FitError",
    "LogError",
    "MoneyError",
    "NaiveTimeError",
    "PeriodError",
    "RecordError",
    "SalesprocError",
    "StorageError",
    "UnknownName",
]

_SHOWN = 20  # names listed in a message before it says how many more there are


class SalesprocError(Exception):
    """Base of every error the library raises on purpose."""


class MoneyError(SalesprocError, ValueError):
    """An amount or a currency code that cannot be money."""


class CurrencyMismatch(SalesprocError, TypeError):
    """Two currencies met in one sum and no rates were given."""


class NaiveTimeError(SalesprocError, ValueError):
    """A time without a zone where an instant is needed, or two kinds of time mixed in one log."""


class PeriodError(SalesprocError, ValueError):
    """A period, calendar or recurrence that contradicts itself."""


class LogError(SalesprocError, ValueError):
    """A row of a log that cannot be read as what it should be; the message names the row."""


class FitError(SalesprocError, ValueError):
    """Data that do not determine a model; the message says what is missing."""


class RecordError(SalesprocError, ValueError):
    """A record that contradicts itself or lacks what it must have."""


class StorageError(SalesprocError, ValueError):
    """Stored data that does not describe the value it should be turned into."""


class UnknownName(SalesprocError, LookupError):
    """A stage, event or column that the thing asked does not have.

    Attributes:
        what: The kind of name, such as ``"stage"``.
        given: The name that was asked for.
        known: The names there are.
        where: The thing that was asked.
    """

    def __init__(self, what: str, given: str, known: Iterable[str], where: str) -> None:
        self.what = what
        self.given = str(given)
        self.known = tuple(str(name) for name in known)
        self.where = where
        super().__init__(what, self.given, self.known, where)

    def __str__(self) -> str:
        return f"{self.where} has no {self.what} {self.given!r}; {did_you_mean(self.given, self.known)}"


class DefinitionError(SalesprocError, ValueError):
    """A process definition with faults; all of them are listed, not only the first.

    Attributes:
        process: The name of the process.
        problems: One sentence per fault.
    """

    def __init__(self, process: str, problems: Iterable[str]) -> None:
        self.process = process
        self.problems = tuple(problems)
        super().__init__(process, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"process {self.process!r} has {count} {'fault' if count == 1 else 'faults'}"
        return heading + "".join(f"\n  - {problem}" for problem in self.problems)


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The hint at the end of a message about a name: the nearest known ones, or all there are."""
    names = [str(name) for name in known]
    near = get_close_matches(given, names, n=3)
    if near:
        return "did you mean " + " or ".join(map(repr, near)) + "?"
    shown = ", ".join(map(repr, names[:_SHOWN])) or "none"
    return f"known: {shown}" + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
