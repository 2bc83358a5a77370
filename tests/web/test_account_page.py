"""One's own account: browsers, tokens for programs, stand-ins."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.roles import RIGHTS, Act, Role
from storage import kept
from storage import sessions as stored
from tests.web.conftest import WHO
from web.forms import Form
from web.tokens import LONGEST


def token_of(page):
    return re.search(r"ostapi_[A-Za-z0-9_-]+", page.text)[0]


def make(client, *acts, name="export", days="30"):
    return client.act("/account/tokens", name=name, acts=[str(act) for act in acts], days=days)


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_hash(reviewer, office):
    made = token_of(make(reviewer, Act.LOOK))

    assert made not in reviewer.get("/account").text
    with office.store.read() as connection:
        (row,) = stored.tokens(connection)
        trail = kept.audit_rows(connection)
    assert made not in str(row)
    assert row["acts"] == ["look"]
    assert "account.api_token" in {one["act"] for one in trail}


def test_a_token_can_do_no_more_than_its_account(cmo):
    done = make(cmo, Act.LOOK, Act.SIGN_IT)

    assert done.status_code == 409
    assert "no more than its account" in done.text
    assert 'value="export"' in done.text, "what was typed is kept"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Say what the token is for"),
        ({"acts": []}, "Choose what it may do"),
        ({"days": "0"}, "Enter days from 1 to 366"),
        ({"days": "9999"}, "Enter days from 1 to 366"),
        ({"days": ""}, "Enter for how many days"),
        ({"days": "ten"}, "Enter days from 1 to 366"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(reviewer, fields, said):
    done = reviewer.act("/account/tokens", **({"name": "export", "acts": ["look"], "days": "30"} | fields))

    assert done.status_code == 422
    assert said in done.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "🦊" * 50, "=1+1"])
def test_a_hostile_name_of_a_token_is_escaped(reviewer, name):
    page = make(reviewer, Act.LOOK, name=name)

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_a_name_that_turns_the_direction_is_refused(reviewer):
    assert make(reviewer, Act.LOOK, name="\u202eevil").status_code == 409


def test_a_token_ends_at_once_and_on_its_day(reviewer, office, clock):
    from web import tokens  # noqa: PLC0415

    first, second = token_of(make(reviewer, Act.LOOK)), token_of(make(reviewer, Act.LOOK, days="2"))
    with office.store.read() as connection:
        number = next(row["id"] for row in stored.tokens(connection) if row["until"] > 0)
        assert tokens.find(connection, first, at=clock.now()).account.email == WHO[Role.REVIEWER]
        assert tokens.find(connection, second, at=clock.now() + timedelta(days=2)) is None
        assert tokens.find(connection, first + "x", at=clock.now()) is None
        assert tokens.find(connection, first, at=clock.now() + LONGEST) is None
    reviewer.act(f"/account/tokens/{number}/end")
    with office.store.read() as connection:
        assert tokens.find(connection, second, at=clock.now()) is None
    assert reviewer.act(f"/account/tokens/{number}/end").status_code == 409


def test_somebody_elses_token_cannot_be_ended(reviewer, cmo, office):
    make(reviewer, Act.LOOK)
    with office.store.read() as connection:
        (row,) = stored.tokens(connection)

    assert cmo.act(f"/account/tokens/{row['id']}/end").status_code == 404
    with office.store.read() as connection:
        assert stored.tokens(connection)[0]["ended_at"] is None


@pytest.mark.parametrize("role", list(Role))
def test_only_ones_own_rights_are_offered(browser, role):
    text = browser(role).get("/account").text
    offered = set(re.findall(r'name="acts" value="([^"]+)"', text))

    assert {one.replace("&#39;", "'") for one in offered} == {str(act) for act in Act if role in RIGHTS[act]}


# --- stand-ins -------------------------------------------------------------------------------------------------------


def test_a_stand_in_is_named_until_a_day_and_ended_before(reviewer, browser):
    done = reviewer.act("/account/stand-in", to=WHO[Role.APPROVER_IT], until="2026-11-20", reason="On leave")

    assert "signs in your stead until" in done.text
    other = browser(Role.APPROVER_IT)
    assert f"in the stead of <bdi>{WHO[Role.REVIEWER]}" in other.get("/account").text
    number = re.search(r"/account/stand-in/(\d+)/end", reviewer.get("/account").text)[1]
    assert "That has ended." in reviewer.act(f"/account/stand-in/{number}/end").text
    assert "and you in nobody's" in other.get("/account").text


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"to": ""}, 422, "Choose who stands in"),
        ({"until": "2027-13-01"}, 422, "Enter the last day"),
        ({"until": "2026-01-01"}, 409, "a day to come"),
        ({"until": "2028-01-01"}, 409, "lasts"),
        ({"reason": ""}, 422, "Say why"),
        ({"to": "nobody@example.com"}, 409, "no account"),
    ],
)
def test_a_stand_in_that_cannot_be_keeps_what_was_typed(reviewer, fields, status, said):
    given_ = {"to": WHO[Role.APPROVER_IT], "until": "2026-11-20", "reason": "On a long leave"} | fields
    done = reviewer.act("/account/stand-in", **given_)

    assert done.status_code == status
    assert said in done.text
    assert given_["reason"] in done.text


def test_a_stand_in_of_others_cannot_be_ended_by_anybody(reviewer, cmo):
    reviewer.act("/account/stand-in", to=WHO[Role.APPROVER_IT], until="2026-11-20", reason="On leave")

    assert cmo.act("/account/stand-in/1/end").status_code in {403, 409}
    assert "Nobody signs in your stead" not in reviewer.get("/account").text


# --- forms -----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_a_whole_number_is_read_or_refused_and_never_guessed(text):
    form = Form()
    form.fields = {"n": text}
    found = form.whole("n", "A number")

    assert found is None or str(found) == text.strip().replace(" ", "").replace("\xa0", "").replace(
        "\u202f", ""
    ).lstrip("0").rjust(1, "0")
