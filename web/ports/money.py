"""Money without a tool, and noise: what is ruled, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from web.counting import Counted
from web.ports.listed import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Merchants of unmatched money, as `ostiary spend --unmatched` gives them, those with the largest amount first.

    `total` is the money of all of them (currency -> millionths). What was ruled since they were counted is not in them.
    """

    rows: Sequence[Row]
    by_merchant: Mapping[str, Row]
    total: Mapping[str, int]


class MoneyPort(Protocol):
    """Money without a tool, and noise: what is ruled, and by which rule."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a merchant, as programs get them."""
        ...

    def current(self) -> Counted[Unmatched] | None:
        """Return the merchants of unmatched money; None where they are being counted for the first time."""
        ...

    @property
    def failed(self) -> bool:
        """Return whether the last counting broke down."""
        ...

    def candidates(self, merchant: str) -> list[Row]:
        """Return what a merchant may be, the likeliest first: tool_id, tool, why, score."""
        ...

    def rule(self, merchant: str, ruling: str, tool: str | None, reason: str, by: str) -> int:
        """Rule what a merchant is (`tool`, `not-a-tool`, `later`); return the decision. Raises Refused.

        `tool` is the id of a tool, or the name of a new one. `by` is who rules (`account:N`). What follows is derived
        by the `following` of the tools.
        """
        ...

    def noise_rules(self) -> list[tuple[str, str, str]]:
        """Return the rules that hide tools as noise: id, title and the sentence that says why."""
        ...
