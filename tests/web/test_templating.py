"""Values as pages show them: escaped, the same each time, and no dearer the second time."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

from web.locale import locale_of
from web.templating import _KEPT, _day, _minute, _name, band, environment, name, status

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@pytest.fixture(scope="module")
def templates():
    return environment()


# --- what rows say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{{ row.name }}", "Ana"),
        ("{{ row['name'] }}", "Ana"),
        ("{{ row.items() | list }}", "[(&#39;name&#39;, &#39;Ana&#39;), (&#39;items&#39;, 3)]"),
        ("{{ row['items'] }}", "3"),
        ("{{ row.none is none }}", "False"),
    ],
)
def test_a_row_gives_what_stands_under_a_name_and_keeps_its_methods(templates, said, expected):
    row = {"name": "Ana", "items": 3}
    if "none" in said:
        with pytest.raises(UndefinedError):
            templates.from_string("{{ row.none ~ '' }}").render(row=row)
        return

    assert templates.from_string(said).render(row=row) == expected


def test_what_is_no_plain_row_is_asked_as_ever(templates):
    class Own(dict):
        name = "attribute"

    assert templates.from_string("{{ row.name }}").render(row=Own(name="key")) == "attribute"


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["<b>x</b>", Markup("<b>x</b>")])
def test_a_name_is_escaped_whoever_said_before_that_the_same_letters_are_safe(first):
    _name.cache_clear()
    other = Markup("<b>x</b>") if type(first) is str else "<b>x</b>"

    assert {name(first), name(other)} == {"<bdi>&lt;b&gt;x&lt;/b&gt;</bdi>"}


@given(st.text(max_size=120))
def test_a_name_is_the_same_the_second_time_and_never_a_tag(text):
    assert name(text) == name(text)
    assert "<" not in name(text).removeprefix("<bdi").replace("</bdi>", "").replace('<span class="quiet">', "").replace(
        "</span>", ""
    )


def test_no_more_names_are_kept_than_was_said():
    for number in range(_KEPT + 100):
        name(f"name {number}")

    assert _name.cache_info().currsize <= _KEPT


def test_long_names_are_not_kept():
    _name.cache_clear()
    name("x" * 4_000)

    assert _name.cache_info().currsize == 0


# --- marks -----------------------------------------------------------------------------------------------------------


def test_a_band_has_a_shape_and_a_word():
    assert band("high") == '<span class="band band-high"><span aria-hidden="true">▲</span> high</span>\n'
    assert "Technology unknown" in band("unknown", "Technology")
    assert band("<odd>").count("<") == 4


def test_a_status_is_said_in_words():
    assert "approved with conditions" in status("approved_with_conditions")
    assert 'class="status status-in_review"' in status("in_review")


# --- days ------------------------------------------------------------------------------------------------------------


def test_a_day_follows_the_reader_and_the_zone():
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert ">2 Mar 2026<" in _day(at, locale_of("en-GB"), COPENHAGEN)
    assert ">1 Mar 2026<" in _day(at, locale_of("en-GB"), ZoneInfo("UTC"))
    assert ">Mar 2, 2026<" in _day(at, locale_of("en-US"), COPENHAGEN)
    assert ">1 Mar 2026<" in _day(date(2026, 3, 1), locale_of("en-GB"), COPENHAGEN)


def test_a_moment_is_said_with_its_minute():
    assert "00:30" in _minute("2026-03-01T23:30:00Z", locale_of("en-GB"), COPENHAGEN)


# --- what a page was made of -----------------------------------------------------------------------------------------


class Said:
    """Something that a page is told of."""


def test_what_a_page_was_made_of_is_let_go_with_it(templates):
    """Macros of the page and of a template that it uses hold their contexts, and these what the page was told."""
    made = templates.overlay(loader=DictLoader(USED))
    said = Said()
    seen = weakref.ref(said)
    gc.collect()
    gc.disable()
    try:
        assert made.page("own", said=said).strip() == "seen and used"
        del said
        assert seen() is None
    finally:
        gc.enable()


USED = {
    "used": "{% macro word() %}{{ said and 'used' }}{% endmacro %}",
    "own": "{% import 'used' as other with context %}"
    "{% macro seen(deep) %}{{ seen(false) if deep else said and 'seen' }}{% endmacro %}"
    "{{ seen(true) }} and {{ other.word() }}",
    "fails": "{% import 'used' as other with context %}{{ other.word() }}{{ nothing }}",
}


def test_a_page_can_be_made_again_whatever_became_of_the_one_before(templates):
    made = templates.overlay(loader=DictLoader(USED))
    with pytest.raises(UndefinedError):
        made.page("fails", said=Said())

    assert [made.page("own", said=Said()).strip() for _ in range(3)] == ["seen and used"] * 3
