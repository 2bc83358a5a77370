"""The one company: whose mailbox an address is, and which units are Marketing's."""

import pytest

from model.company import Company

ACME = Company(domains=("Acme.example", "acme.test"), marketing_units=("Marketing", "/Sales/Brand/", "4100"))


@pytest.mark.parametrize(
    ("units", "marketing"),
    [
        (("Marketing",), True),
        (("  marketing ", None), True),
        (("Finance", "4100"), True),
        (("/Sales/Brand/Video",), True),
        (("/Sales/Branding",), False),
        (("Finance",), False),
        ((None, ""), None),
        (("/",), None),
        (("/", "Finance"), False),
    ],
)
def test_a_unit_is_marketings_or_not_or_unknown(units, marketing):
    assert ACME.is_marketing(*units) is marketing


def test_without_configuration_no_unit_is_known_to_be_marketings():
    assert Company().is_marketing("Marketing") is None


@pytest.mark.parametrize("address", ["Ana@ACME.test", " ana@acme.example "])
def test_the_companys_domains_are_taken_as_one(address):
    assert ACME.same_mailbox(address) == "ana@acme.example"


def test_another_domain_is_another_mailbox():
    assert ACME.same_mailbox("ana@elsewhere.test") == "ana@elsewhere.test"


def test_units_of_it_are_told_in_the_same_way():
    company = Company(it_units=("IT", "/Corporate/Technology"))

    assert [company.is_it(unit) for unit in ("it", "/Corporate/Technology/Data", "Marketing", None)] == [
        *(True, True, False, None)
    ]
    assert Company(marketing_units=("IT",)).is_it("IT") is None
