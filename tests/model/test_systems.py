"""The company's systems: every class of data has one, and people's names for them lead to it."""

import csv
from pathlib import Path

import pytest

from model import systems

TABLE = Path(__file__).resolve().parents[2] / "catalog" / "scopes.csv"


def test_every_class_of_data_of_the_table_of_scopes_is_in_a_system():
    with TABLE.open(encoding="utf-8", newline="") as file:
        classes = {row["data_class"] for row in csv.DictReader(file)}

    assert classes == set(systems.OF_CLASS)


def test_no_two_classes_are_one_system_and_none_is_unknown():
    assert len(set(systems.OF_CLASS.values())) == len(systems.OF_CLASS)
    assert list(systems.SYSTEMS) == [*systems.OF_CLASS.values(), "unknown"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mail", ("mail",)),
        ("Email", ("mail",)),
        ("  Gmail ", ("mail",)),
        ("Drive", ("files",)),
        ("CRM", ("crm",)),
        ("sign-in", ("sign_in",)),
        ("sign  in", ("sign_in",)),
        ("unrated", ("unknown",)),
        ("admin", ("administration",)),
    ],
)
def test_people_find_a_system_by_what_they_call_it(said, meant):
    assert systems.named(said) == meant


def test_the_directory_is_asked_for_with_the_accounts_in_it():
    assert systems.named("directory") == systems.named("users") == ("directory", "administration")


@pytest.mark.parametrize("said", ["", "mai", "mail.", "mails and files", "CRMs"])
def test_no_part_of_a_name_is_a_name(said):
    assert systems.named(said) == ()


def test_every_name_leads_somewhere_and_every_system_has_one():
    assert {system for name in systems.names() for system in systems.named(name)} == set(systems.SYSTEMS)


@pytest.mark.parametrize(("system", "title"), [("crm", "CRM"), ("sign_in", "sign-in"), ("mail", "mail")])
def test_a_system_is_shown_as_people_write_it(system, title):
    assert systems.title(system) == title
