"""Puts the areas together: every fact of the vocabulary for every tool, known or unknown with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from gate import views
from model.company import Company
from model.facts import UNANSWERED, VOCABULARY, Attributes, Facts, Known, Unknown, fits
from model.signal import SignalKind
from scanner.facts import (
    access,
    accounts,
    addresses,
    answers,
    combined,
    connections,
    contract,
    forecast,
    grants,
    lifecycle,
    overlap,
    ownership,
    people,
    provenance,
    spend,
)
from scanner.facts.reading import world
from scanner.facts.world import Subject, World

__all__ = ("attributes", "facts", "world")

_AREAS: Sequence[Callable[[Subject, World], dict[str, Known | Unknown]]] = (
    people.derive,
    access.derive,
    grants.derive,
    connections.derive,
    accounts.derive,
    addresses.derive,
    spend.derive,
    contract.derive,
    ownership.derive,
    lifecycle.derive,
    overlap.derive,
    provenance.derive,
)

# --- what must have been read before *none* may be said --------------------------------------------------------------

_Need = tuple[str, tuple[SignalKind, ...], int | None]
_USE_90: _Need = ("stream of sign-ins or grants", people.USE, 90)
_SIGN_INS_30: _Need = ("stream of sign-ins", (SignalKind.SIGN_IN,), 30)
_SIGN_INS_60: _Need = ("stream of sign-ins", (SignalKind.SIGN_IN,), 60)
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
    "people.growth_30d": (_SIGN_INS_60,),
    "people.external": (_DIRECTORY,),
    "people.private_mailboxes": (_USE_90,),
    "people.teams": (_USE_90, _DIRECTORY),
    "access.sso_registered": (_APPS,),
    "access.sso_mode": (_APPS, _GRANTS),
    "access.vaulted_password": (_APPS,),
    "access.sign_ins": (_SIGN_INS_90,),
    "access.sso_sign_ins": (_SIGN_INS_90,),
    "access.shared_accounts": (_USE_90,),
    "access.leaver_accounts": (_DIRECTORY,),
    "grants.active": (_GRANTS,),
    "grants.people": (_GRANTS,),
    "grants.scopes": (_GRANTS,),
    "grants.sensitive": (_GRANTS,),
    "grants.sensitive_by_user": (_GRANTS,),
    "grants.mail_read": (_GRANTS,),
    "grants.mail_send": (_GRANTS,),
    "grants.chat_read": (_GRANTS,),
    "grants.files_read_all": (_GRANTS,),
    "grants.sensitive_added": (_GRANTS,),
    "grants.directory_read": (_GRANTS,),
    "grants.external_owned": (_GRANTS, _DIRECTORY),
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
    "spend.outside_it_share": (_MONEY,),
    "spend.reseller": (_MONEY,),
    "spend.change_pct": (_MONEY,),
    "spend.subscriptions": (_MONEY_90,),
    "spend.payers": (_MONEY_365,),
    "spend.payer_left": (_DIRECTORY,),
    "overlap.same_category": (_LIVELY,),
    "overlap.category_spend": (_MONEY_365,),
    "lifecycle.live_traces": (_USE_90, _MONEY_90),
}


#: Fact that a source can give -> why it is unknown where none does.
_SILENT = {
    name: Unknown(UNANSWERED if fact.question else "no source at hand gives it")
    for name, fact in VOCABULARY.items()
    if fact.derived
}


def _sure(name: str, fact: Known | Unknown, found: World) -> Known | Unknown:
    """Return a fact, or unknown where it says *none* although something that could have shown one was not read."""
    if isinstance(fact, Unknown) or not (fact.value in (0, ()) or fact.value == "none"):
        return fact
    reasons = (found.unread(*need) for need in _NEEDS.get(name, ()))
    return next((reason for reason in reasons if reason is not None), fact)


# --- one tool --------------------------------------------------------------------------------------------------------


def facts(subject: Subject, found: World) -> Facts:
    """Return what is known of a tool, in the order of the vocabulary. Raises ValueError for a wrong value.

    Left out is what only an answer gives and nobody has answered. What a source shows stands before an answer.
    """
    held, ended = answers.standing(subject.answers, found.as_of)
    held |= views.known(subject.ratings)
    subject = replace(subject.in_order(), answered=held).remembering()
    derived: dict[str, Known | Unknown] = {}
    for area in _AREAS:
        derived |= area(subject, found)
    derived["provenance.answers_expired"] = Known(ended)
    known = _checked(dict(_with_answers(derived, held, found)))
    known |= _checked(combined.derive(subject, found, known))
    known |= _checked(forecast.derive(attributes(subject, found.company), found, known))
    return {name: known[name] for name in VOCABULARY if name in known}


def _checked(known: dict[str, Known | Unknown]) -> dict[str, Known | Unknown]:
    """Return the facts. Raises ValueError for a wrong one."""
    for name, fact in known.items():
        if name not in VOCABULARY or (isinstance(fact, Known) and not fits(VOCABULARY[name], fact.value)):
            raise ValueError(f"{name}: the vocabulary has no such fact, or not such a value")
    return known


def _with_answers(
    derived: Mapping[str, Known | Unknown], held: Mapping[str, Known], found: World
) -> Iterator[tuple[str, Known | Unknown]]:
    """Yield what sources show, else what was answered, else why it is unknown."""
    yield from ((name, fact) for name, fact in derived.items() if name not in VOCABULARY)
    yield from ((name, fact) for name, fact in held.items() if name not in _SILENT)
    for name, silent in _SILENT.items():
        shown = _sure(name, derived[name], found) if name in derived else silent
        yield name, held.get(name, shown) if isinstance(shown, Unknown) else shown


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
