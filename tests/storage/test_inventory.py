"""What the inventory reads: owners that lists declare, names, and the names that sources have for a tool."""

from model.signal import SignalKind
from storage import inventory
from tests.storage.filling import at


def declare(filling, identity, owner, day, **facts):
    stream = filling.stream("approved", "decisions", system="approved")
    more = {"identity": identity, "actor": owner, "kind": SignalKind.DECLARATION, "facts": facts}
    filling.record(stream, at(2026, 1, day), **more)


def test_the_latest_declaration_of_a_side_names_the_owner(connection, filling):
    ana, ben, eva = (filling.actor(name, address=f"{name}@example.com") for name in ("ana", "ben", "eva"))
    filling.person(ana, person=eva)
    identity = filling.app("approved", domain="quillfox.example")
    filling.link(identity, "quillfox")
    declare(filling, identity, ben, 1)
    declare(filling, identity, ana, 2)
    declare(filling, identity, ben, 3, owner_side="technical")

    assert inventory.declared_owners(connection) == {"quillfox": {"business": eva, "technical": ben}}
    assert inventory.persons(connection) == {ana: eva}


def test_a_name_is_the_address_else_the_name_else_the_sources_own_id(connection, filling):
    ana = filling.actor("1", address="ana@example.com", name="Ana")
    ben, eva = filling.actor("2", name="Ben"), filling.actor("3")

    found = inventory.names(connection)

    assert [found[number] for number in (ana, ben, eva)] == ["ana@example.com", "Ben", "3"]


def test_identifiers_are_by_source_and_only_of_links_in_force(connection, filling):
    filling.link(filling.app("okta", app_id="0oa1"), "quillfox")
    filling.link(filling.app("google", client_id="77"), "quillfox")
    filling.link(filling.app("okta", app_id="0oa2"), "quillfox", until=5)
    filling.link(filling.app("okta", app_id="0oa3"))

    assert inventory.identifiers(connection) == {"quillfox": ["google/client_id:77", "okta/app_id:0oa1"]}


def test_accounts_requests_and_open_cases_are_found(connection, filling):
    ana = filling.actor("ana", address="ana@example.com")
    account = {"actor_id": ana, "roles": "[]", "units": "[]", "valid_from": 1, "made_at": 1}
    filling.insert("account", **account)
    asked = {"case_id": 1, "account_id": 1, "at": 1, "data": "[]", "needs": "[]", "purpose_hash": "x", "answered": "[]"}
    filling.insert("request", tool_id="quillfox", name="Quill", category=None, **asked)
    filling.insert("request", tool_id="quillfox", name="Quillfox", category="crm", **asked)
    case = {"kind": "found", "stage": "new", "opened_at": 1, "opened_by_run": 1, "why": "x"}
    filling.insert("review_case", tool_id="quillfox", state="closed", **case)
    filling.insert("review_case", tool_id="quillfox", state="open", **case)

    assert inventory.accounts(connection) == {"account:1": "ana@example.com"}
    assert inventory.requested(connection) == {"quillfox": ("Quillfox", "crm")}
    assert inventory.open_cases(connection) == {"quillfox": 2}
