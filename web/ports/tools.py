"""All that is known of one tool, how we know it, and what people rule of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from web.following import Following
from web.ports.listed import Row


class ToolsPort(Protocol):
    """All that is known of one tool, and how.

    Acts record a decision of who is named (`account:N`) and return its number; they raise Refused. What is derived from
    it follows by `following`.
    """

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row of the list, as programs get them."""
        ...

    @property
    def categories(self) -> Mapping[str, str]:
        """Slug of a category -> its title."""
        ...

    @property
    def following(self) -> Following:
        """What derives anew after a decision on which tool is which."""
        ...

    def known(self, tool: str) -> Row:
        """Return what is known of a tool beside its row of the list.

        `identities`, `months`, `charges`, `records` and `decisions` as `ostiary tools show` gives them (decisions with
        `in_force`), `persons` without their order, `findings` as its findings list them, `areas` (area -> facts with
        `meaning` and `type`), `joined` (sentences), `lately` (at, kind, what, before, after; the latest first).
        """
        ...

    def people(self, tool: str) -> list[Row]:
        """Return who uses a tool, who does most first: person, address, unit, marketing, kind, successes, last_at."""
        ...

    def find(self, wanted: str) -> list[str]:
        """Return the ids of the tools that somebody means by an id, a former id or a name."""
        ...

    def catalogued(self, words: str, most: int) -> list[Row]:
        """Return tools of the catalogue in which all words are found: id, name, vendor, category."""
        ...

    def called(self, tool: str) -> str | None:
        """Return the name of a tool in use, or of the catalogue; None where there is none."""
        ...

    def candidates(self, tool: str) -> list[Row]:
        """Return what a provisional tool may be, the likeliest first: tool_id, tool, why, score."""
        ...

    def noise(self, mark: str) -> tuple[str, str]:
        """Return the title and the sentence of what a tool's `noise` says."""
        ...

    def masked(self, words: str) -> str:
        """Return words without card numbers."""
        ...

    def merge(self, tool: str, into: str, reason: str, by: str) -> int:
        """Rule that a tool is another one."""
        ...

    def split(self, identity: str, to: str | None, name: str | None, reason: str, by: str) -> int:
        """Rule that a source's name for an app (SOURCE/KEY) is another tool: a known one, or one of that name."""
        ...

    def name(self, identities: Sequence[str], name: str, reason: str, by: str) -> list[int]:
        """Rule what all these names of sources are called: one decision each."""
        ...

    def alias(self, kind: str, value: str, tool: str, reason: str, by: str, *, force: bool = False) -> int:
        """Rule that a string is a tool, now and whenever it comes again."""
        ...

    def mark(self, tool: str, reason: str, by: str, *, noise: bool) -> int:
        """Rule that a tool is noise, or that it is none."""
        ...

    def own(self, tool: str, side: str, address: str, reason: str, by: str) -> int:
        """Rule who answers for a tool: `business`, `technical` or `deputy`."""
        ...

    def answer(
        self, tool: str, fact: str, text: str, by: str, *, until: date | None, document: str | None, note: str | None
    ) -> tuple[int, str | None]:
        """Record an answer, which the policies hear at once; return the decision, and why it is unheard if it is."""
        ...
