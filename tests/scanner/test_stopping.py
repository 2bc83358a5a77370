import pytest

from scanner.stopping import Stop


@pytest.fixture
def stop():
    return Stop()


@pytest.fixture
def done():
    return []


def together(stop, *steps):
    """Do steps that a signal is not to come between."""
    with stop.later():
        for step in steps:
            step()


def apart(stop, *steps):
    """Do steps that a signal may cut off."""
    with stop.at_once():
        for step in steps:
            step()


def asked(stop):
    return lambda: stop(15, None)


def test_a_signal_ends_at_once_where_nothing_else_is_said(stop):
    with pytest.raises(KeyboardInterrupt):
        stop(15, None)


def test_a_signal_waits_for_the_end_of_what_belongs_together(stop, done):
    with pytest.raises(KeyboardInterrupt):
        together(stop, asked(stop), lambda: done.append("all of it"))

    assert done == ["all of it"]


def test_nothing_ends_that_nobody_asked_to_end(stop, done):
    together(stop, lambda: apart(stop, lambda: done.append("the job")), lambda: done.append("settled"))

    assert done == ["the job", "settled"]


def test_a_second_signal_ends_what_hangs(stop, done):
    with pytest.raises(KeyboardInterrupt):
        together(stop, asked(stop), asked(stop), lambda: done.append("what hangs"))

    assert done == []


def test_a_signal_cuts_off_what_may_be_cut_off_within_what_may_not(stop, done):
    def settled():
        try:
            apart(stop, asked(stop), lambda: done.append("the job"))
        except KeyboardInterrupt:
            done.append("settled")
            raise

    with pytest.raises(KeyboardInterrupt):
        together(stop, settled)

    assert done == ["settled"]


def test_what_may_be_cut_off_does_not_begin_after_a_signal(stop, done):
    with pytest.raises(KeyboardInterrupt):
        together(stop, asked(stop), lambda: apart(stop, lambda: done.append("the job")))

    assert done == []


def test_an_error_is_not_replaced_by_the_signal_that_waited(stop):
    def fails():
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        together(stop, asked(stop), fails)
