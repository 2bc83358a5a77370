"""What scopes let their holder do: the table is read exactly."""

import csv
from pathlib import Path

import pytest

from catalog import scopes
from catalog.scopes import rate

G = "https://www.googleapis.com/auth/"


@pytest.mark.parametrize(
    ("scope", "sensitivity"),
    [
        ("openid", "low"),
        (f"{G}drive", "critical"),
        (f"{G}drive.file", "medium"),
        (f"{G}gmail.readonly", "high"),
        ("https://mail.google.com/", "critical"),
    ],
)
def test_a_scope_is_rated_as_the_table_has_it(scope, sensitivity):
    assert rate("google", scope).sensitivity == sensitivity


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "drive",
        f"{G}driv",
        f"{G}drive ",
        f"{G}Drive",
        f"{G}drive/",
        f"{G}drive.files",
        f"x{G}drive",
        "https://mail.google.com",
    ],
)
def test_no_part_and_no_other_spelling_of_a_scope_is_that_scope(scope):
    assert rate("google", scope) is None


@pytest.mark.parametrize(
    ("system", "scope"), [("google", "Mail.Read"), ("entra", f"{G}drive"), ("", "openid"), ("slack", "openid")]
)
def test_a_scope_of_another_platform_says_nothing_here(system, scope):
    assert rate(system, scope) is None


@pytest.mark.parametrize("system", ["google", "entra", "okta"])
def test_sign_in_scopes_are_known_everywhere_and_low(system):
    assert not rate(system, "openid").sensitive
    assert not rate(system, "profile").sensitive


def test_of_a_permission_for_people_and_for_apps_the_graver_rating_stands():
    assert (rate("entra", "Mail.Read").sensitivity, rate("entra", "Mail.Read").reach) == ("critical", "workspace")
    assert rate("entra", "Mail.ReadBasic").sensitivity == "high"


@pytest.mark.parametrize(
    ("scope", "reads", "sends"),
    [
        ("gmail.readonly", True, False),
        ("gmail.modify", True, True),
        ("gmail.send", False, True),
        ("gmail.insert", False, False),
        ("gmail.settings.sharing", False, False),
    ],
)
def test_writing_is_reading_but_for_what_only_writes(scope, reads, sends):
    found = rate("google", G + scope)

    assert (found.reads("mail"), found.sends) == (reads, sends)
    assert not found.reads("files")


@pytest.mark.parametrize(
    ("scope", "limit"), [("drive", ""), ("drive.file", "selected"), ("drive.metadata", "metadata")]
)
def test_what_holds_a_scope_to_less_is_told(scope, limit):
    assert rate("google", G + scope).limit == limit


def test_the_table_uses_known_words_alone_and_names_its_source():
    with Path(scopes.__file__).with_name("scopes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["sensitivity"] for row in rows} <= {"low", "medium", "high", "critical"}
    assert {row["reach"] for row in rows} <= {"self", "user", "workspace"}
    assert {row["access"] for row in rows} <= {"none", "read", "write", "manage", "send", "full"}
    assert {row["limit"] or "" for row in rows} <= {"", "metadata", "selected"}
    assert [row["scope"] for row in rows if not row["source"] or row["scope"] != row["scope"].strip()] == []


def test_every_named_exception_is_in_the_table():
    assert [scope for scope in (*scopes._BLIND, *scopes._SENDING) if rate("google", scope) is None] == []
