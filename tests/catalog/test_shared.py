from __future__ import annotations

import pytest

from catalog import shared
from catalog.domains import begins, find_by_path, find_host, find_spf
from catalog.hosts import parse_host, path_of
from catalog.load import Tool, load_tools
from catalog.tables import compile_tables

SETS = {
    "carriers": shared.CARRIERS,
    "hosting": shared.HOSTING,
    "mailboxes": shared.MAILBOXES,
    "web hosts": shared.WEB_HOSTS,
    "suites": shared.SUITES,
}
KNOWN = compile_tables(
    (
        Tool(id="netlify", name="Netlify", vendor="Netlify", category="nm_dev", domains=("netlify.com", "netlify.app")),
        Tool(
            id="cloud",
            name="Cloud",
            vendor="Big",
            category="nm_dev",
            domains=("big.com", "cloudfront.net", "azure.com", "protonmail.com"),
        ),
        Tool(id="pixel", name="Pixel", vendor="P", category="cdp", domains=("pixel.io", "d1x.cloudfront.net")),
        Tool(id="widget", name="Widget", vendor="P", category="cdp", domains=("p.io", "px.netlify.app")),
        Tool(id="jira", name="Jira", vendor="Atlassian", category="nm_productivity", domains=("jira.com",)),
        Tool(
            id="jira-service-management",
            name="Jira Service Management",
            vendor="Atlassian",
            category="nm_support",
            domains=(),
        ),
        Tool(id="atlassian", name="Atlassian", vendor="Atlassian", category="nm_dev", domains=("atlassian.net",)),
        Tool(id="onedrive", name="OneDrive", vendor="Microsoft", category="nm_dev", domains=("onedrive.com",)),
        Tool(id="sharepoint", name="SharePoint", vendor="Microsoft", category="nm_dev", domains=("sharepoint.com",)),
        Tool(
            id="suite",
            name="Suite",
            vendor="Google",
            category="nm_productivity",
            domains=("workspace.google.com",),
            spf=("_spf.google.com",),
        ),
        Tool(id="letters", name="Letters", vendor="L", category="email_marketing", domains=("letters.io",)),
        Tool(
            id="hoster",
            name="Hoster",
            vendor="H",
            category="nm_dev",
            domains=("ovh.com",),
            spf=("mx.ovh.com", "spf.privateemail.com"),
        ),
        Tool(id="zoho", name="Zoho", vendor="Zoho Corporation", category="nm_dev", domains=("zoho.com", "zoho.eu")),
        Tool(id="zoho-desk", name="Zoho Desk", vendor="Zoho", category="nm_support", domains=("desk.zoho.com",)),
        Tool(id="other", name="Other", vendor="Else", category="crm", domains=("else.zoho.com",)),
        Tool(id="treasure", name="Treasure Data", vendor="Treasure", category="cdp", domains=("treasuredata.com",)),
        Tool(id="short", name="Hubspud", vendor="Hubspud", category="crm", domains=("hubspud.com",)),
        Tool(id="apart", name="Northern", vendor="Northern", category="crm", domains=("northernlight.com",)),
        Tool(id="ordinary", name="Basecamps", vendor="B", category="crm", domains=("basecamps.com",), word=True),
    )
)


def owner(host, **how):
    found = find_host(KNOWN, host, **how)
    return found and found.id


@pytest.mark.parametrize("name", SETS)
def test_every_shared_suffix_is_a_plain_host(name):
    assert [host for host in SETS[name] if parse_host(host) != host] == []


def test_no_suffix_is_of_two_kinds():
    assert shared.CARRIERS.isdisjoint(shared.HOSTING)
    assert shared.MAILBOXES.isdisjoint(shared.CARRIERS | shared.HOSTING)


def test_the_paths_begin_with_a_slash_and_the_longest_comes_first():
    for found in shared.PATHS.values():
        lengths = [len(path) for path, _ in found]

        assert all(path.startswith("/") for path, _ in found)
        assert lengths == sorted(lengths, reverse=True)


def test_the_facts_that_name_tools_name_some_that_exist_or_are_passed_over():
    ids = {tool.id for tool in load_tools()}
    named = {tool for found in shared.PATHS.values() for _, tool in found} | set(shared.SCHEMES.values())

    assert len(named & ids) > 40
    assert set(shared.ENTITY_IDS.values()) <= ids


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("netlify.com", "netlify"),
        ("app.netlify.com", "netlify"),
        ("netlify.app", None),
        ("acme.netlify.app", None),
        ("px.netlify.app", "widget"),
        ("cloudfront.net", None),
        ("d9z.cloudfront.net", None),
        ("d1x.cloudfront.net", "pixel"),
        ("portal.azure.com", "cloud"),
        ("acme.westeurope.cloudapp.azure.com", None),
        ("protonmail.com", None),
        ("account.protonmail.com", "cloud"),
        ("gmail.com", None),
    ],
)
def test_what_customers_put_on_a_shared_host_is_nobodys(host, tool):
    assert owner(host) == tool


@pytest.mark.parametrize(
    ("host", "tool"), [("acme.netlify.app", "netlify"), ("d9z.cloudfront.net", None), ("px.netlify.app", "widget")]
)
def test_a_record_that_leads_to_a_hosting_company_shows_who_hosts(host, tool):
    assert owner(host, served=True) == tool


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("acme-my.sharepoint.com", "onedrive"),
        ("acme.sharepoint.com", "sharepoint"),
        ("my.sharepoint.com", "sharepoint"),
        ("desk.zoho.eu", "zoho-desk"),
        ("acme.desk.zoho.eu", "zoho-desk"),
        ("else.zoho.eu", "zoho"),
        ("show.zoho.eu", "zoho"),
        ("zoho.eu", "zoho"),
    ],
)
def test_a_first_label_tells_the_product_of_a_maker(host, tool):
    assert owner(host) == tool


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("treasuredata.co.jp", "treasure"),
        ("console.treasuredata.co.jp", "treasure"),
        ("treasuredata.de", "treasure"),
        ("treasuredata.com.br", "treasure"),
        ("treasuredata.co", None),
        ("treasuredata.cm", None),
        ("treasuredata.net", None),
        ("treasuredata.xyz", None),
        ("treasuredata.acme.de", None),
        ("treasure-data.de", None),
        ("treasuredatas.de", None),
        ("co.jp", None),
        ("de", None),
        ("hubspud.de", None),
        ("northernlight.de", None),
        ("basecamps.de", None),
    ],
)
def test_only_a_long_coined_brand_is_its_owners_under_a_countrys_ending(host, tool):
    assert owner(host) == tool


@pytest.mark.parametrize(
    ("url", "tool"),
    [
        ("https://acme.atlassian.net/jira/your-work", "jira"),
        ("https://acme.atlassian.net/jira", "jira"),
        ("https://acme.atlassian.net/jira?x=1", "jira"),
        ("https://acme.atlassian.net/JIRA/", "jira"),
        ("https://acme.atlassian.net/jirafoo", None),
        ("https://acme.atlassian.net/x/jira/", None),
        ("https://acme.atlassian.net/?a=/jira/", None),
        ("https://acme.atlassian.net/jira/servicedesk/x", "jira-service-management"),
        ("https://acme.atlassian.net/wiki", None),
        ("https://acme.atlassian.net.evil.io/jira/", None),
        ("https://acme.atlassian.net", None),
        ("acme.atlassian.net/jira/", "jira"),
        ("https://atlassian.net.acme.com/jira/", None),
    ],
)
def test_a_path_tells_the_product_on_its_makers_host_only(url, tool):
    host = parse_host(url)

    found = find_by_path(KNOWN, host or "", url)

    assert (found and found.id) == tool


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.b/C?d=/e", "/c?d=/e"),
        ("//a.b/c", "/c"),
        ("a.b/c/d", "/c/d"),
        ("a.b", ""),
        ("https://a.b", ""),
        ("", ""),
    ],
)
def test_a_path_is_what_follows_the_host(url, path):
    assert path_of(url) == path


def test_a_path_begins_with_whole_segments():
    assert begins("/ads/x", "/ads")
    assert begins("/ads", "/ads")
    assert not begins("/adsense", "/ads")
    assert begins("/a/x", "/a/")


@pytest.mark.parametrize(
    ("record", "tool"),
    [
        ("v=spf1 include:_spf.google.com ~all", "suite"),
        ("v=spf1 include:_spf.google.com include:spf.letters.io ~all", "letters"),
        ("v=spf1 include:spf.letters.io include:_spf.google.com include:mx.ovh.com ~all", "letters"),
        ("v=spf1 include:mx.ovh.com ~all", None),
        ("v=spf1 include:spf.privateemail.com ~all", None),
        ("v=spf1 include:mx.ovh.com include:_spf.google.com ~all", "suite"),
        ("v=spf1 include:spf.letters.io include:jira.com ~all", None),
        ("v=spf1 include:d9z.cloudfront.net ~all", None),
        ('acme.com. 300 IN TXT "v=spf1 include:spf.letters.io ~all"', "letters"),
        ('letters.io. 300 IN TXT "v=spf1 include:mx.ovh.com ~all"', None),
        ("acme.com -> v=spf1 include:spf.letters.io ~all", "letters"),
        ("V=SPF1 INCLUDE:SPF.LETTERS.IO ~ALL", "letters"),
    ],
)
def test_mailboxes_are_no_finding_beside_a_tool(record, tool):
    found = find_spf(KNOWN, record)

    assert (found and found.id) == tool
