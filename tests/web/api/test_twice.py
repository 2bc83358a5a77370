"""What is sent twice is done once: by one program, by two threads at once, and also where it was refused first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gate.roles import Act, Role
from storage import kept, sessions
from storage import once as stored

RATE = {"importance": "high", "risk": "low", "reason": "We live by it", "side": "it"}


def ratings(office, tool="hubspot"):
    with office.store.read() as connection:
        return [row for row in kept.standing_about(connection, f"tool:{tool}") if row["kind"] == "rating"]


def test_the_same_key_twice_is_one_act_and_one_answer(desk_program, office):
    first = desk_program.act("/tools/hubspot/rate", RATE, key="k1")
    again = desk_program.act("/tools/hubspot/rate", RATE, key="k1")

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(ratings(office)) == 1


def test_without_a_key_each_is_an_act_of_its_own(desk_program, office):
    for _ in range(2):
        desk_program.act("/tools/hubspot/rate", RATE)

    assert len(ratings(office)) == 2


@pytest.mark.parametrize(("path", "body"), [("hubspot", RATE | {"risk": "high"}), ("asana", RATE)])
def test_the_same_key_with_something_else_is_refused(desk_program, office, path, body):
    desk_program.act("/tools/hubspot/rate", RATE, key="k1")
    got = desk_program.act(f"/tools/{path}/rate", body, key="k1")

    assert got.status_code == 422
    assert "something else" in got.json()["title"]
    assert len(ratings(office)) == 1
    assert ratings(office, "asana") == []


def test_somebody_elses_key_is_another_key(desk_program, program, office):
    desk_program.act("/tools/hubspot/rate", RATE, key="k1")
    got = program(Role.APPROVER_MARKETING).act("/tools/hubspot/rate", RATE | {"side": "marketing"}, key="k1")

    assert "idempotent-replayed" not in got.headers
    assert len(ratings(office)) == 2


def test_two_threads_at_once_do_it_once(app, office, program):
    programs = [program(Role.REVIEWER) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda one: one.act("/tools/hubspot/rate", RATE, key="k1"), programs))

    assert {one.status_code for one in got} == {200}
    assert len({one.content for one in got}) == 1
    assert sum(one.headers.get("idempotent-replayed") == "true" for one in got) == 3
    assert len(ratings(office)) == 1


def test_two_threads_at_once_do_once_what_has_transactions_of_its_own(office, program):
    programs = [program(Role.REVIEWER) for _ in range(3)]
    body = {"noise": True, "reason": "The agency tried it once"}
    with ThreadPoolExecutor(3) as pool:
        got = list(pool.map(lambda one: one.act("/tools/hubspot/noise", body, key="k1"), programs))
    office.tools.following.wait(60)

    assert {one.status_code for one in got} <= {200, 409}
    with office.store.read() as connection:
        assert len([row for row in kept.decisions(connection) if row["kind"] == "noise"]) == 1


def test_what_was_refused_may_be_corrected_and_sent_with_the_same_key(program, office):
    one = program(Role.APPROVER_IT)
    body = {"importance": "high", "risk": "low", "reason": "Because"}
    refused = one.act("/tools/hubspot/rate", body | {"side": "marketing"}, key="k1")
    done = one.act("/tools/hubspot/rate", body | {"side": "it"}, key="k1")

    assert (refused.status_code, done.status_code) == (409, 200)
    assert len(ratings(office)) == 1


def test_so_may_what_has_transactions_of_its_own(desk_program, office):
    body = {"side": "business", "address": "nobody@nowhere.example", "reason": "She runs it"}
    refused = desk_program.act("/tools/hubspot/owner", body, key="k1")
    with office.store.read() as connection:
        assert stored.done(connection, "account:2/k1") is None
    done = desk_program.act("/tools/hubspot/owner", body | {"address": "amira.castell@tarnvik.example"}, key="k1")

    assert (refused.status_code, done.status_code) == (409, 200)
    assert len(done.json()["decisions"]) == 1


def test_an_act_that_broke_off_in_the_middle_tells_who_asks_again_to_look(desk_program, office):
    desk_program.act("/tools/hubspot/rate", RATE, key="k1")
    with office.store.write() as connection:
        stored.answer(connection, "account:2/k1", 0, None)
    got = desk_program.act("/tools/hubspot/rate", RATE, key="k1")

    assert got.status_code == 409
    assert "look whether it was done" in got.json()["detail"]
    assert len(ratings(office)) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 101, "\x7f"])
def test_a_key_that_is_none_is_refused(desk_program, key):
    got = desk_program.request("POST", "/api/v1/cases/1/take", headers={"idempotency-key": key})

    assert got.status_code == 400


def test_an_answer_with_a_secret_is_not_kept(browser, office):
    client = browser(Role.REVIEWER)
    headers = {"x-csrf-token": client.csrf(), "idempotency-key": "k1"}
    body = {"name": "reports", "acts": [Act.LOOK], "days": 3}
    made = client.post("/api/v1/account/tokens", json=body, headers=headers)
    again = client.post("/api/v1/account/tokens", json=body, headers=headers)

    assert made.status_code == 201
    assert again.status_code == 409
    assert "shown that once" in again.json()["detail"]
    with office.store.read() as connection:
        assert stored.done(connection, "account:2/k1")["answer"] == ""
        assert len(sessions.tokens(connection)) == 1
