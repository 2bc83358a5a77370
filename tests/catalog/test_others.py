# ruff: noqa: RUF001 (letters of other scripts stand here on purpose)
from __future__ import annotations

import pytest

from catalog.descriptors import parse_descriptor
from catalog.others import reseller_of, sells_tickets
from model.match import StringKind
from tests.shipped import catalogue


def read(text):
    return catalogue().read(StringKind.CARD_DESCRIPTOR, text)


def paid(text):
    match = read(text).match
    return match and match.entry.name


TICKETS = [
    "EB *KLAVIYO USER MEETUP BERLIN",
    "EB *SPARK OF HOPE GALA 2026 801-413-7200",
    "EB *NOTION CREATORS BRUNCH SF",
    "EB*HUBSPOT USER GROUP LEEDS",
    "eb * shopify partners stockholm",
    "PAYPAL *EB *MIRO SKETCHING CLUB",
    "EB *JARDIM BOTANICO YOGA",
    "EB *CAFE MIT AZURE MUENCHEN",
    "EB *WORDCAMP UTRECHT",
    "EB *DATADOG DASH AFTERPARTY",
    "EVENTBRITE *SUMMER FOOD FAIR",
    "SYMPLA *WORKSHOP VENDAS B2B",
    "BILLETTO *JAZZ NIGHT AARHUS",
    "WEEZEVENT *FESTIVAL NANTES",
    "HELLOASSO *ASSO LES AMIS DU LAC",
    "TICKET TAILOR *CRAFT FAIR LEEDS",
    "HUMANITIX *CHARITY DINNER AUCKLAND",
    "TRYBOOKING *SCHOOL PLAY HOBART",
    "PEATIX *TYPOGRAPHY NIGHT",
    "WEEZTIX *FESTIVAL UTRECHT",
]


@pytest.mark.parametrize("text", TICKETS)
def test_a_ticket_is_no_tool_although_a_ticket_office_took_the_money(text):
    assert paid(text) is None


@pytest.mark.parametrize("text", [text for text in TICKETS if text.lower().startswith("eb")])
def test_the_ticket_office_is_told_as_the_merchant_of_record(text):
    reading = read(text)

    assert reading.merchant_of_record == "Eventbrite"
    assert reading.software is False


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("EVENTBRITE.COM SAN FRANCISCO", "Eventbrite"),
        ("EVENTBRITE *ORGANIZER FEES", "Eventbrite"),
        ("EVENTBRITE *8812", "Eventbrite"),
        ("EVENTBRITE INC SAN FRANCISCO CA", "Eventbrite"),
        ("TICKET TAILOR *SUBSCRIPTION", "Ticket Tailor"),
        ("HUMANITIX LTD AUCKLAND", "Humanitix"),
    ],
)
def test_what_a_ticket_office_charges_for_itself_is_its_own(text, tool):
    assert paid(text) == tool


@pytest.mark.parametrize(
    "text",
    [
        "GOOGLE ADS SCHULUNG VHS KOELN 2 TAGE",
        "SALESFORCE ADMIN KURS MUENCHEN",
        "HUBSPOT AGENTUR NORDLICHT GMBH KIEL",
        "MAILCHIMP EXPERTS AGENCY LLC DENVER",
        "SHOPIFY BERATUNG MUELLER",
        "FORMATION HUBSPOT LYON",
        "HUBSPOT FORMATION LYON CCI",
        "GOOGLE ANALYTICS CURSO MADRID",
        "CANVA CORSO TORINO",
        "KLAVIYO OPLEIDING UTRECHT",
        "HUBSPOT SZKOLENIE KRAKOW",
        "JIRA UTBILDNING STOCKHOLM",
        "TABLEAU KOULUTUS HELSINKI",
        "SALESFORCE EGITIMI ISTANBUL",
        "FIGMA TREINAMENTO SAO PAULO BR",
        "AIRTABLE CURSUS GENT",
        "KLAVIYO BOOK",
        "WORDPRESS.COM HANDBUCH",
        "WEBFLOW CONSULTANT AMSTERDAM",
        "SEMRUSH WORKSHOP BRNO",
        "FACEBOOK ADS COACHING BERLIN",
        "LINKEDIN ADS AGENCE PARIS",
        "TIKTOK ADS BOOTCAMP MANILA",
        "ASANA USER GROUP FEE",
        "TWILIO CONFERENCE TICKET SF",
        "SLACK KURSGEBUEHR 44",
        "HUBSPOT.COM TRAINING LEEDS",
        "kintone研修 東京",
        "钉钉培训 北京",
        "КУРС БИТРИКС24 МОСКВА",
    ],
)
def test_lessons_books_meetings_and_helpers_about_a_tool_are_not_the_tool(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "MICROSOFT*STORE SURFACE DOCK MSBILL.INFO",
        "MICROSOFT STORE SURFACE REDMOND WA",
        "GOOGLE STORE MOUNTAIN VIEW",
        "GITHUB SHOP HOODIE OCTOCAT",
        "CLOUDFLARE STORE TSHIRT",
        "SP NOTION MERCH STORE",
        "HUBSPOT SWAG MUGS",
        "MAILCHIMP TIENDA BARCELONA",
        "SHOPIFY HARDWARE OTTAWA",
        "ADOBE*STORE GIFTCARD",
        "MSFT *SURFACE LAPTOP",
        "DROPBOX T-SHIRTS SF",
        "ATLASSIAN SOCKS AND STICKERS",
        "ZOOM HEADSETS SAN JOSE",
        "FIGMA STORE POSTERS",
        "SALESFORCE LADEN MUENCHEN",
        "DATADOG PLUSH",
        "LINEAR BEANIE",
        "MICROSOFT TABLET PARIS",
        "SLACK HOODIES DUBLIN",
    ],
)
def test_things_that_a_house_of_software_sells_are_no_tool(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "GOOGLE *YOUTUBEPREMIUM LONDON",
        "GOOGLE *YOUTUBE MUSIC G.CO/HELPPAY",
        "GOOGLE *YOUTUBE TV",
        "YOUTUBE PREMIUM CORK",
        "GOOGLE *GOOGLE TV MOUNTAIN VIEW",
        "GOOGLE *FITBIT PREMIUM",
        "MICROSOFT *XBOX GAME PASS REDMOND",
        "MICROSOFT*XBOX LIVE",
        "XBOX GAME PASS",
        "DISNEYPLUS.COM BURBANK",
        "HULU.COM/BILL SANTA MONICA",
        "AMAZON PRIME VIDEO LUXEMBOURG",
        "AMZN DIGITAL*KINDLE UNLTD",
        "AUDIBLE*2K8QX NJ",
        "DEEZER PARIS",
        "TIDAL OSLO",
        "DAZN LTD LONDON",
        "TINDER.COM DALLAS TX",
        "STEAMGAMES.COM 4259522985 WA",
        "PLAYSTATION NETWORK",
        "DISCORD* NITRO MONTHLY",
        "SNAPCHAT PLUS SANTA MONICA",
        "TELEGRAM PREMIUM DUBAI",
    ],
)
def test_what_entertains_at_home_is_no_tool_of_a_company(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    ("kind", "text", "tool"),
    [
        (StringKind.DOMAIN, "ads.spotify.com", "Spotify Ads Manager"),
        (StringKind.APP_NAME, "Spotify Ads Manager", "Spotify Ads Manager"),
        (StringKind.DOMAIN, "creators.spotify.com", "Spotify for Creators"),
        (StringKind.CARD_DESCRIPTOR, "GOOGLE *ADS8812340077", "Google Ads"),
        (StringKind.CARD_DESCRIPTOR, "GOOGLE *WORKSPACE DUBLIN", "Google Workspace"),
        (StringKind.CARD_DESCRIPTOR, "MICROSOFT*ADS BELLEVUE", "Microsoft Advertising"),
        (StringKind.CARD_DESCRIPTOR, "MSFT * ADVERTISING E0400QX", "Microsoft Advertising"),
        (StringKind.DOMAIN, "netflix.com", "Netflix"),
        (StringKind.DOMAIN, "open.spotify.com", "Spotify"),
        (StringKind.BUNDLE_ID, "com.netflix.mediaclient", "Netflix"),
        (StringKind.BUNDLE_ID, "com.spotify.music", "Spotify"),
        (StringKind.APP_NAME, "Netflix", "Netflix"),
    ],
)
def test_business_products_of_such_houses_stay(kind, text, tool):
    reading = catalogue().read(kind, text)

    assert (reading.match and reading.match.entry.name) == tool
    assert reading.imitates is None


@pytest.mark.parametrize(
    "text",
    [
        "GOCARDLESS LTD PAYOUT REF 8812",
        "SQUARE INC DES:SQ DEPOSIT ID:T3",
        "SHOPIFY DES:TRANSFER ID:ST-K1 CCD",
        "STRIPE TECHNOLOGY EUROPE LTD AUSZAHLUNG ST-K8Q2",
        "STRIPE DES:TRANSFER ID:8812 CCD",
        "MOLLIE UITBETALING 4471",
        "ADYEN NV AUSZAHLUNG BATCH 991",
        "SUMUP PAYMENTS LTD AUSZAHLUNG 0412",
        "IZETTLE UTBETALNING 8812",
        "PAYPAL DES:TRANSFER ID:1038 PPD",
        "RAZORPAY SOFTWARE PVT LTD SETTLEMENT UTR 992301",
        "PAGSEGURO REPASSE 0412",
        "REVOLUT**1234* DUBLIN",
        "SHOPIFY SETTLEMENT 8812",
    ],
)
def test_takings_handed_over_are_no_charge(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "MICROSOFT TECH SUPPORT 8885550199",
        "ADOBE HELPLINE 800",
        "QUICKBOOKS TECHNICAL SUPPORT",
        "NORTON HOTLINE 8884471",
    ],
)
def test_who_calls_for_a_well_known_house_is_not_the_house(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("SHOPIFY* 338120091 SHOPIFY.COM/C", "Shopify"),
        ("INEVENT CONFERENCE SOFTWARE", "InEvent"),
        ("TICKETSOURCE CARDIFF", "TicketSource"),
        ("HUBSPOT MARKETING HUB", "HubSpot"),
        ("ADOBE *CREATIVE CLD 8008336687", "Adobe Creative Cloud"),
        ("ZENDESK SUPPORT SUITE", "Zendesk"),
        ("MAILCHIMP MENLO PARK CA", "Mailchimp"),
    ],
)
def test_words_of_the_tools_own_and_of_places_say_nothing_against_it(text, tool):
    assert paid(text) == tool


def test_a_line_without_an_item_is_no_ticket():
    tools = catalogue().tables.tools

    assert not sells_tickets(tools["eventbrite"], parse_descriptor("EVENTBRITE SAN FRANCISCO"))
    assert not sells_tickets(tools["mailchimp"], parse_descriptor("MAILCHIMP *SUMMER FAIR"))


def test_a_line_without_a_word_has_no_reseller():
    assert reseller_of(parse_descriptor("***"), "Shutterstock") is None
