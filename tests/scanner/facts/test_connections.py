"""connections.*: edges from grants, and what is wrong with them; what nobody can see is unknown."""

import pytest

from scanner.facts.connections import edges
from tests.scanner.facts.worlds import (
    DRIVE,
    GMAIL,
    ago,
    consent,
    evidence,
    known,
    person,
    reason,
    record,
    refused,
    state,
    streams,
    token,
    tool,
    use,
    world,
)

G = "https://www.googleapis.com/auth/"
MAILS = "https://mail.google.com/"


def entra(number, *scopes, days=200, **facts):
    facts = {"scopes": list(scopes), "consent": "user" if number else "admin"} | facts
    return record("grant", number, "entra:acme", "oauth2_grants", "snapshot", days, **facts)


def seen_in_entra(number, days):
    return use(number, days, source="entra:acme", stream="sign_ins")


def with_entra(subject, *, people=(), days=400, **log):
    """A world with Microsoft's lists and its log of sign-ins, which goes back so many days."""
    read = {"first_at": ago(days)} | log
    more = [state("entra:acme", "oauth2_grants", "snapshot"), state("entra:acme", "sign_ins", **read)]
    return world(subject, streams=[*streams(), *more], people=people)


def held(subject, found=None):
    return {(e.system, e.right): e for e in edges(subject, found or world(subject))}


# --- which right on which system -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "place", "scope_class", "reach", "limit"),
    [
        (GMAIL, ("mail", "read"), "high", "self", None),
        (MAILS, ("mail", "full"), "critical", "self", None),
        (f"{G}gmail.send", ("mail", "send"), "high", "self", None),
        (f"{G}gmail.metadata", ("mail", "read"), "medium", "self", "metadata"),
        (DRIVE, ("files", "full"), "critical", "user", None),
        (f"{G}drive.file", ("files", "write"), "medium", "self", "selected"),
        (f"{G}admin.directory.user", ("administration", "manage"), "critical", "workspace", None),
        (f"{G}admin.directory.user.readonly", ("directory", "read"), None, "workspace", None),
        ("email", ("sign_in", "read"), "low", "self", None),
    ],
)
def test_a_scope_is_a_right_on_a_system(scope, place, scope_class, reach, limit):
    ((found, edge),) = held(tool(token(1, scope))).items()

    assert found == place
    assert scope_class in {None, edge.scope_class}
    assert (edge.reach, edge.limit, edge.scopes) == (reach, limit, (scope,))


def test_a_scope_that_opens_nothing_makes_no_connection():
    assert held(tool(token(1, "openid"))) == {}


@pytest.mark.parametrize("scope", [DRIVE.upper(), "drive", f"{G}drive.everything"])
def test_a_scope_in_no_table_is_unrated_and_never_low(scope):
    edge = held(tool(token(1, scope)))["unknown", "unknown"]

    assert (edge.scope_class, edge.reach, edge.over_broad, edge.scopes) == ("unrated", None, None, (scope,))


def test_a_grant_whose_list_states_no_scopes_opens_nobody_knows_what():
    edge = held(tool(token(1)))["unknown", "unknown"]

    assert (edge.scope_class, edge.scopes, edge.people) == ("unrated", (), (1,))


def test_one_unrated_scope_does_not_hide_what_the_others_open():
    assert set(held(tool(token(1, GMAIL, "https://strange.example/a")))) == {("mail", "read"), ("unknown", "unknown")}


def test_rights_of_several_people_on_one_system_are_one_connection():
    edge = held(tool(token(1, GMAIL), token(2, GMAIL)))["mail", "read"]

    assert (edge.people, len(edge.given)) == ((1, 2), 2)


def test_different_rights_on_one_system_are_told_apart():
    found = held(tool(token(1, DRIVE), token(2, f"{G}drive.readonly")))

    assert {place: edge.people for place, edge in found.items()} == {("files", "full"): (1,), ("files", "read"): (2,)}


def test_a_right_is_not_held_to_less_where_one_of_its_scopes_is_not():
    edge = held(tool(token(1, f"{G}gmail.metadata", GMAIL)))["mail", "read"]

    assert (edge.limit, edge.scope_class) == (None, "high")


def test_what_was_taken_back_is_no_connection():
    assert held(tool(consent(1, DRIVE, days=40), consent(1, DRIVE, days=20, state="revoked"))) == {}


def test_a_permission_for_people_does_not_reach_the_whole_company():
    subject = tool(entra(1, "Mail.Read"))
    edge = held(subject, with_entra(subject))["mail", "read"]

    assert (edge.reach, edge.scope_class, edge.over_broad) == ("self", "high", False)


def test_a_permission_of_the_app_itself_does():
    subject = tool(entra(None, "Mail.Read", consent="application") | {"stream": "app_permissions"})
    edge = held(subject, with_entra(subject))["mail", "read"]

    assert (edge.reach, edge.scope_class, edge.consent) == ("workspace", "critical", "admin")


def test_the_id_of_an_app_role_is_as_good_as_its_name():
    role = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
    subject = tool(entra(None, role, consent="application") | {"stream": "app_permissions"})

    assert held(subject, with_entra(subject))["mail", "read"].scope_class == "critical"


# --- who let it in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([token(1, GMAIL)], "user"),
        ([consent(None, GMAIL, stream="admin", consent="admin")], "admin"),
        ([token(1, GMAIL), consent(None, GMAIL, stream="admin", consent="admin")], "both"),
        ([token(1, GMAIL, consent="")], None),
    ],
)
def test_who_consented_is_told_where_a_list_says_it(rows, said):
    assert held(tool(*rows))["mail", "read"].consent == said


@pytest.mark.parametrize(
    ("people", "orphaned"),
    [
        ((person(1), person(2)), False),
        ((person(1, directory={"status": "deprovisioned"}), person(2)), True),
        ((person(1),), None),
    ],
)
def test_a_right_is_orphaned_once_somebody_who_gave_it_has_left(people, orphaned):
    subject = tool(token(1, GMAIL), token(2, GMAIL))

    assert held(subject, world(subject, people=people))["mail", "read"].orphaned is orphaned


def test_without_a_directory_nobody_knows_whether_it_is_orphaned():
    subject = tool(token(1, GMAIL))
    found = world(subject, streams=streams("okta:acme/users", "google:acme/users"), people=(person(1),))

    assert held(subject, found)["mail", "read"].orphaned is None


def test_what_holds_for_everybody_hangs_on_nobody():
    edge = held(tool(consent(None, GMAIL, stream="admin", consent="admin")))["mail", "read"]

    assert (edge.people, edge.orphaned) == ((), False)


# --- since when, and whether it is used ------------------------------------------------------------------------------


def test_it_is_known_since_the_event_that_told_of_it():
    subject = tool(token(1, GMAIL, days=10), consent(1, GMAIL, days=300))

    assert held(subject)["mail", "read"].first_seen == world(subject).since(300)


def test_it_is_known_since_the_list_that_first_had_it():
    subject = tool(token(1, GMAIL, days=10) | {"first_at": ago(120)})

    assert held(subject)["mail", "read"].first_seen == world(subject).since(120)


def test_the_consent_of_another_person_says_nothing_of_this_one():
    subject = tool(token(1, GMAIL, days=10), consent(2, GMAIL, days=300))

    assert held(subject, world(subject))["mail", "read"].given[0].since == world(subject).since(10)


@pytest.mark.parametrize(
    ("last", "log", "stale"),
    [
        (5, 400, False),
        (89, 400, False),
        (91, 400, True),
        (None, 400, True),
        (5, 30, False),
        (None, 30, None),
    ],
)
def test_stale_is_what_a_log_of_ninety_days_shows_no_use_of(last, log, stale):
    subject = tool(entra(1, "Mail.Read"), *([] if last is None else [seen_in_entra(1, last)]))
    edge = held(subject, with_entra(subject, days=log))["mail", "read"]

    assert edge.stale is stale
    assert (edge.last_used is None) == (last is None)


def test_a_right_younger_than_ninety_days_is_not_stale_yet():
    subject = tool(entra(1, "Mail.Read", days=20))

    assert held(subject, with_entra(subject))["mail", "read"].stale is False


def test_a_log_that_was_refused_shows_no_lack_of_use():
    subject = tool(entra(1, "Mail.Read"))
    found = with_entra(subject, status="refused", reason="AuditLog.Read.All")

    assert held(subject, found)["mail", "read"].stale is None


def test_the_use_by_another_person_is_not_the_use_of_this_grant():
    subject = tool(entra(1, "Mail.Read"), seen_in_entra(2, 5))

    assert held(subject, with_entra(subject))["mail", "read"].stale is True


def test_what_everybody_was_given_is_used_by_anybody():
    subject = tool(entra(None, "Mail.Read"), seen_in_entra(2, 5))

    assert held(subject, with_entra(subject))["mail", "read"].stale is False


def test_one_live_grant_keeps_a_right_from_being_stale():
    subject = tool(entra(1, "Mail.Read"), entra(2, "Mail.Read"), seen_in_entra(2, 5))

    assert held(subject, with_entra(subject))["mail", "read"].stale is False


def test_a_sign_in_through_another_platform_is_no_use_of_a_token():
    subject = tool(token(1, GMAIL, days=200), use(1, 5))
    edge = held(subject)["mail", "read"]

    assert (edge.last_used, edge.stale) == (None, None)


# --- the facts -------------------------------------------------------------------------------------------------------

NAMES = ("connections.over_broad", "connections.orphaned", "connections.stale")


def test_facts_count_systems_and_show_the_grants():
    gone, staying = token(1, DRIVE, GMAIL), token(2, MAILS)
    subject = tool(gone, staying)
    found = world(subject, people=(person(1, directory={"status": "deprovisioned"}), person(2)))

    assert known("connections.over_broad", subject, found) == 2
    assert known("connections.orphaned", subject, found) == 2
    assert evidence("connections.orphaned", subject, found) == (f"signal:google:acme/tokens/{gone['native_id']}",)


def test_fewer_orphaned_systems_are_not_said_while_a_directory_is_refused():
    left = {"directory": {"status": "deprovisioned"}}
    subject = tool(token(1, DRIVE), token(2, GMAIL))
    found = world(subject, people=(person(1, **left), person(2, listed_in="google:acme/users", **left)))

    assert known("connections.orphaned", subject, found) == 2
    said = reason("connections.orphaned", subject, refused(found, "okta:acme/users"))
    assert said == "okta:acme/users refused: scope.read"


def test_a_system_that_another_leaver_opened_is_orphaned_whatever_is_refused():
    left = {"directory": {"status": "deprovisioned"}}
    subject = tool(token(1, DRIVE), token(2, DRIVE))
    found = world(subject, people=(person(1, **left), person(2, listed_in="google:acme/users", **left)))

    assert known("connections.orphaned", subject, refused(found, "okta:acme/users")) == 1


def test_facts_are_nothing_where_all_was_read_and_nothing_is_wrong():
    subject = tool(entra(1, "Mail.Read"), seen_in_entra(1, 5))
    found = with_entra(subject, people=(person(1),))

    assert [known(name, subject, found) for name in NAMES] == [0, 0, 0]


def test_stale_systems_are_counted_where_use_is_seen():
    subject = tool(entra(1, "Mail.Read", "Files.Read.All"))

    assert known("connections.stale", subject, with_entra(subject)) == 2


def test_sign_in_alone_is_no_system_of_these_facts():
    subject = tool(token(1, "openid", "email"))

    assert known("connections.orphaned", subject) == known("connections.stale", subject) == 0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("connections.stale", "no log that shows the use of these grants was read for the 90 days"),
        ("connections.orphaned", "no directory knows 1 of the people who granted them"),
    ],
)
def test_none_is_unknown_where_nothing_shows_it(name, why):
    assert reason(name, tool(token(1, GMAIL))) == why


@pytest.mark.parametrize(
    ("scopes", "why"),
    [
        (("https://strange.example/a",), "the scope https://strange.example/a is in no table of scopes"),
        (
            ("https://strange.example/a", "https://strange.example/b"),
            "the scope https://strange.example/a and 1 more is in no table of scopes",
        ),
        ((), "the list of grants states no scopes"),
    ],
)
def test_an_unrated_scope_may_be_too_far_reaching(scopes, why):
    assert reason("connections.over_broad", tool(token(1, *scopes))) == why


@pytest.mark.parametrize("name", NAMES)
def test_a_refused_list_of_grants_is_the_reason(name):
    for subject in (tool(token(1, GMAIL)), tool(use(1))):
        found = refused(world(subject, people=(person(1),)), "google:acme/tokens")

        assert reason(name, subject, found) == "google:acme/tokens refused: scope.read"


# --- stated connections, and use over an interface -------------------------------------------------------------------


def stated(system, right="read"):
    return record("connection", None, "crm:acme", "connected_apps", "snapshot", 1, system=system, right=right)


def test_a_list_of_connections_shows_the_tie_to_crm_and_warehouse():
    crm = stated("crm", "write")

    assert known("connections.crm", tool(crm)) is True
    assert known("grants.crm_write", tool(crm)) is True
    assert evidence("grants.crm_write", tool(crm)) == (f"signal:crm:acme/connected_apps/{crm['native_id']}",)
    assert reason("grants.crm_write", tool(stated("crm"))) == "no list of the CRM's grants states its scopes"
    assert known("connections.warehouse", tool(stated("warehouse"))) is True
    assert reason("connections.warehouse", tool(crm)) == "no list of the warehouse's feeds was read"


@pytest.mark.parametrize(("fact", "system"), [("connections.crm", "crm"), ("connections.warehouse", "warehouse")])
def test_a_list_of_connections_that_was_refused_shows_none(fact, system):
    quillfox = tool(stated(system))
    broken = state("crm:acme", "connected_apps", "snapshot", status="refused", reason="read")

    assert reason(fact, quillfox, world(quillfox, streams=[*streams(), broken]))


def test_a_lasting_grant_that_is_used_shows_an_interface():
    quillfox = tool(entra(1, "offline_access", "Mail.Read"), seen_in_entra(1, 5))

    assert known("integration.api_available", quillfox, with_entra(quillfox)) == "yes"


@pytest.mark.parametrize(
    "rows",
    [
        [entra(1, "Mail.Read"), seen_in_entra(1, 5)],
        [entra(1, "offline_access", "Mail.Read"), seen_in_entra(1, 95)],
        [entra(1, "offline_access", "Mail.Read")],
        [],
    ],
)
def test_a_grant_that_nobody_uses_or_that_ends_shows_no_interface(rows):
    quillfox = tool(*rows)

    assert reason("integration.api_available", quillfox, with_entra(quillfox)) == (
        "no use of a grant shows it, and nobody has answered"
    )
