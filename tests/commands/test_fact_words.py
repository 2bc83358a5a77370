"""Facts in words: no value looks like another one, and unknown says why."""

from zoneinfo import ZoneInfo

import pytest

from commands import fact_words
from model.facts import NAMES, VOCABULARY, Type

ZONE = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("people.count", 1234, "1,234"),
        ("people.count", 0, "0"),
        ("people.marketing_share", 0.25, "25 %"),
        ("spend.annual", 1_234_500_000, "GBP 1,234.50"),
        ("spend.annual", 0, "GBP 0.00"),
        ("lifecycle.last_seen", "2026-06-30", "30 Jun 2026"),
        ("provenance.last_decision", "1970-01-01", "never"),
        ("provenance.last_decision", "never", "never"),
        ("grants.mail_read", True, "yes"),
        ("grants.mail_read", False, "no"),
        ("connections.systems", ["mail", "files"], "mail, files"),
        ("connections.systems", [], "none"),
        ("access.sso_mode", "password_vault", "password vault"),
        ("tool.category", "", "none"),
        ("no.such_fact", ["x"], "x"),
    ],
)
def test_values_are_said_as_people_say_them(name, value, says):
    assert fact_words.value(name, value, ZONE, "GBP") == says


def test_unknown_says_why_and_never_looks_like_zero():
    row = {"fact": "people.count", "value": None, "reason": "okta/users refused: okta.users.read"}

    assert fact_words.said(row, ZONE, None) == "unknown: okta/users refused: okta.users.read"
    assert fact_words.said(row | {"reason": None}, ZONE, None) == "unknown"


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_the_vocabulary_has_a_meaning(name):
    assert fact_words.meaning(name).endswith(".")


def test_what_is_no_word_of_the_vocabulary_has_none():
    assert fact_words.meaning("no.such_fact") == ""


def test_facts_stand_by_area_in_the_order_of_the_vocabulary():
    rows = [{"fact": name} for name in (*reversed(VOCABULARY), "odd.fact")]

    areas = fact_words.by_area(rows)

    assert [row["fact"] for area in areas.values() for row in area] == [*VOCABULARY, "odd.fact"]


def test_what_the_tools_record_does_not_say_is_unknown_with_the_reason():
    tool = {"marketing": None, "status": "new"}

    assert fact_words.attribute_row("tool.marketing", tool)["reason"] == "the tool is provisional"
    assert fact_words.attribute_row("tool.status", tool)["value"] == "new"


def test_a_duration_is_text():
    assert all(
        fact.type is not Type.DURATION or fact_words.value(name, "1 day", ZONE, None) for name, fact in NAMES.items()
    )
