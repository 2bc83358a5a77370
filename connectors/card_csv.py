"""Card statements and spend exports as CSV: one charge a row."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, BinaryIO

from connectors.amounts import parse_amount
from connectors.card_columns import CARD_COLUMNS
from connectors.card_form import Form, Survey, apart, clean, describe, direction, row_currency, unknown_settings
from connectors.formats import Bad, Context, Format, Raw, present
from connectors.masking import last_four, mask_cards
from connectors.tables import open_table, spooled
from connectors.times import business_day, day_start
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind, fold
from model.stream import Mode, Stream

CHARGES = Stream(name="charges", kinds=(SignalKind.CHARGE,), mode=Mode.EVENTS)

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_REFERENCE = re.compile(r"(?=.*[0-9])[^\s].{4,}[^\s]")
_CARD_PAYMENT = re.compile(
    r"\bpayment\b.*\bthank\s?you\b|^(online |mobile |automatic )?payment received|^autopay\b|^direct debit payment",
    re.IGNORECASE,
)
#: Counts of rows of a statement that are no charges, as a person reads them.
_ASIDE = {"declined": "declined", "pending": "pending", "payment": "payments of the card's bill"}


def read_card_csv(stream: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    """Yield the rows of a statement as finished charges: day, micros, native id, descriptor.

    The whole file is looked through first, to settle how it is written; rows that are no final charge carry `aside`.
    Raises WrongFormat, AccessDenied, ConfigError for a setting that is none, Interrupted.
    """
    with spooled(stream) as (copy, broken):
        form = _survey(copy, context)
        copy.seek(0)
        aside: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for row in open_table(copy, CARD_COLUMNS, context).rows():
            if isinstance(row, Raw) and not row.data:
                continue
            line = row if isinstance(row, Bad) else _line(row, form, seen, context)
            if isinstance(line, Raw) and "aside" in line.data:
                aside[line.data["aside"]] += 1
            yield line
        if aside:
            context.note(
                "not counted as money: "
                + ", ".join(f"{aside[why]} {what}" for why, what in _ASIDE.items() if aside[why])
            )
        if broken:
            raise broken


def _survey(copy: BinaryIO, context: Context) -> Form:
    table = open_table(copy, CARD_COLUMNS, context)
    survey = Survey(context)
    for row in table.rows():
        if isinstance(row, Raw) and row.data:
            survey.add(clean(row.data))
    form = survey.form(table.layout)
    context.note(describe(table, form))
    if unknown := unknown_settings(context.profile):
        context.note(f"settings that card-csv does not know: {', '.join(unknown)}")
    return form


def _line(row: Raw, form: Form, seen: Counter[str], context: Context) -> Raw | Bad:
    try:
        return Raw(row.number, _charge(clean(row.data), form, seen, context))
    except Malformed as error:
        return Bad(row.number, str(error))


def _charge(row: Mapping[str, str], form: Form, seen: Counter[str], context: Context) -> dict[str, Any]:
    """Return a row's finished charge, or only why it is none. Raises Malformed."""
    why = apart(row)
    if why in {"declined", "pending"}:
        return {"aside": why}
    merchant = row.get("merchant") or row.get("other_merchant")
    micros = _micros(row, form)
    if micros < 0 and (why == "payment" or _CARD_PAYMENT.search(merchant or "")):
        return {"aside": "payment"}
    if merchant is None:
        raise Malformed("no merchant")
    currency = row_currency(row) or form.currency
    if currency is None:
        raise Malformed("no currency")
    charge = {
        "day": _day(row, form, context).isoformat(),
        "posted_on": _posted(row, form, context),
        "micros": micros,
        "currency": currency,
        "merchant": mask_cards(merchant),
        **_original(row, form, micros, currency),
        **_who(row),
        **{name: _masked(row, name) for name in ("cost_center", "unit", "category", "status")},
        "mcc": _mcc(row.get("mcc")),
    }
    return {"native_id": _native_id(row, charge, form, seen), **charge}


def _micros(row: Mapping[str, str], form: Form) -> int:
    """Return what was spent, refunds negative. Raises Malformed where there is no amount."""
    if form.charges == "columns":
        debit, credit = (row.get(name) for name in ("debit", "credit"))
        if debit is None and credit is None:
            raise Malformed("no amount")
        return abs(parse_amount(debit or "0", form.decimal)) - abs(parse_amount(credit or "0", form.decimal))
    given = row.get("amount")
    if given is None:
        raise Malformed("no amount")
    micros = parse_amount(given, form.decimal)
    if form.charges == "typed":
        return -abs(micros) if direction(row) < 0 or apart(row) == "payment" else micros
    return -micros if form.charges == "negative" else micros


def _day(row: Mapping[str, str], form: Form, context: Context) -> date:
    given = row.get("date") or row.get("posted")
    if given is None:
        raise Malformed("no date")
    day = business_day(given, form.date_order, context.zone)
    if day > context.now.astimezone(context.zone).date() + timedelta(days=1):
        raise Malformed("the date lies in the future")
    return day


def _posted(row: Mapping[str, str], form: Form, context: Context) -> str | None:
    given = row.get("posted") or row.get("date")
    try:
        return business_day(given, form.date_order, context.zone).isoformat() if given else None
    except Malformed:
        return None


def _original(row: Mapping[str, str], form: Form, micros: int, currency: str) -> dict[str, Any]:
    """Return the amount in the merchant's currency with the charge's sign, where it is another than the billed one."""
    given, unit = row.get("original_amount"), row.get("original_currency")
    if given is None or unit is None:
        return {}
    try:
        original = abs(parse_amount(given, form.decimal))
    except Malformed:
        return {}
    if unit.upper() == currency and original == abs(micros):
        return {}
    return {"original_micros": -original if micros < 0 else original, "original_currency": mask_cards(unit.upper())}


def _who(row: Mapping[str, str]) -> dict[str, str | None]:
    """Return account, address and name; of a card or account number the last four digits only."""
    account, person = row.get("account"), row.get("person")
    digits = last_four(account) if account else None
    address = _ADDRESS.search(person) if person else None
    return {
        "account": digits or (mask_cards(account) if account else None),
        "card": digits,
        "address": address[0].casefold() if address else None,
        "name": mask_cards(person) if person and not address else None,
    }


def _masked(row: Mapping[str, str], name: str) -> str | None:
    found = row.get(name)
    return mask_cards(found) if found else None


def _mcc(given: str | None) -> str | None:
    """Return the four-digit code (ISO 18245); exporters write 0 for none and lose leading zeros."""
    digits = (given or "").removesuffix(".0")
    return digits.zfill(4) if re.fullmatch("[0-9]{3,4}", digits) and int(digits) else None


def _native_id(row: Mapping[str, str], charge: Mapping[str, Any], form: Form, seen: Counter[str]) -> str:
    """Return the source's reference with the account, or the hash of what tells the charge, with its ordinal.

    A reference that rows of different content share (a split), and one that had to be masked, are joined with their
    hash. One too short to be unique over statements (a row's number) is none.
    """
    given = row.get("reference", "")
    reference = given.strip("' ")
    if not _REFERENCE.fullmatch(reference):
        content = _content(charge)
        seen[content] += 1
        return f"{content}-{seen[content]}"
    masked = mask_cards(reference)
    named = f"{charge['account']}:{masked}" if charge["account"] else masked
    return named if masked == reference and given not in form.parted else f"{named}:{_content(charge)[:12]}"


def _content(charge: Mapping[str, Any]) -> str:
    """Return the hash of what tells a charge from others. What is coded later (category, unit) is no part of it."""
    fields = (charge[name] for name in ("account", "address", "name", "day", "micros", "currency", "cost_center"))
    text = "\x1f".join([*map(str, fields), fold(charge["merchant"])])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def translate_card_csv(charge: Any, context: Context) -> Iterator[Signal]:
    """Yield the signal of one finished charge, none for a row that is no charge."""
    if "aside" in charge:
        return
    yield Signal(
        stream=CHARGES.name,
        kind=SignalKind.CHARGE,
        native_id=charge["native_id"],
        seen_at=day_start(date.fromisoformat(charge["day"]), context.zone),
        app=AppIdentity(descriptor=charge["merchant"]),
        actor=_actor(charge),
        facts=present(
            amount_micros=charge["micros"],
            currency=charge["currency"],
            original_amount_micros=charge.get("original_micros"),
            original_currency=charge.get("original_currency"),
            **{
                name: charge[name]
                for name in ("account", "cost_center", "unit", "category", "mcc", "status", "posted_on")
            },
        ),
    )


def _actor(charge: Mapping[str, Any]) -> Actor | None:
    if charge["address"]:
        return Actor(native_id=charge["address"], address=charge["address"])
    if charge["card"]:
        return Actor(native_id=f"card:{charge['card']}", name=charge["name"])
    return Actor(native_id=f"name:{fold(charge['name'])}", name=charge["name"]) if charge["name"] else None


FORMAT = Format(
    name="card-csv",
    about="Card statements and spend exports as CSV (American Express, Chase, Ramp, Brex, any with named columns)",
    system="card",
    streams=(CHARGES,),
    read=read_card_csv,
    translate=translate_card_csv,
)
