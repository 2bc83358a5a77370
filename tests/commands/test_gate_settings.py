"""`[gate]`: rules of one's own, days on which nobody works, and the hub members of teams."""

from datetime import date

import pytest

from commands.configuration import load
from commands.gate_table import WEEKDAYS
from commands.settings import GateSettings
from model.errors import ConfigError


def loaded(machine, text):
    path = machine / "ostiary.toml"
    path.write_text(text, encoding="utf-8")
    return load(path).gate


def test_nothing_said_is_the_programs_rules_and_the_usual_weekend(machine):
    found, usual = loaded(machine, ""), GateSettings()
    assert all(getattr(found, name) == getattr(usual, name) for name in ("rules", "holidays", "weekend", "hub"))
    assert GateSettings().weekend == {5, 6}


def test_everything_that_may_be_said_is_taken(machine):
    found = loaded(
        machine,
        '[gate]\nrules = "gate.yaml"\nholidays = [2026-12-25]\nweekend = ["Friday", "saturday"]\n'
        '[gate.hub]\n"Marketing/Email" = "Ana@Example.com"\n',
    )

    assert found.rules == machine / "gate.yaml"
    assert (found.holidays, found.weekend) == ({date(2026, 12, 25)}, {4, 5})
    assert found.hub == {"Marketing/Email": "ana@example.com"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gate]\nfile = 'x'", "gate.file: unknown key"),
        ("[gate]\nholidays = ['soon']", "gate.holidays.0"),
        ("[gate]\nweekend = ['Sabbath']", "a weekday is one of monday"),
        (f"[gate]\nweekend = {list(WEEKDAYS)}", "gate.weekend"),
        ("[gate.hub]\nMarketing = 'ana'", "a hub member is the mail address of an account"),
    ],
)
def test_what_is_wrong_is_named(machine, text, said):
    with pytest.raises(ConfigError, match=said):
        loaded(machine, text)


@pytest.mark.parametrize(
    ("unit", "address"),
    [
        ("Marketing", "cmo@example.com"),
        ("marketing/Email/News", "ana@example.com"),
        ("Marketing/Events", "cmo@example.com"),
        ("Marketing2", None),
        ("Sales", None),
        (None, None),
        ("", None),
    ],
)
def test_the_hub_member_is_that_of_the_nearest_unit(unit, address):
    settings = GateSettings(hub={"Marketing": "cmo@example.com", "Marketing/Email/": "ana@example.com"})

    assert settings.hub_of(unit) == address
