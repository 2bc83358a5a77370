"""What holds of every page: what a form needs, what headers an answer has, what is said when it goes wrong."""

import re
from types import SimpleNamespace

import pytest

from gate.roles import Role
from storage import sessions as stored
from storage.times import to_ms
from tests.web.conftest import WHO
from web import protect
from web.flash import Said, read
from web.pages.entering import own_path

HOSTILE = ["<script>alert(1)</script>", "\u202eevil", "=cmd()", "🦊" * 20, "x" * 4_096, "a\x00b"]


# --- signing in and out ----------------------------------------------------------------------------------------------


def test_home_is_for_who_is_signed_in(browser, reviewer):
    refused = browser().get("/", follow_redirects=False)

    assert (refused.status_code, refused.headers["location"]) == (303, "/sign-in")
    assert WHO[Role.REVIEWER] in reviewer.get("/").text


def test_who_is_sent_to_sign_in_comes_back_to_the_page(browser):
    sent = browser().get("/account?a=1", follow_redirects=False)

    assert sent.headers["location"] == "/sign-in?next=%2Faccount%3Fa%3D1"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb", "javascript:alert(1)", "/\tx"]
)
def test_nobody_is_sent_elsewhere(path):
    assert own_path(path) == "/"


def test_signing_out_ends_the_session_on_the_server(reviewer):
    token = reviewer.cookies["ostiary"]
    reviewer.act("/sign-out")
    reviewer.cookies.set("ostiary", token)

    assert reviewer.get("/", follow_redirects=False).status_code == 303


def test_a_session_ends_when_it_was_not_used_and_in_any_case(reviewer, clock, office):
    clock.at += office.web.idle * 0.9
    assert reviewer.get("/", follow_redirects=False).status_code == 200
    clock.at += office.web.idle * 0.9
    assert reviewer.get("/", follow_redirects=False).status_code == 200
    clock.at += office.web.idle * 1.1
    assert reviewer.get("/", follow_redirects=False).status_code == 303


def test_use_does_not_make_a_session_last_for_ever(reviewer, clock, office):
    for _ in range(int(office.web.longest / office.web.idle) * 2):
        clock.at += office.web.idle * 0.6
        last = reviewer.get("/", follow_redirects=False).status_code
    assert last == 303


def test_an_account_that_ended_opens_nothing(reviewer, office, clock):
    from storage import accounts  # noqa: PLC0415

    with office.store.write() as connection:
        number = accounts.accounts(connection, email=WHO[Role.REVIEWER])[0]["id"]
        accounts.change(connection, number, {"valid_to": to_ms(clock.now())})

    assert reviewer.get("/", follow_redirects=False).status_code == 303


def test_somebody_elses_session_cannot_be_ended(reviewer, cmo, office, clock):
    cmo.get("/")
    with office.store.read() as connection:
        number = max(row["id"] for row in stored.sessions(connection))

    assert reviewer.act(f"/account/sessions/{number}/end").status_code == 404
    assert cmo.get("/", follow_redirects=False).status_code == 200


# --- forms -----------------------------------------------------------------------------------------------------------


def test_a_form_of_another_site_does_nothing(reviewer):
    done = reviewer.post("/sign-out", data={"csrf": "wrong"})

    assert done.status_code == 403
    assert reviewer.get("/", follow_redirects=False).status_code == 200


def test_what_was_typed_is_kept_when_the_session_ended_meanwhile(browser):
    done = browser().post("/account/sessions/1/end", data={"csrf": "old", "reason": "A long reason that I typed"})

    assert done.status_code == 401
    assert "A long reason that I typed" in done.text
    assert 'action="/account/sessions/1/end"' in done.text
    assert "old" not in re.findall(r'value="([^"]*)"', done.text)


def test_sent_again_after_signing_in_anew_it_is_shown_once_more_and_then_done(reviewer, office):
    token, own = reviewer.csrf(), {"sec-fetch-site": "same-origin"}
    again = reviewer.post("/sign-out", data={"csrf": "of a session before"}, headers=own)

    assert again.status_code == 403
    assert f'value="{token}"' in again.text
    assert "Send it" in again.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_that_is_kept_is_escaped(browser, text):
    done = browser().post("/sign-out", data={"note": f"a longer note {text}"})

    assert done.status_code == 401
    assert "<script>alert" not in done.text
    assert "\x00" not in done.text


def test_what_the_last_act_said_is_said_once(reviewer, browser, office):
    browser(Role.REVIEWER)
    with office.store.read() as connection:
        other = max(row["id"] for row in stored.sessions(connection))

    assert "That browser is signed out." in reviewer.act(f"/account/sessions/{other}/end").text
    assert "That browser is signed out." not in reviewer.get("/account").text


@pytest.mark.parametrize(
    ("value", "expected"),
    [("!!", None), ("eyJ4IjoxfQ==", None), ("WyJoaSIsIi8vZXZpbC5leGFtcGxlIl0=", Said("hi", None))],
)
def test_a_flash_that_we_did_not_write_says_nothing_dangerous(value, expected):
    assert read(SimpleNamespace(cookies={"ostiary-said": value})) == expected


# --- headers, limits, errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/healthz", "/static/site.css"])
def test_every_answer_has_the_headers_that_protect(reviewer, path):
    headers = reviewer.get(path).headers

    assert headers["content-security-policy"] == protect.CSP
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_pages_are_kept_by_no_cache_and_files_for_a_year(reviewer):
    assert reviewer.get("/").headers["cache-control"] == "no-store"
    assert "immutable" in reviewer.get("/static/site.css").headers["cache-control"]


def test_no_page_has_script_or_style_of_its_own(reviewer):
    text = reviewer.get("/").text

    assert not re.search(r"<style|\sstyle=|<script(?! src)|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/app.py", "/static/"])
def test_nothing_but_shipped_files_is_served(reviewer, path):
    assert reviewer.get(path).status_code == 404


def test_too_much_at_once_is_refused_before_it_is_read(reviewer):
    done = reviewer.post("/sign-out", content=b"x" * (protect.LARGEST + 1))

    assert done.status_code == 413
    assert "one million bytes" in done.text


def test_too_much_without_a_length_is_refused_while_it_is_read(reviewer):
    def chunks():
        for _ in range(30):
            yield b"a=" + b"x" * 50_000

    done = reviewer.post("/sign-out", content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"})

    assert done.status_code == 413


def test_guessing_links_is_slowed_down(browser):
    client = browser()
    answers = [client.get(f"/welcome/{number}").status_code for number in range(protect.GUESSES + 1)]

    assert set(answers[:-1]) == {410}
    assert answers[-1] == 429
    assert client.get("/healthz").status_code == 200


def test_an_error_page_gives_nothing_away(app, browser, reviewer, monkeypatch):
    monkeypatch.setattr("web.pages.home.waits", lambda _here: 1 / 0)
    client = browser(Role.REVIEWER, raise_server_exceptions=False)
    done = client.get("/")

    assert done.status_code == 500
    assert "ZeroDivisionError" not in done.text
    assert "Traceback" not in done.text
    assert done.headers["x-request-id"] in done.text


def test_an_address_that_leads_nowhere_says_what_to_do(reviewer):
    done = reviewer.get("/nothing/here")

    assert done.status_code == 404
    assert "There is nothing at this address." in done.text


def test_a_number_that_is_none_is_an_address_that_leads_nowhere(reviewer):
    assert reviewer.act("/account/sessions/x/end").status_code == 404


def test_programs_get_problem_documents(browser):
    done = browser().get("/api/v1/nothing")

    assert done.headers["content-type"] == "application/problem+json"
    assert done.json()["status"] == 404


def test_the_health_of_the_service_takes_no_account(browser):
    assert browser().get("/healthz").json() == {"status": "ok"}


# --- one-time links --------------------------------------------------------------------------------------------------


@pytest.fixture
def link(office, clock):
    from gate import accounts  # noqa: PLC0415
    from web import sessions  # noqa: PLC0415

    with office.store.write() as connection:
        account = accounts.the_account(connection, WHO[Role.APPROVER_MARKETING], clock.now())
        return "/welcome/" + sessions.make_link(connection, office.trail(), account, by="user:test", at=clock.now())


def test_a_link_signs_in_once(browser, link):
    client = browser()
    assert WHO[Role.APPROVER_MARKETING] in client.get(link).text
    assert client.get("/", follow_redirects=False).status_code == 303, "looking at it signs nobody in"
    client.post(link)
    assert client.get("/", follow_redirects=False).status_code == 200
    again = browser().post(link)
    assert again.status_code == 410
    assert "used before" in again.text


def test_a_link_is_over_after_its_days(browser, link, clock):
    from web.sessions import LINK_LASTS  # noqa: PLC0415

    clock.at += LINK_LASTS
    assert browser().get(link).status_code == 410
    assert browser().post(link).status_code == 410


def test_the_token_of_a_link_and_of_a_session_stands_nowhere(browser, link, office, home):
    client = browser()
    client.post(link)
    session, secret = client.cookies["ostiary"], link.rpartition("/")[2]
    office.store.close()
    kept = b"".join(path.read_bytes() for path in home.glob("demo.db*") if path.is_file())

    assert session.encode() not in kept
    assert secret.encode() not in kept
