"""A link opens once, until its day, for whom it was made; whatever was changed of it opens nothing."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import links
from model.errors import Refused
from storage.times import to_ms
from tests.gate.gatehouse import NOW

KEY = links.derived_key(b"k" * 32)


def question(**changed):
    row = {"id": 7, "asked_at": to_ms(NOW), "fact": "data.dpa_signed", "link_until": links.until(NOW)}
    row |= {"state": "open", "closed_at": None, "link_hash": None} | changed
    return row | {"link_hash": changed.get("link_hash") or links.kept(links.token(KEY, row))}


def open_(given, row, at=NOW, key=KEY):
    links.check(key, links.read(given), row, at)


def test_a_link_holds_until_its_end_and_not_a_moment_longer():
    row = question()
    given = links.token(KEY, row)
    ends = NOW + links.LASTS

    open_(given, row, at=ends - timedelta(milliseconds=1))
    with pytest.raises(Refused, match=r"ended on 15 July 2026: ask whoever sent it"):
        open_(given, row, at=ends)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": "answered", "closed_at": to_ms(NOW)}, "was answered on 01 July 2026: a link opens once"),
        ({"state": "withdrawn", "closed_at": to_ms(NOW)}, "was withdrawn"),
        ({"state": "expired", "closed_at": None}, "ended with its case"),
        ({"link_hash": hashlib.sha256(b"newer").hexdigest()}, "a newer link was sent"),
        ({"fact": "data.personal"}, "cut or changed"),
        ({"asked_at": to_ms(NOW) + 1}, "cut or changed"),
    ],
)
def test_a_link_to_what_is_over_or_is_another_question_says_what_to_do(changed, said):
    given = links.token(KEY, question())

    with pytest.raises(Refused, match=said):
        open_(given, question() | changed)


def test_a_link_to_no_question_is_answered_as_one_that_was_changed():
    with pytest.raises(Refused, match="cut or changed"):
        open_(links.token(KEY, question()), None)


def test_a_link_of_another_company_opens_nothing():
    with pytest.raises(Refused, match="cut or changed"):
        open_(links.token(KEY, question()), question(), key=links.derived_key(b"o" * 32))


def test_what_is_kept_of_a_link_does_not_open_it():
    row = question()
    forged = f"ask-7-{row['link_until'] // 1000}-{row['link_hash'][:43]}"

    assert row["link_hash"] not in links.token(KEY, row)
    with pytest.raises(Refused):
        open_(forged, row)


@pytest.mark.parametrize("secret", [None, b"", b"short" * 6])
def test_without_a_secret_no_link_is_made(secret):
    with pytest.raises(Refused, match="ostiary init"):
        links.derived_key(secret)


def test_the_key_of_links_is_not_the_secret_that_it_comes_from():
    assert KEY != b"k" * 32
    assert len(KEY) == 32


@given(st.data())
def test_no_changed_token_opens_anything(data):
    row = question()
    given_ = links.token(KEY, row)
    at = data.draw(st.integers(0, len(given_) - 1))
    other = data.draw(st.characters().filter(lambda c: c != given_[at]))

    with pytest.raises(Refused):
        open_(given_[:at] + other + given_[at + 1 :], row)


@given(st.text())
def test_any_text_is_refused_and_not_repeated(text):
    with pytest.raises(Refused) as caught:
        links.read(text)

    assert str(caught.value).startswith("this link does not hold")


@given(number=st.integers(1, 2**31 - 1), asked=st.integers(0, 2**42), days=st.integers(-1000, 1000))
def test_every_token_is_read_as_what_it_was_made_of(number, asked, days):
    row = question(id=number, asked_at=asked, link_until=links.until(NOW + timedelta(days=days)))

    claim = links.read(links.token(KEY, row))

    assert (claim.number, claim.until) == (number, row["link_until"] // 1000)


def test_both_secrets_are_compared_in_constant_time(monkeypatch):
    compared = []
    real = links.hmac.compare_digest
    monkeypatch.setattr(links.hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))

    for row in (question(), None):
        compared.clear()
        given_ = replace(links.read(links.token(KEY, question())), secret="x" * 43)
        with pytest.raises(Refused):
            links.check(KEY, given_, row, NOW)
        assert len(compared) == 2


@pytest.mark.parametrize(
    ("changed", "at", "why"),
    [
        ({"state": "answered"}, NOW, "answered"),
        ({"state": "withdrawn"}, NOW, "withdrawn"),
        ({"state": "expired"}, NOW, "closed"),
        ({"link_hash": hashlib.sha256(b"newer").hexdigest()}, NOW, "replaced"),
        ({}, NOW + links.LASTS, "ended"),
        ({"fact": "another"}, NOW, "broken"),
    ],
)
def test_why_a_link_opens_nothing_is_one_word_for_pages(changed, at, why):
    given_ = links.token(KEY, question())

    with pytest.raises(links.LinkOver) as caught:
        open_(given_, question(**changed), at=at)

    assert caught.value.why == why
