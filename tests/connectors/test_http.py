"""The client of all live sources: patient with what passes, plain about what does not, silent about secrets."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connectors.http import Answer, Bearer, Http, Rejected, check_new, origin
from connectors.live import Wire
from connectors.patience import Pace
from connectors.secrets import References
from model.errors import AccessDenied, Interrupted, RateLimited, Transient, Unreachable
from tests.connectors.live import Waiting

OKTA_DENIED = {"errorCode": "E0000006", "errorSummary": "no"}


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


@pytest.fixture
def http(server, wire):
    made = Http(wire, server.url_for("").rstrip("/"), Bearer(lambda: "t0ps3cret"))
    yield made
    made.close()


@pytest.fixture
def say(server):
    """Let the server answer with these, one after the other; the last for ever."""

    def told(*answers):
        calls = []

        def answer(request):
            calls.append(request)
            made = answers[min(len(calls), len(answers)) - 1]
            return made(request) if callable(made) else Response(**made)

        server.expect_request(re.compile("/.*")).respond_with_handler(answer)
        return calls

    return told


def good(body="[1]", **headers):
    return {"response": body, "headers": headers, "content_type": "application/json"}


def bad(status, body="{}", **headers):
    return {"response": body, "status": status, "headers": headers}


def test_an_answer_has_status_headers_and_json(http, say):
    calls = say(good('{"a": 1}', X_Y="z"))

    answer = http.get("/things", {"limit": 2})

    assert (answer.status, answer.json(), answer.headers["x_y"]) == (200, {"a": 1}, "z")
    assert calls[0].headers["Authorization"] == "Bearer t0ps3cret"
    assert calls[0].args.to_dict() == {"limit": "2"}
    assert calls[0].headers["User-Agent"] == "ostiary"


def test_json_and_forms_are_posted_and_a_post_may_go_without_the_token(http, say):
    calls = say(good())

    http.post("/a", json={"x": 1})
    http.post("/b", form={"y": "2"}, signed=False)

    assert calls[0].json == {"x": 1}
    assert calls[1].form.to_dict() == {"y": "2"}
    assert "Authorization" not in calls[1].headers


@pytest.mark.parametrize(
    ("link", "rel", "found"),
    [
        ('<https://a/x?after=1>; rel="next"', "next", "https://a/x?after=1"),
        ('<https://a/x>; rel="self", <https://a/y,z>; rel="next"', "next", "https://a/y,z"),
        ("<https://a/x>; rel=next", "next", "https://a/x"),
        ('</y>; title="a, b"; rel="prev next"', "next", "https://h/y"),
        ('<https://a/x>; rel="nextish"', "next", None),
        ("nonsense", "next", None),
        ("", "next", None),
    ],
)
def test_links_are_read_however_they_are_joined(link, rel, found):
    assert Answer(200, {"link": link}, b"[]", "https://h/x").link(rel) == found


def test_two_header_lines_of_links_are_one(http, say):
    def answer(_request):
        made = Response("[]", content_type="application/json")
        made.headers.add("Link", '<http://127.0.0.1/self>; rel="self"')
        made.headers.add("Link", '<http://127.0.0.1/next>; rel="next"')
        return made

    say(answer)

    assert http.get("/x").link() == "http://127.0.0.1/next"


def test_the_patience_of_signing_in_and_of_calling_are_not_multiplied(server, wire, say, clock):
    calls = say(bad(500))
    login = Http(wire, server.url_for("").rstrip("/"))

    class Login(Bearer):
        def headers(self, _method, _url):
            return {"Authorization": str(login.post("/token", form={}).json())}

    http = Http(wire, server.url_for("").rstrip("/"), Login(str))

    with pytest.raises(Transient, match="POST /token was answered with 500"):
        http.get("/x")

    assert len(calls) == 6
    http.close()
    login.close()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_what_passes_is_tried_again(http, say, clock, status):
    say(bad(status), bad(status), good())

    assert http.get("/x").status == 200
    assert clock.waits == [1.0, 2.0]


def test_a_failure_that_does_not_pass_is_given_up_in_bounded_time(http, say, clock):
    calls = say(bad(500))

    with pytest.raises(Transient, match="GET /x was answered with 500"):
        http.get("/x")

    assert len(calls) == 6
    assert sum(clock.waits) == 31


def test_a_rest_is_as_long_as_asked(http, say, clock):
    moment = clock.at + timedelta(seconds=40)
    say(
        bad(429, **{"Retry-After": "7"}),
        bad(429, Date=format_datetime(clock.at, usegmt=True), **{"X-Rate-Limit-Reset": str(int(moment.timestamp()))}),
        good(),
    )

    http.get("/x")

    assert clock.waits == [7.0, 41.0]


def test_a_rest_without_an_end_is_a_wait_that_grows_by_chance(http, say, clock):
    say(bad(429), good())

    http.get("/x")

    assert clock.waits == [8.0]


def test_a_rest_of_hours_is_not_waited_for(http, say, clock):
    say(bad(429, **{"Retry-After": "86400"}))

    with pytest.raises(RateLimited) as caught:
        http.get("/x")

    assert caught.value.wait == 86400
    assert clock.waits == []


def test_a_refusal_that_means_rest_is_a_rest(http, say, clock):
    body = '{"error": {"code": 403, "message": "x", "errors": [{"reason": "userRateLimitExceeded"}]}}'
    say(bad(403, body, **{"Retry-After": "3"}), good())

    assert http.get("/x").status == 200
    assert clock.waits == [3.0]


def test_a_503_with_a_time_is_waited_for_exactly(http, say, clock):
    say(bad(503, **{"Retry-After": "11"}), good())

    http.get("/x")

    assert clock.waits == [11.0]


def test_the_end_of_a_window_says_nothing_of_when_a_trouble_ends(http, say, clock):
    say(bad(500, **{"X-RateLimit-Reset": "50"}), good())

    http.get("/x")

    assert clock.waits == [1.0]


def test_where_no_call_is_left_the_next_one_waits_for_the_reset(http, say, clock):
    say(good(**{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}), good())

    http.get("/x")
    http.get("/x")

    assert len(clock.waits) == 1
    assert 29 < clock.waits[0] <= 30


def test_a_403_names_the_code_and_never_the_words(http, say):
    say(bad(403, '{"errorCode": "E0000006", "errorSummary": "hush t0ps3cret"}'))

    with pytest.raises(AccessDenied, match="Okta E0000006") as caught:
        http.get("/x")

    assert caught.value.lacking
    assert "hush" not in str(caught.value)


def test_a_401_is_a_stale_credential(http, say):
    calls = say(bad(401, '{"errorCode": "E0000011", "errorSummary": "no"}'))

    with pytest.raises(AccessDenied, match="Okta E0000011: renew the credential") as caught:
        http.get("/x")

    assert not caught.value.lacking
    assert len(calls) == 1


def test_a_credential_is_renewed_once(server, wire, say):
    class Fresh:
        renewed = 0

        def headers(self, _method, _url):
            return {"Authorization": f"v{self.renewed}"}

        def renew(self, _answer):
            self.renewed += 1
            return True

    auth = Fresh()
    calls = say(bad(401), good())
    http = Http(wire, server.url_for("").rstrip("/"), auth)

    assert http.get("/x").status == 200
    assert [c.headers["Authorization"] for c in calls] == ["v0", "v1"]
    server.clear()
    say(bad(401))
    with pytest.raises(AccessDenied):
        http.get("/x")
    assert auth.renewed == 2
    http.close()


def test_another_refusal_of_the_call_has_status_and_code(http, say):
    say(bad(404, '{"errorCode": "E0000007", "errorSummary": "Not found: ana@acme.example"}'))

    with pytest.raises(Rejected, match="GET /api/v1/users was answered with 404 Okta E0000007") as caught:
        http.get("/api/v1/users/ana@acme.example")

    assert (caught.value.status, caught.value.code) == (404, "Okta E0000007")
    assert "ana@" not in str(caught.value)


def test_an_error_that_a_vendor_says_passes_is_tried_again(server, wire, say):
    say(bad(400, '{"errorCode": "E1", "errorSummary": "x"}'), good())
    http = Http(wire, server.url_for("").rstrip("/"), retry=lambda answer: answer.status == 400)

    assert http.get("/x").status == 200
    http.close()


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_web_page_is_somebody_else(http, say, status):
    say(bad(status, "\n<!DOCTYPE html><html>Please sign in</html>"))

    with pytest.raises(Unreachable, match=r"a web page answers GET /x in place of 127\.0\.0\.1") as caught:
        http.get("/x")

    assert caught.value.everything
    assert "proxy" in caught.value.remedy


def test_a_web_page_of_a_gateway_in_trouble_passes(http, say):
    say(bad(502, "<html>Bad gateway</html>"), good())

    assert http.get("/x").status == 200


def test_a_redirect_is_not_followed(http, say):
    calls = say(bad(302, "", Location="https://elsewhere.example/?t=1"))

    with pytest.raises(Unreachable, match=r"sends GET /x elsewhere \(302\)"):
        http.get("/x")

    assert len(calls) == 1


@pytest.mark.parametrize("body", ["", "[1, 2", '{"a": ', "ok", "[1] [2]"])
def test_half_an_answer_is_tried_again(http, say, body):
    say(good(body), good())

    assert http.get("/x").json() == [1]


def test_an_answer_that_stays_half_is_given_up(http, say):
    say(good("[1"))

    with pytest.raises(Transient, match="half an answer"):
        http.get("/x")


def test_an_answer_without_end_is_not_taken(http, say, monkeypatch):
    monkeypatch.setattr("connectors.http._BODY_LIMIT", 10)
    say(good("[" + "1," * 20 + "1]"))

    with pytest.raises(Unreachable, match="more than 64 MB"):
        http.get("/x")


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/x", "http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "//evil.example/x", "x", "http://[bad"],
)
def test_a_link_to_another_host_is_never_followed(http, say, link):
    calls = say(good())

    with pytest.raises(Unreachable, match="another host"):
        http.get(link)

    assert calls == []


def test_pages_are_followed_to_the_last(http, say):
    def page(request):
        at = int(request.args.get("at", 0))
        more = {"Link": f'<{request.base_url}?at={at + 1}>; rel="next"'} if at < 2 else {}
        return Response(f"[{at}]", headers=more, content_type="application/json")

    say(page)

    assert [answer.json() for answer in http.follow("/x")] == [[0], [1], [2]]


def test_pages_that_go_round_in_a_circle_end(http, say):
    def page(request):
        at = int(request.args.get("at", 0))
        link = f'<{request.base_url}?at={(at + 1) % 3}>; rel="next"'
        return Response("[]", headers={"Link": link}, content_type="application/json")

    say(page)

    with pytest.raises(Unreachable, match="was read before"):
        list(http.follow("/x", {"at": 0}))


def test_a_link_is_new_once():
    seen = set()
    check_new("a", seen)

    with pytest.raises(Unreachable):
        check_new("a", seen)


def test_nobody_there_is_said_after_a_bounded_time(wire, clock):
    http = Http(wire, "http://127.0.0.1:9")

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached") as caught:
        http.get("/x")

    assert caught.value.everything
    assert len(clock.waits) == 5
    http.close()


def test_a_certificate_that_does_not_verify_is_told_at_once(wire, clock, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    server = HTTPServer(host="127.0.0.1", ssl_context=context)
    server.start()
    http = Http(wire, server.url_for("").replace("localhost", "127.0.0.1").rstrip("/"))

    with pytest.raises(Unreachable, match=r"the certificate of 127\.0\.0\.1 does not verify") as caught:
        http.get("/x")

    assert caught.value.everything
    assert clock.waits == []
    http.close()
    server.stop()


def test_an_authority_of_the_company_is_trusted_where_it_is_named(wire, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = certificate(tmp_path)
    context.load_cert_chain(*chain)
    server = HTTPServer(host="127.0.0.1", ssl_context=context)
    server.expect_request("/x").respond_with_json([1])
    server.start()
    wire.certificates = str(chain[0])
    http = Http(wire, server.url_for("").rstrip("/"))

    assert http.get("/x").json() == [1]
    http.close()
    server.stop()


def certificate(folder):
    """Return the files of a certificate for this machine that nobody vouches for, and of its key."""
    from ipaddress import ip_address  # noqa: PLC0415 (beside its only use)

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
    return paths


def test_the_time_of_the_source_is_heard(http, say, wire, clock):
    say(good(Date=format_datetime(clock.at + timedelta(hours=2), usegmt=True)))

    http.get("/x")

    assert abs(wire.offset - timedelta(hours=2)) < timedelta(seconds=2)
    assert abs(wire.now() - clock.at - timedelta(hours=2)) < timedelta(seconds=2)


def test_a_pace_is_kept(server, wire, say, clock):
    say(good())
    http = Http(wire, server.url_for("").rstrip("/"), pace=Pace(2, 10))

    for _ in range(3):
        http.get("/x")

    assert len(clock.waits) == 1
    assert 9 < clock.waits[0] <= 10
    http.close()


def test_what_goes_wrong_in_one_of_many_calls_comes_out(http, say):
    say(bad(403, '{"errorCode": "E0000006", "errorSummary": "x"}'))

    with pytest.raises(AccessDenied):
        list(http.each(range(9), lambda n: http.get(f"/x{n}")))


def test_a_run_that_is_told_to_stop_stops_before_the_next_call(http, say, wire):
    calls = say(good())
    wire.stop.set()

    with pytest.raises(Interrupted):
        http.get("/x")

    assert calls == []


def test_an_origin_is_scheme_host_and_port():
    assert origin("https://A.example/x") == origin("https://a.example:443")
    assert origin("https://a.example") != origin("http://a.example")
    assert origin("https://a.example:x")[0] == ""
