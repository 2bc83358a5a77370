"""What people and programs meet whose session, connection or patience ends, or who send what nobody should."""

import asyncio
import re
import threading
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from gate.roles import Role
from tests.web.conftest import WHO
from web import sessions
from web.app import protected

WORD = {"outcome": "reject", "reason": "Read the contract and the DPA", "sentence": "Not for campaigns."}


def count(office, table, where="1 = 1"):
    with office.store.read() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar()


def open_case(office):
    with office.store.read() as connection:
        return connection.execute(text("SELECT id FROM review_case WHERE tool_id = 'zapier'")).scalar()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/cases/1/decide", WORD),
        ("/requests", {"name": "Quillfox", "purpose": "Letters to our partners", "once": "k"}),
        ("/requests/new", {"step": "tool", "name": "Quillfox"}),
        ("/questions/1", {"value": "yes", "note": "The contract says so"}),
        ("/tools/zapier/noise", {"noise": "yes", "reason": "It was a trial of two days"}),
    ],
)
def test_what_was_typed_is_kept_where_the_session_ended_and_is_sent_after_signing_in(
    reviewer, browser, clock, office, path, typed
):
    csrf = reviewer.csrf()
    clock.at += office.web.longest + timedelta(minutes=1)
    kept = reviewer.post(path, data={"csrf": csrf, **typed})

    assert kept.status_code == 401
    assert f'action="{path}"' in kept.text
    for value in typed.values():
        assert value in kept.text
    assert csrf not in kept.text

    again = browser(Role.REVIEWER).post(path, data=typed, headers={"sec-fetch-site": "same-origin"})
    assert again.status_code == 403
    assert all(value in again.text for value in typed.values())


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b'{"reason": NaN}', 400),
        (b"[" * 5_000, 400),
        (b'{"reason": "\\ud800"}', 400),
        (b"\xff\xfe", 400),
        (b'{"reason": "Read", "outcome": "reject", "sentence": "No.", "no_such_field": 1}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b"", 422),
    ],
)
def test_what_no_program_should_send_is_answered_with_a_problem(reviewer, office, content, status):
    headers = {"x-csrf-token": sessions.csrf_of(reviewer.cookies["ostiary"]), "content-type": "application/json"}
    before = count(office, "decision")
    done = reviewer.post(f"/api/v1/cases/{open_case(office)}/sign", content=content, headers=headers)

    assert (done.status_code, done.headers["content-type"]) == (status, "application/problem+json")
    assert done.json()["title"]
    assert done.json()["detail"]
    assert count(office, "decision") == before


def form_of(client, number):
    page = client.get(f"/cases/{number}").text
    found = re.findall(r'name="(seen|state|once|csrf)" value="([^"]*)"', page[page.index('id="decide-form"') :])
    return dict(found)


@pytest.mark.parametrize("act", [("take", {}), ("assign", {"to": WHO[Role.APPROVER_IT]})])
def test_a_double_click_gives_a_case_once(reviewer, office, act):
    case, (what, fields) = waiting(reviewer), act

    def events():
        return count(office, "case_event", "kind = 'assigned'")

    before = events()
    assert [reviewer.act(f"/cases/{case}/{what}", **fields).status_code for _ in range(2)] == [200, 200]
    assert events() == before + 1


def test_a_double_click_rates_once(reviewer, office):
    case = waiting(reviewer)
    once = re.search(r'name="once" value="([^"]+)"', reviewer.get(f"/cases/{case}").text)[1]
    said = {"once": once, "importance": "high", "risk": "low", "rate_reason": "All leads come by it."}
    done = [reviewer.act(f"/cases/{case}/rate", **said).status_code for _ in range(2)]

    assert (done, count(office, "decision", "kind = 'rating'")) == ([200, 200], 1)


def waiting(reviewer):
    """Return the number of a case that waits for the reviewer."""
    return int(re.search(r'href="/cases/(\d+)"', reviewer.get("/cases?waits=me").text)[1])


def test_a_double_click_decides_once(reviewer, office, app):
    number = open_case(office)
    fields, token = form_of(reviewer, number) | WORD, reviewer.cookies["ostiary"]
    before, answers = count(office, "decision"), []

    def click():
        client = TestClient(protected(app), cookies={"ostiary": token}, follow_redirects=False)
        answers.append(client.post(f"/cases/{number}/decide", data=fields))

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one.status_code for one in answers] == [303, 303]
    assert len({one.headers["location"] for one in answers}) == 1
    with office.store.read() as connection:
        words = connection.execute(text("SELECT kind FROM decision WHERE id > :n"), {"n": before}).scalars().all()
    assert len(words) == len(set(words)), "each word was said once"


def test_two_tabs_decide_once_and_the_second_keeps_its_text(reviewer, office):
    number = open_case(office)
    first, second = form_of(reviewer, number), form_of(reviewer, number)
    assert reviewer.post(f"/cases/{number}/decide", data=first | WORD).status_code == 200
    late = reviewer.post(f"/cases/{number}/decide", data=second | WORD | {"reason": "What I typed in the other tab"})

    assert late.status_code == 409
    assert "What I typed in the other tab" in late.text


def sent_by_who_goes_away(app, path, body, cookie, *, after):
    """Send a form and go away: after so many bytes of it, or once it was sent whole. Return what was answered."""
    whole, gone = after >= len(body), False
    answered = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "headers": [
            (b"host", b"testserver"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
            (b"cookie", f"ostiary={cookie}".encode()),
        ],
    }

    async def receive():
        nonlocal gone
        if gone:
            return {"type": "http.disconnect"}
        gone = True
        return {"type": "http.request", "body": body[:after], "more_body": not whole}

    async def send(message):
        answered.append(message)
        if whole:
            raise OSError("nobody is there any more")

    async def run():
        with suppress(OSError):
            await protected(app)(scope, receive, send)

    asyncio.run(run())
    return answered


def test_a_decision_whose_sender_goes_away_is_made_whole_or_not_at_all(reviewer, office, app):
    number, cookie = open_case(office), reviewer.cookies["ostiary"]
    body = urlencode(form_of(reviewer, number) | WORD).encode()
    before = count(office, "decision")
    sent_by_who_goes_away(app, f"/cases/{number}/decide", body, cookie, after=len(body) // 2)
    assert count(office, "decision") == before

    sent_by_who_goes_away(app, f"/cases/{number}/decide", body, cookie, after=len(body))
    assert count(office, "decision") > before
    assert count(office, "review_case", f"id = {number} AND state = 'open'") == 0
    assert reviewer.get(f"/cases/{number}").status_code == 200
