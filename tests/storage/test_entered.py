"""What people enter: rows are only added, the latest stands, and they follow a tool to its new id."""

from storage import entered, insights
from storage.renames import follow


def forecast(tool="quillfox", at=1, **more):
    row = {
        "at": at,
        "tool_id": tool,
        "by": "user:ana",
        "currency": "EUR",
        "quote": None,
        "low": 1,
        "likely": 2,
        "high": 3,
    }
    return row | {"given": {"people": 9}, "points": [{"point": "crm", "factor": "3/2"}]} | more


def actual(point="crm", minutes=60, tool="quillfox", at=1):
    row = {"at": at, "tool_id": tool, "point": point, "minutes": minutes, "factor": "1", "cost": 5}
    return row | {"currency": "EUR", "by": "user:ana"}


def outcome(actor, tool="quillfox", month=202606, **more):
    row = {"at": 1_000, "tool_id": tool, "month": month, "leads": 3, "reach": None, "revenue": None, "currency": None}
    return row | {"actor_id": actor, "by": "user:ana"} | more


def test_forecasts_are_kept_as_they_were_made_the_oldest_first(connection):
    first = entered.add_forecast(connection, forecast())
    second = entered.add_forecast(connection, forecast(at=2, quote=9_000_000_000_000))
    entered.add_forecast(connection, forecast("pike"))

    found = entered.forecasts(connection, "quillfox")
    assert [row["id"] for row in found] == [first, second]
    assert (found[0]["given"], found[1]["quote"]) == ({"people": 9}, 9_000_000_000_000)
    assert found[0]["points"] == [{"point": "crm", "factor": "3/2"}]
    assert len(entered.forecasts(connection)) == 3


def test_of_hours_the_latest_entry_of_a_point_stands(connection):
    entered.add_actual(connection, actual(minutes=60))
    entered.add_actual(connection, actual(minutes=90))
    entered.add_actual(connection, actual("tags", 30))
    entered.add_actual(connection, actual(tool="pike", minutes=7))

    assert [(row["point"], row["minutes"]) for row in entered.actuals(connection, "quillfox")] == [
        ("crm", 90),
        ("tags", 30),
    ]
    assert len(entered.actuals(connection)) == 3


def test_of_outcomes_the_latest_entry_of_a_month_stands_and_the_others_are_counted(connection, filling):
    ana = filling.actor("ana", address="ana@acme.example")
    filling.tool()
    entered.add_outcome(connection, outcome(ana))
    entered.add_outcome(connection, outcome(ana, leads=5, revenue=10**15, currency="EUR"))
    entered.add_outcome(connection, outcome(ana, month=202605))
    entered.add_outcome(connection, outcome(ana, tool="zander"))

    found = entered.outcomes(connection)
    assert [(row["tool"], row["month"], row["leads"], row["entries"]) for row in found] == [
        ("Quillfox", "2026-06", 5, 2),
        ("zander", "2026-06", 3, 1),
        ("Quillfox", "2026-05", 3, 1),
    ]
    latest = next(row for row in found if row["entries"] == 2)
    assert (latest["revenue"], latest["currency"], latest["said_by"]) == (10**15, "EUR", "ana@acme.example")
    assert (latest["entered_at"], latest["entered_by"]) == ("1970-01-01T00:00:01Z", "user:ana")


def test_what_was_entered_follows_a_tool_to_its_new_id(connection, filling):
    ana = filling.actor("ana")
    entered.add_outcome(connection, outcome(ana, "new-a-1"))
    entered.add_actual(connection, actual(tool="new-a-1"))
    entered.add_forecast(connection, forecast("new-a-1"))
    entered.add_outcome(connection, outcome(ana, "gone"))

    follow(connection, ["new-b-2"], lambda tool: {"new-a-1": "new-b-2"}.get(tool, tool))

    assert {row["tool_id"] for row in entered.outcomes(connection)} == {"new-b-2", "gone"}
    assert [row["tool_id"] for row in entered.actuals(connection)] == ["new-b-2"]
    assert [row["tool_id"] for row in entered.forecasts(connection)] == ["new-b-2"]


# --- what insights read ----------------------------------------------------------------------------------------------


def test_a_person_is_named_by_an_address_before_a_name_before_an_id(connection, filling):
    ana, bo, cy = (
        filling.actor("1", address="ana@acme.example", name="Ana"),
        filling.actor("2", name="Bo"),
        filling.actor("3"),
    )
    for actor in (ana, bo, cy):
        filling.person(actor)

    assert insights.names(connection) == {ana: "ana@acme.example", bo: "Bo", cy: "3"}


def test_facts_are_read_as_values_or_with_the_reason_against_them(connection, filling):
    def fact(name, value, reason=None):
        row = {"tool_id": "quillfox", "name": name, "valid_from": 1, "valid_to": None, "value": value}
        filling.insert("fact", **row, reason=reason, evidence='["answer:1"]', seen_at=None)

    fact("contract.end", '"2027-02-28"')
    fact("people.count", None, "okta refused")
    fact("spend.seats_bought", '"many"')
    fact("grants.active", "3")

    found = insights.facts(connection, ["contract.end", "people.count", "spend.seats_bought"])["quillfox"]
    assert (found["contract.end"].value.isoformat(), found["contract.end"].evidence) == ("2027-02-28", ("answer:1",))
    assert found["people.count"].reason == "okta refused"
    assert "no value of the vocabulary" in found["spend.seats_bought"].reason
    assert "grants.active" not in found
