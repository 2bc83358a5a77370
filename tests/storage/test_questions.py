"""Questions as rows: entered, closed once, read with whom they went to, and over where their case is."""

from sqlalchemy import text

from storage import accounts, cases, judged, questions
from storage.accounts import actor_of

OPEN = {"kind": "found", "opened_at": 1, "opened_by_run": 1, "due_at": 9, "why": "It is Marketing's"}


def enter(connection, fact="data.records", tool="zorbo", case=None, to=None, at=5):
    row = {"tool_id": tool, "case_id": case, "fact": fact, "asks": "privacy", "actor_id": to, "asked_by": "account:1"}
    return questions.add(connection, row | {"asked_at": at, "due_at": 9})


def test_a_question_is_read_with_the_address_of_whom_it_went_to(connection):
    ana = actor_of(connection, "Ana@Example.com")
    number = enter(connection, to=ana)

    found = questions.question(connection, number)

    assert (found["state"], found["address"], found["person"], found["tool"]) == (
        "open",
        "ana@example.com",
        ana,
        "zorbo",
    )
    assert actor_of(connection, "ana@example.com") == ana
    assert questions.question(connection, 99) is None


def test_questions_are_those_of_a_tool_or_of_a_case(connection):
    case = judged.open_case(connection, OPEN | {"tool_id": "zorbo"})
    first, second = enter(connection, case=case), enter(connection, tool="other")

    assert [row["id"] for row in questions.questions(connection)] == [first, second]
    assert [row["id"] for row in questions.questions(connection, tool="other")] == [second]
    assert [row["id"] for row in questions.questions(connection, case=case)] == [first]


def test_a_question_is_closed_once(connection):
    number = enter(connection)

    assert questions.close(connection, number, "answered", 7, 3)
    assert not questions.close(connection, number, "withdrawn", 8)
    found = questions.question(connection, number)
    assert (found["state"], found["answer"], found["closed_at"]) == ("answered", 3, 7)


def test_the_end_of_a_case_ends_its_questions_but_not_their_answers(connection):
    case = judged.open_case(connection, OPEN | {"tool_id": "zorbo"})
    first, second = enter(connection, case=case), enter(connection, "data.regions", case=case)
    questions.close(connection, first, "answered", 7, 3)

    cases.close(connection, case, "decided", 8)

    assert [row["state"] for row in questions.questions(connection)] == ["answered", "expired"]
    assert questions.question(connection, second)["closed_at"] == 8


def test_what_a_person_was_asked_is_counted_over_all_their_addresses(connection):
    ana, other = actor_of(connection, "ana@example.com"), actor_of(connection, "ana@example.org")
    place = "INSERT INTO actor_person (actor_id, valid_from, person_id, how, kind) VALUES (:a, 0, :p, 'x', 'person')"
    connection.execute(text(place), [{"a": ana, "p": ana}, {"a": other, "p": ana}])
    for at, to in ((1, ana), (5, ana), (6, other), (7, None)):
        enter(connection, to=to, at=at)

    assert questions.asked_since(connection, ana, 5) == 2
    assert questions.asked_since(connection, ana, 8) == 0


def test_the_open_questions_of_an_account_are_those_of_its_person_the_due_ones_first(connection):
    ana, other = actor_of(connection, "ana@example.com"), actor_of(connection, "bo@example.com")
    second = actor_of(connection, "ana.private@example.com")
    for actor, person in ((second, ana), (ana, ana)):
        connection.execute(
            text("INSERT INTO actor_person VALUES (:actor, 1, NULL, :person, 'mail', 'person', NULL, NULL)"),
            {"actor": actor, "person": person},
        )
    account = accounts.add(
        connection,
        "ana@example.com",
        {"roles": [], "units": [], "token_hash": None, "valid_from": 1, "valid_to": None, "made_at": 1},
    )
    late = enter(connection, fact="data.records", to=ana)
    early = enter(connection, fact="data.region", to=second)
    connection.execute(text("UPDATE question SET due_at = 3 WHERE id = :id"), {"id": early})
    enter(connection, fact="ai.used", to=other)
    enter(connection, fact="ai.trains")
    questions.close(connection, enter(connection, fact="data.location", to=ana), "withdrawn", 6)

    assert [row["id"] for row in questions.open_for(connection, account)] == [early, late]


def test_who_is_no_persons_actor_finds_the_open_questions_that_went_there(connection):
    account = accounts.add(
        connection,
        "bo@example.com",
        {"roles": [], "units": [], "token_hash": None, "valid_from": 1, "valid_to": None, "made_at": 1},
    )
    number = enter(connection, to=actor_of(connection, "bo@example.com"))

    assert [row["id"] for row in questions.open_for(connection, account)] == [number]
