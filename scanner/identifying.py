"""Identify: which tool each identity is; provisional tools where software is evident and nobody knows it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from model.match import Entry, Matcher, Reading
from model.merchant import merchant_name
from model.signal import AppIdentity, fold


class Index(Protocol):
    """What is needed of the catalogue."""

    version: str

    def read_app(self, app: AppIdentity, *, mcc: str | None = None) -> Reading:
        """Say which tool an identity is."""
        ...

    def entry(self, tool_id: str) -> Entry | None:
        """Return a tool of the catalogue."""
        ...

    def ended(self, tool_id: str) -> date | None:
        """Return the day on which a product was withdrawn, or None."""
        ...

    def end_notice(self, tool_id: str) -> tuple[date, str] | None:
        """Return the day of a product's end and the page that says it, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One identity, with what kind of thing speaks of it: `software` is false where only charges do.

    `registered` says that a registration speaks of it. `own_key` is the identity's own key where `key` stands for
    several identities that are one app (see `scanner.joining`).
    """

    number: int
    source: str
    key: str
    app: AppIdentity
    software: bool
    mcc: str | None = None
    registered: bool = False
    own_key: str | None = None


@dataclass(slots=True, kw_only=True)
class Corrections:
    """What people ruled, in force: `splits` and `merges` lead to a tool id, `merchants` to a ruling.

    A merchant's ruling: a tool id; "" for *not a tool*; None for *later*. `named` gives the names of tools that only
    people know. `said` gives the sentence that names the decision, by the same key (for merchants `merchant:NAME`).
    """

    splits: dict[str, str] = field(default_factory=dict)
    merges: dict[str, str] = field(default_factory=dict)
    merchants: dict[str, str | None] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an identity that nobody has named stands: its provisional tool's id, what joined it, how to say so."""

    tool: str
    by: str | None = None
    why: str | None = None


def link(
    evidence: Evidence,
    index: Index,
    corrections: Corrections,
    *,
    place: Place | None = None,
    before: Collection[str] = (),
) -> dict[str, Any]:
    """Return the link of an identity: tool or None, how it was found, how sure, and one sentence that says why.

    `place` is where it stands among the provisional tools; without it, it stands alone. `before` are the lasting parts
    of ids of provisional tools that it was, where the catalogue names it by now: what people ruled of them still holds.
    """
    reading = index.read_app(evidence.app, mcc=evidence.mcc)
    found = (
        _ruled(evidence, reading, corrections)
        or _ruled_before(before, corrections)
        or _read(evidence, reading, place or Place(tool=_own_id(evidence, reading)))
    )
    merged = _merged(found["tool_id"], corrections)
    if merged != found["tool_id"]:
        found |= {"why": f"{found['why']} {corrections.said[str(found['tool_id'])]}", "tool_id": merged}
    return {
        **found,
        "catalog_version": index.version,
        "counterparty": reading.counterparty,
        "merchant_of_record": reading.merchant_of_record,
        "imitates": reading.imitates,
    }


def _found(
    tool: str | None, matcher: Matcher | None, matched: str | None, confidence: float | None, why: str
) -> dict[str, Any]:
    return {
        "tool_id": tool,
        "matcher": None if matcher is None else matcher.value,
        "matched": matched,
        "confidence": confidence,
        "why": why,
    }


def _ruled(evidence: Evidence, reading: Reading, corrections: Corrections) -> dict[str, Any] | None:
    for key in (evidence.own_key, evidence.key):
        own = f"{evidence.source}/{key}"
        if own in corrections.splits:
            return _found(corrections.splits[own], Matcher.DECISION, own, 1.0, corrections.said[own])
    merchant = listed_as(evidence, reading)
    if merchant is None or merchant not in corrections.merchants:
        return None
    ruling = corrections.merchants[merchant]
    if ruling is None:
        return None
    return _found(ruling or None, Matcher.DECISION, merchant, 1.0, corrections.said[f"merchant:{merchant}"])


def _ruled_before(before: Collection[str], corrections: Corrections) -> dict[str, Any] | None:
    """Return what was ruled of a provisional tool that the catalogue knows by now: the ruling stands above it."""
    former = next((tool for tool in corrections.merges if before and lasting(tool) in before), None)
    if former is None:
        return None
    return _found(_merged(former, corrections), Matcher.DECISION, former, 1.0, corrections.said[former])


def is_software(evidence: Evidence, reading: Reading) -> bool:
    """Return whether anything says that an identity is software, although nobody may know which."""
    # What a marketplace sells is software.
    return evidence.software or evidence.app.product_code is not None or reading.software


def _read(evidence: Evidence, reading: Reading, place: Place) -> dict[str, Any]:
    if reading.match is not None:
        found = reading.match
        return _found(found.entry.id, found.matcher, found.matched, found.confidence, found.why)
    if not is_software(evidence, reading):
        return _found(None, None, None, None, f"{reading.why} Nothing says that this charge is software.")
    shown = evidence.software or evidence.app.product_code is not None
    says = f"{evidence.source} uses it as software" if shown else "The charge itself says software"
    listed = place.why or "so it is listed as a tool that nobody has named yet"
    return _found(place.tool, None, place.by, None, f"{reading.why} {says}, {listed}.")


def _own_id(evidence: Evidence, reading: Reading) -> str:
    return provisional_id(evidence.source, evidence.key, evidence.app, reading.counterparty)


def _merged(tool: str | None, corrections: Corrections) -> str | None:
    seen: set[str] = set()
    while tool is not None and tool in corrections.merges and tool not in seen:
        seen.add(tool)
        tool = corrections.merges[tool]
    return tool


def merchant_of(evidence: Evidence, reading: Reading) -> str | None:
    """Return the merchant that a statement's line names; None for what is no statement's."""
    return _merchant(evidence.app, reading.counterparty)


def listed_as(evidence: Evidence, reading: Reading) -> str | None:
    """Return the name by which a charge is listed where nothing says that it is software; None for no charge."""
    if evidence.app.descriptor is None and evidence.software:
        return None
    key = evidence.own_key or evidence.key
    return merchant_name(key, counterparty=reading.counterparty, descriptor=evidence.app.descriptor)


def _merchant(app: AppIdentity, counterparty: str | None) -> str | None:
    return None if app.descriptor is None else fold(counterparty or app.descriptor)


def provisional_id(source: str, key: str, app: AppIdentity, counterparty: str | None) -> str:
    """Return a readable id, for charges the same for all that name the merchant; its end stays whatever the name."""
    merchant = _merchant(app, counterparty)
    own = f"merchant/{merchant}" if merchant is not None else f"{source}/{key}"
    return made_id(merchant or display_name(app), own)


def made_id(name: str, own: str) -> str:
    """Return the id of a provisional tool: readable by a name, and told apart by a hash of what is its own."""
    return f"new-{slug(name)}-{hashlib.sha256(own.encode()).hexdigest()[:8]}"


def lasting(tool: str) -> str:
    """Return what of a tool's id stays when the source renames the app: decisions are found by it."""
    own = re.fullmatch("new-.+-([0-9a-f]{8})", tool)
    return f"new-{own[1]}" if own else tool


def slug(name: str) -> str:
    """Return a name as lower-case ASCII words joined by hyphens, at most 40 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "tool"


def display_name(app: AppIdentity) -> str:
    """Return what a person would call an app that nobody has named: its label before its ids."""
    for shown in (app.label, app.descriptor, app.domain, app.vendor, app.url, app.entity_id, app.product_code):
        if shown:
            return " ".join(shown.split())[:120]
    return app.client_id or app.app_id or app.bundle_id or "unnamed"


def naming_rank(app: AppIdentity, *, registered: bool) -> tuple[bool, bool]:
    """Return how good a name an identity gives to its tool, the best first."""
    return app.label is None, not registered


def tools(
    links: Iterable[Mapping[str, Any]], index: Index, corrections: Corrections, statuses: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the tools that links lead to. A tool is provisional while neither the catalogue nor a person has named it.

    `links` rows have tool_id, source, key, app (JSON) and counterparty, and where it is known registered (0/1) and own,
    the provisional tool that the identity is by itself. Of a provisional tool's identities a registration's label names
    it, then any label; what was merged into it has no say, nor has the order of the rows.
    """
    naming: dict[str, tuple[Any, ...]] = {}
    for row in links:
        tool = row["tool_id"]
        if tool is None:
            continue
        app = AppIdentity(**json.loads(row["app"]))
        own = row.get("own") or provisional_id(row["source"], row["key"], app, row["counterparty"])
        rank = (own != tool, *naming_rank(app, registered=bool(row.get("registered"))), row["source"], row["key"])
        if tool not in naming or rank < naming[tool][0]:
            naming[tool] = (rank, app, row["counterparty"] if app.descriptor else None)
    return [
        _tool(tool, index.entry(tool), app, corrections.named.get(tool), seller) | {"status": statuses.get(tool, "new")}
        for tool, (_, app, seller) in sorted(naming.items())
    ]


def _tool(tool: str, entry: Entry | None, app: AppIdentity, ruled: str | None, seller: str | None) -> dict[str, Any]:
    if entry is not None:
        return {
            "id": tool,
            "name": entry.name,
            "vendor": entry.vendor,
            "category": entry.category,
            "marketing": None if entry.marketing is None else int(entry.marketing),
            "provisional": 0,
            "noise": None,
        }
    return {
        "id": tool,
        "name": ruled or seller or display_name(app),
        "vendor": app.vendor,
        "category": None,
        "marketing": None,
        "provisional": int(ruled is None),
        "noise": None,
    }
