"""Money without a tool, and noise: what is ruled, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from web.counting import Counted
from web.ports.listed import Row


class MoneyPort(Protocol):
    """Money without a tool, and noise: what is ruled, and by which rule."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a merchant, as programs get them."""
        ...

    def current(self) -> Counted[Sequence[Row]] | None:
        """Return the merchants of unmatched money as `ostiary spend --unmatched` gives them, the largest first.

        None where they are being counted for the first time. What was ruled since they were counted is not in them.
        """
        ...

    def candidates(self, merchant: str) -> list[Row]:
        """Return what a merchant may be, the likeliest first: tool_id, tool, why, score."""
        ...

    def rule(self, merchant: str, ruling: str, tool: str | None, reason: str, by: str) -> int:
        """Rule what a merchant is (`tool`, `not-a-tool`, `later`); return the decision. Raises Refused.

        `tool` is the id of a tool, or the name of a new one. `by` is who rules (`account:N`). What follows is derived by
        the `following` of the tools.
        """
        ...

    def noise_rules(self) -> list[tuple[str, str, str]]:
        """Return the rules that hide tools as noise: id, title and the sentence that says why."""
        ...
