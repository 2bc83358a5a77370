from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.hosts import parse_host
from catalog.load import Tool
from catalog.lookalikes import _neighbours, imitated, is_one_slip
from catalog.tables import compile_tables

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-"
LETTERS = st.text(string.ascii_lowercase[:4] + "0-", min_size=5, max_size=12)


def _one_edit(label):
    """Yield all that one typing error makes of a label, one after the other: the slow way."""
    for at in range(len(label)):
        head, tail = label[:at], label[at + 1 :]
        yield head + tail
        if tail:
            yield head + tail[0] + label[at] + tail[1:]
        for letter in ALPHABET:
            yield head + letter + tail
            yield head + letter + label[at:]
    yield from (label + letter for letter in ALPHABET)


def catalogue(labels):
    return compile_tables(
        [
            Tool(id=label, name=label, vendor=label, category="crm", domains=(f"{label}.com",))
            for label in dict.fromkeys(labels)
        ]
    )


@given(st.lists(LETTERS, max_size=30), LETTERS)
def test_no_brand_that_is_one_slip_away_is_overlooked(labels, label):
    tables = catalogue(labels)

    slips = set(_one_edit(label)) & set(tables.brands)

    assert slips <= set(_neighbours(tables, label))


@given(st.data(), LETTERS)
def test_every_slip_of_a_brand_has_it_as_a_neighbour(data, brand):
    tables = catalogue([brand.strip("-") + "vwxyz"])
    (known,) = tables.brands
    slip = data.draw(st.sampled_from(sorted(set(_one_edit(known)))))

    if known in set(_one_edit(slip)):
        assert known in set(_neighbours(tables, slip))


def test_a_slip_is_told_wherever_it_is():
    tables = catalogue(["quillfoxes"])
    slips = (
        "uillfoxes",
        "quilfoxes",
        "quillfoxe",
        "uqillfoxes",
        "quilfloxes",
        "quillfoxse",
        "quillfoxesx",
        "aquillfoxes",
    )

    assert {slip: imitated(tables, f"{slip}.com") for slip in slips} == dict.fromkeys(slips, "quillfoxes")
    assert imitated(tables, "quillfoxes.io") is None
    assert imitated(tables, "quilflox.com") is None


def test_where_a_tool_has_other_hosts_nothing_imitates_it():
    tables = compile_tables(
        [
            Tool(
                id="stock", name="Stock", vendor="Adobe", category="crm", domains=("quillfoxes.com", "x.quillf0xes.com")
            ),
        ]
    )

    assert imitated(tables, "quillf0xes.com") is None
    assert imitated(tables, "quillf0xes.net") == "stock"


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("quillfoxes.co", "quillfoxes"),
        ("ext.quillfoxes.co", "quillfoxes"),
        ("quillfoxes.cm", "quillfoxes"),
        ("quillfoxes-com.net", "quillfoxes"),
        ("go.quillfoxes-com.top", "quillfoxes"),
        ("quillfoxes.de", None),
        ("quillfoxes.org", None),
        ("quillfoxes-shop.com", None),
        ("quillf\u043exes.com", "quillfoxes"),
        ("quillf\u00f6xes.com", "quillfoxes"),
        ("xn--quillfxes-q4a.com", "quillfoxes"),
        ("h\u0435ron.com", "heron"),
        ("h\u00e9ron.org", None),
        ("heron.co", None),
    ],
)
def test_another_ending_or_script_imitates_only_a_tools_own_domain(host, tool):
    tables = compile_tables(
        [
            Tool(id="quillfoxes", name="Quillfoxes", vendor="Q", category="crm", domains=("quillfoxes.com",)),
            Tool(id="heron", name="Heron", vendor="H", category="crm", domains=("heron.com",), word=True),
        ]
    )

    assert imitated(tables, parse_host(host) or "") == tool


def test_a_long_label_of_any_domain_is_imitated_and_the_owner_of_the_whole_domain_is_told():
    tables = compile_tables(
        [
            Tool(id="cloud", name="Far Cloud", vendor="Far", category="crm", domains=("c360.farfarforce.com",)),
            Tool(
                id="force",
                name="Farforce",
                vendor="Far",
                category="crm",
                domains=("farfarforce.com", "farfarstats.net"),
            ),
        ]
    )

    assert imitated(tables, "farfarf0rce.com") == "force"
    assert imitated(tables, "farfarstat.net") == "force"


@given(LETTERS, LETTERS)
def test_a_slip_is_what_the_slow_way_finds(one, other):
    assert is_one_slip(one, other) == (one != other and other in set(_one_edit(one)))


@given(st.data(), LETTERS)
def test_every_single_typing_error_is_a_slip(data, label):
    slip = data.draw(st.sampled_from(sorted(set(_one_edit(label)))))

    assert is_one_slip(label, slip) == (slip != label)
    assert is_one_slip(slip, label) == (slip != label)
