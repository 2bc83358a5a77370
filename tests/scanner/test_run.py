"""A run from end to end: every FORMAT, on both databases."""

from tests.scanner.house import OF_THE_RUN, START, app, charges, event, user

GOOGLE_TOKENS = {
    "kind": "admin#directory#tokenList",
    "items": [
        {
            "clientId": "1234.apps.googleusercontent.com",
            "userKey": "1001",
            "displayText": "Canva",
            "anonymous": False,
            "nativeApp": False,
            "scopes": ["https://www.googleapis.com/auth/drive"],
        }
    ],
}
GOOGLE_USERS = {
    "kind": "admin#directory#users",
    "users": [
        {
            "id": "1001",
            "primaryEmail": "ana@acme.example",
            "name": {"fullName": "Ana Ruiz"},
            "orgUnitPath": "/Marketing",
            "organizations": [{"department": "Marketing", "primary": True}],
        }
    ],
}
GOOGLE_ACTIVITIES = {
    "kind": "admin#reports#activities",
    "items": [
        {
            "id": {"time": "2026-03-03T10:00:00.000Z", "uniqueQualifier": "-77", "applicationName": "token"},
            "actor": {"email": "ana@acme.example", "profileId": "1001"},
            "events": [
                {
                    "name": "authorize",
                    "parameters": [
                        {"name": "client_id", "value": "1234.apps.googleusercontent.com"},
                        {"name": "app_name", "value": "Canva"},
                        {"name": "scope", "multiValue": ["openid"]},
                    ],
                }
            ],
        }
    ],
}
PEOPLE = "email,department,name\nana@acme.example,Marketing,Ana Ruiz\nbo@acme.example,Finance,Bo Lund\n"
APPROVED = (
    "tool,domain,status,owner,decided on,reason\nHubSpot,hubspot.com,approved,bo@acme.example,2026-01-15,Checked\n"
)


def everything(house):
    """Ingest a small file of every FORMAT, all counted back from one day: a day later, what is relative is another."""

    def ingest(fmt, path):
        return house.ingest(fmt, path, as_of=START)

    events = [event(1), event(2, person="bo"), event(3, app="Quillwood Board"), event(4, outcome={"result": "FAILURE"})]
    return [
        ingest("okta-system-log", house.write("log.jsonl", events)),
        ingest("okta-apps", house.write("apps.json", [app(1, "Canva"), app(2, "Asana")])),
        ingest("okta-users", house.write("users.json", [user("ana"), user("bo", profile={"department": "IT"})])),
        ingest("google-activities", house.write("activities.json", [GOOGLE_ACTIVITIES])),
        ingest("google-tokens", house.write("tokens.json", [GOOGLE_TOKENS])),
        ingest("google-users", house.write("google_users.json", [GOOGLE_USERS])),
        ingest(
            "card-csv",
            house.write(
                "card.csv", charges(("2026-02-03", "MAILCHIMP *MISC", "59.00"), ("2026-02-04", "Shell 587", "72.61"))
            ),
        ),
        ingest("people-csv", house.write("people.csv", PEOPLE)),
        ingest("approved-tools-csv", house.write("approved.csv", APPROVED)),
    ]


def test_every_format_is_read_to_its_end_and_gives_tools_people_and_money(either_house):
    house = either_house

    outcomes = everything(house)

    assert [o.collected.status.value for o in outcomes] == ["complete"] * 9
    assert house.tool_names() == ["Asana", "Canva", "HubSpot", "Mailchimp", "Quillwood Board"]
    hubspot = house.figures()["hubspot"]
    assert (hubspot["people"], hubspot["people_ever"]) == (2, 2)
    assert house.figures()["mailchimp"]["spend_12m"] == '{"EUR": 59000000}'
    assert house.tools()["hubspot"]["status"] == "approved"


def test_the_same_files_again_change_nothing_but_what_a_run_says_of_itself(either_house):
    house = either_house
    everything(house)
    before = house.tables()

    everything(house)

    after = house.tables()
    assert {name for name in before if before[name] != after[name]} <= OF_THE_RUN
    assert after["run"] != before["run"]


def stated(house):
    """Return what is known of an app's registration, which only Okta states."""
    sql = "SELECT value FROM fact WHERE valid_to IS NULL AND name = 'access.assignment_required' AND tool_id = 'canva'"
    return house.one(sql)


def test_a_source_with_a_name_of_its_own_gives_the_facts_of_its_system(either_house):
    house = either_house
    house.ingest_text("okta-apps", [app(1, "Canva")], source="our-idp")
    house.ingest_text("okta-system-log", [event(1, app="Canva", app_id="0oa1")], source="our-idp")

    assert house.rows("SELECT name, system FROM stream ORDER BY name") == [
        {"name": "app_events", "system": "okta"},
        {"name": "apps", "system": "okta"},
        {"name": "sign_ins", "system": "okta"},
    ]
    assert stated(house) == "true"


def test_in_an_old_store_a_system_that_nothing_tells_stays_unknown_until_the_source_is_read_again(either_house):
    house = either_house
    house.ingest_text("okta-apps", [app(1, "Canva")], source="our-idp")
    house.execute("UPDATE stream SET system = NULL")
    house.rebuild()
    assert stated(house) is None

    house.ingest_text("okta-apps", [app(1, "Canva")], source="our-idp")

    assert stated(house) == "true"
