from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.descriptors import Via, is_reference, parse_descriptor


@pytest.mark.parametrize(
    ("text", "processor", "reseller", "seller"),
    [
        ("PADDLE.NET* N8N CLOUD", "Paddle", "Paddle", "N8N CLOUD"),
        ("PADDLE.NET*QUILLFOX", "Paddle", "Paddle", "QUILLFOX"),
        ("FS *QUILLFOX", "FastSpring", "FastSpring", "QUILLFOX"),
        ("FSPRG.COM QUILLFOX", "FastSpring", "FastSpring", "QUILLFOX"),
        ("2CO.COM*QUILLFOX", "2Checkout", "2Checkout", "QUILLFOX"),
        ("2CHECKOUT.COM QUILLFOX", "2Checkout", "2Checkout", "QUILLFOX"),
        ("DRI*QUILLFOX", "Digital River", "Digital River", "QUILLFOX"),
        ("CLEVERBRIDG QUILLFOX", "cleverbridge", "cleverbridge", "QUILLFOX"),
        ("PAYPAL *CLEVERBRIDG QUILLFOX", "cleverbridge", "cleverbridge", "QUILLFOX"),
        ("LEMSQZY* QUILLFOX", "Lemon Squeezy", "Lemon Squeezy", "QUILLFOX"),
        ("GUMROAD.CO* QUILLFOX", "Gumroad", "Gumroad", "QUILLFOX"),
        ("PAYPAL *QUILLFOX", "PayPal", None, "QUILLFOX"),
        ("paypal quillfox", "PayPal", None, "quillfox"),
        ("PP*QUILLFOX", "PayPal", None, "QUILLFOX"),
        ("SQ *QUILLFOX", "Square", None, "QUILLFOX"),
        ("TST* LANTERN WINE BAR", "Toast", None, "LANTERN WINE BAR"),
        ("SP * QUILLFOX", "Shopify Payments", None, "QUILLFOX"),
        ("SUMUP *QUILLFOX", "till", None, "QUILLFOX"),
        ("QUILLFOX", None, None, "QUILLFOX"),
        ("PAYPAL INC SAN JOSE CA", None, None, "PAYPAL INC SAN JOSE CA"),
        ("SPOTIFY P0272EB95F", None, None, "SPOTIFY P0272EB95F"),
    ],
)
def test_the_processor_stands_before_the_seller(text, processor, reseller, seller):
    parsed = parse_descriptor(text)

    assert (parsed.processor, parsed.merchant_of_record, parsed.seller) == (processor, reseller, seller)


@pytest.mark.parametrize(
    "text",
    [
        "POS PURCHASE QUILLFOX",
        "POS QUILLFOX",
        "PURCHASE AUTHORIZED ON 12/24 QUILLFOX",
        "RECURRING CARD PURCHASE QUILLFOX",
        "CHECKCARD 1224 QUILLFOX",
        "VISA QUILLFOX",
        "DEBIT CARD PURCHASE QUILLFOX",
        "CARD PAYMENT TO QUILLFOX",
    ],
)
def test_the_banks_own_words_are_dropped(text):
    assert parse_descriptor(text).seller == "QUILLFOX"


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX 888-907-4718",
        "QUILLFOX +1 888 907 4718",
        "QUILLFOX 847-7002071",
        "QUILLFOX 13/12",
        "QUILLFOX 29,90 EUR",
        "QUILLFOX CARD 1234",
        "QUILLFOX REF 22981",
    ],
)
def test_numbers_of_all_kinds_are_no_part_of_the_seller(text):
    assert parse_descriptor(text).seller == "QUILLFOX"


def test_a_star_parts_brand_and_item():
    parsed = parse_descriptor("LOGMEIN*GOTOWEBINAR")

    assert (parsed.brand, parsed.item) == ("LOGMEIN", "GOTOWEBINAR")
    assert parse_descriptor("QUILLFOX").item is None


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("AIRTABLE.COM/BILL SF", ("airtable.com",)),
        ("www.quillfox.com/rec", ("www.quillfox.com",)),
        ("przcharge.prezi.com", ("przcharge.prezi.com",)),
        ("zoom4u.home to europe", ()),
        ("ACME INC. BOSTON", ()),
        ("SHOP 29.90", ()),
        ("HTTPSQUILLFOX.COM", ("quillfox.com",)),
        ("HTTPS://QUILLFOX.COM X", ("quillfox.com",)),
    ],
)
def test_domains_in_the_text_are_found(text, domains):
    assert parse_descriptor(text).domains == domains


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("EB *SUMMER CONFERENCE", None),
        ("MSFT * ADVERTISING E0400QX", "Microsoft Advertising"),
        ("eb bicsc licence to p", "Eventbrite"),
        ("facebk z5xh5dsvq2", "Meta Ads"),
        ("GOOGLE *ADS1234567890", "Google Ads"),
        ("google adws", "Google Ads"),
        ("GOOGLE ADSENSE", None),
        ("google svcsapps_stirc", "Google Workspace"),
        ("EBAY O*12-3", None),
        ("QUILLFOX", None),
    ],
)
def test_some_forms_name_the_product_themselves(text, product):
    assert parse_descriptor(text).product == product


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("QUILLFOX* 2863147", "QUILLFOX"),
        ("STARBUCKS STORE 04412", "STARBUCKS STORE"),
        ("MAGNOLIA BAKERY NEW YORK", "MAGNOLIA BAKERY"),
        ("RED LOBSTER 0411 ORLANDO FL", "RED LOBSTER"),
        ("PADDLE.NET* POSTGRID", "POSTGRID"),
        ("fsprg.com", "FastSpring"),
        ("APPLE.COM/BILL 866-712-7753", "Apple"),
        ("", None),
        ("***", None),
    ],
)
def test_the_payee_is_the_same_whatever_the_reference_and_place(text, payee):
    assert parse_descriptor(text).payee == payee


@pytest.mark.parametrize(
    "text", ["4111111111111111 SHOP", "SHOP X 4111111111111111", "4111-1111-1111-1111", "4111111111111111"]
)
def test_no_card_number_survives_in_the_payee(text):
    payee = parse_descriptor(text).payee or ""

    assert "41111111" not in payee.replace("-", "")


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("QUILLFOX", Via.DIRECT),
        ("PAYPAL *QUILLFOX", Via.WALLET),
        ("SQ *QUILLFOX", Via.TILL),
        ("PADDLE.NET* QUILLFOX", Via.RESELLER),
        ("itunes.com/bill", Via.RESELLER),
    ],
)
def test_the_way_of_the_money_is_known(text, via):
    assert parse_descriptor(text).via is via


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("2863147", True),
        ("z5xh5dsvq2", True),
        ("#123", True),
        ("1a", True),
        ("n8n", False),
        ("quillfox", False),
        ("b2b", False),
        ("", False),
    ],
)
def test_references_have_a_digit_and_look_like_ids(word, expected):
    assert is_reference(word) is expected


@given(st.text(max_size=300))
def test_any_descriptor_is_parsed(text):
    parsed = parse_descriptor(text)

    assert parsed.payee is None or parsed.payee.strip()
    assert len(parsed.seller) <= 4000


@given(st.text(alphabet="PAYL *SQTFOX.COM0123456789/", max_size=80))
def test_near_descriptors_are_parsed_with_their_reseller_as_processor(text):
    parsed = parse_descriptor(text)

    assert parsed.merchant_of_record is None or parsed.merchant_of_record == parsed.processor


def test_wrappers_and_prefixes_are_taken_off_only_so_often():
    assert parse_descriptor("POS " * 12 + "QUILLFOX").seller == "POS " * 12 + "QUILLFOX"
    assert parse_descriptor("PP*PP*PP*PP*QUILLFOX").seller == "PP QUILLFOX"


def test_the_reseller_counts_more_than_the_wallet_before_and_the_till_behind_it():
    parsed = parse_descriptor("PAYPAL *PADDLE.NET* SQ *QUILLFOX")

    assert (parsed.processor, parsed.via, parsed.seller) == ("Paddle", Via.RESELLER, "QUILLFOX")
