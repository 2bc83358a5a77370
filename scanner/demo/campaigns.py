"""Stories of the demo company: what Marketing works with."""

from __future__ import annotations

from scanner.demo.everyday import DRIVE, MAIL, SIGN_IN
from scanner.demo.stories import Grant, OktaApp, Pay, Ruling, Story, Use

_MOPS = "mops:1"
_SHEETS = "https://www.googleapis.com/auth/spreadsheets"
_ANALYTICS = "https://www.googleapis.com/auth/analytics.readonly"
_SEND = "https://www.googleapis.com/auth/gmail.send"

CAMPAIGNS = (
    Story(
        about="Newsletters and lead nurturing. Approved, but the approval ran out in June and nobody noticed.",
        okta=OktaApp(label="HubSpot", key="hubspotsaml", url="https://app.hubspot.com"),
        uses=(
            Use(by="brand performance lifecycle mops", monthly=6),
            Use(by="mette", until="2026-07"),
            Use(by="jonas", until="2026-03"),
        ),
        pays=(Pay(text="HUBSPOT INC. CAMBRIDGE", amount="1780.00", day=12, by="mops:1"),),
        rulings=(
            Ruling(
                tool="HubSpot",
                domain="hubspot.com",
                status="approved",
                decided="2025-03-10",
                review_by="2026-06-30",
                owner=_MOPS,
            ),
        ),
    ),
    Story(
        about="The picture library. Its recorded owner left in August and is still assigned to it.",
        okta=OktaApp(label="Bynder", key="bynder", url="https://tarnvik.bynder.com"),
        uses=(Use(by="brand product:8 sales:6", monthly=4), Use(by="mette", until="2026-07")),
        rulings=(
            Ruling(
                tool="Bynder",
                domain="bynder.com",
                status="approved with conditions",
                decided="2025-09-15",
                review_by="2027-03-31",
                owner="mette",
                conditions="No pictures of identifiable customers.",
            ),
        ),
    ),
    Story(
        about="Drawing for everybody who cannot draw: one tool, three client ids (web, phone, the Drive add-on).",
        grants=(
            Grant(number=310, label="Canva", by="brand", since="2025-10", scopes=SIGN_IN),
            Grant(
                number=311, label="Canva", by="events lifecycle:2 brand:2", since="2025-12", scopes=SIGN_IN, native=True
            ),
            Grant(number=312, label="Canva for Drive", by="performance:1", since="2026-03", scopes=(DRIVE, *SIGN_IN)),
        ),
        pays=(Pay(text="CANVA* I04217-30591 SYDNEY", amount="119.99", day=21, by="brand:1"),),
        rulings=(
            Ruling(
                tool="Canva",
                domain="canva.com",
                status="approved",
                decided="2025-06-02",
                review_by="2027-06-30",
                owner=_MOPS,
            ),
        ),
    ),
    Story(
        about="The events team's own newsletter, beside HubSpot. One month was refunded.",
        grants=(Grant(number=313, label="Mailchimp", by="events", since="2026-03", scopes=SIGN_IN),),
        pays=(
            Pay(text="MAILCHIMP *MISC", amount="156.00", day=12, by="events:1", book="expenses", since="2026-03"),
            Pay(
                text="MAILCHIMP *MISC",
                amount="-156.00",
                day=21,
                by="events:1",
                book="expenses",
                since="2026-04",
                until="2026-04",
            ),
        ),
    ),
    Story(
        about="A page that imitates Mailchimp's sign-in. IT made a tile of it; two people clicked it in September.",
        okta=OktaApp(
            label="Mailchimp",
            key="bookmark",
            mode="BOOKMARK",
            url="https://mailchimp-login.com/start",
            created="2026-09-01",
        ),
        uses=(Use(by="events:1 brand:1", since="2026-09", until="2026-09", monthly=1),),
    ),
    Story(
        about="Search engine optimisation, behind a shared password in Okta. Paid in dollars, since April in euros.",
        okta=OktaApp(
            label="Semrush", key="semrush", mode="BROWSER_PLUGIN", url="https://www.semrush.com", created="2025-03-03"
        ),
        uses=(Use(by="performance", monthly=6), Use(by="jonas", until="2026-03")),
        pays=(
            Pay(
                text="SEMRUSH.COM",
                amount="249.95",
                day=11,
                by="performance:1",
                book="expenses",
                currency="USD",
                until="2026-03",
            ),
            Pay(text="SEMRUSH.COM", amount="239.00", day=11, by="performance:1", book="expenses", since="2026-04"),
        ),
    ),
    Story(
        about="Press clippings, through Google's own single sign-on; in review in December, approved in March.",
        saml="Meltwater",
        saml_uses=(Use(by="brand:3", monthly=5),),
        pays=(Pay(text="MELTWATER NEWS", amount="9400.00", day=17, by="mops:1", since="2026-02", until="2026-02"),),
        rulings=(
            Ruling(tool="Meltwater", domain="meltwater.com", status="pending", decided="2025-12-01", owner=_MOPS),
            Ruling(
                tool="Meltwater",
                domain="meltwater.com",
                status="approved with conditions",
                decided="2026-03-02",
                review_by="2027-03-01",
                owner=_MOPS,
                conditions="One-year term only.",
            ),
        ),
    ),
    Story(
        about="Webinars, bought through Paddle: the statement names the merchant of record first.",
        saml="Livestorm",
        saml_uses=(Use(by="events", since="2026-05", monthly=2),),
        pays=(
            Pay(text="PADDLE.NET* LIVESTORM", amount="99.00", day=14, by="events#2", book="expenses", since="2026-05"),
        ),
    ),
    Story(
        about="Product feeds for ads: exactly three sign-ins a month each, and one that Okta told late.",
        okta=OktaApp(label="Productsup", key="productsup", url="https://platform.productsup.com", created="2026-01-08"),
        uses=(Use(by="performance:2", since="2026-01", monthly=3),),
        pays=(Pay(text="PRODUCTSUP GMBH BERLIN", amount="590.00", day=11, by="mops:1", since="2026-01"),),
    ),
    Story(
        about="The campaign pages. An agency builds them with accounts of its own in our Okta.",
        okta=OktaApp(
            label="Webflow", key="webflow", mode="OPENID_CONNECT", url="https://webflow.com", created="2025-05-19"
        ),
        uses=(Use(by="nora timo mops:1", monthly=5),),
        pays=(Pay(text="WEBFLOW.COM", amount="39.00", day=18, by="brand:1"),),
    ),
    Story(
        about="Mail to shop customers, in dollars; IT looks at it since June. Its payer is the one with two addresses.",
        okta=OktaApp(
            label="Klaviyo", key="klaviyo", mode="OPENID_CONNECT", url="https://www.klaviyo.com", created="2025-04-01"
        ),
        uses=(Use(by="lifecycle commerce:2", monthly=6),),
        pays=(
            Pay(
                text="KLAVIYO INC. SOFTWARE BOSTON",
                amount="1150.00",
                day=9,
                by="lifecycle:1",
                book="expenses",
                currency="USD",
            ),
        ),
        rulings=(Ruling(tool="Klaviyo", domain="klaviyo.com", status="in review", decided="2026-06-15", owner=_MOPS),),
    ),
    Story(
        about="Fourteen people draw on its boards. Nobody pays.",
        grants=(Grant(number=314, label="Miro", by="brand mops product:5", since="2025-12", scopes=SIGN_IN),),
    ),
    Story(
        about="Glue between the others. The one who set it up left in March; his access still stands.",
        grants=(
            Grant(number=315, label="Zapier", by="jonas", since="2025-10", scopes=(DRIVE, MAIL, _SEND, *SIGN_IN)),
            Grant(number=315, label="Zapier", by="mops:2", since="2026-04", scopes=(_SHEETS, *SIGN_IN)),
        ),
        pays=(Pay(text="ZAPIER.COM/CHARGE", amount="73.50", day=16, by="mops#2"),),
    ),
    Story(
        about="Recordings of shop visits. The list of tools has it since October, as pending.",
        grants=(Grant(number=316, label="Hotjar", by="performance:3 commerce:4", since="2026-01", scopes=SIGN_IN),),
        pays=(Pay(text="HOTJAR LTD ST JULIANS", amount="99.00", day=8, by="performance#2", book="expenses"),),
        rulings=(
            Ruling(tool="Hotjar", domain="hotjar.com", status="pending", decided="2026-10-12", owner=_MOPS, saved=2),
        ),
    ),
    Story(
        about="Forms with customers' answers.",
        grants=(
            Grant(number=317, label="Typeform", by="lifecycle:2 people:2 brand:1", since="2026-01", scopes=SIGN_IN),
        ),
        pays=(
            Pay(
                text="TYPEFORM, S.L. BARCELONA",
                amount="59.00",
                day=23,
                by="lifecycle#2",
                book="expenses",
                since="2026-01",
            ),
        ),
    ),
    Story(
        about="Spelling, paid once a year in dollars.",
        grants=(Grant(number=318, label="Grammarly", by="brand:5 sales:1", since="2026-01", scopes=SIGN_IN),),
        pays=(
            Pay(
                text="GRAMMARLY CO*9KX4T2 SAN FRANCISCO",
                amount="720.00",
                day=19,
                by="brand#2",
                book="expenses",
                currency="USD",
                since="2026-01",
                until="2026-01",
            ),
        ),
    ),
    Story(
        about="Three people pay for it, each on a card of their own; eighteen use it.",
        grants=(
            Grant(
                number=319,
                label="ChatGPT",
                by="brand:4 performance:3 product:6 sales:4 finance:1",
                since="2025-11",
                scopes=SIGN_IN,
            ),
        ),
        pays=tuple(
            Pay(text="OPENAI *CHATGPT SUBSCR", amount="20.00", day=day, by=by, book="expenses", currency="USD")
            for day, by in ((3, "brand:1"), (7, "performance:1"), (15, "product:1"))
        ),
    ),
    Story(
        about="Pulls ad and analytics figures into sheets; bought through FastSpring.",
        grants=(
            Grant(
                number=320,
                label="Supermetrics",
                by="performance:2",
                since="2025-10",
                scopes=(_ANALYTICS, _SHEETS, *SIGN_IN),
            ),
        ),
        pays=(Pay(text="FS* SUPERMETRICS", amount="177.00", day=6, by="performance#2", book="expenses"),),
    ),
    Story(
        about="The campaign calendar, as a table that became a database.",
        grants=(Grant(number=321, label="Airtable", by="mops events", since="2025-10", scopes=SIGN_IN),),
        pays=(Pay(text="AIRTABLE.COM/BILL", amount="144.00", day=4, by="mops#3", book="expenses", currency="USD"),),
    ),
    Story(
        about="One person cuts videos in it, and pays.",
        grants=(Grant(number=322, label="Descript", by="brand:1", since="2026-03", scopes=SIGN_IN),),
        pays=(
            Pay(
                text="DESCRIPT SAN FRANCISCO",
                amount="24.00",
                day=10,
                by="brand:1",
                book="expenses",
                currency="USD",
                since="2026-03",
            ),
        ),
    ),
    Story(
        about="Posting, by everybody through the one account of social@: not a single person is seen.",
        grants=(Grant(number=323, label="Hootsuite", by="social", since="2025-10", scopes=SIGN_IN),),
        pays=(Pay(text="HOOTSUITE INC VANCOUVER", amount="249.00", day=24, by="brand:1"),),
    ),
    Story(
        about="A pitch deck service that no catalogue knows, with access to mail and files of six people.",
        grants=(
            Grant(
                number=324,
                label="Peakpitch",
                by="sales:5 brand:1",
                since="2026-05",
                scopes=(DRIVE, MAIL, *SIGN_IN),
                unregistered=True,
            ),
        ),
    ),
)
