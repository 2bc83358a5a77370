"""Twice is once, and no order of files matters."""

import itertools
import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scanner.house import OF_THE_RUN, House, app, charges, event, few_policies, user

PEOPLE = ("ana", "bo", "cy")
APPS = ("HubSpot", "Quillwood Board", "Canva", "Zoom")
DAYS = ("2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z", "2026-02-14T10:00:00Z", "2026-03-02T09:14:55.120Z")


@st.composite
def logs(draw):
    """Several files of sign-ins: overlapping, with repeats, of a few people and apps."""
    pool = [
        event(
            number,
            app=draw(st.sampled_from(APPS)),
            person=draw(st.sampled_from(PEOPLE)),
            published=draw(st.sampled_from(DAYS)),
            outcome={"result": draw(st.sampled_from(["SUCCESS", "FAILURE"]))},
        )
        for number in range(1, draw(st.integers(2, 8)))
    ]
    picks = st.lists(st.sampled_from(pool), min_size=1, max_size=8)
    return draw(st.lists(picks, min_size=2, max_size=3))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=logs(), data=st.data())
def test_no_order_of_files_and_no_repeated_delivery_changes_what_is_derived(files, data):
    order = data.draw(st.permutations(range(len(files))))
    again = data.draw(st.lists(st.sampled_from(range(len(files))), max_size=2))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        straight, shuffled = (House(place, pack=few_policies) for place in (one, other))

        straight.ingest("okta-system-log", *[straight.write(f"{n}.jsonl", lines) for n, lines in enumerate(files)])
        for n in [*order, *again]:
            shuffled.ingest("okta-system-log", shuffled.write(f"{n}.jsonl", files[n]))

        assert straight.picture() == shuffled.picture()
        straight.store.close()
        shuffled.store.close()


def test_formats_may_come_in_any_order(make_house):
    def files(house):
        return {
            "okta-system-log": house.write("log.jsonl", [event(1, app="Canva", app_id="0oa1"), event(2, person="bo")]),
            "okta-apps": house.write("apps.json", [app(1, "Canva at Acme", name="canva")]),
            "okta-users": house.write("users.json", [user("ana"), user("bo", profile={"department": "IT"})]),
            "card-csv": house.write("card.csv", charges(("2026-02-03", "CANVA* 0123", "12.00"))),
            "people-csv": house.write("people.csv", "email,department\nana@acme.test,Marketing\n"),
        }

    pictures = []
    for order in (lambda names: names, reversed, lambda names: sorted(names, key=lambda n: n[-1])):
        house = make_house()
        given_files = files(house)
        for fmt in order(list(given_files)):
            house.ingest(fmt, given_files[fmt])
        # Who was met first is a question of order; all else is not.
        picture = house.picture()
        pictures.append({name: picture[name] for name in ("records", "usage", "tools", "figures", "people", "months")})

    assert pictures[0] == pictures[1] == pictures[2]


def test_an_app_that_events_name_differently_is_named_alike_in_every_order(make_house):
    names = ("HubSpot SAML", "HubSpot", "OpenID Connect Client")
    pictures = []
    for order in itertools.permutations(names):
        house = make_house()
        for n, name in enumerate(order):
            number = names.index(name) + 1
            house.ingest("okta-system-log", house.write(f"{n}.jsonl", [event(number, app=name, app_id="0oa1")]))
        pictures.append(house.picture())

    assert all(picture == pictures[0] for picture in pictures)


def test_equal_charges_of_one_statement_count_and_overlapping_statements_do_not_double(house):
    twice = ("2026-02-03", "MAILCHIMP *MISC", "59.00")
    january = house.write("a.csv", charges(("2026-01-03", "MAILCHIMP *MISC", "59.00"), twice, twice))
    february = house.write("b.csv", charges(twice, twice, ("2026-02-20", "MAILCHIMP *MISC", "10.00")))

    house.ingest("card-csv", january)
    house.ingest("card-csv", february)
    house.ingest("card-csv", january, february)

    assert json.loads(house.figures()["mailchimp"]["spend_total"]) == {"EUR": 187_000_000}


def test_a_file_that_is_named_twice_in_one_call_counts_once(house):
    log = house.write("log.jsonl", [event(1), event(2)])

    house.ingest("okta-system-log", log, log, house.files)

    assert house.one("SELECT sum(successes) AS n FROM usage") == 2


def test_the_same_event_with_another_content_counts_once_whichever_comes_first(make_house):
    good, bad = event(1), event(1, outcome={"result": "FAILURE"})
    pictures = []
    for order in ((good, bad), (bad, good)):
        house = make_house()
        for n, line in enumerate(order):
            house.ingest("okta-system-log", house.write(f"{n}.jsonl", [line]))
        pictures.append(house.picture())

    assert pictures[0] == pictures[1]
    assert house.one("SELECT sum(successes) + sum(failures) AS n FROM usage") == 1


def test_an_unchanged_snapshot_read_a_day_later_writes_no_new_version(house):
    house.ingest_text("okta-apps", [app(1), app(2, "Asana")])
    house.ingest("okta-users", house.write("users.json", [user("ana")]))
    before = house.tables()

    later = house.clock.at + timedelta(days=1)
    house.clock.at = later
    house.ingest("okta-apps", house.write("given", [app(1), app(2, "Asana")], saved=later))
    house.ingest("okta-users", house.write("users.json", [user("ana")], saved=later))

    after = house.tables()
    assert {name for name in before if before[name] != after[name]} <= OF_THE_RUN | {"figures"}


def test_a_run_never_starts_at_the_moment_of_the_one_before(house):
    log = house.write("log.jsonl", [event(1)])
    house.ingest("okta-system-log", log)
    house.clock.at = datetime(2020, 1, 1, tzinfo=UTC)  # the machine's clock was set back

    house.ingest("okta-system-log", log)

    first, second = [row["started_at"] for row in house.rows("SELECT started_at FROM run ORDER BY id")]
    assert second > first


def test_months_end_in_utc_whatever_the_zone_of_the_company(make_house):
    house = make_house()
    house.company = replace(house.company, timezone="Pacific/Auckland")

    house.ingest_text("okta-system-log", [event(1, published=DAYS[0]), event(2, published=DAYS[1])])

    assert [row["month"] for row in house.rows("SELECT month FROM usage ORDER BY month")] == [202601, 202602]
