"""Matching of exact ids: OAuth client ids, catalogue keys of identity providers, and the bundle ids of mobile apps."""

from __future__ import annotations

import re

from catalog.found import Found
from catalog.normal import compact
from catalog.tables import Tables
from model.match import Matcher

_LONGEST_ID = 512
#: Keys of Okta's templates and own apps: they say how an app signs in, never which app it is.
_TEMPLATE = re.compile(
    r"(oidc_client|bookmark|template_.*|okta_.*|saasure|scim.*|.*_template|custom.*|active_directory|ldap.*)"
)
_HOW = re.compile(r"[_-]?(saml_?2?_?0?|oidc|swa|sso|oauth2?|wsfed|scim)$")


#: The template of Microsoft Entra for every app that is not in its gallery.
_ENTRA_TEMPLATE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"


def is_template(value: str) -> bool:
    """Return whether an identity provider's catalogue key is a template's, which many apps share: `oidc_client`."""
    key = value[:_LONGEST_ID].strip().casefold()
    return key == _ENTRA_TEMPLATE or _TEMPLATE.fullmatch(key) is not None


def find_client(tables: Tables, value: str) -> Found | None:
    """Return the tool whose OAuth client id (or Entra app id, or marketplace product code) this is."""
    client = value[:_LONGEST_ID].strip().casefold()
    tool = tables.clients.get(client)
    return (tool and Found(tool, Matcher.EXACT_ID, client, 1.0, "The client id is {name}'s.")) or None


def find_catalog_key(tables: Tables, value: str) -> Found | None:
    """Return the tool of an Okta catalogue key (`hubspotsaml`). A template's key (`oidc_client`) proves nothing."""
    key = value[:_LONGEST_ID].strip().casefold()
    if not key or is_template(key):
        return None
    tool = tables.okta.get(key)
    if tool is not None:
        return Found(tool, Matcher.EXACT_ID, key, 1.0, f"{key} is {{name}}'s key in the identity provider's catalogue.")
    joined = compact(_HOW.sub("", key))
    hit = tables.names.get(tables.joined.get(joined, ""))
    if hit is None or len(joined) < 3:
        return None
    return Found(hit.id, Matcher.NAME, key, 0.93, f"The identity provider's catalogue key {key} is {{name}}'s name.")


_BUNDLE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+){1,12}")


def find_bundle(tables: Tables, value: str) -> Found | None:
    """Return the tool of a mobile app's bundle id: its prefix, the product's name in it, or the vendor's domain."""
    bundle = value[:_LONGEST_ID].strip().casefold()
    if not _BUNDLE.fullmatch(bundle):
        tool = tables.bundles.get(bundle)
        return (tool and Found(tool, Matcher.EXACT_ID, bundle, 0.99, "The app's id is {name}'s.")) or None
    labels = bundle.split(".")
    for stop in range(len(labels), 1, -1):
        prefix = ".".join(labels[:stop])
        tool = tables.bundles.get(prefix)
        if tool is not None:
            return Found(tool, Matcher.EXACT_ID, prefix, 0.99, f"The app's id {bundle} is {{name}}'s.")
    return _product_in_namespace(tables, labels) or _reversed_domain(tables, labels)


#: Labels of bundle ids that name no product.
_ANY_APP = frozenset(
    {"android", "ios", "app", "apps", "mobile", "sdk", "client", "prod", "production", "release", "free"}
)


def _product_in_namespace(tables: Tables, labels: list[str]) -> Found | None:
    """`com.zoho.social`: the maker's label and the product's, together a known name, or a known name of that maker."""
    maker = labels[1]
    for label in reversed([label for label in labels[2:] if label not in _ANY_APP]):
        both = tables.joined.get(maker + label, "")
        hit = tables.names.get(both) if both.startswith(maker + " ") else None
        own = tables.names.get(tables.joined.get(label, ""))
        if hit is None and own is not None and compact(tables.tools[own.id].vendor).startswith(maker):
            hit = own
        if hit is not None and len(label) >= 3:
            matched = f"{maker}.{label}"
            return Found(
                hit.id, Matcher.VENDOR, matched, 0.9, f"The app's id names {{name}} in its maker's space {matched}."
            )
    return None


def _reversed_domain(tables: Tables, labels: list[str]) -> Found | None:
    domain = f"{labels[1]}.{labels[0]}"
    tool = tables.domains.get(domain)
    if tool is None or (len(labels) > 2 and _shares(tables, domain, tool)):
        return None
    return Found(tool, Matcher.DOMAIN, domain, 0.9, f"The app's id is {domain} reversed, a domain of {{name}}.")


def _shares(tables: Tables, domain: str, tool: str) -> bool:
    """Return whether the domain's owner has products beside this one there, so that its app could be one of those."""
    return any(owner != tool for owner in tables.under.get(domain, ())) or tables.tools[tool].vendor in tables.houses
