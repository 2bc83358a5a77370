"""Matching of hosts: a host is a tool's where it is, or lies under, a domain that the catalogue gives to the tool."""

from __future__ import annotations

import re

from catalog.found import Found
from catalog.hosts import parse_host, path_of, suffixes
from catalog.normal import compact
from catalog.shared import CARRIERS, COUNTRIES, FIRST_LABELS, HOSTING, MAILBOXES, PATHS, SUITES, WEB_HOSTS
from catalog.tables import Tables
from model.match import Matcher

_LONGEST_RECORD = 8192
_NUMBER = re.compile(r"\d+")
#: Where nobody's host is a tool's, and where only a CNAME record's target is.
_NOBODYS = CARRIERS | HOSTING
#: A brand must be so long to be its owner's under the ending of any country.
_REGIONAL = 9
_WITH_PATHS = frozenset(".".join(host.rsplit(".", 2)[-2:]) for host in PATHS)
_COUNTRY = frozenset(ending.rpartition(".")[2] for ending in COUNTRIES)


def find_host(tables: Tables, host: str, matcher: Matcher = Matcher.DOMAIN, *, served: bool = False) -> Found | None:
    """Return the tool that owns the host: the longest suffix counts, so a product's host beats its vendor's.

    What lies at a company that hosts anybody's sites is the customer's own and no tool; `served` says that a record
    leads there, which shows who hosts.
    """
    domains = tables.domains
    family = _NUMBER.search(host) is not None
    for name in suffixes(host):
        tool = domains.get(name) or (domains.get(numbered(name)) if family else None)
        if name in _NOBODYS and not (served and name in HOSTING):
            return None
        if tool is not None:
            return None if host in MAILBOXES else _under(tables, tool, name, host, matcher)
    return _regional(tables, host, matcher)


def _under(tables: Tables, tool: str, name: str, host: str, matcher: Matcher) -> Found:
    if name == host:
        return Found(tool, matcher, name, 0.98, f"The domain {host} belongs to {{name}}.")
    label = host[: -len(name) - 1].rpartition(".")[2]
    for end, other in FIRST_LABELS.get(name, ()):
        if label.endswith(end) and other in tables.tools:
            return Found(other, matcher, name, 0.97, f"The host {host} is {{name}}'s: its label ends in {end}.")
    twin = f"{label}.{name.partition('.')[0]}.com"
    other = tables.domains.get(twin, tool)
    if other != tool and _same_maker(tables.tools[other].vendor, tables.tools[tool].vendor):
        return Found(other, matcher, name, 0.96, f"The domain {host} belongs to {{name}}, as {twin} does.")
    return Found(tool, matcher, name, 0.97, f"The domain {host} belongs to {{name}} ({name}).")


def _same_maker(one: str, other: str) -> bool:
    """Return whether two entries mean one company: `Zoho`, `Zoho Corporation`."""
    short, long = sorted((compact(one), compact(other)), key=len)
    return bool(short) and long.startswith(short)


def _regional(tables: Tables, host: str, matcher: Matcher) -> Found | None:
    """`console.treasuredata.co.jp`: a long coined brand, spelt as the tool is called, under a country's own ending."""
    if host.rpartition(".")[2] not in _COUNTRY:
        return None
    labels = host.rsplit(".", 3)
    behind = 2 if ".".join(labels[-2:]) in COUNTRIES else 1
    ending = ".".join(labels[-behind:])
    brand = labels[-behind - 1] if ending in COUNTRIES and len(labels) > behind else ""
    tool = tables.brands.get(brand) if len(brand) >= _REGIONAL else None
    if tool is None or compact(tables.tools[tool].name) != brand:
        return None
    return Found(tool, matcher, f"{brand}.{ending}", 0.85, f"{brand}.{ending} is {{name}}'s name in .{ending}.")


def find_by_path(tables: Tables, host: str, url: str, matcher: Matcher = Matcher.DOMAIN) -> Found | None:
    """Return the product that a path leads to on a host that several products of one maker share."""
    if ".".join(host.rsplit(".", 2)[-2:]) not in _WITH_PATHS:
        return None
    for name in suffixes(host):
        if name in PATHS:
            path = path_of(url)
            for begin, tool in PATHS[name]:
                if tool in tables.tools and begins(path, begin):
                    return Found(tool, matcher, f"{name}{begin}", 0.96, f"{name}{begin} is where {{name}} is.")
    return None


def begins(path: str, begin: str) -> bool:
    """Return whether the path begins so, up to the end of a segment."""
    return path.startswith(begin) and (begin.endswith("/") or path[len(begin) : len(begin) + 1] in {"", "/", "?", "#"})


def numbered(host: str) -> str:
    """Return the host with its numbers as `#`, as the catalogue writes a family of domains: `mkt#.com`."""
    return _NUMBER.sub("#", host)


_ARROW = re.compile(r"->|=>|[\u2192\u21d2]")


def cname_target(record: str) -> str | None:
    """Return the host that a CNAME record leads to; the record is `a CNAME b`, a zone file's line, `a -> b`, or b."""
    text = record[:_LONGEST_RECORD]
    text = _ARROW.sub(" ", text) if ">" in text or not text.isascii() else text
    words = text.split(";", maxsplit=1)[0].split()
    return parse_host(words[-1]) if words else None


_MECHANISM = re.compile(r"[+?~-]?(?:include|redirect|exists|a|mx|ptr)[:=](.+)", re.IGNORECASE)
_SPF = re.compile(r"v=spf1", re.IGNORECASE)


def spf_hosts(record: str) -> list[str]:
    """Return the hosts that an SPF record (or one mechanism of it, or a bare host) includes, without its macros.

    Mechanisms: include, redirect, a, mx, exists (RFC 7208). What stands before `v=spf1` is the zone file's.
    """
    hosts = []
    text = record[:_LONGEST_RECORD]
    start = _SPF.search(text)
    for term in text[start.end() if start else 0 :].replace('"', " ").split():
        if term.startswith(("ip4:", "ip6:")):
            continue
        mechanism = _MECHANISM.fullmatch(term) if ":" in term or "=" in term else None
        plain = mechanism[1] if mechanism else term
        if "." not in plain or ("=" in term and mechanism is None):
            continue
        host = parse_host(plain.rpartition("}.")[2].partition("/")[0])
        if host is not None and host not in hosts:
            hosts.append(host)
    return hosts


def find_spf(tables: Tables, record: str) -> Found | None:
    """Return the tool whose servers an SPF record admits; None where it names several tools or none.

    A web host's mailboxes are no tool, and the suite with the company's mailboxes is none beside a tool's servers.
    """
    tools: dict[str, Found] = {}
    suites: dict[str, Found] = {}
    for host in spf_hosts(record):
        found = _sender(tables, host)
        if found is not None:
            kept = suites if not SUITES.isdisjoint(suffixes(host)) else tools
            kept.setdefault(found.id, found)
    counted = tools or suites
    return next(iter(counted.values())) if len(counted) == 1 else None


def _sender(tables: Tables, host: str) -> Found | None:
    names = list(suffixes(host))
    web_host = not WEB_HOSTS.isdisjoint(names)
    family = _NUMBER.search(host) is not None
    for name in names:
        if name in WEB_HOSTS or name in _NOBODYS:
            return None
        tool = None if web_host else tables.spf.get(name)
        tool = tool or tables.domains.get(name) or (tables.domains.get(numbered(name)) if family else None)
        if tool is not None:
            return Found(tool, Matcher.DOMAIN, name, 0.96, f"The SPF record admits {host}, a host of {{name}}.")
    return None
