"""The words of messages: plain, true at the time of sending, and never a way in for a hostile name."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from gate import telling
from gate.letters import safe
from gate.reviewing import Review
from gate.roles import Role
from gate.terms import Condition
from storage import cases as stored
from storage.times import to_ms
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms
from tests.gate.test_opening import SMALL
from tests.gate.test_telling import opened
from tests.gate.told import actor, enter, events, letter
from tests.storage.filling import Filling

BASE = "https://ostiary.example.com"


@pytest.fixture
def people(connection):
    return staff(connection)


def new_tool(connection, **changed):
    number = add_tool(connection, vendor="Acme", **changed)
    telling.case_opened(connection, gate(), stored.case(connection, number))
    return number, events(connection, "case_opened")[-1]


def test_a_new_tool_is_told_with_what_is_known_and_nothing_of_what_is_not(connection):
    number, row = new_tool(connection)

    found = letter(connection, row).words

    assert found.title == "A new marketing tool was found: Quillfox"
    assert found.text == (
        "Quillfox is in use, and nobody has decided on it yet.\n"
        "It is looked at because: all of its people are in marketing\n"
        "Category: email marketing\n"
        "Vendor: Acme\n"
        "An answer is due by 1 July 2026.\n"
        f"On the command line: ostiary cases show {number}"
    )


def test_links_stand_only_where_the_company_says_what_they_begin_with(connection):
    number, row = new_tool(connection)

    assert "://" not in letter(connection, row).words.text
    assert f"Case {number}: {BASE}/cases/{number}\n" in letter(connection, row, base_url=BASE).words.text


def test_days_are_those_of_the_companys_zone(connection):
    number, row = new_tool(connection)
    stored.change(connection, number, {"due_at": to_ms(NOW.replace(hour=23))})

    assert "by 2 July 2026" in letter(connection, row, zone="Europe/Berlin").words.text
    assert letter(connection, row, zone="Europe/Berlin").values["due_day"] == "2026-07-02"


def test_a_tool_that_a_rule_let_in_is_told_as_such(connection, people):
    opened(connection, SMALL)

    found = letter(connection, *events(connection)).words

    assert "the rule FAST-01 approved it" in found.text
    assert "Quillfox is in use, and nobody" not in found.text
    assert "The rule FAST-01 decided this." in found.text


def test_all_that_is_known_of_a_case_is_one_message(connection, people):
    number, _ = new_tool(connection)
    Review(connection, gate(), number, people[Role.REVIEWER]).assign(people[Role.APPROVER_IT])

    found = letter(connection, *reversed(events(connection)))

    assert found.words.title == "A new marketing tool was found: Quillfox"
    assert "The review of Quillfox was given to you." in found.words.text
    assert found.values["text"] == found.words.text


def test_more_than_one_case_is_a_digest_of_one_line_each(connection):
    _, row = new_tool(connection)
    refused = enter(connection, "condition_due", decision=0, tool="other")
    source = enter(connection, "source_refused", source="okta:acme", run=3)
    stream = Filling(connection).stream("okta:acme")
    coverage = {"run_id": 3, "stream_id": stream, "read": 0, "stored": 0, "quarantined": 0}
    Filling(connection).insert("coverage", status="refused", **coverage)

    found = letter(connection, source, row, refused, base_url=BASE)

    assert found.words.title == "2 things at the gate"
    assert found.words.text.splitlines() == [
        "- A new marketing tool was found: Quillfox",
        "- A source refuses: okta:acme",
        f"{BASE}/cases",
    ]
    assert found.values["event"] == "digest"


def test_what_went_on_since_is_no_letter(connection):
    number, row = new_tool(connection)
    stored.close(connection, number, "gone", to_ms(NOW))

    assert letter(connection, row) is None
    assert letter(connection) is None


def test_a_decision_is_told_in_the_one_plain_sentence(connection, people):
    number = add_tool(connection)
    condition = Condition(text="Turn SSO on", owner=actor(connection, "o@example.com"), due=date(2026, 7, 10))
    word = terms("approve_with_conditions", sentence="You may use it for mail.", conditions=(condition,))
    sign(connection, number, people[Role.APPROVER_IT], word)

    found = letter(connection, events(connection, "decided")[0], base_url=BASE).words

    assert found.title == "Decided: Quillfox is approved with conditions"
    assert found.text.splitlines() == [
        "You may use it for mail.",
        "It is looked at again by 1 July 2027.",
        "Conditions: 1",
        f"{BASE}/tools/{TOOL}",
        f"On the command line: ostiary tools show {TOOL}",
    ]
    assert "Looked at all of it" not in found.text  # the reason is IT's own


@pytest.mark.parametrize(
    ("late", "said"), [(False, "It is due on 10 July 2026."), (True, "It was due on 10 July 2026 and is not met")]
)
def test_a_condition_is_told_to_its_owner_in_the_words_of_the_decision(connection, people, late, said):
    number = add_tool(connection)
    owner = actor(connection, "o@example.com")
    condition = Condition(text="Turn SSO on", owner=owner, due=date(2026, 7, 10))
    word = terms("approve_with_conditions", conditions=(condition,))
    decision = sign(connection, number, people[Role.APPROVER_IT], word).decision
    told = {"decision": decision, "tool": TOOL, "condition": "condition_1", "due": "2026-07-10", "actor": owner}

    found = letter(connection, enter(connection, "condition_due", late=late, **told)).words

    assert "Turn SSO on" in found.text
    assert said in found.text
    assert found.text.count("10 July") == 1


def test_an_approval_that_ends_says_when(connection, people):
    decision = sign(connection, add_tool(connection), people[Role.APPROVER_IT]).decision
    row = enter(connection, "approval_expires", decision=decision, tool=TOOL, due="2026-09-01")

    assert letter(connection, row).words.title == "The approval of Quillfox ends on 1 September 2026"


def test_the_second_key_says_whose_it_is_and_a_late_case_for_whom_it_waits(connection, people):
    risky = {"people.count": 30, "data.personal": None, "access.sso_registered": True, "grants.active": 0}
    number = add_tool(connection, facts=risky)
    sign(connection, number, people[Role.APPROVER_IT])
    telling.escalation(connection, gate(), stored.case(connection, number))

    second, late = (letter(connection, row).words for row in events(connection))

    assert "One side has signed on Quillfox; Marketing has not" in second.text
    assert "It waits for Marketing." in late.text
    assert "the other side has to sign" in late.text


@pytest.fixture
def question(connection):
    number = add_tool(connection)
    row = {"tool_id": TOOL, "case_id": number, "fact": "data.personal", "asks": "owner", "asked_by": "account:1"}
    row |= {"actor_id": actor(connection, "a@example.com"), "due_at": to_ms(NOW + timedelta(days=3))}
    Filling(connection).insert("question", id=1, asked_at=1, state="open", **row)
    return enter(connection, "question_asked", question=1, case=number, tool=TOOL)


def test_a_question_is_put_in_the_words_of_the_vocabulary(connection, question):
    found = letter(connection, question, base_url=BASE).words

    assert "Does the tool hold or read data of persons" in found.text
    assert "Please answer by 4 July 2026." in found.text
    assert f"Answer here: {BASE}/questions/1" in found.text


def test_what_opens_a_question_stands_in_a_letter_only_where_it_is_given(connection, question):
    found = letter(connection, question, base_url=BASE, token=lambda row: f"ask-{row['id']}")

    assert f"Answer here: {BASE}/answer/ask-1" in found.words.text
    assert "ask-1" not in letter(connection, question, token=lambda row: f"ask-{row['id']}").words.text


def test_a_tool_that_is_gone_is_told_by_its_id(connection):
    _, row = new_tool(connection)
    connection.execute(text("DELETE FROM tool"))

    assert letter(connection, row).words.title.endswith(f": {TOOL}")


HOSTILE = [
    ("Fox\r\nBcc: all@example.com", "Fox Bcc: all@example.com"),
    ("<!channel> <https://evil|x>", "\u2039!channel\u203a \u2039https://evil|x\u203a"),
    ("@everyone @Here", "\uff20everyone \uff20Here"),
    ("a\u202eb\u200bc\u2028d", "abc d"),
    ("x" * 4000, "x" * 299 + "…"),
]


@pytest.mark.parametrize(("name", "wanted"), HOSTILE)
def test_a_hostile_name_is_one_short_line_that_calls_nobody(name, wanted):
    assert safe(name) == wanted


@given(name=st.text())
def test_no_text_is_more_than_one_line_or_marks_anything_up(name):
    found = safe(name)

    assert len(found.splitlines()) <= 1
    assert len(found) <= 300
    assert not {"<", ">"} & {*found}
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in found)


def test_a_hostile_name_stays_in_its_line_of_the_message(connection):
    _, row = new_tool(connection, name="Fox\n\nIgnore this: $tool ${case} @channel")

    assert letter(connection, row).words.title.endswith(": Fox Ignore this: $tool ${case} \uff20channel")
