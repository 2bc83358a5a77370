"""Card statements: the form is settled from whole columns, the money is exact, and reading twice is reading once."""

import csv
import io
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.card_csv import FORMAT
from connectors.formats import Bad, Context, Raw
from model.errors import AccessDenied, ConfigError, Interrupted, OstiaryError, WrongFormat
from model.signal import SignalKind

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
EURO = {"default_currency": "EUR"}


class Reading:
    """One file read to its end."""

    def __init__(self, content, *, zone="UTC", currency=None, now=NOW, **profile):
        self.notes = []
        zone = ZoneInfo(zone)
        context = Context(source="card", now=now, zone=zone, currency=currency, profile=profile, note=self.notes.append)
        content = content if isinstance(content, bytes) else content.encode()
        self.records = list(FORMAT.read(io.BytesIO(content), context))
        self.signals = [s for r in self.records if isinstance(r, Raw) for s in FORMAT.translate(r.data, context)]
        self.bad = [r for r in self.records if isinstance(r, Bad)]

    @property
    def ids(self):
        return [signal.native_id for signal in self.signals]

    @property
    def micros(self):
        return [signal.facts["amount_micros"] for signal in self.signals]

    @property
    def days(self):
        return [signal.facts["posted_on"] for signal in self.signals]


def facts(content, **settings):
    """Return the facts of the only row."""
    (signal,) = Reading(content, **settings).signals
    return signal.facts


BRUM = (
    "TRANS DATE; TRANS VAT DESC; ORIGINAL GROSS AMT; ORIGINAL CUR; BILLING GROSS AMT; BILLING CUR CODE; MERCHANT NAME; "
    "CARD NUMBER; TRANS CAC CODE 1; TRANS CAC DESC 1; TRANS CAC CODE 2; TRANS CAC DESC 2;"
    " TRANS CAC CODE 3; Directorate\n"
)


def test_a_row_of_a_council_becomes_a_charge_with_all_its_facts():
    row = (
        "24/01/17;VR;1,250.00;USD;1,003.55;GBP;mailchimp  *misc ;************1147;K020;"
        "Software;RV1K2;Web;A00;Marketing\n"
    )

    (signal,) = Reading(BRUM + row).signals

    assert signal.stream == "charges"
    assert signal.kind is SignalKind.CHARGE
    assert signal.seen_at == datetime(2017, 1, 24, tzinfo=UTC)
    assert signal.app.named() == {"descriptor": "mailchimp  *misc"}
    assert (signal.actor.native_id, signal.actor.address, signal.actor.kind) == ("card:1147", None, "person")
    assert signal.facts == {
        "amount_micros": 1_003_550_000,
        "currency": "GBP",
        "original_amount_micros": 1_250_000_000,
        "original_currency": "USD",
        "account": "1147",
        "cost_center": "RV1K2",
        "unit": "Marketing",
        "category": "Software",
        "posted_on": "2017-01-24",
    }


def test_the_form_is_told_in_one_line():
    row = "24/01/17;VR;5.00;GBP;5.00;GBP;caf\u00e9 \u2013;*1147;K020;-;RV1K2;Web;A00;#N/D\n".encode("cp1252")

    reading = Reading(BRUM.encode() + row)

    assert reading.notes == [
        (
            "columns: date=TRANS DATE, amount=BILLING GROSS AMT, currency=BILLING CUR CODE,"
            " original_amount=ORIGINAL GROSS AMT, "
            "original_currency=ORIGINAL CUR, merchant=MERCHANT NAME, account=CARD NUMBER, category=TRANS CAC DESC 1, "
            "cost_center=TRANS CAC CODE 2, unit=Directorate; separator ;;"
            " encoding windows-1252 (1 lines, the first is line 2); "
            "dates day/month/year; decimal point; charges positive"
        )
    ]
    assert "unit" not in reading.signals[0].facts
    assert "original_currency" not in reading.signals[0].facts
    assert reading.signals[0].app.descriptor == "caf\u00e9 \u2013"


@pytest.mark.parametrize(
    ("content", "settings", "amounts", "descriptors"),
    [
        (  # American Express, short
            "Date,Description,Amount\n02/14/2026,MAILCHIMP *MISC,198.00\n02/15/2026,REFUND CO,-20.00\n",
            {"default_currency": "USD"},
            [198, -20],
            ["MAILCHIMP *MISC", "REFUND CO"],
        ),
        (  # American Express, long
            (
                "Date,Description,Card Member,Account #,Amount,Extended Details,"
                "Appears On Your Statement As,Reference,Category\n"
                '14/02/2026,MAILCHIMP,A DOE,-12345,198.00,"details\nmore",MAILCHIMP *MISC ATLANTA,'
                "'320260450123456781',Business\n"
            ),
            {"default_currency": "GBP"},
            [198],
            ["MAILCHIMP *MISC ATLANTA"],
        ),
        (  # Chase card: charges are negative, the bill's payment is positive
            (
                "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
                "02/14/2026,02/15/2026,MAILCHIMP,Shopping,Sale,-198.00,\n02/16/2026,02/16/2026,"
                "MAILCHIMP,Shopping,Return,20.00,\n"
                "02/20/2026,02/20/2026,Payment Thank You-Mobile,,Payment,500.00,\n"
            ),
            {"default_currency": "USD"},
            [198, -20],
            ["MAILCHIMP", "MAILCHIMP"],
        ),
        (  # Chase bank: a blank cell more than the header
            (
                "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
                "DEBIT,02/14/2026,Recurring Card Purchase 02/13 ZAPIER,-19.99,DEBIT_CARD,80.01,,\n"
            ),
            {"default_currency": "USD"},
            [Decimal("19.99")],
            ["Recurring Card Purchase 02/13 ZAPIER"],
        ),
        (  # Ramp: the raw descriptor goes before the cleaned name
            (
                "Transaction Date/Time,Merchant Name,Merchant Descriptor,Amount,Currency,Card Holder,Department,State\n"
                "2026-02-14T23:10:00Z,Mailchimp,MAILCHIMP *MISC,198.00,USD,Ann Doe,Marketing,CLEARED\n"
                "2026-02-14T23:10:00Z,Zapier,,20.00,USD,Ann Doe,Marketing,CLEARED\n"
            ),
            {},
            [198, 20],
            ["MAILCHIMP *MISC", "Zapier"],
        ),
        (  # Expensify: the report's currency stands nowhere but in the rows that were not converted
            (
                'Timestamp,Merchant,Amount,MCC,Category,Tag,Comment,Reimbursable,"Original Currency",'
                '"Original Amount",Receipt\n'
                "2026-02-14 00:00:00,Figma,15.00,0,Software,Mktg:Brand,,no,USD,15.00,\n"
                "2026-02-14 00:00:00,Canva,11.00,5734,Software,Mktg:Brand,,no,EUR,10.00,\n"
            ),
            {},
            [15, 11],
            ["Figma", "Canva"],
        ),
        (  # a German bank
            (
                "\ufeffBuchungsdatum;Betrag (EUR);Händler;Kartennummer\n14.02.2026;1.198,00;MAILCHIMP;"
                "XXXX XXXX XXXX 1234\n"
                "15.02.2026;-20,00;MAILCHIMP;XXXX XXXX XXXX 1234\n16.02.2026;5,00;FIGMA;XXXX XXXX XXXX 1234\n"
            ),
            {},
            [1198, -20, 5],
            ["MAILCHIMP", "MAILCHIMP", "FIGMA"],
        ),
        (  # two columns of amounts
            "Date,Description,Paid out,Paid in\n14/02/2026,MAILCHIMP,£198.00,\n15/02/2026,MAILCHIMP,,£20.00\n",
            {},
            [198, -20],
            ["MAILCHIMP", "MAILCHIMP"],
        ),
        (  # unsigned amounts with a word for the direction
            (
                "Date,Description,Amount,DR/CR,Currency\n14/02/2026,MAILCHIMP,198.00,DR,"
                "GBP\n15/02/2026,MAILCHIMP,20.00,CR,GBP\n"
            ),
            {},
            [198, -20],
            ["MAILCHIMP", "MAILCHIMP"],
        ),
    ],
    ids=["amex", "amex-long", "chase", "chase-bank", "ramp", "expensify", "german", "paid-out", "unsigned"],
)
def test_the_exports_of_the_issuers_are_read(content, settings, amounts, descriptors):
    reading = Reading(content, **settings)

    assert reading.bad == []
    assert reading.micros == [int(amount * 10**6) for amount in amounts]
    assert [signal.app.descriptor for signal in reading.signals] == descriptors


def test_what_ramp_and_expensify_say_of_people_and_codes_is_kept():
    ramp = Reading(
        "Date,Merchant,Amount,Currency,User,Department\n2026-02-14,Figma,5.00,EUR,Ann Doe,Marketing\n"
    ).signals[0]
    last = "date,merchant,amount,currency,card holder,card last four,mcc\n2026-02-14,Figma,5.00,EUR,Ann Doe,1234,742\n"
    mail = (
        "date,merchant,amount,currency,user email,card last four,mcc\n2026-02-14,Figma,5.00,"
        "EUR,Ann@Example.com,1234,0\n"
    )

    assert (ramp.actor.native_id, ramp.actor.name, ramp.facts["unit"]) == ("name:ann doe", "Ann Doe", "Marketing")
    held = Reading(last).signals[0]
    assert (held.actor.native_id, held.actor.name, held.facts["mcc"]) == ("card:1234", "Ann Doe", "0742")
    mailed = Reading(mail).signals[0]
    assert (mailed.actor.native_id, mailed.actor.address) == ("ann@example.com", "ann@example.com")
    assert "mcc" not in mailed.facts


def test_a_row_that_names_no_one_has_no_actor():
    assert Reading("date,merchant,amount,currency\n2026-02-14,Figma,5.00,EUR\n").signals[0].actor is None


def days(*cells, **settings):
    return Reading("date,merchant,amount\n" + "".join(f"{cell},Figma,5.00\n" for cell in cells), **(EURO | settings))


def test_one_day_above_twelve_settles_the_order_of_all_rows():
    assert days("03/01/2026", "01/13/2026").days == ["2026-03-01", "2026-01-13"]
    assert days("03/01/2026", "13/01/2026").days == ["2026-01-03", "2026-01-13"]


def test_an_open_order_is_chosen_by_the_currency_and_a_note_says_so():
    european, american = days("03/01/2026"), days("03/01/2026", default_currency="USD")

    assert (european.days, american.days) == (["2026-01-03"], ["2026-03-01"])
    assert "date_order" in european.notes[0]
    assert "month/day/year" in american.notes[0]


def test_the_profile_goes_before_what_is_seen():
    assert days("03/01/2026", date_order="mdy").days == ["2026-03-01"]
    assert facts("date,merchant,amount\n2026-01-03,Figma,1.234\n", decimal=".", **EURO)["amount_micros"] == 1_234_000
    assert (
        facts("date,merchant,amount\n2026-01-03,Figma,-5.00\n", charges="positive", **EURO)["amount_micros"]
        == -5_000_000
    )
    assert (
        facts("wann|wo|was\n2026-01-03|Figma|5\n", date="Wann", merchant="wo", amount="was", **EURO)["amount_micros"]
        == 5_000_000
    )


@pytest.mark.parametrize("setting", [{"date_order": "ydm"}, {"decimal": "'"}, {"charges": "both"}])
def test_a_setting_that_is_none_is_a_configuration_error(setting):
    with pytest.raises(ConfigError, match=next(iter(setting))):
        days("2026-01-03", **setting)


def test_a_setting_that_nothing_knows_is_told():
    assert "charge" in days("2026-01-03", charge="negative").notes[-1]


def test_an_open_decimal_mark_is_read_as_thousands_and_a_note_says_so():
    reading = Reading("date;merchant;amount\n2026-01-03;Figma;1.234\n", **EURO)

    assert reading.micros == [1_234_000_000]
    assert any("decimal" in note for note in reading.notes[:-1])


def test_the_sign_is_settled_by_the_column_and_not_by_the_row():
    rows = "date,merchant,amount\n" + "2026-01-03,Figma,-5.00\n" * 3 + "2026-01-04,Figma,2.00\n"

    assert sorted(Reading(rows, **EURO).micros) == [-2_000_000] + [5_000_000] * 3


def test_a_type_that_names_the_card_says_nothing_of_the_direction():
    rows = "date,merchant,amount,type\n2026-01-03,Figma,5.00,Credit card\n2026-01-04,Figma,6.00,Credit card\n"

    assert Reading(rows, **EURO).micros == [5_000_000, 6_000_000]


def test_without_any_currency_the_file_is_refused_with_the_setting_that_helps():
    with pytest.raises(WrongFormat, match="default_currency"):
        Reading("date,merchant,amount\n2026-01-03,Figma,5.00\n2026-01-04,Figma,5.00\n")


def test_the_currency_comes_from_column_header_sign_profile_or_company():
    assert facts("date,merchant,amount,currency\n2026-01-03,Figma,5.00,usd\n", currency="EUR")["currency"] == "USD"
    assert facts("date,merchant,Amount in CHF\n2026-01-03,Figma,5.00\n", currency="EUR")["currency"] == "CHF"
    assert facts("date,merchant,amount\n2026-01-03,Figma,£5.00\n", currency="EUR")["currency"] == "GBP"
    assert facts("date,merchant,amount\n2026-01-03,Figma,$5.00\n", currency="EUR")["currency"] == "EUR"
    assert (
        facts("date,merchant,amount\n2026-01-03,Figma,5.00\n", currency="EUR", default_currency="PLN")["currency"]
        == "PLN"
    )
    assert facts("date,merchant,amount,currency\n2026-01-03,Figma,5.00,credits\n")["currency"] == "credits"


def test_one_row_without_currency_among_others_is_quarantined():
    reading = Reading("date,merchant,amount,currency\n2026-01-03,Figma,5.00,EUR\n2026-01-03,Figma,5.00,\n")

    assert [bad.reason for bad in reading.bad] == ["no currency"]
    assert len(reading.signals) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-01-03,Figma,", "no amount"),
        ("2026-01-03,Figma,n/a", "no amount"),
        ("2026-01-03,Figma,five", "no amount"),
        ("2026-01-03,,5.00", "no merchant"),
        (",Figma,5.00", "no date"),
        ("31/31/2026,Figma,5.00", "the date is in no known spelling"),
        ("2026-03-17,Figma,5.00", "the date lies in the future"),
        ("2026-01-03,Figma", "fewer cells than the header has columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_quarantined_and_the_rest_survives(row, reason):
    reading = Reading(f"date,merchant,amount\n2026-01-03,Canva,6.00\n{row}\n2026-01-04,Canva,6.00\n", **EURO)

    assert [(bad.number, bad.reason) for bad in reading.bad] == [(3, reason)]
    assert len(reading.signals) == 2


def test_tomorrow_is_no_future():
    assert days("2026-03-16").bad == []


def test_a_day_begins_in_the_zone_of_the_company():
    (signal,) = days("2026-01-03", zone="Europe/Berlin").signals

    assert signal.seen_at == datetime(2026, 1, 2, 23, tzinfo=UTC)


def test_rows_that_are_no_final_charge_are_told_and_give_no_signal():
    rows = "".join(
        f"2026-01-03,Figma,5.00,{status}\n" for status in ["POSTED", "DECLINED", "ERROR", "Pending", "REFUND"]
    )
    reading = Reading("date,merchant,amount,status\n" + rows, **EURO)

    assert [signal.facts["status"] for signal in reading.signals] == ["POSTED", "REFUND"]
    assert len(reading.records) == 5
    assert reading.notes[-1] == "not counted as money: 2 declined, 1 pending"


def test_a_payment_of_the_bill_is_told_by_its_words_too_but_only_as_a_credit():
    rows = (
        "2026-01-03,BT BILL PAYMENT THANK YOU,5.00\n2026-01-04,ONLINE PAYMENT - THANK YOU,"
        "-900.00\n2026-01-04,Figma,1.00\n"
    )
    reading = Reading("date,merchant,amount\n" + rows, **EURO)

    assert reading.micros == [5_000_000, 1_000_000]
    assert reading.notes[-1] == "not counted as money: 1 payments of the card's bill"


def test_a_full_card_number_never_leaves_the_reader():
    card = "4111111111111111"
    rows = (
        "date,merchant,amount,card number,department,reference,card holder,category\n"
        f"2026-01-03,SHOP {card} GA,5.00,{card},team {card},ref-{card},{card},4111 1111 1111 1111\n"
    )
    reading = Reading(rows, **EURO)

    assert card not in f"{reading.records} {reading.signals} {reading.notes}"
    assert "4111 1111 1111 1111" not in f"{reading.records} {reading.signals}"
    assert reading.signals[0].app.descriptor == "SHOP ****1111 GA"
    assert reading.signals[0].actor.native_id == "card:1111"


def test_an_account_is_its_last_four_digits_or_its_label():
    assert (
        facts("date,merchant,amount,account\n2026-01-03,Figma,5,DE89370400440532013000\n", **EURO)["account"] == "3000"
    )
    labelled = Reading("date,merchant,amount,card\n2026-01-03,Figma,5,Marketing card\n", **EURO).signals[0]
    assert labelled.facts["account"] == "Marketing card"
    assert labelled.actor is None


def test_equal_rows_count_and_keep_their_ids():
    rows = "date,merchant,amount\n" + "2026-01-03,Figma,5.00\n" * 3
    first, again = Reading(rows, **EURO), Reading(rows, **EURO)

    assert len(set(first.ids)) == 3
    assert first.ids == again.ids


def test_a_reference_with_its_account_is_the_id():
    rows = (
        "date,merchant,amount,card,reference\n2026-01-03,Figma,5.00,*1234,"
        "'320260450001'\n2026-01-03,Figma,5.00,*1234,'320260450001'\n"
    )

    assert Reading(rows, **EURO).ids == ["1234:320260450001"] * 2


def test_a_row_number_is_no_reference():
    rows = "date,merchant,amount,reference\n2026-01-03,Figma,5.00,{}\n"

    assert Reading(rows.format(1), **EURO).ids == Reading(rows.format(2), **EURO).ids


def test_the_parts_of_a_split_share_a_reference_and_are_told_apart():
    parts = [
        "2026-01-03,Figma,5.00,txn-000001\n",
        "2026-01-03,Figma,7.00,txn-000001\n",
        "2026-01-03,Figma,7.00,txn-000002\n",
    ]
    header = "date,merchant,amount,reference\n"

    forward = Reading(header + "".join(parts), **EURO)
    backward = Reading(header + "".join(reversed(parts)), **EURO)

    assert len(set(forward.ids)) == 3
    assert set(forward.ids) == set(backward.ids)


def test_a_reference_that_looks_like_a_card_number_still_dedupes():
    rows = "date,merchant,amount,reference\n" + "2026-01-03,Figma,5.00,4111111111111111\n" * 2

    assert len(set(Reading(rows, **EURO).ids)) == 1


def test_what_is_coded_later_changes_no_id():
    row = "date,merchant,amount,category,department,status\n2026-01-03,{},5.00,{},{},POSTED\n"

    assert (
        Reading(row.format("Figma  Inc", "a", "b"), **EURO).ids
        == Reading(row.format("FIGMA INC", "c", "d"), **EURO).ids
    )


ROWS = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 2, 28)),
        st.sampled_from(["Figma", "MAILCHIMP *MISC", "Café", 'a "b", c', "x;y"]),
        st.integers(1, 10**9),
        st.sampled_from(["*1234", "*9876"]),
    ),
    min_size=1,
    max_size=25,
)


def statement(rows, *, separator=",", order="%Y-%m-%d", encoding="utf-8", sign=1):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["Date", "Merchant", "Amount", "Card Number"])
    for day, merchant, cents, card in rows:
        writer.writerow(
            [day.strftime(order), merchant, f"{'-' if sign < 0 else ''}{cents // 100}.{cents % 100:02d}", card]
        )
    return text.getvalue().encode(encoding)


@given(ROWS)
def test_reading_a_statement_twice_gives_equal_signals(rows):
    assert Reading(statement(rows), **EURO).signals == Reading(statement(rows), **EURO).signals


@given(ROWS)
def test_the_money_of_a_statement_is_exact_and_each_row_counts(rows):
    reading = Reading(statement(rows), **EURO)

    assert sum(reading.micros) == sum(cents for _, _, cents, _ in rows) * 10_000
    assert len(set(reading.ids)) == len(rows)


@given(ROWS, st.integers(0, 58), st.integers(0, 58))
def test_overlapping_statements_together_are_the_whole(rows, one, other):
    low, high = sorted(date(2026, 1, 1) + timedelta(days=n) for n in (one, other))
    early = Reading(statement([row for row in rows if row[0] <= high]), **EURO)
    late = Reading(statement([row for row in rows if row[0] >= low]), **EURO)
    whole = Reading(statement(rows), **EURO)

    assert {*early.ids, *late.ids} == set(whole.ids)


@given(ROWS)
def test_how_a_statement_is_written_changes_nothing(rows):
    settled = [*rows, (date(2026, 1, 31), "Figma", 100, "*1234")]
    plain = Reading(statement(settled), **EURO).signals

    assert Reading(statement(settled, separator=";", order="%d/%m/%y"), **EURO).signals == plain
    assert Reading(statement(settled, separator="\t", order="%m/%d/%Y", encoding="cp1252"), **EURO).signals == plain
    assert Reading(statement(settled, order="%d %b %Y", encoding="utf-16", sign=-1), **EURO).signals == plain


@given(st.binary(max_size=300))
def test_hostile_bytes_raise_nothing_but_our_errors(content):
    for whole in (content, b"date,merchant,amount,card,reference\n" + content, BRUM.encode() + content):
        try:
            reading = Reading(whole, **EURO)
        except OstiaryError:
            continue
        assert all(type(micros) is int for micros in reading.micros)


@pytest.mark.parametrize("name", ["", "\U0001f916" * 50, "x" * 4096, "\u202eevil", "=cmd()", "<script>"])
def test_a_hostile_merchant_is_data(name):
    reading = Reading(statement([(date(2026, 1, 3), name, 500, "*1234")]), **EURO)

    assert len(reading.signals) + len(reading.bad) == 1


def test_a_broken_file_gives_its_whole_rows_and_is_interrupted():
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            chunk = super().read(size)
            if not chunk:
                raise Interrupted("gone")
            return chunk

    found, content = [], b"date,merchant,amount\n2026-01-03,Figma,5.00\n2026-01-03,Figma,12"

    with pytest.raises(Interrupted):
        found.extend(FORMAT.read(Breaking(content), Context(source="c", now=NOW, profile=EURO)))
    reader = FORMAT.read(Breaking(content), Context(source="c", now=NOW, profile=EURO))
    assert next(reader).data["micros"] == 5_000_000
    with pytest.raises(Interrupted):
        next(reader)


def test_empty_and_foreign_files_are_refused():
    for content in (b"", b"a,b\n1,2\n", b'{"a": 1}', b"PK\x03\x04"):
        with pytest.raises(WrongFormat):
            Reading(content)
    with pytest.raises(AccessDenied):
        Reading(b'{"errors": [{"code": "forbidden"}]}')


def test_a_statement_without_rows_is_read_and_holds_nothing():
    assert Reading("date,merchant,amount\n").records == []


def real_files():
    known = DATA / "expected.json"
    if not known.exists():
        return []
    return [(name, each) for name, each in json.loads(known.read_text()).items() if each.get("kind") == "bham"]


@pytest.mark.parametrize(
    ("name", "expected"), real_files() or [pytest.param("", {}, marks=pytest.mark.skip("no ../shared/data"))]
)
def test_real_statements_agree_with_an_independent_count(name, expected):
    reading = Reading((DATA / name).read_bytes())
    rows, money = Counter(), defaultdict(Decimal)
    for signal in reading.signals:
        descriptor = " ".join(signal.app.descriptor.split())
        rows[descriptor] += 1
        money[descriptor] += Decimal(signal.facts["amount_micros"]) / 10**6

    assert reading.bad == []
    assert len(set(reading.ids)) == len(reading.ids)
    assert len(reading.records) in {expected["records"], expected["records"] - 1}  # one file holds one empty row
    assert (min(reading.days), max(reading.days)) == (expected["first"], expected["last"])
    for app in expected["apps"]:
        if len(app["descriptors"]) == 12:
            continue  # the list of descriptors is cut there, the count is not
        assert sum(rows[descriptor] for descriptor in app["descriptors"]) == app["rows"], app["name"]
        assert sum(money[descriptor] for descriptor in app["descriptors"]) == Decimal(str(app["net_total"])), app[
            "name"
        ]


@pytest.mark.parametrize(
    ("name", "expected"), real_files() or [pytest.param("", {}, marks=pytest.mark.skip("no ../shared/data"))]
)
def test_real_statements_agree_with_the_sum_of_their_column(name, expected):
    text = (DATA / name).read_bytes().decode("utf-8" if expected["encoding"] == "utf-8" else "cp1252")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=expected["delimiter"]))
    at = [cell.strip() for cell in rows[0]].index("BILLING GROSS AMT")
    named = [cell.strip() for cell in rows[0]].index("MERCHANT NAME")
    spent = [row for row in rows[1:] if row[at].strip() and not row[named].startswith("direct debit payment")]

    micros = Reading((DATA / name).read_bytes()).micros

    assert len(micros) == len(spent)
    assert sum(micros) == sum(int(Decimal(row[at].replace(",", "")) * 10**6) for row in spent)
