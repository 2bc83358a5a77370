"""Puts the areas together: every fact of the vocabulary for every tool, known or unknown with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gate import decisions
from model.company import Company
from model.facts import VOCABULARY, Attributes, Facts, Known, Unknown, fits
from model.signal import SignalKind
from scanner.corrections import today
from scanner.facts import access, connections, grants, people, records, spend
from scanner.facts.directory import Person, has_left
from scanner.facts.world import StreamState, Subject, World, record_key
from scanner.identifying import lasting
from storage import factbase, figures
from storage.store import Connection
from storage.times import from_ms, to_ms

_AREAS: Sequence[Callable[[Subject, World], dict[str, Known | Unknown]]] = (
    people.derive,
    access.derive,
    grants.derive,
    connections.derive,
    spend.derive,
    records.derive,
)

# --- what must have been read before *none* may be said --------------------------------------------------------------

_Need = tuple[str, tuple[SignalKind, ...], int | None]
_USE_90: _Need = ("stream of sign-ins or grants", people.USE, 90)
_SIGN_INS_30: _Need = ("stream of sign-ins", (SignalKind.SIGN_IN,), 30)
_SIGN_INS_90: _Need = ("stream of sign-ins", (SignalKind.SIGN_IN,), 90)
_APPS: _Need = ("app list of an identity provider", (SignalKind.REGISTRATION,), None)
_GRANTS: _Need = ("list of grants", (SignalKind.GRANT,), None)
_DIRECTORY: _Need = ("directory", (SignalKind.PERSON,), None)
_MONEY: _Need = ("source of money", (SignalKind.CHARGE,), None)
_MONEY_90: _Need = ("source of money", (SignalKind.CHARGE,), 90)
_MONEY_365: _Need = ("source of money", (SignalKind.CHARGE,), 365)
_LIVELY: _Need = ("stream of sign-ins, grants or money", (*people.USE, SignalKind.CHARGE), 90)
#: Fact -> the kinds of stream each of which could have shown something, and the days they must span.
_NEEDS: Mapping[str, tuple[_Need, ...]] = {
    "people.count": (_USE_90,),
    "people.active_30d": (_SIGN_INS_30,),
    "people.external": (_DIRECTORY,),
    "access.sso_registered": (_APPS,),
    "access.sso_mode": (_APPS, _GRANTS),
    "access.vaulted_password": (_APPS,),
    "access.sign_ins": (_SIGN_INS_90,),
    "grants.active": (_GRANTS,),
    "grants.people": (_GRANTS,),
    "grants.scopes": (_GRANTS,),
    "grants.sensitive": (_GRANTS,),
    "grants.sensitive_by_user": (_GRANTS,),
    "grants.mail_read": (_GRANTS,),
    "grants.mail_send": (_GRANTS,),
    "grants.chat_read": (_GRANTS,),
    "grants.files_read_all": (_GRANTS,),
    "grants.offline": (_GRANTS,),
    "grants.leaver_owned": (_GRANTS, _DIRECTORY),
    "grants.unregistered_client": (_GRANTS,),
    "connections.systems": (_GRANTS,),
    "connections.count": (_GRANTS,),
    "connections.over_broad": (_GRANTS,),
    "connections.orphaned": (_GRANTS, _DIRECTORY),
    "connections.stale": (_GRANTS,),
    "integration.provisioning_on": (_APPS,),
    "integration.deprovisioning_on": (_APPS,),
    "spend.annual": (_MONEY_365,),
    "spend.last_90d": (_MONEY_90,),
    "spend.marketing_share": (_MONEY,),
    "spend.payers": (_MONEY_365,),
    "spend.payer_left": (_DIRECTORY,),
    "overlap.same_category": (_LIVELY,),
}


def _sure(name: str, fact: Known | Unknown, found: World) -> Known | Unknown:
    """Return a fact, or unknown where it says *none* although something that could have shown one was not read."""
    if isinstance(fact, Unknown) or not (fact.value in (0, ()) or fact.value == "none"):
        return fact
    reasons = (found.unread(*need) for need in _NEEDS.get(name, ()))
    return next((reason for reason in reasons if reason is not None), fact)


# --- one tool --------------------------------------------------------------------------------------------------------


def facts(subject: Subject, found: World) -> Facts:
    """Return every fact of the vocabulary; what no area derives is unknown. Raises ValueError for a wrong value."""
    subject = subject.in_order()
    derived: dict[str, Known | Unknown] = {}
    for area in _AREAS:
        derived |= area(subject, found)
    for name, fact in derived.items():
        if name not in VOCABULARY or (isinstance(fact, Known) and not fits(VOCABULARY[name], fact.value)):
            raise ValueError(f"{name}: the vocabulary has no such fact, or not such a value")
    nothing = Unknown("no source at hand gives it")
    return {name: _sure(name, derived.get(name, nothing), found) for name in VOCABULARY}


def attributes(subject: Subject, company: Company) -> Attributes:
    """Return what the tool's own record says of itself, and the currency that money is in."""
    return {
        "tool.name": subject.name,
        "tool.category": subject.category or "",
        "tool.marketing": subject.marketing,
        "tool.status": subject.status,
        "tool.provisional": subject.provisional,
        "company.currency": company.base_currency or "",
    }


# --- reading the store -----------------------------------------------------------------------------------------------


def world(
    connection: Connection,
    company: Company,
    as_of: int,
    ruled: Sequence[dict[str, Any]],
    catalogue: Any,
    *,
    current: Mapping[str, str] | None = None,
) -> World:
    """Read what facts are derived from. `catalogue` answers `entry(tool_id)` and `ended(tool_id)`.

    `current` leads from the lasting part of a provisional tool's earlier id to the tool that it is by now.
    """
    moment = from_ms(as_of)
    held = _with_firsts(factbase.records(connection, as_of), factbase.first_grants(connection))
    subjects = _subjects(connection, as_of, ruled, held, current or {})
    return World(
        company=company,
        as_of=moment,
        streams=[_stream(row) for row in factbase.streams(connection)],
        people=_people(connection, moment),
        subjects=subjects,
        budgets={b: company.is_marketing(b) for b in figures.budgets(connection)},
        catalogued=frozenset(t for t in subjects if catalogue.entry(t) is not None),
        personal=frozenset(t for t in subjects if (e := catalogue.entry(t)) is not None and e.personal_data),
        ended=frozenset(t for t in subjects if _ended(catalogue, t, moment)),
        listed=frozenset(
            (r["source"], r["person_id"])
            for r in held
            if r["kind"] == SignalKind.GRANT.value and r["mode"] == "snapshot" and r["person_id"]
        ),
    )


def _with_firsts(held: list[dict[str, Any]], firsts: Mapping[tuple[str, str, str], int]) -> list[dict[str, Any]]:
    """Return the records, grants with the time at which their source first listed them."""
    for record in held:
        if record["kind"] == SignalKind.GRANT.value:
            record["first_at"] = firsts.get((record["source"], record["stream"], record["native_id"]))
    return held


def _ended(catalogue: Any, tool: str, moment: datetime) -> bool:
    ended = catalogue.ended(tool)
    return ended is not None and ended <= moment.date()


def _stream(row: Any) -> StreamState:
    return StreamState(
        source=row.source,
        stream=row.stream,
        mode=row.mode,
        status=row.status,
        reason=row.reason,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _people(connection: Connection, as_of: datetime) -> Mapping[int, Person]:
    """Return the persons by number; of two directories the one that was read last speaks."""
    found: dict[int, Person] = {}
    for row in factbase.people(connection):
        known = found.get(row["person_id"])
        if known is not None and (known.directory is not None or row["facts"] is None):
            continue
        listed = row["facts"] is not None
        found[row["person_id"]] = Person(
            number=row["person_id"],
            kind=row["kind"],
            unit=row["unit"],
            marketing=None if row["marketing"] is None else bool(row["marketing"]),
            address=row["address"] or (known.address if known is not None else None),
            directory=row["facts"],
            listed_in=(row["source"], row["stream"]) if listed else None,
            record=record_key(row) if listed else None,
            left=has_left(row["facts"], as_of),
        )
    return found


def _subjects(
    connection: Connection,
    as_of: int,
    ruled: Sequence[dict[str, Any]],
    held: Sequence[dict[str, Any]],
    current: Mapping[str, str],
) -> dict[str, Subject]:
    found = {
        row.id: Subject(
            id=row.id,
            name=row.name,
            category=row.category,
            marketing=None if row.marketing is None else bool(row.marketing),
            provisional=bool(row.provisional),
            status=row.status,
            noise=bool(row.noise),
            first_seen=row.first_seen,
        )
        for row in factbase.tools(connection)
    }
    moment = from_ms(as_of)
    year, quarter = to_ms(moment - timedelta(days=365)), to_ms(moment - timedelta(days=90))
    for record in held:
        found[record["tool_id"]].records.append(record)
    for use in factbase.use(connection, quarter, as_of):
        found[use.tool_id].use.append(use)
    for charge in factbase.charges(connection, year, as_of):
        found[charge.tool_id].charges.append(charge)
    for name in factbase.named_by(connection):
        found[name.tool_id].named_by.add((name.source, name.stream))
    for alike in factbase.look_alikes(connection):
        found[alike.tool_id].imitates.append(alike)
    _add_decisions(found, ruled, current)
    return found


def _add_decisions(found: Mapping[str, Subject], ruled: Sequence[dict[str, Any]], known: Mapping[str, str]) -> None:
    current = {**{lasting(tool): tool for tool in found}, **known}
    for decision in decisions.in_force(ruled):
        subject = found.get(today(decision["object"].removeprefix("tool:"), current))
        if subject is not None and decision["kind"] == "status":
            subject.decisions.append(decision)
