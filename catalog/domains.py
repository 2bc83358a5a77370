"""Matching of hosts: a host is a tool's where it is, or lies under, a domain that the catalogue gives to the tool."""

from __future__ import annotations

import re

from catalog.found import Found
from catalog.hosts import parse_host, suffixes
from catalog.tables import Tables
from model.match import Matcher

_LONGEST_RECORD = 8192


#: Networks that carry anybody's files: a host under them says where a file lies, not whose it is. A host that the
#: catalogue names itself still counts.
CARRIERS = frozenset(
    {
        *("cloudfront.net", "amazonaws.com", "azureedge.net", "azurefd.net", "windows.net", "azurewebsites.net"),
        *("googleusercontent.com", "googleapis.com", "gstatic.com", "appspot.com", "fastly.net", "akamaized.net"),
        *("akamaihd.net", "akamai.net", "edgekey.net", "edgesuite.net", "jsdelivr.net", "unpkg.com", "b-cdn.net"),
        *("cdnjs.com", "cdn77.org", "digitaloceanspaces.com", "workers.dev", "cloudapp.net", "azure-api.net"),
    }
)


_NUMBER = re.compile(r"\d+")


def find_host(tables: Tables, host: str, matcher: Matcher = Matcher.DOMAIN) -> Found | None:
    """Return the tool that owns the host: the longest suffix counts, so a product's host beats its vendor's."""
    for name in suffixes(host):
        tool = tables.domains.get(name) or (tables.domains.get(numbered(name)) if _NUMBER.search(name) else None)
        if tool is not None and not (name in CARRIERS and name != host):
            under = "" if name == host else f" ({name})"
            confidence = 0.98 if name == host else 0.97
            return Found(tool, matcher, name, confidence, f"The domain {host} belongs to {{name}}{under}.")
    return None


def numbered(host: str) -> str:
    """Return the host with its numbers as `#`, as the catalogue writes a family of domains: `mkt#.com`."""
    return _NUMBER.sub("#", host)


def cname_target(record: str) -> str | None:
    """Return the host that a CNAME record leads to; the record is `a CNAME b`, a zone file's line, `a -> b`, or b."""
    words = record[:_LONGEST_RECORD].split(";", maxsplit=1)[0].split()
    return parse_host(words[-1]) if words else None


_MECHANISM = re.compile(r"[+?~-]?(?:include|redirect|exists|a|mx|ptr)[:=](.+)", re.IGNORECASE)


def spf_hosts(record: str) -> list[str]:
    """Return the hosts that an SPF record (or one mechanism of it, or a bare host) includes, without its macros.

    Mechanisms: include, redirect, a, mx, exists (RFC 7208).
    """
    hosts = []
    for term in record[:_LONGEST_RECORD].replace('"', " ").split():
        if term.startswith(("ip4:", "ip6:")):
            continue
        mechanism = _MECHANISM.fullmatch(term)
        plain = mechanism[1] if mechanism else term
        host = parse_host(plain.rpartition("}.")[2].partition("/")[0]) if mechanism or "=" not in term else None
        if host is not None and host not in hosts:
            hosts.append(host)
    return hosts


def find_spf(tables: Tables, record: str) -> Found | None:
    """Return the tool whose servers an SPF record admits; None where it names several tools or none."""
    found: dict[str, Found] = {}
    for host in spf_hosts(record):
        for name in suffixes(host):
            tool = tables.spf.get(name) or tables.domains.get(name) or tables.domains.get(numbered(name))
            if tool is not None:
                why = f"The SPF record admits {host}, a host of {{name}}."
                found.setdefault(tool, Found(tool, Matcher.DOMAIN, name, 0.96, why))
                break
    return next(iter(found.values())) if len(found) == 1 else None


_TXT_KEY = re.compile(r"[^\s=:]{2,120}")
#: Keys of ownership records: `<brand>-domain-verification=`, `<brand>-code:`, `_<brand>-challenge`.
_PROOF = re.compile(
    r"_?(?P<brand>[a-z0-9]+(?:[._-][a-z0-9]+)*?)[._-]?"
    r"(?:[._-](?:site|domain|developer|owner|ownership|email|dns|account|business|org|organization|workspace|sso|enterprise|"
    r"server|sending|hosted))*[._-]?"
    r"(?:verification|verify|verified|challenge|validation|confirmation|confirm|token|code|key)(?:[._-].*)?"
)


def find_txt(tables: Tables, record: str) -> Found | None:
    """Return the tool that a TXT record proves the domain to: by its key, or by what an SPF or DMARC record names."""
    text = record[:_LONGEST_RECORD].strip().strip('"').strip()
    lower = text.casefold()
    if lower.startswith("v=spf1"):
        return find_spf(tables, text)
    if lower.startswith("v=dmarc1"):
        return _find_dmarc(tables, text)
    first = _TXT_KEY.match(lower)
    return _by_txt_key(tables, first[0]) if first else None


def _by_txt_key(tables: Tables, name: str) -> Found | None:
    for candidate in _cuts(name):
        tool = tables.txt.get(candidate)
        if tool is not None:
            return Found(tool, Matcher.EXACT_ID, candidate, 0.97, f"The TXT record's key {candidate} is {{name}}'s.")
    proof = _PROOF.fullmatch(name)
    if proof is None:
        return None
    brand = re.sub(r"[^a-z0-9]", "", proof["brand"])
    hit = tables.names.get(tables.joined.get(brand, ""))
    if hit is None or len(brand) < 3:
        return None
    return Found(hit.id, Matcher.NAME, brand, 0.9, f"The TXT record's key {name} names {{name}}.")


def _cuts(name: str) -> list[str]:
    """Return the key and what stands before each of its separators, longest first: vendors glue tokens to keys."""
    stops = [m.start() for m in re.finditer(r"[._-]", name)]
    return [name, *(name[:stop] for stop in reversed(stops) if stop >= 2)]


def _find_dmarc(tables: Tables, record: str) -> Found | None:
    hosts = [parse_host(address) for address in re.findall(r"mailto:([^,;!\s]{1,254})", record)]
    found = {f.id: f for host in hosts if host for f in [find_host(tables, host)] if f}
    return next(iter(found.values())) if len(found) == 1 else None
