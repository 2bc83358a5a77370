"""Questions by command: asked once, listed with what hangs on them, answered with an account or by link."""

import json

import pytest

from tests.commands.conftest import CONFIG
from tests.commands.people import REVIEWER, ROOT, USER, Staff

TOOL = "zapier"
FACT = "data.dpa_signed"
GATE = """
[gate]
answer_links = true
[gate.asks]
privacy = "dpo@example.com"
"""


@pytest.fixture
def staff(filled, monkeypatch):
    monkeypatch.setenv("OSTIARY_AUDIT_KEY", "a1" * 32)
    configure(filled, GATE)
    return Staff()


def configure(folder, gate):
    (folder / "ostiary.toml").write_text(CONFIG + gate, encoding="utf-8")


@pytest.fixture
def case(rows):
    return str(next(row["id"] for row in rows("cases") if row["tool_id"] == TOOL))


@pytest.fixture
def token(staff, case):
    staff(REVIEWER, "review", "ask", case, FACT)
    return staff.json(REVIEWER, "review", "link", "1")["token"]


def facts_of(rows):
    return {fact["fact"]: fact for fact in rows("tools", "show", TOOL)["facts"]}


def test_asking_goes_to_whom_the_company_names_and_the_case_waits(staff, case, rows):
    done = staff(REVIEWER, "review", "ask", case, FACT)

    (row,) = rows("review", "questions", "--case", case)
    assert done.exit_code == 0, done.stderr
    assert "Question 1 goes to dpo@example.com: data.dpa_signed." in done.stdout
    assert (row["to"], row["state"], row["tool_id"], row["fact"]) == ("dpo@example.com", "open", TOOL, FACT)
    assert [r["waiting_for"] for r in rows("cases") if r["tool_id"] == TOOL] == ["owner"]


def test_asking_without_facts_asks_what_policies_lack_and_says_what_stays(staff, case, rows):
    found = staff.json(REVIEWER, "review", "ask", case)
    listed = rows("review", "questions", TOOL, "--state", "open")

    assert found["made"]
    assert found["unaddressed"]
    assert {row["id"] for row in listed} == {*found["made"], *found["unaddressed"]}
    assert listed[0]["findings"]
    again = staff(REVIEWER, "review", "ask", case)
    assert "Asked before, and not again" in again.stdout
    assert len(rows("review", "questions", TOOL)) == len(listed)


def test_who_answers_for_nothing_that_is_known_is_said_by_role(staff, case):
    assert "Nobody is known who answers as" in staff(REVIEWER, "review", "ask", case).stdout


def test_the_list_is_narrowed_by_tool_person_case_and_state(staff, case, rows, run):
    staff(REVIEWER, "review", "ask", case, FACT)

    for words, count in (
        ((TOOL,), 1),
        (("--to", "DPO@example.com"), 1),
        (("--to", "somebody@example.com"), 0),
        (("--state", "answered"), 0),
        (("--case", "9999"), 0),
    ):
        assert len(rows("review", "questions", *words)) == count
    assert "None of the 1 question" in run("review", "questions", "--state", "answered").stdout


def test_without_questions_the_list_says_how_to_ask(filled, run):
    assert "`ostiary review ask CASE`" in run("review", "questions").stdout


def test_a_link_answers_once_without_an_account_and_the_policies_see_it(staff, token, run, rows):
    done = run("review", "answer-link", token, "yes", "--document", "DPA of 3 March 2026")
    again = run("review", "answer-link", token, "no")

    (row,) = rows("review", "questions", "--state", "answered")
    assert done.exit_code == 0, done.stderr
    assert "Thank you." in done.stdout
    assert "Does a data processing agreement cover this tool and account? Yes." in " ".join(done.stdout.split())
    assert facts_of(rows)[FACT]["value"] is True
    assert (row["id"], row["findings"]) == (1, [])
    assert again.exit_code == 1
    assert "a link opens once" in again.stderr
    assert [r["stage"] for r in rows("cases") if r["tool_id"] == TOOL] == ["review"]


def test_a_link_may_come_from_the_environment(staff, token, run, monkeypatch):
    monkeypatch.setenv("OSTIARY_LINK", token)

    assert run("review", "answer-link", "-", "yes").exit_code == 0


@pytest.mark.parametrize(
    ("changed", "value", "said"),
    [
        (lambda token: token[:-1], "yes", "cut or changed"),
        (lambda token: token + "\x00", "yes", "cut or changed"),
        (lambda token: "x" * 100_000, "yes", "cut or changed"),
        (lambda token: token, "perhaps", "data.dpa_signed is yes or no"),
        (lambda token: token, "y" * 100_000, "data.dpa_signed is yes or no"),
    ],
)
def test_what_opens_nothing_or_is_no_answer_leaves_nothing(staff, token, run, rows, changed, value, said):
    done = run("review", "answer-link", changed(token), value)

    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert rows("review", "answers", "--all") == []
    assert rows("review", "questions")[0]["state"] == "open"


def test_a_note_of_a_link_is_masked_like_any_other(staff, token, run, rows):
    run("review", "answer-link", token, "yes", "--note", "Paid with 4111 1111 1111 1111")

    assert "4111 1111" not in json.dumps(rows("review", "answers"))


def test_links_are_off_where_nothing_is_said_of_them(filled, staff, token, run, case):
    configure(filled, '[gate.asks]\nprivacy = "dpo@example.com"\n')

    assert "answers by link are off" in run("review", "answer-link", token, "yes").stderr
    assert "answer_links = true" in staff(REVIEWER, "review", "link", "1").stderr


def test_links_have_a_secret_of_their_own_where_one_is_named(filled, staff, token, run):
    (filled / "link.key").write_text("s" * 40, encoding="utf-8")
    configure(filled, GATE.replace("[gate]\n", '[gate]\nlink_key = "file:link.key"\n'))

    assert "cut or changed" in run("review", "answer-link", token, "yes").stderr
    own = staff.json(REVIEWER, "review", "link", "1")["token"]
    assert run("review", "answer-link", own, "yes").exit_code == 0


def test_a_secret_that_is_too_short_is_refused_by_its_name(filled, staff, case):
    (filled / "link.key").write_text("short", encoding="utf-8")
    configure(filled, GATE.replace("[gate]\n", '[gate]\nlink_key = "file:link.key"\n'))

    done = staff(REVIEWER, "review", "ask", case, FACT)

    assert (done.exit_code, "link_key (file:link.key)" in done.stderr, "short\n" in done.stderr) == (2, True, False)


def test_an_answer_with_an_account_settles_the_question(staff, case, rows):
    staff(REVIEWER, "review", "ask", case, FACT)

    done = staff.json(USER, "review", "answer", TOOL, FACT, "no")

    assert done["question"] == 1
    assert rows("review", "questions")[0]["state"] == "answered"


def test_a_question_is_taken_back_with_a_reason(staff, case, rows):
    staff(REVIEWER, "review", "ask", case, FACT)

    refused = staff(REVIEWER, "review", "withdraw", "1", "--reason", " ")
    done = staff(REVIEWER, "review", "withdraw", "1", "--reason", "It stands in the contract")

    assert (refused.exit_code, done.exit_code) == (1, 0)
    assert rows("review", "questions")[0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        (USER, ("ask", "CASE"), "takes the role"),
        (ROOT, ("withdraw", "1", "--reason", "No"), "there is no question 1"),
        (REVIEWER, ("ask", "9999"), "there is no case 9999"),
        (REVIEWER, ("ask", "CASE", "data.dpa_sined"), "did you mean data.dpa_signed"),
        (REVIEWER, ("ask", "CASE", FACT, "--to", "nobody@example.org"), "name it in [gate.asks]"),
        (REVIEWER, ("ask", "CASE", FACT, "--to", "no address"), "a mail address"),
    ],
)
def test_what_is_refused_is_refused_in_one_line(staff, case, rows, who, words, said):
    done = staff(who, "review", *(case if word == "CASE" else word for word in words))

    assert done.exit_code == 1
    assert said in done.stderr
    assert rows("review", "questions") == []


def test_asking_takes_an_account(filled, run, case):
    assert "ostiary review init" in run("review", "ask", case).stderr


@pytest.mark.parametrize(
    ("gate", "key"),
    [
        ('[gate.asks]\nnobody = "a@example.com"\n', "gate.asks.nobody"),
        ('[gate.asks]\nprivacy = "no address"\n', "gate.asks.privacy"),
        ("[gate]\nquestions_a_day = 0\n", "gate.questions_a_day"),
        ('[gate]\nanswer_links = "yes"\n', "gate.answer_links"),
        ('[gate]\nlink_key = "the secret itself"\n', "gate.link_key"),
    ],
)
def test_a_wrong_setting_is_named_by_its_key_and_not_repeated(filled, run, gate, key):
    configure(filled, gate)

    done = run("review", "questions")

    assert done.exit_code == 2
    assert key in done.stderr
    assert "the secret itself" not in done.stderr


def test_a_link_says_what_it_asks_and_how_the_answer_is_written(staff, case):
    staff(REVIEWER, "review", "ask", case, FACT)

    shown = " ".join(staff(REVIEWER, "review", "link", "1").stdout.split())

    assert "It asks: Does a data processing agreement cover this tool and account?" in shown
    assert "The answer (VALUE) is yes or no." in shown


def test_a_question_that_went_to_nobody_has_no_link_and_the_refusal_says_what_to_do(staff, case, rows):
    (number, *_) = staff.json(REVIEWER, "review", "ask", case)["unaddressed"]
    fact = next(row["fact"] for row in rows("review", "questions", "--case", case) if row["id"] == number)

    done = staff(REVIEWER, "review", "link", str(number))

    assert done.exit_code == 1
    assert f"`ostiary review ask {case} {fact} --to EMAIL`" in done.stderr


def test_an_answer_by_link_is_listed_under_the_address_of_who_was_asked(staff, token, run, rows, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    run("review", "answer-link", token, "yes")

    assert "dpo@example.com" in run("review", "answers").stdout
    assert rows("review", "answers")[0]["by"].startswith("person:")
