"""`ostiary scan` and `ostiary doctor`, over a socket, with the configuration that a person writes."""

from __future__ import annotations

import json
import tomllib

import pytest

from connectors.registry import SOURCES
from model.ports import SystemClock
from tests.connectors.conftest import make_fake, sockets  # noqa: F401 (fixtures)

SECRET = "s3cr3t-of-the-fake"


class Now:
    """The machine's clock, as a fake wants it."""

    @property
    def at(self):
        return SystemClock().now()


@pytest.fixture
def okta(make_fake, machine, monkeypatch):  # noqa: F811
    fake = make_fake("okta", Now())
    monkeypatch.setenv("SECRET", SECRET)
    text = f'[sources.okta]\nkind = "okta"\norg_url = "{fake.base}"\ntoken = "env:SECRET"\n'
    (machine / "ostiary.toml").write_text(text, encoding="utf-8")
    return fake


def rows(done):
    return json.loads(done.stdout)


def test_a_scan_reads_what_is_configured_and_every_listing_works_on_it(run, okta):
    done = run("scan")

    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    assert "Reading okta: app users ..." in done.stderr
    assert "3 tools known now, 3 of them new." in done.stderr
    assert {row["status"] for row in rows(run("coverage", "--format", "json"))} == {"complete"}
    assert {row["name"] for row in rows(run("tools", "--format", "json"))} == {"HubSpot", "Canva", "Asana"}
    assert run("scan", "okta").exit_code == 0


def test_programs_get_the_coverage_of_the_run_on_standard_output(run, okta):
    done = run("scan", "--format", "json")

    assert {row["stream"] for row in rows(done)} == {
        *("users", "apps", "app_users", "app_groups", "grants", "refresh_tokens", "sign_ins", "app_events")
    }


def test_a_refused_stream_is_named_with_its_permission_and_the_status_is_3(run, okta):
    okta.always = lambda call: "403" if call.path == "/api/v1/logs" else None

    done = run("scan")

    assert done.exit_code == 3
    assert "okta.logs.read (Okta E0000006)" in " ".join(done.stderr.split())
    assert SECRET not in done.stderr + done.stdout


def test_where_nothing_could_be_read_the_status_is_1(run, okta):
    okta.always = lambda _call: "401"

    assert run("scan").exit_code == 1


def test_a_finding_can_end_a_scan_with_4(run, okta):
    assert run("scan", "--fail-on", "low").exit_code in {0, 4}


def test_strict_counts_quarantined_records(run, okta):
    okta.spoiled = True

    assert run("scan").exit_code == 0
    assert run("scan", "--strict").exit_code == 3


def test_a_dry_run_calls_nobody_and_shows_what_would_be_read(run, okta, machine):
    done = run("scan", "--dry-run", "--format", "json")

    found = {row["feed"]: row for row in rows(done)}
    assert done.exit_code == 0
    assert okta.calls == []
    assert not (machine / "data").exists()
    assert list(found) == ["users", "apps", "app_users", "app_groups", "grants", "tokens", "log"]
    assert found["log"]["streams"] == ["sign_ins", "app_events"]
    assert found["log"]["since"] < found["log"]["until"]
    assert (found["log"]["resumes"], found["users"]["since"]) == (False, None)
    run("scan")
    again = {row["feed"]: row for row in rows(run("scan", "--dry-run", "--format", "json"))}
    assert again["log"]["resumes"] is True
    assert again["log"]["since"] > found["log"]["since"]
    assert "GET /api/v1/logs" in run("scan", "--dry-run").stdout


def test_without_a_source_it_says_where_to_name_one(run, machine):
    done = run("scan")

    assert done.exit_code == 2
    assert "no source is configured" in done.stderr


def test_an_unknown_source_is_told_with_the_nearest(run, okta):
    done = run("scan", "otka")

    assert done.exit_code == 2
    assert "did you mean 'okta'?" in done.stderr


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('kind = "otka"', "sources.x.kind: unknown; did you mean 'okta'?"),
        ("", "sources.x.kind: missing; there are: okta"),
        ('kind = "okta"\norg_url = "https://a.okta.com"\ntokn = "env:A"', "sources.x.tokn: unknown key; did you mean"),
        ('kind = "okta"\norg_url = "https://a.okta.com"\ntoken = "00s3cret"', "sources.x.token: name the secret as"),
        ('kind = "okta"\norg_url = "https://a.okta.com"\ntoken = "env:A"\nskip = ["x"]', "sources.x.skip: okta has no"),
        (
            'kind = "okta"\norg_url = "https://a.okta.com"\ntoken = "env:A"\nbackfill_days = 0',
            "sources.x.backfill_days: a number of days",
        ),
        (
            'kind = "okta"\norg_url = "https://a.okta.com"\ntoken = "env:A"\nbackfill_days = "9"',
            "sources.x.backfill_days: Expected `int`",
        ),
    ],
)
def test_a_wrong_table_names_file_and_key_and_never_a_secret(run, machine, table, why):
    (machine / "ostiary.toml").write_text(f"[sources.x]\n{table}\n", encoding="utf-8")

    done = run("scan")

    assert done.exit_code == 2
    assert f"ostiary.toml: {why}" in done.stderr
    assert "s3cret" not in done.stderr


def test_a_secret_that_is_not_there_fails_its_source_by_its_reference(run, okta, monkeypatch):
    monkeypatch.delenv("SECRET")

    done = run("scan")

    assert done.exit_code == 1
    assert "env:SECRET is not set" in done.stderr


def test_another_tenant_is_told_and_can_be_said_to_be_the_same(run, okta, machine):
    run("scan")
    path = machine / "ostiary.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1", "localhost"), encoding="utf-8")

    assert run("scan").exit_code == 1
    assert "was read from 127.0.0.1 before" in " ".join(run("scan").stderr.split())
    assert "tenant" in run("scan", "--help").stdout


# --- doctor --------------------------------------------------------------------------------------------------------


def test_the_doctor_says_what_works(run, okta, machine):
    done = run("doctor", "--format", "json")

    found = {(row["source"], row["stream"]): row["status"] for row in rows(done)}
    assert done.exit_code == 0, done.stderr
    assert found["okta", "sign_ins"] == found["okta", "users"] == found[None, "configuration"] == "works"
    assert not (machine / "data").exists()


def test_the_doctor_names_permission_remedy_and_what_stays_unseen(run, okta):
    okta.always = lambda call: "403" if call.path == "/api/v1/users" else None

    done = run("doctor", "okta", "--format", "json")

    (row,) = [row for row in rows(done) if row["stream"] == "users"]
    assert done.exit_code == 3
    assert (row["status"], row["reason"]) == ("refused", "okta.users.read (Okta E0000006)")
    assert "Grant okta.users.read" in row["remedy"]
    assert "departments" in row["unseen"]
    assert "refused" in run("doctor").stdout


def test_the_doctor_ends_with_1_where_nothing_works(run, okta):
    okta.always = lambda _call: "page"

    done = run("doctor")

    assert done.exit_code == 1
    assert SECRET not in done.stdout + done.stderr


def test_the_doctor_works_without_anything(run, machine):
    done = run("doctor", "--format", "json")

    assert done.exit_code == 3
    assert rows(done)[0] | {"remedy": None} == {
        **dict.fromkeys(("source", "feed", "remedy", "unseen")),
        "stream": "configuration",
        "status": "missing",
        "reason": "no file is there",
    }
    assert "No source is configured" in done.stderr


def test_the_doctor_sees_an_audit_key_that_cannot_be_read(run, machine):
    (machine / "ostiary.toml").write_text('[audit]\nkey = "file:none"\n', encoding="utf-8")

    done = run("doctor", "--format", "json")

    assert {row["stream"]: row["status"] for row in rows(done)}["audit key"] == "failed"


# --- init ----------------------------------------------------------------------------------------------------------


def test_what_init_writes_holds_a_table_of_every_kind_that_works_when_uncommented(run, machine, monkeypatch):
    run("init")
    text = (machine / "ostiary.toml").read_text(encoding="utf-8")

    begin, end = text.index("# [sources."), text.index("# How a card statement")
    tables = tomllib.loads("\n".join(line.removeprefix("# ") for line in text[begin:end].splitlines()))["sources"]
    (machine / "ostiary.toml").write_text(
        "\n".join(line.removeprefix("# ") for line in text[begin:end].splitlines()), encoding="utf-8"
    )

    assert {table["kind"] for table in tables.values()} == set(SOURCES)
    assert run("scan", "--dry-run").exit_code == 0
