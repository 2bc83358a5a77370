"""Rating a tool: each side says how important and how risky it is, with a reason; and what their meeting said of it."""

from __future__ import annotations

from typing import Any

from gate import decisions, evaluating, keys, views
from gate.accounts import named
from gate.acting import Gate
from gate.decisions import Ruling
from gate.keys import Side
from gate.roles import Account, Act, Role, require
from gate.views import GAP, NOTE, RATING, STEPS
from model.errors import Refused
from storage import cases, kept, queries
from storage.store import Connection

_ABOUT = "tool:"
_LONGEST = 10_000


def side_of(account: Account, asked: Side | None = None) -> Side:
    """Return for which side an account rates. Raises Refused where it may for neither, or for both and says not which.

    Who may sign for a side rates for it; a business user speaks for Marketing, whose tool it is.
    """
    may = keys.sides(account) | ({Side.MARKETING} if Role.BUSINESS_USER in account.roles else set())
    if asked is not None and asked not in may:
        raise Refused(f"{account.email} does not rate for {views.called(asked)}: somebody of that side has to")
    if asked is None and len(may) > 1:
        raise Refused("you may rate for either side: say for which (--side it or --side marketing)")
    return asked or next(iter(may), Side.MARKETING)


def rate(
    connection: Connection,
    gate: Gate,
    by: Account,
    tool: str,
    *,
    importance: str,
    risk: str,
    reason: str,
    side: Side | None = None,
) -> int:
    """Record how one side sees a tool, and judge the tool by it, in the caller's transaction; return the decision.

    Raises Refused: no right, no such tool, no reason, no such step.
    """
    for said in (importance, risk):
        if said not in STEPS:
            raise Refused(f"importance and risk are one of {', '.join(STEPS)}")
    _require(connection, gate, by, tool)
    detail = {"side": side_of(by, side).value, "importance": importance, "risk": risk}
    number = _decide(connection, gate, by, Ruling(kind=RATING, about=_ABOUT + tool, detail=detail, reason=reason))
    facts = evaluating.known(connection, tool)
    changed = views.known(row for row in _about(connection, tool) if row["kind"] == RATING)
    evaluating.evaluate(connection, gate, tool, {**changed, GAP: views.gap({**facts, **changed})})
    return number


def note(connection: Connection, gate: Gate, by: Account, tool: str, said: str) -> int:
    """Record what the joint meeting said of a tool; return the decision. Raises Refused as `rate` does."""
    _require(connection, gate, by, tool)
    return _decide(connection, gate, by, Ruling(kind=NOTE, about=_ABOUT + tool, detail={}, reason=said))


def _require(connection: Connection, gate: Gate, by: Account, tool: str) -> None:
    if not queries.has_tool(connection, tool):
        raise Refused(f"there is no tool {tool!r}: `ostiary tools` lists their ids")
    require(by, Act.RATE, at=gate.at, unit=cases.unit_of(connection, tool))


def _decide(connection: Connection, gate: Gate, by: Account, ruling: Ruling) -> int:
    if len(ruling.reason) > _LONGEST:
        raise Refused(f"a reason has {_LONGEST:,} characters at most: name the document that says the rest")
    return decisions.decide(connection, gate.trail, ruling, by=named(by), at=gate.at)


def _about(connection: Connection, tool: str) -> list[dict[str, Any]]:
    return kept.standing_about(connection, _ABOUT + tool)
