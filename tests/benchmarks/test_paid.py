"""How the benchmark judges who took the money."""

import pytest

from benchmarks.identification.scoring import Paid, is_party, paid


@pytest.mark.parametrize(
    ("label", "said", "same"),
    [
        ("Synthesia", "SYNTHESIA LTD", True),
        ("Delta Air Lines", "DELTA AIR", True),
        ("SE Ranking", "SERANKING.COM", True),
        ("Paddle", "PODSCAN", False),
        ("Paddle", None, False),
        ("Paddle", "PA", False),
        ("Paddle", "***", False),
    ],
)
def test_a_counterparty_is_the_same_or_within_the_other(label, said, same):
    assert is_party(label, said) is same


def test_lines_of_statements_are_counted_and_nothing_else():
    rows = [
        {"id": "1", "kind": "card_descriptor", "counterparty": "Paddle", "merchant_of_record": "Paddle"},
        {"id": "2", "kind": "card_descriptor", "counterparty": "Shell"},
        {"id": "3", "kind": "card_descriptor"},
        {"id": "4", "kind": "domain", "counterparty": "Shell"},
    ]
    said = {
        "1": {"counterparty": "Paddle", "merchant_of_record": "Paddle"},
        "2": {"counterparty": "BP", "merchant_of_record": "Paddle"},
    }

    assert paid(rows, said) == Paid(lines=3, reseller=2, labelled=2, counterparty=1)
