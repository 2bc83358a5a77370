"""Who acts: nobody has to say before the first account; afterwards whoever changes something does, with a token."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.judged import finding, put
from tests.commands.people import AUDITOR, IT, MARKETING, REVIEWER, ROOT, USER, Staff


def _soon():
    return (datetime.now(UTC) + timedelta(days=60)).date().isoformat()


#: Words of commands that change something -> who may, and who may not.
CHANGES = {
    ("review", "merge", "typeform", "mailchimp", "--reason", "x"): (MARKETING, USER),
    ("review", "split", "okta/app_id:0oa1", "--name", "X", "--reason", "x"): (IT, AUDITOR),
    ("review", "noise", "typeform", "--reason", "x"): (REVIEWER, ROOT),
    ("review", "answer", "hubspot", "data.dpa_signed", "yes"): (USER, AUDITOR),
    ("review", "own", "hubspot", "ivy@example.com", "--reason", "x"): (MARKETING, USER),
    ("review", "waive", "SEC-02:zapier", "--reason", "x", "--until", _soon()): (REVIEWER, MARKETING),
    ("review", "unwaive", "SEC-02:zapier", "--reason", "x"): (REVIEWER, MARKETING),
    ("spend", "rule", "eventloom", "later", "--reason", "x"): (IT, USER),
    ("catalog", "alias", "Partner World", "hubspot", "--kind", "app_name"): (IT, ROOT),
    ("insights", "outcome", "hubspot", "--month", "2026-03", "--leads", "2", "--by", IT): (USER, AUDITOR),
    ("insights", "forecast", "actual", "hubspot", "crm", "12"): (USER, AUDITOR),
    ("insights", "forecast", "hubspot", "--keep"): (USER, AUDITOR),
}
EVERY = pytest.mark.parametrize("words", CHANGES, ids=lambda words: " ".join(words[:2]))


@pytest.fixture
def staff(filled):
    put(filled, finding())
    return Staff()


def trail(rows):
    return [row for row in rows("audit", "list") if row["act"] != "run"]


def test_before_anybody_has_an_account_the_login_acts_and_nothing_is_asked(filled, run, rows):
    done = run("review", "noise", "typeform", "--reason", "Once")

    assert done.exit_code == 0, done.stderr
    assert rows("review", "decisions")[0]["by"].startswith("user:")
    assert "login" not in trail(rows)[0]["detail"]


def test_to_act_as_somebody_before_anybody_has_an_account_is_refused_with_the_first_step(filled, run):
    done = run("review", "noise", "typeform", "--reason", "x", "--as", "ana@example.com")

    assert done.exit_code == 1
    assert "ostiary review init --email EMAIL" in done.stderr


@EVERY
def test_nobody_changes_anything_without_saying_who(staff, run, rows, words):
    before = rows("audit", "list")

    done = run(*words)

    assert done.exit_code == 1
    assert "say who acts: --as EMAIL, and set OSTIARY_TOKEN" in done.stderr
    assert rows("audit", "list") == before


@EVERY
def test_who_has_not_the_right_changes_nothing(staff, rows, words):
    before = rows("audit", "list")

    done = staff(CHANGES[words][1], *words)

    assert done.exit_code == 1
    assert f"{CHANGES[words][1]} has" in done.stderr
    assert rows("audit", "list") == before


@EVERY
def test_who_has_the_right_gets_as_far_as_the_act(staff, rows, words):
    done = staff(CHANGES[words][0], *words)

    assert "takes the role" not in done.stderr
    assert "say who acts" not in done.stderr
    assert done.exit_code == 0 or "no source names an app" in done.stderr or "is not waived" in done.stderr


@pytest.mark.parametrize("token", ["", "ost_wrong"])
def test_another_token_opens_nothing_and_is_not_repeated(staff, rows, token):
    before = rows("audit", "list")

    done = staff(IT, "review", "noise", "typeform", "--reason", "x", token=token)

    assert done.exit_code == 1
    assert "that is not the token of ivy@example.com" in done.stderr
    assert "ost_wrong" not in done.stderr
    assert rows("audit", "list") == before


def test_an_address_without_an_account_is_answered_like_a_wrong_token(staff):
    done = staff("nobody@example.com", "review", "noise", "typeform", "--reason", "x", token="ost_x")

    assert "that is not the token of nobody@example.com" in done.stderr


def test_the_decision_and_the_trail_name_the_account_by_number_and_the_login_beside_it(staff, rows):
    staff(IT, "review", "noise", "typeform", "--reason", "Once")

    decision, row = rows("review", "decisions")[0], trail(rows)[0]
    number = next(one["id"] for one in rows("review", "account") if one["email"] == IT)
    assert decision["by"] == row["actor"] == f"account:{number}"
    assert row["detail"]["login"].startswith("user:")
    assert IT not in json.dumps(rows("audit", "list"))


def test_people_read_addresses(staff, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "220")
    staff(IT, "review", "noise", "typeform", "--reason", "Once")
    staff(USER, "review", "answer", "hubspot", "data.dpa_signed", "yes")
    staff(IT, "catalog", "alias", "Partner World", "hubspot", "--kind", "app_name")

    assert IT in run("review", "decisions").stdout
    assert IT in run("audit", "list").stdout
    assert USER in run("review", "answers").stdout
    assert IT in run("catalog", "aliases").stdout
    assert IT in run("tools", "show", "typeform").stdout


def test_the_page_of_a_waived_finding_names_who_accepted_it(staff, run):
    done = staff(REVIEWER, "review", "waive", "SEC-02:zapier", "--reason", "x", "--until", _soon())

    assert done.exit_code == 0, done.stderr
    assert f"by {REVIEWER} (decision" in " ".join(run("findings", "show", "SEC-02:zapier").stdout.split())


def test_who_is_limited_to_units_corrects_nothing_that_is_everybodys(staff):
    staff.add("lia@example.com", "--role", "reviewer", "--unit", "Marketing")

    done = staff("lia@example.com", "spend", "rule", "eventloom", "later", "--reason", "x")

    assert done.exit_code == 1
    assert "acts for Marketing only" in done.stderr


def test_reading_asks_for_nobody(staff, run):
    for words in (("tools",), ("cases",), ("review", "decisions"), ("audit", "verify")):
        assert run(*words).exit_code == 0
