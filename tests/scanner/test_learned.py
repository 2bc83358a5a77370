"""Aliases: learned once, they hold for every past and future signal, until a person takes them back."""

import itertools
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.index import load_index
from catalog.load import Tool
from model.errors import Refused
from scanner.learned import LearnedIndex, learned
from tests.scanner.house import DERIVED, House, app, charges, event, few_policies

LINKS = (
    "SELECT i.key, l.tool_id, l.matcher, l.matched, l.why FROM link l JOIN identity i ON i.id = l.identity_id"
    " WHERE l.valid_to IS NULL ORDER BY i.id"
)
STANDING = ("tool", "figures")


@pytest.fixture
def pack():
    return few_policies


def filled(house):
    log = [event(1), event(2, app="Canva"), event(3, app="Quillwood Board"), event(4, person="bo")]
    house.ingest("okta-system-log", house.write("log.jsonl", log))
    rows = [("2026-02-03", "ZOOM.US", "14.00"), ("2026-02-05", "PAYPAL *FOXGLOVE 4029357733", "9")]
    house.ingest("card-csv", house.write("card.csv", charges(*rows)))
    return house


@pytest.fixture(scope="module")
def once(tmp_path_factory, empty_store):
    """A company that was filled once; copying it is quicker than reading again."""
    folder = tmp_path_factory.mktemp("once")
    shutil.copyfile(empty_store, folder / "store.db")
    house = filled(House(folder, pack=few_policies))
    house.store.close()
    return house


@pytest.fixture
def seen(once, tmp_path):
    house = once.copied(tmp_path / "seen")
    yield house
    house.store.close()


def teach(house, kind, value, tool, reason="they say so", **rest):
    number = house.correct().alias(kind, value, tool, reason, index=house.index, **rest)
    house.derive_again()
    return number


def link(house, key):
    (row,) = [row for row in house.rows(LINKS) if row["key"] == key]
    return row


def test_an_alias_leads_the_past_and_the_future_to_its_tool_and_says_which_decision_it_is(seen):
    number = teach(seen, "app_name", "Quillwood Board", "canva")

    row = link(seen, "app_id:0oaquillwoodboard")
    assert (row["tool_id"], row["matcher"], row["matched"]) == ("canva", "decision", "app_name:quillwood board")
    assert row["why"] == f"A person ruled that the name “quillwood board” is Canva (decision {number}, 15 March 2026)."

    later = [event(9, app="Quillwood Board (Prod)", app_id="0oanew", person="cy")]
    seen.ingest("okta-system-log", seen.write("more.jsonl", later))

    assert link(seen, "app_id:0oanew")["tool_id"] == "canva"
    assert seen.figures()["canva"]["people_ever"] == 2


def test_a_payee_is_known_behind_every_processor(seen):
    teach(seen, "card_descriptor", "FOXGLOVE", "hubspot")

    seen.ingest("card-csv", seen.write("more.csv", charges(("2026-02-20", "SQ *FOXGLOVE", "3"))))

    assert seen.figures()["hubspot"]["spend_total"] == '{"EUR": 12000000}'


def test_an_alias_survives_rebuild_and_twice_is_once(either_house):
    house = filled(either_house)
    teach(house, "app_name", "Quillwood Board", "canva")
    before, links = house.tables(*STANDING), house.rows(LINKS)

    house.rebuild()
    house.derive_again()

    assert house.tables(*STANDING) == before
    assert house.rows(LINKS) == links


def test_an_alias_survives_a_changed_catalogue(seen):
    teach(seen, "app_name", "Quillwood Board", "canva")
    newer = Tool(id="quillwood", name="Quillwood Board", vendor="Q", category="crm", domains=("quillwood.test-x.com",))
    seen.index = load_index([newer])

    seen.ingest("okta-apps", seen.write("apps.json", [app("quillwoodboard", "Quillwood Board")]))

    assert link(seen, "app_id:0oaquillwoodboard")["tool_id"] == "canva"


def test_an_alias_for_a_provisional_tool_follows_its_new_name(seen):
    (own,) = [tool["id"] for tool in seen.tools().values() if tool["provisional"] and "quillwood" in tool["id"]]
    teach(seen, "card_descriptor", "FOXGLOVE", own)

    seen.ingest("okta-apps", seen.write("apps.json", [app("quillwoodboard", "Zebra Board")]))

    (found,) = [tool for tool in seen.tools().values() if tool["name"] == "Zebra Board"]
    assert seen.figures()[found["id"]]["spend_total"] == '{"EUR": 9000000}'


def test_an_undone_alias_leaves_exactly_the_former_rows(seen):
    before, links = seen.tables(*STANDING), seen.rows(LINKS)
    number = teach(seen, "app_name", "Quillwood Board", "canva")
    assert seen.tables(*STANDING) != before

    seen.correct().undo(number, "not after all")
    seen.derive_again()

    assert seen.tables(*STANDING) == before
    assert seen.rows(LINKS) == links


def test_a_split_of_one_identity_stands_before_an_alias_of_its_name(seen):
    seen.correct().split("okta/app_id:0oaquillwoodboard", "hubspot", None, "this one is another")

    teach(seen, "app_name", "Quillwood Board", "canva")

    assert link(seen, "app_id:0oaquillwoodboard")["tool_id"] == "hubspot"


def test_a_merge_of_its_tool_takes_an_alias_along(seen):
    teach(seen, "app_name", "Quillwood Board", "canva")

    seen.correct().merge("canva", "hubspot", "one contract")
    seen.derive_again()

    assert link(seen, "app_id:0oaquillwoodboard")["tool_id"] == "hubspot"


def test_a_list_of_approved_tools_is_read_with_what_was_learned(seen):
    teach(seen, "app_name", "Our Board", "canva")
    listed = "Tool,Status,Decided on\nOur Board,approved,2026-01-02\n"

    seen.ingest("approved-tools-csv", seen.write("approved.csv", listed))

    assert seen.tools()["canva"]["status"] == "approved"


@pytest.mark.parametrize(
    ("kind", "value", "tool", "says"),
    [
        ("app_name", "HubSpot", "canva", "HubSpot. --force with a reason rules otherwise"),
        ("domain", "app.hubspot.com", "canva", "belongs to HubSpot"),
        ("domain", "hubspot.com", "hubspot", "it is hubspot already"),
        ("domain", "hubspot-login.com", "hubspot", "looks like HubSpot"),
        ("domain", "acme.example", "canva", "that leads to no public host"),
        ("domain", "co.uk", "canva", "that leads to no public host"),
        ("url", "http://", "canva", "that leads to no public host"),
        ("app_name", "?!", "canva", "holds nothing to know it by as app_name"),
        ("app_name", "Board", "nothing", "there is no tool 'nothing'"),
        ("colour", "Board", "canva", "a kind is one of app_name, "),
    ],
)
def test_what_belongs_to_another_tool_for_sure_is_refused_and_leaves_no_trace(seen, kind, value, tool, says):
    before = seen.tables()

    with pytest.raises(Refused) as refused:
        seen.correct().alias(kind, value, tool, "r", index=seen.index)

    assert says in str(refused.value)
    assert seen.tables() == before


def test_a_domain_that_the_companys_own_lies_under_is_refused(seen):
    own = ["mail.acme-works.com"]

    with pytest.raises(Refused, match=r"mail\.acme-works\.com is a domain of the company"):
        seen.correct().alias("domain", "acme-works.com", "canva", "r", index=seen.index, domains=own)


def test_force_with_a_reason_rules_against_what_is_known(seen):
    with pytest.raises(Refused, match="say why with --reason"):
        seen.correct().alias("app_name", "HubSpot", "canva", " ", index=seen.index, force=True)

    teach(seen, "app_name", "HubSpot", "canva", "we call it so", force=True)

    assert link(seen, "app_id:0oahubspot")["tool_id"] == "canva"


def test_the_same_alias_twice_is_refused_and_another_needs_force(seen):
    teach(seen, "app_name", "Quillwood Board", "canva")

    with pytest.raises(Refused, match="it is canva already"):
        seen.correct().alias("app_name", "QUILLWOOD  board", "canva", "again", index=seen.index)
    with pytest.raises(Refused, match="it is canva already"):
        seen.correct().alias("app_name", "Quillwood Board", "canva", "again", index=seen.index, force=True)
    with pytest.raises(Refused, match="--force with a reason"):
        seen.correct().alias("app_name", "Quillwood Board", "zoom", "again", index=seen.index)


def test_an_alias_that_another_one_replaced_is_back_when_that_is_undone(seen):
    teach(seen, "app_name", "Quillwood Board", "canva")
    second = teach(seen, "app_name", "Quillwood Board", "zoom", force=True)
    assert link(seen, "app_id:0oaquillwoodboard")["tool_id"] == "zoom"

    seen.correct().undo(second, "no")
    seen.derive_again()

    assert link(seen, "app_id:0oaquillwoodboard")["tool_id"] == "canva"


def test_a_payee_that_was_ruled_a_merchant_is_to_be_freed_first(seen):
    seen.correct().rule_merchant("foxglove", "not-a-tool", None, "flowers")

    with pytest.raises(Refused, match=r"A person ruled that foxglove is not a tool \(decision 1, .*Undo that first"):
        seen.correct().alias("card_descriptor", "FOXGLOVE", "canva", "r", index=seen.index)


def test_a_merchant_that_waits_may_be_taught(seen):
    seen.correct().rule_merchant("foxglove", "later", None, "ask Bo")

    teach(seen, "card_descriptor", "FOXGLOVE", "canva")

    assert seen.figures()["canva"]["spend_total"] == '{"EUR": 9000000}'


def test_a_card_number_never_comes_into_a_decision(seen):
    teach(seen, "card_descriptor", "FOXGLOVE 4111111111111111", "canva")

    assert "4111111111111111" not in str(seen.tables())


def test_an_alias_without_a_reason_says_that_none_was_given(seen):
    teach(seen, "app_name", "Quillwood Board", "canva", None)

    assert seen.one("SELECT body FROM text") == "Learned as an alias; no further reason was given."


# --- whatever was ruled, in whatever order ---------------------------------------------------------------------------

ACTS = {
    "alias": lambda c, index: c.alias("app_name", "Quillwood Board", "canva", "r", index=index),
    "payee": lambda c, index: c.alias("card_descriptor", "FOXGLOVE", "hubspot", "r", index=index),
    "split": lambda c, _: c.split("okta/app_id:0oaquillwoodboard", "zoom", None, "r"),
    "merge": lambda c, _: c.merge("canva", "hubspot", "r"),
    "merchant": lambda c, _: c.rule_merchant("foxglove", "not-a-tool", None, "r"),
    "noise": lambda c, _: c.noise("zoom", noise=True, reason="r"),
}
NUMBERS = itertools.count(1)


@settings(max_examples=12)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=5))
def test_what_people_ruled_survives_rescan_rebuild_and_a_new_catalogue_and_undone_leaves_no_trace(
    tmp_path_factory, once, acts
):
    folder = tmp_path_factory.mktemp(f"any{next(NUMBERS)}") / "house"
    shutil.copytree(once.folder, folder)
    house = House(folder, index=once.index, pack=few_policies)
    house.derive_again()
    former = house.tables(*STANDING), house.rows(LINKS)
    ruled = []
    for act in acts:
        try:
            ruled.append(ACTS[act](house.correct(), house.index))
        except Refused:
            continue
        house.derive_again()
    after = house.tables(*STANDING), house.rows(LINKS)

    house.ingest("okta-system-log", house.files / "log.jsonl")
    assert (house.tables(*STANDING), house.rows(LINKS)) == after
    house.rebuild()
    assert (house.tables(*STANDING), house.rows(LINKS)) == after
    house.index = load_index([Tool(id="zz-other", name="Zz Other", vendor="Zz", category="crm", domains=("zz-o.com",))])
    house.rebuild()
    assert (house.tables(*STANDING), house.rows(LINKS)) == after
    history = house.tables(*DERIVED)
    house.rebuild()
    assert house.tables(*DERIVED) == history
    for number in reversed(ruled):
        house.correct().undo(number, "no")
    house.derive_again()
    assert (house.tables(*STANDING), house.rows(LINKS)) == former
    house.store.close()


def test_the_index_that_learned_answers_as_the_one_below_it(seen):
    known = LearnedIndex(seen.index, learned([], seen.index))

    assert known.version == seen.index.version
    assert known.entry("canva") == seen.index.entry("canva")
    assert known.ended("canva") == seen.index.ended("canva")
    assert known.end_notice("canva") == seen.index.end_notice("canva")
