"""What insights read beside the world of the facts: how persons are named, and facts as the last run derived them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, text

from model.fact import decode
from model.facts import VOCABULARY, Known, Unknown
from storage.narrowing import of_some

_NAMES = """
    SELECT p.person_id, max(coalesce(a.address, a.name, a.native_id)) AS name
    FROM actor_person p JOIN actor a ON a.id = p.actor_id WHERE p.valid_to IS NULL GROUP BY p.person_id"""

_FACTS = """
    SELECT tool_id, name, value, reason, evidence FROM fact WHERE valid_to IS NULL AND name IN ({names}){{of_some}}"""


def names(connection: Connection) -> dict[int, str]:
    """Return person -> how listings name that person: the address, else the name, else the source's own id."""
    return {row.person_id: row.name for row in connection.execute(text(_NAMES))}


def facts(
    connection: Connection, wanted: Collection[str], tools: Collection[str] | None = None
) -> dict[str, dict[str, Known | Unknown]]:
    """Return tool -> fact -> what the last run derived of some facts, one at least; of some tools or of all."""
    bound = {f"name_{at}": name for at, name in enumerate(wanted)}
    rows = of_some(connection, _FACTS.format(names=", ".join(f":{name}" for name in bound)), "tool_id", tools, **bound)
    found: dict[str, dict[str, Known | Unknown]] = defaultdict(dict)
    for row in rows:
        fact = VOCABULARY.get(row.name)
        value = None if fact is None or row.value is None else decode(fact, json.loads(row.value))
        if value is not None:
            found[row.tool_id][row.name] = Known(value, tuple(json.loads(row.evidence)))
        else:
            found[row.tool_id][row.name] = Unknown(row.reason or "it is no value of the vocabulary any more")
    return dict(found)
