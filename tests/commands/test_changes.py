"""What changed, and all that is behind one change."""

import json

import pytest

from tests.commands.conftest import FIXTURES

WAYS = {
    "finding": "ostiary findings show ",
    "case": "ostiary cases show ",
    "decision": "ostiary signals show decision:",
}


@pytest.fixture
def merged(filled, run, rows):
    """A company in which a person merged two tools, and took it back."""
    done = run("review", "merge", "canva", "mailchimp", "--reason", "one contract covers both")
    assert done.exit_code == 0, done.stderr
    return filled


def whole(run, number):
    done = run("changes", "show", number, "--format", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_every_change_has_an_id_of_its_own_and_keeps_it(merged, run, rows):
    before = {row["id"]: row for row in rows("changes")}
    assert len(before) == len(rows("changes")) > 5

    assert run("review", "undo", "99", "--reason", "x").exit_code == 1
    assert run("rebuild").exit_code == 0

    assert before.items() <= {row["id"]: row for row in rows("changes")}.items()


def test_the_page_of_a_link_names_run_decision_and_both_values(merged, run, rows):
    (link, *_) = rows("changes", "--kind", "link")

    found = whole(run, link["id"])

    assert (found["before"], found["after"], found["tool_id"]) == ("canva", "Mailchimp", "mailchimp")
    assert found["run"]["command"] == "review merge"
    assert found["run"]["started_at"] == found["at"]
    assert found["decision"] is not None
    assert found["evidence"]["after"][0] == f"decision:{found['decision']}"
    assert any(key.startswith(("signal:", "usage:")) for key in found["evidence"]["before"])
    assert f"(decision {found['decision']}," in found["said"]["after"]
    assert f"(decision {found['decision']}," not in found["said"]["before"]


def test_the_page_for_people_leads_on(merged, run, rows):
    (link, *_) = rows("changes", "--kind", "link")

    shown = run("changes", "show", link["id"]).stdout

    for said in ("Canva", "Mailchimp", "review merge", "Before", "After", "ostiary tools show mailchimp"):
        assert said in shown
    assert f"ostiary signals show decision:{whole(run, link['id'])['decision']}" in shown


@pytest.mark.parametrize("kind", ["finding", "case", "tool", "decision"])
def test_a_change_of_every_kind_has_its_page_and_its_evidence_leads_somewhere(merged, run, rows, kind):
    (row, *_) = rows("changes", "--kind", kind)

    found, shown = whole(run, row["id"]), run("changes", "show", row["id"]).stdout

    assert {name: found[name] for name in row} == row
    assert WAYS.get(kind, "ostiary tools show ") in shown
    assert (found["run"] is None) == (kind == "decision")
    for key in [*found["evidence"]["before"], *found["evidence"]["after"]][:3]:
        words = ("tools", key.removeprefix("tool:")) if key.startswith("tool:") else ("signals", key)
        assert run(words[0], "show", words[1]).exit_code == 0, key


def test_a_decision_s_page_gives_its_reason(merged, run, rows):
    row = rows("changes", "--kind", "decision")[0]

    found = whole(run, row["id"])

    assert found["said"]["after"] == "one contract covers both"
    assert found["evidence"] == {"before": [], "after": [f"decision:{found['decision']}"]}


def test_a_record_that_changed_says_which_runs_read_it(filled, run, rows):
    fixture = json.loads((FIXTURES / "okta-apps.json").read_text(encoding="utf-8"))
    fixture[0]["status"] = "INACTIVE" if fixture[0]["status"] == "ACTIVE" else "ACTIVE"
    (filled / "again.json").write_text(json.dumps(fixture[:-1]), encoding="utf-8")
    assert run("ingest", "okta-apps", filled / "again.json").exit_code == 0

    changed = [whole(run, row["id"]) for row in rows("changes", "--kind", "registration")]
    (other,) = [c for c in changed if c["what"].endswith(" changed")]
    gone = [c for c in changed if c["what"].endswith(" removed")]

    assert other["before"]["status"] != other["after"]["status"]
    assert f"run {other['run']['id']} read it" in other["said"]["after"]
    assert f"run {other['run']['id']} read it" not in other["said"]["before"]
    assert other["evidence"]["before"] == []
    assert run("signals", "show", other["evidence"]["after"][0]).exit_code == 0
    assert all(c["evidence"] == {"before": [], "after": []} for c in gone)


def test_the_beginning_of_an_id_is_enough_and_a_wrong_one_is_said_to_be_so(merged, run, rows):
    wanted = rows("changes")[0]["id"]

    assert whole(run, wanted[:8].upper())["id"] == wanted
    for wrong in ("zzzz", " "):
        done = run("changes", "show", wrong)
        assert done.exit_code == 1
        assert "there is no change" in done.stderr


def test_an_id_that_begins_two_changes_is_not_guessed(merged, run, rows):
    ids = [row["id"] for row in rows("changes")]
    first = next(digit for digit in "0123456789abcdef" if sum(i.startswith(digit) for i in ids) > 1)

    done = run("changes", "show", first)

    assert done.exit_code == 1
    assert "begins with" in done.stderr


def test_the_table_says_how_to_see_one(filled, run, rows):
    assert "ostiary changes show " in run("changes").stdout
