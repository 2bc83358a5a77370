"""`ostiary review waive` and `unwaive`, and how findings show it."""

import json

import pytest
from sqlalchemy import text

from storage.store import Store
from tests.commands.judged import MET, finding, put


class Later:
    """The clock of a day to come."""

    def __init__(self, day):
        from datetime import UTC, datetime  # noqa: PLC0415 (only here)

        self.day = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)

    def now(self):
        return self.day


@pytest.fixture
def day(monkeypatch):
    """Let the commands think that it is a day."""

    def set_to(day):
        monkeypatch.setattr("commands.opening.SystemClock", lambda: Later(day))

    set_to("2026-04-02")
    return set_to


@pytest.fixture
def waived(filled, run, day):
    put(filled, finding(), finding("SEC-11"))
    done = run("review", "waive", "sec-02:Zapier", "--reason", "The feed moves in June", "--until", "2026-06-30")
    assert done.exit_code == 0, done.stderr
    return done


def test_a_waiver_says_until_when_and_how_it_ends(waived):
    assert "SEC-02:zapier is waived until 2026-06-30 (decision" in waived.stdout
    assert "ostiary review unwaive SEC-02:zapier --reason TEXT" in waived.stdout


def test_a_waived_finding_is_listed_as_such_and_no_longer_as_open(waived, run, rows):
    assert [row["id"] for row in rows("findings")] == ["SEC-11:zapier"]
    (row,) = rows("findings", "--state", "waived")
    assert (row["id"], row["state"], row["queued"], row["waived_until"]) == (
        *("SEC-02:zapier", "waived", False, "2026-06-30"),
    )
    assert "until 2026-06-30)" in run("findings", "--state", "waived").stdout


def test_the_page_of_a_waived_finding_says_until_when_by_whom_and_why(waived, run):
    page = " ".join(run("findings", "show", "SEC-02:zapier").stdout.split())

    assert "Waived: until 2026-06-30 by user:" in page
    assert "The feed moves in June" in page


def test_on_its_day_it_is_open_again_without_a_run(waived, rows, day):
    day("2026-06-29")
    assert len(rows("findings", "--state", "waived")) == 1

    day("2026-06-30")
    assert rows("findings", "--state", "waived") == []
    row = next(row for row in rows("findings") if row["id"] == "SEC-02:zapier")
    assert (row["state"], row["queued"], row["waived_until"]) == ("open", True, None)


def test_a_waiver_can_be_taken_back_and_both_are_decisions(waived, run, rows):
    done = run("review", "unwaive", "SEC-02:zapier", "--reason", "It moved")

    assert "SEC-02:zapier is open again (decision" in done.stdout
    assert {row["id"] for row in rows("findings")} == {"SEC-02:zapier", "SEC-11:zapier"}
    kinds = [(row["kind"], row["object"], row["reason"]) for row in rows("review", "decisions")[:2]]
    assert kinds == [
        ("unwaive", "finding:SEC-02:zapier", "It moved"),
        ("waive", "finding:SEC-02:zapier", "The feed moves in June"),
    ]
    assert run("audit", "verify").exit_code == 0


def test_programs_are_told_the_decision(filled, run, day):
    put(filled, finding())

    done = run("--format", "json", "review", "waive", "SEC-02:zapier", "--reason", "x", "--until", "2026-06-30")

    told = json.loads(done.stdout)
    told = told[0] if isinstance(told, list) else told
    assert (told["kind"], told["finding"], told["until"]) == ("review waive", "SEC-02:zapier", "2026-06-30")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["SEC-02:zapier", "--reason", "x", "--until", "2026-04-02"], 1, "a waiver ends on a day to come, 2027-04-03"),
        (["SEC-02:zapier", "--reason", "x", "--until", "2028-01-01"], 1, "2027-04-03 at the latest"),
        (["SEC-02:zapier", "--reason", " ", "--until", "2026-06-30"], 1, "--reason"),
        (["SEC-11:zapier", "--reason", "x", "--until", "2026-06-30"], 1, "does not stand"),
        (["SEC-77:zapier", "--reason", "x", "--until", "2026-06-30"], 1, "there is no finding SEC-77:zapier"),
        (["SEC-02", "--reason", "x", "--until", "2026-06-30"], 2, "write POLICY:TOOL"),
        (["SEC-02:zapier", "--reason", "x", "--until", "30.6.2026"], 2, "--until"),
        (["SEC-02:zapier", "--reason", "x"], 2, "--until"),
        (["SEC-02:zapier", "--until", "2026-06-30"], 2, "--reason"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_waived(filled, run, rows, day, words, status, said):
    put(filled, finding(), finding("SEC-11", **MET))

    done = run("review", "waive", *words)

    assert (done.exit_code in {status, 2}, said in done.stderr) == (True, True), done.stderr
    assert rows("findings", "--state", "waived") == []


def test_what_is_not_waived_cannot_be_unwaived(filled, run, day):
    put(filled, finding())

    done = run("review", "unwaive", "SEC-02:zapier", "--reason", "x")

    assert done.exit_code != 0
    assert "is not waived" in done.stderr


def test_a_rebuild_keeps_it_and_an_undo_ends_it(filled, run, rows, day):
    standing = next(row for row in rows("findings") if row["verdict"] == "violated")
    run("review", "waive", standing["id"], "--reason", "x", "--until", "2026-06-30")

    assert run("rebuild").exit_code == 0
    assert [row["id"] for row in rows("findings", "--state", "waived")] == [standing["id"]]
    number = rows("review", "decisions")[0]["id"]
    assert run("review", "undo", str(number), "--reason", "y").exit_code == 0
    assert rows("findings", "--state", "waived") == []
    assert standing["id"] in {row["id"] for row in rows("findings")}


def test_the_reason_can_be_erased_and_the_page_still_tells_the_waiver(waived, filled, run):
    store = Store(f"sqlite:///{filled}/ostiary.db")
    with store.write() as connection:
        connection.execute(text("UPDATE text SET body = NULL WHERE body LIKE 'The feed%'"))
    store.close()

    page = run("findings", "show", "SEC-02:zapier").stdout

    assert "Waived: until 2026-06-30 by user:" in page
    assert "The feed" not in page


def test_the_history_of_a_finding_tells_its_waivers(filled, run, day):
    put(filled, finding())
    day("2090-01-01")  # after the run that judged it
    run("review", "waive", "SEC-02:zapier", "--reason", "It moves", "--until", "2090-06-30")
    day("2090-01-02")
    run("review", "unwaive", "SEC-02:zapier", "--reason", "It moved")

    found = json.loads(run("findings", "show", "SEC-02:zapier", "--format", "json").stdout)

    found = found[0] if isinstance(found, list) else found
    assert [turn["what"] for turn in found["history"]][-2:] == ["waived", "no longer waived"]
