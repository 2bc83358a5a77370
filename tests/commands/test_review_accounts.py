"""Accounts by command: the first one, the others with their rights, tokens shown once, and who stands in."""

import getpass
import json
import os

import pytest

from tests.commands.people import IT, MARKETING, ROOT, STAFF, USER, Staff


@pytest.fixture
def staff(filled):
    return Staff()


def account(rows, address):
    return next(row for row in rows("review", "account") if row["email"] == address)


def test_the_first_administrator_gets_a_token_once_with_what_to_do_with_it(run, rows, machine, monkeypatch):
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/new.db")

    shown = run("review", "init", "--email", " Ana@Example.com ").stdout

    assert "ana@example.com is an administrator now." in shown
    (line,) = (line for line in shown.splitlines() if "export OSTIARY_TOKEN=ost_" in line)
    token = line.partition("=")[2].strip()
    assert "shown this once" in shown
    assert "ostiary review account add EMAIL --role ROLE --as ana@example.com" in shown
    assert token not in json.dumps(rows("audit", "list"))
    assert [(row["act"], row["actor"][:5]) for row in rows("audit", "list")] == [("account.add", "user:")]
    monkeypatch.setenv("OSTIARY_TOKEN", token)
    assert (
        run("review", "account", "add", "bo@example.com", "--role", "reviewer", "--as", "ana@example.com").exit_code
        == 0
    )


def test_there_is_one_first_administrator(staff, run):
    done = run("review", "init", "--email", "eve@example.com")

    assert done.exit_code == 1
    assert "there are accounts already" in done.stderr


def test_an_administrator_who_lost_the_token_is_recovered_on_the_server_and_the_trail_says_by_whom(staff, run, rows):
    shown = run("review", "init", "--recover", ROOT)

    assert shown.exit_code == 0, shown.stderr
    assert f"{ROOT} has a new token; the one before opens nothing any more." in shown.stdout
    assert f"The audit trail says that {getpass.getuser()} recovered it" in " ".join(shown.stdout.split())
    (line,) = (line for line in shown.stdout.splitlines() if "export OSTIARY_TOKEN=ost_" in line)
    row = next(row for row in rows("audit", "list") if row["act"] == "account.recover")
    assert row["actor"] == f"user:{getpass.getuser()}"
    change = ("review", "account", "change", USER, "--role", "reviewer")
    assert "is not the token" in staff(ROOT, *change).stderr
    assert staff(ROOT, *change, token=line.partition("=")[2].strip()).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--recover", IT), 1, f"{IT} is no administrator here: `ostiary review account list` shows who is"),
        (("--recover", "nobody@example.com"), 1, "nobody@example.com is no administrator here"),
        (("--recover", ROOT, "--email", ROOT), 2, "say either --email EMAIL"),
        ((), 2, "say either --email EMAIL"),
    ],
)
def test_what_recovers_nobody_is_refused(staff, run, rows, words, code, said):
    done = run("review", "init", *words)

    assert (done.exit_code, said in done.stderr) == (code, True)
    assert "account.recover" not in {row["act"] for row in rows("audit", "list")}


def test_without_any_account_there_is_nobody_to_recover(filled, run):
    done = run("review", "init", "--recover", ROOT)

    assert done.exit_code == 1
    assert "nobody has an account here yet" in done.stderr


@pytest.mark.parametrize("address", ["ana", "ana@", "@example.com", "ana bo@example.com", ""])
def test_what_is_no_address_is_refused(filled, run, address):
    assert run("review", "init", "--email", address).exit_code == 1
    assert "Nobody has an account yet" in run("review", "account").stdout


def test_an_account_has_the_roles_units_and_end_it_was_given(staff, rows):
    staff.add(
        "lia@example.com",
        "--role",
        "reviewer",
        "--role",
        "approver_marketing",
        "--unit",
        "Sales",
        "--until",
        "2099-12-31",
    )

    found = account(rows, "lia@example.com")
    assert (found["roles"], found["units"], found["state"]) == (["approver_marketing", "reviewer"], ["Sales"], "holds")
    assert found["valid_to"].startswith("2099-12-31T23:59")
    assert {row["email"] for row in rows("review", "account")} == {ROOT, *STAFF, "lia@example.com"}


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        (IT, ("add", "eve@example.com", "--role", "administrator"), "takes the role administrator"),
        (ROOT, ("add", IT, "--role", "auditor"), "has an account already"),
        (ROOT, ("add", "eve@example.com", "--role", "auditor", "--until", "2020-01-01"), "ends on a day to come"),
        (ROOT, ("change", "eve@example.com", "--role", "auditor"), "there is no account of eve@example.com"),
        (ROOT, ("change", ROOT, "--role", "auditor"), "one administrator at least"),
        (ROOT, ("end", ROOT), "one administrator at least"),
        (IT, ("end", USER), "takes the role administrator"),
        (IT, ("token", USER), "takes the role administrator"),
    ],
)
def test_what_may_not_be_is_refused_and_changes_nothing(staff, rows, who, words, said):
    before = rows("review", "account"), rows("audit", "list")

    done = staff(who, "review", "account", *words)

    assert done.exit_code == 1
    assert said in done.stderr
    assert (rows("review", "account"), rows("audit", "list")) == before


@pytest.mark.parametrize("words", [(), ("--unit", "x", "--all-units"), ("--until", "soon"), ("--role", "boss")])
def test_what_is_no_change_is_a_wrong_call(staff, words):
    assert staff(ROOT, "review", "account", "change", IT, *words).exit_code == 2


def test_rights_change_at_once(staff, rows):
    done = staff(ROOT, "review", "account", "change", USER, "--role", "reviewer", "--unit", "Marketing")
    assert f"{USER}: reviewer, for Marketing only from now on." in done.stdout

    staff(ROOT, "review", "account", "change", USER, "--all-units")

    assert (account(rows, USER)["roles"], account(rows, USER)["units"]) == (["reviewer"], [])


def test_an_account_that_has_ended_acts_no_more_until_it_is_let_again(staff, rows):
    assert staff(ROOT, "review", "account", "end", IT).exit_code == 0
    assert account(rows, IT)["state"] == "ended"
    assert "does not hold today" in staff(IT, "review", "noise", "typeform", "--reason", "x").stderr

    staff(ROOT, "review", "account", "change", IT, "--until", "2099-01-31")
    assert staff(IT, "review", "noise", "typeform", "--reason", "x").exit_code == 0


def test_a_new_token_closes_the_one_before(staff):
    before = staff.tokens[IT]
    staff.tokens[IT] = staff.json(IT, "review", "account", "token", IT)["token"]

    assert staff(IT, "review", "noise", "typeform", "--reason", "x", token=before).exit_code == 1
    assert staff(IT, "review", "noise", "typeform", "--reason", "x").exit_code == 0


def test_no_token_stands_in_the_database(staff, filled):
    held = b"".join(path.read_bytes() for path in filled.glob("ostiary.db*") if path.is_file())

    assert IT.encode() in held
    assert not [token for token in staff.tokens.values() if token.encode() in held]
    assert "OSTIARY_TOKEN" not in os.environ


# --- standing in -----------------------------------------------------------------------------------------------------


def case(rows, tool="zapier"):
    return str(next(row["id"] for row in rows("cases") if row["tool_id"] == tool and row["state"] == "open"))


def test_a_stand_in_signs_for_who_is_away_until_it_is_ended(staff, run, rows):
    number = case(rows)
    decide = ("review", "decide", number, "approve", "--reason", "Looked", "--sentence", "You may.")
    assert "takes the role" in staff(USER, *decide).stderr

    made = staff(IT, "review", "delegate", USER, "--until", _day(30), "--reason", "On leave")
    assert f"{USER} signs in the stead of {IT} until" in made.stdout
    assert account(rows, USER)["stands_in_for"] == [IT]
    (listed,) = rows("review", "delegations")
    assert [listed[name] for name in ("account", "stand_in", "state", "reason")] == [IT, USER, "runs", "On leave"]

    done = staff(USER, *decide)
    assert f"{USER} signed for IT, in the stead of {IT}: approve" in done.stdout
    assert f"{USER} for {IT}" in " ".join(run("cases", "show", number).stdout.split())

    assert staff(USER, "review", "delegations", "end", "1").exit_code == 0
    assert rows("review", "delegations") == []
    assert [row["state"] for row in rows("review", "delegations", "--all")] == ["over"]
    assert run("audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("to", "words", "said"),
    [
        (IT, ("--until", "{30}"), "somebody else stands in"),
        (USER, ("--until", "2020-01-01"), "a day to come"),
        (USER, ("--until", "{300}"), "92 days at most"),
        (USER, ("--from", "{20}", "--until", "{10}"), "a day to come, after the first"),
        ("eve@example.com", ("--until", "{30}"), "there is no account"),
    ],
)
def test_what_is_no_standing_in_is_refused(staff, rows, to, words, said):
    words = tuple(_day(int(word[1:-1])) if word.startswith("{") else word for word in words)

    done = staff(IT, "review", "delegate", to, *words, "--reason", "On leave")

    assert done.exit_code == 1
    assert said in done.stderr
    assert rows("review", "delegations", "--all") == []


def test_one_to_come_is_listed_so_and_a_stranger_does_not_end_it(staff, rows):
    staff(IT, "review", "delegate", USER, "--from", _day(5), "--until", _day(9), "--reason", "On leave")

    assert [row["state"] for row in rows("review", "delegations")] == ["to come"]
    assert staff(MARKETING, "review", "delegations", "end", "1").exit_code == 1
    assert staff(MARKETING, "review", "delegations", "end", "7").exit_code == 1


def _day(ahead):
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 (only here)

    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("administrator", "ostiary review account add EMAIL --role ROLE --as new@example.com"),
        ("reviewer", "ostiary cases"),
        ("approver_it", "ostiary cases"),
        ("approver_marketing", "ostiary cases"),
        ("business_user", "ostiary request NAME --for TEXT --as new@example.com"),
        ("auditor", "ostiary audit verify"),
    ],
)
def test_a_new_account_is_told_what_it_can_do_first(staff, role, first):
    done = staff(ROOT, "review", "account", "add", "new@example.com", "--role", role)

    assert f"    {first}\n" in done.stdout


def test_an_account_without_units_or_end_is_said_to_have_all_and_none(staff, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")

    shown = run("review", "account").stdout

    assert "no end" in shown
    assert " all " in shown
    assert "unknown" not in shown
