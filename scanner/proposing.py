"""Proposing: from a tool that a person has confirmed to an entry of the catalogue, from what its identities show.

Better short than wrong: what names a person, the company, or what the catalogue knows as another tool is left out.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from catalog.descriptors import parse_descriptor
from catalog.law import is_ordinary
from catalog.load import UNFILLED
from catalog.normal import compact, key, readable, tokens
from gate import decisions
from model.company import Company
from model.errors import Refused
from model.match import Reading, StringKind
from model.signal import AppIdentity
from scanner.identifying import Evidence, Index, slug
from scanner.provisional import Things

_UNREAD = Reading(match=None, why="")
#: The kinds of decision that say which tool something is, and where each says it.
_NAMING = {"merge": "into", "split": "to", "merchant": "tool"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: So many digits in a row are a reference, a telephone or a card, not a name.
_NUMBER = re.compile(r"\d{4}")


#: So many letters must a whole name have to be known without a blank in it.
_GLUED = 6
#: How sources call somebody: names and addresses.
Person: TypeAlias = Sequence[str | None]


class Strings(Index, Protocol):
    """An index that reads single strings too."""

    def read(self, kind: StringKind, value: str) -> Reading:
        """Say what a string says."""
        ...


def naming(rows: Iterable[dict[str, Any]], is_it: Callable[[str], bool]) -> list[int]:
    """Return the numbers of the decisions in force by which people said of something that it is this tool."""
    return [
        row["id"]
        for row in decisions.in_force(rows)
        if row["kind"] in _NAMING and is_it(str(row["detail"].get(_NAMING[row["kind"]], "")))
    ]


# --- what must not stand in an entry ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Private:
    """What names persons or the company: `names` are whole names as words, `near` single words, `own` the company's."""

    names: frozenset[tuple[str, ...]] = frozenset()
    near: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    longest: int = field(default=2)

    def names_person(self, text: str) -> bool:
        """Whether a text has an address, or somebody's whole name, in it."""
        words = tokens(text)
        spans = range(1, self.longest + 1)
        runs = (words[at : at + n] for n in spans for at in range(len(words) - n + 1))
        return "@" in text or any(run in self.names for run in runs)

    def hides(self, text: str) -> bool:
        """Whether a text that nobody chose as the tool's name is to be left out."""
        return self.names_person(text) or not self.near.union(self.own).isdisjoint(tokens(text))


def private(everybody: Iterable[Person], near: Iterable[Person], company: Company) -> Private:
    """Return what must not stand in an entry. A person is given by names and addresses, in any order."""
    names = {form for person in everybody for given in person for form in _forms(_words(given))}
    close = {word for person in near for given in person for word in _words(given) if len(word) > 2}
    own = {domain.casefold().partition(".")[0] for domain in company.domains}
    own |= {compact(company.name)} if company.name else set()
    return Private(frozenset(names), frozenset(close), frozenset(own), max(map(len, names), default=1))


def _words(given: str | None) -> tuple[str, ...]:
    return tokens((given or "").partition("@")[0])


def _forms(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield how a whole name may be written; a single word is no whole name."""
    if len(words) > 1 and not "".join(words).isdigit():
        for form in {words, words[::-1], (words[0], words[-1]), (words[-1], words[0])}:
            yield form
            if len("".join(form)) >= _GLUED:
                yield ("".join(form),)


# --- the entry -------------------------------------------------------------------------------------------------------


def proposal(
    tool: Mapping[str, Any], identities: Sequence[Mapping[str, Any]], index: Strings, company: Company, hidden: Private
) -> dict[str, Any]:
    """Return an entry's fields, in their order; UNFILLED stands where a person must say it. Raises Refused.

    `tool` is a row of the list of tools, `identities` are those that lead to it (source, key, app as dict).
    """
    name = " ".join(tool["name"].split())
    if hidden.names_person(name) or _is_ours(name, company):
        raise Refused(
            f"the name of {tool['id']} holds a person's name or address, or a domain of the company:"
            " `ostiary review split` gives it another one"
        )
    evidence = [_evidence(number, row) for number, row in enumerate(identities)]
    shown = Private(hidden.names, hidden.near.difference(tokens(name)), hidden.own, hidden.longest)
    found = _exact(evidence, index, company, shown)
    made: dict[str, Any] = {
        "id": _id(tool["id"], name, found["domains"], index),
        "name": name,
        "vendor": _vendor([tool["vendor"], *(one.app.vendor for one in evidence)], shown),
        "category": tool["category"] or UNFILLED,
        **found,
        "names": _names(name, evidence, index, shown),
        "descriptors": _descriptors(name, evidence, index, shown),
        "word": is_ordinary(name),
        "sources": "seen in use",
    }
    order = ("id", "name", "vendor", "category", "domains", "names", "descriptors")
    return {n: made[n] for n in (*order, *made) if n in {*order[:5]} or made[n]}


def _evidence(number: int, row: Mapping[str, Any]) -> Evidence:
    app = row["app"] if isinstance(row["app"], dict) else json.loads(row["app"])
    return Evidence(number=number, source=row["source"], key=row["key"], app=AppIdentity(**app), software=True)


def _exact(evidence: Iterable[Evidence], index: Index, company: Company, hidden: Private) -> dict[str, list[str]]:
    """Return the domains and exact ids that only this tool has, by the entry's key."""
    found: dict[str, list[str]] = {name: [] for name in ("domains", "okta", "client_ids", "bundle_ids")}
    keys = {"domain": "domains", "catalog_key": "okta", "client_id": "client_ids", "bundle_id": "bundle_ids"}
    things = Things(index, company.domains)
    for thing in sorted({thing for one in evidence for thing in things.of(one, _UNREAD)}):
        into, value = keys.get(thing.field), thing.value
        if into is None or len(value.split()) != 1 or (into == "okta" and _UUID.fullmatch(value)):
            continue
        taken = thing.field != "domain" and _is_known(index, AppIdentity(**{thing.field: value}))
        if not taken and not hidden.hides(value) and not _is_ours(value, company):
            found[into].append(value)
    return found


def _is_known(index: Index, app: AppIdentity) -> bool:
    return index.read_app(app).match is not None


def _is_ours(text: str, company: Company) -> bool:
    """Whether a text has a domain of the company in it, as it is or backwards as in a bundle id."""
    folded = text.casefold()
    both = [form for d in company.domains for form in (d.casefold(), ".".join(d.casefold().split(".")[::-1]))]
    return any(re.search(rf"(?<![a-z0-9-]){re.escape(form)}(?![a-z0-9-])", folded) for form in both)


def _id(tool: str, name: str, domains: Sequence[str], index: Index) -> str:
    """Return the entry's id: of an own tool its own, so that what people ruled still leads to it; else of its name."""
    if tool.startswith("own-"):
        return tool
    plain = slug(name)
    if plain == "tool" and domains:
        plain = slug(domains[0].partition(".")[0])
    numbered = itertools.chain([plain], (f"{plain}-{n}" for n in itertools.count(2)))
    return next(one for one in numbered if index.entry(one) is None)


def _vendor(given: Iterable[str | None], hidden: Private) -> str:
    named = (vendor for one in given if one and (vendor := readable(one)) and tokens(vendor))
    return next((vendor for vendor in named if not hidden.hides(vendor)), UNFILLED)


def _names(name: str, evidence: Iterable[Evidence], index: Strings, hidden: Private) -> list[str]:
    labels = sorted({shown for one in evidence if one.app.label and (shown := readable(one.app.label))})
    found: dict[str, str] = {}
    for label in labels:
        plain = not (is_ordinary(label) or _NUMBER.search(label) or "." in label or hidden.hides(label))
        if plain and tokens(label) and _is_free(index, StringKind.APP_NAME, label):
            found.setdefault(key(label), label)
    found.pop(key(name), None)
    return list(found.values())


def _descriptors(name: str, evidence: Iterable[Evidence], index: Strings, hidden: Private) -> list[str]:
    found: dict[str, str] = {}
    for one in evidence:
        parsed = parse_descriptor(one.app.descriptor) if one.app.descriptor else None
        if parsed is None or parsed.payee is None or not (parsed.brand or parsed.item):
            continue
        line = parsed.payee.upper()
        plain = not (is_ordinary(line) or _NUMBER.search(line) or hidden.hides(line)) and len(compact(line)) > 2
        if plain and _is_free(index, StringKind.CARD_DESCRIPTOR, line):
            found.setdefault(compact(line), line)
    found.pop(compact(name), None)
    return sorted(found.values())


def _is_free(index: Strings, kind: StringKind, text: str) -> bool:
    """Whether a text names no tool of the catalogue, nor imitates one."""
    reading = index.read(kind, text)
    return reading.match is None and reading.imitates is None
