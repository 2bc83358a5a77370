"""The demo company's Okta, as its exports: the System Log by month, the apps, the people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.demo.company import (
    FIRST_MONTHS,
    FIRST_SAVED,
    LAST_SAVED,
    LEAVERS,
    MONTHS,
    OUTSIDERS,
    RENAMED,
    TEAM,
    Person,
    employees,
    guid,
    who,
)
from scanner.demo.drawing import Export, Visit, draw, packed, pages, stamp, visits
from scanner.demo.stories import OktaApp
from scanner.demo.tools import STORIES

SOURCE = "okta:tarnvik"
#: The last export reads the log's last days again, as a careful collector does: those events come twice.
AGAIN_FROM = "2026-09-28"
#: An event of September that Okta told only in October: in no September file.
LATE = (datetime(2026, 9, 24, 15, 12, 44, 310000, tzinfo=UTC), "Productsup", "performance:1")
_APPS = tuple((story.okta, story.uses) for story in STORIES if story.okta is not None)
#: Who left and was never taken off the app.
_NEVER_REMOVED = (("Bynder", "mette"), ("Salesforce", "karl"))


def exports() -> Iterator[Export]:
    """Yield the log month by month, and apps and people as they stood at both exports."""
    by_month = _by_month()
    for number, month in enumerate(MONTHS):
        wave, saved = (1, FIRST_SAVED) if number < FIRST_MONTHS else (2, LAST_SAVED)
        lines = [*(_again(by_month) if month == MONTHS[-1] else []), *by_month[month]]
        content = packed("".join(line for _, line in lines).encode())
        yield _export(f"okta-system-log.{month}.jsonl.gz", "okta-system-log", wave, saved, content)
    for wave, saved in ((1, FIRST_SAVED), (2, LAST_SAVED)):
        apps = [_app(app) for app, _ in _APPS if app.created <= f"{saved:%Y-%m-%d}"]
        yield _export(f"okta-apps.{saved:%Y-%m}.json", "okta-apps", wave, saved, pages(apps))
        yield _export(f"okta-users.{saved:%Y-%m}.json", "okta-users", wave, saved, pages(_users(saved)))


def _export(name: str, fmt: str, wave: int, saved: datetime, content: bytes) -> Export:
    return Export(name=name, format=fmt, source=SOURCE, wave=wave, saved=saved, content=content)


def _again(by_month: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    late_at, label, key = LATE
    app = next(app for app, _ in _APPS if app.label == label)
    late = Visit(who(key)[0], "2026-09", 99, late_at)
    return [_line(_sign_on(app, late)), *(line for line in by_month["2026-09"] if line[0] >= AGAIN_FROM)]


def _by_month() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {month: [] for month in MONTHS}
    for at, event in sorted((stamp_of(event), event) for event in map(_line, _events())):
        found[at[:7]].append(event)
    return found


def stamp_of(line: tuple[str, str]) -> str:
    """Return when the event of a line was published."""
    return line[0]


def _line(event: dict[str, Any]) -> tuple[str, str]:
    return event["published"], json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"


def _events() -> Iterator[dict[str, Any]]:
    for app, uses in _APPS:
        for visit in visits(app.label, uses):
            yield _sign_on(app, visit)
            if draw("fails", app.label, visit.person.key, visit.month, visit.number, below=60) == 0:
                yield _failed(app, visit)
        yield from _memberships(app, [(p, use.since) for use in uses for p in who(use.by) if use.since > MONTHS[0]])
    for label, key in _NEVER_REMOVED:
        app = next(app for app, _ in _APPS if app.label == label)
        yield from _memberships(app, [(who(key)[0], MONTHS[0])])


def _memberships(app: OktaApp, joined: Iterable[tuple[Person, str]]) -> Iterator[dict[str, Any]]:
    for person, month in joined:
        at = datetime.fromisoformat(f"{month}-02T07:00:00+00:00")
        event = _event("application.user_membership.add", app, Visit(person, month, 0, at))
        event["actor"] = {"id": "00uadmin0000000000", "type": "User", "alternateId": "okta-admin@tarnvik.example"}
        event["target"].append({**_person(person), "type": "User"})
        yield event


def _sign_on(app: OktaApp, visit: Visit) -> dict[str, Any]:
    kind = "app.oauth2.signon" if app.mode == "OPENID_CONNECT" else "user.authentication.sso"
    return _event(kind, app, visit)


def _failed(app: OktaApp, visit: Visit) -> dict[str, Any]:
    earlier = Visit(visit.person, visit.month, visit.number + 1000, visit.at - timedelta(seconds=25))
    return _sign_on(app, earlier) | {"outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}}


def _event(kind: str, app: OktaApp, visit: Visit) -> dict[str, Any]:
    person = visit.person
    factor = "OTP" if person.team and TEAM[person.team].mfa else None
    return {
        "uuid": guid(f"{kind}/{app.label}/{app.key}/{person.key}/{visit.month}/{visit.number}"),
        "published": stamp(visit.at),
        "eventType": kind,
        "severity": "INFO",
        "version": "0",
        "actor": {**_person(person), "type": "User"},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [
            {
                "id": app_id(app),
                "type": "AppInstance",
                "alternateId": app.label,
                "displayName": app.label,
                "detailEntry": {"signOnModeType": app.mode},
            }
        ],
        "authenticationContext": {"authenticationStep": 0, "credentialType": factor},
    }


def _person(person: Person) -> dict[str, Any]:
    return {"id": person.okta_id, "alternateId": person.address, "displayName": person.name}


def app_id(app: OktaApp) -> str:
    """Return how Okta names the instance of an app."""
    return "0oa" + guid(f"okta/{app.label}/{app.key}").replace("-", "")[:17]


def _app(app: OktaApp) -> dict[str, Any]:
    address = {"url": app.url} if app.url else {}
    return {
        "id": app_id(app),
        "name": app.key,
        "label": app.label,
        "status": "ACTIVE" if app.active else "INACTIVE",
        "signOnMode": app.mode,
        "created": f"{app.created}T09:00:00.000Z",
        "lastUpdated": f"{app.created}T09:00:00.000Z",
        "features": [],
        "visibility": {"hide": {"web": False, "iOS": False}},
        "settings": {"app": address, "signOn": {}},
    }


def _users(saved: datetime) -> list[dict[str, Any]]:
    known = [p for p in (*employees(), *LEAVERS, *OUTSIDERS) if p.start <= saved.date()]
    return [_user(person, saved) for person in known]


def _user(person: Person, saved: datetime) -> dict[str, Any]:
    gone = person.left is not None and person.left < saved.date()
    first, _, last = person.name.partition(" ")
    profile: dict[str, Any] = {"login": person.address, "email": person.address, "firstName": first, "lastName": last}
    if person.team:
        team = TEAM[person.team]
        old = team.before is not None and (f"{saved:%Y-%m}" < RENAMED or gone)
        profile |= {"department": team.before if old else team.name, "division": None if old else team.division}
        profile |= {"costCenter": None if old else team.cost_center}
    if person.kind == "agency":
        profile |= {"userType": "Agency", "organization": "Nordlicht Studio"}
    return {
        "id": person.okta_id,
        "status": "DEPROVISIONED" if gone else "ACTIVE",
        "created": f"{person.start}T08:00:00.000Z",
        "statusChanged": f"{person.left if gone else person.start}T17:00:00.000Z",
        "profile": profile,
    }
