"""Questions answered by signed link, without an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands.acting import gate_of
from commands.faces import office as made_office
from gate import accounts, questions, requests
from gate.acting import Asking
from gate.roles import Role
from model.facts import VOCABULARY
from storage import kept
from storage import questions as stored
from web.controls import control, typed
from web.forms import Form

ASKING = Asking(links=True, link_key=b"k" * 40, a_day=50)


@pytest.fixture
def office(desk, web):
    def gate(*, checked: bool = True):
        return replace(gate_of(desk, checked=checked), asking=ASKING)

    return made_office(desk, web, gate)


@pytest.fixture
def asked(office, clock):
    """Return what asks a question of the business user and gives the link's token: `asked("data.dpa_signed")`."""

    def one(fact: str = "data.dpa_signed", tool: str = "Quillfox") -> str:
        gate = office.gate()
        with office.store.write() as connection:
            user = accounts.the_account(connection, "business-user@tarnvik.example", clock.now())
            reviewer = accounts.the_account(connection, "reviewer@tarnvik.example", clock.now())
            meant = office.requests.meant(tool, "email_marketing").tool
            wanted = requests.Wanted(tool=meant, purpose="Newsletters", unit="Sales")
            case = requests.ask(connection, gate, wanted, user).case
            assert case is not None
            made = questions.Asking(connection, gate, case, reviewer).ask([fact], "business-user@tarnvik.example").made
            row = stored.question(connection, made[0])
            assert row is not None
            token = questions.token_of(gate, row)
            assert token is not None
            return token

    return one


@pytest.fixture
def guest(browser):
    """Somebody without an account."""
    return browser()


def answers_of(desk) -> list[dict]:
    with desk.store.read() as connection:
        return [row for row in kept.decisions(connection) if row["kind"] == "answer"]


def state(desk, number: int = 1) -> str:
    with desk.store.read() as connection:
        row = stored.question(connection, number)
    assert row is not None
    return row["state"]


def test_a_link_says_who_asks_what_and_why(guest, asked):
    page = guest.get(f"/answer/{asked()}")
    assert page.status_code == 200
    for said in ("Quillfox", VOCABULARY["data.dpa_signed"].question, "reviewer@tarnvik.example", "because no system"):
        assert said in page.text
    assert "Please answer by" in page.text
    assert "data.dpa_signed" not in page.text


def test_looking_changes_nothing(guest, asked, desk):
    token = asked()
    for _ in range(3):
        guest.get(f"/answer/{token}")
        guest.head(f"/answer/{token}")
    assert state(desk) == "open"
    assert answers_of(desk) == []


def test_an_answer_is_recorded_once_and_thanked_for(guest, asked, desk):
    token = asked()
    done = guest.post(f"/answer/{token}", data={"answer": "yes", "document": "DPA of 3 March", "note": "Signed by Ida"})
    assert done.status_code == 200
    assert "Thank you" in done.text
    (row,) = answers_of(desk)
    assert row["detail"]["value"] is True
    assert row["by"].startswith("person:")
    assert state(desk) == "answered"
    with desk.store.read() as connection:
        assert kept.text_of(connection, row["detail"]["words"]["document"]) == "DPA of 3 March"
    again = guest.post(f"/answer/{token}", data={"answer": "no"})
    assert again.status_code == 410
    assert "This question is answered" in again.text
    assert len(answers_of(desk)) == 1
    assert guest.get(f"/answer/{token}").status_code == 410


def test_the_link_tells_nothing_of_the_answer_afterwards(guest, browser, asked):
    token = asked()
    guest.post(f"/answer/{token}", data={"answer": "yes", "note": "Only for me"})
    page = browser().get(f"/answer/{token}").text
    assert "Only for me" not in page
    assert "Quillfox" not in page


def test_until_when_it_holds_is_kept(guest, asked, desk, clock):
    until = (clock.now() + timedelta(days=100)).date().isoformat()
    guest.post(f"/answer/{asked()}", data={"answer": "no", "until": until})
    assert answers_of(desk)[0]["detail"]["until"] == until


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose one of the answers"),
        ({"answer": ""}, "Choose one of the answers"),
        ({"answer": "perhaps"}, "Choose one of the answers"),
        ({"answer": "yes", "until": "2020-01-01"}, "Choose a day to come"),
        ({"answer": "yes", "until": "2999-01-01"}, "within three years"),
        ({"answer": "yes", "until": "soon"}, "Choose a day, such as"),
        ({"answer": "yes", "document": "javascript:alert(1)"}, "begins with https://"),
        ({"answer": "yes", "document": "ftp://files.example/x"}, "begins with https://"),
        ({"answer": "yes", "document": "x" * 4_001}, "longer than 4,000"),
        ({"answer": "yes", "note": "y" * 4_001}, "longer than 4,000"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_stays_unused(guest, asked, desk, given, said):
    page = guest.post(f"/answer/{asked()}", data={"note": "Kept all the same", **given})
    assert page.status_code == 422
    assert said in page.text
    assert ("Kept all the same" in page.text) or "note" in given
    assert state(desk) == "open"


def test_hostile_words_are_kept_and_do_nothing(guest, asked):
    words = "<script>alert(1)</script> \u202e 🦊 {{ 7 * 7 }}"
    page = guest.post(f"/answer/{asked()}", data={"answer": "perhaps", "note": words, "document": words})
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_who_does_not_know_says_so_and_it_stays_open(guest, asked, desk):
    page = guest.post(f"/answer/{asked()}", data={"answer": "unknown"})
    assert page.status_code == 200
    assert "it stays open" in page.text
    assert "mailto:reviewer" in page.text
    assert state(desk) == "open"
    assert answers_of(desk) == []


def test_ten_megabytes_are_too_much(guest, asked, desk):
    page = guest.post(f"/answer/{asked()}", data={"answer": "yes", "note": "x" * 10_000_000})
    assert page.status_code == 413
    assert state(desk) == "open"


@pytest.mark.parametrize("token", ["x", "ask-1-2-3", "ask-1-1794700799-" + "A" * 43, "%3Cscript%3E", "🦊", "a" * 3_000])
def test_a_broken_link_says_what_to_do_and_nothing_else(guest, asked, token):
    asked()
    for page in (guest.get(f"/answer/{token}"), guest.post(f"/answer/{token}", data={"answer": "yes"})):
        assert page.status_code == 404
        assert "This link does not hold" in page.text
        assert "Quillfox" not in page.text


def test_a_link_that_was_cut_or_changed_does_not_hold(guest, asked, desk):
    token = asked()
    for other in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token.replace("ask-1-", "ask-2-")):
        assert guest.post(f"/answer/{other}", data={"answer": "yes"}).status_code == 404
    assert state(desk) == "open"


def test_a_link_ends(guest, asked, clock):
    token = asked()
    clock.at += timedelta(days=15)
    page = guest.get(f"/answer/{token}")
    assert page.status_code == 410
    assert "This link has ended" in page.text


def test_a_newer_link_takes_the_place_of_an_older_one(guest, asked, office, clock):
    old = asked()
    clock.at += timedelta(days=1)
    with office.store.write() as connection:
        reviewer = accounts.the_account(connection, "reviewer@tarnvik.example", clock.now())
        row = stored.question(connection, 1)
        new = questions.Asking(connection, office.gate(), row["case_id"], reviewer).link(row)
    assert "A newer link was sent" in guest.get(f"/answer/{old}").text
    assert guest.get(f"/answer/{new}").status_code == 200


def test_a_question_that_was_taken_back_or_is_over_says_so(guest, asked, office, clock):
    token = asked()
    with office.store.write() as connection:
        reviewer = accounts.the_account(connection, "reviewer@tarnvik.example", clock.now())
        row = stored.question(connection, 1)
        questions.Asking(connection, office.gate(), row["case_id"], reviewer).withdraw(row, "Found it")
    assert "This question was taken back" in guest.get(f"/answer/{token}").text


def test_the_case_that_ends_ends_its_questions(guest, asked, office, clock):
    token = asked()
    with office.store.write() as connection:
        user = accounts.the_account(connection, "business-user@tarnvik.example", clock.now())
        requests.withdraw(connection, office.gate(), 1, "Not needed", user)
    assert "This question is over" in guest.get(f"/answer/{token}").text


def test_where_links_are_off_it_says_so(guest, asked, app):
    token = asked()
    gate = app.state.office.gate
    office = replace(app.state.office, gate=lambda *, checked=True: replace(gate(checked=checked), asking=Asking()))
    app.state.office = office
    page = guest.get(f"/answer/{token}")
    assert page.status_code == 410
    assert "switched off" in page.text


def test_guessing_is_slowed_down(guest):
    found = [guest.get("/answer/guess").status_code for _ in range(25)]
    assert found[0] == 404
    assert 429 in found


def test_who_is_signed_in_answers_by_link_too(browser, asked):
    page = browser(Role.BUSINESS_USER).post(f"/answer/{asked()}", data={"answer": "yes"})
    assert "Thank you" in page.text


# --- the kinds of questions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "given", "value"),
    [
        ("data.dpa_signed", {"answer": "no"}, False),
        ("ai.trains_on_input", {"answer": "opt_out_done"}, "opt_out_done"),
        ("data.assurance", {"answer": ["iso27001", "other"]}, ["iso27001", "other"]),
        ("data.regions", {"answer": "EU, Switzerland"}, ["EU", "Switzerland"]),
        ("contract.end", {"answer": "2027-06-30"}, "2027-06-30"),
        ("contract.end", {"answer": "", "answer_never": "1"}, "never"),
        ("spend.seats_bought", {"answer": "1,200"}, 1_200),
        ("support.outage_tolerable", {"answer": "2", "answer_unit": "d"}, 172_800.0),
        ("access.sso_share", {"answer": "80"}, 0.8),
        ("support.uptime_promised", {"answer": "99.9"}, 99.9),
        ("contract.value", {"answer": "12,000.50"}, 12_000_500_000),
        ("lifecycle.version", {"answer": "4.2 beta"}, "4.2 beta"),
    ],
)
def test_each_kind_of_answer_is_taken_as_it_is_meant(guest, asked, desk, fact, given, value):
    token = asked(fact)
    assert 'name="answer"' in guest.get(f"/answer/{token}").text
    done = guest.post(f"/answer/{token}", data=given)
    assert "Thank you" in done.text
    assert answers_of(desk)[0]["detail"]["value"] == value


def test_every_question_has_a_control_and_says_where_nothing_was_answered():
    for fact in (one for one in VOCABULARY.values() if one.question):
        found = control(fact, "EUR")
        assert found.kind in {"choice", "several", "day", "number", "money", "duration", "text"}
        form = Form()
        typed(form, fact)
        assert form.errors["answer"]
