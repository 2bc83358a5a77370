from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.hosts import (
    _suffix_list,
    decode_idn,
    is_public_suffix,
    parse_host,
    registrable,
    scheme_of,
    suffixes,
)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("quillfox.com", "quillfox.com"),
        ("QUILLFOX.COM.", "quillfox.com"),
        ("*.quillfox.com", "quillfox.com"),
        ("app.quillfox.com:8443", "app.quillfox.com"),
        ("https://app.quillfox.com/login?next=%2Fhome#top", "app.quillfox.com"),
        ("//cdn.quillfox.com/x.js", "cdn.quillfox.com"),
        ("https://user:secret@app.quillfox.com:443/", "app.quillfox.com"),
        ("ana@quillfox.com", "quillfox.com"),
        ("mailto:ana@quillfox.com", "quillfox.com"),
        ("quillfox.com/path", "quillfox.com"),
        ("_dmarc.quillfox.com", "_dmarc.quillfox.com"),
        ("https://münchen.de/", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("wss://live.quillfox.com", "live.quillfox.com"),
    ],
)
def test_the_public_host_is_found(text, host):
    assert parse_host(text) == host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://quillfox.com@evil.io/", "evil.io"),
        ("https://evil.io/@quillfox.com", "evil.io"),
        ("https://evil.io\\@quillfox.com", "evil.io"),
        ("https://evil.io?u=quillfox.com", "evil.io"),
        ("https://evil.io#quillfox.com", "evil.io"),
    ],
)
def test_the_host_is_where_a_browser_would_go(text, host):
    assert parse_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "http://",
        "https:///path",
        "10.0.0.1",
        "http://192.168.1.1:8080/x",
        "::1",
        "[2001:db8::1]",
        "http://[2001:db8::1]:443/",
        "localhost",
        "quillfox",
        "server.local",
        "intranet.acme.internal",
        "nas.lan",
        "12345",
        "1.2",
        "a..com",
        ".com.",
        "-a.com",
        "a-.com",
        "%71uillfox.com",
        "quill fox.com",
        "quill\u200bfox.com",
        "\u202equillfox.com",
        "quillfox.com\x00",
        "ｑuillfox.com",  # noqa: RUF001
        "quillfox。com",
        "javascript:alert('quillfox.com')",
        "data:text/html,quillfox.com",
        "msal1a2b3c4d://auth",
        "com.quillfox.sender://oauth",
        "urn:quillfox.com:sp",
        "a" * 64 + ".com",
        ".".join(["a" * 60] * 5) + ".com",
    ],
)
def test_what_is_no_public_host_is_none(text):
    assert parse_host(text) is None


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("https://x.com", "https"),
        ("MSAL1://auth", "msal1"),
        ("quillfox.com:443", None),
        ("quillfox.com", None),
        ("com.quillfox.app://cb", "com.quillfox.app"),
        ("urn:x", "urn"),
    ],
)
def test_a_port_is_no_scheme(text, scheme):
    assert scheme_of(text) == scheme


def test_suffixes_go_from_the_host_down_to_two_labels():
    assert list(suffixes("a.b.quillfox.com")) == ["a.b.quillfox.com", "b.quillfox.com", "quillfox.com"]


def test_the_registrable_domain_follows_the_public_suffix_list():
    assert registrable("shop.acme.co.uk") == "acme.co.uk"
    assert registrable("co.uk") is None
    assert registrable("zoom4u.home") is None
    assert is_public_suffix("co.uk")
    assert not is_public_suffix("acme.co.uk")


@pytest.mark.parametrize(
    ("host", "plain"), [("xn--mnchen-3ya.de", "münchen.de"), ("a.com", "a.com"), ("xn--\x7f.de", "xn--\x7f.de")]
)
def test_punycode_is_decoded_where_it_can_be(host, plain):
    assert decode_idn(host) == plain


@given(st.text(max_size=300))
def test_any_text_gives_a_clean_host_or_none(text):
    host = parse_host(text)

    assert host is None or (host == host.lower() and host.isascii() and "." in host and len(host) <= 253)


@given(st.from_regex(r"[a-z]{2,10}\.(com|io|co\.uk)", fullmatch=True), st.text(alphabet="abc/?#=&.", max_size=50))
def test_the_path_never_changes_the_host(host, path):
    assert parse_host(f"https://{host}/{path}") == host


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("com.quillfox.app:/oauth2redirect", "com.quillfox.app"),
        ("com.quillfox.app://oauth2redirect", "com.quillfox.app"),
        ("com.googleusercontent.apps." + "a" * 60 + ":/cb", "com.googleusercontent.apps." + "a" * 60),
        ("quillfox.com:443", None),
        ("quillfox.com:443/x", None),
        ("quillfox.com:", None),
    ],
)
def test_a_dotted_scheme_is_followed_by_a_slash(text, scheme):
    assert scheme_of(text) == scheme


@given(
    st.lists(st.sampled_from(["a", "b-c", "www", "xn--p1ai", "com", "co"]), max_size=4),
    st.sampled_from(["com", "de", "co.uk", "io", "com.br", "city.kobe.jp", "kobe.jp", "foo", "ck", "www.ck", "co"]),
)
def test_the_registrable_domain_is_what_the_list_says(labels, ending):
    host = ".".join([*labels, ending])

    assert registrable(host) == _suffix_list().privatesuffix(host)
