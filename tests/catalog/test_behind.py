from __future__ import annotations

import pytest

from catalog.bank import entry_of, without_bank
from catalog.behind import begins_house_word, is_place
from model.match import StringKind
from tests.shipped import catalogue


def paid(text):
    match = catalogue().read(StringKind.CARD_DESCRIPTOR, text).match
    return match and match.entry.name


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("WWW CONTABO COM MUENCHEN", "Contabo"),
        ("WWW BREVO COM PARIS FR", "Brevo"),
        ("WWW IONOS DE MONTABAUR", "IONOS"),
        ("WWW STRATO DE BERLIN", "Strato"),
        ("HTTPS WWW HETZNER COM", "Hetzner"),
        ("WWW MAILCHIMP COM ATLANTA", "Mailchimp"),
        ("WWW RDSTATION COM BR FLORIANOPOLIS", "RD Station Marketing"),
        ("SEMRUSH COM BOSTON", "Semrush"),
        ("WWWSHUTTERSTOCKCOM", "Shutterstock"),
        ("WWW SNOWLINEBAKERY COM OSLO", None),
        ("WWW COM", None),
        ("WWW", None),
    ],
)
def test_a_domain_is_known_although_a_bank_lost_its_dots(text, tool):
    assert paid(text) == tool


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("ADJUST GMBH SAARBRUECKER STR BERLIN", "Adjust"),
        ("DEPUTY GROUP PTY LTD SYDNEY NSW", "Deputy"),
        ("DEPUTEC PTY LTD SURRY HILLS NSW", "Deputy"),
        ("TERMINAPP GMBH MUENCHEN", "Timify"),
        ("TERMINAPP GMBH BALANSTR MUENCHEN", "Timify"),
        ("SEOZOOM SEO CUBE SRL NAPOLI", "SEOZoom"),
        ("SEO CUBE SRL NAPOLI", "SEOZoom"),
        ("FACELIFT BRAND BUILDING TECHNOLOGIES HAMBURG", "Facelift"),
        ("UNBOUNCE MARKETING SOLU VANCOUVER BC", "Unbounce"),
        ("POSTMARK WILDBIT PHILADELPHIA", "Postmark"),
        ("INTERCOM R&D UNLTD DUBLIN", "Intercom"),
        ("DATEV EG NUERNBERG RG 88120", "DATEV"),
        ("NAME-CHEAP.COM* 88TQ21 PHOENIX", "Namecheap"),
        ("SURVEYMONKEY*T-44112 SAN MATEO", "SurveyMonkey"),
        ("SURVEYMONKEY* T 4471", "SurveyMonkey"),
        ("CONTAAZUL*ASSINATURA JOINVILLE BR", "Conta Azul"),
        ("RYTE GMBH MUENCHEN ABO 2026", "Ryte"),
        ("LINKEDIN-349", "LinkedIn"),
        ("TRELLO.COM* ATLASSIAN SYDNEY", "Trello"),
    ],
)
def test_legal_names_addresses_and_billing_in_other_languages_lead_to_the_tool(text, tool):
    assert paid(text) == tool


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("GUSTO DES:FEE 482913 ID:6SEMJ1 CCD", "Gusto"),
        ("RIPPLING DES:SOFTWARE ID:8812 CCD", "Rippling"),
        ("ORIG CO NAME:GUSTO CO ENTRY DESCR:FEE SEC:CCD", "Gusto"),
        ("EXPENSIFY INC DES:BILLING ID:88120 CCD", "Expensify"),
        ("GUSTO PIZZERIA DES:PURCHASE ID:1", None),
        ("PAYPAL DES:INST XFER ID:ACME", None),
    ],
)
def test_what_an_ach_entry_is_for_is_a_second_clue(text, tool):
    assert paid(text) == tool


@pytest.mark.parametrize(
    "text",
    [
        "RIPPLING WATERS CAMPGROUND VT",
        "STORYCHIEF CHURCH",
        "REFERRALCANDY TRANSPORT",
        "CALIBERMIND KWIACIARNIA",
        "POWERDMARC ANTIQUES",
        "PEOPLEFLUENT EMLAK",
        "LAUNCHMETRICS PLUMBERS",
        "HOOTSUITE HEIZUNGSBAU",
        "PRACTICEPANTHER MAKELAARDIJ",
        "GINGERSAUCE WARUNG",
        "ACTIVECAMPAIGN BESTATTUNGEN",
        "SEMRUSHER FRAMES",
        "CLOUDFLARE FAHRSCHULE",
        "SURVEYMONKEY PODIATRY",
        "SHUTTERSTOCK SAREES",
        "SQ *MAILCHIMP LIQUORS",
        "SP GETRESPONSE JEWELS",
        "SUMUP *TYPEFORM BLUMEN",
        "MAJESTIC.CO.UK",
        "WILMA OY HELSINKI",
        "SEARCHMETRICS VINEYARDS",
    ],
)
def test_an_unknown_word_behind_a_name_is_a_trade_rather_than_a_place(text):
    assert paid(text) is None


@pytest.mark.parametrize(
    ("word", "begins"), [("solu", True), ("technolog", True), ("limite", True), ("sol", False), ("bakery", False)]
)
def test_a_word_of_the_trade_is_known_where_the_field_cuts_it(word, begins):
    assert begins_house_word(word) is begins


def test_a_place_ends_like_one_or_has_a_code_behind_it():
    head = ("surveymonkey",)

    assert is_place(head, ("wiesenheim",), ["wiesenheim"])
    assert is_place(head, ("unheardof", "de"), ["unheardof"])
    assert is_place(head, ("san", "unheardof", "mx"), ["san", "unheardof"])
    assert not is_place(head, ("unheardof",), ["unheardof"])
    assert not is_place(head, ("waters", "campsite", "vt"), ["waters", "campsite"])


@pytest.mark.parametrize(
    ("text", "seller"),
    [("HUBSPOT KURS 44", "HUBSPOT KURS 44"), ("QUILLFOX KURS 1,0832", "QUILLFOX"), ("QUILLFOX RG 88120", "QUILLFOX")],
)
def test_a_rate_of_exchange_is_the_banks_and_a_course_is_not(text, seller):
    assert without_bank(text) == seller


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("GUSTO DES:FEE 482913 ID:6SEMJ1 CCD", "fee"),
        ("SQUARE INC DES:SQ DEPOSIT ID:T3", "sq deposit"),
        ("ORIG CO NAME:GUSTO CO ENTRY DESCR:TAX SEC:CCD", "tax"),
        ("GUSTO", None),
        ("A DES:", None),
    ],
)
def test_the_entry_of_an_ach_line_is_told(text, entry):
    assert entry_of(text) == entry
