"""The map of connections: which tools are drawn, which lines, where they lead, and that the table is equal."""

import random
from urllib.parse import quote

import pytest

from tests.web.charted import HOSTILE, WORDS, assert_sound, drawn, pictures, words_of
from web.charts import Held, Links, connection_map
from web.charts.map_layout import LEVELS, Tool, chosen, level, stack, tools

LINKS = Links(
    tool=lambda number: f"/tools/{quote(number, errors='replace')}",
    system=lambda name: f"/connections?to={quote(name, errors='replace')}",
    more=lambda _: "/connections",
)


def held(tool: str, system: str | None = "mail", right: str | None = "read") -> Held:
    return Held(f"id-{tool}", tool, system, right)


def many(count: int) -> list[Held]:
    systems = ["mail", "files", "crm", None]
    return [held(f"Tool {at:03d}", systems[at % 4], ["read", "write", "full"][at % 3]) for at in range(count)]


def lines(chart, at=0):
    return [
        (one.attrib["class"].removeprefix("chart-edge chart-edge-"), one.get("stroke-dasharray"))
        for one in drawn(pictures(chart)[at])
        if one.tag == "path"
    ]


def links(chart, at=0):
    return [(one.attrib["href"], one.findtext("title")) for one in drawn(pictures(chart)[at]) if one.tag == "a"]


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("read", "read"),
        ("send", "write"),
        ("write", "write"),
        ("manage", "admin"),
        ("full", "admin"),
        (None, "unknown"),
        ("something new", "unknown"),
    ],
)
def test_a_right_has_a_level_and_a_word_that_we_do_not_know_is_unknown(right, expected):
    assert level(right) == expected


def test_a_row_of_the_list_of_connections_is_a_right():
    row = {"tool_id": "t", "tool": "T", "system": None, "right": "read", "scopes": [], "owner": None}

    assert Held.of(row) == Held("t", "T", None, "read")


def test_of_several_rights_on_a_system_the_gravest_is_drawn_and_all_are_in_the_table():
    chart = connection_map(WORDS, [held("Zapier", right="read"), held("Zapier", right="manage")])

    assert lines(chart) == [("admin", None)]
    assert chart.table.rows == (("Zapier", "mail", "administer", "manage, read"),)


def test_levels_are_told_apart_by_dash_and_letter_beside_colour():
    rows = [held("A", right="full"), held("B", right="send"), held("C", right=None), held("D")]

    chart = connection_map(WORDS, rows)

    assert dict(lines(chart)) == {"admin": None, "write": "7 3", "unknown": "1 5", "read": "2 2"}
    letters = [words_of(one) for one in drawn(pictures(chart)[0]) if "chart-letter" in one.get("class", "")]
    assert sorted(letters) == ["?", "A", "R", "W"]


def test_every_box_is_a_link_that_says_what_it_is():
    chart = connection_map(WORDS, [held("Zapier"), held("Zapier", "crm", "full")], links=LINKS)

    assert links(chart) == [
        ("/tools/id-Zapier", "Zapier: mail read, CRM administer"),
        ("/connections?to=mail", "mail: 1 tool"),
        ("/connections?to=crm", "CRM: 1 tool"),
    ]
    assert links(chart, 1) == links(chart)
    assert chart.table.links == ("/tools/id-Zapier", "/tools/id-Zapier")


def test_a_picture_with_links_is_a_group_so_that_readers_of_screens_reach_them():
    with_links = connection_map(WORDS, [held("Zapier")], links=LINKS)

    assert {picture.attrib["role"] for picture in pictures(with_links)} == {"group"}


def test_a_link_that_leads_elsewhere_is_refused():
    with pytest.raises(ValueError, match="leads to this application"):
        connection_map(WORDS, [held("Zapier")], links=Links(tool=lambda _: "javascript:alert(1)"))


def test_what_nobody_knows_is_a_system_of_its_own_and_never_left_out():
    chart = connection_map(WORDS, [held("Zapier", None, None)])

    assert lines(chart) == [("unknown", "1 5")]
    assert chart.table.rows == (("Zapier", "unknown", "unknown", "unknown"),)


def test_nothing_to_draw_says_why():
    chart = connection_map(WORDS, [])

    assert pictures(chart) == []
    assert "Nothing was read." in str(chart.figure)


def test_forty_tools_are_drawn_on_a_desk_and_sixteen_on_a_phone_the_rest_in_groups():
    chart = connection_map(WORDS, many(100), links=LINKS)

    named = [sum(href.startswith("/tools/") for href, _ in links(chart, at)) for at in (0, 1)]
    assert named == [16, 40]
    for at, rest in ((0, 84), (1, 60)):
        groups = [said for href, said in links(chart, at) if href == "/connections"]
        assert sum(int(said.split()[1]) for said in groups) == rest
        assert f"{rest} tools are drawn in groups." in (pictures(chart)[at][1].text or "")
    assert len(chart.table.rows) == 100


def test_the_gravest_tools_are_drawn_by_name():
    found = chosen(tools(many(100)), 10)

    assert {one.gravest for one in found if one.main is None} == {"admin"}


def test_groups_are_few_and_a_single_tool_makes_none_of_its_own():
    rows = [held(f"T{at}", system) for at, system in enumerate(["mail", "mail", "files", "crm", "ads", "code", "chat"])]

    groups = chosen(tools(rows), 0)

    assert [(one.main, one.stands_for) for one in groups] == [("mail", 2), ("", 5)]
    assert groups[0].lines == ["mail"]
    assert groups[1].lines == []


def test_the_numbers_that_are_said_are_those_of_the_rows():
    chart = connection_map(WORDS, [held("A"), held("A", "files"), held("B"), held("B", right="full")])

    assert "2 tools, 3 connections to 2 systems; most tools reach mail, 2." in (pictures(chart)[0][1].text or "")
    assert len(chart.table.rows) == 3


def test_the_same_rows_in_any_order_give_the_same_map():
    rows = [*many(60), held("Tool 001", "files", "full")]
    mixed = random.Random(7).sample(rows, len(rows))

    assert connection_map(WORDS, mixed).__html__() == connection_map(WORDS, rows).__html__()


def test_two_tools_of_one_name_stay_two():
    rows = [Held("a", "Zapier", "mail", "read"), Held("b", "Zapier", "mail", "full")]

    assert len(tools(rows)) == 2
    assert len(connection_map(WORDS, rows).table.rows) == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_a_tool_or_a_system_is_text(name):
    assert_sound(connection_map(WORDS, [held(name), held(name, name, name)], links=LINKS))


def test_boxes_spread_over_the_room_and_hold_the_ends_of_their_lines():
    first, second = stack([20.0, 20.0], [["a"], ["b"]], [["x", "y"], []], 100.0)

    assert (first.top, second.top) == (12.5, 62.5)
    assert first.ports == {"x": 17.5, "y": 27.5}
    assert second.ports == {}


def test_the_gravest_level_comes_first_and_unknown_before_reading():
    assert LEVELS == ("admin", "write", "unknown", "read")
    assert Tool("t", "T", {"mail": "read", "crm": "unknown"}).gravest == "unknown"
