"""Which facts are asked for, in which order, and who can answer."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from gate import needs
from gate.roles import Role
from model.errors import Refused
from model.facts import Unknown
from storage import requests
from tests.gate.asking import LACKS, asking_gate, judge, lacking, own, person
from tests.gate.gatehouse import NOW, TOOL, gate, know, pack, staff


def facts(connection, **changed):
    return [need.fact.name for need in needs.needed(connection, gate(**changed), TOOL)]


def set_findings(connection, **values):
    for name, value in values.items():
        connection.execute(text(f"UPDATE finding SET {name} = :value WHERE policy = 'TST-02'"), {"value": value})


def test_what_a_policy_that_applies_lacks_is_needed(connection):
    lacking(connection)

    (need,) = needs.needed(connection, gate(), TOOL)

    assert (need.fact.name, need.policies, need.worth) == ("data.dpa_signed", ("TST-02",), 8)
    assert needs.hanging(connection, TOOL)["data.dpa_signed"] == ["TST-02:quillfox"]


def test_what_only_may_apply_is_needed_too_and_worth_half(connection):
    lacking(connection, facts=LACKS | {"data.personal": None})

    (need,) = needs.needed(connection, gate(), TOOL)

    assert (need.fact.name, need.worth) == ("data.personal", 4)


def test_a_finding_that_lacks_two_facts_counts_for_each_in_parts_and_the_dearest_comes_first(connection):
    lacking(connection)
    set_findings(connection, missing='["data.dpa_signed", "data.regions"]')
    one = "INSERT INTO finding SELECT 'TST-09', tool_id, valid_from, valid_to, verdict, state, violated_once, queued,"
    rest = " watched, evaluated, gap, 'high', 'high', message, reading, '[\"data.regions\"]', waived_until FROM finding"
    connection.execute(text(one + rest + " WHERE policy = 'TST-02'"))

    found = needs.needed(connection, gate(), TOOL)

    assert [(need.fact.name, need.worth) for need in found] == [("data.regions", 8), ("data.dpa_signed", 4)]


@pytest.mark.parametrize("values", [{"watched": 1}, {"evaluated": 0}, {"state": "waived"}, {"verdict": "violated"}])
def test_a_policy_that_is_watched_or_off_or_accepted_asks_nobody(connection, values):
    lacking(connection)
    set_findings(connection, **values)

    assert facts(connection) == []
    assert "data.dpa_signed" not in needs.hanging(connection, TOOL)


def test_what_is_known_or_nobody_can_be_asked_for_is_not_needed(connection):
    lacking(connection)
    set_findings(connection, missing='["data.dpa_signed", "people.count", "grants.active", "no.fact"]')
    know(connection, LACKS | {"data.dpa_signed": True})

    assert facts(connection) == []


@pytest.mark.parametrize("status", ["rejected", "retired"])
def test_of_a_tool_that_nobody_may_use_only_policies_about_that_ask(connection, status):
    lacking(connection)
    connection.execute(text("UPDATE tool SET status = :status"), {"status": status})
    agreement, mail = (one for one in reversed(pack().policies) if one.id in {"TST-01", "TST-02"})
    about = replace(agreement, applies=mail.require)

    assert facts(connection) == []
    assert facts(connection, pack=replace(pack(), policies=(about,))) == ["data.dpa_signed"]


# --- whom ------------------------------------------------------------------------------------------------------------


def whom(connection, asks, **changed):
    return needs.whom(connection, asking_gate(**changed), TOOL, asks)


def test_the_recorded_owner_of_the_side_is_asked(connection):
    lacking(connection)
    ana, tim = own(connection, "ana@example.com"), own(connection, "tim@example.com", "technical")

    assert (whom(connection, "business_owner"), whom(connection, "technical_owner")) == (ana, tim)


def test_a_deputy_answers_for_the_business_where_nobody_else_is_recorded(connection):
    lacking(connection)
    deputy = own(connection, "dee@example.com", "deputy")

    assert (whom(connection, "business_owner"), whom(connection, "technical_owner")) == (deputy, None)


def test_where_an_owner_has_left_no_owner_is_asked_by_itself(connection):
    lacking(connection, facts=LACKS | {"ownership.owner_left": True})
    own(connection, "ana@example.com")

    assert whom(connection, "business_owner") is None


def test_whoever_asked_for_a_tool_answers_for_its_business(connection):
    number = lacking(connection)
    people = staff(connection)
    row = {"case_id": number, "tool_id": TOOL, "name": "Quillfox", "account_id": people[Role.BUSINESS_USER].id, "at": 1}
    requests.add(connection, row | {"data": [], "needs": [], "purpose_hash": "", "answered": {}})

    found = whom(connection, "business_owner")

    assert found is not None
    assert connection.scalar(text("SELECT address FROM actor WHERE id = :id"), {"id": found}) == (
        "business_user@example.com"
    )
    assert whom(connection, "technical_owner") is None


def test_a_role_is_the_address_that_the_company_names_and_else_nobody(connection):
    lacking(connection)

    first, second = whom(connection, "privacy"), whom(connection, "privacy")

    assert first == second
    assert connection.scalar(text("SELECT address FROM actor WHERE id = :id"), {"id": first}) == "dpo@example.com"
    assert whom(connection, "vendor") is None


def test_an_addressee_is_somebody_whom_a_source_or_the_company_names(connection):
    known = person(connection, "ana@example.com")

    assert needs.addressee(connection, asking_gate(), " ANA@example.com ") == known
    assert needs.addressee(connection, asking_gate(), "dpo@example.com") > 0
    for wrong in ("nobody@example.org", "no address"):
        with pytest.raises(Refused):
            needs.addressee(connection, asking_gate(), wrong)


def test_an_unknown_fact_that_an_act_left_is_needed_again(connection):
    lacking(connection)
    judge(connection, at=NOW, **{"data.dpa_signed": Unknown("the answer has ended")})

    assert facts(connection) == ["data.dpa_signed"]
