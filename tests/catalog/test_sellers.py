from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.descriptors import parse_descriptor
from catalog.index import load_index
from catalog.load import Tool
from catalog.sellers import find_seller, says_software
from model.match import StringKind
from tests.shipped import catalogue


def paid(index, text, mcc=None):
    match = index.read(StringKind.CARD_DESCRIPTOR, text, mcc=mcc).match
    return match and match.entry.id


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX",
        "QUILLFOX INC",
        "QUILLFOX INC. SOFTWARE",
        "QUILLFOX BOSTON",
        "QUILLFOX DENVER CO",
        "QUILLFOX INC 888-907-4718 GA",
        "QUILLFOX OU SMALLVILLE",
        "QUILLFOX HERZLIYA",
        "QUILLFOX UNHEARDOF DE",
        "QUILLFOX* 2863147",
        "QUILLFOX *MISC",
        "QUILLFOX MONTHLY",
        "QUILLFOX SUBSCRIPTION FEE",
        "QUILL FOX LONDON GBR 29,90 EUR",
        "POS PURCHASE QUILLFOX 13/12",
        "QUILLFOX.COM/BILL SF",
        "QUILLFOX COM EUROPE",
        "WWWQUILLFOXCOM",
        "charge.quillfox.com",
        "PAYPAL *QUILLFOX",
        "PADDLE.NET* QUILLFOX",
        "PADDLE.NET* QUILLFO",
        "SQ *QUILLFOX",
        "BIGCO*QUILLFOX",
        "BIGCO*QUILLFOX QUILLFOX.COM",
        "LETTERFOX",
        "QLFX X1234567",
        "QUILLFOX LETTERS GMBH",
        "QUILLFOX LETTERS",
        "QUILLFOX LETTERS BERLIN DE",
        "stkquillfox.com",
        "g2squillfox",
        "cbaquillfox",
        "quillfoxtmc661gq4xkf",
        "quillfoxgmbhbusiness",
    ],
)
def test_a_coined_name_is_known_in_all_forms_of_a_statement(index, text):
    if text == "PADDLE.NET* QUILLFO":
        assert paid(index, text) is None  # seven letters are too few to know a name from its beginning
    else:
        assert paid(index, text) == "quillfox"


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX BAKERY",
        "QUILLFOX PACKING LTD",
        "QUILLFOX GUITARS LTD",
        "QUILLFOX MUMBLE LTD",
        "stkunheardofthing",
        "GREEN QUILLFOX",
        "QUILLFOXES",
        "yourquillfoxcom",
        "quillfox4u.home to europe",
        "SQ *QUILLFOX SOMEWHERE ODD",
        "QUILLFOX OF THE SEVEN SEAS PIER NINE",
        "quillfox.ru",
    ],
)
def test_a_name_in_anothers_name_is_no_proof(index, text):
    assert paid(index, text) is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("LANTERN INC SAN FRANCISCO CA", "lantern"),
        ("LANTERN METRICS REDWOOD CITY", "lantern"),
        ("LANTERN.IO", "lantern"),
        ("LANTERN* 123456", "lantern"),
        ("LANTERN *SUBSCRIPTION", "lantern"),
        ("LANTERN T0123ABCD", "lantern"),
        ("LANTERN SOFTWARE", "lantern"),
        ("LANTERN ANALYTICS", "lantern"),
        ("PADDLE.NET* LANTERN", "lantern"),
        ("ORBITGRAMME ORBIT VANCOUVER", "orbit-social"),
        ("BIGCO*ORBIT", "orbit-social"),
        ("VWQ INC", "vwq"),
    ],
)
def test_an_ordinary_word_counts_with_a_second_clue(index, text, tool):
    assert paid(index, text) == tool


@pytest.mark.parametrize(
    "text",
    [
        "LANTERN",
        "LANTERN BOSTON",
        "LANTERN CAFE STOCKHOLM",
        "LANTERN DENTAL CARE",
        "LANTERN STORE 04412",
        "LANTERN RIDES INC SANTA MONICA",
        "TST* LANTERN WINE BAR",
        "SQ *LANTERN",
        "PAYPAL *LANTERN",
        "PAYPAL *LANTERN ONLINE",
        "LANTERN ONLINE",
        "ORBIT OKLAHOMA UTILITIES",
        "SOMEBODY*ORBIT",
    ],
)
def test_an_ordinary_word_alone_is_no_proof(index, text):
    assert paid(index, text) is None


def test_a_software_code_is_a_second_clue(index):
    assert paid(index, "LANTERN", mcc="5734") == "lantern"
    assert paid(index, "LANTERN", mcc="5812") is None
    assert paid(index, "LANTERN CAFE", mcc="5734") is None


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("TRICORDER ANALYT", "tricorder"),
        ("PADDLE.NET* TRICORDER A", "tricorder"),
        ("PAYPAL *TIME KEEP", "timekeepr"),
        ("TIMEKEEP", "timekeepr"),
        ("TRICO", None),
        ("TIME KEE", None),
    ],
)
def test_a_name_that_the_field_cut_off_is_known_from_eight_letters(index, text, tool):
    assert paid(index, text) == tool


def test_a_whole_word_of_billing_is_no_beginning_of_a_name():
    assert catalogue().read(StringKind.CARD_DESCRIPTOR, "PURCHASE").match is None


def test_a_beginning_that_two_tools_share_is_nobodys(index):
    assert paid(index, "PADDLE.NET* BIGCO OR") == "orbit-social" or paid(index, "PADDLE.NET* BIGCO OR") is None
    assert paid(index, "PAYPAL *BIGCO") is None


def test_a_ticket_office_is_known_by_its_form(index):
    reading = index.read(StringKind.CARD_DESCRIPTOR, "EB *SUMMER CONFERENCE")

    assert reading.match is None
    assert (reading.counterparty, reading.merchant_of_record) == ("SUMMER CONFERENCE", "Eventbrite")
    assert not reading.software


def test_a_ticket_offices_form_without_its_star_is_its_own(index):
    reading = index.read(StringKind.CARD_DESCRIPTOR, "eb bicsc licence to p")

    assert reading.match is not None
    assert reading.match.entry.name == "Eventbrite"


def test_the_reseller_is_told_beside_the_seller(index):
    reading = index.read(StringKind.CARD_DESCRIPTOR, "PADDLE.NET* QUILLFOX")

    assert (reading.counterparty, reading.merchant_of_record) == ("QUILLFOX", "Paddle")


def test_a_wallet_is_no_merchant_of_record(index):
    reading = index.read(StringKind.CARD_DESCRIPTOR, "PAYPAL *QUILLFOX")

    assert (reading.counterparty, reading.merchant_of_record) == ("QUILLFOX", None)


def test_a_reseller_glued_to_the_name_is_told(index):
    assert index.read(StringKind.CARD_DESCRIPTOR, "cbaquillfox").merchant_of_record == "cleverbridge"


@pytest.mark.parametrize(
    ("text", "mcc", "expected"),
    [
        ("PADDLE.NET* UNKNOWN THING", None, True),
        ("itunes.com/bill", None, True),
        ("newthing.ai subscription", None, True),
        ("newthing.io", None, True),
        ("SOMETHING", "7372", True),
        ("SOMETHING", "5818", True),
        ("SOMETHING", "4816", False),
        ("SOMETHING", "7311", False),
        ("www.thepostcardstore.co.uk", None, False),
        ("LIVENATION.COM*ORDER 88121", None, False),
        ("SQ *newthing.io", None, False),
        ("STARBUCKS STORE 04412", None, False),
        ("bill@travel.cloud", None, False),
        ("TRAVEL.CLOUD BERLIN", None, False),
        ("HOTEL.CLOUD", "5734", True),
    ],
)
def test_only_evidence_of_software_says_software(text, mcc, expected):
    assert says_software(parse_descriptor(text), mcc=mcc) is expected


@given(st.text(max_size=120))
def test_any_descriptor_can_be_matched(text):
    from catalog.tables import compile_tables  # noqa: PLC0415
    from tests.catalog.conftest import TOOLS  # noqa: PLC0415

    tables = _TABLES.setdefault("t", compile_tables(TOOLS))
    found = find_seller(tables, parse_descriptor(text))

    assert found is None or 0 < found.confidence <= 1


_TABLES: dict[str, object] = {}


def test_a_short_remainder_behind_a_prefix_is_no_name(index):
    assert paid(index, "stkvwq.com") is None


def test_unknown_words_behind_a_legal_form_are_its_seat(index):
    assert paid(index, "QUILLFOX LTD PORT OLD HAVEN") == "quillfox"
    assert paid(index, "QUILLFOX LTD ONEX TWOX THREEX FOURX") is None


def test_a_charge_of_somebody_who_sells_goods_says_nothing_of_software(tmp_path):
    rides = Tool(
        id="rides", name="Ridewell", vendor="Ridewell", category="nm_legal_other", domains=("ridewell.com",), goods=True
    )
    index = load_index([rides], cache=tmp_path)

    charge = index.read(StringKind.CARD_DESCRIPTOR, "RIDEWELL.COM TRIP 4421")
    sign_in = index.read(StringKind.DOMAIN, "business.ridewell.com")

    assert (charge.match, charge.software) == (None, False)
    assert "goods" in charge.why
    assert sign_in.match is not None
    assert sign_in.match.entry.id == "rides"


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX BRASIL TECNOLOGIA RIO DE JAN",
        "QUILLFOX SOFTWARE LTDA SAO PAULO",
        "QUILLFOX MOBILE SERV DIG SA PORTO ALEGRE BR",
        "QUILLFOX SOFTWARE SA S J CAMPOS BR",
        "QUILLFOX TECHNOLOGIES SL",
        "QUILLFOX SL CORDOBA ESP 24692166045",
        "QUILLFOX BUENOS AIRES AR",
        "QUILLFOX BEIJING CN CNY",
        "QUILLFOX LTD TEL AVIV ILS",
        "QUILLFOX S.A. DE C.V. CIUDAD DE MEXICO",
        "QUILLFOX SP. Z O.O. GLIWICE",
        "QUILLFOX B.V. VENLO NL",
        "QUILLFOX G.M.B.H. KOELN",
        "QUILLFOX PVT LTD CHENNAI",
        "QUILLFOX SDN BHD KUALA LUMPUR MY",
        "QUILLFOX K.K. MINATO-KU",
        "QUILLFOX OOO SANKT PETERBURG",
        "QUILLFOX TEKNOLOJI A.S. ISTANBUL",
        "QUILLFOX SRL CLUJ NAPOCA",
        "QUILLFOX MENLO PARK CA",
        "QUILLFOX LTD COLLEGE PARK",
        "COMPRA INTERNACIONAL QUILLFOX SA GLIWICE IOF 3,38%",
        "ACHAT CB QUILLFOX SAS PARIS",
        "KARTENZAHLUNG 14.02 QUILLFOX GMBH KOELN",
        "QUILLFOX GMBH HAMBURG SEPA-LASTSCHRIFT",
        "UPI/QUILLFOX/KOTAK/552018",
        "PAYPAL *QUILLFOX 35314369001",
        "PAYPAL *QUILLFOXLIMITE",
        "DLOCAL *QUILLFOX SAO PAULO",
        "QLFX LETTERS INC QUILLFOX BOSTON",
        "UNHEARDOF HOLDING INC QUILLFOX NEW YORK",
        "UNHEARDOF LTD QUILLFOX LEEDS GB",
        "GOOGLE *QUILLFOX G.CO/HELPPAY#",
    ],
)
def test_a_coined_name_is_known_in_many_countries_forms(index, text):
    assert paid(index, text) == "quillfox"


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX STUDIO AMSTERDAM VOF",
        "QUILLFOX EXPERTS AGENCY AUSTIN TX",
        "QUILLFOX CONSULTING LTD LONDON",
        "QUILLFOX DESIGN BERLIN",
        "QUILLFOX MUMBLE VALENCIA CA",
        "QUILLFOX UNHEARDOF",
        "QUILLFOX TANKSTELLE KOELN DE",
        "QUILLFOX PANADERIA SL MADRID",
        "QUILLFOX BOULANGERIE LYON FR",
        "QUILLFOX BARBERS LTD LEEDS GB",
        "QUILLFOX MUMBLE SP ZOO",
        "UPI/QUILLFOX PRINT HOUSE/KOTAK/552018",
        "IN *QUILLFOX PROS CONSULTING BOISE",
        "JANE DOE LLC QUILLFOX WEDDINGS",
        "SQ *UNHEARDOF LLC QUILLFOX",
        "SOMEBODY ELSE QUILLFOX",
        "QUILLFOX MATRATZEN GMBH FRANKFURT",
        "LANTERN *COPAY NEW YORK NY",
        "LANTERN STREET BARBERS LONDON",
        "LANTERN LTD LONDON",
        "LANTERN BUENOS AIRES AR",
        "UNHEARDOF INC LANTERN BOSTON",
    ],
)
def test_agencies_shops_and_other_companies_that_carry_a_name_are_not_the_tool(index, text):
    assert paid(index, text) is None


@pytest.mark.parametrize(
    "text",
    ["LANTERN INCORPORATED", "LANTERN INC. BOSTON", "LANTERN *FEE 1120938 SAN FRANCISCO", "LANTERN UK INC LEEDS"],
)
def test_a_legal_name_and_a_fee_are_second_clues(index, text):
    assert paid(index, text) == "lantern"


def test_a_line_that_only_seems_to_begin_with_a_banks_word_is_read_whole(tmp_path):
    insights = Tool(
        id="cbi", name="CB Insights", vendor="CB Insights", category="data_enrichment", domains=("cbi.example.com",)
    )
    index = load_index([insights], cache=tmp_path)

    assert paid(index, "CB INSIGHTS NEW YORK NY") == "cbi"


@pytest.mark.parametrize(
    ("text", "counterparty", "reseller", "software"),
    [
        ("FASTSPRING", "FastSpring", "FastSpring", True),
        ("FSPRG UK LONDON", "FastSpring", "FastSpring", True),
        ("fsprg.com", "FastSpring", "FastSpring", True),
        ("FS *KORRIDOR SOFTW FSPRG.COM", "KORRIDOR SOFTW", "FastSpring", True),
        ("2coonetraini 2co.com", "2coonetraini", "2Checkout", True),
        ("PAYPAL*2CHECKOUTCO 877-294-0273", "2Checkout", "2Checkout", True),
        ("2CHECKOUT.COM AMSTERDAM NL", "2Checkout", "2Checkout", True),
        ("DIGITALRIVER*CORK ORDER 6620114", "Digital River", "Digital River", True),
        ("CLEVERBRIDGE GMBH KOELN", "CLEVERBRIDGE GMBH", "cleverbridge", True),
        ("APPLE.COM/BILL", "Apple", "Apple", True),
        ("APPLE.COM/BILL ITUNES.COM IE EUR 9,99", "Apple", "Apple", True),
        ("itunes.com/bill", "Apple", "Apple", True),
        ("KLARNA BANK AB STOCKHOLM RATE 2/3", "KLARNA BANK", None, False),
        ("PAYPAL *EBAY US", "EBAY", None, False),
        ("STICHTING MOLLIE PAYMENTS SVWZ+BESTELLUNG 2026", "STICHTING MOLLIE PAYMENTS", None, False),
        ("STRIPE* MOSSY CERAMICS KENT GB", "MOSSY CERAMICS", None, False),
    ],
)
def test_who_takes_money_for_others_is_no_tool(text, counterparty, reseller, software):
    reading = catalogue().read(StringKind.CARD_DESCRIPTOR, text)

    assert reading.match is None
    assert (reading.counterparty, reading.merchant_of_record) == (counterparty, reseller)
    assert reading.software is software


@pytest.mark.parametrize(("text", "tool"), [("GUMROAD CREATOR FEE SF", "gumroad"), ("STRIPE* BILLING FEES", "stripe")])
def test_a_processors_own_fee_is_its_own(text, tool):
    assert paid(catalogue(), text) == tool


def test_what_the_app_store_sold_is_the_tools_and_the_store_is_told(index):
    reading = index.read(StringKind.CARD_DESCRIPTOR, "GOOGLE *QUILLFOX G.CO/HELPPAY#")

    assert reading.merchant_of_record == "Google"


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("QUILLFOX LTD SAO PAULO BR", "QUILLFOX LTD"),
        ("BOLT.EU/R/2603041122 TALLINN", "BOLT.EU"),
        ("MERCADONA VALENCIA 118", "MERCADONA"),
        ("BUENOS AIRES", "BUENOS AIRES"),
        ("COMPRA EN EL CORTE SEVILLA", "EL CORTE"),
    ],
)
def test_the_counterparty_is_told_without_its_place(index, text, payee):
    assert index.read(StringKind.CARD_DESCRIPTOR, text).counterparty in {payee, payee.removeprefix("EL ")}


def test_the_maker_stands_for_a_product_that_the_grammar_names(index):
    assert index.read(StringKind.CARD_DESCRIPTOR, "EB SUMMER CONFERENCE").counterparty == "Eventbrite"
