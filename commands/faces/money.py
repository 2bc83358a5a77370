"""Money without a tool, and noise, by the functions of `ostiary spend`."""

from __future__ import annotations

from commands.opening import Desk
from commands.spend import UNMATCHED, unmatched_rows
from commands.suggesting import of_merchant
from connectors.masking import mask_cards
from scanner.corrections import Corrector
from scanner.insights import added, amounts
from scanner.noise import rules
from web.counting import Counted, Counting
from web.ports.listed import Row
from web.ports.money import Unmatched


class Money:
    """Money without a tool, and noise: what is ruled, and by which rule."""

    fields = UNMATCHED.fields

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self._counting = Counting(self.unmatched, desk.store, desk.clock, lambda: desk.zone, only_decisions=True)

    def current(self) -> Counted[Unmatched] | None:
        """Return the merchants of unmatched money; None where they are being counted for the first time."""
        return self._counting.current()

    @property
    def failed(self) -> bool:
        """Return whether the last counting broke down."""
        return self._counting.failed

    def unmatched(self) -> Unmatched:
        """Read the merchants of unmatched money, the largest amount first, whatever was ruled of them."""
        rows = sorted(unmatched_rows(self._desk), key=lambda row: (-_largest(row), row["merchant"]))
        total = added(amounts(row["total"]) for row in rows)
        return Unmatched(rows=rows, by_merchant={row["merchant"]: row for row in rows}, total=total)

    def candidates(self, merchant: str) -> list[Row]:
        """Return what a merchant may be, the likeliest first."""
        return of_merchant(merchant, self._desk.index)

    def rule(self, merchant: str, ruling: str, tool: str | None, reason: str, by: str) -> int:
        """Rule what a merchant is; return the decision. Raises Refused."""
        desk = self._desk
        corrector = Corrector(desk.store, desk.trail(), desk.clock, by, catalogued=desk.is_catalogued)
        return corrector.rule_merchant(merchant, ruling, None if tool is None else mask_cards(tool), mask_cards(reason))

    def noise_rules(self) -> list[tuple[str, str, str]]:
        """Return the rules that hide tools as noise: id, title and the sentence that says why."""
        return [(rule.id, rule.title, rule.sentence) for rule in rules(self._desk.company.noise)]


def _largest(row: Row) -> int:
    return max((abs(one["amount_micros"]) for one in row["total"]), default=0)
