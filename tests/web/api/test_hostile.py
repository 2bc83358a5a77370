"""What nobody means well by: bodies without end or sense, characters that are none, texts that would be markup."""

import json

import pytest

from gate.roles import Role
from storage import kept

RATE = {"importance": "high", "risk": "low", "side": "it"}
JSON = {"content-type": "application/json"}


def sent(one, body, headers=JSON, path="/tools/asana/rate"):
    return one.request("POST", f"/api/v1{path}", content=body, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'a': 1}",
        b"[" * 200_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"reason": NaN}',
        b'{"reason": Infinity}',
        b'{"reason": 1e999}',
        b'{"reason": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"reason": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b'{"reason": ' + b"9" * 6_000 + b"}",
        b"\x00",
        "{}".encode("utf-16"),
    ],
)
def test_what_is_no_json_is_a_problem(desk_program, body):
    got = sent(desk_program, body)

    assert got.status_code == 400
    assert got.headers["content-type"] == "application/problem+json"
    assert got.json()["title"] == "This is no JSON."


@pytest.mark.parametrize("body", [b"null", b"[]", b"1", b'"text"', b"true", b"{}", b"", b'[{"reason": "x"}]'])
def test_json_that_is_no_act_says_where(desk_program, body):
    got = sent(desk_program, body)

    assert got.status_code == 422
    assert got.json()["errors"]


@pytest.mark.parametrize(
    "value", [1, 1.5, True, None, [], {}, ["x"], 10**400, -1, "", " ", "\n", "a\x00b", "x" * 10_001]
)
def test_a_value_of_another_kind_says_where(desk_program, value):
    got = desk_program.act("/tools/asana/rate", RATE | {"reason": value})

    assert got.status_code == 422
    assert [one["where"] for one in got.json()["errors"]] == ["reason"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_a_body_of_another_kind_is_refused(desk_program, kind):
    got = sent(desk_program, json.dumps(RATE).encode(), {"content-type": kind})

    assert got.status_code == 415


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_by_another_spelling_is_json(desk_program, kind):
    assert sent(desk_program, json.dumps(RATE | {"reason": "x"}).encode(), {"content-type": kind}).status_code == 200


def test_ten_megabytes_are_refused_before_they_are_read(desk_program):
    got = sent(desk_program, b'{"reason": "' + b"x" * 10_000_000 + b'"}')

    assert got.status_code == 413
    assert got.headers["content-type"] == "application/problem+json"


def test_ten_megabytes_without_a_length_are_refused_while_they_are_read(desk_program):
    def chunks():
        for _ in range(200):
            yield b" " * 50_000

    assert sent(desk_program, chunks()).status_code == 413


def test_a_field_that_we_do_not_know_is_named_and_not_repeated_without_end(desk_program):
    strange = {f"<script>{'x' * 10_000}{number}": 1 for number in range(50)}
    got = desk_program.act("/tools/asana/rate", RATE | {"reason": "x"} | strange)

    assert got.status_code == 422
    assert len(got.content) < 20_000
    assert desk_program.act("/tools/asana/rate", RATE | {"reason": "x", "colour": 1}).json()["errors"] == [
        {"where": "colour", "what": "Extra inputs are not permitted"}
    ]


HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u202egnp.exe",
    "🦊" * 500,
    "x" * 9_999,
    "'; DROP TABLE tool--",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_writes_is_kept_and_given_back_as_it_is(desk_program, office, text):
    number = desk_program.act("/tools/asana/rate", RATE | {"reason": text}).json()["decision"]
    got = desk_program.get(f"/decisions/{number}")

    assert got.json()["reason"] == text
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-type"] == "application/json"
    with office.store.read() as connection:
        assert kept.decisions(connection)[-1]["id"] == number


@pytest.mark.parametrize(
    "text", [*HOSTILE, "%00", "a%00b", "%ff", "../../etc/passwd", "%2e%2e%2f", "a" * 3_000, "💥", "%"]
)
@pytest.mark.parametrize(
    "path", ["/tools/{}", "/findings/{}", "/tools?search={}", "/evidence?key=abc{}", "/decisions?kind={}"]
)
def test_whatever_stands_in_an_address_is_answered(reader, path, text):
    got = reader.get(path.format(text.replace("/", "%2F").replace("#", "%23").replace("?", "%3F")))

    assert got.status_code in {200, 404, 422}
    assert "Traceback" not in got.text


def test_an_error_of_ours_gives_nothing_away(program, app, monkeypatch):
    one = program(Role.REVIEWER)
    monkeypatch.setattr("web.api.tools.find", lambda *_: 1 / 0)
    got = one.get("/tools")

    assert got.status_code == 500
    assert got.headers["content-type"] == "application/problem+json"
    assert "ZeroDivision" not in got.text
    assert got.json()["request"] == got.headers["x-request-id"]


@pytest.mark.parametrize("value", ["", "*", '"', 'W/"', "x" * 50_000, '"a","b",,,'])
def test_an_entity_tag_that_is_none_is_no_harm(reader, value):
    assert reader.get("/account", headers={"if-none-match": value}).status_code in {200, 304}
