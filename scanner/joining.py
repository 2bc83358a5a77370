"""Joining: which identities are one app, and where those stand that nobody has named.

One app within a source: Microsoft Entra names an app by its app id in sign-ins and by the object id of its service
principal in grants; the service principal itself, and a consent, tell both. So a grant and a sign-in are two identities
of one app as soon as anything tells the two ids together, in whatever order the files come: it is derived anew each
time from all that is known, and no number of an identity ever changes. The rule knows nothing of Entra: what shares a
client id within a source is one app, and has all that is known of any of them. What is one provisional tool across
sources is said in `scanner.provisional`; here the store is read for both, and what people ruled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gate import decisions
from model.company import Company
from model.match import Reading
from model.signal import AppIdentity
from scanner import identifying
from scanner.corrections import corrections
from scanner.identifying import Corrections, Evidence, Index, lasting, listed_as
from scanner.provisional import Provisional, Ruled, home_domains, provisional
from storage import derived
from storage.store import Connection


def joined(found: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence, in order; identities of one app have all that any of them says of it, and one key for all.

    Where they differ a registration is right, then the identity that was met first. Splits still find the identity by
    the key of its own (`own_key`).
    """
    groups: dict[tuple[str, str], list[Evidence]] = {}
    for one in found:
        if one.app.client_id is not None:
            groups.setdefault((one.source, one.app.client_id), []).append(one)
    alike = {one.number: whole for group in groups.values() if len(group) > 1 for one, whole in _whole(group)}
    return [alike.get(one.number, one) for one in found]


def _whole(group: list[Evidence]) -> Iterable[tuple[Evidence, Evidence]]:
    named: dict[str, str] = {}
    for one in sorted(group, key=lambda e: (not e.registered, e.number)):
        named = one.app.named() | named
    app = AppIdentity(**named)
    key = AppIdentity(client_id=app.client_id).key()
    software = any(one.software for one in group)
    return [(one, replace(one, app=app, key=key, own_key=one.key, software=software)) for one in group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """All identities, in order, where those that nobody has named stand, and what people ruled, by today's ids.

    `current` leads from the lasting part of every earlier id of a provisional tool to the tool that it is by now.
    """

    found: Sequence[Evidence]
    index: Index
    places: Provisional
    in_force: Corrections
    current: Mapping[str, str] = field(default_factory=dict)

    def link(self, one: Evidence) -> dict[str, Any]:
        """Return the link of an identity."""
        place, before = self.places.of.get(one.number), self.places.before.get(one.number, ())
        return identifying.link(one, self.index, self.in_force, place=place, before=before)


def join(connection: Connection, index: Index, ruled: Sequence[dict[str, Any]], company: Company | None) -> Joining:
    """Read all identities, and find out which are one app, and which provisional tool."""
    alone = corrections(ruled)
    found = _joined_apart(_evidence(derived.evidence(connection)), alone)
    readings = {one.number: index.read_app(one.app, mcc=one.mcc) for one in found}
    addresses = derived.addresses(connection) if company is None or not company.domains else ()
    places = provisional(
        found,
        readings,
        index,
        home=home_domains(company.domains if company else (), addresses),
        apart=lambda one, reading: is_ruled(one, reading, alone),
        ruled=_rulings(ruled),
        asked=_asked(ruled),
    )
    _add_former(connection, places, readings, _asked(ruled), _rulings(ruled))
    current = places.known | places.current
    in_force = corrections(ruled, places.current, current)
    return Joining(found=found, index=index, places=places, in_force=in_force, current=current)


def _evidence(rows: Iterable[Any]) -> list[Evidence]:
    return [
        Evidence(
            number=row.id,
            source=row.source,
            key=row.key,
            app=AppIdentity(**json.loads(row.app)),
            software=bool(row.software),
            mcc=row.mcc,
            registered=bool(row.registered),
        )
        for row in rows
    ]


def _joined_apart(found: Sequence[Evidence], ruled: Corrections) -> list[Evidence]:
    """Join what is one app, but for what a person split off: that neither gives nor takes."""
    apart = [one for one in found if f"{one.source}/{one.key}" in ruled.splits]
    gone = {one.number for one in apart}
    return sorted([*apart, *joined([one for one in found if one.number not in gone])], key=lambda one: one.number)


def is_ruled(one: Evidence, reading: Reading, ruled: Corrections) -> bool:
    """Return whether a person ruled what this very identity is, or the merchant that it names."""
    if any(f"{one.source}/{key}" in ruled.splits for key in (one.own_key, one.key)):
        return True
    merchant = listed_as(one, reading)
    return merchant is not None and ruled.merchants.get(merchant) is not None


def _rulings(ruled: Iterable[dict[str, Any]]) -> list[Ruled]:
    """Return what merges and statuses in force say of provisional tools, of each the latest only, in order."""
    found: dict[tuple[str, str], Ruled] = {}
    for row in decisions.in_force(ruled):
        about, to = row["object"].removeprefix("tool:"), row["detail"].get("into") or row["detail"].get("status")
        if row["kind"] in {"merge", "status"} and to and lasting(about) != about:
            found.pop((lasting(about), row["kind"]), None)
            found[lasting(about), row["kind"]] = Ruled(lasting(about), row["kind"], to)
    return list(found.values())


def _asked(ruled: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Return the lasting parts of all ids of provisional tools that decisions name."""
    named = (
        tool
        for row in decisions.in_force(ruled)
        for tool in (row["object"].removeprefix("tool:"), *(row["detail"].get(n) for n in ("into", "to", "tool")))
        if isinstance(tool, str)
    )
    return frozenset(lasting(tool) for tool in named if lasting(tool) != tool)


def _add_former(
    connection: Connection,
    places: Provisional,
    readings: Mapping[int, Reading],
    asked: frozenset[str],
    ruled: Iterable[Ruled],
) -> None:
    """Lead ids that decisions name, and nothing makes today, to what the identities are that once had them.

    What a merge led there is asked last: the id was another's.
    """
    lost = asked - places.current.keys() - places.known.keys()
    if not lost:
        return
    merged = {places.current.get(one.about) for one in ruled if one.kind == "merge"}
    former = [row for row in derived.former_ids(connection) if lasting(row.tool_id) in lost]
    tools = {row.identity_id: places.of[row.identity_id].tool for row in former if row.identity_id in places.of}
    for row in sorted(former, key=lambda row: tools.get(row.identity_id) in merged):
        one, tool, reading = lasting(row.tool_id), tools.get(row.identity_id), readings.get(row.identity_id)
        if tool is not None:
            places.current.setdefault(one, tool)
        elif reading is not None and reading.match is not None:
            places.known.setdefault(one, reading.match.entry.id)
