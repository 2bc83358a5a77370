"""The three defects that are most common in this field: each has a promise here, and the defect itself, put back.

A promise that would hold with the defect in place would be worth nothing; so each is also shown to break with it.
docs/explanation/known-defects.md names them, and where else they are held off.
"""

import json
import re
from pathlib import Path

import pytest

from catalog import scopes
from connectors import okta_live
from model import signal
from model.errors import AccessDenied

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "known-defects.md"
DRIVE = "https://www.googleapis.com/auth/drive"


@pytest.fixture
def company(make_live, make_fake):
    live = make_live()
    vendor = make_fake("okta", live.house.clock)
    live.add("okta", vendor)
    return live, vendor


# --- 1: "permission denied" read as "nothing there" ------------------------------------------------------------------


def denied_is_told_and_closes_nothing(live, vendor):
    live.scan()
    before = live.picture()
    vendor.always = lambda call: "403" if call.path.startswith("/api/v1/apps") else None

    live.scan()

    told = {stream: row for (_, stream), row in live.coverage().items()}
    assert live.picture() == before
    assert (told["apps"]["status"], told["users"]["status"]) == ("refused", "complete")
    assert "okta.apps.read" in f"{told['apps']['reason']} {told['apps']['remedy']}"


def test_what_is_denied_is_told_and_closes_nothing(company):
    denied_is_told_and_closes_nothing(*company)


def test_the_promise_breaks_where_a_refusal_is_read_as_the_end_of_a_list(company, monkeypatch):
    whole = okta_live.Okta.pages

    def swallowing(self, feed, window):
        try:
            yield from whole(self, feed, window)
        except AccessDenied:
            return

    monkeypatch.setattr(okta_live.Okta, "pages", swallowing)

    with pytest.raises(AssertionError):
        denied_is_told_and_closes_nothing(*company)


def nothing_is_counted_where_the_log_was_denied(live, vendor):
    vendor.always = lambda call: "403" if call.path == "/api/v1/logs" else None

    live.scan()

    read = live.house.rows(
        "SELECT c.status FROM coverage c JOIN stream st ON st.id = c.stream_id WHERE st.name = 'sign_ins'"
    )
    assert {row["status"] for row in read} == {"refused"}


def test_a_log_that_is_denied_is_never_a_log_without_sign_ins(company):
    nothing_is_counted_where_the_log_was_denied(*company)


# --- 2: scopes compared by a part of their text ----------------------------------------------------------------------


def a_scope_is_its_whole_text():
    assert scopes.rate("google", f"{DRIVE}.file").sensitivity != scopes.rate("google", DRIVE).sensitivity
    assert scopes.rate("google", f"{DRIVE}.nothing.google.has") is None
    assert scopes.rate("entra", "Mail.Read.Nothing") is None
    assert scopes.rate("entra", "ail.Read") is None


def test_a_scope_is_its_whole_text():
    a_scope_is_its_whole_text()


def test_the_promise_breaks_where_a_scope_is_found_by_a_part_of_it(monkeypatch):
    exact = scopes._tables()

    def by_a_part(vendor, scope, kind=None):
        del kind
        table = exact.get(vendor, {})
        near = next((known for known in sorted(table, key=len) if known in scope or scope in known), None)
        return None if near is None else next(iter(table[near].values()))

    monkeypatch.setattr(scopes, "find", by_a_part)

    with pytest.raises(AssertionError):
        a_scope_is_its_whole_text()


# --- 3: a name taken for an identity ---------------------------------------------------------------------------------


def a_name_is_a_label(live, vendor):
    first, second = vendor.apps[:2]
    first["label"] = second["label"] = "Reports"
    live.scan()
    keys = known(live, "Reports")
    assert len(keys) == 2

    first["label"] = "Reports, renamed"
    live.scan()

    assert known(live, "Reports, renamed") < keys
    assert len(known(live, "Reports")) == 1


def known(live, label):
    """Return the keys of the apps that are called so now."""
    rows = live.house.rows(
        "SELECT i.key, r.app FROM record r JOIN identity i ON i.id = r.identity_id"
        " JOIN stream st ON st.id = r.stream_id WHERE st.name = 'apps' AND r.valid_to IS NULL"
    )
    return {row["key"] for row in rows if json.loads(row["app"]).get("label") == label}


def test_two_apps_of_one_name_stay_two_and_one_that_is_renamed_stays_itself(company):
    a_name_is_a_label(*company)


def test_the_promise_breaks_where_an_app_is_known_by_its_name(company, monkeypatch):
    monkeypatch.setattr(signal, "KEY_FIELDS", ("label", *(f for f in signal.KEY_FIELDS if f != "label")))

    with pytest.raises(AssertionError):
        a_name_is_a_label(*company)


# --- what is written of it -------------------------------------------------------------------------------------------


def test_every_test_that_the_page_names_exists():
    text = PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)

    assert len(named) >= 9
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_page_names_a_test_of_this_file_for_each_of_the_three():
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:4]

    assert all("`tests/connectors/test_known_defects.py::" in section for section in sections)
