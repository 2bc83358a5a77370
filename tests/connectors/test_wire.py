from datetime import UTC, datetime

import msgspec
import pytest

from connectors.wire import decode, stamp, stamped
from model.errors import Malformed


class Thing(msgspec.Struct):
    id: str
    count: int | None = None


def test_a_record_is_decoded_into_its_struct():
    assert decode(b'{"id": "a", "more": 1}', Thing, "a thing") == Thing("a")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"{}", "not a thing: Object missing required field `id`"),
        (b'{"id": "a", "count": "secret"}', "not a thing: Expected `int | null`, got `str` - at `$.count`"),
        (b'"secret"', "not a thing: Expected `object`, got `str`"),
        (b'{"id": "secret', "not a thing: it can not be decoded"),
        (b'{"id": "\xff"}', "not a thing: it can not be decoded"),
        (b'{"more": ' + b"[" * 99_999, "not a thing: it can not be decoded"),
    ],
)
def test_what_is_not_one_says_which_field_and_never_the_value(raw, says):
    with pytest.raises(Malformed) as told:
        decode(raw, Thing, "a thing")

    assert str(told.value) == says
    assert told.value.__cause__ is None


def test_a_time_is_written_in_utc():
    moment = datetime(2026, 3, 2, 6, 24, 42, 442999, tzinfo=UTC)

    assert stamp(moment) == "2026-03-02T06:24:42Z"
    assert stamp(moment, "milliseconds") == "2026-03-02T06:24:42.442Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02T07:24:42+01:00", "2026-03-02T06:24:42Z"),
        ("1970-01-01T00:00:00.000Z", None),
        ("redacted", None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_a_time_that_a_fact_can_not_carry_is_absent(value, expected):
    assert stamped(value) == expected
