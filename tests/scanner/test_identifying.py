"""Identifying: which tool an identity is, by the catalogue, by what people ruled, or as one that nobody has named."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.match import Entry, Match, Matcher, Reading
from model.signal import AppIdentity
from scanner.identifying import Corrections, Evidence, display_name, link, provisional_id, slug, tools
from tests.shipped import catalogue

HUBSPOT = Entry(id="hubspot", name="HubSpot", vendor="HubSpot", category="crm", marketing=True)
CANVA = Entry(id="canva", name="Canva", vendor="Canva", category="design", marketing=True)


class Catalogue:
    """A catalogue of two tools: what says `hubspot` or `canva` is it; `software` makes a charge software."""

    version = "v1"

    def read_app(self, app, *, mcc=None):
        text = " ".join(app.named().values()).casefold()
        for entry in (HUBSPOT, CANVA):
            if entry.id in text and "look" not in text:
                match = Match(
                    entry=entry, matcher=Matcher.NAME, matched=text, confidence=0.8, why=f"It is {entry.name}."
                )
                return Reading(match=match, why=match.why, counterparty=app.descriptor)
        seller = None if app.descriptor is None else app.descriptor.split("*")[0].strip()
        imitates = "hubspot" if "look" in text else None
        software = "software" in text or mcc == "5734"
        return Reading(match=None, why="Nobody knows it.", counterparty=seller, software=software, imitates=imitates)

    def entry(self, tool_id):
        return {"hubspot": HUBSPOT, "canva": CANVA}.get(tool_id)


INDEX = Catalogue()


def evidence(*, number=1, source="okta", software=True, mcc=None, **named):
    found = AppIdentity(**(named or {"app_id": "0oa1", "label": "HubSpot"}))
    return Evidence(number=number, source=source, key=found.key(), app=found, software=software, mcc=mcc)


def charge(descriptor, **rest):
    return evidence(source="card", software=False, descriptor=descriptor, **rest)


def ruled(**given):
    about = [*given.get("splits", ()), *given.get("merges", ()), *(f"merchant:{m}" for m in given.get("merchants", ()))]
    return Corrections(**given, said={key: f"A person ruled on {key}." for key in about})


def linked(found, corrections=None):
    return link(found, INDEX, corrections or Corrections())


def test_what_the_catalogue_knows_is_that_tool_with_its_reason():
    found = linked(evidence())

    assert found == {
        "tool_id": "hubspot",
        "matcher": "name",
        "matched": "0oa1 hubspot",
        "confidence": 0.8,
        "why": "It is HubSpot.",
        "catalog_version": "v1",
        "counterparty": None,
        "merchant_of_record": None,
        "imitates": None,
    }


def test_software_that_nobody_knows_is_a_tool_with_a_readable_id():
    found = linked(evidence(app_id="0oa9", label="Quillwood Bo\u00e4rd 2"))

    assert re.fullmatch("new-quillwood-board-2-[0-9a-f]{8}", found["tool_id"])
    assert (found["matcher"], found["confidence"]) == (None, None)
    assert "nobody has named" in found["why"]


def test_the_id_of_a_provisional_tool_ends_alike_whatever_the_app_is_called():
    ids = [linked(evidence(app_id="0oa9", label=label))["tool_id"] for label in ("Quillwood", "Renamed Wood", "木")]

    assert len(set(ids)) == 3
    assert len({found.rpartition("-")[2] for found in ids}) == 1


def test_two_apps_of_one_name_are_two_provisional_tools():
    one, other = (linked(evidence(app_id=app_id, label="Portal"))["tool_id"] for app_id in ("0oa1", "0oa2"))

    assert one != other


def test_the_same_app_of_two_sources_is_two_provisional_tools():
    one, other = (linked(evidence(source=source, label="Portal"))["tool_id"] for source in ("okta", "google"))

    assert one != other


def test_a_charge_alone_is_no_tool():
    found = linked(charge("SHELL KINGS 587"))

    assert (found["tool_id"], found["counterparty"]) == (None, "SHELL KINGS 587")
    assert "Nothing says that this charge is software" in found["why"]


@pytest.mark.parametrize("found", [charge("ACME SOFTWARE*77"), charge("ACME*77", mcc="5734")])
def test_a_charge_that_says_software_is_a_provisional_tool(found):
    assert linked(found)["tool_id"].startswith("new-acme")


def test_all_charges_of_a_merchant_are_one_provisional_tool():
    ids = {linked(charge(text))["tool_id"] for text in ("Acme Software*77", "ACME SOFTWARE*78", "acme  software*x")}

    assert len(ids) == 1


def test_a_look_alike_is_never_the_genuine_tool():
    found = linked(evidence(source="google", domain="hubspot-look.example"))

    assert found["tool_id"].startswith("new-hubspot-look-example-")
    assert found["imitates"] == "hubspot"


def test_a_look_alike_domain_is_never_the_genuine_tool_of_the_real_catalogue():
    for domain in ("hubspot-login.com", "hubsp0t.com", "mailchirnp.com"):
        found = link(evidence(source="google", domain=domain), catalogue(), Corrections())

        assert found["tool_id"].startswith("new-"), domain


def test_a_merge_leads_to_the_other_tool_and_says_who_ruled_it():
    found = linked(evidence(), ruled(merges={"hubspot": "canva"}))

    assert found["tool_id"] == "canva"
    assert found["why"] == "It is HubSpot. A person ruled on hubspot."


def test_merges_are_followed_to_their_end():
    found = linked(evidence(), ruled(merges={"hubspot": "b", "b": "c", "c": "canva"}))

    assert found["tool_id"] == "canva"


@pytest.mark.parametrize("merges", [{"hubspot": "hubspot"}, {"hubspot": "b", "b": "hubspot"}])
def test_a_circle_of_merges_still_gives_a_tool(merges):
    assert linked(evidence(), ruled(merges=merges))["tool_id"] in {"hubspot", "b"}


def test_a_split_stands_above_what_the_catalogue_says():
    found = linked(evidence(), ruled(splits={"okta/app_id:0oa1": "own-crm"}))

    assert (found["tool_id"], found["matcher"], found["confidence"]) == ("own-crm", "decision", 1.0)


def test_a_split_is_of_one_identity_only():
    corrections = ruled(splits={"okta/app_id:0oa1": "own-crm"})

    assert linked(evidence(app_id="0oa2", label="HubSpot"), corrections)["tool_id"] == "hubspot"
    assert linked(evidence(source="google", app_id="0oa1", label="HubSpot"), corrections)["tool_id"] == "hubspot"


def test_what_was_split_off_follows_a_merge_of_its_new_tool():
    corrections = ruled(splits={"okta/app_id:0oa1": "own-crm"}, merges={"own-crm": "canva"})

    assert linked(evidence(), corrections)["tool_id"] == "canva"


def test_a_merchant_that_is_ruled_a_tool_is_one():
    found = linked(charge("Petrol GmbH*1"), ruled(merchants={"petrol gmbh": "own-petrol"}))

    assert (found["tool_id"], found["matcher"]) == ("own-petrol", "decision")


def test_a_merchant_that_is_ruled_no_tool_is_none_even_where_the_charge_says_software():
    found = linked(charge("Acme Software*1"), ruled(merchants={"acme software": ""}))

    assert (found["tool_id"], found["matcher"]) == (None, "decision")


def test_later_leaves_everything_as_it_is():
    corrections = ruled(merchants={"acme software": None, "shell": None})

    assert linked(charge("Acme Software*1"), corrections)["tool_id"].startswith("new-")
    assert linked(charge("Shell*1"), corrections)["tool_id"] is None


def test_a_ruling_on_a_merchant_is_none_on_an_app_of_that_name():
    assert linked(evidence(label="Shell"), ruled(merchants={"shell": ""}))["tool_id"].startswith("new-shell-")


def row(found, corrections=None):
    made = linked(found, corrections)
    return made | {"source": found.source, "key": found.key, "app": json.dumps(found.app.named())}


def named(*rows, corrections=None, statuses=None):
    return {t["id"]: t for t in tools(rows, INDEX, corrections or Corrections(), statuses or {})}


def test_a_tool_of_the_catalogue_has_its_name_and_kind():
    assert named(row(evidence()))["hubspot"] == {
        "id": "hubspot",
        "name": "HubSpot",
        "vendor": "HubSpot",
        "category": "crm",
        "marketing": 1,
        "provisional": 0,
        "noise": None,
        "status": "new",
    }


def test_of_a_provisional_tool_nothing_is_said_that_is_not_known():
    (found,) = named(row(evidence(app_id="0oa9", label="Quillwood"))).values()

    assert found["name"] == "Quillwood"
    assert (found["vendor"], found["category"], found["marketing"], found["provisional"]) == (None, None, None, 1)


def test_what_is_no_tool_is_not_listed():
    assert named(row(charge("SHELL 587"))) == {}


def test_a_tool_that_a_person_named_is_no_longer_provisional():
    corrections = ruled(splits={"okta/app_id:0oa1": "own-crm"}, named={"own-crm": "Our CRM"})

    (found,) = named(row(evidence(), corrections), corrections=corrections).values()

    assert (found["name"], found["provisional"]) == ("Our CRM", 0)


def test_the_status_is_what_was_decided():
    assert (
        named(row(evidence()), statuses={"hubspot": "rejected", "canva": "approved"})["hubspot"]["status"] == "rejected"
    )


def test_a_provisional_tool_keeps_its_name_whatever_is_merged_into_it():
    kept, merged = evidence(app_id="0oa9", label="Quillwood"), evidence(app_id="0oa1", label="Aardvark")
    own, gone = (linked(found)["tool_id"] for found in (kept, merged))
    corrections = ruled(merges={gone: own})

    (found,) = named(row(merged, corrections), row(kept, corrections), corrections=corrections).values()

    assert (found["id"], found["name"]) == (own, "Quillwood")


APPS = st.builds(
    lambda source, app_id, label: evidence(source=source, app_id=app_id, label=label),
    st.sampled_from(["okta", "google"]),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(["Quillwood", "HubSpot", "Portal"]),
)


@given(st.lists(APPS, max_size=6, unique_by=lambda e: (e.source, e.key)), st.randoms(use_true_random=False))
def test_the_order_of_links_does_not_matter(found, chance):
    rows = [row(e) for e in found]
    shuffled = [*rows]
    chance.shuffle(shuffled)

    assert named(*rows) == named(*shuffled)


@given(st.text(max_size=200))
def test_every_name_gives_a_safe_id(name):
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug(name))
    assert len(slug(name)) <= 40


@given(st.text(min_size=1, max_size=100), st.text(min_size=1, max_size=20))
def test_provisional_ids_are_safe_and_always_the_same(label, key):
    found = AppIdentity(label=label)

    ids = {provisional_id("okta", key, found, None) for _ in range(2)}

    assert len(ids) == 1
    assert re.fullmatch("new-[a-z0-9-]+-[0-9a-f]{8}", ids.pop())


@pytest.mark.parametrize(
    ("app", "shown"),
    [
        (AppIdentity(app_id="0oa1", label="  Quill\n wood "), "Quill wood"),
        (AppIdentity(client_id="1.apps", domain="quill.example"), "quill.example"),
        (AppIdentity(client_id="1.apps"), "1.apps"),
        (AppIdentity(bundle_id="com.quill"), "com.quill"),
        (AppIdentity(label="x" * 4000), "x" * 120),
        (AppIdentity(), "unnamed"),
    ],
)
def test_what_a_person_would_call_an_app(app, shown):
    assert display_name(app) == shown
