"""What a company makes of policies without copying one: profile, modes, severities, thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.engine import compiler, judge
from policies.overrides import DEFAULT_PROFILE, Choice, Override, chosen
from policies.shape import MODES, PROFILES, Outcome, Pack, Refusal
from policies.testing import run_cases
from tests.policies.making import SOUND, changed, loaded
from tests.policies.test_judging import NOW, facts
from tests.policies.test_thresholds import WITH


@pytest.fixture
def pack(tmp_path):
    texts = [WITH, *(SOUND.replace("TST-01", f"T{p[:5].upper()}-01").replace("light", p) for p in PROFILES)]
    return loaded(tmp_path, "---\n".join(texts))


def having(pack, **options):
    overrides = {name: Override(**said) for name, said in options.pop("overrides", {}).items()}
    return chosen(pack, Choice(overrides=overrides, **options), compiler())


def modes(pack):
    return {policy.id: policy.mode for policy in pack.policies}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_policy_is_on_in_its_own_profile_and_in_all_stricter_ones(pack, profile):
    found = having(pack, profile=profile)

    on = {policy.id for policy in found.policies if policy.mode == "on"}
    assert on == {"TST-01", *(f"T{p[:5].upper()}-01" for p in PROFILES[: PROFILES.index(profile) + 1])}
    assert [policy.id for policy in found.in_force()] == [policy.id for policy in pack.in_force(profile)]


def test_the_middle_profile_is_meant_where_none_is_chosen(pack):
    assert DEFAULT_PROFILE == "standard"
    assert modes(having(pack)) == {"TST-01": "on", "TLIGHT-01": "on", "TSTAND-01": "on", "TSTRIC-01": "off"}


def test_what_a_profile_leaves_out_says_so(pack):
    found = {policy.id: dict(policy.overridden) for policy in having(pack, profile="light").policies}

    assert found["TST-01"] == {}
    assert "light leaves it out" in next(of["profile"] for of in found.values() if "profile" in of)


@pytest.mark.parametrize("mode", MODES)
def test_the_companys_word_on_one_policy_goes_before_its_profile(pack, mode):
    strict = next(policy.id for policy in pack.policies if policy.profile == "strict")

    found = having(pack, profile="light", overrides={strict: {"mode": mode}})

    assert modes(found)[strict] == mode


def test_severities_are_the_companys_one_side_at_a_time(pack):
    found = having(pack, overrides={"TST-01": {"severity": "low"}}).policies[0]

    assert (found.severity, found.customer_severity) == ("low", "medium")
    assert found.overridden == (("severity", "high"),)


def test_a_threshold_is_changed_in_conditions_and_words(tmp_path):
    text = WITH.replace("of {grants.active}", "of {grants.active}, {most} at most").replace(
        "A leaver keeps the rights.", '"{most} leavers keep the rights."'
    )
    found = having(loaded(tmp_path, text), overrides={"TST-01": {"thresholds": {"most": 3}}}).policies[0]

    said = [judge(found, {}, facts(grants__active=6, grants__leaver_owned=n), NOW) for n in (3, 4)]
    assert [one.verdict for one in said] == [Outcome.MET, Outcome.VIOLATED]
    assert said[1].message == "4 of 6, 3 at most"
    assert (found.why, found.overridden) == ("3 leavers keep the rights.", (("most", "2"),))


def test_overriding_twice_begins_with_what_the_file_says(pack):
    once = having(pack, overrides={"TST-01": {"thresholds": {"most": 3}}})
    twice = having(once, overrides={"TST-01": {"thresholds": {"most": 7}}})

    assert twice.policies[0].require.text == "grants.leaver_owned <= 7"


def test_cases_are_run_by_what_the_file_says(pack):
    assert all(result.passed for result in run_cases(pack.policies[1:]))


@pytest.mark.parametrize(
    ("name", "said", "message", "place"),
    [
        ("TST-02", {"mode": "off"}, "there is no policy TST-02: did you mean TST-01?", (7, 1)),
        ("ZZZ-99", {"mode": "off"}, "there is no policy ZZZ-99: `ostiary policy list`", (1, 1)),
        ("TST-01", {"thresholds": {"mots": 1}}, "there is no threshold mots: the policy has most", (4, 1)),
        ("TLIGHT-01", {"thresholds": {"most": 1}}, "this policy has none; mode and severity can be set", (1, 1)),
        ("TST-01", {"thresholds": {"most": "two"}}, "most is a whole number, such as 4; the policy says 2", (5, 9)),
        ("TST-01", {"thresholds": {"most": True}}, "most is a whole number", (5, 9)),
    ],
)
def test_a_wrong_override_is_refused_with_its_place_and_the_policy_is_not_evaluated(pack, name, said, message, place):
    places = {("TST-01",): (4, 1), ("TST-01", "with", "most"): (5, 9), ("TST-02",): (7, 1)}

    found = having(pack, overrides={name: said}, file="own.toml", places=places)

    (refusal,) = found.refused
    assert (refusal.file, refusal.line, refusal.column, refusal.policy) == ("own.toml", *place, name)
    assert message in refusal.message
    assert name not in modes(found)
    assert len(found.policies) == len(pack.policies) - (name in modes(pack))


def test_a_closed_value_is_checked_in_an_override_too(tmp_path):
    text = SOUND.replace("applies: grants.active > 0", "with: {kinds: [crm]}\napplies: tool.category in kinds")
    text = text.replace("grants.active: 6", "tool.category: crm").replace(" of {grants.active}", "")
    pack = loaded(tmp_path, text, categories=["crm", "email"])
    assert pack.refused == ()
    choice = Choice(overrides={"TST-01": Override(thresholds={"kinds": ["emial"]})})

    (refusal,) = chosen(pack, choice, compiler(["crm", "email"])).refused

    assert "tool.category is never 'emial': did you mean 'email'?" in refusal.message


def test_an_override_of_a_policy_that_is_refused_is_no_second_fault():
    refused = Refusal("own.yaml", 1, 1, "a fault", "TST-01")

    found = having(Pack((), (refused,)), overrides={"TST-01": {"mode": "off"}})

    assert found.refused == (refused,)


@given(st.sampled_from(PROFILES), st.dictionaries(st.just("TST-01"), st.sampled_from(MODES)))
def test_a_stricter_profile_never_judges_less(tmp_path_factory, profile, overrides):
    pack = loaded(
        tmp_path_factory.getbasetemp(), f"{SOUND}---\n{changed('light', 'strict').replace('TST-01', 'TST-02')}"
    )
    said = {name: {"mode": mode} for name, mode in overrides.items()}

    looser, stricter = (having(pack, profile=p, overrides=said) for p in (profile, PROFILES[-1]))

    assert {p.id for p in looser.in_force()} <= {p.id for p in stricter.in_force()}
