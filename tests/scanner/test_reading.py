"""Reading one file: both lanes say the same, and nothing that a file holds can end a run."""

import functools
import gzip
import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.registry import FORMATS
from connectors.segments import segments
from model.errors import Unavailable
from model.stream import Status
from scanner import reading
from scanner.reading import Ahead, Landed, Names, Records, drive, read_file
from scanner.telling import crashed
from storage.landing import Landing, Roller
from tests.scanner.house import START, app, event


def read(house, content, *, bulk=True, fmt="okta-system-log", now=START, ahead=None):
    """Read one file by one lane; return the report, the landed events by name, and the records' ids."""
    path = house.write("one", content)
    (task,) = house.tasks(fmt, path)
    names = {"app": [], "actor": []}
    records, landed = [], []
    ahead = [] if ahead is None else ahead

    def number(kind, found):
        for name in found:
            if name not in names[kind]:
                names[kind].append(name)
        return [names[kind].index(name) + 1 for name in found]

    def numbers(wanted):
        return number("app", [a.key() for a in wanted.apps]), number("actor", [repr(a) for a in wanted.actors])

    def answer(message):
        if isinstance(message, Names):
            found = [numbers(wanted) for wanted in ((*ahead, message) if message.more else (message,))]
            return [n for apps, _ in found for n in apps], [n for _, actors in found for n in actors]
        if isinstance(message, Ahead):
            ahead.append(message.names)
        elif isinstance(message, Records):
            records.extend(message.signals)
        else:
            assert isinstance(message, Landed)
            with closing(Roller()) as roller:
                for part in message.parts:
                    landed.extend((part.stream, part.month, *row) for row in roller.events([part.path]))
        return None

    formats = FORMATS if bulk else FORMATS | {fmt: replace(FORMATS[fmt], bulk=None)}
    with closing(Landing()) as landing, patch.object(reading, "FORMATS", formats):
        report = drive(read_file(replace(task, now=now), landing, lambda _by: None), answer)
    events = sorted(
        (stream, month, i, seen, names["app"][a - 1], names["actor"][p - 1] if p else None, *rest)
        for stream, month, i, seen, a, p, *rest in landed
    )
    return report, events, sorted(records, key=lambda s: s.native_id)


def both(house, content, **rest):
    return read(house, content, **rest), read(house, content, bulk=False, **rest)


def test_the_names_of_a_large_files_first_piece_are_told_ahead_once_and_nothing_else_changes(house):
    lines = [event(n, f"App {n % 3}", person=f"p{n % 5}") for n in range(40)]
    content = b"\n".join(json.dumps(line).encode() for line in lines)
    ahead, small = [], functools.partial(segments, size=1_000)

    with patch.object(reading, "_LARGE", 0), patch.object(reading, "segments", small):
        told = read(house, content, ahead=ahead)

    assert told == read(house, content)
    assert len(ahead) == 1
    assert {a.label for a in ahead[0].apps} <= {"App 0", "App 1", "App 2"}
    assert ahead[0].apps
    assert ahead[0].actors


TEXTS = st.sampled_from(
    ["HubSpot", "", "null", "Ünïcode 木", "a" * 50, "  x ", "OpenID Connect Client", "{}", "17", "true"]
)
PARTIES = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["0oa1", "0oa2", "", None, 5]),
        "type": st.sampled_from(["AppInstance", "AppUser", "User", None]),
        "alternateId": st.none() | TEXTS,
        "displayName": st.none() | TEXTS,
        "detailEntry": st.none()
        | st.fixed_dictionaries(
            {"signOnModeType": st.sampled_from(["SAML_2_0", "OPENID_CONNECT", "BOOKMARK", None, 3])}
        ),
    },
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "uuid": st.sampled_from([f"00000000-0000-4000-8000-{n:012x}" for n in range(4)] + ["x", "", None, 7]),
        "published": st.sampled_from(
            [
                "2026-03-02T09:14:55.120Z",
                "2026-02-28T23:59:59Z",
                "2026-03-01T00:00:00+01:00",
                "redacted",
                None,
                1772359200,
                "2026-03-17T11:00:00Z",
                "2031-01-01T00:00:00Z",
                "2026-02-30T00:00:00.000Z",
                "2026-03-02T09:14:55.1234567Z",
            ]
        ),
        "eventType": st.sampled_from(
            [
                "user.authentication.sso",
                "app.oauth2.signon",
                "application.user_membership.add",
                "user.session.start",
                "",
                None,
                "app.oauth2.as.consent.grant",
                "application.lifecycle.create",
            ]
        ),
        "eventtype": st.sampled_from(["user.authentication.sso", None]),
        "actor": st.none() | PARTIES,
        "target": st.none() | st.lists(PARTIES, max_size=3) | st.just("x"),
        "outcome": st.none() | st.fixed_dictionaries({"result": st.sampled_from(["SUCCESS", "FAILURE", None])}),
        "authenticationContext": st.none() | st.just({"credentialType": "OTP"}) | st.just({"credentialType": None}),
    },
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(EVENTS | st.integers(1, 40).map(event), min_size=1, max_size=6))
def test_both_lanes_say_the_same_of_any_file(house, lines):
    (fast, *fast_found), (slow, *slow_found) = both(house, lines)

    assert fast_found == slow_found
    assert fast.coverage == slow.coverage
    assert (fast.bad, fast.notes) == (slow.bad, slow.notes)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.integers(1, 40).map(event), min_size=1, max_size=6), packed=st.booleans())
def test_well_formed_files_take_the_fast_lane(house, lines, packed):
    content = "".join(json.dumps(line) + "\n" for line in lines)
    content = gzip.compress(content.encode()) if packed else content

    (fast, *fast_found), (slow, *slow_found) = both(house, content)

    assert (fast.lane, slow.lane) == ("bulk", "translator")
    assert fast_found == slow_found
    assert fast.coverage == slow.coverage


@pytest.mark.parametrize("ahead", [timedelta(days=1, seconds=1), timedelta(days=400)])
def test_a_record_of_the_future_is_quarantined_by_both_lanes(house, ahead):
    at = (START + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")

    for report, events, _ in both(house, [event(1), event(2, published=at), event(3, app="Zoom")]):
        assert len(events) == 2
        assert report.bad == [(2, "the time lies in the future")]
        assert report.coverage["sign_ins"].quarantined == 1


def test_clocks_that_differ_by_less_than_a_day_do_no_harm(house):
    at = (START + timedelta(hours=23)).strftime("%Y-%m-%dT%H:%M:%SZ")

    (fast, events, _), (slow, *_) = both(house, [event(1, published=at)])

    assert (fast.lane, len(events), fast.bad, slow.bad) == ("bulk", 1, [], [])


def test_an_event_about_an_app_may_lie_in_the_future_no_more_than_a_sign_in(house):
    log = [event(1), event(2, eventType="app.oauth2.as.consent.grant", published="2031-01-01T00:00:00Z")]

    for report, _, records in both(house, log):
        assert (records, report.bad) == ([], [(2, "the time lies in the future")])


def test_long_files_are_handed_on_in_batches(house):
    log = [event(n, eventType="app.oauth2.as.consent.grant") for n in range(1, 25)]

    with patch.object(reading, "BATCH", 5):
        report, _, records = read(house, log, bulk=False)

    assert (len(records), report.coverage["app_events"].stored) == (24, 24)


def test_a_crash_of_a_translator_is_a_failed_stream_that_quotes_nothing(house):
    def crash(_raw, _context):
        raise ZeroDivisionError("secret-token-123")
        yield

    broken = replace(FORMATS["okta-apps"], translate=crash)
    path = house.write("apps.json", "[{}]")
    with patch.dict(FORMATS, {"okta-apps": broken}):
        outcome = house.ingest("okta-apps", path)

    found = house.coverage()["apps"]
    assert (outcome.collected.status, found["status"]) == (Status.FAILED, "failed")
    assert "ZeroDivisionError" in found["reason"]
    assert "secret-token" not in found["reason"]


@pytest.mark.parametrize(("error", "ours"), [(OSError(28, "No space left"), True), (ValueError("x"), False)])
def test_where_there_is_no_room_for_temporary_files_the_remedy_says_so(house, error, ours):
    (task,) = house.tasks("okta-apps", house.write("apps.json", "[]"))

    (found,) = crashed(task.format, task.input.name, error).coverage.values()

    assert ("free some" in found.remedy, "please report" in found.remedy) == (ours, not ours)


def test_what_goes_wrong_in_the_store_ends_the_run_and_is_no_fault_of_the_file(house):
    def full(*_args, **_rest):
        raise Unavailable("disk full")

    path = house.write("apps.json", [app(1)])
    with patch("scanner.collect.records.apply", full), pytest.raises(Unavailable, match="disk full"):
        house.ingest("okta-apps", path)

    assert house.one("SELECT outcome FROM run") == "failed"
    assert {row["status"] for row in house.coverage().values()} == {"partial"}
