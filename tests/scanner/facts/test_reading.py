"""Reading the world end to end: what runs, decisions and the company's settings leave in the store becomes facts."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.overlay import load_overlaid
from gate import decisions
from gate.decisions import Ruling
from scanner.facts.derive import facts, world
from storage import kept
from storage.times import to_ms
from tests.scanner.house import ACME, START, charges, event, numbered, user

MAIL = "https://mail.google.com/"
DRIVE = "https://www.googleapis.com/auth/drive"


def tokens(*scopes):
    held = {"clientId": "quill.example", "userKey": "1001", "displayText": "Quillfox", "scopes": list(scopes)}
    return json.dumps({"kind": "admin#directory#tokenList", "items": [held]})


def list_tokens(house, content):
    """Read a list of tokens that was saved just now."""
    house.clock.at += timedelta(minutes=5)
    return house.ingest("google-tokens", house.write("tokens", content, saved=house.clock.at))


def decide(house, kind, tool, **detail):
    house.clock.at += timedelta(minutes=5)
    with house.store.write() as connection:
        ruling = Ruling(kind=kind, about=f"tool:{tool}", detail=detail, reason="we looked at it")
        return decisions.decide(connection, house.trail, ruling, by="user:ana", at=house.clock.now())


def derived(house, tool, *, company=None):
    with house.store.read() as connection:
        found = world(
            connection, company or house.company, to_ms(house.clock.now()), kept.decisions(connection), house.index
        )
        return facts(found.subjects[tool], found)


def value(house, name, tool, **more):
    fact = derived(house, tool, **more)[name]
    return getattr(fact, "value", fact)


def the_tool(house):
    return house.one("SELECT id FROM tool")


def test_scopes_that_came_after_a_decision_were_added_and_stay_so_after_a_rebuild(either_house):
    house = either_house
    list_tokens(house, tokens(MAIL))
    tool = the_tool(house)
    assert value(house, "grants.sensitive_added", tool).reason == "there is no decision"
    number = decide(house, "status", tool, status="approved")

    list_tokens(house, tokens(MAIL, DRIVE))

    found = derived(house, tool)["grants.sensitive_added"]
    assert (found.value, found.evidence[0]) == ((DRIVE,), f"decision:{number}")
    house.rebuild()
    assert value(house, "grants.sensitive_added", tool) == (DRIVE,)
    decide(house, "status", tool, status="approved")
    assert value(house, "grants.sensitive_added", tool) == ()


def test_an_approval_that_is_taken_over_in_the_first_run_covers_what_that_run_finds(house):
    house.ingest_text("approved-tools-csv", "Tool,Status\nHubSpot,approved\n")
    before = house.tables("fact")

    assert value(house, "grants.sensitive_added", "hubspot").reason == "no list of grants was read"
    house.rebuild()
    assert house.tables("fact") == before


def test_a_list_that_was_first_read_after_the_decision_does_not_say_what_was_added(house):
    house.ingest("okta-system-log", house.write("log", [event(1, "Quillfox")]))
    tool = the_tool(house)
    decide(house, "status", tool, status="approved")
    list_tokens(house, tokens(MAIL).replace("Quillfox", "Other"))
    other = next(t for t in house.tools() if t != tool)
    house.correct().merge(other, tool, "one contract")
    house.derive_again()

    assert value(house, "grants.sensitive_added", tool).reason == "google/tokens was first read after the decision"


def test_owners_that_were_decided_are_found_by_their_actor_and_undone_ones_are_none(house):
    house.ingest("okta-users", house.write("users", [user("ana"), user("bo", status="DEPROVISIONED")], saved=START))
    house.ingest("okta-system-log", house.write("log", [event(1)]))
    actors = {r["address"]: r["id"] for r in house.rows("SELECT id, address FROM actor")}
    first = decide(house, "owner", "hubspot", side="technical", actor=actors["ana@acme.example"])
    decide(house, "owner", "hubspot", side="business", actor=actors["bo@acme.example"])

    assert value(house, "ownership.technical_owner", "hubspot") is True
    assert value(house, "ownership.owner_left", "hubspot") is True
    assert value(house, "ownership.owners_same", "hubspot") is False
    with house.store.write() as connection:
        ruling = Ruling(kind="undo", about=f"decision:{first}", detail={}, reason="a slip")
        decisions.decide(connection, house.trail, ruling, by="user:ana", at=house.clock.now())
    assert value(house, "ownership.technical_owner", "hubspot") is False


def test_how_people_signed_in_and_how_many_more_came_is_read_from_the_roll_up(either_house):
    house = either_house
    numbers = numbered()
    days = {"ana": (1, 40, 88), "bo": (2,), "cy": (45, 50)}
    log = [
        event(next(numbers), person=person, published=f"{START - timedelta(days=back):%Y-%m-%dT%H:%M:%S}.000Z")
        for person, backs in days.items()
        for back in backs
    ]
    house.ingest("okta-system-log", house.write("log", log, saved=START))
    found = derived(house, "hubspot")

    assert found["access.sso_sign_ins"].value == found["access.sign_ins"].value == 6
    assert found["people.active_30d"].value == 2
    assert found["people.growth_30d"].value == 0
    assert str(found["people.first_used"].value) == "2025-12-17"
    assert found["provenance.match"].value == "name"
    assert found["provenance.sources"].value == ("okta",)


def test_charges_of_more_than_a_year_are_at_hand_and_count_in_no_year(either_house):
    house = either_house
    rows = [(f"{year}-{month:02d}-05", "HUBSPOT", "-10.00") for year in (2025, 2026) for month in (1, 2, 3)]
    months = [(f"2025-{month:02d}-05", "HUBSPOT", "-10.00") for month in range(4, 13)]
    house.ingest("card-csv", house.write("card.csv", charges(*rows, *months).replace("-10.00", "10.00"), saved=START))
    tool = the_tool(house)
    found = derived(house, tool)

    assert found["spend.cadence"].value == "monthly"
    assert found["spend.change_pct"].value == 0.0
    assert found["spend.annual"].value == 120_000_000
    assert str(found["lifecycle.first_seen"].value) == "2025-01-04"


@pytest.mark.parametrize(("units", "share"), [(("IT",), 1.0), (("Growth",), 0.0)])
def test_units_of_it_are_told_of_budgets_and_of_people(house, units, share):
    header = "Date,Merchant,Amount,Currency,Card Number,Cost Center\n"
    line = "2026-03-05,HUBSPOT,10.00,EUR,************1111,Growth\n"
    house.ingest("card-csv", house.write("card.csv", header + line, saved=START))
    house.ingest("okta-users", house.write("users", [user("ana", profile={"department": "IT"})], saved=START))

    company = replace(ACME, it_units=units)

    assert value(house, "spend.outside_it_share", the_tool(house), company=company) == share


@pytest.mark.parametrize("entry", ["personal_data: [contacts]", "sources: known"])
def test_what_such_tools_usually_hold_is_no_fact_about_the_companys(house, tmp_path, entry):
    house.index = _index(tmp_path, f"id: quillfox-crm\nname: Quillfox CRM\n{_WHAT}{entry}\n")
    house.ingest_text("approved-tools-csv", "Tool,Status\nQuillfox CRM,approved\n")

    assert house.index.personal_data("quillfox-crm").kinds
    assert value(house, "data.personal", "quillfox-crm").reason


@pytest.mark.parametrize("kinds", ["[contacts]", "[]"])
def test_what_the_companys_own_record_says_of_persons_is_a_fact_where_it_names_a_kind(house, tmp_path, kinds):
    house.index = _index(tmp_path, f"id: quillfox-crm\nname: Quillfox CRM\n{_WHAT}", f"personal_data: {kinds}\n")
    house.ingest_text("approved-tools-csv", "Tool,Status\nQuillfox CRM,approved\n")

    assert (value(house, "data.personal", "quillfox-crm") is True) is (kinds != "[]")


_WHAT = "vendor: Quillfox\ncategory: crm\ndomains: [quillfox-crm.com]\n"


def _index(tmp_path, entry, own=""):
    """Return the index over one entry, and what the company's overlay adds to it."""
    entries, overlay = tmp_path / "entries", tmp_path / "own"
    entries.mkdir()
    overlay.mkdir()
    (entries / "crm.yaml").write_text(entry, encoding="utf-8")
    if own:
        (overlay / "own.yaml").write_text(f"id: quillfox-crm\n{own}", encoding="utf-8")
    return load_overlaid(overlay, entries=entries, cache=tmp_path / "cache")[0]
