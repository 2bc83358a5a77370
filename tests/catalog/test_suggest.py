"""Suggestions: candidates for a person, ranked, each with a reason; nothing is named by them."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.suggest import Suggester
from model.match import StringKind
from model.signal import AppIdentity


@pytest.fixture(scope="module")
def suggester(tables):
    return Suggester(tables)


@pytest.mark.parametrize(
    ("kind", "value", "tool"),
    [
        (StringKind.APP_NAME, "Quilfox (Prod)", "quillfox"),
        (StringKind.APP_NAME, "Quill Fox Newsletters", "quillfox"),
        (StringKind.APP_NAME, "Numbrpost SSO", "mktnumbers"),
        (StringKind.CARD_DESCRIPTOR, "PADDLE.NET* QUILLFX 8841", "quillfox"),
        (StringKind.CARD_DESCRIPTOR, "NUMBRPOST MONTHLY", "mktnumbers"),
        (StringKind.DOMAIN, "quillfoxx.io", "quillfox"),
        (StringKind.URL, "https://app.tricordr.app/login", "tricorder"),
        (StringKind.REDIRECT_URI, "https://glowwormm.com/back", "glow-dam"),
        (StringKind.ENTITY_ID, "https://eventbrlte.dev/saml", "eventbrite"),
        (StringKind.ENTITY_ID, "urn:quilfox:prod", "quillfox"),
        (StringKind.DNS_SPF, "v=spf1 include:mail.eventbritee.net -all", "eventbrite"),
        (StringKind.DNS_CNAME, "mail.acme.com CNAME quilfox.net", "quillfox"),
        (StringKind.BUNDLE_ID, "io.nobody.eventbritte", "eventbrite"),
        (StringKind.MARKETPLACE_PRODUCT, "Tricorder Analytcs", "tricorder"),
    ],
)
def test_what_is_nearly_a_tool_s_name_has_it_as_its_first_candidate(suggester, kind, value, tool):
    found = suggester.suggest(kind, value)

    assert found[0].tool_id == tool
    assert found[0].why.endswith(".")
    assert 0.7 < found[0].score <= 1
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (StringKind.APP_NAME, "Portal"),
        (StringKind.APP_NAME, "Login"),
        (StringKind.APP_NAME, ""),
        (StringKind.APP_NAME, "x" * 100_000),
        (StringKind.APP_NAME, "12345"),
        (StringKind.CARD_DESCRIPTOR, "SHELL 5873"),
        (StringKind.CARD_DESCRIPTOR, "HOTEL NORDSTERN"),
        (StringKind.DOMAIN, "http://"),
        (StringKind.DOMAIN, "10.0.0.1"),
        (StringKind.DNS_CNAME, ""),
        (StringKind.CLIENT_ID, "quilfox"),
        (StringKind.DNS_TXT, "quilfox"),
    ],
)
def test_what_is_like_nothing_has_no_candidate(suggester, kind, value):
    assert suggester.suggest(kind, value) == []


def test_the_reason_says_how_they_are_alike(suggester):
    spelt, named = (
        suggester.suggest(StringKind.APP_NAME, "Quilfox")[0],
        suggester.suggest_app(AppIdentity(label="Quillfox")),
    )
    (part,) = suggester.suggest(StringKind.APP_NAME, "Glowworm")

    assert spelt.why == "“quilfox” is spelt 93% like “quillfox”, a name of Quillfox."
    assert named[0].why == "“quillfox” is what Quillfox is called, which alone is no proof."
    assert part.tool_id == "glow-dam"


def test_the_words_of_a_longer_name_are_told(suggester):
    (found, *_) = suggester.suggest(StringKind.APP_NAME, "Eventbrite Summerfest")

    assert found.why == "“eventbrite”, a name of Eventbrite, stands in “eventbrite summerfest”."


def test_an_app_is_compared_by_all_its_names_and_each_tool_stands_once(suggester):
    app = AppIdentity(label="Quilfox", url="https://eventbritte.dev", bundle_id="com.x.quilfox")

    found = suggester.suggest_app(app)

    assert {"quillfox", "eventbrite"} <= {c.tool_id for c in found}
    assert len({c.tool_id for c in found}) == len(found)


def test_no_more_than_asked_for(suggester):
    assert len(suggester.suggest(StringKind.APP_NAME, "Quilfox", limit=1)) == 1


@given(st.sampled_from(list(StringKind)), st.text(max_size=200))
def test_any_text_can_be_asked_about(tables, kind, value):
    found = Suggester(tables).suggest(kind, value)

    assert all(0 < c.score <= 1 for c in found)
    assert len(found) <= 5


def test_plain_identification_does_not_load_the_library():
    code = "import sys, commands.identify, catalog.identify; print('rapidfuzz' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
