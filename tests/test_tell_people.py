"""What docs/how-to/tell-people.md shows works as it stands there."""

from __future__ import annotations

import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from commands.notify_table import notified
from connectors.outgoing.registry import KINDS
from connectors.outgoing.webhook import TOLERANCE, signed
from gate.notify import EVENTS

PAGE = (Path(__file__).resolve().parent.parent / "docs/how-to/tell-people.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)


def test_the_configurations_of_the_page_are_taken(tmp_path):
    text = "\n".join(block for kind, block in BLOCKS if kind == "toml")

    found = notified(tmp_path, tomllib.loads(text)["notify"])

    assert {one.kind.kind for one in found.receivers} == set(KINDS)


def test_every_event_is_on_the_page_in_its_order():
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(EVENTS)


def test_the_reader_of_the_page_takes_what_is_sent_and_refuses_the_rest():
    (code,) = (block for kind, block in BLOCKS if kind == "python")
    place = {}
    exec(code, place)
    read, key, seen, body = place["read"], b"k" * 32, set(), b'{"a": 1}'
    now = datetime.fromtimestamp(time.time(), UTC)
    good = signed(key, "m1", now, body)

    assert not read(key, good, b"other", seen)
    assert not read(b"x" * 32, good, body, seen)
    assert not read(key, signed(key, "m1", now - TOLERANCE * 2, body), body, seen)
    assert read(key, good, body, seen)
    assert not read(key, good, body, seen)
