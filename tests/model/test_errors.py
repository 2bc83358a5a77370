"""Errors are told apart by what the caller does next, and carry what that takes."""

import pytest

from model import errors
from model.errors import AccessDenied, OstiaryError, RateLimited, SourceGap, Unreachable

ALL = [found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, OstiaryError)]


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind is not OstiaryError])
def test_each_is_caught_as_an_error_of_ours_and_as_no_other_of_them(kind):
    assert {other for other in ALL if issubclass(kind, other)} == {kind, OstiaryError}


def test_a_refusal_names_the_permission_and_the_remedy():
    told = AccessDenied("okta.logs.read", "grant it to the app")

    assert (told.permission, told.remedy, told.lacking) == ("okta.logs.read", "grant it to the app", True)
    assert str(told) == "okta.logs.read: grant it to the app"


def test_a_stale_credential_is_a_refusal_in_which_no_right_lacks():
    assert not AccessDenied("token expired", "sign in again", lacking=False).lacking


@pytest.mark.parametrize(("wait", "said"), [(30, "rate limited for 30 s"), (0.5, "rate limited for 0.5 s")])
def test_a_limit_says_how_long_to_wait(wait, said):
    told = RateLimited(wait)

    assert (told.wait, str(told)) == (wait, said)


def test_a_gap_says_since_when_the_source_keeps_anything():
    told = SourceGap("2026-03-01")

    assert told.since == "2026-03-01"
    assert "nothing from before 2026-03-01" in str(told)


def test_what_cannot_be_reached_says_why_what_to_do_and_whether_all_of_the_source_is_meant():
    told = Unreachable("a web page answers", "check the proxy", everything=True)

    assert (told.reason, told.remedy, told.everything) == ("a web page answers", "check the proxy", True)
    assert str(told) == "a web page answers: check the proxy"
    assert not Unreachable("x", "y").everything
