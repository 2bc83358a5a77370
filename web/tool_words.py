"""What pages say about a tool, in words: evidence, rulings, what changed; and links to where each is shown whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from reports.words import clean, plural

Row = Mapping[str, Any]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Matcher -> how a name led to a tool, as people say it.
MATCHERS = {
    "decision": "a person said so",
    "exact_id": "an id that only this tool has",
    "entity_id": "the id with which it signs people in",
    "domain": "its own address on the web",
    "vendor": "its vendor's name",
    "descriptor": "the line on a bank statement",
    "name": "its name alone",
}
#: Kind of a record -> what a source lists there.
RECORDS = {
    "grant": "a right that somebody gave",
    "registration": "an app that is set up",
    "declaration": "an entry of the company's own list",
    "assignment": "an account that was handed out",
    "installation": "an installation",
    "connection": "a connection between systems",
    "contract": "a contract",
    "sender": "mail that it sends",
    "dns_record": "an entry of the domain",
    "site_tag": "a script on the website",
    "app_sdk": "a part of the company's app",
    "device_app": "a program on devices",
    "account_access": "an account in the tool",
    "audit_event": "an event in a log",
}
KINDS_OF_NAME = (
    ("app_name", "a name, as a source shows it"),
    ("domain", "a domain, such as example.com"),
    ("url", "an address of a page"),
    ("card_descriptor", "a line on a bank statement"),
    ("client_id", "the client id of an app"),
    ("entity_id", "the entity id of a sign-on"),
    ("redirect_uri", "an address to which it sends people back"),
    ("bundle_id", "the bundle id of a mobile app"),
    ("script_host", "the host of a script"),
    ("marketplace_product", "a product of a cloud's marketplace"),
    ("dns_spf", "a part of the domain's SPF record"),
    ("dns_txt", "a TXT record of the domain"),
    ("dns_cname", "a CNAME record of the domain"),
)
AREAS = {
    "people": "People",
    "access": "Access",
    "grants": "Rights that were given",
    "connections": "Connections",
    "data": "Data",
    "integration": "Integration",
    "mobile": "Mobile apps",
    "consent": "Consent",
    "ai": "AI",
    "spend": "Money",
    "contract": "Contract",
    "ownership": "Ownership",
    "support": "Support",
    "lifecycle": "Life of the product",
    "overlap": "Overlap",
    "provenance": "Where it came from",
}


def evidence_path(key: str) -> str:
    """Return the page of a piece of evidence."""
    return "/evidence?" + urlencode({"key": key})


def evidence_said(key: str) -> str:
    """Return what a piece of evidence is, in a few words."""
    kind, _, rest = key.partition(":")
    if kind == "signal":
        source, _, after = rest.partition("/")
        return f"{clean(source)}, {clean(after.partition('/')[0]).replace('_', ' ')}"
    if kind == "usage":
        return f"use in {month_said(rest.rpartition('/')[2])}, {clean(rest.partition('/')[0])}"
    if kind in {"decision", "answer"}:
        return f"{kind} {clean(rest)}"
    if kind == "tool":
        return "another tool"
    if kind in {"http", "https"}:
        return clean(rest.removeprefix("//").partition("/")[0])[:60]
    return clean(key)[:60]


def month_said(month: str) -> str:
    """Return `Mar 2026` for `2026-03`; anything else as it is."""
    year, _, number = month.partition("-")
    if not (number.isdecimal() and 1 <= int(number) <= 12):
        return clean(month)
    return f"{_MONTHS[int(number) - 1]} {year}"


def tool_path(tool: str, *more: str) -> str:
    """Return the page of a tool, or one below it."""
    return "/".join(("/tools", quote(tool, safe=""), *more))


# --- who and what was ruled ------------------------------------------------------------------------------------------


def who(by: str, addresses: Mapping[str, str], *, named: bool) -> str:
    """Return who ruled, in words. People without an account are named only where they may be."""
    kind, _, rest = by.partition(":")
    if kind == "person":
        return addresses.get(by, f"Person {rest}") if named else f"Person {rest}"
    if kind == "rule":
        return f"the rule {clean(rest.partition('@')[0])}"
    if kind == "source":
        return f"the list {clean(rest)}"
    if kind == "user":
        return f"{clean(rest)}, at the command line"
    return addresses.get(by, clean(by))


def ruling(row: Row, called: Mapping[str, str]) -> str:
    """Return what a decision says in a sentence without its full stop; `called` leads from a tool's id to its name."""
    detail, kind = row["detail"], row["kind"]
    about = row["object"].partition(":")[2]
    say = _RULINGS.get(kind)
    if say is None:
        return str(kind).replace("_", " ")
    names = {name: called.get(value, value) for name, value in detail.items() if isinstance(value, str)}
    return str(say(detail, names, called.get(about, about)))


def _status(detail: Row, _names: Row, _about: str) -> str:
    return str(detail.get("status")).replace("_", " ")


def _rated(detail: Row, _names: Row, _about: str) -> str:
    side = "IT" if detail.get("side") == "it" else "Marketing"
    return f"{side} rates its importance {detail.get('importance')} and its risk {detail.get('risk') or 'unknown'}"


_RULINGS: Mapping[str, Any] = {
    "status": _status,
    "rating": _rated,
    "merge": lambda _d, names, about: f"{clean(about)} is {clean(names.get('into', ''))}",
    "split": lambda d, names, about: f"{clean(about)} is {clean(str(d.get('name') or names.get('to')))}",
    "noise": lambda d, _n, _a: "it is noise" if d.get("noise") else "it is no noise",
    "owner": lambda d, _n, _a: f"{'deputy' if d.get('side') == 'deputy' else str(d.get('side')) + ' owner'} named",
    "answer": lambda d, _n, _a: f"answered: {d.get('fact')}",
    "alias": lambda d, names, _a: f"{clean(str(d.get('value')))} is {clean(names.get('tool', ''))}",
    "merchant": lambda d, _n, about: (
        f"{clean(about)} is {clean(str(d.get('name') or d.get('tool') or d.get('ruling')))}"
    ),
    "rating_note": lambda _d, _n, _a: "a note of the joint meeting",
}


def changed(row: Row) -> str:
    """Return what changed about a tool, in a sentence without its full stop."""
    source, other = clean(row["source"] or ""), clean(row["tool"] or "")
    if row["kind"] == "name":
        if row["what"] == "named":
            return f"A name in {source} leads here" + (f"; it was {other} before" if other else "")
        return f"A name in {source} leads " + (f"to {other} now" if other else "nowhere any more")
    if row["kind"] == "record":
        return f"{source} {_BECAME[row['what']]} {RECORDS.get(row['about'], clean(row['about']).replace('_', ' '))}"
    said = f": {clean(row['message'])}" if row["message"] else ""
    return f"A finding {row['what']}{said}" if row["what"].startswith("can") else f"A finding was {row['what']}{said}"


_BECAME = {"added": "lists", "changed": "changed what it says of", "removed": "no longer lists"}


def noise_said(counted: Mapping[str, int]) -> str:
    """Return how many tools are hidden as noise, by which rule: title of the rule -> how many."""
    return ", ".join(f"{number:,} by {title[:1].lower()}{title[1:]}" for title, number in counted.items())


def units_said(units: Mapping[str | None, int]) -> list[tuple[str | None, str]]:
    """Return units with how many people each has, the largest first; None is an unknown one."""
    order = sorted(units.items(), key=lambda one: (one[0] is None, -one[1], one[0] or ""))
    return [(unit, plural(number, "person", "people")) for unit, number in order]
