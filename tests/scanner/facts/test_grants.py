"""grants.*, connections.* and data.personal: what the tool may do, and what is not known of that."""

import pytest

from tests.scanner.facts.worlds import (
    DRIVE,
    GMAIL,
    ago,
    charge,
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


@pytest.mark.parametrize("name", ["grants.last_used", "grants.publisher_verified"])
def test_what_no_source_states_is_unknown(name):
    assert reason(name, tool(token(1), charge(1)))


def test_a_refused_list_of_tokens_does_not_hide_grants_for_everybody():
    quillfox = tool(token(1), token(2))
    states = [*streams(), state("google:other", "tokens", "snapshot", status="refused", reason="scope.read")]

    assert known("grants.domain_wide", quillfox, world(quillfox, streams=states)) is False
    assert reason("grants.leaver_owned", quillfox, world(quillfox, people=(person(1), person(2)), streams=states))
