"""The real catalogue: its law, and the kinds of string that it must and must not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.categories import CATEGORIES
from catalog.index import Index, load_index
from catalog.law import check
from catalog.load import load_tools
from catalog.shared import CARRIERS, HOSTING, MAILBOXES
from model.match import StringKind

#: Where customers' own things lie: no tool's, although an entry says whose network it is.
EVERYBODYS = CARRIERS | HOSTING | MAILBOXES
LABELLED = Path(__file__).parents[3] / "shared" / "catalogue" / "labelled_signals.jsonl"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Index:
    return load_index(cache=tmp_path_factory.mktemp("cache"))


def read(catalogue, kind, value):
    match = catalogue.read(StringKind(kind), value).match
    return match and match.entry.name


def test_the_catalogue_keeps_its_own_law():
    assert check() == []


def test_every_category_has_a_tool():
    assert {tool.category for tool in load_tools()} == set(CATEGORIES)


def test_every_tool_is_known_by_its_name_and_its_domains(catalogue):
    lost = []
    for tool in load_tools():
        hosts = [(StringKind.DOMAIN, domain.replace("#", "7")) for domain in tool.domains if domain not in EVERYBODYS]
        for kind, value in [(StringKind.APP_NAME, tool.name), *hosts]:
            match = catalogue.read(kind, value).match
            if match is None or match.entry.id != catalogue.today(tool.id):
                lost.append((tool.id, kind.value, value))

    assert lost == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("app_name", "Front Desk Booking"),
        ("app_name", "Gleam Cleaning"),
        ("app_name", "Branch Manager Portal"),
        ("app_name", "Internal HubSpot Portal 7"),
        ("app_name", "Drift Racing Club"),
        ("app_name", "Box Office"),
        ("app_name", "Segment Reporting"),
        ("domain", "hubsp0t.com"),
        ("domain", "mailchimp.com.account-verify.xyz"),
        ("domain", "hubspot.com-login.info"),
        ("card_descriptor", "yourperfectcanvascom"),
        ("card_descriptor", "zoom4u.home to europe"),
        ("card_descriptor", "sage publications uk"),
        ("card_descriptor", "norton physiotherapy"),
        ("card_descriptor", "why sports media"),
        ("card_descriptor", "photobox"),
        ("card_descriptor", "mailbox car park"),
        ("card_descriptor", "malthurst kings norton"),
        ("card_descriptor", "BIRD RIDES INC"),
        ("card_descriptor", "paypal zoom online"),
    ],
)
def test_false_friends_are_nobodys(catalogue, kind, value):
    assert read(catalogue, kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value", "tool"),
    [
        ("app_name", "Okta SWA: Hootsuite", "Hootsuite"),
        ("app_name", "Twilio Segment", "Segment"),
        ("app_name", "Front", "Front"),
        ("domain", "app.hubspot.com", "HubSpot"),
        ("card_descriptor", "dropboxtmc661gq4xkf", "Dropbox"),
        ("card_descriptor", "stkshutterstock.com", "Shutterstock"),
        ("card_descriptor", "przcharge.prezi.com", "Prezi"),
        ("card_descriptor", "MAILCHIMP *MISC", "Mailchimp"),
        ("card_descriptor", "AHREFS PTE LTD SINGAPORE", "Ahrefs"),
    ],
)
def test_well_known_strings_are_known(catalogue, kind, value, tool):
    assert read(catalogue, kind, value) == tool


def test_no_labelled_null_is_identified(catalogue):
    if not LABELLED.exists():
        pytest.skip("the labelled signals are not beside this repository")
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]

    wrong = [row["value"] for row in rows if row["tool"] is None and read(catalogue, row["kind"], row["value"])]

    assert wrong == []
