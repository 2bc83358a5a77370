"""What policies need to know of a tool and people can answer: which facts, what each is worth, and who can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gate import evaluating, states
from gate.accounts import folded
from gate.acting import Gate
from model.errors import Refused
from model.facts import VOCABULARY, Fact, Known
from storage import accounts, cases, judged, queries, requests
from storage.store import Connection

#: What settling a finding is worth, by its worse severity.
_WORTH = {"critical": 8, "high": 4, "medium": 2, "low": 1}
#: Statuses of tools that nobody may use any more: of them only the policies that are about that are asked for.
GONE = frozenset({"rejected", "retired"})
_STATUS = "tool.status"
#: Role of the vocabulary -> the sides of owners who can answer, in this order.
_OWNERS = {"business_owner": ("business", "deputy"), "technical_owner": ("technical",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A fact that policies in force lack of a tool: which (by id), and what knowing it is worth."""

    fact: Fact
    policies: tuple[str, ...]
    worth: Fraction


def needed(connection: Connection, gate: Gate, tool: str) -> list[Need]:
    """Return the facts that people can answer and policies lack of a tool, the one that settles most first.

    A finding counts by its worse severity, and half where its policy only may apply; one that lacks several
    facts counts for each in parts. A policy that is watched or off asks nobody.
    """
    rows = [row for row in judged.findings(connection, [tool]).get(tool, ()) if _asks(row)]
    gone = asks_only_its_own(connection, tool)
    about_status = {p.id for p in gate.pack.policies if _STATUS in p.applies.names}
    known = evaluating.known(connection, tool)
    worth: dict[str, Fraction] = {}
    policies: dict[str, list[str]] = {}
    for row in rows:
        if gone and not (row["queued"] and row["policy"] in about_status):
            continue
        for name in row["missing"]:
            if name in VOCABULARY and VOCABULARY[name].question and not isinstance(known.get(name), Known):
                worth[name] = worth.get(name, Fraction(0)) + _worth(row)
                policies.setdefault(name, []).append(row["policy"])
    found = [Need(fact=VOCABULARY[n], policies=tuple(sorted(policies[n])), worth=worth[n]) for n in worth]
    return sorted(found, key=lambda need: (-need.worth, need.fact.name))


def asks_only_its_own(connection: Connection, tool: str) -> bool:
    """Whether a tool is one that nobody may use any more: then only the policies that are about that ask."""
    return (judged.attributes(connection, tool) or {}).get(_STATUS) in GONE


def _asks(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == "open" and row["verdict"] == "unknown" and row["evaluated"] and not row["watched"])


def _worth(row: Mapping[str, Any]) -> Fraction:
    worse = max(_WORTH.get(row["severity"], 1), _WORTH.get(row["customer_severity"], 1))
    return Fraction(worse * (2 if row["queued"] else 1), 2 * len(row["missing"]))


def hanging(connection: Connection, tool: str) -> dict[str, list[str]]:
    """Return fact -> the findings (POLICY:TOOL) of a tool that hang on it."""
    found: dict[str, list[str]] = {}
    for row in sorted(judged.findings(connection, [tool]).get(tool, ()), key=lambda row: str(row["policy"])):
        for name in row["missing"] if _asks(row) else ():
            found.setdefault(name, []).append(f"{row['policy']}:{tool}")
    return found


# --- who can answer --------------------------------------------------------------------------------------------------


def whom(connection: Connection, gate: Gate, tool: str, asks: str) -> int | None:
    """Return the person (a number of `actor`) who can answer for a role of the vocabulary; None: nobody is known.

    That is the recorded owner, unless an owner has left; for the business also who asked for the tool; else whom the
    company names for the role.
    """
    if asks in _OWNERS and not _owner_left(connection, tool):
        owners = dict(states.owners(connection, tool))
        person = next((owners[side] for side in _OWNERS[asks] if side in owners), None)
        if person is not None:
            return person
    if asks == "business_owner" and (asked := _requester(connection, tool)) is not None:
        return asked
    address = gate.asking.roles.get(asks)
    return None if address is None else cases.person_of(connection, accounts.actor_of(connection, address))


def _owner_left(connection: Connection, tool: str) -> bool:
    left = evaluating.known(connection, tool).get("ownership.owner_left")
    return bool(isinstance(left, Known) and left.value)


def _requester(connection: Connection, tool: str) -> int | None:
    case = cases.open_of(connection, tool)
    asked = [] if case is None else requests.standing(connection, case=case["id"])
    rows = accounts.accounts(connection, number=asked[0]["account_id"]) if asked else []
    return cases.person_of(connection, int(rows[0]["actor_id"])) if rows else None


def addressee(connection: Connection, gate: Gate, address: str) -> int:
    """Return the person of an address. Raises Refused where nobody of ours, or whom the company names, has it."""
    plain = folded(address)
    found = queries.actor_of_address(connection, plain)
    if found is None and plain in {one.strip().casefold() for one in gate.asking.roles.values()}:
        found = accounts.actor_of(connection, plain)
    if found is None:
        raise Refused(
            f"no source lists {plain}, and nobody has an account of it: ingest the directory, or name it in [gate.asks]"
        )
    return cases.person_of(connection, found)
