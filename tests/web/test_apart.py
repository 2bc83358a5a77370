"""Figures of a large company are counted in a process of its own, and are the same ones."""

import os
import signal
import threading

import pytest

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
