"""The document holds: whatever it allows is answered as it says, and whatever it forbids is refused."""

import json
import re
from datetime import date

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.python import asgi

from commands.audit import AUDIT
from commands.cases import CASES
from commands.changes import CHANGES
from commands.connections import CONNECTIONS
from commands.coverage import COVERAGE
from commands.inventory import INVENTORY
from commands.policy import POLICIES
from commands.request import REQUESTS
from commands.review import DECISIONS
from commands.review_accounts import ACCOUNTS
from commands.review_questions import QUESTIONS
from commands.spend import UNMATCHED
from commands.standing import FINDINGS
from commands.tools import TOOLS
from commands.work import MESSAGES
from gate.notify import EVENTS
from gate.roles import Role
from gate.templating import PLACES, load
from storage.listings import changes
from tests.web.api.conftest import PREFIX, token_of
from tests.web.conftest import WHO
from web.api import ALL, models
from web.api.document import document, operations
from web.api.routing import REFUSALS
from web.api.webhooks import MORE, TOLERANCE, Notice
from web.app import protected

LISTINGS = {
    models.Tool: TOOLS,
    models.Case: CASES,
    models.InventoryItem: INVENTORY,
    models.Finding: FINDINGS,
    models.Question: QUESTIONS,
    models.Request: REQUESTS,
    models.Connection: CONNECTIONS,
    models.Stream: COVERAGE,
    models.Policy: POLICIES,
    models.Decision: DECISIONS,
    models.Change: CHANGES,
    models.AuditRow: AUDIT,
    models.Account: ACCOUNTS,
    models.Merchant: UNMATCHED,
    models.Message: MESSAGES,
}
#: What stands for parameters of paths.
GIVEN = {"tool": "hubspot", "finding": "SEC-43:hubspot", "name": "overlap", "policy": "SEC-43"}


@pytest.mark.parametrize(("model", "listing"), LISTINGS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_rows_have_the_fields_that_the_commands_give_to_programs(model, listing):
    assert tuple(model.model_fields) == listing.fields


def test_the_document_says_nothing_that_is_not_there():
    found = json.dumps(document())

    assert "HTTPValidationError" not in found
    assert "ost_" not in found
    assert not re.search(r"Page_\w+_", found)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', found):
        assert name in document()["components"]["schemas"]


def test_every_operation_says_who_may_and_what_may_go_wrong():
    for _, method, operation in operations(document()):
        assert operation["description"].endswith("."), operation["operationId"]
        assert operation["x-needs"]
        assert operation["operationId"] == operation["operationId"].lower()
        wanted = {str(code) for code in REFUSALS} - (set() if operation["security"] else {"401", "403"})
        assert wanted <= {*operation["responses"]}
        assert ("409" in operation["responses"]) == (method != "get")


def test_no_two_operations_have_one_name():
    names = [operation["operationId"] for _, _, operation in operations(document())]

    assert len(names) == len({*names}) == sum(len(api.router.routes) for api in ALL)


def answers(program, change):
    """Yield each operation that reads with what it answers."""
    for path, method, operation in operations(document()):
        if method == "get":
            where = re.sub(r"\{(\w+)\}", lambda found: ({"change": change} | GIVEN).get(found[1], "1"), path)
            where += "?key=usage:nothing/here/2026-01" if path.endswith("/evidence") else ""
            yield where, operation, program.get(where.removeprefix(PREFIX))


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_what_is_answered_is_what_the_document_says(who, request, world):
    with world[1].store.read() as connection:
        change = changes.changes(connection)[-1]["id"]
    wrong, right = [], 0
    for where, operation, got in answers(request.getfixturevalue(who), change):
        if got.status_code not in {200, 403, 404}:
            wrong.append((where, got.status_code, got.text[:200]))
        if got.status_code == 200 and not where.endswith("openapi.json"):
            right += 1
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            whole = {"$ref": "#/answer", "answer": schema, "components": document()["components"]}
            faults = jsonschema_rs.Draft202012Validator(whole, validate_formats=True).iter_errors(got.json())
            wrong += [(where, fault.instance_path, fault.message[:200]) for fault in faults]
    assert wrong == []
    assert right > 20


def test_rows_of_lists_have_all_their_fields_and_no_others(reader):
    lists = {"/tools": models.Tool, "/cases": models.Case, "/inventory": models.InventoryItem}
    lists |= {"/coverage": models.Stream}
    lists |= {"/connections": models.Connection, "/money": models.Merchant, "/policies": models.Policy}
    lists |= {"/decisions": models.Decision, "/changes?since=2025-01-01": models.Change, "/audit": models.AuditRow}
    lists |= {"/accounts": models.Account, "/findings": models.FindingLine}
    for path, model in lists.items():
        rows = reader.get(path).json()["items"]
        assert rows, path
        assert {*rows[0]} == {*model.model_fields}, path


schemathesis.openapi.format("date", st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat))


# --- what the document allows and forbids, tried ---------------------------------------------------------------------


def without_cursor(_context, query):
    """Leave cursors out: what is one only an answer says; tests of their own follow them."""
    if query:
        query.pop("cursor", None)
    return query


def tried(app, office, role, mode, examples):
    """Ask for every operation with what its schema allows, or forbids; return what was answered otherwise."""
    schema, found = schemathesis.openapi.from_dict(document()), []
    schema.app = protected(app)
    if mode is GenerationMode.POSITIVE:
        schema.hook("map_query")(without_cursor)
    headers = {"Authorization": f"Bearer {token_of(office, role)}"}
    with asgi.get_client(schema.app) as client:
        for result in schema.get_all_operations():
            operation = result.ok()
            takes = operation.definition.raw
            if mode is GenerationMode.NEGATIVE and len(takes["parameters"]) == 1 and "requestBody" not in takes:
                continue  # it takes nothing that could be wrong

            @settings(
                max_examples=examples,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
                # A list of one is written into an address as the text in it: what is wrong must be wrong there, too.
                derandomize=mode is GenerationMode.NEGATIVE or settings.default.derandomize,
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def holds(case):
                case.call_and_validate(session=client, headers=headers)

            try:
                holds()
            except BaseExceptionGroup as error:
                found.append((operation.label, [str(one)[:600] for one in error.exceptions]))
    return found


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr("web.protect.ACTS", 1_000_000)
    monkeypatch.setattr("web.protect.READS", 1_000_000)


@pytest.mark.parametrize(("role", "examples"), [(Role.REVIEWER, 2), (Role.APPROVER_MARKETING, 1)])
def test_what_the_document_allows_is_answered_as_it_says(app, office, role, examples, patient):
    assert tried(app, office, role, GenerationMode.POSITIVE, examples) == []


def test_what_the_document_forbids_is_refused_as_it_says(app, office, patient):
    assert tried(app, office, Role.REVIEWER, GenerationMode.NEGATIVE, 1) == []


def test_who_shows_no_token_gets_nothing(world, patient):
    nobody = schemathesis.python.asgi.get_client(protected(world[0]))
    for path, method, operation in operations(document()):
        where = re.sub(r"\{(\w+)\}", lambda found: GIVEN.get(found[1], "1"), path)
        got = nobody.request(method.upper(), where)
        assert got.status_code == (401 if operation["security"] else 200), (method, path)
        if got.status_code == 401:
            assert got.headers["www-authenticate"] == "Bearer"
            assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("shown", ["Bearer wrong", "Bearer ", "Basic YTpi", "wrong", "Bearer \t x"])
def test_a_token_that_is_none_opens_nothing(world, shown):
    nobody = schemathesis.python.asgi.get_client(protected(world[0]))

    assert nobody.get("/api/v1/tools", headers={"authorization": shown}).status_code == 401


def test_a_token_opens_no_page_for_people(reader):
    assert reader.request("GET", "/tools", follow_redirects=False).status_code == 303


def test_a_method_that_is_not_declared_is_refused(reader, patient):
    for path, declared in document()["paths"].items():
        where = re.sub(r"\{(\w+)\}", lambda found: GIVEN.get(found[1], "1"), path)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {one.upper() for one in declared}:
            got = reader.request(method, where)
            assert got.status_code == 405, (method, path)
            assert got.json()["status"] == 405


# --- what programs are told ------------------------------------------------------------------------------------------


def test_all_events_of_webhooks_are_in_the_document_and_no_others():
    assert [*document()["webhooks"]] == [*EVENTS, *MORE]


def test_what_webhooks_are_sent_is_what_the_template_makes():
    sent = load().document("webhook", dict.fromkeys(PLACES, "x"))

    assert [*Notice.model_fields] == ["id", "at", *sent]
    assert {*sent["tool"]} == {"id", "name"}


def test_how_old_a_message_may_be_is_what_its_reader_is_told():
    from connectors.outgoing.webhook import TOLERANCE as READERS  # noqa: PLC0415

    assert TOLERANCE == READERS


def test_nobody_of_the_company_stands_in_the_document():
    assert not [address for address in WHO.values() if address in json.dumps(document())]
