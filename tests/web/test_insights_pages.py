"""Insights: each figure has the list behind it, names of persons are seldom seen, and nothing is said in jargon."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from gate.roles import Role
from storage import entered
from storage.times import to_ms
from web.insights.views import VIEWS
from web.ports.insights import WINDOWS

NAMES = [view.name for view in VIEWS]
#: Words that who reads insights need not know.
JARGON = ("scope", "policy", "[company]", "ostiary ", "snapshot", "tenant", "None", "severity", "fast lane", "gate")


@pytest.fixture(autouse=True)
def patient(office):
    """Wait for the figures, however busy the machine is."""
    office.insights._counting._patience = 60.0


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2].partition("</main>")[0]))


def rows(page):
    return list(csv.DictReader(io.StringIO(page.text)))


def test_the_first_page_answers_with_figures_each_with_its_list(cmo):
    page = cmo.get("/insights")
    text = text_of(page)

    assert page.status_code == 200
    assert "91% of what tools cost in EUR in 12 months was not paid by IT: €258,655." in text
    assert "7 jobs are done by two tools or more; 106 people work in two for one job." in text
    assert "30 tools wait for a decision now; 26 of them longer than promised." in text
    assert "73% of the tools that people use or money goes to are not approved: 45 of 62." in text
    assert page.text.count('class="panel figure"') == page.text.count('class="figure-see"')


def test_every_link_of_the_first_page_leads_somewhere(cmo):
    page = cmo.get("/insights")
    links = set(re.findall(r'class="figure-see"><a href="([^"]+)"', page.text))

    assert len(links) > 8
    for link in links:
        if link.startswith("/insights"):
            assert cmo.get(link.replace("&amp;", "&")).status_code == 200


def test_every_question_has_a_page_for_each_role_that_looks(cmo, reviewer, browser):
    clients = (cmo, reviewer, browser(Role.AUDITOR), browser(Role.BUSINESS_USER))
    found = [client.get(f"/insights/{name}") for client in clients for name in NAMES]

    assert {page.status_code for page in found} == {200}
    assert all("How do you know?" in page.text and "Figures as of" in page.text for page in found)


def test_who_runs_marketing_reads_no_jargon(cmo):
    texts = {name: text_of(cmo.get(f"/insights/{name}".rstrip("/"))) for name in ("", *NAMES)}

    assert [(name, word) for name, text in texts.items() for word in JARGON if word in text] == []


def test_there_is_no_page_for_a_question_that_nobody_asks(cmo):
    assert cmo.get("/insights/nothing").status_code == 404


def test_nobody_sees_insights_who_is_not_signed_in(browser):
    assert browser().get("/insights", follow_redirects=False).status_code == 303


def test_each_currency_has_a_chart_of_its_own(cmo):
    page = cmo.get("/insights/outside")

    assert page.text.count("<figure") == 2
    assert "Of what tools cost in EUR, others than IT paid 91%" in text_of(page)
    assert "Of most of what tools cost in USD nobody knows who paid" in text_of(page)


def test_a_currency_can_be_chosen(cmo):
    page = cmo.get("/insights/outside?currency=USD")

    assert page.text.count("<figure") == 1
    assert "US$" in page.text
    assert "€" not in text_of(page)


def test_the_list_behind_money_outside_it_adds_up_to_the_figure(cmo):
    found = json.loads(cmo.get("/insights/outside?format=json&currency=EUR").text)
    total = sum(one["amount_micros"] for row in found for one in row["outside"] or [])

    assert total == 258_655_080_000


def test_rows_are_those_of_the_command(cmo, office):
    figures = office.insights.current().value

    assert [row["tool_id"] for row in json.loads(cmo.get("/insights/cost?format=json").text)] == [
        row["tool_id"] for row in figures.lists["cost"]
    ]
    assert [row["figure"] for row in figures.headline][:2] == ["overlap", "key_people"]
    assert rows(cmo.get("/insights?format=csv"))[0]["figure"] == "overlap"


def test_persons_are_numbers_for_who_needs_no_names(cmo):
    page = cmo.get("/insights/people")
    file = cmo.get("/insights/people?format=csv")

    assert "@tarnvik.example" not in text_of(page)
    assert re.search(r"Person \d+", text_of(page))
    assert "/reveal?tool=*" in page.text
    assert all(row["person"].startswith("person ") for row in rows(file))
    assert "@" not in file.text


def test_reviewers_see_persons_by_name(reviewer):
    assert "nanna.kallestrup@tarnvik.example" in reviewer.get("/insights/people").text
    assert "nanna.kallestrup@tarnvik.example" in reviewer.get("/insights/people?format=csv").text


def test_names_are_shown_after_they_were_asked_for_with_a_reason(cmo, office, clock):
    cmo.act("/reveal", tool="*", reason="A talk with each of them")

    assert "nanna.kallestrup@tarnvik.example" in cmo.get("/insights/people").text


def test_people_are_chosen_by_what_they_alone_do(cmo):
    page = cmo.get("/insights/people?role=pays&format=csv")

    assert rows(page)
    assert all("pays" in row["roles"] for row in rows(page))
    one = rows(page)[0]["person"].removeprefix("person ")
    assert {row["person"] for row in rows(cmo.get(f"/insights/people?person={one}&format=csv"))} == {f"person {one}"}


def test_lists_are_sought_sorted_and_paged_by_the_address(cmo):
    found = rows(cmo.get("/insights/cost?q=hub&format=csv"))
    dearest = cmo.get("/insights/cost?sort=-people").text.partition("The list behind it")[2]

    assert "HubSpot" in [row["tool"] for row in found]
    assert all("hub" in (row["tool"] + row["category"]).casefold() for row in found)
    assert 'aria-sort="descending"' in dearest
    assert dearest.index("Slack") < dearest.index("Snowflake")
    assert "51–63 of 63" in text_of(cmo.get("/insights/people?page=2"))  # noqa: RUF001 (how a span is written)


def test_a_filter_that_keeps_nothing_offers_all_again(cmo):
    page = cmo.get("/insights/cost?q=nothing-is-called-so")

    assert "Nothing here is like that." in page.text
    assert 'href="/insights/cost"' in page.text


def test_what_somebody_types_into_the_address_is_escaped(cmo):
    hostile = ["<script>alert(1)</script>", "\u202eevil", "🦊", "x" * 4_000, "%00", "'; DROP"]
    for value in hostile:
        _typed(cmo, value)


def _typed(cmo, value):
    for query in ("q", "category", "sort", "page", "days", "currency", "person"):
        page = cmo.get("/insights/cost", params={query: value})
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_tools_with_hostile_names_are_escaped(cmo, office):
    with office.store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE tool SET name = ? WHERE id = 'hubspot'", ("<img src=x onerror=alert(1)>" + "y" * 4_000,)
        )
    for name in ("", "/outside", "/cost", "/people", "/overlap"):
        page = cmo.get(f"/insights{name}")
        assert page.status_code == 200
        assert "<img src=x" not in page.text


def test_an_empty_page_says_why_and_what_to_do(cmo):
    for name in ("seats", "renewals", "outcomes", "differences", "forecasts"):
        page = cmo.get(f"/insights/{name}")
        assert 'class="empty"' in page.text


def answered(office, tool, fact, value):
    by = "account:1"
    office.tools.answer(tool, fact, value, by, until=None, document=None, note=None)
    office.tools.following.ask("review answer")
    assert office.tools.following.wait(60)


@pytest.mark.slow
def test_a_contract_that_somebody_answers_stands_in_the_calendar(cmo, office):
    answered(office, "hubspot", "contract.end", "2026-12-31")
    page = cmo.get("/insights/renewals")

    assert "1 contract is to be decided within 90 days" in text_of(page)
    assert "31 Dec 2026" in page.text
    assert "<svg" in page.text
    assert "contract is to be decided within 90 days, of 1 whose end is known." in text_of(cmo.get("/insights"))


def test_a_forecast_is_held_against_what_was_spent(cmo, office, clock):
    assert "none is finished" in cmo.get("/insights").text
    at = to_ms(clock.now())
    point = {
        "point": "crm",
        "title": "CRM",
        "factor": "1",
        "low": "1",
        "likely": "2",
        "high": "3",
        "mean": 1,
        "spread": 1,
    }
    with office.store.write() as connection:
        row = {"at": at, "tool_id": "hubspot", "by": "account:1", "currency": "EUR", "quote": None}
        row |= {"low": 1_000_000_000, "likely": 2_000_000_000, "high": 3_000_000_000, "given": {}, "points": [point]}
        entered.add_forecast(connection, row)
        spent = {"at": at + 1, "tool_id": "hubspot", "point": "crm", "minutes": 60, "factor": "1"}
        entered.add_actual(connection, spent | {"cost": 2_500_000_000, "currency": "EUR", "by": "account:1"})
    page = cmo.get("/insights/forecasts")

    assert "1 of 1 finished connections cost what was forecast" in text_of(page)
    assert "€2,500" in page.text


def test_decisions_are_counted_over_the_time_that_the_address_says(cmo, office):
    figures = office.insights.current().value

    assert set(figures.decided) == set(WINDOWS)
    for days in WINDOWS:
        page = cmo.get(f"/insights/answers?days={days}")
        assert f'<option value="{days}" selected>' in page.text


def test_what_waits_is_the_backlog_of_the_command(cmo, office):
    backlog = office.insights.current().value.decided[365].backlog

    assert f"{backlog['n']} tools wait for a decision now" in text_of(cmo.get("/insights"))


def test_while_the_first_figures_are_counted_the_page_says_so(cmo, office, monkeypatch):
    monkeypatch.setattr(type(office.insights), "current", lambda _self: None)
    page = cmo.get("/insights/cost")

    assert "The figures are being counted." in page.text
    assert 'href="/insights/cost"' in page.text


def test_figures_that_are_old_say_so(cmo, office, monkeypatch):
    old = replace(office.insights.current(), stale=True)
    monkeypatch.setattr(type(office.insights), "current", lambda _self: old)

    assert "newer ones are being counted" in cmo.get("/insights").text
