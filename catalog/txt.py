"""Matching of TXT records: the key of an ownership token, or what an SPF or DMARC record names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.domains import find_host, find_spf
from catalog.found import Found
from catalog.hosts import parse_host
from catalog.tables import Hit, Tables
from catalog.words import SOFTWARE
from model.match import Matcher

_LONGEST_RECORD = 8192
#: A zone file's line: owner, time to live, class, type, text (RFC 1035, 5.1); `nslookup` writes `owner text = "..."`.
_LINE = re.compile(
    r"(?:(?P<owner>[^\s\"=]+)\s+)?(?:\d+[smhdw]?\s+)?(?:IN\s+)?(?:TXT[:\s]|text\s{0,9}=)[\s(]*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)
_ARROW = re.compile(r"(?P<owner>[^\s\"=]+)\s*(?:->|=>|[\u2192\u21d2])\s*(?P<text>.*)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_KEY = re.compile(r"[^\s=:]{2,120}")
_SELECTOR = re.compile(r"_domainkey\b")


def txt_content(record: str) -> tuple[str, str]:
    """Return the owner's name (empty where the record has none) and the text of a TXT record.

    The record is the text itself, quoted or not, a zone file's line, or `owner -> text`. Several quoted strings are one
    text without anything between them (RFC 7208, 3.3).
    """
    text = record[:_LONGEST_RECORD].strip()
    line = _LINE.fullmatch(text) or _ARROW.fullmatch(text)
    owner = (line["owner"] or "").casefold() if line else ""
    text = line["text"].strip() if line else text
    if text.startswith('"'):
        text = "".join(_QUOTED.findall(text)) or text
    return owner, text.strip('"').strip()


def find_txt(tables: Tables, record: str) -> Found | None:
    """Return the tool that a TXT record proves the domain to: by its key, or by what an SPF or DMARC record names."""
    owner, text = txt_content(record)
    lower = text.casefold()
    if lower.startswith("v=spf1"):
        return find_spf(tables, text)
    if lower.startswith("v=dmarc1"):
        return _find_dmarc(tables, text)
    return _by_text(tables, text) or _by_owner(tables, owner)


def _by_text(tables: Tables, text: str) -> Found | None:
    first = _KEY.match(text)
    if first is None or not _is_token_of(first[0], text[first.end() :]):
        return None
    key = first[0].casefold()
    exact = _by_key(tables, first[0])
    if exact is not None:
        tool, name = exact
        return Found(tool, Matcher.EXACT_ID, name, 0.97, f"The TXT record's key {name} is {{name}}'s.")
    brand = _proved(key)
    hit = _named(tables, brand) if brand else _bare(tables, key, text[first.end() :])
    return hit and Found(hit.id, Matcher.NAME, brand or key, 0.9, f"The TXT record's key {key} names {{name}}.")


def _is_token_of(key: str, rest: str) -> bool:
    """Return whether a key and what follows it are a token: prose has blanks where a token has a sign or its end."""
    value = rest.strip()
    if not value:
        return True
    if value[0] in "=:":
        return len(value[1:].split()) <= 2
    return len(value.split()) == 1 and any(sign in key for sign in "-_.")


#: So much of a value is looked at.
_LONGEST_VALUE = 100
#: What a value that a machine made has: a digit, or capitals among small letters.
_MADE = re.compile(r"(?=.*(?:\d|[a-z][A-Z]|[A-Z]{2}.*[a-z]|_)).{4,}", re.DOTALL)


def _by_key(tables: Tables, key: str) -> tuple[str, str] | None:
    """Return the tool of a key that the catalogue has, and that key: vendors glue tokens to their keys."""
    lower = key.casefold()
    for candidate in _cuts(lower):
        tool = tables.txt.get(candidate)
        if tool is None:
            continue
        glued = key[len(candidate) :]
        plain = candidate.isalnum() and glued
        if not plain or _MADE.match(glued[1:] if not glued[0].isalnum() else glued) or _proved(lower) == candidate:
            return tool, candidate
    return None


def _cuts(name: str) -> list[str]:
    """Return the key and what stands before each of its separators, longest first, and the key without its number."""
    stops = [m.start() for m in re.finditer(r"[._-]", name)]
    whole = name.rstrip("0123456789")
    return [name, *([whole] if len(whole) >= 5 and whole != name else []), *_before(name, stops)]


def _before(name: str, stops: list[int]) -> Iterator[str]:
    yield from (name[:stop] for stop in reversed(stops) if stop >= 2)


#: Words that say "this proves whose the domain is", and words that may stand between them and the brand.
_PROOF = frozenset(
    {
        *("verification", "verify", "verified", "challenge", "validation", "validate", "validator", "confirmation"),
        *("confirm", "token", "code", "key", "ownership", "proof", "otp", "dv", "verif", "sso", "auth", "domainkey"),
        *("domainverification", "siteverification", "domainverify", "verificationcode", "siteverify", "dns"),
    }
)
_BETWEEN = frozenset(
    {
        *("site", "domain", "domains", "developer", "developers", "owner", "email", "mail", "account", "business"),
        *(
            "org",
            "organization",
            "organisation",
            "workspace",
            "enterprise",
            "server",
            "sending",
            "hosted",
            "web",
            "website",
        ),
        *("api", "app", "apps", "saml", "idp", "scim", "admin", "cloud", "platform", "tenant", "team", "pages"),
    }
)
_GLUED = re.compile(r"(?P<brand>[a-z0-9]{3,40}?)(?:domain|site)?(?:verification|verify|validation)(?:code|key)?")


def _proved(key: str) -> str | None:
    """Return the brand in the key of an ownership token: `<brand>-domain-verification`, `_<brand>-challenge`."""
    words = re.split(r"[._-]+", key.lstrip("_"))
    at = next((at for at, word in enumerate(words) if at and word in _PROOF), None)
    if at is None:
        glued = _GLUED.fullmatch(words[0])
        return glued["brand"] if glued and glued["brand"] not in _BETWEEN else None
    while at > 1 and words[at - 1] in _BETWEEN:
        at -= 1
    brand = "".join(words[:at])
    return brand if brand not in _BETWEEN and brand not in SOFTWARE and brand not in _PROOF else None


def _named(tables: Tables, brand: str) -> Hit | None:
    """Return what a key's brand names: a name written without blanks, or the label of a tool's home page."""
    if len(brand) < 3:
        return None
    hit = tables.names.get(tables.joined.get(brand, ""))
    home = tables.brands.get(brand)
    return hit or (Hit(home, sure=True, form="brand") if home else None)


def _bare(tables: Tables, key: str, rest: str) -> Hit | None:
    """Return what `brand=token` names: a coined brand, and a token that a machine made."""
    value = rest.strip()
    if len(key) < 5 or not value.startswith(("=", ":")) or not _MADE.match(value[1:_LONGEST_VALUE].strip()):
        return None
    hit = tables.names.get(tables.joined.get(key.lstrip("_"), ""))
    return hit if hit is not None and hit.sure and len(value) >= 9 else None


def _by_owner(tables: Tables, owner: str) -> Found | None:
    """Return the tool that the record's own name tells: `_github-challenge-acme.acme.com`, `mailjet._domainkey`."""
    label, _, rest = owner.partition(".")
    if label.startswith("_") and label != "_dmarc":
        exact = _by_key(tables, label) or _by_key(tables, label.lstrip("_"))
        brand = _proved(label)
        hit = Hit(exact[0], sure=True, form="key") if exact else (_named(tables, brand) if brand else None)
    elif _SELECTOR.match(rest):
        hit = tables.names.get(tables.joined.get(label.rstrip("0123456789"), "")) if len(label) >= 5 else None
        hit = hit if hit is not None and hit.sure else None
    else:
        return None
    return hit and Found(hit.id, Matcher.NAME, label, 0.9, f"The TXT record's name {label} is {{name}}'s.")


def _find_dmarc(tables: Tables, record: str) -> Found | None:
    hosts = [parse_host(address) for address in re.findall(r"mailto:([^,;!\s]{1,254})", record)]
    found = {f.id: f for host in hosts if host for f in [find_host(tables, host)] if f}
    return next(iter(found.values())) if len(found) == 1 else None
