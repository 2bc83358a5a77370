"""Lines in, lines out."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from commands.identify import identify
from commands.shape import Program


def test_every_line_is_answered_in_order(run):
    asked = [
        {"id": "a", "kind": "card_descriptor", "value": "MAILCHIMP *MISC 678-9990141"},
        {"id": 2, "kind": "domain", "value": "nothing.example"},
    ]

    done = run("identify", stdin="".join(json.dumps(line) + "\n" for line in asked).encode() + b"\nnonsense\n")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [answer["id"] for answer in answers] == ["a", 2, None]
    assert [answer["tool_id"] for answer in answers] == ["mailchimp", None, None]
    assert {"counterparty", "merchant_of_record"} <= set(answers[0])


def test_nothing_asked_is_nothing_answered(run):
    done = run("identify", stdin=b"")

    assert (done.exit_code, done.stdout) == (0, "")


def suggested(run, *asked, words=("--suggest",)):
    lines = b"".join(
        json.dumps({"id": n, "kind": kind, "value": value}).encode() + b"\n" for n, (kind, value) in enumerate(asked)
    )
    done = run("identify", *words, stdin=lines)
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_candidates_stand_beside_the_answer_and_never_in_it(run):
    asked = [("app_name", "Hubspt Reports"), ("app_name", "HubSpot"), ("app_name", "Portal"), ("nonsense", "x")]

    near, known, none, wrong = suggested(run, *asked)

    assert (near["tool"], near["candidates"][0]["tool_id"]) == (None, "hubspot")
    assert set(near["candidates"][0]) == {"tool_id", "tool", "score", "why", "accept"}
    assert known["tool_id"] == "hubspot"
    assert known["candidates"] == none["candidates"] == wrong["candidates"] == []


def test_a_candidate_comes_with_the_command_that_accepts_it(run):
    ((_, accept),) = [(a["id"], a["candidates"][0]["accept"]) for a in suggested(run, ("app_name", "Hubspt's Reports"))]

    assert accept == """ostiary catalog alias 'Hubspt'"'"'s Reports' hubspot --kind app_name --reason TEXT"""


def test_a_look_alike_has_no_candidate_that_it_imitates(run):
    (answer,) = suggested(run, ("domain", "hubspot-login.com"))

    assert answer["tool"] is None
    assert "hubspot" not in {c["tool_id"] for c in answer["candidates"]}


def test_without_being_asked_nothing_is_suggested(run):
    (answer,) = suggested(run, ("app_name", "Hubspt Reports"), words=())

    assert "candidates" not in answer


def test_at_a_terminal_each_answer_comes_at_once(monkeypatch, capsys):
    class Terminal(io.BytesIO):
        def isatty(self):
            return True

    asked = Terminal(b'{"id": 1, "kind": "domain", "value": "mailchimp.com"}\n')
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=asked))

    identify.callback.__wrapped__(Program(), suggest=False)

    assert json.loads(capsys.readouterr().out)["tool_id"] == "mailchimp"


ROOT = Path(__file__).parents[2]
HEAVY = frozenset(
    {
        *("sqlalchemy", "sqlmodel", "alembic", "pydantic", "rich", "fastapi", "starlette", "jinja2", "web"),
        *("boto3", "botocore", "googleapiclient", "google", "msal", "duckdb", "psycopg", "yaml", "publicsuffixlist"),
        *("multiprocessing", "asyncio", "scanner", "gate", "policies", "reports", "connectors", "zstandard", "isal"),
        *("apscheduler", "structlog", "requests"),
    }
)


def test_one_string_is_answered_without_what_other_commands_need(tmp_path):
    script = (
        "import sys, cli\ntry:\n cli.ostiary(['identify'])\n"
        "except SystemExit: print(*sorted(sys.modules), file=sys.stderr)"
    )
    asked = b'{"id": 1, "kind": "app_name", "value": "Mailchimp SSO"}\n'
    call = [sys.executable, "-c", script]
    surroundings = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    subprocess.run(call, input=asked, capture_output=True, check=True, cwd=ROOT, env=surroundings)  # fills the cache

    done = subprocess.run(call, input=asked, capture_output=True, check=True, cwd=ROOT, env=surroundings)

    loaded = {name.partition(".")[0] for name in done.stderr.decode().split()}
    assert json.loads(done.stdout)["tool_id"] == "mailchimp"
    assert loaded & HEAVY == set()
    assert "catalog" in loaded
