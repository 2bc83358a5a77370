"""People as CSV: who is where, of which kind, and since and until when."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.formats import Bad, Context, Raw
from connectors.people_csv import FORMAT
from model.errors import ConfigError, Malformed, OstiaryError, WrongFormat
from model.signal import SignalKind
from model.stream import Mode

SAVED = datetime(2026, 3, 1, 9, tzinfo=UTC)


def context(notes=None, zone="UTC", **profile):
    note = (notes if notes is not None else []).append
    return Context(source="people", read_at=SAVED, zone=ZoneInfo(zone), profile=profile, note=note)


def people(content, **settings):
    where = context(**settings)
    content = content if isinstance(content, bytes) else content.encode()
    rows = list(FORMAT.read(io.BytesIO(content), where))
    return [signal for row in rows if isinstance(row, Raw) for signal in FORMAT.translate(row.data, where)]


def person(content, **settings):
    (found,) = people(content, **settings)
    return found


def test_the_format_declares_a_snapshot_of_people():
    assert (FORMAT.name, FORMAT.system) == ("people-csv", "people")
    assert [(s.name, s.kinds, s.mode) for s in FORMAT.streams] == [("people", (SignalKind.PERSON,), Mode.SNAPSHOT)]


def test_a_full_row_becomes_a_person():
    found = person(
        "Employee ID,E-Mail,Full Name,Department,Division,Cost Centre,Team,Job Title,Status,"
        "Type,Aliases,Start Date,End Date\n"
        'E7,Ann.Doe@Example.com,Ann Doe,Marketing,EMEA,CC12,Brand,Manager,Active,Contractor,"a@x.io; SMTP:Ann@x.io",'
        "2024-01-15,2026-06-30\n"
    )

    assert (found.stream, found.kind, found.native_id, found.seen_at) == ("people", SignalKind.PERSON, "E7", SAVED)
    assert found.actor.native_id == "E7"
    assert (found.actor.address, found.actor.name, found.actor.kind) == ("ann.doe@example.com", "Ann Doe", "person")
    assert found.actor.aliases == ("a@x.io", "ann@x.io")
    assert found.facts == {
        "department": "Marketing",
        "division": "EMEA",
        "cost_center": "CC12",
        "unit": "Brand",
        "title": "Manager",
        "status": "active",
        "person_type": "contractor",
        "created_at": "2024-01-15T00:00:00Z",
        "left_at": "2026-07-01T00:00:00Z",
    }


def test_an_address_alone_is_a_person_and_nothing_else_is_known():
    found = person("email\nAnn@Example.com\n")

    assert found.native_id == found.actor.native_id == "ann@example.com"
    assert found.actor.name is None
    assert found.actor.aliases == ()
    assert found.facts == {}


def test_the_last_day_is_over_at_the_midnight_of_the_company_that_follows_it():
    facts = person("email;start;end\na@x.io;31.01.2026;28.02.2026\n", zone="Europe/Berlin").facts

    assert facts == {"created_at": "2026-01-30T23:00:00Z", "left_at": "2026-02-28T23:00:00Z"}


def test_first_and_last_name_make_a_name():
    assert person("Vorname;Nachname;E-Mail\nAnn;Doe;a@x.io\n").actor.name == "Ann Doe"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Active", "active"),
        ("TRUE", "active"),
        ("Terminated", "left"),
        ("deprovisioned", "left"),
        ("On-Leave", "suspended"),
        ("suspended", "suspended"),
        ("gardening", "gardening"),
        ("", None),
        ("n/a", None),
    ],
)
def test_a_status_is_our_word_or_the_sources_own(word, status):
    assert person(f"email,status,x\na@x.io,{word},y\n").facts.get("status") == status


@pytest.mark.parametrize(
    ("word", "person_type", "kind"),
    [
        ("Full-time", "employee", "person"),
        ("Freelancer", "contractor", "person"),
        ("Agency", "agency", "agency"),
        ("Service account", "service", "service"),
        ("bot", "service", "service"),
        ("volunteer", "volunteer", "person"),
        ("", None, "person"),
    ],
)
def test_the_type_tells_people_agencies_and_services_apart(word, person_type, kind):
    found = person(f"email,type,x\na@x.io,{word},y\n")

    assert (found.facts.get("person_type"), found.actor.kind) == (person_type, kind)


def test_aliases_leave_out_the_address_itself_and_repeats():
    assert person('email,aliases\na@x.io,"A@x.io, b@x.io; B@X.io nonsense"\n').actor.aliases == ("b@x.io",)


@pytest.mark.parametrize("row", ["E1,,", "E1,not an address,", "E1,a@x.io,soon"])
def test_a_person_without_address_or_with_a_wrong_date_is_malformed(row):
    with pytest.raises(Malformed) as caught:
        people(f"id,email,end\n{row}\n")

    assert "soon" not in str(caught.value)
    assert "not an" not in str(caught.value)


def test_a_table_without_addresses_is_of_another_format():
    with pytest.raises(WrongFormat, match="email"):
        people("name,department\nAnn,Marketing\n")


def test_the_order_of_days_is_settled_by_the_whole_column():
    rows = "email,start\na@x.io,03/01/2026\nb@x.io,01/31/2026\n"

    assert [signal.facts["created_at"][:10] for signal in people(rows)] == ["2026-03-01", "2026-01-31"]
    assert people("email,start\na@x.io,03/01/2026\n", date_order="mdy")[0].facts["created_at"][:10] == "2026-03-01"


def test_an_open_order_is_noted():
    notes = []

    assert people("email,start\na@x.io,03/01/2026\n", notes=notes)[0].facts["created_at"][:10] == "2026-01-03"
    assert any("date_order" in note for note in notes)


def test_an_order_that_is_none_is_a_configuration_error():
    with pytest.raises(ConfigError, match="date_order"):
        people("email\na@x.io\n", date_order="dym")


def test_a_row_of_the_wrong_width_does_not_stop_the_others():
    rows = list(FORMAT.read(io.BytesIO(b"id,email\n1\n2,b@x.io\n"), context()))

    assert [type(row) for row in rows] == [Bad, Raw]


@given(st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.io", fullmatch=True), min_size=1, unique=True))
def test_reading_twice_gives_equal_people_with_keys_of_their_own(addresses):
    content = "email\n" + "\n".join(addresses)

    once, twice = people(content), people(content.upper().replace("EMAIL", "email"))

    assert once == twice
    assert len({signal.native_id for signal in once}) == len(addresses)


@given(st.binary(max_size=300))
def test_hostile_bytes_raise_nothing_but_our_errors(content):
    for whole in (content, b"email,id,start,aliases\n" + content):
        try:
            found = people(whole)
        except OstiaryError:
            continue
        assert all(signal.actor.address for signal in found)
