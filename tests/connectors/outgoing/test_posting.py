"""One call to a receiver: what each answer means, and that none of it is ever quoted."""

import json
import re
import socket

import pytest
from werkzeug import Response

from connectors.outgoing.posting import Poster, basic
from connectors.outgoing.shape import NotTaken
from model.errors import AccessDenied, OstiaryError, RateLimited, Transient, Unreachable
from tests.connectors.outgoing.receiving import SECRET, http, wire


@pytest.fixture
def web():
    with http() as found:
        yield found


@pytest.fixture
def poster(tmp_path):
    return Poster(wire(tmp_path), "Jira")


def test_an_answer_is_its_json_or_nothing(web, poster):
    web.route = lambda _request: Response('{"a": [1]}')
    assert poster.call("GET", web.base, params={"q": "x y"}) == {"a": [1]}
    assert web.calls[0].args["q"] == "x y"

    web.route = lambda _request: Response("thanks", 202)
    assert poster.post(web.base, {"ü": 1}, {"X-Own": "1"}) is None
    assert web.calls[1].get_data().decode() == '{"ü": 1}'
    assert web.calls[1].headers["X-Own"] == "1"


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        ((429, {"Retry-After": "17"}), 17),
        ((429, {}), 0),
        ((503, {"Retry-After": "5"}), 5),
    ],
)
def test_a_receiver_that_asks_for_rest_gets_it(web, poster, answer, wait):
    web.faults.append(answer)

    with pytest.raises(RateLimited) as rest:
        poster.call("POST", web.base)
    assert rest.value.wait == wait


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, Transient),
        (502, Transient),
        (408, Transient),
        (425, Transient),
        (401, AccessDenied),
        (403, AccessDenied),
        (302, Unreachable),
        (400, NotTaken),
        (404, NotTaken),
        (410, NotTaken),
        (422, NotTaken),
    ],
)
def test_a_status_says_whether_it_is_tried_again(web, poster, status, error):
    web.faults.append((status, {"Location": "http://127.0.0.2:9/"}))

    with pytest.raises(error, match=f"Jira .*{status}"):
        poster.call("POST", web.base)
    assert len(web.calls) == 1


def test_fields_that_are_complained_of_are_named_and_nothing_else_of_the_answer(web, poster):
    body = json.dumps({"errorMessages": [SECRET], "errors": {"priority": SECRET, "a b": "x"}})
    web.faults.append(lambda _request: Response(body, 400))

    with pytest.raises(NotTaken, match=re.escape("Jira answered with 400 (priority)")):
        poster.call("POST", web.base)


def reset(request):
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response("")


def test_a_connection_that_breaks_is_tried_again(web, poster):
    web.faults.append(reset)

    with pytest.raises(Transient, match="broke off"):
        poster.call("POST", web.base)


def test_an_answer_without_an_end_is_cut(web, poster):
    web.faults.append(lambda _request: Response("x" * (2 << 20), 200))

    with pytest.raises(Transient, match="1 MB"):
        poster.call("POST", web.base)


def test_a_slow_receiver_is_tried_again(web, poster, monkeypatch):
    import httpx2  # noqa: PLC0415 (as the source does)

    def slow(*_given, **_named):
        raise httpx2.ReadTimeout("slow")

    monkeypatch.setattr(httpx2.Client, "stream", slow)
    with pytest.raises(Transient, match="in time"):
        poster.call("POST", web.base)


@pytest.mark.parametrize("url", [f"http://127.0.0.1:9/{SECRET}", f"http://[{SECRET}/x", f"{SECRET}://x"])
def test_an_address_that_leads_nowhere_is_not_said(poster, url):
    with pytest.raises(OstiaryError) as refused:
        poster.call("POST", url)
    assert SECRET not in str(refused.value)


def test_a_user_signs_in_by_the_header_of_rfc_7617():
    assert basic("Aladdin", "open sesame") == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
