"""What the issue names as bad input: refused with its place and what to do, soon; the other policies run on."""

import time

import pytest

from policies.engine import judge_all, load
from policies.loading import FORMAT
from policies.nearest import cut, near
from tests.policies.making import SOUND, changed, loaded, refusals, write
from tests.policies.test_judging import NOW, facts

OTHER = changed("TST-01", "TST-99")
BOMB = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"
BAD = {
    "a typo in a fact": changed("grants.active > 0", "grants.actve > 0"),
    "a wrong type": changed("grants.active > 0", "grants.active > 0.5"),
    "an expression without an end": changed("grants.leaver_owned == 0", f"grants.active == {'1 + ' * 300}1"),
    "a product of lists": changed("grants.leaver_owned == 0", "grants.scopes.all(s, s in grants.scopes)"),
    "a pattern that explodes": changed("grants.leaver_owned == 0", "tool.name.matches('(a{999}){999}')"),
    "no cases": SOUND[: SOUND.index("cases:")],
    "a YAML bomb": BOMB,
    "depth": f"a: {'[' * 500}{']' * 500}\n",
    "masses": f"a: [{'x, ' * 20_000}]\n",
    "a key of its own length": f"? {'k' * 100_000}\n: 1\n",
    "a reference of its own length": changed("[CIS-6.2]", f"[{'C' * 100_000}]"),
    "a fact of its own length": changed("{grants.active}", f"{{{'f' * 100_000}}}"),
    "brackets without an end": changed("grants.active > 0", f'"{"(" * 900}"'),
}


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
def test_what_is_bad_is_refused_with_its_place_and_the_others_run_on(tmp_path, text):
    started = time.process_time()

    pack = loaded(tmp_path, f"{text}---\n{OTHER}")

    assert time.process_time() - started < 2
    assert [policy.id for policy in pack.policies] == ["TST-99"]
    assert pack.refused
    assert all(r.line >= 1 and r.column >= 1 and 0 < len(r.message) < 1_000 for r in pack.refused)
    tools = [("t", {}, facts(grants__active=6, grants__leaver_owned=0))]
    assert [verdict.policy for _, verdict in judge_all(pack.policies, tools, NOW)] == ["TST-99"]


def test_of_two_policies_of_one_id_the_second_is_refused_and_told_of_the_first(tmp_path):
    first, second = write(tmp_path, SOUND, "a.yaml"), write(tmp_path, SOUND, "b.yaml")

    pack = load([second, first])

    assert [str(refusal) for refusal in pack.refused] == [
        f"{first}:1:1: the id TST-01 is taken by {second}:1: give this policy one of its own"
    ]
    assert len(pack.policies) == 1


# --- the format of a file --------------------------------------------------------------------------------------------


def test_a_file_may_say_that_it_is_of_this_versions_format(tmp_path):
    pack = loaded(tmp_path, f"format: {FORMAT}\n---\n{SOUND}---\n{OTHER}")

    assert ([policy.id for policy in pack.policies], pack.refused) == (["TST-01", "TST-99"], ())


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (f"format: {FORMAT - 1}", f"of an older version; this one reads {FORMAT}: write format: {FORMAT}"),
        (f"format: {FORMAT + 1}", "of a newer version of Ostiary"),
        ("format: two", "the head of a file is the one line"),
        ("format: [2]", "the head of a file is the one line"),
        ("format: 99999999999999999999", "the head of a file is the one line"),
        (f"format: {FORMAT}\npack: own", "the head of a file is the one line"),
    ],
)
def test_a_pack_of_another_version_is_refused_whole(tmp_path, head, said):
    found = refusals(tmp_path, f"{head}\n---\n{SOUND}")

    assert len(found) == 1
    assert found[0].startswith("own.yaml:1:1: ")
    assert said in found[0]
    assert loaded(tmp_path, f"{head}\n---\n{SOUND}").policies == ()


def test_a_head_stands_only_at_the_beginning(tmp_path):
    assert "own.yaml:18:1: there is no key format" in refusals(tmp_path, f"{SOUND}---\nformat: {FORMAT}\n")[1]


def test_there_is_an_end_to_how_many_policies_are_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr("policies.loading.MOST_POLICIES", 1)

    pack = loaded(tmp_path, f"{SOUND}---\n{OTHER}")

    assert [policy.id for policy in pack.policies] == ["TST-01"]
    assert "more than 1 policies in all" in pack.refused[0].message


def test_a_long_name_is_near_nothing_and_cut():
    assert near("grants.actve", ["grants.active"]) == "grants.active"
    assert near("grants.active" * 9, ["grants.active" * 9]) is None
    assert cut("x" * 81) == "x" * 80 + "..."
    assert cut("x" * 80) == "x" * 80
