"""The company's own list of tools: what was decided, by whom, until when."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.approved_tools_csv import FORMAT, host_of
from connectors.formats import Context, Raw
from model.errors import Malformed, OstiaryError, WrongFormat
from model.signal import SignalKind
from model.stream import Mode

SAVED = datetime(2026, 3, 1, 9, tzinfo=UTC)
TOOLS = {"approved", "approved_with_conditions", "rejected", "retired", "in_review"}


def decisions(content, zone="UTC", **profile):
    where = Context(source="approved", read_at=SAVED, zone=ZoneInfo(zone), profile=profile)
    content = content if isinstance(content, bytes) else content.encode()
    rows = list(FORMAT.read(io.BytesIO(content), where))
    return [signal for row in rows if isinstance(row, Raw) for signal in FORMAT.translate(row.data, where)]


def decision(content, **settings):
    (found,) = decisions(content, **settings)
    return found


def test_the_format_declares_events_of_declarations():
    assert (FORMAT.name, FORMAT.system) == ("approved-tools-csv", "approved")
    assert [(s.name, s.kinds, s.mode) for s in FORMAT.streams] == [
        ("decisions", (SignalKind.DECLARATION,), Mode.EVENTS)
    ]


def test_a_full_row_becomes_a_decision():
    found = decision(
        "Tool,Vendor,URL,Decision,Owner,Decided on,Review by,Conditions,Notes,Category\n"
        "Figma,Figma Inc,https://www.figma.com/pricing,Conditionally approved,"
        "Ann <Ann@Example.com>,14/02/2026,14/02/2027,"
        "SSO only,Brand asked,design\n",
        zone="Europe/Berlin",
    )

    assert (found.stream, found.kind) == ("decisions", SignalKind.DECLARATION)
    assert found.seen_at == datetime(2026, 2, 13, 23, tzinfo=UTC)
    assert found.app.named() == {"domain": "figma.com", "label": "Figma", "vendor": "Figma Inc"}
    assert (found.actor.native_id, found.actor.address) == ("ann@example.com", "ann@example.com")
    assert found.facts == {
        "status": "approved_with_conditions",
        "decided_on": "2026-02-14",
        "review_by": "2027-02-14",
        "conditions": "SSO only",
        "reason": "Brand asked",
        "category": "design",
    }


def test_tool_and_status_alone_are_a_decision_of_the_day_the_file_was_saved():
    found = decision("name,status\nFigma,approved\n")

    assert found.seen_at == SAVED
    assert found.app.named() == {"label": "Figma"}
    assert found.actor is None
    assert found.facts == {"status": "approved"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Approved", "approved"),
        ("sanctioned", "approved"),
        ("YES", "approved"),
        ("approved_with_conditions", "approved_with_conditions"),
        ("Approved with restrictions", "approved_with_conditions"),
        ("Rejected", "rejected"),
        ("not approved", "rejected"),
        ("Banned", "rejected"),
        ("Retired", "retired"),
        ("phased-out", "retired"),
        ("in_review", "in_review"),
        ("Pending", "in_review"),
        ("Freigegeben", "approved"),
        ("abgelehnt", "rejected"),
    ],
)
def test_the_words_of_companies_are_ours(word, status):
    assert decision(f"tool,status\nFigma,{word}\n").facts["status"] == status


@pytest.mark.parametrize(
    "row", ["Figma,maybe,", "Figma,,", ",approved,", "Figma,approved,someday", "Figma,approval pending hunter2,"]
)
def test_an_unknown_word_is_malformed_and_not_quoted(row):
    with pytest.raises(Malformed) as caught:
        decisions(f"tool,status,review by\n{row}\n")

    assert not any(word in str(caught.value) for word in ("maybe", "someday", "hunter2"))


def test_a_list_without_decisions_is_of_another_format():
    with pytest.raises(WrongFormat, match="status"):
        decisions("tool,vendor\nFigma,Figma Inc\n")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("figma.com", "figma.com"),
        ("HTTPS://WWW.Figma.com/x?y#z", "figma.com"),
        ("https://u:p@app.figma.com:8443/", "app.figma.com"),
        ("*.figma.com", "figma.com"),
        ("figma.com; figma.net", "figma.com"),
        ("figma.com.", "figma.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("Figma", None),
        ("n/a", None),
        ("", None),
        ("http://", None),
        ("http://[", None),
        ("localhost:80", None),
        ("a b", None),
    ],
)
def test_a_host_is_taken_from_what_stands_there(text, host):
    assert host_of(text) == host


def test_an_owner_without_address_is_known_by_name():
    owner = decision("tool,status,owner\nFigma,ok,Ann  Doe\n").actor

    assert (owner.native_id, owner.name, owner.address) == ("name:ann doe", "Ann  Doe", None)


def test_a_new_decision_is_a_new_record_and_the_same_one_is_not():
    row = "tool,status,decided on,owner\n{},{},{},x\n"
    first = decision(row.format("Figma", "approved", "2026-02-14")).native_id

    assert decision(row.format("FIGMA", "Approved", "2026-02-14")).native_id == first
    assert decision(row.format("Figma", "rejected", "2026-02-14")).native_id != first
    assert decision(row.format("Figma", "approved", "2026-02-15")).native_id != first


@given(st.lists(st.from_regex(r"[a-z]{3,12}", fullmatch=True), unique=True), st.sampled_from(sorted(TOOLS)))
def test_reading_twice_gives_equal_decisions(tools, status):
    content = "tool,status\n" + "".join(f"{tool} app,{status}\n" for tool in tools)

    once = decisions(content)

    assert once == decisions(content)
    assert len({signal.native_id for signal in once}) == len(tools)


@given(st.binary(max_size=300))
def test_hostile_bytes_raise_nothing_but_our_errors(content):
    for whole in (
        content,
        b"tool,status,url,decided on\n" + content,
        b"tool,status,url\nx,ok," + content.replace(b"\n", b"") + b"\n",
    ):
        try:
            found = decisions(whole)
        except OstiaryError:
            continue
        assert {signal.facts["status"] for signal in found} <= TOOLS
