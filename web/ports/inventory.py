"""What may be used for which job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class InventoryPort(Protocol):
    """What may be used for which job."""

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a row, in the order in which programs get them."""
        ...

    @property
    def jobs(self) -> Mapping[str, str]:
        """Category -> the job that its tools do, in the words of people; Marketing's first."""
        ...
