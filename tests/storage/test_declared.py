"""Who answers for a tool as lists say, of all tools and of some."""

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import declared
from tests.storage.filling import at


@pytest.fixture
def declare(connection, filling):
    def declared_(tool, actor, day, **more):
        app = filling.app(app_id=f"0oa-{tool}")
        if not filling.rows("SELECT 1 FROM link WHERE identity_id = :app", app=app):
            filling.link(app, tool)
        listed = filling.stream("list", "tools", Mode.EVENTS)
        given = {"identity": app, "actor": actor, "kind": SignalKind.DECLARATION, "mode": Mode.EVENTS} | more
        filling.record(listed, at(2026, 1, day), **given)

    return declared_


@pytest.fixture
def people(filling):
    return filling.actor("ana", address="ana@acme.example"), filling.actor("bo")


def owners(connection, wanted=None):
    return [(row.tool_id, row.owner) for row in declared.owners(connection, wanted)]


def test_the_latest_stands_last_and_is_named_as_listings_name_it(connection, declare, people):
    ana, bo = people
    declare("quillfox", bo, 2)
    declare("quillfox", ana, 1)
    declare("pike", bo, 3)

    assert owners(connection) == [("quillfox", "ana@acme.example"), ("quillfox", "bo"), ("pike", "bo")]


@pytest.mark.parametrize("wanted", ["pike", ["pike"], {"pike", "nothing"}])
def test_of_some_tools_those_of_others_are_left_out(connection, declare, people, wanted):
    declare("quillfox", people[0], 1)
    declare("pike", people[1], 2)

    assert owners(connection, wanted) == [("pike", "bo")]


def test_who_somebody_is_by_now_stands_beside_the_actor(connection, filling, declare, people):
    ana, bo = people
    filling.person(bo, person=ana)
    declare("quillfox", bo, 1)
    declare("quillfox", ana, 2)

    assert [(row.actor_id, row.person) for row in declared.owners(connection)] == [(bo, ana), (ana, ana)]


def test_a_declaration_of_nobody_and_records_of_other_kinds_say_nothing(connection, declare, people):
    declare("quillfox", 0, 1)
    declare("quillfox", people[0], 1, kind=SignalKind.GRANT)

    assert owners(connection) == owners(connection, ["quillfox"]) == []
