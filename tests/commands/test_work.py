"""`ostiary work` and `doctor` over real sockets, with the configuration that a person writes."""

from __future__ import annotations

import json

import pytest

from gate import telling
from storage import cases as stored
from storage.schema import upgrade
from storage.store import Store
from tests.connectors.outgoing.receiving import SECRET, http, mail_server
from tests.gate.gatehouse import add_tool, gate, staff

DB = ("--db", "sqlite:///x.db")


@pytest.fixture
def store(machine):
    found = Store("sqlite:///x.db")
    upgrade(found)
    with found.write() as connection:
        staff(connection)
        number = add_tool(connection)
        stored.change(connection, number, {"due_at": None})
        telling.case_opened(connection, gate(), stored.case(connection, number))
    yield found
    found.close()


@pytest.fixture
def post(machine, monkeypatch):
    """Configure a mailbox and a webhook that are there."""
    with mail_server() as (box, port), http() as web:
        table = """[company]
timezone = "Europe/London"
[notify.receivers.mail]
kind = "mail"
url = "env:SMTP"
sender = "ostiary@example.com"
[notify.receivers.hook]
kind = "webhook"
url = "file:hook.url"
secret = "env:KEY"
"""
        (machine / "ostiary.toml").write_text(table, encoding="utf-8")
        (machine / "hook.url").write_text(f"{web.base}/{SECRET}\n", encoding="utf-8")
        monkeypatch.setenv("SMTP", f"smtp+plain://127.0.0.1:{port}")
        monkeypatch.setenv("KEY", "k" * 32)
        yield box, web


def listed(run):
    return [json.loads(line) for line in run(*DB, "work", "list", "--format", "jsonl").stdout.splitlines()]


def test_what_waits_is_told_once(run, store, post):
    box, web = post

    first, again = (run(*DB, "work", "--once") for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stderr == "Messages: 2 told.\n"
    assert again.stderr == ""
    assert [letter["To"] for letter in box.letters] == ["reviewer@example.com"]
    assert [json.loads(call.get_data())["event"] for call in web.calls] == ["case_opened"]
    assert run(*DB, "work", "list").stdout.strip() == "Everything was told that is to be told."


def test_what_could_not_be_told_is_listed_with_its_reason_and_without_a_secret(run, store, post):
    _, web = post
    web.faults.append((410,))

    done = run(*DB, "work", "--once")

    assert done.exit_code == 3
    assert done.stderr == "Messages: 1 told, 1 given up.\n  hook: the webhook answered with 410\n"
    (row,) = listed(run)
    assert (row["event"], row["receiver"], row["about"], row["state"]) == ("case_opened", "hook", "quillfox", "failed")
    assert row["reason"] == "the webhook answered with 410"
    table = run(*DB, "work", "list").stdout
    assert f"ostiary work retry {row['id']}" in table
    assert SECRET not in table + done.stderr + done.stdout


def test_what_was_given_up_is_tried_again_when_a_person_says_so(run, store, post):
    _, web = post
    web.faults.append((410,))
    run(*DB, "work", "--once")
    number = str(listed(run)[0]["id"])

    said = run(*DB, "work", "retry", number)

    assert said.stdout.strip() == "1 message will be tried again with the next `ostiary work`."
    assert run(*DB, "work", "--once").exit_code == 0
    assert len(web.calls) == 2
    refused = run(*DB, "work", "retry", number)
    assert (refused.exit_code, "was not given up" in refused.stderr) == (1, True)


def test_a_refused_number_lets_no_other_one_be_tried(run, store):
    run(*DB, "work", "--once")
    number = listed(run)[0]["id"]

    assert run(*DB, "work", "retry", str(number), "999").exit_code == 1
    assert listed(run)[0]["state"] == "nobody"


def test_without_a_configuration_nobody_is_told_and_the_list_says_so(run, store):
    done = run(*DB, "work", "--once")

    assert (done.exit_code, done.stderr) == (0, "")
    (row,) = listed(run)
    assert (row["state"], row["reason"], row["receiver"]) == ("nobody", "nobody to tell", None)


def test_what_is_tried_again_by_itself_and_what_is_held_say_so(run, store, post):
    _, web = post
    web.faults.append((503,))
    run(*DB, "work", "--once")
    with store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO outbox (at, kind, payload, attempts, key)"
            """ VALUES (1, 'hold:mail', '{"events": [1], "to": 1}', 0, 'x')"""
        )

    again, held = listed(run)

    assert (again["state"], again["attempts"], held["state"]) == ("again", 1, "held")
    assert again["next_at"] is not None
    assert held["event"] == "case_opened"


def test_a_template_that_is_refused_stops_before_anything_is_sent(run, store, post, machine):
    box, web = post
    text = (machine / "ostiary.toml").read_text(encoding="utf-8")
    (machine / "ostiary.toml").write_text(f'[notify]\ntemplates = "words"\n{text}', encoding="utf-8")
    (machine / "words").mkdir()
    (machine / "words" / "digest.txt").write_text("x $nonsense", encoding="utf-8")

    done = run(*DB, "work", "--once")

    assert done.exit_code == 2
    assert "digest.txt: line 1: nothing is called $nonsense" in done.stderr
    assert (box.letters, web.calls) == ([], [])
    assert "a template is refused" in run(*DB, "doctor").stdout


def test_the_worker_goes_on_each_minute_until_it_is_stopped(run, store, post, monkeypatch):
    box, _ = post

    def beats():
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.work.beats", beats)
    done = run(*DB, "work")

    assert done.exit_code == 0
    assert "stopped; what is left is told at the next start" in done.stderr
    assert len(box.letters) == 1


def test_a_store_that_is_busy_does_not_end_the_worker(run, store, post, monkeypatch):
    from model.errors import Unavailable  # noqa: PLC0415 (beside the only use)

    def busy(_desk):
        raise Unavailable("the database is locked")

    def beats():
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.work.tell_due", busy)
    monkeypatch.setattr("commands.work.beats", beats)
    done = run(*DB, "work")

    assert (done.exit_code, done.stderr.count("the database is locked")) == (0, 2)


# --- doctor ----------------------------------------------------------------------------------------------------------


def checks(run, *words):
    done = run(*DB, "doctor", *words, "--format", "jsonl")
    rows = {row["stream"]: row for row in map(json.loads, done.stdout.splitlines())}
    return done, {name: (row["status"], row["reason"]) for name, row in rows.items() if name.startswith("notify")}


def test_doctor_checks_receivers_and_calls_none_of_them(run, store, post):
    box, web = post

    done, found = checks(run)

    assert found == {"notify mail": ("works", None), "notify hook": ("works", None)}
    assert (done.exit_code, box.letters, web.calls) == (0, [], [])


def test_doctor_sends_a_test_where_that_is_asked_for(run, store, post):
    box, web = post

    _, found = checks(run, "--send-test", "me@example.com")

    assert {status for status, _ in found.values()} == {"works"}
    assert [letter["To"] for letter in box.letters] == ["me@example.com"]
    assert json.loads(web.calls[0].get_data())["event"] == "test"


def test_doctor_says_what_is_wrong_with_a_receiver_by_its_reference(run, store, post, monkeypatch):
    monkeypatch.setenv("KEY", "short")
    monkeypatch.delenv("SMTP")

    done, found = checks(run)

    assert found["notify mail"] == ("failed", "env:SMTP is not set")
    assert found["notify hook"][0] == "failed"
    assert done.exit_code == 3


def test_nothing_of_the_receivers_is_ever_printed(run, store, post, monkeypatch):
    _, web = post
    monkeypatch.setenv("SMTP", f"smtp+plain://user:{SECRET}@127.0.0.1:9")
    web.faults += [(500,), (403,), (404,)]

    done = [
        run(*DB, *words)
        for words in (
            ("work", "--once"),
            ("work", "list"),
            ("doctor", "--send-test", "a@example.com"),
            ("work", "list"),
        )
    ]

    told = "".join(one.stdout + one.stderr for one in done)
    assert SECRET not in told
    assert "127.0.0.1" not in told
