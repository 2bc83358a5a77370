"""The compiled tables as bytes: columns of JSON behind a line that says what the file is and holds its hash.

Columns, because the reader builds each table with a few calls whatever its length: three times the catalogue's size is
read in a fraction of the time that a start takes. JSON, because a file that somebody else wrote can then do no harm.
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import repeat
from typing import Any

import msgspec

from catalog.tables import HITS, JOINED, LENGTHS, OWNED, Hit, Known, Tables

#: What a file of ours begins with. Raise the number when the form changes.
MAGIC = b"ostiary catalogue 3 "
_DIGEST = 16


class Damaged(ValueError):
    """The bytes are not what `pack` gave: cut, changed, or of another program."""


def pack(tables: Tables, version: str) -> bytes:
    """Return the tables and their version as bytes."""
    number = {tool: at for at, tool in enumerate(tables.tools)}
    distinct = dict.fromkeys(hit for name in HITS for hit in _table(tables, name).values())
    hits = {hit: at for at, hit in enumerate(distinct)}
    content = {
        "version": version,
        "tools": list(zip(*tables.tools.values(), strict=True)),
        "hits": list(zip(*((number[hit.id], hit.sure, hit.form) for hit in hits), strict=True)),
        "under": [list(tables.under), [[number[tool] for tool in tools] for tools in tables.under.values()]],
        "brand_ends": tables.brand_ends,
        "houses": sorted(tables.houses),
        "endings": sorted(tables.endings),
    }
    # As one text, which is split faster than a list of texts is read: letters have no end of a line in them.
    content |= {name: ["\n".join(_table(tables, name)), list(_table(tables, name).values())] for name in LENGTHS}
    content |= {name: _columns(_table(tables, name), number) for name in OWNED}
    content |= {name: _columns(_table(tables, name), hits) for name in HITS}
    for name, of in JOINED.items():
        places = {text: at for at, text in enumerate(sorted(_table(tables, of)))}
        content[name] = [places[text] for _, text in sorted(_table(tables, name).items())]
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return MAGIC + _hash(body) + b"\n" + body


def _table(tables: Tables, name: str) -> dict[str, Any]:
    found: dict[str, Any] = getattr(tables, name)
    return found


def _columns(table: dict[str, Any], places: dict[Any, int]) -> list[list[Any]]:
    return [sorted(table), [places[table[text]] for text in sorted(table)]]


def _hash(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).hexdigest().encode("ascii")


def unpack(content: bytes) -> tuple[Tables, str]:
    """Return the tables and their version. Raises Damaged where the bytes are not whole or not ours."""
    start = len(MAGIC) + 2 * _DIGEST + 1
    body = content[start:]
    if content[:start] != MAGIC + _hash(body) + b"\n":
        raise Damaged("it is no compiled catalogue, or not a whole one")
    with _uncollected():
        raw = _decoded(body)
        return _tables(raw), raw["version"]


def _decoded(body: bytes) -> Any:
    """Return what the JSON says, by the quick reader, or the patient one where half a surrogate pair is in it."""
    try:
        return msgspec.json.decode(body)
    except ValueError:
        return json.loads(body.decode("utf-8", "surrogatepass"))


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from walking again and again through what is being built and stays."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


#: What `_make` does but for its check of the length, without a call of Python's for each.
_HIT, _KNOWN = partial(tuple.__new__, Hit), partial(tuple.__new__, Known)


def _tables(raw: dict[str, Any]) -> Tables:
    ids = raw["tools"][0] if raw["tools"] else []
    numbers, sure, forms = raw["hits"] or ([], [], [])
    hits = list(map(_HIT, zip(map(ids.__getitem__, numbers), sure, forms, strict=True)))
    fields: dict[str, Any] = {name: _dict(raw[name], ids) for name in OWNED}
    fields |= {name: _dict(raw[name], hits) for name in HITS}
    fields |= {name: _without_blanks(raw[name], raw[of][0]) for name, of in JOINED.items()}
    parents, owners = raw["under"]
    return Tables(
        tools=dict(zip(ids, map(_KNOWN, zip(*raw["tools"], strict=True)), strict=True)),
        told=set(),  # a release has no company in it
        **fields,
        under=dict(zip(parents, map(_owners, owners, repeat(ids)), strict=True)),
        seller_names=raw["sellers"][0],
        seller_order=list(fields["seller_joined"]),
        brand_names=raw["brands"][0],
        brand_ends=raw["brand_ends"],
        houses=set(raw["houses"]),
        endings=set(raw["endings"]),
        **{name: dict(zip(raw[name][0].split("\n"), raw[name][1], strict=False)) for name in LENGTHS},
    )


def _dict(columns: Sequence[list[Any]], values: Sequence[Any]) -> dict[str, Any]:
    texts, places = columns
    return dict(zip(texts, map(values.__getitem__, places), strict=True))


def _without_blanks(places: list[int], names: Sequence[str]) -> dict[str, str]:
    found = [names[place] for place in places]
    return dict(zip("\n".join(found).replace(" ", "").split("\n"), found, strict=False))


def _owners(numbers: list[int], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple([ids[number] for number in numbers])
