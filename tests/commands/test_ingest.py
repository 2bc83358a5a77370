"""Reading files: what it says, and how it ends."""

import gzip
import json
import re
import shutil

import pytest

from connectors.registry import FORMATS
from policies.shape import Pack, Refusal
from scanner.run import shipped_pack
from storage.lock import run_lock
from storage.store import Store
from tests.commands.conftest import AS_OF, FIXTURES


def test_the_formats_are_listed_in_every_format(run):
    listed = {form: run("ingest", "--list", "--format", form) for form in ("table", "json", "jsonl", "csv")}

    assert all(done.exit_code == 0 for done in listed.values())
    assert [row["format"] for row in json.loads(listed["json"].stdout)] == list(FORMATS)
    assert [json.loads(line)["format"] for line in listed["jsonl"].stdout.splitlines()] == list(FORMATS)
    assert listed["csv"].stdout.splitlines()[0] == "format,about,source,streams,permissions"
    assert all(name in listed["table"].stdout for name in FORMATS)


def test_a_statement_is_read_and_told(run):
    done = run("ingest", "card-csv", FIXTURES / "card.csv")

    assert done.exit_code == 0
    assert done.stdout == ""
    assert "card/charges" in done.stderr
    assert "complete" in done.stderr
    assert "amount=Amount" in done.stderr
    assert "record 16: no amount" in done.stderr
    assert "ostiary spend --unmatched" in done.stderr


def test_the_second_time_nothing_is_new(run):
    first = run("ingest", "card-csv", FIXTURES / "card.csv")
    second = run("ingest", "card-csv", FIXTURES / "card.csv")

    assert "11 tools known now, 11 of them new" in first.stderr
    assert "11 tools known now, 0 of them new" in second.stderr


def test_strict_counts_quarantined_records(run):
    assert run("ingest", "card-csv", FIXTURES / "card.csv", "--strict").exit_code == 3
    assert run("ingest", "people-csv", FIXTURES / "people.csv", "--strict").exit_code == 0


def test_a_refusal_that_was_saved_is_refused_and_says_what_to_do(run):
    done = run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")

    assert done.exit_code == 1
    assert "okta/users refused" in done.stderr
    assert "What to do:" in done.stderr


def test_a_refused_file_beside_a_good_one_is_status_3(run):
    done = run("ingest", "okta-users", FIXTURES / "okta-users.json", FIXTURES / "okta-users-refused.json")

    assert done.exit_code == 3


def test_a_file_of_another_format_is_a_failed_stream_and_never_a_wrong_call(run, machine):
    shutil.copy(FIXTURES / "people.csv", machine / "a.csv")
    shutil.copy(FIXTURES / "card.csv", machine / "b.csv")

    alone = run("ingest", "okta-apps", FIXTURES / "card.csv")
    beside = run("ingest", "card-csv", machine / "a.csv", machine / "b.csv")

    assert (alone.exit_code, beside.exit_code) == (1, 3)
    assert "not card-csv" in " ".join(beside.stderr.split())


def test_a_file_that_breaks_off_is_partial_and_what_came_before_is_kept(run, machine, rows):
    packed = gzip.compress((FIXTURES / "okta-system-log.jsonl").read_bytes())
    (machine / "log.jsonl.gz").write_bytes(packed[: len(packed) * 2 // 3])

    done = run("ingest", "okta-system-log", machine / "log.jsonl.gz")

    assert done.exit_code == 3
    assert {row["status"] for row in rows("coverage")} == {"partial"}
    assert all(row["read"] for row in rows("coverage"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["okta-log", "x"], "did you mean 'okta-system-log'?"),
        (["zzz", "x"], "`ostiary ingest --list`"),
        ([], "name a FORMAT and at least one PATH"),
        (["card-csv"], "name a FORMAT and at least one PATH"),
        (["card-csv", "nowhere.csv"], "nowhere.csv does not exist"),
        (["card-csv", "x", "--source", "a/b"], "without /"),
        (["card-csv", "x", "--source", " "], "without /"),
        (["card-csv", "x", "--set", "decimal"], "write KEY=VALUE"),
        (["card-csv", "x", "--profile", "corporate"], "no [profiles.corporate]"),
        (["card-csv", "x", "--processes", "0"], "--processes"),
    ],
)
def test_a_wrong_call_is_status_2_and_says_what_to_write(run, words, said):
    done = run("ingest", *words)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_a_source_of_ones_own_name_is_kept_apart(run, rows):
    run("ingest", "card-csv", FIXTURES / "card.csv", "--source", "amex:emea")

    assert [row["source"] for row in rows("coverage")] == ["amex:emea"]


def test_a_profile_says_how_a_statement_is_read(run, machine, rows):
    (machine / "ostiary.toml").write_text(
        '[profiles.odd]\namount = "Value"\nmerchant = "Text"\ndefault_currency = "GBP"\n', encoding="utf-8"
    )
    (machine / "s.csv").write_text("Date,Value,Text\n2026-02-03,12.50,MAILCHIMP *MISC\n", encoding="utf-8")

    done = run("ingest", "card-csv", machine / "s.csv", "--profile", "odd")

    assert done.exit_code == 0, done.stderr
    assert rows("spend")[0]["spend_total"] == [{"currency": "GBP", "amount_micros": 12_500_000}]


def test_a_setting_of_the_line_goes_before_the_profile(run, machine, rows):
    (machine / "ostiary.toml").write_text('[profiles.odd]\ndefault_currency = "GBP"\n', encoding="utf-8")
    (machine / "s.csv").write_text("Date,Amount,Merchant\n2026-02-03,12.50,MAILCHIMP *MISC\n", encoding="utf-8")

    run("ingest", "card-csv", machine / "s.csv", "--profile", "odd", "--set", "default_currency=EUR")

    assert rows("spend")[0]["spend_total"][0]["currency"] == "EUR"


def test_standard_input_is_read(run, rows):
    done = run("ingest", "card-csv", "-", stdin=(FIXTURES / "card.csv").read_bytes())

    assert done.exit_code == 0
    assert rows("coverage")[0]["stored"] == 33


def test_a_program_gets_the_coverage_of_the_run(run):
    done = run("ingest", "card-csv", FIXTURES / "card.csv", "--format", "json")

    (row,) = json.loads(done.stdout)
    assert (row["stream"], row["status"], row["read"], row["quarantined"]) == ("charges", "complete", 34, 1)


def test_steps_are_told_line_by_line_where_there_is_no_terminal(run):
    done = run("ingest", "okta-system-log", FIXTURES / "okta-system-log.jsonl")

    assert "Reading 1 file ...\n" in done.stderr
    assert "Rolling up 3 months ...\n" in done.stderr


def test_two_worker_processes_read_what_one_reads(run, rows, machine):
    (machine / "logs").mkdir()
    lines = (FIXTURES / "okta-system-log.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (machine / "logs/a.jsonl").write_text("".join(lines[:120]), encoding="utf-8")
    (machine / "logs/b.jsonl").write_text("".join(lines[120:]), encoding="utf-8")
    run("ingest", "okta-system-log", "logs", "--db", "sqlite:///one.db")
    run("ingest", "okta-system-log", "logs", "--db", "sqlite:///two.db", "--processes", "2")

    one, two = (rows("tools", "--db", f"sqlite:///{name}.db") for name in ("one", "two"))

    assert [(r["id"], r["people_ever"]) for r in one] == [(r["id"], r["people_ever"]) for r in two]


def test_files_that_name_no_tool_say_so(run):
    done = run("ingest", "people-csv", FIXTURES / "people.csv")

    assert "what was read names no tool by itself" in " ".join(done.stderr.split())


def test_an_interrupted_run_is_partial_and_the_same_command_completes_it(run, rows, monkeypatch):
    def interrupted(*_args, **_rest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("scanner.collect.read_all", interrupted)
        first = run("ingest", "card-csv", FIXTURES / "card.csv")
    between = rows("coverage")
    second = run("ingest", "card-csv", FIXTURES / "card.csv")

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert "run the same command again" in first.stderr
    assert [row["status"] for row in between] == ["partial"]
    assert [row["status"] for row in rows("coverage")] == ["complete"]


def test_the_figures_of_a_run_count_back_from_its_as_of(run, rows):
    run("ingest", "card-csv", FIXTURES / "card.csv", "--as-of", "2026-02-28")

    mailchimp = next(row for row in rows("tools") if row["id"] == "mailchimp")
    assert mailchimp["last_seen"].startswith("2026-02-03")


def test_a_named_profile_without_any_configuration_is_a_wrong_call(run):
    done = run("ingest", "card-csv", FIXTURES / "card.csv", "--profile", "x")

    assert done.exit_code == 2
    assert "there are none" in done.stderr


def test_a_run_tells_what_it_found_and_where_to_go_on(filled, run):
    done = run("ingest", "google-tokens", FIXTURES / "google-tokens.json", "--as-of", AS_OF)

    said = " ".join(done.stderr.split())
    assert re.search(r"\d+ findings open now: \d+ high, \d+ medium", said)
    assert "Next: `ostiary findings`, then `ostiary cases`" in said


def test_a_run_tells_what_became_different_by_it(run, machine, template):
    options = ["--config", template / "ostiary.toml", "--db", "sqlite:///x.db", "--as-of", AS_OF]

    done = run(*options, "ingest", "google-tokens", FIXTURES / "google-tokens.json")

    assert re.search(r"cases? opened, for tools that nobody has decided about\.", " ".join(done.stderr.split()))


def test_a_refused_policy_is_told_at_the_end_of_a_run(filled, run, monkeypatch):
    pack = Pack(shipped_pack().policies, (Refusal("own.yaml", 3, 9, "a fault"),))
    monkeypatch.setattr("commands.standing.shipped_pack", lambda: pack)

    done = run("ingest", "people-csv", FIXTURES / "people.csv")

    assert "Not evaluated: own.yaml:3:9: a fault" in done.stderr


@pytest.mark.parametrize(("severity", "status"), [("high", 4), ("critical", 0)])
def test_a_run_fails_on_what_stands_open_where_it_is_asked_to(filled, run, severity, status):
    done = run("ingest", "people-csv", FIXTURES / "people.csv", "--as-of", AS_OF, "--fail-on", severity)

    assert done.exit_code == status


@pytest.mark.parametrize("processes", [[], ["--processes", "2"]], ids=["here", "in workers"])
def test_a_wrong_setting_stops_the_run_and_is_no_fault_of_the_file(filled, run, rows, processes):
    before = rows("coverage")

    done = run("ingest", "card-csv", FIXTURES / "card.csv", "--set", "charges=foo", *processes)

    assert done.exit_code == 2
    assert "charges" in done.stderr
    assert "please report" not in done.stderr
    assert rows("coverage") == before


def test_a_refused_stream_names_the_permission_that_its_declaration_knows(filled, run, rows):
    run("ingest", "okta-users", FIXTURES / "okta-users-refused.json")

    (row,) = [row for row in rows("coverage") if row["status"] == "refused"]

    assert row["reason"] == "okta.users.read (Okta E0000006)"
    assert "doctor" not in row["remedy"]


def test_a_busy_database_is_no_wrong_call(filled, run):
    store = Store(f"sqlite:///{filled}/ostiary.db")
    with run_lock(store):
        done = run("ingest", "people-csv", FIXTURES / "people.csv")
    store.close()

    assert done.exit_code == 1
    assert "another run is under way" in done.stderr
