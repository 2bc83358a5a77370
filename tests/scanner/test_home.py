"""What lies on the company's own domains is its own, whatever word it is called by."""

import pytest

from model.signal import AppIdentity
from scanner.home import HomeIndex
from tests.shipped import catalogue

HOME = HomeIndex(catalogue(), ("Acme.example", "acme.test"))


def tool(**app):
    found = HOME.read_app(AppIdentity(**app))
    return found.match and found.match.entry.id


@pytest.mark.parametrize("url", ["https://basecamp.acme.example/x", "https://ACME.test", "basecamp.acme.example"])
def test_an_ordinary_word_is_no_proof_on_a_domain_of_ones_own(url):
    assert tool(label="Basecamp", url=url) is None


@pytest.mark.parametrize("field", ["url", "redirect_uri", "entity_id"])
def test_each_address_of_an_app_says_where_it_lies(field):
    assert tool(label="Basecamp", **{field: "https://basecamp.acme.example/callback"}) is None


@pytest.mark.parametrize(
    "url", ["https://basecamp.elsewhere.example", "https://acme.example.evil.test", "https://[", None]
)
def test_elsewhere_a_word_names_the_tool(url):
    assert tool(label="Basecamp", url=url) == "basecamp"


def test_a_coined_name_names_the_tool_on_a_domain_of_ones_own_too():
    assert tool(label="Zendesk", url="https://help.acme.example") == "zendesk"


def test_stronger_proof_than_a_name_stands():
    assert tool(label="Slack", catalog_key="slack", url="https://slack.acme.example") == "slack"


def test_it_says_why():
    why = HOME.read_app(AppIdentity(label="Basecamp", url="https://basecamp.acme.example")).why

    assert (
        why == "It lies on basecamp.acme.example, a domain of the company: that it is called as Basecamp is no proof."
    )


def test_the_catalogue_itself_is_the_same():
    assert HOME.version == catalogue().version
    assert HOME.entry("basecamp").name == "Basecamp"
