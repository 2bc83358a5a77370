"""Identify: which tool each identity is; provisional tools where software is evident and nobody knows it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from model.match import Entry, Matcher, Reading
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
    """What people ruled, in force: `splits` and `merges` lead to a tool id, `merchants` to a ruling (tool id, "" or None).

    A merchant's ruling: a tool id; "" for *not a tool*; None for *later*. `named` gives the names of tools that only
    people know. `said` gives the sentence that names the decision, by the same key (for merchants `merchant:NAME`).
    """

    splits: dict[str, str] = field(default_factory=dict)
    merges: dict[str, str] = field(default_factory=dict)
    merchants: dict[str, str | None] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


def link(evidence: Evidence, index: Index, corrections: Corrections) -> dict[str, Any]:
    """Return the link of an identity: tool or None, how it was found, how sure, and one sentence that says why."""
    reading = index.read_app(evidence.app, mcc=evidence.mcc)
    found = _ruled(evidence, reading, corrections) or _read(evidence, reading)
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
    merchant = merchant_of(evidence, reading)
    if merchant is None or merchant not in corrections.merchants:
        return None
    ruling = corrections.merchants[merchant]
    if ruling is None:
        return None
    return _found(ruling or None, Matcher.DECISION, merchant, 1.0, corrections.said[f"merchant:{merchant}"])


def _read(evidence: Evidence, reading: Reading) -> dict[str, Any]:
    if reading.match is not None:
        found = reading.match
        return _found(found.entry.id, found.matcher, found.matched, found.confidence, found.why)
    if evidence.software or evidence.app.product_code is not None:  # what a marketplace sells is software
        why = (
            f"{reading.why} {evidence.source} uses it as software, so it is listed as a tool that nobody has named yet."
        )
        return _found(_own_id(evidence, reading), None, None, None, why)
    if reading.software:
        why = f"{reading.why} The charge itself says software, so it is listed as a tool that nobody has named yet."
        return _found(_own_id(evidence, reading), None, None, None, why)
    return _found(None, None, None, None, f"{reading.why} Nothing says that this charge is software.")


def _own_id(evidence: Evidence, reading: Reading) -> str:
    return provisional_id(evidence.source, evidence.key, evidence.app, reading.counterparty)


def _merged(tool: str | None, corrections: Corrections) -> str | None:
    seen: set[str] = set()
    while tool is not None and tool in corrections.merges and tool not in seen:
        seen.add(tool)
        tool = corrections.merges[tool]
    return tool


def merchant_of(evidence: Evidence, reading: Reading) -> str | None:
    """Return the merchant that a charge names, as unmatched money is listed by; None for what is no charge."""
    return _merchant(evidence.app, reading.counterparty)


def _merchant(app: AppIdentity, counterparty: str | None) -> str | None:
    return None if app.descriptor is None else fold(counterparty or app.descriptor)


def provisional_id(source: str, key: str, app: AppIdentity, counterparty: str | None) -> str:
    """Return a readable id, for charges the same for all that name the merchant; its end stays whatever the name."""
    merchant = _merchant(app, counterparty)
    own = f"merchant/{merchant}" if merchant is not None else f"{source}/{key}"
    return f"new-{slug(merchant or display_name(app))}-{hashlib.sha256(own.encode()).hexdigest()[:8]}"


def lasting(tool: str) -> str:
    """Return what of a tool's id stays when the source renames the app: decisions are found by it."""
    own = re.fullmatch("new-.+-([0-9a-f]{8})", tool)
    return f"new-{own[1]}" if own else tool


def own_ids(found: Iterable[Evidence], index: Index) -> dict[str, str]:
    """Return the ids that identities have as provisional tools today, by their lasting part."""
    ids: dict[str, str] = {}
    for e in found:
        own = _own_id(e, index.read_app(e.app, mcc=e.mcc))
        ids[lasting(own)] = own
        if e.own_key is not None:  # what was ruled of it before it was known to be the same app
            ids.setdefault(lasting(provisional_id(e.source, e.own_key, e.app, None)), own)
    return ids


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


def tools(
    links: Iterable[Mapping[str, Any]], index: Index, corrections: Corrections, statuses: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the tools that links lead to. A tool is provisional while neither the catalogue nor a person has named it.

    `links` rows have tool_id, source, key, app (JSON) and counterparty. A provisional tool has the name of the identity
    that its id is made of; what was merged into it has no say, nor has the order of the rows.
    """
    naming: dict[str, tuple[Any, ...]] = {}
    for row in links:
        tool = row["tool_id"]
        if tool is None:
            continue
        app = AppIdentity(**json.loads(row["app"]))
        own = provisional_id(row["source"], row["key"], app, row["counterparty"]) == tool
        rank = (not own, row["source"], row["key"])
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
            "marketing": int(entry.marketing),
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
