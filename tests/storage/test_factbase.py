"""What facts are derived from, as the store gives it."""

import pytest

from model.signal import METHODS, Method, SignalKind
from model.stream import Mode
from storage import factbase
from storage.schema import upgrade
from storage.store import Store
from storage.tables import metadata
from tests.storage.filling import Filling, at, ms

PERSON = SignalKind.PERSON


def listed(filling, actor, stream, day, **facts):
    filling.record(stream, at(2026, 3, day), actor=actor, mode=Mode.EVENTS, kind=PERSON, facts=facts)


def test_of_two_directories_the_one_that_was_read_last_comes_first_and_whom_none_lists_is_there_too(filling):
    okta = filling.stream(name="users", mode=Mode.SNAPSHOT)
    google = filling.stream("google:acme", "users", Mode.SNAPSHOT, "google")
    ana, bo = filling.actor("ana", address="ana@acme.example"), filling.actor("bo")
    again = filling.actor("1001", "google:acme")
    filling.person(ana)
    filling.person(bo)
    filling.person(again, person=ana)
    listed(filling, ana, okta, 1, status="active")
    listed(filling, again, google, 2, status="suspended")

    found = factbase.people(filling.connection)

    assert [(r["person_id"], r["actor_id"], r["source"], r["facts"]) for r in found] == [
        (ana, again, "google:acme", {"status": "suspended"}),
        (ana, ana, "okta:acme", {"status": "active"}),
        (bo, bo, None, None),
    ]
    assert found[1]["address"] == "ana@acme.example"


def test_what_is_closed_is_said_by_nobody(filling):
    users, ana = filling.stream(name="users", mode=Mode.SNAPSHOT), filling.actor("ana")
    filling.person(ana)
    listed(filling, ana, users, 1, status="active")
    filling.connection.execute(metadata.tables["record"].update().values(valid_to=2))

    (row,) = factbase.people(filling.connection)

    assert (row["facts"], row["stream"]) == (None, None)


def steps(store, people):
    """Return how many steps SQLite takes to read so many people, in tens."""
    with store.write() as connection:
        filling = Filling(connection)
        users = filling.stream(name="users", mode=Mode.SNAPSHOT)
        for number in range(people):
            actor = filling.actor(f"p{number}")
            filling.person(actor)
            listed(filling, actor, users, 1, status="active")
        taken = []
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: taken.append(1), 10)
        assert len(factbase.people(connection)) == people
        driver.set_progress_handler(None, 0)
        connection.rollback()
    return len(taken)


def test_three_times_the_people_take_three_times_the_work(tmp_path):
    counted = []
    for people in (100, 300):
        store = Store(f"sqlite:///{tmp_path}/p{people}.db")
        upgrade(store)
        counted.append(steps(store, people))
        store.close()

    assert counted[1] < 4 * counted[0]


def test_the_use_of_a_tool_is_told_by_person_and_its_texts_are_kept_once(filling):
    stream, app = filling.stream(), filling.app(app_id="0oa1")
    filling.link(app, filling.tool())
    for name in ("ana", "bo"):
        actor = filling.actor(name)
        filling.person(actor)
        filling.usage(stream, app, actor, ms(2026, 3, 1), ms(2026, 3, 9), successes=4, days=0b100000001)

    ana, bo = factbase.use(filling.connection, ms(2026, 2, 1), ms(2026, 4, 1))

    assert (ana.tool_id, ana.source, ana.stream, ana.key, ana.successes) == (
        *("quillfox", "okta:acme", "sign_ins", "app_id:0oa1"),
        4,
    )
    assert (ana.first_at, ana.last_at, ana.month) == (ms(2026, 3, 1), ms(2026, 3, 9), 202603)
    assert ana.person_id != bo.person_id
    assert ana.key is bo.key
    assert ana.source is bo.source


FROM, UNTIL, AS_OF = ms(2026, 2, 10, 12), ms(2026, 3, 12, 12), ms(2026, 4, 11, 12)


def months(filling, *rows):
    """One person's use of a tool, a row a month."""
    stream, app, actor = filling.stream(), filling.app(app_id="0oa1"), filling.actor()
    filling.link(app, filling.tool())
    filling.person(actor)
    for first, last, days in rows:
        filling.usage(stream, app, actor, first, last, days=days)
    (found,) = factbase.use(filling.connection, ms(2026, 1, 11), AS_OF, (FROM, UNTIL))
    return found


@pytest.mark.parametrize(
    ("rows", "earlier"),
    [
        ([(ms(2026, 2, 11), ms(2026, 2, 11), 1 << 10)], 1),
        ([(ms(2026, 2, 1), ms(2026, 2, 28), 1 | 1 << 14 | 1 << 27)], 1),
        ([(ms(2026, 3, 1), ms(2026, 3, 30), 1 << 10 | 1 << 29)], 1),
        ([(ms(2026, 2, 1), ms(2026, 2, 9), 1 | 1 << 8)], 0),
        ([(ms(2026, 3, 13), ms(2026, 3, 30), 1 << 12 | 1 << 29)], 0),
        ([(ms(2026, 2, 1), ms(2026, 2, 9), 1), (ms(2026, 3, 14), ms(2026, 3, 30), 1 << 13 | 1 << 29)], 0),
        ([(ms(2026, 2, 10, 11), ms(2026, 2, 10, 11), 1 << 9)], 0),
        ([(ms(2026, 2, 10, 13), ms(2026, 2, 10, 13), 1 << 9)], 1),
        ([(ms(2026, 3, 12, 11), ms(2026, 3, 12, 11), 1 << 11)], 1),
        ([(ms(2026, 3, 12, 12), ms(2026, 3, 12, 12), 1 << 11)], 0),
    ],
)
def test_the_days_of_a_month_tell_whether_somebody_was_there_between_two_times(filling, rows, earlier):
    assert months(filling, *rows).earlier == earlier


def test_without_two_times_nobody_was_there_earlier(filling):
    months(filling, (ms(2026, 3, 1), ms(2026, 3, 1), 1))

    (found,) = factbase.use(filling.connection, ms(2026, 1, 11), AS_OF)

    assert found.earlier == 0


def test_sign_ins_are_told_apart_by_how_the_provider_vouched(filling):
    stream, app, actor = filling.stream(), filling.app(app_id="0oa1"), filling.actor()
    filling.link(app, filling.tool())
    filling.person(actor)
    for count, method in enumerate(METHODS, 1):
        day = ms(2026, 3, count)
        filling.usage(stream, app, actor, day, successes=10**count, method=METHODS.index(method))

    (found,) = factbase.use(filling.connection, ms(2026, 1, 11), AS_OF)

    by = {method: 10**count for count, method in enumerate(METHODS, 1)}
    assert found.vouched == by[Method.SAML] + by[Method.OIDC]
    assert found.oauth == by[Method.OAUTH]
    assert found.stated == found.successes - by[Method.UNKNOWN]


def test_a_charge_says_on_which_account_it_is_and_who_takes_the_money(filling):
    app = filling.app("card:acme", descriptor="QUILLFOX")
    filling.link(app, filling.tool(), merchant_of_record="Paddle")
    filling.charge(app, at(2026, 3, 1), 5, account="1111")
    filling.charge(app, at(2026, 3, 2), 6, account="1111", sub_account="s-9")
    filling.charge(app, at(2026, 3, 3), 7)

    found = factbase.charges(filling.connection, ms(2026, 1, 1), AS_OF)

    assert [(c.amount_micros, c.account, c.reseller) for c in found] == [
        *((5, "1111", "Paddle"), (6, "s-9", "Paddle")),
        (7, None, "Paddle"),
    ]


def test_what_names_a_tool_is_told_of_each_of_its_identities_that_is_linked_now(filling):
    named, strange, former = filling.app(client_id="c1"), filling.app(label="Quill"), filling.app(label="Old")
    tool = filling.tool()
    filling.link(named, tool, matcher="exact_id")
    filling.link(strange, tool)
    filling.link(former, tool, matcher="name", until=5)

    found = factbase.matchers(filling.connection)

    assert [(one.tool_id, one.matcher, one.source) for one in found] == [
        ("quillfox", "exact_id", "okta:acme"),
        ("quillfox", None, "okta:acme"),
    ]


def test_the_versions_of_a_fact_are_told_by_tool_and_in_order(filling):
    for tool, begun, ended, value in (
        ("a", 5, None, '["x"]'),
        ("a", 1, 5, None),
        ("b", 1, None, "[]"),
        ("c", 1, None, "[]"),
    ):
        row = {"reason": None if value else "refused", "evidence": "[]", "seen_at": None}
        filling.insert("fact", tool_id=tool, name="grants.scopes", valid_from=begun, valid_to=ended, value=value, **row)
    filling.insert(
        "fact", tool_id="a", name="grants.people", valid_from=1, valid_to=None, value="3", reason=None, evidence="[]"
    )

    found = factbase.versions(filling.connection, "grants.scopes", {"a", "b", "none"})

    assert {tool: [(v["valid_from"], v["valid_to"], v["value"]) for v in rows] for tool, rows in found.items()} == {
        "a": [(1, 5, None), (5, None, ["x"])],
        "b": [(1, None, [])],
    }
    assert factbase.versions(filling.connection, "grants.scopes", ()) == {}


def test_versions_of_many_tools_are_asked_for_in_parts(filling):
    for number in range(1_100):
        row = {"valid_from": 1, "valid_to": None, "value": "[]", "reason": None, "evidence": "[]", "seen_at": None}
        filling.insert("fact", tool_id=f"t{number}", name="grants.scopes", **row)

    assert len(factbase.versions(filling.connection, "grants.scopes", {f"t{n}" for n in range(1_100)})) == 1_100
