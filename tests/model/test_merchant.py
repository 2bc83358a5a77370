"""Whom a charge names."""

import pytest

from model.merchant import merchant_name


@pytest.mark.parametrize(
    ("key", "counterparty", "descriptor", "name"),
    [
        ("descriptor:sq *corner shop 12", "Corner  Shop", "SQ *Corner Shop 12", "corner shop"),
        ("descriptor:shell", None, "SHELL", "shell"),
        ("domain:shop.example", None, "SHOP.EXAMPLE/1", "shop.example/1"),
        ("app_id:Nimbus/Nimbus Inc./Mail: small", None, None, "nimbus/nimbus inc./mail: small"),
        ("label:Nimbus", None, None, "nimbus"),
    ],
)
def test_a_charge_is_named_by_its_payee_its_line_or_its_key(key, counterparty, descriptor, name):
    assert merchant_name(key, counterparty=counterparty, descriptor=descriptor) == name
