from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import find_name, parse_label
from model.match import Matcher, StringKind


def named(index, text):
    match = index.read(StringKind.APP_NAME, text).match
    return match and match.entry.id


@pytest.mark.parametrize(
    "text",
    [
        "Quillfox",
        "quillfox",
        "QUILLFOX",
        "Quill Fox",
        "Quillfox™",
        "Quillfox SSO",
        "Quillfox SAML",
        "Quillfox OAuth",
        "Quillfox (Prod)",
        "Quillfox (Legacy)",
        "Quillfox - Marketing",
        "Quillfox - EMEA",
        "Quillfox – EMEA team",  # noqa: RUF001
        "[Mktg] Quillfox",
        "(old) Quillfox",
        "Okta SWA: Quillfox",
        "SSO - Quillfox",
        "Marketing: Quillfox",
        "acme-quillfox-prod",
        "acme_quillfox_sso",
        "quillfox-prod",
        "Quillfox Inc.",
        "Quillfox GmbH",
        "Quillfox.com",
        "Quillfox 3",
        "Quillfox Enterprise",
        "Quillfox client reports",
        "Quillfox connector",
        "Quillfox for Google Docs",
        "Quillfox for Teams",
        "Quillfox Pulse",
        "Quillfox: Newsletters for everyone",
        "Quillfox / Other Tool reporting",
        "Letterfox",
        "Letterfox (Quillfox)",
        "Acme Letters (Quillfox)",
        "Campaign Studio Gold",
    ],
)
def test_a_coined_name_is_known_with_what_admins_add(index, text):
    assert named(index, text) == "quillfox"


@pytest.mark.parametrize(
    "text",
    [
        "Quillfox Platform - Annual Subscription",
        "Quillfox SaaS Contract",
        "Quillfox - Quillfox Enterprise",
        "Quillfox (pay-as-you-go)",
        "Quillfox: BYOL",
        "Quillfox by Quillfox GmbH",
        "Quillfox Newsletter Cloud",
    ],
)
def test_a_marketplace_title_is_known(index, text):
    match = index.read(StringKind.MARKETPLACE_PRODUCT, text).match

    assert match is not None
    assert match.entry.id == "quillfox"
    assert match.matcher is Matcher.NAME


@pytest.mark.parametrize(
    "text",
    [
        "Internal Quillfox Portal 7",
        "My Quillfox",
        "Quillfox Bakery",
        "Quillfox Escape Rooms",
        "Quillfox Farm Shop",
        "Quillfox by Datasync",
        "Quill Fox Hunting",
        "Quillfoxes",
        "Quillfox Bigco Suite Bigco Migration Of Seven Old Things",
        "Training - Quillfox",
        "quillfox.com-login.info",
        "quillfox.ru",
        "Quill\u200bfox",
        "\u202eQuillfox",
    ],
)
def test_a_name_inside_a_longer_one_or_in_disguise_is_no_proof(index, text):
    assert named(index, text) is None


@pytest.mark.parametrize(
    "text", ["Lantern", "lantern", "Lantern SSO", "Lantern (Prod)", "Lantern - IT", "Okta SWA: Lantern"]
)
def test_an_ordinary_word_counts_where_it_stands_alone(index, text):
    assert named(index, text) == "lantern"


@pytest.mark.parametrize(
    "text",
    [
        "Lantern Analytics",
        "Lantern Session Replay",
        "Lantern by Lantern Metrics",
        "Lantern Metrics",
        "Lantern: Heatmaps for shops",
        "Lantern Cloud",
        "Orbitgramme",
    ],
)
def test_an_ordinary_word_counts_with_its_category_or_maker(index, text):
    assert named(index, text) in {"lantern", "orbit-social"}


@pytest.mark.parametrize(
    "text",
    [
        "Lantern Manager Portal",
        "Lantern Desk Booking",
        "Lantern Festival",
        "Lantern Review - FP&A",
        "Customer Lantern Analytics",
        "Green Lantern",
        "Lantern by Acme",
        "Lanterns Workflow",
        "Orbit Sensor Admin",
        "Acme Night (Lantern)",
        "acme-lantern-prod",
    ],
)
def test_an_ordinary_word_beside_others_is_no_proof(index, text):
    assert named(index, text) is None


def test_vendor_and_name_together_are_a_name(index):
    assert named(index, "Bigco Adlight") == "bigco-adlight"
    assert named(index, "Bigco Orbit") == "orbit-social"


def test_the_vendor_of_one_tool_leads_to_it_where_its_name_starts_so(index):
    assert named(index, "Glowworm") == "glow-dam"
    assert named(index, "Trico") is None
    assert named(index, "Bigco") is None


def test_a_name_is_known_without_its_suffix(index):
    assert named(index, "Metricly") == "metricly"
    assert named(index, "Metricly.io SSO") == "metricly"


def test_another_tool_in_the_tail_makes_it_ambiguous(index):
    assert named(index, "Quillfox Metricly sync") is None


def test_a_stated_publisher_is_a_second_clue(tables):
    without = find_name(tables, "Lantern")
    with_vendor = find_name(tables, "Lantern", "Lantern Metrics, Inc.")

    assert without is not None
    assert with_vendor is not None
    assert with_vendor.confidence > without.confidence


def test_the_surer_the_name_the_higher_the_confidence(index):
    readings = [index.read(StringKind.APP_NAME, text).match for text in ("Quillfox", "Quillfox SSO", "Quillfox Pulse")]

    sure = [match.confidence for match in readings if match]
    assert sure == sorted(sure, reverse=True)
    assert len(sure) == 3


def test_why_is_a_sentence_that_names_the_tool(index):
    why = index.read(StringKind.APP_NAME, "Letterfox").why

    assert "Letterfox" in why
    assert "Quillfox" in why
    assert why.endswith(".")


def test_a_label_is_taken_apart():
    label = parse_label("[Mktg] Heap by Contentsquare - EMEA (Prod)")

    assert label.segments[0] == ("heap", "by", "contentsquare")
    assert label.asides == ("Prod",)


def test_the_maker_is_read_from_the_last_segment():
    label = parse_label("Heap by Contentsquare")

    assert label.segments == (("heap",),)
    assert label.maker == "Contentsquare"


@given(st.text(max_size=300))
def test_any_label_can_be_taken_apart(text):
    for words in parse_label(text).segments:
        assert words


@given(st.text(alphabet="quilfoxant -:()[]/", max_size=60))
def test_near_names_never_crash(text):
    parse_label(text)
