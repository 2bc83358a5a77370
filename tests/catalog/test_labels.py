from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.labels import parse_label


def test_a_label_is_taken_apart():
    label = parse_label("[Mktg] Heap by Contentsquare - EMEA (Prod)")

    assert label.segments[0] == ("heap", "by", "contentsquare")
    assert label.asides == ("Prod",)


def test_the_maker_is_read_from_the_last_segment():
    label = parse_label("Heap by Contentsquare")

    assert label.segments == (("heap",),)
    assert label.maker == "Contentsquare"


@pytest.mark.parametrize(
    "text",
    [
        "Quillfox - EMEA",
        "Quillfox | EMEA",
        "Quillfox: EMEA",
        "Quillfox \u2011 EMEA",
        "Quillfox\u2014EMEA",
        "Quillfox\uff5cEMEA",
        "Okta SWA: Quillfox - EMEA",
        "(old) Quillfox - EMEA",
        "PROD-Quillfox - EMEA",
        "Copy of Quillfox - EMEA",
        "SSO for Quillfox - EMEA",
        "DO NOT USE - Quillfox - EMEA",
    ],
)
def test_what_stands_before_the_name_is_cut_and_segments_are_told_apart(text):
    assert parse_label(text).segments == (("quillfox",), ("emea",))


@pytest.mark.parametrize("text", ["Quillfox-EMEA", "Quill-fox", "Quillfox 3:2"])
def test_a_hyphen_within_a_word_is_no_seam(text):
    assert len(parse_label(text).segments) == 1


@pytest.mark.parametrize(
    "text", ["Quillfox (Prod)", "Quillfox [Prod]", "Quillfox\uff08Prod\uff09", "Quillfox \u3010Prod\u3011"]
)
def test_brackets_of_every_script_hold_an_aside(text):
    label = parse_label(text)

    assert label.asides == ("Prod",)
    assert label.segments == (("quillfox",),)


def test_the_head_is_kept_as_it_was_written():
    assert parse_label("Quillfox.io Letters - EMEA").head == "Quillfox.io Letters"


@given(st.text(max_size=300))
def test_any_label_can_be_taken_apart(text):
    for words in parse_label(text).segments:
        assert words


@given(st.text(alphabet="quilfoxant -:()[]/", max_size=60))
def test_near_names_never_crash(text):
    parse_label(text)
