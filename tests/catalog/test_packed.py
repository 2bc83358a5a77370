from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.index import Index
from catalog.load import Tool
from catalog.packed import MAGIC, Damaged, pack, unpack
from catalog.tables import Tables, compile_tables, overlay
from model.match import StringKind

TEXT = st.text(min_size=1, max_size=12)
SOME_TOOLS = st.lists(
    st.builds(
        Tool,
        id=TEXT,
        name=TEXT,
        vendor=TEXT,
        category=st.sampled_from(["crm", "seo", "nm_dev"]),
        domains=st.lists(st.sampled_from(["a.com", "b.a.com", "c.b.a.com", "x.co.uk", "y.x.co.uk", "quill.io"])).map(
            tuple
        ),
        names=st.lists(TEXT, max_size=3).map(tuple),
        descriptors=st.lists(TEXT, max_size=2).map(tuple),
        okta=st.lists(TEXT, max_size=2).map(tuple),
        word=st.booleans(),
        goods=st.booleans(),
        ended=st.none() | st.just("2024"),
        now=st.none() | TEXT,
    ),
    max_size=6,
)


def test_what_is_packed_is_unpacked(tables):
    assert unpack(pack(tables, "v1")) == (tables, "v1")


def test_an_empty_catalogue_can_be_packed():
    assert unpack(pack(compile_tables(()), "v")) == (compile_tables(()), "v")


@given(SOME_TOOLS)
def test_any_tables_survive_whatever_characters_are_in_them(tools):
    tables = compile_tables(tools)

    assert unpack(pack(tables, "v"))[0] == tables


@given(SOME_TOOLS, SOME_TOOLS)
def test_an_overlay_derives_what_compiling_its_tables_anew_derives(tools, own):
    both = overlay(compile_tables(tools), own)

    anew = compile_tables(
        [
            Tool(id=tool, name="x", vendor="x", category="crm", domains=(domain,))
            for domain, tool in both.domains.items()
        ]
    )
    assert both.under == anew.under
    assert both.seller_names == sorted(both.sellers)
    assert both.seller_order == sorted(both.seller_joined)
    assert both.brand_names == sorted(both.brands)
    assert both.brand_ends == sorted(brand[::-1] for brand in both.brands)


def test_the_order_of_the_lists_is_that_of_a_fresh_compilation(tables):
    back, _ = unpack(pack(tables, "v"))

    for name in ("seller_names", "seller_order", "brand_names", "brand_ends"):
        assert getattr(back, name) == sorted(getattr(back, name))
        assert len(getattr(back, name)) > 3


@pytest.mark.parametrize("cut", [0, 1, 30, 52, 53, 100, -1])
def test_a_cut_file_is_damaged(tables, cut):
    with pytest.raises(Damaged):
        unpack(pack(tables, "v")[:cut])


@pytest.mark.parametrize("at", [0, 20, 30, 53, 60, 400, -2])
def test_a_file_with_another_byte_is_damaged(tables, at):
    changed = bytearray(pack(tables, "v"))
    changed[at] ^= 1

    with pytest.raises(Damaged):
        unpack(bytes(changed))


@pytest.mark.parametrize("content", [b"", b"{}", b"\x80\x04", MAGIC, MAGIC + b"0" * 33, b"PK\x03\x04" * 100])
def test_a_file_of_another_program_is_damaged(content):
    with pytest.raises(Damaged):
        unpack(content)


def test_a_file_with_something_behind_it_is_damaged(tables):
    with pytest.raises(Damaged):
        unpack(pack(tables, "v") + b" ")


def test_packing_is_the_same_twice(tables):
    assert pack(tables, "v") == pack(tables, "v")


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(tables, enabled):
    content = pack(tables, "v")
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        unpack(content)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_unpacked_tables_read_as_the_compiled_ones_do(tables: Tables):
    compiled, unpacked = Index(tables, "v"), Index(unpack(pack(tables, "v"))[0], "v")

    for kind in StringKind:
        for value in ("Quillfox SSO", "eu.quillfox.com", "quillf0x.com", "PADDLE.NET* QUILLFOX", "com.bigco.adlight.x"):
            assert compiled.read(kind, value) == unpacked.read(kind, value)
