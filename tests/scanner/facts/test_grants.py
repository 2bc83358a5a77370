"""grants.*, connections.* and data.personal: what the tool may do, and what is not known of that."""

from dataclasses import replace

import pytest

from catalog import scopes
from model.company import Company
from tests.scanner.facts.worlds import (
    DRIVE,
    GMAIL,
    ago,
    charge,
    consent,
    decision,
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


def entra_grant(number, *scopes, consent="user"):
    return record("grant", number, "entra:acme", "oauth2_grants", "snapshot", 0, scopes=list(scopes), consent=consent)


def with_entra(subject, **changed):
    return world(subject, streams=[*streams(), state("entra:acme", "oauth2_grants", "snapshot")], **changed)


# --- which grants are in force ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "count", "people"),
    [
        ([token(1), token(2)], 2, 2),
        ([token(1), token(1)], 2, 1),
        ([consent(1, days=40)], 1, 1),
        ([consent(1, days=40), consent(1, days=20)], 1, 1),
        ([consent(1, days=40), consent(1, days=20, state="revoked")], 0, 0),
        ([consent(1, days=40, state="revoked"), consent(1, days=20)], 1, 1),
        ([consent(1, days=40), consent(1, days=40, state="revoked")], 1, 1),
        ([consent(1, days=40), consent(2, days=20, state="revoked")], 1, 1),
        ([consent(1, days=40) | {"identity_id": 7}, consent(1, days=20, state="revoked")], 1, 1),
        ([consent(None, days=40, stream="admin", consent="admin")], 1, 0),
        ([token(1, state="revoked")], 0, 0),
    ],
)
def test_a_grant_is_in_force_until_it_is_taken_back(rows, count, people):
    quillfox = tool(*rows)

    assert known("grants.active", quillfox) == count
    assert known("grants.people", quillfox) == people


def test_a_list_that_names_the_person_and_not_the_grant_ends_what_an_event_told():
    quillfox, other = tool(consent(1, days=40)), tool(token(1), id="other")

    assert known("grants.active", quillfox, world(quillfox, other)) == 0


def test_a_list_of_other_people_ends_nothing():
    quillfox, other = tool(consent(1, days=40)), tool(token(2), id="other")

    assert known("grants.active", quillfox, world(quillfox, other)) == 1


def test_an_event_after_the_list_is_a_grant():
    quillfox, other = tool(consent(1, days=5)), tool(token(1), id="other")
    states = [*streams("google:acme/tokens"), state("google:acme", "tokens", "snapshot", last_at=ago(6))]

    assert known("grants.active", quillfox, world(quillfox, other, streams=states)) == 1


def test_a_grant_for_everybody_that_a_list_and_a_log_tell_is_one():
    told = record(
        "grant", None, "entra:acme", "audit", "events", 9, consent="admin", state="granted", scopes=["Mail.Read"]
    )
    quillfox = tool(entra_grant(None, "Mail.Read", consent="admin"), told)

    assert known("grants.active", quillfox, with_entra(quillfox)) == 1


@pytest.mark.parametrize(("lists", "count"), [(["app_permissions"], 1), (["app_permissions", "oauth2_grants"], 0)])
def test_a_list_of_what_apps_may_do_as_themselves_ends_nobodys_consent(lists, count):
    told = record("grant", 1, "entra:acme", "audit", "events", 9, consent="user", state="granted", scopes=["Mail.Read"])
    quillfox = tool(told)
    states = [*streams(), *(state("entra:acme", name, "snapshot") for name in lists)]

    assert known("grants.active", quillfox, world(quillfox, streams=states)) == count


def test_scopes_of_several_consents_of_one_person_are_held_together():
    assert known("grants.scopes", tool(consent(1, DRIVE, days=9), consent(1, GMAIL, days=3))) == (DRIVE, GMAIL)


def test_no_list_of_grants_means_nothing_is_known_of_them():
    quillfox = tool(use(1))

    assert reason("grants.active", quillfox, world(quillfox, streams=[])) == "no list of grants was read"


@pytest.mark.parametrize(
    "name", ["grants.active", "grants.sensitive", "connections.count", "data.personal", "grants.offline"]
)
def test_a_refused_list_that_named_the_tool_is_the_reason(name):
    quillfox = tool(token(1, DRIVE))

    assert (
        reason(name, quillfox, refused(world(quillfox), "google:acme/tokens"))
        == "google:acme/tokens refused: scope.read"
    )


@pytest.mark.parametrize("streams", [{}, {"streams": []}])
def test_the_catalogue_says_that_a_tool_holds_data_of_persons_where_no_scope_shows_it(streams):
    quillfox = tool(use(1))

    assert known("data.personal", quillfox, world(quillfox, personal=frozenset({"quillfox"}), **streams)) is True


def test_that_the_catalogue_names_no_personal_data_says_nothing():
    quillfox = tool(use(1))

    found = world(quillfox, personal=frozenset({"other"}), catalogued=frozenset({"quillfox"}))

    assert reason("data.personal", quillfox, found) == "nothing shows it, and nobody has answered"


@pytest.mark.parametrize(
    "name", ["grants.active", "grants.mail_read", "connections.count", "grants.scopes", "grants.offline"]
)
def test_none_is_not_known_while_another_list_is_refused(name):
    quillfox = tool(use(1))

    assert known(name, quillfox) in (0, ())
    assert (
        reason(name, quillfox, refused(world(quillfox), "google:acme/tokens"))
        == "google:acme/tokens refused: scope.read"
    )


# --- leavers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directory", "count"),
    [
        ({"status": "active"}, 0),
        ({"status": "DEPROVISIONED"}, 1),
        ({"status": "active", "left_at": "2026-06-30T12:00:00Z"}, 1),
        ({"status": "active", "left_at": "2026-06-30T12:00:01Z"}, 0),
        ({"status": "active", "left_at": "2026-01-01"}, 1),
        ({"status": "active", "left_at": "soon"}, 0),
        ({}, 0),
    ],
)
def test_a_grant_is_a_leavers_once_the_last_day_is_over(directory, count):
    quillfox = tool(token(1))

    assert known("grants.leaver_owned", quillfox, world(quillfox, people=(person(1, directory=directory),))) == count


def test_the_evidence_is_the_leavers_grant():
    of_leaver, other = token(1), token(2)
    quillfox = tool(of_leaver, other)
    found = world(quillfox, people=(person(1, directory={"status": "left"}), person(2)))

    assert evidence("grants.leaver_owned", quillfox, found) == (f"signal:google:acme/tokens/{of_leaver['native_id']}",)


def test_a_holder_whom_no_directory_lists_may_have_left():
    quillfox = tool(token(1), token(2))

    said = reason("grants.leaver_owned", quillfox, world(quillfox, people=(person(1), person(2, listed_in=None))))

    assert said == "no directory knows 1 of the 2 people"


@pytest.mark.parametrize("changed", [{"address": "jo@agency.example"}, {"kind": "service"}])
def test_who_was_never_with_the_company_has_not_left_it(changed):
    quillfox = tool(token(1))

    assert known("grants.leaver_owned", quillfox, world(quillfox, people=(person(1, listed_in=None, **changed),))) == 0


def test_a_refused_directory_hides_leavers_but_not_those_that_another_shows():
    quillfox = tool(token(1), token(2))
    gone = person(2, listed_in="google:acme/users", directory={"status": "deleted"})
    found = refused(world(quillfox, people=(person(1), gone)), "okta:acme/users")

    assert known("grants.leaver_owned", quillfox, found) == 1
    assert reason("grants.leaver_owned", tool(token(1)), found) == "okta:acme/users refused: scope.read"


def test_without_a_directory_nobody_knows_who_left():
    quillfox = tool(token(1))
    states = streams("okta:acme/users", "google:acme/users")

    assert reason("grants.leaver_owned", quillfox, world(quillfox, streams=states)) == "no directory was read"


# --- for everybody, unregistered -------------------------------------------------------------------------------------


def test_a_grant_for_everybody_is_seen_in_the_administrators_log():
    assert known("grants.domain_wide", tool(consent(None, DRIVE, stream="admin", consent="admin"))) is True
    assert known("grants.domain_wide", tool(token(1))) is False


def test_a_list_of_tokens_alone_does_not_rule_out_a_grant_for_everybody():
    quillfox = tool(token(1))
    only = [state("google:acme", "tokens", "snapshot")]

    assert "shows grants for everybody" in reason("grants.domain_wide", quillfox, world(quillfox, streams=only))
    assert reason("grants.domain_wide", quillfox, refused(world(quillfox), "google:acme/admin")).startswith(
        "google:acme/admin"
    )


def test_google_marks_clients_that_nobody_registered():
    assert known("grants.unregistered_client", tool(token(1, unregistered=True), token(2))) is True
    assert known("grants.unregistered_client", tool(token(1))) is False


def test_other_lists_mark_no_clients():
    quillfox = tool(entra_grant(1, "Mail.Read"))

    assert reason("grants.unregistered_client", quillfox, with_entra(quillfox)).startswith(
        "no list of grants that marks"
    )


# --- scopes ----------------------------------------------------------------------------------------------------------

FLAGS = ("grants.mail_read", "grants.mail_send", "grants.chat_read", "grants.files_read_all", "data.personal")


@pytest.mark.parametrize(
    ("scope", "shown", "systems"),
    [
        ("openid", set(), ()),
        (GMAIL, {"grants.mail_read", "data.personal"}, ("mail",)),
        (f"{G}gmail.send", {"grants.mail_send"}, ("mail",)),
        (f"{G}gmail.modify", {"grants.mail_read", "grants.mail_send", "data.personal"}, ("mail",)),
        (f"{G}gmail.insert", set(), ("mail",)),
        ("https://mail.google.com/", {"grants.mail_read", "grants.mail_send", "data.personal"}, ("mail",)),
        (DRIVE, {"grants.files_read_all"}, ("files",)),
        (f"{G}drive.readonly", {"grants.files_read_all"}, ("files",)),
        (f"{G}drive.file", set(), ("files",)),
        (f"{G}spreadsheets", set(), ("files",)),
        (f"{G}documents.readonly", set(), ("files",)),
        (f"{G}drive.metadata", set(), ("files",)),
        (f"{G}chat.messages.readonly", {"grants.chat_read", "data.personal"}, ("chat",)),
        (f"{G}chat.messages.create", set(), ("chat",)),
    ],
)
def test_each_scope_opens_what_the_table_says_and_no_more(scope, shown, systems):
    quillfox = tool(token(1, scope))

    assert {name for name in FLAGS if name != "data.personal" and known(name, quillfox)} == shown - {"data.personal"}
    assert known("connections.systems", quillfox) == systems
    assert known("connections.count", quillfox) == len(systems)
    if "data.personal" in shown:
        assert known("data.personal", quillfox) is True
    else:
        assert reason("data.personal", quillfox) == "nothing shows it, and nobody has answered"


def test_metadata_of_mail_is_personal_data_and_no_content():
    quillfox = tool(token(1, f"{G}gmail.metadata"))

    assert (known("grants.mail_read", quillfox), known("data.personal", quillfox)) == (False, True)


@pytest.mark.parametrize("scope", [DRIVE.upper(), DRIVE + "/", "drive", f"{G}drive.everything"])
def test_an_unrated_scope_is_never_low(scope):
    quillfox = tool(token(1, scope, "openid"))

    for name in ("grants.sensitive", "grants.mail_read", "connections.count", "connections.systems"):
        assert reason(name, quillfox) == f"the scope {scope} is in no table of scopes"
    assert known("grants.scopes", quillfox) == tuple(sorted([scope, "openid"]))


def test_rated_scopes_settle_what_they_show_whatever_the_others_are():
    quillfox = tool(token(1, "https://strange.example/a", "https://strange.example/b", GMAIL))

    assert known("grants.mail_read", quillfox) is True
    assert known("grants.sensitive", quillfox) == 1
    assert "https://strange.example/a and 1 more" in reason("grants.chat_read", quillfox)


def test_a_scope_means_what_its_own_platform_says():
    quillfox = tool(entra_grant(1, "Mail.Read"))

    assert known("grants.mail_read", quillfox, with_entra(quillfox)) is True
    assert "Mail.Read" in reason("grants.mail_read", tool(token(1, "Mail.Read")))


def test_the_evidence_is_the_grant_that_shows_it():
    harmless, mail = token(1, "openid"), token(2, GMAIL)

    assert evidence("grants.mail_read", tool(harmless, mail)) == (f"signal:google:acme/tokens/{mail['native_id']}",)


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([token(1, DRIVE), token(2, DRIVE)], 1),
        ([token(1, DRIVE), token(2, GMAIL)], 2),
        ([token(1, DRIVE), consent(None, DRIVE, stream="admin", consent="admin")], 0),
        ([token(1, "openid")], 0),
    ],
)
def test_sensitive_scopes_that_only_people_gave(rows, count):
    assert known("grants.sensitive_by_user", tool(*rows)) == count


def test_who_consented_is_unknown_where_the_source_does_not_state_it():
    grant = token(1, DRIVE)
    del grant["facts"]["consent"]

    assert reason("grants.sensitive_by_user", tool(grant)) == "the source does not state who consented"


def test_a_list_without_scopes_says_nothing_of_scopes():
    assert reason("grants.sensitive", tool(token(1))) == "the list of grants states no scopes"


def test_a_token_and_an_offline_scope_last():
    assert known("grants.offline", tool(token(1, "openid"))) is True
    offline, online = tool(entra_grant(1, "offline_access")), tool(entra_grant(1, "Mail.Read"))
    assert known("grants.offline", offline, with_entra(offline)) is True
    assert reason("grants.offline", online, with_entra(online)) == "the list does not tell how long a grant lasts"


def refresh_token(number, *scopes):
    """A refresh token of Okta's list, which says nothing of consent."""
    return record("grant", number, "okta:acme", "refresh_tokens", "snapshot", 0, scopes=list(scopes), state="granted")


def with_okta(subject, *lists, **changed):
    return world(subject, streams=[*streams(), *(state("okta:acme", name, "snapshot") for name in lists)], **changed)


def test_a_refresh_token_lasts_whatever_its_scopes():
    quillfox = tool(refresh_token(1, "openid"))

    assert known("grants.offline", quillfox, with_okta(quillfox, "refresh_tokens")) is True


@pytest.mark.parametrize(("lists", "count"), [(["refresh_tokens"], 2), (["refresh_tokens", "oauth2_grants"], 1)])
def test_a_list_of_refresh_tokens_ends_no_consent_since_a_consent_outlasts_its_tokens(lists, count):
    told = record("grant", 1, "okta:acme", "app_events", "events", 40, consent="user", state="granted")
    quillfox = tool(told, refresh_token(1, "openid"))

    assert known("grants.active", quillfox, with_okta(quillfox, *lists)) == count


@pytest.mark.parametrize("name", ["grants.last_used", "grants.publisher_verified"])
def test_what_no_source_states_is_unknown(name):
    assert reason(name, tool(token(1), charge(1)))


def principal(client: int, **facts):
    """A client of Entra's list of enterprise applications."""
    return record("registration", None, "entra:acme", "service_principals", "snapshot", 0, **facts) | {
        "identity_id": client
    }


def delegated(client: int, number: int):
    """What a person let a client of Entra's do."""
    scopes = {"scopes": ["Mail.Send"], "consent": "user"}
    return record("grant", number, "entra:acme", "oauth2_grants", "snapshot", 0, **scopes) | {"identity_id": client}


WITH_ENTRA = [
    *streams(),
    state("entra:acme", "service_principals", "snapshot"),
    state("entra:acme", "oauth2_grants", "snapshot"),
]


@pytest.mark.parametrize(
    ("rows", "verified"),
    [
        ([principal(7, publisher_verified=True), delegated(7, 1)], True),
        ([principal(7, publisher_verified=False), delegated(7, 1)], False),
        ([principal(7, publisher_verified=True), principal(8, publisher_verified=False), delegated(7, 1)], True),
        ([principal(7, publisher_verified=True), principal(8, publisher_verified=False), delegated(8, 1)], False),
        ([principal(7, publisher_verified=False), delegated(7, 1), token(1)], False),
        ([principal(7, publisher_verified=True), delegated(7, 1), token(1)], None),
        ([principal(7), delegated(7, 1)], None),
        ([principal(7, publisher_verified=True)], None),
    ],
)
def test_a_publisher_is_verified_where_the_registration_of_every_client_that_holds_a_grant_says_so(rows, verified):
    quillfox = tool(*rows)
    found = world(quillfox, streams=WITH_ENTRA)

    if verified is None:
        assert reason("grants.publisher_verified", quillfox, found) == "no platform that holds a grant states it"
    else:
        assert known("grants.publisher_verified", quillfox, found) is verified
        assert all("service_principals" in key for key in evidence("grants.publisher_verified", quillfox, found))


def test_a_refused_list_of_registrations_does_not_say_who_is_verified():
    quillfox = tool(principal(7, publisher_verified=False), delegated(7, 1))
    found = refused(world(quillfox, streams=WITH_ENTRA), "entra:acme/service_principals")

    assert reason("grants.publisher_verified", quillfox, found)


def test_a_refused_list_of_tokens_does_not_hide_grants_for_everybody():
    quillfox = tool(token(1), token(2))
    states = [*streams(), state("google:other", "tokens", "snapshot", status="refused", reason="scope.read")]

    assert known("grants.domain_wide", quillfox, world(quillfox, streams=states)) is False
    assert reason("grants.leaver_owned", quillfox, world(quillfox, people=(person(1), person(2)), streams=states))


# --- who owns them, since when, and what was added -------------------------------------------------------------------


def test_grants_of_guests_agencies_and_strangers_are_external():
    quillfox = tool(token(1), token(2), token(3), token(3, DRIVE))
    people = (person(1), person(2, directory={"person_type": "guest"}), person(3, address="c@else.example"))

    assert known("grants.external_owned", quillfox, world(quillfox, people=people)) == 2 + 1
    assert known("grants.external_owned", tool(token(1)), world(people=people)) == 0


def test_nobody_is_from_outside_only_where_directories_and_grants_were_read():
    quillfox = tool(token(1))
    found = world(quillfox, people=(person(1),))

    for name in ("okta:acme/users", "google:acme/users", "google:acme/tokens"):
        assert reason("grants.external_owned", quillfox, refused(found, name)).startswith(f"{name} refused")
    nothing = world(quillfox, company=Company(), people=(person(1, directory={}),))
    assert reason("grants.external_owned", quillfox, nothing).startswith("no domain of the company is configured")


def test_the_oldest_grant_is_the_one_that_was_given_or_listed_first():
    old = token(2) | {"first_at": ago(200)}
    quillfox = tool(token(1) | {"first_at": ago(20)}, old, consent(3, DRIVE, days=300, state="revoked"))

    assert str(known("grants.oldest", quillfox)) == "2025-12-12"
    assert evidence("grants.oldest", quillfox) == (f"signal:google:acme/tokens/{old['native_id']}",)


def test_without_a_grant_there_is_no_oldest():
    assert reason("grants.oldest", tool()) == "there is no grant"
    quillfox = tool(token(1))
    assert reason("grants.oldest", quillfox, refused(world(quillfox), "google:acme/tokens")).startswith("google:acme")


@pytest.mark.parametrize(
    ("scope", "reads"),
    [
        (f"{G}admin.directory.user.readonly", True),
        (f"{G}admin.directory.user", True),
        (f"{G}admin.directory.orgunit.readonly", False),
        (DRIVE, False),
        ("openid", False),
    ],
)
def test_a_scope_reads_the_whole_directory_of_people(scope, reads):
    assert known("grants.directory_read", tool(token(1, scope))) is reads


def test_an_unrated_scope_may_read_the_directory():
    assert reason("grants.directory_read", tool(token(1, "https://strange.example/x"))).startswith("the scope https")
    assert reason("grants.directory_read", tool(), refused(world(), "google:acme/token")).startswith(
        "google:acme/token"
    )


def decided(*rows, then=None, **changed):
    quillfox = tool(*rows, decisions=[decision(7)], **changed)
    return quillfox, world(quillfox, scopes_then={} if then is None else {"quillfox": then})


def test_scopes_that_were_not_held_when_the_tool_was_decided_on_were_added():
    quillfox, found = decided(token(1, DRIVE, GMAIL, "openid"), then=(GMAIL,))

    assert known("grants.sensitive_added", quillfox, found) == (DRIVE,)
    assert evidence("grants.sensitive_added", quillfox, found)[0] == "decision:7"


@pytest.mark.parametrize("then", [None, (DRIVE,), (DRIVE, GMAIL)])
def test_what_was_held_then_or_is_seen_for_the_first_time_with_the_decision_was_not_added(then):
    assert known("grants.sensitive_added", *decided(token(1, DRIVE), then=then)) == ()


def test_what_was_added_is_unknown_where_the_scopes_were_or_are():
    quillfox = tool(token(1, DRIVE), decisions=[decision(7)])
    unknown_then = world(quillfox, scopes_then={"quillfox": None})

    assert reason("grants.sensitive_added", quillfox, unknown_then) == (
        "the scopes were not known when the tool was decided on"
    )
    assert reason("grants.sensitive_added", tool(token(1, DRIVE))) == "there is no decision"
    assert reason("grants.sensitive_added", *decided(token(1, "https://strange.example/x"), then=())).startswith(
        "the scope https://strange.example/x is in no table"
    )
    assert known("grants.sensitive_added", *decided(token(1, "https://x.example"), then=("https://x.example",))) == ()
    assert reason("grants.sensitive_added", quillfox, refused(world(quillfox), "google:acme/tokens")).startswith("goog")
    assert reason("grants.sensitive_added", *decided(token(1))) == "the list of grants states no scopes"


def test_a_list_that_was_first_read_after_the_decision_says_nothing_of_before():
    young = [*streams("google:acme/tokens"), state("google:acme", "tokens", "snapshot", first_at=ago(10))]
    quillfox = tool(token(1, DRIVE), decisions=[decision(7)])
    found = world(quillfox, streams=young, scopes_then={"quillfox": ()})

    assert reason("grants.sensitive_added", quillfox, found) == "google:acme/tokens was first read after the decision"
    told = tool(token(1, DRIVE), consent(2, GMAIL), decisions=[decision(7)])
    assert known("grants.sensitive_added", told, replace(found, subjects={"quillfox": told})) == (GMAIL,)


@pytest.mark.parametrize(
    ("scopes", "then", "added"),
    [((DRIVE,), (DRIVE,), None), ((DRIVE, GMAIL), (DRIVE,), (GMAIL,)), (("openid",), ("openid",), ())],
)
def test_a_decision_that_a_list_told_later_does_not_vouch_for_what_was_held_when_it_was_read(scopes, then, added):
    quillfox = tool(token(1, *scopes), decisions=[decision(7, decided_on="2024-02-01")])
    found = world(quillfox, scopes_then={"quillfox": then})

    if added is None:
        why = "the tool was decided on before its scopes were known"
        assert reason("grants.sensitive_added", quillfox, found) == why
    else:
        assert known("grants.sensitive_added", quillfox, found) == added


def test_a_consent_of_before_the_decision_is_none_that_was_added():
    quillfox, found = decided(consent(1, GMAIL, days=40), then=())

    assert known("grants.sensitive_added", quillfox, found) == ()


def test_that_nothing_was_added_needs_every_list_of_grants():
    quillfox, found = decided(use(1))

    assert known("grants.sensitive_added", quillfox, found) == ()
    assert reason("grants.sensitive_added", quillfox, refused(found, "google:acme/admin")).startswith("google:acme")


def test_a_scope_of_another_platform_says_nothing_of_the_crm():
    assert reason("grants.crm_write", tool(token(1, DRIVE))) == "no list of the CRM's grants states its scopes"
    assert reason("connections.crm", tool(token(1, DRIVE))) == "no list of the CRM's grants was read"


def test_a_scope_of_the_crm_shows_the_tie_and_whether_it_writes(monkeypatch):
    monkeypatch.setitem(scopes._VENDORS, "google", ("HubSpot",))
    reading, writing = tool(token(1, "crm.objects.contacts.read")), tool(token(1, "crm.objects.contacts.write"))

    assert known("connections.crm", reading) is True
    assert reason("grants.crm_write", reading) == "no list of the CRM's grants states its scopes"
    assert known("grants.crm_write", writing) is True


def test_what_is_not_tied_to_the_crm_writes_nothing_there():
    detail = {"fact": "connections.crm", "value": False, "until": "2027-01-01"}
    quillfox = tool(answers=[decision(9, "answer", **detail)])

    assert known("grants.crm_write", quillfox) is False
    assert evidence("grants.crm_write", quillfox) == ("answer:9",)
