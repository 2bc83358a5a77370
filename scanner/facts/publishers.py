"""grants.publisher_verified: whether the platforms vouch for who publishes the clients that hold a tool's grants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import Subject, World, keys, latest, record_key


def verified(grants: Sequence[dict[str, Any]], subject: Subject, world: World) -> Known | Unknown:
    """Return what registrations of the clients say: one that is not verified settles it, else all have to be."""
    stated = {
        (r["source"], r["identity_id"]): r
        for r in subject.of_kind(SignalKind.REGISTRATION)
        if "publisher_verified" in r["facts"] and world.reason_against(r) is None
    }
    told = [stated.get((g["source"], g["identity_id"])) for g in grants]
    shown = [r for r in told if r is not None]
    doubtful = [r for r in shown if not r["facts"]["publisher_verified"]]
    if not doubtful and (not shown or None in told):
        return Unknown("no platform that holds a grant states it")
    telling = doubtful or shown
    return Known(not doubtful, keys(map(record_key, telling)), latest(r["seen_at"] for r in telling))
