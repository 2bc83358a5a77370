"""What stands behind an evidence key: the record of a source, a month of use, a decision, an answer, a tool."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gate.accounts import addresses
from gate.roles import Act
from model.errors import Refused
from reports.words import plain
from web.access import Pages
from web.errors import not_found
from web.here import Here
from web.tool_words import evidence_said, tool_path, who

pages = Pages("/evidence")
Row = Mapping[str, Any]
_LONGEST = 2_000
_ADDRESS = re.compile(r"[^\s@,;<>\"'(){}]+@[^\s@,;<>\"'(){}]+")
#: Kind of a key -> what it is, and how we come to have it.
_KINDS = {
    "signal": ("A record that a source gave", "It was read as it stands here; nothing was added to it."),
    "usage": ("Use in one month", "Counted from the sign-ins and events of that month."),
    "decision": ("What somebody decided", "Decisions are never changed; each can be taken back by another one."),
    "answer": ("What somebody answered", "No source shows it, so a person was asked."),
    "https": ("A page of the vendor", "The catalogue names it; a person looked at it."),
    "http": ("A page of the vendor", "The catalogue names it; a person looked at it."),
}
_SAID_OTHERWISE = frozenset({"evidence", "rows", "actor", "by", "reason", "words", "detail", "see", "object", "id"})
_MOMENTS = frozenset({"at", "seen_at", "last_seen", "first_seen", "valid_from", "valid_to"})


@pages.get("", Act.LOOK)
def evidence(here: Here, key: str = "") -> Any:
    """Open what stands behind a key."""
    kind, _, rest = key.partition(":")
    if not rest or len(key) > _LONGEST:
        raise not_found("That names no evidence.", "Open it from the page of a tool, a case or a finding.")
    if kind == "tool":
        return here.see(tool_path(rest))
    try:
        found = here.office.cases.evidence(here.connection, key)
    except Refused:
        raise not_found(
            "Nothing in force stands behind this any more.", "The source no longer gives it, or it was taken back."
        ) from None
    title, how = _KINDS.get(kind, ("What was read", ""))
    named = here.sees_names()
    return here.render(
        "evidence.html",
        title=title,
        how=how,
        kind=kind,
        said=evidence_said(key),
        found=found,
        who=_who(here, found),
        values=_values(found, named=named),
        rows=_rows(found.get("rows", ()), named=named),
        named=named,
        moments=_MOMENTS,
        words=[_masked(word, named=named) for word in (found.get("words") or {}).values() if word],
        key=key if here.may(Act.WORK) else None,
    )


def _who(here: Here, found: Row) -> str | None:
    """Return who did it: of records the person, where they may be seen; of decisions who ruled."""
    if found.get("by") is not None:
        return who(str(found["by"]), addresses(here.connection), named=here.sees_names())
    actor = found.get("actor")
    return None if actor is None else _masked(str(actor), named=here.sees_names())


def _values(found: Row, *, named: bool) -> list[tuple[str, Any]]:
    """Return names and values in words; moments as they are, for the page to say."""
    listed: list[tuple[str, Any]] = []
    for name, value in found.items():
        if name in _SAID_OTHERWISE or value is None or value in ([], {}):
            continue
        told = value if name in _MOMENTS else _masked(plain(value), named=named)
        listed.append((name, told))
    return listed


def _rows(rows: Sequence[Row], *, named: bool) -> list[dict[str, Any]]:
    told = [{name: row.get(name) for name in ("actor", "count", "failures", "method")} for row in rows]
    return [row | {"actor": _masked(str(row["actor"] or "somebody"), named=named)} for row in told[:200]]


def _masked(text: str, *, named: bool) -> str:
    """Return a text without addresses of people where they are not to be seen."""
    return text if named else _ADDRESS.sub("(a person)", text)
