"""`ostiary connections`: who can do what where, for people and for programs; what could not be read is told."""

import json

import pytest

from tests.commands.conftest import FIXTURES

REFUSED = FIXTURES / "okta-users-refused.json"


@pytest.fixture
def blinded(filled, run):
    """The example company, after the list of tokens was refused."""
    answer = {"error": {"code": 403, "message": "Not Authorized", "errors": [{"reason": "forbidden"}]}}
    (filled / "tokens.json").write_text(json.dumps(answer), encoding="utf-8")
    assert run("ingest", "google-tokens", "tokens.json").exit_code == 1
    return filled


def test_the_table_names_tool_system_right_and_owner(filled, run):
    done = run("connections")

    assert done.exit_code == 0
    assert done.stdout.startswith("Coverage: ")
    assert all(title in done.stdout for title in ("Tool", "System", "Right", "Marks", "Owner"))
    assert "Calendly" in done.stdout
    assert "calendar" in done.stdout


def test_sign_in_is_hidden_from_people_and_counted_and_shown_to_programs(filled, run, rows):
    told = rows("connections")
    hidden = [row for row in told if row["system"] == "sign_in"]

    assert hidden
    assert f"{len(hidden)} connections more to sign-in" in run("connections").stdout
    assert len(rows("connections", "--to", "sign-in")) == len(hidden)
    assert "more to sign-in" not in run("connections", "--to", "sign-in").stdout


@pytest.mark.parametrize("said", ["calendar", "Calendars", "appointments"])
def test_a_system_is_found_by_what_people_call_it(filled, rows, said):
    assert {row["system"] for row in rows("connections", "--to", said)} == {"calendar"}


def test_a_system_that_is_none_is_refused_with_the_nearest(filled, run):
    done = run("connections", "--to", "calender")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'calendar'?" in done.stderr


def test_without_anything_near_all_systems_are_named(filled, run):
    assert "mail, files, chat" in run("connections", "--to", "qqq").stderr


def test_the_directory_comes_with_administration_and_says_so(filled, run):
    done = " ".join(run("connections", "--to", "directory").stdout.split())

    assert "who administers accounts reads the directory" in done


def test_only_the_rights_of_one_tool(filled, run, rows):
    assert {row["tool"] for row in rows("connections", "--tool", "Calendly")} == {"Calendly"}
    assert run("connections", "--tool", "Calendli").exit_code == 1


def test_stale_is_not_said_where_no_log_shows_use(filled, run, rows):
    assert rows("connections", "--stale") == []
    assert "nobody knows it: no log shows their use" in run("connections", "--stale").stdout


def test_a_right_of_the_contract_has_its_fields(filled, rows):
    row = next(row for row in rows("connections", "--to", "calendar") if row["tool"] == "Calendly")

    assert row["scopes"]
    assert row["scope_class"] in {"low", "medium", "high", "critical"}
    assert row["granted_by"]
    assert all("@" in name for name in row["granted_by"])
    assert row["first_seen"].endswith("Z")
    assert (row["last_used"], row["stale"]) == (None, None)


# --- denied is never none --------------------------------------------------------------------------------------------


def test_a_refused_list_of_tokens_is_told_above_and_below(blinded, run):
    done = run("connections")

    assert "refused" in done.stdout.split("\n\n")[0]
    assert "google/tokens was refused: what it would show is missing here, and is not none" in " ".join(
        done.stdout.split()
    )


def test_programs_are_told_of_it_beside_their_data(blinded, run):
    done = run("connections", "--to", "crm", "--format", "json")

    assert json.loads(done.stdout) == []
    assert "google/tokens was refused" in done.stderr


def test_nothing_found_is_not_said_without_what_was_refused(blinded, run):
    done = " ".join(run("connections", "--to", "crm").stdout.split())

    assert "is like that. google/tokens was refused: what it would show is missing here, and is not none" in done


def test_with_nothing_but_a_refusal_no_connection_is_known_and_that_is_said(machine, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/ostiary.db")
    answer = {"error": {"code": 403, "message": "Not Authorized", "errors": [{"reason": "forbidden"}]}}
    (machine / "tokens.json").write_text(json.dumps(answer), encoding="utf-8")
    run("ingest", "google-tokens", "tokens.json")

    done = " ".join(run("connections").stdout.split())

    assert "No connection is known. google/tokens was refused" in done


def test_where_no_list_was_read_that_is_said(machine, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/ostiary.db")
    run("ingest", "card-csv", FIXTURES / "card.csv")

    assert "No list of grants was read" in run("connections").stdout


def test_lists_that_were_read_and_hold_nothing_are_not_called_unread(machine, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/ostiary.db")
    (machine / "tokens.json").write_text('{"kind": "admin#directory#tokenList", "items": []}', encoding="utf-8")
    assert run("ingest", "google-tokens", "tokens.json").exit_code == 0

    assert "No tool holds a right: what was read shows no grant." in run("connections").stdout


# --- another day -----------------------------------------------------------------------------------------------------


def test_another_day_has_the_connections_of_that_day(filled, rows):
    assert rows("connections", "--as-of", "2020-01-01") == []
    assert rows("connections", "--as-of", "2099-01-01") != []


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_says_what_each_scope_lets_the_tool_do_and_who_gave_it(filled, run, rows):
    done = run("connections", "show", "Calendly")
    row = next(row for row in rows("connections", "--tool", "Calendly") if row["system"] == "calendar")

    assert done.exit_code == 0
    assert "What it lets the tool do" in done.stdout
    assert row["granted_by"][0] in done.stdout
    assert "ostiary signals show signal:google/" in done.stdout


def test_the_page_for_programs_holds_every_grant_with_its_evidence(filled, run):
    page = json.loads(run("connections", "show", "Calendly", "--format", "json").stdout)

    assert page["tool"] == "Calendly"
    assert {grant["evidence"].split(":")[0] for row in page["connections"] for grant in row["grants"]} == {"signal"}
    assert all(scope["meaning"] for row in page["connections"] for scope in row["rated"])


def test_the_evidence_of_a_page_leads_to_the_grant(filled, run):
    page = json.loads(run("connections", "show", "Calendly", "--format", "json").stdout)
    key = page["connections"][0]["grants"][0]["evidence"]

    assert run("signals", "show", key).exit_code == 0


def test_the_page_of_a_tool_that_holds_nothing_tells_what_was_refused(blinded, run):
    done = " ".join(run("connections", "show", "Mailchimp").stdout.split())

    assert "No connection is known." in done
    assert "google/tokens was refused" in done


def test_a_grant_of_five_hundred_scopes_is_shown_in_part_and_given_whole_to_programs(machine, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/ostiary.db")
    strange = [f"https://strange.example/{number:03}\x1b[31m" for number in range(500)]
    token = {"kind": "admin#directory#token", "userKey": "1", "clientId": "7-a.apps.googleusercontent.com"}
    token |= {"displayText": "Quillfox", "scopes": strange}
    items = {"kind": "admin#directory#tokenList", "items": [token]}
    (machine / "tokens.json").write_text(json.dumps(items), encoding="utf-8")
    run("ingest", "google-tokens", "tokens.json")

    page = run("connections", "show", "Quillfox")
    (row,) = json.loads(run("connections", "--format", "json").stdout)

    assert "and 480 more; --format json gives them" in page.stdout
    assert "\x1b" not in page.stdout
    assert (row["system"], row["scope_class"], len(row["scopes"])) == (None, "unrated", 500)
