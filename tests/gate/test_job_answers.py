"""What is answered at once: who does the job already, how long an answer took, where a request stands."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from gate import job_answers, requests
from gate.requests import Target, Wanted
from gate.roles import Role
from gate.terms import Condition
from gate.working_time import WorkingTime
from storage import derived
from storage import requests as stored
from storage.tables import metadata
from storage.times import to_ms
from tests.gate.gatehouse import NOW, TOOL, add_tool, gate, sign, staff, terms

DAY = timedelta(days=1)
MAIL, CRM = "email_marketing", "crm"


@pytest.fixture
def people(connection):
    return staff(connection)


def asked(connection, by, name, *, category=MAIL, at=NOW):
    tool = Target(id=f"wanted-{name}", name=name.title(), category=category, provisional=True)
    return requests.ask(connection, gate(at), Wanted(tool=tool, purpose="Newsletters"), by)


def decided(connection, people, name, days, category=MAIL, at=NOW):
    """Let a request be decided so many days after it was made."""
    found = asked(connection, people[Role.BUSINESS_USER], name, category=category, at=at)
    sign(connection, found.case, people[Role.APPROVER_IT], terms("reject", sentence="No."), at=at + days * DAY)


def test_nobody_knows_how_long_it_takes_where_nothing_was_decided(connection, people):
    asked(connection, people[Role.BUSINESS_USER], "zorbo")

    assert job_answers.took(connection, gate(), MAIL) is None


def test_the_last_ten_requests_tell_the_middle_and_the_ends_in_working_days(connection, people):
    # 1 July 2026 is a Wednesday: one, two and six days later are 1, 2 and 4 working days.
    for name, days in (("one", 1), ("two", 2), ("six", 6)):
        decided(connection, people, name, days)

    found = job_answers.took(connection, gate(), MAIL)

    assert (found.count, found.median, found.least, found.most, found.category) == (3, 2.0, 1, 4, MAIL)
    assert found.row()["median_days"] == 2.0


def test_only_the_last_ten_count(connection, people):
    for number in range(12):
        decided(connection, people, f"tool{number}", 1 if number < 2 else 2, at=NOW + 7 * number * DAY)

    assert (job_answers.took(connection, gate(), None).count, job_answers.took(connection, gate(), None).least) == (
        10,
        2,
    )


def test_of_few_of_the_kind_all_kinds_count_and_it_is_said(connection, people):
    decided(connection, people, "one", 1)
    decided(connection, people, "two", 2, category=CRM)

    found = job_answers.took(connection, gate(), MAIL)

    assert (found.count, found.category) == (2, None)


def test_what_was_taken_back_or_is_open_tells_nothing(connection, people):
    by = people[Role.BUSINESS_USER]
    found = asked(connection, by, "zorbo")
    requests.withdraw(connection, gate(NOW + 20 * DAY), found.request, "No", by)
    asked(connection, by, "open")

    assert job_answers.took(connection, gate(), MAIL) is None


def test_holidays_do_not_count(connection, people):
    decided(connection, people, "one", 2)

    free = WorkingTime(holidays={(NOW + DAY).date()})

    assert job_answers.took(connection, gate(time=free), MAIL).most == 1


def use(connection, tool, unit, *numbers):
    """Let people of a unit use a tool, through an identity of its own."""
    tables = metadata.tables
    source = connection.execute(insert(tables["source"]).values(name=f"okta-{tool}-{unit}")).inserted_primary_key[0]
    stream = {"source_id": source, "name": "sign_ins", "mode": "events", "system": "okta"}
    stream_id = connection.execute(insert(tables["stream"]).values(stream)).inserted_primary_key[0]
    identity = {"source_id": source, "key": "x", "app": "{}", "first_seen_at": 1, "registered": 0}
    key = connection.execute(insert(tables["identity"]).values(identity)).inserted_primary_key[0]
    link = {"identity_id": key, "valid_from": 0, "tool_id": tool, "why": "It is."}
    connection.execute(insert(tables["link"]).values(link))
    for number, days in numbers:
        address = f"{unit}{number}@example.com"
        actor = {"source_id": source, "native_id": address, "address": address, "kind": "person"}
        actor_id = connection.execute(insert(tables["actor"]).values(actor)).inserted_primary_key[0]
        place = {"actor_id": actor_id, "valid_from": 0, "person_id": actor_id, "how": "alone", "kind": "person"}
        connection.execute(insert(tables["actor_person"]).values(place | {"unit": unit}))
        last = to_ms(NOW - days * DAY)
        row = {"stream_id": stream_id, "month": 202606, "identity_id": key, "actor_id": actor_id, "method": 0}
        row |= {"successes": 1, "failures": 0, "first_at": last, "last_at": last, "second_factor": 0, "days": 1}
        connection.execute(insert(tables["usage"]).values(row))


def approved(connection, people, **changed):
    number = add_tool(connection)
    sign(connection, number, people[Role.APPROVER_IT], terms(**changed))


def test_approved_tools_of_the_job_are_named_with_units_and_counts_and_nobodys_name(connection, people):
    condition = Condition(text="No customer lists", owner=1, due=(NOW + 30 * DAY).date())
    approved(connection, people, outcome="approve_with_conditions", conditions=(condition,))
    use(connection, TOOL, "Marketing", (1, 3), (2, 5), (3, 200))
    use(connection, TOOL, "Sales", (4, 1))

    (found,) = job_answers.same_job(connection, gate(), MAIL, "wanted-zorbo")

    assert (found["id"], found["status"]) == (TOOL, "approved_with_conditions")
    assert found["units"] == [{"unit": "Marketing", "people": 2}, {"unit": "Sales", "people": 1}]
    assert found["conditions"] == ["No customer lists"]
    assert "example.com" not in repr(found)


def test_the_tool_itself_another_job_and_what_is_not_approved_are_left_out(connection, people):
    approved(connection, people)

    assert job_answers.same_job(connection, gate(), MAIL, TOOL) == []
    assert job_answers.same_job(connection, gate(), CRM, "wanted-zorbo") == []
    assert job_answers.same_job(connection, gate(), None, "wanted-zorbo") == []
    connection.execute(text("UPDATE tool SET status = 'rejected'"))
    assert job_answers.same_job(connection, gate(), MAIL, "wanted-zorbo") == []


def test_a_tool_that_nobody_has_is_not_in_use(connection):
    derived.replace_tools(connection, [])

    assert job_answers.in_use(connection, gate(), "wanted-zorbo") is None


def stands(connection, number=1):
    return job_answers.stands(stored.requests(connection, number=number)[0])


def test_a_request_says_for_whom_it_waits_and_since_when_and_how_it_ended(connection, people):
    found = asked(connection, people[Role.BUSINESS_USER], "zorbo")
    assert stands(connection) == {
        "where": "open",
        "stage": "new",
        "waiting_for": "security",
        "since": to_ms(NOW),
        "due_at": found.due_at,
    }

    sign(connection, found.case, people[Role.APPROVER_IT], terms("reject", sentence="No."), at=NOW + DAY)

    ended = stands(connection)
    assert (ended["where"], ended["since"], ended["due_at"]) == ("rejected", to_ms(NOW + DAY), None)


def test_a_request_that_was_taken_back_says_so(connection, people):
    by = people[Role.BUSINESS_USER]
    found = asked(connection, by, "zorbo")
    requests.withdraw(connection, gate(NOW + DAY), found.request, "No", by)

    assert (stands(connection)["where"], stands(connection)["since"]) == ("withdrawn", to_ms(NOW + DAY))
