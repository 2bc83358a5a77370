"""All that is known of one tool, and how."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from catalog.categories import CATEGORIES
from catalog.index import Index
from commands import fact_words
from commands.faces.correcting import Correcting
from commands.opening import Desk
from commands.settling import missing
from commands.standing import policies, today
from commands.tool_page import joined
from commands.tools import TOOLS
from model.facts import NAMES, VOCABULARY
from model.signal import fold
from reports import words
from scanner.noise import rules
from scanner.noise import said as noise_said
from storage import kept, queries
from storage.listings import facts as known_facts
from storage.listings import findings as listings
from storage.listings import spend, tools
from storage.listings.lately import lately
from storage.times import to_ms
from web.ports.listed import Row

#: What changed in so long a time is lately.
_LATELY = timedelta(days=90)
_CATEGORIES = {slug: found.title for slug, found in CATEGORIES.items()}


class Tools(Correcting):
    """All that is known of one tool, and how."""

    fields = TOOLS.fields
    categories: Mapping[str, str] = _CATEGORIES

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        super().__init__(desk)

    def known(self, tool: str) -> Row:
        """Return what is known of a tool beside its row of the list, as the port says."""
        desk = self._desk
        as_of = desk.as_of_ms()
        with desk.store.read() as connection:
            found: Row = {
                "identities": tools.identities(connection, tool),
                "months": tools.months(connection, tool),
                "charges": spend.charges(connection, tool, as_of=as_of),
                "records": tools.records(connection, tool),
                "decisions": tools.decisions(connection, tool),
                "facts": known_facts.facts(connection, tool),
                "findings": listings.findings(connection, day=today(desk), tool_id=tool),
                "persons": tools.people(connection, tool),
                "lately": lately(connection, tool, to_ms(desk.clock.now() - _LATELY)),
            }
            undone = {
                row["id"]: row["undone"] for row in kept.numbered(connection, [r["id"] for r in found["decisions"]])
            }
            worded = [row["detail"].get("words", {}).get("document") for row in found["decisions"]]
            documents = kept.texts(connection, filter(None, worded))
        found["decisions"] = [
            self._ruled(row) | {"in_force": not undone[row["id"]], "document": documents.get(document)}
            for row, document in zip(found["decisions"], worded, strict=True)
        ]
        found["charges"] = [row | {"named": _descriptor(row["app"])} for row in found["charges"]]
        found["findings"] = [
            row | {"title": self._titles.get(row["policy"], row["policy"]), "missing": missing(row)}
            for row in found["findings"]
        ]
        found["areas"] = {
            area: [self._worded(row) for row in rows] for area, rows in fact_words.by_area(found.pop("facts")).items()
        }
        return found | {"joined": joined(found)}

    def _worded(self, row: Row) -> Row:
        fact = NAMES.get(row["fact"])
        kind = None if fact is None else fact.type.value
        meaning = fact_words.meaning(row["fact"]) or words.clean(row["fact"])
        return row | {"meaning": meaning, "type": kind, "said": self._said(row["fact"], row["value"])}

    def _said(self, fact: str, value: Any) -> str:
        if value is None:
            return words.UNKNOWN
        try:
            return fact_words.value(fact, value, self._desk.zone, self._desk.company.base_currency)
        except (TypeError, ValueError):  # what was kept by another version may be of another type
            return words.plain(value)

    def _ruled(self, row: Row) -> Row:
        """Return a decision; an answer with its question and its value in words."""
        if row["kind"] != "answer":
            return row
        fact = VOCABULARY.get(row["detail"]["fact"])
        question = None if fact is None else fact.question
        return row | {"question": question, "said": self._said(row["detail"]["fact"], row["detail"]["value"])}

    @functools.cached_property
    def _titles(self) -> Mapping[str, str]:
        return {name: policy.title for name, policy in policies(self._desk).items()}

    def people(self, tool: str) -> list[Row]:
        """Return who uses a tool, who does most first."""
        with self._desk.store.read() as connection:
            return tools.people(connection, tool)

    def find(self, wanted: str) -> list[str]:
        """Return the ids of the tools that somebody means by an id, a former id or a name."""
        with self._desk.store.read() as connection:
            return tools.find(connection, wanted)

    def catalogued(self, words: str, most: int) -> list[Row]:
        """Return tools of the catalogue in which all words are found: id, name, vendor, category."""
        wanted = fold(words).split()
        if not wanted:
            return []
        found = [row for text, row in _texts(self._desk.index) if all(one in text for one in wanted)]
        begins = fold(words)
        found.sort(key=lambda row: (not fold(row["name"]).startswith(begins), len(row["name"]), row["name"]))
        return found[:most]

    def called(self, tool: str) -> str | None:
        """Return the name of a tool in use, or of the catalogue; None where there is none."""
        with self._desk.store.read() as connection:
            known = queries.tool_name(connection, tool)
        entry = self._desk.index.entry(tool)
        return known or (entry.name if entry else None)

    def candidates(self, tool: str) -> list[Row]:
        """Return what a provisional tool may be, the likeliest first."""
        from commands.suggesting import of_tool  # noqa: PLC0415 (its library is loaded for whoever asks alone)

        with self._desk.store.read() as connection:
            named = {"id": tool, "identities": tools.identities(connection, tool)}
        return of_tool(named, self._desk.index)

    def noise(self, mark: str) -> tuple[str, str]:
        """Return the title and the sentence of what a tool's `noise` says."""
        return noise_said(mark, self._noise)

    @functools.cached_property
    def _noise(self) -> Any:
        return rules(self._desk.company.noise)


def _descriptor(app: str) -> str | None:
    named: dict[str, str] = json.loads(app)
    return named.get("descriptor") or next(iter(named.values()), None)


@functools.lru_cache(maxsize=2)
def _texts(index: Index) -> list[tuple[str, Row]]:
    """Return what is sought of each tool of the catalogue that still has its name."""
    return [
        (
            fold(f"{one.name} {one.vendor or ''} {one.id}"),
            {"id": one.id, "name": one.name, "vendor": one.vendor, "category": one.category},
        )
        for one in index.tables.tools.values()
        if one.now is None and not one.goods
    ]
