"""The rules of risk as a file: what they say, and every fault with its place and what to do."""

import pytest

from model.facts import VOCABULARY
from policies.risk import BANDS, RULES, SIDES, load_rules

SOUND = """\
technology:
  - {band: high, severity: critical, findings: 1}
  - {band: medium, severity: high, findings: 2, gaps: [security, consent]}
  - {band: low, known: [people.count], severity: high, unjudged: 2}
customer:
  - {band: high, severity: high, findings: 1}
"""


def loaded(tmp_path, text=SOUND, old="", new=""):
    assert old in text
    path = tmp_path / "risk.yaml"
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return load_rules(path)


def faults(tmp_path, old, new):
    found = loaded(tmp_path, SOUND, old, new)
    assert found.rules == ()
    return [str(refusal).replace(str(tmp_path), "") for refusal in found.refused]


def test_the_rules_that_come_with_the_program_are_sound_and_decide_both_sides():
    found = load_rules()

    assert found.refused == ()
    for side in SIDES:
        bands = [rule.band for rule in found.of(side)]
        assert {*bands} == {*BANDS}
        assert bands == sorted(bands, key=BANDS.index)


def test_low_wants_a_fact_known_that_can_be_unknown_on_both_sides():
    for rule in load_rules().rules:
        if rule.band == "low":
            assert any(not VOCABULARY[name].own for name in rule.known)


def test_a_file_of_ones_own_is_read_in_its_order(tmp_path):
    found = loaded(tmp_path)

    assert [(rule.side, rule.band, rule.line) for rule in found.rules] == [
        ("technology", "high", 2),
        ("technology", "medium", 3),
        ("technology", "low", 4),
        ("customer", "high", 6),
    ]
    assert found.needs == ("people.count",)


def test_rules_are_said_as_conditions(tmp_path):
    assert [rule.said() for rule in loaded(tmp_path).rules] == [
        "at least 1 open finding, critical",
        "at least 2 open findings of security or consent, high or worse",
        "people.count known, and at most 2 of the policies that apply, high or worse, cannot be judged",
        "at least 1 open finding, high or worse",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("critical", "terrible", "/risk.yaml:2:28: there is no severity terrible: it is one of critical, high"),
        (
            "severity: critical",
            "severty: critical",
            "/risk.yaml:2:18: a rule has no key severty: did you mean severity?",
        ),
        ("findings: 1}", "findings: 0}", "/risk.yaml:2:48: findings is a whole number of at least 1"),
        ("findings: 1}", "findings: some}", "/risk.yaml:2:48: findings is a whole number of at least 1"),
        (", findings: 1}", "}", "/risk.yaml:2:5: missing: findings, the number that makes it high"),
        ("people.count", "people.cuont", "there is no fact people.cuont: did you mean people.count?"),
        ("consent]", "consnet]", "there is no gap consnet: did you mean consent?"),
        ("[people.count]", "[ownership.business_owner]", "low names in known a fact that can be unknown"),
        ("known: [people.count], ", "", "low names in known a fact that can be unknown"),
        ("unjudged: 2", "findings: 2", "findings: low counts what is not known"),
        ("gaps: [security, consent]", "known: [people.count]", "known: medium counts findings"),
        ("band: medium", "band: unknown", "there is no band unknown"),
        ("customer:\n", "customers:\n", "the file has no key customers: did you mean customer?"),
        ("  - {band: high, severity: high, findings: 1}\n", "  []\n", "customer has no rule: write one at least"),
        (
            "  - {band: high, severity: critical",
            "  - {band: low, known: [people.count], severity: critical",
            "stands below",
        ),
        ("gaps: [security, consent]", "gaps: security", "gaps is a list"),
        ("  - {band: high, severity: critical, findings: 1}", "  - high", "a rule is a list of keys and values"),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_do(tmp_path, old, new, said):
    assert any(said in fault for fault in faults(tmp_path, old, new)), faults(tmp_path, old, new)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    path = tmp_path / "risk.yaml"
    path.write_text("technology:\n  - {band: hihg, severity: low, findings: x}\n", encoding="utf-8")

    assert len(load_rules(path).refused) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is one document in this file, not 0"),
        ("a: 1\n---\nb: 2\n", "there is one document in this file, not 2"),
        ("a: [1\n", "not YAML"),
        ("a: &x 1\nb: *x\n", "anchors and aliases"),
        ("- 1\n", "the file is a list of keys and values"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(tmp_path, text, said):
    found = loaded(tmp_path, text)

    assert any(said in str(refusal) for refusal in found.refused)
    assert found.rules == ()


def test_a_file_that_is_not_there_is_refused(tmp_path):
    (refusal,) = load_rules(tmp_path / "none.yaml").refused

    assert "cannot be read" in str(refusal)


def test_the_file_that_comes_with_the_program_explains_itself():
    text = RULES.read_text(encoding="utf-8")

    assert "[risk] file" in text
    assert "not seen is not low" in text


def test_a_file_that_is_no_text_is_refused_with_the_place_of_the_byte(tmp_path):
    path = tmp_path / "risk.yaml"
    path.write_bytes(b"technology:\n  - \xff\n")

    (refusal,) = load_rules(path).refused
    assert (refusal.line, refusal.column) == (2, 5)
    assert "no UTF-8" in str(refusal)
