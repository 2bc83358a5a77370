"""One case as its page shows it, and what who is signed in may do about it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from gate import keys, reviewing
from gate.audit import canonical
from gate.keys import OUTCOMES, Side
from gate.material import Change, Material, changes, read
from gate.ratings import side_of
from gate.roles import Act
from gate.standing_in import Key, Place, keys_of
from gate.views import called
from model.errors import Refused
from model.systems import title as system_title
from storage import cases as stored
from web import once
from web.errors import not_found
from web.here import Here, refusal
from web.queueing import STAGES, WAITS, Queue, for_me, own_sides

Row = dict[str, Any]
#: So many rows for conditions a form begins with.
CONDITIONS = 2
_STALE = "The tool changed while you read, so nothing was signed. What changed stands below."
#: No state of ours is larger, packed or not.
_LONGEST_STATE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What who is signed in may do about an open case.

    `keys` are those that they may turn; without one `refused` says why. `needed` are the sides that must sign to let
    the tool in, `missing` those of them that have not signed what was signed last; `agree` is the outcome that a second
    signature would complete.
    """

    keys: tuple[Key, ...] = ()
    refused: str | None = None
    needed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    agree: str | None = None

    @property
    def sides(self) -> list[tuple[str, str]]:
        """The sides for which they may sign, with their names."""
        return [(side.value, called(side)) for side in dict.fromkeys(key.side for key in self.keys)]


def powers(here: Here, case: Row) -> Powers:
    """Return what who is signed in may do about an open case."""
    gate, connection = here.looking, here.connection
    asked = frozenset(stored.requesters(connection, case["id"], case["tool_id"]))
    place = Place(at=gate.at, unit=case["unit"], requesters=asked)
    now: Material = case["state_now"]
    sides = keys.needed("approve", now.customer, gate.rules.two_keys)
    standing = keys.standing(
        reviewing.signatures(connection, case["id"]), now.customer, now.digest, gate.rules.two_keys
    )
    missing = tuple(sorted(map(called, standing.missing)))
    known = Powers(needed=tuple(sorted(map(called, sides))), missing=missing)
    try:
        found = tuple(keys_of(connection, here.account, place))
    except Refused as error:
        return replace(known, refused=refusal(error))
    if not found:
        return replace(known, refused=_takes(case))
    last = next((one for one in reversed(case["review"]["signatures"]) if one["counts"]), None)
    turns = {key.side for key in found} & standing.missing
    return replace(known, keys=found, agree=last["outcome"] if last and turns else None)


def _takes(case: Row) -> str:
    unit = f", for {case['unit']}" if case["unit"] else ""
    return f"To sign takes the role of a reviewer or an approver{unit}; you may look."


# --- the state that was read -----------------------------------------------------------------------------------------


def packed(state: Material) -> str:
    """Return a state as a form carries it, so that a later page can say what became another since."""
    return base64.urlsafe_b64encode(zlib.compress(canonical(state.plain()).encode())).decode()


def difference(text: str, seen: str, now: Material) -> list[Change]:
    """Return what is another now than in the state that a form carries; nothing where that is not the one it names."""
    try:
        body = zlib.decompressobj().decompress(base64.urlsafe_b64decode(text[:_LONGEST_STATE]), _LONGEST_STATE)
        plain = json.loads(body)
        if not seen or hashlib.sha256(canonical(plain).encode()).hexdigest() != seen:
            return []
        return changes(read(plain), now)
    except (binascii.Error, zlib.error, ValueError, TypeError, KeyError):
        return []


# --- the page --------------------------------------------------------------------------------------------------------


def the_case(here: Here, number: int) -> Row:
    """Return a case with all that its page shows. Raises Wrong where there is none."""
    found = here.office.cases.case(here.connection, here.looking, number)
    if found is None:
        raise not_found(f"There is no case {number}.", "The queue lists those that are open.")
    return found


def show(
    here: Here,
    number: int,
    status: HTTPStatus = HTTPStatus.OK,
    problem: str | None = None,
    rows: int | None = None,
) -> Any:
    """Answer with the page of a case; `problem` stands on top of what was typed, `rows` of conditions are there."""
    case = the_case(here, number)
    queue, row = Queue(here), here.snapshot.case(number)
    tool = here.snapshot.tool(case["tool_id"])
    opened = case["state"] == "open"
    moved = _moved(here, case) if opened else []
    return here.render(
        "case.html",
        status,
        case=case,
        row=row or _bare(case),
        tool=tool,
        category=_category(here, tool),
        mine=bool(row and for_me(here, row, own_sides(here))),
        powers=powers(here, case) if opened else None,
        people=_people(case["people"]),
        after=queue.after(number) if here.may(Act.CORRECT) else None,
        waits=WAITS,
        stages=STAGES,
        outcomes=outcomes(tool),
        carried=packed(case["state_now"]) if opened else "",
        problem=_STALE if problem is not None and opened and _is_stale(here, case) else problem,
        moved=[here.office.cases.plain(change.said) for change in moved],
        conditions=rows or _rows_typed(here),
        desk=here.may(Act.WORK),
        system_title=system_title,
        rates=_rates(here),
        once=once.token(),
    )


def _category(here: Here, tool: Mapping[str, Any] | None) -> str | None:
    slug = tool["category"] if tool else None
    return None if slug is None else here.office.tools.categories.get(slug, slug.replace("_", " "))


def _is_stale(here: Here, case: Row) -> bool:
    """Return whether a form was made on another state of the tool than the present one."""
    seen = here.form.get("seen")
    return bool(seen) and seen != case["state_now"].digest


def _moved(here: Here, case: Row) -> Sequence[Change]:
    if not _is_stale(here, case):
        return []
    return difference(here.form.get("state"), here.form.get("seen"), case["state_now"])


def _bare(case: Row) -> Row:
    """Return what a page needs of a case whose tool is in no list."""
    bands = {f"{risk['side']}_risk": risk["band"] for risk in case["risks"]}
    nobody = dict.fromkeys(("assignee", "rank", "rank_why", "owner_business", "owner_technical"))
    return {"tool": case["tool_id"], "overdue": False, **nobody, **bands}


def _rows_typed(here: Here) -> int:
    typed = [
        int(name[15:]) for name, _ in here.form.kept() if name.startswith("condition_text_") and name[15:].isdigit()
    ]
    return min(max([CONDITIONS, *typed]), 20)


def _rates(here: Here) -> list[tuple[str, str]]:
    """Return the sides for which who is signed in rates tools."""
    found = []
    if here.may(Act.RATE):
        for side in Side:
            try:
                found.append((side_of(here.account, side).value, called(side)))
            except Refused:
                continue
    return found


def _people(rows: Sequence[Mapping[str, Any]]) -> Row:
    """Return who uses a tool: by unit, and those who use it most."""
    units: dict[str | None, int] = {}
    for row in rows:
        units[row["unit"]] = units.get(row["unit"], 0) + 1
    ordered = sorted(units.items(), key=lambda pair: (-pair[1], pair[0] or "~"))
    return {"total": len(rows), "units": ordered, "most": rows[:6], "left": max(len(rows) - 6, 0)}


def outcomes(tool: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """Return what can be decided: the outcome, its label, and what it will do."""
    count = tool["people"] if tool else 0
    people = f"{count:,} {'person' if count == 1 else 'people'}"
    who = "Nobody is seen to use it now" if not count else f"{people} {'uses' if count == 1 else 'use'} it now"
    may = f"{who}, and may go on" if count else "It may be used"
    keep = f"{people} keep{'s' if count == 1 else ''} access until it is taken away" if count else who
    does = {
        "approve": f"{may}. It is looked at again by the day you name, or in a year.",
        "approve_with_conditions": f"{may}, as long as the conditions are met. One that is late brings it back.",
        "reject": f"The inventory says not to use it. Nothing is switched off by this: {keep}.",
        "retire": f"It goes: {keep}, by the day you name. The inventory says so, and what to use instead.",
    }
    labels = {"approve": "Approve", "approve_with_conditions": "Approve with conditions", "reject": "Reject"}
    return [(name, labels.get(name, name.capitalize()), does[name]) for name in OUTCOMES]
