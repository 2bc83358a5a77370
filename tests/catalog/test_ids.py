from __future__ import annotations

import pytest

from catalog.ids import find_bundle, find_catalog_key, find_client


def found_id(found):
    return found.id if found else None


def test_a_client_id_is_exact_whatever_its_case(tables):
    assert found_id(find_client(tables, "0a1b2c3d-0000-4000-8000-00000000AAAA ")) == "quillfox"
    assert find_client(tables, "0a1b2c3d-0000-4000-8000-00000000aaab") is None
    assert find_client(tables, "") is None


@pytest.mark.parametrize(
    "key", ["quillfoxsaml", "QUILLFOXSAML", "quillfox", "quillfox_saml2_0", "letterfox", "lantern", "time_keepr"]
)
def test_a_catalogue_key_names_its_tool(tables, key):
    assert found_id(find_catalog_key(tables, key)) in {"quillfox", "lantern", "timekeepr"}


@pytest.mark.parametrize(
    "key",
    [
        "oidc_client",
        "bookmark",
        "template_saml_2_0",
        "template_swa",
        "okta_enduser",
        "saasure",
        "acme_quillfox_1",
        "",
        "zz",
    ],
)
def test_a_templates_key_proves_nothing(tables, key):
    assert find_catalog_key(tables, key) is None


@pytest.mark.parametrize(
    ("bundle", "tool"),
    [
        ("com.quillfox.sender", "quillfox"),
        ("com.quillfox.sender.debug", "quillfox"),
        ("com.quillfox.other", "quillfox"),
        ("COM.QUILLFOX.Sender", "quillfox"),
        ("com.bigco.orbit", "orbit-social"),
        ("com.bigco.bigcosuite", "bigco-suite"),
        ("com.bigco.android.apps.adlight", "bigco-adlight"),
        ("io.metricly.app", "metricly"),
        ("io.lantern.sdk", "lantern"),
        ("com.eventbrite", "eventbrite"),
    ],
)
def test_a_bundle_id_leads_to_its_tool(tables, bundle, tool):
    assert found_id(find_bundle(tables, bundle)) == tool


@pytest.mark.parametrize(
    "bundle",
    [
        "com.quill.fox",
        "com.lantern.hotel",
        "org.quillfox.app",
        "com.bigco.camera",
        "quillfox",
        "",
        "com",
        "a.b",
        "com..x",
        "12345",
    ],
)
def test_a_strange_bundle_id_is_nobodys(tables, bundle):
    assert find_bundle(tables, bundle) is None


def test_an_id_that_is_no_reversed_name_is_matched_whole(tables):
    tables.bundles["id123456"] = "quillfox"
    try:
        assert found_id(find_bundle(tables, "ID123456")) == "quillfox"
    finally:
        del tables.bundles["id123456"]


def test_a_two_letter_label_names_no_product(tables):
    tables.names["bigco ab"] = tables.names["adlight"]
    tables.joined["bigcoab"] = "bigco ab"
    try:
        assert find_bundle(tables, "com.bigco.ab") is None
    finally:
        del tables.names["bigco ab"], tables.joined["bigcoab"]
