"""What people say of a tool: read as they write it, kept with author and end, never against what it can be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.answers import LONGEST, answer, askable, expected, parse
from gate.audit import Trail
from gate.decisions import Ruling, decide
from model.errors import Refused
from model.fact import decode, encode
from model.facts import NEVER, VOCABULARY, Type, fits
from storage import kept

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
LATER = date(2027, 1, 31)
TRAIL = Trail(b"a" * 32)
ASKED = [fact for fact in VOCABULARY.values() if fact.question]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("data.dpa_signed", "yes", True),
        ("data.dpa_signed", "No", False),
        ("data.records", "45,000", 45_000),
        ("data.records", "45 000", 45_000),
        ("data.records", "12", 12),
        ("spend.quoted", "12000", 12_000_000_000),
        ("spend.quoted", "1,200.50", 1_200_500_000),
        ("contract.end", "2027-02-28", date(2027, 2, 28)),
        ("integration.export_tested", "Never", NEVER),
        ("support.response_target", "8h", timedelta(hours=8)),
        ("support.response_target", "2 days", timedelta(days=2)),
        ("integration.api_use_share", "35 %", 0.35),
        ("integration.api_use_share", "0.35", 0.35),
        ("support.uptime_promised", "99.9", 99.9),
        ("support.uptime_promised", "99.9 %", 99.9),
        ("data.transfer_safeguard", "SCC", "scc"),
        ("integration.sso_available", "higher plan", "higher_plan"),
        ("data.assurance", "ISO27001, soc2-type2", ("iso27001", "soc2_type2")),
        ("data.regions", "Germany, Ireland", ("Germany", "Ireland")),
        ("lifecycle.version", "5.2.1", "5.2.1"),
    ],
)
def test_an_answer_is_read_as_people_write_it(name, text, value):
    found = parse(VOCABULARY[name], text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.dpa_signed", "perhaps"),
        ("data.dpa_signed", ""),
        ("data.records", "-4"),
        ("data.records", "4.5"),
        ("data.records", "1,2"),
        ("spend.quoted", "12k"),
        ("spend.quoted", "EUR 12"),
        ("spend.quoted", "12 %"),
        ("contract.end", "28.02.2027"),
        ("contract.end", "2027-02-30"),
        ("support.response_target", "8"),
        ("integration.api_use_share", "1.5"),
        ("integration.api_use_share", "nan"),
        ("data.transfer_safeguard", "hope"),
        ("data.assurance", "iso27001, tuev"),
        ("lifecycle.version", ""),
        ("lifecycle.version", "5" * 501),
    ],
)
def test_what_is_no_value_is_refused_with_how_it_is_written(name, text):
    with pytest.raises(Refused, match=name):
        parse(VOCABULARY[name], text)


@pytest.mark.parametrize("fact", ASKED, ids=lambda fact: fact.name)
def test_every_question_says_how_it_is_answered(fact):
    assert expected(fact)
    assert askable(fact.name) is fact
    assert not fact.values or all(value in expected(fact) for value in fact.values)


@given(st.sampled_from(ASKED), st.text(max_size=40))
def test_any_text_is_a_value_of_the_fact_or_refused(fact, text):
    try:
        found = parse(fact, text)
    except Refused:
        return
    assert fits(fact, found)
    assert decode(fact, encode(found)) == found


@pytest.mark.parametrize("name", ["data.dpa_sined", "people.count", "", "tool.name"])
def test_only_questions_are_answered(name):
    with pytest.raises(Refused):
        askable(name)


def test_the_nearest_question_is_named():
    with pytest.raises(Refused, match=r"did you mean data\.dpa_signed"):
        askable("data.dpa_sined")


def said(store, **changed):
    given_ = {"tool": "quillfox", "name": "data.dpa_signed", "value": True, "until": LATER, "by": "user:ana", "at": NOW}
    with store.write() as connection:
        return answer(connection, TRAIL, **(given_ | changed))


def test_an_answer_is_kept_with_author_end_and_words_apart(store):
    number = said(store, document="DPA of 3 March", note="Signed by legal")

    with store.read() as connection:
        (row,) = kept.decisions(connection)
        (audited,) = kept.audit_rows(connection)
        assert kept.text_of(connection, row["detail"]["words"]["document"]) == "DPA of 3 March"
        assert kept.text_of(connection, row["reason_hash"]) == "Signed by legal"
    assert (row["id"], row["kind"], row["object"], row["by"]) == (number, "answer", "tool:quillfox", "user:ana")
    assert {name: row["detail"][name] for name in ("fact", "value", "until")} == {
        "fact": "data.dpa_signed",
        "value": True,
        "until": "2027-01-31",
    }
    assert audited["act"] == "decision.answer"
    assert "legal" not in audited["detail"]


@pytest.mark.parametrize(
    "changed",
    [
        {"until": date(2026, 6, 30)},
        {"until": (NOW + LONGEST + timedelta(days=1)).date()},
        {"value": 3},
        {"name": "people.count", "value": 3},
        {"note": "x" * 100_000},
        {"document": "x" * 100_000},
    ],
)
def test_what_can_not_be_an_answer_leaves_nothing_behind(store, changed):
    with pytest.raises(Refused):
        said(store, **changed)

    with store.read() as connection:
        assert kept.decisions(connection) == []
        assert kept.audit_rows(connection) == []


def test_an_answer_can_be_undone_but_not_removed(store):
    number = said(store)

    with store.write() as connection:
        undo = Ruling(kind="undo", about=f"decision:{number}", detail={}, reason="Wrong account")
        decide(connection, TRAIL, undo, by="user:ana", at=NOW)

    with store.read() as connection:
        assert [row["kind"] for row in kept.decisions(connection)] == ["answer", "undo"]


def test_every_type_can_be_written():
    assert {fact.type for fact in ASKED} == set(Type) - {Type.MOMENT}
