"""Graph's batches: every part is answered, waited for, or raised."""

import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connectors.graph_batch import batched
from connectors.http import Http
from connectors.live import Wire
from connectors.secrets import References
from model.errors import AccessDenied, RateLimited, Transient, Unreachable
from tests.connectors.live import Waiting


@pytest.fixture
def graph():
    with HTTPServer(host="127.0.0.1") as server:
        yield server


class Batches:
    """Answers batches by a plan: for each address the statuses of its first answers, then 200."""

    def __init__(self, server, tmp_path, plan=(), headers=None):
        self.clock, self.plan, self.sizes = Waiting(), {k: list(v) for k, v in dict(plan).items()}, []
        self.headers = headers or {}
        server.expect_request("/v1.0/$batch").respond_with_handler(self.answer)
        self.wire = Wire(secrets=References(tmp_path, {}), clock=self.clock, sleep=self.clock.sleep, jitter=lambda: 0.5)
        self.http = Http(self.wire, server.url_for("").rstrip("/"))

    def answer(self, request):
        asked = json.loads(request.get_data())["requests"]
        self.sizes.append(len(asked))
        return Response(
            json.dumps({"responses": [p for a in asked if (p := self.part(a))]}), mimetype="application/json"
        )

    def part(self, asked):
        planned = self.plan.get(asked["url"], [])
        status = planned.pop(0) if planned else 200
        if status == 0:
            return None
        body = {"is": asked["url"]} if status == 200 else {"error": {"code": f"c{status}", "message": "s3cr3t"}}
        return {"id": asked["id"], "status": status, "headers": self.headers, "body": body}

    def read(self, *urls):
        found = list(batched(self.http, self.wire, urls))
        self.http.close()
        return {place: json.loads(body) for place, body in found}


def test_parts_come_with_the_place_of_their_address(graph, tmp_path):
    found = Batches(graph, tmp_path).read("/a", "/b")

    assert found == {0: {"is": "/a"}, 1: {"is": "/b"}}


@pytest.mark.parametrize("first", [[429], [503], [408], [424], [0], [429, 0, 500]])
def test_only_what_was_not_answered_is_asked_for_again(graph, tmp_path, first):
    batches = Batches(graph, tmp_path, {"/b": first})

    assert batches.read("/a", "/b", "/c").keys() == {0, 1, 2}
    assert batches.sizes == [3] + [1] * len(first)


@pytest.mark.parametrize("status", [429, 503])
def test_a_part_is_waited_for_as_long_as_it_asks(graph, tmp_path, status):
    batches = Batches(graph, tmp_path, {"/a": [status]}, {"Retry-After": "13"})

    batches.read("/a")

    assert 13.0 in batches.clock.waits


def test_what_is_gone_is_left_out(graph, tmp_path):
    assert Batches(graph, tmp_path, {"/a": [404]}).read("/a", "/b").keys() == {1}


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, AccessDenied, "c401"),
        (403, AccessDenied, "c403"),
        (400, Unreachable, "400 Microsoft Graph c400"),
        (302, Unreachable, "302"),
    ],
)
def test_a_refused_part_is_raised_with_its_code_and_without_its_words(graph, tmp_path, status, error, said):
    with pytest.raises(error, match=said) as raised:
        Batches(graph, tmp_path, {"/a": [status]}).read("/a")

    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize(("status", "error"), [(500, Transient), (0, Transient), (429, RateLimited)])
def test_patience_with_a_part_ends(graph, tmp_path, status, error):
    with pytest.raises(error):
        Batches(graph, tmp_path, {"/a": [status] * 99}).read("/a")


def test_a_rest_that_is_too_long_is_not_waited_for(graph, tmp_path):
    batches = Batches(graph, tmp_path, {"/a": [429]}, {"Retry-After": "86400"})

    with pytest.raises(RateLimited):
        batches.read("/a")
    assert 86400.0 not in batches.clock.waits


def test_what_is_no_batch_is_told(graph, tmp_path):
    batches = Batches(graph, tmp_path)
    graph.clear()
    graph.expect_request("/v1.0/$batch").respond_with_json({"value": []})

    with pytest.raises(Unreachable, match="no batch"):
        batches.read("/a")
