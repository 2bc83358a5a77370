"""The list of findings, the page of one, and the status they end the program with."""

import csv
import io
import json
import re

import pytest

from commands.finding_page import draw_finding, whole
from commands.listing import screen
from commands.opening import reading
from commands.shape import Program
from commands.standing import FINDINGS, listed_findings
from policies.shape import Pack, Refusal
from scanner.run import shipped_pack
from tests.commands.conftest import FIXTURES
from tests.commands.judged import MAY, MET, UNKNOWN, finding, put

CONTRACT = {
    *("id", "policy", "gap", "severity", "customer_severity", "verdict", "tool_id", "tool", "message", "evidence"),
    *("first_seen", "last_seen", "state"),
}


def ids(rows):
    return [row["id"] for row in rows]


# --- the list --------------------------------------------------------------------------------------------------------


def test_every_row_has_the_fields_of_the_contract(filled, rows):
    listed = rows("findings")

    assert listed
    assert all(set(row) == set(FINDINGS.fields) for row in listed)
    assert set(FINDINGS.fields) >= CONTRACT
    assert {(row["verdict"], row["state"]) for row in listed} == {("violated", "open")}
    assert all(row["title"] != row["policy"] for row in listed)


def test_the_worst_comes_first(filled, rows):
    order = ["critical", "high", "medium", "low"]

    listed = [order.index(row["severity"]) for row in rows("findings")]

    assert listed == sorted(listed)
    assert len(set(listed)) > 1


def test_every_piece_of_evidence_leads_somewhere(filled, run, rows):
    keys = {key for row in rows("findings") for key in row["evidence"]}

    assert keys
    for key in keys:
        done = run("signals", "show", key, "--format", "json")
        assert done.exit_code == 0, (key, done.stderr)


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (["--policy", "sec-11"], lambda row: row["policy"] == "SEC-11"),
        (["--tool", "Typeform"], lambda row: row["tool_id"] == "typeform"),
        (["--gap", "support"], lambda row: row["gap"] == "support"),
        (["--severity", "high"], lambda row: row["severity"] == "high"),
    ],
)
def test_filters_leave_what_they_name(filled, rows, words, holds):
    listed = rows("findings")

    assert ids(rows("findings", *words)) == [row["id"] for row in listed if holds(row)] != []


def test_a_policy_that_does_not_exist_is_answered_with_the_nearest(filled, run):
    done = run("findings", "--policy", "SEC11")

    assert done.exit_code == 2
    assert "did you mean 'SEC-11'?" in done.stderr


def test_what_is_unknown_is_listed_only_where_it_is_asked_for(filled, rows):
    put(filled, finding(), finding("SUP-04", "asana", **UNKNOWN), finding("SUP-05", "asana", **MAY))

    assert ids(rows("findings")) == ["SEC-02:zapier"]
    assert ids(rows("findings", "--verdict", "all")) == ["SEC-02:zapier", "SUP-04:asana", "SUP-05:asana"]
    (known, may) = rows("findings", "--verdict", "unknown")
    assert known["missing"] == [{"fact": "grants.leaver_owned", "reason": "okta/users refused: okta.users.read"}]
    assert may["missing"][0]["fact"] == "grants.active"


def test_what_cannot_be_judged_is_told_by_the_reason_below_the_table(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")
    unknown = [finding("SUP-04", tool, **UNKNOWN) for tool in ("asana", "miro")]
    put(filled, finding(), *unknown, finding("SUP-05", "asana", **MAY))

    shown = run("findings").stdout

    (line,) = [line for line in shown.splitlines() if line.startswith("Cannot be judged")]
    assert "2 findings for want of grants.leaver_owned (okta/users refused: okta.users.read)" in line
    assert "Grant the export what it lacks" in line
    assert "1 more may apply" in shown
    assert "May apply: 1 finding for want of grants.active" in run("findings", "--verdict", "all").stdout


def test_what_stood_before_it_went_blind_is_said_to_stand_still(filled, run):
    put(filled, finding(**UNKNOWN))

    assert "1 finding of these stood before, and stay open" in " ".join(run("findings").stdout.split()) or (
        "stood before" in " ".join(run("findings", "--verdict", "all").stdout.split())
    )


def test_a_state_alone_asks_for_all_verdicts_in_it(filled, rows):
    put(filled, finding(), finding("SUP-04", "asana", **MET))

    (found,) = rows("findings", "--state", "resolved")

    assert (found["id"], found["verdict"], found["state"]) == ("SUP-04:asana", "met", "resolved")
    assert len(rows("findings", "--state", "all")) == 2


def test_what_is_only_watched_says_so(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    put(filled, finding(watched=1, queued=0))

    assert "(watched: nobody is asked to act)" in run("findings").stdout


def test_what_was_not_evaluated_says_so_on_the_list_and_on_its_page(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    put(filled, finding(evaluated=0))

    assert "(not evaluated by the last run: this is what was found before)" in " ".join(run("findings").stdout.split())
    assert "Not evaluated since" in run("findings", "show", "SEC-02:zapier").stdout


def test_csv_holds_the_same_rows(filled, run, rows):
    cells = list(csv.DictReader(io.StringIO(run("findings", "--format", "csv").stdout)))

    assert [row["id"] for row in cells] == ids(rows("findings"))
    assert json.loads(cells[0]["evidence"]) == rows("findings")[0]["evidence"]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_severity_policy_tool_and_what_is_wrong_stay_however_narrow(filled, run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))

    shown = run("findings").stdout

    head = next(line for line in shown.splitlines() if line.startswith("Severity"))
    assert {"Severity", "Policy", "Tool", "wrong" if width == 40 else "What"} <= set(head.split())
    assert [x for x in shown.splitlines() if len(x) > width and not x.startswith("    ")] == []


# --- nothing to list -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows_", "words", "says"),
    [
        ([], [], "Nothing is violated: 21 tools judged by "),
        ([], ["--gap", "mobile"], "No finding is like that."),
        ([finding(**UNKNOWN)], [], "1 finding cannot be judged: add --verdict all."),
    ],
)
def test_an_empty_list_says_why_and_what_next(filled, run, rows_, words, says):
    put(filled, *rows_)

    done = run("findings", *words)

    assert done.exit_code == 0
    assert says in " ".join(done.stdout.split())


def test_where_nothing_was_read_nothing_was_judged(run, machine):
    run("db", "upgrade", "--db", "sqlite:///x.db")

    assert "Nothing has been judged yet" in run("findings", "--db", "sqlite:///x.db").stdout


# --- the status ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "severity", "status"),
    [
        (finding(), "high", 4),
        (finding(), "low", 4),
        (finding(), "critical", 0),
        (finding(watched=1, queued=0), "high", 0),
        (finding(**MET), "high", 0),
        (finding(**UNKNOWN), "high", 0),
    ],
)
def test_the_program_fails_on_what_is_open_violated_and_at_least_so_severe(filled, run, row, severity, status):
    put(filled, row)

    assert run("findings", "--fail-on", severity).exit_code == status
    assert run("findings", "--fail-on", severity, "--format", "json").exit_code == status


def test_the_status_counts_what_the_filters_of_tool_policy_and_gap_leave(filled, run):
    put(filled, finding())

    assert run("findings", "--tool", "asana", "--fail-on", "high").exit_code == 0
    assert run("findings", "--severity", "low", "--fail-on", "high").exit_code == 4


# --- policies that are not evaluated ---------------------------------------------------------------------------------


def test_a_refused_policy_is_told_with_its_place_and_what_to_do(filled, run, monkeypatch):
    refusal = Refusal("own.yaml", 3, 9, "there is no fact people.cuont: did you mean people.count?")
    pack = Pack(shipped_pack().policies, (refusal,))
    monkeypatch.setattr("commands.standing.shipped_pack", lambda: pack)

    done = run("findings")

    assert "Not evaluated: own.yaml:3:9: there is no fact people.cuont" in done.stderr
    assert "own.yaml" not in done.stdout


def test_a_finding_of_a_policy_that_is_gone_says_that_it_is_not_judged(filled, run, rows):
    put(filled, finding("OLD-01"))

    assert rows("findings")[0]["title"] == "OLD-01"
    shown = run("findings", "show", "OLD-01:zapier").stdout
    assert "It is not evaluated: the finding stays as it was" in shown
    assert "grants.leaver_owned" in shown


# --- the page of one -------------------------------------------------------------------------------------------------


def test_the_page_answers_first_and_then_says_how_we_know(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    put(filled, finding())

    shown = run("findings", "show", "SEC-02:zapier").stdout

    order = [
        "What somebody granted who has left still works", "SEC-02:zapier", "Violated since", "1 of 6", "Technology",
        "Customers", "Case", "What to do", "1. Take the grants back", "Why it matters", "What was read",
        "grants.leaver_owned", "How we know", "ostiary signals show signal:google/tokens/1", "The policy",
        "policies/packs/security.yaml:", "applies", "require", "See also", "CIS-6.2", "What became of it", "opened",
    ]  # fmt: skip
    assert [shown.find(word) for word in order] == sorted(shown.find(word) for word in order)
    assert all(word in shown for word in order)


def test_the_page_of_what_is_unknown_says_why_and_what_would_settle_it(filled, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")
    put(filled, finding(**UNKNOWN))

    shown = " ".join(run("findings", "show", "sec-02:Zapier").stdout.split())

    assert "It applies, and cannot be judged" in shown
    assert "It was violated before, and stays open" in shown
    assert "What would settle it" in shown
    assert "unknown: okta/users refused: okta.users.read" in shown
    assert "Grant the export what it lacks" in shown


def test_the_page_tells_what_may_apply_and_what_was_resolved_in_words(filled, run):
    put(filled, finding(**MAY | {"violated_once": 0}))
    assert "It may apply: whether it does is unknown." in " ".join(
        run("findings", "show", "SEC-02:zapier").stdout.split()
    )
    put(filled, finding(), at=5)
    put(filled, finding(**MET), at=10)

    shown = run("findings", "show", "SEC-02:zapier").stdout

    assert "Resolved on " in shown
    assert "What to do" not in shown
    assert re.search(r"opened.*resolved", shown, re.DOTALL)


def test_what_could_not_be_judged_for_a_while_is_violated_since_it_opened(filled, run):
    day = 86_400_000
    put(filled, finding())
    opened_on = re.search(r"Violated since ([^,]+),", run("findings", "show", "SEC-02:zapier").stdout)[1]
    put(filled, finding(**UNKNOWN), at=3 * day)
    put(filled, finding(), at=6 * day)

    shown = run("findings", "show", "SEC-02:zapier").stdout

    assert f"Violated since {opened_on}, and open" in shown
    assert "still violated" in shown


def test_programs_get_all_of_it_as_one_object(filled, run):
    put(filled, finding())

    found = json.loads(run("findings", "show", "SEC-02:zapier", "--format", "json").stdout)

    assert {fact["fact"] for fact in found["facts"]} == {"grants.active", "grants.leaver_owned"}
    assert found["rule"]["do"][0].startswith("Take the grants back")
    assert found["rule"]["file"].startswith("policies/packs/security.yaml:")
    assert [turn["what"] for turn in found["history"]] == ["opened"]
    assert found["settles"] == []
    assert found["case"]["waiting_for"] == "security"


def test_what_the_tools_record_says_stands_among_the_facts(filled, run, rows):
    (first,) = rows("findings", "--policy", "SEC-36")

    found = json.loads(run("findings", "show", first["id"], "--format", "json").stdout)

    status = next(fact for fact in found["facts"] if fact["fact"] == "tool.status")
    assert (status["value"], status["evidence"]) == ("rejected", [])


@pytest.mark.slow
def test_every_finding_has_a_page(filled, capsys):
    with reading(Program(db=f"sqlite:///{filled}/ostiary.db")) as desk:
        listed = listed_findings(desk)
        for row in listed:
            page = whole(desk, row)
            draw_finding(screen(desk), page)
            assert "What was read" in capsys.readouterr().out, row["id"]

    assert len(listed) > 1000


def test_the_command_leads_to_a_page_of_every_policy_and_of_every_tool(filled, run, rows):
    listed = rows("findings", "--verdict", "all", "--state", "all")
    chosen = {row["policy"]: row["id"] for row in listed} | {row["tool_id"]: row["id"] for row in reversed(listed)}

    for wanted in sorted(set(chosen.values())):
        done = run("findings", "show", wanted)
        assert done.exit_code == 0, (wanted, done.stderr)
        assert wanted in done.stdout
        assert "What was read" in done.stdout


@pytest.mark.parametrize(
    ("wanted", "status", "says"),
    [
        ("SEC-02", 2, "write POLICY:TOOL"),
        ("SEC-02:nothing-like-it", 1, "there is no tool"),
        ("SEC-99:zapier", 1, "there is no finding SEC-99:zapier; it has SEC-02:zapier"),
        ("SEC-99:asana", 1, "the tool has none"),
    ],
)
def test_a_finding_that_is_none_is_answered_with_what_there_is(filled, run, wanted, status, says):
    put(filled, finding())

    done = run("findings", "show", wanted)

    assert done.exit_code == status
    assert says in " ".join(done.stderr.split())


def test_what_would_settle_it_is_data_in_every_format_and_no_part_of_the_message(filled, run, rows):
    put(filled, finding(**UNKNOWN | {"message": "people.count and tool.name are words here"}), finding("SUP-04"))

    listed = {row["policy"]: row["missing"] for row in rows("findings", "--verdict", "all")}
    lines = run("findings", "--verdict", "all", "--format", "jsonl").stdout.splitlines()
    table = csv.DictReader(io.StringIO(run("findings", "--verdict", "all", "--format", "csv").stdout))

    wanted = [{"fact": "grants.leaver_owned", "reason": "okta/users refused: okta.users.read"}]
    assert listed == {"SEC-02": wanted, "SUP-04": []}
    assert {row["policy"]: row["missing"] for row in map(json.loads, lines)} == listed
    assert {row["policy"]: json.loads(row["missing"]) for row in table} == listed


def test_the_page_asks_for_what_the_verdict_names_and_not_for_all_that_is_unknown(filled, run):
    reading = [{"fact": n, "value": None, "reason": "r"} for n in ("grants.active", "grants.leaver_owned")]
    put(filled, finding(**UNKNOWN | {"reading": json.dumps(reading), "missing": '["grants.active"]'}))

    page = json.loads(run("findings", "show", "SEC-02:zapier", "--format", "json").stdout)

    assert [want["fact"] for want in page["settles"]] == ["grants.active"]


def test_much_evidence_is_shown_in_part_and_counted(filled, run):
    keys = [f"signal:google/tokens/{n}" for n in range(9)]
    put(filled, finding(reading=json.dumps([{"fact": "grants.leaver_owned", "value": 7, "evidence": keys}])))

    shown = run("findings", "show", "SEC-02:zapier").stdout

    assert "signal:google/tokens/4" in shown
    assert "signal:google/tokens/5" not in shown
    assert "and 4 more; --format json gives all" in shown


def test_a_filter_that_leaves_nothing_says_so_and_not_that_all_is_well(filled, run):
    put(filled, finding())

    shown = run("findings", "--gap", "integration").stdout

    assert "No finding is like that." in shown
    assert "Nothing is violated" not in shown
