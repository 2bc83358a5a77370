"""Money without a tool: one press rules a merchant, the row stays where it is, and each ruling can be taken back."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from gate.roles import Role
from storage import kept
from web.unmatched import key_of

MERCHANT = "nordlicht studio"


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2].partition("</main>")[0]))


@pytest.fixture(autouse=True)
def quiet(office, monkeypatch):
    """Let nothing follow unless a test lets it: it takes a second each time."""
    asked = []
    office.money._counting._patience = 60.0
    monkeypatch.setattr(office.tools.following, "ask", asked.append)
    return asked


@pytest.fixture
def following(office, quiet):
    """Let what was asked for follow."""

    def run():
        office.tools.following._derive(office.tools.following, quiet[-1])

    return run


def standing(office, merchant=MERCHANT):
    with office.store.read() as connection:
        return kept.standing(connection, "merchant").get(f"merchant:{merchant}")


def merchants(page):
    return re.findall(r'<tr id="(m-[0-9a-f]{12})"', page.text)


def rule(client, as_, merchant=MERCHANT, **more):
    return client.act("/money/rule", **{"merchant": merchant, "as": as_, **more})


def test_the_largest_merchant_comes_first_with_what_is_left_to_say(reviewer):
    page = reviewer.get("/money")

    assert "6 merchants were paid, and nobody knows for what" in text_of(page)
    assert "€21,400" in text_of(page)
    assert merchants(page)[0] == key_of(MERCHANT)
    assert len(merchants(page)) == 6


@pytest.mark.parametrize(
    ("as_", "ruling", "said"),
    [("not", "not-a-tool", "Not software"), ("noise", "not-a-tool", "Private or incidental")],
)
def test_one_press_rules_a_merchant_at_once(as_, ruling, said, reviewer, office, quiet):
    before = merchants(reviewer.get("/money"))
    page = rule(reviewer, as_)

    assert standing(office)["detail"] == {"ruling": ruling}
    assert quiet == ["spend rule"]
    assert merchants(page) == before
    assert said in text_of(page)
    assert "€4,600" in text_of(page)
    assert f"{MERCHANT}: " in page.text


def test_what_is_put_off_stays_to_be_ruled(reviewer, office):
    page = rule(reviewer, "later")

    assert standing(office)["detail"] == {"ruling": "later"}
    assert "6 merchants were paid" in text_of(page)
    assert "put off" in text_of(page)
    assert "Not software" in text_of(page)


def test_a_ruling_is_taken_back_where_it_was_made(reviewer, office, quiet):
    rule(reviewer, "not")
    page = reviewer.act("/money/undo", merchant=MERCHANT)

    assert standing(office) is None
    assert quiet == ["spend rule", "review undo"]
    assert "6 merchants were paid" in text_of(page)


def test_what_is_not_ruled_cannot_be_taken_back(reviewer, quiet):
    page = reviewer.act("/money/undo", merchant=MERCHANT)

    assert f"Nothing is ruled of {MERCHANT}." in text_of(page)
    assert quiet == []


def test_pressing_twice_rules_once(reviewer, office):
    rule(reviewer, "not")
    first = standing(office)["id"]
    rule(reviewer, "not")

    assert standing(office)["id"] == first


def test_a_later_ruling_takes_the_place_of_an_earlier_one(reviewer, office):
    rule(reviewer, "later")
    rule(reviewer, "not")

    assert standing(office)["detail"]["ruling"] == "not-a-tool"


def test_a_script_is_answered_with_the_row_alone(reviewer):
    data = {"csrf": reviewer.csrf(), "merchant": MERCHANT, "as": "not"}
    page = reviewer.post("/money/rule", data=data, headers={"hx-request": "true"})

    assert page.status_code == 200
    assert "<html" not in page.text
    assert merchants(page) == [key_of(MERCHANT)]
    assert 'data-key="u"' in page.text


def test_what_was_ruled_leaves_the_list_after_a_while_and_can_still_be_found(reviewer, clock):
    rule(reviewer, "not")
    clock.at += timedelta(minutes=31)

    assert key_of(MERCHANT) not in merchants(reviewer.get("/money"))
    assert merchants(reviewer.get("/money?show=ruled")) == [key_of(MERCHANT)]
    assert len(merchants(reviewer.get("/money?show=all"))) == 6
    assert "Ruled lately" in reviewer.get("/money").text


def test_the_charges_of_a_merchant_follow_to_the_tool_that_it_is(reviewer, office, following):
    page = reviewer.act("/money/tool", merchant=MERCHANT, tool="canva")

    assert standing(office)["detail"] == {"ruling": "tool", "tool": "canva"}
    assert f"{MERCHANT} is Canva" in text_of(page)
    following()
    page = reviewer.get("/money")
    assert key_of(MERCHANT) not in merchants(page)
    assert "Canva" in text_of(page).partition("Ruled lately")[2]
    assert any(MERCHANT in str(row["app"]).casefold() for row in office.tools.known("canva")["charges"])


def test_a_tool_that_nobody_knows_yet_is_made_by_its_name(reviewer, office):
    reviewer.act("/money/tool", merchant=MERCHANT, tool="Nordlicht Photos", new="1")

    assert standing(office)["detail"] == {"ruling": "tool", "tool": "own-nordlicht-photos", "name": "Nordlicht Photos"}


def test_a_name_that_no_tool_has_is_kept_and_said_to_be_none(reviewer, office):
    page = reviewer.act("/money/tool", merchant=MERCHANT, tool="No such tool at all")

    assert page.status_code == 422
    assert "There is no tool called No such tool at all" in page.text
    assert 'value="No such tool at all"' in page.text
    assert standing(office) is None


def test_tools_are_found_as_somebody_types(reviewer):
    page = reviewer.get("/money/tool", params={"merchant": MERCHANT, "search": "canv"})

    assert "Canva" in text_of(page)
    assert 'name="tool" value="canva"' in page.text


def test_a_merchant_that_nobody_paid_is_not_found(reviewer):
    assert rule(reviewer, "not", merchant="nobody knows it").status_code == 404
    assert reviewer.get("/money/tool?merchant=nobody").status_code == 404
    assert rule(reviewer, "whatever").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BUSINESS_USER, Role.ADMINISTRATOR])
def test_who_may_not_correct_sees_the_list_and_no_buttons(role, browser, office):
    client = browser(role)
    page = client.get("/money")

    assert page.status_code == 200
    assert "data-key" not in page.text
    assert rule(client, "not").status_code == 403
    assert standing(office) is None


def test_the_form_of_somebody_else_rules_nothing(reviewer, office):
    assert reviewer.post("/money/rule", data={"merchant": MERCHANT, "as": "not"}).status_code == 403
    assert standing(office) is None


def test_the_list_is_exported_with_what_was_ruled(reviewer):
    rule(reviewer, "not")
    found = json.loads(reviewer.get("/money?show=all&format=json").text)

    assert found[0]["merchant"] == MERCHANT
    assert found[0]["ruling"] == "not-a-tool"
    assert found[1]["ruling"] is None


def test_a_search_keeps_the_list_in_order(reviewer):
    assert len(merchants(reviewer.get("/money?q=nord"))) == 2
    assert "No merchant is like that." in reviewer.get("/money?q=zzz").text


def test_hostile_words_are_escaped(reviewer):
    for value in ("<script>alert(1)</script>", "\u202eevil", "🦊", "x" * 4_000, ""):
        _typed(reviewer, value)


def _typed(reviewer, value):
    assert "<script>alert" not in reviewer.get("/money", params={"q": value, "show": value}).text
    assert "<script>alert" not in rule(reviewer, "not", merchant=value).text
    page = reviewer.get("/money/tool", params={"merchant": MERCHANT, "search": value})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_money_of_two_currencies_is_never_added(reviewer, office, monkeypatch):
    counted = office.money.current()
    first = {
        **counted.value.rows[0],
        "total": [{"currency": "EUR", "amount_micros": 10**6}, {"currency": "USD", "amount_micros": 2 * 10**6}],
    }
    value = replace(
        counted.value, rows=[first], by_merchant={first["merchant"]: first}, total={"EUR": 10**6, "USD": 2 * 10**6}
    )
    monkeypatch.setattr(type(office.money), "current", lambda _self: replace(counted, value=value))
    text = text_of(reviewer.get("/money"))

    assert "€1" in text
    assert "US$2" in text
    assert "3" not in text.partition("to say what it is for")[0].rpartition("Sources")[2]


def test_while_charges_are_counted_for_the_first_time_the_page_says_so(reviewer, office, monkeypatch):
    monkeypatch.setattr(type(office.money), "current", lambda _self: None)

    assert "The charges are being counted." in reviewer.get("/money").text
    assert rule(reviewer, "not").status_code == 404


def test_the_rules_that_hide_say_why_and_how_many(reviewer):
    page = reviewer.get("/money/noise")

    assert "One-off visit" in page.text
    assert "At most 3 people tried it within 30 days" in page.text
    assert "Ruled to be no software" in page.text


def test_each_rule_leads_to_the_tools_that_it_hides(reviewer, office):
    office.tools.mark("trello", "Nobody need look at it", "account:1", noise=True)
    office.tools.following._derive(office.tools.following, "review noise")
    page = reviewer.get("/money/noise/decision")

    assert "Hidden by hand" in page.text
    assert 'href="/tools/trello"' in page.text
    assert "1 tool is hidden" in text_of(reviewer.get("/money"))
    assert reviewer.get("/money/noise/decision?format=csv").text.count("trello") == 1


def test_there_is_no_page_for_a_rule_that_nobody_wrote(reviewer):
    assert reviewer.get("/money/noise/nothing").status_code == 404
    assert "Nothing is hidden by this." in reviewer.get("/money/noise/trial").text
