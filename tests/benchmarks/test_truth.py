"""The comparisons of the benchmarks must be able to fail."""

import json
import sqlite3
from datetime import UTC, date, datetime

import pytest

from benchmarks import bench_cards, bench_third_party, truth
from benchmarks.bench_third_party import Compared, Seen
from benchmarks.measuring import Ratio, pss_of, table, tree

ROW = {
    "app_name": "Fourou",
    "month": date(2025, 1, 1),
    "events": 2,
    "users": 1,
    "first_seen": datetime(2025, 1, 2, tzinfo=UTC),
    "last_seen": datetime(2025, 1, 3, 0, 0, 0, 195_000, tzinfo=UTC),
}
FIRST, LAST = 1_735_776_000_000, 1_735_862_400_195


@pytest.fixture
def database(tmp_path):
    path = str(tmp_path / "a.db")
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """CREATE TABLE identity (id, app);
            CREATE TABLE usage (month, identity_id, actor_id, method, successes, failures, first_at, last_at);
            CREATE TABLE link (identity_id, valid_to, tool_id);
            CREATE TABLE tool (id, provisional);
            CREATE TABLE record (kind, valid_to, seen_at, amount_micros)"""
        )
    return path


def put(database, statement, *rows):
    with sqlite3.connect(database) as connection:
        connection.executemany(statement, rows)


def put_usage(database, *rows):
    put(database, "INSERT INTO identity VALUES (?, ?)", (1, json.dumps({"label": "Fourou", "app_id": "0oa1"})))
    put(database, "INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *rows)


def test_an_equal_roll_up_is_right(database):
    put_usage(database, (202501, 1, 7, 1, 1, 0, FIRST, FIRST), (202501, 1, 7, 2, 1, 0, LAST, LAST))

    found = truth.check_usage(database, [ROW])

    assert found.right
    assert (found.groups, found.events) == (1, 2)


def test_failures_are_no_events_of_the_truth(database):
    put_usage(database, (202501, 1, 7, 1, 2, 0, FIRST, LAST), (202501, 1, 8, 1, 0, 5, FIRST - 9, LAST + 9))

    assert truth.check_usage(database, [ROW]).right


@pytest.mark.parametrize(
    "row",
    [
        (202501, 1, 7, 1, 3, 0, FIRST, LAST),
        (202501, 1, 7, 1, 2, 0, FIRST + 1, LAST),
        (202501, 1, 7, 1, 2, 0, FIRST, LAST - 1),
        (202502, 1, 7, 1, 2, 0, FIRST, LAST),
    ],
)
def test_one_wrong_value_is_told(database, row):
    put_usage(database, row)

    found = truth.check_usage(database, [ROW])

    assert not found.right
    assert "Fourou" in found.wrong[0]


def test_another_number_of_people_is_told(database):
    put_usage(database, (202501, 1, 7, 1, 1, 0, FIRST, LAST), (202501, 1, 8, 1, 1, 0, FIRST, LAST))

    assert truth.check_usage(database, [ROW]).wrong == [
        f"('Fourou', 202501): (2, 2, {FIRST}, {LAST}), should be (2, 1, {FIRST}, {LAST})"
    ]


def test_nothing_compared_is_not_right(database):
    assert not truth.check_usage(database, []).right


def test_missing_and_unexpected_groups_are_told():
    assert truth.compare({"b": 1}, {"a": 2}) == ["a: missing, should be 2", "b: not expected: 1"]


def test_an_in_house_app_that_is_identified_is_told(database):
    apps = [
        (n, json.dumps({"label": label})) for n, label in enumerate(("Internal A Portal 1", "Internal B Portal 2", "A"))
    ]
    put(database, "INSERT INTO identity VALUES (?, ?)", *apps)
    put(database, "INSERT INTO tool VALUES (?, ?)", ("new-a", 1), ("known", 0))
    put(database, "INSERT INTO link VALUES (?, ?, ?)", (0, None, "new-a"), (1, None, "known"), (2, None, "known"))

    assert truth.identified_in_house(database) == (2, ["Internal B Portal 2"])


def test_an_in_house_app_without_a_tool_is_told(database):
    put(database, "INSERT INTO identity VALUES (?, ?)", (1, json.dumps({"label": "Internal A Portal 1"})))
    put(database, "INSERT INTO link VALUES (?, ?, ?)", (1, None, None))

    assert truth.identified_in_house(database) == (1, ["Internal A Portal 1"])


def test_money_is_summed_by_month_to_the_micro(database):
    put(
        database,
        "INSERT INTO record VALUES (?, ?, ?, ?)",
        ("charge", None, FIRST, 10_000),
        ("charge", None, LAST, -3),
        ("charge", LAST, FIRST, 99),
        ("grant", None, FIRST, 99),
    )

    count, months = truth.stored_money(database)

    assert (count, months) == (2, {202501: 9_997})
    assert truth.compare(months, truth.true_money([{"month": date(2025, 1, 1), "micro": 9_998}])) != []
    assert truth.compare(months, truth.true_money([{"month": date(2025, 1, 1), "micro": 9_997}])) == []


OURS = {
    "Adobe": {"rows": 1, "net": 5.0, "descriptors": {"adobe": (1, 5.0)}},
    "Acrobat": {"rows": 2, "net": 7.5, "descriptors": {"adobe pdf": (2, 7.5)}},
    "": {"rows": 1, "net": 1.0, "descriptors": {"weebly-charge.com": (1, 1.0)}},
}


def test_a_vendor_that_sells_two_products_agrees_by_their_sum():
    lines = bench_cards.agreement(OURS, {"Adobe": {"rows": 3, "net": 12.5, "descriptors": {"adobe", "adobe pdf"}}})

    assert lines[0]["agrees"]
    assert lines[0]["ours"] == "Acrobat, Adobe"


def test_a_cent_of_difference_does_not_agree():
    lines = bench_cards.agreement(OURS, {"Adobe": {"rows": 3, "net": 12.51, "descriptors": {"adobe", "adobe pdf"}}})

    assert not lines[0]["agrees"]


def test_what_nobody_matched_is_told_by_descriptor():
    expected = {"Weebly": {"rows": 1, "net": 1.0, "descriptors": {"weebly-charge.com"}}}

    assert bench_cards.agreement(OURS, expected)[0]["why"] == ["only expected: weebly-charge.com (ours: unmatched)"]


def test_descriptors_compare_without_stars_and_case():
    assert bench_cards.descriptor_key("EB *Every  Child") == "eb every child"


def test_apps_are_the_same_by_id_else_by_name():
    assert bench_third_party.same(Seen("A", "1", 1, 1), Seen("B", "1", 1, 1))
    assert not bench_third_party.same(Seen("A", "1", 1, 1), Seen("A", "2", 1, 1))
    assert bench_third_party.same(Seen("a", None, 1, 1), Seen("A", "2", 1, 1))
    assert not bench_third_party.same(Seen(None, None, 1, 1), Seen(None, None, 1, 1))


def test_the_log_itself_and_called_services_are_no_apps_to_compare():
    roles = ("log source itself", "eventSource", "APP_NAME", "app_name", None)

    apps = bench_third_party.expected_apps({"apps": [{"name": str(role), "role": role} for role in roles]})

    assert [seen.name for seen in apps] == ["app_name", "None"]


def test_each_difference_of_two_counts_is_one_sentence():
    compared = Compared("f", "okta-apps", {}, 1, 0)

    bench_third_party.match(
        compared, [Seen("A", "1", 1, 1), Seen("Own", "9", 4, 1)], [Seen("A", "1", 3, 1), Seen("Theirs", "8", 2, 1)]
    )

    assert list(compared.lines()) == [
        "A: 1 events of 1 people, expected 3 of 1",
        "Own: only ours, 4 events",
        "Theirs: only expected, 2 events",
    ]


def test_records_are_found_in_answers_that_are_kept_as_text():
    wanted = bench_third_party.RECORDED["google-users"]
    talk = [{"body": json.dumps({"users": [{"primaryEmail": "a@example.com"}]})}, {"body": "{broken"}, 5]

    assert [r["primaryEmail"] for r in bench_third_party.recorded(talk, wanted)] == ["a@example.com"]


def test_a_token_that_is_kept_under_a_person_names_that_person():
    wanted = bench_third_party.RECORDED["google-tokens"]
    talk = {"TOKENS": {"user-1": [{"kind": "admin#directory#token", "clientId": "c"}]}}

    assert [(r["userKey"], r["clientId"]) for r in bench_third_party.recorded(talk, wanted)] == [("user-1", "c")]


@pytest.mark.parametrize(
    ("ratio", "at_most", "met"), [(1.6, False, True), (1.59, False, False), (1.6, True, True), (1.7, True, False)]
)
def test_a_ratio_is_met_in_its_own_direction(ratio, at_most, met):
    assert Ratio("x", ratio, 1.6, at_most=at_most).met is met


def test_a_table_has_its_first_column_left_and_the_others_right():
    assert table("T", ("", "n"), [("a", 10), ("bb", 1)]).splitlines() == [
        "",
        "T",
        "     n",
        "--  --",
        "a   10",
        "bb   1",
    ]


def test_memory_of_what_is_no_process_is_unknown():
    assert pss_of(2**22 + 1) is None
    assert tree(2**22 + 1) == [2**22 + 1]
