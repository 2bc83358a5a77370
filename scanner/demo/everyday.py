"""Stories of the demo company: what the whole company works with, and what other departments brought in."""

from __future__ import annotations

from scanner.demo.stories import Bill, EntraApp, Grant, OktaApp, Pay, Ruling, Story, Use

DRIVE = "https://www.googleapis.com/auth/drive"
CALENDAR = "https://www.googleapis.com/auth/calendar"
CONTACTS = "https://www.googleapis.com/auth/contacts.readonly"
MAIL = "https://www.googleapis.com/auth/gmail.readonly"
SIGN_IN = ("openid", "email", "profile")

_IT, _IT2 = "it:1", "it:2"

EVERYDAY = (
    Story(
        about="Everybody's chat. Paid by IT, approved for years: the boring tool that a list must get right.",
        okta=OktaApp(label="Slack", key="slack", url="https://tarnvik.slack.com"),
        uses=(Use(by="all", monthly=4),),
        pays=(Pay(text="SLACK T04KX2P9", amount="1102.50", day=5, by="it:1"),),
        rulings=(Ruling(tool="Slack", domain="slack.com", status="approved", decided="2024-02-05", owner=_IT2),),
    ),
    Story(
        about="The company's own intranet. It has the name of 37signals' product, and nothing to do with it.",
        okta=OktaApp(
            label="Basecamp", key="oidc_client", mode="OPENID_CONNECT", url="https://basecamp.tarnvik.example"
        ),
        uses=(Use(by="all", monthly=3),),
    ),
    Story(
        about="Human resources. Paid by invoice: no card ever shows it.",
        okta=OktaApp(label="Personio", key="personio", url="https://tarnvik.personio.de"),
        uses=(Use(by="all", monthly=1),),
        rulings=(Ruling(tool="Personio", domain="personio.de", status="approved", decided="2024-01-15", owner=_IT2),),
    ),
    Story(
        about="Meetings, for those who meet people outside.",
        okta=OktaApp(label="Zoom", key="zoomus", url="https://tarnvik.zoom.us"),
        uses=(Use(by="marketing* sales people", monthly=4),),
        pays=(Pay(text="ZOOM.US 888-799-9666", amount="690.00", day=22, by="it:1"),),
        rulings=(Ruling(tool="Zoom", domain="zoom.us", status="approved", decided="2023-04-17", owner=_IT2),),
    ),
    Story(
        about="The CRM. A salesman who left in January signed in until his last week.",
        okta=OktaApp(label="Salesforce", key="salesforce", url="https://tarnvik.my.salesforce.com"),
        uses=(Use(by="sales lifecycle mops service", monthly=6), Use(by="karl", until="2026-01")),
        rulings=(
            Ruling(tool="Salesforce", domain="salesforce.com", status="approved", decided="2023-09-01", owner=_IT),
        ),
    ),
    Story(
        about="Planning. One of its people has two addresses: Okta knows one, Google the other.",
        okta=OktaApp(label="Asana", key="asana", url="https://app.asana.com"),
        uses=(Use(by="marketing* product:6", monthly=5),),
        grants=(Grant(number=301, label="Asana", by="lifecycle:1", since="2026-01", scopes=(CALENDAR, *SIGN_IN)),),
        pays=(Pay(text="ASANA.COM SAN FRANCISCO", amount="409.00", day=9, by="mops:1"),),
        rulings=(Ruling(tool="Asana", domain="asana.com", status="approved", decided="2024-06-03", owner=_IT),),
    ),
    Story(
        about="Where product and engineering keep their tickets.",
        okta=OktaApp(label="Jira"),
        uses=(Use(by="product commerce it", monthly=5),),
        rulings=(Ruling(tool="Jira", status="approved", decided="2023-05-02", owner=_IT2),),
    ),
    Story(
        about="The helpdesk.",
        okta=OktaApp(label="Zendesk", key="zendesk", url="https://tarnvik.zendesk.com"),
        uses=(Use(by="service mops:1", monthly=8),),
        rulings=(Ruling(tool="Zendesk", domain="zendesk.com", status="approved", decided="2023-11-20", owner=_IT2),),
    ),
    Story(
        about="The web shop.",
        okta=OktaApp(label="Shopify", key="shopify", url="https://tarnvik.myshopify.com"),
        uses=(Use(by="commerce brand:2", monthly=6),),
        pays=(Pay(text="SHOPIFY* 208811", amount="2300.00", day=4, by="commerce:1"),),
        rulings=(Ruling(tool="Shopify", domain="shopify.com", status="approved", decided="2024-03-18", owner=_IT),),
    ),
    Story(
        about="Product design. Nobody ever asked IT; Product pays.",
        okta=OktaApp(
            label="Figma", key="figma", mode="OPENID_CONNECT", url="https://www.figma.com", created="2025-02-11"
        ),
        uses=(Use(by="product brand:2", monthly=6),),
        pays=(Pay(text="FIGMA SAN FRANCISCO", amount="720.00", day=6, by="product:1"),),
    ),
    Story(
        about="The warehouse of data, bought on the AWS marketplace.",
        okta=OktaApp(label="Snowflake", key="snowflake", url="https://tarnvik.eu-central-1.snowflakecomputing.com"),
        uses=(Use(by="commerce:4 it:2 performance:2", monthly=4),),
        bill=Bill(
            service="Snowflake Data Cloud",
            publisher="Snowflake Inc.",
            amount="2480.00",
            account="data",
            marketplace=True,
        ),
        rulings=(
            Ruling(tool="Snowflake", domain="snowflake.com", status="approved", decided="2025-05-12", owner=_IT2),
        ),
    ),
    Story(
        about="Monitoring of the shop, bought on the AWS marketplace too; nobody signs in through Okta.",
        bill=Bill(service="Datadog Pro", publisher="Datadog, Inc.", amount="890.00", account="shop", marketplace=True),
    ),
    Story(
        about="The cloud itself.",
        bill=Bill(
            service="Amazon Elastic Compute Cloud", publisher="Amazon Web Services", amount="3120.00", account="shop"
        ),
    ),
    Story(
        about="The expense cards, and the source of one of the two statements.",
        okta=OktaApp(label="Pleo", key="pleo", mode="OPENID_CONNECT", url="https://app.pleo.io"),
        uses=(Use(by="finance mops", monthly=3),),
        pays=(Pay(text="PLEO TECHNOLOGIES", amount="180.00", day=3, by="finance:1"),),
        rulings=(Ruling(tool="Pleo", domain="pleo.io", status="approved", decided="2025-01-13", owner=_IT2),),
    ),
    Story(
        about="The company's own catalogue of gear, pictures and weights. In-house, so no catalogue knows it.",
        okta=OktaApp(
            label="Gear Library", key="oidc_client", mode="OPENID_CONNECT", url="https://gear.tarnvik.example"
        ),
        uses=(Use(by="product brand sales commerce", monthly=3),),
    ),
    Story(
        about="The company's own tool for returned goods.",
        okta=OktaApp(
            label="Returns Desk", key="oidc_client", mode="OPENID_CONNECT", url="https://returns.tarnvik.example"
        ),
        uses=(Use(by="service retail:6", monthly=6),),
    ),
    Story(
        about="The alarm system of the warehouses. The first of two tools that are called Ortler.",
        okta=OktaApp(label="Ortler", url="https://sso.ortler-alarm.io/saml", created="2025-08-20"),
        uses=(Use(by="supply:5", monthly=5),),
    ),
    Story(
        about="Translations for everybody, through the browser: IT pays, no sign-in is seen.",
        pays=(Pay(text="DEEPL SE KOELN", amount="262.50", day=17, by="it:1"),),
        rulings=(Ruling(tool="DeepL", domain="deepl.com", status="approved", decided="2024-11-04", owner=_IT2),),
    ),
    Story(
        about="Reviews of the shop. Customer Service runs it, Marketing looks in.",
        okta=OktaApp(label="Trustpilot", key="trustpilot", url="https://business.trustpilot.com", created="2025-06-02"),
        uses=(Use(by="service:3 mops:1", monthly=4),),
        pays=(Pay(text="TRUSTPILOT A/S COPENHAGEN", amount="299.00", day=7, by="service:1"),),
    ),
    Story(
        about="Product's notebook; one of Marketing's writers joined in.",
        grants=(Grant(number=302, label="Notion", by="product:10 brand:1", since="2025-11", scopes=SIGN_IN),),
        pays=(Pay(text="NOTION LABS INC", amount="110.00", day=19, by="product:1"),),
    ),
    Story(
        about="Appointments by link: free, handy, with the calendars of eight people. Nobody pays, nobody asked.",
        grants=(
            Grant(number=303, label="Calendly", by="sales:6 events:2", since="2026-02", scopes=(CALENDAR, *SIGN_IN)),
        ),
    ),
    Story(
        about="Contact data. IT rejected it in February; three salespeople keep it.",
        grants=(Grant(number=304, label="Lusha", by="sales:3", since="2026-01", scopes=(CONTACTS, *SIGN_IN)),),
        rulings=(
            Ruling(
                tool="Lusha",
                domain="lusha.com",
                status="rejected",
                decided="2026-02-10",
                owner=_IT2,
                reason="Sells on the contacts that it is given.",
            ),
        ),
    ),
    Story(
        about="Retired in 2025. Two of three people removed its access since; one has not.",
        grants=(
            Grant(number=305, label="Trello", by="brand:1", since="2025-10", scopes=SIGN_IN),
            Grant(number=305, label="Trello", by="people:2", since="2025-10", scopes=SIGN_IN, until="2026-07"),
        ),
        rulings=(Ruling(tool="Trello", domain="trello.com", status="retired", decided="2025-11-28", owner=_IT),),
    ),
    Story(
        about="Power BI of the Microsoft tenant; Finance and Performance Marketing report with it.",
        entra=EntraApp(
            name="Power BI Service",
            domain="powerbi.com",
            app_id="00000009-0000-0000-c000-000000000000",
            publisher="Microsoft Corporation",
            by="finance performance:3",
        ),
        rulings=(Ruling(tool="Power BI", status="approved", decided="2025-02-17", owner=_IT2),),
    ),
    Story(
        about="Supply Chain's board for container dates: it reads the files of the two who connected it.",
        entra=EntraApp(
            name="monday.com",
            domain="monday.com",
            publisher="monday.com Ltd",
            by="supply:6",
            granted_by="supply:2",
            scopes="openid profile User.Read Files.Read.All offline_access",
        ),
    ),
    Story(
        about="A mail add-in that may read and send as two salespeople; its publisher is not verified.",
        entra=EntraApp(
            name="Boomerang",
            domain="boomerangapp.com",
            by="",
            granted_by="sales:2",
            scopes="openid Mail.ReadWrite Mail.Send offline_access",
        ),
    ),
)
