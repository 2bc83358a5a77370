"""grants.*, which systems they open, and data.personal: what the tool may do in the company's systems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from catalog.scopes import Scope, rate
from gate.decisions import decided_on
from model.facts import SYSTEMS as OPENED
from model.facts import Known, Unknown, Value
from model.signal import SignalKind
from scanner.facts.publishers import verified
from scanner.facts.streams import WHOLE, StreamState
from scanner.facts.world import Subject, World, day_of, keys, latest, record_key
from storage.times import from_ms

_Grant = dict[str, Any]
_NO_SCOPES = Unknown("the list of grants states no scopes")
#: Scopes by which access lasts while the person is away (OpenID Connect Core 1.0, section 11).
_OFFLINE = frozenset({"offline_access"})
#: Streams that show grants for everybody: Entra's lists and log, Google's log of administrators, Okta's log.
_FOR_ALL = frozenset({"oauth2_grants", "app_permissions", "audit", "admin", "app_events"})
#: Google's list of tokens: marks clients that nobody registered, and holds what lasts until it is taken back
#: (Admin SDK, Directory API, Tokens).
_TOKENS = "tokens"
#: Okta's list of refresh tokens: each lasts until it ends or is taken back, and a consent outlasts it ("User Grants").
_REFRESH = "refresh_tokens"
#: Entra's list of what people and administrators let apps do in people's names (Graph, oAuth2PermissionGrant).
_DELEGATED = "oauth2_grants"
#: Entra's list of what apps may do as themselves (Graph, appRoleAssignment): it names no consent, so it ends none.
_OF_APPS = "app_permissions"
ADMIN = frozenset({"admin", "AllPrincipals", "all", "application"})
#: Scopes of the administration of people, by which all of them can be read as well (Google, Directory API, Users;
#: Microsoft Graph permissions reference, User.ReadWrite.All, Directory.ReadWrite.All; Okta, Users API).
_PEOPLE_TOO = frozenset(
    {
        "https://www.googleapis.com/auth/admin.directory.user",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
        "okta.users.read",
        "okta.users.manage",
    }
)
_PERSONAL = ("mail", "contacts", "crm", "chat")


@dataclass(frozen=True, slots=True)
class Held:
    """One scope of one grant: its rating (None: in no table), and the grant."""

    name: str
    rating: Scope | None
    grant: _Grant

    def opens(self, system: str) -> bool:
        """Whether it lets the holder do anything with data of a class."""
        return self.rating is not None and self.rating.data_class == system and self.rating.access != "none"


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of these areas."""
    found = _of_grants(subject, world)
    if isinstance(found["data.personal"], Unknown) and subject.id in world.personal:
        found["data.personal"] = Known(value=True)  # the company's own record says so; its silence says nothing
    return found


def _of_grants(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    if (blind := world.blind(subject, "list of grants", SignalKind.GRANT)) is not None:
        return dict.fromkeys(_NAMES, blind)
    grants = active(subject, world)
    held = held_by(grants, world)
    people = {g["person_id"]: g for g in grants if g["person_id"]}
    return {
        "grants.active": _known(len(grants), grants),
        "grants.people": _known(len(people), people.values()),
        "grants.leaver_owned": _leavers(grants, world),
        "grants.external_owned": _outside(grants, world),
        "grants.oldest": _oldest(grants, subject),
        "grants.domain_wide": _domain_wide(subject, grants, world),
        "grants.unregistered_client": _unregistered(grants, world),
        "grants.publisher_verified": verified(grants, subject, world),
        "grants.last_used": Unknown("no source states the use of this tool's grants"),
        **(_of_scopes(held, grants) if held or not grants else dict.fromkeys(_SCOPE_NAMES, _NO_SCOPES)),
        "grants.sensitive_added": _added(held, grants, subject, world),
    }


def held_by(grants: Iterable[_Grant], world: World) -> list[Held]:
    """Return every scope of every grant with what it means on its platform, in the grants' order."""
    return [
        Held(scope, rate(world.system(g["source"], g["stream"]), scope, kind), g)
        for g in grants
        for kind in [_kind(g)]
        for scope in g["facts"].get("scopes", ())
    ]


def _kind(grant: _Grant) -> str | None:
    """Return whether a permission is one for people or one of the app's own, where the list says which."""
    if grant["stream"] == _DELEGATED:
        return "delegated"
    return "application" if grant["facts"].get("consent") == "application" else None


_SCOPE_NAMES = (
    "grants.scopes",
    "grants.sensitive",
    "grants.sensitive_by_user",
    "grants.mail_read",
    "grants.mail_send",
    "grants.chat_read",
    "grants.files_read_all",
    "grants.directory_read",
    "grants.crm_write",
    "connections.crm",
    "grants.offline",
    "connections.systems",
    "connections.count",
    "data.personal",
)
_NAMES = (
    "grants.active",
    "grants.people",
    "grants.leaver_owned",
    "grants.external_owned",
    "grants.oldest",
    "grants.domain_wide",
    "grants.unregistered_client",
    "grants.publisher_verified",
    "grants.last_used",
    "grants.sensitive_added",
    *_SCOPE_NAMES,
)


def _known(value: Value, grants: Iterable[_Grant]) -> Known:
    shown = list(grants)
    return Known(value, keys(map(record_key, shown)), latest(g["seen_at"] for g in shown))


# --- which grants are in force ---------------------------------------------------------------------------------------


def active(subject: Subject, world: World) -> list[_Grant]:
    """Return the grants in force, newest first: those that lists hold, and those that only events tell.

    An event's grant ends by a later event that takes it back, or by a later list of the same source that should name it
    and does not. Several events of one person and client are one grant with the scopes of all.
    """
    return subject.once("grants", lambda: _active(subject, world))


def _active(subject: Subject, world: World) -> list[_Grant]:
    given = subject.of_kind(SignalKind.GRANT)
    listed = [g for g in given if g["mode"] == "snapshot" and g["facts"].get("state") != "revoked"]
    told = _by_events([g for g in given if g["mode"] != "snapshot"])
    for_all = {g["source"] for g in listed if not g["person_id"]}
    kept = [g for g in told if not _superseded(g, for_all, world)]
    return sorted([*listed, *kept], key=lambda g: (-g["seen_at"], g["source"], g["stream"], g["native_id"]))


def _by_events(events: list[_Grant]) -> list[_Grant]:
    groups: dict[tuple[object, ...], list[_Grant]] = {}
    for event in events:
        groups.setdefault((event["source"], event["identity_id"], event["person_id"]), []).append(event)
    found = []
    for group in groups.values():
        revoked = max((g["seen_at"] for g in group if g["facts"].get("state") == "revoked"), default=-1)
        # Of two events in one moment the one that leaves the access in force counts.
        given = [g for g in group if g["facts"].get("state") != "revoked" and g["seen_at"] >= revoked]
        if given:
            newest = max(given, key=lambda g: (g["seen_at"], g["native_id"]))
            scopes = sorted({scope for g in given for scope in g["facts"].get("scopes", ())})
            found.append(newest | {"facts": newest["facts"] | ({"scopes": scopes} if scopes else {})})
    return found


def _superseded(grant: _Grant, for_all: set[str], world: World) -> bool:
    if not grant["person_id"]:
        return grant["source"] in for_all
    named = (grant["source"], grant["person_id"]) in world.listed
    return any(
        s.source == grant["source"] and (s.last_at or 0) >= grant["seen_at"] and (named or s.stream in WHOLE)
        for s in _lists(world)
        if s.stream not in {_OF_APPS, _REFRESH}
    )


def _lists(world: World) -> list[StreamState]:
    return [s for s in world.of_kinds(SignalKind.GRANT) if s.lists and s.blinded() is None]


# --- facts of grants -------------------------------------------------------------------------------------------------


def _leavers(grants: list[_Grant], world: World) -> Known | Unknown:
    if (nothing := world.no_directory()) is not None:
        return nothing
    left = {number: world.has_left(number) for g in grants if (number := g["person_id"])}
    if of_leavers := [g for g in grants if left.get(g["person_id"])]:
        return _known(len(of_leavers), of_leavers)
    if unsure := [number for number, has_left in left.items() if has_left is None]:
        return world.unsure(unsure, f"no directory knows {len(unsure)} of the {len(left)} people")
    return _known(0, grants)


def _outside(grants: list[_Grant], world: World) -> Known | Unknown:
    if not world.domains and not world.tells_guests:
        return Unknown("no domain of the company is configured, and no directory tells guests from staff")
    owned = {number for g in grants if (number := g["person_id"])}
    if blinded := sorted({reason for n in owned if (reason := world.person_blind(n)) is not None}):
        return Unknown(blinded[0])
    outside = {n for n in owned if (p := world.people.get(n)) is not None and p.is_external(world.domains)}
    found = [g for g in grants if g["person_id"] in outside]
    return _known(len(found), found or grants)


def firsts(subject: Subject) -> dict[tuple[object, ...], int]:
    """Return when the grant of each (source, identity, person) was first seen, in milliseconds."""
    found: dict[tuple[object, ...], int] = {}
    for grant in subject.of_kind(SignalKind.GRANT):
        if grant["facts"].get("state") != "revoked":
            at, whose = min(grant.get("first_at") or grant["seen_at"], grant["seen_at"]), whose_is(grant)
            found[whose] = min(found.get(whose, at), at)
    return found


def whose_is(grant: _Grant) -> tuple[object, ...]:
    """Return what tells the grants of a tool apart: source, identity and person."""
    return grant["source"], grant["identity_id"], grant["person_id"] or None


def _oldest(grants: list[_Grant], subject: Subject) -> Known | Unknown:
    if not grants:
        return Unknown("there is no grant")
    since = firsts(subject)
    oldest = min(grants, key=lambda g: (since[whose_is(g)], g["source"], g["native_id"]))
    at = from_ms(since[whose_is(oldest)])
    return Known(day_of(at), (record_key(oldest),), at)


def _domain_wide(subject: Subject, grants: list[_Grant], world: World) -> Known | Unknown:
    """Return whether a grant is everybody's; a list of each person's tokens says nothing of that."""
    if wide := [g for g in grants if not g["person_id"] and g["facts"].get("consent") in ADMIN]:
        return _known(True, wide)
    showing = [s for s in world.of_kinds(SignalKind.GRANT) if s.stream in _FOR_ALL]
    if without := {s.source for s in world.relevant(subject, SignalKind.GRANT)} - {s.source for s in showing}:
        return Unknown(f"no list of {min(without)} that shows grants for everybody was read")
    if (reason := next((r for s in showing if (r := s.blinded()) is not None), None)) is not None:
        return Unknown(reason)
    return _known(False, grants)


def _unregistered(grants: list[_Grant], world: World) -> Known | Unknown:
    marked = [g for g in grants if g["stream"] == _TOKENS]
    if found := [g for g in marked if g["facts"].get("unregistered")]:
        return _known(True, found)
    if not any(s.stream == _TOKENS for s in world.of_kinds(SignalKind.GRANT)) or (grants and not marked):
        return Unknown("no list of grants that marks such clients holds the tool")
    return _known(False, marked)


# --- facts of scopes -------------------------------------------------------------------------------------------------


def _of_scopes(held: list[Held], grants: list[_Grant]) -> dict[str, Known | Unknown]:
    settle = _Settler(sorted({h.name for h in held if h.rating is None}), grants)
    systems = tuple(s for s in OPENED if any(h.opens(s) for h in held))
    opening = [h for h in held if any(h.opens(s) for s in systems)]
    sensitive = [h for h in held if h.rating is not None and h.rating.sensitive]
    return {
        "grants.scopes": _known(tuple(sorted({h.name for h in held})), grants),
        "grants.sensitive": settle.says(len({h.name for h in sensitive}), sensitive),
        "grants.sensitive_by_user": _by_user(held, sensitive, settle),
        "grants.mail_read": settle.shows(held, lambda s: s.reads("mail") and not s.limit),
        "grants.mail_send": settle.shows(held, lambda s: s.data_class == "mail" and s.sends and not s.limit),
        "grants.chat_read": settle.shows(held, lambda s: s.reads("chat") and not s.limit),
        "grants.files_read_all": settle.shows(held, lambda s: s.reads_all_files),
        "grants.directory_read": settle.shows(held, _reads_people),
        **_of_crm(held),
        "grants.offline": _offline(held, grants),
        "connections.systems": settle.says(systems, opening),
        "connections.count": settle.says(len(systems), opening),
        "data.personal": _personal(held),
    }


def _reads_people(scope: Scope) -> bool:
    return scope.scope in _PEOPLE_TOO or (scope.reads("directory") and scope.reach == "workspace" and not scope.limit)


def _of_crm(held: list[Held]) -> dict[str, Known | Unknown]:
    """Return what a scope shows of the CRM; that none does proves nothing: no list of a CRM's own grants is read."""
    opening = [h for h in held if h.opens("crm")]
    writing = [h for h in opening if h.rating is not None and h.rating.access in {"write", "manage", "full"}]
    return {
        "connections.crm": _shown(opening, "no list of the CRM's grants was read"),
        "grants.crm_write": _shown(writing, "no list of the CRM's grants states its scopes"),
    }


def _shown(held: list[Held], why: str) -> Known | Unknown:
    return _known(True, (h.grant for h in held)) if held else Unknown(why)


def _added(held: list[Held], grants: list[_Grant], subject: Subject, world: World) -> Known | Unknown:
    """Return the sensitive scopes that were not held when the tool was last decided on."""
    if not subject.decisions:
        return Unknown("there is no decision")
    if grants and not held:
        return _NO_SCOPES
    sensitive = [h for h in held if h.rating is not None and h.rating.sensitive]
    then: Collection[str] | None = world.scopes_then.get(subject.id, {h.name for h in held})
    if sensitive and then is None:
        return Unknown("the scopes were not known when the tool was decided on")
    decided = subject.decisions[-1]
    added = [h for h in sensitive if h.name not in (then or ()) and h.grant["seen_at"] > decided["at"]]
    surely = [h for h in added if _was_read(h.grant, decided["at"], world)]
    if added and not surely:
        return Unknown(f"{added[0].grant['source']}/{added[0].grant['stream']} was first read after the decision")
    if sensitive and not surely and decided_on(decided) < day_of(from_ms(decided["at"])):
        return Unknown("the tool was decided on before its scopes were known")  # by a list that was read later
    settle = _Settler(sorted({h.name for h in held if h.rating is None and h.name not in (then or ())}), grants)
    found = settle.says(tuple(sorted({h.name for h in surely})), surely)
    if isinstance(found, Unknown):
        return found
    return Known(found.value, keys((f"decision:{decided['id']}", *found.evidence)), found.at)


def _was_read(grant: _Grant, at: int, world: World) -> bool:
    """Whether a grant would have been seen at a time: its list was read by then, or an event tells its own time."""
    if grant["mode"] != "snapshot":
        return True
    return any(
        (s.source, s.stream) == (grant["source"], grant["stream"]) and s.first_at is not None and s.first_at <= at
        for s in world.of_kinds(SignalKind.GRANT)
    )


@dataclass(frozen=True, slots=True)
class _Settler:
    """Says what rated scopes show; what unrated ones could change is unknown, never low."""

    unrated: list[str]
    grants: list[_Grant]

    def shows(self, held: list[Held], test: Callable[[Scope], bool]) -> Known | Unknown:
        """Return whether a scope shows it: one settles it, none only where all are rated."""
        showing = [h for h in held if h.rating is not None and test(h.rating)]
        return self.says(bool(showing), showing)

    def says(self, value: Value, showing: list[Held]) -> Known | Unknown:
        """Return a number or a list: known where all scopes are rated, or where it is more than none already."""
        if value:
            return _known(value, (h.grant for h in showing))
        if not self.unrated:
            return _known(value, self.grants)
        more = f" and {len(self.unrated) - 1} more" if len(self.unrated) > 1 else ""
        return Unknown(f"the scope {self.unrated[0]}{more} is in no table of scopes")


def _by_user(held: list[Held], sensitive: list[Held], settle: _Settler) -> Known | Unknown:
    """Return the scopes that nobody but people gave: what an administrator has granted is not theirs alone."""
    granted = {h.name for h in held if h.grant["facts"].get("consent") in ADMIN}
    open_ = [h for h in sensitive if h.name not in granted]
    clicked = [h for h in open_ if h.grant["facts"].get("consent") is not None]
    if open_ and not clicked:
        return Unknown("the source does not state who consented")
    return settle.says(len({h.name for h in clicked}), clicked)


def _offline(held: list[Held], grants: list[_Grant]) -> Known | Unknown:
    """Return whether access lasts: a kept token and an offline scope do, other grants may or may not."""
    lasting = [h.grant for h in held if h.name in _OFFLINE] + [g for g in grants if g["stream"] in {_TOKENS, _REFRESH}]
    if lasting:
        return _known(True, lasting)
    return Unknown("the list does not tell how long a grant lasts") if grants else _known(False, ())


def lasts(grant: _Grant) -> bool:
    """Whether a grant gives access while nobody is there: by an offline scope, or as the app itself."""
    scopes = grant["facts"].get("scopes", ())
    return not _OFFLINE.isdisjoint(scopes) or grant["facts"].get("consent") == "application"


def _personal(held: list[Held]) -> Known | Unknown:
    """Personal data is shown by a scope, never ruled out by the lack of one."""
    found = [h for h in held if h.rating is not None and any(h.rating.reads(c) for c in _PERSONAL)]
    return _known(True, (h.grant for h in found)) if found else Unknown("nothing shows it, and nobody has answered")
