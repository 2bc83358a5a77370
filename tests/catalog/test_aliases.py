"""Aliases: what a person ruled stands before the catalogue, for the same string in whatever form it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.aliases import Aliases, aliases_of, normal
from model.match import Entry, Matcher, Reading, StringKind
from model.signal import AppIdentity

AT = 1773500000000


def ruled(kind, value, tool="portal", number=7, **rest):
    found = normal(StringKind(kind), value)
    assert found is not None
    detail = {"kind": found[0].value, "value": found[1], "tool": tool, "called": "Partner Portal"} | rest
    return {"id": number, "at": AT, "detail": detail}


def aliases(*rows, index=None):
    return aliases_of(rows, index.entry if index else lambda _tool: None)


def over(index, rows, kind, value):
    return aliases(*rows, index=index).over(kind, value, index.read(kind, value))


SAME = [
    ("app_name", "Acme Portal", "app_name", "ACME  portal"),
    ("app_name", "Acme Portal", "app_name", "Acme Portal (Prod)"),
    ("app_name", "Acme Portal", "app_name", "SSO Acme Portal"),
    ("domain", "portal.acme-works.com", "url", "https://portal.acme-works.com/login?x=1"),
    ("url", "https://portal.acme-works.com/login", "domain", "eu.portal.acme-works.com"),
    ("domain", "portal.acme-works.com", "script_host", "portal.acme-works.com:443"),
    ("domain", "portal.acme-works.com", "dns_cname", "go.acme.com CNAME portal.acme-works.com."),
    ("domain", "portal.acme-works.com", "entity_id", "https://portal.acme-works.com/saml"),
    ("domain", "acme-mailer.com", "dns_spf", "v=spf1 include:spf.acme-mailer.com ~all"),
    ("dns_spf", "include:acme-mailer.com", "dns_spf", "spf.acme-mailer.com"),
    ("entity_id", "urn:acme:Portal", "entity_id", "urn:acme:portal"),
    ("client_id", "9F0E-AA", "client_id", " 9f0e-aa "),
    ("bundle_id", "com.acme.portal", "redirect_uri", "com.acme.portal://callback"),
    ("card_descriptor", "ACMEPRINT", "card_descriptor", "PAYPAL *ACMEPRINT 4029357733 CA"),
    ("dns_txt", "acme-key=123", "dns_txt", "acme-key=456"),
    ("marketplace_product", "Portal Pro", "marketplace_product", "portal pro"),
]


@pytest.mark.parametrize(("kind", "value", "other", "found"), SAME)
def test_an_alias_finds_the_same_string_in_its_other_forms(index, kind, value, other, found):
    reading = over(index, [ruled(kind, value)], StringKind(other), found)

    assert reading.match.entry == Entry(id="portal", name="Partner Portal", vendor=None, category=None, marketing=None)
    assert reading.match.matcher is Matcher.DECISION
    assert reading.match.confidence == 1.0
    assert reading.why.endswith("is Partner Portal (decision 7, 14 March 2026).")


@pytest.mark.parametrize(
    ("kind", "value", "other", "found"),
    [
        ("app_name", "Acme Portal", "app_name", "Acme Portal Cleaning"),
        ("app_name", "Acme Portal", "card_descriptor", "Acme Portal"),
        ("domain", "portal.acme-works.com", "domain", "acme-works.com"),
        ("domain", "portal.acme-works.com", "domain", "notportal.acme-works.com"),
        ("domain", "portal.acme-works.com", "domain", "portal.acme-works.com.evil.example-x.com"),
        ("dns_spf", "acme-mailer.com", "domain", "acme-mailer.com"),
        ("client_id", "9f0e", "client_id", "9f0e-aa"),
    ],
)
def test_an_alias_finds_nothing_else(index, kind, value, other, found):
    kind_ = StringKind(other)

    assert over(index, [ruled(kind, value)], kind_, found) == index.read(kind_, found)


def test_a_tool_of_the_catalogue_is_told_with_all_that_is_known_of_it(index):
    reading = over(index, [ruled("app_name", "Rundbrief", tool="quillfox")], StringKind.APP_NAME, "rundbrief")

    assert (reading.match.entry.name, reading.match.entry.category) == ("Quillfox", "email_marketing")
    assert reading.why == "A person ruled that the name “rundbrief” is Quillfox (decision 7, 14 March 2026)."


def test_the_later_of_two_rulings_about_one_string_counts(index):
    rows = [ruled("app_name", "Board", number=3), ruled("app_name", "BOARD", tool="quillfox", number=9)]

    assert over(index, rows, StringKind.APP_NAME, "Board").match.entry.id == "quillfox"


def test_a_longer_host_of_the_catalogue_is_closer_than_a_persons_shorter_one(index):
    rows = [ruled("domain", "quillfox.com", tool="lantern")]

    assert over(index, rows, StringKind.DOMAIN, "app.quillfox.com").match.entry.id == "lantern"
    rows = [ruled("domain", "bigco.com", tool="lantern")]
    assert over(index, rows, StringKind.DOMAIN, "adlight.bigco.com").match.entry.id == "bigco-adlight"


def test_an_identity_is_what_a_person_ruled_of_its_strongest_field(index):
    known = aliases(ruled("app_name", "Board"), ruled("client_id", "cc-1", tool="quillfox", number=8), index=index)

    app = AppIdentity(client_id="cc-1", label="Board")
    assert known.over_app(app, index.read_app(app)).match.entry.id == "quillfox"
    app = AppIdentity(app_id="0oa1", label="Board")
    assert known.over_app(app, index.read_app(app)).match.entry.id == "portal"


def test_a_name_yields_to_what_the_catalogue_finds_by_something_stronger(index):
    known = aliases(ruled("app_name", "Board"))
    app = AppIdentity(domain="app.quillfox.com", label="Board")

    assert known.over_app(app, index.read_app(app)) == index.read_app(app)


def test_a_name_beats_a_name(index):
    known = aliases(ruled("app_name", "Quillfox"))
    app = AppIdentity(label="Quillfox")

    assert known.over_app(app, index.read_app(app)).match.entry.id == "portal"


def test_a_look_alike_that_wears_an_alias_is_still_a_look_alike(index):
    known = aliases(ruled("app_name", "Board"))
    app = AppIdentity(domain="quillfox-login.com", label="Board")
    assert index.read_app(app).imitates == "Quillfox"

    assert known.over_app(app, index.read_app(app)).match is None


def test_a_host_that_a_person_ruled_is_no_look_alike_any_more(index):
    reading = over(index, [ruled("domain", "quillfox-login.com")], StringKind.DOMAIN, "quillfox-login.com")

    assert (reading.match.entry.id, reading.imitates) == ("portal", None)


def test_what_else_a_statement_says_stays(index):
    line = "PADDLE.NET* ACMEPRINT"
    reading = over(index, [ruled("card_descriptor", line)], StringKind.CARD_DESCRIPTOR, line)

    assert (reading.counterparty, reading.merchant_of_record) == ("ACMEPRINT", "Paddle")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "localhost"),
        ("domain", "co.uk"),
        ("domain", "10.0.0.1"),
        ("url", "http://"),
        ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
        ("dns_spf", "v=spf1 include:a-one.com include:b-two.com -all"),
        ("dns_spf", "co.uk"),
        ("dns_cname", ""),
        ("app_name", "!!!"),
        ("client_id", "  "),
        ("dns_txt", '""'),
    ],
)
def test_what_is_none_of_its_kind_can_be_no_alias(kind, value):
    assert normal(StringKind(kind), value) is None


def test_no_aliases_are_no_truth_and_change_nothing(index):
    reading = index.read(StringKind.APP_NAME, "Quillfox")

    assert not Aliases()
    assert aliases(ruled("app_name", "x"))
    assert Aliases().over(StringKind.APP_NAME, "Quillfox", reading) is reading
    assert Aliases().over_app(AppIdentity(label="Quillfox"), reading) is reading


def test_the_detail_may_come_as_the_text_that_the_store_keeps():
    row = ruled("app_name", "Board")
    row["detail"] = '{"kind": "app_name", "value": "board", "tool": "new-board-12345678"}'

    found = aliases_of([row], lambda _tool: None, lambda tool: tool.replace("board", "whiteboard"))

    alias = found.find(StringKind.APP_NAME, "board")
    assert (alias.entry.id, alias.entry.name) == ("new-whiteboard-12345678", "new-whiteboard-12345678")


@given(st.sampled_from(StringKind), st.text(max_size=60), st.text(max_size=2000))
def test_any_text_is_read_without_a_crash_and_found_again(kind, value, other):
    found = normal(kind, value)
    if found is None:
        return
    known = aliases_of([ruled(kind, value)], lambda _tool: None)

    assert known.find(kind, value).kind is found[0]
    assert known.over(kind, other, Reading(match=None, why="x")).why
