"""A tool that is wanted gets one case and an answer at once; who wants it does not decide on it."""

import contextlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gate import accounts, evaluating, requests
from gate.requests import Target, Wanted
from gate.roles import Role
from gate.rules import Route
from model.errors import Refused
from storage import cases as stored_cases
from storage import judged, kept, letters
from storage import requests as stored
from storage.store import Store
from storage.tables import metadata
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms
from tests.gate.told import events, letter

DAY = timedelta(days=1)
ZORBO = Target(id="wanted-zorbo", name="Zorbo", category="email_marketing", marketing=True, provisional=True)
USED = Target(id=TOOL, name="Quillfox", category="email_marketing", marketing=True)


@pytest.fixture
def people(connection):
    return staff(connection)


@pytest.fixture
def user(people):
    return people[Role.BUSINESS_USER]


def wanted(tool=ZORBO, **changed):
    return Wanted(**({"tool": tool, "purpose": "Newsletters to partners", "unit": "Marketing"} | changed))


def ask(connection, by, want=None, at=NOW, **rest):
    return requests.ask(connection, gate(at), want or wanted(), by, **rest)


def test_a_request_makes_a_tool_a_case_and_a_row(connection, user):
    found = ask(connection, user, wanted(people=5, needs=("crm",), price=12_000_000_000, currency="EUR"))

    (row,) = stored.requests(connection)
    case = stored_cases.case(connection, found.case)
    assert (row["id"], row["case_id"], row["tool_id"]) == (found.request, found.case, "wanted-zorbo")
    assert (row["people"], row["needs"], row["price"], row["unit"]) == (5, ["crm"], 12_000_000_000, "Marketing")
    assert (case["kind"], case["stage"], case["waiting_for"], case["unit"]) == (
        "requested",
        "new",
        "security",
        "Marketing",
    )
    assert (found.due_at, found.first, found.known) == (case["due_at"], None, None)
    assert stored.tool(connection, "wanted-zorbo")["provisional"] == 1
    assert kept.text_of(connection, row["purpose_hash"]) == "Newsletters to partners"


def test_the_trail_and_the_case_keep_no_words(connection, user):
    found = ask(connection, user)

    (row,) = [row for row in kept.audit_rows(connection) if row["act"] == "request.ask"]
    assert "Newsletters" not in row["detail"]
    assert [e["kind"] for e in stored_cases.events(connection, found.case)] == ["opened", "requested"]
    assert gate().trail.verify(kept.audit_rows(connection)) is None


def test_what_is_said_with_it_the_policies_see_at_once_as_answers(connection, user):
    ask(connection, user, wanted(data=("contacts",), price=9_000_000, currency="EUR"))

    known = evaluating.known(connection, "wanted-zorbo")
    findings = {row["policy"]: row["verdict"] for row in judged.findings(connection, ["wanted-zorbo"])["wanted-zorbo"]}
    assert (known["data.personal"].value, known["spend.quoted"].value) == (True, 9_000_000)
    assert findings["TST-02"] == "unknown"
    assert {row["by"] for row in kept.decisions(connection)} == {f"account:{user.id}"}


def test_a_price_in_another_currency_is_kept_and_is_no_fact(connection, user):
    ask(connection, user, wanted(price=9_000_000, currency="USD"))

    assert "spend.quoted" not in evaluating.known(connection, "wanted-zorbo")
    assert stored.requests(connection)[0]["currency"] == "USD"


def test_what_is_known_already_is_not_answered_by_a_request(connection, user):
    add_tool(connection)

    ask(connection, user, wanted(USED, data=("contacts",)))

    assert evaluating.known(connection, TOOL)["data.personal"].value is False


def test_a_tool_that_is_in_use_gets_no_second_case(connection, user):
    number = add_tool(connection)

    found = ask(connection, user, wanted(USED))

    assert (found.case, found.known["id"], found.known["people"]) == (number, TOOL, 4)
    assert connection.scalar(text("SELECT count(*) FROM review_case")) == 1


def test_a_second_request_is_told_of_the_first_and_joins_its_case(connection, people, user):
    first = ask(connection, user)

    second = ask(connection, people[Role.REVIEWER], wanted(unit="Sales"), at=NOW + DAY)

    assert second.case == first.case
    assert (second.first["id"], second.first["unit"]) == (first.request, "Marketing")
    assert "email" not in json.dumps(second.first)


def test_the_same_person_asks_once(connection, user):
    found = ask(connection, user)

    with pytest.raises(Refused, match=rf"`ostiary request show {found.request}`"):
        ask(connection, user, at=NOW + DAY)


def test_an_approved_tool_needs_no_request(connection, people, user):
    number = add_tool(connection)
    sign(connection, number, people[Role.APPROVER_IT], terms("approve", sentence="Use it for newsletters."))

    found = ask(connection, user, wanted(USED), at=NOW + DAY)

    assert (found.request, found.case) == (None, None)
    assert (found.known["status"], found.known["sentence"]) == ("approved", "Use it for newsletters.")
    assert stored.requests(connection) == []


def test_a_rejected_tool_may_be_asked_for_again_and_the_no_is_told(connection, people, user):
    number = add_tool(connection)
    sign(connection, number, people[Role.APPROVER_IT], terms("reject", sentence="It sells the addresses."))

    found = ask(connection, user, wanted(USED), at=NOW + DAY)

    assert found.case not in {None, number}
    assert found.known["sentence"] == "It sells the addresses."


@pytest.mark.parametrize("role", [Role.APPROVER_IT, Role.APPROVER_MARKETING, Role.REVIEWER])
def test_whoever_asked_decides_on_it_in_no_case(connection, people, role):
    found = ask(connection, people[role])
    with pytest.raises(Refused, match="asked for a tool does not decide"):
        sign(connection, found.case, people[role], at=NOW + DAY)


@pytest.mark.parametrize("role", [Role.APPROVER_IT, Role.APPROVER_MARKETING, Role.REVIEWER])
def test_whoever_joined_a_request_does_not_decide_either(connection, people, user, role):
    ask(connection, user)
    found = ask(connection, people[role], at=NOW + DAY)

    with pytest.raises(Refused, match="asked for a tool does not decide"):
        sign(connection, found.case, people[role], at=NOW + 2 * DAY)


def test_taking_a_request_back_gives_no_key_to_who_asked(connection, people):
    approver = people[Role.APPROVER_IT]
    found = ask(connection, approver)
    requests.withdraw(connection, gate(), found.request, "I would rather decide", approver)
    again = ask(connection, people[Role.BUSINESS_USER], at=NOW + DAY)

    with pytest.raises(Refused, match="asked for a tool does not decide"):
        sign(connection, again.case, approver, at=NOW + 2 * DAY)


def test_an_auditor_and_who_acts_for_another_unit_ask_for_nothing(connection, people):
    with pytest.raises(Refused, match="takes the role"):
        ask(connection, people[Role.AUDITOR])
    sales = accounts.add(
        connection,
        gate().trail,
        people[Role.ADMINISTRATOR],
        "sal@example.com",
        [Role.BUSINESS_USER],
        at=NOW,
        units=["Sales"],
    ).account
    with pytest.raises(Refused, match="acts for Sales only"):
        ask(connection, sales)
    assert ask(connection, sales, wanted(unit="Sales")).request == 1


@pytest.mark.parametrize(("hub", "goes"), [("reviewer@example.com", True), ("gone@example.com", False), (None, False)])
def test_a_case_goes_to_the_hub_member_of_the_unit(connection, people, user, hub, goes):
    to_the_hub = gate(rules=replace(gate().rules, routes=(Route(to="hub"),)))

    found = requests.ask(connection, to_the_hub, wanted(), user, hub=hub)

    assignee = f"account:{people[Role.REVIEWER].id}" if goes else None
    assert stored_cases.case(connection, found.case)["assignee"] == assignee


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"purpose": ""}, "add --for TEXT"),
        ({"purpose": "a" * 100_000}, "10,000 characters"),
        ({"purpose": "a\0b"}, "control characters"),
        ({"unit": "a" * 4096}, "200 characters"),
        ({"unit": " "}, "is empty"),
        ({"people": 0}, "1 to 1,000,000 people"),
        ({"people": 10**12}, "1 to 1,000,000 people"),
        ({"needs": ("crm", "the moon")}, "'the moon' is nothing that a tool is tied to"),
        ({"data": ("a" * 500,)}, "kinds of data"),
        ({"data": ("a",) * 21}, "20 kinds of data"),
        ({"price": 1}, "a price has a currency"),
        ({"currency": "EUR"}, "a price has a currency"),
        ({"price": -1, "currency": "EUR"}, "not below 0"),
        ({"tool": Target(id="wanted-x", name="")}, "is empty"),
        ({"tool": Target(id="wanted-x", name="a" * 4096)}, "200 characters"),
        ({"tool": Target(id="wanted-x", name="a\x1b[2Jb")}, "control characters"),
    ],
)
def test_what_is_no_request_is_refused_and_nothing_is_left(store, changed, said):
    with store.write() as connection:
        by, rows = staff(connection)[Role.BUSINESS_USER], len(kept.audit_rows(connection))

    with pytest.raises(Refused, match=said), store.write() as connection:
        ask(connection, by, wanted(**changed))

    with store.read() as connection:
        assert stored.requests(connection) == []
        assert judged.open_cases(connection) == set()
        assert stored.tool(connection, "wanted-x") is None
        assert len(kept.audit_rows(connection)) == rows


# --- taking back -----------------------------------------------------------------------------------------------------


def test_a_request_that_opens_a_case_is_told_as_one_and_not_as_a_tool_in_use(connection, people, user):
    ask(connection, user)

    (row,) = events(connection)
    assert (row["kind"], row["payload"]["unit"]) == ("case_opened", "Marketing")
    words = letter(connection, row).words
    assert words.title == "Somebody asks for Zorbo"
    assert "Zorbo is asked for before it is bought, and nobody has decided on it yet." in words.text
    assert "Team that wants it: Marketing" in words.text
    assert "in use" not in words.text
    assert "was found" not in words.title


def test_a_request_that_joins_a_case_is_told_to_nobody_and_one_that_is_taken_back_to_nobody_any_more(
    connection, people, user
):
    first = ask(connection, user)
    ask(connection, people[Role.REVIEWER])
    (row,) = events(connection)

    for number, by in ((first.request, user), (first.request + 1, people[Role.REVIEWER])):
        requests.withdraw(connection, gate(), number, "Not needed", by)

    assert letter(connection, row) is None


def test_the_hub_member_of_the_unit_hears_of_a_request(connection, people, user):
    ask(connection, user, hub="hub@example.com")

    (row,) = events(connection)
    assert letters.address_of(connection, row["payload"]["hub"]) == "hub@example.com"


def test_the_last_request_that_is_taken_back_ends_its_case(connection, people, user):
    first, second = ask(connection, user), ask(connection, people[Role.REVIEWER])

    kept_open = requests.withdraw(connection, gate(NOW + DAY), first.request, "Not needed", user)
    closed = requests.withdraw(connection, gate(NOW + DAY), second.request, "Nor here", people[Role.REVIEWER])

    assert (kept_open, closed) == (None, first.case)
    case = stored_cases.case(connection, first.case)
    assert (case["state"], case["stage"]) == ("closed", "withdrawn")
    assert stored.wishes(connection) == []


def test_a_case_that_a_scan_opened_goes_on(connection, user):
    number = add_tool(connection)
    found = ask(connection, user, wanted(USED))

    assert requests.withdraw(connection, gate(), found.request, "Not needed", user) is None
    assert stored_cases.case(connection, number)["state"] == "open"


def test_who_took_a_request_back_may_ask_again(connection, user):
    found = ask(connection, user)
    requests.withdraw(connection, gate(), found.request, "Not needed", user)

    assert ask(connection, user, at=NOW + DAY).request == found.request + 1


def test_only_ones_own_is_taken_back_but_by_who_works_on_cases(connection, people, user):
    found = ask(connection, user)

    with pytest.raises(Refused, match="to work takes the role"):
        requests.withdraw(connection, gate(), found.request, "No", people[Role.APPROVER_MARKETING])
    assert requests.withdraw(connection, gate(), found.request, "Left", people[Role.REVIEWER]) == found.case


def test_what_is_decided_or_gone_or_has_no_reason_is_not_taken_back(connection, people, user):
    found = ask(connection, user)
    for reason in ("", "a" * 100_000):
        with pytest.raises(Refused):
            requests.withdraw(connection, gate(), found.request, reason, user)
    with pytest.raises(Refused, match="there is no request 9"):
        requests.withdraw(connection, gate(), 9, "No", user)
    sign(connection, found.case, people[Role.APPROVER_IT], terms("reject", sentence="No."))
    with pytest.raises(Refused, match="is closed"):
        requests.withdraw(connection, gate(), found.request, "No", user)


def test_it_is_taken_back_once(connection, people, user):
    first = ask(connection, user)
    ask(connection, people[Role.REVIEWER])
    requests.withdraw(connection, gate(), first.request, "No", user)

    with pytest.raises(Refused, match="was withdrawn already"):
        requests.withdraw(connection, gate(), first.request, "No", user)


# --- any order -------------------------------------------------------------------------------------------------------

_ACTS = st.lists(
    st.tuples(st.sampled_from(["ask", "withdraw", "decide"]), st.sampled_from([*Role]), st.integers(1, 4)), max_size=12
)


@settings(max_examples=60)
@given(_ACTS)
def test_in_any_order_a_tool_has_one_open_case_and_nobody_decides_what_they_asked_for(acts):
    store = Store("sqlite://")
    metadata.create_all(store.engine)
    with store.write() as connection:
        people = staff(connection)
    for minutes, (act, role, number) in enumerate(acts):
        at = NOW + timedelta(minutes=minutes)
        with contextlib.suppress(Refused), store.write() as connection:
            if act == "ask":
                ask(connection, people[role], at=at)
            elif act == "withdraw":
                requests.withdraw(connection, gate(at), number, "No", people[role])
            else:
                sign(connection, number, people[role], terms("reject", sentence="No."), at=at)
    with store.read() as connection:
        rows = stored.requests(connection)
        cases = connection.execute(text("SELECT id, state FROM review_case")).all()
        signed = [r["detail"] for r in kept.decisions(connection) if r["kind"] == "signature"]
    assert sum(state == "open" for _, state in cases) <= 1
    assert {row["case_id"] for row in rows} == {number for number, _ in cases}
    for word in signed:
        assert word["account"] not in {row["account_id"] for row in rows if row["case_id"] == word["case"]}
    for number, state in cases:
        standing = [row["account_id"] for row in rows if row["case_id"] == number and row["withdrawn_at"] is None]
        assert len(standing) == len(set(standing))
        assert state == "closed" or standing
    store.close()


def test_an_account_that_has_ended_takes_nothing_back(connection, people, user):
    found = ask(connection, user)
    accounts.change(connection, gate().trail, people[Role.ADMINISTRATOR], user.email, at=NOW, valid_to=NOW + DAY)
    ended = accounts.the_account(connection, user.email)

    with pytest.raises(Refused, match="has ended"):
        requests.withdraw(connection, gate(NOW + 2 * DAY), found.request, "No", ended)
