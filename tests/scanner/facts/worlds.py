"""Worlds of one tool, made by hand: what the facts are derived from, without a store."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from model.company import Company
from model.facts import Known, Unknown
from scanner.facts.derive import facts
from scanner.facts.directory import Person, has_left
from scanner.facts.streams import StreamState
from scanner.facts.world import Subject, World
from storage.times import to_ms

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
DRIVE = "https://www.googleapis.com/auth/drive"
GMAIL = "https://www.googleapis.com/auth/gmail.readonly"
ACME = Company(domains=("acme.example",), base_currency="EUR", marketing_units=("Marketing",))
#: Every stream of two systems, of cards and of a list of people; (source, stream, mode).
STREAMS = (
    ("okta:acme", "sign_ins", "events"),
    ("okta:acme", "app_events", "events"),
    ("okta:acme", "apps", "snapshot"),
    ("okta:acme", "users", "snapshot"),
    ("okta:acme", "app_users", "snapshot"),
    ("google:acme", "saml", "events"),
    ("google:acme", "token", "events"),
    ("google:acme", "admin", "events"),
    ("google:acme", "tokens", "snapshot"),
    ("google:acme", "users", "snapshot"),
    ("card:acme", "charges", "events"),
)
_NUMBERS = itertools.count(1)


def ago(days: float, **more: float) -> int:
    """Milliseconds of so many days (hours, ...) before as-of."""
    return to_ms(AS_OF - timedelta(days=days, **more))


def state(source: str, stream: str, mode: str = "events", **changed: Any) -> StreamState:
    """A stream that was read to its end for 400 days, but for what is changed."""
    whole: dict[str, Any] = {"status": "complete", "first_at": ago(400), "last_at": ago(0)}
    return StreamState(source=source, stream=stream, mode=mode, **(whole | changed))


def streams(*left_out: str) -> list[StreamState]:
    """All streams but those left out (`google:acme/tokens`)."""
    return [state(*s) for s in STREAMS if f"{s[0]}/{s[1]}" not in left_out]


def person(number: int, *, marketing: bool | None = True, listed_in="okta:acme/users", **changed: Any) -> Person:
    """Somebody whom a directory lists, an employee of Marketing by default; `listed_in=None`: whom none lists."""
    if listed_in is None:
        return Person(number=number, **({"marketing": None, "address": f"p{number}@acme.example"} | changed))
    source, _, stream = listed_in.partition("/")
    directory = changed.pop("directory", {"status": "active"})
    known: dict[str, Any] = {
        "marketing": marketing,
        "unit": {True: "Marketing", False: "Sales", None: None}[marketing],
        "address": f"p{number}@acme.example",
        "directory": directory,
        "listed_in": (source, stream),
        "record": f"signal:{listed_in}/u{number}",
        "left": has_left(directory, AS_OF),
    }
    return Person(number=number, **(known | changed))


def use(number: int, days: float = 5, *, source="okta:acme", stream="sign_ins", successes=3, **changed: Any):
    """Sign-ins of one person, the last one so many days ago."""
    last = ago(days)
    row = {
        "source": source,
        "stream": stream,
        "key": "app_id:0oa1",
        "person_id": number,
        "kind": "person",
        "month": 202606,
        "first_at": last,
        "last_at": last,
        "successes": successes if days <= 90 else 0,
        "second_factor": 0,
        "vouched": 0,
        "oauth": 0,
        "stated": 0,
        "earlier": int(30 < days <= 60),
    }
    return SimpleNamespace(**(row | changed))


def record(
    kind: str, number: int | None, source: str, stream: str, mode: str, days: float, **facts: Any
) -> dict[str, Any]:
    """A record in force about the tool."""
    return {
        "kind": kind,
        "source": source,
        "stream": stream,
        "mode": mode,
        "native_id": f"n{next(_NUMBERS)}",
        "seen_at": ago(days),
        "actor_id": number or 0,
        "identity_id": 1,
        "person_id": number,
        "facts": facts,
    }


def token(number: int, *scopes: str, days: float = 0, **facts: Any) -> dict[str, Any]:
    """A token of Google's list."""
    facts = {"scopes": list(scopes), "consent": "user", "state": "granted"} | facts
    return record("grant", number, "google:acme", "tokens", "snapshot", days, **facts)


def consent(number: int | None, *scopes: str, days: float = 5, stream="token", **facts: Any) -> dict[str, Any]:
    """A consent as Google's log tells it."""
    facts = {"scopes": list(scopes), "consent": "user", "state": "granted"} | facts
    return record("grant", number, "google:acme", stream, "events", days, **facts)


def app(mode: str = "SAML_2_0", **facts: Any) -> dict[str, Any]:
    """A registration of Okta's list."""
    facts = {"status": "active", "sign_on": mode} | facts
    return record("registration", None, "okta:acme", "apps", "snapshot", 0, **facts)


def assignment(number: int | None, *, source="okta:acme", stream="app_users", days: float = 0, **facts: Any):
    """Somebody who is assigned by Okta's list."""
    return record(
        "assignment", number, source, stream, "snapshot", days, **({"via": "user", "status": "active"} | facts)
    )


def account(number: int, *, source="crm:acme", stream="accounts", **facts: Any) -> dict[str, Any]:
    """An account by the tool's own list."""
    return record("account_access", number, source, stream, "snapshot", 0, **facts)


def contract(**facts: Any) -> dict[str, Any]:
    """A contract of a list of contracts."""
    return record("contract", None, "contracts:acme", "contracts", "snapshot", 3, **facts)


def decision(number: int, kind: str = "status", days: float = 30, **detail: Any) -> dict[str, Any]:
    """A decision in force."""
    return {"id": number, "kind": kind, "at": ago(days), "detail": detail}


def declared(number: int | None, **facts: Any) -> dict[str, Any]:
    """A row of the list of approved tools."""
    return record("declaration", number, "approved:acme", "decisions", "events", 100, **facts)


def charge(
    euros: float,
    days: float = 10,
    *,
    number: int | None = None,
    currency="EUR",
    budget: str | None = None,
    account: str | None = None,
    reseller: str | None = None,
):
    """A charge so many days ago."""
    return SimpleNamespace(
        source="card:acme",
        stream="charges",
        native_id=f"c{next(_NUMBERS)}",
        seen_at=ago(days),
        amount_micros=round(euros * 1_000_000),
        currency=currency,
        budget=budget,
        person_id=number,
        account=account,
        reseller=reseller,
    )


def tool(*rows: Any, named_by: tuple[str, ...] | None = None, **changed: Any) -> Subject:
    """A tool with its rows; the streams that they are of have named it."""
    found = Subject(id="quillfox", name="Quillfox", category="crm", marketing=True, provisional=False, status="new")
    for row in rows:
        if isinstance(row, dict):
            found.records.append(row)
            found.named_by.add((row["source"], row["stream"]))
        else:
            _rows_of(found, row).append(row)
            found.named_by.add((row.source, row.stream))
    if named_by is not None:
        found.named_by = {(source, stream) for source, _, stream in (name.partition("/") for name in named_by)}
    return replace(found, **changed)


def _rows_of(found: Subject, row: Any) -> list[Any]:
    """Where a row is kept: charges of the last 365 days apart from earlier ones."""
    if not hasattr(row, "amount_micros"):
        return found.use
    return found.charges if row.seen_at > ago(365) else found.earlier


def world(*subjects: Subject, people: tuple[Person, ...] = (), **changed: Any) -> World:
    """The world of some tools; everybody who is not named otherwise is nobody's."""
    listed = {
        (r["source"], r["person_id"])
        for s in subjects
        for r in s.records
        if r["kind"] == "grant" and r["mode"] == "snapshot" and r["person_id"]
    }
    made: dict[str, Any] = {
        "company": ACME,
        "as_of": AS_OF,
        "streams": streams(),
        "people": {p.number: p for p in people},
        "subjects": {s.id: s for s in subjects},
        "budgets": {"Marketing": True, "Sales": False},
        "listed": frozenset(listed),
    }
    return World(**(made | changed))


def known(name: str, subject: Subject, found: World | None = None) -> object:
    """The value of a fact that must be known."""
    fact = facts(subject, found or world(subject))[name]
    assert isinstance(fact, Known), f"{name}: {fact.reason}"
    return fact.value


def reason(name: str, subject: Subject, found: World | None = None) -> str:
    """Why a fact is unknown; it must be."""
    fact = facts(subject, found or world(subject))[name]
    assert isinstance(fact, Unknown), f"{name}: {fact}"
    return fact.reason


def evidence(name: str, subject: Subject, found: World | None = None) -> tuple[str, ...]:
    """The evidence of a fact that must be known."""
    fact = facts(subject, found or world(subject))[name]
    assert isinstance(fact, Known), name
    return fact.evidence


def refused(found: World, *names: str, status: str = "refused", why: str | None = "scope.read") -> World:
    """The same world after some streams were refused (all where none is named)."""
    changed = [replace(s, status=status, reason=why) if not names or s.name in names else s for s in found.streams]
    return replace(found, streams=changed)
