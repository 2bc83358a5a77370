"""Questions: listed for who was asked, answered with the control that fits, heard at once; and for the desk all."""

import re
from html import unescape

import pytest

from gate import accounts, evaluating
from gate.questions import Asking
from gate.roles import Role
from model.facts import VOCABULARY, Known, Type
from storage import cases as stored
from storage import kept
from storage import questions as asked

ME = "business-user@tarnvik.example"


def of_type(kind, *, closed=None):
    """Return a fact that people are asked, of a type; none that the demo's sources show."""
    return next(
        fact.name
        for fact in VOCABULARY.values()
        if fact.question
        and fact.name != "access.reviewed_on"
        and fact.type is kind
        and closed in {None, bool(fact.values)}
    )


@pytest.fixture
def ask(office, clock):
    """Ask somebody something about a tool; return the question's number."""

    def put(fact, to=ME, tool="airtable"):
        with office.store.write() as connection:
            by = accounts.the_account(connection, "reviewer@tarnvik.example", clock.now())
            case = stored.open_of(connection, tool)["id"]
            (number,) = Asking(connection, office.gate(), case, by).ask([fact], to).made
        return number

    return put


@pytest.fixture
def business(browser):
    return browser(Role.BUSINESS_USER)


def known(office, fact, tool="airtable"):
    with office.store.read() as connection:
        return evaluating.known(connection, tool).get(fact)


def state(office, number):
    with office.store.read() as connection:
        return asked.question(connection, number)["state"]


def test_what_i_was_asked_stands_in_my_list(business, cmo, ask):
    number = ask("data.personal")
    page = business.get("/questions").text
    assert "1 question waits for your answer." in page
    assert f'href="/questions/{number}"' in page
    assert f'href="/questions/{number}"' not in cmo.get("/questions").text


def test_the_desk_sees_all_and_can_narrow_to_its_own(reviewer, ask):
    number = ask("data.personal")
    assert f'href="/questions/{number}"' in reviewer.get("/questions").text
    assert f'href="/questions/{number}"' not in reviewer.get("/questions?of=me").text


def test_nothing_asked_says_so_kindly(business):
    assert "You were asked nothing so far." in business.get("/questions").text


def test_a_question_of_somebody_else_is_not_there_for_me(business, ask):
    number = ask("data.personal", to="approver-marketing@tarnvik.example")
    assert business.get(f"/questions/{number}").status_code == 404
    assert business.act(f"/questions/{number}", value="yes").status_code == 404


@pytest.mark.parametrize("path", ["/questions/99999", "/questions/x", "/questions/-1"])
def test_a_question_that_is_not_there_is_a_clear_page(reviewer, path):
    assert reviewer.get(path).status_code == 404


def test_it_says_what_it_is_for_in_plain_words(business, ask):
    page = business.get(f"/questions/{ask('data.personal')}").text
    told = re.sub(r"<[^>]*>", " ", page.split("<main")[1])
    assert VOCABULARY["data.personal"].question in unescape(told)
    assert "What it is for" in told
    assert "data.personal" not in told
    assert not re.search(r"\b[A-Z]{2,4}-\d{2}\b", told)


def test_yes_and_no_are_chosen_and_heard_at_once(business, office, ask):
    number = ask("data.personal")
    page = business.get(f"/questions/{number}").text
    assert re.findall(r'type="radio"[^>]*value="(\w+)"', page) == ["yes", "no", "unknown"]
    done = business.act(f"/questions/{number}", value="yes", document="DPA-2026.pdf", note="Section 3")
    assert "Whoever asked sees your answer at once." in done.text
    assert "DPA-2026.pdf" in done.text
    assert known(office, "data.personal").value is True
    assert state(office, number) == "answered"


def test_not_to_know_is_an_answer_that_records_nothing(business, office, ask):
    number = ask("data.personal")
    done = business.act(f"/questions/{number}", value="unknown")
    assert "It stays open: nothing was recorded." in done.text
    assert state(office, number) == "open"
    assert not isinstance(known(office, "data.personal"), Known)


@pytest.mark.parametrize(
    ("kind", "closed", "control", "value"),
    [
        (Type.INT, None, 'inputmode="decimal"', "12"),
        (Type.DATE, None, 'type="date"', "2027-01-31"),
        (Type.MONEY, None, "Such as 1200.50", "1200.50"),
        (Type.ENUM, None, 'type="radio"', None),
    ],
)
def test_the_control_fits_what_is_asked(business, office, ask, kind, closed, control, value):
    fact = of_type(kind, closed=closed)
    number = ask(fact)
    assert control in business.get(f"/questions/{number}").text
    given = value or VOCABULARY[fact].values[0]
    assert business.act(f"/questions/{number}", value=given).status_code == 200
    assert isinstance(known(office, fact), Known)


def test_several_are_ticked_where_several_hold(business, office, ask):
    fact = of_type(Type.LIST, closed=True)
    number, values = ask(fact), VOCABULARY[fact].values[:2]
    done = business.post(f"/questions/{number}", data={"csrf": business.csrf(), "value": [*values]})
    assert done.status_code == 200
    assert {*known(office, fact).value} == {*values}


@pytest.mark.parametrize(("value", "status"), [("", 422), ("perhaps", 409), ("x" * 600, 409), ("<script>", 409)])
def test_what_is_no_answer_is_refused_and_the_text_kept(business, office, ask, value, status):
    number = ask("data.personal")
    page = business.act(f"/questions/{number}", value=value, note="A long note that is kept", document="The DPA")
    assert page.status_code == status
    assert "A long note that is kept" in page.text
    assert "The DPA" in page.text
    assert "<script>" not in page.text.replace('<script src="', "")
    assert state(office, number) == "open"


def test_a_day_until_which_it_holds_is_a_day(business, ask):
    page = business.act(f"/questions/{ask('data.personal')}", value="yes", until="soon")
    assert page.status_code == 422
    assert "Enter a day" in page.text


def test_an_answered_question_takes_no_second_answer(business, office, ask):
    number = ask("data.personal")
    business.act(f"/questions/{number}", value="yes")
    page = business.act(f"/questions/{number}", value="no", note="On second thoughts it has none")
    assert page.status_code == 409
    assert known(office, "data.personal").value is True


def test_a_double_click_answers_once(business, office, ask):
    number = ask("data.personal")
    first, second = (business.act(f"/questions/{number}", value="yes") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    with office.store.read() as connection:
        answers = [row for row in kept.standing_about(connection, "tool:airtable") if row["kind"] == "answer"]
    assert len(answers) == 1


def test_an_answer_can_be_taken_back(business, office, ask):
    number = ask("data.personal")
    done = business.act(f"/questions/{number}", value="yes")
    undo = re.search(r'href="(/decisions/\d+/undo)"', done.text)[1]
    assert "What was answered is unknown again." in business.get(undo).text


def test_the_desk_takes_a_question_back_with_a_reason(reviewer, business, office, ask):
    number = ask("data.personal")
    assert reviewer.act(f"/questions/{number}/withdraw").status_code == 422
    assert (
        "is taken back" in reviewer.act(f"/questions/{number}/withdraw", withdraw_reason="It is in the contract").text
    )
    assert state(office, number) == "withdrawn"
    assert "Nothing is asked of you any more." in business.get(f"/questions/{number}").text
    refused = reviewer.act(f"/questions/{number}/withdraw", withdraw_reason="Once more")
    assert refused.status_code == 409


def test_who_may_not_work_on_cases_takes_no_question_back(business, ask):
    assert business.act(f"/questions/{ask('data.personal')}/withdraw", withdraw_reason="x").status_code == 403


def test_an_answer_stands_in_the_case_with_what_was_said(business, reviewer, office, ask):
    number = ask("data.personal")
    business.act(f"/questions/{number}", value="yes")
    with office.store.read() as connection:
        case = asked.question(connection, number)["case_id"]
    page = reviewer.get(f"/cases/{case}").text
    assert re.search(r"<strong>yes</strong>\s*<span class=\"quiet\">until", page)
    assert "answered: Does the tool hold or read data of persons" in page
