from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.bank import without_bank


@pytest.mark.parametrize(
    "text",
    [
        "CHECKCARD 0214 QUILLFOX",
        "COMPRA INTERNACIONAL QUILLFOX IOF 3,38%",
        "COMPRA CARTAO DEB MC 14/02 QUILLFOX",
        "COMPRA TARJ. 5402XXXXXXXX1182 QUILLFOX",
        "COMPRA EN QUILLFOX",
        "PAGO EN QUILLFOX",
        "PAGO CON TARJETA EN QUILLFOX",
        "RECIBO QUILLFOX",
        "ACHAT CB QUILLFOX",
        "PAIEMENT PAR CARTE 1203 QUILLFOX",
        "PAIEMENT CB 1203 QUILLFOX",
        "CARTE 12/03/26 QUILLFOX CB*4401",
        "FACTURE CARTE DU 120326 QUILLFOX",
        "PRLV SEPA QUILLFOX",
        "PRÉLÈVEMENT SEPA QUILLFOX",
        "QUILLFOX PRLV SEPA FACT F22-0091",
        "QUILLFOX VIR SEPA F2026-1187",
        "VIREMENT EMIS QUILLFOX",
        "KARTENZAHLUNG QUILLFOX",
        "KARTENZAHLUNG 14.02 QUILLFOX",
        "SEPA-BASISLASTSCHRIFT QUILLFOX MREF+P-881",
        "LASTSCHRIFT QUILLFOX EREF+99 SVWZ+ABO",
        "QUILLFOX SEPA-LASTSCHRIFT",
        "QUILLFOX SEPA-LS",
        "SVWZ+QUILLFOX",
        "EREF+NOTPROVIDED SVWZ+QUILLFOX",
        "SVWZ+RECHNUNG 4471 QUILLFOX",
        "VISA DEBITKARTE QUILLFOX",
        "PAGAMENTO POS 14/02 QUILLFOX",
        "ADDEBITO SDD QUILLFOX",
        "KORTKÖP 260214 QUILLFOX",
        "QUILLFOX BG 5544",
        "DANKORT-NOTA QUILLFOX",
        "VISA VAREKJØP 14.02 QUILLFOX",
        "KORTTIOSTO QUILLFOX",
        "PLATNOSC KARTA 14.02 QUILLFOX",
        "PLATBA KARTOU QUILLFOX",
        "VISA PURCHASE QUILLFOX CARD 4421",
        "DIRECT DEBIT PAYMENT TO QUILLFOX",
        "NON-RECURRING DEBIT QUILLFOX",
        "EFTPOS QUILLFOX",
        "POS POS POS QUILLFOX",
        "UPI/QUILLFOX/HDFC/402219",
        "UPI/P2M/402219882/QUILLFOX/ICICI",
        "UPI-QUILLFOX-quillfox@icici-4022",
        "NEFT-N0442-QUILLFOX",
        "ORIG CO NAME:QUILLFOX ORIG ID:9138 DESC DATE:260214",
        "QUILLFOX DES:PAYMENT ID:6SEME INDN:ACME",
        "QUILLFOX RATE 2/3",
    ],
)
def test_the_banks_words_around_the_seller_are_taken_off(text):
    assert without_bank(text) == "QUILLFOX"


@pytest.mark.parametrize(
    "text",
    [
        "QUILLFOX",
        "QUILLFOX LTD LONDON",
        "VISA",
        "SEPA LASTSCHRIFT",
        "FACT QUILLFOX",
        "QUILLFOX RATE CARD",
        "QUILLFOX: LETTERS",
        "UPI/12/@/34",
        "SVWZ+",
        "DIRECT MAIL HOUSE",
        "DIGITAL OCEAN",
        "",
    ],
)
def test_a_line_that_is_no_banks_stays_as_it_is(text):
    assert without_bank(text) == text


@given(
    st.lists(st.sampled_from(["SEPA", "SVWZ+", "UPI/", "CB", "DES:", "QUILLFOX", "1/2", "-", "é+", "*"])).map(" ".join)
)
def test_something_always_stays(text):
    left = without_bank(text)

    assert bool(left.strip()) == bool(text.strip())
    assert len(left) <= len(text)
