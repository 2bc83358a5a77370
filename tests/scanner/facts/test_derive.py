"""What holds for all facts: the vocabulary, refusals, the order of rows, and that nothing unknown is ever met."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.findings import Judged, settle
from model.facts import STATUSES, VOCABULARY, Known, Unknown, fits
from policies.engine import judge, load
from policies.shape import Outcome
from scanner.facts import derive
from scanner.facts.derive import attributes, facts
from scanner.facts.world import World
from tests.scanner.facts.worlds import (
    ACME,
    AS_OF,
    DRIVE,
    GMAIL,
    STREAMS,
    app,
    assignment,
    charge,
    consent,
    declared,
    person,
    refused,
    state,
    token,
    tool,
    use,
    world,
)

PACK = load()
NUMBERS = st.integers(1, 6)
DAYS = st.floats(0, 120)
SCOPES = st.lists(st.sampled_from([DRIVE, GMAIL, "openid", "https://strange.example/x"]), max_size=3, unique=True)
ROWS = st.one_of(
    st.builds(use, NUMBERS, DAYS, successes=st.integers(1, 9), second_factor=st.integers(0, 9)),
    st.builds(use, NUMBERS, DAYS, kind=st.just("service")),
    st.builds(use, NUMBERS, DAYS, source=st.just("google:acme"), stream=st.just("saml")),
    st.builds(lambda n, scopes, days: token(n, *scopes, days=days), NUMBERS, SCOPES, DAYS),
    st.builds(
        lambda n, scopes, days, state: consent(n, *scopes, days=days, state=state),
        NUMBERS,
        SCOPES,
        DAYS,
        st.sampled_from(["granted", "revoked"]),
    ),
    st.builds(lambda days: consent(None, DRIVE, days=days, stream="admin", consent="admin"), DAYS),
    st.builds(
        app,
        st.sampled_from(["SAML_2_0", "BOOKMARK", "AUTO_LOGIN", "odd"]),
        status=st.sampled_from(["active", "INACTIVE"]),
    ),
    st.builds(declared, st.one_of(st.none(), NUMBERS)),
    st.builds(
        assignment,
        NUMBERS,
        via=st.sampled_from(["user", "group"]),
        status=st.sampled_from(["active", "deprovisioned"]),
    ),
    st.builds(use, NUMBERS, DAYS, vouched=st.integers(0, 3), stated=st.just(3)),
    st.builds(
        charge,
        st.integers(-50, 900),
        st.floats(0, 700),
        number=st.one_of(st.none(), NUMBERS),
        currency=st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
        budget=st.sampled_from([None, "Marketing", "Sales"]),
        account=st.sampled_from([None, "1111", "2222"]),
        reseller=st.sampled_from([None, "Paddle"]),
    ),
)
PEOPLE = st.lists(
    st.builds(
        lambda n, marketing, status, where: person(
            n, marketing=marketing, listed_in=where, directory={"status": status}
        ),
        NUMBERS,
        st.sampled_from([True, False, None]),
        st.sampled_from(["active", "deprovisioned"]),
        st.sampled_from(["okta:acme/users", "google:acme/users"]),
    ),
    max_size=6,
    unique_by=lambda p: p.number,
)
CHANGED = {"status": st.sampled_from(STATUSES), "marketing": st.sampled_from([True, False, None])}
SUBJECTS = st.builds(lambda rows, **changed: tool(*rows, **changed), st.lists(ROWS, max_size=12), **CHANGED)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = [f"{source}/{stream}" for source, stream, _ in STREAMS]


def said(fact):
    return fact.value if isinstance(fact, Known) else None


def judged(subject, found):
    known = facts(subject, found)
    said_of = attributes(subject, found.company)
    verdicts = {p.id: v for p in PACK.policies if (v := judge(p, said_of, known, AS_OF)) is not None}
    return Judged(tool_id=subject.id, attributes=said_of, facts=known, verdicts=verdicts)


@QUICK
@given(SUBJECTS, PEOPLE)
def test_every_fact_is_of_the_vocabulary_and_known_or_unknown_with_a_reason(subject, people):
    found = facts(subject, world(subject, people=tuple(people)))

    assert list(found) == [name for name, fact in VOCABULARY.items() if fact.derived]
    for name, fact in found.items():
        assert fits(VOCABULARY[name], fact.value) if isinstance(fact, Known) else fact.reason
        assert not (VOCABULARY[name].own and isinstance(fact, Unknown))


@QUICK
@given(SUBJECTS, PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(subject, people, chance):
    before = facts(subject, world(subject, people=tuple(people)))
    for rows in (subject.records, subject.use, subject.charges, subject.earlier):
        chance.shuffle(rows)

    after = facts(subject, world(subject, people=tuple(reversed(people))))

    assert after == before


@QUICK
@given(SUBJECTS, PEOPLE, st.sampled_from(NAMES), st.sampled_from(["refused", "failed", "partial"]))
def test_a_refused_stream_leaves_a_fact_as_it_is_or_makes_it_unknown(subject, people, name, status):
    found = world(subject, people=tuple(people))

    before, after = facts(subject, found), facts(subject, refused(found, name, status=status))

    ours = {"provenance.refused_streams"}
    moved = [n for n in before if n not in ours and isinstance(after[n], Known) and said(after[n]) != said(before[n])]
    # Leavers whom another directory shows still count; fewer are seen then, and never none.
    assert set(moved) <= {"grants.leaver_owned", "access.leaver_accounts"}
    assert all(0 < after[n].value < before[n].value for n in moved)


@QUICK
@given(SUBJECTS, PEOPLE, st.sampled_from(NAMES))
def test_a_refused_stream_never_resolves_a_violated_finding(subject, people, name):
    found = world(subject, people=tuple(people))
    before = settle(PACK.policies, judged(subject, found))

    after = settle(PACK.policies, judged(subject, refused(found, name)), before)

    open_before = {n for n, finding in before.items() if finding.verdict == "violated"}
    assert {n for n in open_before if after[n].state != "open"} == set()
    # A policy that is only watched asks nobody, whatever it finds.
    assert {n for n in open_before if not after[n].queued and not after[n].watched} == set()


def without(subject, name):
    """The tool as it would be if a stream had been refused from the first day on."""
    source, _, stream = name.partition("/")
    rows = [r for r in subject.records if (r["source"], r["stream"]) != (source, stream)]
    others = (*subject.use, *subject.charges, *subject.earlier)
    rows += [r for r in others if (r.source, r.stream) != (source, stream)]
    return tool(*rows, status=subject.status, marketing=subject.marketing)


#: What is 0, false or empty where nothing was seen: exactly what a stream that was never read must not bring about.
ABSENT = sorted({*derive._NEEDS, "access.accounts", "access.dormant_accounts", "access.direct_assignments"})


@QUICK
@given(SUBJECTS, PEOPLE, st.sampled_from(NAMES))
def test_a_stream_that_never_could_be_read_turns_nothing_seen_into_none(subject, people, name):
    whole = facts(subject, world(subject, people=tuple(people)))
    blind = without(subject, name)
    known_there = [p for p in people if p.listed_in != tuple(name.split("/", 1))]

    found = facts(blind, refused(world(blind, people=tuple(known_there)), name))

    for fact in ABSENT:
        if said(whole[fact]) not in (None, 0, (), "none"):
            assert said(found[fact]) not in (0, (), "none"), fact


@given(st.sampled_from(STATUSES), st.booleans(), st.booleans(), st.sampled_from(["crm", "cdp", "email_marketing", ""]))
def test_of_a_tool_of_which_nothing_is_known_no_policy_is_met(status, marketing, provisional, category):
    unknown = {name: Unknown("nobody looked") for name in VOCABULARY}
    record_says = {
        "tool.name": "Quillfox",
        "tool.category": category,
        "tool.marketing": marketing,
        "tool.status": status,
        "tool.provisional": provisional,
        "company.currency": "EUR",
    }

    for policy in PACK.policies:
        verdict = judge(policy, record_says, unknown, AS_OF)
        assert verdict is None or verdict.verdict is not Outcome.MET, policy.id


def test_with_every_stream_refused_only_our_own_records_speak():
    rows = [use(1), token(1, DRIVE), app(), charge(10), consent(2)]
    quillfox = tool(*rows)

    found = facts(quillfox, refused(world(quillfox, people=(person(1),))))

    speaking = {name for name, fact in found.items() if isinstance(fact, Known)}
    # Of no owner nobody has left; that the tool was ever seen is no claim about today; what a tool of the category
    # needs is said by the company's own table.
    extra = {"ownership.owner_left", "lifecycle.last_seen", "access.reviewed_on", "integration.needs"}
    assert speaking <= {name for name, fact in VOCABULARY.items() if fact.own} | extra


@QUICK
@given(SUBJECTS, PEOPLE, st.sampled_from(["refused", "failed", "partial"]))
def test_with_every_stream_refused_nothing_that_a_source_would_show_is_none(subject, people, status):
    found = facts(subject, refused(world(subject, people=tuple(people)), status=status))

    said_of_sources = {n: said(f) for n, f in found.items() if not VOCABULARY[n].own and n != "ownership.owner_left"}
    assert [n for n, value in said_of_sources.items() if value in (0, ()) or value == "none"] == []


@QUICK
@given(st.lists(SUBJECTS, min_size=1, max_size=4), st.sampled_from(NAMES), st.sampled_from(["refused", "failed"]))
def test_a_refused_stream_changes_nothing_that_hangs_on_other_tools_either(subjects, name, status):
    tools = [replace(subject, id=f"t{number}") for number, subject in enumerate(subjects)]
    whole = world(*tools, people=tuple(person(n) for n in range(1, 7)))

    before, after = facts(tools[0], whole), facts(tools[0], refused(whole, name, status=status))

    hanging = [n for n in before if n.startswith("overlap.") or n == "spend.per_active_vs_category"]
    assert [n for n in hanging if isinstance(after[n], Known) and said(after[n]) != said(before[n])] == []


@QUICK
@given(st.lists(SUBJECTS, min_size=1, max_size=5))
def test_the_order_of_tools_does_not_matter(subjects):
    tools = [replace(subject, id=f"t{number}") for number, subject in enumerate(subjects)]

    assert facts(tools[0], world(*tools)) == facts(tools[0], world(*reversed(tools)))


def test_a_stream_that_broke_off_says_so_without_a_permission():
    quillfox = tool(use(1))

    found = facts(quillfox, refused(world(quillfox), "okta:acme/sign_ins", status="partial", why=None))

    assert found["people.count"] == Unknown("okta:acme/sign_ins partial")


def test_a_value_that_cannot_be_is_refused(monkeypatch):
    monkeypatch.setattr(derive, "_AREAS", (lambda _subject, _world: {"people.count": Known("many")},))

    with pytest.raises(ValueError, match=r"people\.count: the vocabulary has no such fact, or not such a value"):
        facts(tool(), world())


def test_what_no_area_derives_is_unknown(monkeypatch):
    monkeypatch.setattr(derive, "_AREAS", ())
    for others in (derive.combined, derive.forecast):
        monkeypatch.setattr(others, "derive", lambda *_: {})

    found = facts(tool(), world())

    assert found.pop("provenance.answers_expired") == Known(0)
    for name, fact in found.items():
        assert fact == Unknown("nobody has answered yet" if VOCABULARY[name].question else "no source at hand gives it")


def test_the_record_says_its_attributes_and_the_currency():
    assert attributes(tool(category=None, marketing=None, provisional=True), ACME) == {
        "tool.name": "Quillfox",
        "tool.category": "",
        "tool.marketing": None,
        "tool.status": "new",
        "tool.provisional": True,
        "company.currency": "EUR",
    }


@pytest.mark.parametrize(
    ("source", "beside", "system"),
    [
        ("okta", (), "okta"),
        ("entra:acme", (), "entra"),
        ("our-idp", ("app_users",), "okta"),
        ("our-idp", (("apps", "okta"),), "okta"),
        ("our-idp", (("apps", "jumpcloud"),), "jumpcloud"),
        ("okta", (("apps", "jumpcloud"),), "jumpcloud"),
        ("our-idp", (("apps", "okta"), ("users", "jumpcloud")), ""),
        ("our-idp", (("decisions", "approved"), "app_users"), "okta"),
        ("our-idp", ("apps",), ""),  # Okta, OneLogin and JumpCloud have such a stream each
        ("our-idp", ("service_principals",), "entra"),
        ("our-idp", (), ""),
        ("our-idp", ("charges",), ""),
    ],
)
def test_a_stream_of_an_old_store_is_of_the_system_that_its_source_tells(source, beside, system):
    others = [(name, None) if isinstance(name, str) else name for name in beside]
    found = world(streams=[state(source, "sign_ins"), *(state(source, name, system=read) for name, read in others)])

    assert (found.system(source, "sign_ins"), found.system(source, "sign_ins")) == (system, system)
    assert found.system(source, "no_such_stream") == ""


@pytest.mark.parametrize("source", ["our-idp", "okta", "jumpcloud:acme"])
def test_a_stream_is_of_the_system_that_it_was_read_as_whatever_its_source_is_called(source):
    found = world(streams=[state(source, "sign_ins", system="entra"), state(source, "apps", system="okta")])

    assert [found.system(source, name) for name in ("sign_ins", "apps")] == ["entra", "okta"]


def test_what_is_the_same_for_all_tools_is_asked_once():
    chance = random.Random(7)
    subjects = [tool(use(chance.randint(1, 50)), token(chance.randint(1, 50), DRIVE), id=f"t{n}") for n in range(500)]
    found = world(*subjects, people=tuple(person(n) for n in range(1, 51)))
    asked = SimpleNamespace(times=0)

    class Counted(World):
        def _find_unread(self, *need):
            asked.times += 1
            return super()._find_unread(*need)

    counted = Counted(
        **{name: getattr(found, name) for name in ("company", "as_of", "streams", "people", "subjects", "budgets")}
    )
    for subject in subjects:
        facts(subject, counted)

    assert asked.times <= len(derive._NEEDS)
