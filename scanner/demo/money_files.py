"""The demo company's money: the statements of two kinds of card, and the AWS bill."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from scanner.demo.company import FIRST_MONTHS, FIRST_SAVED, LAST_SAVED, MONTHS, RENAMED, TEAM, Person, who
from scanner.demo.drawing import Export, draw, months_between, packed
from scanner.demo.stories import Bill
from scanner.demo.tools import OTHER_MONEY, STORIES

COMPANY_CARDS, EXPENSES, AWS = "card:company", "card:expenses", "focus:aws"
#: Statements overlap: the last company statement begins on this day, the second export of expenses on that one.
COMPANY_AGAIN, EXPENSES_AGAIN = date(2026, 9, 28), date(2026, 6, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One line of a statement; `amount` is positive for what was spent."""

    day: date
    text: str
    amount: Decimal
    currency: str
    holder: Person
    mcc: str | None
    status: str = "Settled"


def exports() -> Iterator[Export]:
    """Yield a company statement a month, two exports of expenses, and a bill a month."""
    ours = sorted(_charges("company"), key=lambda c: (c.day, c.text, c.amount))
    for number, month in enumerate(MONTHS):
        wave, saved = (1, FIRST_SAVED) if number < FIRST_MONTHS else (2, LAST_SAVED)
        first = COMPANY_AGAIN if month == MONTHS[-1] else date.fromisoformat(f"{month}-01")
        lines = [c for c in ours if first <= c.day and f"{c.day:%Y-%m}" <= month]
        yield _export(f"card-csv.company.{month}.csv", COMPANY_CARDS, wave, saved, _company_statement(lines, month))
        yield _export(f"focus.{month}.csv.gz", AWS, wave, saved, packed(_bill(month)))
    claims = sorted((*_charges("expenses"), *_not_money()), key=lambda c: (c.day, c.text, c.amount, c.holder.key))
    for wave, saved, first in ((1, FIRST_SAVED, date.min), (2, LAST_SAVED, EXPENSES_AGAIN)):
        lines = [c for c in claims if first <= c.day <= saved.date()]
        yield _export(f"card-csv.expenses.{saved:%Y-%m}.csv", EXPENSES, wave, saved, _expenses(lines))


def _export(name: str, source: str, wave: int, saved: datetime, content: bytes) -> Export:
    fmt = name.partition(".")[0]
    return Export(name=name, format=fmt, source=source, wave=wave, saved=saved, content=content)


def _charges(book: str) -> Iterator[Charge]:
    for pay in (pay for story in STORIES for pay in story.pays if pay.book == book):
        for month in months_between(pay.since, pay.until):
            yield Charge(
                day=date.fromisoformat(f"{month}-{pay.day:02}"),
                text=pay.text,
                amount=Decimal(pay.amount),
                currency=pay.currency,
                holder=who(pay.by)[0],
                mcc=pay.mcc,
            )
    if book == "company":
        yield from _other_money()


def _other_money() -> Iterator[Charge]:
    for by, text, amount, day, months, mcc in OTHER_MONEY:
        for month in MONTHS if months == "all" else months.split():
            on = date.fromisoformat(f"{month}-{day:02}")
            yield Charge(day=on, text=text, amount=Decimal(amount), currency="EUR", holder=who(by)[0], mcc=mcc)


def _not_money() -> Iterator[Charge]:
    """Yield lines of the expense export that are no charge: one was declined, one is only reserved."""
    holder = who("events#2")[0]
    for status, text in (("Declined", "TYPEFORM, S.L. BARCELONA"), ("Pending", "PADDLE.NET* LIVESTORM")):
        yield Charge(
            day=date(2026, 10, 30),
            text=text,
            amount=Decimal("99.00"),
            currency="EUR",
            holder=holder,
            mcc="5734",
            status=status,
        )


def card_number(holder: Person) -> str:
    """Return the last four digits of a person's company card."""
    return f"{draw('card', holder.key, below=9000) + 1000}"


def _company_statement(charges: Iterable[Charge], month: str) -> bytes:
    """Write day first, charges positive, no currency column: the statement is in the company's currency throughout."""
    rows = [
        (
            f"{c.day:%d/%m/%Y}", c.text, c.holder.name, f"XXXX-XXXXXX-X{card_number(c.holder)}",
            f"{c.amount:,.2f}", TEAM[str(c.holder.team)].cost_center,
        )
        for c in charges
    ]  # fmt: skip
    paid = (
        f"28/{month[5:]}/{month[:4]}",
        "DIRECT DEBIT PAYMENT - THANK YOU",
        "TARNVIK",
        "XXXX-XXXXXX-X1000",
        "-20,000.00",
        "",
    )
    header = ("Date", "Description", "Card Member", "Account Number", "Amount", "Cost Center")
    return _table(header, [*rows, paid], ",")


def _expenses(charges: Iterable[Charge]) -> bytes:
    """Write semicolons, decimal commas, charges negative, with currency, address, department and code."""
    header = (
        "Transaction ID",
        "Date",
        "Merchant",
        "Amount",
        "Currency",
        "Employee Email",
        "Department",
        "MCC",
        "Status",
    )
    rows = [
        (
            f"exp-{draw(c.text, c.day, c.amount, c.holder.key, c.status, below=10**12):012}", f"{c.day}", c.text,
            f"{-c.amount:.2f}".replace(".", ","), c.currency, _card_address(c.holder), _department(c),
            c.mcc or "", c.status,
        )
        for c in charges
    ]  # fmt: skip
    return _table(header, rows, ";")


def _card_address(holder: Person) -> str:
    """Return the address that the expense tool knows: of the one with two, the second at the company's other domain."""
    return holder.alias.replace("tarnvik.example", "tarnvik-outdoor.example") if holder.alias else holder.address


def _department(charge: Charge) -> str:
    team = TEAM[str(charge.holder.team)]
    if team.before is not None:
        return team.before if f"{charge.day:%Y-%m}" < RENAMED else team.name
    return "Marketing" if team.division == "Marketing" else team.name


_FOCUS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ProviderName", "PublisherName",
    "ServiceCategory", "ServiceName", "SkuId", "SubAccountId", "SubAccountName", "Tags",
)  # fmt: skip


def _bill(month: str) -> bytes:
    year, number = int(month[:4]), int(month[5:])
    ends = f"{year + number // 12}-{number % 12 + 1:02}-01T00:00:00Z"
    bills = [story.bill for story in STORIES if story.bill is not None]
    return _table(_FOCUS, [_bill_line(bill, f"{month}-01T00:00:00Z", ends) for bill in bills], ",")


def _bill_line(bill: Bill, starts: str, ends: str) -> tuple[str, ...]:
    line = {
        **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), bill.amount),
        "BillingAccountId": "111122223333",
        "BillingAccountName": "Tarnvik",
        "BillingCurrency": "USD",
        **dict.fromkeys(("BillingPeriodStart", "ChargePeriodStart"), starts),
        **dict.fromkeys(("BillingPeriodEnd", "ChargePeriodEnd"), ends),
        "ChargeCategory": "Purchase" if bill.marketplace else "Usage",
        "ChargeDescription": bill.service,
        "ChargeFrequency": "Recurring" if bill.marketplace else "Usage-Based",
        "InvoiceIssuerName": "AWS Marketplace" if bill.marketplace else "Amazon Web Services EMEA SARL",
        "ProviderName": "AWS",
        "PublisherName": bill.publisher,
        "ServiceCategory": "Business Applications" if bill.marketplace else "Compute",
        "ServiceName": bill.service,
        "SkuId": f"SKU{draw('sku', bill.service, below=10**8):08}",
        "SubAccountId": {"data": "444455556666", "shop": "777788889999"}[bill.account],
        "SubAccountName": bill.account,
        "Tags": "{}",
    }
    return tuple(line.get(name, "") for name in _FOCUS)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], separator: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
