"""Spend, signals, coverage, changes, the trail and the catalogue as lists."""

import csv
import io
import json

import pytest

from commands.signals import SIGNALS
from tests.commands.conftest import FIXTURES


def test_money_by_tool_has_the_dearest_first(filled, rows):
    listed = rows("spend")

    assert listed[0]["tool_id"] in {"google-ads", "linkedin-ads"}
    assert listed[0]["spend_12m_base"] == listed[0]["spend_12m"]
    assert next(r for r in listed if r["tool_id"] == "zapier")["spend_12m_base"] is None


def test_a_table_of_money_says_its_sum_by_currency(filled, run):
    assert "In the last 12 months: EUR 90.00, GBP " in run("spend").stdout


def test_unmatched_money_says_how_to_rule(filled, run):
    shown = " ".join(run("spend", "--unmatched").stdout.split())

    assert "none yet" in shown
    assert "ostiary spend rule" in shown
    assert "petrol" not in shown


def test_another_as_of_leaves_later_charges_out(filled, rows):
    assert sum(r["charges"] for r in rows("spend", "--as-of", "2026-02-28")) < sum(r["charges"] for r in rows("spend"))


def test_a_day_of_as_of_is_the_companys_day_to_its_end(filled, rows):
    on_the_day = {r["tool_id"] for r in rows("spend", "--as-of", "2026-02-03")}
    before = {r["tool_id"] for r in rows("spend", "--as-of", "2026-02-02")}

    assert "mailchimp" in on_the_day
    assert "mailchimp" not in before


def test_the_charges_of_a_tool_are_listed_by_month(filled, rows):
    listed = rows("spend", "show", "Typeform")

    assert [row["month"] for row in listed] == ["2026-03", "2026-02"]
    assert listed[0]["total"] == [{"currency": "EUR", "amount_micros": 45_000_000}]


def test_signals_have_the_fields_of_the_contract(filled, rows):
    listed = rows("signals")

    assert {"source", "stream", "kind", "native_id", "seen_at", "actor", "count"} <= set(listed[0])
    assert {key for row in listed for key in row} <= set(SIGNALS.fields)


def test_sign_ins_are_counted_by_month_and_failures_stand_beside(filled, rows):
    months = rows("signals", "--kind", "sign_in", "--source", "okta")
    events = rows("signals", "--kind", "sign_in", "--source", "okta", "--events")

    assert sum(row["count"] for row in months) == sum(row["count"] for row in events)
    assert sum(row["failures"] for row in months) == sum(row["failures"] for row in events) > 0
    assert len(events) == len((FIXTURES / "okta-system-log.jsonl").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (["--kind", "grant"], lambda row: row["kind"] == "grant"),
        (["--source", "google", "--stream", "tokens"], lambda row: row["stream"] == "tokens"),
        (["--stream", "charges", "--events"], lambda row: row["stream"] == "charges"),
    ],
)
def test_signals_are_filtered(filled, rows, words, holds):
    listed = rows("signals", *words)

    assert listed
    assert all(map(holds, listed))


def test_signals_of_a_tool_are_those_that_led_to_it(filled, rows):
    listed = rows("signals", "--tool", "canva")
    events = rows("signals", "--tool", "canva", "--events")

    assert {row["kind"] for row in listed} == {"registration", "charge", "sign_in"}
    assert len(events) > len(listed)


def test_signals_as_csv_have_one_header_for_all_kinds(filled, run):
    read = list(csv.reader(io.StringIO(run("signals", "--format", "csv").stdout)))

    assert read[0] == list(SIGNALS.fields)
    assert {len(row) for row in read} == {len(SIGNALS.fields)}


def test_every_evidence_key_of_a_tool_leads_to_what_stands_behind_it(filled, run):
    tool = json.loads(run("tools", "show", "canva", "--format", "json").stdout)
    keys = [record["evidence"] for record in tool["records"]]
    keys.append("usage:okta/app_id:0oa3canva/2026-02")

    for key in keys:
        done = run("signals", "show", key, "--format", "json")
        assert done.exit_code == 0, done.stderr
        assert json.loads(done.stdout)["evidence"] == key


def test_a_single_event_is_found_by_the_vendors_id_and_by_what_is_kept_of_it(filled, run, rows):
    first = json.loads((FIXTURES / "okta-system-log.jsonl").read_text(encoding="utf-8").splitlines()[0])
    kept = min(rows("signals", "--kind", "sign_in", "--source", "okta", "--events"), key=lambda row: row["seen_at"])

    by_vendor = json.loads(run("signals", "show", f"signal:okta/sign_ins/{first['uuid']}", "--format", "json").stdout)
    by_hash = run("signals", "show", f"signal:okta/sign_ins/{kept['native_id']}", "--format", "json")

    assert by_vendor["seen_at"][:19] == first["published"][:19]
    assert json.loads(by_hash.stdout)["seen_at"] == kept["seen_at"]


def test_a_decision_is_evidence_too(filled, run):
    found = json.loads(run("signals", "show", "decision:1", "--format", "json").stdout)

    assert found["kind"] == "status"
    assert found["reason"]


@pytest.mark.parametrize(
    ("key", "status"),
    [("nonsense", 2), ("signal:", 2), ("signal:okta/apps/none", 1), ("usage:okta/x/2026-02", 1), ("decision:99", 1)],
)
def test_a_key_that_leads_to_nothing_is_said_to_do_so(filled, run, key, status):
    assert run("signals", "show", key).exit_code == status


def test_coverage_has_the_fields_of_the_contract(filled, rows):
    fields = [
        "source",
        "stream",
        "status",
        "window_start",
        "window_end",
        "read",
        "stored",
        "quarantined",
        "gap",
        "reason",
        "remedy",
    ]

    assert all(set(fields) <= set(row) for row in rows("coverage"))


def test_coverage_of_every_run_is_kept(filled, run, rows):
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")

    assert len(rows("coverage", "--all")) == len(rows("coverage")) + 1
    (now,) = [row for row in rows("coverage") if row["stream"] == "users" and row["source"] == "okta"]
    assert now["status"] == "refused"


def test_a_refused_stream_is_named_above_every_list_that_depends_on_it(filled, run):
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")

    for words in (["tools"], ["spend"], ["signals"], ["changes"]):
        assert "okta/users refused" in run(*words).stdout.splitlines()[0]
        assert "okta/users refused" in run(*words, "--format", "json").stderr


def test_quarantined_places_are_shown(filled, run):
    found = json.loads(run("coverage", "show", "card/charges", "--format", "json").stdout)

    assert [(place["number"], place["reason"]) for place in found["places"]] == [(16, "no amount")]
    assert "no amount" in run("coverage", "show", "card/charges").stdout


def test_a_stream_that_was_not_read_is_said_to_be_none(filled, run):
    done = run("coverage", "show", "slack/apps")

    assert done.exit_code == 1
    assert "okta/sign_ins" in done.stderr


def test_changes_have_the_fields_of_the_contract(filled, rows):
    listed = rows("changes")

    assert all(list(row) == ["id", "at", "kind", "tool_id", "tool", "what", "before", "after"] for row in listed)
    assert {"tool", "decision"} <= {row["kind"] for row in listed}
    assert [row["at"] for row in listed] == sorted((row["at"] for row in listed), reverse=True)


def test_changes_are_filtered_by_tool_kind_and_day(filled, rows):
    assert {row["tool_id"] for row in rows("changes", "--tool", "canva")} == {"canva"}
    assert {row["kind"] for row in rows("changes", "--kind", "tool")} == {"tool"}
    assert rows("changes", "--since", "2100-01-01") == []


def test_a_snapshot_that_differs_shows_as_a_change(filled, run, rows, machine):
    apps = json.loads((FIXTURES / "okta-apps.json").read_text(encoding="utf-8"))
    apps[0]["status"] = "INACTIVE"
    (machine / "apps.json").write_text(json.dumps(apps[:-1]), encoding="utf-8")

    run("ingest", "okta-apps", machine / "apps.json")

    said = {row["what"] for row in rows("changes", "--kind", "registration")}
    assert any(what.endswith("changed") for what in said)
    assert any(what.endswith("removed") for what in said)


def test_the_trail_holds_and_its_head_is_found_again(filled, run, machine):
    head = run("audit", "head").stdout
    (machine / "head.json").write_text(head, encoding="utf-8")

    verified = run("audit", "verify", "--head", machine / "head.json")
    listed = run("audit", "list", "--format", "json")

    assert verified.exit_code == 0
    assert "The trail holds" in verified.stdout
    assert json.loads(listed.stdout)[0]["n"] == json.loads(head)["n"]
    assert list(json.loads(listed.stdout)[0]) == ["n", "at", "actor", "act", "object", "detail", "mac"]


def test_a_trail_that_was_cut_or_changed_does_not_hold(filled, run, machine):
    head = json.loads(run("audit", "head").stdout)
    (machine / "longer.json").write_text(json.dumps({**head, "n": head["n"] + 1}), encoding="utf-8")
    (machine / "other.json").write_text(json.dumps({**head, "mac": "0" * 64}), encoding="utf-8")
    (machine / "none.json").write_text("[]", encoding="utf-8")

    assert run("audit", "verify", "--head", machine / "longer.json").exit_code == 1
    assert run("audit", "verify", "--head", machine / "other.json").exit_code == 1
    assert run("audit", "verify", "--head", machine / "none.json").exit_code == 2


def test_a_trail_of_another_key_does_not_hold(filled, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", "ab" * 32)

    done = run("audit", "verify")

    assert done.exit_code == 1
    assert "row 1 was changed, or another key wrote it" in done.stderr


def test_the_catalogue_is_searched_by_a_part_of_a_name(run, rows):
    listed = rows("catalog", "search", "mailch")

    assert "mailchimp" in {row["id"] for row in listed}
    assert "knows nothing by that name" in run("catalog", "search", "qqqqqq").stdout


def test_an_entry_shows_what_it_is_recognised_by(run):
    found = json.loads(run("catalog", "show", "Mailchimp", "--format", "json").stdout)

    assert found["marketing"] is True
    assert "mailchimp.com" in found["domains"]
    assert "mailchimp.com" in run("catalog", "show", "mailchimp").stdout
    assert "did you mean" in run("catalog", "show", "mailchmp").stderr


@pytest.mark.parametrize(
    ("tool", "by", "shown"),
    [
        ("gong", "entry", "Usually contacts (names and addresses"),
        ("obs-studio", "entry", "Usually none"),
        ("mailchimp", "category", "Usually, by its kind: contacts (names and addresses"),
        ("github", "category", "Its kind does not say: it holds code and builds"),
    ],
)
def test_an_entry_says_which_data_of_persons_such_a_tool_usually_holds_and_whose_word_it_is(run, tool, by, shown):
    found = json.loads(run("catalog", "show", tool, "--format", "json").stdout)

    assert found["personal_data_by"] == by
    assert bool(found["personal_data"]) is (tool in {"gong", "mailchimp"})
    assert ("personal_data_why" in found) is (by == "category")
    assert shown in " ".join(run("catalog", "show", tool).stdout.split())


def test_the_catalogue_is_checked(run, monkeypatch):
    monkeypatch.setattr("commands.catalog.check", lambda _folder: [])
    assert run("catalog", "check").exit_code == 0

    monkeypatch.setattr("commands.catalog.check", lambda _folder: ["x.yaml:1: wrong"])

    done = run("catalog", "check")
    assert (done.exit_code, done.stdout) == (1, "x.yaml:1: wrong\n")


def test_the_database_is_made_and_brought_up_to_date(run, machine):
    first = run("db", "upgrade", "--db", f"sqlite:///{machine}/x.db")
    second = run("db", "upgrade", "--db", f"sqlite:///{machine}/x.db")

    assert "brought up to date" in first.stdout
    assert "up to date already" in second.stdout


def test_changes_tell_of_findings_and_cases(filled, rows):
    found = {kind: rows("changes", "--kind", kind) for kind in ("finding", "case")}

    assert any(row["what"].startswith("SEC-11 opened: ") for row in found["finding"])
    assert {row["after"] for row in found["finding"]} <= {"violated", "met", "unknown"}
    assert all(" opened: " in row["what"] for row in found["case"])
