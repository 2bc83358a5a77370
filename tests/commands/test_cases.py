"""Which tools wait for a decision, why, until when, and for whom."""

import json
import re

from commands.cases import CASES
from gate.rules import RULES
from storage import judged
from tests.commands.judged import UNKNOWN, finding, opened, put

CONTRACT = {
    *("id", "kind", "tool_id", "tool", "state", "stage", "waiting_for", "opened_at", "due_at", "technology_risk"),
    *("customer_risk", "assignee", "owner_business", "owner_technical"),
}


def test_every_row_has_the_fields_of_the_contract(filled, rows):
    listed = rows("cases")

    assert listed
    assert all(set(row) == set(CASES.fields) for row in listed)
    assert set(CASES.fields) >= CONTRACT
    assert {(row["kind"], row["state"], row["waiting_for"]) for row in listed} == {("found", "open", "security")}


def test_no_tool_has_two_open_cases_and_none_that_was_decided_has_one(filled, rows):
    decided = {row["id"] for row in rows("tools") if row["status"] != "new"}

    listed = [row["tool_id"] for row in rows("cases", "--state", "open")]

    assert len(listed) == len(set(listed))
    assert decided
    assert not decided & set(listed)


def test_open_cases_come_first_and_the_state_filters(filled, run, rows):
    with opened(filled) as connection:
        judged.close_cases(connection, ["zapier"], 2_000_000_000_000)

    states = [row["state"] for row in rows("cases")]

    assert states == sorted(states, reverse=True)
    assert [row["tool_id"] for row in rows("cases", "--state", "closed")] == ["zapier"]
    assert rows("cases", "--state", "closed")[0]["closed_at"] == "2033-05-18T03:33:20Z"
    assert "closed" in run("cases", "show", str(rows("cases", "--state", "closed")[0]["id"])).stdout


def test_open_cases_are_listed_by_the_rank_of_the_rules_and_each_says_why(filled, run, rows, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    put(filled, finding(severity="critical"), finding("SUP-04", "canva", **UNKNOWN))
    first, *others = rows("cases", "--state", "open")

    assert first["tool_id"] == "zapier"
    assert first["technology_risk"] == "high"
    assert first["rank_why"].startswith("technology risk is high")
    assert [row["rank"] for row in (first, *others)] == [*range(1, len(others) + 2)]
    shown = run("cases").stdout
    assert "Place" in shown
    assert "Worse risk first" in shown
    assert re.search(r"In the queue +1: technology risk is high", run("cases", "show", str(first["id"])).stdout)


def test_the_company_ranks_by_rules_of_its_own(filled, rows):
    put(filled, finding(severity="critical"))
    own = RULES.read_text(encoding="utf-8").replace("rank: [high, unknown, ", "rank: [unknown, high, ")
    (filled / "gate.yaml").write_text(own, encoding="utf-8")
    before = rows("cases", "--state", "open")

    with (filled / "ostiary.toml").open("a", encoding="utf-8") as file:
        file.write('\n[gate]\nrules = "gate.yaml"\n')

    assert (before[0]["tool_id"], rows("cases", "--state", "open")[-1]["tool_id"]) == ("zapier", "zapier")


def test_what_is_past_its_day_is_overdue(filled, run, rows):
    assert {row["overdue"] for row in rows("cases", "--as-of", "2026-04-01")} == {False}

    late = rows("cases", "--as-of", "2100-01-01")

    assert {row["overdue"] for row in late} == {True}
    shown = run("cases", "--as-of", "2100-01-01").stdout
    assert "(overdue)" in shown
    assert f"{len(late)} open, {len(late)} of them overdue." in shown


def test_no_case_of_that_state_is_said_to_be_so(filled, run, rows):
    assert f"None of the {len(rows('cases'))} cases is closed." in run("cases", "--state", "closed").stdout


def test_without_any_case_the_list_says_when_one_opens(run, machine):
    run("db", "upgrade", "--db", "sqlite:///x.db")

    assert "No tool waits for a decision" in run("cases", "--db", "sqlite:///x.db").stdout


def test_the_page_of_a_case_says_why_until_when_for_whom_and_what_was_found(filled, run, rows, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    put(filled, finding(), finding("SUP-04", **UNKNOWN))
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")

    shown = run("cases", "show", str(number)).stdout

    order = [
        "Zapier", f"case {number}, open", "Opened because 100", "Due", "Waiting for",
        "a reviewer looks at the findings",
        "Assignee", "nobody yet", "The tool", "Findings", "1 policy violated", "SEC-02", "1 of 6",
        "1 policy cannot be judged, for want of grants.leaver_owned", "ostiary tools show zapier",
        "ostiary findings show SEC-02:zapier",
    ]  # fmt: skip
    assert all(word in shown for word in order)
    assert [shown.find(word) for word in order] == sorted(shown.find(word) for word in order)


def test_programs_get_the_case_with_its_findings(filled, run, rows):
    put(filled, finding())
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")

    found = json.loads(run("cases", "show", str(number), "--format", "json").stdout)

    assert [row["id"] for row in found["findings"]] == ["SEC-02:zapier"]
    assert found["tool_record"]["id"] == "zapier"


def test_a_case_that_does_not_exist_is_answered_with_the_list(filled, run):
    done = run("cases", "show", "999")

    assert done.exit_code == 1
    assert "`ostiary cases` lists them" in done.stderr


def test_a_case_whose_tool_has_no_violated_finding_leads_to_the_tool_alone(filled, run, rows):
    put(filled, finding("SUP-04", **UNKNOWN))
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")

    shown = run("cases", "show", str(number)).stdout

    assert "ostiary tools show zapier" in shown
    assert "ostiary findings show" not in shown


def test_a_case_without_a_day_is_due_on_an_unknown_one_and_never_late(filled, run, rows):
    with opened(filled) as connection:
        connection.exec_driver_sql("UPDATE review_case SET due_at = NULL WHERE tool_id = 'zapier'")
    (row,) = (row for row in rows("cases", "--as-of", "2100-01-01") if row["tool_id"] == "zapier")

    shown = run("cases", "show", str(row["id"])).stdout

    assert (row["due_at"], row["overdue"]) == (None, False)
    assert re.search(r"Due +unknown", shown)


def test_the_case_of_a_tool_that_is_gone_can_still_be_shown(filled, run, rows):
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")
    with opened(filled) as connection:
        connection.exec_driver_sql("UPDATE review_case SET tool_id = 'merged-away' WHERE tool_id = 'zapier'")

    done = run("cases", "show", str(number))

    assert done.exit_code == 0
    assert "What it is" not in done.stdout
    assert json.loads(run("cases", "show", str(number), "--format", "json").stdout)["tool_record"] is None


def test_a_case_that_a_person_took_up_says_who_and_for_whom_it_waits(filled, run, rows):
    number = next(row["id"] for row in rows("cases") if row["tool_id"] == "zapier")
    with opened(filled) as connection:
        connection.exec_driver_sql(
            "UPDATE review_case SET assignee = 'rev@acme.example', waiting_for = 'owner' WHERE tool_id = 'zapier'"
        )

    shown = run("cases", "show", str(number)).stdout

    assert re.search(r"Assignee +rev@acme\.example", shown)
    assert "the tool's owner: a question is to be answered" in shown
