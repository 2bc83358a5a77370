"""Asking for a tool, step by step; where a request stands; taking it back."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from gate import accounts
from gate.reviewing import Review
from gate.roles import Role
from storage import kept
from storage import requests as stored

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SAID = {
    "name": "Quillfox",
    "job": "email_marketing",
    "purpose": "Newsletters to partners",
    "people": "12",
    "unit": "Sales",
    "data": ["contacts", "behaviour"],
    "needs": ["crm"],
    "price": "1.200,50",
    "currency": "EUR",
    "period": "year",
}


@pytest.fixture
def user(browser):
    return browser(Role.BUSINESS_USER)


def carried(page) -> dict[str, list[str]]:
    """Return the hidden fields of a step, as a browser would send them on."""
    found: dict[str, list[str]] = {}
    for name, value in HIDDEN.findall(page.text):
        found.setdefault(name, []).append(unescape(value))
    return {name: values for name, values in found.items() if name != "csrf"}


def requests_of(desk) -> list[dict]:
    with desk.store.read() as connection:
        return stored.requests(connection)


def ask(user, **more):
    """Send a whole request."""
    return user.act("/requests", **SAID | {"once": "key"} | more)


# --- the steps --------------------------------------------------------------------------------------------------------


def test_a_request_goes_step_by_step_and_is_answered_at_once(user, desk):
    assert "Which tool do you want?" in user.get("/requests/new").text
    known = user.act("/requests/new", step="tool", name="Quillfox")
    assert "Nobody here knows it yet" in known.text
    use = user.act("/requests/new", **carried(known), job="design_creative")
    assert "You may use this for the same job today" in use.text
    assert "Canva" in use.text
    details = user.act("/requests/new", **carried(use), purpose="Flyers\nfor fairs", people="12", unit="Sales")
    assert "Which data about people" in details.text
    check = user.act(
        "/requests/new", **carried(details), data=["contacts"], price="100", currency="EUR", period="month"
    )
    assert "Check it, and send it" in check.text
    assert "€1,200.00 a year" in check.text
    sent = user.act("/requests", **carried(check))
    assert sent.url.path == "/requests/1"
    assert "Your request is sent." in sent.text
    (row,) = requests_of(desk)
    assert (row["name"], row["people"], row["unit"]) == ("Quillfox", 12, "Sales")
    assert (row["price"], row["currency"], row["category"]) == (1_200_000_000, "EUR", "design_creative")
    assert row["data"] == ["contacts"]


def test_the_answer_says_what_does_the_job_what_it_costs_and_what_comes_next(user):
    page = ask(user, job="design_creative", name="Pixelfox").text
    assert "Next: a reviewer takes it up" in page
    assert "Canva" in page
    assert "Brand &amp; Content" in page
    assert re.search(r"<strong>€[\d,]+ to €[\d,]+</strong> once", page)
    assert "nobody can say yet how long one takes" in page
    assert "What has happened" in page


def test_known_tools_are_named_as_somebody_types(user):
    page = user.get("/requests/known?name=can")
    assert "/requests/new?tool=canva" in page.text
    assert user.get("/requests/known?name=c").text.strip() == ""
    assert "<script" not in user.get("/requests/known", params={"name": "<script>"}).text


def test_a_tool_that_may_be_used_needs_no_request(user, desk):
    page = user.get("/requests/new?tool=canva").text
    assert "You may use Canva already" in page
    assert "viktor.rehn@tarnvik.example" in page
    assert 'name="step"' not in page
    assert ask(user, name="Canva").url.path == "/inventory/canva"
    assert requests_of(desk) == []


def test_a_tool_that_is_not_to_be_used_says_so_and_may_be_asked_for(user):
    page = user.get("/requests/new?tool=lusha").text
    assert "is not to be used here" in page
    assert "I still want Lusha" in page


def test_a_name_that_is_nearly_one_is_asked_about(user):
    page = user.act("/requests/new", step="tool", name="Brevoo").text
    assert "Did you mean one of these?" in page
    assert "/requests/new?tool=brevo" in page


def test_what_was_said_is_carried_and_can_be_changed(user):
    check = user.act("/requests/new", **SAID | {"step": "details"})
    back = user.act("/requests/new", **carried(check) | {"go": ["use"]})
    assert "Newsletters to partners</textarea>" in back.text
    held = carried(back)
    assert held["data"] == SAID["data"]
    assert held["price"] == ["1.200,50"]
    again = user.act("/requests/new", **held | {"step": ["use"], "purpose": "Other", "people": "3", "unit": "Sales"})
    assert "Check it, and send it" in again.text
    assert carried(again)["purpose"] == ["Other"]


@pytest.mark.parametrize(
    ("step", "wrong", "said"),
    [
        ("tool", {"name": ""}, "Write the name of the tool"),
        ("tool", {"name": "   "}, "Write the name of the tool"),
        ("tool", {"name": "x" * 4_000}, "200 characters at most"),
        ("tool", {"name": "\u202egnp.exe"}, "control characters"),
        ("known", {"job": "no_such_job"}, "Choose one of the jobs"),
        ("use", {"purpose": ""}, "Say what you want to do with it"),
        ("use", {"purpose": "x" * 10_001}, "10,000 characters at most"),
        ("use", {"people": "-1"}, "how many people as a number"),
        ("use", {"people": "1,5"}, "how many people as a number"),
        ("use", {"people": "9" * 13}, "how many people as a number"),
        ("use", {"unit": "x" * 201}, "200 characters at most"),
        ("details", {"data": ["secrets"]}, "Choose among the kinds of data"),
        ("details", {"needs": ["moon"]}, "Choose among the systems"),
        ("details", {"price": "a lot"}, "Write the price as a number"),
        ("details", {"price": "-3"}, "Write the price as a number"),
        ("details", {"currency": "XXX"}, "Choose the currency"),
        ("details", {"period": "week"}, "for a month or for a year"),
        ("details", {"price": "$5"}, "choose its currency"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(user, desk, step, wrong, said):
    for path, more in (("/requests/new", {"step": step}), ("/requests", {"once": "k"})):
        page = user.act(path, **SAID | wrong | more)
        assert page.status_code == 422
        assert said in page.text
        assert 'id="errors"' in page.text
        if "purpose" not in wrong:
            assert "Newsletters to partners" in page.text
    assert requests_of(desk) == []


@pytest.mark.parametrize("step", ["", "nonsense", "known", "use", "details", "check"])
def test_steps_out_of_order_begin_with_the_first(user, step):
    page = user.act("/requests/new", step=step)
    assert page.status_code == 422
    assert "Which tool do you want?" in page.text or "Say what you want" in page.text


def test_hostile_text_is_kept_and_does_nothing(user, desk):
    purpose = "<script>alert(1)</script> \u202e 🦊 {{ 7 * 7 }} \"'>"
    sent = ask(user, name="<b>Fox</b> {{ 7 * 7 }}", purpose=purpose)
    assert sent.status_code == 200
    assert "<script>alert" not in sent.text
    assert "<b>Fox" not in sent.text
    assert "\u202e" not in sent.text
    assert requests_of(desk)[0]["name"] == "<b>Fox</b> {{ 7 * 7 }}"
    listed = user.get("/requests").text
    assert "<b>Fox" not in listed


def test_a_card_number_is_never_kept(user, desk):
    ask(user, purpose="Paid with 4111 1111 1111 1111")
    assert "4111 1111" not in user.get("/requests/1").text
    with desk.store.read() as connection:
        purpose = kept.text_of(connection, requests_of(desk)[0]["purpose_hash"])
    assert purpose == "Paid with ****1111"


@pytest.mark.parametrize(
    ("price", "currency", "micros"),
    [
        ("12.000", "EUR", 12_000_000_000),
        ("12,5", "USD", 12_500_000),
        ("1'000", "CHF", 10**9),
        ("7000", "JPY", 7 * 10**9),
    ],
)
def test_prices_are_kept_as_they_were_meant(user, desk, price, currency, micros):
    page = ask(user, price=price, currency=currency)
    (row,) = requests_of(desk)
    assert (row["price"], row["currency"]) == (micros, currency)
    assert ("another currency" in page.text) is (currency != "EUR")


# --- sent twice, too late, too much -----------------------------------------------------------------------------------


def test_a_double_click_makes_one_request(user, desk):
    first, second = ask(user), ask(user)
    assert first.url.path == second.url.path == "/requests/1"
    assert len(requests_of(desk)) == 1


def test_asking_again_for_the_same_tool_says_so_and_keeps_what_was_typed(user, desk):
    ask(user)
    page = ask(user, once="other", purpose="Something else entirely")
    assert page.status_code == 409
    assert "You asked for it already" in page.text
    assert "Something else entirely" in page.text
    assert len(requests_of(desk)) == 1
    assert "See where it stands" in user.get("/requests/new?tool=Quillfox").text


def test_a_second_person_joins_the_first(user, cmo, desk):
    ask(user)
    assert "asked for it on" in cmo.act("/requests/new", step="tool", name="Quillfox").text
    ask(cmo)
    first, second = requests_of(desk)
    assert first["case_id"] == second["case_id"]


def test_an_expired_session_keeps_what_was_typed(user, desk):
    user.cookies.delete("ostiary")
    page = user.post("/requests", data=SAID)
    assert page.status_code == 401
    assert "Newsletters to partners" in page.text
    assert requests_of(desk) == []


def test_a_form_of_another_session_is_asked_again(user, desk):
    page = user.post("/requests", data=SAID | {"csrf": "stolen"}, headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 403
    assert requests_of(desk) == []


def test_ten_megabytes_are_too_much(user, desk):
    page = user.post("/requests", data=SAID | {"csrf": user.csrf(), "purpose": "x" * 10_000_000})
    assert page.status_code == 413
    assert requests_of(desk) == []


def test_auditors_do_not_ask(browser, desk):
    auditor = browser(Role.AUDITOR)
    assert auditor.get("/requests/new").status_code == 403
    assert ask(auditor).status_code == 403
    assert requests_of(desk) == []


def test_an_account_of_some_units_asks_for_these(browser, desk, office, clock):
    with office.store.write() as connection:
        first = accounts.the_account(connection, "administrator@tarnvik.example", clock.now())
        address = "business-user@tarnvik.example"
        accounts.change(connection, desk.trail(), first, address, units=("Sales", "Events"), at=clock.now())
    user = browser(Role.BUSINESS_USER)
    assert ask(user, unit="Finance").status_code == 422
    assert ask(user, unit="Sales").url.path == "/requests/1"


# --- where it stands --------------------------------------------------------------------------------------------------


def test_other_peoples_requests_are_not_found(user, cmo, reviewer):
    ask(user)
    assert cmo.get("/requests/1").status_code == 404
    assert reviewer.get("/requests/1").status_code == 200
    for number in ("2", "0", "-1", "9" * 30, "x", "1.5"):
        assert user.get(f"/requests/{number}").status_code == 404
    assert cmo.act("/requests/1/withdraw", reason="Not mine").status_code == 404


def test_a_list_has_ones_own_and_the_desk_sees_all(user, cmo, reviewer, browser):
    ask(user)
    ask(cmo, name="Otherfox")
    assert "Quillfox" in user.get("/requests").text
    assert "Otherfox" not in user.get("/requests").text
    every = reviewer.get("/requests").text
    assert "Quillfox" in every
    assert "Otherfox" in every
    assert "business-user@tarnvik.example" in every
    seen = browser(Role.AUDITOR).get("/requests").text
    assert "a colleague" in seen
    assert "business-user@tarnvik.example" not in seen


def test_exports_leave_names_out_where_they_are_not_to_be_seen(user, reviewer, browser):
    ask(user)
    (row,) = json.loads(reviewer.get("/requests?format=json").text)
    assert row["by"] == "business-user@tarnvik.example"
    (row,) = json.loads(browser(Role.AUDITOR).get("/requests?format=json").text)
    assert row["by"] is None
    assert json.loads(reviewer.get("/requests?state=withdrawn&format=json").text) == []


def test_an_empty_list_leads_to_the_first_request(user):
    page = user.get("/requests").text
    assert "You have not asked for a tool yet" in page
    assert "/requests/new" in page


def test_a_request_is_taken_back_with_a_reason(user, desk):
    ask(user)
    page = user.act("/requests/1/withdraw", reason="")
    assert page.status_code == 422
    assert "Say in a few words why" in page.text
    page = user.act("/requests/1/withdraw", reason="We use Brevo")
    assert page.status_code == 200
    assert "It is taken back." in page.text
    assert "Taken back" in page.text
    assert requests_of(desk)[0]["withdrawn_at"]
    again = user.act("/requests/1/withdraw", reason="Once more")
    assert again.status_code == 409


def test_what_happened_is_told_without_names(user, reviewer, desk, office, clock):
    ask(user)
    with office.store.write() as connection:
        by = accounts.the_account(connection, "reviewer@tarnvik.example", clock.now())
        Review(connection, office.gate(), requests_of(desk)[0]["case_id"], by).assign(by)
    page = user.get("/requests/1").text
    assert "A reviewer took it up" in page
    assert "reviewer@tarnvik.example" not in page
