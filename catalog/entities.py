"""Matching of entity ids that hold no host: a bare word, a URN, and what a sign-on broker calls its tenant."""

from __future__ import annotations

import re

from catalog.found import Found
from catalog.normal import drop_ends, tokens
from catalog.tables import Hit, Tables
from catalog.words import DECORATION
from model.match import Matcher

_PART = re.compile(r"[A-Za-z0-9._-]{1,60}")
#: Parts of an entity id that say what it is, not whose.
_KIND = DECORATION | frozenset({"urn", "com", "net", "org", "www", "entity", "id", "entityid", "service", "metadata"})
#: Brokers that sign people in to other companies' tools: behind their name stands the tenant, as in
#: `urn:auth0:TENANT:CONNECTION` (auth0.com/docs, "Configure Auth0 as SAML service provider").
_BROKERS = frozenset({"auth0", "okta"})
#: A name of fewer letters proves nothing here.
_SHORT = 3
#: So long must an ordinary word be as a broker's tenant.
_TENANT = 5


def find_entity(tables: Tables, value: str) -> Found | None:
    """Return the tool that an entity id without a host names: `quillfox`, `quillfox-saml`, `urn:quillfox:sp:acme`."""
    text = value.strip()
    lower = text.lower()
    if not text or len(text) > 400 or lower.startswith(("http", "spn:", "api:")):
        return None
    parts = lower.removeprefix("urn:").split(":")
    if not all(_PART.fullmatch(part) for part in parts[:2]):
        return None
    if parts[0] in _BROKERS and len(parts) > 2:
        hit, form = _named(tables, parts[1])
        return _found(hit, form) if hit is not None and (hit.sure or len(form) >= _TENANT) else None
    for text in (":".join(parts), parts[0]):
        hit, form = _named(tables, text)
        if hit is not None and hit.sure and len(form) >= _SHORT:
            return _found(hit, form)
    return None


def _named(tables: Tables, text: str) -> tuple[Hit | None, str]:
    words = tokens(text)
    for kept in dict.fromkeys((words, drop_ends(words, _KIND))):
        form = "".join(kept)
        hit = tables.names.get(tables.joined.get(form, ""))
        if hit is not None:
            return hit, form
    return None, ""


def _found(hit: Hit, form: str) -> Found:
    return Found(hit.id, Matcher.ENTITY_ID, form, 0.85, f"The entity id names {{name}} ({form}).")
