"""Numbers for sources, streams, apps and people: given once, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from model.signal import Actor, AppIdentity
from model.stream import Stream
from storage.tables import metadata

_SOURCE, _STREAM = metadata.tables["source"], metadata.tables["stream"]
_ACTOR, _IDENTITY = metadata.tables["actor"], metadata.tables["identity"]
_CHUNK = 500  # SQLite takes at most 32,766 bound values; short lists also keep plans small

#: The actor number that stands for "the source names nobody".
NOBODY = 0


def source_number(connection: Connection, name: str) -> int:
    """Return the number of a source, given on first sight."""
    found = connection.scalar(select(_SOURCE.c.id).where(_SOURCE.c.name == name))
    return int(found) if found is not None else _inserted(connection, _SOURCE, {"name": name})


def stream_number(connection: Connection, source_id: int, stream: Stream) -> int:
    """Return the number of a source's stream, given on first sight."""
    where = (_STREAM.c.source_id == source_id) & (_STREAM.c.name == stream.name)
    found = connection.scalar(select(_STREAM.c.id).where(where))
    if found is not None:
        return int(found)
    return _inserted(connection, _STREAM, {"source_id": source_id, "name": stream.name, "mode": stream.mode.value})


def actor_numbers(connection: Connection, source_id: int, actors: Sequence[Actor]) -> list[int]:
    """Return a number for each actor, in order; new ones get one, and what is newly known of the others is kept.

    A source's own id tells actors apart; a name or an address that changed is taken over, one that is absent is not.
    """
    known = _known_actors(connection, source_id, {a.native_id for a in actors})
    fresh: dict[str, dict[str, object]] = {}
    changed: dict[int, dict[str, object]] = {}
    for actor in actors:
        row = _actor_row(actor)
        if actor.native_id not in known:
            fresh[actor.native_id] = _newer(fresh.get(actor.native_id, {}), row)
            continue
        number, old = known[actor.native_id]
        merged = _newer(old, row)
        if merged != old:
            known[actor.native_id] = (number, merged)
            changed[number] = merged
    if changed:
        keep = {name: bindparam(f"new_{name}") for name in ("address", "name", "aliases", "kind")}
        values = [{"number": n} | {f"new_{k}": row.get(k) for k in keep} for n, row in changed.items()]
        connection.execute(update(_ACTOR).where(_ACTOR.c.id == bindparam("number")).values(keep), values)
    if fresh:
        rows = [{"source_id": source_id, "native_id": n} | row for n, row in sorted(fresh.items())]
        connection.execute(insert(_ACTOR), rows)
        known |= _known_actors(connection, source_id, set(fresh))
    return [known[actor.native_id][0] for actor in actors]


def _actor_row(actor: Actor) -> dict[str, object]:
    aliases = json.dumps(sorted(set(actor.aliases)), ensure_ascii=False) if actor.aliases else None
    return {"address": actor.address, "name": actor.name, "aliases": aliases, "kind": actor.kind}


def _newer(old: dict[str, object], new: dict[str, object]) -> dict[str, object]:
    return {key: new[key] if new[key] is not None else old.get(key) for key in new}


def _known_actors(
    connection: Connection, source_id: int, natives: set[str]
) -> dict[str, tuple[int, dict[str, object]]]:
    found = {}
    for chunk in _chunks(sorted(natives)):
        where = (_ACTOR.c.source_id == source_id) & _ACTOR.c.native_id.in_(chunk)
        for row in connection.execute(select(_ACTOR).where(where)):
            known = {"address": row.address, "name": row.name, "aliases": row.aliases, "kind": row.kind}
            found[row.native_id] = (row.id, known)
    return found


def identity_numbers(
    connection: Connection, source_id: int, apps: Sequence[AppIdentity], *, registered: bool, seen_at: int
) -> list[int]:
    """Return a number for each app, in order. `seen_at` is the start of the run, the birth of those that are new.

    An app is told from others by `AppIdentity.key()`. What a registration says of it stands above what an event
    says; a field that is absent takes nothing away.
    """
    keys = [app.key() for app in apps]
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
        new = {"app": bindparam("new_app"), "registered": bindparam("new_registered")}
        values = [{"number": n, "new_app": r["app"], "new_registered": r["registered"]} for n, r in changed.items()]
        connection.execute(update(_IDENTITY).where(_IDENTITY.c.id == bindparam("number")).values(new), values)
    if fresh:
        rows = [{"source_id": source_id, "key": k, "first_seen_at": seen_at} | row for k, row in sorted(fresh.items())]
        connection.execute(insert(_IDENTITY), rows)
        known |= _known_identities(connection, source_id, set(fresh))
    return [known[key][0] for key in keys]


def _merged_app(old: dict[str, object] | None, app: AppIdentity, *, registered: bool) -> dict[str, object]:
    named = app.named()
    if old is None:
        return {"app": _json(named), "registered": int(registered)}
    before: dict[str, str] = json.loads(str(old["app"]))
    weaker = bool(old["registered"]) and not registered
    after = named | before if weaker else before | named
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


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def _inserted(connection: Connection, table: Table, values: dict[str, object]) -> int:
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])
