"""Statement lines of money that a house only moves, of whole words, and of what a brand's host sells for itself."""

from __future__ import annotations

import pytest

from catalog.bank import without_bank
from catalog.called import is_cut_within
from catalog.descriptors import parse_descriptor
from catalog.places import place_at
from catalog.words import BORNE
from model.match import StringKind
from tests.shipped import catalogue


def read(text, kind=StringKind.CARD_DESCRIPTOR):
    return catalogue().read(kind, text)


def named(text, kind=StringKind.CARD_DESCRIPTOR):
    match = read(text, kind).match
    return match and match.entry.name


@pytest.mark.parametrize(
    "text",
    [
        "WISE PAYMENTS LTD REF P88120033",
        "WISE EUROPE SA BRUSSELS REF 88120",
        "REVOLUT LTD TOP-UP BY CARD",
        "REVOLUT BUSINESS TOPUP VILNIUS",
        "PAYONEER INC CARD LOAD",
        "PAYONEER EU LTD GIBRALTAR FUNDING",
        "PLEO TECHNOLOGIES WALLET TOP-UP",
        "PLEO INDBETALING KOEBENHAVN",
        "SPENDESK SAS ALIMENTATION COMPTE",
        "SPENDESK APPROVISIONNEMENT WALLET",
        "QONTO ALIMENTATION COMPTE PRO",
        "SOLDO FINANCIAL SERVICES TOP UP",
        "SOLDO RICARICA MILANO",
        "PAYHAWK FUNDING SOFIA",
        "AIRWALLEX PTY LTD ADD FUNDS",
        "MONZO TOP UP 4471",
        "BUNQ OPWAARDEREN AMSTERDAM",
        "N26 AUFLADUNG BERLIN",
        "FINOM DOLADOWANIE WARSZAWA",
        "BREX CARD LOADING",
        "PAYTM WALLET LOADING NOIDA IN",
        "GOCARDLESS LTD REF MEMBERSHIP-8821",
        "GOCARDLESS REF GYM-4471",
    ],
)
def test_money_put_onto_a_card_or_sent_through_a_house_is_no_charge_of_the_house(text):
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("WISE *BUSINESS SUBSCRIPTION", "Wise"),
        ("PLEO TECHNOLOGIES AS COPENHAGEN", "Pleo"),
        ("PLEO *SUBSCRIPTION", "Pleo"),
        ("SPENDESK SAS PARIS", "Spendesk"),
        ("SPENDESK ABONNEMENT", "Spendesk"),
        ("QONTO SA PARIS COTISATION", "Qonto"),
        ("SOLDO LTD LONDON", "Soldo"),
        ("PAYONEER ANNUAL FEE", "Payoneer"),
        ("TIPALTI INC FOSTER CITY", "Tipalti"),
        ("BREX INC SAN FRANCISCO", "Brex"),
        ("XERO UK LTD MILTON KEYNES", "Xero"),
        ("TWILIO INC TOP UP", "Twilio"),
        ("OPENAI *CHATGPT SUBSCR", "ChatGPT"),
    ],
)
def test_what_such_a_house_charges_for_itself_is_its_own(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    "text",
    [
        "STRIPE TECHNOLOGY EUROPE LTD DUBLIN",
        "MOLLIE B.V. AMSTERDAM",
        "ADYEN N.V. AMSTERDAM",
        "GOCARDLESS LTD LONDON",
        "RAZORPAY SOFTWARE PVT LTD BANGALORE",
        "WORLDPAY AP LTD MERCHANT CHARGES",
        "SUMUP PAYMENTS LTD LONDON",
        "PAYU SA POZNAN",
        "BRAINTREE CHICAGO IL",
        "CHECKOUT.COM LONDON",
    ],
)
def test_a_payment_service_alone_took_the_money_for_somebody(text):
    assert named(text) is None
    assert "does not say for whom" in read(text).why or read(text).why.startswith("Nothing")


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("STRIPE* BILLING FEES", "Stripe"),
        ("MOLLIE SUBSCRIPTION AMSTERDAM", "Mollie"),
        ("GOCARDLESS FEES", "GoCardless"),
    ],
)
def test_a_payment_service_that_charges_is_paid_itself(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("GUSTO DES:NET 482913 ID:6SEMJ1 CCD", None),
        ("GUSTO DES:TAX 482913 ID:6SEMJ1 CCD", None),
        ("RIPPLING DES:PAYROLL ID:8812 CCD", None),
        ("BILL.COM DES:PAYABLES ACME PLUMBING", None),
        ("EXPENSIFY DES:REIMBURSE ID:1", None),
        ("GUSTO DES:FEE 482913 ID:6SEMJ1 CCD", "Gusto"),
        ("EXPENSIFY INC DES:BILLING ID:88120 CCD", "Expensify"),
    ],
)
def test_wages_taxes_and_bills_of_others_are_only_handed_on(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    "word",
    [
        *("PRINTING", "PROPERTY", "INDEPENDENT", "INTEGRAL", "CONCRETE", "SHIPPING", "SECURITY", "SIGNATURE"),
        *("NETWORKS", "STANDARD", "STRATEGY", "PERSONAL", "KNOWLEDGE", "WORKFLOW", "SENTINEL", "BUILDING"),
        *("DIRECTOR", "EXCHANGE", "WASHINGTON", "PORTLAND", "MANHATTAN", "PENINSULA", "HEMINGWAY", "REYNOLDS"),
        *("SCHNEIDER", "MARKETPLACE", "COLLECTIVE", "PERFORMANCE", "KANGAROO", "ENVIRONMENT", "CONSTELLATION"),
    ],
)
def test_a_whole_word_surname_or_place_is_no_name_that_the_field_cut(word):
    assert named(word) is None
    assert named(f"PAYPAL *{word}") is None
    assert named(f"{word} BOSTON MA") is None


@pytest.mark.parametrize(
    "word",
    [
        *("BLOCK", "SNAP", "TEXT", "TAKE", "FIRM", "STRATEGY", "PERFECT", "RELATION", "MARKER", "METADATA"),
        *("NUMBERS", "DEGREE", "ENCHANT", "UPHILL", "VERVE", "APOLLO", "NEPTUNE", "HIPPO", "LYNDA", "CENTRO"),
        *("SIMPLY", "SMARTLY", "CHANNEL", "HEARTLAND", "THUNDERBIRD"),
    ],
)
def test_a_word_that_anybody_is_called_by_needs_a_second_clue(word):
    assert named(f"{word} BOSTON MA") is None
    assert named(f"PAYPAL *{word}") is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("SNAP INC SANTA MONICA", "Snapchat Ads"),
        ("APOLLO.IO", "Apollo.io"),
        ("METADATA.IO SUBSCRIPTION", "Metadata.io"),
        ("PADDLE.NET* CLEARSCO", "Clearscope"),
        ("PADDLE.NET* SUPERMETRIC", "Supermetrics"),
        ("PADDLE.NET* SIMPLEANALY", "Simple Analytics"),
        ("2CO.COM*123FORMBUILD 8884", "123FormBuilder"),
        ("PAYPAL *ACTIVECAMPAIG", "ActiveCampaign"),
        ("PAYPAL *CAMPAIGNMONIT", "Campaign Monitor"),
        ("PAYPAL *SCREAMINGFRO", "Screaming Frog"),
        ("PAYPAL *CONSTANTCONTA", "Constant Contact"),
    ],
)
def test_a_legal_form_a_host_or_a_full_field_is_such_a_clue(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    ("name", "form", "cut"),
    [
        ("clearscope", "clearsco", True),
        ("simple analytics", "simpleanaly", True),
        ("intercom software", "intercoms", False),
        ("shipping easy", "shipping", False),
        ("printing for less", "printing", False),
        ("workflowy", "workflow", False),
    ],
)
def test_a_field_cuts_within_a_word_and_leaves_most_of_the_name(name, form, cut):
    assert is_cut_within(name, form) is cut


def test_words_that_anybody_bears_are_plain_words_in_lower_case():
    assert all(word.isalpha() and word.islower() and len(word) > 3 for word in BORNE)


@pytest.mark.parametrize(
    "text",
    [
        "WWW.KLAVIYO.COM.PAY-INVOICE.TOP",
        "WWW.HUBSPOT.COM.SECURE-PAY.XYZ",
        "HTTPS://CANVA.COM.BILLING-DESK.SHOP",
        "WWW.ZOOM.US.RENEWAL.SITE",
        "MAILCHIMP.COM.ACCOUNT-VERIFY.CLICK",
        "WWW.ADOBE.COM.CHECKOUT-SECURE.NET",
    ],
)
def test_a_brand_in_front_of_anothers_domain_is_not_the_brand(text):
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("ZOHO* ZOHO-CRM PLEASANTON CA", "Zoho CRM"),
        ("ZOHO* ZOHO DESK CHENNAI", "Zoho Desk"),
        ("ADOBE* ADOBE CREATIVE CLOUD SAN JOSE", "Adobe Creative Cloud"),
        ("ATLASSIAN* ATLASSIAN JIRA SYDNEY", "Jira"),
        ("GOOGLE* GOOGLE ADS DUBLIN", "Google Ads"),
        ("MICROSOFT* POWER BI REDMOND", "Power BI"),
        ("INTUIT *MAILCHIMP", "Mailchimp"),
        ("TRELLO.COM* ATLASSIAN SYDNEY", "Trello"),
        ("MONDAY.COM *WORK OS", "monday.com"),
    ],
)
def test_behind_a_star_the_longest_name_counts_and_it_is_of_the_same_house(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("PRLV SEPA SARBACANE SOFTWARE ICS FR42ZZZ", "Sarbacane"),
        ("PRLV SEPA PENNYLANE RUM PEN-8812", "Pennylane"),
        ("SEPA LASTSCHRIFT CLEVERREACH GLAEUBIGER-ID DE88ZZZ", "CleverReach"),
        ("ADD. SDD FATTURE IN CLOUD TEAMSYSTEM", "Fatture in Cloud"),
        ("ADDEBITO SDD MAILUP SPA CID IT88ZZZ", "MailUp"),
        ("PG *MLABS SAO JOSE DOS BR", "mLabs"),
        ("PAGARME*RD STATION", "RD Station Marketing"),
        ("EBN *CANVA CURITIBA", "Canva"),
        ("DL *CANVA", "Canva"),
        ("VINDI*MLABS", "mLabs"),
        ("PG *PADARIA CENTRAL", None),
        ("IUGU*ESCOLA DE DANCA", None),
    ],
)
def test_ids_of_creditors_and_prefixes_of_acquirers_hide_no_seller(text, tool):
    assert named(text) == tool


def test_the_id_of_a_creditor_needs_a_number():
    assert without_bank("PRLV SEPA QUILLFOX ICS FR42ZZZ") == "QUILLFOX"
    assert without_bank("PRLV QUILLFOX RUM BAR") == "QUILLFOX RUM BAR"


def test_a_longer_place_that_the_field_cut_is_taken_before_a_shorter_whole_one():
    words = ("sao", "jose", "dos", "br")

    assert place_at(words, 0) == 3
    assert place_at(("sao", "jose", "br"), 0) == 2


def test_where_the_seller_begins_is_told():
    assert parse_descriptor("PADDLE.NET* QUILLFOX").start == len("PADDLE.NET* ")
    assert parse_descriptor("QUILLFOX").start == 0


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("MEETUP.COM KLAVIYO HAPPY HOUR", None),
        ("EVENTBRITE.COM JAZZ NIGHT GALA", None),
        ("EVENTBRITE.COM SAN FRANCISCO", "Eventbrite"),
        ("EVENTBRITE.COM SMALLVILLE", "Eventbrite"),
    ],
)
def test_an_event_behind_a_ticket_offices_host_is_somebody_elses(text, tool):
    assert named(text) == tool


@pytest.mark.parametrize(
    ("label", "tool"),
    [
        ("Mutiny on the Bounty Ticketing", None),
        ("Segment on the Left Bank", None),
        ("Mutiny for Salesforce", "Mutiny"),
        ("Outreach for Gmail", "Outreach"),
        ("Freshservice IT Desk", "Freshservice"),
        ("Clearscope for Google Docs", "Clearscope"),
    ],
)
def test_what_an_ordinary_word_is_for_must_be_software(label, tool):
    assert named(label, StringKind.APP_NAME) == tool
