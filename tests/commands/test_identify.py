"""Lines in, lines out."""

import io
import json
import sys
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


def test_at_a_terminal_each_answer_comes_at_once(monkeypatch, capsys):
    class Terminal(io.BytesIO):
        def isatty(self):
            return True

    asked = Terminal(b'{"id": 1, "kind": "domain", "value": "mailchimp.com"}\n')
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=asked))

    identify.callback.__wrapped__(Program())

    assert json.loads(capsys.readouterr().out)["tool_id"] == "mailchimp"
