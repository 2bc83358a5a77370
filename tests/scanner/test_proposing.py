"""A proposed entry holds what only one tool can have, and nothing that names a person, the company or another tool."""

import pytest

from catalog.categories import CATEGORIES
from catalog.index import Index
from catalog.load import UNFILLED, Tool
from catalog.tables import compile_tables
from model.company import Company
from model.errors import Refused
from scanner.proposing import Private, naming, private, proposal

ACME = Company(name="Acme Works", domains=("acme.example", "acme-works.com"))
INDEX = Index(
    compile_tables(
        [
            Tool(
                id="quillfox",
                name="Quillfox",
                vendor="Quillfox",
                category="email_marketing",
                domains=("quillfox.com",),
                okta=("quillfox",),
                client_ids=("quillfox-client-1",),
                bundle_ids=("com.quillfox.app",),
            )
        ]
    ),
    "test",
)
NOBODY = Private()
PEOPLE = [("Ana Ruiz", "ana.ruiz@acme.example", "00uana"), (None, "ben@acme.example", "1234567")]


def tool(id_="own-zorbo", name="Zorbo", **more):
    return {"id": id_, "name": name, "vendor": None, "category": None, **more}


def seen(*apps):
    return [{"source": "okta", "key": f"app_id:{n}", "app": app} for n, app in enumerate(apps)]


def proposed(*apps, hidden=NOBODY, of=None):
    return proposal(of or tool(), seen(*apps), INDEX, ACME, hidden)


def test_an_entry_holds_all_that_the_identities_show():
    found = proposed(
        {
            "app_id": "1",
            "label": "Zorbo Planner",
            "url": "https://acme.app.zorbo.com/sso",
            "catalog_key": "zorbo",
            "client_id": "Zorbo-client-77",
            "vendor": "Zorbo Inc",
        },
        {"bundle_id": "com.zorbo.planner", "label": "Zorbo"},
        {"descriptor": "PADDLE.NET* ZRB PLANS LONDON"},
    )

    assert found == {
        "id": "own-zorbo",
        "name": "Zorbo",
        "vendor": "Zorbo Inc",
        "category": UNFILLED,
        "domains": ["zorbo.com"],
        "names": ["Zorbo Planner"],
        "descriptors": ["ZRB PLANS"],
        "okta": ["zorbo"],
        "client_ids": ["Zorbo-client-77"],
        "bundle_ids": ["com.zorbo.planner"],
        "sources": "seen in use",
    }


def test_what_is_not_known_is_marked_and_what_may_be_left_out_is():
    assert proposed({"label": "Zorbo"}) == {
        "id": "own-zorbo",
        "name": "Zorbo",
        "vendor": UNFILLED,
        "category": UNFILLED,
        "domains": [],
        "sources": "seen in use",
    }


def test_a_category_that_somebody_has_said_is_taken():
    assert proposed(of=tool(category="crm"))["category"] == "crm"


@pytest.mark.parametrize(
    "app",
    [
        {"url": "https://sso.acme-works.com/zorbo"},
        {"domain": "acme.example"},
        {"entity_id": "https://zorbo.acme-works.com/saml"},
        {"bundle_id": "com.acme-works.zorbo"},
        {"client_id": "zorbo.acme-works.com"},
        {"label": "zorbo.acme-works.com"},
        {"label": "Acme Zorbo"},
        {"catalog_key": "acme_zorbo_1"},
        {"vendor": "acme-works.com"},
    ],
)
def test_the_companys_own_domains_and_names_are_left_out(app):
    hidden = private(PEOPLE, [], ACME)

    assert "acme" not in str(proposed(app, hidden=hidden)).casefold()


@pytest.mark.parametrize(
    "text",
    [
        "Ana Ruiz",
        "Zorbo (Ruiz, Ana)",
        "zorbo ana.ruiz",
        "ZORBO-ANARUIZ",
        "ana.ruiz@zorbo.com",
        "x@y.z",
        "Zorbo ana Ruíz",
    ],
)
@pytest.mark.parametrize("field", ["label", "client_id", "bundle_id", "catalog_key", "vendor", "descriptor"])
def test_no_persons_name_or_address_stands_in_an_entry(field, text):
    found = str(proposed({field: text}, hidden=private(PEOPLE, [], ACME))).casefold()

    assert "ana" not in found
    assert "@" not in found


def test_a_domain_that_is_somebodys_name_is_left_out():
    assert proposed({"domain": "ana-ruiz.com"}, hidden=private(PEOPLE, [], ACME))["domains"] == []


def test_of_those_who_use_it_a_first_name_alone_is_left_out_too():
    hidden = private(PEOPLE, [("Ben Mora", None)], ACME)

    assert "names" not in proposed({"label": "Bens Zorbo for Ben"}, hidden=hidden)
    assert proposed({"label": "Zorbo for Eve"}, hidden=hidden)["names"] == ["Zorbo for Eve"]


def test_a_user_who_is_called_like_the_tool_takes_nothing_from_it():
    hidden = private([], [("Zorbo", None)], ACME)

    assert proposed({"domain": "zorbo.com", "label": "Zorbo Planner"}, hidden=hidden)["domains"] == ["zorbo.com"]


@pytest.mark.parametrize("name", ["Ana Ruiz", "Portal of Ana Ruiz", "ana@zorbo.com", "intern.acme-works.com"])
def test_a_tool_that_is_called_by_a_person_or_a_domain_of_the_company_is_refused(name):
    with pytest.raises(Refused, match="holds a person's name or address, or a domain of the company"):
        proposed(of=tool(name=name), hidden=private(PEOPLE, [], ACME))


@pytest.mark.parametrize(
    "app",
    [
        {"url": "https://app.quillfox.com"},
        {"catalog_key": "quillfox"},
        {"client_id": "quillfox-client-1"},
        {"bundle_id": "com.quillfox.app"},
        {"label": "Quillfox"},
        {"descriptor": "QUILLFOX"},
    ],
)
def test_what_the_catalogue_gives_to_another_tool_is_left_out(app):
    assert "quillfox" not in str(proposed(app)).casefold()


@pytest.mark.parametrize(
    "app",
    [
        {"catalog_key": "oidc_client"},
        {"catalog_key": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"},
        {"client_id": "short"},
        {"label": "Meetings"},
        {"label": "Zorbo 4111111111111111"},
        {"descriptor": "INVOICE 20260301"},
        {"app_id": "0oa1"},
    ],
)
def test_what_many_share_or_what_proves_nothing_is_left_out(app):
    assert proposed(app) == proposed()


def test_an_ordinary_word_for_a_name_is_said_to_be_one():
    assert proposed(of=tool(name="Meetings"))["word"] is True


def test_a_tool_of_the_peoples_own_keeps_its_id_so_that_decisions_still_lead_to_it():
    assert proposed()["id"] == "own-zorbo"


@pytest.mark.parametrize(("name", "id_"), [("Zorbo App", "zorbo-app"), ("Quillfox", "quillfox-2"), ("日本", "zorbo")])
def test_a_provisional_tool_gets_an_id_that_is_free(name, id_):
    found = proposed({"domain": "zorbo.com"}, of=tool("new-zorbo-1234abcd", name))

    assert found["id"] == id_


def test_no_category_is_called_as_the_mark_of_what_is_to_be_filled_in():
    assert UNFILLED not in CATEGORIES


def decision(number, kind, object_="identity:okta/1", **detail):
    return {"id": number, "kind": kind, "object": object_, "detail": detail}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (decision(1, "split", to="own-zorbo"), [1]),
        (decision(1, "merge", into="own-zorbo"), [1]),
        (decision(1, "merchant", ruling="tool", tool="own-zorbo"), [1]),
        (decision(1, "merchant", ruling="later"), []),
        (decision(1, "split", to="other"), []),
        (decision(1, "noise", "tool:own-zorbo", noise=True), []),
        (decision(1, "status", "tool:own-zorbo", status="approved"), []),
    ],
)
def test_a_split_a_merge_or_a_ruling_on_a_merchant_names_a_tool(row, named):
    assert naming([row], lambda tool_id: tool_id == "own-zorbo") == named


def test_a_decision_that_was_undone_names_nothing():
    rows = [decision(1, "split", to="own-zorbo"), decision(2, "undo", "decision:1")]

    assert naming(rows, lambda tool_id: tool_id == "own-zorbo") == []
