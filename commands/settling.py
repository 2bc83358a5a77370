"""What keeps a finding from being judged, and the permission, export or answer that would settle it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from model.facts import NAMES
from reports.words import UNKNOWN, clean, plural

_STREAM = re.compile(r"(?P<stream>\S+/\S+) (?:refused|failed|partial)\b")
#: What a reason says -> what settles it. The first that fits counts.
_SETTLED_BY = (
    (
        r"in no catalogue|what the tool is for|provisional",
        "Say which tool it is: `ostiary review merge`, or `split` with its name.",
    ),
    (r"no rate to", "Charges in the company's own currency: there are no rates of exchange yet."),
    (r"\[company\] (?P<key>\w+)", "Set {key} under [company] in ostiary.toml."),
    (r"does not span|spans the", "Export the missing days too, and `ostiary ingest` them."),
    (
        r"knows who paid",
        "Ingest statements that name the holder of the card by address, or a directory that lists that address.",
    ),
    (
        r"no directory knows",
        "List them in a directory, by the address that the source gives: okta-users, entra-users or people-csv.",
    ),
    (
        r"no directory|unit (?:of|that)",
        "Ingest the directory, with departments and leavers: okta-users, google-users, entra-users or people-csv.",
    ),
    (
        r"registration|identity provider",
        "Ingest the identity provider's list of apps: okta-apps or entra-service-principals.",
    ),
    (r"source of money|holder", "Ingest statements that name the holder of the card: card-csv."),
    (r"money", "Ingest statements of money: card-csv or focus."),
    (r"grant|scope", "Ingest the platform's list of grants: google-tokens or entra-oauth2-grants."),
    (
        r"sign-ins?|signed in|use it",
        "Ingest sign-ins that name the tool: okta-system-log, google-activities or entra-signins.",
    ),
)


#: So many facts are named in one line.
_NAMED = 3


@dataclass(slots=True)
class Want:
    """One reason for which findings cannot be judged, with the facts that it keeps unknown."""

    reason: str
    settles: str
    facts: Counter[str] = field(default_factory=Counter)
    findings: set[str] = field(default_factory=set)

    def told(self) -> str:
        """Return it as a line: how many findings, for want of which facts, why, and what would settle it."""
        names = [name for name, _ in self.facts.most_common()]
        facts = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        return f"{plural(len(self.findings), 'finding')} for want of {facts} ({self.reason}). {self.settles}"


def missing(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the facts whose absence keeps a finding unknown, each with its reason; none where it was judged.

    Where the verdict names none, as where an expression fails on the values, it is all that was read and is unknown.
    """
    if row["verdict"] != UNKNOWN:
        return []
    reasons = {r["fact"]: r.get("reason") for r in row["reading"] if r["value"] is None}
    named = row["missing"] or list(reasons)
    return [{"fact": name, "reason": clean(reasons.get(name) or _unsaid(name))} for name in named]


def _unsaid(name: str) -> str:
    return (NAMES[name].unknown if name in NAMES else None) or "no reason is recorded"


def wants(rows: Iterable[Mapping[str, Any]], streams: Sequence[Mapping[str, Any]]) -> list[Want]:
    """Return what unknown findings want, the reason with most findings first.

    `missing` of a row is what the function of that name gives; `streams` are rows of coverage.
    """
    found: dict[tuple[str, str], Want] = {}
    for row in rows:
        for lack in row["missing"]:
            settles = settled_by(lack["fact"], lack["reason"], streams)
            want = found.setdefault((lack["reason"], settles), Want(lack["reason"], settles))
            want.facts[lack["fact"]] += 1
            want.findings.add(row["id"])
    return sorted(found.values(), key=lambda want: (-len(want.findings), want.reason))


def settled_by(fact: str, reason: str, streams: Sequence[Mapping[str, Any]]) -> str:
    """Return what a person does so that a fact becomes known: the permission, the export, or the question to ask."""
    blind = _STREAM.match(reason)
    if blind is not None:
        remedy = next((s["remedy"] for s in streams if f"{s['source']}/{s['stream']}" == blind["stream"]), None)
        return _sentence(remedy or f"see `ostiary coverage show {blind['stream']}`")
    if "nobody has answered" in reason:
        return question(fact)
    for said, settles in _SETTLED_BY:
        match = re.search(said, reason)
        if match is not None:
            return settles.format_map(match.groupdict())
    return f"It stays unknown where {NAMES[fact].unknown}." if fact in NAMES else "Nothing at hand settles it."


def question(fact: str) -> str:
    """Return the question that settles a fact, to whom it goes, and how it is answered."""
    found = NAMES.get(fact)
    if found is None or not found.question:
        return f"It stays unknown where {found.unknown}." if found else "Nothing at hand settles it."
    return f"Ask the {found.asks.replace('_', ' ')}: {found.question} (`ostiary review answer TOOL {fact} VALUE`)"


def _sentence(said: str) -> str:
    return f"{said[0].upper()}{said[1:].rstrip('.')}."
