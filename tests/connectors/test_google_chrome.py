"""Google Chrome: services that managed browsers went to, as files."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats import Context
from connectors.google_chrome import CHROME_SAAS, saas_usage
from connectors.registry import FORMATS
from model.errors import Malformed, WrongFormat
from model.signal import SignalKind
from model.stream import Mode
from tests.connectors.fakes.google import report
from tests.connectors.reading import lines, read

PLAIN = st.none() | st.booleans() | st.integers() | st.text()
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))

READ = datetime(2026, 3, 10, 8, tzinfo=UTC)
CONTEXT = Context(source="google", read_at=READ, now=READ)


def one(**changed):
    (found,) = saas_usage(json.dumps(report(1, "Canva") | changed).encode(), CONTEXT)
    return found


def test_a_service_that_was_visited_is_seen_at_its_last_visit():
    found = one()

    assert (found.stream, found.kind, dict(found.facts)) == (
        "chrome_saas",
        SignalKind.AUDIT_EVENT,
        {"action": "visited_in_chrome"},
    )
    assert found.app.named() == {"domain": "canva.example", "label": "Canva", "vendor": "Canva Inc."}
    assert found.seen_at == datetime(2026, 2, 27, 8, 9, 10, tzinfo=UTC)
    assert found.actor is None


def test_without_a_time_it_was_seen_when_the_file_was_saved():
    assert one(lastNavigationTime=None).seen_at == READ


def test_a_visit_is_neither_an_account_nor_an_installation():
    assert CHROME_SAAS.kinds == (SignalKind.AUDIT_EVENT,)
    assert CHROME_SAAS.mode is Mode.SNAPSHOT


def test_two_units_and_two_services_are_told_apart_and_counts_change_nothing():
    assert len({one().native_id, one(orgUnitId="other").native_id, one(primaryDomain="other.example").native_id}) == 3
    assert one(visitsCount="99").native_id == one().native_id


@pytest.mark.parametrize("changed", [{"app": None, "primaryDomain": None}, {"app": " ", "primaryDomain": ""}])
def test_a_report_that_names_nothing_is_malformed(changed):
    with pytest.raises(Malformed, match="names no service"):
        one(**changed)


def test_a_domain_alone_is_enough():
    assert one(app=None).app.named() == {"domain": "canva.example", "vendor": "Canva Inc."}


@pytest.mark.parametrize(
    "data",
    [
        {"saasReports": [report(1, "Canva"), report(2, "Notion")], "totalSize": "2"},
        [report(1, "Canva"), report(2, "Notion")],
        lines(report(1, "Canva"), report(2, "Notion")),
    ],
    ids=["a page", "a list", "lines"],
)
def test_pages_lists_and_lines_are_read_alike(data):
    assert [s.app.label for s in read("google-chrome-saas", data).signals] == ["Canva", "Notion"]


def test_a_page_that_names_another_is_told():
    found = read("google-chrome-saas", {"saasReports": [report(1, "Canva")], "nextPageToken": "S:1"})

    assert found.pages == [True]


def test_another_listing_is_refused():
    with pytest.raises(WrongFormat):
        read("google-chrome-saas", [{"id": "1", "primaryEmail": "ana@acme.example"}])


def test_the_format_is_known():
    assert FORMATS["google-chrome-saas"].streams == (CHROME_SAAS,)


@given(ANYTHING)
def test_whatever_stands_in_a_field_is_read_or_malformed(value):
    for name in report(1, "Canva"):
        try:
            list(saas_usage(json.dumps(report(1, "Canva") | {name: value}).encode(), CONTEXT))
        except Malformed:
            continue
