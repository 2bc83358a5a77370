"""people.*: who uses the tool, and what is not known of that."""

from dataclasses import replace

import pytest

from tests.scanner.facts.worlds import (
    ACME,
    ago,
    app,
    charge,
    consent,
    evidence,
    known,
    person,
    reason,
    refused,
    state,
    streams,
    token,
    tool,
    use,
    world,
)


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([use(1), use(2)], 2),
        ([use(1), use(1, source="google:acme", stream="saml")], 1),
        ([use(1), token(1), token(2)], 2),
        ([use(1, days=90)], 1),
        ([use(1, days=90.001), use(2)], 1),
        ([token(1, days=0)], 1),
        ([consent(1, days=90)], 1),
        ([consent(1, days=91), use(2)], 1),
        ([use(1, kind="service"), use(2)], 1),
        ([consent(1, days=20), consent(1, days=10, state="revoked"), use(2)], 1),
        ([consent(1, days=20, state="revoked"), consent(1, days=10), use(2)], 2),
    ],
)
def test_people_count_each_once_within_ninety_days(rows, count):
    assert known("people.count", tool(*rows)) == count


def test_a_service_that_holds_a_grant_is_nobody():
    quillfox = tool(token(1), token(2))

    assert known("people.count", quillfox, world(quillfox, people=(person(1, kind="service"), person(2)))) == 1


def test_nobody_is_known_where_an_identity_provider_knows_the_tool():
    assert known("people.count", tool(app(), use(1, days=200))) == 0


def test_nobody_is_not_known_where_no_source_would_show_anybody():
    assert "no identity provider knows the tool" in reason("people.count", tool(charge(10)))


def test_a_list_of_tokens_is_enough_to_know_who_holds_one():
    quillfox = tool(consent(1, days=60), token(1))
    states = [state("google:acme", "token", last_at=ago(60)), state("google:acme", "tokens", "snapshot", first_at=None)]

    assert known("people.count", quillfox, world(quillfox, streams=states)) == 1


def test_a_list_that_was_read_long_ago_says_nothing_of_today():
    quillfox = tool(token(1))
    states = [state("google:acme", "tokens", "snapshot", last_at=ago(8))]

    assert "does not span the last 90 days" in reason("people.count", quillfox, world(quillfox, streams=states))


@pytest.mark.parametrize(
    ("first", "last", "is_known"),
    [(90, 0, True), (83, 7, True), (82.9, 0, False), (400, 7.1, False), (400, 7, True)],
)
def test_a_stream_must_span_the_window_but_for_a_week(first, last, is_known):
    quillfox = tool(use(1))
    found = world(quillfox, streams=[state("okta:acme", "sign_ins", first_at=ago(first), last_at=ago(last))])

    if is_known:
        assert known("people.count", quillfox, found) == 1
    else:
        assert reason("people.count", quillfox, found).startswith("okta:acme/sign_ins: what was read")


@pytest.mark.parametrize("name", ["people.count", "people.active_30d", "people.last_used", "access.sign_ins"])
def test_a_refused_stream_is_named_with_its_permission(name):
    quillfox = tool(use(1))

    assert reason(name, quillfox, refused(world(quillfox), "okta:acme/sign_ins", why="okta.logs.read")) == (
        "okta:acme/sign_ins refused: okta.logs.read"
    )


def test_a_refused_stream_that_never_named_the_tool_hides_nobody_who_was_seen():
    quillfox = tool(use(1))

    assert known("people.count", quillfox, refused(world(quillfox), "google:acme/tokens")) == 1


def test_nobody_is_not_known_while_any_stream_that_could_show_somebody_is_refused():
    quillfox = tool(app(), use(1, days=200))

    assert reason("people.count", quillfox, refused(world(quillfox), "google:acme/tokens")).startswith("google:acme")


def test_without_any_stream_of_sign_ins_nothing_is_known():
    quillfox = tool(charge(10))

    assert reason("people.active_30d", quillfox, world(quillfox, streams=[])) == "no stream of sign-ins was read"


@pytest.mark.parametrize(("days", "count"), [(30, 1), (30.001, 0), (0, 1)])
def test_active_people_signed_in_within_thirty_days(days, count):
    assert known("people.active_30d", tool(app(), use(1, days=days))) == count


def test_a_grant_alone_is_no_use():
    assert known("people.active_30d", tool(app(), token(1))) == 0


def test_the_last_use_is_the_latest_persons_day_with_its_evidence():
    quillfox = tool(use(1, days=40), use(2, days=10), use(3, days=1, kind="service"))

    assert str(known("people.last_used", quillfox)) == "2026-06-20"
    assert evidence("people.last_used", quillfox) == ("usage:okta:acme/app_id:0oa1/2026-06",)


def test_a_tool_that_no_log_names_was_used_who_knows_when():
    assert reason("people.last_used", tool(charge(10))) == "no stream of sign-ins names the tool"


# --- outsiders -------------------------------------------------------------------------------------------------------

GUEST = person(2, directory={"status": "active", "person_type": "Guest"})
STRANGER = person(3, listed_in=None, address="jo@agency.example")
AGENCY = person(4, listed_in=None, kind="agency")
MEMBER_ELSEWHERE = person(5, address="x@other.example", directory={"person_type": "employee"})


def test_outsiders_are_guests_agencies_and_strange_mail_domains():
    quillfox = tool(use(1), use(2), use(3), use(4), use(5), use(6))

    found = world(quillfox, people=(person(1), GUEST, STRANGER, AGENCY, MEMBER_ELSEWHERE))

    assert known("people.external", quillfox, found) == 3


def test_without_domains_and_guest_marks_nobody_can_be_told_from_outside():
    quillfox = tool(use(1))
    found = world(quillfox, people=(person(1),), company=replace(ACME, domains=()))

    assert reason("people.external", quillfox, found).startswith("no domain of the company is configured")


def test_a_refused_directory_may_hide_a_guest():
    quillfox = tool(use(1))

    assert reason("people.external", quillfox, refused(world(quillfox, people=(person(1),)), "google:acme/users"))


# --- marketing -------------------------------------------------------------------------------------------------------


def crew(marketers, others, unplaced=0):
    numbers = iter(range(1, 100))
    people = [person(next(numbers)) for _ in range(marketers)]
    people += [person(next(numbers), marketing=False) for _ in range(others)]
    people += [person(next(numbers), marketing=None) for _ in range(unplaced)]
    quillfox = tool(*(use(p.number) for p in people))
    return quillfox, world(quillfox, people=tuple(people))


def test_the_share_is_of_the_people_whose_unit_is_known():
    assert known("people.marketing_share", *crew(3, 5, unplaced=2)) == 0.375
    assert known("people.marketing", *crew(3, 5, unplaced=2)) == 3


def test_more_than_a_fifth_without_a_unit_makes_the_share_unknown():
    assert reason("people.marketing_share", *crew(3, 4, unplaced=2)) == "the unit of 2 of 9 people is not known"


def test_a_directory_without_departments_says_nothing_of_marketing():
    assert reason("people.marketing", *crew(0, 0, unplaced=4)) == "the unit of 4 of 4 people is not known"


def test_a_renamed_unit_is_told_and_not_counted_as_nobody():
    assert (
        reason("people.marketing_share", *crew(0, 4)) == "no directory has anybody in Marketing: was the unit renamed?"
    )


def test_nobody_of_marketing_is_known_where_there_are_marketers_elsewhere():
    quillfox, found = crew(0, 4)
    found.people[50] = person(50)

    assert known("people.marketing_share", quillfox, found) == 0.0


def test_the_evidence_leads_to_the_directory_that_placed_them():
    quillfox, found = crew(1, 1)

    assert evidence("people.marketing_share", quillfox, found) == (
        "usage:okta:acme/app_id:0oa1/2026-06",
        "signal:okta:acme/users/u1",
    )


def test_people_whose_directory_is_refused_have_no_known_unit():
    quillfox, found = crew(3, 1)

    said = reason("people.marketing_share", quillfox, refused(found, "okta:acme/users", why="Okta E0000006"))

    assert said == "okta:acme/users refused: Okta E0000006"


@pytest.mark.parametrize("fact", ["people.marketing", "people.marketing_share", "people.teams"])
def test_one_person_of_a_refused_directory_is_enough_to_make_units_unknown(fact):
    """Of five people one was listed there: the other four would make another share, and pass for the whole."""
    placed = [person(n, marketing=n > 3, listed_in="google:acme/users") for n in range(1, 5)]
    quillfox, everybody = tool(*(use(n) for n in range(1, 6))), (*placed, person(5))
    found = world(quillfox, people=everybody)

    assert known(fact, quillfox, found) in {2, 0.4}
    assert reason(fact, quillfox, refused(found, "okta:acme/users")) == "okta:acme/users refused: scope.read"


def test_another_refused_directory_takes_nothing_from_those_who_are_placed():
    quillfox, found = crew(3, 1)

    assert known("people.marketing_share", quillfox, refused(found, "google:acme/users")) == 0.75


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"company": replace(ACME, marketing_units=())},
            "no marketing units are configured: [company] marketing_units",
        ),
        ({"streams": streams("okta:acme/users", "google:acme/users")}, "no directory was read"),
    ],
)
def test_without_units_or_directory_the_share_is_unknown(changed, said):
    quillfox = tool(use(1))

    assert reason("people.marketing_share", quillfox, world(quillfox, people=(person(1),), **changed)) == said


def test_a_share_of_nobody_is_unknown():
    assert reason("people.marketing_share", tool(app(), use(1, days=200))) == "nobody uses the tool"


def test_nobody_active_is_known_only_of_a_tool_that_an_identity_provider_knows():
    assert known("people.active_30d", tool(app())) == 0
    assert "no identity provider knows the tool" in reason("people.active_30d", tool(token(1)))


def test_a_refused_list_of_grants_leaves_standing_that_none_of_those_seen_is_marketings_or_from_outside():
    quillfox, found = crew(0, 4)
    found.people[50] = person(50)
    found = refused(found, "google:acme/tokens")

    assert known("people.marketing", quillfox, found) == 0
    assert known("people.external", quillfox, found) == 0


def test_where_nobody_is_seen_a_refused_list_of_grants_leaves_marketings_people_unknown():
    quillfox = tool(app(), use(1, 200))
    found = refused(world(quillfox), "google:acme/tokens")

    assert reason("people.count", quillfox, found).startswith("google:acme/tokens refused")
    assert reason("people.marketing", quillfox, found).startswith("google:acme/tokens refused")


# --- growth, units and first use -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "growth"),
    [
        ([use(1, 5), use(2, 5)], 2),
        ([use(1, 5), use(1, 45, stream="app_events")], 0),
        ([use(1, 45), use(2, 31)], -2),
        ([use(1, 5, earlier=1), use(2, 5), use(3, 61)], 1),
        ([use(1, 5, kind="service"), use(2, 45, kind="service"), use(3, 80)], 0),
    ],
)
def test_growth_is_the_people_of_30_days_less_those_of_the_30_days_before(rows, growth):
    assert known("people.growth_30d", tool(*rows)) == growth


def test_growth_needs_every_source_that_names_the_tool_for_both_times():
    google = use(2, source="google:acme", stream="saml")
    young = [*streams("google:acme/saml"), state("google:acme", "saml", first_at=ago(40))]

    assert known("people.active_30d", tool(use(1), google), world(streams=young)) == 2
    assert reason("people.growth_30d", tool(use(1), google), world(streams=young)) == (
        "google:acme/saml: what was read does not span the last 60 days"
    )
    assert known("people.growth_30d", tool(use(1)), world(streams=young)) == 1


def test_no_growth_by_a_refused_log_is_unknown():
    quillfox = tool(use(1, 5), use(1, 45, key="app_id:0oa2"))

    assert known("people.growth_30d", quillfox) == 0
    assert reason("people.growth_30d", quillfox, refused(world(quillfox), "google:acme/saml")).startswith("google:acme")
    assert reason("people.growth_30d", quillfox, refused(world(quillfox), "okta:acme/sign_ins")).startswith("okta:acme")


def test_units_are_counted_once_however_they_are_written():
    quillfox = tool(*(use(n) for n in range(1, 6)))
    units = ["Marketing", "marketing ", "Sales", "Sales", None]
    people = tuple(person(n, marketing=u != "Sales" if u else None, unit=u) for n, u in enumerate(units, 1))

    assert known("people.teams", quillfox, world(quillfox, people=people)) == 2
    assert "signal:okta:acme/users/u3" in evidence("people.teams", quillfox, world(quillfox, people=people))


def test_units_are_unknown_where_marketings_are():
    quillfox = tool(use(1))
    unplaced = world(quillfox, people=(person(1, marketing=None),))

    assert reason("people.teams", quillfox, unplaced) == reason("people.marketing", quillfox, unplaced)


def test_no_unit_at_all_needs_every_stream_of_use():
    quillfox = tool(use(1, 91))

    assert known("people.teams", quillfox) == 0
    assert reason("people.teams", quillfox, refused(world(quillfox), "google:acme/tokens")).startswith("google:acme")


def test_the_first_use_is_the_earliest_of_any_person():
    quillfox = tool(use(1, 5, first_at=ago(300)), use(2, 50, first_at=ago(320)), use(3, 400, kind="service"))

    assert str(known("people.first_used", quillfox)) == "2025-08-14"
    assert reason("people.first_used", tool(token(1))) == "no stream of sign-ins names the tool"
    assert reason("people.first_used", quillfox, refused(world(quillfox), "okta:acme/sign_ins")).startswith("okta:acme")
