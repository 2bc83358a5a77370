"""A case by command: taken, signed, agreed, decided, its conditions met, and taken back."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.judged import opened
from tests.commands.people import IT, MARKETING, REVIEWER, ROOT, USER, Staff

#: One tool whose customers may be harmed a little, and one of which nobody knows.
KNOWN, UNKNOWN = "zapier", "figma"
SAID = ("--reason", "Looked at it", "--sentence", "You may use it.")


@pytest.fixture
def staff(filled):
    return Staff()


@pytest.fixture
def case(rows):
    """The number of the open case of a tool."""

    def of(tool=KNOWN):
        return str(next(row["id"] for row in rows("cases") if row["tool_id"] == tool and row["state"] == "open"))

    return of


@pytest.fixture
def page(run):
    def shown(number):
        done = run("cases", "show", number)
        assert done.exit_code == 0, done.stderr
        return " ".join(done.stdout.split())

    return shown


@pytest.fixture
def review(run):
    return lambda number: json.loads(run("cases", "show", number, "--format", "json").stdout)["review"]


def day(ahead):
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


def status(rows, tool=KNOWN):
    return next(row["status"] for row in rows("tools") if row["id"] == tool)


def decide(staff, number, who=IT, outcome="approve", *more):
    return staff(who, "review", "decide", number, outcome, *SAID, *more)


def decision_of(done):
    return re.search(r"\(decision (\d+)\)", done.stdout)[1]


def test_a_case_is_taken_up_and_given_to_another_and_listed_by_address(staff, rows, case):
    number = case()

    assert f"is with {REVIEWER} now" in staff(REVIEWER, "review", "take", number).stdout
    taken = next(row for row in rows("cases") if str(row["id"]) == number)
    assert (taken["assignee"], taken["stage"]) == (REVIEWER, "review")

    staff(REVIEWER, "review", "assign", number, IT)
    assert next(row for row in rows("cases") if str(row["id"]) == number)["assignee"] == IT


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        (MARKETING, ("take", "{case}"), "takes the role"),
        (IT, ("assign", "{case}", USER), "takes the role"),
        (IT, ("assign", "{case}", "eve@example.com"), "there is no account of eve@example.com"),
        (IT, ("take", "999"), "there is no case 999"),
    ],
)
def test_who_may_not_work_on_cases_does_not(staff, rows, case, who, words, said):
    before = rows("cases")

    done = staff(who, "review", *(word.format(case=case()) for word in words))

    assert done.exit_code == 1
    assert said in done.stderr
    assert rows("cases") == before


def test_a_decision_takes_effect_at_once_and_says_how_to_undo_it(staff, run, rows, case, page):
    number = case()

    done = decide(staff, number)

    assert f"{IT} signed for IT: approve (signature" in done.stdout
    assert "Zapier is approved from now on (decision" in done.stdout
    assert f"ostiary review undo {decision_of(done)} --reason TEXT --as {IT}" in done.stdout
    assert status(rows) == "approved"
    shown = page(number)
    assert f"Approved by {IT}: You may use it. Reason: Looked at it It is looked at again by" in shown
    assert "The risk" not in shown
    assert run("audit", "verify").exit_code == 0


def test_where_nobody_knows_the_risk_to_customers_two_keys_turn(staff, rows, case, page, review):
    number = case(UNKNOWN)
    first = decide(staff, number, IT)

    assert "The case waits for Marketing to sign the same." in first.stdout
    assert status(rows, UNKNOWN) == "new"
    shown = page(number)
    assert "Marketing: its side of the decision is to be signed; since" in shown
    assert f"Marketing signs the same: ostiary review agree {number} --reason TEXT --as EMAIL" in shown
    assert [(one["side"], one["by"], one["counts"]) for one in review(number)["signatures"]] == [("it", IT, True)]

    refused = staff(REVIEWER, "review", "agree", number, "--reason", "I too")
    second = staff(MARKETING, "review", "agree", number, "--reason", "The business case holds")

    assert "to sign for Marketing takes the role" in refused.stderr
    assert f"{MARKETING} signed for Marketing: approve" in second.stdout
    assert status(rows, UNKNOWN) == "approved"


def test_marketing_may_speak_first_and_dissent_is_told(staff, case):
    number = case(UNKNOWN)
    assert "waits for IT to sign" in decide(staff, number, MARKETING).stdout

    other = decide(staff, number, IT, "approve", "--review-by", day(90))

    assert "waits for Marketing" in other.stdout


def test_what_was_agreed_stands_as_the_first_said_it(staff, rows, case, review):
    number = case(UNKNOWN)
    terms = ("--condition", f"Sign; the DPA;{USER};{day(20)}", "--review-by", day(100), "--instead-of", "Canva")
    assert decide(staff, number, IT, "approve_with_conditions", *terms).exit_code == 0
    staff(MARKETING, "review", "agree", number, "--reason", "Agreed")

    made = review(number)["decision"]
    detail = rows("review", "decisions")[0]["detail"]
    assert (made["status"], made["review_by"]) == ("approved_with_conditions", day(100))
    assert [(one["text"], one["owner"], one["due"], one["met"]) for one in made["conditions"]] == [
        ("Sign; the DPA", USER, day(20), None)
    ]
    assert detail["instead_of"] == "canva"


def test_a_condition_is_met_by_a_decision_that_can_be_undone(staff, run, case, page, review):
    number = case()
    decide(staff, number, IT, "approve_with_conditions", "--condition", f"Sign the DPA;{USER};{day(20)}")
    assert f"ostiary review condition met {number} 1 --reason TEXT --as EMAIL" in page(number)

    done = staff(REVIEWER, "review", "condition", "met", number, "1", "--reason", "Signed on Monday")
    assert f"Condition 1 of case {number} is met (decision {decision_of(done)})." in done.stdout
    assert review(number)["decision"]["conditions"][0]["met"] == int(decision_of(done))
    again = staff(REVIEWER, "review", "condition", "met", number, "1", "--reason", "x")
    assert "is met already" in again.stderr

    staff(REVIEWER, "review", "undo", decision_of(done), "--reason", "It was another one")
    assert review(number)["decision"]["conditions"][0]["met"] is None


def test_who_read_a_state_that_is_another_one_by_now_is_told_the_difference(staff, run, rows, case, review):
    number = case()
    seen = review(number)["seen"]
    staff(REVIEWER, "review", "answer", "zapier", "lifecycle.end_of_life", "2027-06-30")

    done = decide(staff, number, IT, "approve", "--seen", seen)

    assert done.exit_code == 1
    assert "this is another state than the one you read" in done.stderr
    assert "Its end is announced for 2027-06-30." in done.stderr
    assert f"`ostiary cases show {number}`" in done.stderr
    assert review(number)["decision"] is None


@pytest.mark.parametrize(
    ("outcome", "more", "said"),
    [
        ("approve_with_conditions", (), "takes a condition at least"),
        ("approve", ("--condition", "x;{user};{day}"), "takes no conditions"),
        ("approve_with_conditions", ("--condition", "Sign the DPA"), 'written "TEXT;EMAIL;DATE"'),
        ("approve_with_conditions", ("--condition", "x;eve@example.org;{day}"), "nobody is known by the address"),
        ("approve_with_conditions", ("--condition", "x;{user};soon"), "'soon' is no day"),
        ("approve_with_conditions", ("--condition", "x;{user};2020-01-01"), "by a day to come"),
        ("approve", ("--review-by", "2020-01-01"), "a day to come"),
        ("approve", ("--seen", "0123456789ab"), "another state than the one you read"),
        ("approve", ("--seen", "0"), "another state than the one you read"),
        ("approve", ("--side", "marketing"), "to sign for Marketing takes the role"),
        ("approve", ("--instead-of", "nothing-like-it"), "there is no tool"),
    ],
)
def test_what_is_no_decision_is_refused_and_leaves_nothing(staff, rows, case, outcome, more, said):
    more, before = tuple(word.format(user=USER, day=day(20)) for word in more), rows("review", "decisions")

    done = decide(staff, case(), IT, outcome, *more)

    assert done.exit_code == 1
    assert said in done.stderr
    assert rows("review", "decisions") == before
    assert status(rows) == "new"


@pytest.mark.parametrize("who", [ROOT, USER])
def test_who_may_not_sign_does_not(staff, rows, case, who):
    assert "takes the role" in decide(staff, case(), who).stderr
    assert status(rows) == "new"


def test_before_there_are_accounts_nobody_decides_and_the_page_says_what_to_do(filled, run, case, page):
    number = case()

    done = run("review", "decide", number, "approve", *SAID)

    assert "ostiary review init --email EMAIL" in done.stderr
    assert "To decide Who decides needs an account; the first one is made by: ostiary review init" in page(number)


def test_the_state_that_the_page_prints_is_the_one_that_seen_takes(staff, case, page, review):
    number = case()
    digest = review(number)["seen"]

    assert f"--seen {digest}" in page(number)
    assert decide(staff, number, IT, "approve", "--seen", digest).exit_code == 0


def test_a_case_that_is_decided_is_not_decided_again(staff, case):
    number = case()
    decide(staff, number)

    for again in (decide(staff, number), staff(MARKETING, "review", "agree", number, "--reason", "x")):
        assert f"case {number} is closed (decided)" in again.stderr


def test_undo_takes_effect_at_once_and_the_case_comes_back(staff, rows, case, page):
    number = case()
    made = decision_of(decide(staff, number))

    done = staff(MARKETING, "review", "undo", made, "--reason", "Not yet")

    assert f"Decision {made} is undone: Zapier is new again (decision" in done.stdout
    assert status(rows) == "new"
    assert case() != number
    assert "Nothing that was decided here is in force." in page(number)


def test_ones_word_is_taken_back_while_the_other_side_is_waited_for(staff, case, review, page):
    number = case(UNKNOWN)
    first = decide(staff, number, IT)
    signature = re.search(r"\(signature (\d+)\)", first.stdout)[1]
    assert f"ostiary review undo {signature} --reason TEXT --as {IT}" in first.stdout

    staff(IT, "review", "undo", signature, "--reason", "Too early")

    assert review(number)["signatures"] == []
    assert "Nobody has signed yet." in page(number)


def test_what_changed_since_an_approval_stands_on_the_page_of_the_case_that_came_back(staff, filled, case, page, rows):
    number = case()
    decide(staff, number)
    with opened(filled) as connection:
        connection.exec_driver_sql(
            "INSERT INTO review_case (kind, tool_id, state, stage, waiting_for, opened_at, opened_by_run, why, spent)"
            " VALUES ('found', 'zapier', 'open', 'new', 'security', 1, 1, 'It is back', '{}')"
        )
        connection.exec_driver_sql("UPDATE connection SET system = system || '-2' WHERE tool_id = 'zapier'")

    shown = page(case())

    assert "Since it was last decided on:" in shown
    assert "mail-2 now, which it could not then. That is why it is back." in shown


# --- rules -----------------------------------------------------------------------------------------------------------


def test_the_rules_are_listed_with_their_version(run, rows, filled):
    listed = rows("review", "rules")

    assert {row["what"] for row in listed} == {"two keys", "clock", "reminders", "rank", "route", "fast lane"}
    (lane,) = (row for row in listed if row["what"] == "fast lane")
    assert (lane["name"], lane["revoked"]) == ("FAST-01", False)
    assert re.fullmatch("[0-9a-f]{12}", lane["version"])
    assert "people.count <= 5" in lane["says"]
    assert "[gate] rules in the configuration names your own" in " ".join(run("review", "rules").stdout.split())


def test_the_companys_own_rules_are_checked_with_their_places(run, machine):
    from gate.rules import RULES  # noqa: PLC0415 (only here)

    (machine / "good.yaml").write_text(RULES.read_text(encoding="utf-8"), encoding="utf-8")
    (machine / "bad.yaml").write_text(RULES.read_text(encoding="utf-8").replace("[high, unknown]", "[low]", 1))

    assert run("review", "rules", "check", "good.yaml").exit_code == 0
    done = run("review", "rules", "check", "good.yaml", "bad.yaml")

    assert done.exit_code == 1
    assert re.match(r"bad\.yaml:\d+:\d+: two_keys names high at least", done.stdout)


def test_rules_that_are_refused_let_nobody_decide_and_are_told(staff, run, filled, case):
    (filled / "gate.yaml").write_text("two_keys: [low]\n", encoding="utf-8")
    with (filled / "ostiary.toml").open("a", encoding="utf-8") as file:
        file.write('\n[gate]\nrules = "gate.yaml"\n')

    done = decide(staff, case())
    assert done.exit_code == 2
    assert "the gate's rules are refused" in done.stderr
    assert "gate.yaml" in run("review", "rules").stderr
    assert run("cases", "show", case()).exit_code == 0


def test_a_rule_is_revoked_by_an_approver_of_it_alone(staff, rows):
    assert "takes the role" in staff(REVIEWER, "review", "revoke-rule", "FAST-01", "--reason", "x").stderr

    done = staff(IT, "review", "revoke-rule", "FAST-01", "--reason", "It lets in too much")

    assert "0 approvals of FAST-01 are taken back." in done.stdout
    assert next(row["revoked"] for row in rows("review", "rules") if row["name"] == "FAST-01")
    assert "no approval by a rule 'FAST-07'" in staff(IT, "review", "revoke-rule", "FAST-07", "--reason", "x").stderr
