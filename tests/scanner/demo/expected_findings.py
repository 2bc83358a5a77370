"""What the policies say of the demo company, as its stories tell it, written before the program could print it.

A tool is called by its id in the catalogue, a provisional one by its name in capitals. All is that of 31 October 2026.
One list was refused: Hollerbach's tokens. It could have named any tool, so of no tool is it known that it holds *no*
grant or that *nobody* uses it; what another list does show still stands, and so does what is said of those it shows.
What waits for an answer is in `expected_questions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Provisional tools: how they are called here -> their name, and a source that names them and no namesake.
PROVISIONAL = {
    "BASECAMP": ("Basecamp", "okta:tarnvik"),
    "GEAR LIBRARY": ("Gear Library", "okta:tarnvik"),
    "RETURNS DESK": ("Returns Desk", "okta:tarnvik"),
    "ORTLER ALARM": ("Ortler", "okta:tarnvik"),
    "ORTLER PRESS": ("Ortler", "google:tarnvik"),
    "FALSE MAILCHIMP": ("Mailchimp", "okta:tarnvik"),
    "PEAKPITCH": ("Peakpitch", "google:tarnvik"),
    "TRAILPOST": ("TRAILPOST", "card:expenses"),
    "SNOWLINE": ("SNOWLINE.IO", "card:expenses"),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- the tools, as the stories group them ----------------------------------------------------------------------------

#: Of a marketing category.
MARKETING = _words(
    "salesforce shopify figma trustpilot calendly lusha power-bi hubspot bynder canva mailchimp semrush meltwater"
    " livestorm productsup webflow klaviyo hotjar typeform supermetrics descript hootsuite buffer jasper cookiebot"
    " google-ads meta-ads linkedin-ads eventbrite buzzsumo surveymonkey adobe-creative-cloud crisp"
)
OTHER = _words(
    "slack personio zoom asana jira zendesk snowflake datadog amazon-web-services pleo deepl notion trello monday-com"
    " boomerang miro zapier grammarly chatgpt airtable"
)
ALL = MARKETING | OTHER | {*PROVISIONAL}
#: Nobody is seen in them, or (Crisp) only in a log that ends in September: how many use them is unknown.
UNSEEN = _words(
    "datadog amazon-web-services deepl hootsuite buffer jasper cookiebot google-ads meta-ads linkedin-ads eventbrite"
    " buzzsumo surveymonkey crisp TRAILPOST SNOWLINE"
)
#: Two people at most.
SMALL = _words("productsup descript trello supermetrics boomerang") | {"ORTLER PRESS", "FALSE MAILCHIMP"}
#: Somebody gave them access to an account in Google or Microsoft.
GRANTED = _words(
    "asana notion calendly lusha trello monday-com boomerang canva mailchimp miro zapier hotjar typeform grammarly"
    " chatgpt supermetrics airtable descript hootsuite crisp PEAKPITCH"
) | {"ORTLER PRESS"}
#: That access reaches mail, files, a calendar or contacts: what they are tied to.
TIED = {
    "asana": "calendar",
    "calendly": "calendar",
    "lusha": "contacts",
    "monday-com": "files",
    "boomerang": "mail",
    "canva": "files",
    "zapier": "mail, files",
    "supermetrics": "files",
    "PEAKPITCH": "mail, files",
    "ORTLER PRESS": "calendar",
}
#: Signed in to through Okta or Entra by five people or more, and the category does not say that they hold persons.
SIGNED_ON_BY_FIVE = _words(
    "slack personio zoom asana jira zendesk shopify figma snowflake pleo bynder power-bi monday-com"
    " adobe-creative-cloud"
) | {"BASECAMP", "GEAR LIBRARY", "RETURNS DESK", "ORTLER ALARM"}
#: Signed in to in the last 90 days, and the category does not say that they hold persons, or (Livestorm) the log does
#: not say how. The false Mailchimp was clicked twice, too few for a share.
SIGNED_ON = SIGNED_ON_BY_FIVE | _words("figma semrush trustpilot meltwater webflow productsup livestorm")
#: Charged since 2 August to a company card, whose statement has the holder's name and no address: a name is nobody.
ON_COMPANY_CARDS = _words(
    "slack zoom asana shopify figma pleo deepl trustpilot notion hubspot canva productsup webflow zapier hootsuite"
    " buffer cookiebot google-ads meta-ads adobe-creative-cloud"
)
#: On the cloud's bill, which names nobody.
ON_THE_BILL = _words("snowflake datadog amazon-web-services")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One policy: tool -> words of its message; tools to which it applies but that cannot be judged; those to which it
    may apply. `wanting` are the facts for want of which each of the latter two is unknown, at least one of them.
    """

    violated: dict[str, str] = field(default_factory=dict)
    stuck: frozenset[str] = frozenset()
    stuck_for: frozenset[str] = frozenset()
    may_apply: frozenset[str] = frozenset()
    may_apply_for: frozenset[str] = frozenset()


EXPECTED = {
    # Three people pay for ChatGPT, each on a card of their own, in dollars. All else is paid by one card.
    "COST-04": Expected(violated={"chatgpt": "3 subscriptions run side by side; spent in 90 days: unknown"}),
    # A CRM and two tools for mail hold persons by their category; of the others nobody has said.
    "INT-04": Expected(
        violated={
            "salesforce": "37 people; accounts are closed by the identity provider: no",
            "hubspot": "18 people; accounts are closed by the identity provider: no",
            "klaviyo": "6 people; accounts are closed by the identity provider: no",
        },
        may_apply=SIGNED_ON_BY_FIVE | {"surveymonkey"},
        may_apply_for=frozenset({"data.personal"}),
    ),
    # Meltwater and Livestorm have the sign-on of Google. Four were islands until Hollerbach's tokens were refused.
    "INT-10": Expected(
        stuck=_words("mailchimp semrush hotjar typeform"),
        stuck_for=frozenset({"connections.count"}),
        may_apply=UNSEEN & MARKETING,
        may_apply_for=frozenset({"people.count"}),
    ),
    # Asana's 28 people see the calendar of one. No administrator of either workspace has granted anything: their logs
    # were read. What two people or fewer use is nobody's team.
    "INT-11": Expected(
        violated={"asana": "28 people rely on it; 1 person's lasting grant opens calendar"},
        may_apply=ALL - SMALL - {*TIED},
        may_apply_for=frozenset({"connections.count"}),
    ),
    # No log of the use of tokens is at hand. In October nobody signed in to three whose own log was read to its end.
    "INT-12": Expected(
        stuck=_words("asana monday-com"),
        stuck_for=frozenset({"grants.last_used"}),
        may_apply=ALL - {"asana", "monday-com"} - {"FALSE MAILCHIMP", "surveymonkey", "boomerang"},
        may_apply_for=frozenset({"connections.count", "people.active_30d"}),
    ),
    # Retired in November 2025; one of three still lets it in.
    "LIFE-04": Expected(violated={"trello": "Retired on 2025-11-28; seen since, or still listed: grant"}),
    # HubSpot's approval ran out in June, and nobody noticed. Canva's and Meltwater's days are next year.
    "LIFE-08": Expected(violated={"hubspot": "Decided on 2025-03-10, to be looked at again by 2026-06-30; people: 18"}),
    # Supermetrics makes reports, as Power BI does, which is approved. Klaviyo does what HubSpot did while it was.
    "OVR-01": Expected(
        violated={"supermetrics": "Approved tools of the same category: 1; people who use this one: 2"},
        # Cheap, and by how many they are used is unknown; or one person's, for dollars.
        may_apply=frozenset({*PROVISIONAL}) | _words("crisp buffer surveymonkey descript"),
        may_apply_for=frozenset({"people.count", "tool.marketing", "spend.annual"}),
    ),
    "SEC-02": Expected(
        violated={"zapier": "Grants in force of people who have left: 1 of 3"},
        stuck=GRANTED - {"zapier"},
        stuck_for=frozenset({"grants.leaver_owned"}),
        may_apply=ALL - GRANTED,
        may_apply_for=frozenset({"grants.active"}),
    ),
    # Everybody posts through the one account of social@; of others see `expected_questions`.
    "SEC-05": Expected(
        violated={"hootsuite": "Accounts of a role and not of a person: 1; people seen: unknown"},
        may_apply=(UNSEEN - {"hootsuite"}) | {"descript"},
        may_apply_for=frozenset({"access.shared_accounts"}),
    ),
    # Okta keeps one password for Semrush, and fills it in for five people. The false Mailchimp has a tile without one.
    "SEC-06": Expected(
        violated={
            "semrush": "5 people; the identity provider fills in a stored password: yes (sign-on: password vault)"
        },
        may_apply=UNSEEN,
        may_apply_for=frozenset({"people.count"}),
    ),
    # Zapier is in no marketing category, and all three who use it are Marketing's. Boomerang reads mail, and is sales';
    # so is most of Peakpitch, and nobody has said what it is. Seven more are Marketing's by their people alone.
    "SEC-08": Expected(
        violated={"zapier": "Reads mail: yes; reads chat: unknown; connected by 3 people; status: new"},
        may_apply=MARKETING
        | {*PROVISIONAL}
        | _words("asana zoom miro chatgpt grammarly airtable trello")
        | (UNSEEN & OTHER),
        may_apply_for=frozenset({"grants.mail_read", "grants.chat_read", "tool.marketing", "people.marketing_share"}),
    ),
    # By Jonas, who has left, and by two of sales; nobody approved either. Others may send by what Hollerbach let in.
    "SEC-09": Expected(
        violated={
            "zapier": "connected by 3 people; status: new",
            "boomerang": "connected by 2 people; status: new",
        },
        may_apply=ALL - _words("zapier boomerang salesforce hubspot klaviyo mailchimp livestorm eventbrite calendly"),
        may_apply_for=frozenset({"grants.mail_send"}),
    ),
    # One of Performance Marketing let Canva into a whole drive; eleven more let it know who they are.
    "SEC-10": Expected(
        violated={"canva": "May read all files of a person who connected it: yes; connected by 12 people"},
        may_apply=(MARKETING - GRANTED - {"bynder"}) | {*PROVISIONAL},
        may_apply_for=frozenset({"grants.active", "tool.marketing"}),
    ),
    # Lusha reads contacts, which is not far-reaching.
    "SEC-11": Expected(
        violated={
            tool: f"Far-reaching scopes by people's own consent: {scopes}, among"
            for tool, scopes in {
                "asana": 1,
                "calendly": 1,
                "monday-com": 1,
                "boomerang": 2,
                "canva": 1,
                "zapier": 4,
                "supermetrics": 1,
                "PEAKPITCH": 2,
                "ORTLER PRESS": 1,
            }.items()
        },
        may_apply=(ALL - {*TIED}) | {"lusha"},
        may_apply_for=frozenset({"grants.sensitive"}),
    ),
    # Boomerang may read and send as two people. monday.com's publisher is verified; of Google's clients nobody says.
    "SEC-13": Expected(
        violated={"boomerang": "Publisher verified: no; far-reaching scopes: 2"},
        may_apply=ALL - _words("boomerang monday-com"),
        may_apply_for=frozenset({"grants.publisher_verified"}),
    ),
    # Google marks the client that calls itself Peakpitch.
    "SEC-14": Expected(
        violated={"PEAKPITCH": "The platform does not know who is behind a client of Peakpitch: yes; grants: 6"},
        may_apply=ALL - {"PEAKPITCH"},
        may_apply_for=frozenset({"grants.unregistered_client"}),
    ),
    "SEC-15": Expected(violated={"FALSE MAILCHIMP": "Mailchimp imitates a tool that it is not"}),
    "SEC-36": Expected(violated={"lusha": "grants in force: 3"}),
    # Only watched. Of Salesforce's 37 the 12 of Customer Service have no second factor, of HubSpot's 18 the 11 of Brand
    # and Performance: 25 of 37 do, and 7 of 18. All of Klaviyo's have one; Livestorm's sign-ins by Google do not say.
    "SEC-43": Expected(
        violated={
            "salesforce": "A second factor was seen at 68 % of 666 sign-ins in 90 days",
            "hubspot": "A second factor was seen at 39 % of 324 sign-ins in 90 days",
        },
        may_apply=SIGNED_ON,
        may_apply_for=frozenset({"data.personal", "access.mfa_share"}),
    ),
    "SUP-03": Expected(
        violated={"jasper": "Last charged 2026-10-18"},
        may_apply=ON_COMPANY_CARDS | ON_THE_BILL,
        may_apply_for=frozenset({"spend.payers", "spend.payer_left"}),
    ),
    # An owner is whom IT's list names. Dollars have no rate to euros.
    "SUP-04": Expected(
        violated={
            tool: f"No business owner; people: {people}; spent in 12 months: {money}"
            for tool, people, money in (
                ("BASECAMP", 140, "EUR 0"),
                ("figma", 18, "EUR 8,640"),
                ("GEAR LIBRARY", 52, "EUR 0"),
                ("RETURNS DESK", 18, "EUR 0"),
                ("ORTLER ALARM", 5, "EUR 0"),
                ("trustpilot", 4, "EUR 3,588"),
                ("notion", 11, "EUR 1,320"),
                ("calendly", 8, "EUR 0"),
                ("monday-com", 6, "EUR 0"),
                ("boomerang", 2, "EUR 0"),
                ("mailchimp", 3, "EUR 1,092"),
                ("FALSE MAILCHIMP", 2, "EUR 0"),
                ("semrush", 5, "unknown"),
                ("livestorm", 3, "EUR 594"),
                ("productsup", 2, "EUR 5,900"),
                ("webflow", 3, "EUR 468"),
                ("miro", 14, "EUR 0"),
                ("zapier", 3, "EUR 882"),
                ("typeform", 5, "EUR 590"),
                ("grammarly", 6, "unknown"),
                ("chatgpt", 18, "unknown"),
                ("supermetrics", 2, "EUR 2,124"),
                ("airtable", 6, "unknown"),
                ("hootsuite", "unknown", "EUR 2,988"),
                ("PEAKPITCH", 6, "EUR 0"),
                ("ORTLER PRESS", 2, "EUR 0"),
                ("google-ads", "unknown", "EUR 100,200"),
                ("meta-ads", "unknown", "EUR 40,800"),
                ("linkedin-ads", "unknown", "EUR 3,600"),
                ("eventbrite", "unknown", "EUR 1,552.40"),
            )
        },
        may_apply=_words(
            "datadog amazon-web-services descript buffer jasper buzzsumo surveymonkey crisp trello TRAILPOST SNOWLINE"
        ),
        may_apply_for=frozenset({"data.personal"}),
    ),
    # Nobody has named a technical owner yet.
    "SUP-05": Expected(
        violated={tool: f"No technical owner; tied to: {systems};" for tool, systems in TIED.items()},
        may_apply=ALL - {*TIED},
        may_apply_for=frozenset({"connections.count", "data.personal"}),
    ),
    "SUP-06": Expected(violated={"bynder": "Business owner recorded: yes;"}),
    "SUP-26": Expected(
        violated={"webflow": "2 of 3 people are from outside; business owner: no, technical owner: no"},
        may_apply=UNSEEN,
        may_apply_for=frozenset({"people.count"}),
    ),
}

#: What the strict profile would add of the first policies.
STRICT = {
    # Okta's list says of each of its apps that nothing is provisioned; Entra's says nothing. SurveyMonkey signed people
    # in through Google until March, whose list of apps nobody has.
    "INT-03": Expected(
        violated={
            tool: f"{people} people; the identity provider makes their accounts by itself: no"
            for tool, people in {
                "slack": 140,
                "BASECAMP": 140,
                "personio": 140,
                "zoom": 46,
                "salesforce": 37,
                "asana": 28,
                "jira": 35,
                "zendesk": 13,
                "shopify": 14,
                "figma": 18,
                "snowflake": 8,
                "pleo": 12,
                "GEAR LIBRARY": 52,
                "RETURNS DESK": 18,
                "hubspot": 18,
                "bynder": 20,
            }.items()
        },
        stuck=_words("power-bi adobe-creative-cloud"),
        stuck_for=frozenset({"integration.provisioning_on"}),
        may_apply=frozenset({"surveymonkey"}),
        may_apply_for=frozenset({"access.sso_registered", "people.count"}),
    ),
}

#: Findings that were violated before the refusal, and that the refusal must not close.
STILL_OPEN = {"INT-10": _words("mailchimp semrush hotjar typeform")}
#: Violated in June and mended since: in October IT's list named who answers for Hotjar.
#: Klaviyo was beside HubSpot while that was approved; then there was no approved tool to go to.
RESOLVED = {"SUP-04": _words("hotjar"), "OVR-01": _words("klaviyo")}

#: Tools with an open case, by what opened it. Klaviyo and Hotjar are in review. HubSpot's approval ran out.
CASES = {
    "used": _words(
        "mailchimp semrush livestorm productsup webflow klaviyo miro zapier hotjar typeform grammarly chatgpt"
        " supermetrics airtable descript hubspot"
    )
    | {"FALSE MAILCHIMP", "ORTLER PRESS"},
    "bought": _words(
        "hootsuite buffer jasper google-ads meta-ads linkedin-ads eventbrite buzzsumo surveymonkey TRAILPOST SNOWLINE"
    ),
    "unknown": _words("crisp"),
}
#: The team that most people of a tool are in when its case is opened, where one is the largest. Performance Marketing
#: was called Growth in June; two of Webflow's three are an agency's; four of Hotjar's seven are Commerce's.
CASE_UNITS = {
    "hubspot": "Brand & Content",
    "miro": "Brand & Content",
    "zapier": "Marketing Operations",
    "klaviyo": "CRM & Lifecycle",
    "mailchimp": "Events & Partnerships",
    "livestorm": "Events & Partnerships",
    "productsup": "Growth",
    "supermetrics": "Growth",
    "semrush": "Growth",
    "hotjar": "Digital Commerce",
    "webflow": "Nordlicht Studio",
    "ORTLER PRESS": "Brand & Content",
    "buffer": None,
    "crisp": None,
}
#: Tools that must not have one: somebody has decided, ...
DECIDED = _words(
    "slack personio zoom salesforce asana jira zendesk shopify snowflake pleo deepl lusha trello power-bi bynder canva"
    " meltwater cookiebot adobe-creative-cloud"
)
#: ... or less than three tenths of them are Marketing's, or they are no marketing tools and nobody knows whose.
NOT_MARKETINGS = _words(
    "figma datadog amazon-web-services trustpilot notion calendly monday-com boomerang PEAKPITCH"
) | {
    "BASECAMP",
    "GEAR LIBRARY",
    "RETURNS DESK",
    "ORTLER ALARM",
}
