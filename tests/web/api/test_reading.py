"""What is read: filters, one thing whole, and nobody by name for who may not see names."""

import json
import re

import pytest

from gate.roles import Role
from tests.web.api.conftest import PREFIX

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


def items(one, path):
    return one.get(path).json()["items"]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("status=approved", lambda row: row["status"] == "approved"),
        ("marketing=yes", lambda row: row["marketing"] is True),
        ("marketing=unknown", lambda row: row["marketing"] is None),
        ("provisional=true", lambda row: row["provisional"]),
        ("category=unknown", lambda row: row["category"] is None),
        ("category=crm", lambda row: row["category"] == "crm"),
        ("source=okta:tarnvik", lambda row: "okta:tarnvik" in row["sources"]),
        ("search=hub", lambda row: "hub" in json.dumps(row).casefold()),
    ],
)
def test_tools_are_filtered_as_their_page_filters_them(reader, query, holds):
    rows = items(reader, f"/tools?{query}&limit=500")

    assert rows
    assert all(map(holds, rows))


@pytest.mark.parametrize("sort", ["name", "people", "findings", "spend", "first_seen"])
def test_tools_are_sorted_either_way_with_what_is_unknown_last(reader, sort):
    up, down = (items(reader, f"/tools?limit=500&noise=shown&sort={sign}{sort}") for sign in ("", "-"))

    assert {row["id"] for row in up} == {row["id"] for row in down}
    assert up != down


def test_a_filter_that_nothing_passes_gives_an_empty_list(reader):
    assert reader.get("/tools?search=zzzzzzzz").json() == {"items": [], "total": 0, "next": None}
    assert reader.get("/tools?category=no+such").json()["total"] == 0


@pytest.mark.parametrize("query", ["marketing=perhaps", "status=gone", "sort=colour", "noise=1", "provisional=maybe"])
def test_a_filter_that_is_none_is_refused_with_where(reader, query):
    got = reader.get(f"/tools?{query}")

    assert got.status_code == 422
    assert got.json()["errors"][0]["where"] == query.partition("=")[0]


def test_the_queue_is_in_its_order_and_filtered(reader):
    rows = items(reader, "/cases?limit=500")

    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    assert all(row["waiting_for"] == "security" for row in items(reader, "/cases?waits=security"))
    assert {row["tool_id"] for row in items(reader, "/cases?search=airtable")} == {"airtable"}
    assert items(reader, "/cases?assignee=me") == []
    assert items(reader, "/cases?state=closed") == []
    by_tool = [row["tool"].casefold() for row in items(reader, "/cases?sort=tool&limit=500")]
    assert by_tool == sorted(by_tool)


def test_a_tool_is_told_whole_with_the_evidence_of_each_value(reader):
    tool = reader.get("/tools/hubspot").json()
    known = [fact for fact in tool["facts"] if fact["value"] is not None]
    unknown = [fact for fact in tool["facts"] if fact["value"] is None]

    assert tool["name"] == "HubSpot"
    assert all(fact["reason"] for fact in unknown), "what nobody knows says why"
    key = next(key for fact in known for key in fact["evidence"] if key.startswith("usage:"))
    found = reader.get("/evidence", params={"key": key}).json()
    assert (found["evidence"], found["kind"]) == (key, "usage")
    assert found["found"]["people"] > 0


@pytest.mark.parametrize("kind", ["signal", "usage", "decision"])
def test_every_kind_of_evidence_opens(reader, kind):
    keys = {key for fact in reader.get("/tools/hubspot").json()["facts"] for key in fact["evidence"]} | {"decision:1"}
    key = next(key for key in sorted(keys) if key.startswith(f"{kind}:"))

    assert reader.get("/evidence", params={"key": key}).status_code == 200


@pytest.mark.parametrize(
    "key", ["signal:a/b/c", "nothing:x", "usage:x", "decision:999999", "answer:1", "tool:none", "xyz"]
)
def test_evidence_that_leads_nowhere_is_not_there(reader, key):
    assert reader.get("/evidence", params={"key": key}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/tools/none", "/tools/none/people", "/cases/999", "/findings/SEC-43:none", "/findings/x", "/inventory/none"),
        *("/requests/9", "/questions/9", "/connections/none", "/policies/NONE-1", "/decisions/999"),
        "/changes/0000000000",
    ],
)
def test_what_is_not_there_is_a_problem_that_says_what_to_do(reader, path):
    got = reader.get(path)

    assert got.status_code == 404
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["detail"]
    assert got.json()["request"] == got.headers["x-request-id"]


@pytest.mark.parametrize(
    "path", ["/cases/0", "/cases/-1", "/cases/x", f"/cases/{2**70}", "/changes/xyz", "/insights/none"]
)
def test_a_number_that_is_none_is_refused(reader, path):
    assert reader.get(path).status_code == 422


def test_a_finding_says_what_was_read_and_what_the_policy_says(reader):
    line = items(reader, "/findings?verdict=violated")[0]
    whole = reader.get(f"/findings/{line['id']}").json()

    assert {whole[name] for name in ("id",)} == {line["id"]}
    assert whole["rule"]["require"]
    assert whole["history"][0]["what"]
    assert whole["facts"]


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("severity=high", "severity", "high"),
        ("customer_severity=medium", "customer_severity", "medium"),
        ("gap=security", "gap", "security"),
        ("policy=SEC-43", "policy", "SEC-43"),
        ("tool=hubspot", "tool_id", "hubspot"),
        ("verdict=unknown", "verdict", "unknown"),
    ],
)
def test_findings_are_filtered(reader, query, name, value):
    got = reader.get(f"/findings?{query}&limit=500").json()

    assert got["items"]
    assert {row[name] for row in got["items"]} == {value}
    assert got["total"] == len(got["items"])


def test_the_inventory_answers_by_job_and_owner(reader):
    rows = items(reader, "/inventory?limit=500")

    assert {row["status"] for row in rows} <= {"approved", "approved_with_conditions"}
    assert not {row["status"] for row in items(reader, "/inventory?use=undecided")} & {
        "approved",
        "rejected",
        "retired",
    }
    job = rows[0]["category"]
    assert {row["category"] for row in items(reader, f"/inventory?job={job}")} == {job}
    one = reader.get(f"/inventory/{rows[0]['tool_id']}").json()
    assert one["tool"] == rows[0]["tool"]
    assert {"can", "units", "same_job"} <= {*one}


def test_every_list_of_insights_has_the_fields_that_are_named(reader):
    told = reader.get("/insights").json()

    assert len(told["lists"]) == 14
    for one in told["lists"]:
        got = reader.get(f"/insights/{one['name']}").json()
        for row in got["items"]:
            assert [*row] == one["fields"], one["name"]


def test_policies_are_told_with_their_examples(reader):
    whole = reader.get("/policies/SEC-43").json()

    assert whole["examples"]
    assert whole["cases"] == len(whole["examples"])
    assert "access.mfa_share" in whole["reads"]
    assert {row["gap"] for row in items(reader, "/policies?gap=cost")} == {"cost"}
    assert reader.get("/policies/refused").json() == {"items": []}


def test_coverage_tells_what_was_not_read(reader):
    refused = items(reader, "/coverage?status=refused")

    assert refused
    assert all(row["reason"] for row in refused)
    assert {row["name"] for row in items(reader, "/sources")} >= {row["source"] for row in refused}


def test_the_trail_is_listed_filtered_and_verified(reader):
    verified = reader.get("/audit/verify").json()
    rows = items(reader, "/audit?limit=500")

    assert verified["holds"]
    assert verified["broken"] is None
    assert verified["head"]["n"] >= rows[0]["n"] == max(row["n"] for row in rows)
    assert {row["act"] for row in items(reader, "/audit?act=account.add")} == {"account.add"}
    assert all(row["act"].startswith("account") for row in items(reader, "/audit?act=account"))
    assert items(reader, "/audit?act=%25") == []
    assert items(reader, "/audit?since=2099-01-01") == []
    assert items(reader, "/audit?until=2199-12-31&limit=500")[-1] == rows[-1]
    assert {row["actor"] for row in items(reader, "/audit?actor=administrator@tarnvik.example")} == {
        "administrator@tarnvik.example"
    }


def test_a_change_says_what_is_behind_it(reader):
    row = items(reader, "/changes?since=2025-01-01&kind=finding")[0]
    whole = reader.get(f"/changes/{row['id']}").json()

    assert {name: whole[name] for name in row} == row
    assert whole["run"]["command"]
    assert {one["tool_id"] for one in items(reader, "/changes?since=2025-01-01&tool=hubspot")} == {"hubspot"}


# --- nobody by name --------------------------------------------------------------------------------------------------

WITHOUT = [
    "/tools/hubspot",
    "/tools/hubspot/people",
    "/findings/SEC-43:hubspot",
    "/connections",
    "/connections/airtable",
]
WITHOUT += [
    "/changes?since=2025-01-01&limit=500",
    "/decisions",
    "/insights/people",
    "/insights/outcomes",
    "/findings?limit=500",
]


@pytest.mark.parametrize("path", WITHOUT)
def test_who_may_not_see_names_sees_none(stranger, path):
    got = stranger.get(path)

    assert got.status_code == 200
    # Who answers for a tool is there to be asked by everybody.
    assert _ADDRESS.findall(re.sub(r'"owners?":(\[[^\]]*\]|"[^"]*")', "", got.text)) == []


def test_behind_no_evidence_stands_a_name_either(stranger, reader):
    whole = reader.get("/tools/hubspot").json()
    keys = sorted(
        {key for fact in whole["facts"] for key in fact["evidence"]} | {row["evidence"] for row in whole["records"]}
    )
    opened = 0
    for key in keys[:: max(1, len(keys) // 25)]:
        got = stranger.get("/evidence", params={"key": key})
        opened += got.status_code == 200
        found = json.dumps(got.json().get("found", {}))
        assert _ADDRESS.findall(found) == [], key
    assert opened > 3


def test_the_people_of_a_case_are_numbers(stranger, reader):
    told = stranger.get("/cases/1").json()

    assert {row["address"] for row in told["people"]} == {None}
    for part in ("connections", "findings", "needs", "lacks", "risks", "changed"):
        assert _ADDRESS.findall(json.dumps(told[part])) == [], part
    assert [row["person"] for row in told["people"]] == [
        row["person"] for row in reader.get("/cases/1").json()["people"]
    ]


def test_a_tool_is_found_by_an_id_that_it_had(desk_program, office):
    tool = items(desk_program, "/tools?provisional=true")[0]["id"]
    desk_program.act(f"/tools/{tool}/name", {"name": "Known by now", "reason": "It says so"})
    office.tools.following.wait(120)

    assert desk_program.get(f"/tools/{tool}").json()["name"] == "Known by now"


def test_all_roles_look(program):
    for role in Role:
        assert program(role).get("/tools?limit=1").status_code == 200, role


def test_addresses_of_the_interface_begin_with_its_version():
    assert PREFIX == "/api/v1"
