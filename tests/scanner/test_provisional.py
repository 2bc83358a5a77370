"""Provisional tools: what belongs together is one tool, whatever the order, and what people ruled apart stays apart."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.signal import AppIdentity
from scanner.identifying import Evidence, lasting
from scanner.provisional import Ruled, home_domains, provisional
from tests.scanner.house import ACME, app, charges, event, user
from tests.shipped import catalogue

CLIENT = "77185425430-zorbo.apps.example"
OUTSIDE = ACME.__class__(name="Acme", domains=("acme-corp.com",), timezone="Europe/Berlin", base_currency="EUR")


@pytest.fixture(scope="module")
def index():
    return catalogue()


def one(number, source="okta", *, software=True, registered=False, **named):
    found = AppIdentity(**named)
    return Evidence(number=number, source=source, key=found.key(), app=found, software=software, registered=registered)


def joined(index, *found, **options):
    readings = {e.number: index.read_app(e.app) for e in found}
    return provisional(found, readings, index, **options)


def sets(result):
    groups = {}
    for number, place in result.of.items():
        groups.setdefault(place.tool, set()).add(number)
    return sorted(map(sorted, groups.values()))


# --- what joins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"app_id": "1", "url": "https://app.zorbo-works.com/x"}, {"client_id": "9", "url": "https://zorbo-works.com"}),
        ({"app_id": "1", "url": "https://zorbo.azurewebsites.net/x"}, {"domain": "zorbo.azurewebsites.net"}),
        ({"app_id": "1", "entity_id": "https://sso.zorbo-works.com/saml"}, {"domain": "zorbo-works.com"}),
        ({"app_id": "1", "client_id": CLIENT}, {"client_id": CLIENT}),
        ({"app_id": "1", "catalog_key": "zorboworks_saml"}, {"app_id": "2", "catalog_key": "ZorboWorks_saml"}),
        (
            {"app_id": "1", "product_code": "Zorbo Pro", "vendor": "Zorbo"},
            {"product_code": "zorbo pro", "vendor": "ZORBO"},
        ),
        ({"app_id": "1", "bundle_id": "io.zorboworks.app"}, {"bundle_id": "io.zorboworks.app"}),
    ],
)  # fmt: skip
def test_what_only_one_tool_can_have_joins(index, left, right):
    result = joined(index, one(1, **left), one(2, "google", **right))

    assert sets(result) == [[1, 2]]
    assert all("both have the" in place.why for place in result.of.values())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"label": "Zorbo"}, {"label": "Zorbo"}),
        (
            {"app_id": "1", "label": "Zorbo", "vendor": "Zorbo Ltd"},
            {"app_id": "2", "label": "Zorbo", "vendor": "Zorbo Ltd"},
        ),
        ({"app_id": "1", "url": "https://tool.acme-corp.com"}, {"app_id": "2", "url": "https://tool.acme-corp.com"}),
        ({"app_id": "1", "url": "https://a.acme-corp.com"}, {"app_id": "2", "entity_id": "https://b.acme-corp.com"}),
        ({"app_id": "1", "url": "https://one.azurewebsites.net"}, {"app_id": "2", "url": "https://two.azurewebsites.net"}),
        ({"app_id": "1", "url": "https://one.cloudfront.net"}, {"app_id": "2", "url": "https://two.cloudfront.net"}),
        ({"app_id": "1", "url": "https://co.uk"}, {"app_id": "2", "url": "https://co.uk"}),
        ({"app_id": "1", "catalog_key": "oidc_client"}, {"app_id": "2", "catalog_key": "oidc_client"}),
        ({"app_id": "1", "catalog_key": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"},
         {"app_id": "2", "catalog_key": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"}),
        (
            {"app_id": "1", "product_code": "Pro", "vendor": "Zorbo"},
            {"app_id": "2", "product_code": "Pro", "vendor": "Quill"},
        ),
        ({"app_id": "1", "client_id": "17"}, {"app_id": "2", "client_id": "17"}),
        ({"app_id": "1", "url": "http://10.0.0.1/x"}, {"app_id": "2", "url": "http://10.0.0.1/y"}),
    ],
)  # fmt: skip
def test_a_name_and_what_many_share_join_nothing(index, left, right):
    result = joined(index, one(1, **left), one(2, "google", **right), home=["acme-corp.com"])

    assert sets(result) == [[1], [2]]
    assert all(place.why is None and place.by is None for place in result.of.values())


def test_a_domain_that_the_catalogue_knows_joins_nothing_else_to_its_tool(index):
    result = joined(index, one(1, app_id="1", domain="mailchimp.com"), one(2, app_id="2", label="Zorbo"))

    assert sets(result) == [[2]]


def test_a_charge_that_says_software_joins_by_the_domain_in_it_and_one_that_does_not_stays_money(index):
    found = [
        one(1, app_id="1", url="https://zorboworks.io"),
        one(2, "card", software=False, descriptor="ZORBOWORKS.IO 77"),
        one(3, "card", software=False, descriptor="BAKERY LUND"),
    ]

    assert sets(joined(index, *found)) == [[1, 2]]


def test_a_bridge_joins_what_it_shares_with_both(index):
    found = [
        one(1, app_id="1", url="https://zorbo-works.com"),
        one(2, "entra", client_id=CLIENT, url="https://zorbo-works.com"),
        one(3, "google", client_id=CLIENT),
    ]

    assert sets(joined(index, *found)) == [[1, 2, 3]]


def test_what_a_person_split_off_is_no_bridge(index):
    found = [
        one(1, app_id="1", url="https://zorbo-works.com"),
        one(2, "entra", client_id=CLIENT, url="https://zorbo-works.com"),
        one(3, "google", client_id=CLIENT),
    ]

    result = joined(index, *found, apart=lambda e, _r: e.number == 2)

    assert sets(result) == [[1], [3]]


# --- ids -------------------------------------------------------------------------------------------------------------


def test_a_new_identity_joins_under_the_id_that_was_there(index):
    first = one(5, app_id="9", label="Zorbo", url="https://zorbo-works.com")
    later = [one(n, "google", app_id=str(n), label="A board", url="https://app.zorbo-works.com") for n in (1, 2, 9)]

    (before,) = {place.tool for place in joined(index, first).of.values()}
    (after,) = {place.tool for place in joined(index, first, *later).of.values()}

    assert before == after
    assert before.startswith("new-zorbo-works-com-")


def test_every_id_that_an_identity_had_leads_to_what_it_is_now(index):
    left, right = one(1, app_id="1", label="Zorbo"), one(2, "google", client_id=CLIENT, label="Zorbo")
    alone = [place.tool for e in (left, right) for place in joined(index, e).of.values()]
    now = one(1, app_id="1", label="Zorbo", client_id=CLIENT, url="https://zorbo-works.com")

    result = joined(index, now, right)

    (tool,) = {place.tool for place in result.of.values()}
    assert {result.current[lasting(was)] for was in alone} == {tool}


def test_what_the_catalogue_knows_by_now_is_found_by_the_ids_that_it_had(index):
    was = joined(index, one(1, app_id="1", label="Zorbo")).of[1].tool

    result = joined(index, one(1, app_id="1", label="HubSpot"), asked={lasting(was)})

    assert result.known == {lasting(was): "hubspot"}
    assert result.before == {1: frozenset({lasting(was)})}


# --- rulings ---------------------------------------------------------------------------------------------------------

LEFT = one(1, app_id="1", url="https://left-zorbo.com")
RIGHT = one(2, "google", app_id="2", url="https://right-zorbo.com")
BOTH = one(3, "entra", app_id="3", url="https://left-zorbo.com", redirect_uri="https://right-zorbo.com/back")


def about(index, found):
    (place,) = joined(index, found).of.values()
    return lasting(place.tool)


@pytest.mark.parametrize("kind", ["merge", "status"])
def test_what_people_ruled_to_be_different_is_not_joined(index, kind):
    ruled = [Ruled(about(index, LEFT), kind, "hubspot"), Ruled(about(index, RIGHT), kind, "canva")]

    result = joined(index, LEFT, RIGHT, BOTH, ruled=ruled)

    assert sets(result) == [[1], [2, 3]]
    assert result.current[ruled[0].about] == result.of[1].tool
    assert result.current[ruled[1].about] == result.of[2].tool


@pytest.mark.parametrize("to", [("hubspot", "hubspot"), ("hubspot", None)], ids=["both ruled alike", "one ruled"])
def test_rulings_that_agree_part_nothing(index, to):
    rulings = [Ruled(about(index, e), "merge", t) for e, t in zip((LEFT, RIGHT), to, strict=True) if t]

    assert sets(joined(index, LEFT, RIGHT, BOTH, ruled=rulings)) == [[1, 2, 3]]


def test_a_merge_into_another_one_of_the_group_parts_nothing(index):
    into = joined(index, RIGHT).of[2].tool
    ruled = [Ruled(about(index, LEFT), "merge", into), Ruled(about(index, RIGHT), "merge", "hubspot")]

    assert sets(joined(index, LEFT, RIGHT, BOTH, ruled=ruled)) == [[1, 2, 3]]


# --- promises --------------------------------------------------------------------------------------------------------

HOSTS = ["zorbo-works.com", "app.zorbo-works.com", "quill-works.io", "a.acme-corp.com", "x.cloudfront.net", None]
APPS = st.builds(
    lambda source, app_id, client, host, key, label: (
        source,
        {"app_id": app_id, "client_id": client, "catalog_key": key, "label": label}
        | ({"url": f"https://{host}/"} if host else {}),
    ),
    st.sampled_from(["okta", "google", "entra"]),
    st.sampled_from(["1", "2", "3", "4"]),
    st.sampled_from([None, CLIENT, "another-client-id"]),
    st.sampled_from(HOSTS),
    st.sampled_from([None, "zorboworks_saml", "bookmark"]),
    st.sampled_from(["Zorbo", "Portal", "HubSpot"]),
)


def evidence_of(rows):
    unique = {(source, named["app_id"]): (source, named) for source, named in rows}
    return [one(n, source, **named) for n, (_, (source, named)) in enumerate(sorted(unique.items()), 1)]


@given(st.lists(APPS, max_size=8).map(evidence_of), st.randoms(use_true_random=False))
def test_the_order_of_identities_never_matters(index, found, chance):
    shuffled = [*found]
    chance.shuffle(shuffled)

    assert joined(index, *found) == joined(index, *shuffled)


@given(st.lists(APPS, max_size=8).map(evidence_of))
def test_nothing_is_lost_and_nothing_stands_twice(index, found):
    result = joined(index, *found)

    unnamed = {e.number for e in found if index.read_app(e.app).match is None}
    assert result.of.keys() == unnamed
    assert sorted(n for group in sets(result) for n in group) == sorted(unnamed)


@given(st.lists(APPS, max_size=8).map(evidence_of), APPS)
def test_a_new_identity_parts_nobody(index, found, extra):
    source, named = extra
    before = joined(index, *found)

    after = joined(index, *found, one(99, f"{source}:new", **named))

    for left, right in itertools.combinations(before.of, 2):
        if before.of[left].tool == before.of[right].tool:
            assert after.of[left].tool == after.of[right].tool
    for was, tool in before.current.items():
        assert after.current[was] in {p.tool for p in after.of.values()}, (was, tool)


@given(st.lists(APPS, max_size=8).map(evidence_of), st.sets(st.integers(1, 8)))
def test_joining_never_crosses_a_split(index, found, split):
    result = joined(index, *found, apart=lambda e, _r: e.number in split)

    without = joined(index, *[e for e in found if e.number not in split])
    assert result.of == without.of


@given(st.lists(APPS, max_size=6).map(evidence_of), st.permutations(["hubspot", "canva"]), st.data())
def test_what_is_ruled_apart_is_never_one(index, found, to, data):
    ids = sorted({lasting(place.tool) for place in joined(index, *found).of.values()})
    chosen = data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=2)) if ids else []
    ruled = [Ruled(hash_, "merge", into) for hash_, into in zip(chosen, to, strict=False)]

    late = one(99, "new", app_id="9", client_id=CLIENT, url="https://zorbo-works.com")
    result = joined(index, *found, late, ruled=ruled)

    assert joined(index, late, *reversed(found), ruled=ruled) == result
    assert len({result.current[r.about] for r in ruled}) == len(ruled)


# --- whose domains are the company's ---------------------------------------------------------------------------------


def test_the_configured_domains_are_the_company_s():
    assert home_domains(("acme.com",), ["bo@other.com"]) == ("acme.com",)


def test_without_any_it_is_the_one_of_most_addresses():
    assert home_domains((), ["bo@Acme.com", "ana@acme.com", "cy@zorbo.io", None, "no address"]) == ("acme.com",)
    assert home_domains((), []) == ()


# --- the whole way ---------------------------------------------------------------------------------------------------


def zorbo_app(number, label, url):
    return app(number, label, settings={"app": {"url": url}, "signOn": {}})


@pytest.fixture
def acme(make_house):
    return make_house(company=OUTSIDE)


def sources(house, *names):
    files = {
        "okta-apps": [zorbo_app("1", "Zorbo Boards", "https://app.zorboworks.io")],
        "okta-system-log": [event(1, app="Zorbo Boards", app_id="0oa1")],
        "card-csv": charges(("2026-02-03", "ZORBOWORKS.IO", "14.00")),
        "approved-tools-csv": "tool,domain,status,reason\nZorbo,zorboworks.io,approved,checked\n",
    }
    for name in names:
        house.ingest(name, house.write(f"{name}.txt", files[name]))
    return house


NAMES = ("okta-apps", "okta-system-log", "card-csv", "approved-tools-csv")


@pytest.mark.parametrize("names", [NAMES, NAMES[::-1], (*NAMES[2:], *NAMES[:2])], ids=" ".join)
def test_app_money_and_approval_of_one_domain_are_one_tool_in_any_order(acme, names):
    (tool,) = sources(acme, *names).tools().values()

    assert (tool["id"].startswith("new-zorboworks-io-"), tool["name"]) == (True, "Zorbo Boards")
    assert (tool["status"], tool["provisional"]) == ("approved", 1)
    assert json.loads(acme.figures()[tool["id"]]["spend_total"]) == {"EUR": 14_000_000}


def test_twice_is_once_and_rebuild_gives_the_same(acme):
    before = sources(acme, *NAMES).tables("tool", "link", "figures", "decision")

    sources(acme, *NAMES)
    assert acme.tables("tool", "link", "figures", "decision") == before
    acme.rebuild()

    assert acme.tables("tool", "link", "figures", "decision") == before


def test_internal_apps_of_the_company_s_domain_stay_apart(acme):
    apps = [zorbo_app(n, f"Tool {n}", f"https://tool{n}.acme-corp.com") for n in ("1", "2", "3")]
    acme.ingest("okta-apps", acme.write("apps.json", apps))

    assert acme.tool_names() == ["Tool 1", "Tool 2", "Tool 3"]


def test_they_do_even_where_nobody_has_configured_the_domain(make_house):
    house = make_house(company=ACME.__class__(name="Acme", domains=(), timezone="UTC", base_currency=None))
    people = [user(n, profile={"login": f"{n}@acme-corp.com", "email": f"{n}@acme-corp.com"}) for n in ("ana", "bo")]
    house.ingest("okta-users", house.write("users.json", people))
    apps = [zorbo_app(n, f"Tool {n}", f"https://tool{n}.acme-corp.com") for n in ("1", "2")]
    house.ingest("okta-apps", house.write("apps.json", apps))

    assert house.tool_names() == ["Tool 1", "Tool 2"]


def test_a_merge_of_a_provisional_tool_holds_for_whoever_joins_it(acme):
    (own,) = sources(acme, "okta-apps").tools()
    acme.ingest("okta-system-log", acme.write("log.json", [event(9)]))
    acme.correct().merge(own, "hubspot", "a board of theirs")
    acme.derive_again()

    sources(acme, "card-csv", "okta-system-log")

    assert list(acme.tools()) == ["hubspot"]


def test_a_merge_holds_when_the_catalogue_learns_the_tool_and_what_was_merged_into_it_follows(acme):
    (own,) = sources(acme, "okta-apps").tools()
    acme.ingest("okta-system-log", acme.write("log.json", [event(9), event(10, app="Canva")]))
    acme.correct().merge(own, "hubspot", "a board of theirs")
    acme.derive_again()

    acme.ingest("okta-apps", acme.write("apps.json", [zorbo_app("1", "Asana", "https://app.zorboworks.io")]))

    assert sorted(acme.tools()) == ["canva", "hubspot"]


def test_an_approval_holds_when_the_catalogue_learns_the_tool(acme):
    sources(acme, "approved-tools-csv", "okta-apps")

    acme.ingest("okta-apps", acme.write("apps.json", [zorbo_app("1", "Asana", "https://app.asana.com")]))
    statuses = {tool["id"]: tool["status"] for tool in acme.tools().values()}

    assert statuses.pop("asana") == "new"
    assert list(statuses.values()) == ["approved"]


def test_a_merge_by_an_id_that_nothing_makes_any_more_leads_to_what_it_is_now(acme):
    """The domain made the id; it is gone from the app, and from all that is known today."""
    (own,) = sources(acme, "okta-apps").tools()
    acme.correct().merge(own, _other(acme), "one board")
    acme.ingest("okta-apps", acme.write("apps.json", [zorbo_app("1", "Zorbo Boards", "https://zorboworks.dev")]))

    assert acme.tool_names() == ["Quillwood"]


def test_what_was_judged_of_a_tool_goes_on_under_its_new_id(acme):
    acme.ingest("okta-system-log", acme.write("log.json", [event(1, app="Zorbo Boards", app_id="0oa1")]))
    (before,) = acme.tools()
    since = acme.one("SELECT min(valid_from) AS at FROM fact")
    cases = acme.rows("SELECT id, opened_at, state FROM review_case")

    sources(acme, "okta-apps")

    (after,) = acme.tools()
    assert before != after
    assert acme.rows("SELECT DISTINCT tool_id FROM fact UNION SELECT tool_id FROM finding") == [{"tool_id": after}]
    assert acme.one("SELECT min(valid_from) AS at FROM fact") == since
    assert acme.rows("SELECT id, opened_at, state FROM review_case") == cases


def _other(house):
    house.ingest("okta-system-log", house.write("other.json", [event(20, app="Quillwood")]))
    return next(tool["id"] for tool in house.tools().values() if tool["name"] == "Quillwood")
