"""The demo company's two Google Workspaces, as their exports: people, tokens, activities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from scanner.demo.company import (
    BOUGHT_PEOPLE,
    FIRST_MONTHS,
    FIRST_SAVED,
    LAST_SAVED,
    LEAVERS,
    MONTHS,
    RENAMED,
    SHARED,
    TEAM,
    Person,
    employees,
    who,
)
from scanner.demo.drawing import Export, draw, moments, packed, pages, stamp, visits
from scanner.demo.stories import Grant
from scanner.demo.tools import STORIES

SOURCE, BOUGHT_SOURCE = "google:tarnvik", "google:hollerbach"
#: What Google answers where the service account may not see tokens: saved in the place of the export.
REFUSED = {
    "error": {
        "code": 403,
        "message": "Not Authorized to access this resource/api",
        "errors": [
            {"domain": "global", "reason": "forbidden", "message": "Not Authorized to access this resource/api"}
        ],
    }
}
_WAVES = ((1, FIRST_SAVED + timedelta(hours=1)), (2, LAST_SAVED + timedelta(hours=1)))
_Given = tuple[Grant, Person]


def exports() -> Iterator[Export]:
    """Yield the exports of both workspaces; Hollerbach's was connected at the end only, and its tokens are refused."""
    here = [given for given in _given() if given[1].kind != "bought"]
    there = [given for given in _given() if given[1].kind == "bought"]
    for wave, saved in _WAVES:
        known = [p for p in (*employees(), *LEAVERS, *SHARED) if p.start <= saved.date()]
        yield _export("users", SOURCE, wave, saved, pages(_users(known, saved)))
        yield _export("tokens", SOURCE, wave, saved, pages(*_tokens(here, f"{saved:%Y-%m}")))
        months = MONTHS[:FIRST_MONTHS] if wave == 1 else MONTHS[FIRST_MONTHS:]
        yield _export("activities", SOURCE, wave, saved, packed(_activities(here, months, saml=True)))
    wave, saved = _WAVES[-1]
    yield _export("users", BOUGHT_SOURCE, wave, saved, pages(_users(BOUGHT_PEOPLE, saved)))
    yield _export("tokens", BOUGHT_SOURCE, wave, saved, pages(REFUSED))
    yield _export("activities", BOUGHT_SOURCE, wave, saved, packed(_activities(there, MONTHS, saml=False)))


def _export(what: str, source: str, wave: int, saved: datetime, content: bytes) -> Export:
    tail = "jsonl.gz" if what == "activities" else "json"
    name = f"google-{what}.{source.partition(':')[2]}.{saved:%Y-%m}.{tail}"
    return Export(name=name, format=f"google-{what}", source=source, wave=wave, saved=saved, content=content)


def _given() -> Iterator[_Given]:
    return ((grant, person) for story in STORIES for grant in story.grants for person in who(grant.by))


def client_id(grant: Grant) -> str:
    """Return the OAuth client id of a grant."""
    return f"{4_000_000_000 + grant.number * 7_919}-tarnvikdemo{grant.number}.apps.googleusercontent.com"


def _users(people: tuple[Person, ...] | list[Person], saved: datetime) -> dict[str, Any]:
    return {"kind": "admin#directory#users", "users": [_user(person, saved) for person in people]}


def _user(person: Person, saved: datetime) -> dict[str, Any]:
    gone = person.left is not None and person.left < saved.date()
    aliases = [person.address] if person.alias else []
    found: dict[str, Any] = {
        "id": person.google_id,
        "primaryEmail": person.alias or person.address,
        "name": {"fullName": person.name},
        "aliases": aliases,
        "suspended": gone,
        "isAdmin": person.key == who("it:1")[0].key,
        "isEnrolledIn2Sv": bool(person.team and TEAM[person.team].mfa),
        "creationTime": f"{person.start}T08:00:00.000Z",
        "orgUnitPath": {"bought": "/", "shared": "/Shared mailboxes"}.get(person.kind, "/Staff"),
    }
    if person.team:
        team = TEAM[person.team]
        old = team.before is not None and (f"{saved:%Y-%m}" < RENAMED or gone)
        found["organizations"] = [{"primary": True, "department": team.before if old else team.name}]
    return found


def _tokens(given: list[_Given], month: str) -> Iterator[dict[str, Any]]:
    """Yield one page a person, as the API lists tokens: those that stand in the month of the export."""
    by_person: dict[str, list[dict[str, Any]]] = {}
    for grant, person in given:
        if grant.since <= month <= (grant.until or month):
            by_person.setdefault(person.google_id, []).append(_token(grant, person))
    return ({"kind": "admin#directory#tokenList", "items": items} for _, items in sorted(by_person.items()))


def _token(grant: Grant, person: Person) -> dict[str, Any]:
    return {
        "kind": "admin#directory#token",
        "clientId": client_id(grant),
        "displayText": grant.label,
        "anonymous": grant.unregistered,
        "nativeApp": grant.native,
        "scopes": list(grant.scopes),
        "userKey": person.google_id,
    }


def _activities(given: list[_Given], months: tuple[str, ...], *, saml: bool) -> bytes:
    found = [_authorised(grant, person) for grant, person in given if grant.since in months]
    if saml:
        found += [activity for activity in _sign_ins() if activity["id"]["time"][:7] in months]
    newest_first = sorted(found, key=lambda a: (a["id"]["time"], a["id"]["uniqueQualifier"]), reverse=True)
    return pages({"kind": "admin#reports#activities", "items": newest_first})


def _authorised(grant: Grant, person: Person) -> dict[str, Any]:
    at = next(moments(f"token/{grant.number}/{person.key}", grant.since, 1, date.min))
    said: list[dict[str, Any]] = [
        {"name": "client_id", "value": client_id(grant)},
        {"name": "app_name", "value": grant.label},
        {"name": "client_type", "value": "NATIVE_IOS" if grant.native else "WEB"},
        {"name": "scope", "multiValue": list(grant.scopes)},
    ]
    return _activity("token", person, at, {"type": "auth", "name": "authorize", "parameters": said})


def _sign_ins() -> Iterator[dict[str, Any]]:
    for story in STORIES:
        for visit in visits(str(story.saml), story.saml_uses):
            said = [{"name": "application_name", "value": story.saml}, {"name": "initiated_by", "value": "sp"}]
            event = {"type": "login", "name": "login_success", "parameters": said}
            yield _activity("saml", visit.person, visit.at, event)


def _activity(application: str, person: Person, at: datetime, event: dict[str, Any]) -> dict[str, Any]:
    named = event["parameters"][0]["value"]
    qualifier = draw(application, person.key, at, named, below=2**63) - 2**62
    customer = "C0hollerb" if person.kind == "bought" else "C0tarnvik"
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": stamp(at),
            "uniqueQualifier": str(qualifier),
            "applicationName": application,
            "customerId": customer,
        },
        "actor": {"callerType": "USER", "email": person.alias or person.address, "profileId": person.google_id},
        "events": [event],
    }
