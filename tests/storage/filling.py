"""Fills a store by hand, through the storage's own doors where it has one."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from sqlalchemy import insert, text

from model.signal import Actor, AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream
from storage import names, records
from storage.tables import metadata
from storage.times import month_of, to_ms

T = metadata.tables


def at(year: int, month: int, day: int, *rest: int) -> datetime:
    hour, minute, second, micro = (*rest, 0, 0, 0, 0)[:4]
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


def ms(year: int, month: int, day: int, *rest: int) -> int:
    return to_ms(at(year, month, day, *rest))


class Filling:
    def __init__(self, connection) -> None:
        self.connection = connection
        self._numbers, self._run_at = itertools.count(1), None

    def source(self, name="okta:acme") -> int:
        return names.source_number(self.connection, name)

    def stream(self, source="okta:acme", name="sign_ins", mode=Mode.EVENTS, system="okta") -> int:
        stream = Stream(name=name, kinds=(SignalKind.SIGN_IN,), mode=mode)
        return names.stream_number(self.connection, self.source(source), stream, system)

    def app(self, source="okta:acme", *, born=0, registered=False, **named) -> int:
        app = AppIdentity(**named)
        given = names.identity_numbers(self.connection, self.source(source), [app], registered=registered, seen_at=born)
        return given[0]

    def actor(self, native="ana", source="okta:acme", **more) -> int:
        return names.actor_numbers(self.connection, self.source(source), [Actor(native_id=native, **more)])[0]

    def insert(self, table: str, **row) -> None:
        self.connection.execute(insert(T[table]).values(row))

    def person(self, actor: int, *, person=None, kind="person", unit=None, marketing=None) -> None:
        row = {"actor_id": actor, "valid_from": 0, "person_id": person or actor, "how": "own", "kind": kind}
        self.insert("actor_person", **row, unit=unit, marketing=marketing)

    def tool(self, tool="quillfox", name="Quillfox", **more) -> str:
        row = {"vendor": None, "category": None, "marketing": None, "provisional": 0, "noise": None, "status": "new"}
        self.insert("tool", id=tool, name=name, **(row | more))
        return tool

    def link(self, identity: int, tool=None, *, since=0, until=None, **more) -> None:
        row = {"why": "It says so.", "matcher": None, "matched": None, "confidence": None}
        self.insert("link", identity_id=identity, valid_from=since, valid_to=until, tool_id=tool, **(row | more))

    def usage(self, stream: int, identity: int, actor: int, first: int, last: int | None = None, **more) -> None:
        row = {"method": 1, "successes": 1, "failures": 0, "second_factor": 0, "days": 1} | more
        last = first if last is None else last
        key = {"stream_id": stream, "identity_id": identity, "actor_id": actor, "month": month_of(first)}
        self.insert("usage", **key, first_at=first, last_at=last, **row)

    def record(self, stream: int, seen_at: datetime, *, run_at=1, identity=None, actor=0, mode=Mode.SNAPSHOT, **more):
        if run_at != self._run_at:
            records.forget_seen(self.connection)
            self._run_at = run_at
        more = {"stream": "s", "native_id": f"r{next(self._numbers)}"} | more
        signal = Signal(seen_at=seen_at, **more)
        row = records.staged(signal, identity, actor, timeless=mode is Mode.SNAPSHOT)
        records.apply(self.connection, stream, run_at, [row], events=mode is Mode.EVENTS)
        return signal.native_id

    def charge(self, identity: int, seen_at: datetime, amount: int, currency="EUR", *, actor=0, **facts) -> None:
        stream = self.stream("card:acme", "charges", system="card")
        facts |= {"amount_micros": amount, "currency": currency}
        more = {"identity": identity, "actor": actor, "mode": Mode.EVENTS, "kind": SignalKind.CHARGE, "facts": facts}
        self.record(stream, seen_at, **more)

    def rows(self, sql: str, **bound) -> list[tuple]:
        return [tuple(row) for row in self.connection.execute(text(sql), bound)]

    def whole(self, table: str) -> list[tuple]:
        keys = ", ".join(f'"{c.name}"' for c in T[table].primary_key.columns)
        return self.rows(f'SELECT * FROM "{table}" ORDER BY {keys}')

    def seal(self, stream: int, month: int) -> None:
        self.insert("landing_month", stream_id=stream, month=month, state="sealed", changed_at=1)
