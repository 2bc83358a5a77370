"""Cases: which tools get one, and why."""

from dataclasses import replace

import pytest

from gate.cases import DUE, Candidate, due, is_decided, why

NEW = Candidate(tool_id="quillfox", status="new", marketing=True, marketing_used=0.5, marketing_bought=None)


def candidate(**changed):
    return replace(NEW, **changed)


@pytest.mark.parametrize(
    ("used", "bought", "marketing", "reason"),
    [
        (0.3, None, False, "30% of its people are in marketing"),
        (0.2999, None, True, None),
        (None, 0.3, False, "30% of its money comes from marketing"),
        (0.0, 0.3, False, "30% of its money comes from marketing"),
        (0.9, 0.9, None, "90% of its people are in marketing"),
        (0.0, 0.2999, True, None),
        (None, None, True, "it is a marketing tool, and who uses and pays it is unknown"),
        (None, None, False, None),
        (None, None, None, None),
        (0.0, None, True, None),
        (None, 0.0, True, None),
    ],
)
def test_a_case_is_opened_by_marketings_share_or_by_the_category_where_both_are_unknown(
    used, bought, marketing, reason
):
    assert why(candidate(marketing_used=used, marketing_bought=bought, marketing=marketing)) == reason


@pytest.mark.parametrize("status", ["new", "in_review"])
def test_a_tool_without_a_decision_gets_one(status):
    assert why(candidate(status=status)) is not None


@pytest.mark.parametrize("status", ["approved", "approved_with_conditions", "rejected", "retired"])
def test_a_decided_tool_gets_none(status):
    assert why(candidate(status=status)) is None
    assert is_decided(candidate(status=status))


@pytest.mark.parametrize("status", ["approved", "approved_with_conditions"])
def test_an_approval_whose_review_is_overdue_is_none(status):
    assert not is_decided(candidate(status=status, expired=True))
    assert why(candidate(status=status, expired=True)) is not None


@pytest.mark.parametrize("status", ["rejected", "retired"])
def test_a_no_does_not_expire(status):
    assert why(candidate(status=status, expired=True)) is None


def test_noise_gets_none():
    assert why(candidate(noise=True)) is None


def test_no_second_case_is_due_where_one_is_open():
    found = due([NEW, candidate(tool_id="other"), candidate(tool_id="small", marketing_used=0.1)], {"quillfox"})

    assert dict(found) == {"other": "50% of its people are in marketing"}


def test_a_case_is_to_be_decided_within_days():
    assert DUE.days == 10
