"""Both lanes say the same of an Okta System Log: the bulk lane refuses a file, or finds what the translator finds."""

import dataclasses
import gzip
import itertools
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.inputs import find_inputs
from connectors.registry import FORMATS
from scanner.reading import Landed, Names, Records, Task, drive, read_file
from storage.landing import Landing
from tests.storage.filling import at
from tests.storage.landed import read

FRESH = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
NAME = "okta-system-log"
_FILES = itertools.count(1)


@pytest.fixture(scope="module")
def landings():
    pair = Landing(), Landing()
    yield pair
    for one in pair:
        one.close()


class Company:
    """Gives numbers as the store does, and keeps what a reading finds under names instead of numbers."""

    def __init__(self):
        self.apps, self.actors, self.events, self.records = [], [], [], []

    def answer(self, message):
        if isinstance(message, Names):
            self.apps += message.apps
            self.actors += message.actors
            first = len(self.apps) - len(message.apps) + 1, len(self.actors) - len(message.actors) + 1
            return list(range(first[0], len(self.apps) + 1)), list(range(first[1], len(self.actors) + 1))
        if isinstance(message, Records):
            self.records += message.signals
        if isinstance(message, Landed):
            self.events += [(part.stream, part.month, row) for part in message.parts for row in read(part.path)]
        return None

    def told(self):
        events = [
            (stream, month, i, seen, self.apps[app - 1], self.actors[who - 1] if who else None, *rest)
            for stream, month, (i, seen, app, who, *rest) in self.events
        ]
        return sorted(events, key=repr), sorted(self.records, key=repr)


def read_by(lane, path, landing):
    """Read a file by a lane, "bulk" or "translator"; the report says which one it was in the end."""
    (found,) = find_inputs([str(path)])
    task = Task(number=1, format=NAME, input=found, source="okta:acme", now=at(2026, 6, 1), zone="UTC", currency=None)
    company, known = Company(), FORMATS[NAME]
    if lane == "translator":
        FORMATS[NAME] = dataclasses.replace(known, bulk=None)
    try:
        landing._con.execute("DELETE FROM app_name; DELETE FROM actor_name")
        report = drive(read_file(task, landing, lambda _: None), company.answer)
    finally:
        FORMATS[NAME] = known
    return report, company.told()


def compare(path, landings, *, strict=True):
    """Read a file in both lanes; return the lane that took it.

    Not `strict`: what is wrong in a part of an event that nobody needs is counted by the translator alone.
    """
    bulk, found = read_by("bulk", path, landings[0])
    plain, expected = read_by("translator", path, landings[1])
    assert plain.lane == "translator"
    assert found == expected
    if strict:
        assert (bulk.coverage, bulk.bad) == (plain.coverage, plain.bad)
    return bulk.lane


def party(kind="AppInstance", native="0oa1", **more):
    return {"id": native, "type": kind, "alternateId": "Quillfox", "displayName": "Quillfox"} | more


def event(native=None, kind="user.authentication.sso", *, target=None, **more):
    found = {
        "uuid": native or str(uuid.UUID(int=next(_FILES))),
        "published": "2026-03-02T06:24:42.123Z",
        "eventType": kind,
        "actor": {"id": "00u1", "type": "User", "alternateId": "ana@acme.example", "displayName": "Ana"},
        "outcome": {"result": "SUCCESS"},
        "target": [party(detailEntry={"signOnModeType": "SAML_2_0"})] if target is None else target,
        "authenticationContext": {"credentialType": "OTP"},
    }
    return found | more


def saved(folder, events, suffix=".jsonl"):
    path = folder / f"log{next(_FILES)}{suffix}"
    lines = b"".join((e if isinstance(e, bytes) else json.dumps(e).encode()) + b"\n" for e in events)
    path.write_bytes(gzip.compress(lines) if suffix == ".gz" else lines)
    return path


words = st.sampled_from(
    ["", " ", "null", "None", "n/a", "unknown app", "Unknown App ", "Quillfox", " Quillfox", "true"]
)
odd_text = words | st.text(max_size=4, alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0{[1\t"))
odd = odd_text | st.none() | st.integers(-5, 10**20) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
nested = odd | st.lists(odd, max_size=2) | st.dictionaries(st.sampled_from(["result", "a"]), odd, max_size=2)
times = st.sampled_from(
    [
        "2026-03-02T06:24:42.123Z",
        "2026-03-02T06:24:42Z",
        "2026-02-30T06:24:42Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T06:24:60Z",
        "2026-03-02T06:24:42.1234567Z",
        "2026-03-02T06:24:42.999999Z",
        "1989-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "2099-12-31T23:59:59Z",
        "2026-03-02T06:24:42+02:00",
        "2026/03/02T06:24:42Z",
        "2026-3-02T06:24:42.00Z",
        "2026-03-02T6:24:42.000Z",
        "2026-12-31T23:59:59.9999Z",
        "2024-02-29T00:00:00.000Z",
        "1772432682",
        "1772432682123",
        "2026-03-02T06:24:42,5Z",
        "2026-03-02T06:24:42.Z",
        "2026-03-02T06:24:42z",
        "2026-03-02T06:24:4211Z",
        "2026-03-02T+6:24:42.0Z",
    ]
) | st.sampled_from(
    ["2026-03-02T06:24:42 Z", "2026-03-02T06:24:42.1 Z", " 2026-03-02T06:24:42Z", "2026-03-02 06:24:42.12Z"]
)
IDS = ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "6F9619FF-8B86-D011-B42D-00C04FC964FF", "7"]
IDS += [
    "6f9619ff8b86-d011-b42d-00c0-4fc964ff",
    "6f9619ff-8b86-d011-b42d-00c04fc964f",
    "{6f9619ff8b86d011b42d00c04fc964ff}",
]
IDS += [
    "------------6f9619ff8b86d011b42d00c04fc964ff"[8:],
    " 6f9619ff-8b86-d011-b42d-00c04fc964f",
    "evt-0123456789-0123456789-0123456789",
]
kinds = st.sampled_from(
    [
        "user.authentication.sso",
        "app.oauth2.signon",
        "application.user_membership.add",
        "app.oauth2.as.consent.grant",
        "app.oauth2.consent.revoke",
        "user.session.start",
        "application.lifecycle.create",
        "USER.authentication.sso",
        "null",
        "n/a",
    ]
) | st.sampled_from(
    ["user.authentication.sso\t", "user.authentication.sso ", "user.authentication.sso ", "unknown app"]
)


def mostly(usual, strange):
    """Draw the usual far more often: files that are odd in one place only are the ones that may slip through."""
    return st.integers(0, 11).flatmap(lambda n: strange if n == 0 else usual)


def left_out(strange):
    return st.one_of(strange, st.just(...))


def parties(kinds, strange=nested):
    values = st.fixed_dictionaries(
        {
            "id": mostly(st.sampled_from(["0oa1", "0oa2"]), left_out(strange)),
            "type": mostly(kinds, left_out(strange)),
            "alternateId": mostly(st.sampled_from(["ana@acme.example", "x"]), left_out(strange)),
            "displayName": mostly(st.sampled_from(["Quillfox", "Änne \u202e🦊"]), left_out(strange)),
            "detailEntry": mostly(st.just({"signOnModeType": "OPENID_CONNECT"}), left_out(nested)),
        }
    )
    return values.map(lambda v: {name: value for name, value in v.items() if value is not ...})


lines = st.fixed_dictionaries(
    {
        "uuid": mostly(st.sampled_from(IDS[:2]) | st.uuids().map(str), left_out(st.sampled_from(IDS) | odd)),
        "published": mostly(st.just("2026-03-02T06:24:42.123Z"), left_out(times | nested)),
        "eventType": mostly(st.just("user.authentication.sso"), left_out(kinds | odd)),
        "eventtype": mostly(st.just(...), kinds),
        "actor": mostly(parties(st.sampled_from(["User", "SystemPrincipal"])), left_out(nested)),
        "outcome": mostly(st.just({"result": "SUCCESS"}), left_out(nested)),
        "target": mostly(
            st.lists(parties(st.sampled_from(["AppInstance", "User"]), odd_text | st.none()), max_size=3), left_out(odd)
        ),
        "authenticationContext": mostly(
            st.just({"credentialType": "SMS"}), left_out(nested | st.just({"credentialType": ["OTP"]}))
        ),
        "more": mostly(st.just(...), nested),
    }
).map(lambda v: {name: value for name, value in v.items() if value is not ...})


@FRESH
@given(found=st.lists(lines, min_size=1, max_size=4))
def test_hostile_events_are_read_alike_or_refused(tmp_path, landings, found):
    compare(saved(tmp_path, [*found, *found[:1]]), landings, strict=False)


@pytest.mark.slow
@settings(FRESH, max_examples=600)
@given(found=st.lists(lines, min_size=1, max_size=4))
def test_many_hostile_events_are_read_alike_or_refused(tmp_path, landings, found):
    compare(saved(tmp_path, found), landings, strict=False)


@FRESH
@given(published=times, native=st.sampled_from(IDS), kind=kinds)
def test_odd_times_ids_and_kinds_are_read_alike_or_refused(tmp_path, landings, published, native, kind):
    compare(saved(tmp_path, [event(native, kind, published=published)]), landings, strict=False)


FINE = [
    event(),
    event("6F9619FF-8B86-D011-B42D-00C04FC964FF"),
    event(outcome={"result": "FAILURE", "reason": "x"}, authenticationContext=None),
    event(actor=None, target=[party("AppUser"), party(native=None, detailEntry=None), party(native="0oa2")]),
    event(kind="app.oauth2.signon", actor={"id": "0oa9", "type": "PublicClientApp", "displayName": "Änne \u202e🦊"}),
    event(
        kind="application.user_membership.add", target=[party(), party("User", "00u2", alternateId="b@acme.example")]
    ),
    event(kind="user.session.start", target=[]),
    event(target=[party(alternateId="null", displayName="Unknown App", native=" ")]),
    event(published="2024-02-29T23:59:59.999Z"),
]


@pytest.mark.parametrize("one", FINE, ids=range(len(FINE)))
def test_a_well_formed_event_is_taken_by_the_bulk_lane(tmp_path, landings, one):
    path = saved(tmp_path, [one])

    assert compare(path, landings) == "bulk"


def test_repeated_events_land_in_both_lanes_as_they_stand(tmp_path, landings):
    one, other = event(IDS[0]), event(IDS[0], published="2026-03-03T00:00:00.000Z")

    assert compare(saved(tmp_path, [one, one, other]), landings) == "bulk"


def test_both_lanes_name_equal_files_equally(tmp_path, landings):
    path = saved(tmp_path, FINE)
    names = []
    for lane, landing in zip(("bulk", "translator"), landings, strict=True):
        found = []

        def answer(message, company=None, found=found):
            if isinstance(message, Landed):
                found += [(p.stream, p.month, p.name, p.rows) for p in message.parts]
            ids = getattr(message, "apps", ()), getattr(message, "actors", ())
            return [hash(a.key()) % 1000 for a in ids[0]], [hash(a.native_id) % 1000 for a in ids[1]]

        landing._con.execute("DELETE FROM app_name; DELETE FROM actor_name")
        known = FORMATS[NAME]
        FORMATS[NAME] = known if lane == "bulk" else dataclasses.replace(known, bulk=None)
        (given_file,) = find_inputs([str(path)])
        task = Task(number=1, format=NAME, input=given_file, source="o", now=at(2026, 6, 1), zone="UTC", currency=None)
        try:
            report = drive(read_file(task, landing, lambda _: None), answer)
        finally:
            FORMATS[NAME] = known
        assert report.lane == lane
        names.append(found)

    assert names[0] == names[1]
    assert sum(rows for *_, rows in names[0]) == 6


def test_a_name_in_lower_case_beside_others_is_read_alike_or_refused(tmp_path, landings):
    one = event(authenticationContext=None, authenticationcontext={"credentialType": "OTP"})

    compare(saved(tmp_path, [one]), landings)


@pytest.mark.parametrize("other", [None, party("User", 7), party(5), party("User", alternateId=True)])
def test_what_is_no_party_beside_the_app_is_read_alike_or_refused(tmp_path, landings, other):
    one = event(target=[party(), other])

    compare(saved(tmp_path, [one, event()]), landings)


def test_midnight_as_the_end_of_a_day_is_read_alike_or_refused(tmp_path, landings):
    compare(saved(tmp_path, [event(published="2026-03-02T24:00:00Z"), event()]), landings)


BROKEN = {
    "cut": lambda packed: packed[: len(packed) * 2 // 3],
    "without its end": lambda packed: packed[:-6],
    "corrupt": lambda packed: packed[:40] + bytes(b ^ 0xFF for b in packed[40:60]) + packed[60:],
    "wrong checksum": lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:],
    "no gzip at all": lambda _: b"PK\3\4 something else",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_archive_is_refused_by_the_bulk_lane(tmp_path, landings, how):
    path = saved(tmp_path, [event() for _ in range(200)], ".gz")
    path.write_bytes(BROKEN[how](path.read_bytes()))

    assert compare(path, landings) == "translator"


def test_an_archive_of_several_members_is_read_to_its_end(tmp_path, landings):
    first, second = (saved(tmp_path, [event(), event()], ".gz") for _ in range(2))
    first.write_bytes(first.read_bytes() + second.read_bytes())

    report, (events, _) = read_by("bulk", first, landings[0])

    assert report.lane == "bulk"
    assert len(events) == 4
    assert compare(first, landings) == "bulk"


@pytest.mark.parametrize(
    "line", [b"{", b'{"uuid": "x"', b"[1, 2]", b"7", b'"text"', b"null", b"\xff", b'{"uuid": "\xff"}', b"{}"]
)
def test_a_line_that_is_no_event_is_the_translators(tmp_path, landings, line):
    assert compare(saved(tmp_path, [event(), line, event()]), landings) == "translator"


@pytest.mark.parametrize(
    "line",
    [
        b'{"uuid":"7","uuid":"6f9619ff-8b86-d011-b42d-00c04fc964ff",' + json.dumps(event()).encode()[46:],
        json.dumps(event()).encode() + b"\r",
        b"  " + json.dumps(event()).encode(),
        json.dumps(event()).encode() + b"\n\n",
        b"\xef\xbb\xbf" + json.dumps(event()).encode(),
        json.dumps(event()).encode() * 2,
    ],
    ids=["a key twice", "crlf", "indented", "blank lines", "byte order mark", "two on a line"],
)
def test_unusual_json_is_read_alike_or_refused(tmp_path, landings, line):
    compare(saved(tmp_path, [line, event()]), landings)


@pytest.mark.parametrize(
    "name", ["log[1].jsonl", "log*.jsonl", "a=1?.jsonl", "it's.jsonl", "year=2024.jsonl", "log.json.gz"]
)
def test_the_name_of_a_file_says_nothing_about_what_is_in_it(tmp_path, landings, name):
    folder = tmp_path / "eventType=x"
    folder.mkdir()
    saved(tmp_path, [event(), event()]).rename(folder / "log1.jsonl")
    saved(tmp_path, [event()], ".gz" if name.endswith("gz") else ".jsonl").rename(folder / name)
    report, (events, _) = read_by("bulk", folder / name, landings[0])

    assert len(events) == 1
    assert report.lane == "bulk"
