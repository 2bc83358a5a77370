"""What an expression may say: known facts, few functions, closed values, and work that ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts import NAMES, Type
from policies.expressions import FUNCTIONS, METHODS, constants, faults, hint, names, terms, unknown_name
from policies.tokens import tokens


def read(text):
    return terms(tokens(text))


def found(text, **closed):
    return sorted(faults(read(text), {name.replace("__", "."): values for name, values in closed.items()}))


def kinds(text):
    return [(term.kind, term.text) for term in read(text)]


# --- terms -----------------------------------------------------------------------------------------------------------


def test_a_name_with_dots_is_one_fact():
    assert kinds("people.count > 3") == [("fact", "people.count"), ("sign", ">"), ("number", "3")]


def test_a_method_is_told_from_the_fact_that_it_is_called_on():
    assert kinds('tool.name.contains("a")')[:3] == [("fact", "tool.name"), ("sign", "."), ("method", "contains")]


def test_a_function_is_told_from_a_fact():
    assert kinds("double(people.count)")[0] == ("function", "double")
    assert kinds("now.size()")[0] == ("fact", "now")


def test_the_name_that_a_macro_gives_is_no_fact():
    assert kinds("grants.scopes.exists(s, s.size() > 1)")[4] == ("local", "s")
    assert names(read('grants.scopes.exists(s, s == "a") && data.personal')) == ("grants.scopes", "data.personal")


def test_a_fact_in_quotes_is_none():
    assert names(read("'people.count' == tool.name")) == ("tool.name",)


def test_facts_are_named_once_in_the_order_of_their_first_mention():
    assert names(read("grants.active > 0 && people.count > grants.active && now > now")) == (
        *("grants.active", "people.count", "now"),
    )


@given(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=6))
def test_every_fact_that_is_read_is_named(words):
    text = " && ".join(f"({word} == {word})" for word in words)

    assert names(read(text)) == tuple(dict.fromkeys(words))


@given(st.text(alphabet="ab.()[],! =1'\n", max_size=25))
def test_words_without_sense_are_read_without_a_crash(text):
    try:
        words = tokens(text)
    except ValueError:
        words = []

    said = terms(words)

    assert len(said) <= len(words)
    assert all(0 <= at <= len(text) for at, _ in faults(said, {}))
    assert all(0 <= at <= len(text) for at, _, _ in constants(said))


# --- faults ----------------------------------------------------------------------------------------------------------

SOUND = [
    "people.count >= 3",
    'tool.category in ["crm", "cdp"]',
    "size(grants.scopes) == 0",
    "!(data.personal && grants.offline)",
    'grants.scopes.exists(s, s == "a") && grants.scopes.all(t, t != "b")',
    '(grants.scopes.exists(s, s == "a"))',
    'tool.status != "retired"',
    '"mail" in connections.systems',
    "people.count in [1, 2, 3]",
    "access.mfa_share in [0.5, 1.0]",
    "data.personal in [true]",
    'tool.name in ["a", tool.category]',
    "(people.count == 1 || people.count == 2) && [1.0, 2.0] != []",
    'tool.name.matches("a") == true',
]


@pytest.mark.parametrize("text", SOUND)
def test_what_is_sound_has_no_fault(text):
    assert found(text) == []


FAULTS = [
    ("people.cuont > 3", 0, "there is no fact people.cuont: did you mean people.count?"),
    ("1 < people", 4, "there is no fact people"),
    ("people.count.more > 3", 0, "there is no fact people.count.more: did you mean people.count?"),
    ("has(people.count)", 0, "has() is not allowed: name the fact itself"),
    ("true && dyn(now) == now", 8, "dyn() is not allowed"),
    ("type(now) == now", 0, "type() is not allowed"),
    ("people.count == null", 16, "null is not allowed"),
    ("max(people.count) > 3", 0, "there is no function max(): there are size, int, double"),
    ('tool.name.trim() == "a"', 10, "there is no .trim: there are .all()"),
    ("!!data.personal", 1, "two ! in a row cancel out"),
    ("grants.scopes.all(a, grants.scopes.exists(b, a == b))", 35, ".exists() within another one"),
    ("grants.scopes.map(a, (grants.scopes.filter(b, a == b)))", 36, ".filter() within another one"),
    ('["a", 1] == []', 6, "a list holds values of one kind"),
    ("[1, 1.5] == []", 4, "a list holds values of one kind"),
    ("[1, true] == []", 4, "a list holds values of one kind"),
    ("[0x1F, 1e3] == []", 7, "a list holds values of one kind"),
    ('tool.status == "aproved"', 15, "tool.status is never 'aproved': did you mean 'approved'?"),
    ('"zzz" != tool.status', 0, "tool.status is never 'zzz': it is one of approved, approved_with_conditions"),
    ('tool.status in ["new", "old"]', 23, "tool.status is never 'old'"),
    ('"fax" in connections.systems', 0, "connections.systems is never 'fax'"),
    ('access.sso_mode == "SAML"', 19, "access.sso_mode is never 'SAML'"),
]


@pytest.mark.parametrize(("text", "at", "said"), FAULTS)
def test_a_fault_is_named_at_its_place_with_what_to_do(text, at, said):
    places = dict(found(text))

    assert at in places
    assert said in places[at]


def test_several_faults_are_all_named():
    assert [at for at, _ in found("people.cuont > 3 && has(now) && tool.status == 'x'")] == [0, 20, 47]


def test_values_that_the_caller_closes_are_closed_too():
    assert found('tool.category == "crn"', tool__category={"crm", "cdp"}) == [
        (17, "tool.category is never 'crn': did you mean 'crm'?")
    ]
    assert found('tool.category == "crm"', tool__category={"crm", "cdp"}) == []
    assert found('tool.category == "crn"') == []


def test_a_string_with_escapes_is_not_compared_with_closed_values():
    assert found(r'tool.status == "ne\u0077"') == []


def test_a_comparison_at_an_edge_is_no_fault_of_its_own():
    assert found("== tool.status") == []
    assert found('"a" in') == []
    assert found('tool.status in ["new"') == []


def test_every_function_and_method_that_is_allowed_is_no_fault():
    assert [f for f in FUNCTIONS if found(f"{f}(people.count) == {f}(people.count)")] == []
    assert [m for m in METHODS if found(f"tool.name.{m}(now) == tool.name")] == []


@pytest.mark.parametrize(
    ("name", "said"), [("grant.active", "did you mean grants.active?"), ("q", "facts.md lists all")]
)
def test_an_unknown_name_gets_the_nearest_or_the_page(name, said):
    assert said in unknown_name(name)


@given(st.sampled_from(sorted(NAMES)), st.integers(0, 30), st.sampled_from("abz_"))
def test_one_wrong_letter_in_a_fact_is_always_found(name, at, letter):
    wrong = name[: at % len(name)] + letter + name[at % len(name) + 1 :]

    said = dict(found(f"{wrong} == {wrong}"))

    assert (wrong in NAMES) == (not said)


# --- constants -------------------------------------------------------------------------------------------------------


def test_what_types_do_not_tell_is_tried():
    text = 'now - now < duration("1h") && now > timestamp("x") && tool.name.matches("(") && size("a") == 1'

    assert [(at, tried) for at, tried, _ in constants(read(text))] == [
        (21, 'duration("1h") == duration("1h")'),
        (46, 'timestamp("x") == timestamp("x")'),
        (72, '"".matches("(") in [true, false]'),
    ]


def test_what_is_no_constant_is_not_tried():
    assert list(constants(read("duration(tool.name) == duration(tool.name)"))) == []
    assert list(constants(read("duration"))) == []


# --- the library's own messages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Syntax error: mismatched input", "Syntax error: mismatched input"),
        (
            "found no matching overload for '_>=_' applied to '(int, double)'",
            "types do not fit: '_>=_' applied to '(int, double)'; write a share with a point",
        ),
        (
            "found no matching overload for '_<_' applied to '(google.protobuf.Timestamp, google.protobuf.Duration)'",
            "types do not fit: '_<_' applied to '(date, duration)'; days are compared as now - DATE",
        ),
        (
            "found no matching overload for '_==_' applied to '(bool, string)'",
            "types do not fit: '_==_' applied to '(bool, string)'",
        ),
    ],
)
def test_a_message_of_the_library_says_what_to_do(message, said):
    assert hint(message).startswith(said)


def test_every_type_of_the_vocabulary_is_used_or_ready():
    assert {fact.type for fact in NAMES.values()} == set(Type)
