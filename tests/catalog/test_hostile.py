"""Bad input of every kind: no crash, nothing identified, and no more work than the length asks for."""

from __future__ import annotations

import re
import string
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import hosts
from catalog.descriptors import _NAMED, _NOISE, _STARTS, is_plausible, parse_descriptor
from catalog.normal import LONGEST, is_disguised, readable, tokens
from model.match import StringKind

KINDS = list(StringKind)
BAD = {
    "empty": "",
    "blanks": " \t\n\u3000",
    "control characters": "Quill\x00fox",
    "an escape": "\x1b[31mQuillfox\x1b[0m",
    "a line of a log": "Quillfox\x07",
    "mixed scripts": "Quіllfox",  # noqa: RUF001 (the Cyrillic letter is the case)
    "all of another script": "Квиллфокс",
    "right-to-left override": "\u202exoflliuQ",
    "right-to-left mark": "Quillfox\u200f",
    "isolates": "\u2066quillfox.com\u2069",
    "zero width": "quill\u200bfox.com",
    "percent-encoding": "%71uillfox.com",
    "percent-encoded dot": "quillfox%2ecom",
    "punycode of a look-alike": "xn--quilfox-9db.com",
    "broken punycode": "xn--\u00e4.com",
    "empty punycode": "xn--.com",
    "IPv6": "http://[2001:db8::1]/",
    "IPv4": "192.0.2.7",
    "a bare scheme": "http://",
    "two schemes": "http://https://",
    "a scheme and a port": "https://:443/",
    "a number": "1234567890",
    "a decimal": "3.14",
    "a negative": "-0",
    "dots": "...",
    "an at sign": "@",
    "a star": "*",
    "half a surrogate": "\ud83d",
    "an unassigned character": "Quillfox\U0003fffe",
    "private use": "\ue000",
    "a null byte": "\x00",
}
#: Repeated to any length; each once made somebody's pattern run for ever.
LONG: tuple[str, ...] = (
    "a",
    "a.",
    "-",
    "a-",
    "*",
    " ",
    "(",
    "(a",
    "[",
    "1",
    "1.",
    "x - ",
    "\u0301",
    "\ufdfa",
    "https://",
    "%41",
    "&",
    "@",
    "ref ",
)
LONG += (
    "include:",
    "v=spf1 ",
    "paypal *",
    "purchase ",
    "recurring ",
    "quillfox ",
    "quillfox.",
    "for ",
    "by ",
    "_",
    "com.",
    ":",
    "\\",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_nobodys(index, kind, what):
    reading = index.read(kind, BAD[what])

    assert reading.match is None
    assert reading.why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", LONG)
def test_a_megabyte_is_nobodys(index, kind, part):
    assert index.read(kind, part * (1_000_000 // len(part))).match is None


def calls(work):
    """Return how many functions, of Python and of C, were called."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", LONG)
def test_ten_times_the_length_is_at_most_ten_times_the_work(index, kind, part):
    short, long = part * (1000 // len(part)), part * (10_000 // len(part))
    index.read(kind, "warm")

    once, ten_times = calls(lambda: index._read(kind, short, None)), calls(lambda: index._read(kind, long, None))

    assert ten_times <= 11 * once + 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_text_is_not_remembered(index, kind):
    index.read(kind, "a" * 5000)

    assert not any(len(part) > 1024 for key in index._memory for part in key)


# --- what is quick gives what is thorough ----------------------------------------------------------------------------

HOSTISH = st.text("aZ09.-_:/?#@[]\\ %*\n" + "ü\u3002\uff21\u212a", max_size=40) | st.from_regex(
    r"\A(https?://)?([a-z0-9_-]{1,8}\.){1,4}(com|local|1a|a1|x--|test)(:\d{1,3})?([/?#][a-z]*)?\Z"
)


@given(HOSTISH)
def test_the_usual_host_is_what_the_thorough_reading_gives(text):
    quick = hosts.parse_host(text)

    usual, hosts._USUAL = hosts._USUAL, re.compile(r"(?!)")
    try:
        assert hosts.parse_host(text) == quick
    finally:
        hosts._USUAL = usual


def thorough_tokens(text):
    unmarked = re.sub("[\u2122\u00ae\u00a9\u2120'\u2019\u2018`\u00b4]", "", text[:LONGEST])
    folded = unicodedata.normalize("NFKD", unmarked).casefold()
    return tuple(
        re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c)).replace("&", " and "))
    )


@given(st.text(string.printable + "é&'`_™ßİ", max_size=300))
def test_plain_words_are_what_folding_gives(text):
    assert tokens(text) == thorough_tokens(text)


@given(st.text(string.printable + "\x00\x1f\x7f\x85é\u200b%4", max_size=20))
def test_plain_text_is_readable_as_any_is(text):
    plain = " ".join(text.split())
    hidden = any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn"} for c in plain)
    disguised = hidden or re.search("%[0-9a-fA-F][0-9a-fA-F]", plain) is not None

    bare = plain.strip("\u200b").strip()  # what copying leaves at an end is no disguise of a name
    assert readable(text) == (None if is_disguised(bare) or not bare else bare)
    assert is_plausible(text) == (not disguised)


def test_what_is_longer_than_a_statement_is_none():
    assert is_plausible("a" * 200)
    assert not is_plausible("a" * 201)


@pytest.mark.parametrize("name", ["100% Quillfox", "Quillfox 50%", "Quillfox %OFF"])
def test_a_percent_sign_alone_disguises_nothing(index, name):
    assert readable(name) == name
    assert is_plausible(name)


WORDS = [
    "PayPal",
    "*",
    "PADDLE.NET",
    "SQ",
    "SP",
    "fs*",
    "google",
    "ads",
    "Cloud",
    "recurring",
    "CARD",
    "purchase",
    "12/04",
]
WORDS += ["Visa", "eb", "*x", "dri", "apple.com/bill", "2co.com", "linkedin", "snap", "\u00dft*"]
STATEMENT = st.lists(st.sampled_from(WORDS) | st.text("aZ *.1", max_size=6)).map(" ".join)


@given(STATEMENT)
def test_a_start_is_the_same_in_lower_case(text):
    for start in (_NAMED, _STARTS):
        found = start._any.match(text)
        assert start.match(text) == (found and (found.lastindex - 1, found.end()))


@given(st.text("+(.-/ 0123456789aA:#refinvcardidno,USD٣", max_size=40))
def test_what_is_noise_has_a_digit_and_begins_as_noise_does(text):
    for found in _NOISE.finditer(text):
        assert any(map(str.isdigit, found[0]))
    bare = re.compile(_NOISE.pattern.replace(r"(?=[+(\dcrin])", "", 1), re.IGNORECASE)
    assert [m.span() for m in bare.finditer(text)] == [m.span() for m in _NOISE.finditer(text)]


@given(st.text(max_size=250) | STATEMENT)
def test_any_text_has_a_descriptor_that_is_no_longer_than_it(text):
    parsed = parse_descriptor(text)

    assert len(parsed.seller) <= len(unicodedata.normalize("NFKC", text[:200]))
