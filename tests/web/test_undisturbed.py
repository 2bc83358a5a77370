"""While much is made, and in what was made, nobody looks for circles of objects."""

import gc
import sys
import weakref

import pytest

from web import undisturbed as module
from web.undisturbed import leave_alone, pages_first, undisturbed


@pytest.fixture(autouse=True)
def _as_before():
    before, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(turn)
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


class Circle:
    """Something that holds itself."""

    def __init__(self):
        self.itself = self


def test_what_is_held_no_more_is_not_kept_with_it():
    """A circle that nobody holds any more when something is left alone would otherwise be kept for ever."""
    gone = Circle()
    seen = weakref.ref(gone)
    del gone
    leave_alone()

    assert seen() is None


def test_what_was_left_alone_and_is_held_no_more_goes_the_next_time():
    held = Circle()
    seen = weakref.ref(held)
    leave_alone()
    del held
    leave_alone()

    assert seen() is None


def test_what_a_page_makes_is_not_taken_for_old_before_it_is_ready():
    before = gc.get_threshold()
    pages_first()

    assert gc.get_threshold()[0] > 10 * before[0]
    assert gc.get_threshold()[2] > before[2]


def test_a_page_gets_its_turn_sooner_than_python_gives_it_by_itself():
    before = sys.getswitchinterval()
    pages_first()

    assert sys.getswitchinterval() <= before / 5
