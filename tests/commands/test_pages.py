"""Pages of one thing, and the people on them."""

import json

import pytest

from tests.commands.conftest import FIXTURES


def test_a_person_with_two_addresses_is_one(filled, run, rows):
    first = json.loads((FIXTURES / "okta-system-log.jsonl").read_text(encoding="utf-8").splitlines()[0])
    other = {**first, "uuid": "00000000-0000-4000-8000-00000000cafe", "published": "2026-03-30T10:00:00.000Z"}
    other["actor"] = {**first["actor"], "id": "00uother", "alternateId": "e.notreal@example.co.uk"}
    other["target"] = [{**first["target"][0], "id": "0oa5zoom", "displayName": "Zoom"}]
    (filled / "more.jsonl").write_text(json.dumps(other) + "\n", encoding="utf-8")
    before = {row["id"]: row["people"] for row in rows("tools")}

    run("ingest", "okta-system-log", "more.jsonl", "--as-of", "2026-04-01")

    assert {row["id"]: row["people"] for row in rows("tools")} == before


def test_people_are_shown_by_unit_with_their_last_use(filled, run):
    lines = run("tools", "show", "Slack").stdout.splitlines()

    start = next(i for i, line in enumerate(lines) if line.startswith("People  ") is False and line.strip() == "People")
    units = [line.split()[0] for line in lines[start + 3 :] if "@" in line]
    assert units == sorted(units)
    assert {"Marketing", "IT", "Finance"} <= set(units)


def test_evidence_is_drawn_as_names_and_values(filled, run):
    shown = run("signals", "show", "signal:okta/apps/0oa3canva").stdout

    assert "label" in shown
    assert "Canva" in shown
    assert "sign on" in shown


def test_the_use_of_a_month_is_drawn_person_by_person(filled, run):
    shown = run("signals", "show", "usage:okta/app_id:0oa3canva/2026-02").stdout

    assert "2026-02" in shown
    assert "times by saml" in shown


def test_the_page_of_a_stream_says_what_was_refused_and_what_to_do(filled, run):
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")

    shown = run("coverage", "show", "okta/users").stdout

    assert "refused" in shown
    assert "What to do" in shown


def test_two_tools_of_one_name_are_told_apart_by_their_ids(filled, run):
    for key in ("okta/app_id:0oa8plattform", "okta/app_id:0oa7hootsuite"):
        done = run("review", "split", key, "--name", f"Canva{' ' * (key[-1] == 'e')}", "--reason", "A test")
        assert done.exit_code == 0, done.stderr

    done = run("tools", "show", "Canva")

    assert done.exit_code == 1
    assert "say which id you mean" in done.stderr
    assert "canva" in done.stderr
    assert "own-canva" in done.stderr


def test_a_tool_can_be_shown_as_csv_in_one_row(filled, run):
    lines = run("tools", "show", "canva", "--format", "csv").stdout.splitlines()

    assert len(lines) == 2
    assert lines[0].startswith("id,name,vendor,category")


@pytest.mark.parametrize("key", ["merge", "split", "undo"])
def test_an_example_of_a_correction_is_quoted_as_a_shell_reads_it(run, key):
    assert '--reason "' in run("review", key, "--help").stdout


def test_a_merchant_can_be_ruled_to_be_a_known_tool(filled, run, rows):
    before = {row["tool_id"]: row["charges"] for row in rows("spend")}

    done = run("spend", "rule", "pret a manger", "tool", "--tool", "Canva", "--reason", "A test")

    assert done.exit_code == 0, done.stderr
    assert {row["tool_id"]: row["charges"] for row in rows("spend")}["canva"] == before["canva"] + 2


def test_all_ruled_there_is_nothing_more_to_say(filled, run, rows):
    for row in rows("spend", "--unmatched"):
        done = run("spend", "rule", row["merchant"], "not-a-tool", "--reason", "A test")
        assert done.exit_code == 0, (row, done.stderr)

    assert "spend rule" not in run("spend", "--unmatched").stdout
    assert {row["ruling"] for row in rows("spend", "--unmatched")} == {"not-a-tool"}


def test_many_bad_places_are_counted_and_the_first_told(run, machine):
    rows_ = "".join(f"2026-02-{day:02d},,MAILCHIMP,GBP\n" for day in range(1, 9))
    (machine / "s.csv").write_text(
        f"Date,Amount,Merchant,Currency\n2026-02-01,5.00,CANVA,GBP\n{rows_}", encoding="utf-8"
    )

    done = run("ingest", "card-csv", "s.csv")

    assert "8 records could not be read and are quarantined" in done.stderr
    assert "and 3 more: `ostiary coverage show SOURCE/STREAM`" in done.stderr


def test_the_places_of_a_stream_are_limited_or_all(run, machine):
    rows_ = "".join("2026-02-03,,MAILCHIMP,GBP\n" for _ in range(60))
    (machine / "s.csv").write_text(
        f"Date,Amount,Merchant,Currency\n2026-02-01,5.00,CANVA,GBP\n{rows_}", encoding="utf-8"
    )
    run("ingest", "card-csv", "s.csv")

    def places(*words):
        done = run("coverage", "show", "card/charges", "--format", "json", *words)
        return len(json.loads(done.stdout)["places"])

    assert (places(), places("--limit", "3"), places("--limit", "0")) == (50, 3, 60)
