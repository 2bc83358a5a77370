"""What scopes let their holder do: the table is read exactly."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import scopes
from catalog.scopes import GRAPH, find, rate, role

with Path(scopes.__file__).with_name("scopes.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
NAMES = {(row["vendor"], row["scope"]) for row in ROWS}
EVERY = st.sampled_from(ROWS)
G = "https://www.googleapis.com/auth/"


@pytest.mark.parametrize(
    ("scope", "sensitivity"),
    [
        ("openid", "low"),
        (f"{G}drive", "critical"),
        (f"{G}drive.file", "medium"),
        (f"{G}gmail.readonly", "high"),
        ("https://mail.google.com/", "critical"),
    ],
)
def test_a_scope_is_rated_as_the_table_has_it(scope, sensitivity):
    assert rate("google", scope).sensitivity == sensitivity


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "drive",
        f"{G}driv",
        f"{G}drive ",
        f"{G}Drive",
        f"{G}drive/",
        f"{G}drive.files",
        f"x{G}drive",
        "https://mail.google.com",
    ],
)
def test_no_part_and_no_other_spelling_of_a_scope_is_that_scope(scope):
    assert rate("google", scope) is None


@pytest.mark.parametrize(
    ("system", "scope"), [("google", "Mail.Read"), ("entra", f"{G}drive"), ("", "openid"), ("slack", "openid")]
)
def test_a_scope_of_another_platform_says_nothing_here(system, scope):
    assert rate(system, scope) is None


@pytest.mark.parametrize("system", ["google", "entra", "okta"])
def test_sign_in_scopes_are_known_everywhere_and_low(system):
    assert not rate(system, "openid").sensitive
    assert not rate(system, "profile").sensitive


def test_of_a_permission_for_people_and_for_apps_the_graver_rating_stands():
    assert (rate("entra", "Mail.Read").sensitivity, rate("entra", "Mail.Read").reach) == ("critical", "workspace")
    assert rate("entra", "Mail.ReadBasic").sensitivity == "high"


@pytest.mark.parametrize(
    ("scope", "reads", "sends"),
    [
        ("gmail.readonly", True, False),
        ("gmail.modify", True, True),
        ("gmail.send", False, True),
        ("gmail.insert", False, False),
        ("gmail.settings.sharing", False, False),
        ("apps.groups.migration", False, False),
    ],
)
def test_writing_is_reading_but_for_what_only_writes(scope, reads, sends):
    found = rate("google", G + scope)

    assert (found.reads("mail"), found.sends) == (reads, sends)
    assert not found.reads("files")


@pytest.mark.parametrize(
    ("scope", "limit"), [("drive", ""), ("drive.file", "selected"), ("drive.metadata", "metadata")]
)
def test_what_holds_a_scope_to_less_is_told(scope, limit):
    assert rate("google", G + scope).limit == limit


def test_the_table_uses_known_words_alone_and_names_its_source():
    rows = ROWS

    assert {row["sensitivity"] for row in rows} <= {"low", "medium", "high", "critical"}
    assert {row["reach"] for row in rows} <= {"self", "user", "workspace"}
    assert {row["access"] for row in rows} <= {"none", "read", "write", "manage", "send", "full"}
    assert {row["limit"] or "" for row in rows} <= {"", "metadata", "selected"}
    assert [row["scope"] for row in rows if not row["source"] or row["scope"] != row["scope"].strip()] == []


def test_every_named_exception_is_in_the_table():
    named = {*scopes._BLIND, *scopes._SENDING}

    assert {scope for scope in named if rate("google", scope) or rate("entra", scope)} == named


# --- exactly, or not at all ------------------------------------------------------------------------------------------


def test_every_row_is_found_by_its_whole_text_and_its_kind():
    for row in ROWS:
        found = find(row["vendor"], row["scope"], row["kind"])

        assert (found.scope, found.meaning, found.limit) == (row["scope"], row["meaning"], row["limit"])


def test_no_row_is_found_by_any_beginning_or_end_of_its_text():
    for vendor, scope in NAMES:
        for cut in range(len(scope)):
            for part in (scope[:cut], scope[cut + 1 :]):
                if (vendor, part) not in NAMES:
                    assert find(vendor, part) is None, (vendor, scope, part)


@given(EVERY, st.integers(0, 80), st.integers(0, 80))
def test_no_piece_out_of_the_middle_is_a_scope_unless_it_is_one_itself(row, start, length):
    piece = row["scope"][start : start + length]
    found = find(row["vendor"], piece)

    assert (found is not None) == ((row["vendor"], piece) in NAMES)
    assert found is None or found.scope == piece


@given(EVERY, st.text(min_size=1, max_size=3), st.booleans())
def test_no_text_around_a_scope_is_that_scope(row, more, before):
    longer = more + row["scope"] if before else row["scope"] + more
    found = find(row["vendor"], longer)

    assert (found is not None) == ((row["vendor"], longer) in NAMES)


@given(EVERY, st.sampled_from(["upper", "title", "swapcase"]))
def test_no_other_case_of_a_scope_is_that_scope(row, change):
    other = getattr(row["scope"], change)()

    assert (find(row["vendor"], other) is not None) == ((row["vendor"], other) in NAMES)


@given(EVERY, EVERY)
def test_a_vendor_knows_its_own_scopes_alone(row, other):
    assert (find(other["vendor"], row["scope"]) is not None) == ((other["vendor"], row["scope"]) in NAMES)


def test_access_to_one_file_is_not_access_to_the_drive():
    one, all_of_them = rate("google", f"{G}drive.file"), rate("google", f"{G}drive")

    assert (one.limit, one.sensitivity, one.reach) == ("selected", "medium", "self")
    assert (all_of_them.limit, all_of_them.sensitivity) == ("", "critical")


# --- for a person, or as itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sensitivity", "reach"),
    [("delegated", "high", "self"), ("application", "critical", "workspace"), (None, "critical", "workspace")],
)
def test_a_permission_reaches_as_far_as_its_kind(kind, sensitivity, reach):
    found = rate("entra", "Mail.Read", kind)

    assert (found.sensitivity, found.reach) == (sensitivity, reach)


def test_a_permission_that_the_kind_does_not_have_is_unrated():
    assert find("Microsoft Graph", "EWS.AccessAsUser.All", "application") is None
    assert rate("entra", "AiEnterpriseInteraction.Read.All", "delegated") is None


def test_a_scope_that_is_the_same_either_way_is_found_for_both_kinds():
    assert find("HubSpot", "crm.objects.contacts.read", "delegated") is not None
    assert find("HubSpot", "crm.objects.contacts.read", "application") is not None


MAIL_READ = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"


def test_the_id_of_an_app_role_is_its_name():
    assert role(MAIL_READ) == rate("entra", "Mail.Read", "application") == rate("entra", MAIL_READ)


@pytest.mark.parametrize(
    "guid", [MAIL_READ[:-1], MAIL_READ[:8], MAIL_READ.upper(), f"{{{MAIL_READ}}}", f" {MAIL_READ}", ""]
)
def test_no_part_and_no_other_spelling_of_an_id_is_that_id(guid):
    assert role(guid) is None
    assert rate("entra", guid) is None


def test_an_id_says_nothing_at_another_resource_or_platform():
    assert role(MAIL_READ, resource="00000002-0000-0ff1-ce00-000000000000") is None
    assert rate("google", MAIL_READ) is None


def test_one_id_of_two_kinds_is_told_apart_by_the_kind():
    both = [row for row in ROWS if row["scope"] == "User.Export.All"]

    assert len({row["guid"] for row in both}) == 1
    assert {role(both[0]["guid"], row["kind"]).meaning for row in both} == {row["meaning"] for row in both}


def test_every_id_of_the_table_leads_to_its_own_row():
    for row in ROWS:
        if row["guid"]:
            assert role(row["guid"], row["kind"], GRAPH).scope == row["scope"]


# --- the ratings follow from what stands beside them -----------------------------------------------------------------

ACCESS = {"read": 1, "send": 2, "write": 2, "manage": 3, "full": 5}
CLASSES = (
    ({"identity"}, 0),
    ({"analytics", "web", "other"}, 1),
    ({"directory", "calendar", "contacts", "marketing", "ads", "device"}, 2),
    ({"crm"}, 3),
    ({"code", "finance", "admin"}, 4),
    ({"mail", "files", "chat"}, 5),
)
REACH = {"self": 0, "user": 1, "workspace": 3}
BANDS = ("low", "medium", "high", "critical")


def gravity(row):
    """The rating by the rule of docs/explanation/scopes.md."""
    if row["access"] == "none":
        return "low"
    points = ACCESS[row["access"]] + next(n for classes, n in CLASSES if row["data_class"] in classes)
    points += REACH[row["reach"]] - (2 if row["limit"] else 0)
    band = BANDS[sum(points >= limit for limit in (3, 6, 9))]
    takes_over = row["data_class"] == "web" and row["access"] in {"manage", "full"}
    return max(band, "high", key=BANDS.index) if takes_over else band


def test_every_rating_follows_from_the_rule():
    assert [(row["vendor"], row["scope"]) for row in ROWS if row["sensitivity"] != gravity(row)] == []


@pytest.mark.parametrize(
    ("scope", "kind", "sensitivity", "limit"),
    [
        ("CallRecords.Read.All", "application", "high", "metadata"),
        ("MailboxFolder.Read.All", "application", "high", "metadata"),
        ("ExternalConnection.Read.All", "application", "high", "metadata"),
        ("AgentInstance.ReadWrite.ManagedBy", "application", "medium", "selected"),
        ("PrintJob.Manage.All", "application", "critical", "metadata"),
    ],
)
def test_what_was_mended_against_the_vendors_words_stays_mended(scope, kind, sensitivity, limit):
    found = rate("entra", scope, kind)

    assert (found.sensitivity, found.limit) == (sensitivity, limit)


@pytest.mark.parametrize(
    ("system", "scope", "data_class"),
    [
        ("google", f"{G}chat.delete", "chat"),
        ("entra", "Channel.Delete.All", "chat"),
        ("entra", "Teamwork.Migrate.All", "chat"),
        ("entra", "FileIngestion.Ingest", "files"),
    ],
)
def test_what_only_adds_or_deletes_reads_nothing(system, scope, data_class):
    assert not rate(system, scope).reads(data_class)


@pytest.mark.parametrize(
    ("scope", "kind", "consent"),
    [
        ("Calendars.ReadBasic", "delegated", "no"),
        ("MailboxFolder.Read", "delegated", "no"),
        ("MailboxItem.ImportExport", "delegated", "yes"),
        ("ApprovalSolution.Read", "delegated", "yes"),
        ("ApprovalSolution.ReadWrite", "delegated", "yes"),
        ("ApprovalSolutionResponse.ReadWrite", "delegated", "yes"),
        ("Chat.ReadWrite.All", "delegated", "yes"),
        ("Files.SelectedOperations.Selected", "delegated", "yes"),
        ("LicenseAssignment.ReadWrite.All", "delegated", "yes"),
        ("ResourceSpecificPermissionGrant.ReadForChat", "delegated", "yes"),
        ("ResourceSpecificPermissionGrant.ReadForTeam", "delegated", "yes"),
        ("SensitivityLabel.Read", "delegated", "yes"),
        ("ChannelMessage.Read.Group", "application", "no"),
        ("Mail.Read", "delegated", "no"),
        ("Mail.Read", "application", "yes"),
    ],
)
def test_who_must_consent_stays_as_it_was_mended_against_microsofts_own_list(scope, kind, consent):
    (row,) = (r for r in ROWS if (r["vendor"], r["scope"], r["kind"]) == ("Microsoft Graph", scope, kind))

    assert row["admin_consent"] == consent


def test_what_an_app_holds_as_itself_needs_an_administrator_unless_the_owner_of_a_team_or_chat_grants_it():
    held = [r for r in ROWS if r["vendor"] == "Microsoft Graph" and r["kind"] == "application"]

    for row in held:
        specific = row["scope"].rsplit(".", 1)[-1] in {"Group", "Chat", "User"}
        assert row["admin_consent"] == "yes" or specific, row["scope"]
