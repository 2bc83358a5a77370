"""Settings: what is set and where, never a secret; messages tried again; browsers signed out."""

import pytest

from commands.configuration import load
from commands.settings import Settings
from commands.shape import Program
from gate.roles import RIGHTS, Act, Role
from scanner.demo import COMPANY
from storage import kept, outbox
from storage import sessions as stored
from storage.times import to_ms
from tests.web.conftest import WHO

SECRET = "s3cr3t-that-nobody-sees"
CONFIG = """
[company]
name = "Tarnvik"
domains = ["tarnvik.example"]
[audit]
key = "file:audit.key"
[web]
public_url = "https://ostiary.tarnvik.example"
[web.sign_in]
issuer = "https://tarnvik.okta.com"
client_id = "0oa1"
client_secret = "env:SIGN_IN_SECRET"
[web.sign_in.roles]
"Ostiary reviewers" = ["reviewer"]
[notify.receivers.mail]
kind = "mail"
url = "env:SMTP_NOT_SET"
sender = "ostiary@tarnvik.example"
events = ["decided"]
[notify.receivers.far]
kind = "chat"
url = "aws-sm:slack"
[gate]
holidays = [2026-12-25]
"""


@pytest.fixture
def configured(desk, tmp_path, monkeypatch):
    """Give the program a configuration with secrets, one of which is not there."""
    file = tmp_path / "ostiary.toml"
    file.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "audit.key").write_text("ab" * 32, encoding="utf-8")
    monkeypatch.setenv("SIGN_IN_SECRET", SECRET)
    desk.program = Program(format="json", config=str(file))
    desk.settings = load(file)
    return desk


def entered(office, clock, *, failure=None, next_at=None, tool="miro"):
    with office.store.write() as connection:
        payload = {"tool": tool, "to": None, "events": []}
        number = kept.add_outbox(connection, to_ms(clock.now()), "send:mail", payload, next_at=next_at)
        if failure is not None:
            held = outbox.row(connection, number)
            outbox.give_up(connection, held, failure)
    return number


@pytest.mark.parametrize("role", Role)
def test_who_runs_ostiary_sees_the_settings_and_nobody_else(browser, role):
    assert browser(role).get("/settings").status_code == (200 if role in RIGHTS[Act.RUN] else 403)


def test_it_says_what_is_set_and_by_which_key(administrator, configured):
    page = administrator.get("/settings").text

    assert "<code>ostiary.toml</code>" in page
    for key in ("company.name", "company.domains", "web.public_url", "web.sign_in.roles", "gate.holidays"):
        assert f"<code>{key}</code>" in page
    assert "https://ostiary.tarnvik.example" in page
    assert "https://tarnvik.okta.com" in page
    assert "Ostiary reviewers: reviewer" in page
    assert "2026-12-25" in page


def test_secrets_are_shown_by_reference_and_whether_they_are_there(administrator, configured):
    page = administrator.get("/settings").text

    assert SECRET not in page
    assert "ab" * 16 not in page
    assert "<code>env:SIGN_IN_SECRET</code>" in page
    assert "<code>web.sign_in.client_secret</code>" in page
    assert page.count("looked up when it is needed") == 1
    assert "notify.receivers.mail.url: env:SMTP_NOT_SET is not there." in page


def test_a_reference_that_is_a_secret_written_out_is_not_repeated(administrator, desk, tmp_path):
    file = tmp_path / "ostiary.toml"
    file.write_text(f'[web.sign_in]\nclient_secret = "{SECRET}"\n', encoding="utf-8")
    desk.program = Program(format="json", config=str(file))

    assert SECRET not in administrator.get("/settings").text


def test_without_a_configuration_it_says_what_to_do(administrator):
    page = administrator.get("/settings").text

    assert "There is no configuration." in page
    assert "The audit trail has no key" in page
    assert "one-time links" in page
    assert "Nobody is told anything yet" in page


def test_a_file_that_cannot_be_read_keeps_the_page(administrator, desk, tmp_path):
    file = tmp_path / "ostiary.toml"
    file.write_text("= broken", encoding="utf-8")
    desk.program = Program(format="json", config=str(file))

    assert administrator.get("/settings").status_code == 200
    desk.program = Program(format="json", config=str(tmp_path / "gone.toml"))
    assert administrator.get("/settings").status_code == 200


def test_it_says_version_catalogue_database_and_rules(administrator):
    page = administrator.get("/settings").text

    assert "SQLite, schema" in page
    assert "MB" in page
    assert "Catalogue" in page
    assert "Marketing and IT both sign where customer risk is" in page


def test_refused_rules_of_the_gate_are_told(administrator, desk, tmp_path):
    from dataclasses import replace  # noqa: PLC0415

    from commands.settings import GateSettings  # noqa: PLC0415

    file = tmp_path / "gate.yaml"
    file.write_text("two_keys: nonsense\n", encoding="utf-8")
    desk.settings = replace(desk.settings, gate=GateSettings(rules=file))
    desk.__dict__.pop("gate_rules", None)
    page = administrator.get("/settings").text

    assert "nothing can be decided" in page
    assert "gate.yaml" in page


# --- messages --------------------------------------------------------------------------------------------------------


def test_receivers_are_listed_without_their_addresses(administrator, configured):
    page = administrator.get("/settings").text

    assert "a decision was made" in page
    assert '<th scope="row">mail</th>' in page


def test_a_message_that_was_given_up_can_be_tried_again(administrator, office, clock):
    number = entered(office, clock, failure="the server says no <b>")
    page = administrator.get("/settings").text
    assert "the server says no &lt;b&gt;" in page
    assert "Messages given up: 1." in page
    assert f'action="/settings/messages/{number}/retry"' in page

    done = administrator.act(f"/settings/messages/{number}/retry")

    assert "is tried again" in done.text
    with office.store.read() as connection:
        assert outbox.row(connection, number)["failure"] is None


@pytest.mark.parametrize("number", ["999999", "0"])
def test_a_message_that_was_not_given_up_is_not_tried_again(administrator, office, clock, number):
    waiting = entered(office, clock)

    assert administrator.act(f"/settings/messages/{number}/retry").status_code == 404
    assert administrator.act(f"/settings/messages/{waiting}/retry").status_code == 404


def test_tried_again_twice_is_once(administrator, office, clock):
    number = entered(office, clock, failure="no")
    administrator.act(f"/settings/messages/{number}/retry")

    assert administrator.act(f"/settings/messages/{number}/retry").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.APPROVER_MARKETING, Role.BUSINESS_USER])
def test_others_try_nothing_again(browser, role, office, clock):
    number = entered(office, clock, failure="no")

    assert browser(role).act(f"/settings/messages/{number}/retry").status_code == 403


# --- sessions --------------------------------------------------------------------------------------------------------


def running(office, email):
    from gate import accounts  # noqa: PLC0415

    with office.store.read() as connection:
        return stored.sessions(connection, accounts.the_account(connection, email).id)


def test_administrators_see_who_is_signed_in_and_sign_browsers_out(administrator, reviewer, office):
    reviewer.get("/")
    (session,) = running(office, WHO[Role.REVIEWER])
    page = administrator.get("/settings").text
    assert "Signed in now" in page
    assert "this one" in page

    done = administrator.act(f"/settings/sessions/{session['id']}/end")

    assert "signed out" in done.text
    assert reviewer.get("/", follow_redirects=False).status_code == 303
    assert administrator.act(f"/settings/sessions/{session['id']}/end").status_code == 404


def test_sessions_that_were_not_used_for_too_long_are_not_listed(administrator, reviewer, office, clock):
    reviewer.get("/")
    (session,) = running(office, WHO[Role.REVIEWER])
    clock.at += office.web.idle / 2
    administrator.get("/")
    clock.at += office.web.idle * 0.7

    assert f'action="/settings/sessions/{session["id"]}/end"' not in administrator.get("/settings").text


def test_reviewers_see_no_sessions_and_end_none(reviewer, administrator, office):
    administrator.get("/")
    (session,) = running(office, WHO[Role.ADMINISTRATOR])

    assert "Signed in now" not in reviewer.get("/settings").text
    assert reviewer.act(f"/settings/sessions/{session['id']}/end").status_code == 403


def test_the_settings_of_the_demo_company_are_those_of_its_program(administrator, desk):
    assert isinstance(desk.settings, Settings)
    assert COMPANY.name in administrator.get("/settings").text
