"""The client of all live sources: calls side by side, their rests, and the one budget of tries of call and sign-in."""

import re
import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connectors.http import Bearer, Http
from connectors.live import Wire
from connectors.secrets import References
from model.errors import RateLimited, Transient
from tests.connectors.live import Waiting


@pytest.fixture
def clock():
    return Waiting()


@pytest.fixture
def server(sockets):
    if not sockets:
        sockets.append(HTTPServer(host="127.0.0.1", threaded=True))
        sockets[0].start()
    sockets[0].clear()
    yield sockets[0]
    sockets[0].clear()


@pytest.fixture
def wire(tmp_path, clock):
    return Wire(secrets=References(tmp_path, {}), clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)


class SigningIn(Bearer):
    """A sign-in by a token endpoint, fetched anew until it is given, as OAuth's are."""

    def __init__(self, server, wire):
        self.http, self.token, self.calls = Http(wire, server.url_for("").rstrip("/")), None, 0

    def headers(self, _method, _url):
        if self.token is None:
            self.http.post("/token", form={}, signed=False)
            self.token = "t"
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self, _answer):
        self.token = None
        return True


@pytest.fixture
def script(server, wire):
    """Let the token endpoint and the interface fail so often each; return a client, and the paths that are called."""
    made = []

    def written(token_fails, fails, status=500):
        left, paths = {"/token": token_fails, "/x": fails}, []

        def answer(request):
            paths.append(request.path)
            left[request.path] -= 1
            return Response("{}", 200 if left[request.path] < 0 else status, {"Retry-After": "1"})

        server.expect_request(re.compile("/.*")).respond_with_handler(answer)
        auth = SigningIn(server, wire)
        made.extend([Http(wire, server.url_for("").rstrip("/"), auth), auth.http])
        return made[-2], paths

    yield written
    for http in made:
        http.close()


@pytest.mark.parametrize(
    ("token_fails", "fails", "token_calls", "calls"),
    [(0, 5, 1, 6), (5, 0, 6, 1), (2, 3, 3, 4), (3, 2, 4, 3)],
)
def test_signing_in_and_calling_draw_on_one_budget_of_tries(script, token_fails, fails, token_calls, calls):
    http, paths = script(token_fails, fails)

    assert http.get("/x").status == 200
    assert (paths.count("/token"), paths.count("/x")) == (token_calls, calls)


@pytest.mark.parametrize(
    ("token_fails", "fails", "token_calls", "calls"),
    [(0, 99, 1, 6), (99, 0, 6, 0), (3, 99, 4, 3), (5, 99, 6, 1), (5, 1, 6, 1)],
)
def test_the_one_budget_ends_both(script, token_fails, fails, token_calls, calls):
    http, paths = script(token_fails, fails)

    with pytest.raises(Transient):
        http.get("/x")

    assert (paths.count("/token"), paths.count("/x")) == (token_calls, calls)


def test_rests_are_of_one_budget_too(script):
    http, paths = script(12, 99, status=429)

    with pytest.raises(RateLimited):
        http.get("/x")

    assert (paths.count("/token"), paths.count("/x")) == (13, 9)


def test_every_call_has_a_budget_of_its_own(script):
    http, paths = script(2, 3)
    http.get("/x")

    for _ in range(9):
        http.get("/x")

    assert len(paths) == 3 + 4 + 9


def test_calls_go_side_by_side_but_no_more_than_allowed_and_their_order_stays(server, wire):
    lock, at_once, most = threading.Lock(), [0], [0]
    gate = threading.Barrier(3, timeout=60)

    def answer(request):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        if int(request.args["n"]) < 3:
            gate.wait()
        with lock:
            at_once[0] -= 1
        return Response(request.args["n"], content_type="application/json")

    server.expect_request("/x").respond_with_handler(answer)
    http = Http(wire, server.url_for("").rstrip("/"), width=3)

    found = list(http.each(range(12), lambda n: http.get("/x", {"n": n}).json()))

    assert found == [(n, n) for n in range(12)]
    assert most[0] == 3
    http.close()


def test_a_rest_that_one_call_is_asked_for_is_kept_by_all(server, wire, clock):
    """Four calls at once: all that began are told to rest; none of the others is sent before."""
    lock, times, gate = threading.Lock(), [], threading.Barrier(4, timeout=60)

    def answer(request):
        with lock:
            times.append(clock.at)
            first = len(times) <= 4
        if first:
            gate.wait()
            return Response("{}", 429, {"Retry-After": "30"})
        return Response(request.args["n"], content_type="application/json")

    server.expect_request("/x").respond_with_handler(answer)
    http = Http(wire, server.url_for("").rstrip("/"), width=4)
    begun = clock.at

    found = list(http.each(range(12), lambda n: http.get("/x", {"n": n}).json()))

    assert found == [(n, n) for n in range(12)]
    assert all(at - begun >= timedelta(seconds=29) for at in times[4:])
    assert len(times) == 16
    http.close()


def test_as_the_headers_count_down_fewer_calls_run_at_once_and_none_is_refused(server, wire, clock):
    """A vendor that allows ten calls a minute, and says so: thirty calls take two rests, and no refusal."""
    lock, left, busy, most_at = threading.Lock(), [10], [0], {}

    def answer(request):
        with lock:
            if clock.at >= reset[0]:
                left[0], reset[0] = 10, clock.at + timedelta(seconds=60)
            busy[0] += 1
            most_at[left[0]] = max(most_at.get(left[0], 0), busy[0])
            status, left[0] = (200, left[0] - 1) if left[0] else (429, 0)
            headers = {
                "X-Rate-Limit-Limit": "10",
                "X-Rate-Limit-Remaining": str(left[0]),
                "X-Rate-Limit-Reset": str(int(reset[0].timestamp())),
                "Date": format_datetime(clock.at, usegmt=True),
            }
            answered.append(status)
        made = Response(request.args["n"], status, headers, content_type="application/json")
        made.call_on_close(over)
        return made

    def over():
        with lock:
            busy[0] -= 1

    answered, reset = [], [clock.at + timedelta(seconds=60)]
    server.expect_request("/x").respond_with_handler(answer)
    http = Http(wire, server.url_for("").rstrip("/"), width=4)

    found = list(http.each(range(30), lambda n: http.get("/x", {"n": n}).json()))

    assert found == [(n, n) for n in range(30)]
    assert answered.count(429) <= 2  # answers of calls at once may overtake one another
    http.close()


def test_pages_of_many_items_come_in_the_order_of_reading_one_after_the_other(server, wire):
    def page(request):
        at = int(request.args.get("at", 0))
        last = int(request.path.strip("/x")) % 3
        more = {"Link": f'<{request.base_url}?at={at + 1}>; rel="next"'} if at < last else {}
        return Response(f"[{at}]", headers=more, content_type="application/json")

    server.expect_request(re.compile("/x.*")).respond_with_handler(page)
    http = Http(wire, server.url_for("").rstrip("/"), width=3)

    found = list(http.chains(range(9), lambda n: (answer.json() for answer in http.follow(f"/x{n}"))))

    assert found == [(n, [at]) for n in range(9) for at in range(n % 3 + 1)]
    http.close()
