"""contract.* and spend.seats_bought from lists of contracts, and what follows of the renewal."""

import pytest

from tests.scanner.facts.worlds import contract, decision, evidence, known, reason, state, streams, tool, world

FACTS = ("contract.exists", "contract.end", "contract.value", "spend.seats_bought")


def answer(fact, value, number=50):
    return decision(number, "answer", fact=fact, value=value, until="2027-01-01")


def test_a_contract_says_that_there_is_one_until_when_for_how_much_and_for_how_many():
    row = contract(amount_micros=12_000_000_000, currency="EUR", renews_on="2027-03-01", seats=20)
    quillfox = tool(row)

    assert [str(known(name, quillfox)) for name in FACTS] == ["True", "2027-03-01", "12000000000", "20"]
    assert {evidence(name, quillfox) for name in FACTS} == {(f"signal:contracts:acme/contracts/{row['native_id']}",)}


def test_several_contracts_add_up_and_the_next_end_counts():
    ends = ("2027-03-01", "2026-09-01", "2025-01-01")
    quillfox = tool(*(contract(amount_micros=1_000_000, currency="EUR", renews_on=day, seats=5) for day in ends))

    assert [str(known(name, quillfox)) for name in FACTS[1:]] == ["2026-09-01", "3000000", "15"]


def test_where_all_have_ended_the_last_end_counts():
    assert str(known("contract.end", tool(contract(renews_on="2025-01-01"), contract(renews_on="2026-01-31")))) == (
        "2026-01-31"
    )


@pytest.mark.parametrize("name", FACTS)
def test_that_no_list_names_a_contract_says_nothing(name):
    assert reason(name, tool()) == "no source of contracts names the tool, and nobody has answered"


@pytest.mark.parametrize("name", FACTS)
def test_a_contract_of_a_list_that_was_refused_is_not_relied_on(name):
    quillfox = tool(contract(renews_on="2027-03-01"))
    found = world(
        quillfox,
        streams=[*streams(), state("contracts:acme", "contracts", "snapshot", status="refused", reason="read")],
    )

    assert reason(name, quillfox, found) == "contracts:acme/contracts refused: read"


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("contract.end", contract(renews_on="next spring"), "no contract states its end"),
        ("contract.end", contract(), "no contract states its end"),
        ("contract.value", contract(amount_micros=5), "a contract does not state what it is worth"),
        (
            "contract.value",
            contract(amount_micros=5, currency="USD"),
            "a contract is in USD, and there is no rate to EUR",
        ),
        ("spend.seats_bought", contract(), "no contract states seats"),
    ],
)
def test_what_a_contract_does_not_state_is_unknown(name, row, said):
    assert reason(name, tool(row)) == said


def test_an_answer_counts_where_no_list_says_it_and_never_before_one():
    answers = [answer("contract.end", "2026-12-31")]

    assert str(known("contract.end", tool(answers=answers))) == "2026-12-31"
    assert str(known("contract.end", tool(contract(renews_on="2027-03-01"), answers=answers))) == "2027-03-01"


@pytest.mark.parametrize(
    ("days", "decided"),
    [(-1, False), (0, True), (100, True), (180, True), (181, False)],
)
def test_a_renewal_is_decided_by_a_decision_of_the_half_year_before_the_notice(days, decided):
    # Notice is due on 30 June 2026, the day of as-of.
    answers = [answer("contract.end", "2026-08-29", 51), answer("contract.notice_days", 60, 52)]
    quillfox = tool(answers=answers, decisions=[decision(7, days=days)])

    assert known("contract.renewal_decided", quillfox) is decided
    assert evidence("contract.renewal_decided", quillfox) == (("decision:7",) if decided else ())


def test_without_a_day_for_notice_nothing_was_decided_for_it():
    assert known("contract.renewal_decided", tool(decisions=[decision(7)])) is False
