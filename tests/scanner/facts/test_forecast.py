"""integration.forecast_likely: known where no point is assumed, and the same as the forecast says."""

from dataclasses import replace

import pytest

from gate.forecast import forecast
from gate.points import Subject, settings
from model.facts import Known, Unknown
from policies.forecast import load_table
from scanner.facts.forecast import derive, loaded
from tests.gate.forecasts import ATTRIBUTES, known
from tests.scanner.facts.worlds import ACME, world

NAME = "integration.forecast_likely"
#: A tool in use of which all is known that decides which points it needs.
WHOLE = known(integration__export_available="full")


def likely(facts=None, company=ACME, attributes=ATTRIBUTES):
    return derive(attributes, world(company=company), WHOLE if facts is None else facts)[NAME]


def test_it_is_the_likely_one_off_cost_of_the_forecast():
    table = load_table()
    answers = {name: one.found for name, one in table.questions.items() if one.found is not None}
    subject = Subject(name="x", attributes=ATTRIBUTES, facts=WHOLE, now=world().as_of, answers=answers)

    assert likely().value == forecast(table, settings(table, {}, "EUR"), subject).one_off.likely


def test_open_drivers_leave_it_known():
    assert isinstance(likely(known(integration__shared_key=None)), Known)


@pytest.mark.parametrize(
    ("fact", "title"),
    [("people__count", "Identity and sign-on"), ("data__personal", "Way out"), ("mobile__sdk_in_app", "Mobile SDK")],
)
def test_a_point_of_which_nobody_knows_whether_it_is_needed_makes_it_unknown(fact, title):
    found = likely(known(**{fact: None}))

    assert isinstance(found, Unknown)
    assert title in found.reason
    assert found.reason.endswith("is not known")


def test_nothing_known_is_unknown_and_not_nought():
    assert isinstance(likely({}, attributes=ATTRIBUTES | {"tool.category": ""}), Unknown)


def test_without_a_base_currency_rates_mean_nothing():
    assert "base_currency" in likely(company=replace(ACME, base_currency=None)).reason


def test_the_companys_rates_and_table_count(tmp_path):
    dearer = replace(ACME, forecast={"rates": {"crm": 1760}})
    broken = tmp_path / "forecast.yaml"
    broken.write_text("points: []\n", encoding="utf-8")

    assert likely(company=dearer).value > likely().value
    assert "forecast.yaml:1:1" in likely(company=replace(ACME, forecast={"file": str(broken)})).reason


def test_the_table_is_read_once_for_all_tools():
    assert loaded(ACME)[0] is loaded(replace(ACME))[0]


def test_a_value_names_the_evidence_that_it_rests_on():
    facts = WHOLE | {"data.records": Known(45_000, ("answer:7",)), "people.count": Known(9, ("usage:okta/x/2026-06",))}

    assert {"usage:okta/x/2026-06"} <= {*likely(facts).evidence}
