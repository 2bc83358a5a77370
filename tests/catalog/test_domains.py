from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domains import cname_target, numbered, spf_hosts
from catalog.load import Tool
from catalog.lookalikes import imitated
from catalog.tables import compile_tables
from model.match import Matcher, StringKind


def read(index, kind, text):
    match = index.read(StringKind(kind), text).match
    return match and match.entry.id


@pytest.mark.parametrize(
    ("kind", "text", "tool"),
    [
        ("domain", "quillfox.com", "quillfox"),
        ("domain", "acme.eu.quillfox.com", "quillfox"),
        ("domain", "adlight.bigco.com", "bigco-adlight"),
        ("domain", "x.adlight.bigco.com", "bigco-adlight"),
        ("domain", "www.bigco.com", "bigco-suite"),
        ("domain", "ana@quillfox.com", "quillfox"),
        ("domain", "npost2527.com", "mktnumbers"),
        ("url", "https://app.lantern.io/#!/x", "lantern"),
        ("script_host", "d1quillfox2x.cloudfront.net", "quillfox"),
        ("script_host", "//cdn.lanterncdn.com/a.js", "lantern"),
        ("redirect_uri", "https://app.quillfox.com/oauth/hubspot/callback", "quillfox"),
        ("redirect_uri", "com.quillfox.sender://oauth", "quillfox"),
        ("entity_id", "https://app.quillfox.com/saml/metadata", "quillfox"),
        ("entity_id", "quillfox.com", "quillfox"),
        ("entity_id", "urn:quillfox:saml:acme", "quillfox"),
        ("entity_id", "Quillfox", "quillfox"),
        ("dns_cname", "go.acme.com CNAME acme.quillfox.com", "quillfox"),
        ("dns_cname", "go.acme.com. 300 IN CNAME acme.quillfox.com.", "quillfox"),
        ("dns_cname", "acme.quillfox.com", "quillfox"),
        ("dns_spf", "include:servers.qfx-mail.net", "quillfox"),
        ("dns_spf", "v=spf1 ip4:10.0.0.0/8 include:_spf.quillfox.com ~all", "quillfox"),
        ("dns_spf", "v=spf1 include:%{i}._spf.quillfox.com -all", "quillfox"),
        ("dns_spf", "v=spf1 redirect=_spf.quillfox.com", "quillfox"),
        ("dns_spf", "include:a.npost41.com", "mktnumbers"),
        ("dns_txt", "qfx-proof=abc", "quillfox"),
        ("dns_txt", "QFX-PROOF=abc", "quillfox"),
        ("dns_txt", '"qfx-proof.abc"', "quillfox"),
        ("dns_txt", "quillfox-domain-verification-hkth5m=x", "quillfox"),
        ("dns_txt", "quillfox-verification=1", "quillfox"),
        ("dns_txt", "quillfox-code:1", "quillfox"),
        ("dns_txt", "quillfox_verify.Ab3", "quillfox"),
        ("dns_txt", "lantern-site-verification=1", "lantern"),
        ("dns_txt", "v=spf1 include:servers.qfx-mail.net -all", "quillfox"),
        ("dns_txt", "v=DMARC1; p=none; rua=mailto:x@dmarc.quillfox.com,mailto:dmarc@acme.com", "quillfox"),
    ],
)
def test_a_host_or_record_leads_to_its_tool(index, kind, text, tool):
    assert read(index, kind, text) == tool


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("domain", "acme.com"),
        ("domain", "notquillfox.com"),
        ("domain", "quillfox.com.evil.io"),
        ("domain", "quillfox.evil.io"),
        ("domain", "bigco.org"),
        ("domain", "quillfox"),
        ("domain", "quillfox.local"),
        ("url", "https://acme.com/quillfox.com"),
        ("url", "https://acme.com/?next=https://quillfox.com"),
        ("url", "https://intranet.acme.local/orbit"),
        ("url", "https://quillfox.com@evil.io"),
        ("script_host", "d99other.cloudfront.net"),
        ("redirect_uri", "msal1a2b3c4d://auth"),
        ("redirect_uri", "http://localhost:8080/quillfox"),
        ("entity_id", "Lantern"),
        ("entity_id", "urn:acme:quillfox"),
        ("entity_id", "spn:0a1b2c3d-0000-4000-8000-00000000aaab"),
        ("entity_id", ""),
        ("dns_cname", "quillfox.com CNAME ghs.acme.internal"),
        ("dns_cname", ""),
        ("dns_spf", "v=spf1 include:servers.qfx-mail.net include:adlight.bigco.com -all"),
        ("dns_spf", "v=spf1 -all"),
        ("dns_spf", ""),
        ("dns_txt", "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEB"),
        ("dns_txt", "acme-site-verification=quillfox.com"),
        ("dns_txt", "quillfox is great"),
        ("dns_txt", "="),
        ("dns_txt", ""),
        ("dns_txt", "v=DMARC1; p=none"),
    ],
)
def test_a_brand_elsewhere_is_no_proof(index, kind, text):
    assert read(index, kind, text) is None


def test_the_sentence_tells_the_host_and_the_owning_domain(index):
    reading = index.read(StringKind.DOMAIN, "app.quillfox.com")

    assert reading.why == "The domain app.quillfox.com belongs to Quillfox (quillfox.com)."
    assert reading.match is not None
    assert reading.match.matcher is Matcher.DOMAIN
    assert reading.match.matched == "quillfox.com"


def test_an_entity_id_is_its_own_matcher(index):
    match = index.read(StringKind.ENTITY_ID, "https://quillfox.com/saml").match

    assert match is not None
    assert match.matcher is Matcher.ENTITY_ID


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("qui11fox.com", "quillfox"),
        ("quillf0x.com", "quillfox"),
        ("quilfox.com", "quillfox"),
        ("quiillfox.com", "quillfox"),
        ("qiullfox.com", "quillfox"),
        ("quillfoxx.com", "quillfox"),
        ("quillfox.com.account-verify.xyz", "quillfox"),
        ("quillfox.com-login.info", "quillfox"),
        ("docs-quillfox.com.ru", None),
        ("quillfox-login.biz", "quillfox"),
        ("quillfox.login-eu.ru", "quillfox"),
        ("secure.quillfox.badhost.xyz", "quillfox"),
        ("xn--quillfx-fjg.com", "quillfox"),
    ],
)
def test_a_look_alike_is_reported_and_not_identified(index, host, tool):
    reading = index.read(StringKind.DOMAIN, host)

    assert reading.match is None
    assert reading.imitates == ("Quillfox" if tool else None)


@pytest.mark.parametrize(
    "host", ["acme.com", "fox.com", "lantern-login.com", "lantem.io", "quillfox-pizza.it", "co.uk", "com"]
)
def test_an_honest_neighbour_is_no_look_alike(tables, host):
    assert imitated(tables, host) is None


def test_a_makers_own_sign_in_host_is_no_look_alike_where_only_a_product_of_it_is_known():
    muse = Tool(id="muse", name="Hugeco Muse", vendor="Hugeco", category="cms_web", domains=("muse.hugeco.com",))
    known = compile_tables((muse,))

    assert imitated(known, "auth.hugeco.com") is None
    assert imitated(known, "auth.hugeco.badhost.xyz") == "muse"


@pytest.mark.parametrize(
    ("record", "host"),
    [
        ("a.b.com CNAME c.d.com", "c.d.com"),
        ("a.b.com -> c.d.com", "c.d.com"),
        ("a.b.com CNAME c.d.com. ; a comment", "c.d.com"),
        ("c.d.com", "c.d.com"),
        ("a.b.com CNAME 10.0.0.1", None),
        ("   ", None),
    ],
)
def test_the_target_of_a_cname_is_its_last_word(record, host):
    assert cname_target(record) == host


def test_spf_mechanisms_give_their_hosts_once_and_in_order():
    record = (
        'v=spf1 include:a.com "+include:b.com" a:c.com/24 mx:d.com exists:%{i}.e.com ip4:1.2.3.4 include:a.com ?all'
    )

    assert spf_hosts(record) == ["a.com", "b.com", "c.com", "d.com", "e.com"]


def test_numbers_of_a_family_of_domains_become_one_sign():
    assert numbered("a12.npost2527.com") == "a#.npost#.com"


@given(st.text(max_size=300))
def test_any_record_is_read_without_a_crash(text):
    cname_target(text)
    assert all("." in host for host in spf_hosts(text))
