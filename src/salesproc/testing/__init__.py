"""For tests and demonstrations: made-up logs with a known truth, and a small book of business with known answers.

``salesproc.testing.strategies`` has Hypothesis strategies; it is imported by name and needs the extra ``testing``.
"""

from salesproc.testing._dirty import Dirt, DirtyLog, dirty
from salesproc.testing.book import KNOWN, Book, KnownAnswers, book
from salesproc.testing.simulate import Delay, Exponential, LogNormal, Simulation, Truth, simulate

__all__ = [
    "KNOWN",
    "Book",
    "Delay",
    "Dirt",
    "DirtyLog",
    "Exponential",
    "KnownAnswers",
    "LogNormal",
    "Simulation",
    "Truth",
    "book",
    "dirty",
    "simulate",
]
