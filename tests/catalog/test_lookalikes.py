from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from catalog.load import Tool
from catalog.lookalikes import _neighbours, _one_edit, imitated
from catalog.tables import compile_tables

LETTERS = st.text(string.ascii_lowercase[:4] + "0-", min_size=5, max_size=12)


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
    tables = catalogue([brand.strip("-") + "xyz"])
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
