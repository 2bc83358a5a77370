"""Reads what a FORMAT makes of bytes: its signals, and the reasons for what it could not read."""

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors.formats import Bad, Context
from connectors.registry import FORMATS
from model.errors import Malformed

FIXTURES = Path(__file__).parents[1] / "fixtures"
SAVED = datetime(2026, 3, 10, 8, tzinfo=UTC)


@dataclass
class Read:
    """What came of a file."""

    signals: list = field(default_factory=list)
    bad: list = field(default_factory=list)
    pages: list = field(default_factory=list)

    def one(self):
        (found,) = self.signals
        return found


def read(name, data):
    """Read bytes, a path below the fixtures, or what is first written as JSON."""
    if isinstance(data, str):
        data = (FIXTURES / data).read_bytes()
    elif not isinstance(data, bytes):
        data = json.dumps(data).encode()
    told, form = Read(), FORMATS[name]
    context = Context(source="x", read_at=SAVED, now=SAVED, page=told.pages.append)
    for item in form.read(io.BytesIO(data), context):
        if isinstance(item, Bad):
            told.bad.append(item.reason)
            continue
        try:
            told.signals.extend(form.translate(item.data, context))
        except Malformed as error:
            told.bad.append(str(error))
    return told


def lines(*values):
    """Return values as JSON lines."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)
