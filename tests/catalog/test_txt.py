from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.load import Tool
from catalog.tables import compile_tables
from catalog.txt import find_txt, txt_content

KNOWN = compile_tables(
    (
        Tool(id="quillfox", name="Quillfox", vendor="Quillfox", category="email_marketing", txt=("qfx",)),
        Tool(id="dotty", name="Dotty.com", vendor="Dotty", category="crm", domains=("dotty.com",), word=True),
        Tool(
            id="lamp", name="Lamp", vendor="Lamp", category="crm", txt=("lamp", "lamp-domain-verification"), word=True
        ),
        Tool(id="parcel", name="Parcelry", vendor="P", category="crm", txt=("parcel", "sending_parcel")),
        Tool(id="hosted", name="Mail of Many", vendor="M", category="crm", domains=("manymails.com",)),
    )
)


def tool_of(record):
    found = find_txt(KNOWN, record)
    return found and found.id


@pytest.mark.parametrize(
    ("record", "owner", "text"),
    [
        ("a=b", "", "a=b"),
        ('"a=b"', "", "a=b"),
        ('"a=" "b"', "", "a=b"),
        ('acme.com. 3600 IN TXT "a=b"', "acme.com.", "a=b"),
        ('acme.com. IN TXT ( "a=" "b" )', "acme.com.", "a=b"),
        ("acme.com 1h TXT a=b", "acme.com", "a=b"),
        ('ACME.com txt "a b; c"', "acme.com", "a b; c"),
        ("TXT: a=b", "", "a=b"),
        ('acme.com text = "a=b"', "acme.com", "a=b"),
        ('acme.com -> "a=b"', "acme.com", "a=b"),
        ("acme.com \u2192 a=b", "acme.com", "a=b"),
        ('"a\\"b"', "", 'a\\"b'),
        ("", "", ""),
        ("   ", "", ""),
    ],
)
def test_the_text_is_found_in_a_zone_files_line(record, owner, text):
    assert txt_content(record) == (owner, text)


@pytest.mark.parametrize(
    "key",
    [
        "quillfox-domain-verification",
        "quillfox-site-verification",
        "quillfox-verification",
        "quillfox-domain-verification-hkth5m",
        "quillfox-verification-code",
        "quillfox-site-validation",
        "quillfox-domain-verify",
        "quillfox-domain-ownership",
        "quillfox-sso-verification",
        "quillfox-sending-domain-verification",
        "quillfox_verification",
        "quillfox_verify",
        "quillfox.verification",
        "quillfoxdomainverification",
        "quillfoxverification",
        "_quillfox-challenge",
        "_quillfox-domain-challenge",
        "quillfox-challenge",
        "QUILLFOX-Domain-Verification",
        "quillfox-dv",
        "quillfox",
    ],
)
def test_every_common_form_of_an_ownership_token_names_its_brand(key):
    assert tool_of(f"{key}=Qw8rTz1LmNpX0vB5") == "quillfox"
    assert tool_of(f'acme.de. 300 IN TXT "{key}=Qw8rTz1LmNpX0vB5"') == "quillfox"


@pytest.mark.parametrize(
    ("record", "tool"),
    [
        ("lamp-domain-verification=1", "lamp"),
        ("lamp-site-verification=1", "lamp"),
        ("lamp=0d9e4b61", "lamp"),
        ("lamp-Kx92hZq0", "lamp"),
        ("dotty-com-verification=1", "dotty"),
        ("dotty-verification=1", "dotty"),
        ("parcel263402=8f4c0e", "parcel"),
        ("sending_parcel1042=8f4c0e", "parcel"),
        ("qfx 8f4c0e", None),
        ("quillfox-verification 8f4c0e", "quillfox"),
        ("manymails-verification=8f4c0e", "hosted"),
        ("quillfox", None),
        ("quillfox=", None),
        ("quillfox=yes please do", None),
    ],
)
def test_a_known_key_may_have_its_token_glued_to_it(record, tool):
    assert tool_of(record) == tool


@pytest.mark.parametrize(
    "record",
    [
        "lamp migration done 2023-02 / see ticket 4471",
        "lamp of the year: Kessler Optik GmbH",
        "lamp: list of the agency's people",
        "lamp-shades-for=sale",
        "lampshade-verification=1",
        "quillfox ads agency: Petrel Media Ltd",
        "quillfox: portal of marketing",
        "quillfoxes-domain-verification=1",
        "domain-verification=quillfox",
        "site-verification=quillfox",
        "acme-domain-verification=quillfox",
        "email-verification=0d9e4b61",
        "api-key=0d9e4b61",
        "marketing-verification=0d9e4b61",
        "sso-verification=0d9e4b61",
        "v=STSv1; id=20240517T090000;",
        "k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7x0vTq",
        "https://quillfox.com/x",
        "=",
        ":",
        "",
    ],
)
def test_prose_and_other_peoples_tokens_are_nobodys(record):
    assert tool_of(record) is None


@pytest.mark.parametrize(
    ("record", "tool"),
    [
        ('_quillfox-challenge-acme.acme.com. 60 IN TXT "a1b2c3"', "quillfox"),
        ('_quillfox.acme.com. 60 IN TXT "a1b2c3"', None),
        ('quillfox._domainkey.acme.com TXT "k=rsa; p=MIGf"', "quillfox"),
        ('quillfox2._domainkey.acme.com TXT "k=rsa; p=MIGf"', "quillfox"),
        ('lamp._domainkey.acme.com TXT "k=rsa; p=MIGf"', None),
        ('default._domainkey.acme.com TXT "k=rsa; p=MIGf"', None),
        ('_acme-challenge.acme.com TXT "gfj9Xq"', None),
        ('quillfox.acme.com TXT "a1b2c3"', None),
    ],
)
def test_the_records_own_name_may_tell_the_tool(record, tool):
    assert tool_of(record) == tool


def test_the_sentence_names_the_key_that_was_found():
    exact, derived = find_txt(KNOWN, "qfx-8f4c0e1"), find_txt(KNOWN, "quillfox-verification=1")

    assert exact is not None
    assert exact.why == "The TXT record's key qfx is {name}'s."
    assert derived is not None
    assert derived.why == "The TXT record's key quillfox-verification names {name}."


@pytest.mark.parametrize(
    "record",
    [
        *("a" * 8000, "A" * 8000 + "=", "quillfox=" + "A" * 8000, '"' * 8000, '\\"' * 4000, "a.b-" * 2000, "a " * 4000),
        *("TXT " * 2000, "->" * 4000, "_" * 8000, "0" * 8000, "lamp" + "-" * 8000, "( " * 4000, "quillfox-" * 900),
    ],
)
def test_no_hostile_record_takes_long(record):
    start = time.process_time()
    find_txt(KNOWN, record)

    assert time.process_time() - start < 0.1


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_crash(text):
    find_txt(KNOWN, text)
    owner, content = txt_content(text)

    assert owner == owner.casefold()
    assert len(content) <= len(text)


@given(st.text(st.characters(codec="ascii", exclude_characters='"\\', exclude_categories=["C"]), max_size=80))
def test_a_quoted_text_is_the_text(text):
    assert txt_content(f'acme.com. 300 IN TXT "{text}"') == ("acme.com.", text.strip('"').strip())
