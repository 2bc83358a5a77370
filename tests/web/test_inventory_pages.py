"""The inventory as everybody reads it: what may be used for which job, and the terms of one tool."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO

import pytest
from sqlalchemy import text

from gate.roles import Role

NAMES = re.compile(r'<th scope="row"><a href="/inventory/([^"]+)"')
HOSTILE = ["<script>alert(1)</script>", "\u202egnirts", "🦊" * 500, "x" * 4_000, "' OR 1=1 --", "%00", "[(", "=cmd()"]


@pytest.fixture
def user(browser):
    return browser(Role.BUSINESS_USER)


def tools_of(page) -> list[str]:
    return NAMES.findall(page.text)


def change(desk, sql: str, **values) -> None:
    """Let a tool of the demo company be another one, before the lists are made."""
    with desk.store.write() as connection:
        connection.execute(text(sql), values)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_what_may_be_used_is_listed_by_job(user):
    page = user.get("/inventory")
    assert page.status_code == 200
    found = tools_of(page)
    assert {"canva", "salesforce", "bynder", "slack"} <= set(found)
    assert "lusha" not in found
    assert "hubspot" not in found
    assert "17 tools may be used, for 12 jobs" in page.text
    rows = page.text.split("<tbody>")[1:]
    (job,) = (row for row in rows if 'href="/inventory/canva"' in row)
    assert "Make graphics, pictures, presentations" in job


def test_conditions_stand_beside_the_answer_and_the_same_job_is_said(user):
    page = user.get("/inventory").text
    assert "No pictures of identifiable customers." in page
    assert re.search(r"does the same job as <bdi>Adobe Creative Cloud", page)


def test_no_jargon_stands_on_the_pages(user):
    for path in ("/inventory", "/inventory/canva", "/inventory/lusha", "/inventory?use=all"):
        page = re.sub(r"<[^>]*>", " ", user.get(path).text)
        assert not re.search(r"\b(critical|severity|scope|oauth|case \d|decision \d|policy)\b", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        ("search=canva", {"canva"}, {"slack"}),
        ("search=graphics", {"canva", "adobe-creative-cloud"}, {"slack"}),
        ("use=yes", {"canva"}, {"bynder", "lusha"}),
        ("use=conditions", {"bynder", "meltwater"}, {"canva"}),
        ("use=no", {"lusha", "trello"}, {"canva"}),
        ("leaving=1", {"lusha", "trello"}, {"canva"}),
        ("use=undecided", {"hubspot", "klaviyo"}, {"canva", "lusha"}),
        ("use=all", {"canva", "lusha", "hubspot", "bynder"}, set()),
        ("all=1", {"canva", "lusha"}, set()),
        ("job=design_creative", {"canva", "adobe-creative-cloud"}, {"slack"}),
        ("owner=mette", {"bynder"}, {"canva"}),
        ("search=canva&job=nm_hr", set(), {"canva"}),
        ("use=nonsense&page=999&sort=nothing", {"canva"}, {"lusha"}),
    ],
)
def test_filters_stand_in_the_address(user, query, there, missing):
    found = set(tools_of(user.get(f"/inventory?{query}")))
    assert there <= found
    assert not missing & found


def test_what_is_typed_is_shown_again_and_escaped(user):
    for typed in HOSTILE:
        page = user.get("/inventory", params={"search": typed, "owner": typed, "job": typed})
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_nothing_found_leads_to_asking_for_it(user):
    page = user.get("/inventory?search=quillfox").text
    assert "ask before it is bought" in page
    assert 'href="/requests/new?name=quillfox"' in page


def test_who_looks_for_a_tool_is_told_that_it_may_not_be_used(user):
    page = user.get("/inventory?search=lusha")
    assert tools_of(page) == ["lusha"]
    assert "it may not be used now" in page.text


def test_what_there_is_with_another_answer_is_said(user):
    page = user.get("/inventory?search=lusha&use=yes").text
    assert "1 tool is like that with another answer" in page
    assert "use=all" in page


def test_tools_in_use_that_nobody_decided_about_are_named_beside(user, desk):
    with desk.store.read() as connection:
        name = connection.exec_driver_sql("SELECT name FROM tool WHERE status = 'new' AND marketing = 1").scalar()
    page = user.get("/inventory", params={"search": name}).text
    assert "In use here, but nobody has decided yet" in page
    assert "Request it" in page


def test_an_auditor_looks_and_is_offered_no_request(browser):
    page = browser(Role.AUDITOR).get("/inventory?use=all").text
    assert "Request it" not in page
    assert "Request a tool" not in page


def test_nobody_sees_it_without_an_account(browser):
    answer = browser().get("/inventory?search=canva", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Finventory%3Fsearch%3Dcanva")


def test_exports_have_the_rows_of_the_filter_with_the_fields_of_the_command(user, office):
    rows = list(csv.DictReader(StringIO(user.get("/inventory?use=no&format=csv").text)))
    assert {row["tool_id"] for row in rows} == {"lusha", "trello"}
    assert list(rows[0]) == list(office.inventory.fields)
    every = json.loads(user.get("/inventory?use=all&format=json").text)
    assert {row["status"] for row in every} >= {"approved", "rejected", "in_review", "new"}


def test_the_sheet_has_all_of_it_and_no_controls(user):
    page = user.get("/inventory?sheet=1").text
    assert len(NAMES.findall(page)) == 17
    assert "What may be used at Tarnvik" in page
    assert "data-print" in page
    assert 'id="search"' not in page


def test_the_sheet_says_what_it_is_narrowed_to(user):
    page = user.get("/inventory?sheet=1&use=no&search=trello").text
    assert "No: what to use instead, “trello”" in page


def test_long_lists_are_paged_and_a_job_goes_on_over_the_page(user, app):
    shot = app.state.snapshots.current()
    row = dict(shot.inventory.get("canva"))
    many = [{**row, "tool_id": f"t{at}", "tool": f"Tool {at}"} for at in range(120)]
    shot.inventory._rows[:] = many
    second = user.get("/inventory?page=2")
    assert len(tools_of(second)) == 50
    assert "51\u2013100 of 120" in second.text
    assert "(continued)" in second.text
    assert "(continued)" not in user.get("/inventory").text


# --- one tool ---------------------------------------------------------------------------------------------------------


def test_the_answer_for_one_tool_comes_first(user):
    page = user.get("/inventory/canva").text
    assert "Yes, you may use it" in page
    assert page.index("Yes, you may use it") < page.index("Whom to ask")


def test_a_tool_on_conditions_says_them_and_until_when_it_holds(user):
    page = user.get("/inventory/bynder").text
    assert "You may use it, on conditions" in page
    assert "No pictures of identifiable customers." in page
    assert "holds until" in page
    assert "31 Mar 2027" in page


def test_a_rejected_tool_is_not_to_be_used(user):
    page = user.get("/inventory/lusha").text
    assert "No, do not use it" in page
    assert "Ask for it all the same" in page


def test_an_approval_that_is_over_says_so(user):
    page = user.get("/inventory/hubspot").text
    assert "Not now" in page
    assert "/requests/new?tool=hubspot" in page


def test_a_tool_that_nobody_decided_about_has_a_page_and_leads_to_a_request(user, desk):
    with desk.store.read() as connection:
        tool = connection.exec_driver_sql("SELECT id FROM tool WHERE status = 'new' AND marketing = 1").scalar()
    page = user.get(f"/inventory/{tool}")
    assert page.status_code == 200
    assert "Nobody has decided yet" in page.text
    assert f"/requests/new?tool={tool}" in page.text


def test_what_a_tool_can_read_is_said_in_plain_words(user, desk):
    with desk.store.read() as connection:
        tool = connection.exec_driver_sql(
            "SELECT tool_id FROM connection WHERE system = 'files' AND held = 'full'"
        ).scalar()
    page = user.get(f"/inventory/{tool}").text
    assert "Can read, change and delete the files that you can open in Google Workspace" in page


def test_ids_are_for_those_who_work_with_them(user, reviewer):
    assert "For IT" not in user.get("/inventory/canva").text
    page = reviewer.get("/inventory/canva").text
    assert "For IT: ids and records" in page
    assert "/tools/canva" in page


@pytest.mark.parametrize("tool", ["nothing", "..%2f..%2fetc", "%3Cscript%3E", "x" * 3_000, "%E2%80%AE", "🦊"])
def test_a_tool_that_is_not_there_is_not_found(user, tool):
    page = user.get(f"/inventory/{tool}")
    assert page.status_code == 404
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202egnp.exe", "🦊 fox", "x" * 4_000, ""])
def test_names_that_others_wrote_are_shown_and_do_nothing(user, desk, name):
    change(desk, "UPDATE tool SET name = :name, vendor = :name WHERE id = 'canva'", name=name)
    for path in ("/inventory", "/inventory/canva", "/inventory?sheet=1"):
        page = user.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text
