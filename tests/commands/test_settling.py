"""What keeps findings from being judged, and what would settle it."""

import pytest

from commands.settling import missing, settled_by, wants

STREAMS = [{"source": "okta", "stream": "users", "remedy": "grant the export what it lacks"}]


def row(named, *reading, id_="SEC-02:zapier", verdict="unknown"):
    return {"id": id_, "verdict": verdict, "missing": named, "reading": reading}


def wanted(*rows):
    return wants([found | {"missing": missing(found)} for found in rows], STREAMS)


def lacks(fact, reason="okta/users refused: okta.users.read"):
    return {"fact": fact, "value": None, "reason": reason}


def test_only_the_facts_that_settle_it_are_missing():
    found = row(["grants.active"], lacks("grants.active"), lacks("grants.leaver_owned"))

    assert [want["fact"] for want in missing(found)] == ["grants.active"]


def test_where_the_verdict_names_no_fact_all_unknown_ones_are_missing():
    found = row([], lacks("grants.active"), lacks("people.count"))

    assert [want["fact"] for want in missing(found)] == ["grants.active", "people.count"]


def test_what_the_tools_record_does_not_say_has_the_vocabularys_reason():
    assert missing(row(["tool.marketing"])) == [{"fact": "tool.marketing", "reason": "the tool is provisional"}]


def test_a_fact_without_a_reason_says_so():
    assert missing(row(["company.currency"]))[0]["reason"] == "no reason is recorded"


def test_words_of_the_message_are_no_names_of_facts():
    found = row(["grants.active"], lacks("grants.active"), lacks("people.count")) | {"message": "people.count unknown"}

    assert [want["fact"] for want in missing(found)] == ["grants.active"]


def test_what_was_judged_misses_nothing():
    assert missing(row([], lacks("people.count"), verdict="violated")) == []


def test_wants_are_grouped_by_reason_and_the_most_frequent_comes_first():
    rows = [
        row(["data.personal"], lacks("data.personal", "nobody has answered"), id_="A"),
        row(["grants.active"], lacks("grants.active"), id_="B"),
        row(
            ["people.count", "grants.active"],
            lacks("grants.active"),
            lacks("people.count"),
            id_="C",
        ),
    ]

    first, second = wanted(*rows)

    assert first.told() == (
        "2 findings for want of grants.active, people.count (okta/users refused: okta.users.read)."
        " Grant the export what it lacks."
    )
    assert second.told().startswith(
        "1 finding for want of data.personal (nobody has answered). Ask the business owner: "
    )


def test_many_facts_are_named_in_part_and_counted():
    names = ("people.count", "people.marketing", "people.external", "people.last_used", "access.sign_ins")
    found = row(names, *map(lacks, names))

    (want,) = wanted(found)

    assert "people.count, people.marketing, people.external and 2 more (" in want.told()


@pytest.mark.parametrize(
    ("fact", "reason", "says"),
    [
        ("grants.active", "okta/users refused: okta.users.read", "Grant the export what it lacks."),
        ("grants.active", "okta:x/apps failed: broken", "See `ostiary coverage show okta:x/apps`."),
        (
            "data.personal",
            "nothing shows it, and nobody has answered",
            "Ask the business owner: Does the tool hold or read",
        ),
        ("data.dpa_signed", "nobody has answered yet", "(`ostiary review answer TOOL data.dpa_signed VALUE`)"),
        ("people.count", "somehow nobody has answered", "It stays unknown where"),
        ("spend.annual", "an amount is in USD, and there is no rate to GBP", "Charges in the company's own currency"),
        (
            "spend.annual",
            "no base currency is configured: [company] base_currency",
            "Set base_currency under [company]",
        ),
        ("spend.annual", "card/charges: what was read does not span the last 90 days", "Export the missing days"),
        ("spend.payers", "no source of money states the holder", "card-csv"),
        ("people.marketing", "the unit of 3 of 4 people is not known", "Ingest the directory"),
        ("people.marketing", "no directory was read", "people-csv"),
        ("spend.payer_left", "no directory knows who paid last", "name the holder of the card by address"),
        ("ownership.owner_left", "no directory knows the recorded owner", "List them in a directory, by the address"),
        ("integration.provisioning_on", "no registration of the tool states its features", "okta-apps"),
        ("grants.last_used", "no source states the use of this tool's grants", "google-tokens"),
        ("access.sign_ins", "no stream of sign-ins names the tool", "okta-system-log"),
        ("lifecycle.ended", "the tool is in no catalogue", "ostiary review merge"),
        ("lifecycle.ended", "for a reason of its own", "It stays unknown where the tool is in no catalogue."),
        ("gone.fact", "for a reason of its own", "Nothing at hand settles it."),
    ],
)
def test_each_reason_is_answered_with_what_a_person_does(fact, reason, says):
    assert says in settled_by(fact, reason, STREAMS)
