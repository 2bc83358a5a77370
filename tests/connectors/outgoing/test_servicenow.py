"""ServiceNow over a socket: one record a message, found again by its correlation id."""

import json

import pytest
from werkzeug import Response

from connectors.outgoing.posting import basic
from connectors.outgoing.servicenow import Config, ServiceNow
from connectors.outgoing.shape import NotTaken
from connectors.source_tables import Address, Secret
from model.errors import AccessDenied, ConfigError, RateLimited, Transient
from tests.connectors.outgoing.receiving import SECRET, http, message, wire


class Instance:
    def __init__(self, web):
        self.web, self.records = web, []
        web.route = self.route

    def route(self, request):
        if request.headers["Authorization"] != basic("bot", SECRET)["Authorization"]:
            return Response("{}", 401)
        if request.path not in {"/api/now/table/incident", "/api/now/table/sc_task"}:
            return Response("{}", 404)
        if request.method == "POST":
            self.records.append(json.loads(request.get_data()))
            return Response('{"result": {"sys_id": "1"}}', 201)
        query = request.args["sysparm_query"]
        found = [r for r in self.records if not query or query == f"correlation_id={r['correlation_id']}"]
        return Response(json.dumps({"result": [{"sys_id": "1"} for _ in found][: int(request.args["sysparm_limit"])]}))


@pytest.fixture
def instance():
    with http() as web:
        yield Instance(web)


def receiver(folder, instance, password=SECRET, **more):
    config = Config(instance=Address(instance.web.base), user="bot", password=Secret("env:P"), **more)
    return ServiceNow(config, wire(folder, P=password))


def test_a_record_is_made_with_the_words_of_the_template(tmp_path, instance):
    document = {"short_description": "New: Quillfox", "description": "Text", "assignment_group": "IT"}

    receiver(tmp_path, instance, table="sc_task").send(message(document=document))

    number = f"ostiary-{message().id}"
    assert instance.records == [document | {"correlation_id": number, "correlation_display": "ostiary"}]
    assert len(number) <= 100


def test_the_same_message_makes_no_second_record_and_another_does(tmp_path, instance):
    for key in ("a", "a", "b"):
        receiver(tmp_path, instance).send(message(key, title="x" * 400))

    assert [r["short_description"] for r in instance.records] == ["x" * 160] * 2


def test_a_record_that_was_made_before_the_answer_was_lost_is_found_again(tmp_path, instance):
    def made_and_lost(request):
        instance.route(request)
        return Response("gone", 504)

    instance.web.faults += [None, made_and_lost]
    with pytest.raises(Transient):
        receiver(tmp_path, instance).send(message())

    receiver(tmp_path, instance).send(message())

    assert len(instance.records) == 1


def test_an_instance_that_asks_for_rest_gets_it(tmp_path, instance):
    instance.web.faults.append((429, {"Retry-After": "30"}))

    with pytest.raises(RateLimited, match="30"):
        receiver(tmp_path, instance).send(message())


def test_refusals_are_told_by_their_status(tmp_path, instance):
    with pytest.raises(AccessDenied, match="ServiceNow answered with 401"):
        receiver(tmp_path, instance, password="wr0ng").send(message())
    with pytest.raises(NotTaken, match="404"):
        receiver(tmp_path, instance, table="other").send(message())


def test_what_is_no_instance_gets_no_record(tmp_path, instance):
    instance.web.route = lambda _request: Response("<html>")

    with pytest.raises(NotTaken, match="no list"):
        receiver(tmp_path, instance).send(message())
    assert len(instance.web.calls) == 1


@pytest.mark.parametrize("table", ["incident/../x", "", "Incident", "a?b"])
def test_a_table_is_a_name_alone(tmp_path, instance, table):
    with pytest.raises(ConfigError, match="a table of ServiceNow"):
        receiver(tmp_path, instance, table=table).send(message())
    assert instance.web.calls == []


def test_a_test_reads_and_makes_nothing(tmp_path, instance):
    made = receiver(tmp_path, instance)
    made.check()
    assert instance.web.calls == []

    made.test(message())
    assert ([call.method for call in instance.web.calls], instance.records) == (["GET"], [])
