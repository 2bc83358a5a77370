"""grants.*, connections.* and data.personal: what the tool may do in the company's systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.scopes import Scope, rate
from model.facts import SYSTEMS as OPENED
from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import SYSTEMS, Subject, World, keys, latest, record_key

#: Which of the company's systems a class of data stands in.
_SYSTEM_OF = {
    "mail": "mail",
    "chat": "chat",
    "files": "files",
    "calendar": "calendar",
    "contacts": "contacts",
    "directory": "directory",
    "crm": "crm",
    "ads": "ads",
    "code": "code",
}
_NO_SCOPES = Unknown("the list of grants states no scopes")
#: Scopes by which access lasts while the person is away (OpenID Connect Core 1.0, section 11).
_OFFLINE = frozenset({"offline_access"})


@dataclass(frozen=True, slots=True)
class _Held:
    """One scope of one grant: its rating (None: in no table), and the grant."""

    name: str
    rating: Scope | None
    grant: dict[str, Any]


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of these areas."""
    blind = world.blind(subject, "list of grants", SignalKind.GRANT)
    grants = _active(subject)
    names = _NAMES
    if blind is not None:
        return dict.fromkeys(names, blind)
    evidence, at = keys(map(record_key, grants)), latest(g["seen_at"] for g in grants)
    people = {g["person_id"] for g in grants if g["person_id"]}
    held = [_Held(s, rate(SYSTEMS.get(g["stream"], ""), s), g) for g in grants for s in g["facts"].get("scopes", ())]
    stated = not grants or bool(held)
    return {
        "grants.active": Known(len(grants), evidence, at),
        "grants.people": Known(len(people), evidence, at),
        "grants.leaver_owned": _leavers(grants, world),
        "grants.domain_wide": Known(any(_is_wide(g) for g in grants), evidence, at),
        "grants.unregistered_client": _unregistered(grants),
        "grants.publisher_verified": Unknown("no platform that holds a grant states it"),
        "grants.last_used": Unknown("no source states the use of this tool's grants"),
        **(_of_scopes(held, grants, evidence) if stated else dict.fromkeys(_SCOPE_NAMES, _NO_SCOPES)),
    }


_SCOPE_NAMES = (
    "grants.scopes",
    "grants.sensitive",
    "grants.sensitive_by_user",
    "grants.mail_read",
    "grants.mail_send",
    "grants.chat_read",
    "grants.files_read_all",
    "grants.offline",
    "connections.systems",
    "connections.count",
    "data.personal",
)
_NAMES = (
    "grants.active",
    "grants.people",
    "grants.leaver_owned",
    "grants.domain_wide",
    "grants.unregistered_client",
    "grants.publisher_verified",
    "grants.last_used",
    *_SCOPE_NAMES,
)


def _active(subject: Subject) -> list[dict[str, Any]]:
    """Return the grants that the newest whole lists hold; where there are only events, those not taken back since."""
    found = [g for g in subject.of_kind(SignalKind.GRANT) if g["facts"].get("state") != "revoked"]
    listed = [g for g in found if g["mode"] == "snapshot"]
    if listed:
        return listed
    revoked = {
        g["person_id"]: g["seen_at"] for g in subject.of_kind(SignalKind.GRANT) if g["facts"].get("state") == "revoked"
    }
    newest: dict[object, dict[str, Any]] = {}
    for grant in found:
        if revoked.get(grant["person_id"], -1) < grant["seen_at"]:
            newest[grant["person_id"]] = grant
    return list(newest.values())


def _leavers(grants: list[dict[str, Any]], world: World) -> Known | Unknown:
    if (blind := world.directory_blind()) is not None:
        return blind
    of_leavers = [g for g in grants if (p := world.people.get(g["person_id"])) is not None and p.has_left]
    return Known(len(of_leavers), keys(map(record_key, of_leavers)), latest(g["seen_at"] for g in grants))


def _is_wide(grant: dict[str, Any]) -> bool:
    return bool(grant["facts"].get("consent") == "admin" and not grant["person_id"]) or (
        grant["facts"].get("consent") in {"AllPrincipals", "all", "application"}
    )


def _unregistered(grants: list[dict[str, Any]]) -> Known | Unknown:
    marked = [g for g in grants if g["stream"] == "tokens"]
    if grants and not marked:
        return Unknown("no list of grants that marks such clients holds the tool")
    found = [g for g in marked if g["facts"].get("unregistered")]
    return Known(bool(found), keys(map(record_key, found or marked)), latest(g["seen_at"] for g in marked))


def _of_scopes(
    held: list[_Held], grants: list[dict[str, Any]], evidence: tuple[str, ...]
) -> dict[str, Known | Unknown]:
    at = latest(g["seen_at"] for g in grants)
    unrated = sorted({h.name for h in held if h.rating is None})
    sensitive = {h.name for h in held if h.rating is not None and h.rating.sensitive}
    by_user = _by_user(held, sensitive)
    systems = tuple(
        s
        for s in OPENED
        if any(h.rating and _SYSTEM_OF.get(h.rating.data_class) == s and h.rating.access != "none" for h in held)
    )
    settle = _Settler(unrated, evidence, at)
    return {
        "grants.scopes": Known(tuple(sorted({h.name for h in held})), evidence, at),
        "grants.sensitive": settle.count(len(sensitive)),
        "grants.sensitive_by_user": settle.count(len(by_user)),
        "grants.mail_read": settle.shows(_any(held, lambda s: s.reads("mail") and "metadata" not in s.scope)),
        "grants.mail_send": settle.shows(
            _any(held, lambda s: s.data_class == "mail" and s.access in {"send", "full", "manage"})
        ),
        "grants.chat_read": settle.shows(_any(held, lambda s: s.reads("chat"))),
        "grants.files_read_all": settle.shows(
            _any(held, lambda s: s.reads("files") and s.reach != "self" and s.sensitive)
        ),
        "grants.offline": _offline(held, grants, evidence),
        "connections.systems": settle.listed(systems),
        "connections.count": settle.count(len(systems)),
        "data.personal": _personal(systems, evidence),
    }


def _by_user(held: list[_Held], sensitive: set[str]) -> set[str]:
    """Return the sensitive scopes that people gave and no administrator did; a token of a person is the person's consent."""
    admin = {h.name for h in held if h.grant["facts"].get("consent") == "admin"}
    return {h.name for h in held if h.name in sensitive and h.grant["person_id"]} - admin


def _any(held: list[_Held], test: Callable[[Scope], bool]) -> bool:
    return any(h.rating is not None and test(h.rating) for h in held)


@dataclass(frozen=True, slots=True)
class _Settler:
    """Says what rated scopes show; what unrated ones could change is unknown, never low."""

    unrated: list[str]
    evidence: tuple[str, ...]
    at: Any

    def shows(self, yes: bool) -> Known | Unknown:
        """A scope that shows it settles it; none does so only where all are rated."""
        return Known(yes, self.evidence, self.at) if yes or not self.unrated else self._unknown()

    def count(self, number: int) -> Known | Unknown:
        """A count is known where all scopes are rated, or where it is more than none already."""
        return Known(number, self.evidence, self.at) if number or not self.unrated else self._unknown()

    def listed(self, found: tuple[str, ...]) -> Known | Unknown:
        """A list is known where all scopes are rated, or where it names something already."""
        return Known(found, self.evidence, self.at) if found or not self.unrated else self._unknown()

    def _unknown(self) -> Unknown:
        more = f" and {len(self.unrated) - 1} more" if len(self.unrated) > 1 else ""
        return Unknown(f"the scope {self.unrated[0]}{more} is in no table of scopes")


def _offline(held: list[_Held], grants: list[dict[str, Any]], evidence: tuple[str, ...]) -> Known | Unknown:
    """Google's list of tokens holds only what is kept until it is taken back (Admin SDK, Directory API, Tokens)."""
    at = latest(g["seen_at"] for g in grants)
    if any(h.name in _OFFLINE for h in held) or any(g["stream"] == "tokens" for g in grants):
        return Known(True, evidence, at)
    if not grants:
        return Known(False, evidence, at)
    return Unknown("the list does not tell how long a grant lasts")


def _personal(systems: tuple[str, ...], evidence: tuple[str, ...]) -> Known | Unknown:
    """Personal data is shown by a scope, never ruled out by the lack of one."""
    if {"mail", "contacts", "crm", "chat"} & {*systems}:
        return Known(True, evidence)
    return Unknown("nothing shows it, and nobody has answered")
