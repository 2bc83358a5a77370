"""The map of which tool holds what on which system, the equal list, and all that one tool holds."""

import json
import re

import pytest
from sqlalchemy import text

from gate.roles import Role
from web.pages.connections import given_by, may


def listed(page: str) -> list[tuple[str, str]]:
    """Return tool and what it may do of each row of the list."""
    body = page.split('aria-label="Connections"', 1)[1]
    rows = re.findall(
        r'<th scope="row"><a [^>]*>(.*?)</a></th>\s*<td data-label="What it may do">([^<]*)', body, re.DOTALL
    )
    return [(re.sub("<[^>]+>", "", tool), said.strip()) for tool, said in rows]


def test_the_picture_and_the_list_have_the_same_tools(reviewer):
    page = reviewer.get("/connections").text
    picture = page.split('class="chart-svg chart-wide"')[1].split("</svg>")[0]
    drawn = set(re.findall(r"<a [^>]*><title>([^<]+?): [^<]+</title>", picture))
    tools = {tool for tool, _ in listed(page)}
    assert tools
    assert tools <= drawn
    assert "10 tools hold rights on 5 systems; 8 of them can change something or send" in page


def test_the_gravest_stands_first_in_plain_words(reviewer):
    page = reviewer.get("/connections").text
    assert listed(page)[0] == ("Canva", "can do anything in files")
    assert "googleapis" not in page
    assert "1\u201316 of 16 connections" in page


def test_what_could_not_be_read_is_said_and_is_not_none(reviewer):
    assert "google:hollerbach/tokens was refused" in reviewer.get("/connections").text


@pytest.mark.parametrize(
    ("query", "tools"),
    [
        ("system=contacts", {"Lusha"}),
        ("system=mail&level=write", {"Boomerang", "Zapier"}),
        ("given=left", {"Zapier"}),
        ("mark=over_broad", {"Canva", "Peakpitch", "Zapier"}),
        ("marketing=1&system=files", {"Canva", "Supermetrics"}),
        ("search=calen", {"Calendly"}),
    ],
)
def test_filters_narrow_list_and_picture(reviewer, query, tools):
    page = reviewer.get(f"/connections?{query}").text
    assert {tool for tool, _ in listed(page)} == tools


def test_sign_in_is_left_out_counted_and_shown_on_demand(reviewer):
    page = reviewer.get("/connections").text
    assert "21 connections more only tell who somebody is" in page
    assert len(listed(reviewer.get("/connections?system=sign_in").text)) == 21


def test_nothing_like_that_leads_back_and_nonsense_is_passed_over(reviewer):
    assert (
        "No connection is like that. 37 connections are known in all." in reviewer.get("/connections?search=zzz").text
    )
    assert len(listed(reviewer.get("/connections?system=moon&level=x&given=y&mark=%3Cb%3E&page=99").text)) == 16


def test_lists_are_exported_without_names_whatever_the_role(reviewer, office):
    rows = json.loads(reviewer.get("/connections?format=json&search=zapier").text)
    assert {row["tool_id"] for row in rows} == {"zapier"}
    assert [*rows[0]] == [*office.connections.fields]
    assert all(re.fullmatch(r"person \d+", one) for row in rows for one in row["granted_by"])


def test_the_page_of_a_tool_has_every_scope_every_grant_and_its_evidence(reviewer):
    page = reviewer.get("/connections/zapier").text
    assert "Can do anything in files" in page
    assert "Read, change, share and delete every Drive file the person can open" in page
    assert "https://www.googleapis.com/auth/drive" in page
    assert "jonas.wieland@tarnvik.example" in page
    assert "/evidence?key=signal%3Agoogle%3Atarnvik%2Ftokens%2F" in page


def test_people_are_numbers_there_for_who_needs_no_names(browser):
    page = browser(Role.AUDITOR).get("/connections/zapier").text
    assert "wieland" not in page
    assert "Person 106" in page
    assert "/reveal?tool=zapier&amp;next=/connections/zapier" in page


def test_a_tool_without_connections_says_so_and_an_unknown_one_is_none(reviewer):
    assert "No right of it on a system is known." in reviewer.get("/connections/hubspot").text
    assert reviewer.get("/connections/nothing").status_code == 404
    assert reviewer.get("/connections/Zapier", follow_redirects=False).headers["location"] == "/connections/zapier"


def test_a_hostile_name_is_shown_and_does_nothing(reviewer, office):
    with office.store.write() as connection:
        connection.execute(text("UPDATE tool SET name = '<script>x</script>\u202e' WHERE id = 'zapier'"))
    for path in ("/connections", "/connections/zapier"):
        page = reviewer.get(path).text
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page
        assert "\u202e" not in page


def test_where_no_list_of_grants_was_read_nothing_is_known(reviewer, office, monkeypatch):
    with office.store.write() as connection:
        connection.execute(text("DELETE FROM connection"))
    monkeypatch.setattr(office.connections, "blind", list)
    monkeypatch.setattr(office.connections, "is_read", lambda: False)
    assert "No list of grants was read" in reviewer.get("/connections").text


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"system": "mail", "right": "send"}, "can send mail"),
        ({"system": "crm", "right": "read"}, "can read the CRM"),
        (
            {"system": "files", "right": "write", "limit": "files that it made"},
            "can read and change files: files that it made only",
        ),
        ({"system": None, "right": None}, "holds a right that is in no table"),
        ({"system": "calendar", "right": None}, "has a right on calendars; which is unknown"),
        ({"system": "sign_in", "right": "read"}, "can tell who the person is, and nothing else"),
        ({"system": "drive", "right": "full"}, "can do anything in drive"),
    ],
)
def test_what_a_tool_may_do_is_said_in_plain_words(row, said):
    assert may({"limit": None, **row}) == said


@pytest.mark.parametrize(
    ("row", "by"),
    [
        ({"orphaned": True, "granted_by": ["person 1"], "consent": "user"}, "left"),
        ({"orphaned": None, "granted_by": ["person 1"], "consent": "user"}, "people"),
        ({"orphaned": None, "granted_by": [], "consent": "admin"}, "everybody"),
        ({"orphaned": None, "granted_by": [], "consent": None}, "unknown"),
    ],
)
def test_who_gave_a_right_is_one_of_four(row, by):
    assert given_by(row) == by
