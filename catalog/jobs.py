"""What people want to do when they look for a tool: one sentence a category, in their words and not in the trade's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Category -> the job that its tools do, as somebody says it who looks for one; several ways to say it with commas.
JOBS: Mapping[str, str] = MappingProxyType(
    {
        "ads_programmatic": "Buy display advertising automatically",
        "ads_search_social": "Advertise in search engines and social networks",
        "sms_push_messaging": "Send text messages and push notifications",
        "mobile_attribution": "See which advertisement brought people to our app",
        "pr_comms": "Reach the press and follow what is written about us",
        "direct_mail": "Send letters, postcards and gifts",
        "cms_web": "Build and keep up web sites, blogs",
        "content_marketing": "Plan, write and publish articles",
        "design_creative": "Make graphics, pictures, presentations",
        "dam_brand": "Keep pictures, logos and brand rules in one place",
        "email_marketing": "Send newsletters, e-mail campaigns",
        "marketing_automation": "Follow up leads automatically over several channels",
        "landing_pages": "Make landing pages, pop-ups",
        "ab_testing_personalization": "Test variants of a page, show people what fits them",
        "seo": "Be found in search engines, research keywords",
        "video_marketing": "Record, edit and show videos, podcasts",
        "abm_intent": "Find and address companies that are about to buy",
        "loyalty_referral": "Run loyalty programmes, let customers recommend us",
        "call_tracking": "See which campaign made people call",
        "community_reviews": "Run a community, collect reviews",
        "chat_conversational": "Chat with visitors of our site, chatbots",
        "crm": "Keep customers, contacts and deals in one place",
        "customer_experience": "See how customers fare with us and keep them",
        "forms_surveys": "Ask people: forms, surveys, polls, quizzes",
        "events_webinars": "Run webinars, events, conferences",
        "scheduling": "Let people book meetings, appointments",
        "influencer": "Find and work with influencers, creators",
        "social_media": "Plan and publish posts in social networks, listen there",
        "affiliate_partner": "Work with affiliates, resellers and partners",
        "local_marketing": "Be found nearby: maps, branches, listings",
        "ecommerce_marketing": "Sell more in our online shop: recommendations, abandoned carts",
        "ecommerce_platform": "Run an online shop, take orders and payments",
        "sales_engagement": "Write to and call prospects in sequence",
        "data_enrichment": "Find addresses and facts of companies and contacts",
        "bi_dashboards": "Show figures in reports, dashboards",
        "cdp": "Bring the data of a customer together from all systems",
        "dmp_identity": "Build audiences for advertising, recognise people across devices",
        "consent_privacy": "Ask for consent, cookie banners, keep privacy rights",
        "tag_management": "Manage tags and pixels on our site",
        "attribution_measurement": "See which campaign brought revenue",
        "web_analytics": "Count and understand visits of our site",
        "product_analytics_replay": "See what people do in our product, session recordings, heatmaps",
        "link_management": "Shorten links, QR codes",
        "marketing_ops": "Plan campaigns, budgets, projects and approvals",
        "nm_dev": "Write, test and run software",
        "nm_it_security": "Manage accounts, devices and security",
        "nm_hr": "Hire, train and look after people",
        "nm_finance": "Pay, invoice and keep the books",
        "nm_productivity": "Work together: documents, files, mail, video calls, notes",
        "nm_support": "Answer customers' questions, tickets, help desk",
        "nm_data_infra": "Store, move and join data, connect tools",
        "nm_legal_other": "Contracts, signatures and everything else",
    }
)
