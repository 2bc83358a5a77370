"""Findings: listed the worst first, each with what was read, how that is known and what to do; accepted for a time."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest

from gate.roles import Role
from storage import kept
from storage.listings import finding_pages
from storage.listings import findings as listings

IDS = re.compile(r'<th scope="row"><a href="/findings/([^"]+)">')


@pytest.fixture
def rows(office):
    """All findings in force that are kept one by one."""
    with office.store.read() as connection:
        found = listings.findings(connection)
    return [row for row in found if row["since"] is not None]


@pytest.fixture
def worst(rows):
    """The worst finding that stands at Zapier."""
    return next(row for row in rows if row["tool_id"] == "zapier" and row["verdict"] == "violated")


def ids(page):
    return [one.replace("%3A", ":") for one in IDS.findall(page.text)]


def day(clock, days):
    return (clock.now() + timedelta(days=days)).date().isoformat()


# --- the list --------------------------------------------------------------------------------------------------------


def test_what_is_wrong_and_open_is_listed_the_worst_first(reviewer, rows):
    found = ids(reviewer.get("/findings"))
    known = {row["id"]: row for row in rows}
    assert len(found) == 50
    assert all((known[one]["verdict"], known[one]["state"]) == ("violated", "open") for one in found)
    order = [_place(known[one]) for one in found]
    assert order == sorted(order)


def _place(row):
    sides = sorted(listings.SEVERITIES.index(row[name]) for name in ("severity", "customer_severity"))
    return row["watched"], *sides


def test_pages_of_the_list_hold_every_finding_once(reviewer, rows):
    wanted = {row["id"] for row in rows if (row["verdict"], row["state"]) == ("violated", "open")}
    found = [
        one for number in range(1, 1 + -(-len(wanted) // 50)) for one in ids(reviewer.get(f"/findings?page={number}"))
    ]
    assert len(found) == len(wanted)
    assert {*found} == wanted
    assert f"of {len(wanted)} findings" in reviewer.get("/findings").text


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("severity=high", "severity", "high"),
        ("customers=medium", "customer_severity", "medium"),
        ("gap=security", "gap", "security"),
    ],
)
def test_a_filter_leaves_what_fits_it(reviewer, rows, query, field, value):
    found = ids(reviewer.get(f"/findings?{query}"))
    known = {row["id"]: row for row in rows}
    assert found
    assert {known[one][field] for one in found} == {value}


def test_what_a_filter_cannot_be_is_passed_over(reviewer):
    page = reviewer.get("/findings?severity=terrible&gap='&policy=NO-99&page=-3&state=x&verdict=met")
    assert page.status_code == 200
    assert len(ids(page)) == 50


def test_the_findings_of_one_tool_include_those_that_may_apply(reviewer, rows):
    page = reviewer.get("/findings?tool=zapier&verdict=unknown")
    kept = {row["id"] for row in rows if row["tool_id"] == "zapier" and row["verdict"] == "unknown"}
    assert {one.partition(":")[2] for one in ids(page)} == {"zapier"}
    assert "may apply" in page.text
    assert len(ids(page)) >= min(len(kept), 50)


def test_the_list_is_exported_whole(reviewer, rows):
    file = reviewer.get("/findings?format=csv&severity=high")
    found = list(csv.DictReader(io.StringIO(file.text)))
    wanted = {
        row["id"] for row in rows if (row["verdict"], row["state"], row["severity"]) == ("violated", "open", "high")
    }
    assert {row["id"] for row in found} == wanted
    assert all(row["title"] and row["title"] != row["policy"] for row in found)


def test_a_part_of_the_list_is_what_the_whole_list_has_there(office):
    with office.store.read() as connection:
        wanted = {"state": "open", "verdict": "violated"}
        everything, total = finding_pages.page(connection, wanted, limit=10_000, offset=0)
        assert total == len(everything)
        for offset in (0, 1, 7, 49, total - 1, total):
            part, count = finding_pages.page(connection, wanted, limit=5, offset=offset)
            assert (part, count) == (everything[offset : offset + 5], total)


def test_nothing_found_says_what_to_do(reviewer):
    assert "No finding is like that." in reviewer.get("/findings?state=waived").text


# --- one -------------------------------------------------------------------------------------------------------------


def test_a_finding_says_what_is_wrong_what_to_do_and_how_we_know(reviewer, worst):
    page = reviewer.get(f"/findings/{worst['id']}").text
    for said in ("What to do", "Why it matters", "How do you know?", "What was read", "What became of it", "Opened"):
        assert said in page
    assert "/evidence?key=" in page
    assert worst["policy"] in page  # the desk sees the policy by its name, too


def test_marketing_reads_it_without_codes(cmo, worst):
    told = re.sub(r"<[^>]*>", " ", cmo.get(f"/findings/{worst['id']}").text)
    assert worst["policy"] not in told
    assert "Accept it for a time" not in told


@pytest.mark.parametrize("wanted", ["NO-99:zapier", "SEC-02:nowhere", "SEC-02", ":", "x" * 500, "%00:zapier"])
def test_a_finding_that_is_not_there_is_a_clear_page(reviewer, wanted):
    assert reviewer.get(f"/findings/{wanted}").status_code == 404


def test_every_evidence_key_of_a_finding_opens(reviewer, rows):
    keys = {key.partition(":")[0]: key for row in rows[:300] for key in row["evidence"]}
    assert {"signal", "decision"} <= keys.keys()
    for key in keys.values():
        page = reviewer.get("/evidence", params={"key": key})
        assert page.status_code == 200, key


def test_evidence_leaves_out_addresses_for_who_may_not_see_them(cmo, reviewer, rows):
    key = next(key for row in rows for key in row["evidence"] if key.startswith("signal:google"))
    assert "@tarnvik.example" in reviewer.get("/evidence", params={"key": key}).text.split("<main")[1]
    told = cmo.get("/evidence", params={"key": key}).text.split("<main")[1]
    assert "@tarnvik.example" not in told
    assert "left out" in told


@pytest.mark.parametrize(
    "key", ["", "signal:", "nothing:1", "signal:a/b/c", "decision:99999", "x" * 3_000, "decision:<b>"]
)
def test_evidence_that_is_not_there_is_a_clear_page(reviewer, key):
    page = reviewer.get("/evidence", params={"key": key})
    assert page.status_code == 404
    assert "<b>" not in page.text


def test_evidence_of_a_tool_is_the_tool(reviewer):
    page = reviewer.get("/evidence?key=tool:zapier", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/tools/zapier")


# --- accepting -------------------------------------------------------------------------------------------------------


def test_a_finding_is_accepted_until_a_day_and_can_be_opened_again(reviewer, worst, clock, office):
    path = f"/findings/{worst['id']}"
    done = reviewer.act(f"{path}/waive", until=day(clock, 60), reason="The feed moves in June")
    assert "It is accepted until" in done.text
    assert "The feed moves in June" in done.text
    assert worst["id"] in ids(reviewer.get("/findings?state=waived"))
    assert worst["id"] not in ids(reviewer.get("/findings?tool=zapier"))
    again = reviewer.act(f"{path}/unwaive", reason="It moved early")
    assert "It is open again" in again.text
    assert worst["id"] in ids(reviewer.get("/findings?tool=zapier"))


@pytest.mark.parametrize(
    ("days", "reason", "status", "what"),
    [
        (60, "", 422, "Say why it may stand until then"),
        (0, "Later", 409, "a day to come"),
        (900, "Later", 409, "what lasts longer is no exception"),
    ],
)
def test_what_is_no_waiver_is_refused_and_the_text_kept(reviewer, worst, clock, days, reason, status, what):
    page = reviewer.act(f"/findings/{worst['id']}/waive", until=day(clock, days), reason=reason)
    assert page.status_code == status
    assert what in unescape(page.text)
    assert day(clock, days) in page.text


def test_a_day_that_is_none_is_told_at_its_field(reviewer, worst):
    page = reviewer.act(f"/findings/{worst['id']}/waive", until="in summer", reason="Later")
    assert page.status_code == 422
    assert "Name the day on which it is open again" in page.text


@pytest.mark.parametrize("role", [Role.APPROVER_MARKETING, Role.AUDITOR, Role.BUSINESS_USER])
def test_who_may_not_accept_a_finding_is_told(browser, worst, clock, role):
    refused = browser(role).act(f"/findings/{worst['id']}/waive", until=day(clock, 30), reason="Please")
    assert refused.status_code == 403


def test_a_double_click_accepts_once(reviewer, worst, clock, office):
    typed = {"until": day(clock, 60), "reason": "The feed moves", "once": "abcdefghijkl"}
    assert reviewer.act(f"/findings/{worst['id']}/waive", **typed).status_code == 200
    assert reviewer.act(f"/findings/{worst['id']}/waive", **typed).status_code == 200
    with office.store.read() as connection:
        assert len(kept.standing_about(connection, f"finding:{worst['id']}")) == 1
