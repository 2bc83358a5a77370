"""What the report of a file says of a refusal, and of a reading that broke down."""

from dataclasses import replace

import pytest

from connectors.registry import FORMATS
from model.errors import AccessDenied, Interrupted, WrongFormat
from model.stream import Coverage, Status
from scanner.telling import Report, crashed, telling

OKTA = FORMATS["okta-system-log"]


def told(error, form=OKTA):
    report = Report("f", {stream.name: Coverage(stream=stream.name) for stream in form.streams})
    with telling(form, report):
        raise error
    return report.coverage


def test_a_refusal_names_the_permission_of_each_stream_beside_the_vendors_code():
    found = told(AccessDenied("Okta E0000006", "grant it"))

    assert {c.status for c in found.values()} == {Status.REFUSED}
    for stream in OKTA.streams:
        assert found[stream.name].reason == f"{', '.join(stream.permissions)} (Okta E0000006)"
        assert found[stream.name].remedy == "grant it"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AccessDenied("Okta E0000011", "renew it", lacking=False), "Okta E0000011"),
        (AccessDenied("okta.logs.read", "grant it"), "okta.logs.read"),
    ],
)
def test_a_permission_is_not_named_where_none_lacks_or_the_vendor_names_it(error, reason):
    assert {c.reason for c in told(error).values()} == {reason}


def test_a_stream_that_declares_no_permission_has_the_vendors_word_alone():
    form = replace(OKTA, streams=tuple(replace(stream, permissions=()) for stream in OKTA.streams))

    assert {c.reason for c in told(AccessDenied("denied", "x"), form).values()} == {"denied"}


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (WrongFormat("no JSON"), Status.FAILED, "not okta-system-log: no JSON"),
        (Interrupted("cut"), Status.PARTIAL, "cut"),
    ],
)
def test_what_else_keeps_a_file_from_its_end_names_the_file(error, status, says):
    for coverage in told(error).values():
        assert (coverage.status, coverage.reason.partition(": ")[2]) == (status, says)


def test_what_breaks_a_reading_down_is_named_without_what_it_says():
    (coverage,) = crashed("okta-users", "f", ValueError("a secret of the record")).coverage.values()

    assert coverage.status is Status.FAILED
    assert "ValueError" in coverage.reason
    assert "secret" not in coverage.reason
