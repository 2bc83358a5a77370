"""A tool of which something is unknown, judged, with an open case: what the tests of questions begin with."""

from __future__ import annotations

from gate import evaluating
from gate.acting import Asking
from gate.decisions import Ruling, decide
from gate.questions import Asking as Questions
from model.facts import Unknown
from model.signal import Actor
from storage import questions as stored
from storage.names import actor_numbers, source_number
from tests.gate.gatehouse import NOW, PLAIN, TOOL, add_tool, gate

#: It holds persons, and nobody has said whether an agreement covers it: TST-02 hangs on that.
LACKS = PLAIN | {"data.personal": True}
ASKING = Asking(roles={"privacy": "dpo@example.com"}, links=True, link_key=b"k" * 32)


def asking_gate(at=NOW, **changed):
    return gate(at, **({"asking": ASKING} | changed))


def lacking(connection, facts=None, **changed):
    """Enter a tool and judge it; return the number of its case."""
    number = add_tool(connection, facts=facts or LACKS, **changed)
    judge(connection)
    return number


def judge(connection, at=NOW, **facts):
    evaluating.evaluate(connection, gate(at), TOOL, facts or {"data.dpa_signed": Unknown("nobody has answered yet")})


def person(connection, address):
    """Enter somebody whom a directory knows; return the number."""
    (number,) = actor_numbers(
        connection, source_number(connection, "okta"), [Actor(native_id=address, address=address)]
    )
    return number


def own(connection, address, side="business", at=NOW):
    actor = person(connection, address)
    ruling = Ruling(
        kind="owner", about=f"tool:{TOOL}", detail={"side": side, "actor": actor}, reason="Runs the newsletter"
    )
    decide(connection, gate(at).trail, ruling, by="user:ana", at=at)
    return actor


def ask(connection, number, by, *facts, to=None, at=NOW, **changed):
    return Questions(connection, asking_gate(at, **changed), number, by).ask(facts, to)


def open_questions(connection):
    return [row for row in stored.questions(connection) if row["state"] == "open"]
