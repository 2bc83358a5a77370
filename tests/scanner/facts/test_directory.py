"""What a directory says of one person: from outside or not, gone or not, each by its own words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.facts.directory import GUESTS, LEFT, Person, has_left
from tests.scanner.facts.worlds import AS_OF

OWN = frozenset({"acme.example"})


def somebody(**known):
    return Person(number=1, **known)


# --- from outside ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stated", [*sorted(GUESTS), "Guest", "AGENCY"])
def test_a_guest_by_the_directory_is_from_outside_at_any_address(stated):
    assert somebody(address="ana@acme.example", directory={"person_type": stated}).is_external(OWN)


def test_an_employee_by_the_directory_is_inside_although_the_address_is_elsewhere():
    assert not somebody(address="ana@elsewhere.example", directory={"person_type": "employee"}).is_external(OWN)


def test_an_agencys_account_is_from_outside_whatever_the_directory_calls_it():
    assert somebody(kind="agency", directory={"person_type": "employee"}, address="a@acme.example").is_external(OWN)


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("ana@acme.example", False),
        ("ana@ACME.example", False),
        ("ana@elsewhere.example", True),
        ("ana@mail.acme.example", True),
        ("@acme.example@elsewhere.example", True),
        ("ana", False),
        (None, False),
    ],
)
def test_where_no_directory_says_it_the_mail_domain_does(address, outside):
    assert somebody(address=address).is_external(OWN) is outside
    assert somebody(address=address, directory={"status": "active"}).is_external(OWN) is outside


def test_a_company_that_named_no_domain_has_nobody_outside():
    assert not somebody(address="ana@elsewhere.example").is_external(())


# --- gone ------------------------------------------------------------------------------------------------------------


def test_whom_no_directory_lists_has_neither_left_nor_stayed():
    assert has_left(None, AS_OF) is None


@pytest.mark.parametrize("status", [*sorted(LEFT), "Deprovisioned", "LEFT"])
def test_a_state_that_means_gone_is_gone_whatever_the_last_day_says(status):
    later = (AS_OF + timedelta(days=30)).isoformat()

    assert has_left({"status": status, "left_at": later}, AS_OF) is True


@given(st.integers(-400, 400))
def test_a_last_day_counts_from_that_day_on(days):
    left_at = AS_OF + timedelta(days=days)

    assert has_left({"status": "active", "left_at": left_at.isoformat()}, AS_OF) is (days <= 0)


@pytest.mark.parametrize("left_at", ["", "soon", None, 31])
def test_a_last_day_that_cannot_be_read_is_none(left_at):
    assert has_left({"status": "active", "left_at": left_at}, AS_OF) is False


def test_a_last_day_without_a_zone_is_utc():
    before, after = AS_OF - timedelta(seconds=1), AS_OF + timedelta(seconds=1)

    assert has_left({"left_at": before.replace(tzinfo=None).isoformat()}, AS_OF) is True
    assert has_left({"left_at": after.replace(tzinfo=None).isoformat()}, AS_OF) is False


def test_a_state_that_nobody_knows_is_no_leaving():
    assert has_left({"status": "on sabbatical"}, AS_OF) is False
