"""provenance.*: how well the rest is known, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gate.decisions import facts_of
from model.facts import NEVER, VOCABULARY, Known, Unknown
from model.match import Matcher
from scanner.facts.world import Subject, World, charge_key, day_of, keys, record_key, usage_key
from storage.times import from_ms

#: How an identity was linked -> how strong that is.
_STRENGTH = {
    Matcher.EXACT_ID.value: "exact",
    Matcher.ENTITY_ID.value: "exact",
    Matcher.DOMAIN.value: "domain",
    Matcher.DESCRIPTOR.value: "descriptor",
    Matcher.VENDOR.value: "name",
    Matcher.NAME.value: "name",
    Matcher.DECISION.value: "person",
    None: "provisional",
}
_ORDER = VOCABULARY["provenance.match"].values


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of this area."""
    refused = tuple(sorted(s.name for s in world.streams if s.status == "refused"))
    return {
        **_signals(subject),
        **facts_of(subject.decisions[-1] if subject.decisions else None),
        "provenance.match": _match(subject),
        "provenance.look_alike": Known(bool(subject.imitates), keys(_speaking(subject.imitates, subject))),
        "provenance.refused_streams": Known(refused),
    }


def _signals(subject: Subject) -> dict[str, Known | Unknown]:
    """Return the sources, and the day of the newest signal: that a list still names the tool is no new signal."""
    seen = [(u.last_at, u.source, usage_key(u)) for u in subject.use]
    seen += [(r["seen_at"], r["source"], record_key(r)) for r in subject.records]
    seen += [(c.seen_at, c.source, charge_key(c)) for c in (*subject.charges, *subject.earlier)]
    newest = max(seen, default=None)
    shown = {source: key for _, source, key in sorted(seen)}
    sources = sorted({source for source, _ in subject.named_by} | {*shown})
    return {
        "provenance.sources": Known(tuple(sources), keys(shown[s] for s in sources if s in shown)),
        "provenance.newest": Known(day_of(from_ms(newest[0])), (newest[2],), from_ms(newest[0]))
        if newest
        else Known(NEVER),
    }


def _match(subject: Subject) -> Known:
    """Return how strong the best link is, with what speaks of the identities that are linked so."""
    ranked = [(_ORDER.index(_STRENGTH[one.matcher]), one) for one in subject.links]
    best = min((rank for rank, _ in ranked), default=_ORDER.index("provisional"))
    return Known(_ORDER[best], keys(_speaking([one for rank, one in ranked if rank == best], subject)))


def _speaking(identities: Sequence[Any], subject: Subject) -> Iterator[str]:
    """Yield the evidence of some identities (identity_id, source, key): what lists them, and who was there."""
    numbers = {row.identity_id for row in identities}
    named = {(row.source, row.key) for row in identities}
    yield from (record_key(r) for r in subject.records if r["identity_id"] in numbers)
    yield from (usage_key(u) for u in subject.use if (u.source, u.key) in named)
