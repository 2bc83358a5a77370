"""The table of the forecast as a file: what it holds, its conditions in three-valued logic, its faults with places."""

from fractions import Fraction

import pytest

from catalog.categories import CATEGORIES
from model.facts import NAMES
from policies.forecast import (
    ROLES,
    SETTINGS,
    TABLE,
    Asked,
    Joined,
    Question,
    Seen,
    answer,
    holds,
    load_table,
    out_of_bounds,
    reads,
)

SOUND = """\
settings:
  rates: {it: 640, data: 760, privacy: 760, crm: 880, app_team: 880}
  hours_a_day: 8
  overhead: 0.2
  correlation: 0.5
  range: 0.8
  run_low: 0.6
  run_high: 1.5
  widening: 1.15
  stop: 1.5
points:
  - id: crm
    title: CRM feed
    because: "{own_fields} fields and {data.records} persons have to be fed"
    applies: '"crm" in integration.needs'
    exists: connections.crm
    hours: [16, 40, 110]
    role: crm
    run: 18
    most: 3
    drivers:
      - {factor: 1.5, when: integration.sync_direction == "both", ask: direction, who: technical_owner}
      - {each: own_fields, beyond: 30, step: 10, plus: 0.1, ask: fields, who: vendor}
      - ask: connector
        who: vendor
        levels:
          - {factor: 2, when: {asked: connector, is: no}, because: there is no connector}
questions:
  - {id: own_fields, kind: count, ask: How many fields?}
  - {id: connector, kind: yes_no, ask: Is there one?, found: yes}
"""


def loaded(tmp_path, text=SOUND, **options):
    path = tmp_path / "forecast.yaml"
    path.write_text(text, encoding="utf-8")
    return load_table(path, **options)


def faults(tmp_path, old, new):
    assert SOUND.count(old) >= 1, old
    found = loaded(tmp_path, SOUND.replace(old, new, 1), categories=CATEGORIES)
    assert found.points == ()
    return [str(refusal).replace(str(tmp_path), "") for refusal in found.refused]


# --- the table that comes with the program ---------------------------------------------------------------------------


def test_the_table_that_comes_with_the_program_is_sound():
    table = load_table(categories=CATEGORIES)

    assert table.refused == ()
    assert [point.id for point in table.points] == [
        *("identity", "provisioning", "crm", "warehouse", "tags", "consent", "mail", "forms", "conversions", "mobile"),
        *("support", "migration", "way_out"),
    ]


@pytest.mark.parametrize(
    ("point", "hours", "role", "run"),
    [
        ("identity", (4, 10, 30), "it", 2),
        ("provisioning", (4, 12, 40), "it", 4),
        ("crm", (16, 40, 110), "crm", 18),
        ("warehouse", (8, 24, 80), "data", 10),
        ("tags", (3, 8, 24), "it", 4),
        ("consent", (6, 16, 44), "privacy", 8),
        ("mail", (3, 8, 24), "it", 4),
        ("forms", (4, 10, 30), "it", 4),
        ("conversions", (6, 16, 50), "data", 10),
        ("mobile", (24, 60, 160), "app_team", 40),
        ("support", (4, 12, 40), "it", 6),
        ("migration", (12, 36, 110), "it", 0),
        ("way_out", (4, 10, 30), "it", 6),
    ],
)
def test_the_points_have_the_hours_of_the_estimate(point, hours, role, run):
    found = next(one for one in load_table().points if one.id == point)

    assert ((found.low, found.likely, found.high), found.role, found.run) == (hours, role, run)


def test_the_settings_that_come_with_the_program():
    table = load_table()

    assert {**table.rates} == {"it": 640, "data": 760, "privacy": 760, "crm": 880, "app_team": 880}
    assert {name: float(value) for name, value in table.settings.items()} == {
        "hours_a_day": 8,
        "overhead": 0.2,
        "correlation": 0.5,
        "range": 0.8,
        "run_low": 0.6,
        "run_high": 1.5,
        "widening": 1.15,
        "stop": 1.5,
    }
    assert {*table.rates} == {*ROLES}
    assert {*table.settings} == {*SETTINGS}


def test_every_open_driver_can_be_asked_of_somebody_and_every_name_is_known():
    table = load_table()

    for point in table.points:
        assert all(driver.ask and driver.who for driver in point.drivers)
        conditions = [point.applies, point.exists, *(lev.when for driver in point.drivers for lev in driver.levels)]
        assert {name for condition in conditions for name in reads(condition)} <= {*NAMES, *table.questions}


def test_the_file_says_how_far_it_can_be_trusted():
    text = TABLE.read_text(encoding="utf-8")

    assert "expert estimate" in text
    assert "[forecast] file" in text


# --- a table of one's own --------------------------------------------------------------------------------------------


def test_a_table_of_ones_own_is_read_whole(tmp_path):
    table = loaded(tmp_path, categories=CATEGORIES)
    (point,) = table.points

    assert table.refused == ()
    assert (point.high, point.most, point.run) == (110, 3, 18)
    assert point.drivers[0].levels[0].factor == Fraction(3, 2)
    assert point.drivers[1].each.plus == Fraction(1, 10)
    assert point.drivers[2].levels[0].when == Asked("connector", wanted=False)
    assert table.questions["connector"].found is True


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[16, 40, 110]", "[16, 140, 110]", "/forecast.yaml:17:12: hours are three numbers: low, likely and high"),
        ("[16, 40, 110]", "[16, 40]", "hours are three numbers"),
        ("[16, 40, 110]", "[16, 40, many]", "hours is a number such as 1.5"),
        ("role: crm", "role: crn", "/forecast.yaml:18:11: there is no role crn: did you mean crm?"),
        (
            "connections.crm\n",
            "connections.crn\n",
            "/forecast.yaml:16:13: there is no fact connections.crn: did you mean",
        ),
        ('"crm" in integration.needs', '"crn" in integration.needs', "integration.needs is never 'crn'"),
        ("run: 18", "run: -1", "run is a number"),
        ("most: 3", "most: 0", "most is a number"),
        ("id: crm", "id: CRM feed", "an id is small letters"),
        ("  - id: crm", "  - ident: crm", "a point: missing: id"),
        ("who: technical_owner", "who: nobody", "there is no who nobody"),
        ("{factor: 1.5, when:", "{factor: 1.5, whn:", "a driver has no key whn"),
        (
            '{factor: 1.5, when: integration.sync_direction == "both", ask',
            "{ask",
            "one of factor (with when), levels and",
        ),
        ("each: own_fields", "each: fields", "there is no question fields: did you mean own_fields?"),
        ("beyond: 30, step: 10, ", "", "missing beside each: beyond, step"),
        ("each: own_fields", "each: connector", "the question connector is not of kind count"),
        ("{asked: connector, is: no}", "{asked: connector, above: 3}", "the question connector is not of kind count"),
        ("{asked: connector, is: no}", "{asked: connector}", "asked has is (yes or no) or above beside it"),
        ("{asked: connector, is: no}", "{asked: own_fields, is: no}", "the question own_fields is not of kind yes_no"),
        ("{asked: connector, is: no}", "{asked: connector, is: maybe}", "there is no is maybe"),
        ("{asked: connector, is: no}", "{}", "a condition is an expression, or has one of any, all"),
        ("{asked: connector, is: no}", "{seen: [1]}", "seen has an expression"),
        ("{asked: connector, is: no}", "[1]", "a condition is a list of keys and values"),
        ("{data.records}", "{data.recrods}", "because: there is no fact and no question data.recrods"),
        ("kind: count", "kind: number", "there is no kind number"),
        ("found: yes", "found: perhaps", "connector is yes or no"),
        ("id: connector", "id: own_fields", "there is a question own_fields above"),
        ("overhead: 0.2", "overhead: 9", "/forecast.yaml:4:13: overhead is between 0 and 5"),
        ("it: 640, ", "", "rates: missing: it"),
        ("it: 640", "it: free", "it is a number"),
        ("settings:\n", "setings:\n", "the file has no key setings: did you mean settings?"),
        ("title: CRM feed", "title: ''", "title is a text: write one"),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_do(tmp_path, old, new, said):
    found = faults(tmp_path, old, new)

    assert any(said in fault for fault in found), found


def test_two_points_of_one_id_are_refused(tmp_path):
    again = SOUND[SOUND.index("  - id: crm") : SOUND.index("questions:")]
    found = loaded(tmp_path, SOUND.replace("questions:\n", again + "questions:\n"))

    assert "there is a point crm above: give this one another id" in str(found.refused[0])


def test_a_category_that_the_catalogue_does_not_know_is_refused(tmp_path):
    text = SOUND.replace("'\"crm\" in integration.needs'", 'tool.category == "crmm"')

    assert "tool.category is never 'crmm'" in str(loaded(tmp_path, text, categories=CATEGORIES).refused[0])
    assert loaded(tmp_path, text).refused == ()


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "cannot be read" in str(load_table(tmp_path / "none.yaml").refused[0])


# --- conditions ------------------------------------------------------------------------------------------------------

YES, NO, OPEN = Asked("yes"), Asked("no"), Asked("open")
SAID = {"yes": True, "no": False, "nine": 9}


def truth(condition):
    return holds(condition, lambda _: None, SAID)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (YES, True),
        (NO, False),
        (OPEN, None),
        (Asked("no", wanted=False), True),
        (Asked("nine", above=8), True),
        (Asked("nine", above=9), False),
        (Asked("open", above=9), None),
        (Asked("open", named=True), False),
        (Asked("nine", above=0, named=True), True),
        (Joined(every=True, parts=(YES, OPEN)), None),
        (Joined(every=True, parts=(NO, OPEN)), False),
        (Joined(every=True, parts=(YES, YES)), True),
        (Joined(every=False, parts=(YES, OPEN)), True),
        (Joined(every=False, parts=(NO, OPEN)), None),
        (Joined(every=False, parts=(NO, NO)), False),
    ],
)
def test_conditions_are_three_valued(condition, expected):
    assert truth(condition) is expected


def test_what_is_seen_alone_is_no_where_it_is_not_known():
    expression = load_table().points[5].applies

    assert holds(expression, lambda _: None, {}) is None
    assert holds(Seen(expression), lambda _: None, {}) is False
    assert holds(Seen(expression), lambda _: True, {}) is True
    assert set(reads(Seen(expression))) == {"data.personal", "integration.tag_live"}
    assert list(reads(None)) == []


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("No", False), (" true ", True)])
def test_yes_and_no_are_read(text, value):
    assert answer(Question("x", "yes_no", "?"), text) is value


def test_counts_are_read():
    assert answer(Question("x", "count", "?"), " 12 ") == 12


@pytest.mark.parametrize(("kind", "text"), [("yes_no", "maybe"), ("count", "-1"), ("count", "many"), ("count", "")])
def test_what_is_no_answer_is_told_how_it_is_written(kind, text):
    with pytest.raises(ValueError, match="x is"):
        answer(Question("x", kind, "?"), text)


def test_bounds_are_told():
    assert out_of_bounds("overhead", Fraction(1, 5)) is None
    assert out_of_bounds("overhead", Fraction(6)) == "overhead is between 0 and 5"
