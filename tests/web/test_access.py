"""Every route declares what it needs, and what it needs holds: each route tried by each role and by nobody."""

import re

import pytest

from gate.roles import RIGHTS, Act, Role
from web.access import DECLARED, Open
from web.api.document import document, operations
from web.app import declared, make_app

#: What stands for a parameter of a path.
#: Account 2 is a reviewer: what ends or signs out account 1, the administrator, would end the walk.
GIVEN = {"number": "2", "case": "1", "tool": "hubspot", "token": "x", "file": "site.css"}


def routes(app):
    """Yield each route as (method, a path that can be asked for, what it needs)."""
    for route in app.routes:
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: GIVEN.get(found[1], "1"), route.path)
        for method in sorted(route.methods - {"HEAD"}):
            yield method, path, getattr(route.endpoint, DECLARED, None)


#: What stands for a field that an act must be sent; the others are left out.
FIELDS = {
    **dict.fromkeys(("reason", "purpose", "sentence", "value", "name", "merchant", "identity"), "Because"),
    "into": "asana",
    "tool": "Quillfox",
    "address": "a@b.example",
    "to": "auditor@tarnvik.example",
    "noise": True,
    "side": "business",
    "fact": "data.personal",
    "kind": "domain",
    "importance": "high",
    "risk": "low",
    "outcome": "reject",
    "seen": "0" * 64,
    "until": "2027-01-31",
    "ruling": "later",
    "email": "new@tarnvik.example",
    "roles": ["auditor"],
    "acts": ["look"],
    "days": 3,
    "messages": [1],
}
#: What its schema asks for by a condition.
MORE = {"Split": {"name": "Because"}, "Rights": {"roles": ["reviewer"]}}


def sent():
    """Yield (method, a path that can be asked for) of each act of the interface with a body that it takes."""
    found = document()
    for path, method, operation in operations(found):
        if "requestBody" in operation:
            name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            needed = found["components"]["schemas"][name].get("required", ())
            body = {field: FIELDS[field] for field in needed} | MORE.get(name, {})
            filled = re.sub(r"\{(\w+)\}", lambda one: GIVEN.get(one[1], "1"), path)
            yield (method.upper(), filled), {"json": body}


def test_every_route_declares_what_it_needs(app):
    assert [path for path, needs in declared(app) if not isinstance(needs, Act | Open)] == []


def test_an_application_with_a_route_that_declares_nothing_is_not_made(office, monkeypatch):
    def nothing() -> str:
        return "open to all"

    monkeypatch.setattr("web.api.add", lambda app: app.add_api_route("/open", nothing, methods=["GET"]))

    with pytest.raises(RuntimeError, match="/open"):
        make_app(office)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_a_route_answers_those_alone_whom_it_declares(app, browser, role, monkeypatch):
    monkeypatch.setattr("web.protect.ACTS", 10_000)
    monkeypatch.setattr("web.protect.GUESSES", 10_000)
    client, bodies = browser(role, raise_server_exceptions=False), dict(sent())
    csrf = client.csrf() if role else ""
    wrong = []
    for method, path, needs in routes(app):
        if path == "/sign-out" or path.startswith(("/account/sessions", "/api/v1/account/sessions")):
            continue  # they end the session that asks; tests of their own try them
        if needs is Open.LINK:
            continue  # what opens them is the secret in the address
        given = {"data": {"csrf": csrf}} if method == "POST" else {}
        if path.startswith("/api/"):
            given = {"headers": {"x-csrf-token": csrf}} | bodies.get((method, path), {})
        got = client.request(method, path, follow_redirects=False, **given)
        allowed = (
            needs is Open.ANYBODY
            or (role is not None and needs is Open.SIGNED_IN)
            or (isinstance(needs, Act) and role in RIGHTS[needs])
        )
        if allowed and got.status_code in {401, 403} | ({500} if method == "GET" else set()):
            wrong.append(f"{method} {path}: {role} may, and got {got.status_code}")
        away = got.status_code == 303 and got.headers["location"].startswith("/sign-in")
        if not allowed and not (got.status_code == 403 if role else got.status_code == 401 or away):
            wrong.append(f"{method} {path}: {role} may not, and got {got.status_code}")
    assert wrong == []


def test_what_an_act_of_the_interface_is_sent_here_is_what_it_takes(browser):
    client = browser(Role.REVIEWER, raise_server_exceptions=False)
    headers = {"x-csrf-token": client.csrf()}
    refused = {
        path: got.json()["errors"]
        for (method, path), body in sent()
        if (got := client.request(method, path, headers=headers, **body)).status_code == 422
    }
    assert refused == {}
