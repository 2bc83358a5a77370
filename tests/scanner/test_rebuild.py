"""Rebuild: what is derived comes out the same from signals, landing files, decisions and the catalogue."""

import pytest

from tests.scanner.house import DERIVED, OF_THE_RUN, app, charges, event, user
from tests.scanner.test_run import everything

LINKS = "SELECT identity_id, tool_id, matcher, matched, why FROM link WHERE valid_to IS NULL ORDER BY identity_id"


def filled(house):
    everything(house)
    corrector = house.correct()
    corrector.merge("canva", "hubspot", "one contract")
    corrector.split("okta/app_id:0oaquillwoodboard", None, "The Board", "it is our own")
    corrector.rule_merchant("shell", "not-a-tool", None, "petrol")
    house.derive_again()
    return house


def test_deleted_rows_come_out_the_same(either_house):
    house = filled(either_house)
    # Links that were another tool before are history: rebuild begins at what is in force.
    before = {name: house.tables(name) for name in ("usage", "tool", "figures", "connection")}
    assert before["connection"]["connection"]
    links = house.rows(LINKS)
    people = house.people()
    for table in DERIVED:
        house.execute(f"DELETE FROM {table}")

    house.rebuild()

    assert {name: house.tables(name) for name in before} == before
    assert house.rows(LINKS) == links
    assert house.people() == people


def test_rebuild_of_an_untouched_store_changes_nothing_of_what_is_derived(either_house):
    house = either_house
    everything(house)
    before = house.tables()

    house.rebuild()

    after = house.tables()
    changed = {name for name in before if before[name] != after[name]}
    # A month says when it was rolled last.
    assert changed <= OF_THE_RUN | {"landing_month"}


def test_rebuild_keeps_the_history_of_what_was_corrected(house):
    filled(house)
    before = house.tables(*DERIVED)

    house.rebuild()

    assert house.tables(*DERIVED) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE usage SET successes = 99, days = 0",
        "UPDATE link SET tool_id = 'zoom', why = 'somebody said so'",
        "UPDATE actor_person SET person_id = 1, unit = 'Marketing' WHERE valid_to IS NULL",
        "UPDATE tool SET name = 'x', status = 'rejected'",
        "UPDATE figures SET people = 7, spend_total = '{}'",
        "DELETE FROM usage",
        "DELETE FROM connection",
        "UPDATE connection SET system = 'files', people = '[]', stale = 1",
        (
            "INSERT INTO connection SELECT 'ghost', system, held, scopes, scope_class, reach, held_to, consent, people,"
            " sources, grants, first_seen, last_used, stale, orphaned, over_broad FROM connection LIMIT 1"
        ),
        "INSERT INTO tool VALUES ('ghost', 'Ghost', NULL, NULL, NULL, 0, NULL, 'new')",
        (
            "INSERT INTO usage SELECT stream_id, month, 999, actor_id, method, 1, 0, first_at, last_at, 0, 1"
            " FROM usage LIMIT 1"
        ),
    ],
)
def test_damaged_rows_are_mended(house, damage):
    everything(house)
    before = house.tables(*DERIVED)
    house.execute(damage)
    assert house.tables(*DERIVED) != before

    house.rebuild()

    assert house.tables(*DERIVED) == before


def test_a_sealed_month_is_input_and_survives(house):
    house.ingest_text("okta-system-log", [event(1, published="2025-12-05T10:00:00Z"), event(2)])
    december = house.rows("SELECT * FROM usage WHERE month = 202512")
    house.execute("UPDATE landing_month SET state = 'sealed' WHERE month = 202512")
    for row in house.rows("SELECT name FROM landing_file WHERE month = 202512"):
        house.objects.delete(row["name"])
    house.execute("DELETE FROM landing_file WHERE month = 202512")
    before = house.tables(*DERIVED)

    house.rebuild()

    assert house.rows("SELECT * FROM usage WHERE month = 202512") == december
    assert house.tables(*DERIVED) == before
    assert house.one("SELECT state FROM landing_month WHERE month = 202512") == "sealed"


def test_a_month_without_files_loses_its_rows(house):
    house.ingest_text("okta-system-log", [event(1)])
    house.execute("DELETE FROM landing_file")

    house.rebuild()

    assert house.rows("SELECT * FROM usage") == []


def test_rebuild_keeps_the_as_of_of_the_last_run(house):
    house.ingest_text("okta-system-log", [event(1)], as_of=house.clock.at)
    before = house.figures()
    house.clock.at = house.clock.at.replace(year=2028)

    house.rebuild()

    assert house.figures() == before


def test_rebuild_keeps_of_which_system_each_stream_was_read(either_house):
    house = either_house
    house.ingest_text("okta-apps", [app(1, "Canva")], source="our-idp")
    facts = "SELECT tool_id, name, value, reason FROM fact WHERE valid_to IS NULL ORDER BY name"
    before = house.tables("stream"), house.rows(facts)

    house.rebuild()

    assert (house.tables("stream"), house.rows(facts)) == before
    assert house.one("SELECT system FROM stream") == "okta"


def test_rebuild_of_an_empty_store_is_an_empty_store(house):
    assert house.rebuild().tools == 0


def test_rebuild_counts_as_a_run_in_the_trail(house):
    house.ingest_text("okta-system-log", [event(1)])

    house.rebuild()

    assert [row["command"] for row in house.rows("SELECT command FROM run ORDER BY id")] == [
        "ingest okta-system-log",
        "rebuild",
    ]
    assert [row["act"] for row in house.rows("SELECT act FROM audit ORDER BY n")] == ["run", "run"]


def test_people_of_a_rebuilt_store_keep_their_numbers(house):
    house.ingest("okta-system-log", house.write("log.jsonl", [event(1), event(2, person="bo")]))
    house.ingest("okta-users", house.write("users.json", [user("bo"), user("ana")]))
    house.ingest("card-csv", house.write("card.csv", charges(("2026-02-03", "ZOOM.US", "14.00"))))
    before = house.rows("SELECT actor_id, person_id FROM actor_person ORDER BY actor_id")

    house.rebuild()

    assert house.rows("SELECT actor_id, person_id FROM actor_person ORDER BY actor_id") == before
