"""One point: whether it is needed, its factors, what is open, and the settings behind it."""

from fractions import Fraction

import pytest

from gate import points
from gate.forecast import forecast
from gate.points import EXISTS, GIVEN, MICROS, NEEDED, an_hour_with_overhead, settings
from model.facts import Known
from policies.forecast import TABLE as TABLE_FILE
from policies.forecast import load_table
from tests.gate.forecasts import ANSWERS, ATTRIBUTES, TABLE, known, line, made, subject


def test_a_point_that_is_there_already_costs_nothing():
    found = made(known(access__sso_registered=True, access__sso_enforced=True))

    assert line(found, "identity").state == EXISTS
    assert line(found, "identity").mean == 0


def test_a_link_on_a_persons_token_is_rebuilt_at_four_tenths():
    found = line(made(known(connections__crm=True, connections__crm_person_tokens=2)), "crm")

    assert found.state == NEEDED
    assert found.factors[0] == ("whose token the link runs on", Fraction(2, 5))
    assert found.because == "the link to the CRM runs on a person's token and is to be rebuilt"


def test_the_product_of_factors_is_three_at_most_and_the_widening_comes_on_top():
    facts = known(integration__shared_key=False, integration__customised="heavy")
    found = line(made(facts, answers=ANSWERS | {"crm_connector": False}), "crm")

    assert found.factor == 3
    assert found.high == 330
    assert not found.open


@pytest.mark.parametrize(("forms", "factor"), [(0, 1), (5, 1), (6, 1.5), (10, 1.5), (11, 2), (20, 2.5)])
def test_every_five_forms_beyond_five_add_a_half(forms, factor):
    attributes = ATTRIBUTES | {"tool.category": "forms_surveys"}
    found = line(made(answers=ANSWERS | {"forms": forms}, attributes=attributes), "forms")

    assert found.factor == Fraction(factor)


def test_a_count_that_nobody_has_said_is_open():
    attributes = ATTRIBUTES | {"tool.category": "forms_surveys"}
    answers = {name: value for name, value in ANSWERS.items() if name != "forms"}
    found = line(made(answers=answers, attributes=attributes), "forms")

    assert "how many forms" in [driver.ask for driver in found.open]


def test_what_a_request_does_not_name_it_does_not_want():
    answers = {name: value for name, value in ANSWERS.items() if name != "forms"}

    assert not line(made(answers=answers), "forms").costs
    assert not line(made(known(integration__scim_available="no"), answers=answers), "provisioning").costs


@pytest.mark.parametrize(("records", "factor"), [(10_000, 1), (20_000, 1), (45_000, 1.25), (60_000, 1.5)])
def test_the_first_level_that_holds_counts(records, factor):
    assert line(made(known(data__records=records)), "migration").factor == Fraction(factor)


def test_a_reason_names_the_value_that_it_speaks_of():
    assert line(made(), "migration").because == "45,000 contacts have to be moved"
    assert line(made(answers=ANSWERS | {"list_sources": 9}), "migration").because == "45,000 contacts have to be moved"


def test_an_unknown_value_in_a_reason_is_said_to_be_unknown():
    found = line(made(known(data__records=None), answers=ANSWERS | {"list_sources": 9}), "migration")

    assert found.because == "an unknown number of contacts have to be moved"


def test_a_point_says_what_it_read_and_from_whom():
    facts = known() | {"data.personal": Known(value=True, evidence=("answer:12",)), "data.children": Known(value=False)}
    found = line(made(facts), "consent")

    assert found.sources["data.personal"] == "answer:12"
    assert found.sources["data.children"] == "our records"
    assert found.sources["channels"] == GIVEN
    assert line(made(), "tags").sources["tool.category"] == "the tool's record"


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_that_the_company_never_set_are_named():
    held = settings(TABLE, {"overhead": 0.3, "rates": {"crm": 1000}}, "EUR")

    assert "overhead" not in held.unset
    assert "rates.crm" not in held.unset
    assert {"rates.it", "correlation", "range", "hours_a_day", "run_low"} <= {*held.unset}
    assert "company.base_currency" not in held.unset


def test_without_a_base_currency_that_is_named_too():
    assert "company.base_currency" in settings(TABLE, {}, None).unset


def test_rates_are_exact_millionths_an_hour():
    held = settings(TABLE, {"rates": {"it": 700}, "hours_a_day": 7.5}, "EUR")

    assert held.an_hour("it") == Fraction(700 * MICROS * 2, 15)
    assert an_hour_with_overhead(held, "it") == held.an_hour("it") * Fraction(6, 5)


def test_the_range_says_how_many_spreads_its_ends_are_away():
    assert settings(TABLE, {}, "EUR").deviations == Fraction(128, 100)
    assert settings(TABLE, {"range": 0.9}, "EUR").deviations == Fraction(164, 100)


@pytest.mark.parametrize(
    ("name", "value"), [("overhead", -1), ("correlation", 1.5), ("range", 1), ("run_high", 0.5), ("widening", 0.9)]
)
def test_a_setting_out_of_bounds_is_refused_by_its_name(name, value):
    with pytest.raises(ValueError, match=f"forecast.{name} is between"):
        settings(TABLE, {name: value}, "EUR")


def test_an_expression_may_ask_for_the_day(tmp_path):
    text = TABLE_FILE.read_text(encoding="utf-8").replace(
        "applies: people.count >= 3", 'applies: now > timestamp("2026-01-01T00:00:00Z")'
    )
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")

    assert line(made({}, table=load_table(tmp_path / "own.yaml")), "identity").state == NEEDED


def test_what_expressions_said_is_shared_between_tools_and_does_not_grow_for_ever(monkeypatch):
    monkeypatch.setattr(points, "_MOST_HEARD", 3)
    heard = {}

    first = forecast(TABLE, settings(TABLE, {}, "EUR"), subject(), heard)
    again = forecast(TABLE, settings(TABLE, {}, "EUR"), subject(), heard)

    assert first == again == made()
    assert 0 < len(heard) <= 3
