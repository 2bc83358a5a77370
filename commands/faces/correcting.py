"""What people rule of a tool: recorded by the same functions as the commands use; what follows is derived beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from commands.acting import gate_of
from commands.opening import Desk
from connectors.masking import mask_cards
from model.match import StringKind
from scanner.answering import Sayings
from scanner.corrections import Corrector
from scanner.run import derive_again
from web.following import Following


class Correcting:
    """Records corrections, owners and answers of who is named; each returns the number of its decision."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self.following = Following(lambda told, what: derive_again(desk.rooms(told), what))

    def masked(self, words: str) -> str:
        """Return words without card numbers."""
        return mask_cards(words)

    def merge(self, tool: str, into: str, reason: str, by: str) -> int:
        """Rule that a tool is another one. Raises Refused."""
        return self._corrector(by).merge(tool, into, mask_cards(reason))

    def split(self, identity: str, to: str | None, name: str | None, reason: str, by: str) -> int:
        """Rule that a source's name for an app is another tool. Raises Refused."""
        called = None if name is None else mask_cards(name)
        return self._corrector(by).split(identity, to, called, mask_cards(reason))

    def name(self, identities: Sequence[str], name: str, reason: str, by: str) -> list[int]:
        """Rule what all these names of sources are called: one decision each. Raises Refused."""
        return [self.split(identity, None, name, reason, by) for identity in identities]

    def alias(self, kind: str, value: str, tool: str, reason: str, by: str, *, force: bool = False) -> int:
        """Rule that a string is a tool, now and whenever it comes again. Raises Refused."""
        desk = self._desk
        told, own = mask_cards(reason), desk.company.domains
        return self._corrector(by).alias(
            StringKind(kind).value, value, tool, told, index=desk.index, domains=own, force=force
        )

    def mark(self, tool: str, reason: str, by: str, *, noise: bool) -> int:
        """Rule that a tool is noise, or that it is none. Raises Refused."""
        return self._corrector(by).noise(tool, noise=noise, reason=mask_cards(reason))

    def own(self, tool: str, side: str, address: str, reason: str, by: str) -> int:
        """Rule who answers for a tool. Raises Refused."""
        return self._sayings(by).own(tool, side, address, mask_cards(reason))

    def answer(
        self, tool: str, fact: str, text: str, by: str, *, until: date | None, document: str | None, note: str | None
    ) -> tuple[int, str | None]:
        """Record an answer, which the policies hear at once. Raises Refused."""
        found = self._sayings(by).answer(tool, fact, text, until=until, document=document, note=note)
        return found.decision, found.unheard

    def _corrector(self, by: str) -> Corrector:
        desk = self._desk
        return Corrector(desk.store, desk.trail(), desk.clock, by, catalogued=desk.is_catalogued)

    def _sayings(self, by: str) -> Sayings:
        desk = self._desk
        return Sayings(desk.store, desk.trail(), desk.clock, by, gate_of(desk))
