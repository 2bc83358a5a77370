"""A case: the answer first, all that is known with how, and decided without leaving; nothing typed is ever lost."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
from sqlalchemy import text

from gate import accounts, conditions, requests, reviewing
from gate.reviewing import Review
from gate.roles import Role
from gate.terms import Terms
from model.facts import VOCABULARY
from storage import cases as stored
from storage import kept
from storage import questions as asked

WORD = {"reason": "Read the contract and the DPA", "sentence": "You may use it for campaigns."}
HIDDEN = re.compile(r'name="(seen|state|once|csrf)" value="([^"]*)"')


def case_of(office, tool):
    """Return the number of the open case of a tool."""
    with office.store.read() as connection:
        return stored.open_of(connection, tool)["id"]


def status(office, tool):
    with office.store.read() as connection:
        return stored.status_of_tool(connection, tool)


def form_of(client, number):
    """Return what the form that decides carries unseen."""
    page = client.get(f"/cases/{number}").text
    return {name: unescape(value) for name, value in HIDDEN.findall(page[page.index('id="decide-form"') :])}


@pytest.fixture
def sign(office, clock):
    """Sign a case beside the pages, as the command does."""

    def signed(number, email, outcome="approve", **more):
        with office.store.write() as connection:
            account = accounts.the_account(connection, email, clock.now())
            return Review(connection, office.gate(), number, account).sign(Terms(outcome=outcome, **WORD, **more))

    return signed


@pytest.fixture
def zapier(office):
    return case_of(office, "zapier")


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_the_answer_stands_first_with_whom_it_waits_for_and_until_when(reviewer, zapier):
    page = reviewer.get(f"/cases/{zapier}").text
    main = page[page.index("<main") :]
    assert main.index("This waits for you") < main.index("Technology risk") < main.index("Findings")
    assert "Security looks at the findings and decides" in main
    assert re.search(r">2 Jul 2026</time>, which is over", main)


def test_both_risks_name_what_makes_them(reviewer, zapier):
    page = reviewer.get(f"/cases/{zapier}").text
    assert re.search(r"Technology risk <span class=\"band band-high\">", page)
    assert re.search(r"Customer risk <span class=\"band band-high\">", page)
    assert re.search(r'High, for \d findings?:</p>\s*<ul><li><a href="/findings/[A-Z0-9]+-\d+%3Azapier">', page)


def test_a_risk_that_nobody_knows_is_told_as_unknown_and_not_as_low(reviewer, office):
    page = reviewer.get(f"/cases/{case_of(office, 'airtable')}").text
    assert "band-unknown" in page
    assert "That is not low." in page


def test_findings_stand_the_worst_first_and_can_be_asked_how(reviewer, zapier):
    page = reviewer.get(f"/cases/{zapier}").text
    bands = re.findall(r'<article class="finding".*?band-(\w+)', page, re.DOTALL)
    order = ["critical", "high", "medium", "low"]
    assert len(bands) >= 6
    assert bands[:6] == sorted(bands[:6], key=order.index)
    assert page.count("How do you know?") > 6


def test_how_we_know_is_one_step_away_with_facts_and_evidence(reviewer, zapier):
    page = reviewer.get(f"/cases/{zapier}").text
    path = re.search(r'hx-get="(/findings/[^"]+/how)"', page)[1]
    part = reviewer.get(path, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "/evidence?key=" in part.text
    assert "The policy&#39;s text" in part.text or "The policy's text" in part.text
    assert str(reviewer.get(path).url).endswith(unquote(path).removesuffix("/how"))


def test_what_people_can_answer_stands_there_with_whom_it_would_go_to(reviewer, zapier):
    page = reviewer.get(f"/cases/{zapier}").text
    first = re.search(r'name="fact" value="([a-z_.]+)" id="[^"]*">\s*<label for="[^"]*">([^<]*\?) <span', page)
    assert first is not None
    assert unescape(first[2]) == VOCABULARY[first[1]].question


def test_marketing_sees_no_codes_no_addresses_and_no_act_of_the_desk(cmo, zapier):
    page = cmo.get(f"/cases/{zapier}").text
    told = re.sub(r"<[^>]*>", " ", page[page.index("<main") :])
    assert not re.search(r"\b[A-Z]{2,4}-\d{2}\b", told)
    assert "@tarnvik.example" not in told.replace("approver-marketing@tarnvik.example", "")
    assert "Person " in told
    assert "Take it up" not in told


def test_names_can_be_revealed_by_who_may(cmo, zapier):
    assert 'href="/reveal?tool=zapier"' in cmo.get(f"/cases/{zapier}").text


@pytest.mark.parametrize("path", ["/cases/999999", "/cases/0", "/cases/abc", "/cases/-1", "/cases/1e3"])
def test_a_case_that_is_not_there_is_a_clear_page(reviewer, path):
    page = reviewer.get(path)
    assert page.status_code == 404
    assert "<h1>" in page.text


# --- deciding --------------------------------------------------------------------------------------------------------


def test_a_no_takes_one_side_and_is_told_with_what_it_means_and_its_undo(reviewer, office, zapier):
    done = reviewer.act(f"/cases/{zapier}/decide", outcome="reject", **form_of(reviewer, zapier), **WORD)
    assert done.status_code == 200
    assert status(office, "zapier") == "rejected"
    assert re.search(r"You rejected Zapier: \d+ people keep access until it is taken away\.", done.text)
    undo = re.search(r'class="said".*?href="(/decisions/\d+/undo)"', done.text, re.DOTALL)
    assert undo is not None


def test_letting_in_where_customers_may_be_harmed_waits_for_the_other_side(reviewer, cmo, office, zapier):
    done = reviewer.act(f"/cases/{zapier}/decide", outcome="approve", **form_of(reviewer, zapier), **WORD)
    assert "Zapier waits for Marketing to sign the same." in done.text
    assert status(office, "zapier") == "new"
    page = cmo.get(f"/cases/{zapier}").text
    assert "With your signature on the same terms it is decided." in page
    assert WORD["sentence"] in page

    agreed = cmo.act(f"/cases/{zapier}/agree", agree_reason="The business case holds")
    assert "You approved Zapier" in agreed.text
    assert status(office, "zapier") == "approved"


def test_one_person_does_not_turn_both_keys(reviewer, sign, office, zapier):
    sign(zapier, "reviewer@tarnvik.example")
    page = reviewer.get(f"/cases/{zapier}").text
    assert "With your signature" not in page
    reviewer.act(f"/cases/{zapier}/agree", agree_reason="Once more")
    assert status(office, "zapier") == "new"


def test_conditions_are_kept_with_owner_and_day(reviewer, cmo, office, clock):
    number = case_of(office, "hootsuite")
    due = (clock.now() + timedelta(days=30)).date().isoformat()
    rows = {
        "condition_text_1": "Sign the DPA",
        "condition_owner_1": "approver-marketing@tarnvik.example",
        "condition_due_1": due,
        "condition_text_2": "Switch on second factors",
        "condition_owner_2": "approver-it@tarnvik.example",
        "condition_due_2": due,
    }
    reviewer.act(
        f"/cases/{number}/decide", outcome="approve_with_conditions", **form_of(reviewer, number), **WORD, **rows
    )
    with office.store.read() as connection:
        found = conditions.listed(connection, conditions.decision_of(connection, number))
    assert [(one["text"], one["due"]) for one in found] == [("Sign the DPA", due), ("Switch on second factors", due)]
    page = reviewer.get(f"/cases/{number}").text
    assert "Switch on second factors" in page

    done = reviewer.act(f"/cases/{number}/conditions/2", reason="Switched on, seen in the settings")
    assert "Condition 2 is met." in done.text
    assert done.text.count("not yet") == 1


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ({}, "Say what you decide"),
        ({"outcome": "approve", "sentence": "Yes."}, "Say why: it is kept with the decision"),
        ({"outcome": "approve", "reason": "Because"}, "Write one plain sentence for the other side"),
        ({"outcome": "explode", **WORD}, "Say what you decide"),
        ({"outcome": "approve_with_conditions", **WORD}, "Name a condition at least"),
        ({"outcome": "approve", **WORD, "review_by": "yesterday"}, "Enter a day, such as 2027-01-31"),
        ({"outcome": "approve", **WORD, "review_by": "2020-01-01"}, "Name a day to come"),
        ({"outcome": "reject", **WORD, "instead": "zzzz no such tool"}, "No tool is called that"),
        ({"outcome": "approve", **WORD, "sentence": "x" * 301}, "One line of 300 characters at most"),
        (
            {
                "outcome": "approve_with_conditions",
                **WORD,
                "condition_text_1": "Do it",
                "condition_owner_1": "a@b.example",
            },
            "Nobody is known by this address",
        ),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_text_is_kept(reviewer, office, zapier, typed, what):
    page = reviewer.act(f"/cases/{zapier}/decide", **typed)
    assert page.status_code == 422
    assert what in unescape(page.text)
    assert 'id="errors"' in page.text
    assert all(value in unescape(page.text) for value in typed.values() if value != "explode")
    assert status(office, "zapier") == "new"


def test_more_rows_for_conditions_lose_nothing(reviewer, zapier):
    page = reviewer.act(f"/cases/{zapier}/decide", more="1", rows="2", reason="So far", condition_text_2="The second")
    assert page.status_code == 200
    assert 'name="condition_text_4"' in page.text
    assert "So far" in page.text
    assert 'value="The second"' in page.text


def test_a_tool_to_use_instead_is_found_by_its_name(reviewer, office, zapier):
    reviewer.act(f"/cases/{zapier}/decide", outcome="reject", instead="hubspot", **WORD)
    with office.store.read() as connection:
        row = [one for one in kept.standing_about(connection, "tool:zapier") if one["kind"] == "status"][-1]
    assert row["detail"]["instead_of"] == "hubspot"


def test_names_of_tools_are_offered_while_one_types(reviewer):
    assert '<option value="hubspot">' in reviewer.get("/cases/tools?instead=hubsp").text
    assert reviewer.get("/cases/tools").text.strip() == ""


def test_the_next_case_of_the_queue_is_one_button_away(reviewer, zapier):
    done = reviewer.act(f"/cases/{zapier}/decide", outcome="reject", then="next", **WORD)
    assert "You rejected Zapier" in done.text
    assert not str(done.url).endswith(f"/cases/{zapier}")
    assert "/cases/" in str(done.url)


# --- stale, twice, meanwhile, not allowed ----------------------------------------------------------------------------


def test_a_stale_page_is_refused_with_the_difference_and_the_text_kept(reviewer, office, clock, zapier):
    carried = form_of(reviewer, zapier)
    with office.store.write() as connection:
        connection.execute(text("DELETE FROM connection WHERE tool_id = 'zapier' AND system = 'mail'"))
    page = reviewer.act(f"/cases/{zapier}/decide", outcome="approve", **carried, **WORD)
    assert page.status_code == 409
    assert "It changed while you read" in page.text
    assert "no longer holds a right on mail" in page.text
    assert WORD["reason"] in page.text
    assert status(office, "zapier") == "new"
    again = form_of(reviewer, zapier)
    assert again["seen"] != carried["seen"]
    assert reviewer.act(f"/cases/{zapier}/decide", outcome="reject", **again, **WORD).status_code == 200
    assert status(office, "zapier") == "rejected"


def test_a_forged_state_says_nothing(reviewer, zapier):
    for forged in ("", "!!!", "eJzLSM3JyQcABiwCFQ==", "x" * 300_000):
        page = reviewer.act(f"/cases/{zapier}/decide", outcome="approve", seen="0" * 64, state=forged[:60_000], **WORD)
        assert page.status_code == 409
        assert WORD["reason"] in page.text


def test_the_same_form_sent_twice_is_signed_once(reviewer, office, zapier):
    carried = form_of(reviewer, zapier)
    first = reviewer.act(f"/cases/{zapier}/decide", outcome="approve", **carried, **WORD)
    second = reviewer.act(f"/cases/{zapier}/decide", outcome="approve", **carried, **WORD)
    assert (first.status_code, second.status_code) == (200, 200)
    with office.store.read() as connection:
        assert len(reviewing.words(connection, zapier)) == 1


def test_a_case_decided_meanwhile_shows_the_decision_and_keeps_the_text(reviewer, sign, office, zapier):
    carried = form_of(reviewer, zapier)
    sign(zapier, "approver-it@tarnvik.example", "reject")
    page = reviewer.act(
        f"/cases/{zapier}/decide",
        outcome="approve",
        **carried,
        reason="My long thoughts on it",
        sentence="Yes, use it.",
    )
    assert page.status_code == 409
    assert "is closed (decided)" in page.text
    assert "My long thoughts on it" in page.text
    assert "approver-it@tarnvik.example" in page.text
    assert status(office, "zapier") == "rejected"


def test_who_may_not_sign_sees_why_and_cannot(browser, office, zapier):
    auditor = browser(Role.AUDITOR)
    assert "To sign takes the role of a reviewer or an approver" in auditor.get(f"/cases/{zapier}").text
    assert auditor.act(f"/cases/{zapier}/decide", outcome="reject", **WORD).status_code == 409
    assert status(office, "zapier") == "new"


def test_whoever_asked_for_a_tool_does_not_decide_on_it(cmo, office, clock, zapier):
    with office.store.write() as connection:
        account = accounts.the_account(connection, "approver-marketing@tarnvik.example", clock.now())
        target = requests.Target(id="zapier", name="Zapier")
        requests.ask(connection, office.gate(), requests.Wanted(tool=target, purpose="For our webinars"), account)
    page = cmo.get(f"/cases/{zapier}").text
    assert "For our webinars" in page
    assert "Whoever asked for a tool does not decide on it" in page
    refused = cmo.act(f"/cases/{zapier}/decide", outcome="approve", **WORD)
    assert refused.status_code == 409
    assert WORD["reason"] in refused.text


# --- the other acts --------------------------------------------------------------------------------------------------


def test_a_case_is_given_on_and_handed_back(reviewer, office, zapier):
    given = reviewer.act(f"/cases/{zapier}/assign", to="approver-it@tarnvik.example")
    assert "is with approver-it@tarnvik.example now" in given.text
    back = reviewer.act(f"/cases/{zapier}/hand-back")
    assert "is with nobody now" in back.text
    with office.store.read() as connection:
        assert stored.case(connection, zapier)["assignee"] is None
    assert "handed it back" in back.text
    assert reviewer.act(f"/cases/{zapier}/hand-back").status_code == 409


@pytest.mark.parametrize("to", ["nobody@tarnvik.example", "business-user@tarnvik.example", "no address"])
def test_a_case_goes_to_nobody_who_may_not_work_on_it(reviewer, office, zapier, to):
    page = reviewer.act(f"/cases/{zapier}/assign", to=to)
    assert page.status_code == 409
    assert f'value="{to}"' in page.text


def test_questions_go_out_and_the_case_waits_for_them(reviewer, office, zapier):
    fact = re.search(r'name="fact" value="([a-z_.]+)"', reviewer.get(f"/cases/{zapier}").text)[1]
    done = reviewer.act(f"/cases/{zapier}/ask", fact=fact, ask_to="approver-marketing@tarnvik.example")
    assert "1 question went out." in done.text
    with office.store.read() as connection:
        (row,) = asked.questions(connection, case=zapier)
        assert stored.case(connection, zapier)["stage"] == "questions"
    assert row["fact"] == fact
    assert f'href="/questions/{row["id"]}"' in done.text


def test_asking_nothing_says_so(reviewer, zapier):
    page = reviewer.act(f"/cases/{zapier}/ask")
    assert page.status_code == 422
    assert "Tick what to ask, or ask all" in page.text


def test_a_side_says_how_it_sees_the_tool(cmo, zapier):
    done = cmo.act(f"/cases/{zapier}/rate", importance="high", risk="low", rate_reason="All our leads come by it")
    assert "importance <strong>high</strong>, risk <strong>low</strong>" in done.text
    assert "All our leads come by it" in done.text
    assert cmo.act(f"/cases/{zapier}/rate", importance="enormous", risk="low", rate_reason="x").status_code == 422


def test_taking_a_decision_back_says_what_it_does_and_asks_why(reviewer, office, zapier):
    done = reviewer.act(f"/cases/{zapier}/decide", outcome="reject", **WORD)
    undo = re.search(r'href="(/decisions/\d+/undo)"', done.text)[1]
    page = reviewer.get(undo)
    assert "Zapier was rejected" in page.text
    assert "Zapier is new again and judged by that at once." in page.text
    assert reviewer.act(undo).status_code == 422
    assert "It is taken back." in reviewer.act(undo, reason="The wrong tool").text
    assert status(office, "zapier") == "new"
    again = reviewer.get(undo)
    assert "It was taken back already." in again.text


def test_one_takes_back_ones_own_word_alone(reviewer, cmo, sign, zapier):
    made = sign(zapier, "reviewer@tarnvik.example").signature
    refused = cmo.act(f"/decisions/{made}/undo", reason="I do not like it")
    assert refused.status_code == 409
    assert "I do not like it" in refused.text
    assert "It is taken back." in reviewer.act(f"/decisions/{made}/undo", reason="Too early").text


def test_a_decision_that_is_not_there_is_a_clear_page(reviewer):
    assert reviewer.get("/decisions/99999/undo").status_code == 404
    assert reviewer.act("/decisions/99999/undo", reason="x").status_code == 404


def test_what_both_sides_wrote_is_told_as_a_conversation(reviewer, cmo, zapier):
    reviewer.act(f"/cases/{zapier}/decide", outcome="approve", **form_of(reviewer, zapier), **WORD)
    cmo.act(f"/cases/{zapier}/agree", agree_reason="The business case holds")
    talk = reviewer.get(f"/cases/{zapier}").text.split('<ol class="talk">')[1]
    order = ["The case was opened", "signed for IT: approve", "signed for Marketing: approve", "it is decided"]
    assert [talk.index(said) for said in order] == sorted(talk.index(said) for said in order)
    assert WORD["reason"] in talk
    assert "The business case holds" in talk


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "🦊 ok", "\u202ereversed"]
)
def test_hostile_words_are_shown_as_text(reviewer, cmo, zapier, words):
    reviewer.act(f"/cases/{zapier}/decide", outcome="approve", reason=words, sentence=words)
    page = cmo.get(f"/cases/{zapier}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


def test_a_card_number_does_not_survive_in_a_reason(reviewer, zapier):
    reviewer.act(f"/cases/{zapier}/decide", outcome="approve", reason="Paid with 4111 1111 1111 1111", sentence="Yes.")
    page = reviewer.get(f"/cases/{zapier}").text
    assert "4111 1111" not in page
    assert "1111" in page
