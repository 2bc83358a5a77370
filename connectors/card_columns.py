"""The columns of card statements and spend exports, as the exporters head them."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.tables import Columns, header_names

_CURRENCIES = ("eur", "usd", "gbp", "chf", "cad", "aud", "sek", "nok", "dkk", "pln", "jpy", "inr")


def _with_currencies(names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the names, those of amounts also with a currency behind them: `Betrag (EUR)`, `Amount in USD`."""
    found = dict(names)
    for field in ("amount", "debit", "credit"):
        tails = ("", *(f" {link}{code}" for code in _CURRENCIES for link in ("", "in ")))
        found[field] = tuple(f"{name}{tail}" for name in names[field] for tail in tails)
    return found


#: Header names by field, best first. Sources: the exports of American Express, Chase, Ramp, Brex,
#: Expensify and Birmingham City Council, and the usual words of German, French, Spanish, Italian and Dutch banks.
CARD_COLUMNS = Columns(
    _with_currencies(
        header_names(
            {
                "date": """
            trans date | transaction date | transaction date time | transaction time | date of transaction | user
            transaction time | purchase date | kaufdatum | belegdatum | transaktionsdatum | umsatzdatum | date d achat |
            date de transaction | date opération | date de l opération | fecha de operación | date | datum | fecha |
            data | timestamp | initiated at | buchungsdatum | buchungstag | post date | posted date | posting date |
            posted at | date posted | posted on | settlement date | clearing date | value date | valuta
        """,
                "posted": """
            post date | posted date | posting date | posted at | date posted | posted on | settlement date | clearing
            date | buchungsdatum | buchungstag
        """,
                "amount": """
            billing gross amt | billing amount | billing amt | billed amount | settlement amount | posted amount |
            abrechnungsbetrag | amount | amt | transaction amount | gross amount | amount gross | total amount | net
            amount | betrag | umsatz | montant | importe | importo | bedrag | total | value
        """,
                "debit": """
            debit | debit amount | debits | paid out | money out | withdrawal | withdrawals | withdrawal amount | soll |
            ausgang | belastung | débit | cargo | addebito
        """,
                "credit": """
            credit | credit amount | credits | paid in | money in | deposit | deposits | deposit amount | haben |
            eingang | gutschrift | crédit | abono | accredito
        """,
                "currency": """
            billing cur code | billing currency | billing currency code | billed currency | billing cur | settlement
            currency | posted currency | currency | currency code | cur | ccy | account currency | transaction currency
            | transaction currency code | währung | devise | moneda | divisa | munteenheid
        """,
                "original_amount": """
            original gross amt | original amount | original transaction amount | foreign amount | foreign spend amount |
            local amount | merchant amount | originalbetrag | fremdwährungsbetrag | betrag in fremdwährung | montant d
            origine
        """,
                "original_currency": """
            original cur | original currency | original currency code | original cur code | original transaction
            currency | foreign currency | local currency | merchant currency | originalwährung | fremdwährung | devise d
            origine
        """,
                "merchant": """
            appears on your statement as | merchant descriptor | statement descriptor | raw descriptor | descriptor |
            merchant raw | merchant name | merchant | vendor name | vendor | supplier | supplier name | payee |
            description | transaction description | merchant description | original description | narrative | händler |
            händlername | haendler | verkäufer | empfänger | zahlungsempfänger | auftraggeber empfänger | beschreibung |
            verwendungszweck | buchungstext | commerçant | libellé | marchand | comercio | concepto | descripción |
            esercente | descrizione | omschrijving | counterparty | counterparty name
        """,
                "other_merchant": """
            merchant name | merchant | vendor | payee | description | transaction description
        """,
                "account": """
            card number | card no | card last4 | card last 4 | card last four | card last 4 digits | last 4 | last four
            | last4 | masked card number | card ending | card ending in | card | account number | account no | account |
            card account number | kartennummer | karte | kontonummer | konto | iban | numéro de carte | carte | tarjeta
        """,
                "person": """
            cardholder email | card holder email | cardholder e mail | employee email | user email | spender email |
            member email | owner email | email | email address | e mail | card member | cardmember | card holder |
            cardholder | cardholder name | card holder name | employee | employee name | user | spender | karteninhaber
            | mitarbeiter | titulaire
        """,
                "mcc": """
            mcc | mcc code | merchant category code | merchant category code mcc | sic | sic code
        """,
                "category": """
            category | merchant category | expense category | expense type | spend category | sk category name |
            merchant category code description | mcc description | trans cac desc 1 | accounting category | kategorie |
            catégorie | categoría | categoria | categorie
        """,
                "cost_center": """
            cost center | cost centre | cost center code | cost centre code | costcenter | trans cac code 2 |
            kostenstelle | centre de coût | centro de coste | centro di costo | kostenplaats
        """,
                "unit": """
            department | department name | directorate | business unit | division | team | org unit | service area | tag
            | abteilung | bereich | département | departamento | dipartimento | afdeling
        """,
                "reference": """
            transaction id | transaction reference | transaction ref | reference | reference number | reference no | ref
            | ref no | transaction number | unique id | entry id | transaktionsnummer | referenz | referenznummer |
            référence | referencia
        """,
                "status": """
            status | state | transaction status | transaction state | zustand | statut | estado | stato
        """,
                "type": """
            type | transaction type | trans type | details | debit credit | credit debit | dr cr | cr dr | soll haben |
            umsatzart | debit credit indicator | d c | direction
        """,
            }
        )
    ),
    required=(("date",), ("amount", "debit"), ("merchant",)),
)

#: What the profile may say beside column names.
SETTINGS = ("date_order", "decimal", "separator", "encoding", "charges", "default_currency")

_WORDS = header_names(
    {
        "credit": """
            credit | cr | refund | refunds | refunded | return | returned | chargeback | gutschrift | haben | h
            | c | in
        """,
        "debit": """
            debit | dr | sale | purchase | charge | fee | soll | s | d | out | lastschrift | posted | cleared |
            kauf
        """,
        "held": """
            pending | authorized | authorised | authorization | authorisation | hold | preauth | processing |
            vorgemerkt
        """,
        "undone": """
            declined | error | failed | rejected | void | voided | cancelled | canceled | reversed | abgelehnt
        """,
        "payment": "payment | payments | repayment | autopay | collection | payment received | card payment received",
    }
)
_CREDIT, _DEBIT, _HELD, _UNDONE, _PAYMENT = (frozenset(words) for words in _WORDS.values())


def is_undone(status: str) -> bool:
    """Tell whether the folded status says that no money moved."""
    return not _UNDONE.isdisjoint(status.split())


def is_held(status: str) -> bool:
    """Tell whether the folded status says that the row is not final: it comes again when it is posted."""
    return not _HELD.isdisjoint(status.split())


def is_payment(kind: str) -> bool:
    """Tell whether the folded type says that the card's bill was paid."""
    return kind in _PAYMENT


def side(words: str) -> int:
    """Return 1 where the folded words say money out, -1 for money back, 0 where they say neither or both.

    Words about a card ("credit card") name the means, not the direction.
    """
    found = set(words.split())
    if "card" in found:
        return 0
    return (not _DEBIT.isdisjoint(found)) - (not _CREDIT.isdisjoint(found))
