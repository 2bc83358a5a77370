"""Bad input: a clear message that names file and record, all else kept, and the same command again completes it."""

import gzip
import json
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard

from connectors.registry import FORMATS
from scanner.run import shipped_pack
from tests.scanner.house import OF_THE_RUN, START, House, app, charges, event, few_policies, user
from tests.scanner.test_run import APPROVED, GOOGLE_ACTIVITIES, GOOGLE_TOKENS, GOOGLE_USERS, PEOPLE

ROOT = Path(__file__).resolve().parents[2]

GOOD = {
    "okta-system-log": json.dumps([event(1), event(2)]),
    "okta-apps": json.dumps([app(1), app(2, "Asana")]),
    "okta-users": json.dumps([user("ana"), user("bo")]),
    "google-activities": json.dumps(GOOGLE_ACTIVITIES),
    "google-tokens": json.dumps(GOOGLE_TOKENS),
    "google-users": json.dumps(GOOGLE_USERS),
    "card-csv": charges(("2026-02-03", "ZOOM.US", "14.00"), ("2026-02-04", "CANVA* 12", "9.00")),
    "people-csv": PEOPLE,
    "approved-tools-csv": APPROVED,
}
NOTHING: dict[str, list[object]] = {
    name: [] for name in ("record", "usage", "tool", "identity", "actor", "landing_file")
}


@pytest.fixture
def pack():
    return few_policies


def spoken(house):
    """Return the reason of the last coverage of all streams, which must agree in it."""
    (reason,) = {row["reason"] for row in house.coverage().values()}
    return reason


def test_every_format_of_the_registry_has_a_good_file_here():
    assert set(GOOD) <= set(FORMATS)


@pytest.mark.parametrize("fmt", GOOD)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\0\1\2\3\xff\xfe" * 50,
        b"%PDF-1.7\n%\xe2\xe3\n1 0 obj",
        gzip.compress(b""),
        b"<html><body>x</body></html>",
    ],
    ids=["empty", "blank", "binary", "pdf", "gzip-of-nothing", "web-page"],
)
def test_what_is_nothing_of_the_format_fails_with_file_and_reason_and_leaves_no_row(house, fmt, content):
    path = house.write("given.dat", content)

    outcome = house.ingest(fmt, path)

    assert outcome.collected.status.value == "failed"
    assert str(path) in spoken(house)
    assert fmt in spoken(house)
    assert {name: house.rows(f"SELECT * FROM {name}") for name in NOTHING} == NOTHING


@pytest.mark.parametrize("fmt", GOOD)
def test_a_file_of_another_format_yields_nothing_and_makes_no_tool(house, fmt):
    for other, content in GOOD.items():
        if other == fmt:
            continue
        outcome = house.ingest(fmt, house.write(other, content))

        assert outcome.collected.status.value == "failed", other
        assert {name: house.rows(f"SELECT * FROM {name}") for name in NOTHING} == NOTHING, other


@pytest.mark.parametrize("fmt", GOOD)
def test_packed_files_say_the_same(make_house, fmt):
    plain = GOOD[fmt].encode()
    pictures = []
    for content in (
        plain,
        gzip.compress(plain),
        zstandard.compress(plain),
        gzip.compress(plain[:9]) + gzip.compress(plain[9:]),
    ):
        house = make_house()
        house.ingest_text(fmt, content)
        pictures.append(house.picture())

    assert all(picture == pictures[0] for picture in pictures)
    assert pictures[0]["records"] or pictures[0]["usage"]


@pytest.mark.parametrize("fmt", GOOD)
def test_a_byte_order_mark_and_other_line_ends_change_nothing(make_house, fmt):
    plain = GOOD[fmt].encode()
    pictures = []
    for content in (plain, b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n"), plain.decode().encode("utf-16")):
        house = make_house()
        house.ingest_text(fmt, content)
        pictures.append(house.picture())

    assert all(picture == pictures[0] for picture in pictures)


@pytest.mark.parametrize("fmt", ["okta-system-log", "okta-apps", "card-csv", "people-csv"])
def test_a_truncated_gzip_keeps_what_came_before_and_the_whole_file_completes_it(make_house, fmt):
    good = {
        "okta-system-log": "".join(json.dumps(event(n, person=f"p{n % 50}")) + "\n" for n in range(2000)),
        "okta-apps": "".join(json.dumps(app(n, f"App {n * 7919}")) + "\n" for n in range(800)),
        "card-csv": charges(*[("2026-02-03", f"Shop {n * 7919}", f"{n}.10") for n in range(3000)]),
        "people-csv": "email,department\n" + "".join(f"p{n * 7919}@acme.example,Marketing\n" for n in range(3000)),
    }[fmt]
    packed = gzip.compress(good.encode())
    house, whole = make_house(), make_house()
    whole.ingest("okta-users", whole.write("users.json", [user("ana")]))
    house.ingest("okta-users", house.write("users.json", [user("ana")]))
    path = house.write("given", packed[: len(packed) // 2])

    outcome = house.ingest(fmt, path)

    assert outcome.collected.status.value == "partial"
    assert str(path) in spoken(house)
    assert "cut short" in spoken(house)
    read = max(row["read"] for row in house.coverage().values())
    assert 0 < read < 3000

    house.ingest_text(fmt, packed)
    whole.ingest_text(fmt, packed)
    assert house.picture() == whole.picture()


def test_a_bad_record_is_quarantined_by_number_and_the_others_are_kept(house):
    lines = [json.dumps(event(1)), '{"uuid": "x"}', "17", '"text"', "null", "[]", '{"uuid": }', json.dumps(event(2))]
    path = house.write("log.jsonl", "\n".join(lines) + "\n")

    outcome = house.ingest("okta-system-log", path)

    assert outcome.collected.status.value == "complete"
    assert house.one("SELECT sum(successes) AS n FROM usage") == 2
    bad = house.quarantined()
    assert {row["file"] for row in bad} == {str(path)}
    assert house.coverage()["sign_ins"]["quarantined"] == len(bad) >= 4
    assert bad[0]["number"] == 2
    assert all(row["reason"] for row in bad)


def test_a_quarantined_record_is_never_quoted(make_house):
    house = make_house(pack=shipped_pack)
    secret = "xoxb-4111111111111111"
    house.ingest_text(
        "okta-system-log", [event(1), {"uuid": secret, "eventType": secret, "published": secret}, {"actor": secret}]
    )

    told = " ".join(row["reason"] for row in house.quarantined())
    assert told
    assert secret not in told
    assert secret not in " ".join(row for rows in house.tables().values() for row in rows)


@pytest.mark.parametrize("without", ["uuid", "published", "eventType"])
def test_an_event_that_lacks_what_it_must_have_is_quarantined(house, without):
    broken = {name: value for name, value in event(2).items() if name != without}

    house.ingest_text("okta-system-log", [event(1), broken])

    assert [row["number"] for row in house.quarantined()] == [2]
    assert house.one("SELECT sum(successes) AS n FROM usage") == 1


def test_invalid_utf8_in_one_record_costs_that_record_only(house):
    good, bad = json.dumps(event(1)).encode(), json.dumps(event(2, app="X")).encode().replace(b'"X"', b'"\xff\xfe\xfa"')

    house.ingest_text("okta-system-log", good + b"\n" + bad + b"\n")

    assert house.one("SELECT sum(successes) AS n FROM usage") == 1
    assert [row["number"] for row in house.quarantined()] == [2]


def test_windows_1252_in_a_statement_is_read_as_such(house):
    house.ingest_text("card-csv", charges(("2026-02-03", "Café \u2013 Büro", "10.00")).encode("cp1252"))

    assert house.one("SELECT key FROM identity") == "descriptor:café \u2013 büro"


def test_the_same_moment_in_eleven_spellings_is_the_same_month(house):
    spellings = [
        "2026-03-02T09:14:55.120Z", "2026-03-02 09:14:55", "2026-03-02T10:14:55+01:00", "2026-03-02T09:14:55.1200000Z",
        1772442895120, "1772442895", 1772442895.12, {"value": 1772442895120}, "3/2/2026 9:14:55 AM",
        "Mon Mar  2 09:14:55 2026", "20260302091455.120",
    ]  # fmt: skip

    house.ingest_text("okta-system-log", [event(n, published=at) for n, at in enumerate(spellings, 1)])

    rows = house.rows("SELECT month, successes, days FROM usage")
    assert rows == [{"month": 202603, "successes": 11, "days": 2}]
    assert house.quarantined() == []


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("1,234.56", 1_234_560_000),
        ("1.234,56", 1_234_560_000),
        ("1 234,56", 1_234_560_000),
        ("(12.30)", -12_300_000),
        ("-0.01", -10_000),
    ],
)
def test_thousands_separators_and_signs_are_read(house, amount, micros):
    others = [(f"2026-02-0{n}", "Shell", "5") for n in range(1, 6)]

    house.ingest_text(
        "card-csv", charges(("2026-02-03", "ZOOM.US", amount), ("2026-02-04", "ZOOM.US", amount), *others)
    )

    assert json.loads(house.figures()["zoom"]["spend_total"]) == {"EUR": 2 * micros}


@pytest.mark.parametrize("amount", ["", "abc", "12.3.4.5", "1e999", "NaN"])
def test_a_row_without_an_amount_is_quarantined_and_never_nothing(house, amount):
    rows = [("2026-02-03", "ZOOM.US", "14.00"), ("2026-02-04", "ZOOM.US", amount), ("2026-02-05", "ZOOM.US", "1.00")]

    house.ingest_text("card-csv", charges(*rows))

    assert json.loads(house.figures()["zoom"]["spend_total"]) == {"EUR": 15_000_000}
    assert len(house.quarantined()) == 1


HOSTILE = [
    "x" * 4096,
    '=HYPERLINK("http://evil.example","a")',
    "+1+cmd|' /C calc'!A0",
    "\u202eevil\u202c",
    "👩‍👩‍👧‍👦 app",
    "'; DROP TABLE record; --",
    "a\u0000b",
    "\ud800",
    "..\\..\\etc",
    '{"json": [1,2]}',
    "17",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_a_name(either_house, name):
    house = either_house
    good = event(1)
    log = [good, event(2, app=name, app_id="0oahostile")]

    house.ingest("okta-system-log", house.write("log.jsonl", log))
    house.ingest("okta-apps", house.write("apps.json", [app(9, name), app(8, "Asana")]))

    assert house.one("SELECT count(*) AS n FROM usage") + len(house.quarantined()) >= 2
    assert {"HubSpot", "Asana"} <= set(house.tool_names())
    assert all(len(tool["id"]) < 80 for tool in house.tools().values())


@pytest.mark.parametrize("name", HOSTILE[:6], ids=range(6))
def test_a_hostile_merchant_is_a_merchant(house, name):
    quoted = name.replace('"', '""')

    house.ingest_text("card-csv", charges(("2026-02-03", quoted, "1.00"), ("2026-02-04", "ZOOM.US", "2.00")))

    assert house.one("SELECT sum(amount_micros) AS n FROM record") == 3_000_000


@pytest.mark.parametrize("days", [2, 400])
def test_events_and_charges_of_the_future_are_quarantined(house, days):
    at = START + timedelta(days=days)

    house.ingest_text("okta-system-log", [event(1), event(2, published=at.strftime("%Y-%m-%dT%H:%M:%SZ"))])
    house.ingest_text("card-csv", charges(("2026-02-03", "ZOOM.US", "1"), (at.strftime("%Y-%m-%d"), "ZOOM.US", "2")))

    assert [row["reason"] for row in house.quarantined()] == [
        "the time lies in the future",
        "the date lies in the future",
    ]
    assert house.one("SELECT sum(successes) AS n FROM usage") == 1
    assert json.loads(house.figures()["zoom"]["spend_total"]) == {"EUR": 1_000_000}


REFUSALS = {
    "okta-system-log": (
        {"errorCode": "E0000006", "errorSummary": "You do not have permission", "errorCauses": []},
        "E0000006",
    ),
    "okta-apps": ({"errorCode": "E0000011", "errorSummary": "Invalid token provided", "errorId": "x"}, "E0000011"),
    "okta-users": (
        {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit", "errorId": "x"},
        "E0000047",
    ),
    "google-activities": ({"error": {"code": 403, "message": "Not Authorized", "status": "PERMISSION_DENIED"}}, "403"),
    "google-tokens": (
        {"error": {"code": 401, "message": "Login Required", "errors": [{"reason": "authError"}]}},
        "401",
    ),
    "google-users": ({"error": {"code": 403, "message": "no", "errors": [{"reason": "forbidden"}]}}, "403"),
    "card-csv": ({"error": {"code": 403, "message": "Not Authorized", "status": "PERMISSION_DENIED"}}, "403"),
    "people-csv": (
        [{"errorCode": "INSUFFICIENT_ACCESS", "message": "insufficient access rights"}],
        "INSUFFICIENT_ACCESS",
    ),
    "approved-tools-csv": ({"ok": False, "error": "missing_scope", "needed": "files:read"}, "missing_scope"),
}


@pytest.mark.parametrize("fmt", REFUSALS)
def test_a_saved_error_answer_is_refused_and_never_zero_records(house, fmt):
    answer, code = REFUSALS[fmt]

    outcome = house.ingest_text(fmt, json.dumps(answer))

    for row in house.coverage().values():
        assert row["status"] == "refused"
        assert code in row["reason"]
        assert row["remedy"]
    assert outcome.collected.status.value == "refused"


@pytest.mark.parametrize("fmt", GOOD)
def test_a_second_ingest_after_any_trouble_changes_nothing(make_house, fmt):
    house = make_house(pack=shipped_pack)
    house.ingest(fmt, house.write("good", GOOD[fmt]), house.write("bad", b"\0\0"), house.write("empty", b""))
    before = house.tables()

    house.ingest(fmt, house.files)

    after = house.tables()
    assert {name for name in before if before[name] != after[name]} <= OF_THE_RUN


@pytest.fixture
def shared_folder():
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="ostiary-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def command(what, folder, *rest):
    return [sys.executable, "-m", "tests.scanner.rounds", what, str(folder), *map(str, rest)]


def environment(**more):
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | more


def started(what, folder, *rest):
    return subprocess.Popen(
        command(what, folder, *rest),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ran(what, folder, *rest, timeout=120, prefix=(), **options):
    done = subprocess.run(
        [*prefix, *command(what, folder, *rest)],
        cwd=ROOT,
        env=environment(**options.pop("env", {})),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


def reachable_by_others():
    """Whether another user can read this repository."""
    place = ROOT / "model" / "signal.py"
    return all(p.stat().st_mode & stat.S_IXOTH for p in place.parents) and place.stat().st_mode & stat.S_IROTH


def test_a_folder_without_permission_is_refused_by_name_and_the_rest_is_read(shared_folder):
    if os.getuid() == 0 and not reachable_by_others():
        pytest.skip("another user cannot reach this repository")

    found = json.loads(ran("refused", shared_folder))

    assert found["records"] == ["0oa1"]
    assert found["coverage"]["status"] == "refused"
    assert "file.json" in found["coverage"]["reason"] or "shut" in found["coverage"]["reason"]
    assert "right to read" in found["coverage"]["remedy"]


def many_apps(folder):
    path = folder / "apps.json"
    path.write_text("".join(json.dumps(app(n, f"App number {n * 7919}" + "x" * 900)) + "\n" for n in range(2500)))
    return path


def check_completed(folder, path, said):
    """The same call, where there is space, gives what an undisturbed one gives."""
    assert said.keys() == {"error"}
    assert "same command again" in said["error"]
    assert json.loads(ran("full", folder, env={"FILES": str(path)})) == {"records": 2500}


def test_a_full_disk_ends_the_run_with_a_plain_word_and_the_same_call_completes_it(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    path = many_apps(tmp_path)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small file system")
    try:
        said = json.loads(ran("full", small, env={"FILES": str(path)}))
        subprocess.run(["mount", "-o", "remount,size=256m", str(small)], check=True)
        check_completed(small, path, said)
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.slow
def test_a_limit_on_the_size_of_files_ends_the_run_with_a_plain_word_too(tmp_path):
    path = many_apps(tmp_path)
    limit = 1 << 20

    said = ran(
        "full",
        tmp_path / "house",
        env={"FILES": str(path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)),
    )

    check_completed(tmp_path / "house", path, json.loads(said))


def complete(folder):
    """Run the log's ingest again in this process, and compare with one that nothing disturbed."""
    again, whole = (House(place, pack=few_policies) for place in (folder, folder / "whole"))
    whole.files = again.files
    for house in (again, whole):
        house.ingest("okta-system-log", again.files / "log")
    assert again.picture() == whole.picture()
    assert again.one("SELECT count(*) AS n FROM landing_file WHERE state = 'committed'") == len(
        list(again.objects.names())
    )
    for house in (again, whole):
        house.store.close()


def test_ctrl_c_marks_the_streams_as_partial_and_the_same_call_completes_it(tmp_path):
    process = started("interrupt", tmp_path)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert (said, process.returncode) == ("interrupted\n", 0), errors

    house = House(tmp_path)
    assert {row["status"] for row in house.coverage().values()} == {"partial"}
    assert spoken(house) == "interrupted"
    assert house.one("SELECT outcome FROM run") == "failed"
    house.store.close()
    complete(tmp_path)


def test_killed_at_some_moments_the_same_call_completes_it(tmp_path):
    assert int(ran("kill", tmp_path, 11)) > 30


@pytest.mark.slow
def test_killed_around_every_commit_and_every_landing_file_the_same_call_completes_it(tmp_path):
    assert int(ran("kill", tmp_path, 1, timeout=900)) > 30


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_killed_at_a_random_moment_with_workers_the_same_call_completes_it(tmp_path, seed):
    process = started("endless", tmp_path)
    assert process.stdout.readline() == "ready\n"
    try:
        process.communicate(timeout=random.Random(seed).uniform(0, 3))
    except subprocess.TimeoutExpired:
        process.kill()
        # Workers that go on without the run would keep the pipe open: this returns when all have ended.
        process.communicate(timeout=30)

    complete(tmp_path)
