"""Numbers for sources, streams, apps and people: given once, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from model.signal import Actor, AppIdentity, SignalKind
from model.stream import Stream
from storage import bulk
from storage.tables import metadata
from storage.words import clean, cleaned

_SOURCE, _STREAM = metadata.tables["source"], metadata.tables["stream"]
_ACTOR, _IDENTITY, _RECORD = (metadata.tables[t] for t in ("actor", "identity", "record"))
_ACTOR_VALUES = select(*(_ACTOR.c[n] for n in ("native_id", "id", "address", "name", "aliases", "kind")))
_CHUNK = 500  # SQLite takes at most 32,766 bound values; short lists also keep plans small

_Value = TypeVar("_Value", str, int)

#: The actor number that stands for "the source names nobody".
NOBODY = 0


def source_number(connection: Connection, name: str) -> int:
    """Return the number of a source, given on first sight."""
    found = connection.scalar(select(_SOURCE.c.id).where(_SOURCE.c.name == name))
    return int(found) if found is not None else _inserted(connection, _SOURCE, {"name": name})


def stream_number(connection: Connection, source_id: int, stream: Stream, system: str) -> int:
    """Return the number of a source's stream, given on first sight, and keep of which system it was read this time."""
    where = (_STREAM.c.source_id == source_id) & (_STREAM.c.name == stream.name)
    found = connection.execute(select(_STREAM.c.id, _STREAM.c.system).where(where)).one_or_none()
    if found is None:
        row = {"source_id": source_id, "name": stream.name, "mode": stream.mode.value, "system": system}
        return _inserted(connection, _STREAM, row)
    if found.system != system:
        connection.execute(update(_STREAM).where(where).values(system=system))
    return int(found.id)


def actor_numbers(
    connection: Connection, source_id: int, actors: Sequence[Actor], *, listed: bool = False
) -> list[int]:
    """Return a number for each actor, in order; new ones get one, and what is newly known of the others is kept.

    A source's own id tells actors apart. What a directory says (`listed`) takes the place of what was known, save what
    it leaves out; of two that events say of somebody whom no directory lists, the one that sorts first stands, so that
    no order of files matters.
    """
    natives = [clean(actor.native_id) for actor in actors]
    known = _known_actors(connection, source_id, set(natives))
    fresh: dict[str, dict[str, object]] = {}
    changed: dict[int, dict[str, object]] = {}
    merge = _newer if listed else _first
    fixed = set() if listed else _listed_ones(connection, known, actors)
    for native, actor in zip(natives, actors, strict=True):
        row = _actor_row(actor)
        if native not in known:
            fresh[native] = merge(fresh[native], row) if native in fresh else row
            continue
        number, old = known[native]
        if row == old:
            continue
        merged = _newer(row, old) if number in fixed else merge(old, row)
        if merged != old:
            known[native] = (number, merged)
            changed[number] = merged
    if changed:
        keep: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("address", "name", "aliases", "kind")}
        values = [{"number": n} | {f"new_{k}": row.get(k) for k in keep} for n, row in changed.items()]
        connection.execute(update(_ACTOR).where(_ACTOR.c.id == bindparam("number")).values(keep), values)
    if fresh:
        return _with_fresh(connection, source_id, fresh, {n: number for n, (number, _) in known.items()}, natives)
    return [known[native][0] for native in natives]


def _with_fresh(
    connection: Connection,
    source_id: int,
    fresh: dict[str, dict[str, object]],
    numbers: dict[str, int],
    natives: Sequence[str],
) -> list[int]:
    """Give numbers to those met first, and return everybody's. What was numbered just now is read back in one go."""
    last = connection.scalar(select(func.max(_ACTOR.c.id))) or 0
    values = ("address", "name", "aliases", "kind")
    rows = ((source_id, native, *map(row.get, values)) for native, row in sorted(fresh.items()))
    bulk.insert(connection, _ACTOR, ("source_id", "native_id", *values), rows)
    mine = select(_ACTOR.c.native_id, _ACTOR.c.id).where(_ACTOR.c.id > last, _ACTOR.c.source_id == source_id)
    numbers |= dict(connection.execute(mine).all())
    return [numbers[native] for native in natives]


def _actor_row(actor: Actor) -> dict[str, object]:
    aliases = json.dumps(sorted({clean(a) for a in actor.aliases}), ensure_ascii=False) if actor.aliases else None
    return {"address": cleaned(actor.address), "name": cleaned(actor.name), "aliases": aliases, "kind": actor.kind}


def _newer(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    return {key: new[key] if new[key] is not None else old.get(key) for key in new}


def _first(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    """Return what events alone say of one: a known value before an absent one, else the one that sorts first."""
    both = {key: [str(v) for v in (old.get(key), new[key]) if v is not None] for key in new}
    return {key: min(values, default=None) for key, values in both.items()}


def _listed_ones(
    connection: Connection, known: dict[str, tuple[int, dict[str, object]]], actors: Sequence[Actor]
) -> set[int]:
    """Return the numbers, of those whom the source names otherwise than before, that a directory lists."""
    found: set[int] = set()
    rows = ((known[native], _actor_row(a)) for a in actors if (native := clean(a.native_id)) in known)
    differing = sorted({number for (number, old), row in rows if _newer(old, row) != old})
    for chunk in _chunks(differing):
        where = (_RECORD.c.kind == SignalKind.PERSON.value) & _RECORD.c.actor_id.in_(chunk)
        found |= set(connection.scalars(select(_RECORD.c.actor_id).where(where)))
    return found


def actors_called(connection: Connection, source_id: int, given: Sequence[str]) -> list[int]:
    """Return the numbers of a source's actors that are called so, by the source's own id or by the address."""
    found: set[int] = set()
    for chunk in _chunks(sorted({clean(name) for name in given} | {clean(name).casefold() for name in given})):
        called = _ACTOR.c.native_id.in_(chunk) | func.lower(_ACTOR.c.address).in_(chunk)
        found |= set(connection.scalars(select(_ACTOR.c.id).where((_ACTOR.c.source_id == source_id) & called)))
    return sorted(found)


def _known_actors(
    connection: Connection, source_id: int, natives: set[str]
) -> dict[str, tuple[int, dict[str, object]]]:
    found = {}
    for chunk in _chunks(sorted(natives)):
        where = (_ACTOR.c.source_id == source_id) & _ACTOR.c.native_id.in_(chunk)
        for native, number, address, name, aliases, kind in connection.execute(_ACTOR_VALUES.where(where)).all():
            found[native] = (number, {"address": address, "name": name, "aliases": aliases, "kind": kind})
    return found


def identity_numbers(
    connection: Connection, source_id: int, apps: Sequence[AppIdentity], *, registered: bool, seen_at: int
) -> list[int]:
    """Return a number for each app, in order. `seen_at` is the start of the run, the birth of those that are new.

    An app is told from others by `AppIdentity.key()`. What a registration says of it stands above what an event
    says; of two registrations the later one counts, of what two events say the one that sorts first, so that no order
    of files matters. A field that is absent takes nothing away.
    """
    keys = [clean(app.key()) for app in apps]
    known = _known_identities(connection, source_id, set(keys))
    fresh: dict[str, dict[str, object]] = {}
    changed: dict[int, dict[str, object]] = {}
    for key, app in zip(keys, apps, strict=True):
        old = known[key][1] if key in known else fresh.get(key)
        merged = _merged_app(old, app, registered=registered)
        if key not in known:
            fresh[key] = merged
        elif merged != known[key][1]:
            known[key] = (known[key][0], merged)
            changed[known[key][0]] = merged
    if changed:
        new: dict[str, Any] = {"app": bindparam("new_app"), "registered": bindparam("new_registered")}
        values = [{"number": n, "new_app": r["app"], "new_registered": r["registered"]} for n, r in changed.items()]
        connection.execute(update(_IDENTITY).where(_IDENTITY.c.id == bindparam("number")).values(new), values)
    if fresh:
        rows = [{"source_id": source_id, "key": k, "first_seen_at": seen_at} | row for k, row in sorted(fresh.items())]
        connection.execute(insert(_IDENTITY), rows)
        known |= _known_identities(connection, source_id, set(fresh))
    return [known[key][0] for key in keys]


def _merged_app(old: dict[str, object] | None, app: AppIdentity, *, registered: bool) -> dict[str, object]:
    named = {field: clean(value) for field, value in app.named().items()}
    if old is None:
        return {"app": _json(named), "registered": int(registered)}
    before: dict[str, str] = json.loads(str(old["app"]))
    if registered == bool(old["registered"]):
        after = (
            before | named
            if registered
            else before | named | {f: min(before[f], named[f]) for f in before.keys() & named}
        )
    else:
        after = before | named if registered else named | before
    return {"app": _json(after), "registered": int(bool(old["registered"]) or registered)}


def _json(named: dict[str, str]) -> str:
    return json.dumps(named, sort_keys=True, ensure_ascii=False)


def _known_identities(
    connection: Connection, source_id: int, keys: set[str]
) -> dict[str, tuple[int, dict[str, object]]]:
    found = {}
    for chunk in _chunks(sorted(keys)):
        where = (_IDENTITY.c.source_id == source_id) & _IDENTITY.c.key.in_(chunk)
        for row in connection.execute(select(_IDENTITY).where(where)):
            found[row.key] = (row.id, {"app": row.app, "registered": row.registered})
    return found


def _chunks(values: Sequence[_Value]) -> Iterable[Sequence[_Value]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def _inserted(connection: Connection, table: Table, values: dict[str, object]) -> int:
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])
