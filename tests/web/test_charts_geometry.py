"""Whatever the values and the names: pictures are whole, nothing leaves them, and no words are written over others."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from model.systems import SYSTEMS
from tests.web.charted import WORDS, assert_sound, names, said, values
from web.charts import (
    Bar,
    Held,
    Links,
    Part,
    Range,
    Renewal,
    Share,
    Words,
    bars,
    connection_map,
    distribution,
    months,
    ranges,
    renewals,
    shares,
    sparkline,
)
from web.charts.frame import Chart, Table

PARTS = (Part("paid by IT"), Part("not paid by IT", "second"), Part("payer unknown", "unsure"))
LINKS = Links(tool=lambda _: "/tools", system=lambda _: "/systems", more=lambda _: "/more")

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(st.lists(st.builds(Bar, names, st.tuples(values)), max_size=12), st.integers(1, 12))
def test_bars_are_sound(rows, most):
    assert_sound(bars(WORDS, rows, said=said, most=most))


@few
@given(st.lists(st.builds(Bar, names, st.tuples(values, values, values)), max_size=8))
def test_stacked_bars_are_sound(rows):
    assert_sound(bars(WORDS, rows, said=said, parts=PARTS))


@st.composite
def monthly(draw, parts=1):
    first, count = draw(st.integers(2000 * 12, 2030 * 12)), draw(st.integers(1, 40))
    kept = draw(st.lists(st.tuples(*[values] * parts), min_size=count, max_size=count))
    return [Bar(f"{(first + at) // 12}-{(first + at) % 12 + 1:02d}", of) for at, of in enumerate(kept)]


@few
@given(monthly(), st.sampled_from(["columns", "line"]))
def test_months_are_sound(rows, way):
    assert_sound(months(WORDS, rows, said=said, way=way))


@few
@given(monthly(parts=3))
def test_stacked_months_are_sound(rows):
    assert_sound(months(WORDS, rows, said=said, parts=PARTS))


@few
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 400), st.floats(min_value=0)), max_size=60),
    st.one_of(st.none(), st.integers(0, 500)),
    st.one_of(st.none(), st.floats(min_value=0)),
)
def test_distributions_are_sound(days, median, p90):
    assert_sound(distribution(WORDS, days, median=median, p90=p90, said=lambda value: f"{value:.3g} working days"))


@few
@given(
    st.lists(
        st.builds(
            Renewal,
            st.integers(-500, 900).map(lambda day: date(2026, 6, 10) + timedelta(day)),
            names,
            st.sampled_from(["decide", "renews", "decided"]),
        ),
        max_size=40,
    ),
    st.integers(0, 3),
)
def test_renewals_are_sound_and_none_is_lost(rows, lacking):
    chart = renewals(WORDS, rows, today=date(2026, 6, 10), unknown_ends=lacking)

    assert_sound(chart)
    assert len(chart.table.rows) == len(rows) + bool(lacking)


@few
@given(st.lists(st.builds(Range, names, values, values, values), max_size=8), values)
def test_ranges_are_sound(rows, stop):
    assert_sound(ranges(WORDS, rows, said=said, stop=stop))


@few
@given(st.lists(st.builds(Share, names, st.integers(0, 5), st.integers(10, 20), st.integers(0, 5)), max_size=8))
def test_shares_are_sound(rows):
    assert_sound(shares(WORDS, rows, said=lambda value: f"{value:,}"))


@few
@given(
    st.lists(
        st.builds(
            Held,
            st.integers(0, 60).map(lambda number: f"t{number}"),
            names,
            st.one_of(st.sampled_from(SYSTEMS), st.none()),
            st.sampled_from(["read", "send", "write", "manage", "full", None]),
        ),
        max_size=120,
    ),
    st.integers(1, 40),
)
def test_maps_are_sound_and_every_right_is_in_the_table(rows, most):
    chart = connection_map(WORDS, rows, links=LINKS, most=most)

    assert_sound(chart)
    assert len(chart.table.rows) == len({(row.tool_id, row.system or "unknown") for row in rows})


@few
@given(monthly())
def test_sparklines_are_sound(rows):
    picture = sparkline("Use", [(row.label, row.values[0]) for row in rows], said=said)

    # A sparkline has no description of its own: it stands in a row that says the rest.
    drawn = str(picture).replace("</title>", '</title><desc id="d">d</desc>').replace("<title>", '<title id="t">')
    named = Markup(drawn.replace("<svg", '<svg aria-labelledby="t" aria-describedby="d"'))
    assert_sound(Chart(named, Table(caption="c", header=("a",), rows=())))


@few
@given(names, names)
def test_the_words_about_a_chart_may_be_anything(title, source):
    words = Words(key="k", title=title, source=source, empty=title)

    chart = bars(words, [Bar("x", (1,))], said=said)

    assert chart.table.caption == title
    assert "<script" not in str(chart.__html__())
