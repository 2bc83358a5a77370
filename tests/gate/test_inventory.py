"""The inventory: what may be used for which job, on which conditions, and what to use instead of the rest."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import inventory
from gate.inventory import ERASED, Material, matching
from model.facts import NEVER, Known, Unknown
from storage.times import to_ms
from tests.storage.filling import at

DAY = date(2026, 7, 1)
JOBS = {"email_marketing": "Send newsletters", "events_webinars": "Run webinars, events", "nm_dev": "Write software"}
TITLES = {"email_marketing": "Email marketing", "events_webinars": "Events and webinars", "nm_dev": "Development"}
#: Numbers of actors -> names; 7 is the same person as 5.
NAMES = {5: "ana@example.com", 6: "ben@example.com", 7: "ana.long@example.com"}


class Company:
    """Tools and what was decided about them; what was written stands as its own hash."""

    def __init__(self):
        self.tools, self.rows, self.more = [], [], {}

    def tool(self, name, category="email_marketing", people=3, **changed):
        row = {"id": name, "name": name.title(), "vendor": f"{name.title()} Inc", "category": category}
        row |= {"marketing": category is not None and not category.startswith("nm_"), "people": people, "spend_12m": []}
        row |= {"spend_12m_base": [], "first_seen": None, "last_seen": None}
        self.tools.append(row | {"technology_risk": "low", "customer_risk": "unknown"} | changed)

    def add(self, kind, about, detail, by="account:1"):
        number = len(self.rows) + 1
        row = {"id": number, "at": to_ms(at(2026, 3, 1, 9)), "by": by, "kind": kind, "object": about, "detail": detail}
        self.rows.append(row | {"reason_hash": None})
        return number

    def decided(self, tool, status="approved", by="account:1", **detail):
        return self.add("status", f"tool:{tool}", {"status": status} | detail, by)

    def material(self, **changed):
        held = {"words": lambda digest: digest, "day": DAY, "jobs": JOBS, "titles": TITLES, "names": NAMES}
        held |= {"accounts": {"account:1": "rita@example.com"}, "persons": {7: 5}}
        return Material(tools=self.tools, decisions=self.rows, **(held | self.more | changed))

    def rows_of(self, **changed):
        return inventory.inventory(self.material(**changed))

    def row(self, tool, **changed):
        return next(row for row in self.rows_of(**changed) if row["tool_id"] == tool)


@pytest.fixture
def company():
    return Company()


def names(rows):
    return [row["tool_id"] for row in rows]


def test_what_nobody_decided_about_is_not_in_it(company):
    company.tool("quillfox")
    company.tool("mailbird")
    company.decided("mailbird")
    company.decided("gone")

    assert names(company.rows_of()) == ["mailbird"]


def test_tools_stand_by_their_job_marketings_first_and_those_with_most_people_first(company):
    for tool, category, people in (
        *(("coder", "nm_dev", 90), ("small", "events_webinars", 1), ("large", "events_webinars", 8)),
        *(("letter", "email_marketing", 2), ("nameless", None, 4)),
    ):
        company.tool(tool, category, people)
        company.decided(tool)

    assert names(company.rows_of()) == ["large", "small", "letter", "coder", "nameless"]
    assert company.row("large")["job"] == "Run webinars, events"
    assert (company.row("nameless")["job"], company.row("nameless")["category_title"]) == (None, None)


def test_the_latest_decision_in_force_says_the_status(company):
    company.tool("quillfox")
    company.decided("quillfox", "rejected")
    wrong = company.decided("quillfox")
    assert company.row("quillfox")["status"] == "approved"

    company.add("undo", f"decision:{wrong}", {})

    assert company.row("quillfox")["status"] == "rejected"


@pytest.mark.parametrize(("until", "status"), [("2026-07-01", "approved"), ("2026-06-30", "in_review")])
def test_an_approval_ends_after_its_day(company, until, status):
    company.tool("quillfox")
    company.decided("quillfox", review_by=until)

    row = company.row("quillfox")

    assert (row["status"], row["review_by"]) == (status, until)


def conditions(company):
    company.tool("quillfox")
    stated = [
        {"text": "condition_1", "owner": 7, "due": "2026-06-30"},
        {"text": "condition_2", "owner": 6, "due": "2026-07-01"},
        {"text": "condition_3", "owner": 99, "due": "2026-06-01"},
    ]
    words = {"condition_1": "Sign the agreement", "condition_2": "Turn on SSO", "condition_3": "Name a deputy"}
    return company.decided("quillfox", "approved_with_conditions", conditions=stated, words=words)


def test_conditions_stand_in_plain_words_with_owner_day_and_whether_they_are_met(company):
    number = conditions(company)
    company.add("condition_met", "tool:quillfox", {"decision": number, "condition": "condition_3"})

    row = company.row("quillfox")

    assert row["conditions"] == ["Sign the agreement", "Turn on SSO", "Name a deputy"]
    told = [(one["owner"], one["due"], one["state"]) for one in row["condition_details"]]
    assert told == [
        ("ana@example.com", "2026-06-30", "overdue"),
        ("ben@example.com", "2026-07-01", "open"),
        (None, "2026-06-01", "met"),
    ]


def test_conditions_of_a_list_are_one_text(company):
    company.tool("quillfox")
    company.decided("quillfox", "approved_with_conditions", by="source:approved:it", words={"conditions": "EU only"})

    row = company.row("quillfox")

    assert row["condition_details"] == [{"text": "EU only", "owner": None, "due": None, "state": "open"}]
    assert row["decided_by"] == "the list approved:it"


def test_erased_words_leave_the_condition(company):
    conditions(company)

    assert company.row("quillfox", words=lambda _digest: None)["conditions"] == [ERASED] * 3


def test_an_owner_who_was_decided_on_stands_before_the_lists(company):
    company.tool("quillfox")
    company.decided("quillfox")
    company.add("owner", "tool:quillfox", {"side": "business", "actor": 7})
    company.add("owner", "tool:quillfox", {"side": "deputy", "actor": None})

    row = company.row("quillfox", owners={"quillfox": {"business": 6, "technical": 6}})

    assert (row["owner_business"], row["owner_technical"], row["deputy"]) == (
        *("ana@example.com", "ben@example.com"),
        None,
    )
    assert row["owners"] == ["ana@example.com", "ben@example.com"]


def test_one_person_for_both_sides_is_named_once(company):
    company.tool("quillfox")
    company.decided("quillfox")

    assert company.row("quillfox", owners={"quillfox": {"business": 5, "technical": 7}})["owners"] == [
        "ana@example.com"
    ]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("account:1", "rita@example.com"),
        ("account:9", "account:9"),
        ("rule:FAST-01@abc", "the rule FAST-01"),
        ("user:ana", "ana"),
        ("somebody", "somebody"),
    ],
)
def test_who_decided_is_said_as_people_say_it(company, by, said):
    company.tool("quillfox")
    company.decided("quillfox", by=by, words={"sentence": "You may use it."})

    row = company.row("quillfox")

    assert (row["decided_by"], row["decided_on"], row["sentence"]) == (said, "2026-03-01", "You may use it.")


def test_the_contract_says_when_it_renews(company):
    company.tool("quillfox")
    company.decided("quillfox", decided_on="2025-11-02")
    facts = {"contract.end": Known(date(2027, 2, 28)), "contract.notice_deadline": Unknown("nobody said")}

    row = company.row("quillfox", facts={"quillfox": facts | {"contract.auto_renews": Known(True)}})

    assert (row["renews_at"], row["decide_by"], row["auto_renews"]) == ("2027-02-28", None, True)
    assert row["decided_on"] == "2025-11-02"


ENDS = {"lifecycle.end_of_life": Known(date(2026, 12, 31)), "contract.end": Known(date(2027, 2, 28))}


@pytest.mark.parametrize(
    ("detail", "facts", "by"),
    [
        ({"move_by": "2026-09-30"}, ENDS, "2026-09-30"),
        ({"review_by": "2026-10-31"}, ENDS, "2026-10-31"),
        ({}, ENDS, "2026-12-31"),
        ({}, ENDS | {"lifecycle.end_of_life": Known(NEVER)}, "2027-02-28"),
        ({}, {}, None),
    ],
)
def test_by_when_people_have_to_have_moved(company, detail, facts, by):
    company.tool("quillfox")
    company.decided("quillfox", "retired", **detail)

    row = company.row("quillfox", facts={"quillfox": facts})

    assert (row["move_by"], row["review_by"]) == (by, None)


def alternatives(company, **detail):
    for tool, people in (("alpha", 1), ("beta", 9), ("gamma", 5), ("delta", 7), ("quillfox", 4)):
        company.tool(tool, people=people)
    for tool in ("alpha", "beta", "delta"):
        company.decided(tool)
    company.decided("gamma", "retired")
    company.tool("zoomer", "events_webinars")
    company.decided("zoomer")
    company.decided("quillfox", "rejected", **detail)


def test_what_to_use_instead_is_what_was_decided(company):
    alternatives(company, instead_of="zoomer")

    row = company.row("quillfox")

    assert (row["instead_of"], row["instead_ids"], row["instead_why"]) == (["Zoomer"], ["zoomer"], "decided")


@pytest.mark.parametrize("detail", [{}, {"instead_of": "gamma"}], ids=["nothing said", "that is retired too"])
def test_else_it_is_what_is_approved_for_the_same_job_the_most_used_first(company, detail):
    alternatives(company, **detail)

    row = company.row("quillfox")

    assert (row["instead_ids"], row["instead_why"]) == (["beta", "delta", "alpha"], "same job")


def test_an_approved_tool_that_replaces_it_stands_before_those_of_the_same_job(company):
    alternatives(company)
    company.tool("better", "events_webinars")
    company.decided("better", instead_of="quillfox")

    row = company.row("quillfox")

    assert (row["instead_ids"], row["instead_why"]) == (["better"], "decided")
    assert company.row("better")["instead_of"] == []


def test_of_a_tool_whose_job_nobody_knows_there_is_nothing_instead(company):
    company.tool("nameless", None)
    company.tool("other", None)
    company.decided("other")
    company.decided("nameless", "rejected")

    row = company.row("nameless")

    assert (row["instead_of"], row["instead_why"]) == ([], None)


def test_what_may_be_used_needs_nothing_instead(company):
    alternatives(company)

    assert company.row("beta")["instead_of"] == []


def test_ids_for_other_systems_stay_whatever_a_source_calls_the_app(company):
    company.tool("new-quill-0a1b2c3d", None)
    company.decided("new-quillfox-0a1b2c3d")
    known = {"new-quill-0a1b2c3d": ["okta/app_id:0oa1", "google/client_id:77"]}

    row = company.row(
        "new-quill-0a1b2c3d",
        today=lambda _tool: "new-quill-0a1b2c3d",
        lasting=lambda _tool: "new-0a1b2c3d",
        catalogued=lambda _tool: False,
        identifiers=known,
        cases={"new-quill-0a1b2c3d": 4},
    )

    assert (row["stable_id"], row["catalogue_id"], row["case"]) == ("new-0a1b2c3d", None, 4)
    assert row["identifiers"] == ["okta/app_id:0oa1", "google/client_id:77"]


# --- looking up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"search": "webinar"}, ["zoomer"]),
        ({"search": "Webinars EVENTS"}, ["zoomer"]),
        ({"search": "newsletter beta"}, ["beta"]),
        ({"search": "delta inc"}, ["delta"]),
        ({"search": "nothing"}, []),
        ({"category": "events_webinars"}, ["zoomer"]),
        ({"owner": "ANA@"}, ["alpha"]),
        ({"owner": "nobody"}, []),
    ],
)
def test_a_tool_is_found_by_job_name_vendor_and_owner(company, sought, found):
    alternatives(company)
    rows = company.rows_of(owners={"alpha": {"business": 5}})

    assert names(matching(rows, **sought)) == found


WORDS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(WORDS, WORDS)
def test_more_words_never_find_more(one, other):
    company = Company()
    alternatives(company)
    rows = company.rows_of()

    assert {*names(matching(rows, search=f"{one} {other}"))} <= {*names(matching(rows, search=one))}


STATUSES = st.sampled_from(["approved", "approved_with_conditions", "rejected", "retired", "in_review", "new"])
TOOLS = st.sampled_from([f"tool{number}" for number in range(6)])
DECIDED = st.tuples(TOOLS, STATUSES, st.none() | TOOLS, st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)))


@given(st.lists(DECIDED, max_size=15))
def test_whatever_was_decided_nobody_is_sent_to_what_may_not_be_used(decided):
    company = Company()
    for number in range(6):
        company.tool(f"tool{number}", ("email_marketing", "events_webinars", None)[number % 3], number)
    for tool, status, instead, until in decided:
        more = {"instead_of": instead} if instead else {}
        company.decided(tool, status, **more | ({"review_by": until.isoformat()} if until else {}))

    rows = {row["tool_id"]: row for row in company.rows_of()}

    assert {*rows} == {tool for tool, status in {t: s for t, s, _, _ in decided}.items() if status != "new"}
    for row in rows.values():
        assert json.loads(json.dumps(row)) == row
        going = row["status"] in inventory.LEAVING
        assert going or not (row["instead_ids"] or row["move_by"])
        assert (row["instead_why"] is None) == (row["instead_ids"] == [])
        assert row["tool_id"] not in row["instead_ids"]
        for other in row["instead_ids"]:
            assert other not in rows or rows[other]["status"] not in inventory.LEAVING


@given(st.lists(DECIDED, max_size=15), st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_no_approval_outlives_its_day(decided, day):
    company = Company()
    for number in range(6):
        company.tool(f"tool{number}")
    for tool, status, _, until in decided:
        company.decided(tool, status, **({"review_by": until.isoformat()} if until else {}))

    for row in company.rows_of(day=day):
        if row["status"].startswith("approved") and row["review_by"]:
            assert date.fromisoformat(row["review_by"]) >= day
