"""Figures of a large company are counted in a process of its own, and are the same ones."""

import dataclasses
import os
import signal
import threading

import pytest

from commands.configuration import load
from commands.faces import apart, insights
from commands.faces.apart import counted_apart, is_large


def process(desk):
    return os.getpid()


def company(desk):
    return desk.company.name, desk.as_of_ms()


def breaks(desk):
    raise LookupError("nothing of the kind")


def is_killed(desk):
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_is_counted_apart_is_counted_in_another_process(desk):
    assert counted_apart(process, desk) != os.getpid()


def test_the_other_process_reads_the_same_store_by_the_same_configuration(desk):
    assert counted_apart(company, desk) == company(desk)


#: Every table that figures are counted by, and those whose secrets and sources stay behind.
CONFIG = """
[company]
name = "Tarnvik"
domains = ["tarnvik.example"]
base_currency = "DKK"
timezone = "Europe/Copenhagen"
it_units = ["IT"]
[audit]
key = "file:audit.key"
[landing]
path = "landing"
[catalog]
overlay = "own"
[needs]
file = "needs.yaml"
[risk]
file = "risk.yaml"
[forecast]
overhead = 0.5
[forecast.rates]
crm = 1000
[policies]
profile = "strict"
[policies.override.SEC-20]
with = {admins = 2}
[gate]
holidays = [2026-12-25]
[gate.hub]
Marketing = "ana@tarnvik.example"
[web]
public_url = "https://ostiary.tarnvik.example"
[notify.receivers.far]
kind = "chat"
url = "env:NOT_SET"
"""


def settings(desk):
    return desk.settings


def test_a_configuration_with_every_table_goes_to_the_other_process_but_for_secrets(desk, tmp_path):
    (tmp_path / "needs.yaml").write_text("crm: [ads]\n", encoding="utf-8")
    (tmp_path / "ostiary.toml").write_text(CONFIG, encoding="utf-8")
    desk.settings = load(tmp_path / "ostiary.toml")

    there = counted_apart(settings, desk)

    assert there == dataclasses.replace(desk.settings, sources={}, web=None, notify=None)
    assert there.needs == {"crm": ("ads",)}


def test_what_goes_wrong_there_is_told_here(desk):
    with pytest.raises(RuntimeError, match="nothing of the kind"):
        counted_apart(breaks, desk)


def test_a_process_that_is_killed_is_told_and_waited_for_by_nobody(desk):
    with pytest.raises(RuntimeError, match="ended with status -9"):
        counted_apart(is_killed, desk)


def shown(asked):
    """Return the figures that pages show, however long counting them takes."""
    asked.current()
    for thread in threading.enumerate():
        if thread.name == "ostiary-counting":
            thread.join()
    return asked.current().value


def test_the_figures_of_insights_are_the_same_apart(desk, monkeypatch):
    assert not is_large(desk)
    monkeypatch.setattr(insights, "counted_apart", None)
    here = shown(insights.Insights(desk))

    monkeypatch.undo()
    monkeypatch.setattr(apart, "MANY", 1)
    assert is_large(desk)
    assert shown(insights.Insights(desk)) == here
