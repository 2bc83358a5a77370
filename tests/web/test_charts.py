"""What charts say and show: structure, words, numbers, what is unknown, and what they make of hostile names."""

import re
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.web.charted import HOSTILE, WORDS, assert_sound, drawn, parsed, pictures, said, words_of
from web.charts import (
    Bar,
    Chart,
    Part,
    Range,
    Renewal,
    Share,
    Words,
    bars,
    distribution,
    each_currency,
    in_currency,
    months,
    ranges,
    renewals,
    shares,
    spark_table,
    sparkline,
)
from web.charts.days import bins
from web.charts.frame import Table
from web.charts.markup import coordinate, el, local
from web.charts.months import filled, month_name
from web.charts.scale import scale, ticks
from web.charts.text import CUT, NO_NAME, fit, shown, width, wrap

PAID = (Part("paid by IT"), Part("not paid by IT", "second"), Part("payer unknown", "unsure"))
TODAY = date(2026, 6, 10)


def texts(chart: Chart, at: int = 0) -> list[str]:
    return [words_of(one) for one in drawn(pictures(chart)[at]) if one.tag == "text"]


def classes(chart: Chart) -> list[str]:
    return [one.attrib["class"] for picture in pictures(chart) for one in drawn(picture) if "class" in one.attrib]


def rects(chart: Chart, class_: str) -> list[float]:
    """Return how wide the boxes of a class are."""
    return [
        float(one.attrib["width"])
        for one in drawn(pictures(chart)[0])
        if one.tag == "rect" and one.get("class") == class_
    ]


def days(value: float) -> str:
    return f"{value:g} days"


def counted(value: float) -> str:
    return f"{value:,}"


# --- the frame -------------------------------------------------------------------------------------------------------


def test_a_chart_is_a_figure_with_a_sentence_above_its_source_below_and_a_table_beside():
    chart = bars(WORDS, [Bar("HubSpot", (1200,))], said=said, label="Tool")

    tree = parsed(chart)

    assert tree.attrib["class"] == "chart-pair"
    assert [child.tag for child in tree] == ["figure", "div"]
    assert [child.tag for child in tree[0]] == ["figcaption", "svg", "p"]
    assert tree[0][0].text == WORDS.title
    assert tree[0][2].text == "Source: a statement"
    assert tree[1][0].tag == "table"


def test_a_page_writes_a_chart_and_its_parts_unescaped():
    chart = bars(WORDS, [Bar("HubSpot", (1200,))], said=said)

    page = Environment(autoescape=True).from_string("{{ chart }}|{{ chart.figure }}|{{ chart.table }}")
    whole, figure, table = page.render(chart=chart).split("|")

    assert whole.startswith('<div class="chart-pair"><figure class="chart">')
    assert figure.startswith("<figure")
    assert table.startswith("<div")


def test_a_picture_has_a_name_a_description_and_a_view_box_of_a_phones_width():
    picture = pictures(bars(WORDS, [Bar("HubSpot", (1200,)), Bar("Canva", (None,))], said=said))[0]

    assert picture.attrib["viewBox"].startswith("0 0 320 ")
    assert picture.attrib["role"] == "img"
    assert picture[0].text == WORDS.title
    assert picture[1].text == (
        "2 horizontal bars. The longest is HubSpot, 1,200 €. Of 1 the value is unknown. The table has the same numbers."
    )


@pytest.mark.parametrize("key", ["", "Ä", "9x", "a b", 'x" onload="', "x" * 65])
def test_a_key_that_cannot_begin_an_id_is_refused(key):
    with pytest.raises(ValueError, match="no key"):
        Words(key=key, title="t", source="s", empty="e")


def test_text_is_never_smaller_than_eleven_pixels_on_a_phone_of_360():
    # A page leaves at least 294 of the 360 px; text has one size of 12 units, and no class of its own changes it.
    css = (Path(__file__).parents[2] / "web/static/charts.css").read_text(encoding="utf-8")
    picture = pictures(bars(WORDS, [Bar("HubSpot", (1200,))], said=said))[0]

    assert float(picture.attrib["font-size"]) * 294 / 320 >= 11
    assert not [rule for rule in re.findall(r"([^{}]*){[^}]*font-size", css) if "svg" in rule or "text" in rule]


EMPTY = {
    "bars": lambda: bars(WORDS, [], said=said),
    "months": lambda: months(WORDS, [], said=said),
    "months of which none was read": lambda: months(WORDS, [Bar("2026-01", (None,))], said=said),
    "days": lambda: distribution(WORDS, [], median=None, p90=None, said=days),
    "days that nobody knows": lambda: distribution(WORDS, [None], median=None, p90=None, said=days),
    "renewals": lambda: renewals(WORDS, [], today=TODAY),
    "ranges": lambda: ranges(WORDS, [], said=said),
    "shares": lambda: shares(WORDS, [Share("Nothing", 0, 0)], said=counted),
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_chart_of_nothing_says_why_and_draws_nothing(name):
    chart = EMPTY[name]()

    assert pictures(chart) == []
    assert "Nothing was read." in str(chart.figure)
    assert_sound(chart)


def test_a_table_without_rows_is_not_written():
    assert parsed(bars(WORDS, [], said=said)).find(".//table") is None


def test_a_table_scrolls_by_keyboard_and_says_what_it_is():
    table = bars(WORDS, [Bar("HubSpot", (1,), "/tools/hubspot")], said=said).table.__html__()

    assert 'tabindex="0"' in table
    assert 'role="region" aria-label="A sentence says it"' in table
    assert '<th scope="row"><a href="/tools/hubspot">HubSpot</a></th><td class="text-end">1 €</td>' in table


def test_a_very_long_cell_is_folded_and_can_be_read_whole():
    table = Table(caption="c", header=("a",), rows=(("x" * 500,),), links=("/x",)).__html__()

    assert f"<details><summary>{'x' * 80}…</summary>" in table
    assert f'<a href="/x">{"x" * 500}</a></details>' in table


# --- markup and names ------------------------------------------------------------------------------------------------


def test_text_and_attributes_are_escaped_and_markup_is_not_escaped_twice():
    inner = el("b", "a < b")

    assert el("p", inner, '"', title='"><x>') == '<p title="&#34;&gt;&lt;x&gt;"><b>a &lt; b</b>&#34;</p>'


def test_attributes_are_left_out_where_there_is_none_and_keep_the_names_of_svg():
    assert el("rect", class_="c", stroke_width=2.04, x=-0.01, viewBox="0", y=None) == (
        '<rect class="c" stroke-width="2" x="0" viewBox="0"/>'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_coordinate_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not finite"):
        coordinate(value)


def test_what_xml_forbids_and_what_turns_the_direction_is_left_out():
    assert el("p", "a\x00\x1b\u202eb\ufffe\ud800c") == "<p>abc</p>"


@pytest.mark.parametrize("href", ["/tools/x?a=1#b", "?month=2026-01", "#top", None])
def test_a_link_into_the_application_is_kept(href):
    assert local(href) == href


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.test", "/\\evil.test", "https://evil.test", "", "data:x", "/a b", " /x"]
)
def test_a_link_that_may_lead_elsewhere_is_refused(href):
    with pytest.raises(ValueError, match="leads to this application"):
        local(href)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x00", "\u202e\u202c"])
def test_a_name_of_which_nothing_can_be_seen_is_said_to_be_none(name):
    assert shown(name) == NO_NAME
    assert fit(name, 100) == NO_NAME


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("room", [40.0, 110.0, 320.0])
def test_a_name_is_never_wider_than_its_room(name, room):
    assert width(fit(name, room)) <= room
    lines = wrap(name, room, 2)
    assert 1 <= len(lines) <= 2
    assert all(width(line) <= room + 0.01 for line in lines)


def test_a_name_that_has_room_is_not_cut_and_one_that_has_not_ends_in_an_ellipsis():
    assert fit("HubSpot", 100) == "HubSpot"
    assert fit("HubSpot Marketing Hub Enterprise", 100).endswith(CUT)
    assert wrap("HubSpot Marketing Hub Enterprise", 120, 3) == ["HubSpot", "Marketing Hub", "Enterprise"]


def test_a_cut_never_parts_what_is_one_sign():
    for room in range(20, 120):
        cut = fit("ab👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻e\u0301e\u0301e\u0301", float(room))
        assert not cut.removesuffix(CUT).endswith("\u200d")
        assert cut.count("👩") == cut.count("\u200d") == cut.count("💻")


def test_no_more_than_two_marks_stand_upon_a_letter_that_is_drawn():
    assert fit("e" + "\u0301" * 50, 100) == "e\u0301\u0301"


# --- scales ----------------------------------------------------------------------------------------------------------


def test_a_scale_always_holds_zero_and_never_leaves_its_ends():
    to = scale([50, 100], 0, 200)

    assert [to(value) for value in (0, 50, 100, -5, 1000)] == [0, 100, 200, 0, 200]


def test_a_scale_of_zeros_draws_nothing_long():
    assert scale([0, 0], 0, 200)(0) == 0


def test_a_scale_reaches_below_zero_where_values_do():
    assert scale([-50, 50], 0, 200)(0) == 100


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([7], [0, 3, 6, 9]),
        ([1], [0, 1]),
        ([0], [0, 1]),
        ([14_900], [0, 5000, 10000, 15000]),
        ([-500, 8900], [-5000, 0, 5000, 10000]),
        ([0.3], [0.0, 0.1, 0.2, pytest.approx(0.3)]),
        ([-3], [-3, -2, -1, 0]),
    ],
)
def test_steps_are_round_whole_between_whole_numbers_and_reach_over_all_values(given, expected):
    assert ticks(given) == expected


# --- bars ------------------------------------------------------------------------------------------------------------


def test_bars_are_as_long_as_their_values_and_say_them():
    chart = bars(WORDS, [Bar("HubSpot", (200,)), Bar("Canva", (50,)), Bar("Miro", (0,))], said=said)

    assert rects(chart, "chart-fill-first") == [320, 80]
    assert texts(chart) == ["200 €", "HubSpot", "50 €", "Canva", "0 €", "Miro"]


def test_parts_are_stacked_told_apart_by_pattern_and_add_up_to_what_is_said():
    row = Bar("HubSpot", (100, 250, 50))

    chart = bars(WORDS, [row], said=said, parts=PAID)

    assert [rects(chart, f"chart-fill-{fill}")[-1] for fill in ("first", "second", "unsure")] == [80, 200, 40]
    assert chart.table.rows == (("HubSpot", "100 €", "250 €", "50 €", "400 €"),)
    assert texts(chart)[-2:] == ["400 €", "HubSpot"]
    assert {"url(#chart-stripes)", "url(#chart-hatch)"} <= {one.get("fill") for one in drawn(pictures(chart)[0])}


def test_a_value_that_is_unknown_is_hatched_over_the_whole_axis_and_never_zero():
    chart = bars(WORDS, [Bar("HubSpot", (200,)), Bar("Canva", (None,))], said=said)

    assert rects(chart, "chart-unknown") == [13, 319]
    assert texts(chart) == ["unknown", "200 €", "HubSpot", "unknown", "Canva"]
    assert chart.table.rows[1] == ("Canva", "unknown")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400])
def test_a_broken_value_is_unknown(value):
    assert bars(WORDS, [Bar("HubSpot", (value,))], said=said).table.rows == (("HubSpot", "unknown"),)


def test_a_bar_of_which_a_part_is_unknown_says_at_least():
    chart = bars(WORDS, [Bar("HubSpot", (100, None, 20))], said=said, parts=PAID)

    assert chart.table.rows == (("HubSpot", "100 €", "unknown", "20 €", "at least 120 €"),)
    assert "amount unknown" in texts(chart)
    assert "at least 120 €" in texts(chart)


def test_a_refund_goes_the_other_way_from_zero():
    chart = bars(WORDS, [Bar("Refunded", (-50,)), Bar("Paid", (150,))], said=said)

    boxes = [one for one in drawn(pictures(chart)[0]) if one.get("class") == "chart-fill-first"]
    assert [(one.attrib["x"], one.attrib["width"]) for one in boxes] == [("0", "80"), ("80", "240")]


def test_what_is_not_drawn_is_counted_with_its_sum_and_stands_in_the_table():
    rows = [Bar(f"Tool {at}", (at,)) for at in range(1, 6)] + [Bar("Nobody knows", (None,))]

    chart = bars(WORDS, rows, said=said, most=3)

    assert texts(chart)[-1] == "and 3 more, 9 € together; 1 of them unknown"
    assert len(chart.table.rows) == 6


def test_a_row_with_too_few_values_is_refused():
    with pytest.raises(ValueError, match="one value for each part"):
        bars(WORDS, [Bar("HubSpot", (1,))], said=said, parts=PAID)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_can_be_read_whole(name):
    chart = bars(WORDS, [Bar(name, (1,))], said=said)

    assert_sound(chart)
    whole = shown(name)
    readable = {"".join(one.itertext()) for one in pictures(chart)[0].iter("title")} | {" ".join(texts(chart)[1:])}
    assert whole in readable
    assert chart.table.rows[0][0] == whole


def test_hostile_titles_sources_and_texts_are_escaped():
    for name in HOSTILE:
        words = Words(key="k", title=name, source=name, empty=name)
        for chart in (bars(words, [Bar("x", (1,))], said=said), bars(words, [], said=said)):
            assert "<script" not in str(chart.__html__())
            assert "<img" not in str(chart.__html__())
            parsed(chart)


def test_what_writes_numbers_is_escaped_too():
    chart = bars(WORDS, [Bar("HubSpot", (1,))], said=lambda value: f"<b>{value}</b>")

    assert "<b>" not in str(chart.__html__())


# --- money -----------------------------------------------------------------------------------------------------------


def eur(micros: int) -> dict[str, object]:
    return {"currency": "EUR", "amount_micros": micros}


def usd(micros: int) -> dict[str, object]:
    return {"currency": "USD", "amount_micros": micros}


def test_each_currency_has_bars_of_its_own_and_nothing_is_added_across():
    rows = [("HubSpot", [[eur(5), usd(7)]], "/h"), ("Canva", [[eur(1), eur(2)]], None), ("Miro", [None], None)]

    found = each_currency(rows)

    assert found == {
        "EUR": [Bar("HubSpot", (5,), "/h"), Bar("Canva", (3,)), Bar("Miro", (None,))],
        "USD": [Bar("HubSpot", (7,), "/h"), Bar("Miro", (None,))],
    }


def test_a_part_with_nothing_in_a_currency_is_zero_there_where_another_part_has_some():
    assert each_currency([("2026-01", [[eur(5)], [], None], None)]) == {"EUR": [Bar("2026-01", (5, 0, None))]}


def test_no_money_makes_no_currency():
    assert each_currency([("HubSpot", [None], None), ("Canva", [[]], None)]) == {}


def test_money_of_one_currency_is_written_by_what_is_handed_in():
    assert in_currency("EUR", lambda micros, currency: f"{currency} {micros / 1e6:,.2f}")(1_500_000) == "EUR 1.50"


# --- months ----------------------------------------------------------------------------------------------------------


def test_months_are_drawn_in_order_with_a_hatched_gap_where_nothing_was_read():
    rows = [Bar("2026-03", (30,)), Bar("2026-01", (10,)), Bar("2025-12", (None,))]

    chart = months(WORDS, rows, said=said)

    assert chart.table.rows == (
        ("Dec 2025", "unknown"),
        ("Jan 2026", "10 €"),
        ("Feb 2026", "unknown"),
        ("Mar 2026", "30 €"),
    )
    assert len(rects(chart, "chart-unknown")) == 1 + 2
    assert len(rects(chart, "chart-fill-first")) == 2
    assert "nothing was read" in texts(chart)
    assert "Nothing was read in Dec 2025, Feb 2026." in (pictures(chart)[0][1].text or "")


def test_the_highest_month_is_said_and_the_axis_is_written_shortly():
    chart = months(WORDS, [Bar("2026-01", (10,)), Bar("2026-02", (14,))], said=said, tick=lambda value: f"{value:g}")

    assert [text for text in texts(chart) if "€" in text] == ["14 €"]
    assert {"0", "5", "10", "15"} <= set(texts(chart))


def test_a_line_ends_before_a_gap_and_begins_again_after_it():
    rows = [Bar("2026-01", (1,)), Bar("2026-02", (2,)), Bar("2026-04", (3,))]

    chart = months(WORDS, rows, said=counted, way="line")

    path = next(one for one in drawn(pictures(chart)[0]) if one.get("class") == "chart-line").attrib["d"]
    assert re.sub(r"[\d. ]+", "", path) == "MLM"


def test_of_many_months_the_last_are_drawn_and_all_stand_in_the_table():
    rows = [Bar(f"{2020 + at // 12}-{at % 12 + 1:02d}", (at,)) for at in range(40)]

    chart = months(WORDS, rows, said=counted)

    assert len(rects(chart, "chart-fill-first")) == 36
    assert len(chart.table.rows) == 40
    assert "The last 36 of 40 months; the table has all." in str(chart.figure)


def test_a_month_far_back_does_not_fill_centuries():
    found = filled([Bar("0001-01", (1,)), Bar("2026-01", (2,))], 1)

    assert len(found) == 241
    assert month_name(found[1].label) == "Feb 2006"


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-00", "26-01", "2026-01-01", "", "٢٠٢٦-01"])
def test_what_is_no_month_is_refused(month):
    with pytest.raises(ValueError, match="no month"):
        months(WORDS, [Bar(month, (1,))], said=counted)


def test_a_month_that_is_there_twice_and_a_line_of_parts_are_refused():
    with pytest.raises(ValueError, match="twice"):
        months(WORDS, [Bar("2026-01", (1,)), Bar("2026-01", (2,))], said=counted)
    with pytest.raises(ValueError, match="a line has one part"):
        months(WORDS, [Bar("2026-01", (1, 2, 3))], said=counted, parts=PAID, way="line")


# --- days ------------------------------------------------------------------------------------------------------------


def test_days_are_counted_in_bins_of_one_width_that_hold_all_of_them():
    assert bins([0, 0, 1, 3]) == [(0, 0, 2), (1, 1, 1), (2, 2, 0), (3, 3, 1)]
    assert bins([0, 4, 5, 59]) == [(at * 5, at * 5 + 4, {0: 2, 1: 1, 11: 1}.get(at, 0)) for at in range(12)]


@pytest.mark.parametrize("longest", [0, 11, 12, 59, 60, 365, 9999, 10**29])
def test_there_are_never_more_than_twelve_bins(longest):
    found = bins([0, longest])

    assert len(found) <= 12
    assert sum(one[2] for one in found) == 2


def test_the_middle_and_the_ninth_of_ten_are_marked_by_shape_dash_and_words():
    chart = distribution(WORDS, [1, 2, 3, 4, 30], median=3, p90=30, said=days, waiting=2)

    assert {"half within 3 days", "9 of 10 within 30 days"} <= set(texts(chart))
    assert {"chart-mark-diamond", "chart-mark-triangle"} <= set(classes(chart))
    dashes = [one.get("stroke-dasharray") for one in drawn(pictures(chart)[0]) if one.get("class") == "chart-marker"]
    assert dashes == [None, "5 3"]
    assert ("not decided yet", "2") in chart.table.rows
    assert ("Half within", "3 days") in chart.table.rows


def test_too_few_to_say_a_middle_say_so_and_mark_nothing():
    chart = distribution(WORDS, [4, 5], median=None, p90=None, said=days)

    assert "Too few are decided to say a middle." in str(chart.figure)
    assert "chart-marker" not in classes(chart)
    assert ("Half within", "unknown") in chart.table.rows


def test_what_took_nobody_knows_how_long_is_counted_apart():
    chart = distribution(WORDS, [4, None, None], median=None, p90=None, said=days)

    assert "Of 2 it is unknown how long they took." in str(chart.figure)
    assert ("unknown", "2") in chart.table.rows


def test_nothing_takes_fewer_days_than_none():
    with pytest.raises(ValueError, match="fewer days"):
        distribution(WORDS, [-1], median=None, p90=None, said=days)


# --- renewals --------------------------------------------------------------------------------------------------------


def test_renewals_stand_in_their_months_by_shape_with_names_and_days():
    rows = [
        Renewal(date(2026, 7, 14), "HubSpot", "renews"),
        Renewal(date(2026, 7, 2), "Canva"),
        Renewal(date(2026, 8, 1), "Miro", "decided"),
    ]

    chart = renewals(WORDS, rows, today=TODAY)

    shown_ = texts(chart)
    at = shown_.index("Jul 2026")
    assert shown_[at : at + 6] == ["Jul 2026", "2", "Canva", "2 Jul", "HubSpot", "14 Jul"]
    assert {"chart-mark-circle", "chart-mark-triangle", "chart-mark-square"} <= set(classes(chart))
    assert [row[0] for row in chart.table.rows] == ["Canva", "HubSpot", "Miro"]


def test_renewals_are_a_list_on_a_phone_and_a_calendar_on_a_desk():
    narrow, wide = pictures(renewals(WORDS, [Renewal(date(2026, 7, 2), "Canva")], today=TODAY))

    assert "chart-narrow" in narrow.attrib["class"]
    assert "chart-wide" in wide.attrib["class"]
    places = [
        {
            one.attrib["x"]
            for one in drawn(picture)
            if one.tag == "text" and re.match("[A-Z][a-z]{2} 202", words_of(one))
        }
        for picture in (narrow, wide)
    ]
    assert [len(found) for found in places] == [1, 4]


def test_every_renewal_is_in_a_month_past_earlier_or_later():
    rows = [
        Renewal(date(2026, 4, 1), "Overdue"),
        Renewal(date(2026, 6, 9), "Overdue since yesterday", "renews"),
        Renewal(date(2026, 4, 1), "Done long ago", "decided"),
        Renewal(date(2026, 6, 10), "Today"),
        Renewal(date(2027, 5, 31), "Last day"),
        Renewal(date(2027, 6, 1), "Later"),
        Renewal(date(2027, 6, 1), "Later"),
    ]

    chart = renewals(WORDS, rows, today=TODAY, unknown_ends=3)

    shown_ = texts(chart)
    assert shown_[3:8] == ["2", "Overdue", "1 Apr 2026", "Overdue since yesterday", "9 Jun 2026"]
    assert shown_[-3:] == [
        "2 more later than May 2027.",
        "1 of earlier months: decided.",
        "3 more: the end of the contract is unknown",
    ]
    assert sum(int(text) for text in shown_ if text.isdigit()) == 4
    assert len(chart.table.rows) == 8
    assert chart.table.rows[-1] == ("3 more", "unknown", "unknown")


def test_of_a_full_month_the_first_are_named_and_the_rest_counted():
    rows = [Renewal(date(2026, 7, day), f"Tool {day}") for day in range(1, 11)]

    shown_ = texts(renewals(WORDS, rows, today=TODAY, most=4))

    assert "Tool 4" in shown_
    assert "Tool 5" not in shown_
    assert "and 6 more" in shown_


def test_contracts_whose_end_nobody_knows_are_drawn_though_no_other_is_there():
    chart = renewals(WORDS, [], today=TODAY, unknown_ends=2)

    assert "2 more: the end of the contract is unknown" in texts(chart)
    assert "chart-unknown" in classes(chart)


def test_the_note_has_a_column_of_its_own():
    chart = renewals(WORDS, [Renewal(date(2026, 7, 2), "Canva", note="€120")], today=TODAY, note="A year")

    assert chart.table.header == ("Tool", "Decide by", "State", "A year")
    assert chart.table.rows == (("Canva", "2 Jul 2026", "to be decided", "€120"),)


# --- ranges ----------------------------------------------------------------------------------------------------------


def test_a_range_has_its_ends_what_is_likely_and_the_stop_line():
    chart = ranges(WORDS, [Range("HubSpot", 10, 20, 40, "/h")], said=said, stop=30, label="Tool")

    assert "10 € to 40 €, likely 20 €" in texts(chart)
    assert "stop line, 30 €" in texts(chart)
    line = next(one for one in drawn(pictures(chart)[0]) if one.get("class") == "chart-range" and one.get("x1") != "0")
    assert [float(line.attrib[name]) for name in ("x1", "x2")] == [84, 312]
    assert chart.table.rows == (("HubSpot", "10 €", "20 €", "40 €"), ("Stop line", "30 €", "", ""))
    assert chart.table.links == ("/h", None)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Range("x", None, None, None), "unknown"),
        (Range("x", None, 5, None), "likely 5 €; the ends are unknown"),
        (Range("x", 1, None, 9), "1 € to 9 €, likely unknown"),
        (Range("x", 1, 5, None), "1 € to unknown, likely 5 €"),
    ],
)
def test_a_range_says_which_of_it_is_unknown_and_is_hatched_where_an_end_is(row, expected):
    chart = ranges(WORDS, [row, Range("known", 1, 2, 9)], said=said)

    assert expected in texts(chart)
    assert ("chart-unknown" in classes(chart)) == (None in row.values)


# --- shares and sparklines -------------------------------------------------------------------------------------------


def test_a_share_is_filled_hatched_and_empty_in_proportion():
    chart = shares(WORDS, [Share("Owner", 40, 100, 10)], said=counted, yes="known", no="none")

    assert rects(chart, "chart-fill-first")[-1] == 128
    assert rects(chart, "chart-unknown")[-1] == 31
    assert "40 of 100, 10 unknown" in texts(chart)
    assert chart.table.rows == (("Owner", "40", "50", "10", "100"),)


def test_a_share_of_which_nothing_is_known_is_hatched_whole():
    chart = shares(WORDS, [Share("SSO", None, 100)], said=counted)

    assert rects(chart, "chart-unknown")[-1] == 319
    assert "unknown, of 100" in texts(chart)
    assert chart.table.rows == (("SSO", "unknown", "unknown", "100", "100"),)


@pytest.mark.parametrize("values", [(5, 4, 0), (3, 4, 2), (-1, 4, 0), (1, -4, 0), (1, 4, -1)])
def test_a_share_that_is_more_than_the_whole_is_refused(values):
    with pytest.raises(ValueError, match="part of the whole"):
        Share("x", *values)


def test_a_sparkline_names_its_last_and_highest_month_and_strikes_gaps():
    picture = sparkline("Use of HubSpot", [("2026-01", 9), ("2026-02", None), ("2026-03", 4)], said=counted)

    assert "Use of HubSpot: 4 in Mar 2026; most in Jan 2026, 9; nothing was read in 1 of 3 months" in picture
    assert "chart-spark-gap" in picture
    assert 'role="img"' in picture


def test_a_sparkline_of_months_that_were_never_read_draws_no_line():
    for rows in ([("2026-01", None)], []):
        picture = sparkline("Use", rows, said=counted)

        assert "Use: unknown, nothing was read" in picture
        assert "chart-spark-line" not in picture
        assert "chart-spark-gap" in picture


def test_the_table_of_a_sparkline_has_its_months():
    table = spark_table("Use", [("2026-03", 4), ("2026-01", 9)], said=counted)

    assert table.rows == (("Jan 2026", "9"), ("Feb 2026", "unknown"), ("Mar 2026", "4"))


# --- the sheet of styles ---------------------------------------------------------------------------------------------

CSS = (Path(__file__).parents[2] / "web/static/charts.css").read_text(encoding="utf-8")
#: The papers that Bootstrap 5.3 has: of the body, and of what stands out from it.
PAPERS = {"light": ("#ffffff", "#f8f9fa"), "dark": ("#212529", "#2b3035")}


def palette(theme: str) -> dict[str, str]:
    start = {"light": ":root {", "dark": '[data-bs-theme="dark"] {'}[theme]
    block = CSS[CSS.index(start) :].split("}")[0]
    return dict(re.findall(r"--chart-(\w+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PAPERS)
@pytest.mark.parametrize(
    ("name", "least"), [("quiet", 4.5), ("first", 4.5), ("second", 4.5), ("grave", 4.5), ("hatch", 3), ("axis", 3)]
)
def test_colours_stand_out_from_their_paper_as_wcag_asks(theme, name, least):
    assert min(contrast(palette(theme)[name], paper) for paper in PAPERS[theme]) >= least


def test_the_dark_of_the_browser_is_the_dark_of_the_page():
    asked = CSS[CSS.index("prefers-color-scheme") :].split("}")[0]

    assert dict(re.findall(r"--chart-(\w+): (#[0-9a-f]{6});", asked)) == palette("dark")


def test_every_class_that_charts_use_is_in_the_sheet():
    folder = Path(__file__).parents[2] / "web/charts"
    used = set(
        re.findall(r"chart-[a-z]+(?:-[a-z]+)*", "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.py")))
    )
    held = set(re.findall(r"\.(chart-[a-z-]+)", CSS))

    built = {"chart-fill", "chart-edge", "chart-letter", "chart-box"}
    bare = {"chart-narrow", "chart-tool", "chart-label", "chart-letter-unknown", "chart-letter", "chart-box-system"}
    assert used - held - built - bare == set()
