"""Collect: what was read is kept, coverage says how far, and only a snapshot read to its end closes anything."""

import gzip
import json

import pytest

from model.errors import Unavailable
from model.stream import Coverage, Status
from scanner.collect import Collected, may_close
from storage.lock import run_lock
from tests.scanner.house import app, charges, event, few_policies, user

REFUSAL = {"errorCode": "E0000006", "errorSummary": "You do not have permission", "errorId": "oae1", "errorCauses": []}


@pytest.fixture
def pack():
    return few_policies


def opened(house, kind):
    return sorted(
        row["native_id"]
        for row in house.rows(f"SELECT native_id FROM record WHERE kind = '{kind}' AND valid_to IS NULL")
    )


def test_coverage_says_what_was_read_of_every_stream(house):
    log = [
        event(1, published="2026-03-01T10:00:00Z"),
        event(2, published="2026-03-02T10:00:00Z"),
        event(3, eventType="app.oauth2.as.consent.grant", published="2026-02-01T10:00:00Z"),
        event(4, eventType="user.session.start", target=None),
    ]

    house.ingest_text("okta-system-log", log)

    found = house.coverage()
    assert {name: (row["status"], row["read"], row["stored"], row["quarantined"]) for name, row in found.items()} == {
        "sign_ins": ("complete", 4, 2, 0),
        "app_events": ("complete", 4, 1, 0),
    }
    windows = house.rows(
        "SELECT window_start AS s, window_end AS e FROM coverage c JOIN stream t ON t.id = c.stream_id"
        " WHERE t.name = 'sign_ins'"
    )
    assert windows == [{"s": 1772359200000, "e": 1772445600000}]


def test_every_run_leaves_its_own_coverage(house):
    house.ingest_text("okta-apps", [app(1)])
    house.ingest_text("okta-apps", [app(1)])

    assert [row["run_id"] for row in house.rows("SELECT run_id FROM coverage ORDER BY run_id")] == [1, 2]


def test_a_complete_snapshot_closes_what_it_no_longer_sees(either_house):
    house = either_house
    house.ingest_text("okta-apps", [app(1), app(2, "Asana")])

    outcome = house.ingest_text("okta-apps", [app(1)])

    assert opened(house, "registration") == ["0oa1"]
    assert outcome.collected.closed == 1
    closed = house.rows("SELECT valid_from, valid_to FROM record WHERE native_id = '0oa2'")
    assert closed[0]["valid_to"] == house.one("SELECT started_at FROM run WHERE id = 2")


def test_what_comes_back_is_opened_again(either_house):
    house = either_house
    for apps in ([app(1), app(2, "Asana")], [app(1)], [app(1), app(2, "Asana")]):
        house.ingest_text("okta-apps", apps)

    assert opened(house, "registration") == ["0oa1", "0oa2"]
    assert house.one("SELECT count(*) AS n FROM record WHERE native_id = '0oa2'") == 2


def test_a_changed_record_is_a_new_version_and_the_old_one_stays(either_house):
    house = either_house
    house.ingest_text("okta-apps", [app(1, status="ACTIVE")])

    house.ingest_text("okta-apps", [app(1, status="INACTIVE")])

    rows = house.rows("SELECT facts, valid_from, valid_to FROM record ORDER BY valid_from")
    assert [json.loads(row["facts"])["status"] for row in rows] == ["ACTIVE", "INACTIVE"]
    assert (rows[0]["valid_to"], rows[1]["valid_to"]) == (rows[1]["valid_from"], None)


CUT = json.dumps([app(1), app(3, "Notion")])[:-40]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (json.dumps(REFUSAL), "refused"),
        (json.dumps([app(1), REFUSAL]), "refused"),
        (CUT, "partial"),
        (gzip.compress(json.dumps([app(1)]).encode())[:-12], "partial"),
        ("[]", "complete"),
        ("", "failed"),
        ("<html><body>Sign in</body></html>", "failed"),
        ("\0\1\2\3" * 99, "failed"),
        (json.dumps([app(1), {"id": "0oa9"}]), "complete"),
        (json.dumps([app(1), 17]), "complete"),
    ],
    ids=[
        "refusal",
        "refusal-inside",
        "cut",
        "cut-gzip",
        "empty-list",
        "empty",
        "web-page",
        "binary",
        "bad-record",
        "no-object",
    ],
)
def test_what_was_not_wholly_understood_closes_nothing(house, content, status):
    house.ingest("okta-apps", house.write("apps.json", [app(1), app(2, "Asana")]))

    outcome = house.ingest_text("okta-apps", content)

    assert house.coverage()["apps"]["status"] == status
    assert outcome.collected.closed == 0
    assert {"0oa1", "0oa2"} <= set(opened(house, "registration"))


def test_one_bad_file_among_good_ones_closes_nothing(house):
    house.ingest("okta-apps", house.write("old/apps.json", [app(1), app(2, "Asana")]))

    house.ingest("okta-apps", house.write("a.json", [app(1)]), house.write("b.json", json.dumps(REFUSAL)))

    assert opened(house, "registration") == ["0oa1", "0oa2"]
    assert house.coverage()["apps"]["status"] == "refused"


def page(*users, more):
    found = {"kind": "admin#directory#users", "users": [{"id": u, "primaryEmail": f"{u}@acme.example"} for u in users]}
    return json.dumps(found | ({"nextPageToken": "more"} if more else {}))


def test_pages_without_the_last_one_close_nothing(house):
    house.ingest("google-users", house.write("all.json", page("ana", "bo", "cy", more=False)))

    house.ingest(
        "google-users", house.write("p1.json", page("ana", more=True)), house.write("p2.json", page("bo", more=True))
    )

    found = house.coverage()["users"]
    assert (found["status"], opened(house, "person")) == ("partial", ["ana", "bo", "cy"])
    assert "the last page is missing" in found["reason"]


def test_all_pages_in_one_call_are_the_whole_and_close(house):
    house.ingest("google-users", house.write("all.json", page("ana", "bo", "cy", more=False)))

    house.ingest(
        "google-users", house.write("p1.json", page("ana", more=True)), house.write("p2.json", page("bo", more=False))
    )

    assert (house.coverage()["users"]["status"], opened(house, "person")) == ("complete", ["ana", "bo"])


def token(person, client):
    return {"clientId": client, "userKey": person, "displayText": client, "scopes": ["openid"]}


def grants(house):
    return house.rows(
        "SELECT a.native_id AS person, i.key FROM record r JOIN actor a ON a.id = r.actor_id JOIN identity i ON"
        " i.id = r.identity_id WHERE r.kind = 'grant' AND r.valid_to IS NULL ORDER BY 1, 2"
    )


def test_tokens_of_some_people_close_nothing_of_the_others(house):
    def tokens(*items):
        return json.dumps({"kind": "admin#directory#tokenList", "items": items})

    house.ingest_text("google-tokens", tokens(token("1", "a"), token("1", "b"), token("2", "a")))

    house.ingest_text("google-tokens", tokens(token("1", "a")))

    assert [(row["person"], row["key"]) for row in grants(house)] == [("1", "client_id:a"), ("2", "client_id:a")]


def by_person(**held):
    return json.dumps({f"{person}@acme.example": items for person, items in held.items()})


def test_whoever_is_named_without_a_token_has_given_back_the_last_one(either_house):
    house = either_house
    mine = token("1", "a") | {"userKey": "1"}
    house.ingest_text("google-tokens", by_person(ana=[mine], bo=[token("2", "a")], cy=[token("3", "a")]))

    outcome = house.ingest_text("google-tokens", by_person(ana=[], bo=[token("2", "a")]))

    assert outcome.collected.closed == 1
    assert [row["person"] for row in grants(house)] == ["2", "3"]


def test_a_file_that_names_only_people_without_tokens_closes_theirs(house):
    house.ingest_text("google-tokens", by_person(ana=[token("1", "a")], bo=[token("2", "a")]))

    house.ingest_text("google-tokens", json.dumps({"1": {"kind": "admin#directory#tokenList"}, "Bo@acme.example": []}))

    assert grants(house) == []


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "admin#directory#tokenList"},
        {"1": {"kind": "admin#directory#tokenList", "nextPageToken": "more"}},
        {"nobody@acme.example": []},
        {"1": [], "2": [{"clientId": 7}]},
    ],
)
def test_an_answer_that_says_nothing_of_somebody_closes_nothing(house, content):
    house.ingest_text("google-tokens", by_person(ana=[token("1", "a")], bo=[token("2", "a")]))

    house.ingest_text("google-tokens", json.dumps(content))

    assert [row["person"] for row in grants(house)] == ["1", "2"]


def test_a_token_that_another_file_of_the_run_shows_stays(house):
    house.ingest_text("google-tokens", by_person(ana=[token("1", "a"), token("1", "b")]))
    empty, full = house.write("1.json", by_person(ana=[])), house.write("2.json", json.dumps([token("1", "a")]))

    house.ingest("google-tokens", empty, full)

    assert [row["key"] for row in grants(house)] == ["client_id:a"]


def test_events_never_close(house):
    house.ingest_text("okta-system-log", [event(1, eventType="app.oauth2.as.consent.grant")])

    outcome = house.ingest_text("okta-system-log", [event(2, eventType="app.oauth2.as.consent.grant")])

    assert outcome.collected.closed == 0
    assert len(opened(house, "grant")) == 2


def test_a_snapshot_of_one_source_closes_nothing_of_another(house):
    house.ingest_text("okta-apps", [app(1)], source="okta:one")

    house.ingest_text("okta-apps", [app(2)], source="okta:two")

    assert opened(house, "registration") == ["0oa1", "0oa2"]


@pytest.mark.parametrize(
    ("changed", "closes"),
    [
        ({"stored": 5}, True),
        ({"stored": 0}, False),
        ({"stored": 5, "quarantined": 1}, False),
        ({"stored": 5, "status": Status.PARTIAL}, False),
        ({"stored": 5, "status": Status.REFUSED}, False),
        ({"stored": 5, "status": Status.FAILED}, False),
    ],
)
def test_a_snapshot_closes_only_where_it_was_wholly_read(changed, closes):
    assert may_close(Coverage(stream="apps", **changed)) is closes


def test_the_status_of_a_run_is_the_worst_of_its_streams():
    found = Collected()
    assert found.status is Status.COMPLETE

    found.coverage["okta", "apps"] = Coverage(stream="apps", status=Status.PARTIAL)
    found.coverage["okta", "users"] = Coverage(stream="users", status=Status.REFUSED)

    assert found.status is Status.REFUSED


def test_bad_records_are_counted_once_and_told_with_file_and_number(house):
    path = house.write("log.jsonl", [event(1), {"uuid": "x"}, event(2), {"published": 1}])

    house.ingest("okta-system-log", path)

    found = house.coverage()
    assert [found[name]["quarantined"] for name in ("sign_ins", "app_events")] == [2, 0]
    assert [(row["file"], row["number"]) for row in house.quarantined()] == [(str(path), 2), (str(path), 4)]


def test_a_thousand_bad_places_are_told_one_by_one_and_all_are_counted(house):
    log = [event(1)] + [{"uuid": "x"}] * 1500

    house.ingest_text("okta-system-log", log)

    assert house.coverage()["sign_ins"]["quarantined"] == 1500
    assert len(house.quarantined()) == 1000


def test_no_address_stands_outside_the_table_of_actors(house):
    house.ingest(
        "okta-system-log", house.write("log.jsonl", [event(1), event(2, eventType="application.user_membership.add")])
    )
    house.ingest("okta-users", house.write("users.json", [user("ana")]))
    rows = [("2026-02-03", "ZOOM.US", "14.00", "EUR", "************1111")]
    house.ingest("card-csv", house.write("card.csv", charges(*rows)))
    house.ingest("people-csv", house.write("people.csv", "email,department\nana@acme.example,Marketing\n"))

    told = {name: rows for name, rows in house.tables().items() if "ana@" in " ".join(rows).casefold()}

    assert set(told) == {"actor"}


def test_a_second_run_at_the_same_time_is_turned_away(house):
    with run_lock(house.store), pytest.raises(Unavailable, match="another run is under way"):
        house.ingest_text("okta-apps", [app(1)])


def test_pending_files_whose_lease_has_ended_are_swept(house):
    house.ingest_text("okta-system-log", [event(1)])
    house.execute("UPDATE landing_file SET state = 'pending', lease_until = 5")
    (name,) = house.objects.names()

    house.ingest("okta-apps", house.write("apps.json", [app(1)]))

    assert (list(house.objects.names()), house.rows("SELECT * FROM landing_file")) == ([], [])
    house.ingest_text("okta-system-log", [event(1)])
    assert list(house.objects.names()) == [name]


def test_the_digest_of_a_run_tells_what_it_was_given(house):
    def digests():
        return [row["digest"] for row in house.rows("SELECT digest FROM run ORDER BY id")]

    for apps in ([app(1)], [app(1)], [app(2)]):
        house.ingest_text("okta-apps", apps)

    first, second, third = digests()
    assert first == second != third


def test_small_files_of_a_month_that_is_over_are_merged(house):
    for n in range(1, 12):
        house.ingest("okta-system-log", house.write(f"{n}.jsonl", [event(n, published="2026-01-05T10:00:00Z")]))

    assert house.one("SELECT count(*) AS n FROM landing_file") < 10
    assert len(list(house.objects.names())) == house.one("SELECT count(*) AS n FROM landing_file")
    assert house.one("SELECT sum(successes) AS n FROM usage") == 11


def test_worker_processes_find_what_one_process_finds(make_house):
    pictures = []
    for processes in (None, 2):
        house = make_house()
        files = [
            house.write(f"{n}.jsonl", [event(10 * n + m, person=p) for m, p in enumerate(("ana", "bo"))])
            for n in range(3)
        ]
        bad = house.write("bad.jsonl", [event(99), {"uuid": 1}])
        refused = house.write("refused.json", json.dumps(REFUSAL))
        outcome = house.ingest("okta-system-log", *files, bad, refused, processes=processes)
        pictures.append((house.picture(), outcome.collected.status, [row["number"] for row in house.quarantined()]))

    assert pictures[0] == pictures[1]
    assert pictures[0][1] is Status.REFUSED
