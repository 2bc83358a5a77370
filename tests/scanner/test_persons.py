"""Persons: who of different sources is one, and which unit that one is in."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.company import Company
from scanner.persons import ActorFacts, resolve

ACME = Company(domains=("acme.example", "acme.test"), marketing_units=("Marketing", "/Sales/Field"))


def actor(number, address=None, *, native=None, source="okta", aliases=(), kind="person", seen_at=0, **directory):
    return ActorFacts(
        number=number,
        source=source,
        native_id=native or f"n{number}",
        address=address,
        aliases=tuple(aliases),
        kind=kind,
        directory=directory or None,
        seen_at=seen_at,
    )


def persons(*actors, company=ACME):
    return [p.person for p in resolve(actors, company)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@acme.example", "ana@acme.example"),
        ("Ana@ACME.Example", "ana@acme.example"),
        ("ana@acme.test", "ana@acme.example"),
        (" ana@acme.example ", "ANA@acme.TEST"),
        ("ana@other.example", "ANA@Other.Example"),
        ("straße@acme.example", "STRASSE@acme.example"),
    ],
)
def test_the_same_mailbox_is_the_same_person(one, other):
    assert persons(actor(1, one), actor(2, other, source="google")) == [1, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@acme.example", "bo@acme.example"),
        ("ana@acme.example", "ana@other.example"),
        ("ana@other.example", "ana@another.example"),
        ("ana+news@acme.example", "ana@acme.example"),
        ("ana@sub.acme.example", "ana@acme.example"),
        (None, None),
        ("ana", "ana"),
    ],
)
def test_another_mailbox_is_another_person(one, other):
    assert persons(actor(1, one), actor(2, other, source="google")) == [1, 2]


def test_an_alias_that_the_source_vouches_for_joins():
    married = actor(1, "ana.ruiz@acme.example", aliases=("ana.lund@acme.test",))

    assert persons(married, actor(2, "ana.lund@acme.example", source="card")) == [1, 1]


def test_aliases_join_over_a_third_source():
    actors = (
        actor(1, "a@acme.example"),
        actor(2, "b@acme.example"),
        actor(3, "a@acme.example", source="hr", aliases=("b@acme.example",)),
    )

    assert persons(*actors) == [1, 1, 1]


def test_a_source_that_knows_only_the_address_joins_by_it():
    assert persons(actor(1, "ana@acme.example"), actor(2, None, native="ANA@acme.example", source="card")) == [1, 1]


def test_an_actor_without_an_address_stays_one_of_its_own():
    placed = resolve([actor(1), actor(2), actor(3, "ana@acme.example")], ACME)

    assert [(p.person, p.how) for p in placed] == [(1, "unresolved"), (2, "unresolved"), (3, "unresolved")]


def test_a_display_name_is_no_part_of_what_is_known_of_an_actor():
    # An actor's shown name is not even handed in: two people called Ana Ruiz can not become one.
    assert "name" not in ActorFacts.__dataclass_fields__


def test_somebody_whom_one_directory_lists_is_known_by_it():
    (placed,) = resolve([actor(1, "ana@acme.example", department="Marketing")], ACME)

    assert (placed.how, placed.unit, placed.marketing) == ("directory", "Marketing", True)


def test_the_unit_of_the_directory_is_that_of_every_account():
    placed = resolve(
        [actor(1, "ana@acme.example", source="card"), actor(2, "ana@acme.test", department="Finance")], ACME
    )

    assert [(p.unit, p.marketing, p.how) for p in placed] == [("Finance", False, "address")] * 2


def test_without_a_directory_nothing_is_said_of_the_unit():
    (placed,) = resolve([actor(1, "ana@acme.example")], ACME)

    assert (placed.unit, placed.marketing) == (None, None)


def test_without_configured_units_nothing_is_said_of_marketing():
    (placed,) = resolve([actor(1, "ana@acme.example", department="Marketing")], Company())

    assert (placed.unit, placed.marketing) == ("Marketing", None)


@pytest.mark.parametrize(
    ("facts", "marketing"),
    [
        ({"department": "marketing"}, True),
        ({"department": "Finance", "division": "MARKETING"}, True),
        ({"cost_center": "Marketing "}, True),
        ({"unit": "/Sales/Field"}, True),
        ({"unit": "/Sales/Field/North"}, True),
        ({"unit": "/Sales/Fieldwork"}, False),
        ({"unit": "/Sales"}, False),
        ({"department": "Marketing Technology"}, False),
        ({"department": "Finance"}, False),
        ({"title": "Marketing"}, None),
    ],
)
def test_marketing_is_what_the_company_says_it_is(facts, marketing):
    (placed,) = resolve([actor(1, "ana@acme.example", **facts)], ACME)

    assert placed.marketing is marketing


def test_of_two_directories_the_one_that_was_read_last_knows_best():
    old = actor(1, "ana@acme.example", seen_at=10, department="Finance")
    new = actor(2, "ana@acme.example", source="hr", seen_at=20, department="Marketing")

    assert {p.unit for p in resolve([old, new], ACME)} == {"Marketing"}
    assert {p.unit for p in resolve([replace(old, seen_at=30), new], ACME)} == {"Finance"}


def test_a_renamed_unit_is_no_longer_marketings_until_the_configuration_says_so():
    before = actor(1, "ana@acme.example", department="Marketing")
    after = actor(1, "ana@acme.example", department="Growth")

    assert [p.marketing for p in resolve([before], ACME) + resolve([after], ACME)] == [True, False]
    assert resolve([after], replace(ACME, marketing_units=("Growth",)))[0].marketing is True


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("service", "service"),
        ("Service Account", "service"),
        ("BOT", "service"),
        ("agency", "agency"),
        ("employee", "person"),
        ("contractor", "person"),
        (None, "person"),
    ],
)
def test_service_accounts_and_agencies_are_marked(stated, kind):
    facts = {"person_type": stated} if stated else {"status": "active"}

    (placed,) = resolve([actor(1, "x@acme.example", **facts)], ACME)

    assert placed.kind == kind


def test_an_account_that_its_source_calls_a_service_is_one():
    assert [p.kind for p in resolve([actor(1, kind="service")], ACME)] == ["service"]


def test_a_person_with_a_service_account_of_the_same_mailbox_stays_a_person():
    placed = resolve([actor(1, "ana@acme.example"), actor(2, "ana@acme.example", kind="service")], ACME)

    assert {p.kind for p in placed} == {"person"}


def test_the_lowest_number_stands_for_the_person():
    assert persons(actor(9, "a@x.example"), actor(4, "b@x.example"), actor(7, "A@x.example")) == [4, 7, 7]


MAILBOXES = st.sampled_from(["a@acme.example", "A@acme.test", "b@acme.example", "c@other.example", "B@other.example"])


@st.composite
def crowds(draw):
    count = draw(st.integers(1, 9))
    return [
        actor(
            number,
            draw(st.none() | MAILBOXES),
            aliases=draw(st.lists(MAILBOXES, max_size=2)),
            source=draw(st.sampled_from(["okta", "google", "card"])),
            kind=draw(st.sampled_from(["person", "service"])),
            seen_at=draw(st.integers(0, 2)),
            **draw(st.sampled_from([{}, {"department": "Marketing"}, {"department": "IT"}])),
        )
        for number in range(1, count + 1)
    ]


@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_actors_does_not_matter(crowd, chance):
    shuffled = [*crowd]
    chance.shuffle(shuffled)

    assert resolve(shuffled, ACME) == resolve(crowd, ACME)


@given(crowds())
def test_persons_are_groups_each_led_by_its_lowest_number(crowd):
    placed = {p.actor: p.person for p in resolve(crowd, ACME)}

    assert placed.keys() == {a.number for a in crowd}
    for group in {p: [a for a in placed if placed[a] == p] for p in placed.values()}.items():
        assert group[0] == min(group[1])


@given(crowds())
def test_two_are_one_person_just_where_a_chain_of_shared_mailboxes_joins_them(crowd):
    placed = {p.actor: p.person for p in resolve(crowd, ACME)}
    boxes = {a.number: {ACME.same_mailbox(m) for m in (a.address, *a.aliases) if m} for a in crowd}
    reached = {n: {n} for n in boxes}
    for _ in crowd:
        for one, other in itertools.permutations(boxes, 2):
            if boxes[one] & boxes[other]:
                reached[one] |= reached[other]

    assert all((placed[a] == placed[b]) == (b in reached[a]) for a in boxes for b in boxes)


def test_a_large_company_is_placed_without_a_deep_stack():
    chain = [actor(n, f"p{n}@x.example", aliases=(f"p{n + 1}@x.example",)) for n in range(1, 3000)]
    random.Random(1).shuffle(chain)

    assert {p.person for p in resolve(chain, ACME)} == {1}
