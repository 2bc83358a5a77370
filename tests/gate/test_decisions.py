"""Decisions: only ever added, each with a reason; what stands follows from reading them in order."""

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from gate import decisions
from gate.audit import Trail
from gate.decisions import STATUSES, Ruling
from model.errors import Refused
from storage import kept
from tests.storage.filling import at

NOW = at(2026, 3, 1, 12)
ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gate", "storage", "scanner", "commands", "reports")


def ruling(kind="merge", about="tool:a", reason="one contract", **detail):
    return Ruling(kind=kind, about=about, detail=detail, reason=reason)


def decide(connection, trail, found, by="user:ana"):
    return decisions.decide(connection, trail, found, by=by, at=NOW)


def test_a_decision_is_kept_with_who_when_and_why_and_a_row_of_the_trail(connection, trail):
    number = decide(connection, trail, ruling(into="b"))

    (row,) = kept.decisions(connection)
    assert (row["id"], row["by"], row["kind"], row["object"]) == (number, "user:ana", "merge", "tool:a")
    assert row["detail"] == {"into": "b"}
    assert kept.text_of(connection, row["reason_hash"]) == "one contract"
    (told,) = kept.audit_rows(connection)
    assert (told["actor"], told["act"], told["object"]) == ("user:ana", "decision.merge", "tool:a")
    assert told["detail"] == f'{{"decision":{number},"into":"b","reason":"{row["reason_hash"]}"}}'
    assert kept.decision_count(connection) == 1


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_decision_without_a_reason_is_refused_and_leaves_nothing(connection, trail, reason):
    with pytest.raises(Refused, match="--reason"):
        decide(connection, trail, ruling(reason=reason))

    assert kept.decisions(connection) == kept.audit_rows(connection) == []


def test_words_stand_in_a_table_of_their_own_and_can_be_erased_while_the_trail_verifies(connection, trail):
    words = {"conditions": "Only for Ana's team", "note": ""}
    found = Ruling(kind="status", about="tool:a", detail={"status": "approved"}, reason="Ben asked", words=words)
    decide(connection, trail, found)
    (row,) = kept.decisions(connection)
    hashes = [row["reason_hash"], row["detail"]["words"]["conditions"]]
    assert [kept.text_of(connection, h) for h in hashes] == ["Ben asked", "Only for Ana's team"]
    assert set(row["detail"]["words"]) == {"conditions"}
    for table in ("decision", "audit"):
        told = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
        assert "Ana's" not in told
        assert "Ben" not in told

    assert [kept.erase_text(connection, h) for h in hashes] == [True, True]

    assert [kept.text_of(connection, h) for h in hashes] == [None, None]
    assert kept.erase_text(connection, hashes[0]) is False
    assert trail.verify(kept.audit_rows(connection)) is None
    assert kept.decisions(connection) == [row]


def test_the_same_words_are_kept_once_and_again_after_they_were_erased(connection, trail):
    decide(connection, trail, ruling())
    decide(connection, trail, ruling())
    (digest,) = {row["reason_hash"] for row in kept.decisions(connection)}
    kept.erase_text(connection, digest)

    decide(connection, trail, ruling())

    assert kept.text_of(connection, digest) == "one contract"
    assert kept.text_of(connection, None) is None
    assert kept.text_of(connection, "nothing") is None


def test_an_undo_takes_back_one_decision_and_stays_in_the_list(connection, trail):
    first, second = decide(connection, trail, ruling()), decide(connection, trail, ruling(about="tool:b"))

    undo = decide(connection, trail, ruling("undo", f"decision:{first}"))

    rows = kept.decisions(connection)
    assert [row["id"] for row in rows] == [first, second, undo]
    assert [row["id"] for row in decisions.in_force(iter(rows))] == [second]


@pytest.mark.parametrize(
    ("about", "why"), [("decision:99", "there is no decision 99"), ("tool:a", "there is no tool a")]
)
def test_an_undo_of_nothing_is_refused(connection, trail, about, why):
    with pytest.raises(Refused, match=why):
        decide(connection, trail, ruling("undo", about))


def test_an_undo_is_not_undone_and_nothing_is_undone_twice(connection, trail):
    first = decide(connection, trail, ruling())
    undo = decide(connection, trail, ruling("undo", f"decision:{first}"))

    with pytest.raises(Refused, match=f"decision {undo} is an undo itself"):
        decide(connection, trail, ruling("undo", f"decision:{undo}"))
    with pytest.raises(Refused, match=f"decision {first} is undone already"):
        decide(connection, trail, ruling("undo", f"decision:{first}"))


@pytest.mark.parametrize("status", [None, "Approved", "unknown", 1])
def test_a_status_that_is_none_is_refused(connection, trail, status):
    with pytest.raises(Refused, match="approved_with_conditions"):
        decide(connection, trail, ruling("status", **({} if status is None else {"status": status})))


def test_the_latest_standing_status_counts(connection, trail):
    for status in STATUSES:
        decide(connection, trail, ruling("status", "tool:a", status=status))
    last = decide(connection, trail, ruling("status", "tool:b", status="rejected"))
    decide(connection, trail, ruling("undo", f"decision:{last}"))
    decide(connection, trail, ruling("merge", "tool:c"))

    assert decisions.statuses(kept.decisions(connection)) == {"tool:a".removeprefix("tool:"): "retired"}


def test_an_origin_is_found_again(connection, trail):
    found = Ruling(kind="status", about="tool:a", detail={"status": "new"}, reason="list", origin="list/1\0/2")

    number = decide(connection, trail, found)

    assert kept.decision_of_origin(connection, "list/1\ufffd/2") == number
    assert kept.decision_of_origin(connection, "list/9") is None


def test_hostile_words_are_kept_without_what_a_database_cannot_hold(connection, trail):
    found = Ruling(
        kind="merge", about="merchant:\udcff", detail={"into": "\ud800\0🦊"}, reason="nul \0 pair \ud83d \u202e"
    )

    decide(connection, trail, found, by="user:\0")

    (row,) = kept.decisions(connection)
    assert kept.text_of(connection, row["reason_hash"]) == "nul \ufffd pair \ufffd \u202e"
    assert (row["object"], row["by"]) == ("merchant:\ufffd", "user:\ufffd")
    assert trail.verify(kept.audit_rows(connection)) is None


def test_a_sentence_names_the_decision():
    assert decisions.said({"id": 7, "at": 1_772_366_400_000}, "Ruled") == "Ruled (decision 7, 01 March 2026)."


def test_what_breaks_off_leaves_neither_decision_nor_trail(store, trail):
    def broken():
        with store.write() as connection:
            decide(connection, trail, ruling())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()

    with store.read() as connection:
        assert kept.decisions(connection) == kept.audit_rows(connection) == []


def test_people_who_decide_at_the_same_time_follow_one_another_in_the_trail(store):
    trail, failed = Trail(b"k" * 32), []
    together = threading.Barrier(4)

    def work():
        try:
            together.wait(10)
            for _ in range(5):
                with store.write() as connection:
                    decide(connection, trail, ruling())
        except BaseException as error:  # noqa: BLE001 (told by the test)
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with store.read() as connection:
        rows = kept.audit_rows(connection)
        assert len(rows) == kept.decision_count(connection) == 20
        assert trail.verify(rows) is None


def sources():
    return [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]


def test_no_code_changes_or_deletes_decisions_or_the_trail():
    sql = re.compile(r"\b(?:UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?(?:decision|audit)\b", re.IGNORECASE)
    core = re.compile(
        r"\b(?:update|delete)\(\s*(?:_?DECISION|_?AUDIT|Decision|Audit)\b|(?:tables\[.(?:decision|audit).\]\.(?:update|delete))"
    )

    breaking = [str(path) for path in sources() if sql.search(path.read_text()) or core.search(path.read_text())]

    assert len(sources()) > 30
    assert breaking == []
