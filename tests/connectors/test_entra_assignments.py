"""Entra's app role assignments as files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.entra_assignments import assignment
from connectors.formats import Context
from model.errors import Malformed, WrongFormat
from model.signal import SignalKind
from tests.connectors.fakes.entra import EDITOR, MAIL_READ, NOBODY, principal, role_of
from tests.connectors.reading import lines, read

NAME = "entra-app-role-assignments"
CANVA = principal(3, "Canva")
ANA = ("User", "u-ana", "Ana Ruiz")
SYNC = ("ServicePrincipal", "sp-sync", "Nightly Sync")


def with_roles(*assignments, roles=({"id": MAIL_READ, "value": "Mail.Read"},)):
    return CANVA | {"appRoles": list(roles), "appRoleAssignedTo": list(assignments)}


def test_a_page_of_assignments_as_graph_lists_them_is_read():
    found = read(NAME, {"value": [role_of(1, CANVA, ANA), role_of(2, CANVA, SYNC, MAIL_READ)]})

    person, app = found.signals
    assert (person.kind, person.stream, person.actor.native_id) == (SignalKind.ASSIGNMENT, "app_assignments", "u-ana")
    assert person.app.app_id == CANVA["id"]
    assert person.facts == {"via": "user", "created_at": "2025-02-02T04:22:45Z"}
    assert (app.kind, app.stream, app.app.app_id, app.actor) == (SignalKind.GRANT, "app_permissions", "sp-sync", None)
    assert app.facts == {"scopes": (MAIL_READ,), "consent": "application"}


def test_a_service_principal_that_holds_its_assignments_names_the_roles_and_the_client():
    found = read(NAME, {"value": [with_roles(role_of(1, CANVA, ANA), role_of(2, CANVA, SYNC, MAIL_READ))]})

    person, app = found.signals
    assert person.app.client_id == CANVA["appId"]
    assert app.facts["scopes"] == ("Mail.Read",)


@pytest.mark.parametrize("roles", [(), ({"id": MAIL_READ, "value": None},), ({"id": EDITOR, "value": "editor"},)])
def test_a_role_whose_name_is_not_told_stands_by_its_id(roles):
    found = read(NAME, lines(with_roles(role_of(2, CANVA, SYNC, MAIL_READ), roles=roles)))

    assert found.one().facts["scopes"] == (MAIL_READ,)


def test_default_access_gives_an_app_no_right():
    found = read(NAME, lines(role_of(1, CANVA, SYNC, NOBODY), role_of(2, CANVA, ANA, NOBODY)))

    assert found.one().native_id == "assigned-2"


@pytest.mark.parametrize(("name", "via"), [("Design", "group Design"), (None, "group")])
def test_a_group_is_named_and_is_nobody(name, via):
    found = read(NAME, lines(role_of(1, CANVA, ("Group", "g-1", name)))).one()

    assert (found.actor, found.facts["via"]) == (None, via)


@pytest.mark.parametrize("field", ["id", "principalId", "principalType", "resourceId"])
def test_an_assignment_without_what_it_is_about_is_quarantined(field):
    broken = {k: v for k, v in role_of(1, CANVA, ANA).items() if k != field}

    found = read(NAME, lines(broken, role_of(2, CANVA, ANA)))

    assert len(found.signals) == len(found.bad) == 1


def test_a_kind_of_principal_that_nobody_knows_is_quarantined():
    found = read(NAME, lines(role_of(1, CANVA, ("Device", "d", "x"))))

    assert found.bad == ["principalType is none of User, Group and ServicePrincipal"]


def test_a_list_of_other_things_is_not_of_the_format():
    with pytest.raises(WrongFormat):
        read(NAME, {"value": [CANVA]})


@given(
    st.dictionaries(
        st.sampled_from([*role_of(1, CANVA, ANA), "appRoleAssignedTo", "appRoles"]),
        st.none() | st.booleans() | st.text(max_size=8) | st.lists(st.none() | st.text(max_size=3), max_size=2),
    )
)
def test_whatever_stands_there_is_a_signal_or_malformed(record):
    try:
        found = list(assignment(json.dumps(record).encode(), Context(source="x")))
    except Malformed:
        return
    assert all(signal.app.app_id for signal in found)
