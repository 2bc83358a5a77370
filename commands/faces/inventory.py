"""What may be used for which job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.jobs import JOBS
from commands.inventory import INVENTORY
from commands.opening import Desk


class Inventory:
    """What may be used for which job."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a row, in the order in which programs get them."""
        return INVENTORY.fields

    @property
    def jobs(self) -> Mapping[str, str]:
        """Category -> the job that its tools do, in the words of people; Marketing's first."""
        return JOBS
