"""What programs do: each act, who may, what it leaves in the store, and what is said where it is refused."""

from datetime import timedelta

import pytest

from gate.roles import Act, Role
from storage import cases as stored_cases
from storage import kept, outbox, queries
from storage import questions as stored_questions
from storage.times import to_ms
from tests.web.conftest import WHO

SIGN = {"outcome": "approve", "reason": "It does one job", "sentence": "Use it for tables."}
DAY = "2027-06-30"


def case_of(office, number=1):
    with office.store.read() as connection:
        return stored_cases.case(connection, number)


def status_of(office, tool):
    with office.store.read() as connection:
        return stored_cases.status_of_tool(connection, tool)


def kinds(office):
    with office.store.read() as connection:
        return [row["kind"] for row in kept.decisions(connection)]


def signed(one, number=1, **more):
    """Sign a case as it stands."""
    seen = one.get(f"/cases/{number}").json()["seen"]
    return one.act(f"/cases/{number}/sign", SIGN | {"seen": seen} | more)


# --- cases -----------------------------------------------------------------------------------------------------------


def test_a_case_is_taken_given_on_and_handed_back(desk_program, office):
    assert desk_program.act("/cases/1/take").json() == {"case": 1, "assignee": WHO[Role.REVIEWER]}
    assert desk_program.get("/cases/1").json()["assignee"] == WHO[Role.REVIEWER]
    given = desk_program.act("/cases/1/assign", {"to": WHO[Role.APPROVER_IT]})
    assert given.json()["assignee"] == WHO[Role.APPROVER_IT]
    assert desk_program.act("/cases/1/hand-back").json() == {"case": 1, "assignee": None}
    assert desk_program.act("/cases/1/hand-back").status_code == 409
    assert case_of(office)["assignee"] is None


@pytest.mark.parametrize(("to", "status"), [("nobody@tarnvik.example", 409), ("no address", 422)])
def test_a_case_is_given_to_nobody_who_may_not_work_on_it(desk_program, to, status):
    assert desk_program.act("/cases/1/assign", {"to": to}).status_code == status


def test_one_side_signs_and_the_other_agrees(desk_program, program, office):
    first = signed(desk_program).json()
    second = program(Role.APPROVER_MARKETING).act("/cases/1/agree", {"reason": "Customers gain by it"}).json()

    assert (first["side"], first["missing"], first["decision"]) == ("it", ["marketing"], None)
    assert second["missing"] == []
    assert second["decision"] is not None
    assert case_of(office)["state"] == "closed"
    assert status_of(office, "airtable") == "approved"
    told = desk_program.get("/cases/1").json()
    assert told["decided"]["sentence"] == "Use it for tables."
    assert told["may_not"] == "It is decided."


def test_a_case_is_signed_as_it_was_read_or_not_at_all(desk_program, office):
    read = desk_program.get("/cases/1").json()
    answered = {"fact": "data.personal", "value": "yes", "document": "Contract 12"}
    assert desk_program.act("/tools/airtable/answer", answered).status_code == 200
    office.tools.following.wait(60)
    got = desk_program.act("/cases/1/sign", SIGN | {"seen": read["seen"], "state_read": read["state_read"]})

    assert got.status_code == 409
    problem = got.json()
    assert problem["seen"] == desk_program.get("/cases/1").json()["seen"] != read["seen"]
    assert problem["changed"], "what became different is said"
    assert "signature" not in kinds(office)
    assert signed(desk_program).status_code == 200


def test_conditions_have_an_owner_and_a_day_and_are_met(desk_program, program, office):
    condition = {"text": "Sign the contract", "owner": WHO[Role.REVIEWER], "due": DAY}
    more = {"outcome": "approve_with_conditions", "conditions": [condition], "review_by": DAY}
    assert signed(desk_program, **more).status_code == 200
    assert program(Role.APPROVER_MARKETING).act("/cases/1/agree", {"reason": "Fine"}).status_code == 200
    met = desk_program.act("/cases/1/conditions/1/met", {"reason": "Contract 12 is signed"})

    assert met.status_code == 200
    (kept_,) = desk_program.get("/cases/1").json()["decided"]["conditions"]
    assert (kept_["text"], kept_["due"], kept_["met"]) == ("Sign the contract", DAY, met.json()["decision"])
    assert desk_program.act("/cases/1/conditions/1/met", {"reason": "Again"}).status_code == 409
    assert desk_program.act("/cases/1/conditions/2/met", {"reason": "None"}).status_code == 409


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"reason": " "}, "reason"),
        ({"sentence": "two\nlines"}, "sentence"),
        ({"sentence": "x" * 301}, "sentence"),
        ({"seen": "zzzzzzzz"}, "seen"),
        ({"outcome": "approve_with_conditions"}, "body"),
        ({"conditions": [{"text": "a", "owner": "a@b.example", "due": DAY}]}, "body"),
        ({"review_by": "30.6.2027"}, "review_by"),
        ({"review_by": 20270630}, "review_by"),
        ({"colour": "red"}, "colour"),
        ({"side": "finance"}, "side"),
    ],
)
def test_a_signature_that_is_none_says_where(desk_program, office, more, where):
    got = desk_program.act("/cases/1/sign", SIGN | {"seen": "0" * 64} | more)

    assert got.status_code == 422
    assert where in {one["where"] for one in got.json()["errors"]}
    assert "signature" not in kinds(office)


@pytest.mark.parametrize(
    "more",
    [{"review_by": "2020-01-01"}, {"instead": "airtable-nothing"}, {"side": "marketing"}, {"review_by": "2099-01-01"}],
)
def test_a_signature_that_the_gate_refuses_changes_nothing(desk_program, office, more):
    got = signed(desk_program, **more)

    assert got.status_code in {404, 409}
    assert "signature" not in kinds(office)


def test_who_may_not_sign_is_told_what_it_takes(program, office):
    one = program(Role.BUSINESS_USER)
    got = signed(one)

    assert got.status_code in {403, 409}
    assert "signature" not in kinds(office)
    assert one.get("/cases/1").json()["may_sign"] == []
    assert "To sign takes the role" in one.get("/cases/1").json()["may_not"]


def test_what_policies_lack_is_asked_and_taken_back(desk_program, office):
    asked = desk_program.act("/cases/1/ask", {"facts": ["data.personal"], "to": WHO[Role.BUSINESS_USER]}).json()
    number = asked["made"][0]

    assert desk_program.get(f"/questions/{number}").json()["fact"] == "data.personal"
    assert desk_program.get("/questions?state=open").json()["total"] == 1
    again = desk_program.act("/cases/1/ask", {"facts": ["data.personal"]})
    assert again.status_code == 409
    assert desk_program.act(f"/questions/{number}/withdraw", {"reason": "We know it"}).json() == {"question": number}
    assert desk_program.get(f"/questions/{number}").json()["state"] == "withdrawn"


def test_a_question_is_answered_by_whom_it_went_to(desk_program, program, office):
    number = desk_program.act("/cases/1/ask", {"facts": ["data.personal"], "to": WHO[Role.BUSINESS_USER]}).json()[
        "made"
    ][0]
    one = program(Role.BUSINESS_USER)
    wrong = one.act(f"/questions/{number}/answer", {"value": "perhaps"})
    right = one.act(f"/questions/{number}/answer", {"value": "yes", "until": DAY, "note": "Names and addresses"})
    told = one.get(f"/questions/{number}").json()

    assert (wrong.status_code, right.status_code) == (409, 200)
    assert (told["state"], told["value"], told["until"], told["note"]) == ("answered", True, DAY, "Names and addresses")
    assert one.act(f"/questions/{number}/answer", {"value": "no"}).status_code == 409
    with office.store.read() as connection:
        assert stored_questions.question(connection, number)["answer"] == right.json()["decision"]


def test_somebody_elses_question_is_not_there(desk_program, program):
    number = desk_program.act("/cases/1/ask", {"facts": ["data.personal"], "to": WHO[Role.REVIEWER]}).json()["made"][0]
    one = program(Role.BUSINESS_USER)

    assert one.get(f"/questions/{number}").status_code == 404
    assert one.act(f"/questions/{number}/answer", {"value": "yes"}).status_code == 404
    assert one.get("/questions").json()["items"] == []


def test_links_that_are_off_are_refused(desk_program):
    number = desk_program.act("/cases/1/ask", {"facts": ["data.personal"], "to": WHO[Role.REVIEWER]}).json()["made"][0]
    got = desk_program.act(f"/questions/{number}/link")

    assert got.status_code == 409
    assert "ostiary" not in got.json()["title"], "no words for a terminal"


@pytest.mark.parametrize("act", ["take", "hand-back", "agree", "sign", "ask"])
def test_a_case_that_is_none_is_not_there(desk_program, act):
    body = {"agree": {"reason": "x"}, "sign": SIGN | {"seen": "0" * 64}, "ask": {}}.get(act)

    assert desk_program.act(f"/cases/999/{act}", body).status_code == 404


# --- tools -----------------------------------------------------------------------------------------------------------

REASON = {"reason": "We looked at it together"}


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/tools/asana/merge", {"into": "trello"}, "merge"),
        ("/tools/asana/noise", {"noise": True}, "noise"),
        ("/tools/asana/noise", {"noise": False}, "noise"),
        ("/tools/asana/owner", {"side": "technical", "address": "amira.castell@tarnvik.example"}, "owner"),
        ("/tools/asana/alias", {"kind": "domain", "value": "asanaboards.com"}, "alias"),
    ],
)
def test_a_tool_is_ruled_on_and_the_lists_follow(desk_program, office, path, body, kind):
    got = desk_program.act(path, REASON | body)
    (number,) = got.json()["decisions"]

    assert office.tools.following.wait(120)
    assert desk_program.get("/following").json()["is_done"]
    made = desk_program.get(f"/decisions/{number}").json()
    assert (made["kind"], made["by"], made["reason"]) == (kind, WHO[Role.REVIEWER], REASON["reason"])


def test_a_name_of_a_source_becomes_a_tool_of_its_own(desk_program, office):
    known = desk_program.get("/tools/asana").json()["identities"][0]
    identity = f"{known['source']}/{known['key']}"
    got = desk_program.act("/tools/asana/split", REASON | {"identity": identity, "name": "Agency boards"})

    assert got.status_code == 200
    assert office.tools.following.wait(120)
    assert desk_program.get("/tools?search=agency+boards").json()["total"] == 1


def test_a_tool_that_nobody_named_is_named(desk_program, office):
    tool = next(row for row in desk_program.get("/tools?provisional=true").json()["items"])
    got = desk_program.act(f"/tools/{tool['id']}/name", REASON | {"name": "Known by now"})
    again = desk_program.act("/tools/asana/name", REASON | {"name": "Another"})

    assert got.status_code == 200
    assert again.status_code == 409
    assert office.tools.following.wait(120)
    assert desk_program.get(f"/tools/{tool['id']}").json()["name"] == "Known by now"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/tools/none/merge", {"into": "trello"}, 404),
        ("/tools/asana/merge", {"into": "no-such-tool"}, 404),
        ("/tools/asana/merge", {"into": "asana"}, 409),
        ("/tools/asana/split", {"identity": "okta/none", "name": "X"}, 404),
        ("/tools/asana/split", {"identity": "okta/none"}, 422),
        ("/tools/asana/split", {"identity": "okta/none", "name": "X", "to": "trello"}, 422),
        ("/tools/asana/alias", {"kind": "colour", "value": "red"}, 422),
        ("/tools/asana/noise", {"noise": "yes"}, 422),
        ("/tools/asana/owner", {"side": "business", "address": "nobody"}, 422),
        ("/tools/asana/answer", {"fact": "people.count", "value": "3"}, 409),
        ("/tools/asana/answer", {"fact": "nothing.at_all", "value": "3"}, 409),
    ],
)
def test_a_ruling_that_is_none_changes_nothing(desk_program, office, path, body, status):
    before = kinds(office)
    got = desk_program.act(path, body if path.endswith("answer") else REASON | body)

    assert got.status_code == status, got.text
    assert kinds(office) == before


def test_who_may_not_correct_is_refused_before_anything_is_looked_at(program):
    got = program(Role.AUDITOR).act("/tools/asana/merge", REASON | {"into": "trello"})

    assert got.status_code == 403
    assert "takes the role" in got.json()["title"]


# --- findings, decisions ---------------------------------------------------------------------------------------------


def test_a_finding_is_accepted_opened_again_and_that_is_taken_back(desk_program, office):
    finding = desk_program.get("/findings").json()["items"][0]["id"]
    until = (office.clock.now() + timedelta(days=30)).date().isoformat()
    made = desk_program.act(f"/findings/{finding}/waive", {"until": until, "reason": "The contract ends"})
    told = desk_program.get(f"/findings/{finding}").json()

    assert (told["state"], told["waived_until"]) == ("waived", until)
    assert told["waiver"]["decision"] == made.json()["decision"]
    assert desk_program.act(f"/findings/{finding}/unwaive", {"reason": "It goes on"}).status_code == 200
    assert desk_program.get(f"/findings/{finding}").json()["state"] == "open"
    assert desk_program.act(f"/findings/{finding}/unwaive", {"reason": "Twice"}).status_code == 409


@pytest.mark.parametrize(("until", "status"), [("2020-01-01", 409), ("2099-01-01", 409), ("soon", 422), (None, 422)])
def test_a_waiver_ends_on_a_day_to_come(desk_program, until, status):
    finding = desk_program.get("/findings").json()["items"][0]["id"]

    assert desk_program.act(f"/findings/{finding}/waive", {"until": until, "reason": "x"}).status_code == status


def test_a_decision_is_taken_back_by_who_may(desk_program, program, office):
    made = desk_program.act(
        "/tools/asana/rate", {"importance": "low", "risk": "low", "reason": "x", "side": "it"}
    ).json()
    number = made["decision"]
    assert program(Role.AUDITOR).act(f"/decisions/{number}/undo", {"reason": "x"}).status_code == 403
    undone = desk_program.act(f"/decisions/{number}/undo", {"reason": "I was wrong"})

    assert undone.status_code == 200
    assert not desk_program.get(f"/decisions/{number}").json()["in_force"]
    assert desk_program.act(f"/decisions/{number}/undo", {"reason": "Twice"}).status_code == 409
    assert desk_program.act("/decisions/9999/undo", {"reason": "None"}).status_code == 404


# --- requests, money -------------------------------------------------------------------------------------------------

WISH = {"tool": "Quillfox", "purpose": "Newsletters to partners"}


def test_a_tool_is_asked_for_and_the_request_taken_back(program, office):
    one = program(Role.BUSINESS_USER)
    made = one.act(
        "/requests", WISH | {"people": 5, "price_micros": 12_000_000_000, "currency": "EUR", "needs": ["crm"]}
    )
    number = made.json()["request"]
    told = one.get(f"/requests/{number}").json()

    assert made.status_code == 201
    assert (told["tool"], told["purpose"], told["price_micros"]) == ("Quillfox", WISH["purpose"], 12_000_000_000)
    assert one.act("/requests", WISH).status_code == 409, "it is asked for already"
    assert one.act(f"/requests/{number}/withdraw", {"reason": "No need"}).json()["case_closed"] == made.json()["case"]
    assert one.get("/requests").json()["items"][0]["where"] == "withdrawn"


def test_somebody_elses_request_is_not_there(program):
    number = program(Role.BUSINESS_USER).act("/requests", WISH).json()["request"]
    other = program(Role.APPROVER_MARKETING)

    assert other.get(f"/requests/{number}").status_code == 404
    assert other.act(f"/requests/{number}/withdraw", {"reason": "x"}).status_code == 404
    assert other.get("/requests").json()["items"] == []
    assert program(Role.REVIEWER).get(f"/requests/{number}").status_code == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"category": "no_such"}, 409),
        ({"data": ["no such"]}, 409),
        ({"needs": ["moon"]}, 422),
        ({"price_micros": 5}, 422),
        ({"price_micros": -5, "currency": "EUR"}, 422),
        ({"price_micros": 5.5, "currency": "EUR"}, 422),
        ({"price_micros": 5, "currency": "euro"}, 422),
        ({"price_micros": 5, "currency": "ZZZ"}, 409),
        ({"people": 0}, 422),
        ({"people": True}, 422),
        ({"people": "5"}, 422),
        ({"tool": "a\x00b"}, 422),
        ({"purpose": "\u202e" * 10_001}, 422),
    ],
)
def test_a_request_that_is_none_makes_no_case(program, office, more, status):
    got = program(Role.BUSINESS_USER).act("/requests", WISH | more)

    assert got.status_code == status, got.text
    with office.store.read() as connection:
        assert queries.tool_name(connection, "wanted-quillfox") is None


def test_card_numbers_are_kept_nowhere(program):
    one = program(Role.BUSINESS_USER)
    number = one.act("/requests", WISH | {"purpose": "Pay by 4111 1111 1111 1111"}).json()["request"]

    assert "4111 1111 1111 1111" not in one.get(f"/requests/{number}").text


def test_money_is_ruled_and_what_was_ruled_is_listed(desk_program, office):
    first = desk_program.get("/money").json()
    merchant = first["items"][0]["merchant"]
    got = desk_program.act("/money/rule", {"merchant": merchant, "ruling": "not-a-tool", "reason": "Prints flyers"})

    assert got.status_code == 200
    assert office.tools.following.wait(120)
    assert merchant not in {row["merchant"] for row in desk_program.get("/money").json()["items"]}
    ruled = {row["merchant"]: row for row in desk_program.get("/money?show=ruled").json()["items"]}
    assert ruled[merchant]["decision"] == got.json()["decisions"][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"merchant": "nobody of this name", "ruling": "later"}, 404),
        ({"merchant": None, "ruling": "tool"}, 409),
        ({"merchant": None, "ruling": "later", "tool": "asana"}, 409),
        ({"merchant": None, "ruling": "perhaps"}, 422),
    ],
)
def test_a_ruling_of_money_that_is_none_changes_nothing(desk_program, office, body, status):
    merchant = body["merchant"] or desk_program.get("/money").json()["items"][0]["merchant"]

    assert desk_program.act("/money/rule", body | {"merchant": merchant} | REASON).status_code == status
    assert "merchant" not in kinds(office)


# --- scans, webhooks -------------------------------------------------------------------------------------------------


def test_where_no_source_is_configured_none_is_read(desk_program):
    assert desk_program.act("/scans", {}).status_code == 409
    assert desk_program.act("/scans", {"sources": ["okta"]}).status_code == 404
    assert desk_program.get("/scans/1").status_code == 404


def test_a_scan_is_begun_once_and_goes_on_beside(desk_program, office, monkeypatch):
    monkeypatch.setattr(office.sources, "live", lambda: ["okta"])
    monkeypatch.setattr(office.sources.scans, "_beside", lambda _call: None)
    begun = desk_program.act("/scans", {"sources": ["okta"]})
    again = desk_program.act("/scans", {})

    assert begun.status_code == 202
    assert begun.json() == desk_program.get("/scans/1").json() == desk_program.get("/scans").json()["items"][0]
    assert (begun.json()["sources"], begun.json()["outcome"]) == (["okta"], None)
    assert (again.status_code, again.json()["title"]) == (409, "Scan 1 is under way.")


@pytest.fixture
def hooked(office, monkeypatch):
    """Two messages to a webhook: one that was told, one that was given up."""
    row = {"name": "siem", "events": ["decided"], "units": []}
    monkeypatch.setattr(type(office.webhooks), "receivers", lambda _self: [row])
    at = to_ms(office.clock.now())
    with office.store.write() as connection:
        event = kept.add_outbox(connection, at, "case_opened", {"case": 1, "tool": "airtable", "unit": None})
        told, lost = (kept.add_outbox(connection, at, "send:siem", {"events": [event], "to": None}) for _ in range(2))
        kept.mark_sent(connection, told, at)
        held = outbox.claim(connection, at, at + 60_000)
        while held is not None and held["id"] != lost:
            held = outbox.claim(connection, at, at + 60_000)
        outbox.give_up(connection, held, "it answered 410")
    return told, lost


def test_what_webhooks_were_told_and_were_not_is_listed_and_tried_again(desk_program, hooked):
    told, lost = hooked
    listed = desk_program.get("/webhooks").json()

    assert listed["items"] == [{"name": "siem", "events": ["decided"], "units": []}]
    assert [(row["id"], row["state"]) for row in listed["told"]] == [(told, "told")]
    assert [(row["id"], row["state"], row["reason"]) for row in listed["waiting"]] == [
        (lost, "failed", "it answered 410")
    ]
    assert desk_program.act("/webhooks/retry", {"messages": [lost]}).json() == {"retried": [lost]}
    assert desk_program.get("/webhooks").json()["waiting"][0]["state"] == "waiting"
    assert desk_program.act("/webhooks/retry", {"messages": [lost]}).status_code == 409


def test_where_one_message_cannot_be_tried_again_none_is(desk_program, hooked):
    _, lost = hooked

    assert desk_program.act("/webhooks/retry", {"messages": [lost, 999_999]}).status_code == 409
    assert desk_program.get("/webhooks").json()["waiting"][0]["state"] == "failed"


def test_who_does_not_run_it_sees_no_webhooks(program):
    assert program(Role.APPROVER_MARKETING).get("/webhooks").status_code == 403
    assert program(Role.REVIEWER, [Act.LOOK]).get("/webhooks").status_code == 403
