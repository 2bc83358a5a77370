"""The list of tools, the page of one with how we know each value, and what people rule of it."""

import json
import re

import pytest
from sqlalchemy import text

from gate.roles import Role
from web.tool_words import changed, evidence_said, month_said, ruling, who

PROVISIONAL = "new-peakpitch-965fcacb"


def titles(page: str) -> list[str]:
    """Return the names of the rows of the first list."""
    body = page.split("<tbody>", 1)[1].split("</tbody>", 1)[0] if "<tbody>" in page else ""
    return [
        re.sub("<[^>]+>", "", name) for name in re.findall(r'<th scope="row"><a href="/tools/[^>]*>(.*?)</a>', body)
    ]


@pytest.fixture
def named(office):
    """Give a tool a name as somebody hostile would, and let the lists know."""

    def to(tool, name):
        with office.store.write() as connection:
            connection.execute(text("UPDATE tool SET name = :name WHERE id = :tool"), {"name": name, "tool": tool})

    return to


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_has_the_tools_with_most_people_first_and_says_how_many_there_are(reviewer):
    page = reviewer.get("/tools").text
    assert titles(page)[:2] == ["Slack", "Basecamp"]
    assert "1\u201350 of 62 tools" in page
    assert "9 tools are" in page
    assert "not named yet" in page


def test_the_second_page_has_the_rest(reviewer):
    assert len(titles(reviewer.get("/tools?page=2").text)) == 12


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("search=mailch&noise=shown", "Mailchimp"),
        ("category=email_marketing", "Mailchimp"),
        ("source=focus:aws", "Snowflake"),
        ("status=rejected", "Lusha"),
        ("sort=-spend&marketing=yes", "Google Ads"),
        ("sort=name", "Adobe Creative Cloud"),
        ("sort=technology", "Asana"),
        ("provisional=1", "Basecamp"),
    ],
)
def test_the_address_filters_and_sorts(reviewer, query, first):
    assert titles(reviewer.get(f"/tools?{query}").text)[0] == first


def test_what_is_not_known_stands_last_whichever_way_a_list_is_sorted(reviewer):
    for way in ("seen", "-seen"):
        names = titles(reviewer.get(f"/tools?sort={way}&page=2").text)
        assert len(names) == 12


def test_filters_that_leave_nothing_say_how_many_there_are_and_lead_back(reviewer):
    page = reviewer.get("/tools?search=zzzz").text
    assert "No tool is like that. 62 tools are known in all." in page
    assert 'href="/tools">Show all tools' in page


@pytest.mark.parametrize(
    "query", ["sort=evil", "page=-1", "page=99999999", "status=x", "marketing=maybe", "search=%00%1b"]
)
def test_a_query_of_nonsense_is_passed_over(reviewer, query):
    assert reviewer.get(f"/tools?{query}").status_code == 200


def test_noise_is_hidden_counted_with_the_reason_and_shown_on_demand(reviewer, office):
    with office.store.write() as connection:
        connection.execute(text("UPDATE tool SET noise = 'one-visit' WHERE id IN ('crisp', 'buffer')"))
        connection.execute(text("UPDATE tool SET noise = 'decision:3' WHERE id = 'jasper'"))
    page = reviewer.get("/tools?sort=name").text
    assert "3 more are hidden as noise" in page
    assert "1 by a person&#39;s decision" in page
    assert "Crisp" not in titles(page)
    assert {"Crisp", "Buffer", "Jasper"} == set(titles(reviewer.get("/tools?noise=only").text))
    assert "Crisp" in titles(reviewer.get("/tools?noise=shown&search=crisp").text)


def test_the_list_is_exported_with_the_fields_of_the_command(reviewer, office):
    rows = json.loads(reviewer.get("/tools?format=json&category=email_marketing").text)
    assert [row["id"] for row in rows] == ["mailchimp"]
    assert set(rows[0]) == set(office.tools.fields)
    head = reviewer.get("/tools?format=csv").text.splitlines()[0]
    assert head.startswith("id,name,vendor,category,marketing,provisional,noise,status")


# --- one tool --------------------------------------------------------------------------------------------------------


def test_the_page_answers_first_what_it_is_whether_it_may_be_used_whose_it_is_and_what_the_risk_is(reviewer):
    page = reviewer.get("/tools/hubspot").text
    head = page[: page.index('id="why"')]
    assert "Marketing automation. A marketing tool." in re.sub(r"\s+", " ", re.sub("<[^>]+>", "", head))
    for part in ("in review", "viktor.rehn@tarnvik.example", "Technology", "Customers", "18 people", "/cases/28"):
        assert part in head


def test_the_page_says_why_each_name_is_this_tool(reviewer):
    page = reviewer.get("/tools/hubspot").text
    assert "hubspotsaml is HubSpot&#39;s key in the identity provider&#39;s catalogue." in page
    assert "100%" in page
    assert "by the catalogue of version" in page
    assert "The statement names" in page


def test_the_page_shows_money_use_findings_records_decisions_and_changes(reviewer):
    page = reviewer.get("/tools/hubspot").text
    for part in (
        "18 people used HubSpot in Oct 2026",
        "HubSpot cost €1,780 in Oct 2026",
        "/findings/SEC-43%3Ahubspot",
        "/evidence?key=signal%3Aokta%3Atarnvik%2Fapps%2F0oa1aa4bef34bd44a478",
        "Approved, to be looked at again by 30 Jun 2026",
        "the list approved:it",
        "/decisions/14/undo",
        "A finding was opened",
    ):
        assert part in page, part


def test_the_page_shows_what_it_holds_in_plain_words_and_where_the_rest_is(reviewer):
    page = reviewer.get("/tools/zapier").text
    assert "Read, change, share and delete every Drive file the person can open" in page
    assert "given by somebody who has left" in page
    assert 'href="/connections/zapier"' in page


def test_the_page_shows_how_each_side_rates_the_tool_and_what_people_answered(reviewer, cmo, office):
    with office.store.read() as connection:
        sql = "SELECT id FROM review_case WHERE tool_id = 'zapier' AND state = 'open'"
        case = connection.exec_driver_sql(sql).scalar()
    cmo.act(f"/cases/{case}/rate", importance="high", risk="low", rate_reason="All our leads come by it")
    reviewer.act(f"/cases/{case}/rate", importance="low", risk="high", rate_reason="It sends mail")
    reviewer.act("/tools/zapier/answer", fact="data.dpa_signed", value="yes", document="DPA of 3 March")

    page = reviewer.get("/tools/zapier")

    assert page.status_code == 200
    assert "Marketing rates its importance high and its risk low" in page.text
    assert "IT rates its importance low and its risk high" in page.text
    assert page.text.count("holds until") == 1


def test_every_fact_has_its_value_or_why_it_is_unknown_and_leads_to_its_evidence(reviewer):
    page = reviewer.get("/tools/hubspot").text
    assert "no list of assignments of okta:tarnvik was read" in page
    assert "/evidence?key=usage%3Aokta%3Atarnvik%2Fapp_id%3A0oa1aa4bef34bd44a478%2F2026-10" in page
    assert "<code>access.mfa_share</code>" in page


def test_a_look_alike_is_warned_of_and_a_provisional_tool_offers_to_be_named(reviewer):
    page = reviewer.get("/tools/new-mailchimp-login-com-044baa55").text
    assert "Looks like <bdi>Mailchimp</bdi>, and is not it." in page
    assert "Nobody has named it yet" in page
    assert "/tools/new-mailchimp-login-com-044baa55/name" in page


def test_noise_is_said_on_the_page_with_its_rule(reviewer, office):
    with office.store.write() as connection:
        connection.execute(text("UPDATE tool SET noise = 'decision:3' WHERE id = 'crisp'"))
    assert "A person ruled that it is noise (decision 3)." in reviewer.get("/tools/crisp").text


def test_an_id_that_leads_nowhere_says_so(reviewer):
    for wanted in ("no-such-tool", "%F0%9F%92%A3", "..%2f..%2fetc", "x" * 3000):
        found = reviewer.get(f"/tools/{wanted}")
        assert found.status_code == 404
    assert "There is no tool of that name" in reviewer.get("/tools/no-such-tool").text


def test_a_name_and_a_former_id_lead_to_the_tool(reviewer, office):
    assert reviewer.get("/tools/HubSpot", follow_redirects=False).headers["location"] == "/tools/hubspot"
    with office.store.write() as connection:
        row = connection.execute(text("SELECT * FROM link WHERE tool_id = 'hotjar' LIMIT 1")).mappings().one()
        former = dict(row) | {"tool_id": "new-hot-jar-00000000", "valid_from": 1, "valid_to": 2}
        names = ", ".join(former)
        connection.execute(text(f"INSERT INTO link ({names}) VALUES ({', '.join(':' + n for n in former)})"), former)
    found = reviewer.get("/tools/new-hot-jar-00000000", follow_redirects=False)
    assert found.headers["location"] == "/tools/hotjar"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "\u202eevil\u202c",
        "🧨 \"quoted' & more",
        "=HYPERLINK(1)",
        "a" * 4096,
        " ",
        "{{ 7*7 }}",
    ],
)
def test_hostile_names_are_shown_and_do_nothing(reviewer, named, name):
    named("zapier", name)
    for path in (
        "/tools?search=zapier&noise=shown",
        "/tools/zapier",
        "/tools/zapier/merge",
        "/tools/zapier/people",
        "/tools/zapier/noise",
    ):
        page = reviewer.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "\u202e" not in page.text
        assert ">49<" not in page.text


def test_people_are_numbers_for_who_needs_no_names(reviewer, cmo):
    assert "jonas.wieland@tarnvik.example" in reviewer.get("/tools/zapier").text
    for path in ("/tools/zapier", "/tools/zapier/people", "/tools/zapier/people?format=json", "/connections/zapier"):
        page = cmo.get(path).text
        assert "wieland" not in page, path
        assert "amira.castell" not in page, path
    assert "Person 106" in cmo.get("/tools/zapier").text
    rows = json.loads(cmo.get("/tools/zapier/people?format=json").text)
    assert rows
    assert all("address" not in row for row in rows)


def test_the_people_of_a_tool_are_listed_by_unit(reviewer):
    page = reviewer.get("/tools/hubspot/people?unit=Growth").text
    assert "1\u20131 of 1 person" in page
    assert "(20 in all)" in page


def test_who_may_only_look_sees_no_acts(browser):
    page = browser(Role.AUDITOR).get("/tools/hubspot").text
    for part in ("/merge", "/split", "/noise", "/owner", "/alias", "/undo", "/answer?"):
        assert part not in page
    assert browser(Role.AUDITOR).get("/tools/hubspot/merge").status_code == 403
    assert browser(Role.AUDITOR).act("/tools/hubspot/noise", noise="yes", reason="x").status_code == 403


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("signal:okta:tarnvik/sign_ins/1", "okta:tarnvik, sign ins"),
        ("usage:okta:tarnvik/app_id:x/2026-10", "use in Oct 2026, okta:tarnvik"),
        ("decision:7", "decision 7"),
        ("https://vendor.example/end", "vendor.example"),
        ("tool:hubspot", "another tool"),
        ("", ""),
        ("signal:", ", "),
    ],
)
def test_evidence_is_said_in_few_words(key, said):
    assert evidence_said(key) == said


def test_months_and_what_is_none_are_said():
    assert (month_said("2026-01"), month_said("2026-13"), month_said("x")) == ("Jan 2026", "2026-13", "x")


def test_who_ruled_is_said_and_people_only_where_they_may_be_named():
    known = {"account:1": "ana@x.example", "person:5": "bo@x.example"}
    assert who("account:1", known, named=False) == "ana@x.example"
    assert who("person:5", known, named=False) == "Person 5"
    assert who("person:5", known, named=True) == "bo@x.example"
    assert who("rule:cheap@3", known, named=False) == "the rule cheap"
    assert who("user:root", known, named=False) == "root, at the command line"


def test_a_ruling_of_a_kind_that_nobody_knows_is_said_by_its_kind():
    assert ruling({"kind": "joint_note", "object": "tool:x", "detail": {}}, {}) == "joint note"


def test_what_changed_is_a_sentence():
    row = {"kind": "record", "what": "removed", "about": "grant", "source": "google", "tool": None, "message": None}
    assert changed(row) == "google no longer lists a right that somebody gave"
    assert changed(row | {"kind": "name", "what": "left", "tool": "Asana"}) == "A name in google leads to Asana now"
