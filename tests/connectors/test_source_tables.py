"""`[sources.NAME]`: typed keys, errors by name, secrets by reference alone."""

import contextlib
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.okta_live import SOURCE
from connectors.source_tables import Address, Secret, configured, opened
from model.errors import ConfigError

TABLE = {"kind": "okta", "org_url": "https://acme.okta.com", "token": "env:A"}
KNOWN = {"okta": SOURCE}
A_PLACE = Address("https://a.example")


@dataclass(frozen=True, kw_only=True)
class Config:
    """All types that a key may have."""

    token: Secret
    url: Address = A_PLACE
    size: int = 5
    names: tuple[str, ...] = ()
    on: bool = False
    region: str | None = None


class Vault:
    def resolve(self, reference):
        return f"<{reference}>"


def test_a_table_becomes_the_kinds_own_configuration():
    found = configured(
        Config, {"token": "env:A", "size": 7, "names": ["a", "b"], "on": True, "url": "https://b.example/"}
    )

    assert found == Config(token=Secret("env:A"), size=7, names=("a", "b"), on=True, url=Address("https://b.example"))
    assert found.token.read(Vault()) == "<env:A>"


def test_a_source_has_its_common_keys_apart_from_its_own():
    table = TABLE | {"backfill_days": 7, "skip": ["grants"], "certificates": "ca.pem"}

    found = opened({"okta:acme": table}, KNOWN)["okta:acme"]

    assert (found.name, found.backfill_days, found.certificates) == ("okta:acme", 7, "ca.pem")
    assert [feed.name for feed in found.feeds] == ["users", "apps", "app_users", "app_groups", "tokens", "log"]
    assert found.tenant == "acme.okta.com"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"token": "hush"}, r"^\.token: name the secret as env:NAME"),
        ({"token": "env:"}, r"^\.token: name the secret"),
        ({"token": 5}, r"^\.token: Expected `str`"),
        ({"token": "env:A", "size": "hush"}, r"^\.size: Expected `int`, got `str`"),
        ({"token": "env:A", "names": ["a", 5]}, r"^\.names\[1\]: Expected `str`"),
        ({"token": "env:A", "url": "https://u:hush@a.example"}, r"^\.url: an address here has no password"),
        ({"token": "env:A", "url": "https://a.example/?key=hush"}, r"^\.url: an address here has no password"),
        ({"token": "env:A", "url": "http://a.example"}, r"^\.url: write the address like"),
        ({"token": "env:A", "url": "https://a.example:port"}, r"^\.url: the port"),
        ({"token": "env:A", "url": "acme"}, r"^\.url: write the address like"),
        ({"token": "env:A", "sise": 5}, r"^\.sise: unknown key; did you mean 'size'"),
        ({"token": "env:A", "xyz": 5}, r"^\.xyz: unknown key; there are: token"),
        ({}, "token"),
    ],
)
def test_a_wrong_key_is_told_by_name_and_its_value_is_not(table, why):
    with pytest.raises(ValueError, match=why) as caught:
        configured(Config, table)

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb"])
def test_a_source_needs_a_name_that_evidence_can_bear(name):
    with pytest.raises(ConfigError, match="a source's name"):
        opened({name: TABLE}, KNOWN)


def test_all_wrong_tables_are_told_at_once():
    with pytest.raises(ConfigError, match=r"sources\.a\.kind: missing.*sources\.b\.kind: unknown; did you mean 'okta'"):
        opened({"a": {}, "b": {"kind": "oktaa"}, "c": TABLE}, KNOWN)


@pytest.mark.parametrize("days", [0, -1, 4000])
def test_a_backfill_is_a_number_of_days(days):
    with pytest.raises(ConfigError, match=r"sources\.a\.backfill_days"):
        opened({"a": TABLE | {"backfill_days": days}}, KNOWN)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:5", "https://a.example/x/"])
def test_plain_http_is_for_this_machine_alone(url):
    assert Address(url) == url.rstrip("/")


def test_an_address_knows_its_host():
    assert Address("https://ACME.okta.com").host == "acme.okta.com"


def test_a_secret_shows_its_reference_and_compares_by_it():
    assert repr(Secret("env:A")) == "Secret('env:A')"
    assert len({Secret("env:A"), Secret("env:A"), Secret("file:b")}) == 2
    assert Secret("env:A") != "env:A"


@given(st.text(max_size=40))
def test_no_text_breaks_an_address(text):
    with contextlib.suppress(ValueError):
        assert Address(text).host


def test_a_tenant_is_the_host():
    found = opened({"a": TABLE}, KNOWN)["a"]

    assert replace(
        found, config=configured(SOURCE.config, {"org_url": "https://B.okta.com", "token": "env:A"})
    ).tenant == ("b.okta.com")
