"""Merge, split, rule, undo: what each changes, and that each can be taken back."""

import json
import re

import pytest

from model.errors import Unavailable


def tool_ids(rows):
    return {row["id"] for row in rows("tools")}


def test_a_merge_makes_two_tools_one_and_an_undo_two_again(filled, run, rows):
    before = rows("tools")

    merged = run("review", "merge", "Leadlantern", "hubspot", "--reason", "Its portal")
    between = rows("tools")
    undone = run("review", "undo", str(decision_of(merged)), "--reason", "Not after all")

    assert (merged.exit_code, undone.exit_code) == (0, 0)
    assert re.search(
        r"Leadlantern \(new-\S+\) is HubSpot from now on \(decision \d+\)\.", " ".join(merged.stdout.split())
    )
    assert f"To undo it:\n    ostiary review undo {decision_of(merged)} --reason TEXT\n" in merged.stdout
    assert "Leadlantern" not in {row["name"] for row in between}
    assert rows("tools") == before


def decision_of(done) -> int:
    return int(done.stdout.partition("(decision ")[2].partition(")")[0])


def test_a_split_makes_a_tool_of_its_own(filled, run, rows):
    done = run("review", "split", "okta/app_id:0oa8plattform", "--name", "Agency portal", "--reason", "They said so")

    (found,) = [row for row in rows("tools") if row["id"] == "own-agency-portal"]
    assert done.exit_code == 0
    assert (found["name"], found["provisional"]) == ("Agency portal", False)


def test_a_split_leads_to_a_known_tool(filled, run, rows):
    done = run("review", "split", "okta/app_id:0oa8plattform", "--to", "HubSpot", "--reason", "Its portal")

    assert done.exit_code == 0
    assert "Leadlantern" not in {row["name"] for row in rows("tools")}


def test_a_merchant_that_is_ruled_no_tool_stays_listed_as_ruled(filled, run, rows):
    done = run("spend", "rule", "ACME  Print Shop", "not-a-tool", "--reason", "Prints flyers")

    rulings = {row["merchant"]: row["ruling"] for row in rows("spend", "--unmatched")}
    assert done.exit_code == 0, done.stderr
    assert rulings["acme print shop"] == "not-a-tool"
    assert rulings["pret a manger"] is None


def test_a_merchant_that_is_ruled_a_tool_becomes_one_with_its_money(filled, run, rows):
    done = run("spend", "rule", "acme print shop", "tool", "--tool", "Acme Web Print", "--reason", "Its web shop")

    (found,) = [row for row in rows("spend") if row["tool"] == "Acme Web Print"]
    assert done.exit_code == 0, done.stderr
    assert found["charges"] == 2
    assert "acme print shop" not in {row["merchant"] for row in rows("spend", "--unmatched")}


def test_what_changed_is_an_object_for_programs(filled, run):
    done = run("review", "merge", "Leadlantern", "hubspot", "--reason", "Its portal", "--format", "json")

    found = json.loads(done.stdout)
    assert found["kind"] == "review merge"
    assert found["into"] == "hubspot"
    assert found["relinked"] == 1
    assert found["undo"] == f"ostiary review undo {found['decision']} --reason TEXT"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["review", "merge", "canva", "canva"], 1, "canva is canva already"),
        (["review", "merge", "canva", "nowhere"], 1, "there is no tool 'nowhere'"),
        (["review", "split", "okta/app_id:none", "--name", "X"], 1, "no source names an app"),
        (["review", "split", "okta/app_id:0oa8plattform"], 1, "say either which tool it is"),
        (["review", "undo", "99"], 1, "there is no decision 99"),
        (["spend", "rule", "nobody", "later"], 1, "no charge names 'nobody'"),
        (["spend", "rule", "acme print shop", "later", "--tool", "X"], 2, "--tool does not go with later"),
        (["spend", "rule", "acme print shop", "perhaps"], 2, "perhaps"),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_reason(filled, run, rows, *, words, status, said):
    before = rows("review", "decisions")

    done = run(*words, "--reason", "because")

    assert done.exit_code == status
    assert said in " ".join(done.stderr.split())
    assert rows("review", "decisions") == before


@pytest.mark.parametrize("reason", [[], ["--reason", " "]])
def test_a_decision_needs_a_reason(filled, run, reason):
    done = run("review", "merge", "Leadlantern", "hubspot", *reason)

    assert done.exit_code != 0
    assert "reason" in done.stderr


def test_nothing_is_decided_where_there_is_no_database(run, machine):
    done = run("review", "merge", "a", "b", "--reason", "x", "--db", f"sqlite:///{machine}/none.db")

    assert done.exit_code == 2
    assert not (machine / "none.db").exists()


def test_decisions_are_listed_with_whether_they_stand(filled, run, rows):
    number = decision_of(run("review", "merge", "Leadlantern", "hubspot", "--reason", "Its portal"))
    run("review", "undo", str(number), "--reason", "Not after all")

    listed = rows("review", "decisions")

    assert [row["kind"] for row in listed[:2]] == ["undo", "merge"]
    assert (listed[1]["id"], listed[1]["in_force"], listed[1]["reason"]) == (number, False, "Its portal")
    assert listed[0]["by"].startswith("user:")
    assert "undone" in run("review", "decisions").stdout


def test_a_decision_beside_a_running_scan_is_kept(filled, run, rows, monkeypatch):
    def busy(*_args):
        raise Unavailable("another run is under way")

    monkeypatch.setattr("commands.deciding.derive_again", busy)

    done = run("review", "merge", "Leadlantern", "hubspot", "--reason", "Its portal")

    assert done.exit_code == 0
    assert "The decision is recorded" in done.stderr
    assert rows("review", "decisions")[0]["kind"] == "merge"


def test_rebuild_gives_the_same_rows(filled, run, rows):
    run("review", "merge", "Leadlantern", "hubspot", "--reason", "Its portal")
    before = rows("tools"), rows("spend"), rows("signals")

    done = run("rebuild")

    assert done.exit_code == 0
    assert "anew" in done.stdout
    assert (rows("tools"), rows("spend"), rows("signals")) == before


def test_without_the_configuration_the_company_of_the_last_run_stands(filled, run, rows):
    before = rows("tools")
    (filled / "ostiary.toml").unlink()

    run("rebuild")

    assert rows("tools") == before


def test_a_provisional_tool_can_become_one_of_the_catalogue_that_was_not_seen_before(filled, run, rows):
    assert "klaviyo" not in tool_ids(rows)

    merged = run("review", "merge", "Leadlantern", "klaviyo", "--reason", "Its German name")
    ruled = run("spend", "rule", "acme print shop", "tool", "--tool", "surveymonkey", "--reason", "A test")

    found = {row["id"]: row for row in rows("tools")}
    assert (merged.exit_code, ruled.exit_code) == (0, 0)
    assert (found["klaviyo"]["name"], found["klaviyo"]["provisional"]) == ("Klaviyo", False)
    assert found["surveymonkey"]["name"] == "SurveyMonkey"


def test_an_identity_can_be_split_off_to_one_of_the_catalogue(filled, run, rows):
    done = run("review", "split", "okta/app_id:0oa8plattform", "--to", "klaviyo", "--reason", "Its German name")

    assert done.exit_code == 0
    assert "klaviyo" in tool_ids(rows)
