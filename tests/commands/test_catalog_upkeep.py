"""`catalog propose`, `export` and `update`: an entry from what people confirmed, releases in and back out."""

import json
import re
from hashlib import sha256

import pytest
from sqlalchemy import text

from catalog.cache import content_hash
from catalog.load import ENTRIES
from catalog.release import release_bytes
from storage import queries
from storage.store import Store

APP = "okta/app_id:0oa8plattform"
CRM = "id: acmeo\nname: Acmeo\nvendor: Acmeo\ncategory: crm\ndomains: [acmeo.com]\n"


# --- propose ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def confirmed(filled, run):
    done = run("review", "split", APP, "--name", "Agency portal", "--reason", "They said so")
    assert done.exit_code == 0, done.stderr
    return "own-agency-portal"


def test_a_confirmed_tool_is_printed_as_an_entry(confirmed, run):
    done = run("catalog", "propose", confirmed)

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("id: own-agency-portal\nname: Agency portal\nvendor: fill-in\n")
    assert "\nnames: [Leadlantern]\n" in done.stdout


def test_no_person_and_no_domain_of_the_company_stands_in_it(confirmed, run, rows):
    people = json.loads(run("tools", "show", confirmed, "--format", "json").stdout)["persons"]

    shown = run("catalog", "propose", confirmed).stdout

    assert people
    assert not re.search(r"@|example\.com|example\.co\.uk", shown)
    assert [p["address"] for p in people if p["address"].partition("@")[0] in shown] == []


def test_programs_get_the_entry_and_what_is_to_be_filled_in(confirmed, run):
    found = json.loads(run("catalog", "propose", confirmed, "--format", "json").stdout)

    assert found["entry"]["id"] == confirmed
    assert found["fill_in"] == ["vendor", "category"]
    assert found["file"] is None


def test_a_tool_that_nobody_has_confirmed_is_refused_with_the_reason(filled, run, rows):
    (tool,) = [row["id"] for row in rows("tools") if row["name"] == "Leadlantern"]

    done = run("catalog", "propose", tool)

    assert (done.exit_code, done.stdout) == (1, "")
    assert f"nobody has confirmed {tool} yet: `ostiary review split" in " ".join(done.stderr.split())


def test_a_provisional_tool_into_which_a_person_merged_another_one_is_confirmed(filled, run, rows):
    tools = {row["name"]: row["id"] for row in rows("tools") if row["provisional"]}
    run("review", "merge", tools["EVENTLOOM"], tools["Leadlantern"], "--reason", "One product")

    done = run("catalog", "propose", tools["Leadlantern"])

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("id: leadlantern\nname: Leadlantern\n")
    assert "descriptors: [EVENTLOOM" in done.stdout


def test_a_decision_that_was_taken_back_confirms_nothing(filled, run, rows):
    tools = {row["name"]: row["id"] for row in rows("tools") if row["provisional"]}
    done = run("review", "merge", tools["EVENTLOOM"], tools["Leadlantern"], "--reason", "One product")
    number = re.search(r"decision (\d+)", done.stdout)[1]
    run("review", "undo", number, "--reason", "Not after all")

    assert "nobody has confirmed" in run("catalog", "propose", tools["Leadlantern"]).stderr


def test_a_tool_of_the_catalogue_is_refused(filled, run):
    done = run("catalog", "propose", "hubspot")

    assert done.exit_code == 1
    assert "hubspot is in the catalogue or the company's overlay already" in done.stderr


def test_an_appended_entry_is_refused_by_check_until_it_is_filled_in_and_then_names_the_tool(
    confirmed, run, rows, machine
):
    own = machine / "own" / "tools.yaml"
    own.parent.mkdir()
    config = machine / "ostiary.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n[catalog]\noverlay = "own"\n', encoding="utf-8")

    appended = run("catalog", "propose", confirmed, "--output", own)
    unfilled = run("catalog", "check")
    own.write_text(re.sub("(vendor|category): fill-in", r"\1: crm", own.read_text(encoding="utf-8")), encoding="utf-8")
    filled_in = run("catalog", "check")
    rebuilt = run("rebuild")

    assert f"own-agency-portal stands at {own}:1. Still to be filled in: vendor and category." in " ".join(
        appended.stdout.split()
    )
    assert unfilled.exit_code == 1
    assert "own/tools.yaml:1: category of own-agency-portal is still to be filled in" in unfilled.stdout
    assert (filled_in.exit_code, rebuilt.exit_code) == (0, 0), filled_in.stdout
    (found,) = [row for row in rows("tools") if row["id"] == confirmed]
    assert (found["category"], found["marketing"], found["provisional"]) == ("crm", True, False)
    assert "already" in run("catalog", "propose", confirmed).stderr


# --- releases --------------------------------------------------------------------------------------------------------


@pytest.fixture
def release(machine):
    """Write a release of one tool."""
    folder = machine / "entries"
    folder.mkdir()
    (folder / "crm.yaml").write_text(CRM, encoding="utf-8")
    path = machine / "small.release"
    path.write_bytes(release_bytes(folder))
    return path


def named(run, domain):
    asked = json.dumps({"id": 1, "kind": "domain", "value": domain}).encode()
    return json.loads(run("identify", stdin=asked).stdout)["tool_id"]


def test_an_exported_release_can_be_installed_by_the_line_that_is_shown(run, machine):
    exported = run("catalog", "export", "all.release")
    line = exported.stdout.splitlines()[-1].split()

    updated = run(*line[1:], "--format", "json")

    assert sha256((machine / "all.release").read_bytes()).hexdigest() == line[-1]
    found = json.loads(updated.stdout)
    assert found == {
        "version": content_hash(ENTRIES),
        "installed": True,
        "added": [],
        "removed": [],
        "renamed": [],
        "changed": 0,
    }


def test_every_command_uses_an_installed_release_and_says_so(release, run, rows):
    before = named(run, "acmeo.com"), named(run, "mailchimp.com")

    done = run("catalog", "update", release)

    assert done.exit_code == 0, done.stderr
    assert before == (None, "mailchimp")
    assert (named(run, "acmeo.com"), named(run, "mailchimp.com")) == ("acmeo", None)
    assert [row["id"] for row in rows("catalog", "search", "acmeo")] == ["acmeo"]
    assert "installed by `ostiary catalog update`" in run("catalog", "search", "acmeo").stdout
    assert "installed by `ostiary catalog update`" in run("--version").stdout
    assert "installed by `ostiary catalog update`" in run("catalog", "check").stderr


def test_what_changes_is_shown(release, run):
    shown = run("catalog", "update", release).stdout

    assert "1 tool added:\n" in shown
    assert "Acmeo (acmeo)" in shown
    assert "tools removed:\n" in shown
    assert re.search(r"and [\d,]+ more; --format json names all", shown)
    assert shown.endswith("    ostiary rebuild\n")


def test_undo_goes_back_to_the_one_before(release, run):
    run("catalog", "update", release)

    done = run("catalog", "update", "--undo")

    assert done.exit_code == 0, done.stderr
    assert "1 tool removed:" in done.stdout
    assert named(run, "mailchimp.com") == "mailchimp"
    assert "came with the program" in run("--version").stdout
    again = run("catalog", "update", "--undo")
    assert (again.exit_code, "none before it" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("spoil", "words", "says"),
    [
        (lambda c: c, ["--sha256", "0" * 64], "does not have the hash given by --sha256"),
        (lambda c: c.replace(b"acmeo.com", b"other.com"), [], "not whole, or was changed"),
        (lambda c: c.replace(b"schema: 1", b"schema: 2"), [], "install a newer Ostiary"),
        (lambda _c: b"nothing", [], "is no release of the catalogue"),
    ],
)
def test_what_does_not_hold_leaves_everything_as_it_was(release, run, machine, *, spoil, words, says):
    run("catalog", "update", release)
    before = sorted((p, p.read_bytes()) for p in (machine / "data").rglob("*") if p.is_file())
    release.write_bytes(spoil(release.read_bytes()))

    done = run("catalog", "update", release, *words)

    assert (done.exit_code, done.stdout) == (1, "")
    assert says in " ".join(done.stderr.split())
    assert sorted((p, p.read_bytes()) for p in (machine / "data").rglob("*") if p.is_file()) == before


@pytest.mark.parametrize(
    "words", [[], ["small.release", "--undo"], ["--undo", "--sha256", "0" * 64], ["small.release", "--sha256", "abc"]]
)
def test_a_call_that_says_two_things_or_none_is_wrong(release, run, words):
    assert run("catalog", "update", *words).exit_code == 2


def test_an_installed_release_that_was_changed_is_found_by_check(release, run, machine):
    run("catalog", "update", release)
    (entries,) = (machine / "data").rglob("crm.yaml")
    entries.write_text(CRM.replace("acmeo.com", "acmeoo.com"), encoding="utf-8")

    done = run("catalog", "check")

    assert done.exit_code == 1
    assert re.search(r"the installed release \w{16} was changed: install it anew", done.stdout)


def test_an_installed_release_that_is_gone_is_an_error_that_says_the_way_back(release, run, machine):
    run("catalog", "update", release)
    (entries,) = (machine / "data").rglob("crm.yaml")
    entries.parent.rename(machine / "away")

    gone = run("catalog", "search", "acmeo")
    back = run("catalog", "update", "--undo")

    assert (gone.exit_code, "`ostiary catalog update --undo` goes back" in gone.stderr) == (2, True)
    assert back.exit_code == 0, back.stderr
    assert "came with the program" in run("--version").stdout


# --- whose names are kept out ----------------------------------------------------------------------------------------


def test_persons_are_known_by_all_that_sources_call_them_and_those_of_a_tool_are_among_them(filled):
    store = Store(f"sqlite:///{filled}/ostiary.db")
    with store.read() as connection:
        everybody, near = set(queries.people(connection)), set(queries.people(connection, "hubspot"))
        services = set(connection.scalars(text("SELECT native_id FROM actor WHERE kind = 'service'")))
    store.close()

    assert near
    assert near < everybody
    assert "ben.placeholder@example.com" in {address for _, address, _ in everybody}
    assert services.isdisjoint(native_id for _, _, native_id in everybody)
