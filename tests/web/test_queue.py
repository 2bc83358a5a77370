"""The queue: ranked, filtered by the address, worked by one click, and told in plain words what to do next."""

import csv
import io
import re

import pytest
from sqlalchemy import text

from gate import accounts
from gate.reviewing import Review
from gate.roles import Role
from storage.listings import cases as listings

ROW = re.compile(r'<tr id="case-(\d+)">')


def shown(page):
    """Return the numbers of the cases of a page, in order."""
    return [int(number) for number in ROW.findall(page.text)]


def numbers(office, **wanted):
    """Return the cases that have these values."""
    with office.store.read() as connection:
        rows = listings.cases(connection)
    return {row["id"] for row in rows if all(row[name] == value for name, value in wanted.items())}


@pytest.fixture
def take(office, clock):
    """Let an account take a case up, as the command does."""

    def taken(number, email="reviewer@tarnvik.example"):
        with office.store.write() as connection:
            account = accounts.the_account(connection, email, clock.now())
            Review(connection, office.gate(), number, account).assign(account)

    return taken


def test_the_worst_case_stands_first_and_the_page_says_to_start_with_it(reviewer):
    page = reviewer.get("/cases")
    first = shown(page)[0]
    lead = re.search(r'start with <a href="/cases/(\d+)">', page.text)
    assert lead is not None
    assert int(lead[1]) == first
    assert "30 wait for you" in page.text
    assert "Both risks are high." in page.text


def test_each_row_says_why_it_is_where_it_is(reviewer):
    page = reviewer.get("/cases").text
    assert "100% of its people are in marketing." in page
    assert re.search(r"No 2</span>: both risks are unknown; 1st of \d+ such cases", page)


def test_coverage_stands_above_the_list(reviewer):
    page = reviewer.get("/cases").text
    assert 0 < page.index('class="coverage') < page.index('id="queue"')


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("risk=high", lambda row: "high" in {row["technology_risk"], row["customer_risk"]}),
        ("risk=medium", lambda row: "medium" in {row["technology_risk"], row["customer_risk"]}),
        ("unit=Brand+%26+Content", lambda row: row["unit"] == "Brand & Content"),
        ("overdue=1", lambda row: row["overdue"]),
        ("stage=new", lambda row: row["stage"] == "new"),
        ("waits=security", lambda row: row["waiting_for"] == "security"),
        ("waits=marketing", lambda row: row["waiting_for"] == "marketing"),
        ("with=nobody", lambda row: row["assignee"] is None),
        ("q=zapier", lambda row: "zapier" in row["tool"].casefold()),
    ],
)
def test_a_filter_in_the_address_leaves_what_fits_it(reviewer, app, query, fits):
    found = shown(reviewer.get(f"/cases?{query}"))
    rows = app.state.snapshots.current().cases
    assert found == [row["id"] for row in rows if row["state"] == "open" and fits(row)]


def test_a_category_filters_by_the_category_of_the_tool(reviewer, app):
    lists = app.state.snapshots.current()
    category = lists.tool(lists.cases[0]["tool_id"])["category"]
    found = shown(reviewer.get(f"/cases?category={category}"))
    assert found
    assert {lists.tool(lists.case(number)["tool_id"])["category"] for number in found} == {category}


def test_what_a_filter_cannot_be_is_passed_over(reviewer):
    page = reviewer.get("/cases?risk=terrible&state=lost&waits=me2&page=x&sort=nothing&stage=9")
    assert page.status_code == 200
    assert len(shown(page)) == 30


def test_counts_are_told_always(reviewer):
    assert "1\u201330 of 30 cases" in reviewer.get("/cases").text
    narrow = reviewer.get("/cases?q=zapier").text
    assert "1\u20131 of 1 case" in narrow
    assert "(30 in all)" in narrow


def test_the_list_is_sorted_by_a_column_either_way(reviewer, app):
    names = {row["id"]: row["tool"].casefold() for row in app.state.snapshots.current().cases}
    up, down = shown(reviewer.get("/cases?sort=tool")), shown(reviewer.get("/cases?sort=-tool"))
    assert [names[number] for number in up] == sorted(names[number] for number in up)
    assert [names[number] for number in down] == sorted((names[number] for number in down), reverse=True)


def test_the_export_has_all_rows_that_the_filter_leaves(reviewer):
    file = reviewer.get("/cases?risk=medium&format=csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert file.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    assert rows
    assert all("medium" in {row["technology_risk"], row["customer_risk"]} for row in rows)
    assert {"rank", "rank_why", "unit"} <= rows[0].keys()


def test_taking_a_case_up_leads_back_to_the_same_place_of_the_list(reviewer, office):
    done = reviewer.act("/cases/4/take", back="/cases?sort=tool")
    assert str(done.url).endswith("/cases?sort=tool#case-4")
    assert "is with you now" in done.text
    assert numbers(office, assignee="account:2") == {4}


def test_a_case_that_was_taken_up_is_shown_with_me(reviewer, take):
    take(5)
    assert shown(reviewer.get("/cases?with=me")) == [5]
    assert 5 in shown(reviewer.get("/cases?waits=me"))


def test_what_somebody_else_took_up_does_not_wait_for_me(browser, reviewer, take):
    take(5, "approver-it@tarnvik.example")
    assert 5 not in shown(reviewer.get("/cases?waits=me"))
    assert "29 wait for you" in reviewer.get("/cases").text


def test_a_path_of_another_site_is_not_led_back_to(reviewer):
    done = reviewer.act("/cases/6/take", back="//evil.example/cases")
    assert str(done.url) == "http://testserver/cases/6"


def test_who_only_looks_sees_no_button(browser):
    page = browser(Role.AUDITOR).get("/cases").text
    assert "/take" not in page
    assert "Nothing waits for you." in page


def test_who_may_not_take_a_case_is_told_which_role_it_takes(cmo, office):
    refused = cmo.act("/cases/4/take")
    assert refused.status_code == 403
    assert "reviewer" in refused.text
    assert numbers(office, assignee=None) == numbers(office)


def test_the_queue_of_marketing_says_what_waits_for_its_signature(cmo, reviewer):
    with_word = {"outcome": "approve", "reason": "Read the contract", "sentence": "You may use it."}
    reviewer.act("/cases/1/decide", side="it", **with_word)
    page = cmo.get("/cases?waits=me")
    assert shown(page) == [1]
    assert "1 waits for you" in page.text


def test_an_empty_filter_says_what_to_do(reviewer):
    page = reviewer.get("/cases?q=nosuchtoolanywhere").text
    assert "No case is like that. 30 cases are open in all." in page
    assert 'href="/cases"' in page


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202egnp.exe", "🦊" * 20, "x" * 4_000, ""])
def test_a_hostile_name_is_shown_as_text(reviewer, office, app, name):
    with office.store.write() as connection:
        connection.execute(text("UPDATE tool SET name = :name WHERE id = 'zapier'"), {"name": name})
    app.state.snapshots = type(app.state.snapshots)(office)
    page = reviewer.get("/cases")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text


def test_keys_are_only_an_addition(reviewer):
    page = reviewer.get("/cases").text
    assert re.search(r'<script src="/static/queue\.js\?v=\w+" defer>', page)
    assert 'class="row-link" href="/cases/' in page
    assert "onclick" not in page


def test_the_next_case_is_the_one_behind_and_at_the_end_the_first(reviewer):
    waiting = shown(reviewer.get("/cases?waits=me"))

    def after(number):
        found = re.search(r'next for you: <a href="/cases/(\d+)">', reviewer.get(f"/cases/{number}").text)
        return int(found[1]) if found else None

    assert [after(number) for number in waiting[:3]] == waiting[1:4]
    assert after(waiting[-1]) == waiting[0]


def test_what_somebody_takes_up_waits_for_nobody_else_on_the_next_page(reviewer, browser, take):
    other = browser(Role.APPROVER_IT)
    before = int(re.search(r"<strong>(\d+) waits? for you", other.get("/cases").text)[1])
    take(shown(reviewer.get("/cases?waiting_for=security"))[0])
    after = int(re.search(r"<strong>(\d+) waits? for you", other.get("/cases").text)[1])

    assert after == before - 1
