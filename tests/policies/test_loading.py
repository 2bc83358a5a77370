"""Loading: what is sound is taken, what is not is refused with file, line, column and what to do."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import documents
from policies.engine import load
from policies.reading import KEYS, REQUIRED, references
from policies.shape import Outcome, Pack
from tests.policies.making import SOUND, changed, loaded, refusals, with_rule, write


def test_a_sound_policy_is_loaded_with_all_it_says(tmp_path):
    pack = loaded(tmp_path, SOUND)

    (policy,) = pack.policies
    assert pack.refused == ()
    assert (policy.id, policy.pack, policy.gap, policy.profile, policy.mode) == (
        *("TST-01", "own", "security", "light", "on"),
    )
    assert (policy.severity, policy.customer_severity) == ("high", "medium")
    assert policy.reads == ("grants.active", "grants.leaver_owned")
    assert policy.do == ("Take the grants back.",)
    assert policy.refs == ("CIS-6.2",)
    assert [case.expect for case in policy.cases] == ["met", "violated", "unknown"]
    assert (policy.line, policy.own_records) == (1, False)


def test_text_over_several_lines_is_one_line(tmp_path):
    (policy,) = loaded(
        tmp_path, changed("A leaver keeps the rights.", ">-\n  A leaver\n  keeps\n\n  the rights.")
    ).policies

    assert policy.why == "A leaver keeps the rights."


@pytest.mark.parametrize("mode", ["on", "watch", "off"])
def test_a_mode_is_the_word_itself_and_not_what_yaml_makes_of_it(tmp_path, mode):
    (policy,) = loaded(tmp_path, SOUND + f"mode: {mode}\n").policies

    assert policy.mode == mode


def test_refs_may_be_left_out_where_none_is_true(tmp_path):
    (policy,) = loaded(tmp_path, changed("refs: [CIS-6.2]\n", "")).policies

    assert policy.refs == ()


WRONG = [
    # keys
    ("title: People", "titel: People", ":1:1: missing: title"),
    ("title: People", "titel: People", ":2:1: there is no key titel: did you mean title?"),
    ("gap: security\n", "gap: security\nzzz: 1\n", ":4:1: there is no key zzz: leave it out"),
    (
        "gap: security\n",
        "gap: security\ngap: support\n",
        ":4:1: the key gap stands here a second time: leave one of them out",
    ),
    ("id: TST-01", "id: tst 1", ":1:5: an id is capitals, a hyphen and a number, such as SEC-03"),
    ("title: People who left still hold a grant", "title: ''", ":2:8: title is a text: write one"),
    ("title: People who left still hold a grant", "title: [a]", ":2:8: title is a text: write one"),
    ("gap: security", "gap: secrity", ":3:6: gap is one of integration, security, support, "),
    ("gap: security", "gap: [security]", ":3:6: gap is one of integration"),
    ("profile: light", "profile: lite", ":5:10: profile is one of light, standard, strict"),
    ("{technology: high, customer: medium}", "high", ":4:1: severity has both sides"),
    ("{technology: high, customer: medium}", "{technology: high}", ":4:1: severity has both sides"),
    ("technology: high", "technology: severe", ":4:24: severity of technology is one of critical, high, medium, low"),
    ("profile: light\n", "profile: light\nmode: yes\n", ":6:7: mode is one of on, watch, off"),
    ("do:\n  - Take the grants back.", "do: Take the grants back.", ":10:5: do is a list: one line each"),
    ("do:\n  - Take the grants back.", "do: []", ":10:5: do is a list"),
    ("  - Take the grants back.", "  - Take: the grants back", ":11:5: each entry of do is a text (one with a colon"),
    ("[CIS-6.2]", "[CIS-6.22]", ":12:8: there is no reference CIS-6.22: did you mean CIS-6.2?"),
    ("[CIS-6.2]", "[zzzzzzzz]", ":12:8: there is no reference zzzzzzzz: docs/reference/policies.md lists them"),
    ("[CIS-6.2]", "[[CIS-6.2]]", ":12:8: a reference is a word"),
    ("[CIS-6.2]", "CIS-6.2", ":12:7: refs is a list"),
    # expressions
    (
        "grants.active > 0",
        "grants.actve > 0",
        ":6:10: applies: there is no fact grants.actve: did you mean grants.active?",
    ),
    (
        "grants.active > 0",
        "zzzz.q > 0",
        ":6:10: applies: there is no fact zzzz.q: docs/reference/facts.md lists all",
    ),
    ("grants.active > 0", '"grants.active > 0.5"', ":6:25: applies: types do not fit:"),
    ("grants.active > 0", "grants.active", ":6:10: applies: this is a value of type int, not true or false"),
    (
        "grants.active > 0",
        "grants.last_used > now - 3",
        ":6:33: applies: types do not fit: '_-_' applied to '(date, int)'; days are compared as",
    ),
    ("grants.leaver_owned == 0", "has(grants.active)", ":7:10: require: has() is not allowed"),
    ("grants.leaver_owned == 0", "dyn(grants.active) == 0", ":7:10: require: dyn() is not allowed"),
    (
        "grants.leaver_owned == 0",
        ">-\n  grants.active == 0\n  && grants.actve == 0",
        ":9:6: require: there is no fact grants.actve",
    ),
    ("grants.leaver_owned == 0", "|\n  grants.active ==\n", ":8:18: require: Syntax error"),
    ("grants.leaver_owned == 0", "min(grants.active) == 0", ":7:10: require: there is no function min()"),
    ("grants.leaver_owned == 0", "tool.name.trim() == 'x'", ":7:20: require: there is no .trim"),
    (
        "grants.leaver_owned == 0",
        "tool.status == 'aproved'",
        ":7:25: require: tool.status is never 'aproved': did you mean 'approved'?",
    ),
    ("grants.leaver_owned == 0", "'zz' != tool.status", ":7:15: not YAML"),
    (
        "grants.leaver_owned == 0",
        "tool.status in ['zzzz']",
        ":7:26: require: tool.status is never 'zzzz': it is one of approved",
    ),
    ("grants.leaver_owned == 0", "grants.active in [1, 2.0]", ":7:31: require: a list holds values of one kind"),
    (
        "grants.leaver_owned == 0",
        "grants.active == 0 ; true",
        ":7:29: require: this character has no place in an expression",
    ),
    ("grants.leaver_owned == 0", f"grants.active == {'1 + ' * 300}1", ":7:1009: require: longer than 1000 characters"),
    ("grants.leaver_owned == 0", f"{'(' * 40}true{')' * 40}", ":7:10: require: nested too deeply"),
    (
        "grants.leaver_owned == 0",
        "now - grants.last_used < duration('3 days')",
        ":7:44: require: no duration: write hours",
    ),
    ("grants.leaver_owned == 0", "now > timestamp('2026')", ":7:26: require: no moment"),
    ("grants.leaver_owned == 0", "tool.name.matches('(')", ":7:28: require: no regular expression (RE2)"),
    (
        "grants.leaver_owned == 0",
        "grants.scopes.exists(s, grants.scopes.all(t, s == t))",
        ":7:48: require: .all() within another one: their steps multiply",
    ),
    # messages
    (
        '"{grants.leaver_owned} of {grants.active}"',
        '"{grants.actve} too"',
        ":8:11: message: there is no fact grants.actve",
    ),
    ('"{grants.leaver_owned} of {grants.active}"', '"{} too"', ":8:11: message: there is no fact"),
    ('"{grants.leaver_owned} of {grants.active}"', '"a } b"', ":8:13: a brace without its other half"),
    ('"{grants.leaver_owned} of {grants.active}"', '"a {b"', ":8:13: a brace without its other half"),
    # cases
    (
        "leaver_owned: 0}, expect: met",
        "leaver_owned: 0}, expect: meet",
        ":14:5: expect is one of met, violated, unknown, not_applicable",
    ),
    (
        "leaver_owned: 0}, expect: met",
        "leaver_owned: none}, expect: met",
        ":14:53: grants.leaver_owned is a whole number",
    ),
    (
        "leaver_owned: 0}, expect: met",
        "leaver_owned: 99999999999999999999}, expect: met",
        ":14:53: grants.leaver_owned is a whole",
    ),
    (
        "leaver_owned: 0}, expect: met",
        "leaver_owned: [0]}, expect: met",
        ":14:53: grants.leaver_owned is a whole number",
    ),
    ("leaver_owned: 0}, expect: met", "leaver_ownd: 0}, expect: met", ":14:32: there is no fact grants.leaver_ownd"),
    (
        "leaver_owned: 0}, expect: met",
        "people: 0}, expect: met",
        ":14:32: neither the expressions nor the message read",
    ),
    ("leaver_owned: 0}, expect: met", "leaver_owned: 0}, expects: met", ":14:57: there is no key expects in a case"),
    (
        ", grants.leaver_owned: 0}",
        "}",
        ":14:13: state grants.leaver_owned too, or write null where it is meant to be unknown",
    ),
    (
        "{facts: {grants.active: 6}, expect: unknown}",
        "nothing",
        ":16:5: a case is {facts: {NAME: VALUE, ...}, expect: met}",
    ),
    (
        "{facts: {grants.active: 6}, expect: unknown}",
        "{facts: {grants.active: 6, grants.leaver_owned: 2}, expect: unknown}",
        ":16:13: a case that expects unknown leaves out at least one fact that the expressions read",
    ),
    ("  - {facts: {grants.active: 6}, expect: unknown}\n", "", ":14:3: cases: there is none that expects unknown"),
    ("cases:", "cases: []\nnote:", ":13:8: cases is a list: at least one each of met, violated and unknown"),
    # YAML
    ("title: People", "title: &a People", ":2:8: anchors and aliases (& and *) are not allowed"),
    ("title: People who left still hold a grant", "title: *a", ":2:8: anchors and aliases"),
    ("title: People", "title: People: who", ":2:14: not YAML: mapping values are not allowed"),
    ("title: People", "title: \x07People", ":2:8: not YAML: a character that YAML does not allow"),
    (
        "title: People who left still hold a grant",
        f"title: {'[' * 13}{']' * 13}",
        ":2:19: nested deeper than 12 levels",
    ),
    (
        "title: People who left still hold a grant",
        f"title: [{'a, ' * 10_000}]",
        "more than 10000 values in one document",
    ),
    ("title: People who left still hold a grant", "? [a]\n: b", ":2:3: a key is a plain word"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=lambda value: value[:40])
def test_what_is_wrong_is_refused_with_its_place_and_what_to_do(tmp_path, old, new, said):
    found = refusals(tmp_path, changed(old, new))

    assert any(said in line for line in found)


@pytest.mark.parametrize("key", REQUIRED)
def test_a_key_that_is_missing_is_named_and_nothing_else(tmp_path, key):
    blocks = re.findall(r"^\w.*\n(?:  .*\n)*", SOUND, flags=re.MULTILINE)
    text = "".join(block for block in blocks if not block.startswith(f"{key}:"))

    found = refusals(tmp_path, text)

    assert f"own.yaml:1:1: missing: {key}" in found
    assert not any("severity of" in line or "is a text" in line or "is a list" in line for line in found)


def test_everything_that_is_wrong_with_a_policy_is_said_at_once_in_its_order(tmp_path):
    text = (
        changed("gap: security", "gap: none").replace("light", "dark").replace("grants.active > 0", "people.cuont > 0")
    )

    lines = [int(line.split(":")[1]) for line in refusals(tmp_path, text)]

    assert lines == [3, 5, 6]


def test_a_wrong_place_is_found_in_quotes_and_after_escapes(tmp_path):
    text = changed("grants.active > 0", r'"tool.name == \"caf\u00e9\" && peple.count > 0"')

    assert refusals(tmp_path, text)[0].startswith("own.yaml:6:41: applies: there is no fact peple.count")


def test_a_refused_policy_does_not_keep_the_others_out(tmp_path):
    texts = [SOUND, changed("TST-01", "TST-02").replace("light", "dark"), "a: [", changed("TST-01", "TST-03")]

    pack = loaded(tmp_path, "---\n" + "\n---\n".join(texts))

    assert [policy.id for policy in pack.policies] == ["TST-01", "TST-03"]
    assert [(refusal.policy, refusal.line) for refusal in pack.refused] == [("TST-02", 24), (None, 39)]
    assert [policy.line for policy in pack.policies] == [2, 40]


def test_of_two_policies_with_one_id_the_first_stays_and_the_second_is_refused(tmp_path):
    first, second = write(tmp_path, SOUND, "a.yaml"), write(tmp_path, "\n" + SOUND, "b.yaml")

    pack = load([tmp_path])

    assert [policy.file for policy in pack.policies] == [str(first)]
    assert [str(refusal) for refusal in pack.refused] == [
        f"{second}:2:1: the id TST-01 is taken by {first}:1: give this policy one of its own"
    ]


def test_a_document_that_is_no_policy_is_refused(tmp_path):
    assert refusals(tmp_path, "- a\n- b\n")[0].startswith("own.yaml:1:1: a policy is a list of keys and values: id,")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n---\n", "\ufeff"])
def test_an_empty_file_holds_nothing_and_that_is_no_fault(tmp_path, text):
    assert loaded(tmp_path, text) == Pack(())


def test_a_file_that_is_not_there_is_refused_and_named(tmp_path):
    path = tmp_path / "none.yaml"

    assert [str(refusal) for refusal in load([path]).refused] == [
        f"{path}:1:1: cannot be read: No such file or directory"
    ]


def test_a_file_that_is_no_utf_8_is_refused_at_the_byte(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_bytes(b"id: A\ntitle: caf\xe9\n")

    assert str(load([path]).refused[0]) == f"{path}:2:11: this byte is no UTF-8: save the file as UTF-8"


def test_a_file_as_large_as_no_policy_is_not_even_read(tmp_path):
    assert refusals(tmp_path, "#" * (documents.LARGEST + 1))[0].startswith(
        "own.yaml:1:1: the file is larger than 512 kB"
    )


def test_a_file_that_breaks_off_is_refused_at_its_end(tmp_path):
    assert refusals(tmp_path, "id: TST-01\ncases: [{facts: {")[0].startswith("own.yaml:2:18: not YAML: ")


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor(tmp_path):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )

    assert refusals(tmp_path, bomb)[0].startswith("own.yaml:1:4: anchors and aliases")


def test_a_category_that_the_catalogue_does_not_have_is_refused_where_it_is_known(tmp_path):
    text = with_rule("tool.category in ['crn', '']", "grants.leaver_owned == 0").replace(
        "grants.active", "tool.category"
    )

    assert "tool.category is never 'crn': did you mean 'crm'?" in refusals(tmp_path, text, categories=["crm"])[0]
    assert not any("crn" in line for line in refusals(tmp_path, text))


def test_an_attribute_is_stated_in_every_case(tmp_path):
    text = changed("applies: grants.active > 0", 'applies: tool.status == "new"').replace("grants.active: 6, ", "")

    assert "own.yaml:14:13: state tool.status too: a tool's record always says it" in refusals(tmp_path, text)[0]


def test_a_null_in_a_case_is_an_unknown_that_is_meant(tmp_path):
    text = SOUND + "  - {facts: {grants.active: 6, grants.leaver_owned: null}, expect: unknown, note: refused}\n"

    (policy,) = loaded(tmp_path, text).policies

    assert policy.cases[-1].note == "refused"
    assert set(policy.cases[-1].facts) == {"grants.active", "grants.leaver_owned"}


@pytest.mark.parametrize(("profile", "ids"), [("light", ["L"]), ("standard", ["L", "S"]), ("strict", ["L", "S", "T"])])
def test_a_policy_is_in_force_in_its_own_profile_and_in_all_stricter_ones(tmp_path, profile, ids):
    names = {"L": "light", "S": "standard", "T": "strict"}
    made = [changed("TST-01", f"T{k}-01").replace("profile: light", f"profile: {v}") for k, v in names.items()]
    pack = loaded(tmp_path, "---\n".join([*made, changed("TST-01", "OFF-01") + "mode: off\n"]))

    assert [policy.id for policy in pack.in_force(profile)] == [f"T{name}-01" for name in ids]
    assert len(pack.policies) == 4


def test_every_key_is_needed_or_has_a_default():
    assert set(KEYS) == {line.split(":")[0] for line in SOUND.splitlines() if line[0] not in " -"} | {"mode", "with"}


def test_the_references_have_titles():
    assert references()["CIS-6.2"].startswith("CIS Controls v8.1: ")
    assert len(references()) > 150


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_loading(tmp_path, text):
    pack = loaded(tmp_path, text.encode(errors="replace").decode())

    assert pack.policies == ()


LINES = SOUND.splitlines(keepends=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(SOUND) - 1),
    st.sampled_from(["", "{", "}", '"', ":", "-", "\n", "[", "0", "(", "&", "é", "null"]),
    st.integers(0, 9),
)
def test_a_slip_of_the_pen_is_taken_or_refused_within_the_file(tmp_path, at, typed, cut):
    text = SOUND[:at] + typed + SOUND[at + cut :]

    pack = loaded(tmp_path, text)

    assert len(pack.policies) + bool(pack.refused) == 1 or not text.strip()
    lines = text.split("\n")
    assert all(1 <= r.line <= len(lines) and r.column >= 1 and r.message for r in pack.refused)


def test_the_outcomes_are_those_of_the_contract():
    assert [str(outcome) for outcome in Outcome] == ["met", "violated", "unknown"]
