"""What have others claimed about following up? Figures to hold one's own against, never used unless they are passed."""

from fractions import Fraction

import attrs

__all__ = ["PUBLISHED_FOLLOW_UPS_NEEDED", "PUBLISHED_STOP_AFTER_ONE", "ReferenceClaim"]


@attrs.frozen
class ReferenceClaim:
    """A figure somebody has published, and who.

    Attributes:
        value: The share, 0 to 1.
        text: What is claimed, in a sentence.
        source: Where it is claimed.

    >>> print(PUBLISHED_STOP_AFTER_ONE)
    44 % of sellers give up after one follow-up (Marketing Donut, as told by document 002)
    """

    value: Fraction
    text: str
    source: str

    def __str__(self) -> str:
        return f"{self.text} ({self.source})"


_TOLD = "Marketing Donut, as told by document 002"

PUBLISHED_FOLLOW_UPS_NEEDED = ReferenceClaim(
    Fraction(80, 100), "80 % of sales need five follow-ups after the meeting", _TOLD
)
"""A claim without a published method: see document 002 of ``docs/explanation/sources.md``."""

PUBLISHED_STOP_AFTER_ONE = ReferenceClaim(
    Fraction(44, 100), "44 % of sellers give up after one follow-up", _TOLD
)
"""A claim about sellers, not about leads, without a published method: see document 002 of ``docs/explanation/sources.md``."""
