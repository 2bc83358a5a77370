"""The audit trail on a page: filtered, led on from, verified and exported."""

import csv
import io
import json

import pytest
from sqlalchemy import text

from gate.audit import Trail
from gate.roles import RIGHTS, Act, Role
from storage import kept
from tests.web.conftest import WHO


@pytest.fixture
def auditor(browser):
    return browser(Role.AUDITOR)


def rows(office):
    with office.store.read() as connection:
        return kept.audit_rows(connection)


def write(office, clock, act="decision.note", about="tool:miro", actor="account:1", **detail):
    with office.store.write() as connection:
        Trail(None).write(connection, at=clock.now(), actor=actor, act=act, about=about, detail=detail)


def spoil(office, sql, **values):
    with office.store.write() as connection:
        connection.execute(text(sql), values)


# --- who sees it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_who_may_read_the_trail_sees_it_and_nobody_else(browser, role):
    expected = 200 if role in RIGHTS[Act.AUDIT] else 403
    client = browser(role)

    assert client.get("/audit").status_code == expected
    assert client.get("/audit?format=csv").status_code == expected
    assert client.act("/audit/verify").status_code == expected


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_newest_row_stands_first_and_accounts_have_their_address(auditor, office):
    page = auditor.get("/audit").text
    last = rows(office)[-1]

    assert page.index(f'class="num">{last["n"]}<') < page.index('class="num">1<')
    assert WHO[Role.ADMINISTRATOR] in page


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("actor=system", lambda row: row["actor"] == "system"),
        ("act=decision", lambda row: row["act"].startswith("decision.")),
        ("act=decision.status", lambda row: row["act"] == "decision.status"),
        ("object=tool:zoom", lambda row: row["object"] == "tool:zoom"),
        ("since=2026-07-02", lambda row: row["at"] >= "2026-07-01T22"),
        ("until=2026-07-01", lambda row: row["at"] < "2026-07-01T22"),
        ("act=account&actor=account:1", lambda row: row["act"].startswith("account.") and row["actor"] == "account:1"),
    ],
)
def test_filters_leave_what_is_asked_for_and_the_export_has_the_same(auditor, office, query, fits):
    found = json.loads(auditor.get(f"/audit?{query}&format=json").text)

    assert found
    assert len(found) < len(rows(office))
    assert all(fits(row) for row in found)
    assert f"of {len(found)} row" in auditor.get(f"/audit?{query}").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-02-31", "since=0001-01-01", "page=0", "page=x"])
def test_what_cannot_be_asked_for_is_passed_over(auditor, office, query):
    assert f"of {len(rows(office))} rows" in auditor.get(f"/audit?{query}").text


def test_nothing_like_that_says_so(auditor):
    assert "No row of the trail is like that" in auditor.get("/audit?actor=account:999").text
    assert "This page has no rows" in auditor.get("/audit?page=999").text


def test_a_wild_card_is_a_letter_like_any_other(auditor):
    assert "No row of the trail is like that" in auditor.get("/audit?act=%25").text
    assert "No row of the trail is like that" in auditor.get("/audit?act=a_count").text


@pytest.mark.parametrize(
    ("about", "path"),
    [
        ("tool:miro", "/tools/miro"),
        ("finding:SEC-02:zapier", "/findings/SEC-02%3Azapier"),
        ("decision:3", "/evidence?key=decision%3A3"),
        ("case:7", "/cases/7"),
        ("question:2", "/questions/2"),
        ("tool:../../x", "/tools/..%2F..%2Fx"),
    ],
)
def test_each_row_leads_to_what_it_is_about(auditor, office, clock, about, path):
    write(office, clock, about=about)

    assert f'href="{path}"' in auditor.get(f"/audit?object={about}").text


def test_accounts_are_led_to_only_where_they_may_be_seen(auditor, administrator, office, clock):
    assert 'href="/people/1"' in administrator.get("/audit?act=account").text
    assert 'href="/people/1"' not in auditor.get("/audit?act=account").text


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "\u202eevil", "=cmd()", "🦊" * 400, "x" * 4_096])
def test_hostile_words_are_words(auditor, office, clock, words):
    write(office, clock, act="x.y", about=f"tool:{words}", actor=f"user:{words}", note=words, listed=[words, None])
    page = auditor.get("/audit").text
    file = auditor.get("/audit?format=csv&act=x").text

    assert "<script>alert" not in page
    (row,) = list(csv.DictReader(io.StringIO(file)))
    assert not row["detail"].startswith("=")


def test_a_row_that_somebody_put_rubbish_into_is_shown_all_the_same(auditor, office):
    spoil(
        office,
        "UPDATE audit SET detail = 'no json', at = -99999999999999999, actor = CAST(x'ff41' AS TEXT) WHERE n = 5",
    )
    page = auditor.get("/audit")

    assert page.status_code == 200
    assert auditor.get("/audit?format=json").status_code == 200


def test_a_file_that_would_be_too_large_says_what_to_do_instead(auditor, monkeypatch):
    monkeypatch.setattr("web.pages.audit._MOST", 3)
    done = auditor.get("/audit?format=csv")

    assert done.status_code == 413
    assert "ostiary audit export" in done.text


# --- whether it holds ------------------------------------------------------------------------------------------------


def test_the_head_is_there_to_be_noted(auditor, office):
    last = rows(office)[-1]

    assert json.dumps({"n": last["n"], "mac": last["mac"]}).replace('"', "&#34;") in auditor.get("/audit").text


def test_a_trail_that_holds_is_said_to_and_what_that_does_not_show(auditor, office):
    done = auditor.act("/audit/verify")

    assert "The trail holds:" in done.text
    assert f"{len(rows(office))} rows" in done.text
    assert "Rows that were cut off at its end do not show" in done.text
    assert "It has no key" in done.text


def test_with_a_key_forgery_shows(auditor, office, monkeypatch):
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", "k" * 64)
    done = auditor.act("/audit/verify")

    assert "The trail does not hold" in done.text
    assert "another key wrote it" in done.text


def test_a_changed_row_is_named(auditor, office):
    spoil(office, "UPDATE audit SET act = 'run' WHERE n = 4")
    done = auditor.act("/audit/verify")

    assert "The trail does not hold" in done.text
    assert "row 4 was changed" in done.text


def test_what_was_cut_off_shows_against_a_head_alone(auditor, office):
    last = rows(office)[-1]
    spoil(office, "DELETE FROM audit WHERE n = :n", n=last["n"])
    head = json.dumps({"n": last["n"], "mac": last["mac"]})

    assert "The trail holds:" in auditor.act("/audit/verify").text
    assert f"row {last['n']} is missing" in auditor.act("/audit/verify", head=head).text


def test_against_a_head_that_fits_nothing_was_cut_off(auditor, office):
    noted = rows(office)[3]
    head = json.dumps({"head": {"n": noted["n"], "mac": noted["mac"]}, "rows": 4})

    assert "nothing was cut off before it" in auditor.act("/audit/verify", head=f"a line before\n{head}").text


@pytest.mark.parametrize("head", ["nonsense", "[]", "{}", '{"n": "x", "mac": ""}', '{"n": -1, "mac": ""}', "<b>", "7"])
def test_what_is_no_head_is_refused_and_kept(auditor, head):
    done = auditor.act("/audit/verify", head=head)

    assert done.status_code == 422
    assert "Paste what was noted" in done.text
    assert "<b></textarea>" not in done.text


def test_looking_at_the_trail_writes_nothing_into_it(auditor, office):
    before = rows(office)
    auditor.act("/audit/verify")
    auditor.get("/audit?format=csv")

    assert rows(office) == before
