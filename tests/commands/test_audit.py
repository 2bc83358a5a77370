"""The trail by command: exported with its head, and checked against one that was noted."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gate.audit import Trail, canonical
from tests.commands.judged import opened
from tests.commands.people import IT, ROOT, Staff

KEY = "ab" * 32


@pytest.fixture
def keyed(machine, template, monkeypatch):
    """A trail of its own under a key: what the example company's files left was written without one."""
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", KEY)
    monkeypatch.setenv("OSTIARY_DB", f"sqlite:///{machine}/new.db")
    return Staff()


def exported(run, *words):
    done = run("audit", "export", *words)
    assert done.exit_code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]


def test_an_export_ends_with_the_head_and_anybody_with_the_key_can_check_it(keyed, run):
    rows, end = exported(run)

    before = ""
    for row in rows:
        told = row | {"at": row["at_ms"], "detail": canonical(row["detail"])}
        before = Trail(bytes.fromhex(KEY)).mac(before, told)
        assert row["mac"] == before
    assert end == {
        "head": {"n": len(rows), "mac": before},
        "rows": len(rows),
        "of": len(rows),
        "keyed": True,
        "holds": True,
    }
    assert end["head"] == json.loads(run("audit", "head").stdout)


def test_an_export_is_a_head_to_verify_by(keyed, run, machine):
    done = run("audit", "export", "--output", machine / "trail.jsonl")

    assert done.stdout == ""
    assert "and the head written to" in done.stderr
    assert run("audit", "verify", "--head", machine / "trail.jsonl").exit_code == 0
    with_fewer = [*(machine / "trail.jsonl").read_text().splitlines()]
    assert len(with_fewer) == 7


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("--act", "account"), 6),
        (("--act", "account.add"), 6),
        (("--act", "accoun"), 0),
        (("--actor", ROOT), 5),
        (("--actor", IT), 0),
        (("--actor", "account:1"), 5),
        (("--since", "2020-01-01", "--until", "2099-12-31"), 6),
        (("--since", "2099-01-01"), 0),
        (("--until", "2020-01-01"), 0),
    ],
)
def test_an_export_can_be_narrowed_and_still_tells_the_whole_head(keyed, run, words, left):
    rows, end = exported(run, *words)

    assert (len(rows), end["rows"], end["of"], end["head"]["n"]) == (left, left, 6, 6)


def test_no_address_and_no_words_are_exported(keyed, run):
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    assert keyed(ROOT, "review", "delegate", IT, "--until", until, "--reason", "On leave").exit_code == 0

    told = run("audit", "export").stdout
    assert "@" not in told
    assert "On leave" not in told


#: What somebody may do to a trail in a file, who lacks the key -> the row that does not hold.
TAMPERED = {
    "UPDATE audit SET actor = 'account:9' WHERE n = 3": 3,
    "UPDATE audit SET detail = CAST(x'ff' AS TEXT) WHERE n = 2": 2,
    "UPDATE audit SET at = 'soon' WHERE n = 4": 4,
    "UPDATE audit SET mac = '' WHERE n = 1": 1,
    "DELETE FROM audit WHERE n = 2": 2,
    "DELETE FROM audit WHERE n > 4": 5,
    "DELETE FROM audit": 1,
    "UPDATE audit SET n = CASE n WHEN 2 THEN 30 WHEN 3 THEN 20 ELSE n END": 2,
    "INSERT INTO audit SELECT 7, at, actor, act, object, detail, mac FROM audit WHERE n = 6": 7,
}


@pytest.mark.parametrize("sql", TAMPERED)
def test_what_is_done_to_a_copy_is_named_by_its_row(keyed, run, machine, sql):
    (machine / "head.json").write_text(run("audit", "head").stdout, encoding="utf-8")
    (machine / "ostiary.db").unlink(missing_ok=True)
    (machine / "new.db").rename(machine / "ostiary.db")
    with opened(machine) as connection:
        connection.exec_driver_sql(sql)

    done = run("audit", "verify", "--head", machine / "head.json", "--db", f"sqlite:///{machine}/ostiary.db")

    assert done.exit_code == 1
    assert f"row {TAMPERED[sql]} " in done.stderr


def test_a_trail_that_does_not_hold_is_listed_and_exported_all_the_same_and_that_is_told(keyed, run, machine):
    (machine / "new.db").rename(machine / "ostiary.db")
    with opened(machine) as connection:
        connection.exec_driver_sql("UPDATE audit SET at = 'soon', detail = CAST(x'ff' AS TEXT) WHERE n = 2")
    db = ("--db", f"sqlite:///{machine}/ostiary.db")

    listed, done = run("audit", "list", *db), run("audit", "export", *db)

    assert listed.exit_code == 0
    assert done.exit_code == 1
    assert "the trail does not hold: row 2" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (len(lines), lines[1]["at"], lines[-1]["holds"]) == (7, None, False)


@pytest.mark.parametrize("head", ["", "[]", "{}", '{"n": -1, "mac": "x"}', '{"n": "x", "mac": ""}', '{"head": []}'])
def test_what_is_no_head_is_refused_as_a_wrong_call(keyed, run, machine, head):
    (machine / "head.json").write_text(head, encoding="utf-8")

    assert run("audit", "verify", "--head", machine / "head.json").exit_code == 2


def test_an_empty_trail_has_an_export(run, machine):
    run("db", "upgrade", "--db", f"sqlite:///{machine}/x.db")

    done = run("audit", "export", "--db", f"sqlite:///{machine}/x.db")

    assert json.loads(done.stdout) == {
        "head": {"n": 0, "mac": ""},
        "rows": 0,
        "of": 0,
        "keyed": False,
        "holds": True,
    }
