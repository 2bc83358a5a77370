"""Both lanes of Entra's and Google's sign-ins give equal rows, or the quick one leaves the file to the translator."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.bulk import lane
from connectors.formats import Context
from connectors.registry import FORMATS
from model.errors import Malformed
from model.signal import METHODS, SignalKind
from storage.landing import event_id
from storage.times import to_ms

CONTEXT = Context(source="x", read_at=datetime(2026, 3, 5, tzinfo=UTC))
COLUMNS = ("odd", "stream", "id", "seen", "app", "actor", "method", "success", "second_factor", "rest")
EASY = settings(deadline=None, max_examples=150)


def run(name, lines):
    """Return what a lane's SQL gives for a file of these lines; None where the engine cannot read it."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl", delete=False) as file:
        file.write(b"".join(line + b"\n" for line in lines))
    try:
        with duckdb.connect(config={"threads": 1}) as con:
            return [
                dict(zip(COLUMNS, row, strict=True))
                for row in con.execute(lane(name).SQL, {"file": file.name}).fetchall()
            ]
    except duckdb.Error:
        return None
    finally:
        Path(file.name).unlink()


def quick(fmt, lines):
    """Return (events, the translator's signals) of the quick lane, or None where it leaves the file to the other."""
    chosen = lane(FORMATS[fmt].bulk)
    rows = run(FORMATS[fmt].bulk, lines)
    if rows is None or any(row["odd"] for row in rows) or len(rows) != len(lines):
        return None
    try:
        events = sorted(
            (
                row["stream"],
                str(row["id"]),
                row["seen"],
                repr(chosen.app(row["app"])),
                repr(None if row["actor"] is None else chosen.actor(row["actor"])),
                METHODS[row["method"]].value,
                row["success"],
                row["second_factor"],
            )
            for row in rows
            if row["id"] is not None
        )
        rest = [s for row in rows if row["rest"] is not None for s in translated(fmt, row["rest"].encode())]
    except (ValueError, Malformed):
        return None
    return events, sorted(map(repr, rest))


def translated(fmt, line):
    return FORMATS[fmt].translate(line, CONTEXT)


def slow(fmt, lines):
    """Return the same of the translator. Raises Malformed."""
    signals = [signal for line in lines for signal in translated(fmt, line)]
    events = sorted(
        (
            s.stream,
            event_id(s.native_id),
            to_ms(s.seen_at),
            repr(s.app),
            repr(s.actor),
            s.facts["method"],
            s.facts["success"],
            bool(s.facts.get("second_factor")),
        )
        for s in signals
        if s.kind is SignalKind.SIGN_IN
    )
    return events, sorted(repr(s) for s in signals if s.kind is not SignalKind.SIGN_IN)


def encoded(records):
    return [json.dumps(record, ensure_ascii=False).encode() for record in records]


def changed(draw, record, value):
    """Put a value into some place of a record."""
    place = record
    for _ in range(draw(st.integers(0, 3))):
        inner = draw(st.sampled_from(sorted(place)))
        place = place[inner] if isinstance(place[inner], dict) and place[inner] else place
    place[draw(st.sampled_from(sorted(place)))] = value


NAMES = st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), st.none(), st.just("N/A"))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    NAMES,
    st.just([]),
    st.just({}),
    st.just("2026-03-02"),
    st.just(["x"]),
    st.just({"id": "1"}),
)
YEARS = (datetime(2020, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001 (hypothesis takes naive bounds)
TIMES = st.one_of(
    st.datetimes(*YEARS).map(lambda at: at.isoformat(timespec="microseconds") + "1Z"),
    st.sampled_from(["2026-03-02T08:15:41Z", "2026-03-02T08:15:41.9999999Z", "2026-02-28T23:59:59.999999999Z"]),
)


def graph_sign_in(number):
    return st.fixed_dictionaries(
        {
            "id": st.just(f"00000000-0000-4000-8000-{number:012x}"),
            "createdDateTime": TIMES,
            "userId": st.sampled_from(["u1", "u2", None, "", "00000000-0000-0000-0000-000000000000"]),
            "userPrincipalName": st.sampled_from(["ana@example.com", "BEN@example.com", "", None, "nobody"]),
            "userDisplayName": NAMES,
            "appId": st.sampled_from(["65415bb1-9267-4313-bbf5-ae259732ee12", "a1b2", None]),
            "appDisplayName": NAMES,
            "servicePrincipalId": st.sampled_from(["sp-1", "", None]),
            "servicePrincipalName": NAMES,
            "clientAppUsed": st.sampled_from(["Browser", "IMAP4", None, "Other clients"]),
            "authenticationProtocol": st.sampled_from(["saml20", "oAuth2", "ropc", "none", None, "wsFederation"]),
            "authenticationRequirement": st.sampled_from(
                [None, "multiFactorAuthentication", "singleFactorAuthentication"]
            ),
            "authenticationDetails": st.sampled_from(
                [None, [], '[{"x":"MFA completed in Azure AD"}]', [{"x": "mfa Requirement Satisfied by claim"}], "none"]
            ),
            "status": st.fixed_dictionaries(
                {
                    "errorCode": st.sampled_from([0, "0", 50126, 50140, 50125, "50053", None]),
                    "additionalDetails": st.sampled_from([None, "MFA completed in Azure AD", "MFA required"]),
                }
            ),
            "isInteractive": st.booleans(),
        }
    )


@st.composite
def entra_lines(draw):
    """Sign-ins of both shapes, now and then with a record that is not as it should be."""
    records = []
    for number in range(draw(st.integers(1, 4))):
        record = draw(graph_sign_in(number))
        if draw(st.booleans()):
            record = {
                "time": "2026-03-02T09:00:00Z",
                "category": draw(st.sampled_from(["SignInLogs", "NonInteractiveUserSignInLogs"])),
                "resultType": draw(st.sampled_from(["0", 0, "50126", None])),
                "level": 4,
                "Level": "4",
                "properties": record,
            }
        records.append(record)
    if draw(st.integers(0, 3)) == 0:
        changed(draw, records[0], draw(ODD))
    return encoded(records)


def parameter(name, value):
    spelled = {str: "value", bool: "boolValue", list: "multiValue"}
    return {"name": name, spelled[type(value)]: value}


def google_event(draw, application):
    if application == "saml":
        label = draw(st.one_of(st.just("Canva"), NAMES.map(lambda name: name or "x")))
        named = [parameter("application_name", label), parameter("initiated_by", "sp"), parameter("flag", True)]
        return {
            "type": "login",
            "name": draw(st.sampled_from(["login_success", "login_failure", "other"])),
            "parameters": named,
        }
    given_ = [parameter("client_id", "923"), parameter("app_name", "Mailtrack"), parameter("scope", ["openid"])]
    return {"type": "auth", "name": draw(st.sampled_from(["authorize", "revoke", "activity"])), "parameters": given_}


@st.composite
def google_lines(draw):
    records = []
    for number in range(draw(st.integers(1, 4))):
        application = draw(st.sampled_from(["saml", "saml", "token", "login", "drive"]))
        at = draw(st.datetimes(*YEARS))
        count = draw(st.sampled_from([1, 1, 1, 2]))
        records.append(
            {
                "kind": "admin#reports#activity",
                "id": {
                    "time": at.isoformat(timespec="milliseconds") + "Z",
                    "uniqueQualifier": draw(st.sampled_from([str(-number), str(10**18 + number), number])),
                    "applicationName": application,
                    "customerId": draw(st.sampled_from(["C02abc", None, ""])),
                },
                "actor": draw(
                    st.sampled_from(
                        [
                            {"callerType": "USER", "email": "ana@example.com", "profileId": "1159"},
                            {"callerType": "USER", "email": "ben@example.com", "profileId": 1160},
                            {"callerType": "KEY", "key": "robot"},
                            {"email": "bot@x.iam.gserviceaccount.com", "profileId": "105250506097979753968"},
                            {},
                            None,
                        ]
                    )
                ),
                "events": [google_event(draw, application) for _ in range(count)],
            }
        )
    if draw(st.integers(0, 3)) == 0:
        changed(draw, records[0], draw(ODD))
    return encoded(records)


class TestEntra:
    @given(entra_lines())
    @EASY
    def test_both_lanes_give_equal_rows(self, lines):
        found = quick("entra-signins", lines)

        assert found is None or found == slow("entra-signins", lines)

    def test_well_formed_records_are_not_left_to_the_translator(self):
        lines = encoded(well_formed_sign_ins())

        events, rest = quick("entra-signins", lines)

        assert (len(events), rest) == (3, [])
        assert (events, rest) == slow("entra-signins", lines)

    @pytest.mark.parametrize(
        "record",
        [
            {"value": [{"id": "x"}]},
            {"error": {"code": "Authorization_RequestDenied", "message": "no"}},
            {"time": "2026-03-02T09:00:00Z", "category": "AuditLogs", "properties": {"id": "Directory_1"}},
            {"uuid": "00000000-0000-4000-8000-000000000000", "published": "2026-03-02T09:14:55.120Z"},
        ],
    )
    def test_other_records_are_left_to_the_translator(self, record):
        assert quick("entra-signins", encoded([*well_formed_sign_ins(), record])) is None


def well_formed_sign_ins():
    plain = {
        "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
        "createdDateTime": "2026-03-02T08:15:41.6195833Z",
        "userId": "u-ana",
        "userPrincipalName": "ana@example.com",
        "userDisplayName": "Ana",
        "appId": "65415bb1-9267-4313-bbf5-ae259732ee12",
        "appDisplayName": "Doodlet",
        "status": {"errorCode": 0, "failureReason": None, "additionalDetails": None},
        "location": {"city": "Berlin"},
    }
    interrupted = plain | {"id": "66ea54eb-6301-4ee5-be62-ff5a759b0101", "status": {"errorCode": 50140}}
    service = plain | {
        "id": "66ea54eb-6301-4ee5-be62-ff5a759b0102",
        "userId": None,
        "userPrincipalName": "",
        "servicePrincipalId": "sp",
        "servicePrincipalName": "sync",
    }
    wrapped = {"time": "2026-03-02T09:00:00Z", "category": "SignInLogs", "resultType": "0", "level": 4, "Level": 4}
    return [
        plain,
        interrupted,
        service,
        wrapped | {"properties": plain | {"id": "66ea54eb-6301-4ee5-be62-ff5a759b0103"}},
    ]


class TestGoogle:
    @given(google_lines())
    @EASY
    def test_both_lanes_give_equal_rows(self, lines):
        found = quick("google-activities", lines)

        assert found is None or found == slow("google-activities", [line for line in lines if of_interest(line)])

    def test_well_formed_records_are_not_left_to_the_translator(self):
        lines = encoded(well_formed_activities())

        events, rest = quick("google-activities", lines)

        assert (len(events), len(rest)) == (2, 1)
        assert (events, rest) == slow("google-activities", lines)

    def test_two_sign_ins_in_one_activity_are_left_to_the_translator(self):
        first, *_ = well_formed_activities()

        assert quick("google-activities", encoded([first | {"events": first["events"] * 2}])) is None

    def test_calls_of_apps_are_not_handed_to_the_translator(self):
        *_, token = well_formed_activities()
        rows = run("google_activities", encoded([token | {"events": [{"name": "activity", "parameters": []}]}]))

        assert [row["rest"] for row in rows] == [None]


def of_interest(line):
    """Whether the translator makes something of it: what it could only refuse of the rest, the lane passes over."""
    names = ("login_success", "login_failure", "authorize", "revoke")
    record = json.loads(line)
    return record["id"]["applicationName"] in {"saml", "token"} and any(name in line.decode() for name in names)


def well_formed_activities():
    def activity(number, application, event):
        return {
            "kind": "admin#reports#activity",
            "id": {
                "time": "2026-03-02T06:24:42.442Z",
                "uniqueQualifier": str(-number),
                "applicationName": application,
                "customerId": "C02abc",
            },
            "actor": {"callerType": "USER", "email": "ana@example.com", "profileId": "1159"},
            "events": [event],
        }

    named = [parameter("application_name", "Canva")]
    granted = [parameter("client_id", "923"), parameter("app_name", "Mailtrack"), parameter("scope", ["openid"])]
    return [
        activity(1, "saml", {"name": "login_success", "parameters": named}),
        activity(2, "saml", {"name": "login_failure", "parameters": named}),
        activity(3, "login", {"name": "login_success", "parameters": []}),
        activity(4, "token", {"name": "authorize", "parameters": granted}),
    ]
