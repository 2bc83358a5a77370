"""The forecast in words: the sentence, its figures, and the rows behind it."""

import json

import pytest

from gate.forecast_words import POINT_FIELDS, hundreds, point_rows, sentences, short, whole, year_shown
from gate.points import MICROS
from tests.gate.forecasts import ANSWERS, ATTRIBUTES, known, made


@pytest.mark.parametrize(
    ("units", "said"),
    [(12_000, "12k"), (31_082, "31k"), (58_452, "58k"), (4_810, "4.8k"), (4_027, "4k"), (950, "950"), (0, "0")],
)
def test_amounts_are_said_in_thousands(units, said):
    assert short(units * MICROS) == said


def test_the_sentence_of_the_worked_example():
    first, asked, later, uplift = sentences(made())

    assert first == (
        "Quoted EUR 12k, forecast EUR 31k-58k, because the CRM must be fed both ways and three facts about that are"
        " open (41 % of the one-off mean), 45,000 contacts have to be moved (20 %), and results have to reach the"
        " warehouse (13 %)."
    )
    assert asked == (
        "Asking the vendor about the CRM connector, field limit and key would lower the upper end by about EUR 4k."
    )
    assert later == "From the second year: EUR 12k + about EUR 4.8k."
    assert uplift == "What a higher plan costs, where one of the points needs it, is unknown and not in it."


def test_a_known_uplift_is_in_the_later_years_and_no_longer_said_to_be_unknown():
    said = sentences(made(uplift=1_200 * MICROS))

    assert said[-1] == "From the second year: EUR 13k + about EUR 4.8k."


def test_without_a_quote_the_integration_alone_is_said():
    said = sentences(made(quote=None))

    assert said[0].startswith(
        "No price is quoted; the integration alone is forecast at EUR 16k-39k once and EUR 2.9k-7.2k a year, because"
    )
    assert not any("second year" in sentence for sentence in said)


def test_an_assumed_point_is_said_to_be_assumed_and_who_can_say():
    said = sentences(made(known(connections__crm=None, integration__needs=None)))

    assert "(assumed, for nobody has said)" in said[0]
    assert any("whether it needs CRM feed at all would take up to about EUR" in sentence for sentence in said)


def test_where_nothing_is_to_be_integrated_that_is_said():
    every = frozenset(row["point"] for row in point_rows(made()))

    assert sentences(made(struck=every)) == [
        "Nothing is to be integrated by what is known.",
        "From the second year: EUR 12k + about EUR 0.",
    ]


def test_without_a_currency_amounts_stand_alone():
    assert sentences(made(currency=None))[0].startswith("Quoted 12k, forecast 31k-58k, because")


def test_the_first_year_is_the_sum_of_what_is_shown():
    found = made()
    one_off, run, year = hundreds(found.one_off), hundreds(found.run), year_shown(found)

    assert year.high == one_off.high + run.high + 12_000 * MICROS
    assert year_shown(made(quote=None)) is None


def test_rows_have_the_fields_of_the_listing_and_the_dearest_stand_first():
    rows = point_rows(made())

    assert [tuple(row) for row in rows] == [POINT_FIELDS] * 13
    means = [row["mean_micros"] for row in rows if row["mean_micros"] is not None]
    assert means == sorted(means, reverse=True)
    assert {row["state"] for row in rows if row["mean_micros"] is None} == {"not needed", "struck out"}


def test_the_table_can_be_repeated_by_hand():
    found = made()
    for row in point_rows(found):
        if row["mean_micros"] is not None:
            hours = (row["low_hours"] + 4 * row["likely_hours"] + row["high_hours"]) / 6
            assert row["mean_micros"] / MICROS == pytest.approx(hours * row["rate_micros"] / MICROS, abs=1)

    assert sum(row["mean_micros"] or 0 for row in point_rows(found)) == found.mean


def test_the_whole_forecast_is_json_and_names_what_was_never_set():
    data = json.loads(json.dumps(whole(made())))

    assert data["first_year"]["low_micros"] == made().first_year.low
    assert data["question"]["what"] == ["the CRM connector", "field limit", "key"]
    assert data["settings"]["deviations"] == 1.28
    assert "rates.it" in data["never_set"]
    assert data["assumed"] == []


def test_an_assumed_point_is_asked_about_as_a_whole():
    attributes = ATTRIBUTES | {"tool.category": "crm"}
    data = whole(made(known(integration__needs=None, connections__crm=None), attributes=attributes, answers=ANSWERS))

    assert data["question"]["what"] == ["whether CRM feed is needed"]
    assert "crm" in data["assumed"]
