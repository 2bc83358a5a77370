"""Noise: a rule that is known to hold marks a tool, a person's word beats it, and unknown is never read as nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import ConfigError, Refused
from scanner.noise import Money, Rule, Visits, When, holds, marks, rules, said, shipped_rules
from scanner.run import shipped_pack
from tests.scanner.house import ACME, app, charges, event, few_policies

DAY = 86_400_000
NOW = 20_500 * DAY
READ = Money(read=True, paid=frozenset(), holding=frozenset())
TRIAL_START = "2025-11-03T10:00:00.000Z"


@pytest.fixture
def pack():
    return few_policies


def token(number, name, at, *, app_name="Quillwood", person="ana"):
    """Return an activity of Google's token log: an app is allowed (`authorize`) or no longer (`revoke`)."""
    return {
        "kind": "admin#reports#activity",
        "id": {"time": at, "uniqueQualifier": str(number), "applicationName": "token", "customerId": "C0"},
        "actor": {"email": f"{person}@acme.example", "profileId": f"10000000{person}"},
        "events": [
            {
                "type": "auth",
                "name": name,
                "parameters": [
                    {"name": "client_id", "value": f"7741-{app_name.casefold()}.apps.example"},
                    {"name": "app_name", "value": app_name},
                ],
            }
        ],
    }


def read_tokens(house, *activities, name="tokens.jsonl", until="2026-03-09T10:00:00.000Z"):
    """Read a log whose last line, about another app, says how far it reaches."""
    last = token(99, "authorize", until, app_name="Otterbook", person="zoe")
    return house.ingest("google-activities", house.write(name, [*activities, last]))


def pay(house):
    """Read a statement, so that it is known what is not paid."""
    house.ingest("card-csv", house.write("card.csv", charges(("2026-02-03", "ZOOM.US", "14.00"))))


def visit(house, **rest):
    pay(house)
    read_tokens(
        house, token(1, "authorize", TRIAL_START, **rest), token(2, "revoke", "2025-11-03T10:30:00.000Z", **rest)
    )


def noise_of(house, name="Quillwood"):
    return house.tools()[ident(house, name)]["noise"]


def ident(house, name="Quillwood"):
    (tool,) = [tool["id"] for tool in house.tools().values() if tool["name"] == name]
    return tool


# --- the pipeline ----------------------------------------------------------------------------------------------------


def test_one_person_who_came_by_on_one_day_is_a_one_off_visit(either_house):
    visit(either_house)

    assert noise_of(either_house) == "one-off-visit"


def test_the_same_files_twice_and_a_rebuild_mark_the_same(house):
    visit(house)
    before = house.tables("tool", "figures")

    visit(house)
    house.rebuild()

    assert house.tables("tool", "figures") == before


def test_a_few_who_tried_it_and_never_came_back_are_a_trial(house):
    pay(house)
    made = [("ana", "2025-11-03"), ("bo", "2025-11-05"), ("cy", "2025-11-20")]
    allowed = [token(n, "authorize", f"{day}T10:00:00.000Z", person=who) for n, (who, day) in enumerate(made)]
    ended = [token(9 + n, "revoke", "2025-11-30T10:00:00.000Z", person=who) for n, (who, _) in enumerate(made)]

    read_tokens(house, *allowed, *ended)

    assert noise_of(house) == "trial"


def test_a_right_that_is_still_in_force_is_no_noise(house):
    pay(house)
    read_tokens(house, token(1, "authorize", TRIAL_START))

    assert noise_of(house) is None


def test_a_right_that_was_given_anew_is_in_force(house):
    visit(house)
    read_tokens(house, token(3, "authorize", "2025-11-03T11:00:00.000Z"), name="more.jsonl")

    assert noise_of(house) is None


def test_who_came_lately_may_come_again(house):
    pay(house)
    read_tokens(
        house, token(1, "authorize", "2026-03-01T10:00:00.000Z"), token(2, "revoke", "2026-03-01T10:30:00.000Z")
    )

    assert noise_of(house) is None


def test_silence_after_the_end_of_what_was_read_is_no_quiet(house):
    pay(house)
    read_tokens(
        house,
        token(1, "authorize", TRIAL_START),
        token(2, "revoke", "2025-11-03T10:30:00.000Z"),
        until="2025-11-20T10:00:00.000Z",
    )

    assert noise_of(house) is None


def test_where_no_charge_was_ever_read_nothing_is_known_to_be_unpaid(house):
    read_tokens(house, token(1, "authorize", TRIAL_START), token(2, "revoke", "2025-11-03T10:30:00.000Z"))

    assert noise_of(house) is None


def test_what_is_paid_is_no_noise(house):
    visit(house, app_name="Canva")
    assert noise_of(house, "Canva") == "one-off-visit"

    house.ingest("card-csv", house.write("more.csv", charges(("2025-11-03", "CANVA* 0393", "11.99"))))

    assert noise_of(house, "Canva") is None


def test_what_is_set_up_at_the_identity_provider_is_no_visit(house):
    visit(house)
    house.ingest("okta-apps", house.write("apps.json", [app(1, "Canva")]))
    house.ingest("okta-system-log", house.write("log.jsonl", [event(1, app="Miro", published=TRIAL_START)]))

    assert (noise_of(house, "Canva"), noise_of(house, "Miro")) == (None, None)


def test_what_somebody_decided_about_is_no_noise(house):
    visit(house, app_name="Canva")

    listed = "Tool,Status,Decided on\nCanva,approved,2026-01-02\n"
    house.ingest("approved-tools-csv", house.write("approved.csv", listed))

    assert noise_of(house, "Canva") is None


def test_noise_gets_no_case_and_what_is_none_any_more_gets_one(make_house):
    house = make_house(pack=shipped_pack)
    visit(house, app_name="Mailchimp")
    assert noise_of(house, "Mailchimp") == "one-off-visit"
    opened = "SELECT count(*) AS n FROM review_case WHERE tool_id = 'mailchimp'"
    assert house.one(opened) == 0

    house.correct().noise("mailchimp", noise=False, reason="we want to know")
    house.derive_again()

    assert house.one(opened) == 1


# --- a person's word -------------------------------------------------------------------------------------------------


def test_a_person_who_says_that_it_is_none_beats_the_rule_and_can_take_it_back(house):
    visit(house)
    before = house.tables("tool", "figures", "link")

    number = house.correct().noise(ident(house), noise=False, reason="the team still plans with it")
    house.derive_again()
    assert noise_of(house) is None

    house.rebuild()
    assert noise_of(house) is None

    house.correct().undo(number, "they do not")
    house.derive_again()
    assert house.tables("tool", "figures", "link") == before


def test_a_person_who_says_that_it_is_noise_needs_no_rule(house):
    house.ingest_text("okta-system-log", [event(1, app="Quillwood")])

    number = house.correct().noise(ident(house), noise=True, reason="a test of our own")
    house.derive_again()
    house.ingest_text("okta-system-log", [event(1, app="Quillwood"), event(2, app="Quillwood", person="bo")])

    assert noise_of(house) == f"decision:{number}"


def test_the_later_of_two_words_counts_and_a_new_name_changes_nothing(house):
    house.ingest_text("okta-system-log", [event(1, app="Quillwood")])
    house.correct().noise(ident(house), noise=False, reason="no")
    second = house.correct().noise(ident(house), noise=True, reason="yes")

    house.ingest("okta-apps", house.write("apps.json", [app("quillwood", "Zebra Board")]))

    assert noise_of(house, "Zebra Board") == f"decision:{second}"


def test_a_tool_that_is_not_there_can_be_no_noise(house):
    with pytest.raises(Refused, match="there is no tool 'nothing'"):
        house.correct().noise("nothing", noise=True, reason="r")


# --- the company's own rules -----------------------------------------------------------------------------------------


def changed(make_house, **noise):
    return make_house(company=replace(ACME, noise=noise))


def test_a_rule_may_be_switched_off_and_changed(make_house):
    for change in ({"off": True}, {"quiet_days": 400}):
        house = changed(make_house, **{"one-off-visit": change, "trial": {"off": True}})
        visit(house)
        assert noise_of(house) is None


def test_a_rule_of_the_companys_own_names_tools_whatever_is_known_of_them(make_house):
    house = changed(make_house, lunch={"sentence": "People order lunch there.", "tools": ["canva"]})

    house.ingest_text("okta-system-log", [event(1, app="Canva"), event(2, app="Miro")])

    assert (noise_of(house, "Canva"), noise_of(house, "Miro")) == ("lunch", None)


def test_the_rules_are_remembered_where_there_is_no_configuration(make_house):
    house = changed(make_house, lunch={"sentence": "People order lunch there.", "tools": ["canva"]})
    house.ingest_text("okta-system-log", [event(1, app="Canva")])

    assert '"lunch"' in house.one("SELECT settings FROM company")


def test_a_rule_without_a_sentence_or_a_condition_is_refused():
    for wrong in ({"tools": ["x"]}, {"sentence": "Because."}):
        with pytest.raises(ConfigError, match=r"noise\.lunch: a rule of your own needs"):
            rules({"lunch": wrong})


def test_a_changed_rule_says_its_own_numbers():
    (visit_,) = [rule for rule in rules({"one-off-visit": {"quiet_days": 45}}) if rule.id == "one-off-visit"]

    assert "in the 45 days since" in visit_.sentence
    assert visit_.when == replace(shipped_rules()[0].when, quiet_days=45)


def test_every_rule_that_comes_with_the_program_has_a_sentence_without_holes():
    assert [rule.id for rule in shipped_rules()] == ["one-off-visit", "trial", "personal-use"]
    assert all(rule.sentence.endswith(".") and "{" not in rule.sentence and rule.title for rule in shipped_rules())


def test_what_a_mark_says_is_the_rules_sentence_or_the_decision():
    assert said("trial", shipped_rules())[0] == "Trial"
    assert said("decision:7", ()) == ("A person's decision", "A person ruled that it is noise (decision 7).")
    assert said("gone", ()) == ("gone", "The rule that said so is not there any more.")


# --- conditions, one by one ------------------------------------------------------------------------------------------

VISITS = Visits(people={1}, days={20_400}, read_until=NOW, addresses={"ana@gmail.com"})


@pytest.mark.parametrize(
    ("when", "used", "money", "expected"),
    [
        (When(people=1), VISITS, READ, True),
        (When(people=1), replace(VISITS, people={1, 2}), READ, False),
        (When(people=1), replace(VISITS, people=None), READ, False),
        (When(people=1), replace(VISITS, people=set()), READ, False),
        (When(people=1), None, READ, False),
        (When(active_days=1), replace(VISITS, days={20_400, 20_401}), READ, False),
        (When(active_days=2), replace(VISITS, days={20_400, 20_401}), READ, True),
        (When(span_days=2), replace(VISITS, days={20_400, 20_401}), READ, True),
        (When(span_days=1), replace(VISITS, days={20_400, 20_401}), READ, False),
        (When(quiet_days=100), VISITS, READ, True),
        (When(quiet_days=101), VISITS, READ, False),
        (When(quiet_days=30), replace(VISITS, read_until=None), READ, False),
        (When(quiet_days=30), replace(VISITS, read_until=20_420 * DAY), READ, False),
        (When(personal=True), VISITS, READ, True),
        (When(personal=True), replace(VISITS, addresses={"ana@gmail.com", "bo@acme.example"}), READ, False),
        (When(personal=True), replace(VISITS, addresses={"ana@GMAIL.com", None}), READ, False),
        (When(personal=True), replace(VISITS, addresses=set()), READ, False),
        (When(unpaid=True), VISITS, READ, True),
        (When(unpaid=True), VISITS, replace(READ, read=False), False),
        (When(unpaid=True), VISITS, replace(READ, paid=frozenset({"x"})), False),
        (When(holds_nothing=True), VISITS, replace(READ, holding=frozenset({"x"})), False),
        (When(tools=("x",)), None, replace(READ, paid=frozenset({"x"})), True),
        (When(tools=("y",)), None, READ, False),
    ],
)
def test_a_condition_holds_where_it_is_known_to_hold(when, used, money, expected):
    assert holds(when, "x", used, money, NOW) is expected


@given(
    st.builds(
        When,
        people=st.none() | st.integers(1, 5),
        active_days=st.none() | st.integers(1, 5),
        quiet_days=st.none() | st.integers(1, 200),
        personal=st.none() | st.booleans(),
    ),
    st.sets(st.integers(20_300, 20_499), max_size=4),
    st.sets(st.integers(1, 9), max_size=4),
)
def test_more_use_never_makes_noise_of_what_was_none(when, days, people):
    """A rule that does not hold does not begin to hold because somebody else came, or came once more."""
    less = Visits(people=people, days=days, read_until=NOW, addresses={"a@gmail.com"})
    more = Visits(people=people | {10}, days=days | {20_499}, read_until=NOW, addresses={"a@gmail.com", None})

    if people and days and not holds(when, "x", less, READ, NOW):
        assert not holds(when, "x", more, READ, NOW)


def test_without_rules_nothing_is_noise(house):
    visit(house)
    off = {rule.id: {"off": True} for rule in shipped_rules()}

    with house.store.read() as connection:
        assert marks(connection, [{"id": ident(house), "status": "new"}], off, NOW) == {}


def test_a_rule_is_data_with_an_id_of_its_own():
    assert len({rule.id for rule in shipped_rules()}) == len(shipped_rules())
    assert all(isinstance(rule, Rule) and rule.when != When() for rule in shipped_rules())
