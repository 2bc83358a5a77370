"""A company with a store of its own, in a folder: what the tests of the scanner read into, and look at afterwards."""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from connectors.inputs import find_inputs
from connectors.objects import Folder
from connectors.registry import FORMATS
from gate.audit import Trail
from model.company import Company
from policies.shape import Pack
from scanner import run
from scanner.corrections import Corrector
from scanner.reading import Task
from storage.schema import upgrade
from storage.store import Store
from storage.tables import metadata
from tests.shipped import catalogue

START = datetime(2026, 3, 15, 12, tzinfo=UTC)
SAVED = datetime(2026, 3, 10, 8, tzinfo=UTC)
ACME = Company(
    name="Acme",
    domains=("acme.example", "acme.test"),
    timezone="Europe/Berlin",
    base_currency="EUR",
    marketing_units=("Marketing",),
)
#: What a run writes about itself, whatever it finds.
OF_THE_RUN = frozenset({"run", "coverage", "audit", "quarantine"})
DERIVED = ("usage", "link", "actor_person", "tool", "figures", "connection")


class Ticking:
    """A clock that goes on by a millisecond with every look at it."""

    def __init__(self, at=START):
        self.at = at

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at


class Quiet:
    """A progress that nobody watches; it keeps what it was told."""

    def __init__(self):
        self.steps = []

    def step(self, what, total=None):
        self.steps.append(what)

    def advance(self, by=1):
        pass


@functools.cache
def few_policies() -> Pack:
    """Return a tenth of the program's policies: a run judges all the way, and a test that asks nothing of findings, but
    makes many runs, does not pay for all of them."""
    return Pack(run.shipped_pack().policies[::10])


class House:
    """One company, its files and its store; judged by all policies of the program unless `pack` gives others."""

    def __init__(self, folder, *, url=None, company=ACME, index=None, clock=None, pack=run.shipped_pack):
        self.folder = Path(folder)
        self.files = self.folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.store = Store(url or f"sqlite:///{self.folder / 'store.db'}")
        upgrade(self.store)
        self.clock = clock or Ticking()
        self.company = company
        self.pack = pack
        self.index = index or catalogue()
        self.trail = Trail(b"k" * 32)
        self.objects = Folder(self.folder / "landing")
        self.progress = Quiet()

    def copied(self, folder):
        """Return a company that goes on from where this one is, with files and a store of its own on SQLite.

        This one is not to be written to while it is copied.
        """
        self.store.close()  # what stands beside the database file is written into it
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = House(folder, company=self.company, index=self.index, clock=type(self.clock)(self.clock.at))
        other.pack = self.pack
        return other

    @property
    def rooms(self):
        return run.Rooms(
            store=self.store,
            objects=self.objects,
            clock=self.clock,
            index=lambda: self.index,
            company=self.company,
            trail=self.trail,
            progress=self.progress,
            pack=self.pack,
        )

    def write(self, name, content, *, saved=SAVED):
        """Write a file; what is no text or bytes becomes JSON lines."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str | bytes):
            content = "".join(json.dumps(line) + "\n" for line in content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (saved.timestamp(), saved.timestamp()))
        return path

    def tasks(self, fmt, *paths, source=None):
        inputs = find_inputs([str(path) for path in paths], now=self.clock.now())
        return [
            Task(
                number=n,
                format=fmt,
                input=found,
                source=source or FORMATS[fmt].system,
                now=self.clock.now(),
                zone=self.company.timezone,
                currency=self.company.base_currency,
            )
            for n, found in enumerate(inputs, 1)
        ]

    def ingest(self, fmt, *paths, source=None, as_of=None, processes=None):
        self.clock.at += timedelta(hours=1)
        return run.ingest(self.rooms, self.tasks(fmt, *paths, source=source), as_of, processes=processes)

    def ingest_text(self, fmt, content, **rest):
        return self.ingest(fmt, self.write("given", content), **rest)

    def rebuild(self):
        self.clock.at += timedelta(hours=1)
        return run.rebuild(self.rooms)

    def correct(self):
        return Corrector(self.store, self.trail, self.clock, "user:ana")

    def derive_again(self):
        self.clock.at += timedelta(hours=1)
        return run.derive_again(self.rooms, "review")

    def rows(self, sql, **bound):
        with self.store.read() as connection:
            return [dict(row._mapping) for row in connection.execute(text(sql), bound)]

    def one(self, sql, **bound):
        (row,) = self.rows(sql, **bound)
        return next(iter(row.values())) if len(row) == 1 else row

    def execute(self, sql, **bound):
        with self.store.write() as connection:
            connection.execute(text(sql), bound)

    def tables(self, *names):
        """Return every row of the tables as they stand (all tables where none is named), sorted."""
        wanted = names or sorted(metadata.tables)
        return {name: sorted(map(repr, self.rows(f'SELECT * FROM "{name}"'))) for name in wanted}

    def tools(self):
        return {row["id"]: row for row in self.rows("SELECT * FROM tool")}

    def tool_names(self):
        return sorted(tool["name"] for tool in self.tools().values())

    def figures(self):
        return {row["tool_id"]: row for row in self.rows("SELECT * FROM figures")}

    def coverage(self):
        """Return the last run's coverage by stream."""
        rows = self.rows(
            "SELECT st.name AS stream, c.* FROM coverage c JOIN stream st ON st.id = c.stream_id"
            " WHERE c.run_id = (SELECT max(run_id) FROM coverage)"
        )
        return {row["stream"]: row for row in rows}

    def quarantined(self):
        return self.rows("SELECT file, number, reason FROM quarantine ORDER BY id")

    def people(self):
        """Return the persons as sets of how sources name them."""
        groups = {}
        for row in self.rows(
            "SELECT p.person_id, s.name || '/' || a.native_id AS actor FROM actor_person p"
            " JOIN actor a ON a.id = p.actor_id JOIN source s ON s.id = a.source_id WHERE p.valid_to IS NULL"
        ):
            groups.setdefault(row["person_id"], set()).add(row["actor"])
        return sorted(sorted(group) for group in groups.values())

    def picture(self):
        """Return all that the store says, free of numbers and of when a run was: equal pictures are equal stores."""
        return {name: _plain(self.rows(sql)) for name, sql in _PICTURE.items()} | {"people": self.people()}


_NAMES = "JOIN stream st ON st.id = {0}.stream_id JOIN source s ON s.id = st.source_id"
_PICTURE = {
    "records": (
        "SELECT s.name AS source, st.name AS stream, r.native_id, r.kind, r.seen_at, i.key, a.native_id AS actor,"
        " r.app, r.facts, r.amount_micros, r.currency, r.budget, r.valid_to IS NULL AS open FROM record r"
        f" {_NAMES.format('r')} LEFT JOIN identity i ON i.id = r.identity_id LEFT JOIN actor a ON a.id = r.actor_id"
    ),
    "usage": (
        "SELECT s.name AS source, st.name AS stream, u.month, i.key, a.native_id AS actor, u.method, u.successes,"
        f" u.failures, u.first_at, u.last_at, u.second_factor, u.days FROM usage u {_NAMES.format('u')}"
        " JOIN identity i ON i.id = u.identity_id LEFT JOIN actor a ON a.id = u.actor_id"
    ),
    "links": (
        "SELECT s.name AS source, i.key, i.app, i.registered, l.tool_id, l.matcher, l.matched, l.confidence, l.why,"
        " l.counterparty, l.merchant_of_record, l.imitates FROM link l"
        " JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id WHERE l.valid_to IS NULL"
    ),
    "places": (
        "SELECT s.name AS source, a.native_id, a.address, a.name, a.aliases, a.kind AS own, p.how, p.kind, p.unit,"
        " p.marketing FROM actor_person p JOIN actor a ON a.id = p.actor_id"
        " JOIN source s ON s.id = a.source_id WHERE p.valid_to IS NULL"
    ),
    "tools": "SELECT * FROM tool",
    "figures": "SELECT * FROM figures",
    "decisions": "SELECT by, kind, object, detail, reason_hash FROM decision",
    "months": f"SELECT s.name AS source, st.name AS stream, m.month, m.state FROM landing_month m {_NAMES.format('m')}",
}


def _plain(rows):
    return sorted(re.sub(r"#\d+", "#N", re.sub(r'"owner_actor": \d+', '"owner_actor": N', repr(row))) for row in rows)


def event(number, app="HubSpot", **changed):
    """Return a System Log event: a sign-in to an app by a person."""
    person = changed.pop("person", "ana")
    app_id = changed.pop("app_id", "0oa" + re.sub(r"\W", "", app.casefold()))
    made = {
        "uuid": f"00000000-0000-4000-8000-{number:012x}",
        "published": "2026-03-02T09:14:55.120Z",
        "eventType": "user.authentication.sso",
        "actor": {
            "id": f"00u{person}",
            "type": "User",
            "alternateId": f"{person}@acme.example",
            "displayName": person.title(),
        },
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [
            {
                "id": app_id,
                "type": "AppInstance",
                "alternateId": app,
                "displayName": app,
                "detailEntry": {"signOnModeType": "SAML_2_0"},
            },
            {"id": f"0ua{person}", "type": "AppUser", "alternateId": f"{person}@acme.example", "displayName": person},
        ],
        "authenticationContext": {"authenticationStep": 0},
    }
    return made | changed


def app(number, label="HubSpot", **changed):
    """Return an app as /api/v1/apps lists it."""
    made = {
        "id": f"0oa{number}",
        "name": "template_saml_2_0",
        "label": label,
        "status": "ACTIVE",
        "signOnMode": "SAML_2_0",
        "created": "2025-01-02T03:04:05.000Z",
        "lastUpdated": "2025-06-07T08:09:10.000Z",
        "features": [],
        "visibility": {"hide": {"web": False, "iOS": False}},
        "settings": {"app": {}, "signOn": {}},
    }
    return made | changed


def user(name, **changed):
    """Return a person as /api/v1/users lists it; `profile` takes changes of the profile."""
    profile = {
        "login": f"{name}@acme.example",
        "email": f"{name}@acme.example",
        "firstName": name.title(),
        "lastName": "Ruiz",
        "department": "Marketing",
    } | changed.pop("profile", {})
    return {"id": f"00u{name}", "status": "ACTIVE", "created": "2024-01-01T00:00:00.000Z", "profile": profile} | changed


CARD_HEADER = "Date,Merchant,Amount,Currency,Card Number,Cost Center\n"


def charges(*rows):
    """Return a statement; a row is (day, merchant, amount) and, where they matter, currency, card and cost centre."""
    lines = []
    for row in rows:
        filled = [*row, *("EUR", "************1111", "")[len(row) - 3 :]]
        lines.append(",".join(f'"{cell}"' for cell in filled))
    return CARD_HEADER + "\n".join(lines) + "\n"


def numbered(first=1):
    """Return numbers that never repeat within a test."""
    return itertools.count(first)
