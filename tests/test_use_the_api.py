"""What docs/how-to/use-the-api.md shows works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from gate.roles import Act, Role
from tests.web.api.conftest import token_of
from tests.web.conftest import *  # noqa: F403 (the application and its browsers are asked for as fixtures)
from web.api.document import document
from web.app import protected

PAGE = (Path(__file__).resolve().parent.parent / "docs/how-to/use-the-api.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
    if line.startswith("curl ")
]
#: A case is signed on what was read: the page has a word in its place.
_SEEN = "SEEN"


def asked(command, token):
    """Return method, path, headers and body of a command of the page."""
    words = shlex.split(command.replace("$OSTIARY", "/api/v1").replace("$TOKEN", token))
    method, path, headers, body = "GET", None, {}, None
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word != "-s":
            path = word
    return method, path, headers, body


@pytest.fixture
def program(app, office):
    from starlette.testclient import TestClient  # noqa: PLC0415

    return TestClient(protected(app)), token_of(office, Role.APPROVER_IT), token_of(office, Role.APPROVER_MARKETING)


def test_every_command_of_the_page_is_answered(program):
    client, token, other = program
    for command in COMMANDS:
        method, path, headers, body = asked(command, other if "/reveal" in command else token)
        if body is not None and _SEEN in body:
            seen = client.get("/api/v1/cases/1", headers=headers).json()["seen"]
            body = body.replace(_SEEN, seen)
        got = client.request(method, path, headers=headers, content=body)
        assert got.status_code in {200, 201}, (command, got.text)


def test_every_address_of_the_page_is_one_of_ours():
    known = [re.sub(r"\{\w+\}", "[^/]+", path) for path in document()["paths"]]
    named = [asked(command, "")[1].partition("?")[0] for command in COMMANDS]
    named += [f"/api/v1{path}" for path in re.findall(r"`(?:GET|POST) (/[a-z/]+)", PAGE)]

    assert len(named) > 12
    for path in named:
        assert any(
            re.fullmatch(one, path.replace("NUMBER", "1").rstrip("/")) or one.startswith(path) for one in known
        ), path


def test_what_a_token_may_do_is_called_as_the_page_of_the_account_calls_it():
    assert {*re.findall(r"\*([a-z ]+)\*", PAGE)} <= {*map(str, Act)}
