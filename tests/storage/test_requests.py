"""Requests as rows: read with their case, taken back, and led to what their tool turned out to be."""

from sqlalchemy import text

from storage import accounts, cases, judged, requests
from storage.accounts import actor_of
from storage.derived import replace_tools

OPEN = {"kind": "requested", "opened_at": 1, "opened_by_run": 0, "due_at": 9, "why": "Wanted"}
TOOL = {"id": "wanted-zorbo", "name": "Zorbo", "vendor": None, "category": "crm", "marketing": 1, "provisional": 1}


def enter(connection, case, tool="wanted-zorbo", account=1, at=5, **changed):
    row = {"case_id": case, "tool_id": tool, "name": "Zorbo", "account_id": account, "at": at, "category": None}
    row |= {"unit": None, "people": None, "data": ["contacts"], "needs": ["crm"], "price": None, "currency": None}
    return requests.add(connection, row | {"purpose_hash": "", "answered": {"approved": []}} | changed)


def opened(connection, tool="wanted-zorbo"):
    return judged.open_case(connection, OPEN | {"tool_id": tool})


def take_back(connection, case, number):
    cases.add_event(connection, case, at=8, by="account:1", kind=requests.WITHDRAWN, detail={"request": number})


def account(connection, email="ana@example.com"):
    row = {"roles": [], "units": [], "token_hash": None, "valid_from": 0, "valid_to": None, "made_at": 0}
    return accounts.add(connection, email, row)


def test_a_request_is_read_with_its_case_and_who_asked(connection):
    case, by = opened(connection), account(connection)
    number = enter(connection, case, account=by)

    (found,) = requests.requests(connection, number=number)

    assert (found["data"], found["needs"], found["answered"]) == (["contacts"], ["crm"], {"approved": []})
    assert (found["state"], found["stage"], found["due_at"], found["by_address"]) == (
        "open",
        "new",
        9,
        "ana@example.com",
    )
    assert found["withdrawn_at"] is None
    assert requests.requests(connection, tool="other") == requests.requests(connection, case=case + 1) == []


def test_only_the_request_that_was_taken_back_is_so(connection):
    case = opened(connection)
    first, second = enter(connection, case), enter(connection, case, account=2)

    take_back(connection, case, first)

    assert [row["id"] for row in requests.standing(connection, case=case)] == [second]
    assert [row["withdrawn_at"] for row in requests.requests(connection)] == [8, None]


def test_who_asked_for_a_tool_is_known_in_each_of_its_cases(connection):
    case = opened(connection)
    number = enter(connection, case, account=4)
    take_back(connection, case, number)
    cases.close(connection, case, "withdrawn", 8)
    later = opened(connection)
    enter(connection, later, account=5)

    assert cases.requesters(connection, later, "wanted-zorbo") == {4, 5}
    assert cases.requesters(connection, later + 1, "other") == set()
    assert cases.request_of(connection, later)["account_id"] == 5


def test_a_wanted_tool_is_entered_once(connection):
    assert requests.add_tool(connection, TOOL)
    assert not requests.add_tool(connection, TOOL | {"name": "Other"})
    assert requests.tool(connection, "wanted-zorbo")["name"] == "Zorbo"
    assert requests.tool(connection, "other") is None


def test_wishes_are_the_tools_of_standing_requests_with_the_first_category_that_is_said(connection):
    case = opened(connection)
    enter(connection, case)
    enter(connection, case, account=2, category="crm")
    other = opened(connection, "gone")
    take_back(connection, other, enter(connection, other, tool="gone"))

    assert requests.wishes(connection) == [{"tool_id": "wanted-zorbo", "name": "Zorbo", "category": "crm"}]


def test_approved_tools_of_a_category_are_listed_and_no_others(connection):
    rows = [("a", "crm", "approved"), ("b", "crm", "rejected"), ("c", "seo", "approved")]
    rows.append(("d", "crm", "approved_with_conditions"))
    replace_tools(
        connection, [TOOL | {"id": n, "name": n, "category": c, "status": s, "noise": None} for n, c, s in rows]
    )

    assert [row["id"] for row in requests.approved(connection, "crm")] == ["a", "d"]


def test_the_unit_of_who_asks_is_the_directorys(connection):
    by = account(connection)
    place = "INSERT INTO actor_person (actor_id, valid_from, person_id, how, kind, unit)"
    assert requests.unit_of(connection, by) is None
    values = {"a": actor_of(connection, "ana@example.com")}
    connection.execute(text(f"{place} VALUES (:a, 0, :a, 'x', 'person', 'Marketing')"), values)

    assert requests.unit_of(connection, by) == "Marketing"


def test_what_is_wanted_goes_to_what_it_turned_out_to_be(connection):
    case = opened(connection)
    enter(connection, case)

    requests.follow(connection, {"wanted-zorbo": "zorbo"})

    assert (requests.requests(connection)[0]["tool_id"], cases.case(connection, case)["tool_id"]) == ("zorbo", "zorbo")


def test_of_two_open_cases_the_requests_join_the_other_one(connection):
    ours, theirs = opened(connection), opened(connection, "zorbo")
    first, second = enter(connection, ours), enter(connection, ours, account=2)
    take_back(connection, ours, first)

    requests.follow(connection, {"wanted-zorbo": "zorbo"})

    assert [row["id"] for row in requests.standing(connection, case=theirs)] == [second]
    assert (cases.case(connection, ours)["stage"], cases.case(connection, theirs)["state"]) == ("joined", "open")


def test_a_decided_case_tells_how_long_its_first_request_waited(connection):
    case = opened(connection)
    enter(connection, case, at=6, category="crm")
    enter(connection, case, at=5, account=2)
    assert requests.decided(connection) == []

    cases.close(connection, case, "decided", 20)

    (found,) = requests.decided(connection)
    assert (found["asked_at"], found["closed_at"], found["category"]) == (5, 20, "crm")
