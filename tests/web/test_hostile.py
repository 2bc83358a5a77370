"""Every page and export over a store full of hostile values; every act with hostile, broken and foreign input."""

import csv
import io
import json
import re
import shutil
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from commands.acting import gate_of
from commands.faces import office as made_office
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from gate import accounts
from gate.questions import Asking
from gate.reviewing import Review
from gate.roles import RIGHTS, Act, Role
from gate.terms import Terms
from scanner.demo import COMPANY
from storage.store import Store
from tests.web.conftest import WHO, Browser, Clock
from tests.web.hostile import VALUES, Faults, digest, fill
from web import sessions, tokens
from web.access import DECLARED, Open
from web.app import make_app, protected
from web.insights.views import BY_NAME
from web.office import WebSettings
from web.templating import TEMPLATES

LIMITED = "limited@tarnvik.example"
#: What ends the session that walks, or takes long and is tried elsewhere.
ENDS = re.compile(r"/sign-out|/account/sessions|/people/1\b|/accounts/1\b|/sign-in/|/coverage/scan|/api/v1/scans|/try$")


class House:
    """One served store, and browsers of each role."""

    def __init__(self, folder):
        self.clock = Clock()
        self.store = Store(f"sqlite:///{folder / 'demo.db'}")
        desk = Desk(
            Program(format="json"), Settings(folder=folder, company=COMPANY), self.store, empty=False, clock=self.clock
        )
        web = WebSettings(public_url="http://testserver")
        self.office = made_office(desk, web, lambda *, checked=True: gate_of(desk, checked=checked))
        self._app = None

    @property
    def app(self):
        if self._app is None:
            self._app = make_app(self.office)
        return self._app

    def browser(self, who=None) -> Browser:
        client = Browser(protected(self.app), headers={"accept-language": "en-GB"}, raise_server_exceptions=False)
        if who is not None:
            with self.store.write() as connection:
                account = accounts.the_account(connection, WHO.get(who, who), self.clock.now())
                token = sessions.start(connection, account.id, self.office.web, at=self.clock.now(), agent="test")
            client.cookies.set("ostiary", token)
        return client

    def values(self, sql: str) -> list:
        with self.store.read() as connection:
            return list(connection.execute(text(sql)).scalars())


def prepare(house: House) -> None:
    """Leave something of every kind: questions, a request, a decision, a token, a link."""
    at, gate, trail = house.clock.now(), house.office.gate(), house.office.trail()
    with house.store.write() as connection:
        first = accounts.the_account(connection, WHO[Role.ADMINISTRATOR], at)
        accounts.add(connection, trail, first, LIMITED, [Role.REVIEWER], at=at, units=["Nowhere"])
        reviewer = accounts.the_account(connection, WHO[Role.REVIEWER], at)
        cases = connection.execute(text("SELECT id FROM review_case ORDER BY id")).scalars().all()
        Review(connection, gate, cases[0], reviewer).assign(reviewer)
        terms = Terms(outcome="reject", reason="Read the contract", sentence="Not for us.")
        Review(connection, gate, cases[1], reviewer).sign(terms)
        tokens.make(connection, trail, first, "A token", [Act.LOOK], until=at + timedelta(days=9), at=at)
        asked = Asking(connection, gate, cases[2], reviewer).ask([], WHO[Role.APPROVER_MARKETING])
        assert asked.made
    user = house.browser(Role.BUSINESS_USER)
    typed = {"name": "Quillfox", "job": "email_marketing", "purpose": "Letters", "people": "12", "unit": "Sales"}
    assert user.act("/requests", **typed, data=["contacts"], once="k").status_code == 200


@pytest.fixture(scope="module")
def prepared(demo_with_accounts, tmp_path_factory):
    """A folder with a hostile store; look, but do not write."""
    folder = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(demo_with_accounts, folder)
    house = House(folder)
    prepare(house)
    fill(house.store)
    house.store.close()
    return folder


@pytest.fixture
def house(prepared, tmp_path, monkeypatch):
    shutil.copytree(prepared, tmp_path / "home")
    for name in ("READS", "ACTS", "GUESSES"):
        monkeypatch.setattr(f"web.protect.{name}", 1_000_000)
    made = House(tmp_path / "home")
    yield made
    made.store.close()


# --- what is walked --------------------------------------------------------------------------------------------------


def ids(house: House) -> dict[str, list]:
    """Return what stands for each parameter, by the part of the path before it."""
    case = house.values("SELECT id FROM review_case ORDER BY id LIMIT 3")
    tools = house.values("SELECT tool_id FROM review_case ORDER BY id LIMIT 3")
    pairs = house.values("SELECT policy || ':' || tool_id FROM finding WHERE verdict = 'violated' LIMIT 2")
    return {
        "cases": case,
        "tool": tools,
        "tools": tools,
        "tool_id": tools[:1],
        "finding": pairs,
        "policy": ["SEC-05"],
        "insights": [*BY_NAME],
        "sources": house.values("SELECT name FROM source ORDER BY id"),
        "number": ["1"],
        "decisions": house.values("SELECT max(id) FROM decision"),
        "token": ["x" * 43],
        "file": ["site.css"],
    }


def paths(route, known: dict[str, list]) -> list[str]:
    """Return addresses of a route, one for each of the ids that are known for its first parameter."""
    names = re.findall(r"(\w*)/\{(\w+)(?::\w+)?\}", route.path)
    options = [known.get(before) or known.get(name) or ["1"] for before, name in names]
    found = []
    for at in range(max((len(one) for one in options), default=1)):
        path = route.path
        for chosen in options:
            value = quote(str(chosen[at % len(chosen)]), safe="")
            before, _, rest = path.partition("{")
            path = before + value + rest.partition("}")[2]
        found.append(path)
    return found


def routes(house: House, method: str):
    return [one for one in house.app.routes if method in one.methods]


def told(answer) -> list[str]:
    """Return what is wrong with an answer, whatever it was asked for."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500:
        return [f"answers {answer.status_code}"]
    if kind.startswith("text/html"):
        return Faults.of(answer.text)
    if "json" in kind and "ndjson" not in kind and answer.content:
        json.loads(answer.content)
    if kind.startswith("text/csv"):
        cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
        return [f"a formula: {one[:40]!r}" for one in cells if re.match(r"[=+@\t\r]|-(?![\d.]+$)", one)]
    return []


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_no_page_believes_what_it_shows_and_no_reading_changes_anything(house, role):
    client, known, wrong, parsed = house.browser(role), ids(house), [], set()
    if role is not None:
        assert client.get("/account").status_code == 200
    before = digest(house.store)
    for route in routes(house, "GET"):
        needs = getattr(route.endpoint, DECLARED)
        if isinstance(needs, Act) and (role is None or role not in RIGHTS[needs]):
            continue  # test_access tries who may not
        for path in paths(route, known):
            if role is None and needs is Open.SIGNED_IN:
                continue
            answer = client.get(path, follow_redirects=False)
            page = re.sub(r'value="[\w-]{22,}"', "", answer.text)
            if page in parsed:
                continue
            parsed.add(page)
            wrong += [f"{path}: {fault}" for fault in told(answer)]
    assert wrong == []
    assert digest(house.store) == before


KEYS = ("q", "sort", "page", "status", "assignee", "policy", "state", "job", "unit", "system", "since", "by")
LISTS = ("/tools", "/cases", "/findings", "/inventory", "/money", "/connections", "/audit", "/requests", "/questions")


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_no_file_holds_a_formula_and_each_can_be_read(house, form):
    client, wrong, made = house.browser(Role.ADMINISTRATOR), [], 0
    for path in (*LISTS, "/coverage", "/people", "/policies", "/money/noise", *(f"/insights/{one}" for one in BY_NAME)):
        answer = client.get(path, params={"format": form})
        made += "attachment" in answer.headers.get("content-disposition", "")
        wrong += [f"{path}: {fault}" for fault in told(answer)]
        if form == "jsonl" and "ndjson" in answer.headers["content-type"]:
            [json.loads(line) for line in answer.text.splitlines()]
    assert wrong == []
    assert made >= 5


def test_what_is_looked_for_is_no_markup_and_breaks_no_list(house):
    client, wrong = house.browser(Role.REVIEWER), []
    for path in LISTS:
        for value in (*VALUES[:2], *VALUES[4:8], "9999-12-31", "0001-01-01"):
            given = dict.fromkeys(KEYS, value[:300])
            wrong += [f"{path}: {fault}" for fault in told(client.get(path, params=given))]
    assert wrong == []


# --- acts ------------------------------------------------------------------------------------------------------------

FIELDS = sorted(
    set(
        re.findall(
            r'(?:name="|parts\.\w+\(form, ")([a-z_]+)',
            "".join(path.read_text() for path in TEMPLATES.glob("*.html")),
        )
    )
    - {"csrf"}
    | {"condition_text_1", "condition_owner_1", "condition_due_1"}
)
#: What would be right at many places.
RIGHT = {
    "reason": "A reason", "sentence": "One sentence.", "outcome": "reject", "to": WHO[Role.REVIEWER], "noise": "yes",
    "agree_reason": "A reason", "rate_reason": "A reason", "importance": "high", "risk": "low", "until": "2026-12-31",
    "all": "1", "withdraw_reason": "A reason", "name": "A name", "alias": "A name", "kind": "name", "value": "yes",
    "fact": "data.dpa_signed", "into": "hubspot", "owner": WHO[Role.REVIEWER], "role": "business",
    "address": WHO[Role.REVIEWER], "email": WHO[Role.REVIEWER],
}  # fmt: skip


def inputs():
    """Yield name -> fields of a form: nothing, what is hostile, days at the ends of time, numbers without end."""
    yield "empty", {}
    for at in (0, 5, 9):
        yield f"hostile {at}", {name: VALUES[(at + n) % len(VALUES)] for n, name in enumerate(FIELDS)}
    for value in ("9999-12-31", "0001-01-01", "9" * 30, "-1", "x" * 21_000):
        yield value[:12], dict.fromkeys(FIELDS[: 300 if len(value) < 40 else 40], value)


def send(client, path, fields, csrf):
    if path.startswith("/api/"):
        return client.post(path, json=fields, headers={"x-csrf-token": csrf}, follow_redirects=False)
    return client.post(path, data={"csrf": csrf, **fields}, follow_redirects=False)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REVIEWER, Role.BUSINESS_USER])
def test_no_act_breaks_whatever_is_sent(house, role):
    client, known, wrong = house.browser(role), ids(house), []
    csrf = client.csrf()
    for route in routes(house, "POST"):
        needs = getattr(route.endpoint, DECLARED)
        path = paths(route, known)[-1]
        if ENDS.search(path) or (isinstance(needs, Act) and role not in RIGHTS[needs]):
            continue
        for name, fields in inputs():
            answer = send(client, path, fields, csrf)
            wrong += [f"{path} ({name}): {fault}" for fault in told(answer)]
            assert answer.status_code not in {401, 403} or needs is Act.LOOK or "may not" in answer.text, (path, name)
    assert wrong == []


def test_too_many_fields_are_refused_with_a_page(house):
    client = house.browser(Role.REVIEWER)
    answer = client.act("/account/tokens", **{f"f{n}": "x" for n in range(400)})

    assert answer.status_code == 400
    assert "Go back" in answer.text


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30, "9" * 4_500], ids=lambda n: str(n)[:8])
def test_a_number_of_nothing_is_not_found(house, number):
    client, wrong = house.browser(Role.ADMINISTRATOR), []
    for method in ("GET", "POST"):
        for route in routes(house, method):
            if not re.search(r"\{(number|condition)", route.path) or ENDS.search(route.path):
                continue
            path = re.sub(r"\{[^}]+\}", str(number), route.path)
            api = path.startswith("/api/")
            csrf = client.cookies and sessions.csrf_of(client.cookies["ostiary"])
            answer = send(client, path, {} if api else RIGHT, csrf) if method == "POST" else client.get(path)
            if not 400 <= answer.status_code < 500:
                wrong.append(f"{method} {path[:80]}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("who", [Role.BUSINESS_USER, Role.AUDITOR, LIMITED])
def test_who_may_not_changes_nothing(house, who):
    client, known = house.browser(who), ids(house)
    csrf = client.csrf()
    before = digest(house.store, "web_session", "done_once")
    for route in routes(house, "POST"):
        needs = getattr(route.endpoint, DECLARED)
        barred = who == LIMITED or (isinstance(needs, Act) and who not in RIGHTS[needs])
        if not barred or re.match(r"/(sign-out|account|requests|welcome|answer|reveal)", route.path):
            continue
        if route.path.startswith("/api/") and not re.search(r"/(take|hand-back)$", route.path):
            continue
        for path in paths(route, known):
            send(client, path, {} if path.startswith("/api/") else RIGHT, csrf)
    after = digest(house.store, "web_session", "done_once")
    assert [name for name, value in before.items() if after[name] != value] == []


def test_what_is_somebody_elses_stays_theirs(house):
    reviewer, user, other = (house.browser(who) for who in (Role.REVIEWER, Role.BUSINESS_USER, Role.AUDITOR))
    reviewer.get("/")
    token = house.values("SELECT max(id) FROM api_token")[0]
    session = house.values("SELECT min(id) FROM web_session")[0]
    before = digest(house.store)

    assert user.act(f"/account/tokens/{token}/end").status_code == 404
    assert other.act(f"/account/sessions/{session}/end").status_code == 404
    assert other.act("/requests/1/withdraw", reason="Not mine").status_code in {403, 404, 409}
    assert user.get("/questions/1").status_code == 404
    assert user.act("/questions/1", value="yes", reason="Not mine").status_code in {403, 404, 409}
    assert digest(house.store) == before
