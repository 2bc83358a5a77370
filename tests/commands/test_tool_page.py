"""The page of a tool that nobody has named: why its names are one, what it may be, and what it imitates."""

import json

import pytest

LOOKALIKE = "https://mailchimp-login.com/start"


def app(number, label, url):
    return {
        "id": f"0oa{number}",
        "name": "bookmark",
        "label": label,
        "status": "ACTIVE",
        "signOnMode": "BOOKMARK",
        "settings": {"app": {"url": url}, "signOn": {}},
    }


@pytest.fixture
def seen(machine, run, monkeypatch):
    """A company with a tool of two sources, a look-alike, and a name that is nearly a known one."""
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/own.db")
    monkeypatch.setenv("COLUMNS", "200")
    apps = [
        app(1, "Zorbo Boards", "https://app.zorboworks.io"),
        app(2, "Mailchimp", LOOKALIKE),
        app(3, "Hubspt Reports", "https://reports.quillworks.io"),
    ]
    (machine / "apps.json").write_text(json.dumps(apps), encoding="utf-8")
    lines = [
        "Date,Merchant,Amount,Currency",
        "2026-02-03,ZORBOWORKS.IO,14.00,EUR",
        "2026-02-04,MAILCHMP PRINTING,9.00,EUR",
    ]
    (machine / "card.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("ingest", "okta-apps", machine / "apps.json").exit_code == 0
    assert run("ingest", "card-csv", machine / "card.csv").exit_code == 0
    return machine


def found(run, name):
    done = run("tools", "show", name, "--format", "json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def by_name(rows, name):
    (row,) = [row for row in rows("tools") if row["name"] == name]
    return row


def test_why_the_names_of_a_tool_are_one_is_said_in_one_sentence(seen, run):
    tool = found(run, "Zorbo Boards")

    assert len(tool["identities"]) == 2
    (sentence,) = tool["joined"]
    assert sentence.endswith("are one tool, since they have the domain zorboworks.io together.")
    assert {"okta/app_id:0oa1", "card/descriptor:zorboworks.io"} <= set(sentence.replace(",", " ").split())
    assert sentence in run("tools", "show", "Zorbo Boards").stdout
    assert all("both have the domain zorboworks.io." in row["why"] for row in tool["identities"])


def test_what_it_may_be_is_ranked_with_the_command_that_accepts_it(seen, run, rows):
    tool = found(run, "Hubspt Reports")

    first = tool["candidates"][0]
    assert (first["tool_id"], tool["provisional"]) == ("hubspot", True)
    assert first["accept"] == f"ostiary review merge {tool['id']} hubspot --reason TEXT"
    assert first["accept"] in run("tools", "show", "Hubspt Reports").stdout
    assert "hubspot" not in {row["id"] for row in rows("tools")}


def test_the_command_that_accepts_a_candidate_does(seen, run, rows):
    words = found(run, "Hubspt Reports")["candidates"][0]["accept"].replace("TEXT", "seen").split()

    assert run(*words[1:]).exit_code == 0

    assert "hubspot" in {row["id"] for row in rows("tools")}


def test_a_known_tool_has_no_candidates_and_no_sentence(filled, run):
    tool = found(run, "mailchimp")

    assert (tool["candidates"], tool["joined"], tool["look_alikes"], tool["imitates"]) == ([], [], [], [])


def test_a_look_alike_is_a_tool_of_its_own_that_says_what_it_imitates(seen, run, rows):
    row = by_name(rows, "Mailchimp")

    assert (row["imitates"], row["provisional"], row["category"]) == (["Mailchimp"], True, None)
    assert row["id"] != "mailchimp"
    assert "mailchimp" not in {row["id"] for row in rows("tools")}
    assert "look-alike of Mailchimp" in run("tools").stdout


def test_the_page_of_a_look_alike_warns_and_does_not_offer_the_genuine_tool(seen, run, rows):
    tool = found(run, by_name(rows, "Mailchimp")["id"])

    assert tool["look_alikes"] == [{"source": "okta", "key": "app_id:0oa2", "imitates": "Mailchimp"}]
    assert "mailchimp" not in {c["tool_id"] for c in tool["candidates"]}
    assert "Look-alike: okta app_id:0oa2 imitates Mailchimp, and is not it." in run("tools", "show", tool["id"]).stdout


def test_money_that_is_like_a_known_tool_is_pointed_out_and_stays_unmatched(seen, run, rows):
    shown = run("spend", "--unmatched").stdout

    (row,) = rows("spend", "--unmatched")
    assert f"ostiary spend rule '{row['merchant']}' tool --tool mailchimp --reason TEXT" in shown


def test_an_earlier_id_of_a_tool_still_leads_to_it(seen, run, rows):
    before = by_name(rows, "Hubspt Reports")["id"]
    moved = [app(3, "Hubspt Reports", "https://quillworks.dev")]
    (seen / "apps.json").write_text(json.dumps(moved), encoding="utf-8")
    assert run("review", "merge", by_name(rows, "Zorbo Boards")["id"], before, "--reason", "one team").exit_code == 0
    assert run("ingest", "okta-apps", seen / "apps.json").exit_code == 0

    tool = found(run, before)

    assert (tool["id"] != before, tool["name"]) == (True, "Hubspt Reports")
    assert [d["reason"] for d in tool["decisions"]] == ["one team"]
