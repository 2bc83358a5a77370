from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.entities import find_entity
from model.match import Matcher, StringKind


@pytest.mark.parametrize(
    "value",
    [
        "quillfox",
        "Quillfox",
        "quillfox-saml",
        "quillfox_prod",
        "saml.quillfox",
        "com.quillfox",
        "urn:quillfox",
        "urn:quillfox:sp",
        "urn:quillfox:sp:acme-1",
        "quillfox:acme",
        "urn:auth0:quillfox:acme-SSO",
        " quill-fox ",
    ],
)
def test_an_entity_id_without_a_host_names_its_tool(tables, value):
    found = find_entity(tables, value)

    assert found is not None
    assert found.id == "quillfox"
    assert found.matcher is Matcher.ENTITY_ID


def test_a_brokers_tenant_may_be_an_ordinary_word(tables):
    found = find_entity(tables, "urn:auth0:lantern:acme-okta")

    assert found is not None
    assert found.id == "lantern"


@pytest.mark.parametrize(
    "value",
    [
        "",
        ":",
        "lantern",
        "urn:lantern:sp",
        "SP-PROD-01",
        "saml",
        "acme-quillfox",
        "quillfox.acme.com",
        "urn:auth0:acme:okta",
        "urn:amazon:cognito:sp:eu-central-1_Ab12Cd34E",
        "http:quillfox",
        "spn:quillfox",
        "quill fox",
        "quillfox/metadata",
        "quillfox" * 60,
    ],
)
def test_an_entity_id_of_anybodys_words_names_nobody(tables, value):
    assert find_entity(tables, value) is None


def test_the_sentence_names_what_was_found(index):
    match = index.read(StringKind.ENTITY_ID, "urn:quillfox:sp").match

    assert match is not None
    assert match.why == "The entity id names Quillfox (quillfox)."


@given(st.text(max_size=500))
def test_any_text_may_be_asked(tables, value):
    found = find_entity(tables, value)

    assert found is None or found.id in tables.tools
