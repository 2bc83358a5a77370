"""While much is made, and in what was made, nobody looks for circles of objects."""

import gc

import pytest

from web import undisturbed as module
from web.undisturbed import leave_alone, seldom, undisturbed


@pytest.fixture(autouse=True)
def _as_before():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
    assert gc.isenabled()
    assert module._makers == 0


def test_nobody_looks_while_something_is_made():
    with undisturbed(much=False):
        assert not gc.isenabled()
    assert gc.isenabled()


def test_of_two_the_last_lets_it_go_on():
    with undisturbed(much=False):
        with undisturbed(much=True):
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_where_making_fails():
    with pytest.raises(ZeroDivisionError), undisturbed(much=False):
        raise ZeroDivisionError

    assert gc.isenabled()


def test_circles_of_before_are_cleared_where_much_is_made():
    circle = []
    circle.append(circle)
    known = id(circle)
    del circle
    with undisturbed(much=True):
        assert known not in {
            id(one) for one in gc.get_objects() if type(one) is list and len(one) == 1 and one[0] is one
        }


def test_what_is_held_is_left_alone():
    held = [[number] for number in range(1_000)]
    leave_alone()

    assert gc.get_freeze_count() >= len(held)


def test_all_is_looked_through_seldom_and_the_young_as_often():
    before = gc.get_threshold()
    seldom()

    assert gc.get_threshold()[:2] == before[:2]
    assert gc.get_threshold()[2] > before[2]
