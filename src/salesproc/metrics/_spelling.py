"""One stage in two spellings: told, because its rows would be missing without a word."""

from collections.abc import Iterable

from salesproc.errors import LogError


def refuse_other_spellings(asked: Iterable[str], others: Iterable[str]) -> None:
    """Stops where the log has a stage that was not asked for and is the same as one that was, but for case and blanks.

    Args:
        asked: The stages asked for.
        others: Stages of the log that were not asked for.

    Raises:
        LogError: There is one.
    """
    found = {_plain(name): name for name in sorted(others, key=str)}
    for name in asked if found else ():
        other = found.get(_plain(name))
        if other is not None:
            raise LogError(
                f"the log has the stage {str(other)!r}, and {str(name)!r} was asked for; write it as the log does, or bring the log to one spelling"
            )


def _plain(name: str) -> str:
    return "".join(str(name).split()).casefold()
