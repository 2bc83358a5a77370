"""Corrections: recorded through the gate with a reason, in force until undone, and stronger than the next scan."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import Refused
from scanner.corrections import corrections
from tests.scanner.house import House, app, charges, event, few_policies


@pytest.fixture(scope="module")
def once(tmp_path_factory, empty_store):
    """A company with HubSpot, Canva, an app of its own, and three merchants, read once."""
    folder = tmp_path_factory.mktemp("once")
    shutil.copyfile(empty_store, folder / "store.db")
    house = House(folder, pack=few_policies)
    log = [event(1), event(2, app="Canva"), event(3, app="Quillwood Board"), event(4, person="bo")]
    house.ingest("okta-system-log", house.write("log.jsonl", log))
    rows = [
        ("2026-02-03", "ZOOM.US", "14.00"),
        ("2026-02-04", "Shell 587", "72.61"),
        ("2026-02-05", "Foxglove Ltd", "9"),
    ]
    house.ingest("card-csv", house.write("card.csv", charges(*rows)))
    house.store.close()
    return house


@pytest.fixture
def seen(once, tmp_path):
    """The company that was read, as a copy of the test's own."""
    house = once.copied(tmp_path / "seen")
    yield house
    house.store.close()


QUILLWOOD = "okta/app_id:0oaquillwoodboard"


def provisional(house):
    (found,) = [tool for tool in house.tools().values() if tool["provisional"]]
    return found


def ingest_more(house):
    log = [event(5, person="cy"), event(6, app="Quillwood Board", person="cy"), event(7, app="Canva", person="cy")]
    house.ingest("okta-system-log", house.write("more.jsonl", log))


def test_a_merge_survives_the_next_scan(seen):
    seen.correct().merge("canva", "hubspot", "one contract")
    seen.derive_again()
    assert "canva" not in seen.tools()

    ingest_more(seen)

    assert "canva" not in seen.tools()
    assert seen.figures()["hubspot"]["people_ever"] == 3


def test_a_merge_survives_a_changed_catalogue(seen):
    seen.correct().merge("canva", "hubspot", "one contract")

    class Newer:
        version = "newer"

        def __getattr__(self, name):
            return getattr(load, name)

        def read_app(self, found, *, mcc=None):
            reading = load.read_app(found, mcc=mcc)
            return replace(reading, why="Newer words.")

    load = seen.index
    seen.index = Newer()
    ingest_more(seen)

    assert "canva" not in seen.tools()
    assert seen.one("SELECT DISTINCT catalog_version AS v FROM run WHERE id = (SELECT max(id) FROM run)") == "newer"


def test_a_merge_into_a_provisional_tool_survives_its_new_name(seen):
    own = provisional(seen)["id"]
    seen.correct().merge("canva", own, "they call it so")
    seen.derive_again()

    seen.ingest("okta-apps", seen.write("apps.json", [app("quillwoodboard", "Zebra Board")]))

    found = provisional(seen)
    assert (found["name"], "canva" in seen.tools()) == ("Zebra Board", False)
    assert seen.figures()[found["id"]]["people_ever"] == 1
    assert len(seen.tools()) == 3


def test_a_merge_of_a_provisional_tool_survives_its_new_name(seen):
    seen.correct().merge(provisional(seen)["id"], "hubspot", "it is HubSpot's board")

    seen.ingest("okta-apps", seen.write("apps.json", [app("quillwoodboard", "Zebra Board")]))

    assert sorted(seen.tools()) == ["canva", "hubspot", "zoom"]


def test_a_split_survives_the_next_scan(seen):
    seen.correct().split("okta/app_id:0oahubspot", None, "Our CRM", "a fork of our own")

    ingest_more(seen)

    assert seen.tools()["own-our-crm"] | {"status": "new"} == seen.tools()["own-our-crm"]
    assert (seen.tools()["own-our-crm"]["name"], "hubspot" in seen.tools()) == ("Our CRM", False)


def test_a_split_to_a_known_tool_leads_there(seen):
    seen.correct().split(QUILLWOOD, "canva", None, "it is Canva's board")
    seen.derive_again()

    assert sorted(seen.tools()) == ["canva", "hubspot", "zoom"]


def test_an_undone_correction_is_as_if_it_had_never_been(seen):
    before = seen.tables("tool", "figures")
    number = seen.correct().merge("canva", "hubspot", "one contract")
    seen.derive_again()

    seen.correct().undo(number, "they are two after all")
    seen.derive_again()

    assert seen.tables("tool", "figures") == before


def test_circles_of_merges_leave_a_tool(seen):
    corrector = seen.correct()
    corrector.merge("canva", "hubspot", "one")
    corrector.merge("hubspot", "zoom", "two")
    corrector.merge("zoom", "canva", "three")

    seen.derive_again()

    known = {tool for tool in seen.tools() if tool in {"canva", "hubspot", "zoom"}}
    assert len(known) == 1
    assert seen.figures()[known.pop()]["people_ever"] == 2


def test_the_latest_decision_of_a_circle_wins(seen):
    seen.correct().merge("canva", "hubspot", "one")
    seen.correct().merge("hubspot", "canva", "the other way round")

    seen.derive_again()

    assert {"canva", "hubspot"} & set(seen.tools()) == {"canva"}


def test_the_later_of_two_decisions_about_one_thing_counts(seen):
    seen.correct().merge("canva", "hubspot", "one")
    seen.correct().merge("canva", "zoom", "no, the other")

    seen.derive_again()

    assert seen.figures()["zoom"]["people_ever"] == 1


def test_a_merchant_ruled_a_tool_is_listed_with_its_money(seen):
    seen.correct().rule_merchant("foxglove ltd", "tool", None, "they sell an app")
    seen.derive_again()

    (tool,) = [t for t in seen.tools().values() if t["id"] == "own-foxglove-ltd"]
    assert (tool["name"], tool["provisional"]) == ("foxglove ltd", 0)
    assert seen.figures()["own-foxglove-ltd"]["spend_total"] == '{"EUR": 9000000}'


def test_a_merchant_ruled_a_known_tool_pays_for_it(seen):
    seen.correct().rule_merchant("foxglove ltd", "tool", "canva", "their reseller")
    seen.derive_again()

    assert seen.figures()["canva"]["spend_total"] == '{"EUR": 9000000}'


def test_a_merchant_ruled_no_tool_stays_none_for_every_new_charge_and_can_be_undone(seen):
    number = seen.correct().rule_merchant("shell", "not-a-tool", None, "petrol")
    seen.ingest("card-csv", seen.write("more.csv", charges(("2026-02-20", "SHELL 587", "10.00"))))
    why = (
        "SELECT DISTINCT l.matcher AS m FROM link l JOIN identity i ON i.id = l.identity_id"
        " WHERE i.key = 'descriptor:shell 587' AND l.valid_to IS NULL"
    )
    assert seen.one(why) == "decision"

    seen.correct().undo(number, "wrong line")
    seen.derive_again()

    assert seen.one(why) is None


def test_a_merchant_may_be_named_in_any_case_and_in_any_script(seen):
    seen.ingest("card-csv", seen.write("more.csv", charges(("2026-02-20", "CAFÉ  ÜBER", "10.00"))))

    seen.correct().rule_merchant("Café über", "tool", "canva", "their shop")
    seen.derive_again()

    assert seen.figures()["canva"]["spend_total"] == '{"EUR": 10000000}'


def test_later_changes_nothing(seen):
    before = seen.tables("tool", "figures", "link")
    seen.correct().rule_merchant("shell", "later", None, "ask the team")

    seen.derive_again()

    assert seen.tables("tool", "figures", "link") == before


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda c: c.merge("nothing", "hubspot", "r"), "there is no tool 'nothing'"),
        (lambda c: c.merge("hubspot", "nothing", "r"), "there is no tool 'nothing'"),
        (lambda c: c.merge("hubspot", "hubspot", "r"), "hubspot is hubspot already"),
        (lambda c: c.merge("hubspot", "canva", " "), "a decision needs a reason"),
        (lambda c: c.split("okta/app_id:none", None, "X", "r"), "no source names an app 'okta/app_id:none'"),
        (lambda c: c.split(QUILLWOOD, None, None, "r"), "say either which tool it is"),
        (lambda c: c.split(QUILLWOOD, "canva", "X", "r"), "say either which tool it is"),
        (lambda c: c.split(QUILLWOOD, "nothing", None, "r"), "there is no tool 'nothing'"),
        (lambda c: c.rule_merchant("shell", "maybe", None, "r"), "a merchant is one of tool, not-a-tool, later"),
        (lambda c: c.rule_merchant("unheard of", "later", None, "r"), "no charge names 'unheard of'"),
        (lambda c: c.undo(99, "r"), "there is no decision 99"),
    ],
)
def test_what_can_not_be_ruled_is_refused_and_leaves_no_trace(seen, act, says):
    before = seen.tables()

    with pytest.raises(Refused, match=says):
        act(seen.correct())

    assert seen.tables() == before


def test_a_decision_is_undone_once_only(seen):
    number = seen.correct().merge("canva", "hubspot", "one")
    seen.correct().undo(number, "no")

    with pytest.raises(Refused, match="undone already"):
        seen.correct().undo(number, "no")


def test_a_correction_is_one_audit_row_with_who_and_no_words(seen):
    seen.correct().merge("canva", "hubspot", "because Bo said so")

    row = seen.rows("SELECT * FROM audit ORDER BY n DESC LIMIT 1")[0]
    assert (row["actor"], row["act"], row["object"]) == ("user:ana", "decision.merge", "tool:canva")
    assert "Bo" not in row["detail"]
    assert seen.one("SELECT count(*) AS n FROM text WHERE body = 'because Bo said so'") == 1


def merged(*pairs):
    rows = [decision(n, "merge", f"tool:{tool}", into=into) for n, (tool, into) in enumerate(pairs, 1)]
    return corrections(rows).merges


@pytest.mark.parametrize(
    ("pairs", "left"),
    [
        ([("a", "b"), ("b", "a")], {"b": "a"}),
        ([("a", "b"), ("b", "c"), ("c", "a")], {"a": "b", "c": "a"}),
        ([("a", "a")], {}),
        ([("a", "b"), ("c", "b"), ("b", "a")], {"c": "b", "b": "a"}),
        ([("a", "b"), ("b", "c"), ("c", "d")], {"a": "b", "b": "c", "c": "d"}),
        ([("a", "b"), ("a", "c")], {"a": "c"}),
        ([("a", "b"), ("b", "c"), ("a", "x")], {"b": "c", "a": "x"}),
    ],
)
def test_a_circle_is_broken_before_its_latest_decision(pairs, left):
    assert merged(*pairs) == left


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=10))
def test_every_merge_comes_to_an_end(pairs):
    found = merged(*pairs)

    for start in found:
        tool, steps = start, 0
        while tool in found:
            tool, steps = found[tool], steps + 1
            assert steps <= len(found)


def decision(number, kind, about, **detail):
    return {"id": number, "at": 1773500000000, "kind": kind, "object": about, "detail": detail}


def test_every_correction_says_which_decision_it_was():
    found = corrections(
        [
            decision(1, "merge", "tool:a", into="b"),
            decision(2, "split", "identity:okta/app_id:1", to="own-c", name="C"),
            decision(3, "merchant", "merchant:shell", ruling="not-a-tool"),
            decision(4, "status", "tool:a", status="approved"),
        ]
    )

    assert (found.merges, found.splits, found.merchants) == ({"a": "b"}, {"okta/app_id:1": "own-c"}, {"shell": ""})
    assert found.named == {"own-c": "C"}
    assert found.said["a"] == "A person ruled that a is b (decision 1, 14 March 2026)."
    assert found.said["merchant:shell"] == "A person ruled that shell is not a tool (decision 3, 14 March 2026)."
