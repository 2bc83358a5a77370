"""Stories of the demo company: what Marketing pays for and seldom sees, tried, forgot and inherited."""

from __future__ import annotations

from scanner.demo.everyday import CALENDAR, SIGN_IN
from scanner.demo.stories import EntraApp, Grant, Pay, Ruling, Story, Use

_MOPS = "mops:1"

FORGOTTEN = (
    Story(
        about="A press monitor. The second of two tools that are called Ortler.",
        grants=(Grant(number=325, label="Ortler", by="brand:2", since="2026-07", scopes=(CALENDAR, *SIGN_IN)),),
    ),
    Story(
        about="Paid for every month since 2025, used by nobody.",
        pays=(Pay(text="BUFFER.COM", amount="36.00", day=13, by="brand:1"),),
    ),
    Story(
        about="On the card of somebody who left in March. The card still pays.",
        pays=(Pay(text="JASPER.AI", amount="49.00", day=18, by="jonas", book="expenses", currency="USD"),),
    ),
    Story(
        about="The consent banner of the shop: no sign-ins, a small bill, approved.",
        pays=(Pay(text="COOKIEBOT BY USERCENTRICS", amount="52.00", day=25, by="mops:1"),),
        rulings=(
            Ruling(tool="Cookiebot", domain="cookiebot.com", status="approved", decided="2024-09-09", owner=_MOPS),
        ),
    ),
    Story(
        about="Search ads, charged twice a month.",
        pays=(
            Pay(text="GOOGLE *ADS4417209913", amount="6200.00", day=10, by="performance:1"),
            Pay(text="GOOGLE *ADS4417209913", amount="2150.00", day=25, by="performance:1"),
        ),
    ),
    Story(
        about="Social ads.",
        pays=(Pay(text="FACEBK *7XK2M9QPW2", amount="3400.00", day=15, by="performance:1"),),
    ),
    Story(
        about="One spring of ads for dealers.",
        pays=(
            Pay(
                text="LINKEDIN ADS 8812",
                amount="900.00",
                day=20,
                by="performance#3",
                book="expenses",
                since="2026-02",
                until="2026-05",
            ),
        ),
    ),
    Story(
        about="Tickets for the Trail Days: the line names the event, not the tool.",
        pays=(
            Pay(
                text="EB TARNVIK TRAIL DAYS",
                amount="1240.00",
                day=19,
                by="events:1",
                book="expenses",
                since="2026-05",
                until="2026-05",
            ),
            Pay(
                text="EB TARNVIK TRAIL DAYS",
                amount="312.40",
                day=23,
                by="events:1",
                book="expenses",
                since="2026-06",
                until="2026-06",
            ),
        ),
    ),
    Story(
        about="Paid through a wallet, stopped in January.",
        pays=(Pay(text="PAYPAL *BUZZSUMO", amount="119.00", day=22, by="brand#3", book="expenses", until="2026-01"),),
    ),
    Story(
        about="Surveys until March, through Google's single sign-on. Nobody signed in since.",
        saml="SurveyMonkey",
        saml_uses=(Use(by="people:2 lifecycle:2", until="2026-03", monthly=2),),
        pays=(
            Pay(
                text="SURVEYMONKEY* T 4471", amount="36.00", day=16, by="lifecycle#3", book="expenses", until="2026-03"
            ),
        ),
    ),
    Story(
        about="A vendor that no catalogue knows, behind Paddle: nothing but the line on a card.",
        pays=(
            Pay(text="PADDLE.NET* TRAILPOST", amount="49.00", day=17, by="events#3", book="expenses", since="2026-04"),
        ),
    ),
    Story(
        about="Known only by a domain on a statement.",
        pays=(
            Pay(text="SNOWLINE.IO", amount="19.00", day=24, by="brand#4", book="expenses", since="2026-06", mcc=None),
        ),
    ),
    Story(
        about="Design software of the Microsoft tenant's gallery, approved; anybody in the company may open it.",
        entra=EntraApp(
            name="Adobe Creative Cloud",
            domain="adobe.com",
            publisher="Adobe Inc.",
            by="brand product:6",
            open_to_all=True,
        ),
        pays=(Pay(text="ADOBE *CREATIVE CLOUD", amount="1046.40", day=3, by="mops:1"),),
        rulings=(
            Ruling(
                tool="Adobe Creative Cloud", domain="adobe.com", status="approved", decided="2024-04-08", owner=_MOPS
            ),
        ),
    ),
    Story(
        about="Chat on Hollerbach's shop. Four of its people use it; whose they are no directory says.",
        grants=(Grant(number=326, label="Crisp", by="hollerbach:4", since="2026-09", scopes=SIGN_IN),),
    ),
)
