from __future__ import annotations

import pytest

from catalog.index import Index
from catalog.load import Tool
from catalog.names import find_name
from catalog.tables import compile_tables
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


def tool(name, category, **more):
    slug = name.lower().replace(" ", "-").replace(".", "-")
    return Tool(**{"id": slug, "name": name, "vendor": name, "category": category, "domains": (f"{slug}.com",), **more})


@pytest.fixture(scope="module")
def more():
    """Tools by the sort of their name: plain, humped, dotted, of two plain words, of a house, of a word."""
    house = [tool(f"Bighouse {part}", "nm_productivity", vendor="Bighouse") for part in ("One", "Two", "Six")]
    house += [tool(f"Houseling{at}", "nm_productivity", vendor="Bighouse") for at in range(6)]
    return Index(
        compile_tables(
            [
                *house,
                tool("Bighouse", "nm_productivity"),
                tool("Meltmoor", "pr_comms"),
                tool("MailPuffin", "email_marketing"),
                tool("Visitor Pipeline", "abm_intent"),
                tool("The Bid Desk", "ads_programmatic", names=("Bid Desk",)),
                tool("Ember", "marketing_automation", word=True, names=("Appfolk", "Embers")),
                tool("Prow", "landing_pages", word=True, domains=("prow.io",)),
                tool("Perfect Media", "ads_programmatic", word=True, names=("PerfectMedia", "Pemedix")),
                tool("Titan Letters", "email_marketing", vendor="Titan"),
                tool("keihi", "nm_finance"),
                tool("Chart by Numbers", "nm_legal_other"),
                tool("Old Mail", "email_marketing", names=("Mail App",)),
            ]
        ),
        "test",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Contoso - MailPuffin",
        "Contoso - MailPuffin SAML",
        "Contoso Ltd - MailPuffin",
        "Prow & Clay Ltd - MailPuffin SAML",
        "Prow Cleaning Co. - MailPuffin Admin",
        "Nordwind GmbH: MailPuffin",
        "Nordwind GmbH MailPuffin",
        "Contoso MailPuffin SSO",
        "Contoso MailPuffin SAML 2.0",
        "Bob's Bakery - MailPuffin SSO",
        "MailPuffin - Nordwind AG",
        "MailPuffin (Nordwind AG)",
        "MailPuffin | Nordwind",
        "contoso-mailpuffin-prod",
        "\u697d\u5929 MailPuffin",
    ],
)
def test_a_customers_name_stands_before_or_behind_a_tool(more, text):
    assert named(more, text) == "mailpuffin"


@pytest.mark.parametrize(
    "text",
    [
        "MailPuffin via OIDC",
        "MailPuffin SAML 2.0",
        "MailPuffin - Vertrieb",
        "MailPuffin (Jur\u00eddico)",
        "MailPuffin Abteilung Einkauf",
        "MailPuffin - \u00c9quipe marketing (Recette)",
        "MailPuffin | Ventas",
        "MailPuffin \u2013 Comunica\u00e7\u00e3o (Homologa\u00e7\u00e3o)",
        "PROD-MailPuffin",
        "zz_DEPRECATED MailPuffin",
        "SSO for MailPuffin",
        "Sign in to MailPuffin",
        "Okta SSO: MailPuffin",
        "MailPuffin\uff08\u793e\u5185\uff09",
        "MailPuffin\u55b6\u696d\u90e8",
        "MailPuffinCRM",
        "MailPuffinProd",
        "MailPuffin Newsletter Welle",
        "\ufeffMailPuffin\u200b",
    ],
)
def test_what_admins_of_any_language_add_is_no_part_of_the_name(more, text):
    assert named(more, text) == "mailpuffin"


@pytest.mark.parametrize("text", ["ProwSSO", "ProwSAMLProd"])
def test_a_word_that_is_written_together_with_sign_on_is_the_tool(more, text):
    assert named(more, text) == "prow"


@pytest.mark.parametrize("text", ["ProwCompany", "ProwGroup", "AppProw", "ProwApp", "ProwPages", "ProwCloud"])
def test_a_word_within_a_coined_one_is_somebody_elses_name(more, text):
    assert named(more, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Lunch - MailPuffin",
        "Training - MailPuffin",
        "Backup Job - MailPuffin",
        "My MailPuffin SSO",
        "Internal MailPuffin SSO",
        "Contoso MailPuffin",
        "MailPuffin-login.com SSO",
        "mailpuffin.com.evil.tld login",
        "mailpuffin.com-login.info",
        "MailPufffin SSO",
        "Mail\u200bPuffin",
        "Meltmoor Flood Alerts",
        "Meltmoor Water Studio Till",
        "Meltmoor Glacier Data Hut",
        "Visitor Pipeline Valves",
        "Mail Puffin Colony",
        "Mail Puffin Scheduling",
        "Bid Desk Settlement",
        "Bighouse Nailgun",
        "Ember Fire Alarm",
        "Ember (Hospital)",
        "Titan Crane Rental",
        "Prow Window Cleaning Rota",
        "FrontEmber",
    ],
)
def test_a_name_in_a_phrase_or_behind_what_is_no_company_is_no_proof(more, text):
    assert named(more, text) is None


@pytest.mark.parametrize(
    ("text", "tool_id"),
    [
        ("Meltmoor Contoso", "meltmoor"),
        ("Meltmoor Media Alerts", "meltmoor"),
        ("Meltmoor Flood Alerts SSO", "meltmoor"),
        ("Visitor Pipeline SSO", "visitor-pipeline"),
        ("Visitor Pipeline Account Signals", "visitor-pipeline"),
        ("Mail Puffin Newsletter", "mailpuffin"),
        ("Mail Puffin SSO", "mailpuffin"),
        ("Chart by Numbers SSO", "chart-by-numbers"),
        ("[Legal] Chart by Numbers (Prod)", "chart-by-numbers"),
        ("Bighouse Two Valves", "bighouse-two"),
        ("The Bid Desk Settlement", "the-bid-desk"),
        ("Bighouse Enterprise", "bighouse"),
        ("Bighouse - Nordwind", "bighouse"),
        ("Bighouse Six", "bighouse-six"),
        ("Titan", "titan-letters"),
        ("Appfolk Dashboard US-03", "ember"),
        ("Mail App SSO", "old-mail"),
        ("Contoso - Mail App SAML", "old-mail"),
        ("Houseling1 - MailPuffin", "houseling1"),
        ("keihi\u4f1a\u8a08", "keihi"),
    ],
)
def test_the_sort_of_a_name_says_what_may_stand_behind_it(more, text, tool_id):
    assert named(more, text) == tool_id


@pytest.mark.parametrize(
    "text",
    [
        "Ember EMEA",
        "Ember SAML 2.0",
        "Ember Vertrieb",
        "Ember\u4f1a\u8b70",
        "Ember Customer Engagement Platform",
        "Ember Cross-Channel Journeys",
        "Ember: Email & Push for shops",
        "Nordwind AG - Ember",
    ],
)
def test_an_ordinary_word_counts_with_a_region_a_department_or_what_software_does(more, text):
    assert named(more, text) == "ember"


@pytest.mark.parametrize(
    "text",
    [
        "Prow.io Competitions",
        "prow.io",
        "https://app.prow.io/login",
        "Competitions (prow.io)",
        "Prow \u2011 Pop Ups, Email, & SMS",
        "Prow - Pop Ups",
    ],
)
def test_an_ordinary_word_counts_with_its_domain_or_its_trade(more, text):
    assert named(more, text) == "prow"


def test_a_shop_at_a_tools_domain_is_not_the_tool(more):
    assert named(more, "Prow.io Bakery") is None


@pytest.mark.parametrize("line", ["PERFECT MEDIA", "PERFECT MEDIA BERLIN", "PERFECTMEDIA"])
def test_the_words_of_a_tool_written_together_prove_no_more_than_apart(more, line):
    assert more.read(StringKind.CARD_DESCRIPTOR, line).match is None


@pytest.mark.parametrize("line", ["PEMEDIX", "PEMEDIX 4711 BERLIN"])
def test_another_name_of_such_a_tool_proves_it(more, line):
    match = more.read(StringKind.CARD_DESCRIPTOR, line).match

    assert match is not None
    assert match.entry.id == "perfect-media"
