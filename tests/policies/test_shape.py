"""Policies, packs and refusals as values."""

import pytest

from policies.engine import load
from policies.shape import EXPECTED, GAPS, PROFILES, Pack, Refusal
from tests.policies.making import SOUND, changed, loaded


def test_a_refusal_is_said_as_file_line_column_and_message():
    assert str(Refusal("own.yaml", 3, 14, "write one")) == "own.yaml:3:14: write one"


def test_refusals_stand_in_the_order_of_the_file():
    found = [Refusal("b", 1, 1, ""), Refusal("a", 10, 1, ""), Refusal("a", 9, 20, ""), Refusal("a", 9, 3, "")]

    assert [(one.file, one.line, one.column) for one in sorted(found)] == [
        ("a", 9, 3),
        ("a", 9, 20),
        ("a", 10, 1),
        ("b", 1, 1),
    ]


def test_a_refused_policy_is_in_no_profile(tmp_path):
    pack = loaded(tmp_path, changed("light", "dark"))

    assert [refusal.policy for refusal in pack.refused] == ["TST-01"]
    assert all(pack.in_force(profile) == () for profile in PROFILES)


def test_a_profile_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="lax"):
        Pack(()).in_force("lax")


def test_the_strictest_profile_is_meant_where_none_is_named():
    pack = load()

    assert pack.in_force() == pack.in_force("strict") == pack.policies
    assert len(pack.in_force("light")) < len(pack.in_force("standard")) < len(pack.policies)


def test_a_policy_reads_what_its_two_expressions_read_and_not_what_it_mentions(tmp_path):
    text = changed("{grants.leaver_owned} of {grants.active}", "{people.count}")
    (policy,) = loaded(tmp_path, text).policies

    assert policy.reads == ("grants.active", "grants.leaver_owned")
    assert policy.message.names == ("people.count",)


def own_records():
    """Return the sound policy with its facts turned into those of our own records."""
    text = SOUND.replace("grants.active > 0", 'tool.status == "new"').replace("grants.active: 6", "tool.status: new")
    text = text.replace("grants.leaver_owned == 0", "ownership.business_owner")
    text = text.replace('"{grants.leaver_owned} of {grants.active}"', "nobody")
    for old, new in (("0", "true"), ("1", "false")):
        text = text.replace(f"grants.leaver_owned: {old}", f"ownership.business_owner: {new}")
    return text


def test_a_policy_over_our_own_records_alone_is_marked(tmp_path):
    own, other = loaded(tmp_path, f"{own_records()}---\n{changed('TST-01', 'TST-02')}").policies

    assert (own.own_records, other.own_records) == (True, False)


def test_the_words_of_the_contract():
    assert GAPS[:3] == ("integration", "security", "support")
    assert EXPECTED == ("met", "violated", "unknown", "not_applicable")
    assert PROFILES == ("light", "standard", "strict")
