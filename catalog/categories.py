"""The categories of the catalogue: slug, human title, and whether a tool of it is a marketing tool.

The slugs follow the subcategories of the marketing technology landscape (chiefmartec.com); eight further ones,
`nm_*`, hold what is not marketing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MARKETING = {
    "ads_programmatic": "Programmatic advertising",
    "ads_search_social": "Search and social advertising",
    "sms_push_messaging": "SMS, push and messaging",
    "mobile_attribution": "Mobile attribution and deep links",
    "pr_comms": "PR and communications",
    "direct_mail": "Direct mail",
    "cms_web": "Content management and web sites",
    "content_marketing": "Content marketing",
    "design_creative": "Design and creative",
    "dam_brand": "Digital assets and brand",
    "email_marketing": "Email marketing",
    "marketing_automation": "Marketing automation",
    "landing_pages": "Landing pages and pop-ups",
    "ab_testing_personalization": "Testing and personalisation",
    "seo": "Search engine optimisation",
    "video_marketing": "Video marketing",
    "abm_intent": "Account-based marketing and intent",
    "loyalty_referral": "Loyalty and referral",
    "call_tracking": "Call tracking",
    "community_reviews": "Community and reviews",
    "chat_conversational": "Chat and conversation",
    "crm": "Customer relationship management",
    "customer_experience": "Customer experience and success",
    "forms_surveys": "Forms, surveys and research",
    "events_webinars": "Events and webinars",
    "scheduling": "Meeting scheduling",
    "influencer": "Influencer marketing",
    "social_media": "Social media management",
    "affiliate_partner": "Affiliates and partners",
    "local_marketing": "Local marketing",
    "ecommerce_marketing": "E-commerce marketing",
    "ecommerce_platform": "E-commerce platforms",
    "sales_engagement": "Sales engagement",
    "data_enrichment": "Contact and company data",
    "bi_dashboards": "Reporting and dashboards",
    "cdp": "Customer data platforms",
    "dmp_identity": "Audience data and identity",
    "consent_privacy": "Consent and privacy",
    "tag_management": "Tag management",
    "attribution_measurement": "Attribution and measurement",
    "web_analytics": "Web analytics",
    "product_analytics_replay": "Product analytics and session replay",
    "link_management": "Links and QR codes",
    "marketing_ops": "Marketing operations",
}
_OTHER = {
    "nm_dev": "Software development",
    "nm_it_security": "IT and security",
    "nm_hr": "People and hiring",
    "nm_finance": "Finance",
    "nm_productivity": "Productivity and collaboration",
    "nm_support": "Customer support",
    "nm_data_infra": "Data and infrastructure",
    "nm_legal_other": "Legal and other",
}


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its slug, its title for people, and whether its tools are marketing tools."""

    slug: str
    title: str
    marketing: bool


#: Every category by slug, marketing ones first.
CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {slug: Category(slug, title, slug in _MARKETING) for slug, title in (_MARKETING | _OTHER).items()}
)


#: Kinds of data of persons that a tool usually holds: slug -> what it stands for.
PERSONAL_DATA: Mapping[str, str] = MappingProxyType(
    {
        "contacts": "names and addresses of customers, leads or the press",
        "behaviour": "what persons do on pages, in mails and in apps",
        "messages": "what persons write or say: mail, chat, calls, answers",
        "purchases": "what persons ordered or booked",
        "payment": "cards and accounts of persons",
        "location": "where persons are",
        "media": "pictures, voices and videos of persons",
        "employees": "the company's own people",
        "applicants": "persons who want to work for the company",
        "health": "what tells of a person's health",
    }
)


def is_marketing(slug: str) -> bool:
    """Return whether tools of this category are marketing tools. Raises KeyError for an unknown slug."""
    return CATEGORIES[slug].marketing
