"""Matching of exact ids: OAuth client ids, catalogue keys of identity providers, and the bundle ids of mobile apps."""

from __future__ import annotations

import re

from catalog.found import Found
from catalog.normal import compact
from catalog.shared import CARRIERS, HOSTING, SCHEMES
from catalog.tables import Hit, Tables, own_words
from catalog.words import SOFTWARE
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


_DECORATED = re.compile(
    r"(?:[?&]?(?:client[_-]?id|app(?:lication)?[_-]?id|appid|azp|aud)\s*[=:]|spn:|api://|urn:|guid:|[{(\[\"'<])\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[\s})\]\"'>&,;]|/(?!\S*\.)")


def plain_id(value: str) -> str:
    """Return a client id without what logs and consoles put around it: braces, quotes, `spn:`, `client_id=`."""
    text = value[:_LONGEST_ID].strip()
    for _ in range(3):
        found = _DECORATED.match(text)
        if found is None:
            break
        text = text[found.end() :]
    return _END.split(text, maxsplit=1)[0].casefold()


def find_client(tables: Tables, value: str) -> Found | None:
    """Return the tool whose OAuth client id (or Entra app id, or marketplace product code) this is."""
    client = value[:_LONGEST_ID].strip().casefold()
    tool = tables.clients.get(client)
    if tool is None:
        client = plain_id(value)
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
    return (
        _known_prefix(tables, labels, range(len(labels), 2, -1))
        or _product_in_namespace(tables, labels)
        or _known_prefix(tables, labels, range(2, 1, -1))
        or _reversed_domain(tables, labels)
    )


def _known_prefix(tables: Tables, labels: list[str], lengths: range) -> Found | None:
    for stop in lengths:
        prefix = ".".join(labels[:stop])
        tool = tables.bundles.get(prefix)
        if tool is None:
            continue
        # Two labels that are an ordinary word are others' name space, too.
        if stop == 2 and tables.tools[tool].word and not _fits(tables, tool, labels[stop:]):
            return None
        return Found(tool, Matcher.EXACT_ID, prefix, 0.99, f"The app's id {'.'.join(labels)} is {{name}}'s.")
    return None


#: Labels of bundle ids that name no product.
_ANY_APP = frozenset(
    {
        *(
            "android",
            "ios",
            "app",
            "apps",
            "mobile",
            "sdk",
            "client",
            "prod",
            "production",
            "release",
            "free",
            "iphone",
        ),
        *("ipad", "mac", "macos", "osx", "desktop", "windows", "tablet", "phone", "debug", "beta", "staging", "store"),
        *("reader", "viewer", "player", "flutter", "rn", "native", "mobileapp", "myapp", "main", "launcher", "saas"),
    }
)


def _product_in_namespace(tables: Tables, labels: list[str]) -> Found | None:
    """`com.zoho.social`: the maker's label and the product's, together a known name, or a known name of that maker."""
    maker = labels[1]
    for at in range(len(labels) - 1, 1, -1):
        label = labels[at]
        if label in _ANY_APP:
            continue
        both = tables.joined.get(maker + label, "")
        hit = tables.names.get(both) if both.startswith(maker + " ") else None
        own = tables.names.get(tables.joined.get(label, ""))
        if hit is None and own is not None and _is_of(tables, own, maker, label):
            hit = own
        if hit is not None and len(label) >= 3:
            matched = f"{maker}.{label}"
            why = f"The app's id names {{name}} in its maker's space {matched}."
            fits = _fits(tables, hit.id, labels[at + 1 :])
            return Found(hit.id, Matcher.VENDOR, matched, 0.9, why) if fits else None
    return None


#: So long a coined name in a known maker's space is a product's that the maker has or had.
_COINED = 8


def _is_of(tables: Tables, hit: Hit, maker: str, label: str) -> bool:
    known = tables.tools[hit.id]
    if compact(known.vendor).startswith(maker):
        return True
    return hit.sure and len(label) >= _COINED and not known.word and f"{maker}.com" in tables.domains


def _reversed_domain(tables: Tables, labels: list[str]) -> Found | None:
    """`com.jotform.v2`: the home of a coined brand backwards, or of an ordinary word where what follows fits it."""
    for stop in range(min(len(labels), 4), 1, -1):
        domain = ".".join(reversed(labels[:stop]))
        tool = tables.domains.get(domain)
        if domain in CARRIERS or domain in HOSTING:
            return None
        if tool is not None:
            rest = labels[stop:]
            if (rest and _shares(tables, domain, tool)) or (tables.tools[tool].word and not _fits(tables, tool, rest)):
                return None
            return Found(tool, Matcher.DOMAIN, domain, 0.9, f"The app's id is {domain} reversed, a domain of {{name}}.")
    return None


_VERSION = re.compile(r"v?\d+")


def _fits(tables: Tables, tool: str, rest: list[str]) -> bool:
    """Return whether all that follows an ordinary word is of apps or of the tool: others have that word, too."""
    known = tables.tools[tool]
    own = own_words(known)
    name = compact(known.name)
    return all(label.strip("_-") for label in rest) and all(
        _is_of_apps(word, own) or _is_of_apps(word.removeprefix(name), own)
        for label in rest
        for word in re.split(r"[_-]+", label)
    )


def _is_of_apps(word: str, own: frozenset[str]) -> bool:
    bare = word.removesuffix("android").removesuffix("ios").removesuffix("app")
    return (
        not bare
        or _VERSION.fullmatch(word) is not None
        or any(form in _ANY_APP or form in SOFTWARE or form in own for form in (word, bare))
    )


def _shares(tables: Tables, domain: str, tool: str) -> bool:
    """Return whether the domain's owner has products beside this one there, so that its app could be one of those."""
    vendor = tables.tools[tool].vendor
    house = vendor in tables.houses and compact(vendor).startswith(domain.partition(".")[0])
    return house or any(owner != tool for owner in tables.under.get(domain, ()))


_MSAL = re.compile(r"msal([0-9a-f-]{36})")
_GOOGLE = re.compile(r"com\.googleusercontent\.apps\.([a-z0-9-]{10,100})")
_PACKAGE = re.compile(r"(?:msauth|x-msauth)[-.](.+)")
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*:/{0,3}([^/?#]{1,200})(?:/([^/?#]{1,200}))?", re.IGNORECASE)


def find_scheme(tables: Tables, scheme: str, uri: str) -> Found | None:
    """Return the tool whose app has registered the URL scheme (lower case) of a redirect URI.

    The scheme is a bundle id (`com.vendor.app`), or holds one or a client id as Microsoft's and Google's libraries want
    it, or is the app's own: a coined name, or one that is known.
    """
    google = _GOOGLE.fullmatch(scheme)
    if google is not None:
        return find_client(tables, f"{google[1]}.apps.googleusercontent.com")
    msal = _MSAL.fullmatch(scheme)
    if msal is not None:
        return find_client(tables, msal[1])
    if scheme in {"msauth", "ms-appx-web"}:
        return _behind_broker(tables, uri)
    package = _PACKAGE.fullmatch(scheme)
    if package is not None or "." in scheme:
        return find_bundle(tables, package[1] if package else scheme)
    tool = SCHEMES.get(scheme)
    hit = tables.names.get(tables.joined.get(compact(scheme), "")) if len(scheme) >= _SHORTEST_SCHEME else None
    tool = tool if tool in tables.tools else hit.id if hit is not None and hit.sure else None
    why = f"The app of {{name}} answers to {scheme}: addresses."
    return Found(tool, Matcher.EXACT_ID, scheme, 0.9, why) if tool else None


_SHORTEST_SCHEME = 5


def _behind_broker(tables: Tables, uri: str) -> Found | None:
    """`msauth://com.vendor.app/<hash>`, `ms-appx-web://microsoft.aad.brokerplugin/<client id>`."""
    parts = _AUTHORITY.match(uri[:_LONGEST_ID])
    if parts is None:
        return None
    if parts[1].casefold() == "microsoft.aad.brokerplugin":
        return find_client(tables, parts[2] or "")
    return find_bundle(tables, parts[1])
