"""What data of persons a tool usually holds: what its entry says, else what tools of its category usually hold.

Judged by what tools of the kind are for, not vendor by vendor. It is no fact about a company: what is in its tool,
people or traces say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from catalog.load import Tool


@dataclass(frozen=True, slots=True)
class Usual:
    """The kinds of data of persons (slugs of PERSONAL_DATA; none where it holds no persons) that a tool usually holds.

    `by_kind` is true where nothing is known of this very tool, and its category speaks; `why` is then the reason.
    """

    kinds: tuple[str, ...]
    by_kind: bool
    why: str | None = None


def _of(kinds: str, why: str) -> Usual:
    return Usual(tuple(kinds.split()), by_kind=True, why=why)


#: Category -> what most of its tools hold, and why. Where the tools of a category differ too much, none is named.
USUAL: Mapping[str, Usual] = MappingProxyType(
    {
        "ads_programmatic": _of("behaviour", "it bids on visitors by what they did before"),
        "ads_search_social": _of("", "most manage bids, budgets and creatives, without lists of persons"),
        "sms_push_messaging": _of("contacts messages", "it holds the numbers it writes to, and what was written"),
        "mobile_attribution": _of("behaviour", "it follows what devices do from the advertisement into the app"),
        "pr_comms": _of("contacts", "it holds lists of journalists and editors"),
        "direct_mail": _of("contacts", "it prints names and postal addresses"),
        "cms_web": _of("", "most hold pages; members, orders and forms come with some of them"),
        "content_marketing": _of("", "it holds texts, plans and rankings, not their readers"),
        "design_creative": _of("", "it holds drafts and templates; who is in them differs"),
        "dam_brand": _of("", "it holds files of the brand; pictures of persons are in some of them"),
        "email_marketing": _of("contacts behaviour", "it holds lists of recipients, and who opened and clicked"),
        "marketing_automation": _of("contacts behaviour", "it holds leads, and what they did on pages and in mails"),
        "landing_pages": _of("contacts behaviour", "its forms and pop-ups collect addresses, its pages count visits"),
        "ab_testing_personalization": _of("behaviour", "it decides by what a visitor did"),
        "seo": _of("", "it holds words, rankings and links of pages"),
        "video_marketing": _of("media", "persons are seen and heard in what it holds"),
        "abm_intent": _of("contacts behaviour", "it ties visits and reading to companies and whom to address there"),
        "loyalty_referral": _of("contacts purchases", "it credits members for what they bought or whom they brought"),
        "call_tracking": _of("contacts messages", "it holds the numbers of callers, and often what was said"),
        "community_reviews": _of("contacts messages", "it holds members and what they wrote"),
        "chat_conversational": _of("contacts messages", "it holds who wrote, and what"),
        "crm": _of("contacts messages", "it holds customers and leads, and notes and mail with them"),
        "customer_experience": _of("contacts behaviour", "it holds customers, and how they use what they bought"),
        "forms_surveys": _of("contacts messages", "it holds what persons entered, mostly with who they are"),
        "events_webinars": _of("contacts behaviour", "it holds who registered, and who came"),
        "scheduling": _of("contacts", "it holds who booked a meeting, with an address"),
        "influencer": _of("contacts", "it holds profiles and addresses of creators"),
        "social_media": _of("contacts messages", "it holds comments and messages, with the profiles of who wrote them"),
        "affiliate_partner": _of(
            "contacts behaviour purchases", "it pays partners for clicks and orders that it ties to them"
        ),
        "local_marketing": _of("contacts messages", "it answers reviews and messages, and writes to customers nearby"),
        "ecommerce_marketing": _of(
            "contacts behaviour purchases", "it addresses shoppers by what they looked at and ordered"
        ),
        "ecommerce_platform": _of("contacts purchases", "it holds customers' accounts and orders"),
        "sales_engagement": _of("contacts messages", "it holds leads, and mail and calls with them"),
        "data_enrichment": _of("contacts", "it completes records of persons at companies"),
        "bi_dashboards": _of("", "it shows sums; whether single persons are behind them differs"),
        "cdp": _of("contacts behaviour purchases", "it joins all that is known of a customer"),
        "dmp_identity": _of("behaviour", "it holds audiences of devices and what they did"),
        "consent_privacy": _of("behaviour", "it records what each visitor agreed to"),
        "tag_management": _of("behaviour", "what visitors do goes through it to others"),
        "attribution_measurement": _of("behaviour", "it follows visitors from the advertisement to the order"),
        "web_analytics": _of("behaviour", "it records visits"),
        "product_analytics_replay": _of("behaviour", "it records what users do, click by click"),
        "link_management": _of("behaviour", "it records who clicked or scanned, by device and place"),
        "marketing_ops": _of("", "it holds plans, budgets and work"),
        "nm_dev": _of("", "it holds code and builds; whose data the built program holds is another matter"),
        "nm_it_security": _of("employees", "it holds the accounts, devices and access of the company's own people"),
        "nm_hr": _of("employees", "it holds the company's own people"),
        "nm_finance": _of("", "from bookkeeping to cards and payroll they differ too much"),
        "nm_productivity": _of("employees messages", "it holds what the company's own people write and plan"),
        "nm_support": _of("contacts messages", "it holds who asked for help, and what was written"),
        "nm_data_infra": _of("", "it holds whatever is put into it"),
        "nm_legal_other": _of("", "its tools have too little in common"),
    }
)


def usual(category: str | None, said: Iterable[str] | None) -> Usual:
    """Return what a tool usually holds: what is said of it (None: nothing), else what its category says.

    A tool whose category nobody knows holds, for all that is known, nothing.
    """
    if said is not None:
        return Usual(tuple(said), by_kind=False)
    return USUAL.get(category or "", Usual((), by_kind=True))


def of(tool: Tool) -> Usual:
    """Return what a tool of the catalogue usually holds."""
    return usual(tool.category, tool.personal_data)
