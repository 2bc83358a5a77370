"""`ostiary policy`: the policies as a listing, one of them whole, their cases, and files of one's own."""

import csv
import io
import json

import pytest

from policies.engine import PACKS, load
from tests.policies.making import SOUND, changed, write

#: How many policies come with the program.
COUNT = len(load().policies)
FIELDS = [
    *("id", "title", "gap", "severity", "customer_severity", "applies", "require", "pack", "profile", "mode", "cases"),
]


def test_the_listing_has_the_fields_of_the_contract_in_their_order(run):
    done = run("policy", "list", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert done.exit_code == 0
    assert list(rows[0]) == FIELDS
    assert len(rows) == COUNT
    assert {row["pack"] for row in rows} == {path.stem for path in PACKS.glob("*.yaml")}


def test_the_listing_can_be_narrowed_to_a_gap(run):
    rows = json.loads(run("policy", "--gap", "support", "--format", "json").stdout)

    assert {row["gap"] for row in rows} == {"support"}
    assert all(isinstance(row["cases"], int) and row["cases"] >= 3 for row in rows)


def test_a_gap_without_policies_is_empty_and_no_fault(run, tmp_path, monkeypatch):
    write(tmp_path, SOUND)
    monkeypatch.setattr("commands.policy.load", lambda **_: load([tmp_path]))

    done = run("policy", "list", "--gap", "mobile")

    assert (done.exit_code, done.stdout) == (0, "None of the policies is like that.\n")
    assert json.loads(run("policy", "list", "--gap", "mobile", "--format", "json").stdout) == []


def test_a_policy_is_shown_whole(run):
    done = run("policy", "show", "int-12")

    assert done.exit_code == 0
    for part in (
        "INT-12",
        'now - grants.last_used <= duration("720h")',
        "What to do",
        "1. ",
        "now 2026-11-20",
        "NIST-CSF-DE.CM-09",
    ):
        assert part in done.stdout


def test_a_policy_is_one_object_for_programs(run):
    found = json.loads(run("policy", "show", "SEC-15", "--format", "json").stdout)

    assert set(FIELDS) < set(found)
    assert found["own_records"] is True
    assert found["cases"][-1] == {
        "expect": "unknown",
        "note": "identification has not run since the record came",
        "facts": {},
    }


@pytest.mark.parametrize(("name", "said"), [("SEC-3", "did you mean SEC-"), ("q", "there is no policy 'q'")])
def test_a_policy_that_is_not_there_is_refused_with_the_nearest(run, name, said):
    done = run("policy", "show", name)

    assert done.exit_code == 1
    assert said in done.stderr


def test_a_policy_without_references_and_notes_is_shown_too(run, tmp_path, monkeypatch):
    write(tmp_path, changed("refs: [CIS-6.2]\n", ""))
    monkeypatch.setattr("commands.policy.load", lambda **_: __import__("policies.engine").engine.load([tmp_path]))

    done = run("policy", "show", "TST-01")

    assert "grants.active 6, grants.leaver_owned 1" in done.stdout
    assert "See also" not in done.stdout


def test_every_case_of_the_policies_passes(run):
    done = run("policy", "test")

    assert done.exit_code == 0
    assert "Every case comes out as it says." in done.stdout
    assert f"cases of {COUNT} policies passed" in done.stdout


def test_a_case_that_comes_out_otherwise_is_listed_and_gives_1(run, tmp_path):
    path = write(tmp_path, changed("leaver_owned: 1}, expect: violated", "leaver_owned: 0}, expect: violated"))

    done = run("policy", "test", path)
    rows = [json.loads(line) for line in run("policy", "test", path, "--format", "jsonl").stdout.splitlines()]

    assert done.exit_code == 1
    assert "2 of 3 cases of 1 policies passed" in done.stdout
    assert "1 of 3 cases failed" in done.stderr
    assert [(row["case"], row["passed"], row["got"], row["line"]) for row in rows] == [
        *((1, True, "met", 14), (2, False, "met", 15), (3, True, "unknown", 16)),
    ]


def test_a_refused_policy_is_never_passed_over(run, tmp_path):
    path = write(tmp_path, f"{SOUND}---\n{changed('TST-01', 'TST-02').replace('light', 'dark')}")

    done = run("policy", "test", path)

    assert done.exit_code == 1
    assert f"not evaluated: {path}:22:10: profile is one of light, standard, strict" in done.stderr
    assert "3 of 3 cases of 1 policies passed" in done.stdout


def test_a_sound_file_is_checked_without_a_word_on_standard_output(run, tmp_path):
    done = run("policy", "check", write(tmp_path, SOUND))

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "1 policy without a fault.\n"


def test_each_fault_of_a_file_is_one_line_with_its_place(run, tmp_path):
    path = write(tmp_path, changed("grants.active > 0", "grants.actve > 0").replace("light", "dark"))

    done = run("policy", "check", path)

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{path}:5:10: profile is one of light, standard, strict",
        f"{path}:6:10: applies: there is no fact grants.actve: did you mean grants.active?",
    ]


def test_an_id_that_the_program_already_has_is_a_fault_of_the_file(run, tmp_path):
    done = run("policy", "check", write(tmp_path, changed("TST-01", "SEC-02")))

    assert done.exit_code == 1
    assert "own.yaml:1:1: the id SEC-02 is taken by " in done.stdout


def test_a_category_that_the_catalogue_does_not_have_is_a_fault(run, tmp_path):
    text = changed("applies: grants.active > 0", 'applies: tool.category == "emial_marketing"')

    done = run("policy", "check", write(tmp_path, text))

    assert "tool.category is never 'emial_marketing': did you mean 'email_marketing'?" in done.stdout


def test_the_programs_own_files_can_be_checked_alone_and_as_a_folder(run):
    count = len(load([PACKS / "security.yaml"]).policies)

    assert run("policy", "check", PACKS / "security.yaml").stderr == f"{count} policies without a fault.\n"
    assert run("policy", "check", PACKS).stderr == f"{COUNT} policies without a fault.\n"


def test_a_file_that_is_not_there_is_a_fault_and_none_at_all_a_wrong_call(run, tmp_path):
    done = run("policy", "check", tmp_path / "none.yaml")

    assert (done.exit_code, done.stdout) == (
        1,
        f"{tmp_path}/none.yaml:1:1: cannot be read: No such file or directory\n",
    )
    assert run("policy", "check").exit_code == 2
