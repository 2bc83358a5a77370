"""What somebody would try who means harm, and what happens to people whose connection, session or patience ends."""

import base64
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from gate import accounts
from gate.roles import Role
from model.errors import Unavailable
from storage import accounts as stored_accounts
from tests.web.conftest import WHO
from web import protect, sessions
from web.app import make_app, protected
from web.flash import read

FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]
OWN = [{"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "http://testserver"}, {}]


@pytest.fixture
def link(office, clock):
    with office.store.write() as connection:
        account = accounts.the_account(connection, WHO[Role.AUDITOR], clock.now())
        return "/welcome/" + sessions.make_link(connection, office.trail(), account, by="user:test", at=clock.now())


def open_case(office):
    with office.store.read() as connection:
        return connection.execute(text("SELECT id FROM review_case WHERE tool_id = 'zapier'")).scalar()


# --- other sites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_site_signs_nobody_in_with_a_link_of_its_own(browser, link, headers):
    client = browser()
    refused = client.post(link, headers=headers)

    assert refused.status_code == 403
    assert "does not come from a page of ours" in refused.text
    assert "ostiary" not in client.cookies
    assert client.post(link, follow_redirects=False).status_code == 303, "it was not used up"


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_our_own_page_signs_in(browser, link, headers):
    assert browser().post(link, headers=headers, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["/answer/x", "/sign-out", "/cases/1/take"])
def test_another_site_does_nothing_with_any_form(reviewer, path):
    done = reviewer.post(path, data={"csrf": reviewer.csrf()}, headers={"sec-fetch-site": "cross-site"})

    assert done.status_code == 403
    assert reviewer.get("/", follow_redirects=False).status_code == 200


def test_a_program_of_another_site_cannot_act_by_the_cookie_alone(reviewer, office):
    done = reviewer.post(f"/api/v1/cases/{open_case(office)}/take", headers={"origin": "https://evil.example"})

    assert done.status_code == 403
    assert done.headers["content-type"] == "application/problem+json"


def test_no_page_is_built_from_the_name_that_a_request_gives_the_host(reviewer):
    for host in ("evil.example", "evil.example/..", "[", "a b", "testserver@evil.example", ""):
        answer = reviewer.get("/cases", headers={"host": host})
        assert answer.status_code < 500
        assert "evil.example" not in answer.text
    assert (
        reviewer.get("/favicon.ico", headers={"host": "evil.example"}, follow_redirects=False)
        .headers["location"]
        .startswith("/static/")
    )


# --- sessions --------------------------------------------------------------------------------------------------------


def test_who_signs_in_anew_leaves_no_session_behind(reviewer, link):
    before = reviewer.cookies["ostiary"]
    done = reviewer.post(link, follow_redirects=False)
    assert before not in done.headers["set-cookie"]
    reviewer.cookies.clear()
    reviewer.cookies.set("ostiary", before)

    assert reviewer.get("/", follow_redirects=False).status_code == 303


def test_a_token_that_the_browser_brought_along_is_not_made_a_session(browser, link):
    client = browser()
    client.cookies.set("ostiary", "chosen-by-somebody-else")
    done = client.post(link, follow_redirects=False)

    assert "chosen-by-somebody-else" not in done.headers["set-cookie"]


def test_over_https_cookies_are_kept_to_it_and_to_this_host(office, link):
    app = make_app(replace(office, web=replace(office.web, public_url="https://ostiary.example")))
    client = TestClient(protected(app), base_url="https://ostiary.example", follow_redirects=False)
    done = client.post(link)
    (cookie,) = [one for one in done.headers.get_list("set-cookie") if one.startswith("__Host-ostiary=")]

    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "domain" not in cookie.casefold()
    assert done.headers["strict-transport-security"].startswith("max-age=31536000")
    plain = TestClient(
        protected(app), base_url="https://ostiary.example", cookies={"ostiary": client.cookies["__Host-ostiary"]}
    )
    assert plain.get("/", follow_redirects=False).status_code == 303, "the name without the prefix opens nothing"


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(browser, office):
    it = browser(Role.APPROVER_IT)
    assert it.get("/settings").status_code == 200
    with office.store.write() as connection:
        number = stored_accounts.accounts(connection, email=WHO[Role.APPROVER_IT])[0]["id"]
        stored_accounts.change(connection, number, {"roles": ["business_user"]})

    assert it.get("/settings").status_code == 403


# --- too often, too much ---------------------------------------------------------------------------------------------


def test_who_acts_too_often_locks_out_nobody_else_behind_the_same_address(browser, monkeypatch):
    monkeypatch.setattr(protect, "ACTS", 3)
    first, second = browser(Role.REVIEWER), browser(Role.AUDITOR)
    assert [first.post("/cases/1/take").status_code for _ in range(4)] == [403, 403, 403, 429]
    assert second.post("/cases/1/take").status_code == 403


def test_sessions_that_somebody_makes_up_count_together(browser, monkeypatch):
    monkeypatch.setattr(protect, "ACTS", 1)
    client, answers = browser(), []
    for number in range(11):
        client.cookies.set("ostiary", f"made-up-{number}")
        answers.append(client.post("/sign-out").status_code)

    assert answers == [401] * 10 + [429]


def test_a_whole_office_signs_in_at_nine(browser):
    assert {browser().get("/sign-in").status_code for _ in range(protect.GUESSES + 5)} == {200}


def test_whoever_guesses_does_not_keep_others_from_signing_in(browser):
    client = browser()
    for number in range(protect.GUESSES + 1):
        last = client.get(f"/welcome/{number}").status_code
    assert last == 429
    assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize("length", ["9" * 5_000, "-1", "0x10", "1_0"])
def test_a_length_that_is_none_is_refused(reviewer, length):
    assert reviewer.get("/", headers={"content-length": length}).status_code == 413


@pytest.mark.parametrize("path", ["/", "/api/v1/requests"])
def test_ten_megabytes_are_refused_with_what_to_do(reviewer, path):
    done = reviewer.post(path, content=b"x" * 10_000_000)

    assert done.status_code == 413
    assert "one million bytes" in done.text


def multipart(charset="utf-8", parts=1, name="reason", value=b"\\ud800\\u202e"):
    body = b"".join(
        b'--b\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value) for _ in range(parts)
    )
    return {
        "content": body + b"--b--\r\n",
        "headers": {"content-type": f"multipart/form-data; boundary=b; charset={charset}"},
    }


@pytest.mark.parametrize("charset", ["unicode_escape", "undefined", "idna", "punycode", "utf-7", "zlib", "no-such"])
def test_a_form_in_an_encoding_of_its_own_breaks_nothing(browser, charset):
    assert browser(raise_server_exceptions=False).post("/sign-out", **multipart(charset)).status_code in {400, 401}


def test_a_form_of_a_thousand_parts_or_an_endless_one_is_refused(browser):
    client = browser()
    assert client.post("/sign-out", **multipart(parts=1_000)).status_code == 400
    assert client.post("/sign-out", **multipart(value=b"x" * 200_000)).status_code == 400
    assert client.post("/sign-out", **multipart(name='a"; filename="b', parts=5)).status_code == 400


# --- what answers say ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "CONNECT"])
def test_other_methods_do_nothing(reviewer, method):
    done = reviewer.request(method, "/cases")

    assert done.status_code == 405
    assert "access-control-allow-origin" not in done.headers
    assert "csrf" not in done.request.headers


def test_the_head_of_a_page_can_be_asked_for(reviewer, browser):
    assert reviewer.head("/").status_code == 200
    assert reviewer.head("/").headers["cache-control"] == "no-store"
    assert browser().head("/tools", follow_redirects=False).status_code == 303


def test_what_is_private_is_never_said_to_be_unchanged_to_others(reviewer, browser):
    tag = reviewer.get("/api/v1/tools").headers["etag"]

    assert reviewer.get("/api/v1/tools", headers={"if-none-match": tag}).status_code == 304
    assert browser().get("/api/v1/tools", headers={"if-none-match": tag}).status_code == 401
    assert "private" in reviewer.get("/api/v1/tools").headers["cache-control"]


def test_an_endless_address_is_answered(browser, reviewer):
    sent = browser().get("/tools?q=" + "x" * 5_000, follow_redirects=False)
    assert sent.status_code == 303
    assert browser().get(sent.headers["location"]).status_code == 200
    assert reviewer.get("/cases/" + "9" * 5_000).status_code == 404


@pytest.mark.parametrize(
    "value", ["[" * 3_000, '["hi", "/\\t/evil.example"]', '["hi", "/\\\\evil.example"]', '["a\\ud800b\\u202e", null]']
)
def test_a_flash_that_somebody_made_up_leads_nowhere_and_breaks_nothing(value):
    said = read(SimpleNamespace(cookies={"ostiary-said": base64.urlsafe_b64encode(value.encode()).decode()}))

    assert said is None or (said.undo is None and said.text in {"hi", "ab"})


def test_while_the_database_does_not_answer_a_page_says_so(browser, office, monkeypatch):
    client = browser(Role.REVIEWER, raise_server_exceptions=False)

    def gone(_self, **_how):
        raise Unavailable("the database is locked by /srv/secret")

    monkeypatch.setattr(type(office.store), "read", gone)
    done = client.get("/")

    assert done.status_code == 503
    assert done.headers["retry-after"]
    assert "/srv/secret" not in done.text
    assert client.get("/healthz").json() == {"status": "the database does not answer"}


def test_the_log_has_no_address_no_secret_and_no_query(browser, office, link):
    client = browser(Role.REVIEWER, raise_server_exceptions=False)
    token = client.cookies["ostiary"]
    with capture_logs() as lines:
        client.get("/tools?q=ines.aukland@tarnvik.example")
        browser().get(link)
        browser().get("/answer/a-secret-of-a-link")
        client.get("/api/v1/tools", headers={"authorization": "Bearer ostapi_secret"})
        client.post("/people", data={"email": "ines.aukland@tarnvik.example"})
        client.act("/cases/1/assign", to="nobody@tarnvik.example")
        client.get("/nothing/ines.aukland@tarnvik.example")
    told = json.dumps(lines, default=str)

    assert len(lines) >= 7
    for secret in ("@", "?", link.rpartition("/")[2], token, sessions.csrf_of(token), "a-secret-of-a-link", "ostapi_"):
        assert secret not in told
