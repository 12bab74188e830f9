"""A result that is a mapping from stage to something, and says what it knows when asked for another."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from salesproc.errors import UnknownName

R_co = TypeVar("R_co", covariant=True)


class UnknownStage(UnknownName, KeyError):
    """As a mapping has to raise it, so that ``in`` and ``get`` work."""


class ByStage(Mapping[str, R_co], Generic[R_co]):
    """A mapping from stage to something, in the order of the stages."""

    __slots__ = ()

    @property
    @abstractmethod
    def _by_stage(self) -> Mapping[str, R_co]:
        """What there is, by stage."""

    def __getitem__(self, stage: str) -> R_co:
        """What there is for that stage.

        Raises:
            UnknownName: It was not asked for.
        """
        found = self._by_stage
        if stage not in found:
            raise UnknownStage("stage", stage, found, f"the {type(self).__name__}")
        return found[stage]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_stage)

    def __len__(self) -> int:
        return len(self._by_stage)
