"""`ostiary policy replay`, `diff`, `case` and `schema`."""

import json

import pytest
import yaml

from policies.engine import PACKS
from policies.schema import schema
from tests.policies.making import SOUND, changed, write
from tests.policies.test_thresholds import WITH

STALE = changed("grants.leaver_owned == 0", "grants.active < 1 && grants.leaver_owned >= 0")


def test_a_replay_says_what_would_have_been_flagged_when_and_whether_it_still_is(filled, rows):
    found = rows("policy", "replay", "--since", "2026-01-01")

    assert found
    assert {row["change"] for row in found} == {""}
    for row in found:
        assert row["first"] <= row["last"]
        assert 1 <= row["moments"] <= row["of"]
        assert row["message"]
    assert {(row["policy"], row["tool_id"]) for row in found if row["now"]} == {
        (row["policy"], row["tool_id"]) for row in rows("findings")
    }


def test_a_change_in_a_file_says_what_it_adds_and_removes(filled, rows, tmp_path):
    path = write(tmp_path, STALE.replace("TST-01", "SEC-02"))
    before = {row["tool_id"] for row in rows("policy", "replay", "--since", "2026-01-01") if row["policy"] == "SEC-02"}

    found = rows("policy", "replay", "--since", "2026-01-01", "--file", path)

    assert {row["policy"] for row in found} == {"SEC-02"}
    assert {row["change"] for row in found} <= {"added", "removed", "moved"}
    assert {row["tool_id"] for row in found if row["change"] == "added"}.isdisjoint(before)
    assert any(row["change"] == "added" for row in found)


def test_a_change_in_words_is_enough(filled, rows):
    flagged = rows("policy", "replay", "--since", "2026-01-01")
    policy = flagged[0]["policy"]

    found = rows("policy", "replay", "--since", "2026-01-01", "--with", f"{policy}.mode=off")

    assert {(row["policy"], row["change"]) for row in found} == {(policy, "removed")}
    assert {row["tool_id"] for row in found} == {row["tool_id"] for row in flagged if row["policy"] == policy}


def test_a_threshold_can_be_tried(filled, rows, tmp_path):
    condition = "grants.active < most && grants.leaver_owned >= 0"
    text = WITH.replace("grants.leaver_owned <= most", condition).replace("most: 2", "most: 100000")
    path = write(tmp_path, text)

    nothing = rows("policy", "replay", "--since", "2026-01-01", "--file", path)
    found = rows("policy", "replay", "--since", "2026-01-01", "--file", path, "--with", "TST-01.most=1")

    assert nothing == []
    assert {(row["policy"], row["change"]) for row in found} == {("TST-01", "added")}


def test_only_one_policy_can_be_asked_for(filled, rows):
    policy = rows("policy", "replay", "--since", "2026-01-01")[0]["policy"]

    assert {row["policy"] for row in rows("policy", "replay", "--since", "2026-01-01", "--policy", policy)} == {policy}


def test_the_table_says_how_much_was_looked_at(filled, run):
    done = run("policy", "replay", "--since", "2026-01-01")

    assert done.exit_code == 0, done.stderr
    assert "moments from 2026-01-01 to 2026-04-01" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--since", "2026-04-01"], 1, "name an earlier day"),
        (["--since", "1990-01-01"], 1, "at most 5 years before"),
        (["--since", "soon"], 2, "--since"),
        ([], 2, "--since"),
        (["--since", "2026-01-01", "--with", "SEC-02"], 2, "write ID.KEY=VALUE"),
        (["--since", "2026-01-01", "--with", "SEC-02.mode=no"], 2, "mode is one of on, watch, off"),
        (["--since", "2026-01-01", "--with", "SEC-02.most=3"], 1, "there is no threshold most"),
        (["--since", "2026-01-01", "--with", "SEC-00.mode=off"], 1, "there is no policy SEC-00"),
        (["--since", "2026-01-01", "--file", "none.yaml"], 1, "none.yaml:1:1: cannot be read"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_what_to_do(filled, run, words, status, said):
    done = run("policy", "replay", *words)

    assert done.exit_code == status
    assert said in done.stderr


def test_two_versions_differ_in_fields_and_in_todays_findings(filled, rows, tmp_path):
    one, other = write(tmp_path, SOUND, "one.yaml"), write(tmp_path, STALE, "two.yaml")

    found = rows("policy", "diff", one, other)

    assert found[0] == {
        "kind": "changed", "policy": "TST-01", "field": "require", "before": "grants.leaver_owned == 0",
        "after": "grants.active < 1 && grants.leaver_owned >= 0", "tool_id": None, "tool": None,
    }  # fmt: skip
    assert {row["kind"] for row in found[1:]} <= {"finding added", "finding removed"}
    assert all(row["tool_id"] for row in found[1:])
    assert len(found) > 1


def test_a_file_does_not_differ_from_itself_and_no_database_is_needed(run):
    done = run("policy", "diff", PACKS / "security.yaml", PACKS / "security.yaml")

    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Both say the same, and flag the same.")


def test_what_is_refused_is_told_and_fails(run, tmp_path):
    one, other = write(tmp_path, SOUND, "one.yaml"), write(tmp_path, changed("light", "dark"), "two.yaml")

    done = run("policy", "diff", one, other)

    assert done.exit_code == 1
    assert f"not evaluated: {other}:5:10: profile is one of" in done.stderr


def test_a_case_from_a_real_tool_can_be_pasted_and_passes(filled, run, rows, tmp_path):
    standing = (
        next(row for row in rows("findings") if row["policy"] == "SEC-02")
        if any(row["policy"] == "SEC-02" for row in rows("findings"))
        else rows("findings")[0]
    )
    policy = standing["policy"]

    text = run("policy", "case", "--from-tool", standing["tool_id"], policy).stdout

    (case,) = yaml.safe_load(text)
    assert case["expect"] == "violated"
    assert "@" not in text.replace("@example.com", "")
    assert run("policy", "show", policy, "--format", "json").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from-tool", "zapier", "SEC-0"], "there is no policy 'SEC-0'"),
        (["--from-tool", "nowhere-at-all", "SEC-02"], "there is no tool 'nowhere-at-all'"),
    ],
)
def test_a_case_of_what_is_not_there_is_refused(filled, run, words, said):
    done = run("policy", "case", *words)

    assert done.exit_code != 0
    assert said in done.stderr


def test_the_schema_is_printed(run):
    assert json.loads(run("policy", "schema").stdout) == schema()


def test_faults_are_rows_for_programs_and_annotations_for_a_workflow(run, tmp_path):
    path = write(tmp_path, changed("light", "dark"))

    done = run("policy", "check", path, "--format", "jsonl")
    noted = run("policy", "check", path, "--annotate")

    assert (done.exit_code, noted.exit_code) == (1, 1)
    assert json.loads(done.stdout) == {
        "file": str(path), "line": 5, "column": 10, "policy": "TST-01",
        "message": "profile is one of light, standard, strict",
    }  # fmt: skip
    assert noted.stdout == f"::error file={path},line=5,col=10::profile is one of light, standard, strict\n"
