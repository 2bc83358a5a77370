import csv
import gzip
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.bulk.focus import COLUMNS, ROLLUP, TIMES, merged, micros
from connectors.focus import BILLS, FORMATS, charges, merge, read
from connectors.formats import Bad, Context, Raw
from connectors.inputs import find_inputs
from connectors.registry import FORMATS as REGISTRY
from model.errors import AccessDenied, Interrupted, Malformed, WrongFormat
from model.stream import BILL_SUFFIX, Mode

BILL = Path(__file__).parents[1] / "fixtures" / "focus" / "bill.csv"
THIRD_PARTY = Path(__file__).parents[2].parent / "shared" / "data"
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
ROW = {
    "BilledCost": "12.50",
    "BillingAccountId": "acct-1",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-02-01T00:00:00Z",
    "BillingPeriodEnd": "2026-03-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-02-03T04:00:00Z",
    "ChargePeriodEnd": "2026-02-03T05:00:00Z",
    "InvoiceIssuerName": "Nimbus Inc.",
    "ProviderName": "Nimbus",
    "PublisherName": "Nimbus Inc.",
    "ServiceName": "Nimbus Functions",
    "SubAccountId": "team-7",
    "SubAccountName": "Web shop",
}


def table(*rows, header=None, line="\n", **how):
    """Return rows as a text table with all columns of `ROW`, or those of `header`."""
    out = io.StringIO()
    names = header or list(ROW)
    writer = csv.writer(out, lineterminator=line, **how)
    writer.writerow(names)
    writer.writerows([row.get(own, "") for own in ROW] for row in rows)
    return out.getvalue()


def given_as(tmp_path, content, name="bill.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def items(path, **context):
    (found,) = find_inputs([str(path)])
    with found.open() as data:
        return list(read(data, Context(source="focus", path=path, **context)))


def ingest(*paths, **context):
    """Return the charges of files that are read in one run, and what was bad in them."""
    found = [item for path in paths for item in items(path, **context)]
    rows = merge([item.data for item in found if isinstance(item, Raw)])
    signals = [s for batch in rows for s in charges(batch, Context(source="focus"))]
    return signals, [item for item in found if isinstance(item, Bad)]


def one(*paths, **context):
    (signal,), bad = ingest(*paths, **context)
    assert not bad
    return signal


def told(signals):
    return sorted((s.native_id, s.seen_at, repr(s.app), sorted(s.facts.items())) for s in signals)


def parquet(tmp_path, rows, name="bill.parquet", schema=None):
    path = tmp_path / name
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def typed(row, **changed):
    """Return a row with the types of a warehouse."""
    found = {**row, **changed}
    moments = {name: datetime.fromisoformat(found[name]).replace(tzinfo=None) for name in TIMES if name in found}
    return {**found, **moments, "BilledCost": float(found["BilledCost"])}


class TestRollUp:
    def test_rows_of_one_service_become_one_charge(self):
        signals, bad = ingest(BILL)

        assert [s.facts["amount_micros"] for s in sorted(signals, key=lambda s: s.facts["amount_micros"])] == [
            -2_500_000,
            12_500_002,
            1_200_000_000,
        ]
        assert bad == []

    def test_a_charge_says_all_that_the_bill_tells(self):
        signal = next(s for s in ingest(BILL)[0] if s.facts["category"] == "Usage")

        assert (signal.stream, signal.seen_at) == ("bills", FEBRUARY)
        assert (signal.app.label, signal.app.vendor, signal.app.product_code) == (
            "Nimbus Functions",
            "Nimbus Inc.",
            None,
        )
        assert signal.facts == {
            "amount_micros": 12_500_002,
            "currency": "USD",
            "account": "acct-1",
            "sub_account": "team-7",
            "sub_account_name": "Web shop",
            "provider": "Nimbus",
            "issuer": "Nimbus Inc.",
            "category": "Usage",
            "period_end": "2026-03-01T00:00:00Z",
            "charged_from": "2026-02-01T04:00:00Z",
            "charged_to": "2026-02-09T05:00:00Z",
        }

    def test_what_a_marketplace_sells_is_named_as_a_product(self):
        signal = next(s for s in ingest(BILL)[0] if s.facts["category"] == "Purchase")

        assert (signal.app.product_code, signal.app.vendor) == ("Plenty Mail Campaigns", "Plenty Mail Ltd")

    def test_the_sum_is_rounded_once_and_half_even(self, tmp_path):
        rows = [ROW | {"BilledCost": "0.0000004"}] * 5 + [ROW | {"BilledCost": "0.0000005", "SubAccountId": "b"}]

        amounts = {
            s.facts["sub_account"]: s.facts["amount_micros"] for s in ingest(given_as(tmp_path, table(*rows)))[0]
        }

        assert amounts == {"team-7": 2, "b": 0}

    @pytest.mark.parametrize(
        ("amount", "expected"),
        [("0.0000005", 0), ("0.0000015", 2), ("-0.0000005", 0), ("-0.0000015", -2), ("1e-12", 0)],
    )
    def test_half_a_micro_goes_to_the_even_one(self, amount, expected):
        assert micros(Decimal(amount)) == expected

    def test_equal_rows_of_one_bill_all_count(self, tmp_path):
        signal = one(given_as(tmp_path, table(ROW, ROW, ROW)))

        assert signal.facts["amount_micros"] == 37_500_000

    def test_rows_are_counted_as_rows_of_the_bill(self, tmp_path):
        (item,) = items(given_as(tmp_path, table(ROW, ROW, ROW)))

        assert (item.count, len(item.data)) == (3, 1)

    def test_a_bill_cut_into_files_is_summed_before_it_is_rounded(self, tmp_path):
        half = ROW | {"BilledCost": "0.0000005"}
        paths = [given_as(tmp_path, table(half), f"{n}.csv") for n in range(3)]

        assert one(*paths).facts["amount_micros"] == 2

    def test_what_tells_charges_apart_stands_in_the_id(self, tmp_path):
        rows = [ROW | {name: "Other"} for name in ("SubAccountId", "ServiceName", "PublisherName", "ChargeCategory")]

        signals, _ = ingest(given_as(tmp_path, table(ROW, *rows)))

        assert len({s.native_id for s in signals}) == 5
        assert {s.native_id[:-BILL_SUFFIX] for s in signals} == {"2026-02-01/acct-1"}

    def test_an_account_that_is_an_address_is_not_written_into_the_id(self, tmp_path):
        signal = one(given_as(tmp_path, table(ROW | {"BillingAccountId": "ana@example.com"})))

        assert "@" not in signal.native_id

    def test_virtual_currencies_are_kept_and_flagged(self, tmp_path):
        signal = one(given_as(tmp_path, table(ROW | {"BillingCurrency": "Tokens"})))

        assert (signal.facts["currency"], signal.facts["virtual"]) == ("Tokens", True)

    def test_currencies_of_money_are_not_flagged(self, tmp_path):
        signal = one(given_as(tmp_path, table(ROW | {"BillingCurrency": "usd"})))

        assert (signal.facts["currency"], "virtual" in signal.facts) == ("USD", False)

    def test_a_charge_without_service_is_named_by_its_publisher(self, tmp_path):
        signal = one(given_as(tmp_path, table(ROW | {"ServiceName": "NULL"})))

        assert (signal.app.label, signal.app.product_code) == ("Nimbus Inc.", None)

    def test_two_publishers_of_one_service_name_are_two_apps(self, tmp_path):
        signals, _ = ingest(given_as(tmp_path, table(ROW, ROW | {"PublisherName": "Other Ltd"})))

        assert len({s.app.key() for s in signals}) == 2

    def test_an_amount_beyond_64_bits_is_refused_and_the_others_stay(self, tmp_path):
        rows = [ROW, ROW | {"BilledCost": "99999999999999999", "SubAccountId": "b"}]
        good, large = merge([i.data for i in items(given_as(tmp_path, table(*rows)))])

        assert len(list(charges(good, Context(source="focus")))) == 1
        with pytest.raises(Malformed, match="too large"):
            list(charges(large, Context(source="focus")))


class TestFaults:
    @pytest.mark.parametrize("amount", ["", "NULL", "n/a", "twelve", "1.234,56", "12,5", "1,23,456"])
    def test_a_row_without_an_amount_is_told_and_the_rest_counts(self, tmp_path, amount):
        signals, bad = ingest(given_as(tmp_path, table(ROW, ROW | {"BilledCost": amount})))

        assert [s.facts["amount_micros"] for s in signals] == [12_500_000]
        assert bad == [Bad(3, "no BilledCost")]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("BillingCurrency", ""),
            ("BillingCurrency", " null "),
            ("BillingAccountId", "None"),
            ("BillingPeriodStart", "soon"),
        ],
    )
    def test_a_row_that_belongs_to_no_bill_is_told(self, tmp_path, field, value):
        signals, bad = ingest(given_as(tmp_path, table(ROW, ROW | {field: value})))

        assert len(signals) == 1
        assert [item.reason for item in bad] == [f"no {field}"]

    def test_every_bad_row_is_counted_and_the_first_are_told_one_by_one(self, tmp_path):
        rows = [ROW | {"BilledCost": ""}] * 1_203 + [ROW]

        _, bad = ingest(given_as(tmp_path, table(*rows)))

        assert (len(bad), sum(item.count for item in bad)) == (1_001, 1_203)

    def test_no_reason_repeats_what_stood_there(self, tmp_path):
        _, bad = ingest(given_as(tmp_path, table(ROW, ROW | {"BilledCost": "s3cret"})))

        assert "s3cret" not in repr(bad)


class TestText:
    @pytest.mark.parametrize(
        ("amount", "expected"),
        [
            ("$10,000.00 ", 10_000_000_000),
            ("0.00 ", 0),
            ("1200", 1_200_000_000),
            ("-3.5", -3_500_000),
            ("-$3.50", -3_500_000),
            ("1.5E-6", 2),
            (".25", 250_000),
            ("1,234,567.5", 1_234_567_500_000),
        ],
    )
    def test_amounts_are_read_as_bills_write_them(self, tmp_path, amount, expected):
        assert one(given_as(tmp_path, table(ROW | {"BilledCost": amount}))).facts["amount_micros"] == expected

    @pytest.mark.parametrize(
        "moment",
        [
            "2026-02-01",
            "2026-02-01 00:00:00",
            "2026-02-01T00:00:00.000Z",
            "2026-02-01T01:00:00+01:00",
            "2026-01-31T19:00:00-05:00",
            "2/1/26",
            "02/01/2026",
            "2/1/2026 0:00",
            "2026-02-01 00:00:00 UTC",
        ],
    )
    def test_moments_are_read_in_many_spellings(self, tmp_path, moment):
        assert one(given_as(tmp_path, table(ROW | {"BillingPeriodStart": moment}))).seen_at == FEBRUARY

    def test_days_that_stand_first_are_told_by_the_first_of_the_month(self, tmp_path):
        rows = [ROW | {"BillingPeriodStart": f"01/0{month}/2026"} for month in (2, 3)]

        assert {s.seen_at.month for s in ingest(given_as(tmp_path, table(*rows)))[0]} == {2, 3}

    def test_a_setting_says_the_order_of_day_and_month(self, tmp_path):
        path = given_as(tmp_path, table(ROW | {"BillingPeriodStart": "2/1/26"}))

        assert one(path, profile={"date_order": "dmy"}).seen_at == datetime(2026, 1, 2, tzinfo=UTC)

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: "\ufeff" + text,
            lambda text: text.replace("\n", "\r\n"),
            lambda text: text.replace("BilledCost", "Billed Cost").replace("InvoiceIssuerName", "Invoice Issuer"),
            lambda text: text.replace("BillingPeriodStart", "billing_period_start"),
            lambda text: text.replace(",", ";"),
            lambda text: "Exported on 2026-03-02\n\n" + text,
            lambda text: text.replace("team-7", " team-7 "),
            lambda text: text + "\n\n",
        ],
    )
    def test_header_variants_give_equal_charges(self, tmp_path, change):
        plain = table(ROW)

        assert told([one(given_as(tmp_path, change(plain), "b.csv"))]) == told([one(given_as(tmp_path, plain))])

    def test_columns_that_are_not_there_are_absent(self, tmp_path):
        names = ["BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart"]
        line = ",".join(ROW[name] for name in names)

        signal = one(given_as(tmp_path, f"{','.join(names)}\n{line}\n"))

        assert signal.facts == {"amount_micros": 12_500_000, "currency": "USD", "account": "acct-1"}

    def test_another_encoding_is_read_row_by_row(self, tmp_path):
        notes = []
        content = table(ROW | {"ServiceName": "Café"}).encode("cp1252")

        signal = one(given_as(tmp_path, content), note=notes.append)

        assert (signal.app.label, len(notes)) == ("Café", 1)

    def test_a_row_of_another_width_is_told_and_the_rest_counts(self, tmp_path):
        content = table(ROW, ROW) + "1,2,3\n"

        signals, bad = ingest(given_as(tmp_path, content))

        assert signals[0].facts["amount_micros"] == 25_000_000
        assert [(item.number, item.count) for item in bad] == [(4, 1)]

    def test_numbers_of_bad_rows_are_those_of_the_file_in_the_slow_lane_too(self, tmp_path):
        content = table(ROW, ROW | {"BilledCost": ""}) + "1,2,3\n"

        _, bad = ingest(given_as(tmp_path, content))

        assert min((item.number, item.reason) for item in bad) == (3, "no BilledCost")


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=12)
_AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=9).map(lambda d: f"{d:f}")
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "BilledCost": st.one_of(_AMOUNTS, st.sampled_from(["", "NULL", "$1,000.00 ", "x"])),
            "BillingAccountId": st.sampled_from(["a", "b", ""]),
            "BillingCurrency": st.sampled_from(["USD", "EUR", "Token"]),
            "BillingPeriodStart": st.sampled_from(["2026-02-01", "2026-03-01T00:00:00Z"]),
            "ServiceName": _CELLS,
            "PublisherName": st.sampled_from(["P", "NULL", "Q, Inc.", 'R "r"']),
            "SubAccountId": st.sampled_from(["1", "2", ""]),
        }
    ),
    min_size=1,
    max_size=12,
)
_EASY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestProperties:
    @given(rows=_ROWS)
    @_EASY
    def test_both_lanes_of_a_text_table_give_equal_charges(self, tmp_path, rows):
        plain = table(*rows, quoting=csv.QUOTE_ALL)
        quick = given_as(tmp_path, plain, "quick.csv")
        slow = given_as(tmp_path, plain + "one,cell,too,few\n", "slow.csv")

        signals, bad = ingest(quick)
        again, also_bad = ingest(slow)

        assert told(again) == told(signals)
        assert sum(item.count for item in also_bad) == sum(item.count for item in bad) + 1

    @given(rows=_ROWS, cut=st.integers(0, 12))
    @_EASY
    def test_how_a_bill_is_cut_into_files_does_not_matter(self, tmp_path, rows, cut):
        whole = given_as(tmp_path, table(*rows), "whole.csv")
        parts = [
            given_as(tmp_path, table(*part), f"{n}.csv") for n, part in enumerate((rows[:cut], rows[cut:])) if part
        ]

        assert told(ingest(*parts)[0]) == told(ingest(whole)[0])
        assert told(ingest(*reversed(parts))[0]) == told(ingest(whole)[0])

    @given(rows=_ROWS)
    @_EASY
    def test_text_and_parquet_of_text_give_equal_charges(self, tmp_path, rows):
        path = parquet(tmp_path, [{name: row.get(name, "") for name in ROW} for row in rows])

        assert told(ingest(path)[0]) == told(ingest(given_as(tmp_path, table(*rows, quoting=csv.QUOTE_ALL)))[0])

    @given(st.binary(max_size=400))
    @_EASY
    def test_other_bytes_are_refused_and_never_break_the_reader(self, tmp_path, content):
        with pytest.raises((WrongFormat, Interrupted, AccessDenied)):
            items(given_as(tmp_path, content))

    @given(st.lists(st.decimals(min_value=-(10**20), max_value=10**20, places=12), min_size=1, max_size=9))
    def test_sums_of_files_are_exact(self, amounts):
        key = (None,) * 9
        rows = [(*key, None, None, None, None, amount, 1, 1) for amount in amounts]

        ((*_, total, _, count),) = merged(rows)

        assert (Fraction(total), count) == (sum(map(Fraction, amounts)), len(amounts))

    def test_a_row_that_stands_in_many_files_is_one_row_and_the_others_stay(self):
        def rolled(service, amount, first, last):
            key = (FEBRUARY, "acct-1", None, "Nimbus", "Nimbus Inc.", "Nimbus Inc.", service, "Usage", "USD")
            return (*key, None, "Web shop", first, last, Decimal(amount), 1, 1)

        early, late = FEBRUARY, FEBRUARY.replace(day=9)
        files = [
            [rolled("A", "1.5", late, late), rolled("B", "7", early, early)],
            [rolled("A", "-0.5", early, None), rolled("A", "2", None, late)],
            [rolled("A", "0.000000000001", late, late)],
        ]

        (found,) = merge(files)

        by_service = {row[6]: row[11:] for row in found}
        assert by_service == {
            "A": (early, late, Decimal("3.000000000001"), 4, 4),
            "B": (early, early, Decimal(7), 1, 1),
        }

    def test_merging_what_was_merged_changes_nothing(self, tmp_path):
        rows = [ROW | {"ServiceName": f"Service {n % 40}", "BilledCost": str(n)} for n in range(120)]
        batches = [i.data for i in items(given_as(tmp_path, table(*rows))) if isinstance(i, Raw)]

        once = merge(batches)

        assert merge(once) == once
        assert len(once[0]) == 40
        assert [row[-2:] for row in merge([*batches, *batches])[0]] == [(6, 6)] * 40

    @pytest.mark.parametrize("place", [0, 700, 1_399])
    def test_a_name_that_says_nothing_is_absent_wherever_it_stands_in_a_long_bill(self, tmp_path, place):
        """A roll-up is looked at in parts: what is odd in one of them must not be missed, nor spoil the others."""
        rows = [ROW | {"ServiceName": f"Service {n}"} for n in range(1_400)]
        rows[place] |= {"SubAccountId": " N/A ", "ServiceName": "Odd one"}

        signals, bad = ingest(given_as(tmp_path, table(*rows)))

        odd = [s for s in signals if s.facts.get("sub_account") is None]
        assert (len(signals), len(odd), bad) == (1_400, 1, [])

    @pytest.mark.parametrize("lacking", ["BillingAccountId", "BillingCurrency", "BillingPeriodStart", "BilledCost"])
    def test_a_row_without_what_it_needs_is_told_with_its_number_in_a_long_bill(self, tmp_path, lacking):
        rows = [ROW | {"ServiceName": f"Service {n}"} for n in range(1_400)]
        rows[999] |= {lacking: ""}

        signals, bad = ingest(given_as(tmp_path, table(*rows)))

        assert len(signals) == 1_399
        assert [(item.number, item.reason, item.count) for item in bad] == [(1_001, f"no {lacking}", 1)]


class TestParquet:
    def test_typed_columns_give_what_text_gives(self, tmp_path):
        assert told([one(parquet(tmp_path, [typed(ROW)]))]) == told([one(given_as(tmp_path, table(ROW)))])

    def test_moments_with_a_zone_are_taken_to_utc(self, tmp_path):
        zone = pa.timestamp("us", tz="America/New_York")
        row = typed(ROW) | {"BillingPeriodStart": datetime(2026, 2, 1, tzinfo=UTC)}
        names = {name: pa.string() for name in ROW}
        kinds = names | {"BilledCost": pa.float64()} | dict.fromkeys(TIMES, pa.timestamp("us"))
        path = parquet(tmp_path, [row], schema=pa.schema(list((kinds | {"BillingPeriodStart": zone}).items())))

        assert one(path).seen_at == FEBRUARY

    @pytest.mark.parametrize("kind", [pa.decimal128(38, 10), pa.decimal128(18, 2), pa.float32(), pa.int64()])
    def test_amounts_of_any_type_are_read(self, tmp_path, kind):
        table_ = pa.Table.from_pylist([typed(ROW)]).drop_columns(["BilledCost"])
        path = tmp_path / "bill.parquet"
        value = pa.array([Decimal("12.00") if pa.types.is_decimal(kind) else 12], type=kind)
        pq.write_table(table_.append_column("BilledCost", value), path)

        assert one(path).facts["amount_micros"] == 12_000_000

    def test_an_amount_that_is_null_or_no_number_is_told(self, tmp_path):
        rows = [typed(ROW), typed(ROW) | {"BilledCost": None}, typed(ROW) | {"BilledCost": float("nan")}]

        signals, bad = ingest(parquet(tmp_path, rows))

        assert [s.facts["amount_micros"] for s in signals] == [12_500_000]
        assert [(item.number, item.reason) for item in bad] == [(2, "no BilledCost"), (3, "no BilledCost")]

    def test_columns_are_found_whatever_their_spelling(self, tmp_path):
        row = {name.upper(): value for name, value in typed(ROW).items()}

        assert one(parquet(tmp_path, [row])).facts["amount_micros"] == 12_500_000

    def test_a_table_of_other_columns_is_refused_by_the_name_of_what_is_missing(self, tmp_path):
        with pytest.raises(WrongFormat, match="no column BilledCost, BillingPeriodStart"):
            items(parquet(tmp_path, [{"BillingAccountId": "a", "BillingCurrency": "USD"}]))

    def test_a_file_that_is_cut_off_is_refused(self, tmp_path):
        whole = parquet(tmp_path, [typed(ROW)] * 50).read_bytes()

        with pytest.raises(WrongFormat, match="breaks off"):
            items(given_as(tmp_path, whole[: len(whole) // 2], "cut.parquet"))


class TestPacking:
    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_packed_bills_are_read_whatever_their_name(self, tmp_path, pack, kind):
        plain = parquet(tmp_path, [typed(ROW)]) if kind == "parquet" else given_as(tmp_path, table(ROW))

        packed = given_as(tmp_path, pack(plain.read_bytes()), "packed")

        assert told([one(packed)]) == told([one(plain)])

    def test_a_packed_bill_that_breaks_off_is_not_half_a_bill(self, tmp_path):
        packed = gzip.compress(table(*[ROW] * 3_000).encode(), compresslevel=0)

        with pytest.raises(Interrupted):
            items(given_as(tmp_path, packed[: len(packed) // 2]))

    def test_standard_input_is_read_too(self):
        found = list(read(io.BytesIO(table(ROW).encode()), Context(source="focus")))

        assert [item.count for item in found] == [1]


class TestOthers:
    @pytest.mark.parametrize(
        "content",
        ["", "{}", '{"records": []}', "<html><body>Sign in</body></html>", "Date,Merchant,Amount\n2026-01-01,x,1\n"],
    )
    def test_other_files_are_refused(self, tmp_path, content):
        with pytest.raises(WrongFormat):
            items(given_as(tmp_path, content))

    def test_a_saved_refusal_is_a_refusal(self, tmp_path):
        refusal = json.dumps({"error": {"code": 403, "message": "denied", "status": "PERMISSION_DENIED"}})

        with pytest.raises(AccessDenied):
            items(given_as(tmp_path, refusal))

    def test_a_header_alone_holds_nothing(self, tmp_path):
        assert ingest(given_as(tmp_path, table())) == ([], [])

    def test_the_format_is_registered_as_a_snapshot_of_bills(self):
        (found,) = FORMATS

        assert REGISTRY["focus"] is found
        assert (BILLS.mode, BILLS.closes, found.merge) == (Mode.SNAPSHOT, "bill", merge)


GOLDEN = {
    "spark": """SELECT BillingPeriodStart AS period_start, BillingAccountId AS account, SubAccountId AS sub_account, \
ProviderName AS provider, PublisherName AS publisher, InvoiceIssuerName AS issuer, ServiceName AS service, \
ChargeCategory AS category, BillingCurrency AS currency, MAX(BillingPeriodEnd) AS period_end, \
MAX(SubAccountName) AS sub_account_name, MIN(ChargePeriodStart) AS first_charge, MAX(ChargePeriodEnd) AS last_charge, \
SUM(CAST(BilledCost AS DECIMAL(38, 12))) AS amount, COUNT(BilledCost) AS amounts, COUNT(*) AS charges FROM focus \
GROUP BY BillingPeriodStart, BillingAccountId, SubAccountId, ProviderName, PublisherName, InvoiceIssuerName, \
ServiceName, ChargeCategory, BillingCurrency""",
}
GOLDEN["bigquery"] = GOLDEN["spark"].replace("DECIMAL(38, 12)", "BIGNUMERIC")


class TestElsewhere:
    @pytest.mark.parametrize("dialect", sorted(GOLDEN))
    def test_the_roll_up_runs_where_a_bill_lies(self, dialect):
        (text,) = sqlglot.transpile(ROLLUP, read="duckdb", write=dialect)

        assert text == GOLDEN[dialect]

    def test_the_text_names_each_column_that_it_needs(self):
        named = {column.name for column in sqlglot.parse_one(ROLLUP, read="duckdb").find_all(sqlglot.exp.Column)}

        assert named == set(COLUMNS)


needs_data = pytest.mark.skipif(not THIRD_PARTY.is_dir(), reason="the third-party records are not there")


@needs_data
class TestThirdParty:
    def files(self, pattern):
        return sorted((THIRD_PARTY / "billing").glob(pattern))

    def test_real_bills_are_read_without_a_bad_row(self):
        expected = json.loads((THIRD_PARTY / "expected.json").read_text())

        for path in self.files("focus*.csv"):
            found = items(path)
            assert not [item for item in found if isinstance(item, Bad)], path.name
            assert sum(item.count for item in found) == expected[f"billing/{path.name}"]["records"]

    def test_real_bills_agree_with_what_was_counted_independently(self):
        expected = json.loads((THIRD_PARTY / "expected.json").read_text())
        (path,) = self.files("focus10*.csv")
        wanted = {
            (a["provider"], a["publisher"], a["service"]): (a["rows"], a["cost"])
            for a in expected[f"billing/{path.name}"]["apps"]
        }

        found = {}
        for batch in merge([item.data for item in items(path)]):
            for row in batch:
                rows, cost = found.get((row[3], row[4], row[6]), (0, Decimal(0)))
                found[row[3], row[4], row[6]] = (rows + row[15], cost + row[13])

        assert {key: (rows, pytest.approx(float(cost), abs=1e-6)) for key, (rows, cost) in found.items()} == wanted

    @pytest.mark.parametrize(
        ("name", "total"),
        [
            ("simple_saas_agreements_a1", 10_000_000_000),
            ("simple_saas_agreements_c", 35_800_000_000),
            ("saas_spend_agreements_b2", 1_200_000_000),
            ("virtual_currency_pricing_model_c", 53_000_000_000),
            ("virtual_currency_pricing_model_b2", 0),
        ],
    )
    def test_the_specification_s_examples_add_up(self, name, total):
        (path,) = self.files(f"focus_spec_{name}.csv")

        signals, _ = ingest(path)

        assert sum(s.facts["amount_micros"] for s in signals) == total
        assert all(s.seen_at.day == 1 for s in signals)

    def test_other_bills_are_refused(self):
        for path in set(self.files("*.csv")) - set(self.files("focus*")):
            with pytest.raises(WrongFormat):
                items(path)
